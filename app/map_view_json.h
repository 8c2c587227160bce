#pragma once
// How rasters and layers are shown, as JSON in the file of the view state. What cannot be read is left at its
// default.

#include <rapidjson/document.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include "app/map_layers.h"

namespace app {

using ViewWriter = rapidjson::PrettyWriter<rapidjson::StringBuffer>;

void write_style(ViewWriter& json, const media::RasterStyle& style);
[[nodiscard]] std::optional<media::RasterStyle> read_style(const rapidjson::Value& value);
void write_layers(ViewWriter& json, const std::vector<LayerView>& layers);
[[nodiscard]] std::vector<LayerView> read_layers(const rapidjson::Value& value);

}  // namespace app
