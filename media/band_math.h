#pragma once
// Arithmetic over the bands of a raster, typed by a person and computed alike on the CPU and in a shader.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace media {

inline constexpr std::size_t k_most_math_bands = 16;    // different ones in one expression
inline constexpr std::size_t k_most_math_bytes = 4096;  // of its text
inline constexpr int k_most_math_depth = 100;           // of operations within operations

// An expression such as "(b4-b3)/(b4+b3)", "b1 > 0.35 and b2 < 100" or "if(b1 > 3, b1, nan)". A plain value:
// copy it, read it on any thread.
//
// Names may be in capitals. Bands are b1, b2 …; constants are numbers, pi and nan. From what binds most:
// ^ (or **; from the right), unary - + !, then * / %, then + -, then < <= > >= == !=, then not, and (&&),
// or (||), then c ? a : b. Functions: abs acos asin atan atan2(y, x) ceil clamp(x, low, high) cos exp floor
// if(c, a, b) isnan log log10 log2 max(a, b …) min(a, b …) mod pow round sign sin smoothstep(low, high, x)
// sqrt step(edge, x) tan. Angles are radians; round() takes halves away from 0; mod() and % have the sign of
// the divisor, as in GLSL.
//
// Everything is in 32-bit floats, denormals being 0. What has no finite real value (a division by 0, the root
// of a negative, an overflow, an angle beyond 8192, a band that is NaN or infinite) is NaN, "no value", and
// so is whatever is computed from it, with these exceptions: comparisons with it give 0, isnan() gives 1, and
// a choice takes no notice of the side that is not chosen. Comparisons and and/or/not give 0 or 1; anything
// but 0 counts as true.
class BandMath {
public:
    // Errors: malformed, one sentence with the column (in characters, from 1): what is expected there, a band
    // or name that there is none of, more than the limits above.
    [[nodiscard]] static base::Result<BandMath> parse(std::string_view text, int band_count);

    [[nodiscard]] const std::string& text() const { return m_text; }      // as typed, trimmed
    [[nodiscard]] std::span<const int> bands() const { return m_bands; }  // those it reads, from 1, ascending
    [[nodiscard]] bool is_band() const;  // one band as it is and nothing else

    // GLSL 3.30, an expression of type float over variables v0, v1 …: the samples of bands(), NaN or infinite
    // where there is none, in the same order. Where the result is no value it is a NaN made from its bits;
    // test it with bm_is_nan(x), not with isnan(). A driver may fuse a multiplication and an addition.
    [[nodiscard]] std::string glsl() const;
    // The same with bm_no_value(x) true where there is none: a large finite number, which no driver can lose.
    [[nodiscard]] std::string glsl_finite() const;
    // The functions that both use; once in a shader, before them. All names begin with bm_ or k_bm_.
    [[nodiscard]] static std::string_view glsl_helpers();

    // `values` in the order of bands().
    [[nodiscard]] float evaluate(std::span<const float> values) const;
    // planes[i] has `count` samples of bands()[i]; writes out[0] to out[count - 1]. `out` may be one of the
    // planes.
    void evaluate(std::span<const float* const> planes, std::size_t count, float* out) const;

private:
    friend class BandMathParser;
    enum class Op : std::uint8_t;
    // In postfix order: takes its operands off the stack and puts its result there.
    struct Step {
        Op op;
        int band = 0;  // its place in bands()
        float number = 0;
    };
    static int operands_of(Op op);
    static std::string_view glsl_name(Op op);
    void run(std::span<const float* const> planes, std::size_t from, std::size_t count, float* stack) const;

    std::string m_text;
    std::vector<int> m_bands;
    std::vector<Step> m_steps;
    std::size_t m_stack_depth = 0;  // the most that is ever on it
};

}  // namespace media
