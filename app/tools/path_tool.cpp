// Draws polygons, lines and points: a click a corner, or dragging freehand. A click on the last corner, or
// Enter, ends it; Backspace takes the last corner back; Esc gives it up. The measuring tool draws the same
// way and keeps nothing.

#include "app/tools/new_object.h"
#include "app/tools/path_gesture.h"
#include "app/tools/tools.h"

namespace app {
namespace {

using labels::ShapeKind;

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
