// Accepts the part of a suggestion under the pointer; else fills the part of the mask under the pointer that
// is of one value, or of none, and hangs together. Alt empties that part.

#include <cmath>

#include "app/tools/tools.h"
#include "masks/flood.h"

namespace app {
namespace {

class BucketTool final : public Tool {
public:
    void pointer(ToolContext& context, const PointerEvent& event) override {
        const bool begins = event.kind == PointerEvent::Kind::press && context.picture.contains(event.at);
        if (!begins || !context.fill_mask) return;
        if (!event.modifiers.alt && context.accept_suggestion && context.accept_suggestion(event.at)) return;
        const auto x = static_cast<std::int64_t>(std::floor(event.at.x));
        const auto y = static_cast<std::int64_t>(std::floor(event.at.y));
        context.fill_mask(
            "Fill", event.modifiers.alt ? ToolContext::Fill::erase : ToolContext::Fill::paint,
            [x, y, reach = context.brush.contiguous ? masks::Reach::contiguous : masks::Reach::everywhere](
                base::Job& job, const masks::Plane& mask) -> base::Result<masks::Plane> {
                auto filled = masks::flood({.width_px = mask.width_px(),
                                            .height_px = mask.height_px(),
                                            .seed_x = x,
                                            .seed_y = y,
                                            .reach = reach},
                                           masks::same_value(mask, mask.at(x, y)), job.stop_token());
                if (!filled) return std::unexpected(filled.error());
                return std::move(filled->filled);
            });
    }
    void overlay(const ToolContext&, const PointerEvent&, Overlay& out) const override {
        out.cursor = Cursor::cross;
    }
    [[nodiscard]] bool busy() const override { return false; }
};

std::unique_ptr<Tool> make() { return std::make_unique<BucketTool>(); }

}  // namespace

const ToolInfo bucket_tool = {
    "bucket",
    "Bucket",
    "J",
    0xF266,
    "Click to fill a part of the mask that is of one class, or of none, Alt to empty it; on a suggestion, to "
    "accept that part",
    make,
    true,
    false,
    true};

}  // namespace app
