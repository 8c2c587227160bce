#include "formats/chip_raster.h"

#include <algorithm>
#include <cmath>

#include <cpl_conv.h>
#include <cpl_vsi.h>

#include "geo/gdal.h"

namespace formats {

namespace {

using masks::PixelRect;

// Side files have no place in thousands of chips.
class NoSideFiles {
public:
    NoSideFiles() { CPLSetThreadLocalConfigOption("GDAL_PAM_ENABLED", "NO"); }
    NoSideFiles(const NoSideFiles&) = delete;
    NoSideFiles& operator=(const NoSideFiles&) = delete;
    ~NoSideFiles() { CPLSetThreadLocalConfigOption("GDAL_PAM_ENABLED", nullptr); }
};

struct MemoryTiff {
    std::string name;
    Dataset dataset;
    explicit MemoryTiff(const void* unique) : name{fmt::format("/vsimem/limn-chip-{}.tif", unique)} {}
    ~MemoryTiff() {
        dataset.reset();
        VSIUnlink(name.c_str());
    }
    std::string bytes() {
        dataset.reset();
        vsi_l_offset size = 0;
        const GByte* data = VSIGetMemFileBuffer(name.c_str(), &size, FALSE);
        return data == nullptr ? std::string{} : std::string(reinterpret_cast<const char*>(data), size);
    }
};

std::unexpected<base::Error> failed(const geo::GdalMessages& messages) {
    return base::fail(base::ErrorKind::io, "A chip cannot be made ({}).", messages.reason());
}

bool is_whole(double v) { return v == std::floor(v); }

// The least window of the raster that holds the chip, cut to it.
PixelRect window_of(const Chip& chip, std::int64_t width_px, std::int64_t height_px) {
    const auto side = static_cast<double>(chip.size_px);
    base::Point low = chip.corner, high = chip.corner;
    for (const base::Point corner : {base::Point{side, 0}, {0, side}, {side, side}}) {
        const base::Point there = chip.on_raster(corner);
        low = {std::min(low.x, there.x), std::min(low.y, there.y)};
        high = {std::max(high.x, there.x), std::max(high.y, there.y)};
    }
    const PixelRect all{0, 0, width_px, height_px};
    return masks::intersection(
        {static_cast<std::int64_t>(std::floor(low.x)), static_cast<std::int64_t>(std::floor(low.y)),
         static_cast<std::int64_t>(std::ceil(high.x)), static_cast<std::int64_t>(std::ceil(high.y))},
        all);
}

// For each pixel of the chip its place in the window, -1 beyond it. Empty where the chip is upright: rows
// then.
std::vector<std::int64_t> places(const Chip& chip, const PixelRect& window) {
    std::vector<std::int64_t> all;
    all.reserve(static_cast<std::size_t>(chip.size_px * chip.size_px));
    for (std::int64_t v = 0; v < chip.size_px; ++v)
        for (std::int64_t u = 0; u < chip.size_px; ++u) {
            const base::Point at =
                chip.on_raster({static_cast<double>(u) + 0.5, static_cast<double>(v) + 0.5});
            const auto x = static_cast<std::int64_t>(std::floor(at.x)),
                       y = static_cast<std::int64_t>(std::floor(at.y));
            const bool inside = x >= window.x0 && y >= window.y0 && x < window.x1 && y < window.y1;
            all.push_back(inside ? (y - window.y0) * window.width() + x - window.x0 : -1);
        }
    return all;
}

void copy_band_facts(GDALRasterBand& from, GDALRasterBand& to) {
    if (const GDALColorTable* palette = from.GetColorTable())
        to.SetColorTable(const_cast<GDALColorTable*>(palette));
    to.SetColorInterpretation(from.GetColorInterpretation());
    int has_nodata = 0;
    const double nodata = from.GetNoDataValue(&has_nodata);
    if (has_nodata != 0) to.SetNoDataValue(nodata);
    if (from.GetDescription()[0] != '\0') to.SetDescription(from.GetDescription());
    if (from.GetScale() != 1) to.SetScale(from.GetScale());
    if (from.GetOffset() != 0) to.SetOffset(from.GetOffset());
}

}  // namespace

base::Georeference georeference_of(const base::Georeference& raster, const Chip& chip) {
    if (chip.angle_deg == 0) return moved(raster, chip.corner);
    base::Georeference made = raster;
    made.rpc.clear();
    const base::Point origin = chip.corner, along = chip.on_raster({1, 0}) - origin,
                      down = chip.on_raster({0, 1}) - origin;
    if (auto& g = made.geotransform) {
        const auto old = *g;
        const auto x_of = [&](base::Point p) { return p.x * old[1] + p.y * old[2]; };
        const auto y_of = [&](base::Point p) { return p.x * old[4] + p.y * old[5]; };
        g = {old[0] + x_of(origin), x_of(along), x_of(down), old[3] + y_of(origin), y_of(along), y_of(down)};
    }
    for (base::GroundControlPoint& each : made.gcps) {
        const base::Point d = each.pixel - origin;
        each.pixel = {d.x * along.x + d.y * along.y,
                      d.x * down.x + d.y * down.y};  // a turn alone: its transpose
    }
    return made;
}

base::Result<std::string> image_chip(GDALDataset& raster, const Chip& chip, const base::Georeference& place) {
    const geo::GdalMessages messages;
    const NoSideFiles none;
    const int bands = raster.GetRasterCount(), size = static_cast<int>(chip.size_px);
    if (bands < 1) return failed(messages);
    const GDALDataType type = raster.GetRasterBand(1)->GetRasterDataType();
    const auto sample = static_cast<std::size_t>(GDALGetDataTypeSizeBytes(type));
    MemoryTiff tiff(&chip);
    GdalOptions options{"TILED=YES", "BLOCKXSIZE=256", "BLOCKYSIZE=256", "COMPRESS=DEFLATE",
                        "INTERLEAVE=BAND"};
    tiff.dataset.reset(GetGDALDriverManager()->GetDriverByName("GTiff")->Create(tiff.name.c_str(), size, size,
                                                                                bands, type, options.get()));
    if (!tiff.dataset) return failed(messages);
    put_georeference(place, *tiff.dataset);
    const PixelRect window = window_of(chip, raster.GetRasterXSize(), raster.GetRasterYSize());
    std::vector<std::int64_t> from;
    const bool upright = chip.angle_deg == 0 && is_whole(chip.corner.x) && is_whole(chip.corner.y);
    if (!upright) from = places(chip, window);
    std::vector<std::byte> pixels(static_cast<std::size_t>(chip.size_px * chip.size_px) * sample);
    std::vector<std::byte> read(
        window.empty() ? 0 : static_cast<std::size_t>(window.width() * window.height()) * sample);
    for (int band = 1; band <= bands; ++band) {
        GDALRasterBand& source = *raster.GetRasterBand(band);
        GDALRasterBand& to = *tiff.dataset->GetRasterBand(band);
        copy_band_facts(source, to);
        int has_nodata = 0;
        const double nodata = source.GetNoDataValue(&has_nodata);
        const double fill = has_nodata != 0 ? nodata : 0;
        GDALCopyWords64(&fill, GDT_Float64, 0, pixels.data(), type, static_cast<int>(sample),
                        chip.size_px * chip.size_px);
        if (!read.empty() &&
            source.RasterIO(GF_Read, static_cast<int>(window.x0), static_cast<int>(window.y0),
                            static_cast<int>(window.width()), static_cast<int>(window.height()), read.data(),
                            static_cast<int>(window.width()), static_cast<int>(window.height()), type, 0, 0,
                            nullptr) != CE_None)
            return failed(messages);
        if (upright && !read.empty()) {
            const auto x0 = static_cast<std::int64_t>(chip.corner.x),
                       y0 = static_cast<std::int64_t>(chip.corner.y);
            for (std::int64_t y = window.y0; y < window.y1; ++y)
                std::copy_n(
                    read.begin() + (y - window.y0) * window.width() * static_cast<std::int64_t>(sample),
                    window.width() * static_cast<std::int64_t>(sample),
                    pixels.begin() +
                        ((y - y0) * chip.size_px + window.x0 - x0) * static_cast<std::int64_t>(sample));
        }
        for (std::size_t i = 0; i < from.size() && !read.empty(); ++i)
            if (from[i] >= 0)
                std::copy_n(read.begin() + from[i] * static_cast<std::int64_t>(sample), sample,
                            pixels.begin() + static_cast<std::int64_t>(i * sample));
        if (to.RasterIO(GF_Write, 0, 0, size, size, pixels.data(), size, size, type, 0, 0, nullptr) !=
            CE_None)
            return failed(messages);
    }
    std::string bytes = tiff.bytes();
    if (bytes.empty()) return failed(messages);
    return bytes;
}

std::vector<masks::Value> mask_samples(const masks::Plane& plane, const Chip& chip,
                                       const std::vector<masks::Value>& recode) {
    std::vector<masks::Value> samples(static_cast<std::size_t>(chip.size_px * chip.size_px));
    if (chip.angle_deg == 0 && is_whole(chip.corner.x) && is_whole(chip.corner.y)) {
        const auto x0 = static_cast<std::int64_t>(chip.corner.x),
                   y0 = static_cast<std::int64_t>(chip.corner.y);
        read_and_let_go(plane, {x0, y0, x0 + chip.size_px, y0 + chip.size_px}, samples);
    } else if (const PixelRect window = window_of(chip, plane.width_px(), plane.height_px());
               !window.empty()) {
        std::vector<masks::Value> read(static_cast<std::size_t>(window.width() * window.height()));
        read_and_let_go(plane, window, read);
        const std::vector<std::int64_t> from = places(chip, window);
        for (std::size_t i = 0; i < from.size(); ++i)
            if (from[i] >= 0) samples[i] = read[static_cast<std::size_t>(from[i])];
    }
    for (masks::Value& each : samples) each = recode[each];
    return samples;
}

base::Result<std::string> mask_chip(const std::vector<masks::Value>& samples, const Chip& chip,
                                    const LayerToWrite& layer) {
    const geo::GdalMessages messages;
    const NoSideFiles none;
    const int size = static_cast<int>(chip.size_px);
    MemoryTiff tiff(&samples);
    GdalOptions options{"TILED=YES", "BLOCKXSIZE=256", "BLOCKYSIZE=256", "COMPRESS=DEFLATE"};
    tiff.dataset.reset(GetGDALDriverManager()->GetDriverByName("GTiff")->Create(
        tiff.name.c_str(), size, size, 1, layer.legend.largest() > 255 ? GDT_UInt16 : GDT_Byte,
        options.get()));
    if (!tiff.dataset) return failed(messages);
    describe_mask(layer, *tiff.dataset, SideFile::no);
    if (tiff.dataset->GetRasterBand(1)->RasterIO(GF_Write, 0, 0, size, size,
                                                 const_cast<masks::Value*>(samples.data()), size, size,
                                                 GDT_UInt16, 0, 0, nullptr) != CE_None)
        return failed(messages);
    std::string bytes = tiff.bytes();
    if (bytes.empty()) return failed(messages);
    return bytes;
}

}  // namespace formats
