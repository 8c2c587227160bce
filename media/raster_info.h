#pragma once
// What a raster file is, as GDAL reads it.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/georeference.h"

namespace media {

struct RasterBand {
    int number = 1;    // from 1
    std::string type;  // GDAL's name: "UInt16", "CFloat32" …; "Int8" for signed bytes
    std::string description;
    std::string color;  // GDAL's interpretation: "Red", "Gray", "Palette", "Alpha", "Undefined" …
    std::optional<double> nodata;
    double scale = 1,
           offset = 0;  // of physical values: sample * scale + offset; never applied to what is shown
    std::string unit;
    std::optional<double> wavelength_um;
    int block_width = 0, block_height = 0;  // in pixels
    std::vector<std::uint32_t> palette;     // 0xRRGGBBAA by sample value; empty: none
    std::vector<std::string> categories;    // names by sample value
};

// One resolution. Level 0 is the raster itself; each further one is smaller, down to one tile.
struct RasterLevel {
    int width = 0, height = 0;  // in its own pixels, which cover the whole raster
    enum class Origin : std::uint8_t {
        stored,   // in the file, or its overview
        pyramid,  // in the side file that Limn made
        reduced,  // made from the stored level above whenever it is read
    } origin = Origin::stored;
    bool operator==(const RasterLevel&) const = default;
};

struct RasterInfo {
    std::filesystem::path path;  // or what GDAL calls a dataset: "/vsizip/…", "NETCDF:…"
    std::string driver, driver_title;
    int width_px = 0, height_px = 0;
    std::vector<RasterBand> bands;
    int mask_band = -1;  // 0: there is a mask or an alpha (plane 0 of a tile); -1: none
    std::string mask;    // "alpha band 4", "mask of the file"; empty: none
    base::Georeference reference;
    std::vector<RasterLevel> levels;                               // at least one
    double block_bytes = 0;                                        // that decoding the largest block takes
    int tile_px = 512;                                             // edge of a tile at every level
    std::string compression, interleave;                           // as the file says; may be empty
    std::vector<std::pair<std::string, std::string>> metadata;     // of the default domain
    std::vector<std::pair<std::string, std::string>> subdatasets;  // name to open it by, description
    std::vector<std::filesystem::path> files;                      // all that belong to it
    std::vector<std::string> faults;                               // what is odd, one sentence each
    bool wants_pyramid = false;  // reading it from afar is slow and no side file helps yet
};

}  // namespace media
