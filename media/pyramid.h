#pragma once
// Smaller copies of a raster that has none, so that it can be seen from afar at once: a side file in the
// cache folder.

#include <filesystem>
#include <functional>
#include <stop_token>

#include "base/result.h"

namespace media {

// The side file of a raster, where it has been made; else empty. Reads at most 192 KiB of the raster.
[[nodiscard]] std::filesystem::path find_pyramid(const std::filesystem::path& raster);

// Makes it (blocks, minutes for gigapixels), whole or not at all; the raster itself is only read. Slow codecs
// (JPEG 2000, blocks of the whole width) are copied in full besides. Progress is 0…1. Errors: those of
// opening; io; cancelled.
[[nodiscard]] base::Result<std::filesystem::path> make_pyramid(const std::filesystem::path& raster,
                                                               std::stop_token stop,
                                                               const std::function<void(double)>& progress);

}  // namespace media
