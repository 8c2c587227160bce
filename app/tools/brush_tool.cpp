// Brush and eraser. Every sample of the pointer is joined to the one before it, so that a stroke has no gaps
// and no steps. Alt takes away instead; Shift joins a press to where the last stroke ended.

#include "app/tools/mask_gesture.h"
#include "app/tools/tools.h"

namespace app {
namespace {

using Mode = MaskGesture::Mode;

class BrushTool final : public Tool {
public:
    explicit BrushTool(Mode mode) : m_mode{mode} {}

    void pointer(ToolContext& context, const PointerEvent& event) override {
        using Kind = PointerEvent::Kind;
        switch (event.kind) {
            case Kind::press:
                return press(context, event);
            case Kind::drag:
                if (m_gesture && event.at != m_last) stroke_to(context, event);
                return;
            case Kind::release:
                if (m_gesture) {
                    m_gesture->commit(context);
                    m_gesture.reset();
                }
                return;
            case Kind::cancel:
                m_gesture.reset();
                return;
            case Kind::hover:
            case Kind::finish:
            case Kind::back:
                return;
        }
    }

    bool update(ToolContext& context) override { return m_gesture && m_gesture->show(context); }

    void overlay(const ToolContext& context, const PointerEvent& last, Overlay& out) const override {
        out.cursor = Cursor::cross;
        const double radius = context.brush.radius_in_media(last.media_per_px);
        const bool erases = is_erasing(last);
        const bool is_round = context.brush.nib == masks::Nib::round;
        const labels::LabelClass* painted = context.document.state().ontology.find(context.active_class);
        const std::uint32_t ink = erases || painted == nullptr ? 0xFFFFFF : painted->color_rgb;
        out.shapes.push_back({.geometry = labels::Box{last.at.x - radius, last.at.y - radius,
                                                      last.at.x + radius, last.at.y + radius},
                              .kind = is_round ? labels::ShapeKind::ellipse : labels::ShapeKind::box,
                              .color_rgb = ink,
                              .dashed = erases});
        if (m_gesture) out.mask_preview.plane = m_gesture->preview();
    }
    [[nodiscard]] bool busy() const override { return m_gesture != nullptr; }

private:
    [[nodiscard]] bool is_erasing(const PointerEvent& event) const {
        return m_mode == Mode::erase || event.modifiers.alt;
    }
    void press(ToolContext& context, const PointerEvent& event) {
        if (m_gesture) return;
        m_gesture = MaskGesture::begin(context, is_erasing(event) ? Mode::erase : Mode::paint, "Paint");
        if (!m_gesture) return;
        if (!event.modifiers.shift || !m_has_last) m_last = event.at;
        stroke_to(context, event);
    }
    void stroke_to(ToolContext& context, const PointerEvent& event) {
        const double radius = context.brush.radius_in_media(event.media_per_px);
        m_gesture->paint(*masks::stroke(m_last, event.at, radius, context.brush.nib));
        m_last = event.at;
        m_has_last = true;
    }

    const Mode m_mode;
    std::unique_ptr<MaskGesture> m_gesture;
    base::Point m_last;
    bool m_has_last = false;
};

template <Mode mode>
std::unique_ptr<Tool> make() {
    return std::make_unique<BrushTool>(mode);
}

}  // namespace

const ToolInfo brush_tool = {
    "brush",
    "Brush",
    "B",
    0xF0E3,
    "Drag to paint the active class; Alt takes away, Shift joins to the last stroke, [ and ] change the size",
    make<Mode::paint>,
    true,
    true};
const ToolInfo eraser_tool = {
    "eraser",          "Eraser", "Shift+E", 0xF1FE, "Drag to erase; [ and ] change the size",
    make<Mode::erase>, true,     true};

}  // namespace app
