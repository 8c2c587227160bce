#pragma once
// Tracks as rows of a list.

#include <vector>

#include "app/ui/ui.h"
#include "labels/document.h"

namespace app {

// The tracks that are on the frame, without those in an outside stretch. Back to front. Good until the next
// call.
[[nodiscard]] const std::vector<labels::TrackId>& tracks_shown(const labels::Document& document,
                                                               labels::AssetId asset, std::int64_t frame);

// Frames from its first to its end (to the film's end where it stays open).
[[nodiscard]] std::int64_t length_of(const labels::Track& track, std::int64_t frame_count);

// Swatch, name and length; eye and lock when set or under the cursor. Click selects, Shift-click adds.
void draw_track_row(Ui& u, Area row, const labels::Track& track);

}  // namespace app
