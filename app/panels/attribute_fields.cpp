// The attributes of the selected track, each by the control that fits its kind.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "app/panels/properties.h"
#include "labels/interpolate.h"

namespace app {
namespace {

using labels::Attribute;
using labels::AttributeKind;

struct Subject {
    labels::TrackId id;
    const Attribute& attribute;
    std::string value;  // as answered, else the default
    bool answered = false, enabled = true;
};

void set(Ui& u, const Subject& subject, std::string value) {
    u.later([id = subject.id, attribute = subject.attribute.id, value = std::move(value)](Workbench& bench) {
        bench.set_attribute(id, attribute, value);
    });
}

void draw_choice(Ui& u, Area field, const Subject& subject) {
    const auto& values = subject.attribute.values;
    const auto found = std::ranges::find(values, subject.value);
    int index = found == values.end() ? -1 : static_cast<int>(found - values.begin());
    if (choice_field(u, subject.attribute.name, field, index, values, {}, "not answered")) {
        set(u, subject, values[static_cast<std::size_t>(index)]);
    }
}

// Yes and no side by side: one click to either, and neither when it is not answered.
void draw_yes_no(Ui& u, Area field, const Subject& subject) {
    const float width = std::floor((field.width() - u.px(6)) / 2);
    const Area yes{field.x0, field.y0, field.x0 + width, field.y1};
    const Area no{field.x1 - width, field.y0, field.x1, field.y1};
    const bool is_yes = subject.value == "true", is_no = subject.value == "false";
    ImGui::PushID(subject.attribute.name.c_str());
    if (toggle_chip(u, "yes", yes, is_yes, {}, subject.enabled) && !is_yes) set(u, subject, "true");
    if (toggle_chip(u, "no", no, is_no, {}, subject.enabled) && !is_no) set(u, subject, "false");
    ImGui::PopID();
}

void draw_number(Ui& u, Area field, const Subject& subject) {
    std::string text = subject.value;
    if (!text_field(u, subject.attribute.name, field, text, "not answered")) return;
    std::ranges::replace(text, ',', '.');
    double number = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (!text.empty() && (error != std::errc{} || rest != text.data() + text.size())) return;
    const auto& range = subject.attribute.values;  // min, max, step
    const auto bound = [&](std::size_t i, double fallback) {
        double value = fallback;
        if (i < range.size()) std::from_chars(range[i].data(), range[i].data() + range[i].size(), value);
        return value;
    };
    const double low = bound(0, -INFINITY), high = bound(1, INFINITY);
    if (!text.empty() && (number < low || number > high)) {
        return u.later([low, high](Workbench& bench) {
            bench.toast(ToastKind::warning, fmt::format("The number must lie between {} and {}", low, high));
        });
    }
    set(u, subject, std::move(text));
}

void draw_text_value(Ui& u, Area field, const Subject& subject) {
    std::string text = subject.value;
    if (text_field(u, subject.attribute.name, field, text, "not answered")) set(u, subject, std::move(text));
}

void draw_attribute(Properties& p, const Subject& subject) {
    const Attribute& attribute = subject.attribute;
    const bool changing = attribute.timing == labels::Timing::changing;
    // A small diamond: the value is keyed, and holds from each keyframe on.
    const Area field =
        p.row(attribute.name,
              changing ? attribute.name + ": may change over time; a new value makes a keyframe here"
                       : attribute.name + ": one value for the whole object");
    if (changing) {
        diamond({field.x0 - p.u.px(11), (field.y0 + field.y1) / 2}, p.u.px(3.5f), 0, p.u.theme.quiet);
    }
    if (!subject.enabled && attribute.kind != AttributeKind::checkbox) {
        draw_text(p.u, field, subject.value, p.u.theme.quiet);
        return;
    }
    switch (attribute.kind) {
        case AttributeKind::select:
        case AttributeKind::radio:
            return draw_choice(p.u, field, subject);
        case AttributeKind::checkbox:
            return draw_yes_no(p.u, field, subject);
        case AttributeKind::number:
            return draw_number(p.u, field, subject);
        case AttributeKind::text:
            return draw_text_value(p.u, field, subject);
    }
}

}  // namespace

void draw_attributes(Properties& p, const labels::Track& track, const labels::LabelClass& label_class) {
    if (label_class.attributes.empty()) return;
    p.head("Attributes");
    const labels::AttributeValues values = labels::attributes_at(track, p.u.bench.frame());
    const bool enabled = !track.info.locked && p.u.bench.document()->read_only().empty();
    for (const Attribute& attribute : label_class.attributes) {
        const std::string* value = labels::find_value(values, attribute.id);
        const Subject subject{track.info.id, attribute, value ? *value : attribute.default_value,
                              value != nullptr, enabled};
        draw_attribute(p, subject);
    }
}

}  // namespace app
