#pragma once
// How a person writes a place in time, and how one is shown: "150", "frame 150", "+10", "01:30",
// "1:02:03.250".

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace app {

class Workbench;

struct Place {
    enum class Kind : std::uint8_t { frame, offset, time };
    Kind kind = Kind::frame;
    std::int64_t value = 0;  // a frame number, frames from here, or milliseconds since the first frame
    bool operator==(const Place&) const = default;
};

// Null when the text is no place. Spaces around it and a leading "frame" are allowed.
[[nodiscard]] std::optional<Place> parse_place(std::string_view text);

// The frame it means in the shown video, not clamped; null when the video cannot tell yet.
[[nodiscard]] std::optional<std::int64_t> frame_of(const Workbench& bench, const Place& place);

[[nodiscard]] std::string time_text(double t_secs);      // "00:00:05.005"
[[nodiscard]] std::string grouped(std::int64_t number);  // "1 284"

}  // namespace app
