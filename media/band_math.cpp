#include "media/band_math.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>

#include "media/band_math_ops.h"

#if defined(__GNUC__) && !defined(__clang__)
// Vector code is what makes a million pixels a matter of milliseconds; nothing here looks at floating-point
// exceptions or errno. After the includes, so that it is about this file only.
#pragma GCC optimize("O3", "no-trapping-math", "no-math-errno")
#endif
#include "media/band_functions.h"

namespace media {
namespace {

// What is computed at once: the stack of a usual expression stays in the first-level cache.
constexpr std::size_t k_chunk = 512;

// What only a shader needs, since C++ has a NaN.
constexpr std::string_view k_shader_only =
    "bool bm_no_value(float x) { return bm_none(x); }\n"
    "float bm_nan() { return uintBitsToFloat(0x7FC00000u); }\n"
    "bool bm_is_nan(float x) { return (floatBitsToUint(x) & 0x7FFFFFFFu) > 0x7F800000u; }\n"
    "float bm_out(float x) { return bm_none(x) ? bm_nan() : x; }\n";

}  // namespace

std::string_view BandMath::glsl_name(Op op) {
    switch (op) {
        case Op::number:
        case Op::band:
            break;
#define LIMN_NAME(name) \
    case Op::op_##name: \
        return "bm_" #name;
            LIMN_BAND_UNARY(LIMN_NAME)
            LIMN_BAND_BINARY(LIMN_NAME)
            LIMN_BAND_TERNARY(LIMN_NAME)
#undef LIMN_NAME
    }
    return {};
}

int BandMath::operands_of(Op op) {
    if (op <= Op::band) return 0;
    if (op < Op::op_add) return 1;
    return op < Op::op_select ? 2 : 3;
}

bool BandMath::is_band() const { return m_steps.size() == 1 && m_steps.front().op == Op::band; }

namespace {

// The shortest decimal that is this float again, and a float to GLSL.
std::string glsl_number(float number) {
    if (number == k_no_value) return "k_bm_none";
    std::string text = fmt::format("{}", number);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
}

}  // namespace

std::string BandMath::glsl_finite() const {
    std::vector<std::string> stack;
    for (const Step& step : m_steps) {
        std::string text;
        if (step.op == Op::number) {
            text = glsl_number(step.number);
        } else if (step.op == Op::band) {
            text = fmt::format("bm_in(v{})", step.band);
        } else {
            const auto first = stack.end() - operands_of(step.op);
            text = fmt::format("{}({})", glsl_name(step.op), fmt::join(first, stack.end(), ", "));
            stack.erase(first, stack.end());
        }
        stack.push_back(std::move(text));
    }
    return stack.empty() ? "k_bm_none" : stack.front();
}

std::string BandMath::glsl() const { return fmt::format("bm_out({})", glsl_finite()); }

std::string_view BandMath::glsl_helpers() {
    using namespace band_functions;
    static const std::string text = fmt::format("{}{}{}{}{}{}{}", k_basics, k_arithmetic, k_logic,
                                                k_logarithms, k_powers, k_angles, k_shader_only);
    return text;
}

namespace {

// One loop an operation, in a function of its own, since the compiler then sees that nothing overlaps.
namespace loops {
#define LIMN_LOOP(name)                                                             \
    void name##_all(float* __restrict a, std::size_t n) {                           \
        for (std::size_t i = 0; i < n; ++i) a[i] = band_functions::bm_##name(a[i]); \
    }
LIMN_BAND_UNARY(LIMN_LOOP)
#undef LIMN_LOOP
#define LIMN_LOOP(name)                                                                   \
    void name##_all(float* __restrict a, const float* __restrict b, std::size_t n) {      \
        for (std::size_t i = 0; i < n; ++i) a[i] = band_functions::bm_##name(a[i], b[i]); \
    }
LIMN_BAND_BINARY(LIMN_LOOP)
#undef LIMN_LOOP
#define LIMN_LOOP(name)                                                                         \
    void name##_all(float* __restrict a, const float* __restrict b, const float* __restrict c,  \
                    std::size_t n) {                                                            \
        for (std::size_t i = 0; i < n; ++i) a[i] = band_functions::bm_##name(a[i], b[i], c[i]); \
    }
LIMN_BAND_TERNARY(LIMN_LOOP)
#undef LIMN_LOOP

void take_in(float* __restrict to, const float* __restrict from, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) to[i] = band_functions::bm_in(from[i]);
}
void give_out(float* __restrict to, const float* __restrict from, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i)
        to[i] = band_functions::bm_none(from[i]) ? std::numeric_limits<float>::quiet_NaN() : from[i];
}
}  // namespace loops

}  // namespace

// Slot k of the stack is stack[k * k_chunk] and the k_chunk - 1 after it; the result is in slot 0.
void BandMath::run(std::span<const float* const> planes, std::size_t from, std::size_t count,
                   float* stack) const {
    float* top = stack;  // the first free slot
    for (const Step& step : m_steps) {
        top -= static_cast<std::size_t>(operands_of(step.op)) * k_chunk;
        switch (step.op) {
            case Op::number:
                std::fill_n(top, count, step.number);
                break;
            case Op::band:
                loops::take_in(top, planes[static_cast<std::size_t>(step.band)] + from, count);
                break;
#define LIMN_CASE(name)                \
    case Op::op_##name:                \
        loops::name##_all(top, count); \
        break;
                LIMN_BAND_UNARY(LIMN_CASE)
#undef LIMN_CASE
#define LIMN_CASE(name)                               \
    case Op::op_##name:                               \
        loops::name##_all(top, top + k_chunk, count); \
        break;
                LIMN_BAND_BINARY(LIMN_CASE)
#undef LIMN_CASE
#define LIMN_CASE(name)                                                  \
    case Op::op_##name:                                                  \
        loops::name##_all(top, top + k_chunk, top + 2 * k_chunk, count); \
        break;
                LIMN_BAND_TERNARY(LIMN_CASE)
#undef LIMN_CASE
        }
        top += k_chunk;
    }
}

void BandMath::evaluate(std::span<const float* const> planes, std::size_t count, float* out) const {
    assert(planes.size() == m_bands.size() && k_no_value == band_functions::k_bm_none);
    std::vector<float> stack(std::max<std::size_t>(m_stack_depth, 1) * k_chunk, k_no_value);
    for (std::size_t from = 0; from < count; from += k_chunk) {
        const std::size_t now = std::min(k_chunk, count - from);
        run(planes, from, now, stack.data());
        loops::give_out(out + from, stack.data(), now);
    }
}

float BandMath::evaluate(std::span<const float> values) const {
    std::array<const float*, k_most_math_bands> planes{};
    assert(values.size() == m_bands.size());
    for (std::size_t i = 0; i < values.size(); ++i) planes[i] = &values[i];
    float result = 0;
    evaluate(std::span{planes}.first(values.size()), 1, &result);
    return result;
}

}  // namespace media
