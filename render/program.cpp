#include "render/program.h"

#include <cassert>
#include <utility>

#include <epoxy/gl.h>

#include "base/file.h"
#include "base/log.h"
#include "embedded_shaders.h"
#include "render/gl_context.h"

namespace render {
namespace {

namespace fs = std::filesystem;

void shader_parameter(GLuint id, GLenum name, GLint* value) { glGetShaderiv(id, name, value); }
void shader_log(GLuint id, GLsizei size, GLsizei* written, GLchar* text) {
    glGetShaderInfoLog(id, size, written, text);
}
void program_parameter(GLuint id, GLenum name, GLint* value) { glGetProgramiv(id, name, value); }
void program_log(GLuint id, GLsizei size, GLsizei* written, GLchar* text) {
    glGetProgramInfoLog(id, size, written, text);
}

// glGetShaderiv and glGetShaderInfoLog, or the same two of a program.
std::string info_log(GLuint object, void (*get_parameter)(GLuint, GLenum, GLint*),
                     void (*get_log)(GLuint, GLsizei, GLsizei*, GLchar*)) {
    GLint length = 0;
    get_parameter(object, GL_INFO_LOG_LENGTH, &length);
    std::string text(static_cast<std::size_t>(std::max(length, 1)), '\0');
    GLsizei written = 0;
    get_log(object, length, &written, text.data());
    text.resize(static_cast<std::size_t>(written));
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
}

base::Result<GLuint> compile(GLenum stage, const std::string& source, const std::string& file) {
    const GLuint shader = glCreateShader(stage);
    const char* text = source.c_str();
    glShaderSource(shader, 1, &text, nullptr);
    glCompileShader(shader);
    GLint ok = GL_FALSE;
    glGetShaderiv(shader, GL_COMPILE_STATUS, &ok);
    if (ok == GL_TRUE) return shader;
    const std::string message = info_log(shader, shader_parameter, shader_log);
    glDeleteShader(shader);
    return base::fail(base::ErrorKind::malformed,
                      "The graphics driver refused a shader ({}); update the driver: {}", message, file);
}

base::Result<GLuint> link(GLuint vertex, GLuint fragment, const std::string& name) {
    const GLuint program = glCreateProgram();
    glAttachShader(program, vertex);
    glAttachShader(program, fragment);
    glLinkProgram(program);
    glDetachShader(program, vertex);
    glDetachShader(program, fragment);
    GLint ok = GL_FALSE;
    glGetProgramiv(program, GL_LINK_STATUS, &ok);
    if (ok == GL_TRUE) return program;
    const std::string message = info_log(program, program_parameter, program_log);
    glDeleteProgram(program);
    return base::fail(base::ErrorKind::malformed,
                      "The graphics driver could not link a shader ({}); update the driver: {}", message,
                      name);
}

// #version must stay the first line.
std::string with_defines(const std::string& source, const std::string& defines) {
    const std::size_t line_end = source.find('\n');
    if (defines.empty() || line_end == std::string::npos) return source;
    return source.substr(0, line_end + 1) + defines + "#line 2\n" + source.substr(line_end + 1);
}

base::Result<GLuint> build(const ProgramDesc& desc) {
    const base::Result<GLuint> vertex =
        compile(GL_VERTEX_SHADER, with_defines(desc.vertex_source, desc.defines), desc.name + ".vert");
    if (!vertex) return std::unexpected(vertex.error());
    const base::Result<GLuint> fragment =
        compile(GL_FRAGMENT_SHADER, with_defines(desc.fragment_source, desc.defines), desc.name + ".frag");
    base::Result<GLuint> program = std::unexpected(base::Error{});
    if (fragment) {
        program = link(*vertex, *fragment, desc.name);
        glDeleteShader(*fragment);
    } else {
        program = std::unexpected(fragment.error());
    }
    glDeleteShader(*vertex);
    return program;
}

fs::path source_file(const ProgramDesc& desc, const char* extension) {
    return desc.source_dir / (desc.name + extension);
}

}  // namespace

base::Result<Program> Program::create(ProgramDesc desc) {
    assert(on_gl_thread());
    if (desc.source_dir.empty()) desc.source_dir = LIMN_SHADER_DIR;
    Program program{std::move(desc)};
    const base::Result<GLuint> id = build(program.m_desc);
    if (!id) return std::unexpected(id.error());
    program.m_id = *id;
#ifndef NDEBUG
    program.m_sources_seen = program.newest_source();
#endif
    return program;
}

Program::Program(Program&& other) noexcept
    : m_id{std::exchange(other.m_id, 0)},
      m_desc{std::move(other.m_desc)},
      m_locations{std::move(other.m_locations)},
      m_sources_seen{other.m_sources_seen} {}

Program& Program::operator=(Program&& other) noexcept {
    std::swap(m_id, other.m_id);
    std::swap(m_desc, other.m_desc);
    std::swap(m_locations, other.m_locations);
    std::swap(m_sources_seen, other.m_sources_seen);
    return *this;
}

Program::~Program() {
    if (m_id == 0) return;
    assert(on_gl_thread());
    glDeleteProgram(m_id);
}

void Program::use() const {
    assert(on_gl_thread());
    glUseProgram(m_id);
}

int Program::location(const char* uniform) {
    const auto [it, first_time] = m_locations.try_emplace(uniform, -1);
    if (first_time) it->second = glGetUniformLocation(m_id, uniform);
    return it->second;
}

void Program::set(const char* uniform, int value) { glUniform1i(location(uniform), value); }
void Program::set(const char* uniform, float value) { glUniform1f(location(uniform), value); }
void Program::set(const char* uniform, std::array<float, 2> value) {
    glUniform2fv(location(uniform), 1, value.data());
}
void Program::set(const char* uniform, std::array<float, 3> value) {
    glUniform3fv(location(uniform), 1, value.data());
}
void Program::set(const char* uniform, std::array<float, 4> value) {
    glUniform4fv(location(uniform), 1, value.data());
}
void Program::set(const char* uniform, std::array<int, 2> value) {
    glUniform2iv(location(uniform), 1, value.data());
}
void Program::set_matrix3(const char* uniform, const std::array<float, 9>& row_major) {
    glUniformMatrix3fv(location(uniform), 1, GL_TRUE, row_major.data());
}

fs::file_time_type Program::newest_source() const {
    fs::file_time_type newest = fs::file_time_type::min();
    for (const char* extension : {".vert", ".frag"}) {
        std::error_code missing;
        const fs::file_time_type time = fs::last_write_time(source_file(m_desc, extension), missing);
        if (!missing) newest = std::max(newest, time);
    }
    return newest;
}

Reload Program::reload_if_changed() {
#ifdef NDEBUG
    return Reload::unchanged;
#else
    const fs::file_time_type newest = newest_source();
    if (newest <= m_sources_seen) return Reload::unchanged;
    m_sources_seen = newest;
    const base::Result<std::string> vertex = base::read_file(source_file(m_desc, ".vert"));
    const base::Result<std::string> fragment = base::read_file(source_file(m_desc, ".frag"));
    if (!vertex || !fragment) return Reload::kept_old;  // an editor may be half-way through a save
    base::Result<Program> fresh =
        create({m_desc.name, *vertex, *fragment, m_desc.source_dir, m_desc.defines});
    if (!fresh) {
        base::log(base::LogLevel::error, "{}", fresh.error().message);
        return Reload::kept_old;
    }
    *this = std::move(*fresh);
    return Reload::reloaded;
#endif
}

}  // namespace render
