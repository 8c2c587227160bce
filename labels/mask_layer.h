#pragma once
// A pixel mask over a picture or a raster: every pixel has one value, and every value but 0 a class.

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "labels/asset.h"
#include "labels/ontology.h"
#include "masks/plane.h"

namespace labels {

using MaskLayerId = base::Id<struct MaskLayerTag>;

enum class MaskKind : std::uint8_t {
    classes,    // one value a class
    instances,  // one value an object
};

struct MaskValue {
    masks::Value value = 0;  // never 0, which is what nobody has labelled yet
    ClassId class_id;
    std::string name;  // of an object; may be empty
    bool operator==(const MaskValue&) const = default;
};

// All of a layer but its pixels.
struct MaskLayerInfo {
    MaskLayerId id;
    AssetId asset;
    std::string name;
    MaskKind kind = MaskKind::classes;
    std::int64_t position = 0;                 // order in the list, the bottom one first
    std::int64_t width_px = 0, height_px = 0;  // of level 0; never changes, and neither does the depth
    masks::Depth depth = masks::Depth::u8;
    std::vector<MaskValue> values;  // ascending
    bool operator==(const MaskLayerInfo&) const = default;

    [[nodiscard]] const MaskValue* find(masks::Value value) const;    // null: no such value
    [[nodiscard]] const MaskValue* first_of(ClassId class_id) const;  // null: no value of the class
    [[nodiscard]] masks::Value free_value() const;  // the one after the last; 0 when all are taken
};

// For painting a class in a mask of classes: the value it has; else its place among the ontology's classes,
// so that all masks of a project number it alike; else, where that is taken, a free one. 0: all are.
[[nodiscard]] masks::Value value_for_class(const MaskLayerInfo& info, const Ontology& ontology,
                                           ClassId class_id);
void add_value(MaskLayerInfo& info, MaskValue value);  // at its place; it must be free

struct MaskLayer {
    MaskLayerInfo info;
    masks::Plane plane;
};

// At least one pixel and at most masks::Plane::k_most_px a side, values ascending, none 0, none too large.
[[nodiscard]] bool is_sound(const MaskLayerInfo& info);

// What one gesture changed: of several tiles at once where they are of one value before and after.
struct TileChange {
    masks::TileRect at;
    masks::Slot before, after;
    bool operator==(const TileChange& other) const {
        return at == other.at && masks::same_samples(before, other.before) &&
               masks::same_samples(after, other.after);
    }
};

// From one plane to another of the same size: what differs in samples, from left to right and downwards.
[[nodiscard]] std::vector<TileChange> tile_changes(const masks::Plane& before, const masks::Plane& after);
// Whether a plane of that size can be given the slot there: inside, of its depth, and of no more tiles at
// once than any edit of ours names (a log of somebody else's making).
[[nodiscard]] bool fits(const masks::TileRect& at, const masks::Slot& slot, const masks::Plane& plane);
// Puts every `after` into the plane; what does not fit it is passed over.
void apply_tiles(std::span<const TileChange> changes, masks::Plane& plane);
// Whether the plane holds every `before`.
[[nodiscard]] bool starts_from(std::span<const TileChange> changes, const masks::Plane& plane);

// Where the log's JSON names a block by its hash, who has it. Null: it is lost, and the tile is unlabelled.
using BlockSource = std::function<base::Result<masks::BlockPtr>(const base::Sha256&)>;

}  // namespace labels
