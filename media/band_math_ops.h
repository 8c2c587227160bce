#pragma once
// The operations of band math: what band_math_parser.cpp writes and band_math.cpp computes.

#include <limits>

#include "media/band_math.h"

namespace media {

// By their names in band_functions.h, less the "bm_".
// clang-format off
#define LIMN_BAND_UNARY(X) \
    X(negate) X(abs) X(sign) X(floor) X(ceil) X(round) X(sqrt) X(not) X(isnan) \
    X(log) X(log10) X(log2) X(exp) X(sin) X(cos) X(tan) X(atan) X(asin) X(acos)
#define LIMN_BAND_BINARY(X) \
    X(add) X(subtract) X(multiply) X(divide) X(mod) X(pow) X(min) X(max) X(step) X(atan2) \
    X(less) X(less_equal) X(greater) X(greater_equal) X(equal) X(unequal) X(and) X(or)
#define LIMN_BAND_TERNARY(X) X(select) X(clamp) X(smoothstep)
// clang-format on

#define LIMN_ENUMERATOR(name) op_##name,
enum class BandMath::Op : std::uint8_t {
    number,
    band,
    LIMN_BAND_UNARY(LIMN_ENUMERATOR) LIMN_BAND_BINARY(LIMN_ENUMERATOR) LIMN_BAND_TERNARY(LIMN_ENUMERATOR)
};
#undef LIMN_ENUMERATOR

// "No value" among the numbers of an expression: band_functions.h says why it is no NaN.
inline constexpr float k_no_value = std::numeric_limits<float>::max();

}  // namespace media
