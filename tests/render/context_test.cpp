#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include <epoxy/gl.h>

#include "gl_test.h"
#include "render/program.h"
#include "render/texture.h"

using namespace render;
using namespace render::testing;

namespace {

namespace fs = std::filesystem;

constexpr const char* k_vertex = "#version 330 core\nvoid main() { gl_Position = vec4(0.0); }\n";
std::string fragment_of(const std::string& color) {
    return "#version 330 core\nout vec4 o_color; uniform float u_x;\nvoid main() { o_color = " + color +
           " * u_x; }\n";
}

class ShaderDir {
public:
    ShaderDir()
        : m_dir{fs::temp_directory_path() / fmt::format("limn-shaders-{}", static_cast<const void*>(this))} {
        fs::create_directories(m_dir);
    }
    ~ShaderDir() {
        std::error_code ignored;
        fs::remove_all(m_dir, ignored);
    }
    // Each write is newer than the one before, however coarse the file system's clock.
    void write(const std::string& name, const std::string& text) {
        std::ofstream{m_dir / name} << text;
        m_time += std::chrono::seconds{2};
        fs::last_write_time(m_dir / name, m_time);
    }
    [[nodiscard]] const fs::path& path() const { return m_dir; }

private:
    fs::path m_dir;
    fs::file_time_type m_time = fs::file_time_type::clock::now();
};

}  // namespace

TEST_CASE("a_context_without_a_display_is_opengl_3_3_or_newer_and_says_what_it_is") {
    const GlTest gl;
    if (!gl) return;
    CHECK(require_gl_3_3().has_value());
    CHECK(gl_description().find("OpenGL ") != std::string::npos);
    CHECK(on_gl_thread());
    bool elsewhere = true;
    std::thread{[&elsewhere] { elsewhere = on_gl_thread(); }}.join();
    CHECK(!elsewhere);
    MESSAGE(gl_description());
}

TEST_CASE("contexts_can_be_made_again_and_two_at_once") {
    for (int i = 0; i < 3; ++i) {
        const GlTest gl;
        if (!gl) return;
        bool other_works = false;
        std::thread{[&other_works] {
            const base::Result<HeadlessContext> other = HeadlessContext::create();
            other_works = other && Framebuffer::create({4, 4}).has_value();
        }}.join();
        CHECK(other_works);
        CHECK(must(Framebuffer::create({8, 8})).read_rgba().size() ==
              256);  // the other's end did not end this one
    }
    CHECK(!on_gl_thread());
}

TEST_CASE("gl_errors_are_counted") {
    const GlTest gl;
    if (!gl) return;
    CHECK(take_gl_errors() == 0);
    glEnable(GL_TEXTURE_WRAP_S);  // not something that can be enabled
    CHECK(take_gl_errors() > 0);
    CHECK(take_gl_errors() == 0);
}

TEST_CASE("a_framebuffer_reads_back_what_was_cleared_top_row_first") {
    const GlTest gl;
    if (!gl) return;
    const Framebuffer target = must(Framebuffer::create({3, 2}));
    target.clear(0x10203040);
    glEnable(GL_SCISSOR_TEST);
    glScissor(0, 1, 3, 1);  // GL's second row from the bottom is the top one
    glClearColor(1, 1, 1, 1);
    glClear(GL_COLOR_BUFFER_BIT);
    const std::vector<std::uint8_t> pixels = target.read_rgba();
    CHECK(pixels[0] == 0xFF);
    CHECK(pixels[12] == 0x10);
    CHECK(pixels[15] == 0x40);
    CHECK(!Framebuffer::create({0, 5}).has_value());
    CHECK(!Framebuffer::create({1 << 20, 5}).has_value());
}

TEST_CASE("destroying_textures_and_framebuffers_gives_their_names_back") {
    const GlTest gl;
    if (!gl) return;
    std::uint32_t texture = 0, picture = 0;
    {
        Texture made{{16, 16, TextureFormat::r16, Filter::linear}};
        const Texture moved{std::move(made)};
        const Framebuffer target = must(Framebuffer::create({4, 4}));
        texture = moved.id();
        picture = target.texture_id();
        CHECK(glIsTexture(texture) == GL_TRUE);
        CHECK(glIsTexture(picture) == GL_TRUE);
    }
    CHECK(glIsTexture(texture) == GL_FALSE);
    CHECK(glIsTexture(picture) == GL_FALSE);
}

TEST_CASE("a_shader_that_does_not_compile_is_an_error_naming_it") {
    const GlTest gl;
    if (!gl) return;
    const base::Result<Program> program =
        Program::create({"broken", k_vertex, "#version 330 core\nnonsense", {}, {}});
    REQUIRE(!program.has_value());
    CHECK(program.error().kind == base::ErrorKind::malformed);
    CHECK(program.error().message.ends_with("broken.frag"));
}

#ifndef NDEBUG
TEST_CASE("a_changed_shader_is_reloaded_and_a_broken_one_leaves_the_old_program") {
    const GlTest gl;
    if (!gl) return;
    ShaderDir dir;
    dir.write("flat.vert", k_vertex);
    dir.write("flat.frag", fragment_of("vec4(1.0)"));
    Program program = must(Program::create({"flat", k_vertex, fragment_of("vec4(1.0)"), dir.path(), {}}));
    CHECK(program.reload_if_changed() == Reload::unchanged);
    dir.write("flat.frag", "#version 330 core\nhalf a sent");
    const std::uint32_t old_id = program.id();
    CHECK(program.reload_if_changed() == Reload::kept_old);
    CHECK(program.id() == old_id);
    CHECK(program.reload_if_changed() == Reload::unchanged);  // told once
    dir.write("flat.frag", fragment_of("vec4(0.5)"));
    CHECK(program.reload_if_changed() == Reload::reloaded);
    program.use();
    program.set("u_x", 0.5f);
    GLfloat x = 0;
    glGetUniformfv(program.id(), glGetUniformLocation(program.id(), "u_x"), &x);
    CHECK(x == 0.5f);
}
#endif
