#include "media/pyramid.h"

#include <algorithm>

#include <cpl_conv.h>
#include <cpl_string.h>
#include <gdal.h>
#include <gdal_utils.h>
#include <unistd.h>

#include "base/digest.h"
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

// The name of a raster's side files: of all the files it is made of as they are now. A mosaic is the same
// text whatever its parts are, so that alone says nothing.
std::string side_name(GDALDatasetH dataset) {
    std::uint64_t hash = 0;
    char** files = GDALGetFileList(dataset);
    bool any = false;
    for (char** file = files; file != nullptr && *file != nullptr; ++file) {
        std::error_code error;
        const auto written = fs::last_write_time(*file, error);
        const auto size = error ? 0 : fs::file_size(*file, error);
        if (error) continue;
        any = true;
        const std::string one = fmt::format("{}|{}|{}", fs::absolute(*file, error).string(), size,
                                            written.time_since_epoch().count());
        hash = base::hash64(std::as_bytes(std::span{one}), hash);
    }
    CSLDestroy(files);
    return any ? fmt::format("{:016x}", hash) : std::string{};
}

fs::path folder() { return base::cache_dir() / k_kind; }
// A full copy is a TIFF with overviews inside; else a VRT of the raster stands beside its overviews.
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
    if (is_gdal_name(raster) || !fs::exists(folder(), error)) return {};
    const geo::GdalMessages messages;
    const auto dataset = open_dataset(raster);
    const std::string name = dataset ? side_name(dataset->get()) : std::string{};
    if (name.empty()) return {};
    if (const fs::path copy = folder() / (name + ".tif"); fs::exists(copy, error)) {
        base::touch(copy);
        return copy;
    }
    const fs::path mosaic = folder() / (name + ".vrt");
    if (!fs::exists(mosaic, error) || !fs::exists(overviews_of(mosaic), error)) return {};
    base::touch(mosaic);
    base::touch(overviews_of(mosaic));
    return mosaic;
}

base::Result<fs::path> make_pyramid(const fs::path& raster, std::stop_token stop,
                                    const std::function<void(double)>& progress) {
    std::error_code error;
    // The mosaic that stands for it must find it from anywhere.
    const fs::path full = is_gdal_name(raster) ? raster : fs::absolute(raster, error);
    auto source = open_dataset(full);
    if (!source) return std::unexpected(source.error());
    RasterInfo info = describe_raster(source->get(), full);
    if (auto sound = check_raster(source->get(), info); !sound) return std::unexpected(sound.error());
    const bool copy = is_slow_to_read(info);
    const std::string name = side_name(source->get());
    fs::create_directories(folder(), error);
    if (name.empty() || error)
        return base::fail(base::ErrorKind::io,
                          "There is no place for its smaller copies; set XDG_CACHE_HOME: {}",
                          raster.string());
    const fs::path file = folder() / (name + (copy ? ".tif" : ".vrt"));
    // GDAL tells formats by extension. Another Limn may be at the same: each has a name of its own.
    const fs::path part = folder() / fmt::format("part-{}-{}{}", ::getpid(), name, file.extension().string());
    const geo::GdalMessages messages;
    const ThreadOption compress{"COMPRESS_OVERVIEW", "ZSTD"}, big{"BIGTIFF_OVERVIEW", "IF_SAFER"};
    const ThreadOption block{"GDAL_TIFF_OVR_BLOCKSIZE", "512"}, level{"ZSTD_LEVEL_OVERVIEW", "1"};
    const RasterBand& band = info.bands.front();
    const bool classes = !band.palette.empty() || !band.categories.empty();
    // GDAL averages signed bytes as if they were not.
    const char* resampling = classes ? "MODE" : band.type == "Int8" ? "NEAREST" : "AVERAGE";
    // A mask of the file does not go into overviews by itself: it becomes an alpha band.
    std::vector<std::string> bands;
    if (info.mask_band == 0 &&
        std::ranges::find(info.bands, "Alpha", &RasterBand::color) == info.bands.end()) {
        for (const RasterBand& one : info.bands)
            bands.insert(bands.end(), {"-b", std::to_string(one.number)});
        const std::string alpha = fmt::format("-colorinterp_{}", info.bands.size() + 1);
        bands.insert(bands.end(), {"-b", "mask", alpha, "alpha"});
    }
    const auto with_bands = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), bands.begin(), bands.end());
        return arguments;
    };
    bool done = copy ? translate(source->get(), part,
                                 with_bands({"-of", "GTiff", "-co", "TILED=YES", "-co", "BLOCKXSIZE=512",
                                             "-co", "BLOCKYSIZE=512", "-co", "COMPRESS=ZSTD", "-co",
                                             "ZSTD_LEVEL=1", "-co", "BIGTIFF=IF_SAFER"}),
                                 {stop, progress, 0, 0.7})
                     : translate(source->get(), part, with_bands({"-of", "VRT"}), {stop, progress, 0, 0});
    source->reset();
    done =
        done && add_overviews(part, copy, resampling, {stop, progress, copy ? 0.7 : 0.0, copy ? 0.3 : 1.0});
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
    if (!copy) base::touch(overviews_of(file));
    base::trim_side_files(k_kind, k_cap_bytes, copy ? file : overviews_of(file));
    return file;
}

}  // namespace media
