#include "labels/track.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace labels {

namespace {

template <class... Fs>
struct Overloaded : Fs... {
    using Fs::operator()...;
};

base::Rect bounds_of_box(const Box& box) {
    if (box.rotation_deg == 0) return box.rect();
    constexpr double k_deg = 3.14159265358979323846 / 180;
    const double c = std::abs(std::cos(box.rotation_deg * k_deg));
    const double s = std::abs(std::sin(box.rotation_deg * k_deg));
    const base::Point centre = box.rect().centre();
    const double half_w = (box.rect().width() * c + box.rect().height() * s) / 2;
    const double half_h = (box.rect().width() * s + box.rect().height() * c) / 2;
    return {centre.x - half_w, centre.y - half_h, centre.x + half_w, centre.y + half_h};
}

base::Rect bounds_of_path(const Path& path) {
    if (path.points.empty()) return {};
    base::Rect r{path.points[0].x, path.points[0].y, path.points[0].x, path.points[0].y};
    for (const base::Point& p : path.points) {
        r = {std::min(r.x0, p.x), std::min(r.y0, p.y), std::max(r.x1, p.x), std::max(r.y1, p.y)};
    }
    return r;
}

bool sound_path(const Path& path) {
    std::uint32_t last = 0;
    for (const std::uint32_t start : path.ring_starts) {
        if (start <= last || start >= path.points.size()) return false;
        last = start;
    }
    return std::ranges::all_of(path.points,
                               [](base::Point p) { return std::isfinite(p.x) && std::isfinite(p.y); });
}

bool sound_mask(const MaskRuns& mask) {
    if (mask.width < 0 || mask.height < 0) return false;
    std::uint64_t covered = 0;
    for (const std::uint32_t run : mask.runs) covered += run;
    return covered <= static_cast<std::uint64_t>(mask.width) * static_cast<std::uint64_t>(mask.height);
}

}  // namespace

const Keyframe* Track::keyframe_before(std::int64_t frame) const {
    const auto it = std::ranges::upper_bound(keyframes, frame, {}, &Keyframe::frame);
    return it == keyframes.begin() ? nullptr : &*std::prev(it);
}

const Keyframe* Track::keyframe_at(std::int64_t frame) const {
    const Keyframe* before = keyframe_before(frame);
    return before != nullptr && before->frame == frame ? before : nullptr;
}

std::int64_t Track::first_frame() const {
    if (keyframes.empty()) return 0;
    const auto it = std::ranges::find(keyframes, false, &Keyframe::outside);
    return it == keyframes.end() ? keyframes.front().frame : it->frame;
}

std::int64_t Track::end_frame() const {
    if (keyframes.empty()) return 0;
    if (info.extent == Extent::picture) return first_frame() + (keyframes.front().outside ? 0 : 1);
    if (!keyframes.back().outside) return std::numeric_limits<std::int64_t>::max();
    auto it = keyframes.rbegin();  // the earliest of the outside keyframes it ends with
    while (std::next(it) != keyframes.rend() && std::next(it)->outside) ++it;
    return it->frame;
}

base::Rect bounds(const Geometry& geometry) {
    return std::visit(Overloaded{
                          [](const Box& box) { return bounds_of_box(box); },
                          [](const Path& path) { return bounds_of_path(path); },
                          [](const MaskRuns& mask) {
                              return base::Rect{double(mask.left), double(mask.top),
                                                double(mask.left) + mask.width,
                                                double(mask.top) + mask.height};
                          },
                      },
                      geometry);
}

bool is_sound(const Geometry& geometry) {
    return std::visit(Overloaded{
                          [](const Box& b) {
                              return std::isfinite(b.x0) && std::isfinite(b.y0) && std::isfinite(b.x1) &&
                                     std::isfinite(b.y1) && std::isfinite(b.rotation_deg);
                          },
                          [](const Path& path) { return sound_path(path); },
                          [](const MaskRuns& mask) { return sound_mask(mask); },
                      },
                      geometry);
}

bool fits(const Geometry& geometry, ShapeKind shape) {
    switch (shape) {
        case ShapeKind::box:
        case ShapeKind::ellipse:
            return std::holds_alternative<Box>(geometry);
        case ShapeKind::polygon:
        case ShapeKind::polyline:
        case ShapeKind::points:
            return std::holds_alternative<Path>(geometry);
        case ShapeKind::mask:
            return std::holds_alternative<MaskRuns>(geometry);
    }
    return false;
}

std::string display_name(const TrackInfo& info, const Ontology& ontology) {
    if (!info.name.empty()) return info.name;
    const LabelClass* label_class = ontology.find(info.class_id);
    return fmt::format("{} {}", label_class != nullptr ? label_class->name : "object", info.number);
}

}  // namespace labels
