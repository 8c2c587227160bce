#include "formats/mask_png.h"

#include <gdal_utils.h>

#include "base/file.h"
#include "formats/text.h"
#include "geo/gdal.h"

namespace formats {

namespace {

namespace fs = std::filesystem;
using base::ErrorKind;

constexpr std::uint64_t k_most_bytes = 16u << 20;

std::string_view next_part(std::string_view& text, char separator) {
    const auto end = std::min(text.find(separator), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

std::optional<std::uint32_t> color_of_numbers(std::string_view text) {
    std::uint32_t color = 0;
    for (int i = 0; i < 3; ++i) {
        const auto number = parse_int(next_part(text, ','));
        if (!number || *number < 0 || *number > 255) return std::nullopt;
        color = color << 8 | static_cast<std::uint32_t>(*number);
    }
    return color;
}

masks::Value largest_written(const LayerToWrite& layer, const std::vector<masks::Value>& recode) {
    masks::Value largest = 0;
    for (const labels::MaskValue& each : layer.layer->info.values)
        largest = std::max(largest, recode.empty() ? each.value : recode[each.value]);
    return largest;
}

}  // namespace

base::Result<void> need_bytes(const LayerToWrite& layer, const fs::path& png,
                              const std::vector<masks::Value>& recode) {
    const masks::Value largest = largest_written(layer, recode);
    if (largest <= 255) return {};
    return base::fail(ErrorKind::refused,
                      "A PNG with a palette holds values up to 255, and \"{}\" has {}; choose geotiff: {}",
                      layer.layer->info.name, largest, png.string());
}

base::Result<void> write_mask_png(const LayerToWrite& layer, const fs::path& png,
                                  std::vector<masks::Value> recode, GdalProgress progress) {
    if (auto fits = need_bytes(layer, png, recode); !fits) return fits;
    const fs::path whole = fs::path(png) += ".whole";
    GdalProgress first = progress, second = progress;
    first.to = second.from = (progress.from + progress.to) / 2;
    const MaskTiff how{.sparse = true, .in_strips = true, .as_bytes = true, .recode = std::move(recode)};
    if (auto done = write_mask_tiff(layer, whole, how, first); !done) return done;
    geo::GdalMessages messages;
    Dataset source = open_raster(whole, {"GTiff"});
    GDALDriver* driver = GetGDALDriverManager()->GetDriverByName("PNG");
    Dataset made;
    if (source && driver != nullptr)
        made.reset(
            driver->CreateCopy(png.c_str(), source.get(), FALSE, nullptr, GdalProgress::call, &second));
    const bool written = made != nullptr;
    made.reset();
    source.reset();
    std::error_code error;
    for (const char* suffix : {"", ".aux.xml"}) fs::remove(fs::path(whole) += suffix, error);
    if (progress.stop.stop_requested()) return export_stopped(png);
    if (!written || messages.failed())
        return base::fail(ErrorKind::io, "The mask cannot be written ({}): {}", messages.reason(),
                          png.string());
    return {};
}

base::Result<void> write_color_png(const fs::path& indexed, const fs::path& png, GdalProgress progress) {
    geo::GdalMessages messages;
    const Dataset source = open_raster(indexed, {"PNG"});
    GdalOptions arguments{"-expand", "rgb", "-of", "PNG", "-a_nodata", "none"};
    GDALTranslateOptions* options = GDALTranslateOptionsNew(arguments.get(), nullptr);
    GDALTranslateOptionsSetProgress(options, GdalProgress::call, &progress);
    Dataset made;
    if (source)
        made.reset(GDALDataset::FromHandle(GDALTranslate(png.c_str(), source.get(), options, nullptr)));
    GDALTranslateOptionsFree(options);
    const bool written = made != nullptr;
    made.reset();
    if (progress.stop.stop_requested()) return export_stopped(png);
    if (!written)
        return base::fail(ErrorKind::io, "The picture cannot be written ({}): {}", messages.reason(),
                          png.string());
    std::error_code error;
    fs::remove(fs::path(png) += ".aux.xml", error);
    return {};
}

std::string world_file(const base::Georeference& georeference) {
    if (!georeference.geotransform) return "";
    const auto& g = *georeference.geotransform;
    std::string text;  // of the centre of the first pixel
    for (const double each : {g[1], g[4], g[2], g[5], g[0] + (g[1] + g[2]) / 2, g[3] + (g[4] + g[5]) / 2})
        text += fmt::format("{}\n", each);
    return text;
}

base::Result<ValueRaster> raster_of_png(Importer& import, GDALDataset& dataset, const Legend& legend) {
    if (dataset.GetRasterCount() < 3 || dataset.GetRasterBand(1)->GetRasterDataType() != GDT_Byte) {
        auto raster = value_raster_of(import, dataset);
        if (raster && !legend.entries.empty()) raster->legend = legend;
        return raster;
    }
    ValueRaster raster;
    raster.width_px = dataset.GetRasterXSize();
    raster.height_px = dataset.GetRasterYSize();
    raster.largest = std::max<std::int64_t>(legend.largest(), 1);
    raster.georeference = georeference_of(dataset);
    raster.legend = legend;
    std::map<std::uint32_t, std::int32_t> values;
    for (const LegendEntry& each : legend.entries)
        if (each.color_rgb && !each.class_name.empty()) values.emplace(*each.color_rgb, each.value);
    values.emplace(0, 0);
    raster.read = [&import, &dataset, values](const masks::PixelRect& area,
                                              std::span<std::int32_t> into) -> base::Result<void> {
        const geo::GdalMessages messages;
        std::vector<std::uint8_t> rgb(into.size() * 3);
        int bands[] = {1, 2, 3};
        const int width = static_cast<int>(area.width()), height = static_cast<int>(area.height());
        if (dataset.RasterIO(GF_Read, static_cast<int>(area.x0), static_cast<int>(area.y0), width, height,
                             rgb.data(), width, height, GDT_Byte, 3, bands, 3, 3 * width, 1,
                             nullptr) != CE_None)
            return import.malformed("The pixels cannot be read ({})", messages.reason());
        std::uint32_t last_color = 0;
        auto last = values.begin();
        for (std::size_t i = 0; i < into.size(); ++i) {
            const std::uint32_t color =
                std::uint32_t{rgb[3 * i]} << 16 | std::uint32_t{rgb[3 * i + 1]} << 8 | rgb[3 * i + 2];
            if (i == 0 || color != last_color) last = values.find(color);
            last_color = color;
            if (last == values.end())
                return import.malformed(
                    "A pixel has the colour #{:06x}, which no class has; give the class that colour", color);
            into[i] = last->second;
        }
        return {};
    };
    return raster;
}

Legend legend_of_ontology(const labels::Ontology& ontology) {
    Legend legend;
    for (const labels::LabelClass& each : ontology.classes)
        if (legend.entries.size() < 65535)
            legend.entries.push_back(
                {static_cast<masks::Value>(legend.entries.size() + 1), each.name, "", each.color_rgb});
    return legend;
}

std::optional<Legend> legend_from_labelmap(std::string_view text) {
    Legend legend;
    while (!text.empty() && legend.entries.size() < 65536) {
        std::string_view line = trim(next_part(text, '\n'));
        if (line.empty() || line.starts_with('#')) continue;
        const std::string name = valid_utf8(trim(next_part(line, ':')));
        const auto color = color_of_numbers(next_part(line, ':'));
        if (name.empty() || !color) return std::nullopt;
        legend.entries.push_back({static_cast<masks::Value>(legend.entries.size()), name, "", *color});
    }
    return legend.entries.empty() ? std::nullopt : std::optional(legend);
}

std::string labelmap_of(const Legend& legend) {
    std::string text = "# label:color_rgb:parts:actions\nbackground:0,0,0::\n";
    for (const LegendEntry& each : legend.entries) {
        std::string name = each.class_name;
        for (char& c : name)
            if (c == ':' || c == '\n' || c == '\r') c = ' ';
        const std::uint32_t color = each.color_rgb.value_or(voc_color(each.value));
        text += fmt::format("{}:{},{},{}::\n", name, color >> 16 & 255, color >> 8 & 255, color & 255);
    }
    return text;
}

Legend cityscapes_legend() {
    struct Label {
        masks::Value id;
        std::string_view name;
        std::uint32_t color_rgb;
    };
    constexpr Label k_labels[] = {
        {5, "dynamic", 0x6F4A00},     {6, "ground", 0x510051},         {7, "road", 0x804080},
        {8, "sidewalk", 0xF423E8},    {9, "parking", 0xFAAAA0},        {10, "rail track", 0xE6968C},
        {11, "building", 0x464646},   {12, "wall", 0x66669C},          {13, "fence", 0xBE9999},
        {14, "guard rail", 0xB4A5B4}, {15, "bridge", 0x966464},        {16, "tunnel", 0x96785A},
        {17, "pole", 0x999999},       {19, "traffic light", 0xFAAA1E}, {20, "traffic sign", 0xDCDC00},
        {21, "vegetation", 0x6B8E23}, {22, "terrain", 0x98FB98},       {23, "sky", 0x4682B4},
        {24, "person", 0xDC143C},     {25, "rider", 0xFF0000},         {26, "car", 0x00008E},
        {27, "truck", 0x000046},      {28, "bus", 0x003C64},           {29, "caravan", 0x00005A},
        {30, "trailer", 0x00006E},    {31, "train", 0x005064},         {32, "motorcycle", 0x0000E6},
        {33, "bicycle", 0x770B20}};
    Legend legend;
    for (const Label& each : k_labels)
        legend.entries.push_back({each.id, std::string(each.name), "", each.color_rgb});
    return legend;
}

std::optional<Legend> legend_beside(const fs::path& png) {
    const std::string stem = png.stem().string();
    const bool of_cityscapes = stem.ends_with("_labelIds") || stem.ends_with("_color");
    if (const auto json = base::read_file(fs::path(png).replace_extension(".json"), k_most_bytes))
        if (auto legend = legend_from_json(*json)) return legend;
    if (const auto map = base::read_file(png.parent_path() / "labelmap.txt", k_most_bytes))
        if (auto legend = legend_from_labelmap(*map)) return legend;
    for (const char* name : {"classes.txt", "labels.txt"})
        if (const auto lines = base::read_file(png.parent_path() / name, k_most_bytes))
            if (Legend legend = legend_from_lines(*lines); !legend.entries.empty()) return legend;
    return of_cityscapes ? std::optional(cityscapes_legend()) : std::nullopt;
}

}  // namespace formats
