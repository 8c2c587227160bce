#include "app/panels/time_view.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace app {
namespace {

// 1.5 s is "1.5", 2 min is "0": digits behind the point so that steps differ.
int decimals_for(double step_secs) {
    if (step_secs >= 1) return 0;
    return step_secs >= 0.1 ? 1 : step_secs >= 0.01 ? 2 : 3;
}

TimeSpan whole(TimeSpan span, double total) { return span.shown > 0 ? span : TimeSpan{0, total}; }

}  // namespace

std::int64_t TimeView::frame_at(float x) const { return static_cast<std::int64_t>(std::floor(edge_at(x))); }

TimeSpan clamped(TimeSpan span, double total, double width_logical_px) {
    if (span.shown <= 0) return {0, 0};
    const double least = std::min(total, std::max(1.0, width_logical_px / k_widest_frame_px));
    span.shown = std::max(span.shown, least);
    if (span.shown >= total) return {0, 0};
    span.first = std::clamp(span.first, 0.0, total - span.shown);
    return span;
}

TimeSpan zoomed(TimeSpan span, double factor, double fixed, double total, double width_logical_px) {
    const TimeSpan old = whole(span, total);
    const double least = std::max(1.0, width_logical_px / k_widest_frame_px);
    const double shown = std::max(old.shown * factor, least);
    return clamped({fixed - (fixed - old.first) * shown / old.shown, shown}, total, width_logical_px);
}

TimeSpan panned(TimeSpan span, double by_frames, double total, double width_logical_px) {
    if (span.shown <= 0) return span;
    return clamped({span.first + by_frames, span.shown}, total, width_logical_px);
}

std::optional<TimeSpan> following(TimeSpan span, std::int64_t frame, Follow how, double total,
                                  double width_logical_px) {
    if (span.shown <= 0) return std::nullopt;
    const double at = static_cast<double>(frame), end = span.first + span.shown;
    if (at >= span.first && at + 1 <= end) return std::nullopt;
    const bool far = at < span.first - span.shown / 4 || at > end + span.shown / 4;
    double first = span.first;
    if (how == Follow::page) {
        first = at - span.shown * 0.05;
    } else if (far) {
        first = at - span.shown / 2;
    } else {
        first = at < span.first ? at : at + 1 - span.shown;
    }
    const TimeSpan moved = clamped({first, span.shown}, total, width_logical_px);
    return moved == span ? std::nullopt : std::optional{moved};
}

std::int64_t frame_step(double least) {
    std::int64_t decade = 1;
    for (; static_cast<double>(decade) * 10 <= least; decade *= 10) {
    }
    for (const std::int64_t factor : {1, 2, 5}) {
        if (static_cast<double>(decade * factor) >= least) return decade * factor;
    }
    return decade * 10;
}

double time_step(double least_secs) {
    static constexpr std::array k_steps = {
        0.001, 0.002, 0.005, 0.01,  0.02,  0.05,  0.1,   0.2,    0.5,    1.0,    2.0,     5.0,    10.0,
        15.0,  30.0,  60.0,  120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 21600.0, 43200.0};
    const auto found = std::ranges::lower_bound(k_steps, least_secs);
    if (found != k_steps.end()) return *found;
    return std::ceil(least_secs / 86400) * 86400;
}

std::string timecode(double secs) {
    const auto ms = static_cast<std::int64_t>(std::llround(std::max(0.0, secs) * 1000));
    return fmt::format("{:02}:{:02}:{:02}.{:03}", ms / 3600000, ms / 60000 % 60, ms / 1000 % 60, ms % 1000);
}

std::string short_time(double secs, double step_secs) {
    const int decimals = decimals_for(step_secs);
    const auto scale = static_cast<std::int64_t>(std::llround(std::pow(10, decimals)));
    const auto ticks =
        static_cast<std::int64_t>(std::llround(std::max(0.0, secs) * static_cast<double>(scale)));
    const std::int64_t whole_secs = ticks / scale, h = whole_secs / 3600, m = whole_secs / 60 % 60;
    std::string out = h > 0 ? fmt::format("{}:{:02}:{:02}", h, m, whole_secs % 60)
                            : fmt::format("{}:{:02}", m, whole_secs % 60);
    if (decimals > 0) out += fmt::format(".{:0{}}", ticks % scale, decimals);
    return out;
}

std::optional<double> parse_timecode(std::string_view text) {
    double secs = 0;
    int parts = 0;
    for (bool last = false; !last; ++parts) {
        const std::size_t colon = text.find(':');
        last = colon == std::string_view::npos;
        const std::string_view part = text.substr(0, colon);
        double value = 0;
        const auto [rest, error] =
            std::from_chars(part.data(), part.data() + part.size(), value, std::chars_format::fixed);
        if (error != std::errc{} || rest != part.data() + part.size() || value < 0) return std::nullopt;
        secs = secs * 60 + value;
        if (!last) text.remove_prefix(colon + 1);
    }
    return parts <= 3 && std::isfinite(secs) ? std::optional{secs} : std::nullopt;
}

}  // namespace app
