#pragma once
// A raster by GDAL: what it is, and tiles of its levels. One thread at a time; every worker opens its own.

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>

#include "base/result.h"
#include "media/raster_info.h"
#include "media/raster_tile.h"

namespace media {

// True when the file is one for RasterFile: GDAL knows it, and it is no small 8-bit picture without a place
// on the ground, which VideoSource shows as well. Reads the first bytes.
[[nodiscard]] bool is_raster(const std::filesystem::path& path);
// A name that only GDAL understands ("/vsicurl/…", "NETCDF:…"): no file of that name needs to exist.
[[nodiscard]] bool is_gdal_name(const std::filesystem::path& path);

// The samples of every band at one pixel of level 0, exactly.
struct PixelValues {
    int x = 0, y = 0;
    std::vector<double> values;     // of band 1, 2 …; magnitudes where complex
    std::vector<std::string> text;  // the same as a person reads them ("3+4i" where complex, "no data")
    std::string error;              // one sentence where they cannot be read; then the lists are empty
};

class RasterFile {
public:
    // `pyramid`: the side file with further levels, where it has been made. Errors: missing, malformed,
    // unsupported.
    [[nodiscard]] static base::Result<RasterFile> open(const std::filesystem::path& path,
                                                       const std::filesystem::path& pyramid = {});
    RasterFile(RasterFile&&) noexcept;
    RasterFile& operator=(RasterFile&&) noexcept;
    ~RasterFile();

    [[nodiscard]] const RasterInfo& info() const;
    // The planes of `bands` (0: the mask) in their order, of a tile that the level has. What cannot be read
    // is in RasterPlane::broken. Errors: cancelled.
    [[nodiscard]] base::Result<std::vector<PlanePtr>> read_tile(TileAddress address,
                                                                std::span<const int> bands,
                                                                const std::stop_token& stop) const;
    [[nodiscard]] PixelValues read_values(int x, int y) const;  // a pixel inside the raster

private:
    struct Impl;
    explicit RasterFile(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

// Columns and rows of tiles at a level.
[[nodiscard]] TileRect tiles_of(const RasterInfo& info, int level);

}  // namespace media
