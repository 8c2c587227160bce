#include "assist/pixel_window.h"

#include <algorithm>
#include <cmath>

#include "masks/paint.h"
#include "media/raster_file.h"
#include "media/video_source.h"

namespace assist {

namespace {

using base::ErrorKind;
using masks::PixelRect;

class BitmapRegion : public masks::Region {
public:
    BitmapRegion(const PixelWindow& window, Bitmap bitmap) : m_window{window}, m_bitmap{std::move(bitmap)} {}
    [[nodiscard]] PixelRect bounds() const override { return m_window.area; }
    void row(std::int64_t y, std::vector<masks::Run>& runs) override {
        const double in_window = (static_cast<double>(y - m_window.area.y0) + 0.5) / m_window.step_y;
        const int sample_y = std::min(static_cast<int>(in_window), m_bitmap.height - 1);
        for (int x = 0; x < m_bitmap.width;) {
            if (!m_bitmap.has({x, sample_y})) {
                ++x;
                continue;
            }
            int end = x + 1;
            while (end < m_bitmap.width && m_bitmap.has({end, sample_y})) ++end;
            const masks::Run run{edge(x), end == m_bitmap.width ? m_window.area.x1 : edge(end)};
            if (run.x1 > run.x0) runs.push_back(run);
            x = end;
        }
    }

private:
    // The first pixel whose centre lies right of the sample's left side.
    [[nodiscard]] std::int64_t edge(int sample) const {
        return m_window.area.x0 + static_cast<std::int64_t>(std::ceil(sample * m_window.step_x - 0.5));
    }
    const PixelWindow& m_window;
    Bitmap m_bitmap;
};

struct LevelArea {
    int level = 0;
    double step_x = 1, step_y = 1;
    int x0 = 0, y0 = 0, x1 = 0, y1 = 0;  // pixels of the level
};

LevelArea level_area(const media::RasterInfo& info, const PixelRect& area, std::size_t most_samples) {
    LevelArea found;
    for (int i = 0; i < static_cast<int>(info.levels.size()); ++i) {
        const media::RasterLevel& level = info.levels[static_cast<std::size_t>(i)];
        found.level = i;
        found.step_x = static_cast<double>(info.width_px) / level.width;
        found.step_y = static_cast<double>(info.height_px) / level.height;
        found.x0 = static_cast<int>(std::floor(static_cast<double>(area.x0) / found.step_x));
        found.y0 = static_cast<int>(std::floor(static_cast<double>(area.y0) / found.step_y));
        found.x1 =
            std::min(level.width, static_cast<int>(std::ceil(static_cast<double>(area.x1) / found.step_x)));
        found.y1 =
            std::min(level.height, static_cast<int>(std::ceil(static_cast<double>(area.y1) / found.step_y)));
        const auto count =
            static_cast<std::size_t>(found.x1 - found.x0) * static_cast<std::size_t>(found.y1 - found.y0);
        if (count <= most_samples) break;
    }
    return found;
}

// One band of one tile into the window.
void take_plane(const media::RasterPlane& plane, const LevelArea& at, int tile_px,
                std::optional<float> nodata, std::span<float> band, std::span<std::uint8_t> valid,
                bool is_mask) {
    const int left = plane.address.x * tile_px, top = plane.address.y * tile_px;
    const int x0 = std::max(at.x0, left), x1 = std::min(at.x1, left + plane.width);
    const int width = at.x1 - at.x0;
    std::vector<float> row(static_cast<std::size_t>(std::max(x1 - x0, 0)));
    for (int y = std::max(at.y0, top); y < std::min(at.y1, top + plane.height); ++y) {
        plane.row_values(y - top, x0 - left, x1 - x0, row.data());
        const auto place = static_cast<std::size_t>(y - at.y0) * static_cast<std::size_t>(width) +
                           static_cast<std::size_t>(x0 - at.x0);
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (!is_mask) band[place + i] = row[i];
            const bool is_none = is_mask ? !(row[i] > 0) : nodata && row[i] == *nodata;
            if (is_none) valid[place + i] = 0;
        }
        for (const media::TileRect& broken : plane.broken) {
            if (y - top < broken.y0 || y - top >= broken.y1) continue;
            for (int x = std::max(x0, left + broken.x0); x < std::min(x1, left + broken.x1); ++x)
                valid[place + static_cast<std::size_t>(x - x0)] = 0;
        }
    }
}

}  // namespace

std::optional<Pixel> PixelWindow::sample_at(base::Point in_media) const {
    const double x = std::floor((in_media.x - static_cast<double>(area.x0)) / step_x);
    const double y = std::floor((in_media.y - static_cast<double>(area.y0)) / step_y);
    if (!(x >= 0 && y >= 0 && x < samples.width && y < samples.height)) return std::nullopt;
    return Pixel{static_cast<int>(x), static_cast<int>(y)};
}

base::Result<PixelWindow> read_window(const std::filesystem::path& raster, const PixelRect& area,
                                      std::size_t most_samples, const std::stop_token& stop) {
    auto file = media::RasterFile::open(raster);
    if (!file) return std::unexpected(file.error());
    const media::RasterInfo& info = file->info();
    const PixelRect inside = masks::intersection(area, {0, 0, info.width_px, info.height_px});
    if (inside.empty())
        return base::fail(ErrorKind::refused, "The area lies outside of the raster: {}", raster.string());
    const LevelArea at = level_area(info, inside, std::min(most_samples, k_max_window_pixels));
    PixelWindow window;
    window.samples.width = at.x1 - at.x0;
    window.samples.height = at.y1 - at.y0;
    window.samples.bands = static_cast<int>(info.bands.size());
    window.step_x = at.step_x;
    window.step_y = at.step_y;
    window.area = {std::llround(at.x0 * at.step_x), std::llround(at.y0 * at.step_y),
                   std::min<std::int64_t>(info.width_px, std::llround(at.x1 * at.step_x)),
                   std::min<std::int64_t>(info.height_px, std::llround(at.y1 * at.step_y))};
    const std::size_t count = window.samples.pixel_count();
    if (count > k_max_window_pixels)
        return base::fail(ErrorKind::refused,
                          "This part of the raster is too large to be looked at as a whole; zoom in: {}",
                          raster.string());
    window.samples.values.resize(count * info.bands.size());
    window.samples.valid.assign(count, 1);
    std::vector<int> bands;
    for (const media::RasterBand& band : info.bands) bands.push_back(band.number);
    if (info.mask_band == 0) bands.push_back(0);
    for (int ty = at.y0 / info.tile_px; ty * info.tile_px < at.y1; ++ty) {
        for (int tx = at.x0 / info.tile_px; tx * info.tile_px < at.x1; ++tx) {
            auto planes = file->read_tile({at.level, tx, ty}, bands, stop);
            if (!planes) return std::unexpected(planes.error());
            for (std::size_t i = 0; i < planes->size(); ++i) {
                const bool is_mask = bands[i] == 0;
                std::optional<float> nodata;
                if (!is_mask && info.bands[i].nodata) nodata = static_cast<float>(*info.bands[i].nodata);
                const std::span all{window.samples.values};
                take_plane(*(*planes)[i], at, info.tile_px, nodata,
                           is_mask ? std::span<float>{} : all.subspan(i * count, count), window.samples.valid,
                           is_mask);
            }
        }
    }
    return window;
}

base::Result<PixelWindow> window_of(const media::VideoFrame& picture, const PixelRect& area,
                                    std::size_t most_samples) {
    const PixelRect inside = masks::intersection(area, {0, 0, picture.shown_width(), picture.shown_height()});
    if (inside.empty()) return base::fail(ErrorKind::refused, "The area lies outside of the picture");
    int step = 1;
    while (static_cast<std::size_t>(inside.width() / step) *
               static_cast<std::size_t>(inside.height() / step) >
           most_samples)
        ++step;
    const std::vector<std::uint8_t> rgba = media::to_rgba(picture);
    PixelWindow window;
    window.area = inside;
    window.step_x = window.step_y = step;
    window.samples.width = static_cast<int>((inside.width() + step - 1) / step);
    window.samples.height = static_cast<int>((inside.height() + step - 1) / step);
    window.samples.bands = 3;
    const std::size_t count = window.samples.pixel_count();
    window.samples.values.resize(3 * count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto width = static_cast<std::size_t>(window.samples.width);
        const std::int64_t x = inside.x0 + static_cast<std::int64_t>(i % width) * step,
                           y = inside.y0 + static_cast<std::int64_t>(i / width) * step;
        const auto from = 4 * static_cast<std::size_t>(y * picture.shown_width() + x);
        for (std::size_t band = 0; band < 3; ++band)
            window.samples.values[band * count + i] = rgba[from + band];
    }
    return window;
}

namespace {

template <class T>
void put_tile(const PixelWindow& window, std::span<const std::uint16_t> values, const PixelRect& pixels,
              T* samples) {
    for (std::int64_t y = pixels.y0; y < pixels.y1; ++y) {
        for (std::int64_t x = pixels.x0; x < pixels.x1; ++x) {
            const auto at = window.sample_at({static_cast<double>(x) + 0.5, static_cast<double>(y) + 0.5});
            if (!at) continue;
            samples[y % masks::k_tile_px * masks::k_tile_px + x % masks::k_tile_px] =
                static_cast<T>(values[window.samples.index(*at)]);
        }
    }
}

}  // namespace

void put_values(const PixelWindow& window, std::span<const std::uint16_t> value_of_sample,
                masks::Plane& plane) {
    const PixelRect area = masks::intersection(window.area, plane.bounds());
    for (std::int64_t ty = area.y0 / masks::k_tile_px; ty * masks::k_tile_px < area.y1; ++ty) {
        for (std::int64_t tx = area.x0 / masks::k_tile_px; tx * masks::k_tile_px < area.x1; ++tx) {
            const masks::TileIndex tile{static_cast<std::int32_t>(tx), static_cast<std::int32_t>(ty)};
            const PixelRect pixels = masks::intersection(plane.pixels_of(tile), area);
            std::byte* const samples = plane.write(tile).data();
            if (plane.depth() == masks::Depth::u8)
                put_tile(window, value_of_sample, pixels, reinterpret_cast<std::uint8_t*>(samples));
            else
                put_tile(window, value_of_sample, pixels, reinterpret_cast<std::uint16_t*>(samples));
            plane.tidy(tile);
        }
    }
}

masks::Plane plane_of_samples(const PixelWindow& window, std::span<const std::uint16_t> value_of_sample) {
    PixelWindow samples;
    samples.samples.width = window.samples.width;
    samples.samples.height = window.samples.height;
    samples.area = {0, 0, samples.samples.width, samples.samples.height};
    masks::Plane plane(samples.area.x1, samples.area.y1, masks::Depth::u16);
    put_values(samples, value_of_sample, plane);
    return plane;
}

masks::RegionPtr region_of(const PixelWindow& window, Bitmap bitmap) {
    return std::make_unique<BitmapRegion>(window, std::move(bitmap));
}

masks::Plane plane_of_medium(const PixelWindow& window, Bitmap bitmap, std::int64_t width_px,
                             std::int64_t height_px) {
    masks::Plane plane(width_px, height_px, masks::Depth::u8);
    masks::paint(plane, *region_of(window, std::move(bitmap)), {.value = 1});
    return plane;
}

}  // namespace assist
