#pragma once
// What band math computes with, written once: compiled here as C++ and kept as text for GLSL 3.30. For
// band_math.cpp alone.
//
// "No value" is k_bm_none, the largest finite float, and not a NaN: GLSL 3.30 (4.1.4, 8.3) promises neither
// that a NaN survives arithmetic nor that intBitsToFloat makes one. Every bm_ function takes and gives
// k_bm_none or a number of smaller magnitude, never an infinity, and never a denormal, which many GPUs take
// for 0.
//
// Transcendental functions are Moshier's single-precision ones (Cephes: expf.c, logf.c, log10f.c, log2f.c,
// sinf.c, asinf.c, atanf.c). What GPUs offer differs from one to the next, by more than can be shown as
// equal.

#include <cstdint>
#include <string_view>

namespace media {
namespace {
namespace band_functions {

// GLSL's names for what the functions need. Builtins, since functions of the library are not inlined into
// ones that are optimised otherwise (band_math.cpp).
using uint = std::uint32_t;
inline uint floatBitsToUint(float x) { return __builtin_bit_cast(uint, x); }
inline float uintBitsToFloat(uint x) { return __builtin_bit_cast(float, x); }
inline float abs(float x) { return __builtin_fabsf(x); }
inline float sqrt(float x) { return __builtin_sqrtf(x); }

// The text becomes one line, without comments. Both sides of every conditional expression are harmless, so
// that a compiler may turn it into a mask and the loop around it into vector code.
#define LIMN_CPP_AND_GLSL(text, ...) \
    __VA_ARGS__                      \
    constexpr std::string_view text = #__VA_ARGS__ "\n";

// Of the smaller of two, k_bm_none is never one; of the larger magnitude it always is.
LIMN_CPP_AND_GLSL(
    k_basics,

    const float k_bm_none = 3.40282347e38f;

    bool bm_none(float a) { return abs(a) >= k_bm_none; }

    bool bm_none2(float a, float b) { return (abs(a) > abs(b) ? abs(a) : abs(b)) >= k_bm_none; }

    float bm_clean(float x) {
        uint e = floatBitsToUint(x) & 0x7F800000u;
        return e == 0x7F800000u ? k_bm_none : (e == 0u ? 0.0f : x);
    }

    float bm_whole(float x) {
        float small = abs(x) < 8388608.0f ? x : 0.0f;
        float whole = float(int(small));
        whole = whole > small ? whole - 1.0f : whole;
        return abs(x) < 8388608.0f ? whole : x;
    }

    float bm_in(float x) { return bm_clean(x); })

LIMN_CPP_AND_GLSL(
    k_arithmetic,

    float bm_add(float a, float b) { return bm_none2(a, b) ? k_bm_none : bm_clean(a + b); }

    float bm_subtract(float a, float b) { return bm_none2(a, b) ? k_bm_none : bm_clean(a - b); }

    float bm_multiply(float a, float b) { return bm_none2(a, b) ? k_bm_none : bm_clean(a * b); }

    float bm_divide(float a, float b) {
        float divisor = b == 0.0f ? k_bm_none : b;
        return bm_none2(a, divisor) ? k_bm_none : bm_clean(a / divisor);
    }

    float bm_mod(float a, float b) {
        float d = b == 0.0f ? k_bm_none : b;
        float rest = a - d * bm_whole(a / d);
        rest = abs(rest) >= abs(d) ? rest - (rest < 0.0f ? -abs(d) : abs(d)) : rest;
        rest = rest * d < 0.0f ? rest + d : rest;
        return bm_none2(a, d) ? k_bm_none : bm_clean(rest);
    }

    float bm_negate(float a) { return bm_none(a) ? k_bm_none : -a; }

    float bm_abs(float a) { return abs(a); }

    float bm_sign(float a) { return bm_none(a) ? k_bm_none : (a > 0.0f ? 1.0f : (a < 0.0f ? -1.0f : 0.0f)); }

    float bm_floor(float a) { return bm_none(a) ? k_bm_none : bm_whole(a); }

    float bm_ceil(float a) { return bm_none(a) ? k_bm_none : -bm_whole(-a); }

    float bm_round(float a) {
        float size = abs(a);
        float below = bm_whole(size);
        float nearest = size - below >= 0.5f ? below + 1.0f : below;
        return bm_none(a) ? k_bm_none : (a < 0.0f ? -nearest : nearest);
    }

    float bm_min(float a, float b) { return bm_none2(a, b) ? k_bm_none : (b < a ? b : a); }

    float bm_max(float a, float b) { return bm_none2(a, b) ? k_bm_none : (b > a ? b : a); }

    float bm_sqrt(float a) {
        float x = a < 0.0f ? k_bm_none : a;
        float root = sqrt(x);
        return bm_none(x) ? k_bm_none : root;
    })

LIMN_CPP_AND_GLSL(
    k_logic,

    float bm_less(float a, float b) { return bm_none2(a, b) ? 0.0f : (a < b ? 1.0f : 0.0f); }

    float bm_less_equal(float a, float b) { return bm_none2(a, b) ? 0.0f : (a <= b ? 1.0f : 0.0f); }

    float bm_greater(float a, float b) { return bm_none2(a, b) ? 0.0f : (a > b ? 1.0f : 0.0f); }

    float bm_greater_equal(float a, float b) { return bm_none2(a, b) ? 0.0f : (a >= b ? 1.0f : 0.0f); }

    float bm_equal(float a, float b) { return bm_none2(a, b) ? 0.0f : (a == b ? 1.0f : 0.0f); }

    float bm_unequal(float a, float b) { return bm_none2(a, b) ? 0.0f : (a != b ? 1.0f : 0.0f); }

    float bm_and(float a, float b) {
        return bm_none2(a, b) ? k_bm_none : (a == 0.0f ? 0.0f : (b == 0.0f ? 0.0f : 1.0f));
    }

    float bm_or(float a, float b) {
        return bm_none2(a, b) ? k_bm_none : (a != 0.0f ? 1.0f : (b != 0.0f ? 1.0f : 0.0f));
    }

    float bm_not(float a) { return bm_none(a) ? k_bm_none : (a == 0.0f ? 1.0f : 0.0f); }

    float bm_isnan(float a) { return bm_none(a) ? 1.0f : 0.0f; }

    float bm_select(float condition, float a, float b) {
        return bm_none(condition) ? k_bm_none : (condition != 0.0f ? a : b);
    }

    float bm_step(float edge, float a) { return bm_none2(edge, a) ? k_bm_none : (a < edge ? 0.0f : 1.0f); }

    float bm_clamp(float a, float low, float high) { return bm_min(bm_max(a, low), high); }

    float bm_smoothstep(float low, float high, float a) {
        float t = bm_divide(bm_subtract(a, low), bm_subtract(high, low));
        float inside = t < 0.0f ? 0.0f : (t > 1.0f ? 1.0f : t);
        return bm_none(t) ? k_bm_none : bm_clean(inside * inside * (3.0f - 2.0f * inside));
    })

// A logarithm is that of the mantissa, in [sqrt(1/2), sqrt(2)), and of the exponent: here the mantissa less
// 1, what the series adds to that, and the exponent.
LIMN_CPP_AND_GLSL(
    k_logarithms,

    float bm_half_mantissa(float x) {
        return uintBitsToFloat((floatBitsToUint(x) & 0x007FFFFFu) | 0x3F000000u);
    }

    float bm_mantissa(float x) {
        float m = bm_half_mantissa(x);
        return m < 0.707106781f ? m + m - 1.0f : m - 1.0f;
    }

    float bm_exponent(float x) {
        float e = float(int(floatBitsToUint(x) >> 23)) - 126.0f;
        return bm_half_mantissa(x) < 0.707106781f ? e - 1.0f : e;
    }

    float bm_series(float m) {
        float z = m * m;
        float y = 7.0376836292e-2f * m - 1.1514610310e-1f;
        y = y * m + 1.1676998740e-1f;
        y = y * m - 1.2420140846e-1f;
        y = y * m + 1.4249322787e-1f;
        y = y * m - 1.6668057665e-1f;
        y = y * m + 2.0000714765e-1f;
        y = y * m - 2.4999993993e-1f;
        y = y * m + 3.3333331174e-1f;
        return y * m * z;
    }

    float bm_log(float a) {
        float x = a <= 0.0f ? k_bm_none : a;
        float m = bm_mantissa(x);
        float e = bm_exponent(x);
        float y = bm_series(m) - 2.12194440e-4f * e - 0.5f * (m * m);
        return bm_none(x) ? k_bm_none : bm_clean(m + y + 0.693359375f * e);
    }

    float bm_log10(float a) {
        float x = a <= 0.0f ? k_bm_none : a;
        float m = bm_mantissa(x);
        float e = bm_exponent(x);
        float y = bm_series(m) - 0.5f * (m * m);
        float z = (m + y) * 7.00731903251827651129e-4f;
        z = z + y * 4.3359375e-1f + m * 4.3359375e-1f;
        z = z + e * 2.48745663981195213739e-4f + e * 3.0078125e-1f;
        return bm_none(x) ? k_bm_none : bm_clean(z);
    }

    float bm_log2(float a) {
        float x = a <= 0.0f ? k_bm_none : a;
        float m = bm_mantissa(x);
        float y = bm_series(m) - 0.5f * (m * m);
        float z = y * 0.44269504088896340736f + m * 0.44269504088896340736f + y + m;
        return bm_none(x) ? k_bm_none : bm_clean(z + bm_exponent(x));
    }

    float bm_power_of_two(float e) { return uintBitsToFloat(uint(int(e) + 127) << 23); }

    float bm_exp(float a) {
        float x = a > 88.7228394f ? 0.0f : (a < -87.3365479f ? 0.0f : a);
        float e = bm_whole(1.44269504088896341f * x + 0.5f);
        x = x - e * 0.693359375f;
        x = x + e * 2.12194440e-4f;
        float y = 1.9875691500e-4f * x + 1.3981999507e-3f;
        y = y * x + 8.3334519073e-3f;
        y = y * x + 4.1665795894e-2f;
        y = y * x + 1.6666665459e-1f;
        y = y * x + 5.0000001201e-1f;
        y = y * (x * x) + x + 1.0f;
        float half_e = bm_whole(0.5f * e);
        y = y * bm_power_of_two(half_e) * bm_power_of_two(e - half_e);
        return a > 88.7228394f ? k_bm_none : (a < -87.3365479f ? 0.0f : bm_clean(y));
    })

// x^n for whole n up to 31 is multiplied out, so that b1^2 is b1*b1; anything else is exp(n log x). A
// negative x has whole powers only.
LIMN_CPP_AND_GLSL(
    k_powers,

    float bm_small_power(float x, float n) {
        int bits = int(abs(n) > 31.0f ? 0.0f : abs(n));
        float x2 = x * x;
        float x4 = x2 * x2;
        float x8 = x4 * x4;
        float x16 = x8 * x8;
        float y = (bits & 1) != 0 ? x : 1.0f;
        y = (bits & 2) != 0 ? y * x2 : y;
        y = (bits & 4) != 0 ? y * x4 : y;
        y = (bits & 8) != 0 ? y * x8 : y;
        y = (bits & 16) != 0 ? y * x16 : y;
        y = bm_clean(y);
        return n < 0.0f ? bm_divide(1.0f, y) : y;
    }

    float bm_pow(float x, float n) {
        bool is_whole = bm_whole(n) == n;
        float odd = n - 2.0f * bm_whole(0.5f * n);
        float size = bm_exp(bm_multiply(n, bm_log(abs(x))));
        float of_negative = bm_none(size) ? k_bm_none : (odd == 1.0f ? -size : size);
        of_negative = is_whole ? of_negative : k_bm_none;
        float of_zero = n > 0.0f ? 0.0f : k_bm_none;
        size = x < 0.0f ? of_negative : (x == 0.0f ? of_zero : size);
        float small = is_whole ? abs(n) : 32.0f;
        size = small <= 31.0f ? bm_small_power(x, n) : size;
        return bm_none2(x, n) ? k_bm_none : size;
    })

// Angles of more than 8192 have no digits left to be right.
LIMN_CPP_AND_GLSL(
    k_angles,

    float bm_sin_near_0(float x) {
        float z = x * x;
        return ((-1.9515295891e-4f * z + 8.3321608736e-3f) * z - 1.6666654611e-1f) * z * x + x;
    }

    float bm_cos_near_0(float x) {
        float z = x * x;
        float y = (2.443315711809948e-5f * z - 1.388731625493765e-3f) * z + 4.166664568298827e-2f;
        return y * z * z - 0.5f * z + 1.0f;
    }

    float bm_eighths(float size) {
        int j = int(1.27323954473516f * size);
        return float(j + (j & 1));
    }

    float bm_reduced(float size, float eighths) {
        return ((size - eighths * 0.78515625f) - eighths * 2.4187564849853515625e-4f) -
               eighths * 3.77489497744594108e-8f;
    }

    float bm_sin(float a) {
        float size = abs(a) > 8192.0f ? 0.0f : abs(a);
        float eighths = bm_eighths(size);
        float x = bm_reduced(size, eighths);
        int j = int(eighths) & 7;
        float y = (j & 3) == 2 ? bm_cos_near_0(x) : bm_sin_near_0(x);
        y = j > 3 ? -y : y;
        y = a < 0.0f ? -y : y;
        return abs(a) > 8192.0f ? k_bm_none : bm_clean(y);
    }

    float bm_cos(float a) {
        float size = abs(a) > 8192.0f ? 0.0f : abs(a);
        float eighths = bm_eighths(size);
        float x = bm_reduced(size, eighths);
        int j = int(eighths) & 7;
        float y = (j & 3) == 2 ? bm_sin_near_0(x) : bm_cos_near_0(x);
        y = j == 2 || j == 4 ? -y : y;
        return abs(a) > 8192.0f ? k_bm_none : bm_clean(y);
    }

    float bm_tan(float a) { return bm_divide(bm_sin(a), bm_cos(a)); }

    float bm_atan(float a) {
        float size = abs(a);
        bool is_steep = size > 2.41421356237f;
        bool is_flat = size <= 0.41421356237f;
        float x = is_steep ? -1.0f / size : (is_flat ? size : (size - 1.0f) / (size + 1.0f));
        float start = is_steep ? 1.57079632679f : (is_flat ? 0.0f : 0.78539816339f);
        float z = x * x;
        float y = 8.05374449538e-2f * z - 1.38776856032e-1f;
        y = y * z + 1.99777106478e-1f;
        y = y * z - 3.33329491539e-1f;
        y = start + (y * z * x + x);
        return bm_none(a) ? k_bm_none : (a < 0.0f ? -y : bm_clean(y));
    }

    float bm_atan2(float y, float x) {
        float ratio = bm_divide(y, x);
        ratio = bm_none(ratio) ? 1.0e37f : abs(ratio);
        float angle = bm_atan(ratio);
        angle = x < 0.0f ? 3.14159265359f - angle : angle;
        angle = y < 0.0f ? -angle : angle;
        float reach = abs(y) > abs(x) ? abs(y) : abs(x);
        return reach == 0.0f ? k_bm_none : (bm_none(reach) ? k_bm_none : angle);
    }

    float bm_asin_series(float z, float x) {
        float y = 4.2163199048e-2f * z + 2.4181311049e-2f;
        y = y * z + 4.5470025998e-2f;
        y = y * z + 7.4953002686e-2f;
        y = y * z + 1.6666752422e-1f;
        return y * z * x + x;
    }

    float bm_asin(float a) {
        float size = abs(a) > 1.0f ? 0.0f : abs(a);
        float z = size > 0.5f ? 0.5f * (1.0f - size) : size * size;
        float root = sqrt(z);
        float y = bm_asin_series(z, size > 0.5f ? root : size);
        y = size > 0.5f ? 1.57079632679f - (y + y) : y;
        return abs(a) > 1.0f ? k_bm_none : (a < 0.0f ? -y : bm_clean(y));
    }

    float bm_acos(float a) {
        float size = abs(a) > 1.0f ? 0.0f : abs(a);
        float z = 0.5f * (1.0f - size);
        float far = 2.0f * bm_asin_series(z, sqrt(z));
        float near = 1.57079632679f - bm_asin(a);
        float y = size > 0.5f ? (a < 0.0f ? 3.14159265359f - far : far) : near;
        return abs(a) > 1.0f ? k_bm_none : bm_clean(y);
    })

#undef LIMN_CPP_AND_GLSL

}  // namespace band_functions
}  // namespace
}  // namespace media
