#pragma once
// Opening a raster with GDAL and saying what it is. Private to media.

#include <memory>

#include <gdal.h>

#include "base/result.h"
#include "media/raster_info.h"

namespace media {

struct DatasetClose {
    void operator()(GDALDatasetH dataset) const { GDALClose(dataset); }
};
using DatasetPtr = std::unique_ptr<void, DatasetClose>;

// Read only. A container that holds nothing but other rasters gives the first of them. Errors: missing,
// malformed, unsupported.
[[nodiscard]] base::Result<DatasetPtr> open_dataset(const std::filesystem::path& path);

// All but levels and wants_pyramid.
[[nodiscard]] RasterInfo describe_raster(GDALDatasetH dataset, const std::filesystem::path& path);
// What decoding one block of it takes.
[[nodiscard]] double block_bytes(GDALDatasetH dataset, const RasterInfo& info, const RasterBand& band);
// Blocks that no machine can hold, no bands. Errors: unsupported.
[[nodiscard]] base::Result<void> check_raster(GDALDatasetH dataset, const RasterInfo& info);

// Level 0 itself is slow to read in parts: JPEG 2000, blocks of many megabytes.
[[nodiscard]] bool is_slow_to_read(const RasterInfo& info);

// Where a level's samples are read: a band of that size, or the larger one that it is reduced from.
struct LevelSource {
    bool in_pyramid = false;
    int overview = -1;               // -1: the full band
    int width = 0, height = 0;       // of the band that is read
    bool fast_when_reduced = false;  // its parts have overviews of their own
};
// Fills info.levels and info.wants_pyramid. `pyramid` may be null.
[[nodiscard]] std::vector<LevelSource> find_levels(GDALDatasetH file, GDALDatasetH pyramid, RasterInfo& info);

}  // namespace media
