#pragma once
// The pixels of a chip, of the raster and of the mask, and both as GeoTIFFs.

#include <map>
#include <string>

#include "formats/chip_plan.h"
#include "formats/gdal_dataset.h"
#include "formats/mask_tiff.h"

namespace formats {

// Where the chip lies on the ground; without RPCs where it is turned, since these know no angle.
[[nodiscard]] base::Georeference georeference_of(const base::Georeference& raster, const Chip& chip);

// All bands of the raster in their own type, what lies beyond it as nodata (0 where there is none); nearest
// pixels where the chip is turned. Bytes of a GeoTIFF. Errors: io.
[[nodiscard]] base::Result<std::string> image_chip(GDALDataset& raster, const Chip& chip,
                                                   const base::Georeference& place);

// Values of the mask, row by row, recoded.
[[nodiscard]] std::vector<masks::Value> mask_samples(const masks::Plane& plane, const Chip& chip,
                                                     const std::vector<masks::Value>& recode);
// Bytes of a GeoTIFF with the palette of `layer`, whose asset lies where the chip does. Errors: io.
[[nodiscard]] base::Result<std::string> mask_chip(const std::vector<masks::Value>& samples, const Chip& chip,
                                                  const LayerToWrite& layer);

}  // namespace formats
