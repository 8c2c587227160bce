#pragma once
// A mask layer as a TIFF, and what any raster of it carries beside pixels.

#include <filesystem>
#include <string>

#include "formats/gdal_dataset.h"
#include "formats/layer_plan.h"

namespace formats {

struct MaskTiff {
    std::string compress = "DEFLATE";
    std::string overviews;  // "NEAREST", "MODE"; empty: none
    bool sparse = false;    // blocks without labels are left out: only GDAL reads that
    bool in_strips = false;
    bool as_bytes = false;             // whatever the layer's depth: no value is above 255
    std::vector<masks::Value> recode;  // by value, 65536 of them; empty: as they are
};

// What GDAL keeps in NAME.aux.xml: lists of names of values.
enum class SideFile { yes, no };
// Palette, names of values, nodata 0, the legend (metadata item LIMN_MASK) and where it lies.
void describe_mask(const LayerToWrite& layer, GDALDataset& dataset, SideFile side_file = SideFile::yes);
// Writes a block of 512 × 512 at a time. Errors: io, cancelled.
[[nodiscard]] base::Result<void> write_mask_tiff(const LayerToWrite& layer, const std::filesystem::path& file,
                                                 const MaskTiff& how, GdalProgress progress);

}  // namespace formats
