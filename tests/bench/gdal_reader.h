#pragma once
// GDAL alone, without any of Limn's raster code: the limit that Limn is measured against.

#include <array>
#include <filesystem>
#include <vector>

#include "media/raster_tile.h"

namespace bench {

// Opens the file and reads a window of its first three bands (as many as it has) into a picture of at most
// width × height.
[[nodiscard]] double gdal_secs_for_view(const std::filesystem::path& file, std::array<int, 4> window,
                                        int width, int height);
enum class Kept {
    none,
    all
};  // thrown away as soon as they are read, or copied to be used, as a viewer must
// Reads those tiles of three bands, shared out among threads with a dataset each that is open already.
[[nodiscard]] double gdal_secs_for_tiles(const std::filesystem::path& file,
                                         const std::vector<media::TileAddress>& tiles, int tile_px,
                                         int threads, Kept kept);

}  // namespace bench
