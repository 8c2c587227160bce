#pragma once
// As fuzz_entry.h, for the readers of the media layer: fed by their libFuzzer programs and by the replay in
// media_tests. A new target is a function here, a line in run_media(), its name in k_media_targets and in
// CMakeLists.txt, and seeds in seeds/<name>.

#include <cstddef>
#include <span>
#include <string_view>

namespace fuzz {

inline constexpr std::string_view k_media_targets[] = {"mp4-table", "index-file", "band-math", "raster"};

// The payload of a moov box. True when any of its first tracks has a table.
bool read_mp4_table(std::span<const std::byte> bytes);

// An index side file without its digest. True when it is one.
bool read_index_file(std::span<const std::byte> bytes);

// An expression over six bands. True when it is one.
bool read_band_math(std::span<const std::byte> bytes);

// A whole raster file. True when GDAL opens it; what of it cannot be read is marked.
bool read_raster(std::span<const std::byte> bytes);

bool run_media(std::string_view target, std::span<const std::byte> bytes);

}  // namespace fuzz
