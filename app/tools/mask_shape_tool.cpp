// Fills an area at once: what is encircled freehand or by clicks, a rectangle, an ellipse. Alt takes away.

#include "app/tools/mask_gesture.h"
#include "app/tools/path_gesture.h"
#include "app/tools/tools.h"

namespace app {
namespace {

using Mode = MaskGesture::Mode;

void fill(ToolContext& context, masks::Region& region, bool erases) {
    const auto gesture = MaskGesture::begin(context, erases ? Mode::erase : Mode::paint, "Fill");
    if (!gesture) return;
    gesture->paint(region);
    gesture->commit(context);
}

std::uint32_t ink_of(const ToolContext& context, bool erases) {
    const labels::LabelClass* painted = context.document.state().ontology.find(context.active_class);
    return erases || painted == nullptr ? 0xFFFFFF : painted->color_rgb;
}

// Dragging freehand ends with the button; clicked corners end as a polygon's do. Alt counts when it ends.
class AreaTool final : public Tool {
public:
    void pointer(ToolContext& context, const PointerEvent& event) override {
        using Kind = PointerEvent::Kind;
        if (event.kind == Kind::press && !busy() && context.document.busy()) return;
        const bool lets_go =
            event.kind == Kind::release && m_path.is_freehand() && m_path.points().size() >= 3;
        const bool finished = m_path.take(event, context.picture);
        if (!finished && !lets_go) return;
        const std::vector<base::Point> ring = m_path.take_points();
        fill(context, *masks::polygon({ring}), event.modifiers.alt);
    }
    void overlay(const ToolContext& context, const PointerEvent& last, Overlay& out) const override {
        m_path.show(last, ink_of(context, last.modifiers.alt), out);
    }
    [[nodiscard]] bool busy() const override { return m_path.busy(); }

private:
    PathGesture m_path{labels::ShapeKind::polygon};
};

template <labels::ShapeKind shape>
class DragTool final : public Tool {
public:
    void pointer(ToolContext& context, const PointerEvent& event) override {
        using Kind = PointerEvent::Kind;
        if (event.kind == Kind::press && !m_from && !context.document.busy()) m_from = event.at;
        if (event.kind == Kind::cancel) m_from.reset();
        if (event.kind != Kind::release || !m_from) return;
        const base::Rect rect = rect_of(event);
        m_from.reset();
        if (rect.empty()) return;
        const auto region = shape == labels::ShapeKind::box ? masks::rectangle(rect) : masks::ellipse(rect);
        fill(context, *region, event.modifiers.alt);
    }
    void overlay(const ToolContext& context, const PointerEvent& last, Overlay& out) const override {
        out.cursor = Cursor::cross;
        if (!m_from) return;
        const base::Rect rect = rect_of(last);
        out.shapes.push_back({.geometry = labels::Box{rect.x0, rect.y0, rect.x1, rect.y1},
                              .kind = shape,
                              .color_rgb = ink_of(context, last.modifiers.alt),
                              .dashed = last.modifiers.alt});
    }
    [[nodiscard]] bool busy() const override { return m_from.has_value(); }

private:
    // Shift makes it as high as wide.
    [[nodiscard]] base::Rect rect_of(const PointerEvent& event) const {
        base::Point to = event.at;
        if (event.modifiers.shift) {
            const base::Point way = to - *m_from;
            const double side = std::max(std::abs(way.x), std::abs(way.y));
            to = *m_from + base::Point{std::copysign(side, way.x), std::copysign(side, way.y)};
        }
        return base::rect_from_corners(*m_from, to);
    }
    std::optional<base::Point> m_from;
};

template <class T>
std::unique_ptr<Tool> make() {
    return std::make_unique<T>();
}

}  // namespace

const ToolInfo area_tool = {
    "area",
    "Fill an area",
    "A",
    0xF562,
    "Drag round an area, or click its corners and press Enter, to fill it; Alt takes away",
    make<AreaTool>,
    true};
const ToolInfo mask_rectangle_tool = {"mask_rectangle",
                                      "Fill a rectangle",
                                      "X",
                                      0xF485,
                                      "Drag a rectangle to fill it; Shift makes it square, Alt takes away",
                                      make<DragTool<labels::ShapeKind::box>>,
                                      true};
const ToolInfo mask_ellipse_tool = {"mask_ellipse",
                                    "Fill an ellipse",
                                    "Z",
                                    0xF130,
                                    "Drag an ellipse to fill it; Shift makes it round, Alt takes away",
                                    make<DragTool<labels::ShapeKind::ellipse>>,
                                    true};

}  // namespace app
