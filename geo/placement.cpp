#include "geo/placement.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include <cpl_conv.h>
#include <cpl_string.h>
#include <gdal.h>
#include <gdal_alg.h>
#include <geodesic.h>

#include "geo/crs.h"
#include "geo/gdal.h"

namespace geo {

namespace {

using base::ErrorKind;
using base::Point;

constexpr double k_degrees_per_radian = 180 / std::numbers::pi;

bool is_finite(Point p) { return std::isfinite(p.x) && std::isfinite(p.y); }
std::optional<Point> if_finite(Point p) { return is_finite(p) ? std::optional(p) : std::nullopt; }

struct DropTransformer {
    void operator()(void* transformer) const { GDALDestroyTransformer(transformer); }
};
using Transformer = std::unique_ptr<void, DropTransformer>;

std::optional<Point> transformed(void* transformer, bool to_pixel, Point p) {
    double z = 0;
    int worked = FALSE;
    if (!GDALUseTransformer(transformer, to_pixel, 1, &p.x, &p.y, &z, &worked) || !worked)
        return std::nullopt;
    return if_finite(p);
}

// Newton's method: the x for which f(x) is `wanted`, from a guess near it; `step` is small in the units of x.
// GDAL's two directions of a polynomial, of splines and of RPCs are fitted or iterated apart and differ by up
// to a tenth of a pixel; a label must come back to where it was.
template <class F>
std::optional<Point> solved(const F& f, Point wanted, Point x, double step) {
    double moved = 0;
    for (int i = 0; i < 30; ++i) {
        const auto at = f(x), right = f({x.x + step, x.y}), left = f({x.x - step, x.y}),
                   below = f({x.x, x.y + step}), above = f({x.x, x.y - step});
        if (!at || !right || !left || !below || !above) return std::nullopt;
        const Point dx = (*right - *left) * (0.5 / step), dy = (*below - *above) * (0.5 / step),
                    miss = wanted - *at;
        const double det = dx.x * dy.y - dx.y * dy.x;
        if (det == 0) return std::nullopt;
        const Point by{(miss.x * dy.y - miss.y * dy.x) / det, (dx.x * miss.y - dx.y * miss.x) / det};
        x = x + by;
        if (!is_finite(x)) return std::nullopt;
        moved = std::max(std::abs(by.x), std::abs(by.y));
        if (moved <= 1e-9 * step) break;
    }
    return moved <= 1e-3 * step ? std::optional(x) : std::nullopt;
}

// Pixels to the CRS and back, without any globe.
class Mapping {
public:
    virtual ~Mapping() = default;
    [[nodiscard]] virtual std::optional<Point> to_crs(Point pixel) const = 0;
    [[nodiscard]] virtual std::optional<Point> to_pixel(Point in_crs) const = 0;
};

class Affine : public Mapping {
public:
    explicit Affine(const std::array<double, 6>& g) : m_g{g}, m_det{g[1] * g[5] - g[2] * g[4]} {}
    [[nodiscard]] bool usable() const {
        return std::ranges::all_of(m_g, [](double v) { return std::isfinite(v); }) && std::isnormal(m_det);
    }
    [[nodiscard]] std::optional<Point> to_crs(Point p) const override {
        return if_finite({m_g[0] + p.x * m_g[1] + p.y * m_g[2], m_g[3] + p.x * m_g[4] + p.y * m_g[5]});
    }
    // From the origin's offset, not by an inverted transform: no digits are lost to large coordinates.
    [[nodiscard]] std::optional<Point> to_pixel(Point p) const override {
        const double x = p.x - m_g[0], y = p.y - m_g[3];
        return if_finite({(x * m_g[5] - y * m_g[2]) / m_det, (y * m_g[1] - x * m_g[4]) / m_det});
    }

private:
    std::array<double, 6> m_g;
    double m_det;
};

// The polynomial or the splines through the control points: forward is what GDAL fits, back is its inverse.
class ControlPoints : public Mapping {
public:
    explicit ControlPoints(Transformer transformer) : m_transformer{std::move(transformer)} {}
    [[nodiscard]] std::optional<Point> to_crs(Point p) const override {
        const GdalMessages messages;
        return transformed(m_transformer.get(), false, p);
    }
    [[nodiscard]] std::optional<Point> to_pixel(Point p) const override {
        const GdalMessages messages;
        const auto guess = transformed(m_transformer.get(), true, p);
        if (!guess) return std::nullopt;
        const auto forward = [&](Point at) { return transformed(m_transformer.get(), false, at); };
        return solved(forward, p, *guess, 0.01);
    }

private:
    Transformer m_transformer;
};

// RPCs give the pixel of a place; the place of a pixel is found from them.
class Rational : public Mapping {
public:
    explicit Rational(Transformer transformer) : m_transformer{std::move(transformer)} {}
    [[nodiscard]] std::optional<Point> to_crs(Point p) const override {
        const GdalMessages messages;
        const auto guess = transformed(m_transformer.get(), false, p);
        if (!guess) return std::nullopt;
        const auto to = [&](Point at) { return transformed(m_transformer.get(), true, at); };
        return solved(to, p, *guess, 1e-6);
    }
    [[nodiscard]] std::optional<Point> to_pixel(Point p) const override {
        const GdalMessages messages;
        return transformed(m_transformer.get(), true, p);
    }

private:
    Transformer m_transformer;
};

base::Result<std::unique_ptr<Mapping>> affine(const std::array<double, 6>& g) {
    auto mapping = std::make_unique<Affine>(g);
    if (!mapping->usable())
        return base::fail(
            ErrorKind::malformed,
            "The raster's geotransform maps its pixels onto a line or nowhere, so nothing on it "
            "can be placed.");
    return mapping;
}

bool misses(const Mapping& mapping, std::span<const base::GroundControlPoint> points) {
    return std::ranges::any_of(points, [&](const base::GroundControlPoint& each) {
        const auto pixel = mapping.to_pixel({each.x, each.y});
        return !pixel || std::hypot(pixel->x - each.pixel.x, pixel->y - each.pixel.y) > 1;
    });
}

base::Result<std::unique_ptr<Mapping>> through_points(std::span<const base::GroundControlPoint> points) {
    const GdalMessages messages;
    std::vector<GDAL_GCP> gcps;
    char nothing[] = "";
    for (const base::GroundControlPoint& each : points) {
        if (!is_finite(each.pixel) || !is_finite({each.x, each.y}))
            return base::fail(ErrorKind::malformed, "A ground control point of the raster is not finite.");
        gcps.push_back({nothing, nothing, each.pixel.x, each.pixel.y, each.x, each.y, each.z});
    }
    const int count = static_cast<int>(gcps.size());
    std::array<double, 6> g{};
    if (count < 3 && GDALGCPsToGeoTransform(count, gcps.data(), g.data(), TRUE) && count > 1)
        return affine(g);
    std::unique_ptr<Mapping> mapping;
    if (Transformer polynomial{GDALCreateGCPTransformer(count, gcps.data(), 0, FALSE)})
        mapping = std::make_unique<ControlPoints>(std::move(polynomial));
    if (mapping && !misses(*mapping, points)) return mapping;
    if (Transformer splines{GDALCreateTPSTransformer(count, gcps.data(), FALSE)}) {
        auto bent = std::make_unique<ControlPoints>(std::move(splines));
        if (!mapping || !misses(*bent, points)) mapping = std::move(bent);
    }
    if (!mapping || !mapping->to_pixel({points.front().x, points.front().y}))
        return base::fail(ErrorKind::malformed,
                          "The raster's {} ground control points cannot be joined to a mapping: {}.", count,
                          messages.reason());
    return mapping;
}

base::Result<std::unique_ptr<Mapping>> through_rpc(const std::vector<std::string>& coefficients) {
    const GdalMessages messages;
    CPLStringList metadata;
    for (const std::string& each : coefficients) metadata.AddString(each.c_str());
    GDALRPCInfoV2 info{};
    if (!GDALExtractRPCInfoV2(metadata.List(), &info))
        return base::fail(ErrorKind::malformed, "The raster's rational polynomials (RPC) cannot be read: {}.",
                          messages.reason("a coefficient is missing"));
    // Without a terrain model, the ground is where the coefficients were made for.
    const char* height = metadata.FetchNameValueDef("HEIGHT_DEFAULT", metadata.FetchNameValue("HEIGHT_OFF"));
    CPLStringList options;
    options.SetNameValue("RPC_HEIGHT", height);
    options.SetNameValue("RPC_MAX_ITERATIONS", "30");
    Transformer transformer{GDALCreateRPCTransformerV2(&info, FALSE, 1e-6, options.List())};
    if (!transformer)
        return base::fail(ErrorKind::malformed, "The raster's rational polynomials (RPC) cannot be used: {}.",
                          messages.reason());
    return std::make_unique<Rational>(std::move(transformer));
}

struct Geographic {
    OGRSpatialReference crs;
    double degrees_per_unit = 1;
};

// Longitude and latitude of the CRS's own datum. Its angles may be gons.
std::optional<Geographic> geographic_of(const OGRSpatialReference& crs) {
    OGRErr error = OGRERR_NONE;
    crs.GetSemiMajor(&error);
    if (error != OGRERR_NONE || (!crs.IsGeographic() && !crs.IsProjected())) return std::nullopt;
    const std::unique_ptr<OGRSpatialReference, void (*)(OGRSpatialReference*)> base(
        crs.CloneGeogCS(), [](OGRSpatialReference* each) { delete each; });
    if (!base) return std::nullopt;
    base->SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
    return Geographic{*base, base->GetAngularUnits() * k_degrees_per_radian};
}

// Straight meridians, evenly spaced: the plane repeats itself in x after a turn of the globe.
bool is_cylindrical(const OGRSpatialReference& crs) {
    const char* name = crs.IsProjected() ? crs.GetAttrValue("PROJECTION") : nullptr;
    if (name == nullptr) return false;
    static constexpr const char* k_names[] = {
        SRS_PT_MERCATOR_1SP,    SRS_PT_MERCATOR_2SP,           SRS_PT_MERCATOR_AUXILIARY_SPHERE,
        SRS_PT_EQUIRECTANGULAR, SRS_PT_CYLINDRICAL_EQUAL_AREA, SRS_PT_MILLER_CYLINDRICAL};
    return std::ranges::any_of(k_names, [&](const char* each) { return EQUAL(name, each); });
}

double turned_to(double value, double centre, double turn) {
    return std::abs(value - centre) <= turn / 2 ? value : value - std::round((value - centre) / turn) * turn;
}

// On the unit sphere, so that neither the poles nor the antimeridian are special.
double distance_on_sphere(LonLat a, LonLat b) {
    const auto direction = [](LonLat p) {
        const double lon = p.x / k_degrees_per_radian, lat = p.y / k_degrees_per_radian;
        return std::array{std::cos(lat) * std::cos(lon), std::cos(lat) * std::sin(lon), std::sin(lat)};
    };
    const auto p = direction(a), q = direction(b);
    return std::hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

constexpr double k_same_place = 2e-6;  // radians: a dozen metres; a wrong branch is off by far more

// The points of a line that is straight on the picture, close enough for the geodesics between them.
class Densifier {
public:
    using Place = std::function<std::optional<LonLat>(Point)>;
    Densifier(const geod_geodesic& body, Place place) : m_body{body}, m_place{std::move(place)} {}

    // Nothing where a point has no place. Each leg's beginning and what lies on it; for a path its last
    // point as well.
    std::optional<std::vector<LonLat>> points(std::span<const Point> path, bool closed) {
        std::vector<LonLat> ends;
        for (const Point& each : path) {
            const auto place = m_place(each);
            if (!place) return std::nullopt;
            ends.push_back(*place);
        }
        const std::size_t legs = closed ? path.size() : path.size() - 1;
        const auto next = [&](std::size_t i) { return (i + 1) % path.size(); };
        double length = 0;
        for (std::size_t i = 0; i < legs; ++i) length += distance(ends[i], ends[next(i)]);
        m_tolerance_m = std::max(1e-8 * length, 1e-6);
        m_points.clear();
        for (std::size_t i = 0; i < legs; ++i) {
            m_points.push_back(ends[i]);
            const Leg leg{path[i], path[next(i)], ends[i], ends[next(i)]};
            // A line through an inflection bends as much to one side as to the other: its middle tells
            // nothing.
            const bool uneven = distance(leg.from, leg.to) > 10e3;
            if (!split(leg, uneven ? 0.4 : 0.5, uneven, 0)) return std::nullopt;
        }
        if (!closed) m_points.push_back(ends.back());
        return std::move(m_points);
    }

    [[nodiscard]] double distance(LonLat a, LonLat b) const {
        double metres = 0;
        geod_inverse(&m_body, a.y, a.x, b.y, b.x, &metres, nullptr, nullptr);
        return metres;
    }

private:
    struct Leg {
        Point a, b;
        LonLat from, to;
    };

    bool split(const Leg& leg, double at, bool always, int depth) {
        constexpr int k_deepest = 16;
        if (leg.a == leg.b) return true;
        const Point pixel = leg.a + (leg.b - leg.a) * at;
        const auto place = m_place(pixel);
        if (!place) return false;
        if (!always && deviation(leg, *place) <= m_tolerance_m) return true;
        if (depth == k_deepest) return true;
        if (!split({leg.a, pixel, leg.from, *place}, 0.5, false, depth + 1)) return false;
        m_points.push_back(*place);
        return split({pixel, leg.b, *place, leg.to}, 0.5, false, depth + 1);
    }

    // How far a place of the leg is beside the geodesic between its ends.
    [[nodiscard]] double deviation(const Leg& leg, LonLat place) const {
        double whole = 0, part = 0, azimuth = 0, azimuth_of_part = 0;
        geod_inverse(&m_body, leg.from.y, leg.from.x, leg.to.y, leg.to.x, &whole, &azimuth, nullptr);
        geod_inverse(&m_body, leg.from.y, leg.from.x, place.y, place.x, &part, &azimuth_of_part, nullptr);
        if (whole == 0) return part;
        const double turn = (azimuth_of_part - azimuth) / k_degrees_per_radian;
        if (std::cos(turn) <= 0) return part;  // behind the beginning
        return part * std::abs(std::sin(turn));
    }

    const geod_geodesic& m_body;
    Place m_place;
    double m_tolerance_m = 0;
    std::vector<LonLat> m_points;
};

double plane_area(std::span<const Point> ring) {
    double twice = 0;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        const Point a = ring[i] - ring[0], b = ring[(i + 1) % ring.size()] - ring[0];
        twice += a.x * b.y - a.y * b.x;
    }
    return twice / 2;
}

}  // namespace

struct Placement::Impl {
    std::unique_ptr<Mapping> mapping;
    CrsFacts facts;
    std::string wkt;
    Ct to_lonlat, from_lonlat;    // WGS 84, or the body's own
    Ct to_geodetic;               // the CRS's own datum: what the ellipsoid below is of
    double degrees_per_unit = 1;  // of what to_geodetic gives
    double lonlat_degrees_per_unit = 1;
    std::optional<geod_geodesic> body;
    std::optional<double> turn;  // of the globe, in x of the CRS
    Point centre;                // of the picture, in the CRS
    bool has_centre = false;

    base::Result<void> set_crs(const std::string& text);
    void find_turn(const OGRSpatialReference& crs);
    void find_centre(double width_px, double height_px);
    [[nodiscard]] std::optional<LonLat> lonlat(Point in_crs) const;
    [[nodiscard]] std::optional<Point> in_crs(LonLat lonlat) const;
    [[nodiscard]] std::optional<LonLat> geodetic(Point pixel) const;
    [[nodiscard]] double signed_pixel_turn(std::span<const Point> ring) const;
};

base::Result<void> Placement::Impl::set_crs(const std::string& text) {
    const GdalMessages messages;
    if (text.empty()) return {};
    const auto crs = crs_from_wkt(text);
    if (!crs)
        return base::fail(
            ErrorKind::malformed,
            "The raster's coordinate reference system cannot be read ({}), so nothing on it can "
            "be placed.",
            messages.reason());
    wkt = text;
    facts = crs_facts(text);
    const auto geographic = geographic_of(*crs);
    if (!geographic) return {};
    OGRSpatialReference world = geographic->crs;
    lonlat_degrees_per_unit = geographic->degrees_per_unit;
    if (is_of_the_earth(*crs)) {
        world.importFromEPSG(4326);
        world.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
        lonlat_degrees_per_unit = 1;
    }
    to_lonlat.reset(OGRCreateCoordinateTransformation(&*crs, &world));
    from_lonlat.reset(OGRCreateCoordinateTransformation(&world, &*crs));
    to_geodetic.reset(OGRCreateCoordinateTransformation(&*crs, &geographic->crs));
    degrees_per_unit = geographic->degrees_per_unit;
    const double inverse_flattening = crs->GetInvFlattening();
    body.emplace();
    geod_init(&*body, crs->GetSemiMajor(), inverse_flattening == 0 ? 0 : 1 / inverse_flattening);
    find_turn(*crs);
    return {};
}

void Placement::Impl::find_turn(const OGRSpatialReference& crs) {
    if (crs.IsGeographic()) {
        turn = 360 / degrees_per_unit;
        return;
    }
    if (!is_cylindrical(crs)) return;
    const auto origin = transformed(to_lonlat, {crs.GetProjParm(SRS_PP_FALSE_EASTING, 0), 0});
    if (!origin) return;
    const auto right = transformed(from_lonlat, {origin->x + 60 / lonlat_degrees_per_unit, origin->y}),
               left = transformed(from_lonlat, {origin->x - 60 / lonlat_degrees_per_unit, origin->y});
    if (right && left && right->x > left->x) turn = 3 * (right->x - left->x);
}

void Placement::Impl::find_centre(double width_px, double height_px) {
    if (!turn) return;
    if (width_px > 0 && height_px > 0) {
        const auto at = mapping->to_crs({width_px / 2, height_px / 2});
        has_centre = at.has_value();
        centre = at.value_or(Point{});
        return;
    }
    // Not known how wide: it begins at its origin, and is not wider than the world.
    const auto origin = mapping->to_crs({0, 0}), right = mapping->to_crs({1, 0});
    if (!origin || !right) return;
    has_centre = true;
    centre = {origin->x + (right->x < origin->x ? -*turn : *turn) / 2, origin->y};
}

std::optional<LonLat> Placement::Impl::lonlat(Point p) const {
    const auto raw = transformed(to_lonlat, p);
    if (!raw || std::abs(raw->y) * lonlat_degrees_per_unit > 90 + 1e-9) return std::nullopt;
    // Beyond the edge of a world map the inverse may answer with a place on its other side.
    if (const auto back = transformed(from_lonlat, *raw)) {
        const double x = turn ? turned_to(back->x, p.x, *turn) : back->x;
        const double radius = body ? body->a : 1;
        const double unit =
            facts.geographic ? degrees_per_unit / k_degrees_per_radian : facts.metres_per_unit / radius;
        const bool at_pole = facts.geographic && std::abs(p.y * degrees_per_unit) > 90 - 1e-6;
        if (!at_pole && std::hypot(x - p.x, back->y - p.y) * unit > k_same_place) return std::nullopt;
    }
    return LonLat{turned_to(raw->x * lonlat_degrees_per_unit, 0, 360), raw->y * lonlat_degrees_per_unit};
}

std::optional<Point> Placement::Impl::in_crs(LonLat lonlat) const {
    if (!is_finite(lonlat) || std::abs(lonlat.y) > 90) return std::nullopt;
    const Point raw{lonlat.x / lonlat_degrees_per_unit, lonlat.y / lonlat_degrees_per_unit};
    const auto there = transformed(from_lonlat, raw);
    if (!there) return std::nullopt;
    const auto back = transformed(to_lonlat, *there);
    if (!back) return std::nullopt;
    if (distance_on_sphere(lonlat, *back * lonlat_degrees_per_unit) > k_same_place) return std::nullopt;
    return there;
}

std::optional<LonLat> Placement::Impl::geodetic(Point pixel) const {
    const auto at = mapping->to_crs(pixel);
    if (!at) return std::nullopt;
    if (facts.geographic) {
        const Point degrees = *at * degrees_per_unit;
        return std::abs(degrees.y) > 90 + 1e-9
                   ? std::nullopt
                   : std::optional(LonLat{degrees.x, std::clamp(degrees.y, -90.0, 90.0)});
    }
    if (!lonlat(*at)) return std::nullopt;
    const auto raw = transformed(to_geodetic, *at);
    return raw ? std::optional(*raw * degrees_per_unit) : std::nullopt;
}

// Above 0 where the ring goes anticlockwise on the ground.
double Placement::Impl::signed_pixel_turn(std::span<const Point> ring) const {
    Point middle;
    for (const Point& each : ring) middle = middle + each * (1 / static_cast<double>(ring.size()));
    const auto at = geodetic(middle), right = geodetic({middle.x + 0.5, middle.y}),
               below = geodetic({middle.x, middle.y + 0.5});
    if (!at || !right || !below) return 0;
    const auto east = [&](const LonLat& p) { return turned_to(p.x - at->x, 0, 360); };
    const double det = east(*right) * (below->y - at->y) - east(*below) * (right->y - at->y);
    return plane_area(ring) * det;
}

Placement::Placement(std::unique_ptr<Impl> impl) : m_impl{std::move(impl)} {}
Placement::Placement(Placement&&) noexcept = default;
Placement& Placement::operator=(Placement&&) noexcept = default;
Placement::~Placement() = default;

base::Result<Placement> Placement::create(const base::Georeference& reference, double width_px,
                                          double height_px) {
    set_up_gdal();
    if (reference.empty())
        return base::fail(ErrorKind::refused, "The picture does not say where on the ground it lies.");
    auto impl = std::make_unique<Impl>();
    std::string crs = reference.crs;
    base::Result<std::unique_ptr<Mapping>> mapping;
    if (reference.geotransform) {
        mapping = affine(*reference.geotransform);
    } else if (!reference.gcps.empty()) {
        mapping = through_points(reference.gcps);
    } else {
        mapping = through_rpc(reference.rpc);
        const auto world = crs_from_text("EPSG:4326");
        if (!world) return std::unexpected(world.error());
        crs = *world;
    }
    if (!mapping) return std::unexpected(mapping.error());
    impl->mapping = std::move(*mapping);
    if (auto done = impl->set_crs(crs); !done) return std::unexpected(done.error());
    impl->find_centre(width_px, height_px);
    return Placement{std::move(impl)};
}

const CrsFacts& Placement::crs() const { return m_impl->facts; }
const std::string& Placement::crs_wkt() const { return m_impl->wkt; }

std::optional<Point> Placement::crs_from_pixel(Point pixel) const { return m_impl->mapping->to_crs(pixel); }

std::optional<Point> Placement::pixel_from_crs(Point in_crs) const {
    if (m_impl->turn && m_impl->has_centre) in_crs.x = turned_to(in_crs.x, m_impl->centre.x, *m_impl->turn);
    return m_impl->mapping->to_pixel(in_crs);
}

std::optional<LonLat> Placement::lonlat_from_pixel(Point pixel) const {
    const GdalMessages messages;
    const auto at = m_impl->mapping->to_crs(pixel);
    return at ? m_impl->lonlat(*at) : std::nullopt;
}

std::optional<Point> Placement::pixel_from_lonlat(LonLat lonlat) const {
    const GdalMessages messages;
    const auto at = m_impl->in_crs(lonlat);
    return at ? pixel_from_crs(*at) : std::nullopt;
}

std::optional<double> Placement::length_m(std::span<const Point> path) const {
    const GdalMessages messages;
    if (m_impl->wkt.empty()) return std::nullopt;
    if (path.size() < 2) return 0;
    double metres = 0;
    if (!m_impl->body) {
        std::optional<Point> last;
        for (const Point& each : path) {
            const auto at = m_impl->mapping->to_crs(each);
            if (!at) return std::nullopt;
            if (last) metres += std::hypot(at->x - last->x, at->y - last->y) * m_impl->facts.metres_per_unit;
            last = at;
        }
        return metres;
    }
    Densifier densifier{*m_impl->body, [this](Point p) { return m_impl->geodetic(p); }};
    const auto points = densifier.points(path, false);
    if (!points) return std::nullopt;
    for (std::size_t i = 1; i < points->size(); ++i)
        metres += densifier.distance((*points)[i - 1], (*points)[i]);
    return metres;
}

std::optional<double> Placement::pixel_area_m2(Point corner) const {
    if (!m_impl->facts.geographic || !m_impl->body) return std::nullopt;
    const auto from = m_impl->geodetic(corner), to = m_impl->geodetic({corner.x + 1, corner.y + 1});
    if (!from || !to) return std::nullopt;
    const double flattening = m_impl->body->f, a = m_impl->body->a;
    const double e2 = flattening * (2 - flattening), e = std::sqrt(std::max(e2, 0.0));
    // Of the zone between the equator and a parallel, for each radian of longitude.
    const auto zone_m2 = [&](double latitude_deg) {
        const double s = std::sin(latitude_deg * std::numbers::pi / 180);
        if (e < 1e-9) return a * a * s;
        return a * a * (1 - e2) / 2 * (s / (1 - e2 * s * s) + std::atanh(e * s) / e);
    };
    const double across = std::abs(turned_to(to->x - from->x, 0, 360)) * std::numbers::pi / 180;
    return across * std::abs(zone_m2(to->y) - zone_m2(from->y));
}

std::optional<double> Placement::area_m2(std::span<const Point> ring) const {
    const GdalMessages messages;
    if (m_impl->wkt.empty()) return std::nullopt;
    if (ring.size() > 1 && ring.front() == ring.back()) ring = ring.first(ring.size() - 1);
    if (ring.size() < 3) return 0;
    if (!m_impl->body) {
        std::vector<Point> there;
        for (const Point& each : ring) {
            const auto at = m_impl->mapping->to_crs(each);
            if (!at) return std::nullopt;
            there.push_back(*at);
        }
        const double side = m_impl->facts.metres_per_unit;
        return std::abs(plane_area(there)) * side * side;
    }
    Densifier densifier{*m_impl->body, [this](Point p) { return m_impl->geodetic(p); }};
    const auto points = densifier.points(ring, true);
    if (!points) return std::nullopt;
    geod_polygon polygon;
    geod_polygon_init(&polygon, 0);
    for (const LonLat& each : *points) geod_polygon_addpoint(&*m_impl->body, &polygon, each.y, each.x);
    double metres2 = 0, around = 0;
    geod_polygon_compute(&*m_impl->body, &polygon, 0, 1, &metres2, &around);
    // A ring round half a world or more encloses what lies on its left, not the smaller part.
    if (around > 2 * m_impl->body->a) {
        const double turn = m_impl->signed_pixel_turn(ring);
        if (turn != 0) {
            geod_polygon_compute(&*m_impl->body, &polygon, turn < 0, 0, &metres2, &around);
            const double all = 4 * std::numbers::pi * m_impl->body->c2;  // and the whole is given as nothing
            if (metres2 < 1e-9 * all) metres2 = all;
        }
    }
    return std::abs(metres2);
}

}  // namespace geo
