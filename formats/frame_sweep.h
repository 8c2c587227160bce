#pragma once
// All labels of an asset frame by frame, for formats that are lists of frames. Memory: one small entry a
// track, and the shapes of one frame.

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

#include "base/result.h"
#include "labels/interpolate.h"
#include "labels/state.h"

namespace formats {

struct VisibleShape {
    const labels::Track* track = nullptr;
    std::int64_t number = 0;  // of the track within its asset, from 1
    labels::ShapeAt shape;
};

// One past the last frame labels can be on: the asset's frame count, or just past its last keyframe while
// that is unknown.
[[nodiscard]] std::int64_t frame_end(const labels::State& state, const labels::Asset& asset);

using VisitFrame = std::function<base::Result<void>(std::int64_t frame, std::span<const VisibleShape>)>;

// Calls `visit` in order for each frame with at least one visible shape, shapes in the order of their
// numbers. Errors: cancelled, and what `visit` returns.
[[nodiscard]] base::Result<void> sweep_frames(const labels::State& state, const labels::Asset& asset,
                                              std::stop_token stop, const VisitFrame& visit);

}  // namespace formats
