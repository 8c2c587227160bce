#include "app/place.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "app/workbench.h"

namespace app {

namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

// Digits only, at most twelve of them: more is no frame of any film.
std::optional<std::int64_t> digits(std::string_view text) {
    if (text.empty() || text.size() > 12) return {};
    if (!std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) return {};
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

// "5", "5.25" in milliseconds.
std::optional<std::int64_t> seconds_in_ms(std::string_view text) {
    const std::size_t dot = text.find('.');
    const auto whole = digits(text.substr(0, dot));
    if (!whole) return {};
    if (dot == std::string_view::npos) return *whole * 1000;
    std::string fraction{text.substr(dot + 1)};
    if (fraction.empty() || !digits(fraction)) return {};
    fraction.resize(3, '0');
    return *whole * 1000 + *digits(fraction);
}

std::optional<std::int64_t> time_in_ms(std::string_view text) {
    const std::size_t last = text.rfind(':');
    if (last == std::string_view::npos) return {};
    const auto seconds = seconds_in_ms(text.substr(last + 1));
    std::string_view rest = text.substr(0, last);
    std::int64_t minutes = 0;
    for (int parts = 0; parts < 2; ++parts) {
        const std::size_t colon = rest.find(':');
        const auto part = digits(rest.substr(0, colon));
        if (!part) return {};
        minutes = minutes * 60 + *part;
        if (colon == std::string_view::npos) {
            if (!seconds) return {};
            return minutes * 60'000 + *seconds;
        }
        rest.remove_prefix(colon + 1);
    }
    return {};
}

}  // namespace

std::optional<Place> parse_place(std::string_view text) {
    text = trimmed(text);
    if (text.starts_with("frame ")) text = trimmed(text.substr(6));
    if (text.empty()) return {};
    if (const auto ms = time_in_ms(text)) return Place{Place::Kind::time, *ms};
    if (text[0] == '+' || text[0] == '-') {
        const auto frames = digits(text.substr(1));
        if (!frames) return {};
        return Place{Place::Kind::offset, text[0] == '-' ? -*frames : *frames};
    }
    if (const auto frame = digits(text)) return Place{Place::Kind::frame, *frame};
    return {};
}

std::optional<std::int64_t> frame_of(const Workbench& bench, const Place& place) {
    switch (place.kind) {
        case Place::Kind::frame:
            return place.value;
        case Place::Kind::offset:
            return bench.frame() + place.value;
        case Place::Kind::time:
            if (!bench.video()) return {};
            return bench.video()->frame_at_secs(static_cast<double>(place.value) / 1000);
    }
    return {};
}

std::string time_text(double t_secs) {
    const auto ms = static_cast<std::int64_t>(std::llround(std::max(t_secs, 0.0) * 1000));
    return fmt::format("{:02}:{:02}:{:02}.{:03}", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60,
                       ms % 1000);
}

std::string grouped(std::int64_t number) {
    const std::string digits_only = std::to_string(number);
    std::string text;
    for (std::size_t i = 0; i < digits_only.size(); ++i) {
        const std::size_t left = digits_only.size() - i;
        if (left % 3 == 0 && i > 0 && digits_only[i - 1] != '-') text += ' ';
        text += digits_only[i];
    }
    return text;
}

}  // namespace app
