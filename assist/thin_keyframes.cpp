#include "assist/thin_keyframes.h"

#include <cmath>

#include "labels/interpolate.h"

namespace assist {

using labels::Box;
using labels::Keyframe;

// Largest distance a corner moves between two boxes; infinite where only a box is on one side.
static double corner_distance(const labels::Geometry& a, const labels::Geometry& b) {
    const Box* box_a = std::get_if<Box>(&a);
    const Box* box_b = std::get_if<Box>(&b);
    if (box_a == nullptr || box_b == nullptr) return INFINITY;
    const double edges = std::max({std::abs(box_a->x0 - box_b->x0), std::abs(box_a->y0 - box_b->y0),
                                   std::abs(box_a->x1 - box_b->x1), std::abs(box_a->y1 - box_b->y1)});
    const double turn = std::abs(std::remainder(box_a->rotation_deg - box_b->rotation_deg, 360.0));
    const double radius = std::hypot(box_a->x1 - box_a->x0, box_a->y1 - box_a->y0) / 2;
    return edges + radius * turn * M_PI / 180;
}

// What interpolation cannot restore: a keyframe that starts something new.
static bool must_stay(const Keyframe& before, const Keyframe& here) {
    return here.outside || before.outside || here.occluded != before.occluded ||
           here.interpolate != before.interpolate || !here.interpolate ||
           (!here.attributes.empty() && here.attributes != before.attributes);
}

static bool span_holds(const std::vector<Keyframe>& keys, std::size_t first, std::size_t last,
                       labels::ShapeKind shape, double tolerance_px) {
    const double length = static_cast<double>(keys[last].frame - keys[first].frame);
    for (std::size_t i = first + 1; i < last; ++i) {
        const double fraction = static_cast<double>(keys[i].frame - keys[first].frame) / length;
        const auto restored = labels::interpolate(keys[first].geometry, keys[last].geometry, fraction, shape);
        if (corner_distance(restored, keys[i].geometry) > tolerance_px) return false;
    }
    return true;
}

std::vector<Keyframe> thin_keyframes(const labels::Track& track, double tolerance_px) {
    const auto& keys = track.keyframes;
    const bool has_boxes =
        track.info.shape == labels::ShapeKind::box || track.info.shape == labels::ShapeKind::ellipse;
    if (!has_boxes || keys.size() < 3) return keys;
    std::vector<Keyframe> kept{keys.front()};
    std::size_t first = 0;
    while (first + 1 < keys.size()) {
        std::size_t last = first + 1;
        while (last + 1 < keys.size() && !must_stay(keys[last - 1], keys[last]) &&
               !must_stay(keys[last], keys[last + 1]) &&
               span_holds(keys, first, last + 1, track.info.shape, tolerance_px))
            ++last;
        kept.push_back(keys[last]);
        first = last;
    }
    return kept;
}

}  // namespace assist
