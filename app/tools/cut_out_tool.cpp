// Cuts the thing inside a box out along its outline (GrabCut): drag the box round it. Alt takes away.

#include <cmath>

#include "app/tools/tools.h"
#include "assist/grab_cut.h"

namespace app {
namespace {

constexpr std::size_t k_most_samples = 1'000'000;

class CutOutTool final : public Tool {
public:
    void pointer(ToolContext& context, const PointerEvent& event) override {
        using Kind = PointerEvent::Kind;
        if (event.kind == Kind::press && !m_from && !context.document.busy()) m_from = event.at;
        if (event.kind == Kind::cancel) m_from.reset();
        if (event.kind != Kind::release || !m_from) return;
        const base::Rect box = base::rect_from_corners(*m_from, event.at);
        m_from.reset();
        if (box.width() < 4 || box.height() < 4 || !context.fill_mask || !context.read_samples) return;
        const base::Rect around = box.grown(std::max(box.width(), box.height()) / 2);
        const masks::PixelRect area{
            static_cast<std::int64_t>(around.x0), static_cast<std::int64_t>(around.y0),
            static_cast<std::int64_t>(std::ceil(around.x1)), static_cast<std::int64_t>(std::ceil(around.y1))};
        context.fill_mask(
            "Cut out", event.modifiers.alt ? ToolContext::Fill::erase : ToolContext::Fill::paint,
            [box, area, read = context.read_samples](base::Job& job,
                                                     const masks::Plane& mask) -> base::Result<masks::Plane> {
                const auto window = read(area, k_most_samples, job.stop_token());
                if (!window) return std::unexpected(window.error());
                const auto in_samples = [&](double x, double y) {
                    return base::Point{(x - static_cast<double>(window->area.x0)) / window->step_x,
                                       (y - static_cast<double>(window->area.y0)) / window->step_y};
                };
                const base::Point a = in_samples(box.x0, box.y0), b = in_samples(box.x1, box.y1);
                const assist::PixelBox inside{
                    static_cast<int>(std::floor(a.x)), static_cast<int>(std::floor(a.y)),
                    static_cast<int>(std::ceil(b.x)), static_cast<int>(std::ceil(b.y))};
                auto found = assist::grab_cut(window->samples, inside, {}, {}, job.stop_token());
                if (!found) return std::unexpected(found.error());
                return assist::plane_of_medium(*window, std::move(*found), mask.width_px(), mask.height_px());
            });
    }
    void overlay(const ToolContext&, const PointerEvent& last, Overlay& out) const override {
        out.cursor = Cursor::cross;
        if (!m_from) return;
        const base::Rect box = base::rect_from_corners(*m_from, last.at);
        out.shapes.push_back({.geometry = labels::Box{box.x0, box.y0, box.x1, box.y1},
                              .kind = labels::ShapeKind::box,
                              .color_rgb = 0xFFFFFF,
                              .dashed = true});
    }
    [[nodiscard]] bool busy() const override { return m_from.has_value(); }

private:
    std::optional<base::Point> m_from;
};

std::unique_ptr<Tool> make() { return std::make_unique<CutOutTool>(); }

}  // namespace

const ToolInfo cut_out_tool = {"cut_out",
                               "Cut out",
                               "Shift+A",
                               0xF190,
                               "Drag a box round a thing: it is cut out along its outline; Alt takes away",
                               make,
                               true};

}  // namespace app
