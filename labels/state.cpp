#include "labels/state.h"

#include <algorithm>
#include <charconv>

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

const Asset* State::find_asset(std::string_view key) const {
    if (const auto uuid = base::parse_uuid(key)) {
        if (const Asset* asset = find(AssetId{*uuid})) return asset;
    }
    const Asset* found = nullptr;
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), number);
    const bool is_number = error == std::errc{} && end == key.data() + key.size();
    if (is_number && number >= 1 && number <= assets.size()) found = &assets[number - 1];
    for (const Asset& asset : assets) {
        if (asset.name != key || &asset == found) continue;
        if (found != nullptr) return nullptr;
        found = &asset;
    }
    return found;
}

}  // namespace labels
