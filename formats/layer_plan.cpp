#include "formats/layer_plan.h"

#include <algorithm>
#include <set>

#include "formats/export_plan.h"
#include "formats/text.h"

namespace formats {

namespace {

template <class Visit>
void for_each_tile(const masks::Plane& plane, const masks::PixelRect& area, const Visit& visit) {
    const masks::PixelRect inside = masks::intersection(area, plane.bounds());
    if (inside.empty()) return;
    const auto tile = [](std::int64_t px) { return static_cast<std::int32_t>(px / masks::k_tile_px); };
    for (std::int32_t y = tile(inside.y0); y <= tile(inside.y1 - 1); ++y)
        for (std::int32_t x = tile(inside.x0); x <= tile(inside.x1 - 1); ++x) visit(masks::TileIndex{x, y});
}

}  // namespace

base::Result<std::vector<LayerToWrite>> layers_to_write(const labels::State& state,
                                                        const std::filesystem::path& out,
                                                        const WriteContext& context,
                                                        const std::string& layer_key) {
    const auto assets = assets_to_write(state, context);
    if (!assets) return std::unexpected(assets.error());
    const std::vector<std::string> asset_names = unique_names(*assets);
    std::vector<LayerToWrite> layers;
    std::set<std::string> taken;
    for (std::size_t i = 0; i < assets->size(); ++i) {
        const labels::Asset& asset = *(*assets)[i];
        const labels::MaskLayer* only =
            layer_key.empty() ? nullptr : state.find_mask_layer(asset.id, layer_key);
        for (const labels::MaskLayer* layer : state.mask_layers_of(asset.id)) {
            if (!layer_key.empty() && layer != only) continue;
            const std::string name = asset_names[i] + "." + file_name_of(layer->info.name);
            std::string free = name;
            for (int n = 2; !taken.insert(free).second; ++n) free = fmt::format("{} ({})", name, n);
            layers.push_back({layer, &asset, std::move(free), legend_of(state, layer->info)});
        }
    }
    if (!layers.empty()) return layers;
    if (!layer_key.empty())
        return base::fail(base::ErrorKind::refused,
                          "There is no mask layer \"{}\"; see their names with info: {}", layer_key,
                          out.string());
    return base::fail(
        base::ErrorKind::refused,
        "None of the media has a mask layer, so there is nothing to write; paint one first, or choose a "
        "format of shapes: {}",
        out.string());
}

std::filesystem::path file_of_layer(const std::filesystem::path& out, const LayerToWrite& layer,
                                    std::size_t layers, std::string_view extension) {
    std::error_code error;
    const bool as_named =
        layers == 1 && out.extension() == extension && !std::filesystem::is_directory(out, error);
    return as_named ? out : out / (layer.name + std::string(extension));
}

Report report_of_layers(const labels::State& state, const std::vector<LayerToWrite>& layers,
                        LostClasses lost) {
    Report report;
    std::set<labels::AssetId> assets;
    std::vector<labels::AssetId> list;
    for (const LayerToWrite& each : layers)
        if (assets.insert(each.asset->id).second) list.push_back(each.asset->id);
    report.layers = std::ssize(layers);
    report.assets = std::ssize(list);
    const Survey all = survey(state, list);
    warn_if(report, all.tracks, all,
            "Boxes, polygons and other shapes were not written: the format holds mask layers");
    for (const LayerToWrite& each : layers)
        for (const labels::MaskValue& value : each.layer->info.values)
            if (state.ontology.find(value.class_id) == nullptr)
                report.add_warning(
                    fmt::format("The class of value {} of \"{}\" is not in the ontology: {}.", value.value,
                                each.layer->info.name,
                                lost == LostClasses::named
                                    ? fmt::format("it was written as \"{}\"", name_of_value(value.value))
                                    : "its pixels were written as 0, unlabelled, in the classes"));
    return report;
}

void read_and_let_go(const masks::Plane& plane, const masks::PixelRect& area, std::span<masks::Value> into) {
    std::vector<masks::BlockPtr> packed;
    const std::size_t unpacked_bytes = masks::k_tile_samples * static_cast<std::size_t>(plane.depth());
    for_each_tile(plane, area, [&](masks::TileIndex tile) {
        const masks::Slot slot = plane.slot(tile);
        if (slot.block && slot.block->bytes() < unpacked_bytes) packed.push_back(slot.block);
    });
    plane.read(area, into);
    for (const masks::BlockPtr& each : packed) each->let_go_of_samples();
}

bool is_empty(const masks::Plane& plane, const masks::PixelRect& area) {
    bool empty = true;
    for_each_tile(plane, area,
                  [&](masks::TileIndex tile) { empty = empty && plane.slot(tile) == masks::Slot{}; });
    return empty;
}

std::unexpected<base::Error> export_stopped(const std::filesystem::path& file) {
    return base::fail(base::ErrorKind::cancelled, "The export was stopped; no half-written file stays: {}",
                      file.string());
}

}  // namespace formats
