#include "labels/state_write.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <tuple>

#include "base/held_alone.h"

namespace labels {

namespace {

auto order_of(const Asset& asset) { return std::tie(asset.position, asset.id); }

void index_assets(State& state, std::size_t from) {
    for (std::size_t i = from; i < state.assets.size(); ++i) state.place_of_asset[state.assets[i].id] = i;
}

void link(State& state, AssetId asset, TrackId id) {
    std::vector<TrackId>& list = state.tracks_of_asset[asset];
    const auto it = std::ranges::lower_bound(list, id);
    if (it == list.end() || *it != id) list.insert(it, id);
}

void unlink(State& state, AssetId asset, TrackId id) {
    const auto list = state.tracks_of_asset.find(asset);
    if (list == state.tracks_of_asset.end()) return;
    const auto it = std::ranges::lower_bound(list->second, id);
    if (it != list->second.end() && *it == id) list->second.erase(it);
    if (list->second.empty()) state.tracks_of_asset.erase(list);
}

void link_mask_layer(State& state, const MaskLayerInfo& info) {
    const auto order = [&](MaskLayerId id) { return std::pair{state.find(id)->info.position, id}; };
    std::vector<MaskLayerId>& list = state.mask_layers_of_asset[info.asset];
    list.insert(std::ranges::upper_bound(list, std::pair{info.position, info.id}, {}, order), info.id);
}

// The one to write to: itself while nobody else holds it, else a copy that takes its place. Null when not
// there.
template <class Id, class T>
T* writable(std::unordered_map<Id, std::shared_ptr<const T>>& all, Id id) {
    const auto it = all.find(id);
    if (it == all.end()) return nullptr;
    if (!base::held_alone(it->second)) it->second = std::make_shared<T>(*it->second);
    return const_cast<T*>(it->second.get());  // always made by make_shared<T>
}

void put_into(std::vector<Keyframe>& keyframes, std::int64_t frame, const std::optional<Keyframe>& keyframe) {
    const auto it = std::ranges::lower_bound(keyframes, frame, {}, &Keyframe::frame);
    const bool there = it != keyframes.end() && it->frame == frame;
    if (!keyframe) {
        if (there) keyframes.erase(it);
    } else if (there) {
        *it = *keyframe;
    } else {
        keyframes.insert(it, *keyframe);
    }
}

// Both are in order of frames, so one pass does: an edit of 100,000 keyframes must not shift the vector
// 100,000 times.
void merge_into(std::vector<Keyframe>& keyframes, const std::map<std::int64_t, Change<Keyframe>>& changes) {
    std::vector<Keyframe> merged;
    merged.reserve(keyframes.size() + changes.size());
    auto old = keyframes.begin();
    for (const auto& [frame, change] : changes) {
        while (old != keyframes.end() && old->frame < frame) merged.push_back(std::move(*old++));
        if (old != keyframes.end() && old->frame == frame) ++old;
        if (change.after) merged.push_back(*change.after);
    }
    std::move(old, keyframes.end(), std::back_inserter(merged));
    keyframes = std::move(merged);
}

void apply_keyframes(State& state, TrackId id, const TrackEdit& edit) {
    if (edit.keyframes.empty()) return;
    Track* track = writable(state.tracks, id);
    if (track == nullptr) return;
    if (edit.keyframes.size() > 4) return merge_into(track->keyframes, edit.keyframes);
    for (const auto& [frame, change] : edit.keyframes) put_into(track->keyframes, frame, change.after);
}

}  // namespace

void set_asset(State& state, AssetId id, const std::optional<Asset>& asset) {
    const Asset* found = state.find(id);
    const auto old =
        found == nullptr ? state.assets.end() : state.assets.begin() + (found - state.assets.data());
    if (asset && old != state.assets.end() && old->position == asset->position) {
        *old = *asset;
        return;
    }
    std::size_t from = state.assets.size();
    if (old != state.assets.end()) {
        from = static_cast<std::size_t>(old - state.assets.begin());
        state.assets.erase(old);
        state.place_of_asset.erase(id);
    }
    if (asset) {
        const auto place = std::ranges::lower_bound(state.assets, order_of(*asset), {}, order_of);
        from = std::min(from, static_cast<std::size_t>(place - state.assets.begin()));
        state.assets.insert(place, *asset);
    }
    index_assets(state, from);
}

void set_track_info(State& state, TrackId id, const std::optional<TrackInfo>& info) {
    const Track* old = state.find(id);
    if (old != nullptr && (!info || old->info.asset != info->asset)) unlink(state, old->info.asset, id);
    if (!info) {
        state.tracks.erase(id);
        return;
    }
    if (old == nullptr) state.tracks[id] = std::make_shared<Track>();
    link(state, info->asset, id);
    writable(state.tracks, id)->info = *info;
}

void set_keyframe(State& state, TrackId id, std::int64_t frame, const std::optional<Keyframe>& keyframe) {
    if (Track* track = writable(state.tracks, id)) put_into(track->keyframes, frame, keyframe);
}

void set_grid(State& state, AssetId id, const std::optional<InspectionGrid>& grid) {
    if (grid)
        state.grids[id] = std::make_shared<InspectionGrid>(*grid);
    else
        state.grids.erase(id);
}

void set_mark(State& state, AssetId id, std::int64_t cell, Mark mark) {
    InspectionGrid* grid = writable(state.grids, id);
    if (grid == nullptr || cell < 0 || cell >= std::ssize(grid->marks)) return;
    grid->marks[static_cast<std::size_t>(cell)] = mark;
}

void set_mask_info(State& state, MaskLayerId id, const std::optional<MaskLayerInfo>& info) {
    if (const MaskLayer* before = state.find(id)) {
        const auto list = state.mask_layers_of_asset.find(before->info.asset);
        if (list != state.mask_layers_of_asset.end()) {
            std::erase(list->second, id);
            if (list->second.empty()) state.mask_layers_of_asset.erase(list);
        }
    }
    if (!info) {
        state.mask_layers.erase(id);
        return;
    }
    if (state.find(id) == nullptr) state.mask_layers[id] = std::make_shared<MaskLayer>();
    MaskLayer& layer = *writable(state.mask_layers, id);
    layer.info = *info;
    link_mask_layer(state, *info);
    const masks::Plane plane(info->width_px, info->height_px, info->depth);
    if (layer.plane.bounds() != plane.bounds() || layer.plane.depth() != plane.depth()) layer.plane = plane;
}

masks::Plane* writable_plane(State& state, MaskLayerId id) {
    MaskLayer* layer = writable(state.mask_layers, id);
    return layer != nullptr ? &layer->plane : nullptr;
}

void apply(const Edit& edit, State& state) {
    if (edit.ontology) state.ontology = edit.ontology->after.value_or(Ontology{});
    for (const auto& [id, change] : edit.assets) set_asset(state, id, change.after);
    for (const auto& [id, track] : edit.tracks) {
        if (track.info && !track.info->after) continue;
        if (track.info) set_track_info(state, id, track.info->after);
        apply_keyframes(state, id, track);
    }
    for (const auto& [id, grid] : edit.grids) {
        if (grid.grid) set_grid(state, id, grid.grid->after);
        for (const auto& [cell, change] : grid.marks) set_mark(state, id, cell, change.after);
    }
    for (const auto& [id, mask] : edit.masks) {
        if (mask.info) set_mask_info(state, id, mask.info->after);
        if (masks::Plane* plane = writable_plane(state, id)) apply_tiles(mask.tiles, *plane);
    }
    // Backwards, so that taking thousands of tracks out of an asset's list never shifts the rest of it.
    for (auto it = edit.tracks.rbegin(); it != edit.tracks.rend(); ++it) {
        if (it->second.info && !it->second.info->after) set_track_info(state, it->first, std::nullopt);
    }
}

void fill_state(State& state, std::vector<Asset> assets, std::vector<TrackPtr> tracks) {
    state.assets = std::move(assets);
    std::ranges::sort(state.assets, {}, order_of);
    index_assets(state, 0);
    std::ranges::sort(tracks, {}, [](const TrackPtr& track) { return track->info.id; });
    state.tracks.reserve(tracks.size());
    for (TrackPtr& track : tracks) {
        state.tracks_of_asset[track->info.asset].push_back(track->info.id);
        state.tracks.emplace(track->info.id, std::move(track));
    }
    state.mask_layers_of_asset.clear();
    for (const auto& [id, layer] : state.mask_layers) link_mask_layer(state, layer->info);
}

}  // namespace labels
