#include "media/raster_file.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <cpl_conv.h>
#include <cpl_string.h>
#include <gdal.h>
#include <ogr_srs_api.h>

#include "geo/gdal.h"
#include "media/raster_open.h"

namespace media {
namespace {

// A stored level larger than this is sampled (nearest) where it is reduced, not averaged.
constexpr double k_most_averaged_px = 32e6;

GDALDataType buffer_type(GDALDataType stored) {
    if (GDALDataTypeIsComplex(stored)) return GDT_CFloat32;
    if (stored == GDT_Byte || stored == GDT_UInt16 || stored == GDT_Int16) return stored;
    return GDT_Float32;
}

PlaneType plane_type(const RasterBand& band, GDALDataType buffer) {
    if (band.type == "Int8") return PlaneType::i16;
    if (buffer == GDT_Byte) return PlaneType::u8;
    if (buffer == GDT_UInt16) return PlaneType::u16;
    return buffer == GDT_Int16 ? PlaneType::i16 : PlaneType::f32;
}

template <class From, class To, class Convert>
void convert_samples(std::vector<std::byte>& samples, Convert convert) {
    const std::size_t count = samples.size() / sizeof(From);
    std::vector<std::byte> out(count * sizeof(To));
    for (std::size_t i = 0; i < count; ++i) {
        From from;
        std::memcpy(&from, samples.data() + i * sizeof(From), sizeof from);
        const To to = convert(from);
        std::memcpy(out.data() + i * sizeof(To), &to, sizeof to);
    }
    samples = std::move(out);
}

struct Complex {
    float re, im;
};

// From what GDAL wrote to what a plane holds.
void to_plane_samples(std::vector<std::byte>& samples, GDALDataType buffer, const RasterBand& band) {
    if (band.type == "Int8")
        convert_samples<std::int8_t, std::uint16_t>(
            samples, [](std::int8_t v) { return static_cast<std::uint16_t>(v + 32768); });
    else if (buffer == GDT_Int16)
        convert_samples<std::int16_t, std::uint16_t>(
            samples, [](std::int16_t v) { return static_cast<std::uint16_t>(v + 32768); });
    else if (buffer == GDT_CFloat32)
        convert_samples<Complex, float>(samples, [](Complex v) { return std::hypot(v.re, v.im); });
}

// A part of a band as it is asked of GDAL. `from` is in the pixels of the band that is read.
struct Window {
    double x = 0, y = 0, width = 0, height = 0;
    int out_width = 0, out_height = 0;
};

struct ReadDesc {
    GDALRasterBandH band = nullptr;
    GDALDataType type = GDT_Byte;
    GDALRIOResampleAlg resampling = GRIORA_NearestNeighbour;
    const std::stop_token* stop = nullptr;
};

int go_on(double, const char*, void* stop) {
    return static_cast<const std::stop_token*>(stop)->stop_requested() ? FALSE : TRUE;
}

bool read_window(const ReadDesc& desc, const Window& window, std::byte* out, std::int64_t line_bytes) {
    GDALRasterIOExtraArg extra;
    INIT_RASTERIO_EXTRA_ARG(extra);
    extra.eResampleAlg = desc.resampling;
    extra.bFloatingPointWindowValidity = TRUE;
    extra.dfXOff = window.x;
    extra.dfYOff = window.y;
    extra.dfXSize = window.width;
    extra.dfYSize = window.height;
    extra.pfnProgress = go_on;
    extra.pProgressData = const_cast<std::stop_token*>(desc.stop);
    const int band_width = GDALGetRasterBandXSize(desc.band), band_height = GDALGetRasterBandYSize(desc.band);
    const int x0 = std::clamp(static_cast<int>(std::floor(window.x)), 0, band_width - 1);
    const int y0 = std::clamp(static_cast<int>(std::floor(window.y)), 0, band_height - 1);
    const int x1 =
        std::clamp(static_cast<int>(std::ceil(window.x + window.width - 1e-9)), x0 + 1, band_width);
    const int y1 =
        std::clamp(static_cast<int>(std::ceil(window.y + window.height - 1e-9)), y0 + 1, band_height);
    return GDALRasterIOEx(desc.band, GF_Read, x0, y0, x1 - x0, y1 - y0, out, window.out_width,
                          window.out_height, desc.type, GDALGetDataTypeSizeBytes(desc.type), line_bytes,
                          &extra) == CE_None;
}

}  // namespace

TileRect tiles_of(const RasterInfo& info, int level) {
    const RasterLevel& size = info.levels[static_cast<std::size_t>(level)];
    return {0, 0, (size.width - 1) / info.tile_px + 1, (size.height - 1) / info.tile_px + 1};
}

struct RasterFile::Impl {
    DatasetPtr file, pyramid;
    RasterInfo info;
    std::vector<LevelSource> sources;  // one a level

    [[nodiscard]] GDALRasterBandH band_at(const LevelSource& source, int band) const;
    struct PlaneRead;
    [[nodiscard]] PlaneRead prepare(TileAddress address, int band, const std::stop_token& stop) const;
    [[nodiscard]] PlanePtr read_plane(PlaneRead read) const;
    void read_by_cells(const ReadDesc& desc, const Window& window, RasterPlane& plane) const;
};

RasterFile::RasterFile(std::unique_ptr<Impl> impl) : m_impl{std::move(impl)} {}
RasterFile::RasterFile(RasterFile&&) noexcept = default;
RasterFile& RasterFile::operator=(RasterFile&&) noexcept = default;
RasterFile::~RasterFile() = default;

const RasterInfo& RasterFile::info() const { return m_impl->info; }

base::Result<RasterFile> RasterFile::open(const std::filesystem::path& path,
                                          const std::filesystem::path& pyramid) {
    auto opened = open_dataset(path);
    if (!opened) return std::unexpected(opened.error());
    auto impl = std::make_unique<Impl>();
    impl->file = std::move(*opened);
    impl->info = describe_raster(impl->file.get(), path);
    if (auto sound = check_raster(impl->file.get(), impl->info); !sound)
        return std::unexpected(sound.error());
    if (!pyramid.empty())
        if (auto levels = open_dataset(pyramid)) impl->pyramid = std::move(*levels);
    impl->sources = find_levels(impl->file.get(), impl->pyramid.get(), impl->info);
    return RasterFile{std::move(impl)};
}

GDALRasterBandH RasterFile::Impl::band_at(const LevelSource& source, int band) const {
    GDALDatasetH dataset = source.in_pyramid ? pyramid.get() : file.get();
    int number = std::max(band, 1);
    bool is_mask = false;
    if (source.in_pyramid && band == 0) {
        // An alpha band, or a mask of the file, which the pyramid has as one more band. Asked for the mask of
        // an overview, GDAL may say that all of it is there.
        const auto alpha = std::ranges::find(info.bands, "Alpha", &RasterBand::color);
        number = alpha != info.bands.end() ? alpha->number : static_cast<int>(info.bands.size()) + 1;
        is_mask = number <= GDALGetRasterCount(dataset);
        if (!is_mask) number = 1;
    }
    GDALRasterBandH found = GDALGetRasterBand(dataset, number);
    if (found != nullptr && source.overview >= 0) found = GDALGetOverview(found, source.overview);
    return found != nullptr && band == 0 && !is_mask ? GDALGetMaskBand(found) : found;
}

// Each block (or a part of the tile, where blocks are larger) by itself; what fails is noted.
void RasterFile::Impl::read_by_cells(const ReadDesc& desc, const Window& window, RasterPlane& plane) const {
    int block_width = 0, block_height = 0;
    GDALGetBlockSize(desc.band, &block_width, &block_height);
    const bool full_size = window.width == window.out_width && window.height == window.out_height;
    const int cell_width = full_size ? std::clamp(block_width, 1, plane.width) : std::max(plane.width / 8, 1);
    const int cell_height =
        full_size ? std::clamp(block_height, 1, plane.height) : std::max(plane.height / 8, 1);
    const double to_source = window.width / window.out_width, down_source = window.height / window.out_height;
    const int bytes = GDALGetDataTypeSizeBytes(desc.type);
    for (int y = 0; y < plane.height && !desc.stop->stop_requested(); y += cell_height)
        for (int x = 0; x < plane.width && !desc.stop->stop_requested(); x += cell_width) {
            const int width = std::min(cell_width, plane.width - x),
                      height = std::min(cell_height, plane.height - y);
            const Window cell{window.x + x * to_source,
                              window.y + y * down_source,
                              width * to_source,
                              height * down_source,
                              width,
                              height};
            const std::size_t at = (static_cast<std::size_t>(y) * plane.width + x) * bytes;
            if (read_window(desc, cell, plane.samples.data() + at, std::int64_t{plane.width} * bytes))
                continue;
            for (int row = 0; row < height; ++row)
                std::memset(plane.samples.data() + at + static_cast<std::size_t>(row) * plane.width * bytes,
                            0, static_cast<std::size_t>(width) * bytes);
            // Strips of one tile follow each other: one rectangle for all of them.
            if (!plane.broken.empty() && plane.broken.back().y1 == y && plane.broken.back().x0 == x &&
                plane.broken.back().x1 == x + width)
                plane.broken.back().y1 = y + height;
            else
                plane.broken.push_back({x, y, x + width, y + height});
        }
}

// All that is worked out before reading: where from, and an empty plane.
struct RasterFile::Impl::PlaneRead {
    std::shared_ptr<RasterPlane> plane;
    const RasterBand* facts = nullptr;
    ReadDesc desc;
    Window window;
};

RasterFile::Impl::PlaneRead RasterFile::Impl::prepare(TileAddress address, int band,
                                                      const std::stop_token& stop) const {
    static const RasterBand k_mask{.type = "Byte"};
    const RasterLevel& level = info.levels[static_cast<std::size_t>(address.level)];
    const LevelSource& source = sources[static_cast<std::size_t>(address.level)];
    const int left = address.x * info.tile_px, top = address.y * info.tile_px;
    PlaneRead read;
    read.plane = std::make_shared<RasterPlane>();
    read.facts = band == 0 ? &k_mask : &info.bands[static_cast<std::size_t>(band - 1)];
    RasterPlane& plane = *read.plane;
    plane.address = address;
    plane.band = band;
    plane.width = std::min(info.tile_px, level.width - left);
    plane.height = std::min(info.tile_px, level.height - top);
    read.desc = {.band = band_at(source, band), .stop = &stop};
    if (read.desc.band == nullptr) return read;
    read.desc.type = buffer_type(GDALGetRasterDataType(read.desc.band));
    if (level.origin == RasterLevel::Origin::reduced && !source.fast_when_reduced) {
        const bool large = static_cast<double>(source.width) * source.height > k_most_averaged_px;
        const bool classes = !read.facts->palette.empty() || !read.facts->categories.empty();
        // GDAL averages signed bytes as if they were not.
        if (!large && read.facts->type != "Int8")
            read.desc.resampling = classes ? GRIORA_Mode : GRIORA_Average;
    }
    const double scale_x = static_cast<double>(source.width) / level.width;
    const double scale_y = static_cast<double>(source.height) / level.height;
    read.window = {left * scale_x,         top * scale_y, plane.width * scale_x,
                   plane.height * scale_y, plane.width,   plane.height};
    return read;
}

PlanePtr RasterFile::Impl::read_plane(PlaneRead read) const {
    RasterPlane& plane = *read.plane;
    const auto pixels = static_cast<std::size_t>(plane.width) * plane.height;
    if (read.desc.band == nullptr) {
        plane.samples.resize(pixels);
        plane.broken = {{0, 0, plane.width, plane.height}};
        plane.why_broken = "this level of the band is missing";
        return std::move(read.plane);
    }
    const int bytes = GDALGetDataTypeSizeBytes(read.desc.type);
    plane.samples.resize(pixels * bytes);
    const geo::GdalMessages messages;
    if (!read_window(read.desc, read.window, plane.samples.data(), std::int64_t{plane.width} * bytes)) {
        if (!read.desc.stop->stop_requested()) read_by_cells(read.desc, read.window, plane);
        plane.why_broken = messages.reason();
    }
    to_plane_samples(plane.samples, read.desc.type, *read.facts);
    // Alpha of 16 bit is written as 0 … 65535 by some and as 0 … 255 by others: what is not 0 is there.
    if (plane.band == 0 && info.bands.front().type != "Byte")
        for (std::byte& sample : plane.samples)
            sample = sample == std::byte{0} ? std::byte{0} : std::byte{255};
    plane.type = plane_type(*read.facts, read.desc.type);
    return std::move(read.plane);
}

base::Result<std::vector<PlanePtr>> RasterFile::read_tile(TileAddress address, std::span<const int> bands,
                                                          const std::stop_token& stop) const {
    std::vector<PlanePtr> planes;
    for (const int band : bands) {
        planes.push_back(m_impl->read_plane(m_impl->prepare(address, band, stop)));
        if (stop.stop_requested()) return base::fail(base::ErrorKind::cancelled, "Reading was cancelled");
    }
    return planes;
}

static std::string value_text(double value, const RasterBand& band) {
    if (std::isnan(value)) return band.nodata && std::isnan(*band.nodata) ? "no data" : "nan";
    const std::string text = band.type == "Float32"   ? fmt::format("{}", static_cast<float>(value))
                             : band.type == "Float64" ? fmt::format("{}", value)
                                                      : fmt::format("{:.0f}", value);
    return band.nodata && *band.nodata == value ? "no data" : text;
}

PixelValues RasterFile::read_values(int x, int y) const {
    const geo::GdalMessages messages;
    PixelValues out{.x = x, .y = y};
    const RasterInfo& info = m_impl->info;
    for (const RasterBand& band : info.bands) {
        double pair[2] = {0, 0};
        GDALRasterBandH from = GDALGetRasterBand(m_impl->file.get(), band.number);
        if (GDALRasterIO(from, GF_Read, x, y, 1, 1, pair, 1, 1, GDT_CFloat64, 0, 0) != CE_None)
            return {.x = x, .y = y, .error = fmt::format("This pixel cannot be read: {}", messages.reason())};
        if (band.type == "Int8" && pair[0] > 127) pair[0] -= 256;
        const bool complex = band.type.starts_with('C');
        out.values.push_back(complex ? std::hypot(pair[0], pair[1]) : pair[0]);
        if (band.type == "Int64" || band.type == "UInt64") {  // more digits than a double has
            std::int64_t exact = 0;
            const bool is_signed = band.type == "Int64";
            const GDALDataType type = is_signed ? GDT_Int64 : GDT_UInt64;
            if (GDALRasterIO(from, GF_Read, x, y, 1, 1, &exact, 1, 1, type, 0, 0) != CE_None) exact = 0;
            out.text.push_back(is_signed ? std::to_string(exact)
                                         : std::to_string(static_cast<std::uint64_t>(exact)));
            continue;
        }
        out.text.push_back(complex ? fmt::format("{:.7g}{:+.7g}i", pair[0], pair[1])
                                   : value_text(pair[0], band));
    }
    return out;
}

}  // namespace media
