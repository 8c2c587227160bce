#pragma once
// What to decode unasked while somebody steps backwards, and what to keep of it.

#include <cstdint>
#include <stop_token>

#include "media/frame_fetcher.h"

namespace media {

// Makes the frames before `frame` ready. Groups are decoded forwards and may be larger than the budget: then
// their last part is kept, and decoding starts over when the walk comes to the earlier part. A group is begun
// as late as it can be without waiting for it, since that is when most of it can be kept. Ends when
// `give_up` says so.
void decode_backwards(std::int64_t frame, FrameFetcher& fetcher, const PictureIndex& index, FrameCache& cache,
                      std::stop_token stop, std::stop_token give_up);

}  // namespace media
