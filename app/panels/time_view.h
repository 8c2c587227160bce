#pragma once
// Where frames lie on the timeline: which are shown, how zoom and pan change that, and where the ruler's
// marks stand. Pure arithmetic, so that tests need no window.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace app {

// The shown stretch [first, first + shown) in frames, laid over [x0, x0 + width). Frame N covers [N, N + 1).
struct TimeView {
    double first = 0, shown = 1;
    float x0 = 0, width = 1;

    [[nodiscard]] float px_per_frame() const { return static_cast<float>(width / shown); }
    [[nodiscard]] float x_of_edge(double frame) const {  // of the frame's left edge
        return x0 + static_cast<float>((frame - first) * width / shown);
    }
    [[nodiscard]] float x_of(std::int64_t frame) const { return x_of_edge(static_cast<double>(frame) + 0.5); }
    [[nodiscard]] double edge_at(float x) const {
        return first + static_cast<double>(x - x0) * shown / width;
    }
    [[nodiscard]] std::int64_t frame_at(float x) const;  // may lie outside the film
};

struct TimeSpan {  // what AssetView keeps; shown 0 = the whole film
    double first = 0, shown = 0;
    bool operator==(const TimeSpan&) const = default;
};

constexpr double k_widest_frame_px = 40;  // logical; the closest zoom

// The span made valid for a film of `total` frames: inside the film, no closer than k_widest_frame_px a
// frame.
[[nodiscard]] TimeSpan clamped(TimeSpan span, double total, double width_logical_px);
// factor < 1 zooms in; `fixed` (in frames) stays where it is.
[[nodiscard]] TimeSpan zoomed(TimeSpan span, double factor, double fixed, double total,
                              double width_logical_px);
[[nodiscard]] TimeSpan panned(TimeSpan span, double by_frames, double total, double width_logical_px);

// How to follow a frame that has left the view: `page` puts it near the left edge (playing), `edge` moves no
// more than needed (stepping, scrubbing). Null when it is in view.
enum class Follow : std::uint8_t { page, edge };
[[nodiscard]] std::optional<TimeSpan> following(TimeSpan span, std::int64_t frame, Follow how, double total,
                                                double width_logical_px);

// The smallest step of the row 1, 2, 5, 10, 20 … of at least `least`.
[[nodiscard]] std::int64_t frame_step(double least);
// The same for time: 0.001 … 0.5, 1, 2, 5, 10, 15, 30 s, 1, 2, 5, 10, 15, 30 min, 1, 2, 6, 12, 24 h.
[[nodiscard]] double time_step(double least_secs);

// "00:00:05.005", hours without limit.
[[nodiscard]] std::string timecode(double secs);
// As short as a step of that size allows: "0:05", "1:02:00", "0:05.2".
[[nodiscard]] std::string short_time(double secs, double step_secs);
// "5", "5.005", "1:02.5", "00:00:05.005"; null when it is no time.
[[nodiscard]] std::optional<double> parse_timecode(std::string_view text);

}  // namespace app
