// Draws polygons, lines and points: a click a corner, or dragging freehand. A click on the last corner, or
// Enter, ends it; Backspace takes the last corner back; Esc gives it up. The measuring tool draws the same
// way and keeps nothing.

#include <cmath>

#include "app/tools/new_object.h"
#include "app/tools/tools.h"

namespace app {
namespace {

using labels::ShapeKind;

constexpr double k_near_px = 6;         // on screen: a click on a corner that is there
constexpr double k_freehand_px = 7;     // between the corners of a freehand line
constexpr double k_freehand_from = 12;  // so far has a press to move to be meant as dragging

double distance(base::Point a, base::Point b) { return std::hypot(a.x - b.x, a.y - b.y); }

// The corners so far, and what the events mean.
class PathGesture {
public:
    explicit PathGesture(ShapeKind kind) : m_kind{kind} {}

    // True when the path is finished.
    bool take(const PointerEvent& event, const base::Rect& picture) {
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

    [[nodiscard]] bool busy() const { return !m_points.empty(); }
    [[nodiscard]] const std::vector<base::Point>& points() const { return m_points; }
    std::vector<base::Point> take_points() { return std::exchange(m_points, {}); }

    void show(const PointerEvent& last, std::uint32_t color_rgb, Overlay& out) const {
        out.cursor = Cursor::cross;
        if (m_points.empty()) return;
        labels::Path path{m_points, {}};
        if (m_kind != ShapeKind::points) path.points.push_back(last.at);
        const ShapeKind shown =
            m_kind == ShapeKind::polygon && path.points.size() < 3 ? ShapeKind::polyline : m_kind;
        out.shapes.push_back({.geometry = path, .kind = shown, .color_rgb = color_rgb});
        if (!m_freehand) out.handles = m_points;
    }

private:
    [[nodiscard]] bool enough() const {
        return m_points.size() >= (m_kind == ShapeKind::polygon    ? 3u
                                   : m_kind == ShapeKind::polyline ? 2u
                                                                   : 1u);
    }
    bool press(base::Point at, double media_per_px) {
        const double near = k_near_px * media_per_px;
        const bool on_last = !m_points.empty() && distance(m_points.back(), at) <= near;
        const bool on_first =
            m_kind == ShapeKind::polygon && m_points.size() >= 3 && distance(m_points.front(), at) <= near;
        if (m_kind != ShapeKind::points && (on_last || on_first)) return enough();
        m_points.push_back(at);
        return false;
    }
    void drag(base::Point at, double media_per_px) {
        const double from = (m_freehand ? k_freehand_px : k_freehand_from) * media_per_px;
        if (distance(m_points.back(), at) < from) return;
        m_freehand = true;
        m_points.push_back(at);
    }

    const ShapeKind m_kind;
    std::vector<base::Point> m_points;
    bool m_freehand = false;
};

class PathTool final : public Tool {
public:
    explicit PathTool(ShapeKind kind) : m_kind{kind}, m_gesture{kind} {}

    void pointer(ToolContext& context, const PointerEvent& event) override {
        if (event.kind == PointerEvent::Kind::press && !busy() && context.document.busy()) return;
        if (m_gesture.take(event, context.picture)) finish(context);
    }
    void overlay(const ToolContext& context, const PointerEvent& last, Overlay& out) const override {
        const labels::LabelClass* of_class = context.document.state().ontology.find(context.active_class);
        m_gesture.show(last, of_class != nullptr ? of_class->color_rgb : 0x4C9EFF, out);
    }
    [[nodiscard]] bool busy() const override { return m_gesture.busy(); }

private:
    void finish(ToolContext& context) {
        labels::Path path{m_gesture.take_points(), {}};
        labels::Transaction gesture{context.document, "Add object"};
        const NewObject object = begin_object(context, gesture, m_kind);
        gesture.put_keyframe(
            object.info.id,
            {.frame = context.frame, .pts = context.pts, .geometry = std::move(path), .attributes = {}});
        if (gesture.commit()) finish_object(context, object);
    }

    const ShapeKind m_kind;
    PathGesture m_gesture;
};

// What it has measured stays until the next press.
class MeasureTool final : public Tool {
public:
    void pointer(ToolContext& context, const PointerEvent& event) override {
        if (event.kind == PointerEvent::Kind::press && !busy()) m_measured.clear();
        if (event.kind == PointerEvent::Kind::cancel) m_measured.clear();
        if (m_gesture.take(event, context.picture)) m_measured = m_gesture.take_points();
    }
    void overlay(const ToolContext& context, const PointerEvent& last, Overlay& out) const override {
        constexpr std::uint32_t k_yellow = 0xF0E442;
        std::vector<base::Point> path = m_measured;
        if (busy()) {
            m_gesture.show(last, k_yellow, out);
            path = m_gesture.points();
            path.push_back(last.at);
        } else {
            out.cursor = Cursor::cross;
            if (path.empty()) return;
            out.shapes.push_back(
                {.geometry = labels::Path{path, {}}, .kind = ShapeKind::polyline, .color_rgb = k_yellow});
        }
        if (context.measure && path.size() >= 2) out.notes.push_back({path.back(), context.measure(path)});
    }
    [[nodiscard]] bool busy() const override { return m_gesture.busy(); }

private:
    PathGesture m_gesture{ShapeKind::polyline};
    std::vector<base::Point> m_measured;
};

template <ShapeKind kind>
std::unique_ptr<Tool> make_path_tool() {
    return std::make_unique<PathTool>(kind);
}
std::unique_ptr<Tool> make_measure_tool() { return std::make_unique<MeasureTool>(); }

}  // namespace

const ToolInfo polygon_tool = {
    "polygon",
    "Polygon",
    "P",
    0xF560,
    "Click corners or drag freehand; Enter or a click on the first corner closes it, "
    "Backspace takes one back",
    make_path_tool<ShapeKind::polygon>};
const ToolInfo polyline_tool = {
    "polyline",
    "Line",
    "W",
    0xF561,
    "Click corners or drag freehand; Enter or a second click on the last one ends it",
    make_path_tool<ShapeKind::polyline>};
const ToolInfo points_tool = {"points",
                              "Points",
                              "Shift+P",
                              0xF350,
                              "Click points; Enter ends the group",
                              make_path_tool<ShapeKind::points>};
const ToolInfo measure_tool = {
    "measure",
    "Measure",
    "Shift+M",
    0xF46D,
    "Click along what is to be measured: length, and the area it encloses; nothing is kept",
    make_measure_tool};

}  // namespace app
