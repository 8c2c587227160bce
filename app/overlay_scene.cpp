#include "app/overlay_scene.h"

#include <algorithm>
#include <cmath>

#include "app/tools/box_edit.h"
#include "labels/interpolate.h"

namespace app {

using base::Point;
using labels::Geometry;
using render::OverlayBatch;
using render::Rgba;
using render::View;

namespace {

constexpr double k_smallest_shape_px = 3;

struct Look {
    std::uint32_t rgb = 0;
    render::LineStyle line;
    Rgba fill = 0;  // 0: none
};

std::vector<Point> on_screen(std::span<const Point> media, const View& view) {
    std::vector<Point> points;
    points.reserve(media.size());
    for (const Point& point : media) points.push_back(view.screen_from_media(point));
    return points;
}

void add_box(OverlayBatch& batch, const labels::Box& box, bool ellipse, const View& view, const Look& look) {
    const auto handles = handle_points(box);
    if (ellipse) {
        constexpr int k_segments = 64;
        std::vector<Point> ring;
        const Point centre = box.rect().centre();
        const Point u = handles[3] - centre, v = handles[5] - centre;
        for (int i = 0; i < k_segments; ++i) {
            const double angle = 2 * M_PI * i / k_segments;
            ring.push_back(view.screen_from_media(centre + u * std::cos(angle) + v * std::sin(angle)));
        }
        if (look.fill != 0) batch.add_polygon_fill(std::array{ring}, look.fill);
        return batch.add_polygon_outline(ring, look.line);
    }
    if (box.rotation_deg == 0) {
        const base::Rect rect =
            render::sharp_outline(view.screen_from_media(box.rect()), look.line.thickness_px);
        if (look.fill != 0) batch.add_rect_fill(rect, look.fill);
        return batch.add_rect_outline(rect, look.line);
    }
    const render::Corners corners{view.screen_from_media(handles[0]), view.screen_from_media(handles[2]),
                                  view.screen_from_media(handles[4]), view.screen_from_media(handles[6])};
    if (look.fill != 0) batch.add_rect_fill(corners, look.fill);
    batch.add_rect_outline(corners, look.line);
}

void add_path(OverlayBatch& batch, const labels::Path& path, labels::ShapeKind kind, const View& view,
              const Look& look) {
    const std::vector<Point> points = on_screen(path.points, view);
    if (kind == labels::ShapeKind::points) {
        for (const Point& point : points)
            batch.add_circle(point, look.line.thickness_px * 2, render::rgba(look.rgb), 0xFFFFFFFF, 1);
        return;
    }
    if (kind == labels::ShapeKind::polyline) return batch.add_polyline(points, look.line);
    std::vector<std::vector<Point>> rings;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= path.ring_starts.size(); ++i) {
        const std::size_t end = i < path.ring_starts.size()
                                    ? std::min<std::size_t>(path.ring_starts[i], points.size())
                                    : points.size();
        if (end > begin)
            rings.emplace_back(points.begin() + static_cast<std::ptrdiff_t>(begin),
                               points.begin() + static_cast<std::ptrdiff_t>(end));
        begin = std::max(begin, end);
    }
    if (look.fill != 0) batch.add_polygon_fill(rings, look.fill);
    for (const auto& ring : rings) batch.add_polygon_outline(ring, look.line);
}

// A mask as rows of filled runs; fine for the small masks imports bring.
void add_mask(OverlayBatch& batch, const labels::MaskRuns& mask, const View& view, const Look& look) {
    if (mask.width <= 0) return;
    const Rgba fill = render::rgba(look.rgb, 110);
    std::int64_t at = 0;
    bool on = false;
    for (const std::uint32_t run : mask.runs) {
        std::int64_t left = run;
        while (on && left > 0) {
            const std::int64_t x = at % mask.width, y = at / mask.width,
                               length = std::min(left, mask.width - x);
            const double x0 = static_cast<double>(mask.left + x), y0 = static_cast<double>(mask.top + y);
            batch.add_rect_fill(
                view.screen_from_media(base::Rect{x0, y0, x0 + static_cast<double>(length), y0 + 1}), fill);
            at += length;
            left -= length;
        }
        at += left;
        on = !on;
    }
}

void add_geometry(OverlayBatch& batch, const Geometry& geometry, labels::ShapeKind kind, const View& view,
                  const Look& look) {
    if (const auto* box = std::get_if<labels::Box>(&geometry))
        add_box(batch, *box, kind == labels::ShapeKind::ellipse, view, look);
    if (const auto* path = std::get_if<labels::Path>(&geometry)) add_path(batch, *path, kind, view, look);
    if (const auto* mask = std::get_if<labels::MaskRuns>(&geometry)) add_mask(batch, *mask, view, look);
}

Look look_of(const labels::Track& track, const labels::ShapeAt& shape, std::uint32_t rgb, bool selected,
             double px) {
    const bool lighter =
        shape.source == labels::Source::interpolated || shape.source == labels::Source::model;
    Look look;
    look.rgb = rgb;
    look.line.thickness_px = static_cast<float>(std::max(1.0, std::round((selected ? 2.0 : 1.5) * px)));
    look.line.color = render::rgba(rgb, selected ? 255 : lighter ? 165 : 235);
    if (shape.occluded) look.line.dash_px = static_cast<float>(5 * px);
    if (selected) look.fill = render::rgba(rgb, 34);
    if (track.info.locked && !selected) look.line.color = render::rgba(rgb, 120);
    return look;
}

}  // namespace

void add_labels(const SceneInput& in, OverlayBatch& batch, std::vector<NameTag>& tags, bool handles) {
    const double px = in.style.px;
    const auto selected_at = [&](labels::TrackId id) {
        return std::ranges::find(in.selection, id) != in.selection.end();
    };
    const auto draw = [&](const labels::Track& track, bool selected) {
        if (track.info.hidden) return;
        const auto shape = labels::shape_at(track, in.frame);
        if (!shape) return;
        const base::Rect bounds = in.view.screen_from_media(labels::bounds(shape->geometry));
        if (!bounds.grown(20 * px).overlaps(in.view.screen)) return;
        const labels::LabelClass* of_class = in.state.ontology.find(track.info.class_id);
        const std::uint32_t rgb = of_class != nullptr ? of_class->color_rgb : 0x9AA3AE;
        const double size = std::max(bounds.width(), bounds.height());
        if (size < k_smallest_shape_px * px && !selected)
            return batch.add_rect_fill(base::Rect{bounds.centre().x - px, bounds.centre().y - px,
                                                  bounds.centre().x + px, bounds.centre().y + px},
                                       render::rgba(rgb, 220));
        const Look look = look_of(track, *shape, rgb, selected, px);
        add_geometry(batch, shape->geometry, track.info.shape, in.view, look);
        if (selected && handles && !track.info.locked)
            if (const auto* box = std::get_if<labels::Box>(&shape->geometry);
                box != nullptr && size > 24 * px)
                for (const Point& point : handle_points(*box))
                    batch.add_handle(in.view.screen_from_media(point), static_cast<float>(std::round(7 * px)),
                                     0xFFFFFFFF, render::rgba(rgb), static_cast<float>(std::max(1.0, px)));
        if (selected || (tags.size() < in.style.most_tags && size >= in.style.smallest_tag_px * px))
            tags.push_back({{bounds.x0, bounds.y0},
                            labels::display_name(track.info, in.state.ontology),
                            rgb,
                            selected,
                            !shape->is_keyframe});
    };
    for (const labels::Track* track : in.tracks)
        if (!selected_at(track->info.id)) draw(*track, false);
    for (const labels::Track* track : in.tracks)  // the selection lies on top
        if (selected_at(track->info.id)) draw(*track, true);
}

void add_tool_overlay(const Overlay& overlay, const View& view, double px, OverlayBatch& batch) {
    const float hair = static_cast<float>(std::max(1.0, std::round(px)));
    for (const Overlay::Guide& guide : overlay.guides) {
        const Point at = view.screen_from_media(guide.vertical ? Point{guide.at, 0} : Point{0, guide.at});
        const double middle = std::floor(guide.vertical ? at.x : at.y) + hair / 2.0;
        const Point from = guide.vertical ? Point{middle, view.screen.y0} : Point{view.screen.x0, middle};
        const Point to = guide.vertical ? Point{middle, view.screen.y1} : Point{view.screen.x1, middle};
        batch.add_line(from, to, {.color = 0xFFFFFF50, .thickness_px = hair});
    }
    for (const Overlay::Shape& shape : overlay.shapes) {
        Look look{.rgb = shape.color_rgb,
                  .line = {.color = render::rgba(shape.color_rgb), .thickness_px = 2 * hair}};
        if (shape.dashed) look.line.dash_px = static_cast<float>(5 * px);
        add_geometry(batch, shape.geometry, shape.kind, view, look);
    }
    for (const Point& handle : overlay.handles)
        batch.add_handle(view.screen_from_media(handle), static_cast<float>(std::round(7 * px)), 0xFFFFFFFF,
                         0x4C9EFFFF, hair);
}

}  // namespace app
