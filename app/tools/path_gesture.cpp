#include "app/tools/path_gesture.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace app {

using labels::ShapeKind;

namespace {

constexpr double k_near_px = 6;         // on screen: a click on a corner that is there
constexpr double k_freehand_px = 7;     // between the corners of a freehand line
constexpr double k_freehand_from = 12;  // so far has a press to move to be meant as dragging

double distance(base::Point a, base::Point b) { return std::hypot(a.x - b.x, a.y - b.y); }

}  // namespace

std::vector<base::Point> PathGesture::take_points() {
    m_freehand = false;
    return std::exchange(m_points, {});
}

bool PathGesture::take(const PointerEvent& event, const base::Rect& picture) {
    using Kind = PointerEvent::Kind;
    const base::Point at{std::clamp(event.at.x, picture.x0, picture.x1),
                         std::clamp(event.at.y, picture.y0, picture.y1)};
    switch (event.kind) {
        case Kind::press:
            return press(at, event.media_per_px);
        case Kind::drag:
            if (!m_points.empty() && m_kind != ShapeKind::points) drag(at, event.media_per_px);
            return false;
        case Kind::release:
            m_freehand = false;
            return false;
        case Kind::back:
            if (!m_points.empty()) m_points.pop_back();
            return false;
        case Kind::cancel:
            m_points.clear();
            return false;
        case Kind::finish:
            return enough();
        case Kind::hover:
            return false;
    }
    return false;
}

void PathGesture::show(const PointerEvent& last, std::uint32_t color_rgb, Overlay& out) const {
    out.cursor = Cursor::cross;
    if (m_points.empty()) return;
    labels::Path path{m_points, {}};
    if (m_kind != ShapeKind::points) path.points.push_back(last.at);
    const ShapeKind shown =
        m_kind == ShapeKind::polygon && path.points.size() < 3 ? ShapeKind::polyline : m_kind;
    out.shapes.push_back({.geometry = path, .kind = shown, .color_rgb = color_rgb});
    if (!m_freehand) out.handles = m_points;
}

bool PathGesture::enough() const {
    return m_points.size() >= (m_kind == ShapeKind::polygon ? 3u : m_kind == ShapeKind::polyline ? 2u : 1u);
}

bool PathGesture::press(base::Point at, double media_per_px) {
    const double near = k_near_px * media_per_px;
    const bool on_last = !m_points.empty() && distance(m_points.back(), at) <= near;
    const bool on_first =
        m_kind == ShapeKind::polygon && m_points.size() >= 3 && distance(m_points.front(), at) <= near;
    if (m_kind != ShapeKind::points && (on_last || on_first)) return enough();
    m_points.push_back(at);
    return false;
}

void PathGesture::drag(base::Point at, double media_per_px) {
    const double from = (m_freehand ? k_freehand_px : k_freehand_from) * media_per_px;
    if (distance(m_points.back(), at) < from) return;
    m_freehand = true;
    m_points.push_back(at);
}

}  // namespace app
