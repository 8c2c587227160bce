#pragma once
// A part of the labels as a state of its own, for exports.

#include <optional>
#include <vector>

#include "app/commands/support.h"
#include "labels/state.h"

namespace app {

struct LabelFilter {
    std::vector<labels::ClassId> classes;  // empty: all
    std::optional<FrameRange> frames;      // half-open; numbers stay those of the medium
};

// Masks keep their pixels of these classes. Tracks that reach over an end of the range get keyframes there
// with the shape they have, and are outside from its end on (unless that is k_to_the_end), so that every
// frame within shows what the whole track shows.
[[nodiscard]] labels::Snapshot filtered(const labels::State& state, const LabelFilter& filter);
[[nodiscard]] labels::Track clipped(const labels::Track& track, FrameRange range);

}  // namespace app
