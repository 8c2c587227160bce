#include "formats/mask_place.h"

#include <algorithm>
#include <cmath>

#include <gdal_alg.h>

#include "geo/gdal.h"

namespace formats {

namespace {

using base::ErrorKind;
using masks::PixelRect;

constexpr double k_same_px = 0.01;                           // grids that differ by less are the same
constexpr std::int64_t k_window_px = std::int64_t{1} << 24;  // read at once

struct DropTransformer {
    void operator()(void* each) const { GDALDestroyTransformer(each); }
};
using Transformer = std::unique_ptr<void, DropTransformer>;

// A dataset without pixels that lies where the reference says.
Dataset placed(const base::Georeference& reference, std::int64_t width_px, std::int64_t height_px) {
    GDALDriver* driver = GetGDALDriverManager()->GetDriverByName("VRT");
    if (driver == nullptr) return {};
    Dataset made{
        driver->Create("", static_cast<int>(width_px), static_cast<int>(height_px), 0, GDT_Byte, nullptr)};
    if (made) put_georeference(reference, *made);
    return made;
}

}  // namespace

struct MaskPlace::Impl {
    const ValueRaster& raster;
    bool by_offset = true;
    std::int64_t offset_x = 0, offset_y = 0;  // of the raster's corner on the medium
    Dataset from, to;
    Transformer exact, quick;
    bool touches = false, partial = false;

    // Whole pixels between the two grids; nothing where they differ.
    static std::optional<std::pair<std::int64_t, std::int64_t>> offset_of(const ValueRaster& raster,
                                                                          const labels::Asset& asset) {
        const base::Georeference &a = asset.georeference, &b = raster.georeference;
        const std::pair<std::int64_t, std::int64_t> none{0, 0};
        const bool same_size = raster.width_px == asset.width_px && raster.height_px == asset.height_px;
        if (a.empty() || b.empty()) return same_size ? std::optional(none) : std::nullopt;
        if (!a.geotransform || !b.geotransform) {
            const bool same =
                same_size && same_crs(a.crs, b.crs) && a.gcps == b.gcps && a.geotransform == b.geotransform;
            return same && (!a.gcps.empty() || a.rpc == b.rpc) ? std::optional(none) : std::nullopt;
        }
        if (!same_crs(a.crs, b.crs)) return std::nullopt;
        const auto &g = *a.geotransform, &h = *b.geotransform;
        const double determinant = g[1] * g[5] - g[2] * g[4];
        if (determinant == 0) return std::nullopt;
        const auto on_asset = [&](double x, double y) {
            const double dx = h[0] + x * h[1] + y * h[2] - g[0], dy = h[3] + x * h[4] + y * h[5] - g[3];
            return base::Point{(dx * g[5] - dy * g[2]) / determinant, (dy * g[1] - dx * g[4]) / determinant};
        };
        const auto width = static_cast<double>(raster.width_px),
                   height = static_cast<double>(raster.height_px);
        const base::Point corner = on_asset(0, 0);
        const double whole_x = std::round(corner.x), whole_y = std::round(corner.y);
        if (!(std::abs(whole_x) < 1e12 && std::abs(whole_y) < 1e12)) return std::nullopt;
        for (const base::Point each : {base::Point{0, 0}, {width, 0}, {0, height}, {width, height}}) {
            const base::Point there = on_asset(each.x, each.y);
            if (std::abs(there.x - each.x - whole_x) > k_same_px ||
                std::abs(there.y - each.y - whole_y) > k_same_px)
                return std::nullopt;
        }
        return std::pair{static_cast<std::int64_t>(whole_x), static_cast<std::int64_t>(whole_y)};
    }

    bool set_up_warp(const labels::Asset& asset) {
        from = placed(raster.georeference, raster.width_px, raster.height_px);
        to = placed(asset.georeference, asset.width_px, asset.height_px);
        if (!from || !to) return false;
        exact.reset(GDALCreateGenImgProjTransformer2(to.get(), from.get(), nullptr));
        if (!exact) return false;
        constexpr double k_error_px = 0.05;
        quick.reset(GDALCreateApproxTransformer(GDALGenImgProjTransform, exact.get(), k_error_px));
        return quick != nullptr;
    }

    base::Result<bool> read_offset(const PixelRect& area, std::span<std::int32_t> into) {
        const PixelRect there{offset_x, offset_y, offset_x + raster.width_px, offset_y + raster.height_px};
        const PixelRect part = masks::intersection(area, there);
        partial = partial || part != area;
        if (part.empty()) return false;
        touches = true;
        const PixelRect source{part.x0 - offset_x, part.y0 - offset_y, part.x1 - offset_x,
                               part.y1 - offset_y};
        if (part == area) {
            if (auto done = raster.read(source, into); !done) return std::unexpected(done.error());
            return true;
        }
        std::vector<std::int32_t> samples(static_cast<std::size_t>(part.width() * part.height()));
        if (auto done = raster.read(source, samples); !done) return std::unexpected(done.error());
        std::ranges::fill(into, k_outside);
        for (std::int64_t y = 0; y < part.height(); ++y)
            std::copy_n(samples.begin() + y * part.width(), part.width(),
                        into.begin() + (part.y0 - area.y0 + y) * area.width() + part.x0 - area.x0);
        return true;
    }

    // Which pixel of the raster lies under the centre of each pixel of the area; -1: none.
    void look_up(const PixelRect& area, std::vector<std::int64_t>& xs, std::vector<std::int64_t>& ys) const {
        const auto width = static_cast<std::size_t>(area.width());
        std::vector<double> x(width), y(width), z(width);
        std::vector<int> found(width);
        for (std::int64_t row = area.y0; row < area.y1; ++row) {
            for (std::size_t i = 0; i < width; ++i) {
                x[i] = static_cast<double>(area.x0) + static_cast<double>(i) + 0.5;
                y[i] = static_cast<double>(row) + 0.5;
            }
            std::ranges::fill(z, 0);
            GDALApproxTransform(quick.get(), FALSE, static_cast<int>(width), x.data(), y.data(), z.data(),
                                found.data());
            for (std::size_t i = 0; i < width; ++i) {
                const bool inside = found[i] != 0 && x[i] >= 0 && y[i] >= 0 &&
                                    x[i] < static_cast<double>(raster.width_px) &&
                                    y[i] < static_cast<double>(raster.height_px);
                xs.push_back(inside ? static_cast<std::int64_t>(x[i]) : -1);
                ys.push_back(inside ? static_cast<std::int64_t>(y[i]) : -1);
            }
        }
    }

    base::Result<bool> read_warped(const PixelRect& area, std::span<std::int32_t> into, std::int64_t stride) {
        std::vector<std::int64_t> xs, ys;
        look_up(area, xs, ys);
        PixelRect window{INT64_MAX, INT64_MAX, -1, -1};
        bool any_outside = false;
        for (std::size_t i = 0; i < xs.size(); ++i) {
            any_outside = any_outside || xs[i] < 0;
            if (xs[i] < 0) continue;
            window = {std::min(window.x0, xs[i]), std::min(window.y0, ys[i]), std::max(window.x1, xs[i] + 1),
                      std::max(window.y1, ys[i] + 1)};
        }
        partial = partial || any_outside;
        for (std::int64_t y = 0; y < area.height(); ++y)
            std::fill_n(into.begin() + y * stride, area.width(), k_outside);
        if (window.empty()) return false;
        touches = true;
        if (window.width() * window.height() > k_window_px && area.width() * area.height() > 1)
            return read_halves(area, into, stride);
        std::vector<std::int32_t> samples(static_cast<std::size_t>(window.width() * window.height()));
        if (auto done = raster.read(window, samples); !done) return std::unexpected(done.error());
        for (std::int64_t y = 0, i = 0; y < area.height(); ++y)
            for (std::int64_t x = 0; x < area.width(); ++x, ++i) {
                const auto at = static_cast<std::size_t>(i);
                if (xs[at] >= 0)
                    into[static_cast<std::size_t>(y * stride + x)] = samples[static_cast<std::size_t>(
                        (ys[at] - window.y0) * window.width() + xs[at] - window.x0)];
            }
        return true;
    }

    // The raster is so much finer that one read would be too large.
    base::Result<bool> read_halves(const PixelRect& area, std::span<std::int32_t> into, std::int64_t stride) {
        PixelRect first = area, second = area;
        std::int64_t at = 0;
        if (area.width() >= area.height()) {
            first.x1 = second.x0 = area.x0 + area.width() / 2;
            at = first.width();
        } else {
            first.y1 = second.y0 = area.y0 + area.height() / 2;
            at = first.height() * stride;
        }
        const auto one = read_warped(first, into, stride);
        if (!one) return one;
        const auto other = read_warped(second, into.subspan(static_cast<std::size_t>(at)), stride);
        if (!other) return other;
        return *one || *other;
    }
};

MaskPlace::MaskPlace(std::unique_ptr<Impl> impl) : m_impl{std::move(impl)} {}
MaskPlace::MaskPlace(MaskPlace&&) noexcept = default;
MaskPlace::~MaskPlace() = default;

bool MaskPlace::resampled() const { return !m_impl->by_offset; }
bool MaskPlace::touches() const { return m_impl->touches; }
bool MaskPlace::partial() const { return m_impl->partial; }

base::Result<MaskPlace> MaskPlace::create(const ValueRaster& raster, const labels::Asset& asset,
                                          const std::filesystem::path& file) {
    auto impl = std::make_unique<Impl>(raster);
    if (const auto offset = Impl::offset_of(raster, asset)) {
        std::tie(impl->offset_x, impl->offset_y) = *offset;
        return MaskPlace{std::move(impl)};
    }
    const auto refused = [&](const std::string& why) {
        return base::fail(ErrorKind::refused, "The mask is {} × {} px and \"{}\" {} × {}; {}: {}",
                          raster.width_px, raster.height_px, asset.name, asset.width_px, asset.height_px, why,
                          file.string());
    };
    if (raster.georeference.empty() && asset.georeference.empty())
        return refused("neither says where on the ground it lies, so only a mask of the very size fits");
    if (raster.georeference.empty())
        return refused("it does not say where on the ground it lies, so only one of the very size fits");
    if (asset.georeference.empty())
        return refused(
            "the medium does not say where on the ground it lies, so only a mask of the very size fits");
    if (!asset.georeference.geotransform && asset.georeference.gcps.empty())
        return refused(
            "the medium lies on the ground by RPCs alone, so only a mask of the very size and place fits");
    const geo::GdalMessages messages;
    impl->by_offset = false;
    if (!impl->set_up_warp(asset))
        return refused(fmt::format("their places cannot be compared ({})", messages.reason()));
    return MaskPlace{std::move(impl)};
}

base::Result<bool> MaskPlace::read(const PixelRect& area, std::span<std::int32_t> into) {
    if (m_impl->by_offset) return m_impl->read_offset(area, into);
    const geo::GdalMessages silent;
    return m_impl->read_warped(area, into, area.width());
}

}  // namespace formats
