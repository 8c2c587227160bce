#include "app/keyframe_edit.h"

#include <cassert>
#include <cmath>

#include "labels/interpolate.h"

namespace app {

labels::Keyframe keyframe_for_edit(const labels::Track& track, std::int64_t frame, std::int64_t pts) {
    assert(!track.keyframes.empty());
    const labels::Keyframe* last = track.keyframe_before(frame);
    labels::Keyframe keyframe = last != nullptr ? *last : track.keyframes.front();
    if (keyframe.frame != frame) {
        keyframe.attributes.clear();  // what was set before still holds
        if (const auto shape = labels::shape_at(track, frame)) keyframe.geometry = shape->geometry;
        if (last == nullptr) keyframe.outside = false;
    }
    keyframe.frame = frame;
    keyframe.pts = pts;
    keyframe.source = labels::Source::human;
    keyframe.confidence = 1;
    return keyframe;
}

labels::Geometry moved(labels::Geometry geometry, double dx, double dy) {
    if (auto* box = std::get_if<labels::Box>(&geometry)) {
        box->x0 += dx, box->x1 += dx;
        box->y0 += dy, box->y1 += dy;
    } else if (auto* path = std::get_if<labels::Path>(&geometry)) {
        for (auto& point : path->points) point = point + base::Point{dx, dy};
    } else if (auto* mask = std::get_if<labels::MaskRuns>(&geometry)) {
        mask->left += static_cast<int>(std::lround(dx));
        mask->top += static_cast<int>(std::lround(dy));
    }
    return geometry;
}

}  // namespace app
