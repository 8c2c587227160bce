#include "labels/interpolate.h"

#include <cmath>

#include "labels/interpolate_path.h"

namespace labels {

namespace {

double between(double a, double b, double fraction) { return a + (b - a) * fraction; }

// By the shortest arc, in [0, 360).
double rotation_between(double a, double b, double fraction) {
    if (a == b) return a;
    double arc = std::fmod(b - a, 360.0);
    if (arc > 180) arc -= 360;
    if (arc < -180) arc += 360;
    const double turned = std::fmod(a + arc * fraction, 360.0);
    return turned < 0 ? turned + 360 : turned;
}

Box interpolate_box(const Box& a, const Box& b, double fraction) {
    return {between(a.x0, b.x0, fraction), between(a.y0, b.y0, fraction), between(a.x1, b.x1, fraction),
            between(a.y1, b.y1, fraction), rotation_between(a.rotation_deg, b.rotation_deg, fraction)};
}

Path interpolate_points(const Path& a, const Path& b, double fraction) {
    if (a.points.size() != b.points.size()) return a;
    Path path = a;
    for (std::size_t i = 0; i < path.points.size(); ++i) {
        path.points[i] = a.points[i] + (b.points[i] - a.points[i]) * fraction;
    }
    return path;
}

}  // namespace

Geometry interpolate(const Geometry& a, const Geometry& b, double fraction, ShapeKind shape) {
    if (fraction <= 0 || a.index() != b.index()) return a;
    if (fraction >= 1) return b;
    if (const auto* box = std::get_if<Box>(&a)) return interpolate_box(*box, std::get<Box>(b), fraction);
    const auto* path = std::get_if<Path>(&a);
    if (path == nullptr) return a;  // a mask holds still
    const Path& other = std::get<Path>(b);
    switch (shape) {
        case ShapeKind::points:
            return interpolate_points(*path, other, fraction);
        case ShapeKind::polyline:
            return interpolate_path(*path, other, fraction, Closed::no);
        default:
            return interpolate_path(*path, other, fraction, Closed::yes);
    }
}

std::optional<ShapeAt> shape_at(const Track& track, std::int64_t frame) {
    const Keyframe* here = track.keyframe_before(frame);
    if (here == nullptr || here->outside) return std::nullopt;
    if (track.info.extent == Extent::picture && here->frame != frame) return std::nullopt;
    ShapeAt shape{here->geometry, here->occluded, here->frame == frame, here->source, here->confidence};
    if (shape.is_keyframe) return shape;
    shape.source = Source::interpolated;
    const Keyframe* next = here + 1;
    if (next == track.keyframes.data() + track.keyframes.size() || !here->interpolate) return shape;
    // A double holds the difference of any two frame numbers that occur; the unsigned one cannot overflow.
    const auto distance = [](std::int64_t from, std::int64_t to) {
        return static_cast<double>(static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from));
    };
    const double fraction = distance(here->frame, frame) / distance(here->frame, next->frame);
    shape.geometry = interpolate(here->geometry, next->geometry, fraction, track.info.shape);
    return shape;
}

AttributeValues attributes_at(const Track& track, std::int64_t frame) {
    AttributeValues values = track.info.attributes;
    for (const Keyframe& keyframe : track.keyframes) {
        if (keyframe.frame > frame) break;
        for (const auto& [id, value] : keyframe.attributes) set_value(values, id, value);
    }
    return values;
}

}  // namespace labels
