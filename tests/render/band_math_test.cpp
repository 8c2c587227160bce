// The same expressions on the CPU and in a shader.

#include "media/band_math.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include <epoxy/gl.h>

#include "gl_test.h"
#include "render/program.h"

using namespace render;
using namespace render::testing;
using media::BandMath;

namespace {

constexpr const char* k_vertex =
    "#version 330 core\n"
    "void main() { gl_Position = vec4(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0, 0.0, "
    "1.0); }\n";
constexpr int k_width = 64, k_height = 64;
constexpr std::size_t k_pixels = k_width * k_height;
constexpr float k_nan = std::numeric_limits<float>::quiet_NaN();
constexpr float k_inf = std::numeric_limits<float>::infinity();

// Three bands: every combination of special values first, then random ones of many sizes.
class Samples {
public:
    Samples() {
        constexpr float k_special[] = {0,  -0.0f, 1,     -1,     2,      -2,    0.5f,   -0.5f,  3,
                                       10, k_nan, k_inf, -k_inf, 1e-40f, 1e30f, -1e30f, 1e-30f, 8191};
        constexpr std::size_t k_count = std::size(k_special);
        std::mt19937 random{11};
        std::uniform_real_distribution<float> unit{-1, 1}, power{-3, 4};
        for (std::size_t i = 0; i < k_pixels; ++i)
            for (std::size_t band = 0; band < 3; ++band) {
                const std::size_t steps[] = {1, k_count, 5};
                m_rgb[i * 4 + band] = i < k_count * k_count ? k_special[(i / steps[band]) % k_count]
                                      : i % 2 == 0          ? unit(random) * std::pow(10.0f, power(random))
                                                            : std::round(unit(random) * 20);
            }
    }
    [[nodiscard]] const float* texels() const { return m_rgb.data(); }
    [[nodiscard]] float at(std::size_t pixel, int band) const { return m_rgb[pixel * 4 + band - 1]; }

private:
    std::vector<float> m_rgb = std::vector<float>(k_pixels * 4);
};

// A float texture to read from and one to draw into.
class FloatTarget {
public:
    explicit FloatTarget(const Samples& samples) {
        glGenTextures(2, m_textures);
        make(m_textures[0], GL_RGBA32F, GL_RGBA, samples.texels());
        make(m_textures[1], GL_R32F, GL_RED, nullptr);
        glGenFramebuffers(1, &m_framebuffer);
        glBindFramebuffer(GL_FRAMEBUFFER, m_framebuffer);
        glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, m_textures[1], 0);
        REQUIRE(glCheckFramebufferStatus(GL_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE);
        glGenVertexArrays(1, &m_vertex_array);
        glBindVertexArray(m_vertex_array);
        glBindTexture(GL_TEXTURE_2D, m_textures[0]);
        glViewport(0, 0, k_width, k_height);
    }
    FloatTarget(const FloatTarget&) = delete;
    ~FloatTarget() {
        glDeleteVertexArrays(1, &m_vertex_array);
        glDeleteFramebuffers(1, &m_framebuffer);
        glDeleteTextures(2, m_textures);
    }
    std::vector<float> draw(const Program& program) {
        program.use();
        glDrawArrays(GL_TRIANGLES, 0, 3);
        std::vector<float> out(k_pixels);
        glReadPixels(0, 0, k_width, k_height, GL_RED, GL_FLOAT, out.data());
        return out;
    }

private:
    static void make(GLuint texture, GLint internal, GLenum format, const float* texels) {
        glBindTexture(GL_TEXTURE_2D, texture);
        glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
        glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
        glTexImage2D(GL_TEXTURE_2D, 0, internal, k_width, k_height, 0, format, GL_FLOAT, texels);
    }
    GLuint m_textures[2]{}, m_framebuffer = 0, m_vertex_array = 0;
};

std::string fragment_of(const BandMath& math, std::string_view result) {
    std::string source = "#version 330 core\nuniform sampler2D u_bands;\nout float o_value;\n";
    source += BandMath::glsl_helpers();
    source += "void main() {\n    vec4 t = texelFetch(u_bands, ivec2(gl_FragCoord.xy), 0);\n";
    for (std::size_t i = 0; i < math.bands().size(); ++i)
        source += fmt::format("    float v{} = t[{}];\n", i, math.bands()[i] - 1);
    return source + fmt::format("    o_value = {};\n}}\n", result);
}

// How many representable floats lie between.
std::int64_t ulps(float a, float b) {
    const auto place = [](float x) {
        const auto bits = std::bit_cast<std::int32_t>(x);
        return static_cast<std::int64_t>(bits < 0 ? std::int32_t{-0x7FFFFFFF - 1} - bits : bits);
    };
    return std::abs(place(a) - place(b));
}

struct Case {
    const char* text;
    bool is_arithmetic;  // within 2 ulp, else within 1e-5 of it
};

constexpr Case k_cases[] = {
    {"b1", true},
    {"b1 + b2", true},
    {"b1 - b2", true},
    {"b1 * b2", true},
    {"b1 / b2", true},
    {"(b1 - b2) / (b1 + b2)", true},
    {"-b1 * 2.5", true},
    {"b1 < b2", true},
    {"b1 <= b2", true},
    {"b1 > b2", true},
    {"b1 >= b2", true},
    {"b1 == b2", true},
    {"b1 != b2", true},
    {"b1 > 0.35 and b2 < 100", true},
    {"b1 or b2", true},
    {"not b1", true},
    {"isnan(b1 / b2)", true},
    {"if(b1 > 3, b1, nan)", true},
    {"b1 ? b2 : b3", true},
    {"abs(b1)", true},
    {"sign(b1) + sign(b2) * 3", true},
    {"floor(b1)", true},
    {"ceil(b1)", true},
    {"round(b1)", true},
    {"min(b1, b2, b3)", true},
    {"max(b1, b2, b3)", true},
    {"clamp(b1, -1, b3)", true},
    {"step(b1, b2)", true},
    {"smoothstep(-5, 5, b1)", false},
    {"mod(b1, b2)", false},
    {"b1 % 7", false},
    {"sqrt(b1)", false},
    {"exp(b1)", false},
    {"log(b1)", false},
    {"log10(b1)", false},
    {"log2(b1)", false},
    {"b1 ^ 2", true},
    {"b1 ^ b2", false},
    {"pow(abs(b1), -1.5)", false},
    {"sin(b1)", false},
    {"cos(b1)", false},
    {"tan(b1)", false},
    {"asin(b1)", false},
    {"acos(b1 / 1000)", false},
    {"atan(b1)", false},
    {"atan2(b1, b2)", false},
    {"1e-30 * b1 * 1e-10", true},
    {"100000 + 3.4e38 * 0.000001 + b2", true},
    {"b3 + pi - 1.5", true},
};

}  // namespace

TEST_CASE("an_expression_gives_the_same_in_a_shader_as_on_the_cpu") {
    const GlTest gl;
    if (!gl) return;
    const Samples samples;
    FloatTarget target{samples};
    for (const Case& each : k_cases) {
        const BandMath math = must(BandMath::parse(each.text, 3));
        const Program program =
            must(Program::create({"band_math", k_vertex, fragment_of(math, math.glsl()), {}, {}}));
        const std::vector<float> drawn = target.draw(program);
        const Program finite = must(
            Program::create({"band_math",
                             k_vertex,
                             fragment_of(math, fmt::format("float(bm_no_value({}))", math.glsl_finite())),
                             {},
                             {}}));
        const std::vector<float> is_none = target.draw(finite);
        int wrong = 0, values = 0;
        for (std::size_t i = 0; i < k_pixels; ++i) {
            std::vector<float> in;
            for (const int band : math.bands()) in.push_back(samples.at(i, band));
            const float expected = math.evaluate(in);
            const bool same_kind =
                std::isnan(expected) == std::isnan(drawn[i]) && std::isnan(expected) == (is_none[i] == 1);
            const bool near = each.is_arithmetic
                                  ? ulps(expected, drawn[i]) <= 2
                                  : std::abs(expected - drawn[i]) <= 1e-5f * std::abs(expected);
            values += !std::isnan(expected);
            if (same_kind && (std::isnan(expected) || near || expected == drawn[i])) continue;
            if (++wrong <= 3)
                MESSAGE(std::string{each.text} << " of " << fmt::format("{}", fmt::join(in, ", ")) << " is "
                                               << expected << " here and " << drawn[i] << " in the shader");
        }
        CHECK_MESSAGE(wrong == 0, each.text);
        CHECK_MESSAGE(values > 300, each.text);
    }
    glUseProgram(0);
}

TEST_CASE("an_expression_as_deep_as_allowed_compiles_in_a_shader") {
    const GlTest gl;
    if (!gl) return;
    const Samples samples;
    FloatTarget target{samples};
    std::string sum = "b1", nested = "b1";
    for (int i = 0; i < 98; ++i) sum += "+b2";
    for (int i = 0; i < 45; ++i) nested = fmt::format("abs({} - b3)", nested);
    for (const std::string& text : {sum, nested}) {
        const BandMath math = must(BandMath::parse(text, 3));
        const Program program =
            must(Program::create({"band_math", k_vertex, fragment_of(math, math.glsl()), {}, {}}));
        const float in[] = {samples.at(k_pixels - 1, math.bands()[0]),
                            samples.at(k_pixels - 1, math.bands()[1])};
        CHECK(std::abs(target.draw(program).back() - math.evaluate(in)) <=
              1e-5f * std::abs(math.evaluate(in)));
    }
    glUseProgram(0);
}
