#pragma once
// A raster laid onto another one's pixels, whatever coordinate system it is in.

#include <filesystem>

#include "base/result.h"
#include "media/raster_info.h"

namespace media {

// What to open so that pixel (x, y) of level 0 is the same place as that of `base`: the file itself where its
// pixels already lie there (or where neither has a place and the sizes agree), else a mosaic that GDAL warps
// as it is read, in the cache folder. Blocks for opening the file. Errors: RasterFile's; refused (one of the
// two has no place, or they cannot be related); io.
[[nodiscard]] base::Result<std::filesystem::path> warp_onto(const std::filesystem::path& file,
                                                            const RasterInfo& base);

// The file to open for a map on a network: "https://…/{z}/{x}/{y}.png". Nothing is fetched. Errors:
// malformed, io.
[[nodiscard]] base::Result<std::filesystem::path> tile_map(const std::string& url_template);

}  // namespace media
