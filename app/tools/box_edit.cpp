#include "app/tools/box_edit.h"

#include <array>
#include <cmath>

#include "app/keyframe_edit.h"
#include "labels/interpolate.h"

namespace app {

using base::Point;
using base::Rect;
using labels::Box;

static Point turned(Point p, Point about, double degrees) {
    const double radians = degrees * M_PI / 180;
    const Point d = p - about;
    return about + Point{d.x * std::cos(radians) - d.y * std::sin(radians),
                         d.x * std::sin(radians) + d.y * std::cos(radians)};
}

std::vector<Point> handle_points(const Box& box) {
    const Point c = box.rect().centre();
    std::vector<Point> points{{box.x0, box.y0}, {c.x, box.y0}, {box.x1, box.y0}, {box.x1, c.y},
                              {box.x1, box.y1}, {c.x, box.y1}, {box.x0, box.y1}, {box.x0, c.y}};
    if (box.rotation_deg != 0)
        for (auto& point : points) point = turned(point, c, box.rotation_deg);
    return points;
}

Grip grip_at(const labels::Geometry& geometry, Point at, double media_per_px) {
    const double reach = k_grip_px * media_per_px;
    const Box* box = std::get_if<Box>(&geometry);
    if (box == nullptr)
        return labels::bounds(geometry).grown(reach / 2).contains(at) ? Grip::body : Grip::none;

    const Point p = box->rotation_deg == 0 ? at : turned(at, box->rect().centre(), -box->rotation_deg);
    if (!box->rect().grown(reach).contains(p)) return Grip::none;
    // A box smaller than its handles on screen can still be moved: its middle third is body.
    const double reach_x = std::min(reach, box->rect().width() / 3),
                 reach_y = std::min(reach, box->rect().height() / 3);
    const bool left = p.x<box->x0 + reach_x, right = p.x> box->x1 - reach_x;
    const bool top = p.y<box->y0 + reach_y, bottom = p.y> box->y1 - reach_y;
    if (top) return left ? Grip::top_left : right ? Grip::top_right : Grip::top;
    if (bottom) return left ? Grip::bottom_left : right ? Grip::bottom_right : Grip::bottom;
    return left ? Grip::left : right ? Grip::right : Grip::body;
}

static bool moves_left(Grip g) { return g == Grip::top_left || g == Grip::left || g == Grip::bottom_left; }
static bool moves_right(Grip g) {
    return g == Grip::top_right || g == Grip::right || g == Grip::bottom_right;
}
static bool moves_top(Grip g) { return g == Grip::top_left || g == Grip::top || g == Grip::top_right; }
static bool moves_bottom(Grip g) {
    return g == Grip::bottom_left || g == Grip::bottom || g == Grip::bottom_right;
}

static double clamp_shift(double shift, double low, double high, double min, double max) {
    if (low < min || high > max) return shift;  // began outside: leave it free
    return std::clamp(shift, min - low, max - high);
}

static Box moved_within(Box box, Point by, const Rect& within) {
    if (box.rotation_deg == 0) {
        by.x = clamp_shift(by.x, box.x0, box.x1, within.x0, within.x1);
        by.y = clamp_shift(by.y, box.y0, box.y1, within.y0, within.y1);
    }
    return std::get<Box>(moved(box, by.x, by.y));
}

Box dragged(const Box& box, Grip grip, Point from, Point to, const Rect& within) {
    if (grip == Grip::body) return moved_within(box, to - from, within);
    const Point centre = box.rect().centre();
    if (box.rotation_deg == 0) {
        to.x = std::clamp(to.x, std::min(within.x0, from.x), std::max(within.x1, from.x));
        to.y = std::clamp(to.y, std::min(within.y0, from.y), std::max(within.y1, from.y));
    }
    const Point by = turned(to, centre, -box.rotation_deg) - turned(from, centre, -box.rotation_deg);
    Box out = box;
    if (moves_left(grip)) out.x0 += by.x;
    if (moves_right(grip)) out.x1 += by.x;
    if (moves_top(grip)) out.y0 += by.y;
    if (moves_bottom(grip)) out.y1 += by.y;
    if (box.rotation_deg == 0) {
        const Rect limits{std::min(within.x0, box.x0), std::min(within.y0, box.y0),
                          std::max(within.x1, box.x1), std::max(within.y1, box.y1)};
        out.x0 = std::clamp(out.x0, limits.x0, limits.x1), out.x1 = std::clamp(out.x1, limits.x0, limits.x1);
        out.y0 = std::clamp(out.y0, limits.y0, limits.y1), out.y1 = std::clamp(out.y1, limits.y0, limits.y1);
    }
    if (out.x0 > out.x1) std::swap(out.x0, out.x1);
    if (out.y0 > out.y1) std::swap(out.y0, out.y1);
    if (out.x1 - out.x0 < 1) out.x1 = out.x0 + 1;
    if (out.y1 - out.y0 < 1) out.y1 = out.y0 + 1;
    if (box.rotation_deg !=
        0) {  // the opposite side must stay put although the centre it turns about has moved
        const Point new_centre = turned(out.rect().centre(), centre, box.rotation_deg);
        out = std::get<Box>(
            moved(out, new_centre.x - out.rect().centre().x, new_centre.y - out.rect().centre().y));
    }
    return out;
}

Cursor cursor_for(Grip grip, double rotation_deg) {
    if (grip == Grip::none) return Cursor::arrow;
    if (grip == Grip::body) return Cursor::move;
    static constexpr std::array k_cursors{Cursor::resize_nwse, Cursor::resize_ns, Cursor::resize_nesw,
                                          Cursor::resize_ew};
    const int eighth = static_cast<int>(grip) - static_cast<int>(Grip::top_left) +
                       static_cast<int>(std::lround(rotation_deg / 45));
    return k_cursors[static_cast<std::size_t>(((eighth % 4) + 4) % 4)];
}

std::optional<labels::TrackId> track_under(const ToolContext& context, Point at, double media_per_px) {
    std::optional<labels::TrackId> best;
    double best_score = INFINITY;
    for (const labels::Track* track : context.document.tracks_at(context.asset, context.frame)) {
        if (track->info.hidden || track->info.locked) continue;
        const auto shape = labels::shape_at(*track, context.frame);
        if (!shape) continue;
        const Grip grip = grip_at(shape->geometry, at, media_per_px);
        if (grip == Grip::none) continue;
        const Rect bounds = labels::bounds(shape->geometry);
        const double area = bounds.width() * bounds.height() * (grip == Grip::body ? 1 : 0.25);
        if (area <= best_score) best_score = area, best = track->info.id;
    }
    return best;
}

bool ShapeDrag::begin(ToolContext& context, labels::TrackId id, const PointerEvent& press) {
    const labels::Track* track = context.document.state().find(id);
    if (track == nullptr || track->info.locked || track->info.hidden || context.document.busy()) return false;
    const auto shape = labels::shape_at(*track, context.frame);
    if (!shape) return false;
    m_grip = grip_at(shape->geometry, press.at, press.media_per_px);
    if (m_grip == Grip::none) return false;
    m_track = id;
    m_shape = track->info.shape;
    m_start = keyframe_for_edit(*track, context.frame, context.pts);
    m_from = press.at;
    m_moved = false;
    m_gesture.emplace(context.document, m_grip == Grip::body ? "Move " : "Resize ");
    m_gesture->rename((m_grip == Grip::body ? "Move " : "Resize ") +
                      labels::display_name(track->info, context.document.state().ontology));
    return true;
}

void ShapeDrag::drag(ToolContext& context, const PointerEvent& event) {
    // A hand that only clicks trembles: less than three screen pixels is no drag.
    const Point by = event.at - m_from;
    if (!m_moved && std::hypot(by.x, by.y) < 3 * event.media_per_px) return;
    m_moved = true;
    labels::Keyframe keyframe = m_start;
    if (const Box* box = std::get_if<Box>(&m_start.geometry))
        keyframe.geometry = dragged(*box, m_grip, m_from, event.at, context.picture);
    else
        keyframe.geometry = moved(m_start.geometry, by.x, by.y);
    m_gesture->put_keyframe(m_track, keyframe);
}

void ShapeDrag::finish() {
    if (m_moved) m_gesture->commit();
    m_gesture.reset();
}

void ShapeDrag::cancel() { m_gesture.reset(); }

}  // namespace app
