#include "geo/gdal.h"

#include <algorithm>
#include <mutex>

#include <cpl_conv.h>
#include <cpl_error.h>
#include <gdal.h>
#include <gdal_priv.h>
#include <ogr_api.h>

namespace geo {

static std::string one_line(const char* text) {
    std::string line{text != nullptr ? text : ""};
    std::ranges::replace(line, '\n', ' ');
    while (!line.empty() && (line.back() == '.' || line.back() == ' ')) line.pop_back();
    return line;
}

void take_gdal_message(int severity, int /*number*/, const char* text) {
    auto* messages = static_cast<GdalMessages*>(CPLGetErrorHandlerUserData());
    if (messages == nullptr) return;
    if (severity >= CE_Failure) {
        messages->m_error = one_line(text);
        return;
    }
    constexpr std::size_t k_most = 20;
    std::string line = one_line(text);
    if (severity == CE_Warning && messages->m_warnings.size() < k_most &&
        std::ranges::find(messages->m_warnings, line) == messages->m_warnings.end())
        messages->m_warnings.push_back(std::move(line));
}

static void handle(CPLErr severity, CPLErrorNum number, const char* text) {
    take_gdal_message(severity, number, text);
}

// What the user has set in the environment stands.
static void set_default(const char* option, const char* value) {
    if (CPLGetConfigOption(option, nullptr) == nullptr) CPLSetConfigOption(option, value);
}

void set_up_gdal() {
    static std::once_flag once;
    std::call_once(once, [] {
        set_default("GDAL_HTTP_CONNECTTIMEOUT", "10");
        set_default("GDAL_HTTP_TIMEOUT", "60");
        set_default("GDAL_HTTP_MAX_RETRY", "2");
        set_default("GDAL_CACHEMAX", "192");  // MB
        set_default("OGR_GEOJSON_MAX_OBJ_SIZE", "200");
        GDALAllRegister();
        // A file could name memory of this process as its source. Making rasters in memory still works.
        if (GDALDriver* memory = GetGDALDriverManager()->GetDriverByName("MEM")) memory->pfnOpen = nullptr;
    });
}

GdalMessages::GdalMessages() { CPLPushErrorHandlerEx(handle, this); }
GdalMessages::~GdalMessages() { CPLPopErrorHandler(); }

std::string GdalMessages::reason(std::string otherwise) const {
    if (!m_error.empty()) return m_error;
    return m_warnings.empty() ? std::move(otherwise) : m_warnings.back();
}

void GdalMessages::clear() {
    m_error.clear();
    m_warnings.clear();
}

}  // namespace geo
