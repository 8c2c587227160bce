#pragma once
// Where an expression over a raster's bands holds, as a mask.

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "masks/plane.h"

namespace assist {

// Evaluates an expression (media::BandMath) on level 0 of a raster, tile by tile. One thread.
class ExpressionTiles {
public:
    // Errors: as media::RasterFile::open and media::BandMath::parse; "no such band" among them.
    [[nodiscard]] static base::Result<ExpressionTiles> open(const std::filesystem::path& raster,
                                                            const std::string& expression);
    ExpressionTiles(ExpressionTiles&&) noexcept;
    ExpressionTiles& operator=(ExpressionTiles&&) noexcept;
    ~ExpressionTiles();

    [[nodiscard]] std::int64_t width_px() const;
    [[nodiscard]] std::int64_t height_px() const;
    // 1 where the expression is a number other than 0; what is no data, broken, or no number is 0. Tiles are
    // masks' (256 × 256). Errors: cancelled; io, where a tile cannot be read at all.
    [[nodiscard]] base::Result<masks::Slot> truth(masks::TileIndex tile, const std::stop_token& stop);
    // The values themselves, NaN where there is none, row by row over `area`, which lies inside.
    [[nodiscard]] base::Result<std::vector<float>> values(const masks::PixelRect& area,
                                                          const std::stop_token& stop);

private:
    struct Impl;
    explicit ExpressionTiles(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

// 1 in all of `area` where the expression holds; of the raster's size. Progress 0…1. Errors: as above.
[[nodiscard]] base::Result<masks::Plane> threshold(const std::filesystem::path& raster,
                                                   const std::string& expression,
                                                   const masks::PixelRect& area, const std::stop_token& stop,
                                                   const std::function<void(double)>& progress = {});
// The same only for the tiles that `swath` touches.
[[nodiscard]] base::Result<masks::Plane> threshold(const std::filesystem::path& raster,
                                                   const std::string& expression, const masks::Plane& swath,
                                                   const std::stop_token& stop);

}  // namespace assist
