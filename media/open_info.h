#pragma once
// What the headers and the index say about a file, in one VideoInfo.

#include "media/demuxer.h"
#include "media/frame_fetcher.h"
#include "media/picture_index.h"
#include "media/video_info.h"

namespace media {

[[nodiscard]] VideoInfo info_from_headers(const Demuxer& demuxer);
// `counters`: what fetching has met with so far.
void add_index_facts(VideoInfo& info, const PictureIndex& index, const FetchCounters& counters);

}  // namespace media
