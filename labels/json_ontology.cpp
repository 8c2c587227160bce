#include "labels/json_ontology.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "labels/json.h"

namespace labels {

namespace {

// What of an ontology a person may leave out, and where it is taken from then.
struct Defaults {
    bool required = false;  // nothing may be left out: the log's own form
    const Ontology* ids_from = nullptr;
};

std::uint32_t read_color(const Node& node) {
    const std::string text = node.text();
    std::uint32_t color = 0;
    const char* begin = text.data() + (text.starts_with('#') ? 1 : 0);
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(begin, end, color, 16);
    if (end - begin == 6 && error == std::errc{} && stop == end) return color;
    node.fail(fmt::format("is \"{}\", which is no colour; write it like #E69F00", text));
    return 0;
}

ShapeKind read_shape(const Node& node) {
    const std::string name = node.text();
    const auto shape = shape_kind_from(name);
    if (!shape) {
        node.fail(fmt::format(
            "is \"{}\", which is no shape; use box, ellipse, polygon, polyline, points or mask", name));
    }
    return shape.value_or(ShapeKind::box);
}

std::vector<std::string> read_texts(const Node& node) {
    std::vector<std::string> texts;
    node.each_element([&](const Node& text) { texts.push_back(text.text()); });
    return texts;
}

void read_kind_and_timing(const Node& node, Attribute& attribute, const Defaults& defaults) {
    const Node kind = node.member("kind");
    if (kind.there() || defaults.required) {
        const std::string name = kind.text();
        const auto known = attribute_kind_from(name);
        if (!known) {
            kind.fail(fmt::format("is \"{}\", which is no kind; use select, radio, checkbox, number or text",
                                  name));
        }
        attribute.kind = known.value_or(AttributeKind::text);
    } else if (!attribute.values.empty()) {
        attribute.kind = AttributeKind::select;
    }
    const Node timing = node.member("timing");
    if (!timing.there()) return;
    const auto known = timing_from(timing.text());
    if (!known) timing.fail("must be fixed or changing");
    attribute.timing = known.value_or(Timing::fixed);
}

AttributeId id_for(const std::string& name, const LabelClass* like) {
    if (like != nullptr) {
        const auto it = std::ranges::find(like->attributes, name, &Attribute::name);
        if (it != like->attributes.end()) return it->id;
    }
    return AttributeId::make();
}

Attribute read_attribute(const Node& node, const LabelClass* like, const Defaults& defaults) {
    Attribute attribute;
    const bool only_name = node.is_string() && !defaults.required;
    attribute.name = only_name ? node.text() : node.member("name").text();
    const Node id = node.member("id");
    attribute.id = id.there() || defaults.required ? AttributeId{id.uuid()} : id_for(attribute.name, like);
    if (only_name) return attribute;
    if (const Node values = node.member("values"); values.there()) attribute.values = read_texts(values);
    read_kind_and_timing(node, attribute, defaults);
    if (const Node value = node.member("default"); value.there()) attribute.default_value = value.text();
    return attribute;
}

// `ontology` holds the classes before this one, for the next free colour and shortcut.
LabelClass read_class(const Node& node, const Ontology& ontology, const Defaults& defaults) {
    const bool only_name = node.is_string() && !defaults.required;
    LabelClass made = make_class(ontology, only_name ? node.text() : node.member("name").text());
    const LabelClass* like = defaults.ids_from != nullptr ? defaults.ids_from->find(made.name) : nullptr;
    if (like != nullptr) {
        made.id = like->id;
        made.color_rgb = like->color_rgb;
    }
    if (only_name) return made;
    if (const Node id = node.member("id"); id.there() || defaults.required) made.id = ClassId{id.uuid()};
    if (const Node color = node.member("color"); color.there() || defaults.required)
        made.color_rgb = read_color(color);
    if (const Node key = node.member("shortcut"); key.there() || defaults.required)
        made.shortcut = key.text();
    if (const Node text = node.member("guidelines"); text.there()) made.guidelines = text.text();
    if (const Node shapes = node.member("shapes"); shapes.there()) {
        shapes.each_element([&](const Node& shape) { made.shapes.push_back(read_shape(shape)); });
    }
    if (const Node attributes = node.member("attributes"); attributes.there()) {
        attributes.each_element([&](const Node& attribute) {
            made.attributes.push_back(read_attribute(attribute, like, defaults));
        });
    }
    return made;
}

// After all classes are known, since a parent may come later and may be given by name.
void read_parents(const Node& classes, Ontology& ontology) {
    std::size_t i = 0;
    classes.each_element([&](const Node& node) {
        LabelClass& label_class = ontology.classes[i++];
        const Node parent = node.member("parent");
        if (!parent.there()) return;
        const std::string key = parent.text();
        if (key.empty()) return;
        const auto uuid = base::parse_uuid(key);
        const LabelClass* named = ontology.find(std::string_view(key));
        if (named == nullptr && !uuid)
            return parent.fail(fmt::format("is \"{}\", which is no class here", key));
        label_class.parent = named != nullptr ? named->id : ClassId{*uuid};
    });
}

Ontology read_classes(const Node& node, const Defaults& defaults) {
    Ontology ontology;
    if (const Node revision = node.member("revision"); revision.there())
        ontology.revision = revision.integer();
    const Node classes = node.member("classes");
    classes.each_element([&](const Node& value) {
        LabelClass made = read_class(value, ontology, defaults);
        ontology.classes.push_back(std::move(made));
    });
    if (!classes.failed()) read_parents(classes, ontology);
    return ontology;
}

void judge_attributes(const Node& node, const LabelClass& label_class) {
    std::set<std::string> names;
    for (const Attribute& attribute : label_class.attributes) {
        if (attribute.name.empty()) node.fail("has an attribute without a name");
        if (!names.insert(attribute.name).second)
            node.fail(fmt::format("has two attributes named \"{}\"", attribute.name));
        const bool chosen = attribute.kind == AttributeKind::select || attribute.kind == AttributeKind::radio;
        if (chosen && attribute.values.empty()) {
            node.fail(fmt::format("has the attribute \"{}\" without values to choose from", attribute.name));
        }
    }
}

bool is_own_ancestor(const Ontology& ontology, const LabelClass& label_class) {
    const LabelClass* up = &label_class;
    for (std::size_t step = 0; step <= ontology.classes.size(); ++step) {
        if (!up->parent) return false;
        up = ontology.find(*up->parent);
        if (up == nullptr) return false;
    }
    return true;
}

void judge(const Node& classes, const Ontology& ontology) {
    std::set<std::string> names;
    std::set<base::Uuid> ids;
    std::size_t i = 0;
    classes.each_element([&](const Node& node) {
        const LabelClass& label_class = ontology.classes[i++];
        if (label_class.name.empty()) node.fail("has no name");
        if (!names.insert(label_class.name).second)
            node.fail(fmt::format("is a second class named \"{}\"", label_class.name));
        bool new_ids = ids.insert(label_class.id.uuid).second;
        for (const Attribute& attribute : label_class.attributes)
            new_ids &= ids.insert(attribute.id.uuid).second;
        if (!new_ids) node.fail("has an id that occurs twice");
        if (label_class.parent && ontology.find(*label_class.parent) == nullptr)
            node.fail("has a parent that is no class here");
        if (is_own_ancestor(ontology, label_class)) node.fail("is, by its parents, its own parent");
        judge_attributes(node, label_class);
    });
}

}  // namespace

Ontology read_ontology(const Node& node) { return read_classes(node, {.required = true}); }

base::Result<Ontology> ontology_from_json(std::string_view text, const Ontology* ids_from) {
    return read_json(text, [&](const Node& node) {
        Ontology ontology = read_classes(node, {.required = false, .ids_from = ids_from});
        if (!node.failed()) judge(node.member("classes"), ontology);
        return ontology;
    });
}

}  // namespace labels
