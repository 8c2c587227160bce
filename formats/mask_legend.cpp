#include "formats/mask_legend.h"

#include <algorithm>
#include <charconv>

#include <rapidjson/document.h>

#include "formats/text.h"

namespace formats {

namespace {

std::string text_of(const rapidjson::Value& object, const char* name) {
    const auto it = object.FindMember(name);
    if (it == object.MemberEnd() || !it->value.IsString()) return "";
    return valid_utf8({it->value.GetString(), it->value.GetStringLength()});
}

std::string lower(std::string_view text) {
    std::string made(text);
    std::ranges::transform(made, made.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return made;
}

}  // namespace

const LegendEntry* Legend::find(std::int64_t value) const {
    const auto it =
        std::ranges::find(entries, value, [](const LegendEntry& e) -> std::int64_t { return e.value; });
    return it == entries.end() ? nullptr : &*it;
}

masks::Value Legend::largest() const {
    masks::Value largest = 0;
    for (const LegendEntry& each : entries) largest = std::max(largest, each.value);
    return largest;
}

Legend legend_of(const labels::State& state, const labels::MaskLayerInfo& info) {
    Legend legend{info.name, info.kind, {}};
    for (const labels::MaskValue& each : info.values) {
        const labels::LabelClass* owner = state.ontology.find(each.class_id);
        legend.entries.push_back({each.value, owner != nullptr ? owner->name : name_of_value(each.value),
                                  each.name,
                                  owner != nullptr ? std::optional(owner->color_rgb) : std::nullopt});
    }
    return legend;
}

std::string to_json(const Legend& legend) {
    std::string json = fmt::format("{{\"limn_mask\":1,\"layer\":{},\"kind\":\"{}\",\n\"values\":[",
                                   json_string(legend.layer),
                                   legend.kind == labels::MaskKind::classes ? "classes" : "instances");
    for (const LegendEntry& each : legend.entries) {
        json += fmt::format("{}{{\"value\":{},\"class\":{}", &each == legend.entries.data() ? "\n" : ",\n",
                            each.value, json_string(each.class_name));
        if (!each.name.empty()) json += ",\"name\":" + json_string(each.name);
        if (each.color_rgb) json += fmt::format(",\"color\":\"#{:06x}\"", *each.color_rgb);
        json += "}";
    }
    return json + "]}\n";
}

std::optional<Legend> legend_from_json(std::string_view json) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
    if (document.HasParseError() || !document.IsObject() || !document.HasMember("limn_mask"))
        return std::nullopt;
    const auto values = document.FindMember("values");
    if (values == document.MemberEnd() || !values->value.IsArray()) return std::nullopt;
    Legend legend{
        text_of(document, "layer"),
        text_of(document, "kind") == "instances" ? labels::MaskKind::instances : labels::MaskKind::classes,
        {}};
    for (const rapidjson::Value& each : values->value.GetArray()) {
        if (!each.IsObject()) return std::nullopt;
        const auto value = each.FindMember("value");
        if (value == each.MemberEnd() || !value->value.IsUint() || value->value.GetUint() > 65535)
            return std::nullopt;
        LegendEntry entry{static_cast<masks::Value>(value->value.GetUint()), text_of(each, "class"),
                          text_of(each, "name"), color_from_text(text_of(each, "color"))};
        if (legend.find(entry.value) == nullptr) legend.entries.push_back(std::move(entry));
    }
    return legend;
}

Legend legend_from_lines(std::string_view text) {
    Legend legend;
    std::int64_t value = 0;
    while (!text.empty() && value <= 65535) {
        const auto end = std::min(text.find('\n'), text.size());
        const std::string_view name = trim(text.substr(0, end));
        if (!name.empty())
            legend.entries.push_back({static_cast<masks::Value>(value), valid_utf8(name), "", {}});
        text.remove_prefix(std::min(end + 1, text.size()));
        ++value;
    }
    return legend;
}

std::uint32_t voc_color(masks::Value value) {
    std::uint32_t red = 0, green = 0, blue = 0, bits = value;
    for (int place = 7; place >= 0 && bits != 0; --place, bits >>= 3) {
        red |= (bits & 1) << place;
        green |= (bits >> 1 & 1) << place;
        blue |= (bits >> 2 & 1) << place;
    }
    return red << 16 | green << 8 | blue;
}

std::uint32_t color_of(const Legend& legend, masks::Value value) {
    const LegendEntry* entry = legend.find(value);
    const bool of_class = entry != nullptr && entry->color_rgb && legend.kind == labels::MaskKind::classes;
    return of_class ? *entry->color_rgb : voc_color(value);
}

std::string name_of_value(std::int64_t value) { return fmt::format("class {}", value); }

bool means_unlabelled(std::string_view name) {
    constexpr std::string_view k_words[] = {"unlabelled", "unlabeled", "unclassified", "nodata", "no data",
                                            "no_data",    "void",      "none",         "ignore", "unknown"};
    return name.empty() || std::ranges::find(k_words, lower(trim(name))) != std::end(k_words);
}

std::optional<std::uint32_t> color_from_text(std::string_view text) {
    if (text.starts_with('#')) text.remove_prefix(1);
    std::uint32_t color = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), color, 16);
    if (text.size() != 6 || read.ec != std::errc{} || read.ptr != text.data() + text.size())
        return std::nullopt;
    return color;
}

}  // namespace formats
