#include "labels/mask_geometry.h"

#include <numeric>

#include "masks/run_lengths.h"

namespace labels {

masks::Plane plane_of(const MaskRuns& runs, std::int64_t width_px, std::int64_t height_px) {
    masks::Plane empty(width_px, height_px, masks::Depth::u8);
    if (!is_sound(runs) || runs.width == 0) return empty;
    // The rows that the runs tell of, the last of them filled up with zeros.
    const std::int64_t told = std::accumulate(runs.runs.begin(), runs.runs.end(), std::int64_t{0});
    const std::int64_t height = (told + runs.width - 1) / runs.width;
    const masks::PixelRect area{runs.left, runs.top, std::int64_t{runs.left} + runs.width, runs.top + height};
    masks::Counts counts = runs.runs;
    if (counts.size() % 2 != 0) counts.push_back(0);
    counts.push_back(static_cast<std::uint32_t>(height * runs.width - told));
    auto plane = masks::with_run_lengths(empty, counts, area, masks::Order::rows, 1);
    return plane ? std::move(*plane) : empty;
}

MaskRuns runs_of(const masks::Plane& plane) {
    const auto which = masks::Which::labelled();
    const masks::PixelRect area = masks::tight_bounds(plane, which);
    if (area.empty()) return {};
    auto runs = masks::run_lengths(plane, which, area, masks::Order::rows);
    if (!runs) return {};
    return {static_cast<std::int32_t>(area.x0), static_cast<std::int32_t>(area.y0),
            static_cast<std::int32_t>(area.width()), static_cast<std::int32_t>(area.height()),
            std::move(*runs)};
}

}  // namespace labels
