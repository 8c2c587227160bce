#include "labels/ontology.h"

#include <algorithm>
#include <array>

namespace labels {

namespace {

constexpr std::array<std::uint32_t, 16> k_class_colors = {
    0xE69F00, 0x56B4E9, 0x009E73, 0xF0E442,
    0x0072B2, 0xD55E00, 0xCC79A7, 0x999999,  // Okabe-Ito, grey for black
    0x88CCEE, 0xCC6677, 0x44AA99, 0xDDCC77,
    0x882255, 0x117733, 0xAA4499, 0x6699CC,  // Tol, muted
};

auto lower_bound_of(auto& values, AttributeId id) {
    return std::ranges::lower_bound(values, id, {}, [](const auto& value) { return value.first; });
}

std::string next_free_digit(const Ontology& ontology) {
    for (const char digit : {'1', '2', '3', '4', '5', '6', '7', '8', '9', '0'}) {
        const std::string key(1, digit);
        if (std::ranges::find(ontology.classes, key, &LabelClass::shortcut) == ontology.classes.end())
            return key;
    }
    return {};
}

std::uint32_t next_free_color(const Ontology& ontology) {
    for (const std::uint32_t color : k_class_colors) {
        if (std::ranges::find(ontology.classes, color, &LabelClass::color_rgb) == ontology.classes.end())
            return color;
    }
    return default_class_color(ontology.classes.size());
}

}  // namespace

const LabelClass* Ontology::find(ClassId id) const {
    const auto it = std::ranges::find(classes, id, &LabelClass::id);
    return it == classes.end() ? nullptr : &*it;
}

const LabelClass* Ontology::find(std::string_view name) const {
    const auto it = std::ranges::find(classes, name, &LabelClass::name);
    return it == classes.end() ? nullptr : &*it;
}

std::uint32_t default_class_color(std::size_t index) { return k_class_colors[index % k_class_colors.size()]; }

LabelClass make_class(const Ontology& ontology, std::string name) {
    LabelClass made;
    made.id = ClassId::make();
    made.name = std::move(name);
    made.color_rgb = next_free_color(ontology);
    made.shortcut = next_free_digit(ontology);
    return made;
}

const std::string* find_value(const AttributeValues& values, AttributeId id) {
    const auto it = lower_bound_of(values, id);
    return it != values.end() && it->first == id ? &it->second : nullptr;
}

void set_value(AttributeValues& values, AttributeId id, std::string value) {
    const auto it = lower_bound_of(values, id);
    if (it != values.end() && it->first == id) {
        it->second = std::move(value);
    } else {
        values.insert(it, {id, std::move(value)});
    }
}

}  // namespace labels
