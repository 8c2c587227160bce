#pragma once
// The picture index of a film kept on disk (a side file of kind "index"), so that the film is not read again
// at its next opening. Belongs to one state of the file (size and time of writing) and one FFmpeg.

#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "media/picture_index.h"

namespace media {

// Which state of which file an index is of.
struct IndexStamp {
    std::int64_t file_bytes = 0, written_ns = 0;
    std::int32_t stream_index = 0;
    std::uint32_t avformat_version = 0, avcodec_version = 0;
    bool operator==(const IndexStamp&) const = default;
};

[[nodiscard]] std::string write_index(const IndexContent& content, const IndexStamp& stamp);
// Any bytes are safe. Nothing when they are damaged or of another stamp.
[[nodiscard]] std::optional<IndexContent> read_index(std::span<const std::byte> bytes,
                                                     const IndexStamp& stamp);

// The state the file is in now; nothing when it cannot be asked. To be taken before the film is read, so that
// an index made while the film grew belongs to no later state.
[[nodiscard]] std::optional<IndexStamp> index_stamp(const std::filesystem::path& film, int stream_index);
// Blocks. Nothing when there is none that fits.
[[nodiscard]] std::optional<IndexContent> load_index(const std::filesystem::path& film,
                                                     const IndexStamp& stamp);
// Keeps an index where reading it from disk is quicker than making it again, or where it was verified; one
// whose film could not be read to its end is never kept. Blocks.
void keep_index(const std::filesystem::path& film, const IndexStamp& stamp, const PictureIndex& index);

}  // namespace media
