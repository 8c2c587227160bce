#pragma once
// The whole of a project's labels as one value. Cheap to copy: tracks are shared and never changed in place
// once shared, so a copy is the immutable snapshot that jobs and exporters read.

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "labels/asset.h"
#include "labels/inspection_grid.h"
#include "labels/mask_layer.h"
#include "labels/ontology.h"
#include "labels/track.h"

namespace labels {

using TrackPtr =
    std::shared_ptr<const Track>;  // made by make_shared<Track>: Document changes it in place while unshared
using GridPtr = std::shared_ptr<const InspectionGrid>;  // likewise
using MaskLayerPtr = std::shared_ptr<const MaskLayer>;  // likewise

struct State {
    Ontology ontology;
    std::vector<Asset> assets;  // by position
    std::unordered_map<TrackId, TrackPtr> tracks;
    // Tracks of an asset in creation order (UUIDv7 order). Kept by Document; rebuilt by load.
    std::unordered_map<AssetId, std::vector<TrackId>> tracks_of_asset;
    std::unordered_map<AssetId, std::size_t>
        place_of_asset;  // its index in `assets`; kept and rebuilt likewise
    std::unordered_map<AssetId, GridPtr> grids;
    std::unordered_map<MaskLayerId, MaskLayerPtr> mask_layers;
    // Those of an asset, the bottom one first; kept and rebuilt likewise.
    std::unordered_map<AssetId, std::vector<MaskLayerId>> mask_layers_of_asset;

    [[nodiscard]] const Asset* find(AssetId id) const;
    [[nodiscard]] const Track* find(TrackId id) const;
    [[nodiscard]] const std::vector<TrackId>& tracks_of(AssetId id) const;  // empty when there are none
    [[nodiscard]] const InspectionGrid* grid_of(AssetId id) const;          // null when it has none
    [[nodiscard]] const MaskLayer* find(MaskLayerId id) const;
    // Of an asset, the bottom one first.
    [[nodiscard]] std::vector<const MaskLayer*> mask_layers_of(AssetId id) const;
    // By number in that list from 1, by name, or by id; null when none or more than one fits.
    [[nodiscard]] const MaskLayer* find_mask_layer(AssetId asset, std::string_view key) const;
    // By number in the list from 1, by name, or by id; null when none or more than one fits.
    [[nodiscard]] const Asset* find_asset(std::string_view key) const;
};

using Snapshot = std::shared_ptr<const State>;

// SHA-256 (hex) over a canonical form of the state: equal states give equal hashes, whatever the order of
// edits and however tiles of masks are packed.
[[nodiscard]] std::string state_hash(const State& state);

}  // namespace labels
