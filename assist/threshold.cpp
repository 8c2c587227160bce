#include "assist/threshold.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <list>
#include <map>

#include "media/band_math.h"
#include "media/raster_file.h"

namespace assist {

using masks::PixelRect;
using masks::Slot;
using masks::TileIndex;

namespace {
constexpr std::size_t k_kept_tiles = 64;  // of the raster; a row of masks' tiles reads each twice
}

struct ExpressionTiles::Impl {
    media::RasterFile file;
    media::BandMath math;
    std::vector<int> bands;  // of math; the mask's last where there is one
    struct Kept {
        std::vector<media::PlanePtr> planes;
        std::list<media::TileAddress>::iterator use;
    };
    std::map<media::TileAddress, Kept> kept;
    std::list<media::TileAddress> by_use;  // front: used last

    base::Result<const std::vector<media::PlanePtr>*> planes_of(media::TileAddress address,
                                                                const std::stop_token& stop) {
        if (const auto it = kept.find(address); it != kept.end()) {
            by_use.splice(by_use.begin(), by_use, it->second.use);
            return &it->second.planes;
        }
        auto planes = file.read_tile(address, bands, stop);
        if (!planes) return std::unexpected(planes.error());
        if (kept.size() >= k_kept_tiles) {
            kept.erase(by_use.back());
            by_use.pop_back();
        }
        by_use.push_front(address);
        return &kept.emplace(address, Kept{std::move(*planes), by_use.begin()}).first->second.planes;
    }

    // Part of a row of one raster tile, NaN where there is no data.
    void samples(const media::RasterPlane& plane, int band, int x, int y, int count, float* out) const {
        plane.row_values(y, x, count, out);
        const float nan = std::numeric_limits<float>::quiet_NaN();
        for (const media::TileRect& broken : plane.broken) {
            if (y < broken.y0 || y >= broken.y1) continue;
            for (int i = std::max(broken.x0 - x, 0); i < std::min(broken.x1 - x, count); ++i) out[i] = nan;
        }
        if (band == 0) return;
        const auto& nodata = file.info().bands[static_cast<std::size_t>(band) - 1].nodata;
        if (!nodata) return;
        const auto none = static_cast<float>(*nodata);
        for (int i = 0; i < count; ++i) {
            if (out[i] == none) out[i] = nan;
        }
    }
};

ExpressionTiles::ExpressionTiles(std::unique_ptr<Impl> impl) : m_impl{std::move(impl)} {}
ExpressionTiles::ExpressionTiles(ExpressionTiles&&) noexcept = default;
ExpressionTiles& ExpressionTiles::operator=(ExpressionTiles&&) noexcept = default;
ExpressionTiles::~ExpressionTiles() = default;
std::int64_t ExpressionTiles::width_px() const { return m_impl->file.info().width_px; }
std::int64_t ExpressionTiles::height_px() const { return m_impl->file.info().height_px; }

base::Result<ExpressionTiles> ExpressionTiles::open(const std::filesystem::path& raster,
                                                    const std::string& expression) {
    auto file = media::RasterFile::open(raster);
    if (!file) return std::unexpected(file.error());
    auto math = media::BandMath::parse(expression, static_cast<int>(file->info().bands.size()));
    if (!math) return std::unexpected(math.error());
    std::vector<int> bands(math->bands().begin(), math->bands().end());
    if (file->info().mask_band == 0) bands.push_back(0);
    return ExpressionTiles(
        std::make_unique<Impl>(Impl{std::move(*file), std::move(*math), std::move(bands), {}, {}}));
}

base::Result<std::vector<float>> ExpressionTiles::values(const PixelRect& area, const std::stop_token& stop) {
    Impl& impl = *m_impl;
    const int tile_px = impl.file.info().tile_px;
    const std::size_t width = static_cast<std::size_t>(area.width());
    std::vector<float> out(width * static_cast<std::size_t>(area.height()));
    const std::size_t math_bands = impl.math.bands().size();
    std::vector<std::vector<float>> rows(impl.bands.size());
    for (std::int64_t ty = area.y0 / tile_px; ty * tile_px < area.y1; ++ty) {
        for (std::int64_t tx = area.x0 / tile_px; tx * tile_px < area.x1; ++tx) {
            const media::TileAddress address{0, static_cast<int>(tx), static_cast<int>(ty)};
            auto planes = impl.planes_of(address, stop);
            if (!planes) return std::unexpected(planes.error());
            const std::int64_t x0 = std::max(area.x0, tx * tile_px),
                               x1 = std::min(area.x1, (tx + 1) * tile_px);
            const int count = static_cast<int>(x1 - x0);
            for (auto& row : rows) row.resize(static_cast<std::size_t>(count));
            for (std::int64_t y = std::max(area.y0, ty * tile_px); y < std::min(area.y1, (ty + 1) * tile_px);
                 ++y) {
                std::vector<const float*> pointers;
                for (std::size_t i = 0; i < rows.size(); ++i) {
                    impl.samples(*(**planes)[i], impl.bands[i], static_cast<int>(x0 - tx * tile_px),
                                 static_cast<int>(y - ty * tile_px), count, rows[i].data());
                    if (i < math_bands) pointers.push_back(rows[i].data());
                }
                float* const to = out.data() + static_cast<std::size_t>(y - area.y0) * width +
                                  static_cast<std::size_t>(x0 - area.x0);
                impl.math.evaluate(pointers, static_cast<std::size_t>(count), to);
                if (rows.size() == math_bands) continue;
                for (int i = 0; i < count; ++i) {  // what the raster's mask leaves out
                    if (!(rows.back()[static_cast<std::size_t>(i)] > 0))
                        to[i] = std::numeric_limits<float>::quiet_NaN();
                }
            }
        }
    }
    return out;
}

base::Result<Slot> ExpressionTiles::truth(TileIndex tile, const std::stop_token& stop) {
    const masks::Plane whole(width_px(), height_px(), masks::Depth::u8);
    const PixelRect pixels = whole.pixels_of(tile);
    auto computed = values(pixels, stop);
    if (!computed) return std::unexpected(computed.error());
    const auto holds = [](float value) { return value != 0 && std::isfinite(value); };
    const auto held = std::ranges::count_if(*computed, holds);
    if (held == 0) return Slot{};
    if (held == std::ssize(*computed)) return Slot{nullptr, 1};
    std::vector<std::byte> samples(masks::k_tile_samples, std::byte{0});
    for (std::size_t i = 0; i < computed->size(); ++i) {
        const std::size_t width = static_cast<std::size_t>(pixels.width());
        if (holds((*computed)[i])) samples[i / width * masks::k_tile_px + i % width] = std::byte{1};
    }
    return Slot{masks::Block::of(masks::Depth::u8, samples), 0};
}

namespace {

base::Result<void> put_truth(ExpressionTiles& tiles, TileIndex tile, masks::Plane& plane,
                             const std::stop_token& stop) {
    auto slot = tiles.truth(tile, stop);
    if (!slot) return std::unexpected(slot.error());
    plane.put({tile.x, tile.y}, *slot);
    return {};
}

}  // namespace

base::Result<masks::Plane> threshold(const std::filesystem::path& raster, const std::string& expression,
                                     const PixelRect& area, const std::stop_token& stop,
                                     const std::function<void(double)>& progress) {
    auto tiles = ExpressionTiles::open(raster, expression);
    if (!tiles) return std::unexpected(tiles.error());
    masks::Plane plane(tiles->width_px(), tiles->height_px(), masks::Depth::u8);
    const PixelRect inside = masks::intersection(area, plane.bounds());
    if (inside.empty()) return plane;
    const auto first_row = inside.y0 / masks::k_tile_px, last_row = (inside.y1 - 1) / masks::k_tile_px;
    for (auto y = first_row; y <= last_row; ++y) {
        for (auto x = inside.x0 / masks::k_tile_px; x <= (inside.x1 - 1) / masks::k_tile_px; ++x) {
            const TileIndex tile{static_cast<std::int32_t>(x), static_cast<std::int32_t>(y)};
            if (auto done = put_truth(*tiles, tile, plane, stop); !done) return std::unexpected(done.error());
        }
        if (progress)
            progress(static_cast<double>(y - first_row + 1) / static_cast<double>(last_row - first_row + 1));
    }
    return plane;
}

base::Result<masks::Plane> threshold(const std::filesystem::path& raster, const std::string& expression,
                                     const masks::Plane& swath, const std::stop_token& stop) {
    auto tiles = ExpressionTiles::open(raster, expression);
    if (!tiles) return std::unexpected(tiles.error());
    masks::Plane plane(tiles->width_px(), tiles->height_px(), masks::Depth::u8);
    base::Result<void> failed;
    swath.each([&](const masks::TileRect& at, const Slot&) {
        for (std::int32_t i = 0; i < at.columns * at.rows && failed; ++i)
            failed = put_truth(*tiles, {at.x + i % at.columns, at.y + i / at.columns}, plane, stop);
    });
    if (!failed) return std::unexpected(failed.error());
    return plane;
}

}  // namespace assist
