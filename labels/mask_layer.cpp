#include "labels/mask_layer.h"

#include <algorithm>
#include <tuple>

namespace labels {

namespace {

constexpr std::int64_t k_most_tiles = 1 << 16;  // of one change; tile_changes gives at most a page of 256

}  // namespace

const MaskValue* MaskLayerInfo::find(masks::Value value) const {
    const auto it = std::ranges::lower_bound(values, value, {}, &MaskValue::value);
    return it == values.end() || it->value != value ? nullptr : &*it;
}

const MaskValue* MaskLayerInfo::first_of(ClassId class_id) const {
    const auto it = std::ranges::find(values, class_id, &MaskValue::class_id);
    return it == values.end() ? nullptr : &*it;
}

masks::Value MaskLayerInfo::free_value() const {
    const int largest = depth == masks::Depth::u8 ? 255 : 65535;
    if (values.empty()) return 1;
    if (values.back().value < largest) return static_cast<masks::Value>(values.back().value + 1);
    masks::Value next = 1;
    for (const MaskValue& each : values) {
        if (each.value != next) return next;
        ++next;
    }
    return 0;
}

masks::Value value_for_class(const MaskLayerInfo& info, const Ontology& ontology, ClassId class_id) {
    if (const MaskValue* known = info.first_of(class_id)) return known->value;
    const auto at = std::ranges::find(ontology.classes, class_id, &LabelClass::id);
    const auto place = at - ontology.classes.begin() + 1;
    const bool fits = at != ontology.classes.end() && place <= (info.depth == masks::Depth::u8 ? 255 : 65535);
    const auto value = static_cast<masks::Value>(place);
    return fits && info.find(value) == nullptr ? value : info.free_value();
}

void add_value(MaskLayerInfo& info, MaskValue value) {
    info.values.insert(std::ranges::lower_bound(info.values, value.value, {}, &MaskValue::value),
                       std::move(value));
}

bool is_sound(const MaskLayerInfo& info) {
    const auto fits = [](std::int64_t side) { return side >= 1 && side <= masks::Plane::k_most_px; };
    const int largest = info.depth == masks::Depth::u8 ? 255 : 65535;
    const bool ascending =
        std::ranges::is_sorted(info.values, std::ranges::less_equal{}, &MaskValue::value) &&
        (info.values.empty() || (info.values.front().value > 0 && info.values.back().value <= largest));
    return fits(info.width_px) && fits(info.height_px) && ascending;
}

std::vector<TileChange> tile_changes(const masks::Plane& before, const masks::Plane& after) {
    std::vector<TileChange> changes;
    masks::Plane::each_difference(before, after,
                                  [&](const masks::TileRect& at, const masks::Slot& a, const masks::Slot& b) {
                                      if (!masks::same_samples(a, b)) changes.push_back({at, a, b});
                                  });
    std::ranges::sort(changes, {},
                      [](const TileChange& change) { return std::tie(change.at.y, change.at.x); });
    return changes;
}

bool fits(const masks::TileRect& at, const masks::Slot& slot, const masks::Plane& plane) {
    const bool inside = at.columns > 0 && at.rows > 0 && plane.has({at.x, at.y}) &&
                        at.columns <= plane.columns() - at.x && at.rows <= plane.rows() - at.y;
    if (!inside || std::int64_t{at.columns} * at.rows > k_most_tiles) return false;
    if (slot.uniform()) return slot.value <= plane.largest_value();
    return at.columns == 1 && at.rows == 1 && slot.block->depth() == plane.depth();
}

void apply_tiles(std::span<const TileChange> changes, masks::Plane& plane) {
    for (const TileChange& change : changes) {
        if (fits(change.at, change.after, plane)) plane.put(change.at, change.after);
    }
}

bool starts_from(std::span<const TileChange> changes, const masks::Plane& plane) {
    return std::ranges::all_of(changes, [&](const TileChange& change) {
        if (!fits(change.at, change.before, plane)) return false;
        for (std::int32_t y = change.at.y; y < change.at.y + change.at.rows; ++y) {
            for (std::int32_t x = change.at.x; x < change.at.x + change.at.columns; ++x) {
                if (!masks::same_samples(plane.slot({x, y}), change.before)) return false;
            }
        }
        return true;
    });
}

}  // namespace labels
