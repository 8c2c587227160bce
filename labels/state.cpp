#include "labels/state.h"

#include <algorithm>
#include <charconv>
#include <span>
#include <tuple>

namespace labels {

const Asset* State::find(AssetId id) const {
    if (place_of_asset.size() == assets.size()) {
        const auto it = place_of_asset.find(id);
        return it == place_of_asset.end() || it->second >= assets.size() ? nullptr : &assets[it->second];
    }
    const auto it = std::ranges::find(assets, id, &Asset::id);  // a state put together by hand
    return it == assets.end() ? nullptr : &*it;
}

const Track* State::find(TrackId id) const {
    const auto it = tracks.find(id);
    return it == tracks.end() ? nullptr : it->second.get();
}

const std::vector<TrackId>& State::tracks_of(AssetId id) const {
    static const std::vector<TrackId> k_none;
    const auto it = tracks_of_asset.find(id);
    return it == tracks_of_asset.end() ? k_none : it->second;
}

const InspectionGrid* State::grid_of(AssetId id) const {
    const auto it = grids.find(id);
    return it == grids.end() ? nullptr : it->second.get();
}

const MaskLayer* State::find(MaskLayerId id) const {
    const auto it = mask_layers.find(id);
    return it == mask_layers.end() ? nullptr : it->second.get();
}

std::vector<const MaskLayer*> State::mask_layers_of(AssetId id) const {
    std::vector<const MaskLayer*> found;
    const auto listed = mask_layers_of_asset.find(id);
    if (listed == mask_layers_of_asset.end()) return found;
    for (const MaskLayerId each : listed->second) {
        if (const MaskLayer* layer = find(each)) found.push_back(layer);
    }
    return found;
}

namespace {

// By number from 1, or by name; null when none or more than one fits.
template <class T, class NameOf>
const T* by_number_or_name(std::span<const T* const> all, std::string_view key, const NameOf& name_of) {
    const T* found = nullptr;
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), number);
    const bool is_number = error == std::errc{} && end == key.data() + key.size();
    if (is_number && number >= 1 && number <= all.size()) found = all[number - 1];
    for (const T* each : all) {
        if (name_of(*each) != key || each == found) continue;
        if (found != nullptr) return nullptr;
        found = each;
    }
    return found;
}

}  // namespace

const MaskLayer* State::find_mask_layer(AssetId asset, std::string_view key) const {
    if (const auto uuid = base::parse_uuid(key)) {
        if (const MaskLayer* layer = find(MaskLayerId{*uuid})) return layer;
    }
    const auto layers = mask_layers_of(asset);
    return by_number_or_name<MaskLayer>(layers, key, [](const MaskLayer& layer) { return layer.info.name; });
}

const Asset* State::find_asset(std::string_view key) const {
    if (const auto uuid = base::parse_uuid(key)) {
        if (const Asset* asset = find(AssetId{*uuid})) return asset;
    }
    std::vector<const Asset*> all;
    for (const Asset& asset : assets) all.push_back(&asset);
    return by_number_or_name<Asset>(all, key,
                                    [](const Asset& asset) -> const std::string& { return asset.name; });
}

}  // namespace labels
