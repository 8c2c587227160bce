#pragma once
// Fills a PictureIndex: from the sample table, by reading every packet, or, where no presentation times are
// stored, by decoding.

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>

#include "base/result.h"
#include "media/demuxer.h"
#include "media/index_file.h"
#include "media/picture_index.h"

namespace media {

struct IndexTask {
    std::filesystem::path path;
    int stream_index = 0;
    int decoder_threads = 0;
    std::function<void()> grown;  // after each batch; may do nothing but wake
};

// Where an index comes from: packets means that it is still empty, and index_from_packets() has to fill it.
enum class IndexFrom : std::uint8_t { packets, sample_table, side_file };
// What is there at once: the side file of that state of the film, else its sample table. Errors: cancelled.
[[nodiscard]] base::Result<IndexFrom> index_at_once(Demuxer& demuxer, const IndexTask& task,
                                                    const std::optional<IndexStamp>& stamp,
                                                    PictureIndex& index);
// MP4 and QuickTime: the whole index at once. False when it has to be read from the media (the demuxer is
// then unchanged in what it will give). Errors: cancelled.
[[nodiscard]] base::Result<bool> index_from_sample_table(Demuxer& demuxer, const IndexTask& task,
                                                         PictureIndex& index);
// Reads the whole file with a demuxer of its own. Errors: what Demuxer::open gives, cancelled.
[[nodiscard]] base::Result<void> index_from_packets(const IndexTask& task, PictureIndex& index,
                                                    std::stop_token stop);
// Holds an index from a sample table against the packets themselves, and replaces it where they differ. Very
// large files are compared as far as `k_confirmed_bytes`; every frame shown is checked anyway.
[[nodiscard]] base::Result<void> confirm_index(const IndexTask& task, PictureIndex& index,
                                               std::stop_token stop);
// The file has grown since it was read (a recording in progress): reads on from the last keyframe, or all
// again where that is not found. Frames keep their numbers. Errors: as index_from_packets().
[[nodiscard]] base::Result<void> grow_index(const IndexTask& task, PictureIndex& index, std::stop_token stop);

inline constexpr std::int64_t k_confirmed_bytes = 4ll << 30;

}  // namespace media
