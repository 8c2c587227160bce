#pragma once
// What may be labelled: classes, their attributes and guidelines. A plain value; changing it is an edit like
// any other.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/id.h"

namespace labels {

using ClassId = base::Id<struct ClassTag>;
using AttributeId = base::Id<struct AttributeTag>;

enum class ShapeKind : std::uint8_t { box, ellipse, polygon, polyline, points, mask };
enum class AttributeKind : std::uint8_t { select, radio, checkbox, number, text };
enum class Timing : std::uint8_t {
    fixed,
    changing
};  // one value per object, or one that holds from each keyframe on

struct Attribute {
    AttributeId id;
    std::string name;
    AttributeKind kind = AttributeKind::text;
    Timing timing = Timing::fixed;
    std::vector<std::string> values;  // the choices of select and radio; min, max, step of number
    std::string default_value;
    bool operator==(const Attribute&) const = default;
};

struct LabelClass {
    ClassId id;
    std::string name;
    std::uint32_t color_rgb = 0;  // 0xRRGGBB
    std::string shortcut;         // one key, e.g. "1"; may be empty
    std::optional<ClassId> parent;
    std::vector<ShapeKind> shapes;  // empty: every kind is allowed
    std::vector<Attribute> attributes;
    std::string guidelines;  // plain text shown while labelling
    bool operator==(const LabelClass&) const = default;
};

struct Ontology {
    std::int64_t revision = 0;        // +1 at every committed change
    std::vector<LabelClass> classes;  // in the order shown
    bool operator==(const Ontology&) const = default;

    [[nodiscard]] const LabelClass* find(ClassId id) const;
    [[nodiscard]] const LabelClass* find(std::string_view name) const;  // exact, case-sensitive
};

// Okabe-Ito first, then further colours that stay apart for colour-blind eyes; repeats after the last.
[[nodiscard]] std::uint32_t default_class_color(std::size_t index);

// A class with a new id, the next default colour and the next free digit as its shortcut.
[[nodiscard]] LabelClass make_class(const Ontology& ontology, std::string name);

// Values of attributes as text, sorted by id; absent means "not answered".
using AttributeValues = std::vector<std::pair<AttributeId, std::string>>;
[[nodiscard]] const std::string* find_value(const AttributeValues& values, AttributeId id);
void set_value(AttributeValues& values, AttributeId id, std::string value);

}  // namespace labels
