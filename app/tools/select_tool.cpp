// Selects, moves and resizes what is there; never makes anything.

#include "app/tools/box_edit.h"
#include "app/tools/tools.h"
#include "labels/interpolate.h"

namespace app {

namespace {

class SelectTool final : public Tool {
public:
    void pointer(ToolContext& context, const PointerEvent& event) override {
        using Kind = PointerEvent::Kind;
        if (event.kind == Kind::press) press(context, event);
        if (event.kind == Kind::drag && m_drag.active()) m_drag.drag(context, event);
        if (event.kind == Kind::release && m_drag.active()) m_drag.finish();
        if (event.kind == Kind::cancel) m_drag.cancel();
    }

    void overlay(const ToolContext& context, const PointerEvent& last, Overlay& out) const override {
        if (m_drag.active()) return;
        const auto over = grip_target(context, last);
        if (!over) return;
        const auto shape = labels::shape_at(*context.document.state().find(*over), context.frame);
        const auto* box = std::get_if<labels::Box>(&shape->geometry);
        out.cursor = cursor_for(grip_at(shape->geometry, last.at, last.media_per_px),
                                box != nullptr ? box->rotation_deg : 0);
    }

    [[nodiscard]] bool busy() const override { return m_drag.active(); }

private:
    // The selected shape keeps the pointer where it is under it, so that it can be grabbed below smaller
    // neighbours.
    static std::optional<labels::TrackId> grip_target(const ToolContext& context, const PointerEvent& event) {
        if (!context.selection.empty()) {
            const labels::Track* track = context.document.state().find(context.selection.back());
            const auto shape = track != nullptr ? labels::shape_at(*track, context.frame) : std::nullopt;
            if (shape && grip_at(shape->geometry, event.at, event.media_per_px) > Grip::body)
                return track->info.id;
        }
        return track_under(context, event.at, event.media_per_px);
    }

    void press(ToolContext& context, const PointerEvent& event) {
        const auto hit = grip_target(context, event);
        if (!hit) {
            if (!event.modifiers.shift) context.selection.clear();
            return;
        }
        const bool was_selected = std::erase(context.selection, *hit) > 0;
        if (event.modifiers.shift && was_selected) return;
        if (!event.modifiers.shift) context.selection.clear();
        context.selection.push_back(*hit);
        m_drag.begin(context, *hit, event);
    }

    ShapeDrag m_drag;
};

std::unique_ptr<Tool> make_select_tool() { return std::make_unique<SelectTool>(); }

}  // namespace

const ToolInfo select_tool = {"select",
                              "Select",
                              "S",
                              0xF1B4,
                              "Click to select, Shift adds; drag to move, drag a handle to resize",
                              make_select_tool};

}  // namespace app
