#include "formats/gdal_dataset.h"

#include <ogr_spatialref.h>

#include "geo/gdal.h"

namespace formats {

char** GdalOptions::get() {
    m_pointers.clear();
    for (std::string& each : m_options) m_pointers.push_back(each.data());
    m_pointers.push_back(nullptr);
    return m_pointers.data();
}

Dataset open_raster(const std::filesystem::path& file, std::vector<const char*> drivers) {
    geo::set_up_gdal();
    const bool any = drivers.empty();
    drivers.push_back(nullptr);
    return Dataset{
        GDALDataset::Open(file.c_str(), GDAL_OF_RASTER | GDAL_OF_READONLY, any ? nullptr : drivers.data())};
}

base::Georeference georeference_of(GDALDataset& dataset) {
    base::Georeference made;
    const OGRSpatialReference* crs = dataset.GetSpatialRef();
    if (crs == nullptr) crs = dataset.GetGCPSpatialRef();
    if (crs != nullptr) {
        char* wkt = nullptr;
        if (crs->exportToWkt(&wkt) == OGRERR_NONE) made.crs = wkt;
        CPLFree(wkt);
    }
    if (std::array<double, 6> transform{}; dataset.GetGeoTransform(transform.data()) == CE_None)
        made.geotransform = transform;
    for (int i = 0; i < dataset.GetGCPCount(); ++i) {
        const GDAL_GCP& gcp = dataset.GetGCPs()[i];
        made.gcps.push_back({{gcp.dfGCPPixel, gcp.dfGCPLine}, gcp.dfGCPX, gcp.dfGCPY, gcp.dfGCPZ});
    }
    for (char** each = dataset.GetMetadata("RPC"); each != nullptr && *each != nullptr; ++each)
        made.rpc.emplace_back(*each);
    return made;
}

void put_georeference(const base::Georeference& georeference, GDALDataset& dataset) {
    OGRSpatialReference crs;
    crs.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
    const bool known =
        !georeference.crs.empty() && crs.importFromWkt(georeference.crs.c_str()) == OGRERR_NONE;
    if (georeference.geotransform) {
        std::array<double, 6> transform = *georeference.geotransform;
        dataset.SetGeoTransform(transform.data());
        if (known) dataset.SetSpatialRef(&crs);
    } else if (!georeference.gcps.empty()) {
        std::vector<std::string> names(georeference.gcps.size());
        std::vector<GDAL_GCP> gcps;
        for (std::size_t i = 0; i < georeference.gcps.size(); ++i) {
            const base::GroundControlPoint& each = georeference.gcps[i];
            names[i] = std::to_string(i + 1);
            gcps.push_back(
                {names[i].data(), names[i].data(), each.pixel.x, each.pixel.y, each.x, each.y, each.z});
        }
        dataset.SetGCPs(static_cast<int>(gcps.size()), gcps.data(), known ? &crs : nullptr);
    } else if (known) {
        dataset.SetSpatialRef(&crs);
    }
    if (georeference.rpc.empty()) return;
    GdalOptions rpc{};
    for (const std::string& each : georeference.rpc) rpc.add(each);
    dataset.SetMetadata(rpc.get(), "RPC");
}

base::Georeference moved(base::Georeference georeference, base::Point corner) {
    if (auto& g = georeference.geotransform) {
        (*g)[0] += corner.x * (*g)[1] + corner.y * (*g)[2];
        (*g)[3] += corner.x * (*g)[4] + corner.y * (*g)[5];
    }
    for (base::GroundControlPoint& each : georeference.gcps) each.pixel = each.pixel - corner;
    for (std::string& each : georeference.rpc) {
        const auto shift = [&](std::string_view name, double by) {
            if (each.starts_with(name))
                each = fmt::format("{}{}", name, CPLAtof(each.c_str() + name.size()) - by);
        };
        shift("LINE_OFF=", corner.y);
        shift("SAMP_OFF=", corner.x);
    }
    return georeference;
}

bool same_crs(const std::string& a, const std::string& b) {
    if (a == b) return true;
    OGRSpatialReference one, other;
    for (OGRSpatialReference* each : {&one, &other}) each->SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
    return !a.empty() && !b.empty() && one.importFromWkt(a.c_str()) == OGRERR_NONE &&
           other.importFromWkt(b.c_str()) == OGRERR_NONE && one.IsSame(&other) != 0;
}

int CPL_STDCALL GdalProgress::call(double done, const char*, void* self) {
    const auto& here = *static_cast<const GdalProgress*>(self);
    if (here.progress != nullptr && *here.progress)
        (*here.progress)(here.from + done * (here.to - here.from));
    return here.stop.stop_requested() ? 0 : 1;
}

}  // namespace formats
