#pragma once
// What the headers and the index say about a file, in one VideoInfo.

#include "media/demuxer.h"
#include "media/picture_index.h"
#include "media/video_info.h"

namespace media {

[[nodiscard]] VideoInfo info_from_headers(const Demuxer& demuxer);
void add_index_facts(VideoInfo& info, const IndexFacts& facts);

}  // namespace media
