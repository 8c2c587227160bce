// Draws boxes, and moves and resizes the selected one without changing tools.

#include "app/tools/box_edit.h"
#include "app/tools/new_object.h"
#include "app/tools/tools.h"
#include "labels/interpolate.h"

namespace app {

namespace {

constexpr double k_smallest_px = 3;  // on screen: less is a click, not a box

class BoxTool final : public Tool {
public:
    void pointer(ToolContext& context, const PointerEvent& event) override {
        using Kind = PointerEvent::Kind;
        switch (event.kind) {
            case Kind::press:
                return press(context, event);
            case Kind::drag:
                return drag(context, event);
            case Kind::release:
                return release(context, event);
            case Kind::cancel:
                return cancel();
            case Kind::hover:
            case Kind::finish:
            case Kind::back:
                return;
        }
    }

    void overlay(const ToolContext& context, const PointerEvent& last, Overlay& out) const override {
        if (m_gesture || m_drag.active()) return;
        if (const auto target = grab_target(context, last)) {
            const auto shape = labels::shape_at(*context.document.state().find(*target), context.frame);
            const auto* box = std::get_if<labels::Box>(&shape->geometry);
            out.cursor = cursor_for(grip_at(shape->geometry, last.at, last.media_per_px),
                                    box != nullptr ? box->rotation_deg : 0);
            return;
        }
        if (!context.picture.contains(last.at)) return;
        out.cursor = Cursor::cross;
        out.guides = {{.vertical = true, .at = last.at.x}, {.vertical = false, .at = last.at.y}};
    }

    [[nodiscard]] bool busy() const override { return m_gesture.has_value() || m_drag.active(); }

private:
    // What a press takes hold of instead of drawing: the selected shape anywhere, any other by its edge. Ctrl
    // always draws.
    // Choosing the tool arms it: whoever just pressed its key wants a new box, wherever the first drag
    // begins.
    [[nodiscard]] std::optional<labels::TrackId> grab_target(const ToolContext& context,
                                                             const PointerEvent& event) const {
        if (m_armed || event.modifiers.ctrl) return std::nullopt;
        const labels::Track* selected =
            context.selection.empty() ? nullptr : context.document.state().find(context.selection.back());
        if (selected != nullptr && !selected->info.locked && !selected->info.hidden) {
            const auto shape = labels::shape_at(*selected, context.frame);
            if (shape && grip_at(shape->geometry, event.at, event.media_per_px) != Grip::none)
                return selected->info.id;
        }
        constexpr double k_edge_reach =
            0.6;  // of a handle's: an edge in the way of drawing should be easy to miss
        const double reach = event.media_per_px * k_edge_reach;
        const auto under = track_under(context, event.at, reach);
        if (!under) return std::nullopt;
        const auto shape = labels::shape_at(*context.document.state().find(*under), context.frame);
        return grip_at(shape->geometry, event.at, reach) > Grip::body ? under : std::nullopt;
    }

    void press(ToolContext& context, const PointerEvent& event) {
        if (busy() || context.document.busy()) return;
        if (const auto target = grab_target(context, event);
            target && m_drag.begin(context, *target, event)) {
            context.selection = {*target};
            return;
        }
        m_from = event.at;
        m_gesture.emplace(context.document, "Add box");
        m_box = {};
        m_drawn = false;
    }

    void drag(ToolContext& context, const PointerEvent& event) {
        if (m_drag.active()) return m_drag.drag(context, event);
        if (!m_gesture) return;
        const base::Rect& p = context.picture;
        const auto inside = [&](base::Point at) {
            return base::Point{std::clamp(at.x, p.x0, p.x1), std::clamp(at.y, p.y0, p.y1)};
        };
        const base::Rect rect = base::rect_from_corners(inside(m_from), inside(event.at));
        const double smallest = k_smallest_px * event.media_per_px;
        if (!m_drawn && (rect.width() < smallest || rect.height() < smallest)) return;
        if (!m_drawn) create(context);
        m_box = {rect.x0, rect.y0, std::max(rect.x1, rect.x0 + 1), std::max(rect.y1, rect.y0 + 1), 0};
        m_gesture->put_keyframe(
            m_object.info.id,
            {.frame = context.frame, .pts = context.pts, .geometry = m_box, .attributes = {}});
    }

    void create(ToolContext& context) {
        m_object = begin_object(context, *m_gesture, labels::ShapeKind::box);
        m_drawn = true;
        m_armed = false;
    }

    void release(ToolContext& context, const PointerEvent& event) {
        if (m_drag.active()) return m_drag.finish();
        if (!m_gesture) return;
        if (!m_drawn) {  // a click: select what is there
            m_gesture.reset();
            context.selection.clear();
            if (const auto hit = track_under(context, m_from, event.media_per_px))
                context.selection.push_back(*hit);
            return;
        }
        const bool saved = m_gesture->commit();
        m_gesture.reset();
        if (!saved) return;
        finish_object(context, m_object);
    }

    void cancel() {
        m_drag.cancel();
        m_gesture.reset();
    }

    std::optional<labels::Transaction> m_gesture;  // drawing a new box
    ShapeDrag m_drag;                              // or changing the selected one
    NewObject m_object;
    labels::Box m_box;
    base::Point m_from;
    bool m_drawn = false;
    bool m_armed = true;  // nothing was drawn since the tool was chosen
};

std::unique_ptr<Tool> make_box_tool() { return std::make_unique<BoxTool>(); }

}  // namespace

const ToolInfo box_tool = {
    "box",
    "Box",
    "N",
    0xF1A2,
    "Drag to draw; drag an edge, or the selected box, to change it; Ctrl draws over it",
    make_box_tool};

}  // namespace app
