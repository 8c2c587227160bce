#pragma once
// What the drivers that go through GDAL's rasters share.

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include <gdal_priv.h>

#include "base/georeference.h"
#include "base/result.h"

namespace formats {

struct CloseDataset {
    void operator()(GDALDataset* dataset) const { GDALClose(dataset); }
};
using Dataset = std::unique_ptr<GDALDataset, CloseDataset>;

// "NAME=VALUE" options as GDAL takes them.
class GdalOptions {
public:
    GdalOptions(std::initializer_list<std::string> options) : m_options{options} {}
    void add(std::string option) { m_options.push_back(std::move(option)); }
    [[nodiscard]] char** get();  // valid until the next call of anything

private:
    std::vector<std::string> m_options;
    std::vector<char*> m_pointers;
};

// Opened to be read, by one of these drivers alone, by any where there are none. Null when it cannot be;
// GDAL's messages say why.
[[nodiscard]] Dataset open_raster(const std::filesystem::path& file, std::vector<const char*> drivers);

// Where it lies, as GDAL says it.
[[nodiscard]] base::Georeference georeference_of(GDALDataset& dataset);
// Puts all of it into a dataset that is being made.
void put_georeference(const base::Georeference& georeference, GDALDataset& dataset);
// As seen from a window of the raster whose corner is `corner`.
[[nodiscard]] base::Georeference moved(base::Georeference georeference, base::Point corner);
// Whether two WKTs name the same CRS; two without one are the same.
[[nodiscard]] bool same_crs(const std::string& a, const std::string& b);

// What GDAL is given as its progress function: stops it, and says how far it is.
struct GdalProgress {
    std::stop_token stop;
    const std::function<void(double)>* progress = nullptr;
    double from = 0, to = 1;
    static int CPL_STDCALL call(double done, const char* message, void* self);
};

}  // namespace formats
