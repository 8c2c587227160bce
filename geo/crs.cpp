#include "geo/crs.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include <cpl_conv.h>

#include "geo/gdal.h"
#include "geo/placement.h"

namespace geo {

namespace {

std::string text_of(const char* text) { return text != nullptr ? text : ""; }

std::string authority_of(const OGRSpatialReference& crs) {
    const auto named = [](const OGRSpatialReference& from) {
        const std::string name = text_of(from.GetAuthorityName(nullptr));
        const std::string code = text_of(from.GetAuthorityCode(nullptr));
        return name.empty() || code.empty() ? std::string{} : name + ":" + code;
    };
    if (std::string known = named(crs); !known.empty()) return known;
    // 70: the same in all but its name.
    const std::unique_ptr<OGRSpatialReference, void (*)(OGRSpatialReference*)> match(
        crs.FindBestMatch(70), [](OGRSpatialReference* each) {
            if (each != nullptr) each->Release();
        });
    return match ? named(*match) : std::string{};
}

// Read before GDAL sees it: SetFromUserInput would count a bare number as nothing, and take a file's name.
std::string spelled_for_gdal(std::string text) {
    const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
    while (!text.empty() && is_space(text.back())) text.pop_back();
    text.erase(text.begin(), std::ranges::find_if_not(text, is_space));
    const bool digits =
        !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    return digits ? "EPSG:" + text : text;
}

}  // namespace

std::optional<OGRSpatialReference> crs_from_wkt(const std::string& wkt) {
    OGRSpatialReference crs;
    if (wkt.empty() || crs.importFromWkt(wkt.c_str()) != OGRERR_NONE) return std::nullopt;
    if (crs.IsCompound()) crs.StripVertical();
    if ((crs.IsGeographic() || crs.IsProjected()) && crs.GetAxesCount() > 2) crs.DemoteTo2D(nullptr);
    crs.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
    return crs;
}

bool is_of_the_earth(const OGRSpatialReference& crs) {
    OGRErr error = OGRERR_NONE;
    const double radius = crs.GetSemiMajor(&error);
    return error == OGRERR_NONE && radius > 6.3e6 && radius < 6.45e6;
}

std::optional<base::Point> transformed(const Ct& ct, base::Point p) {
    if (!ct) return std::nullopt;
    int worked = FALSE;
    ct->Transform(1, &p.x, &p.y, nullptr, &worked);
    return worked && std::isfinite(p.x) && std::isfinite(p.y) ? std::optional(p) : std::nullopt;
}

CrsFacts crs_facts(const std::string& wkt) {
    set_up_gdal();
    const GdalMessages messages;
    const auto crs = crs_from_wkt(wkt);
    if (!crs) return {};
    CrsFacts facts;
    facts.name = text_of(crs->GetName());
    facts.authority = authority_of(*crs);
    facts.geographic = crs->IsGeographic() != 0;
    facts.of_the_earth = is_of_the_earth(*crs);
    OGRSpatialReference wgs84;
    static constexpr const char* k_same[] = {"IGNORE_DATA_AXIS_TO_SRS_AXIS_MAPPING=YES",
                                             "CRITERION=EQUIVALENT_EXCEPT_AXIS_ORDER_GEOGCRS", nullptr};
    facts.is_wgs84 =
        facts.geographic && wgs84.importFromEPSG(4326) == OGRERR_NONE && wgs84.IsSame(&*crs, k_same) != 0;
    const char* unit = nullptr;
    if (facts.geographic)
        crs->GetAngularUnits(&unit);
    else
        facts.metres_per_unit = crs->GetLinearUnits(&unit);
    facts.unit = text_of(unit);
    return facts;
}

base::Result<std::string> crs_from_text(const std::string& text) {
    set_up_gdal();
    const GdalMessages messages;
    OGRSpatialReference crs;
    const std::string spelled = spelled_for_gdal(text);
    const bool read =
        !spelled.empty() &&
        crs.SetFromUserInput(spelled.c_str(), OGRSpatialReference::SET_FROM_USER_INPUT_LIMITATIONS_get()) ==
            OGRERR_NONE;
    const char* const options[] = {"FORMAT=WKT2_2019", nullptr};
    char* wkt = nullptr;
    const bool written = read && crs.exportToWkt(&wkt, options) == OGRERR_NONE;
    std::string result = text_of(wkt);
    CPLFree(wkt);
    if (written && !result.empty()) return result;
    return base::fail(base::ErrorKind::malformed,
                      "This is no coordinate reference system that Limn knows ({}); give a code such as "
                      "EPSG:4326, or WKT: {}",
                      messages.reason("it has no such code"), text);
}

struct CrsTransform::Impl {
    Ct ct;
};

CrsTransform::CrsTransform(std::unique_ptr<Impl> impl) : m_impl{std::move(impl)} {}
CrsTransform::CrsTransform(CrsTransform&&) noexcept = default;
CrsTransform& CrsTransform::operator=(CrsTransform&&) noexcept = default;
CrsTransform::~CrsTransform() = default;

base::Result<CrsTransform> CrsTransform::create(const std::string& from_wkt, const std::string& to_wkt) {
    set_up_gdal();
    const GdalMessages messages;
    const auto from = crs_from_wkt(from_wkt), to = crs_from_wkt(to_wkt);
    if (!from || !to)
        return base::fail(base::ErrorKind::malformed, "A coordinate reference system cannot be read: {}.",
                          messages.reason());
    auto impl = std::make_unique<Impl>();
    impl->ct.reset(OGRCreateCoordinateTransformation(&*from, &*to));
    if (!impl->ct)
        return base::fail(base::ErrorKind::unsupported, "No way is known from \"{}\" to \"{}\": {}.",
                          text_of(from->GetName()), text_of(to->GetName()), messages.reason());
    return CrsTransform{std::move(impl)};
}

std::optional<base::Point> CrsTransform::operator()(base::Point p) const {
    const GdalMessages messages;
    return transformed(m_impl->ct, p);
}

}  // namespace geo
