#include "media/walk_back.h"

#include <algorithm>

namespace media {
namespace {

constexpr std::int64_t k_lead = 64;          // frames made ready, at most
constexpr std::int64_t k_share_of_room = 4;  // of what the budget holds: one part ready, three kept for later
constexpr std::int64_t k_reorder = 16;       // frames that may be stored out of order

// How many pictures of this size the budget holds.
std::int64_t room(std::int64_t frame, const PictureIndex& index, FrameCache& cache) {
    const auto ordinal = index.ordinal_of(frame);
    const std::size_t bytes = ordinal ? cache.find(*ordinal).size_bytes : 0;
    return bytes == 0 ? 0 : static_cast<std::int64_t>(cache.budget_bytes() / bytes);
}

// From the frame somebody stands on back by `count` frames.
void keep_before(std::int64_t frame, std::int64_t count, const PictureIndex& index, FrameCache& cache) {
    const std::int64_t first = std::max<std::int64_t>(frame - count, 0);
    Ordinal low = k_no_ordinal, high = 0;
    for (std::int64_t k = 0; k <= std::min(k_reorder, frame - first); ++k) {
        low = std::min(low, index.ordinal_of(first + k).value_or(k_no_ordinal));
        high = std::max(high, index.ordinal_of(frame - k).value_or(0));
    }
    if (low <= high) cache.prefer(low, high + 1);
}

}  // namespace

void decode_backwards(std::int64_t frame, FrameFetcher& fetcher, const PictureIndex& index, FrameCache& cache,
                      std::stop_token stop, std::stop_token give_up) {
    const std::int64_t fits = room(frame, index, cache);
    const std::int64_t lead = std::min(k_lead, fits / k_share_of_room);
    keep_before(frame, fits - fits / k_share_of_room, index, cache);
    fetcher.give_up_on(give_up);
    for (std::int64_t at = frame - 1; at >= std::max<std::int64_t>(frame - lead, 0); --at) {
        const auto ordinal = index.ordinal_of(at);
        if (stop.stop_requested() || give_up.stop_requested() || !ordinal) break;
        // A damaged picture does not end the walk.
        if (!cache.contains(*ordinal)) (void)fetcher.show(at, stop);
    }
    fetcher.give_up_on({});
}

}  // namespace media
