#pragma once
// A drawn video of six seconds, made without any other program: a ball bounces through the picture, a person
// walks by and passes behind a tree. Where each of them is on each frame is known exactly.

#include <array>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/geometry.h"
#include "base/result.h"

namespace media {

constexpr int k_demo_width_px = 640, k_demo_height_px = 360, k_demo_frame_rate = 25;
constexpr std::int64_t k_demo_frames = 150;

// The ball flies straight between these frames and turns at them.
constexpr std::array<std::int64_t, 6> k_demo_ball_turns = {0, 30, 60, 90, 120, 149};
[[nodiscard]] base::Rect demo_ball(std::int64_t frame);

// The person walks at one speed: wholly in the picture on [first, end), behind the tree on [hidden_first,
// hidden_end).
struct DemoWalk {
    std::int64_t first, hidden_first, hidden_end, end;
};
constexpr DemoWalk k_demo_walk = {8, 64, 77, 129};
[[nodiscard]] base::Rect demo_person(std::int64_t frame);

// 8-bit RGB, rows top to bottom.
[[nodiscard]] std::vector<std::uint8_t> draw_demo_picture(std::int64_t frame);

// Errors: those of ClipEncoder.
[[nodiscard]] base::Result<void> write_demo_clip(const std::filesystem::path& file);

}  // namespace media
