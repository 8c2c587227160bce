#pragma once
// How much ground each value of a mask covers.

#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "base/georeference.h"
#include "base/result.h"
#include "masks/plane.h"

namespace formats {

// What the pixels of a medium cover, measured once and remembered. Any thread; one at a time gets through.
class Ground {
public:
    // Errors: as geo::Placement::create.
    [[nodiscard]] static base::Result<std::shared_ptr<Ground>> create(const base::Georeference& reference,
                                                                      std::int64_t width_px,
                                                                      std::int64_t height_px);
    ~Ground();
    // Whether rows are parallels (a geographic CRS, north up or down): all pixels of a row then are equal.
    [[nodiscard]] bool by_rows() const;
    // Of one pixel of each of the 256 rows of a row of tiles, in square metres on the ellipsoid; NaN: it has
    // no place.
    [[nodiscard]] std::shared_ptr<const std::vector<double>> pixels_of_rows(std::int32_t tile_y);
    // Of a rectangle; NaN likewise.
    [[nodiscard]] double area_m2(const masks::PixelRect& pixels);

private:
    struct Impl;
    explicit Ground(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

// Square metres of each value. A value, like masks::ValueCounts: follows a mask by what changed alone. Exact
// by pixel rows where rows are parallels; else all pixels of a tile with samples weigh the same.
class MaskAreas {
public:
    explicit MaskAreas(std::shared_ptr<Ground> ground = nullptr) : m_ground{std::move(ground)} {}
    [[nodiscard]] const std::shared_ptr<Ground>& ground() const { return m_ground; }
    // O(tiles, rows with labels, and samples in tiles of more than one value). Stopped, it leaves off and is
    // to be thrown away.
    void follow(const masks::Plane& mask, const std::stop_token& stop = {});
    // Of a value other than 0; null where a pixel of it has no place, or there is no ground.
    [[nodiscard]] std::optional<double> of(masks::Value value) const;
    // What nobody has labelled is what is left of the whole medium. O(rows) the first time.
    [[nodiscard]] std::optional<double> unlabelled() const;

private:
    struct Sum {
        double m2 = 0;
        std::int64_t without_place = 0;  // pieces
    };
    void add(const masks::TileRect& tiles, const masks::Slot& slot, int sign);
    void add(masks::Value value, double m2, int sign);
    void add_rows(const masks::PixelRect& pixels, const masks::Block& block, int sign);
    std::shared_ptr<Ground> m_ground;
    masks::Plane m_seen;
    std::vector<Sum> m_sums;  // by value
};

}  // namespace formats
