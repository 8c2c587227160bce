#pragma once
// Files of values as mask layers: onto which medium, laid where, and which value is which class.

#include <functional>
#include <optional>
#include <string>

#include "formats/gdal_dataset.h"
#include "formats/importer.h"
#include "formats/mask_legend.h"

namespace formats {

// A raster of whole numbers, wherever it comes from.
struct ValueRaster {
    std::int64_t width_px = 0, height_px = 0;
    std::int64_t largest = 65535;        // no value can be above it
    base::Georeference georeference;     // empty: pixels alone
    Legend legend;                       // what the file says of its values
    std::optional<std::int64_t> nodata;  // the value of what nobody has labelled
    // Samples of an area within it, row by row. Errors: as the format's.
    std::function<base::Result<void>(const masks::PixelRect&, std::span<std::int32_t>)> read;
};

// The picture or raster that a mask is of: the chosen one, else that whose name the file's begins with or
// has, else, for a file that is read alone, the only one there is. Errors: refused (none, or two of one
// name).
[[nodiscard]] base::Result<labels::AssetId> medium_of_mask(const ReadContext& context,
                                                           const std::filesystem::path& file);
// What is left of the file's name without the medium's and its extension; "Mask" when nothing is.
[[nodiscard]] std::string layer_name_of(const std::filesystem::path& file, const labels::Asset& asset);

// A new layer on the medium. A raster without a place must have the medium's size. One with a place is laid
// where it belongs: by whole pixels where the grids agree, else each pixel of the medium takes the value that
// lies under its centre. Errors: refused (it does not fit, or does not touch the medium), malformed (a value
// that no mask can hold), cancelled, what `read` returns.
[[nodiscard]] base::Result<void> put_mask_layer(Importer& import, labels::AssetId asset,
                                                const ValueRaster& raster, const std::string& layer_name);

// The only band of an open file, its legend, nodata and place. The dataset must outlive it. Errors:
// unsupported (no whole numbers), malformed.
[[nodiscard]] base::Result<ValueRaster> value_raster_of(Importer& import, GDALDataset& dataset);

}  // namespace formats
