#include "labels/mask_geometry.h"

#include "masks/run_lengths.h"

namespace labels {

masks::Plane plane_of(const MaskRuns& runs, std::int64_t width_px, std::int64_t height_px) {
    masks::Plane empty(width_px, height_px, masks::Depth::u8);
    const masks::PixelRect area{runs.left, runs.top, std::int64_t{runs.left} + runs.width,
                                std::int64_t{runs.top} + runs.height};
    auto plane = masks::with_run_lengths(empty, runs.runs, area, masks::Order::rows, 1);
    return plane ? std::move(*plane) : empty;  // runs that do not fill their area are no mask
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
