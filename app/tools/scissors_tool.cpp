// Intelligent scissors: click along an outline; between the clicks the line runs along edges by itself. A
// click on the first corner, or Enter, fills what is enclosed.

#include <cmath>

#include "app/tools/mask_gesture.h"
#include "app/tools/tools.h"
#include "assist/scissors.h"

namespace app {
namespace {

constexpr double k_reach_px = 350;  // on screen, from the last click
constexpr std::size_t k_most_samples = 600'000;
constexpr double k_near_px = 8;

struct Wire {
    std::shared_ptr<base::Job> job;
    assist::PixelWindow window;
    std::optional<assist::Scissors> scissors;
};

class ScissorsTool final : public Tool {
public:
    void pointer(ToolContext& context, const PointerEvent& event) override {
        using Kind = PointerEvent::Kind;
        switch (event.kind) {
            case Kind::press:
                return press(context, event);
            case Kind::finish:
                return finish(context, event);
            case Kind::back:
                if (m_parts.size() > 1) {
                    m_parts.pop_back();
                    anchor(context, m_parts.back().back(), event.media_per_px);
                } else {
                    forget();
                }
                return;
            case Kind::cancel:
                return forget();
            case Kind::hover:
            case Kind::drag:
            case Kind::release:
                return;
        }
    }
    bool update(ToolContext&) override {
        if (!m_wire || m_seen_done || !m_wire->job->done()) return false;
        m_seen_done = true;
        return true;
    }
    void overlay(const ToolContext& context, const PointerEvent& last, Overlay& out) const override {
        out.cursor = Cursor::cross;
        if (m_parts.empty()) return;
        const labels::LabelClass* painted = context.document.state().ontology.find(context.active_class);
        labels::Path path{outline(), {}};
        for (const base::Point& point : way_to(last)) path.points.push_back(point);
        out.shapes.push_back({.geometry = path,
                              .kind = labels::ShapeKind::polyline,
                              .color_rgb = painted != nullptr ? painted->color_rgb : 0x4C9EFF});
        for (const auto& part : m_parts) out.handles.push_back(part.back());
    }
    [[nodiscard]] bool busy() const override { return !m_parts.empty(); }

private:
    void forget() {
        if (m_wire) m_wire->job->cancel();
        m_wire.reset();
        m_parts.clear();
    }
    [[nodiscard]] std::vector<base::Point> outline() const {
        std::vector<base::Point> all;
        for (const auto& part : m_parts) all.insert(all.end(), part.begin(), part.end());
        return all;
    }
    // From the last click to the pointer: along edges where they are known, else straight.
    [[nodiscard]] std::vector<base::Point> way_to(const PointerEvent& event) const {
        const bool is_ready = m_wire && m_wire->job->done() && m_wire->scissors;
        auto target = is_ready && !event.modifiers.ctrl ? m_wire->window.sample_at(event.at) : std::nullopt;
        if (!target) return {event.at};
        const double sample_px = m_wire->window.step_x / event.media_per_px;
        target = m_wire->scissors->snapped(
            *target, std::max(1, static_cast<int>(k_near_px / std::max(sample_px, 0.1))));
        std::vector<base::Point> way;
        for (const base::Point& point : m_wire->scissors->path_to(*target))
            way.push_back(m_wire->window.media_from_samples(point));
        if (way.empty()) way.push_back(event.at);
        return way;
    }
    void press(ToolContext& context, const PointerEvent& event) {
        if (m_parts.empty()) {
            if (context.document.busy()) return;
            m_parts.push_back({event.at});
            return anchor(context, event.at, event.media_per_px);
        }
        const base::Point first = m_parts.front().front();
        const double near = 6 * event.media_per_px;
        if (m_parts.size() > 1 && std::hypot(event.at.x - first.x, event.at.y - first.y) <= near)
            return finish(context, event);
        m_parts.push_back(way_to(event));
        anchor(context, m_parts.back().back(), event.media_per_px);
    }
    void anchor(ToolContext& context, base::Point at, double media_per_px) {
        if (m_wire) m_wire->job->cancel();
        m_wire.reset();
        m_seen_done = false;
        if (!context.run || !context.read_samples) return;
        const double reach = k_reach_px * media_per_px;
        const masks::PixelRect area{static_cast<std::int64_t>(std::floor(at.x - reach)),
                                    static_cast<std::int64_t>(std::floor(at.y - reach)),
                                    static_cast<std::int64_t>(std::ceil(at.x + reach)),
                                    static_cast<std::int64_t>(std::ceil(at.y + reach))};
        m_wire = std::make_shared<Wire>();
        m_wire->job = context.run("Looking for edges",
                                  [wire = m_wire, area, at,
                                   read = context.read_samples](base::Job& job) -> base::Result<std::string> {
                                      auto window = read(area, k_most_samples, job.stop_token());
                                      if (!window) return std::unexpected(window.error());
                                      wire->window = std::move(*window);
                                      auto scissors =
                                          assist::Scissors::from(wire->window.samples, job.stop_token());
                                      if (!scissors) return std::unexpected(scissors.error());
                                      const auto from = wire->window.sample_at(at);
                                      if (!from) return std::string{};
                                      if (auto set = scissors->set_anchor(*from, job.stop_token()); !set)
                                          return std::unexpected(set.error());
                                      wire->scissors = std::move(*scissors);
                                      return std::string{};
                                  });
    }
    void finish(ToolContext& context, const PointerEvent& event) {
        PointerEvent to_first = event;
        to_first.at = m_parts.front().front();
        std::vector<base::Point> ring = outline();
        for (const base::Point& point : way_to(to_first)) ring.push_back(point);
        forget();
        if (ring.size() < 3) return;
        const auto gesture = MaskGesture::begin(
            context, event.modifiers.alt ? MaskGesture::Mode::erase : MaskGesture::Mode::paint, "Fill");
        if (!gesture) return;
        gesture->paint(*masks::polygon({ring}));
        gesture->commit(context);
    }

    std::vector<std::vector<base::Point>> m_parts;  // of the outline, each up to a click
    std::shared_ptr<Wire> m_wire;                   // from the last click
    bool m_seen_done = false;
};

std::unique_ptr<Tool> make() { return std::make_unique<ScissorsTool>(); }

}  // namespace

const ToolInfo scissors_tool = {"scissors",
                                "Scissors",
                                "Shift+S",
                                0xF347,
                                "Click along an outline; the line keeps to edges (Ctrl: straight); Enter or "
                                "the first corner fills it, Backspace takes one back",
                                make,
                                true};

}  // namespace app
