#pragma once
// The only functions that change a State; Document, replay and load go through them, so that its parts always
// agree.

#include <optional>
#include <vector>

#include "labels/edit.h"
#include "labels/state.h"

namespace labels {

// Each sets the value of one id, or removes it. A removed track goes with its keyframes; a keyframe of a
// track that is not there (a damaged log) is passed over.
void set_asset(State& state, AssetId id, const std::optional<Asset>& asset);
void set_track_info(State& state, TrackId id, const std::optional<TrackInfo>& info);
void set_keyframe(State& state, TrackId id, std::int64_t frame, const std::optional<Keyframe>& keyframe);
void set_grid(State& state, AssetId id, const std::optional<InspectionGrid>& grid);
// A cell that is not there (a damaged log) is passed over.
void set_mark(State& state, AssetId id, std::int64_t cell, Mark mark);

// A layer that is made is unlabelled; one that changes keeps its pixels, unless it is of another size now.
void set_mask_info(State& state, MaskLayerId id, const std::optional<MaskLayerInfo>& info);
// The pixels of a layer, to be written to; null when it is not there.
masks::Plane* writable_plane(State& state, MaskLayerId id);

// For load: everything at once, in any order.
void fill_state(State& state, std::vector<Asset> assets, std::vector<TrackPtr> tracks);

}  // namespace labels
