#pragma once
// Rasters made by GDAL for tests, and what GDAL says their samples are.

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <cpl_string.h>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <gdal.h>
#include <unistd.h>

#include "geo/gdal.h"
#include "media/raster_open.h"

namespace raster_fixtures {

namespace fs = std::filesystem;

// A folder of its own for each test, removed at the end.
class Folder {
public:
    Folder() {
        static int count = 0;
        path = fs::temp_directory_path() / fmt::format("limn-raster-{}-{}", ::getpid(), ++count);
        fs::create_directories(path);
    }
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> out;
        for (const auto& entry : fs::directory_iterator(path))
            out.push_back(entry.path().filename().string());
        std::ranges::sort(out);
        return out;
    }
    fs::path path;
};

struct Desc {
    int width = 600, height = 500, bands = 1;
    GDALDataType type = GDT_Byte;
    std::vector<std::string> options = {};  // "TILED=YES" …
    std::function<double(int x, int y, int band)> value = [](int x, int y, int band) {
        return (x * 7 + y * 13 + band * 29) % 200 + 1;
    };
    std::function<void(GDALDatasetH)> more = {};  // before it is closed
};

inline fs::path make(const fs::path& file, const Desc& desc) {
    geo::set_up_gdal();
    char** options = nullptr;
    for (const std::string& option : desc.options) options = CSLAddString(options, option.c_str());
    GDALDatasetH made = GDALCreate(GDALGetDriverByName("GTiff"), file.c_str(), desc.width, desc.height,
                                   desc.bands, desc.type, options);
    CSLDestroy(options);
    REQUIRE(made != nullptr);
    std::vector<double> row(static_cast<std::size_t>(desc.width) * 2);
    const bool complex = GDALDataTypeIsComplex(desc.type) != 0;
    for (int band = 1; band <= desc.bands; ++band)
        for (int y = 0; y < desc.height; ++y) {
            for (int x = 0; x < desc.width; ++x) {
                const auto at = static_cast<std::size_t>(x);
                row[complex ? 2 * at : at] = desc.value(x, y, band);
                if (complex) row[2 * at + 1] = 4;
            }
            REQUIRE(GDALRasterIO(GDALGetRasterBand(made, band), GF_Write, 0, y, desc.width, 1, row.data(),
                                 desc.width, 1, complex ? GDT_CFloat64 : GDT_Float64, 0, 0) == CE_None);
        }
    if (desc.more) desc.more(made);
    GDALClose(made);
    return file;
}

// The sample as GDAL gives it, as a double.
inline double sample(const fs::path& file, int x, int y, int band) {
    const auto dataset = media::open_dataset(file);
    REQUIRE(dataset.has_value());
    double value = 0;
    REQUIRE(GDALRasterIO(GDALGetRasterBand(dataset->get(), band), GF_Read, x, y, 1, 1, &value, 1, 1,
                         GDT_Float64, 0, 0) == CE_None);
    return value;
}

}  // namespace raster_fixtures
