#include "app/map_view_json.h"

#include <cmath>

namespace app {

using rapidjson::Value;

namespace {

double number(const Value& object, const char* key, double otherwise) {
    const auto found = object.FindMember(key);
    return found != object.MemberEnd() && found->value.IsNumber() ? found->value.GetDouble() : otherwise;
}
bool flag(const Value& object, const char* key, bool otherwise) {
    const auto found = object.FindMember(key);
    return found != object.MemberEnd() && found->value.IsBool() ? found->value.GetBool() : otherwise;
}
std::string text(const Value& object, const char* key, const std::string& otherwise) {
    const auto found = object.FindMember(key);
    return found != object.MemberEnd() && found->value.IsString() ? found->value.GetString() : otherwise;
}
template <class Enum>
Enum choice(const Value& object, const char* key, Enum otherwise, Enum last) {
    const double value = number(object, key, static_cast<double>(otherwise));
    return value >= 0 && value <= static_cast<double>(last) ? static_cast<Enum>(static_cast<int>(value))
                                                            : otherwise;
}
const Value* array(const Value& object, const char* key) {
    const auto found = object.FindMember(key);
    return found != object.MemberEnd() && found->value.IsArray() ? &found->value : nullptr;
}

}  // namespace

void write_style(ViewWriter& json, const media::RasterStyle& style) {
    json.StartObject();
    const auto put = [&](const char* key, double value) {
        json.Key(key);
        json.Double(value);
    };
    json.Key("preset");
    json.String(style.preset);
    json.Key("channels");
    json.StartArray();
    for (const std::string& channel : style.channels) json.String(channel);
    json.EndArray();
    put("stretch", static_cast<double>(style.stretch));
    put("of", static_cast<double>(style.of));
    put("low_percent", style.low_percent);
    put("high_percent", style.high_percent);
    put("deviations", style.deviations);
    json.Key("ranges");
    json.StartArray();
    for (const media::ValueRange& range : style.ranges)
        for (const float end : {range.low, range.high}) json.Double(static_cast<double>(end));
    json.EndArray();
    json.Key("gamma");
    json.StartArray();
    for (const double gamma : style.gamma) json.Double(gamma);
    json.EndArray();
    json.Key("color_map");
    json.String(style.color_map);
    for (const auto& [key, value] :
         {std::pair{"inverted", style.inverted}, std::pair{"palette", style.palette},
          std::pair{"hillshade", style.hillshade}}) {
        json.Key(key);
        json.Bool(value);
    }
    json.EndObject();
}

std::optional<media::RasterStyle> read_style(const Value& value) {
    if (!value.IsObject()) return {};
    media::RasterStyle style;
    style.preset = text(value, "preset", "");
    if (const Value* channels = array(value, "channels"))
        for (const Value& channel : channels->GetArray())
            if (channel.IsString()) style.channels.emplace_back(channel.GetString());
    if (style.channels.empty()) return {};
    style.stretch = choice(value, "stretch", style.stretch, media::Stretch::manual);
    style.of = choice(value, "of", style.of, media::StretchOf::view);
    style.low_percent = number(value, "low_percent", style.low_percent);
    style.high_percent = number(value, "high_percent", style.high_percent);
    style.deviations = number(value, "deviations", style.deviations);
    if (const Value* ranges = array(value, "ranges"))
        for (rapidjson::SizeType i = 0; i + 1 < ranges->Size() && i < 6; i += 2)
            if ((*ranges)[i].IsNumber() && (*ranges)[i + 1].IsNumber())
                style.ranges.push_back({(*ranges)[i].GetFloat(), (*ranges)[i + 1].GetFloat()});
    if (const Value* gamma = array(value, "gamma"))
        for (rapidjson::SizeType i = 0; i < std::min<rapidjson::SizeType>(gamma->Size(), 3); ++i)
            if ((*gamma)[i].IsNumber()) style.gamma[i] = (*gamma)[i].GetDouble();
    style.color_map = text(value, "color_map", style.color_map);
    style.inverted = flag(value, "inverted", false);
    style.palette = flag(value, "palette", true);
    style.hillshade = flag(value, "hillshade", false);
    return style;
}

void write_layers(ViewWriter& json, const std::vector<LayerView>& layers) {
    json.StartArray();
    for (const LayerView& layer : layers) {
        json.StartObject();
        json.Key("source");
        json.String(layer.source);
        json.Key("visible");
        json.Bool(layer.visible);
        json.Key("filled");
        json.Bool(layer.filled);
        json.Key("opacity");
        json.Double(layer.opacity);
        json.Key("blend");
        json.Int(static_cast<int>(layer.blend));
        json.Key("color");
        json.Int64(layer.color_rgb);
        if (layer.style) {
            json.Key("style");
            write_style(json, *layer.style);
        }
        json.EndObject();
    }
    json.EndArray();
}

std::vector<LayerView> read_layers(const Value& value) {
    std::vector<LayerView> layers;
    if (!value.IsArray()) return layers;
    for (const Value& one : value.GetArray()) {
        if (!one.IsObject()) continue;
        LayerView layer{.source = text(one, "source", ""), .style = {}};
        if (layer.source.empty()) continue;
        layer.visible = flag(one, "visible", true);
        layer.filled = flag(one, "filled", false);
        layer.opacity = std::clamp(number(one, "opacity", 1), 0.0, 1.0);
        layer.blend = choice(one, "blend", LayerBlend::normal, LayerBlend::difference);
        layer.color_rgb = static_cast<std::uint32_t>(number(one, "color", layer.color_rgb)) & 0xFFFFFF;
        if (const auto style = one.FindMember("style"); style != one.MemberEnd())
            layer.style = read_style(style->value);
        layers.push_back(std::move(layer));
    }
    return layers;
}

}  // namespace app
