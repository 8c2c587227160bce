#include "media/raster_open.h"

#include <algorithm>
#include <array>

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <ogr_srs_api.h>

#include "geo/gdal.h"
#include "media/raster_file.h"

namespace media {

namespace fs = std::filesystem;

// Pictures up to this go to VideoSource when there is nothing about them that only GDAL can show.
constexpr int k_plain_picture_px = 8192;
// A block, all bands of it, is decoded at once: more than this is refused.
constexpr double k_largest_block_bytes = 1e9;
constexpr double k_slow_block_px = 32e6;
// Full levels up to this are averaged on the way, without a side file.
constexpr double k_small_px = 32e6;

bool is_gdal_name(const fs::path& path) {
    const std::string name = path.string();
    if (name.starts_with("/vsi")) return true;
    if (std::error_code error; fs::exists(path, error)) return false;
    const std::size_t colon = name.find(':');
    if (colon == std::string::npos || name.starts_with('/') || name.starts_with('.')) return false;
    geo::set_up_gdal();
    const std::string driver = name.substr(0, colon);
    return GDALGetDriverByName(driver.c_str()) != nullptr || driver == "GTIFF_DIR" ||
           driver == "SENTINEL2_L1C" || driver == "SENTINEL2_L2A" || driver == "HDF4_SDS" ||
           driver == "HDF4_EOS";
}

bool is_raster(const fs::path& path) {
    geo::set_up_gdal();
    const geo::GdalMessages messages;
    if (is_gdal_name(path)) return true;
    std::error_code error;
    if (!fs::is_regular_file(path, error) && !fs::is_directory(path, error)) return false;
    GDALDriverH driver = GDALIdentifyDriverEx(path.c_str(), GDAL_OF_RASTER, nullptr, nullptr);
    if (driver == nullptr) return false;
    const std::string_view name = GDALGetDescription(driver);
    // Text and film that GDAL would also take for a grid or a picture.
    constexpr std::array k_not_ours = {"XYZ", "GIF", "BIGGIF", "HTTP", "PDF", "STACTA", "STACIT"};
    if (std::ranges::find(k_not_ours, name) != k_not_ours.end()) return false;
    // A GeoPackage may hold vectors alone.
    if (GDALGetMetadataItem(driver, GDAL_DCAP_VECTOR, nullptr) != nullptr && !open_dataset(path))
        return false;
    constexpr std::array k_pictures = {"PNG", "JPEG", "WEBP", "BMP", "JPEGXL"};
    if (std::ranges::find(k_pictures, name) == k_pictures.end()) return true;
    const auto dataset = open_dataset(path);
    if (!dataset) return false;
    const RasterInfo info = describe_raster(dataset->get(), path);
    return !info.reference.empty() || std::max(info.width_px, info.height_px) > k_plain_picture_px ||
           std::ranges::any_of(info.bands, [](const RasterBand& band) { return band.type != "Byte"; });
}

static base::Result<DatasetPtr> open_named(const char* name) {
    const geo::GdalMessages messages;
    if (GDALDatasetH dataset = GDALOpenEx(name, GDAL_OF_RASTER | GDAL_OF_READONLY, nullptr, nullptr, nullptr))
        return DatasetPtr{dataset};
    return base::fail(base::ErrorKind::malformed,
                      "GDAL cannot read this raster ({}); check that it is whole: {}",
                      messages.reason("it knows no such format"), name);
}

base::Result<DatasetPtr> open_dataset(const fs::path& path) {
    geo::set_up_gdal();
    std::error_code error;
    if (!is_gdal_name(path) && !fs::exists(path, error))
        return base::fail(base::ErrorKind::missing, "There is no such file; check the name: {}",
                          path.string());
    auto dataset = open_named(path.c_str());
    if (!dataset || GDALGetRasterCount(dataset->get()) > 0) return dataset;
    const char* first =
        CSLFetchNameValue(GDALGetMetadata(dataset->get(), "SUBDATASETS"), "SUBDATASET_1_NAME");
    if (first == nullptr)
        return base::fail(base::ErrorKind::unsupported, "There is no raster in this file; open another: {}",
                          path.string());
    return open_named(first);
}

namespace {

std::vector<std::pair<std::string, std::string>> metadata(GDALMajorObjectH object, const char* domain) {
    std::vector<std::pair<std::string, std::string>> out;
    constexpr std::size_t k_most = 500;
    for (char** item = GDALGetMetadata(object, domain); item != nullptr && *item != nullptr; ++item) {
        const std::string_view line = *item;
        const std::size_t equals = line.find('=');
        if (equals != line.npos && out.size() < k_most)
            out.emplace_back(line.substr(0, equals), line.substr(equals + 1));
    }
    return out;
}

std::string item(GDALMajorObjectH object, const char* name, const char* domain) {
    const char* value = GDALGetMetadataItem(object, name, domain);
    return value != nullptr ? value : "";
}

std::string wkt_of(OGRSpatialReferenceH srs) {
    char* text = nullptr;
    const char* const options[] = {"FORMAT=WKT2_2019", nullptr};
    if (srs == nullptr || OSRExportToWktEx(srs, &text, options) != OGRERR_NONE || text == nullptr) {
        CPLFree(text);
        return {};
    }
    std::string wkt = text;
    CPLFree(text);
    return wkt;
}

base::Georeference reference_of(GDALDatasetH dataset) {
    base::Georeference reference;
    reference.crs = wkt_of(GDALGetSpatialRef(dataset));
    std::array<double, 6> transform{};
    if (GDALGetGeoTransform(dataset, transform.data()) == CE_None) reference.geotransform = transform;
    const int gcps = GDALGetGCPCount(dataset);
    const GDAL_GCP* points = GDALGetGCPs(dataset);
    for (int i = 0; i < gcps && points != nullptr; ++i)
        reference.gcps.push_back({{points[i].dfGCPPixel, points[i].dfGCPLine},
                                  points[i].dfGCPX,
                                  points[i].dfGCPY,
                                  points[i].dfGCPZ});
    if (reference.crs.empty() && gcps > 0) reference.crs = wkt_of(GDALGetGCPSpatialRef(dataset));
    for (char** value = GDALGetMetadata(dataset, "RPC"); value != nullptr && *value != nullptr; ++value)
        reference.rpc.emplace_back(*value);
    return reference;
}

std::optional<double> wavelength(GDALRasterBandH band) {
    for (const char* name : {"wavelength", "WAVELENGTH", "CENTRAL_WAVELENGTH_UM"}) {
        const char* text = GDALGetMetadataItem(band, name, nullptr);
        if (text == nullptr) text = GDALGetMetadataItem(band, name, "IMAGERY");
        if (text == nullptr) continue;
        const double value = CPLAtof(text);
        if (value > 0) return value > 100 ? value / 1000 : value;  // nanometres
    }
    return {};
}

RasterBand band_facts(GDALDatasetH dataset, int number) {
    GDALRasterBandH band = GDALGetRasterBand(dataset, number);
    RasterBand facts{.number = number};
    facts.type = GDALGetDataTypeName(GDALGetRasterDataType(band));
    if (facts.type == "Byte" && item(band, "PIXELTYPE", "IMAGE_STRUCTURE") == "SIGNEDBYTE")
        facts.type = "Int8";
    facts.description = GDALGetDescription(band);
    facts.color = GDALGetColorInterpretationName(GDALGetRasterColorInterpretation(band));
    int known = FALSE;
    if (const double nodata = GDALGetRasterNoDataValue(band, &known); known) facts.nodata = nodata;
    facts.scale = GDALGetRasterScale(band, nullptr);
    facts.offset = GDALGetRasterOffset(band, nullptr);
    facts.unit = GDALGetRasterUnitType(band);
    facts.wavelength_um = wavelength(band);
    GDALGetBlockSize(band, &facts.block_width, &facts.block_height);
    if (GDALColorTableH table = GDALGetRasterColorTable(band))
        for (int i = 0; i < std::min(GDALGetColorEntryCount(table), 65536); ++i) {
            GDALColorEntry entry{};
            GDALGetColorEntryAsRGB(table, i, &entry);
            const auto byte = [](short v) { return static_cast<std::uint32_t>(std::clamp<int>(v, 0, 255)); };
            facts.palette.push_back(byte(entry.c1) << 24 | byte(entry.c2) << 16 | byte(entry.c3) << 8 |
                                    byte(entry.c4));
        }
    for (char** name = GDALGetRasterCategoryNames(band); name != nullptr && *name != nullptr; ++name)
        facts.categories.emplace_back(*name);
    return facts;
}

void describe_mask(GDALDatasetH dataset, RasterInfo& info) {
    if (info.bands.empty()) return;
    const int flags = GDALGetMaskFlags(GDALGetRasterBand(dataset, 1));
    // Of NODATA with PER_DATASET the values are those of all bands together, and the mask alone knows.
    if ((flags & GMF_ALL_VALID) != 0 || (flags & (GMF_NODATA | GMF_PER_DATASET)) == GMF_NODATA) return;
    info.mask_band = 0;
    info.mask = "mask of the file";
    if ((flags & GMF_ALPHA) == 0) return;
    const auto alpha = std::ranges::find(info.bands, "Alpha", &RasterBand::color);
    info.mask = alpha != info.bands.end() ? fmt::format("alpha band {}", alpha->number) : "alpha band";
}

void find_faults(RasterInfo& info) {
    const base::Georeference& place = info.reference;
    if (!place.empty() && place.crs.empty())
        info.faults.emplace_back("It is placed in a coordinate system that the file does not name");
    for (const RasterBand& band : info.bands) {
        const bool eight = band.type == "Byte", sixteen = band.type == "UInt16";
        if (band.nodata && ((eight && (*band.nodata < 0 || *band.nodata > 255)) ||
                            (sixteen && (*band.nodata < 0 || *band.nodata > 65535)))) {
            info.faults.push_back(
                fmt::format("The no-data value {:g} of band {} cannot occur in its {} samples", *band.nodata,
                            band.number, band.type));
            break;
        }
    }
}

}  // namespace

RasterInfo describe_raster(GDALDatasetH dataset, const fs::path& path) {
    const geo::GdalMessages messages;
    RasterInfo info{.path = path};
    GDALDriverH driver = GDALGetDatasetDriver(dataset);
    info.driver = GDALGetDescription(driver);
    info.driver_title = item(driver, GDAL_DMD_LONGNAME, nullptr);
    info.width_px = GDALGetRasterXSize(dataset);
    info.height_px = GDALGetRasterYSize(dataset);
    for (int number = 1; number <= GDALGetRasterCount(dataset); ++number)
        info.bands.push_back(band_facts(dataset, number));
    describe_mask(dataset, info);
    info.reference = reference_of(dataset);
    info.compression = item(dataset, "COMPRESSION", "IMAGE_STRUCTURE");
    info.interleave = item(dataset, "INTERLEAVE", "IMAGE_STRUCTURE");
    info.metadata = metadata(dataset, nullptr);
    for (const RasterBand& band : info.bands)
        info.block_bytes = std::max(info.block_bytes, block_bytes(dataset, info, band));
    const auto parts = metadata(dataset, "SUBDATASETS");
    for (std::size_t i = 0; i + 1 < parts.size(); i += 2)
        info.subdatasets.emplace_back(parts[i].second, parts[i + 1].second);
    char** files = GDALGetFileList(dataset);
    for (char** file = files; file != nullptr && *file != nullptr && info.files.size() < 100; ++file)
        info.files.emplace_back(*file);
    CSLDestroy(files);
    if (!info.bands.empty()) {
        const RasterBand& first = info.bands.front();
        if (first.block_width == 1024 && first.block_height == 1024) info.tile_px = 1024;
    }
    find_faults(info);
    for (const std::string& warning : messages.warnings()) info.faults.push_back(warning);
    return info;
}

double block_bytes(GDALDatasetH dataset, const RasterInfo& info, const RasterBand& band) {
    const bool all_bands = info.interleave == "PIXEL" && info.driver != "VRT";
    return static_cast<double>(band.block_width) * band.block_height *
           GDALGetDataTypeSizeBytes(GDALGetRasterDataType(GDALGetRasterBand(dataset, band.number))) *
           (all_bands ? static_cast<double>(info.bands.size()) : 1.0);
}

base::Result<void> check_raster(GDALDatasetH dataset, const RasterInfo& info) {
    if (info.bands.empty() || info.width_px < 1 || info.height_px < 1)
        return base::fail(base::ErrorKind::unsupported, "There is no raster in this file; open another: {}",
                          info.path.string());
    for (const RasterBand& band : info.bands) {
        const double bytes = block_bytes(dataset, info, band);
        if (bytes > k_largest_block_bytes)
            return base::fail(base::ErrorKind::unsupported,
                              "Its blocks of {} × {} pixels need {:.1f} GB of memory each; write it in tiles "
                              "(gdal_translate -co TILED=YES): {}",
                              band.block_width, band.block_height, bytes / 1e9, info.path.string());
    }
    return {};
}

namespace {

struct Stored {
    RasterLevel level;
    LevelSource source;
};

// The full bands and their overviews, largest first. Overviews that not every band has alike are left.
void add_stored(GDALDatasetH dataset, bool in_pyramid, bool with_full, std::vector<Stored>& out) {
    const auto origin = in_pyramid ? RasterLevel::Origin::pyramid : RasterLevel::Origin::stored;
    GDALRasterBandH first = GDALGetRasterBand(dataset, 1);
    const int bands = GDALGetRasterCount(dataset);
    const auto add = [&](GDALRasterBandH band, int overview) {
        const int width = GDALGetRasterBandXSize(band), height = GDALGetRasterBandYSize(band);
        const bool smaller = out.empty() ||
                             (width < out.back().level.width && height <= out.back().level.height) ||
                             (width <= out.back().level.width && height < out.back().level.height);
        if (smaller && width > 0 && height > 0)
            out.push_back({{width, height, origin}, {in_pyramid, overview, width, height}});
    };
    if (with_full) add(first, -1);
    std::vector<std::pair<int, int>> by_size;
    for (int i = 0; i < GDALGetOverviewCount(first); ++i) {
        GDALRasterBandH overview = GDALGetOverview(first, i);
        bool everywhere = overview != nullptr;
        for (int band = 2; band <= bands && everywhere; ++band) {
            GDALRasterBandH other = GDALGetOverview(GDALGetRasterBand(dataset, band), i);
            everywhere = other != nullptr &&
                         GDALGetRasterBandXSize(other) == GDALGetRasterBandXSize(overview) &&
                         GDALGetRasterBandYSize(other) == GDALGetRasterBandYSize(overview);
        }
        if (everywhere) by_size.emplace_back(-GDALGetRasterBandXSize(overview), i);
    }
    std::ranges::sort(by_size);
    for (const auto& [size, i] : by_size) add(GDALGetOverview(first, i), i);
}

// Parts of a mosaic that have overviews (or are small) are read from afar without reading them whole.
bool parts_are_fast(GDALDatasetH dataset, const RasterInfo& info) {
    if (info.driver != "VRT" || info.files.size() < 2) return false;
    const auto part = open_named(info.files[1].c_str());
    if (!part || GDALGetRasterCount(part->get()) == 0) return false;
    const double pixels =
        static_cast<double>(GDALGetRasterXSize(part->get())) * GDALGetRasterYSize(part->get());
    const double whole = static_cast<double>(GDALGetRasterXSize(dataset)) * GDALGetRasterYSize(dataset);
    return GDALGetOverviewCount(GDALGetRasterBand(part->get(), 1)) > 0 || pixels * 64 < whole;
}

RasterLevel half_of(const RasterLevel& level) {
    return {level.width / 2 + level.width % 2, level.height / 2 + level.height % 2,
            RasterLevel::Origin::reduced};
}

}  // namespace

bool is_slow_to_read(const RasterInfo& info) {
    const RasterBand& band = info.bands.front();
    const double block_px = static_cast<double>(band.block_width) * band.block_height;
    const double whole = static_cast<double>(info.width_px) * info.height_px;
    const bool slow = info.driver.starts_with("JP2") || block_px > k_slow_block_px;
    return slow && whole > k_small_px / 8;
}

std::vector<LevelSource> find_levels(GDALDatasetH file, GDALDatasetH pyramid, RasterInfo& info) {
    const geo::GdalMessages messages;
    std::vector<Stored> stored;
    const bool whole_copy = pyramid != nullptr && GDALGetRasterXSize(pyramid) == info.width_px &&
                            std::string_view{GDALGetDescription(GDALGetDatasetDriver(pyramid))} != "VRT";
    if (!whole_copy) add_stored(file, false, true, stored);
    if (pyramid != nullptr) add_stored(pyramid, true, whole_copy, stored);

    const bool fast_parts = parts_are_fast(file, info);
    std::vector<LevelSource> sources;
    info.levels.clear();
    info.wants_pyramid = false;
    for (std::size_t i = 0; i < stored.size(); ++i) {
        info.levels.push_back(stored[i].level);
        sources.push_back(stored[i].source);
        const int next = i + 1 < stored.size() ? stored[i + 1].level.width : 0;
        LevelSource reduced = stored[i].source;
        reduced.fast_when_reduced = fast_parts;
        for (RasterLevel half = half_of(info.levels.back());
             next > 0 ? half.width > std::int64_t{next} * 3 / 2
                      : std::max(info.levels.back().width, info.levels.back().height) > info.tile_px;
             half = half_of(half)) {
            info.levels.push_back(half);
            sources.push_back(reduced);
            const double pixels = static_cast<double>(reduced.width) * reduced.height;
            if (pixels > k_small_px && !fast_parts) info.wants_pyramid = true;
        }
    }
    if (!whole_copy && is_slow_to_read(info)) info.wants_pyramid = true;
    std::error_code error;
    if (!fs::is_regular_file(info.path, error)) info.wants_pyramid = false;  // nothing to know it again by
    return sources;
}

}  // namespace media
