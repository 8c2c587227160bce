// Moves the part of the mask that hangs together under the pointer; Alt leaves it where it is and puts a
// copy.

#include <algorithm>
#include <cmath>

#include "app/tools/mask_gesture.h"
#include "app/tools/tools.h"
#include "masks/combine.h"
#include "masks/flood.h"
#include "masks/run_lengths.h"

namespace app {
namespace {

// Of a part's bounds. Of larger ones only those are shown, and a job moves them.
constexpr std::int64_t k_most_shown_px = 4'000'000;

struct Part {
    std::shared_ptr<base::Job> job;
    labels::MaskLayerId layer;
    masks::Plane pixels;  // 1 where it is
    masks::PixelRect bounds;
};

struct Offset {
    std::int64_t x = 0, y = 0;
    bool operator==(const Offset&) const = default;
};

masks::Plane shifted(const Part& part, Offset by) {
    const masks::Plane nothing(part.pixels.width_px(), part.pixels.height_px(), masks::Depth::u8);
    return masks::pasted(nothing, part.pixels,
                         {.area = part.bounds, .to_x = part.bounds.x0 + by.x, .to_y = part.bounds.y0 + by.y})
        .value();  // it is of one depth, and nothing stops it
}

class MovePartTool final : public Tool {
public:
    void pointer(ToolContext& context, const PointerEvent& event) override {
        using Kind = PointerEvent::Kind;
        switch (event.kind) {
            case Kind::press:
                if (!m_part) press(context, event);
                return;
            case Kind::drag:
                if (m_part && !m_released) m_to = event.at;
                return;
            case Kind::release:
                if (!m_part || m_released) return;
                m_to = event.at;
                m_released = true;
                update(context);
                return;
            case Kind::cancel:
                return forget();
            case Kind::hover:
            case Kind::finish:
            case Kind::back:
                return;
        }
    }

    bool update(ToolContext& context) override {
        if (!m_part || !m_part->job->done()) return false;
        if (const auto& result = m_part->job->result(); !result) {
            if (context.tell) context.tell(result.error().message);
            forget();
            return true;
        }
        if (m_released) {
            put(context);
            forget();
            return true;
        }
        if (m_shown && m_shown_at == offset()) return false;
        m_shown_at = offset();
        m_shown = is_small() ? shifted(*m_part, m_shown_at) : masks::Plane{};
        return true;
    }

    void overlay(const ToolContext&, const PointerEvent& last, Overlay& out) const override {
        out.cursor = Cursor::move;
        if (!m_part) return;
        const Offset by = offset();
        std::string text = fmt::format("{:+}, {:+} px{}", by.x, by.y, m_shown ? "" : " …");
        out.notes.push_back({last.at, std::move(text)});
        if (!m_shown) return;
        if (!m_shown->empty()) {
            out.mask_preview.plane = &*m_shown;
            return;
        }
        const auto x = static_cast<double>(by.x), y = static_cast<double>(by.y);
        const masks::PixelRect& part = m_part->bounds;
        out.shapes.push_back(
            {.geometry = labels::Box{static_cast<double>(part.x0) + x, static_cast<double>(part.y0) + y,
                                     static_cast<double>(part.x1) + x, static_cast<double>(part.y1) + y},
             .kind = labels::ShapeKind::box,
             .color_rgb = 0xFFFFFF,
             .dashed = true});
    }
    [[nodiscard]] bool busy() const override { return m_part != nullptr; }

private:
    [[nodiscard]] Offset offset() const {
        return {std::llround(m_to.x - m_from.x), std::llround(m_to.y - m_from.y)};
    }
    [[nodiscard]] bool is_small() const {
        return m_part->bounds.width() * m_part->bounds.height() <= k_most_shown_px;
    }
    void forget() {
        if (m_part) m_part->job->cancel();
        m_part.reset();
        m_shown.reset();
    }
    void press(ToolContext& context, const PointerEvent& event) {
        const labels::MaskLayer* layer = painted_layer(context);
        const auto x = static_cast<std::int64_t>(std::floor(event.at.x));
        const auto y = static_cast<std::int64_t>(std::floor(event.at.y));
        if (context.document.busy() || !context.run) return;
        const bool is_inside = layer != nullptr && context.picture.contains(event.at);
        m_value = is_inside ? layer->plane.at(x, y) : masks::Value{0};
        const auto tell = [&](std::string text) {
            if (context.tell) context.tell(std::move(text));
        };
        if (m_value == 0) return tell("Press on a part of the mask to move it");
        const labels::MaskValue* value = layer->info.find(m_value);
        const auto& kept = context.brush.protected_classes;
        if (value != nullptr && std::ranges::find(kept, value->class_id) != kept.end())
            return tell("Its class is one that painting leaves as it is (Never over)");
        m_from = m_to = event.at;
        m_copies = event.modifiers.alt;
        m_released = false;
        m_part = std::make_shared<Part>();
        m_part->layer = layer->info.id;
        m_part->job =
            context.run("Finding the part",
                        [part = m_part, x, y, value = m_value,
                         plane = layer->plane](base::Job& job) -> base::Result<std::string> {
                            auto found = masks::flood({.width_px = plane.width_px(),
                                                       .height_px = plane.height_px(),
                                                       .seed_x = x,
                                                       .seed_y = y,
                                                       .connectivity = masks::Connectivity::eight},
                                                      masks::same_value(plane, value), job.stop_token());
                            if (!found) return std::unexpected(found.error());
                            part->pixels = std::move(found->filled);
                            part->bounds = masks::tight_bounds(part->pixels, masks::Which::labelled());
                            return std::string{};
                        });
    }
    void put(ToolContext& context) {
        const labels::MaskLayer* layer = context.document.state().find(m_part->layer);
        if (layer == nullptr || context.document.busy() || offset() == Offset{}) return;
        auto its_value = std::make_shared<std::bitset<65536>>();  // and nothing that was painted meanwhile
        its_value->set(m_value);
        const auto over = allowed_values(context.brush, layer->info);
        const char* name = m_copies ? "Copy a part" : "Move a part";
        const auto moved = [part = m_part, by = offset(), copies = m_copies, value = m_value, over,
                            its_value](masks::Plane plane) {
            if (!copies) masks::paint(plane, *masks::labelled(part->pixels), {.value = 0, .over = its_value});
            masks::paint(plane, *masks::labelled(shifted(*part, by)), {.value = value, .over = over});
            return plane;
        };
        if (!is_small() && context.rework_mask && painted_layer(context) == layer) {
            context.rework_mask(name, [moved](base::Job&, masks::Plane plane) -> base::Result<masks::Plane> {
                return moved(std::move(plane));
            });
            return;
        }
        labels::Transaction gesture{context.document, name};
        gesture.change_mask(m_part->layer, [&](masks::Plane& plane) { plane = moved(plane); });
        gesture.commit();
    }

    std::shared_ptr<Part> m_part;
    masks::Value m_value = 0;
    base::Point m_from, m_to;
    bool m_copies = false, m_released = false;
    std::optional<masks::Plane> m_shown;  // empty: too large for that
    Offset m_shown_at;
};

std::unique_ptr<Tool> make() { return std::make_unique<MovePartTool>(); }

}  // namespace

const ToolInfo move_part_tool = {
    "move_part", "Move a part", "Shift+J", 0xF1BE, "Drag a part of the mask to move it; Alt puts a copy",
    make,        true};

}  // namespace app
