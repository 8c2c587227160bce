// Mask layers as GeoTIFF, and as Cloud Optimized GeoTIFF. Rasters of classes of other tools as mask layers.
// The COG driver of GDAL makes overviews with CUBIC unless the band has a palette, which would invent
// classes: it is always told NEAREST or MODE.

#include "formats/drivers.h"
#include "formats/export_plan.h"
#include "formats/mask_import.h"
#include "formats/mask_tiff.h"
#include "formats/staged_files.h"
#include "geo/gdal.h"

namespace formats {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_extensions[] = {".tif", ".tiff"};
constexpr std::string_view k_compressions[] = {"deflate", "zstd", "lzw"};
constexpr std::string_view k_resamplings[] = {"nearest", "mode", "none"};
constexpr std::string_view k_cog_resamplings[] = {"nearest", "mode"};
constexpr FormatOption k_options[] = {
    k_layer_option,
    {"compress", "deflate", "how pixels are packed; zstd is smaller and faster, and fewer programs read it",
     k_compressions},
    {"overviews", "nearest", "how the smaller levels are made; neither way invents classes", k_resamplings},
};
constexpr FormatOption k_cog_options[] = {
    k_layer_option,
    {"compress", "deflate", "how pixels are packed; zstd is smaller and faster, and fewer programs read it",
     k_compressions},
    {"overviews", "nearest", "how the smaller levels are made; neither way invents classes",
     k_cog_resamplings},
};

bool is_tiff(std::span<const std::byte> bytes) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    using namespace std::string_view_literals;
    return text.starts_with("II*\0"sv) || text.starts_with("MM\0*"sv) || text.starts_with("II+\0"sv) ||
           text.starts_with("MM\0+"sv);
}

bool is_cog(std::span<const std::byte> bytes) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()),
                                std::min<std::size_t>(bytes.size(), 256));
    return text.find("LAYOUT=IFDS_BEFORE_DATA") != std::string_view::npos;
}

Match probe(std::span<const std::byte> bytes, const fs::path&) {
    return is_tiff(bytes) && !is_cog(bytes) ? Match::certain : Match::no;
}

Match probe_cog(std::span<const std::byte> bytes, const fs::path&) {
    return is_tiff(bytes) && is_cog(bytes) ? Match::certain : Match::no;
}

base::Result<Report> read(const fs::path& file, ReadContext& context) {
    Importer import(context, "geotiff", file);
    const geo::GdalMessages messages;
    const Dataset dataset = open_raster(file, {"GTiff"});
    if (!dataset) return import.malformed("The file is no TIFF that can be read ({})", messages.reason());
    auto raster = value_raster_of(import, *dataset);
    if (!raster) return std::unexpected(raster.error());
    const auto asset = medium_of_mask(context, file);
    if (!asset) return std::unexpected(asset.error());
    const std::string name = raster->legend.layer.empty() ? layer_name_of(file, *import.state().find(*asset))
                                                          : raster->legend.layer;
    if (auto done = put_mask_layer(import, *asset, *raster, name); !done)
        return std::unexpected(done.error());
    return import.finish();
}

std::string upper(std::string text) {
    for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    return text;
}

// Only the whole file can be made into a COG: it comes from a TIFF that is gone afterwards.
base::Result<void> write_cog(const LayerToWrite& layer, const fs::path& file, const MaskTiff& how,
                             const GdalProgress& progress) {
    const fs::path whole = fs::path(file) += ".whole";
    GdalProgress first = progress, second = progress;
    first.to = second.from = progress.from + 0.4 * (progress.to - progress.from);
    MaskTiff quick{.compress = "DEFLATE", .sparse = true};
    if (auto done = write_mask_tiff(layer, whole, quick, first); !done) return done;
    geo::GdalMessages messages;
    const auto failed = [&] {
        return base::fail(base::ErrorKind::io, "The mask cannot be written ({}): {}", messages.reason(),
                          file.string());
    };
    Dataset source = open_raster(whole, {"GTiff"});
    GDALDriver* driver = GetGDALDriverManager()->GetDriverByName("COG");
    if (!source || driver == nullptr) return failed();
    GdalOptions options{"COMPRESS=" + how.compress, "BLOCKSIZE=512", "BIGTIFF=IF_SAFER",
                        "OVERVIEW_RESAMPLING=" + how.overviews, "WARP_RESAMPLING=NEAREST"};
    Dataset made{
        driver->CreateCopy(file.c_str(), source.get(), FALSE, options.get(), GdalProgress::call, &second)};
    if (progress.stop.stop_requested()) return export_stopped(file);
    if (!made) return failed();
    made.reset();
    source.reset();
    std::error_code error;
    for (const char* suffix : {"", ".aux.xml"}) fs::remove(fs::path(whole) += suffix, error);
    if (messages.failed()) return failed();
    return {};
}

base::Result<Report> write_layers(const FormatDriver& driver, const labels::State& state, const fs::path& out,
                                  const WriteContext& context) {
    const bool cog = driver.id == "cog";
    const auto chosen = ChosenOptions::of(driver, context.options);
    if (!chosen) return std::unexpected(chosen.error());
    const auto layers = layers_to_write(state, out, context, chosen->text("layer"));
    if (!layers) return std::unexpected(layers.error());
    Report report = report_of_layers(state, *layers);
    const std::string& overviews = chosen->text("overviews");
    const MaskTiff how{upper(chosen->text("compress")), overviews == "none" ? "" : upper(overviews)};
    const auto count = static_cast<double>(layers->size());
    for (std::size_t i = 0; i < layers->size(); ++i) {
        const fs::path file = file_of_layer(out, (*layers)[i], layers->size(), ".tif");
        if (auto made = make_parent(file); !made) return std::unexpected(made.error());
        auto staged = StagedFiles::create(file);
        if (!staged) return std::unexpected(staged.error());
        const auto at = static_cast<double>(i);
        const GdalProgress progress{context.stop, &context.progress, at / count, (at + 1) / count};
        auto done = cog ? write_cog((*layers)[i], staged->path(), how, progress)
                        : write_mask_tiff((*layers)[i], staged->path(), how, progress);
        if (!done) return std::unexpected(done.error());
        if (context.stop.stop_requested()) return export_stopped(file);
        auto files = staged->commit();
        if (!files) return std::unexpected(files.error());
        report.files.insert(report.files.end(), files->begin(), files->end());
    }
    if (auto done = write_manifest(out, driver.id, state, context, report); !done)
        return std::unexpected(done.error());
    return report;
}

base::Result<Report> write(const labels::State& state, const fs::path& out, const WriteContext& context) {
    return write_layers(geotiff_driver, state, out, context);
}
base::Result<Report> write_as_cog(const labels::State& state, const fs::path& out,
                                  const WriteContext& context) {
    return write_layers(cog_driver, state, out, context);
}

constexpr std::string_view k_carries =
    "Mask layers of rasters and pictures, every pixel: a palette of the classes' colours (up to 255 values), "
    "names of "
    "classes and objects, unlabelled as nodata 0, and the medium's own place on the ground; a file for each "
    "layer.";
constexpr std::string_view k_loses =
    "Boxes, polygons, object masks and everything else that is no mask layer; attributes and guidelines of "
    "classes.";

}  // namespace

const FormatDriver geotiff_driver = {
    .id = "geotiff",
    .title = "GeoTIFF masks",
    .extensions = k_extensions,
    .carries = k_carries,
    .loses = k_loses,
    .probe = probe,
    .read = read,
    .write = write,
    .of_masks = true,
    .options = k_options,
};

const FormatDriver cog_driver = {
    .id = "cog",
    .title = "Cloud Optimized GeoTIFF masks",
    .extensions = k_extensions,
    .carries = k_carries,
    .loses = k_loses,
    .probe = probe_cog,
    .read = read,
    .write = write_as_cog,
    .of_masks = true,
    .options = k_cog_options,
};

}  // namespace formats
