#pragma once
// The sample table of an MP4 or QuickTime track, read from the moov box (ISO/IEC 14496-12, 8.6 and 8.7).
// FFmpeg's public index tells where samples lie and when they are decoded, but not when they are presented;
// this supplies the offsets.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "base/result.h"
#include "media/demuxer.h"
#include "media/picture_index.h"

namespace media {

struct Mp4Sample {
    std::int64_t pos = 0;
    std::uint32_t size_bytes = 0;
    std::int32_t composition_offset = 0;  // presentation minus decoding time, before any shift
};

struct Mp4Table {
    std::vector<Mp4Sample> samples;       // decode order
    std::int32_t presentation_shift = 0;  // what FFmpeg adds so that no offset is negative
};

// `moov` is the box's payload; any bytes are safe. Errors: malformed (also where tables do not fit one
// another), missing (no such track), refused (fragmented: the table is not the whole film).
[[nodiscard]] base::Result<Mp4Table> parse_mp4_table(std::span<const std::byte> moov, std::uint32_t track_id);

// The picture list of the demuxer's stream without reading media data; an error when it cannot be shown to
// agree with what the demuxer has found itself and with its first packets. Errors: io with a sentence for the
// user when the file ends before the pictures it lists.
[[nodiscard]] base::Result<std::vector<Picture>> pictures_from_mp4(Demuxer& demuxer);

}  // namespace media
