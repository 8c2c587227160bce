#include "labels/edit.h"

#include <algorithm>

namespace labels {

namespace {

template <class T>
Change<T> swapped(const Change<T>& change) {
    return {change.after, change.before};
}

std::size_t bytes_of(const AttributeValues& values) {
    std::size_t bytes = 0;
    for (const auto& [id, value] : values)
        bytes += sizeof(std::pair<AttributeId, std::string>) + value.size();
    return bytes;
}

std::size_t bytes_of(const std::optional<Asset>& asset) {
    if (!asset) return 0;
    std::size_t bytes = 512 + asset->georeference.crs.size();
    bytes += asset->georeference.gcps.size() * sizeof(base::GroundControlPoint);
    for (const std::string& each : asset->georeference.rpc) bytes += each.size();
    return bytes;
}

std::size_t bytes_of(const std::optional<Keyframe>& keyframe) {
    if (!keyframe) return 0;
    std::size_t bytes = bytes_of(keyframe->attributes);
    if (const auto* path = std::get_if<Path>(&keyframe->geometry))
        bytes += path->points.size() * sizeof(base::Point);
    if (const auto* mask = std::get_if<MaskRuns>(&keyframe->geometry))
        bytes += mask->runs.size() * sizeof(std::uint32_t);
    return bytes;
}

}  // namespace

Edit reversed(const Edit& edit) {
    Edit back;
    if (edit.ontology) back.ontology = swapped(*edit.ontology);
    for (const auto& [id, change] : edit.assets)
        back.assets.emplace_hint(back.assets.end(), id, swapped(change));
    for (const auto& [id, track] : edit.tracks) {
        TrackEdit& to = back.tracks.emplace_hint(back.tracks.end(), id, TrackEdit{})->second;
        if (track.info) to.info = swapped(*track.info);
        for (const auto& [frame, change] : track.keyframes) {
            to.keyframes.emplace_hint(to.keyframes.end(), frame, swapped(change));
        }
    }
    for (const auto& [id, grid] : edit.grids) {
        GridEdit& to = back.grids.emplace_hint(back.grids.end(), id, GridEdit{})->second;
        if (grid.grid) to.grid = swapped(*grid.grid);
        for (const auto& [cell, change] : grid.marks)
            to.marks.emplace_hint(to.marks.end(), cell, MarkChange{change.after, change.before});
    }
    for (const auto& [id, mask] : edit.masks) {
        MaskEdit& to = back.masks.emplace_hint(back.masks.end(), id, MaskEdit{})->second;
        if (mask.info) to.info = swapped(*mask.info);
        to.tiles.reserve(mask.tiles.size());
        for (const TileChange& tile : mask.tiles) to.tiles.push_back({tile.at, tile.after, tile.before});
    }
    return back;
}

bool starts_from(const Change<Asset>& change, const Asset* asset) {
    return asset != nullptr ? change.before && *asset == *change.before : !change.before;
}

bool starts_from(const TrackEdit& edit, const Track* track) {
    if (!edit.info && track == nullptr) return false;
    if (edit.info && (track != nullptr) != edit.info->before.has_value()) return false;
    if (edit.info && track != nullptr && track->info != *edit.info->before) return false;
    return std::ranges::all_of(edit.keyframes, [&](const auto& entry) {
        const std::optional<Keyframe>& before = entry.second.before;
        const Keyframe* there = track != nullptr ? track->keyframe_at(entry.first) : nullptr;
        return there != nullptr ? before && *there == *before : !before;
    });
}

bool starts_from(const GridEdit& edit, const InspectionGrid* grid) {
    if (edit.grid)
        return grid != nullptr ? edit.grid->before && *grid == *edit.grid->before : !edit.grid->before;
    return std::ranges::all_of(edit.marks, [&](const auto& entry) {
        const auto& [cell, change] = entry;
        return grid != nullptr && cell >= 0 && cell < std::ssize(grid->marks) &&
               grid->marks[static_cast<std::size_t>(cell)] == change.before;
    });
}

bool starts_from(const MaskEdit& edit, const MaskLayer* layer) {
    if (!edit.info && layer == nullptr) return false;
    if (edit.info && (layer != nullptr) != edit.info->before.has_value()) return false;
    if (edit.info && layer != nullptr && layer->info != *edit.info->before) return false;
    if (layer != nullptr) return starts_from(edit.tiles, layer->plane);
    return std::ranges::all_of(edit.tiles,
                               [](const TileChange& tile) { return tile.before == masks::Slot{}; });
}

bool starts_from(const Edit& edit, const State& state) {
    if (edit.ontology && edit.ontology->before.value_or(Ontology{}) != state.ontology) return false;
    const auto fits = [&](const auto& entry) { return starts_from(entry.second, state.find(entry.first)); };
    const auto grid_fits = [&](const auto& entry) {
        return starts_from(entry.second, state.grid_of(entry.first));
    };
    return std::ranges::all_of(edit.assets, fits) && std::ranges::all_of(edit.tracks, fits) &&
           std::ranges::all_of(edit.grids, grid_fits) && std::ranges::all_of(edit.masks, fits);
}

std::size_t approximate_bytes(const Edit& edit) {
    std::size_t bytes = sizeof(Edit) + (edit.ontology ? 4096 : 0);
    for (const auto& [id, change] : edit.assets) bytes += bytes_of(change.before) + bytes_of(change.after);
    for (const auto& [id, track] : edit.tracks) {
        bytes += sizeof(TrackEdit) + 64;
        for (const auto& [frame, change] : track.keyframes) {
            bytes += sizeof(change) + 64 + bytes_of(change.before) + bytes_of(change.after);
        }
    }
    for (const auto& [id, grid] : edit.grids) {
        bytes += sizeof(GridEdit) + 64 + grid.marks.size() * (sizeof(MarkChange) + 64);
        if (grid.grid && grid.grid->before) bytes += grid.grid->before->marks.size();
        if (grid.grid && grid.grid->after) bytes += grid.grid->after->marks.size();
    }
    for (const auto& [id, mask] : edit.masks) {
        bytes += sizeof(MaskEdit) + 64 + (mask.info ? 1024 : 0) + mask.tiles.size() * sizeof(TileChange);
        // Of what is there before and after, one side is mostly held by the mask itself.
        for (const TileChange& tile : mask.tiles) bytes += tile.before.block ? tile.before.block->bytes() : 0;
    }
    return bytes;
}

}  // namespace labels
