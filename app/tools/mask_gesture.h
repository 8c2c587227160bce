#pragma once
// What every tool that paints masks does: on a raster or a picture into a mask layer, in a film into the mask
// of an object on the frame shown. Layer, value, class and object are made where there are none yet.

#include <memory>
#include <optional>

#include "app/tool.h"
#include "masks/paint.h"

namespace app {

class MaskGesture {
public:
    enum class Mode : std::uint8_t { paint, erase };

    // Null, and told why, when there is nothing to paint into. `name` is for the history: "Paint", "Fill".
    [[nodiscard]] static std::unique_ptr<MaskGesture> begin(ToolContext& context, Mode mode,
                                                            std::string_view name);
    // Where the brush is bound to an expression, this is seen as a preview until the gesture ends.
    void paint(masks::Region& region);
    // Lays out what has been painted on an object since, which is worth doing once a frame. True when
    // something visible changed.
    bool show(ToolContext& context);
    // Shows and ends it: one undo step. False when nothing changed.
    bool commit(ToolContext& context);
    // What is painted and not in the mask yet; null: nothing.
    [[nodiscard]] const masks::Plane* preview() const { return m_swath ? &*m_swath : nullptr; }

private:
    MaskGesture(ToolContext& context, std::string name) : m_transaction{context.document, std::move(name)} {}
    bool begin_layer(ToolContext& context, Mode mode, std::string_view name);
    bool begin_object(ToolContext& context, Mode mode);

    labels::Transaction m_transaction;
    masks::PaintRule m_rule;
    labels::MaskLayerId m_layer;  // nil: an object's
    labels::TrackId m_track;
    std::optional<masks::Plane> m_object;  // of the frame shown
    std::optional<masks::Plane> m_swath;   // to be painted where an expression holds
    bool m_is_shown = true;
    bool m_ask_class = false;
};

// Of the active class; made when the project has none.
[[nodiscard]] labels::ClassId class_to_paint(ToolContext& context, labels::Transaction& gesture);
// What the brush may paint over in a layer; null: everything.
[[nodiscard]] std::shared_ptr<const std::bitset<65536>> allowed_values(const MaskBrush& brush,
                                                                       const labels::MaskLayerInfo& info);
// The active one, else the topmost; null: the medium has none.
[[nodiscard]] const labels::MaskLayer* painted_layer(const ToolContext& context);
// The mask of the object that is painted on a frame of a film: of the last one selected, else nothing.
[[nodiscard]] masks::Plane painted_object(const labels::State& state,
                                          std::span<const labels::TrackId> selection, std::int64_t frame,
                                          base::Point size);
// What is painted, and into which layer: `info` is to be put where it `is_changed`, since the layer is new,
// or the class or the object in it.
struct MaskTarget {
    labels::MaskLayerInfo info;
    masks::PaintRule rule;
    bool is_changed = false;
};
struct PaintWith {
    labels::AssetId asset;
    labels::MaskLayerId layer;  // nil, or gone: the topmost
    labels::ClassId class_id;
    MaskBrush brush;
    base::Point size;  // of the medium: of a layer that is made
};
[[nodiscard]] PaintWith paint_with(const ToolContext& context);
// Nothing where there is nothing to erase from, or no value is left for the class.
[[nodiscard]] std::optional<MaskTarget> mask_target(const labels::State& state, const PaintWith& with,
                                                    MaskGesture::Mode mode);
// The sentence for that.
inline constexpr const char* k_no_target = "This mask has no value left for another class; make a new mask";

}  // namespace app
