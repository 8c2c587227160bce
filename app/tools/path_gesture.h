#pragma once
// A path drawn by clicks and freehand drags: what polygons, lines, points, the measure and the filling of
// areas have in common.

#include <vector>

#include "app/tool.h"

namespace app {

// The corners so far, and what the events mean. A click a corner, or dragging freehand; a click on the last
// corner, or Enter, ends it; Backspace takes the last corner back; Esc gives it up.
class PathGesture {
public:
    explicit PathGesture(labels::ShapeKind kind) : m_kind{kind} {}

    // True when the path is finished.
    bool take(const PointerEvent& event, const base::Rect& picture);
    [[nodiscard]] bool busy() const { return !m_points.empty(); }
    [[nodiscard]] bool is_freehand() const { return m_freehand; }
    [[nodiscard]] const std::vector<base::Point>& points() const { return m_points; }
    std::vector<base::Point> take_points();
    void show(const PointerEvent& last, std::uint32_t color_rgb, Overlay& out) const;

private:
    [[nodiscard]] bool enough() const;
    bool press(base::Point at, double media_per_px);
    void drag(base::Point at, double media_per_px);

    const labels::ShapeKind m_kind;
    std::vector<base::Point> m_points;
    bool m_freehand = false;
};

}  // namespace app
