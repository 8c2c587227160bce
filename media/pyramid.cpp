#include "media/pyramid.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <gdal.h>
#include <gdal_utils.h>

#include "base/file.h"
#include "base/side_file.h"
#include "geo/gdal.h"
#include "media/raster_file.h"
#include "media/raster_open.h"

namespace media {

namespace fs = std::filesystem;

constexpr std::string_view k_kind = "pyramids";
constexpr std::uintmax_t k_cap_bytes = 64ull << 30;

namespace {

// A full copy is a TIFF with overviews inside; else a VRT of the raster stands beside its overviews.
fs::path copy_file(const fs::path& raster) { return base::side_file(k_kind, raster, "tif"); }
fs::path mosaic_file(const fs::path& raster) { return base::side_file(k_kind, raster, "vrt"); }
fs::path overviews_of(const fs::path& vrt) { return vrt.string() + ".ovr"; }

struct Telling {
    const std::stop_token& stop;
    const std::function<void(double)>& progress;
    double from = 0, share = 1;
};

int tell(double done, const char*, void* data) {
    const auto& telling = *static_cast<const Telling*>(data);
    if (telling.progress) telling.progress(telling.from + done * telling.share);
    return telling.stop.stop_requested() ? FALSE : TRUE;
}

// For the calling thread, while it lives.
class ThreadOption {
public:
    ThreadOption(const char* name, const char* value) : m_name{name} {
        CPLSetThreadLocalConfigOption(name, value);
    }
    ThreadOption(const ThreadOption&) = delete;
    ThreadOption& operator=(const ThreadOption&) = delete;
    ~ThreadOption() { CPLSetThreadLocalConfigOption(m_name, nullptr); }

private:
    const char* m_name;
};

bool translate(GDALDatasetH from, const fs::path& to, const std::vector<std::string>& arguments,
               Telling telling) {
    char** list = nullptr;
    for (const std::string& argument : arguments) list = CSLAddString(list, argument.c_str());
    GDALTranslateOptions* options = GDALTranslateOptionsNew(list, nullptr);
    CSLDestroy(list);
    if (options == nullptr) return false;
    GDALTranslateOptionsSetProgress(options, tell, &telling);
    int wrong_use = FALSE;
    GDALDatasetH made = GDALTranslate(to.c_str(), from, options, &wrong_use);
    GDALTranslateOptionsFree(options);
    if (made == nullptr) return false;
    GDALClose(made);
    return true;
}

bool add_overviews(const fs::path& to, bool inside, const char* resampling, Telling telling) {
    const unsigned access = inside ? GDAL_OF_UPDATE : GDAL_OF_READONLY;
    DatasetPtr dataset{GDALOpenEx(to.c_str(), GDAL_OF_RASTER | access, nullptr, nullptr, nullptr)};
    if (!dataset) return false;
    std::vector<int> factors;
    const int longer = std::max(GDALGetRasterXSize(dataset.get()), GDALGetRasterYSize(dataset.get()));
    for (int factor = 2; longer / factor >= 256; factor *= 2) factors.push_back(factor);
    if (factors.empty()) factors.push_back(2);
    return GDALBuildOverviews(dataset.get(), resampling, static_cast<int>(factors.size()), factors.data(), 0,
                              nullptr, tell, &telling) == CE_None;
}

void remove_file(const fs::path& file) {
    std::error_code ignored;
    fs::remove(file, ignored);
}

}  // namespace

fs::path find_pyramid(const fs::path& raster) {
    std::error_code error;
    if (const fs::path copy = copy_file(raster); !copy.empty() && fs::exists(copy, error)) {
        base::touch(copy);
        return copy;
    }
    const fs::path mosaic = mosaic_file(raster);
    if (mosaic.empty() || !fs::exists(mosaic, error) || !fs::exists(overviews_of(mosaic), error)) return {};
    base::touch(mosaic);
    base::touch(overviews_of(mosaic));
    return mosaic;
}

base::Result<fs::path> make_pyramid(const fs::path& raster, std::stop_token stop,
                                    const std::function<void(double)>& progress) {
    auto source = open_dataset(raster);
    if (!source) return std::unexpected(source.error());
    RasterInfo info = describe_raster(source->get(), raster);
    if (auto sound = check_raster(source->get(), info); !sound) return std::unexpected(sound.error());
    const bool copy = is_slow_to_read(info);
    const fs::path file = copy ? copy_file(raster) : mosaic_file(raster);
    if (file.empty())
        return base::fail(base::ErrorKind::io,
                          "There is no cache folder for its smaller copies; set XDG_CACHE_HOME: {}",
                          raster.string());
    // GDAL tells formats by extension, so the part is beside it under a name of its own.
    const fs::path part = file.parent_path() / fmt::format("part-{}", file.filename().string());
    const geo::GdalMessages messages;
    const ThreadOption compress{"COMPRESS_OVERVIEW", "ZSTD"}, big{"BIGTIFF_OVERVIEW", "IF_SAFER"};
    const ThreadOption block{"GDAL_TIFF_OVR_BLOCKSIZE", "512"}, level{"ZSTD_LEVEL_OVERVIEW", "1"};
    const RasterBand& band = info.bands.front();
    const bool classes = !band.palette.empty() || !band.categories.empty();
    const char* resampling = classes ? "MODE" : "AVERAGE";
    bool done =
        copy
            ? translate(source->get(), part,
                        {"-of", "GTiff", "-co", "TILED=YES", "-co", "BLOCKXSIZE=512", "-co", "BLOCKYSIZE=512",
                         "-co", "COMPRESS=ZSTD", "-co", "ZSTD_LEVEL=1", "-co", "BIGTIFF=IF_SAFER"},
                        {stop, progress, 0, 0.7})
            : translate(source->get(), part, {"-of", "VRT"}, {stop, progress, 0, 0});
    source->reset();
    done =
        done && add_overviews(part, copy, resampling, {stop, progress, copy ? 0.7 : 0.0, copy ? 0.3 : 1.0});
    std::error_code error;
    if (done && !copy) fs::rename(overviews_of(part), overviews_of(file), error);
    if (done && !error) fs::rename(part, file, error);
    if (!done || error) {
        remove_file(part);
        remove_file(overviews_of(part));
        if (stop.stop_requested())
            return base::fail(base::ErrorKind::cancelled, "Making smaller copies of {} was cancelled",
                              raster.filename().string());
        return base::fail(base::ErrorKind::io,
                          "Smaller copies could not be made ({}); free space in the cache folder: {}",
                          error ? error.message() : messages.reason(), file.string());
    }
    base::trim_side_files(k_kind, k_cap_bytes, file);
    return file;
}

}  // namespace media
