#pragma once
// Exact time: an integer count of a rational unit. Never a rounded double.

#include <compare>
#include <cstdint>

namespace base {

// num/den, den > 0. As a time base: seconds per tick.
struct Rational {
    std::int64_t num = 0;
    std::int64_t den = 1;
    bool operator==(const Rational&) const = default;
};

// For display and sorting on screen only; identity is always the integer.
[[nodiscard]] inline double seconds(std::int64_t ticks, Rational time_base) {
    return static_cast<double>(ticks) * static_cast<double>(time_base.num) /
           static_cast<double>(time_base.den);
}

// `ticks` of `from` as ticks of `to`, rounded to nearest (ties away from zero), computed in 128 bits.
[[nodiscard]] inline std::int64_t rescale(std::int64_t ticks, Rational from, Rational to) {
    const __int128 num = static_cast<__int128>(ticks) * from.num * to.den;
    const __int128 den = static_cast<__int128>(from.den) * to.num;
    const __int128 half = den / 2;
    return static_cast<std::int64_t>((num >= 0 ? num + half : num - half) / den);
}

}  // namespace base
