#include "media/warp.h"

#include <array>
#include <cmath>

#include <cpl_conv.h>
#include <cpl_string.h>
#include <gdal.h>
#include <gdal_alg.h>
#include <gdalwarper.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "geo/gdal.h"
#include "geo/placement.h"
#include "media/raster_file.h"
#include "media/raster_open.h"

namespace media {

namespace fs = std::filesystem;

namespace {

base::Result<fs::path> cache_file(std::string_view kind, const std::string& key, std::string_view extension) {
    const fs::path folder = base::cache_dir() / kind;
    std::error_code error;
    fs::create_directories(folder, error);
    const std::uint64_t hash = base::hash64(std::as_bytes(std::span{key}));
    if (error)
        return base::fail(base::ErrorKind::io,
                          "There is no cache folder for layers ({}); set XDG_CACHE_HOME: {}", error.message(),
                          folder.string());
    return folder / fmt::format("{:016x}.{}", hash, extension);
}

bool same_place(const base::Georeference& a, const base::Georeference& b) {
    if (!a.geotransform || !b.geotransform || a.crs != b.crs) return false;
    for (std::size_t i = 0; i < 6; ++i) {
        const double scale =
            std::max({std::abs((*a.geotransform)[1]), std::abs((*a.geotransform)[2]), 1e-12});
        if (std::abs((*a.geotransform)[i] - (*b.geotransform)[i]) > scale * 1e-6) return false;
    }
    return true;
}

// A value that says "nothing here" in every band alike and that their samples can hold.
std::optional<double> shared_nodata(GDALDatasetH source) {
    std::optional<double> nodata;
    for (int band = 1; band <= GDALGetRasterCount(source); ++band) {
        int known = FALSE;
        GDALRasterBandH one = GDALGetRasterBand(source, band);
        const double value = GDALGetRasterNoDataValue(one, &known);
        if (!known || (nodata && *nodata != value) ||
            GDALAdjustValueToDataType(GDALGetRasterDataType(one), value, nullptr, nullptr) != value)
            return {};
        nodata = value;
    }
    return nodata;
}

// Where the source is much finer, the overview whose pixels are about the base's: GDAL would warp from the
// finest.
DatasetPtr overview_for(GDALDatasetH source, const RasterInfo& base) {
    char** options = CSLSetNameValue(nullptr, "DST_SRS", base.reference.crs.c_str());
    void* transformer = GDALCreateGenImgProjTransformer2(source, nullptr, options);
    CSLDestroy(options);
    if (transformer == nullptr) return nullptr;
    std::array<double, 6> place = *base.reference.geotransform;
    GDALSetGenImgProjTransformerDstGeoTransform(transformer, place.data());
    std::array x = {base.width_px / 2.0, base.width_px / 2.0 + 1},
               y = {base.height_px / 2.0, base.height_px / 2.0};
    std::array z = {0.0, 0.0};
    std::array ok = {FALSE, FALSE};
    GDALGenImgProjTransform(transformer, TRUE, 2, x.data(), y.data(), z.data(), ok.data());
    GDALDestroyGenImgProjTransformer(transformer);
    if (ok[0] == FALSE || ok[1] == FALSE) return nullptr;
    const double finer = std::hypot(x[1] - x[0], y[1] - y[0]);  // its pixels for one of the base
    GDALRasterBandH band = GDALGetRasterBand(source, 1);
    int chosen = -1;
    double factor = 1;
    for (int i = 0; i < GDALGetOverviewCount(band); ++i) {
        const double of = static_cast<double>(GDALGetRasterXSize(source)) /
                          GDALGetRasterBandXSize(GDALGetOverview(band, i));
        if (of <= finer * 1.01 && of > factor) chosen = i, factor = of;
    }
    if (chosen < 0) return nullptr;
    const std::string level = fmt::format("OVERVIEW_LEVEL={}", chosen);
    const char* const open_options[] = {level.c_str(), nullptr};
    return DatasetPtr{GDALOpenEx(GDALGetDescription(source), GDAL_OF_RASTER | GDAL_OF_READONLY, nullptr,
                                 open_options, nullptr)};
}

// The mosaic is written when it is closed, under the name it is given.
bool write_warped(GDALDatasetH source, const RasterInfo& base, const fs::path& to) {
    char** options = CSLSetNameValue(nullptr, "DST_SRS", base.reference.crs.c_str());
    void* transformer = nullptr;
    std::array<double, 6> place = *base.reference.geotransform;
    transformer = GDALCreateGenImgProjTransformer2(source, nullptr, options);
    CSLDestroy(options);
    if (transformer == nullptr) return false;
    GDALSetGenImgProjTransformerDstGeoTransform(transformer, place.data());
    GDALWarpOptions* warp = GDALCreateWarpOptions();
    const GDALRasterBandH first = GDALGetRasterBand(source, 1);
    const bool classes = GDALGetRasterColorTable(first) != nullptr;
    warp->eResampleAlg = classes ? GRA_NearestNeighbour : GRA_Bilinear;
    warp->hSrcDS = source;
    warp->pTransformerArg = transformer;
    warp->pfnTransformer = GDALGenImgProjTransform;
    GDALWarpInitDefaultBandMapping(warp, GDALGetRasterCount(source));
    // Outside the source there is nothing: an alpha band says so where no value can.
    const auto shared = shared_nodata(source);
    const bool has_nodata = shared.has_value();
    const double nodata = shared.value_or(0);
    if (has_nodata) {
        GDALWarpInitSrcNoDataReal(warp, nodata);
        GDALWarpInitDstNoDataReal(warp, nodata);
        warp->papszWarpOptions = CSLSetNameValue(warp->papszWarpOptions, "INIT_DEST", "NO_DATA");
    } else {
        warp->nDstAlphaBand = warp->nBandCount + 1;
        if (GDALGetRasterColorInterpretation(GDALGetRasterBand(source, warp->nBandCount)) == GCI_AlphaBand) {
            warp->nSrcAlphaBand = warp->nBandCount;
            warp->nDstAlphaBand = warp->nBandCount;
            --warp->nBandCount;
        }
        warp->papszWarpOptions = CSLSetNameValue(warp->papszWarpOptions, "INIT_DEST", "0");
    }
    GDALDatasetH made = GDALCreateWarpedVRT(source, base.width_px, base.height_px, place.data(), warp);
    GDALDestroyWarpOptions(warp);
    if (made == nullptr) return false;
    GDALSetProjection(made, base.reference.crs.c_str());
    for (int band = 1; has_nodata && band <= GDALGetRasterCount(made); ++band)
        GDALSetRasterNoDataValue(GDALGetRasterBand(made, band), nodata);
    // Under a name of its own first: others may want the same layer at the same time.
    const fs::path part = to.parent_path() / fmt::format("part-{}-{}", ::getpid(), to.filename().string());
    GDALSetDescription(made, part.c_str());
    GDALClose(made);
    std::error_code error;
    fs::rename(part, to, error);
    return !error;
}

}  // namespace

base::Result<fs::path> warp_onto(const fs::path& given, const RasterInfo& base) {
    std::error_code error;
    // The mosaic must find it from anywhere.
    const fs::path file = is_gdal_name(given) ? given : fs::absolute(given, error);
    auto source = open_dataset(file);
    if (!source) return std::unexpected(source.error());
    const RasterInfo info = describe_raster(source->get(), file);
    if (auto sound = check_raster(source->get(), info); !sound) return std::unexpected(sound.error());
    const bool same_size = info.width_px == base.width_px && info.height_px == base.height_px;
    if (same_size &&
        (same_place(info.reference, base.reference) || (info.reference.empty() && base.reference.empty())))
        return file;
    if (info.reference.empty() || base.reference.empty())
        return base::fail(
            base::ErrorKind::refused,
            "{} has no place on the ground, so the two cannot be laid onto each other; only one of the same "
            "size could: {}",
            info.reference.empty() ? "This layer" : "The raster below", file.string());
    if (!base.reference.geotransform || base.reference.crs.empty())
        return base::fail(base::ErrorKind::refused,
                          "The raster below is placed by control points or RPCs; warp it first (gdalwarp) to "
                          "lay others onto "
                          "it: {}",
                          base.path.string());
    std::string key =
        file.string() + base.reference.crs + fmt::format("{}x{} v2", base.width_px, base.height_px);
    for (const double value : *base.reference.geotransform) key += fmt::format(" {:.17g}", value);
    const auto written = fs::last_write_time(file, error);
    if (!error) key += fmt::format(" {}", written.time_since_epoch().count());
    auto to = cache_file("layers", key, "vrt");
    if (!to) return std::unexpected(to.error());
    if (fs::exists(*to, error) && open_dataset(*to)) return *to;
    const geo::GdalMessages messages;
    const DatasetPtr coarser = overview_for(source->get(), base);
    if (write_warped(coarser ? coarser.get() : source->get(), base, *to)) return *to;
    return base::fail(base::ErrorKind::refused, "GDAL cannot lay this raster onto the one below ({}): {}",
                      messages.reason(), file.string());
}

base::Result<fs::path> tile_map(const std::string& url_template) {
    std::string url = url_template;
    const bool is_web = url.starts_with("http://") || url.starts_with("https://");
    for (const auto& [from, to] :
         {std::pair{"{z}", "${z}"}, std::pair{"{x}", "${x}"}, std::pair{"{y}", "${y}"}}) {
        const std::size_t at = url.find(from);
        if (!is_web || at == std::string::npos)
            return base::fail(base::ErrorKind::malformed,
                              "A map of tiles is an address with {{z}}, {{x}} and {{y}} in it, such as "
                              "https://tile.example.org/{{z}}/{{x}}/{{y}}.png: {}",
                              url_template);
        url.replace(at, 3, to);
    }
    std::string escaped;
    for (const char c : url) {
        if (c == '&')
            escaped += "&amp;";
        else if (c == '<')
            escaped += "&lt;";
        else
            escaped += c;
    }
    auto file = cache_file("layers", url, "xml");
    if (!file) return std::unexpected(file.error());
    const std::string xml = fmt::format(
        "<GDAL_WMS><Service name=\"TMS\"><ServerUrl>{}</ServerUrl></Service><DataWindow>"
        "<UpperLeftX>-20037508.34</UpperLeftX><UpperLeftY>20037508.34</UpperLeftY>"
        "<LowerRightX>20037508.34</LowerRightX><LowerRightY>-20037508.34</LowerRightY>"
        "<TileLevel>19</TileLevel><TileCountX>1</TileCountX><TileCountY>1</TileCountY><YOrigin>top</"
        "YOrigin></DataWindow>"
        "<Projection>EPSG:3857</Projection><BlockSizeX>256</BlockSizeX><BlockSizeY>256</BlockSizeY>"
        "<BandsCount>3</BandsCount><MaxConnections>4</MaxConnections><Timeout>20</Timeout>"
        "<UserAgent>Limn</UserAgent><ZeroBlockHttpCodes>204,404</ZeroBlockHttpCodes>"
        "<Cache><Path>{}</Path></Cache></GDAL_WMS>\n",
        escaped, (base::cache_dir() / "tiles").string());
    auto out = base::AtomicFile::create(*file);
    if (out) out->write(xml);
    if (const auto done = out ? out->commit() : std::unexpected(out.error()); !done)
        return std::unexpected(done.error());
    return *file;
}

}  // namespace media
