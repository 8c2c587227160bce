#pragma once
// What the values of a mask mean, as files say it.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "labels/state.h"

namespace formats {

struct LegendEntry {
    masks::Value value = 0;
    std::string class_name;
    std::string name;  // of an object; may be empty
    std::optional<std::uint32_t> color_rgb;
    bool operator==(const LegendEntry&) const = default;
};

struct Legend {
    std::string layer;  // what it is called; may be empty
    labels::MaskKind kind = labels::MaskKind::classes;
    std::vector<LegendEntry> entries;
    bool operator==(const Legend&) const = default;

    [[nodiscard]] const LegendEntry* find(std::int64_t value) const;
    [[nodiscard]] masks::Value largest() const;  // 0 when there is none
};

// Values whose class is not in the ontology have the name of their number.
[[nodiscard]] Legend legend_of(const labels::State& state, const labels::MaskLayerInfo& info);

// {"limn_mask":1,"layer":…,"kind":"classes","values":[{"value":1,"class":"water","color":"#0072b2"}…]}
[[nodiscard]] std::string to_json(const Legend& legend);
[[nodiscard]] std::optional<Legend> legend_from_json(std::string_view json);
// A list of names, one a line, the first of which is 0; empty lines are values without a name.
[[nodiscard]] Legend legend_from_lines(std::string_view text);

// The colour that value n has in the palettes of PASCAL VOC and DAVIS: the bits of n spread over the three
// channels (VOCdevkit, VOClabelcolormap.m).
[[nodiscard]] std::uint32_t voc_color(masks::Value value);
// The colour of a value: of its class, of an object that of its number.
[[nodiscard]] std::uint32_t color_of(const Legend& legend, masks::Value value);

// "class 7", what a value without a name is called.
[[nodiscard]] std::string name_of_value(std::int64_t value);
// Names that say that nobody has labelled a pixel: "unlabelled", "nodata", "void" and so on.
[[nodiscard]] bool means_unlabelled(std::string_view name);
// "#0072b2", "0072B2"; nothing when it is none.
[[nodiscard]] std::optional<std::uint32_t> color_from_text(std::string_view text);

}  // namespace formats
