#include "geo/placement.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>
#include <unistd.h>

using base::Georeference;
using base::Point;
using geo::Placement;

namespace {

std::string wkt_of(const std::string& text) {
    const auto wkt = geo::crs_from_text(text);
    REQUIRE_MESSAGE(wkt, text);
    return *wkt;
}

Georeference in_crs(const std::string& crs, std::array<double, 6> geotransform) {
    return {.crs = crs.empty() ? "" : wkt_of(crs), .geotransform = geotransform};
}

Placement placed(const Georeference& reference, double width_px = 0, double height_px = 0) {
    auto placement = Placement::create(reference, width_px, height_px);
    REQUIRE_MESSAGE(placement, (placement ? "" : placement.error().message));
    return std::move(*placement);
}

double apart(Point a, Point b) { return std::hypot(a.x - b.x, a.y - b.y); }

void goes_round(const Placement& placement, double width, double height) {
    for (const double x : {-3.0, 0.0, 0.25, width / 3, width}) {
        for (const double y : {0.0, height / 7, height, height + 2}) {
            const auto there = placement.crs_from_pixel({x, y});
            REQUIRE(there);
            const auto back = placement.pixel_from_crs(*there);
            REQUIRE(back);
            CHECK(apart(*back, {x, y}) < 1e-6);
            const auto lonlat = placement.lonlat_from_pixel({x, y});
            REQUIRE(lonlat);
            const auto home = placement.pixel_from_lonlat(*lonlat);
            REQUIRE(home);
            CHECK(apart(*home, {x, y}) < 1e-5);
        }
    }
}

// What gdaltransform answers to one point; nothing where it is not installed.
std::optional<Point> gdaltransform(const std::string& arguments, Point p) {
    const std::string command =
        fmt::format("echo '{:.17g} {:.17g}' | gdaltransform {} 2>/dev/null", p.x, p.y, arguments);
    FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) return std::nullopt;
    Point answer;
    const int read = std::fscanf(pipe, "%lf %lf", &answer.x, &answer.y);
    ::pclose(pipe);
    return read == 2 ? std::optional(answer) : std::nullopt;
}

void agrees(std::optional<Point> ours, std::optional<Point> theirs, double within) {
    REQUIRE(ours);
    if (!theirs) return;
    CAPTURE(ours->x);
    CAPTURE(ours->y);
    CAPTURE(theirs->x);
    CAPTURE(theirs->y);
    CHECK(apart(*ours, *theirs) < within);
}

class TempFile {
public:
    TempFile(const std::string& name, const std::string& text)
        : m_path{std::filesystem::temp_directory_path() / fmt::format("limn-geo-{}-{}", ::getpid(), name)} {
        std::ofstream{m_path} << text;
    }
    TempFile(const TempFile&) = delete;
    TempFile& operator=(const TempFile&) = delete;
    ~TempFile() { std::filesystem::remove(m_path); }
    [[nodiscard]] std::string path() const { return m_path.string(); }

private:
    std::filesystem::path m_path;
};

// Of an RPC camera that looks nearly straight down, as GeoEye writes them.
std::vector<std::string> rpc() {
    return {"LINE_OFF=1000",
            "SAMP_OFF=1200",
            "LAT_OFF=47.5",
            "LONG_OFF=8.5",
            "HEIGHT_OFF=450",
            "LINE_SCALE=1000",
            "SAMP_SCALE=1200",
            "LAT_SCALE=0.05",
            "LONG_SCALE=0.08",
            "HEIGHT_SCALE=500",
            "LINE_NUM_COEFF=0.001 0.02 -1.01 0.015 0.0003 0 0 0.0001 -0.0005 0 0 0 0 0 0 0 0 0 0 0",
            "LINE_DEN_COEFF=1 0.0004 0.0002 0.0001 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0",
            "SAMP_NUM_COEFF=-0.002 1.005 0.01 0.02 0.0004 0 0 0.0006 0.0002 0 0 0 0 0 0 0 0 0 0 0",
            "SAMP_DEN_COEFF=1 0.0001 0.0003 0.0002 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0"};
}

std::vector<Point> rectangle(double x0, double y0, double x1, double y1) {
    return {{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}};
}

}  // namespace

TEST_CASE("a crs is read from a code, a number, WKT and a PROJ string, and from no file") {
    const auto utm = geo::crs_facts(wkt_of("EPSG:32633"));
    CHECK(utm.name == "WGS 84 / UTM zone 33N");
    CHECK(utm.authority == "EPSG:32633");
    CHECK_FALSE(utm.geographic);
    CHECK(utm.metres_per_unit == 1);
    CHECK(utm.unit == "metre");
    CHECK(geo::crs_facts(wkt_of(" 32633\n")).authority == "EPSG:32633");
    CHECK(geo::crs_facts(wkt_of("+proj=utm +zone=33 +datum=WGS84")).authority == "EPSG:32633");
    CHECK(geo::crs_facts(wkt_of(wkt_of("EPSG:4326"))).geographic);
    const auto feet = geo::crs_facts(wkt_of("EPSG:2263"));
    CHECK(feet.metres_per_unit == doctest::Approx(1200.0 / 3937));
    CHECK(feet.unit == "US survey foot");
    CHECK(geo::crs_facts(wkt_of("EPSG:4326")).is_wgs84);
    CHECK(geo::crs_facts(wkt_of("OGC:CRS84")).is_wgs84);
    CHECK(geo::crs_facts(wkt_of("EPSG:4326")).of_the_earth);
    CHECK_FALSE(geo::crs_facts(wkt_of("EPSG:4258")).is_wgs84);
    CHECK_FALSE(utm.is_wgs84);
    CHECK_FALSE(geo::crs_facts(wkt_of("+proj=longlat +a=1737400 +b=1737400")).of_the_earth);
    CHECK(geo::crs_facts("").name.empty());
    CHECK(geo::crs_facts("nonsense").name.empty());
    for (const char* wrong : {"", "EPSG:1", "EPSG:", "99999999", "the moon", "/etc/passwd", "GEOGCS[\"x\"",
                              "http://example.org/4326"}) {
        CAPTURE(wrong);
        const auto refused = geo::crs_from_text(wrong);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind == base::ErrorKind::malformed);
        CHECK(refused.error().message.find(wrong) != std::string::npos);
    }
    const TempFile prj("a.prj", wkt_of("EPSG:4326"));
    CHECK_FALSE(geo::crs_from_text(prj.path()));
}

TEST_CASE("north-up, south-up, rotated and sheared geotransforms go both ways as gdaltransform says") {
    const std::array<std::array<double, 6>, 5> all = {{{500000, 0.3, 0, 5200000, 0, -0.3},
                                                       {500000, 10, 0, 5200000, 0, 10},
                                                       {500000, 7, 3, 5200000, 3, -7},
                                                       {500000, 2, 1.5, 5200000, 0.25, -2},
                                                       {500000, -10, 0, 5200000, 0, -10}}};
    for (const auto& g : all) {
        const Placement placement = placed(in_crs("EPSG:32633", g), 1000, 800);
        goes_round(placement, 1000, 800);
        const auto there = placement.crs_from_pixel({100.5, 20.25});
        REQUIRE(there);
        CHECK(there->x == g[0] + 100.5 * g[1] + 20.25 * g[2]);
        CHECK(there->y == g[3] + 100.5 * g[4] + 20.25 * g[5]);
        agrees(placement.lonlat_from_pixel({100.5, 20.25}),
               gdaltransform("-s_srs EPSG:32633 -t_srs OGC:CRS84", *there), 1e-9);
    }
    CHECK(placed(in_crs("EPSG:32633", all[0])).crs().authority == "EPSG:32633");
}

TEST_CASE("a reference that is empty or of no use is refused by a sentence") {
    const auto nowhere = Placement::create({.crs = wkt_of("EPSG:4326")});
    REQUIRE_FALSE(nowhere);
    CHECK(nowhere.error().kind == base::ErrorKind::refused);
    int which = 0;
    const auto refused = [&which](const Georeference& reference) {
        CAPTURE(++which);
        const auto placement = Placement::create(reference);
        REQUIRE_FALSE(placement);
        CHECK(placement.error().kind == base::ErrorKind::malformed);
        CHECK(placement.error().message.ends_with("."));
    };
    refused(in_crs("EPSG:32633", {0, 0, 0, 0, 0, 0}));
    refused(in_crs("EPSG:32633", {0, 1, 2, 0, 2, 4}));
    refused(in_crs("EPSG:32633", {std::nan(""), 1, 0, 0, 0, 1}));
    refused({.crs = "PROJCS[", .geotransform = {{0, 1, 0, 0, 0, -1}}});
    refused({.crs = wkt_of("EPSG:32633"), .gcps = {{{0, 0}, 1, 2, 0}}});
    refused({.crs = wkt_of("EPSG:32633"), .gcps = {{{0, 0}, 1, 2, 0}, {{0, 0}, 1, 2, 0}, {{0, 0}, 1, 2, 0}}});
    refused({.rpc = {"LINE_OFF=1"}});
}

TEST_CASE("without a crs pixels have coordinates and neither longitude nor metres") {
    const Placement placement = placed(in_crs("", {100, 2, 0, 50, 0, -2}));
    CHECK(placement.crs().name.empty());
    CHECK(placement.crs_wkt().empty());
    CHECK(placement.crs_from_pixel({1, 1}) == Point{102, 48});
    CHECK(placement.pixel_from_crs({102, 48}) == Point{1, 1});
    CHECK_FALSE(placement.lonlat_from_pixel({1, 1}));
    CHECK_FALSE(placement.pixel_from_lonlat({1, 1}));
    CHECK_FALSE(placement.length_m(rectangle(0, 0, 1, 1)));
    CHECK_FALSE(placement.area_m2(rectangle(0, 0, 1, 1)));
}

TEST_CASE("a local crs is measured in its plane") {
    const Placement placement =
        placed(in_crs("LOCAL_CS[\"site\",UNIT[\"foot\",0.3048]]", {0, 2, 0, 0, 0, -2}));
    CHECK_FALSE(placement.lonlat_from_pixel({1, 1}));
    const Point path[] = {{0, 0}, {3, 4}};
    CHECK(placement.length_m(path).value() == doctest::Approx(10 * 0.3048));
    CHECK(placement.area_m2(rectangle(0, 0, 10, 5)).value() == doctest::Approx(200 * 0.3048 * 0.3048));
}

TEST_CASE("ground control points place pixels as gdaltransform does, and back to where they were") {
    Georeference reference{.crs = wkt_of("EPSG:32633")};
    std::string options;
    for (const auto& [px, py] : {std::pair(0.0, 0.0),
                                 {1000.0, 0.0},
                                 {1000.0, 800.0},
                                 {0.0, 800.0},
                                 {500.0, 300.0},
                                 {250.0, 650.0},
                                 {700.0, 500.0}}) {
        const double x = 500000 + 10 * px + 0.0004 * px * py, y = 5200000 - 10 * py + 0.0002 * px * px;
        reference.gcps.push_back({{px, py}, x, y, 0});
        options += fmt::format(" -gcp {} {} {} {}", px, py, x, y);
    }
    const Placement placement = placed(reference, 1000, 800);
    goes_round(placement, 1000, 800);
    agrees(placement.crs_from_pixel({333, 222}), gdaltransform(options, {333, 222}), 1e-6);
    // One point moved by 40 pixels: no polynomial of second order follows it, splines do.
    reference.gcps[4].x += 400;
    const Placement bent = placed(reference, 1000, 800);
    const auto there = bent.crs_from_pixel({500, 300});
    REQUIRE(there);
    CHECK(apart(*there, {reference.gcps[4].x, reference.gcps[4].y}) < 0.01);
    const auto back = bent.pixel_from_crs(*bent.crs_from_pixel({333, 222}));
    REQUIRE(back);
    CHECK(apart(*back, {333, 222}) < 1e-6);
}

TEST_CASE("two control points give a north-up picture, three a plane") {
    const Georeference two{.crs = wkt_of("EPSG:32633"),
                           .gcps = {{{0, 0}, 100, 200, 0}, {{10, 10}, 120, 180, 0}}};
    agrees(placed(two).crs_from_pixel({5, 5}), Point{110, 190}, 1e-9);
    Georeference three = two;
    three.gcps.push_back({{10, 0}, 121, 202, 0});
    agrees(placed(three).crs_from_pixel({0, 10}), Point{99, 178}, 1e-9);
}

TEST_CASE("rational polynomials place pixels as gdaltransform does, at their own height") {
    const Placement placement = placed({.rpc = rpc()}, 2400, 2000);
    CHECK(placement.crs().authority == "EPSG:4326");
    goes_round(placement, 2400, 2000);
    std::string domain;
    for (const std::string& each : rpc()) {
        const auto at = each.find('=');
        domain += fmt::format("<MDI key=\"{}\">{}</MDI>", each.substr(0, at), each.substr(at + 1));
    }
    const TempFile vrt("rpc.vrt",
                       fmt::format("<VRTDataset rasterXSize=\"2400\" rasterYSize=\"2000\"><Metadata "
                                   "domain=\"RPC\">{}</Metadata><VRTRasterBand dataType=\"Byte\" "
                                   "band=\"1\"/></VRTDataset>",
                                   domain));
    const auto options = "-rpc -to RPC_HEIGHT=450 -to RPC_PIXEL_ERROR_THRESHOLD=0.000001 " + vrt.path();
    agrees(placement.crs_from_pixel({700, 1300}), gdaltransform(options, {700, 1300}), 1e-9);
    agrees(placement.pixel_from_crs({8.51, 47.49}), gdaltransform("-i " + options, {8.51, 47.49}), 1e-6);
}

TEST_CASE("a geographic crs, also one in gons from Paris, gives longitude before latitude") {
    const Placement degrees = placed(in_crs("EPSG:4326", {10, 0.001, 0, 50, 0, -0.001}), 1000, 1000);
    agrees(degrees.lonlat_from_pixel({100, 200}), Point{10.1, 49.8}, 1e-12);
    agrees(degrees.pixel_from_lonlat({10.1, 49.8}), Point{100, 200}, 1e-6);
    CHECK(degrees.crs().geographic);
    CHECK(degrees.crs().unit == "degree");
    const Placement gons = placed(in_crs("EPSG:4807", {1, 0.001, 0, 55, 0, -0.001}), 1000, 1000);
    goes_round(gons, 1000, 1000);
    agrees(gons.lonlat_from_pixel({0, 0}), gdaltransform("-s_srs EPSG:4807 -t_srs OGC:CRS84", {1, 55}), 1e-4);
    agrees(gons.lonlat_from_pixel({0, 0}), Point{0.9 + 2.33722917, 49.5}, 0.01);
}

TEST_CASE("a crs with heights is placed by its horizontal part") {
    const Placement placement = placed(in_crs("EPSG:32633+5773", {500000, 10, 0, 5200000, 0, -10}), 100, 100);
    goes_round(placement, 100, 100);
    goes_round(placed(in_crs("EPSG:4979", {10, 0.001, 0, 50, 0, -0.001}), 100, 100), 100, 100);
}

TEST_CASE("a picture over the antimeridian has longitudes on both sides, and each comes back to it") {
    const Placement degrees = placed(in_crs("EPSG:4326", {170, 0.01, 0, 10, 0, -0.01}), 2000, 2000);
    agrees(degrees.lonlat_from_pixel({1500, 500}), Point{-175, 5}, 1e-9);
    agrees(degrees.pixel_from_lonlat({-175, 5}), Point{1500, 500}, 1e-6);
    agrees(degrees.pixel_from_lonlat({-175 + 360, 5}), Point{1500, 500}, 1e-6);
    agrees(degrees.pixel_from_crs({-175, 5}), Point{1500, 500}, 1e-6);
    const Placement west = placed(in_crs("EPSG:4326", {-190, 0.01, 0, 10, 0, -0.01}), 2000, 2000);
    agrees(west.pixel_from_lonlat({175, 5}), Point{500, 500}, 1e-6);
    const Placement unsized = placed(in_crs("EPSG:4326", {170, 0.01, 0, 10, 0, -0.01}));
    agrees(unsized.pixel_from_lonlat({-175, 5}), Point{1500, 500}, 1e-6);
    const Placement utm = placed(in_crs("EPSG:32601", {160000, 100, 0, 1000000, 0, -100}), 5000, 5000);
    goes_round(utm, 5000, 5000);
    const Placement mercator =
        placed(in_crs("EPSG:3857", {19000000, 1000, 0, 1000000, 0, -1000}), 2000, 2000);
    goes_round(mercator, 2000, 2000);
    CHECK(mercator.lonlat_from_pixel({1500, 500})->x < -170);
    const Placement world = placed(in_crs("EPSG:4326", {-180, 0.1, 0, 90, 0, -0.1}), 3600, 1800);
    agrees(world.pixel_from_lonlat({180, 0}), Point{3600, 900}, 1e-6);
    agrees(world.pixel_from_lonlat({-180, 0}), Point{0, 900}, 1e-6);
    agrees(world.pixel_from_lonlat({100, 0}), Point{2800, 900}, 1e-6);
}

TEST_CASE("what lies beyond the horizon of a projection has no place") {
    const Placement globe = placed(in_crs("+proj=ortho +lat_0=0 +lon_0=0 +a=6371000 +b=6371000 +units=m",
                                          {-7e6, 7000, 0, 7e6, 0, -7000}),
                                   2000, 2000);
    CHECK(globe.lonlat_from_pixel({1000, 1000}));
    CHECK_FALSE(globe.lonlat_from_pixel({1, 1}));
    CHECK_FALSE(globe.pixel_from_lonlat({180, 0}));
    CHECK_FALSE(globe.area_m2(rectangle(0, 0, 2000, 2000)));
    // A corner of a sinusoidal world map, where a careless inverse answers with the other side.
    const Placement modis = placed(in_crs("+proj=sinu +lon_0=0 +a=6371007.181 +b=6371007.181 +units=m",
                                          {-20015109, 10000, 0, 10007555, 0, -10000}),
                                   4003, 2001);
    CHECK_FALSE(modis.lonlat_from_pixel({100, 100}));
    CHECK(modis.lonlat_from_pixel({2001, 1000}));
    CHECK_FALSE(globe.pixel_from_lonlat({10, 91}));
    CHECK_FALSE(globe.pixel_from_lonlat({std::nan(""), 0}));
}

TEST_CASE("other bodies have their own longitudes and their own size") {
    const std::string mars =
        "GEOGCS[\"Mars "
        "2000\",DATUM[\"D_Mars_2000\",SPHEROID[\"Mars_2000_IAU_IAG\",3396190,169.894447223612]],"
        "PRIMEM[\"Reference_Meridian\",0],UNIT[\"degree\",0.0174532925199433]]";
    const Placement placement = placed({.crs = mars, .geotransform = {{-180, 1, 0, 90, 0, -1}}}, 360, 180);
    agrees(placement.lonlat_from_pixel({190, 90}), Point{10, 0}, 1e-9);
    const Point equator[] = {{180, 90}, {181, 90}};
    CHECK(placement.length_m(equator).value() ==
          doctest::Approx(3396190 * 3.14159265358979 / 180).epsilon(1e-9));
    const Placement moon = placed(in_crs("+proj=stere +lat_0=-90 +lon_0=0 +a=1737400 +b=1737400 +units=m",
                                         {-50000, 100, 0, 50000, 0, -100}),
                                  1000, 1000);
    goes_round(moon, 1000, 1000);
    CHECK(moon.area_m2(rectangle(400, 400, 600, 600)).value() ==
          doctest::Approx(20000.0 * 20000).epsilon(1e-4));
}

TEST_CASE("lengths are those of geodesics on the ellipsoid") {
    const Placement degrees = placed(in_crs("EPSG:4326", {0, 0.1, 0, 90, 0, -0.1}), 3600, 1800);
    const Point equator[] = {{0, 900}, {10, 900}};  // one degree of it
    CHECK(degrees.length_m(equator).value() == doctest::Approx(111319.490793274).epsilon(1e-12));
    const Point quarter[] = {{0, 0}, {0, 900}};  // the quarter meridian of WGS 84
    CHECK(degrees.length_m(quarter).value() == doctest::Approx(10001965.729231).epsilon(1e-11));
    // Along the parallel of 60 degrees, as the line on the picture goes: not the shorter great circle.
    const Point parallel[] = {{0, 300}, {900, 300}};
    const double e2 = 0.0066943799901413165;
    const double radius = 6378137 * 0.5 / std::sqrt(1 - e2 * 0.75);
    CHECK(degrees.length_m(parallel).value() == doctest::Approx(radius * 3.14159265358979 / 2).epsilon(1e-8));
    CHECK(degrees.length_m({}).value() == 0);
    const Point two_legs[] = {{0, 900}, {10, 900}, {20, 900}};
    CHECK(degrees.length_m(two_legs).value() == doctest::Approx(2 * 111319.490793274).epsilon(1e-12));
    // UTM's scale at the central meridian is 0.9996: a grid kilometre is longer on the ground.
    const Placement utm = placed(in_crs("EPSG:32633", {500000, 1, 0, 5200000, 0, -1}), 1000, 1000);
    const Point kilometre[] = {{0, 0}, {0, 1000}};
    CHECK(utm.length_m(kilometre).value() == doctest::Approx(1000 / 0.9996).epsilon(1e-7));
    const Placement web = placed(in_crs("EPSG:3857", {0, 1, 0, 8399737.889818, 0, -1}), 1000, 1000);
    CHECK(web.length_m(kilometre).value() == doctest::Approx(500.42).epsilon(2e-4));  // 60 degrees north
}

TEST_CASE("areas are those on the ellipsoid, whichever way the ring goes") {
    const double earth = 510065621724088.44;
    const Placement degrees = placed(in_crs("EPSG:4326", {-180, 0.1, 0, 90, 0, -0.1}), 3600, 1800);
    // Bounded by parallels, by the closed formula for a zone of the ellipsoid.
    const auto zone = [](double lat) {
        const double e = 0.08181919084262149, s = std::sin(lat * 3.14159265358979323846 / 180),
                     b = 6356752.314245179;
        return 3.14159265358979323846 * b * b * (s / (1 - e * e * s * s) + std::atanh(e * s) / e);
    };
    const double expected = (zone(51) - zone(50)) * 10 / 360;
    auto ring = rectangle(1900, 390, 2000, 400);
    CHECK(degrees.area_m2(ring).value() == doctest::Approx(expected).epsilon(1e-7));
    std::ranges::reverse(ring);
    CHECK(degrees.area_m2(ring).value() == doctest::Approx(expected).epsilon(1e-7));
    ring.push_back(ring.front());
    CHECK(degrees.area_m2(ring).value() == doctest::Approx(expected).epsilon(1e-7));
    CHECK(degrees.area_m2(rectangle(0, 0, 3600, 900)).value() == doctest::Approx(earth / 2).epsilon(1e-6));
    CHECK(degrees.area_m2(rectangle(0, 0, 3600, 1800)).value() == doctest::Approx(earth).epsilon(1e-6));
    CHECK(degrees.area_m2(rectangle(0, 300, 3600, 1800)).value() ==
          doctest::Approx(earth / 2 + zone(60)).epsilon(1e-6));
    CHECK(degrees.area_m2(rectangle(0, 0, 2700, 1800)).value() ==
          doctest::Approx(earth * 0.75).epsilon(1e-6));
    const Point line[] = {{0, 0}, {5, 5}};
    CHECK(degrees.area_m2(line).value() == 0);
    const Placement over = placed(in_crs("EPSG:4326", {175, 0.1, 0, 51, 0, -0.1}), 100, 10);
    CHECK(over.area_m2(rectangle(0, 0, 100, 10)).value() == doctest::Approx(expected).epsilon(1e-7));
    const Placement utm = placed(in_crs("EPSG:32633", {500000, 1, 0, 5200000, 0, -1}), 1000, 1000);
    CHECK(utm.area_m2(rectangle(0, 0, 1000, 1000)).value() ==
          doctest::Approx(1e6 / (0.9996 * 0.9996)).epsilon(1e-6));
    const Placement laea = placed(in_crs("EPSG:3035", {4300000, 100, 0, 3200000, 0, -100}), 10000, 10000);
    CHECK(laea.area_m2(rectangle(0, 0, 10000, 10000)).value() == doctest::Approx(1e12).epsilon(1e-6));
    const Placement polar = placed(in_crs("EPSG:3031", {-1e6, 1000, 0, 1e6, 0, -1000}), 2000, 2000);
    CHECK(polar.area_m2(rectangle(0, 0, 2000, 2000)).value() == doctest::Approx(4e12).epsilon(0.06));
}

TEST_CASE("a pixel of longitudes and latitudes is measured in closed form") {
    const Placement globe = placed(in_crs("EPSG:4326", {-180, 1, 0, 90, 0, -1}));
    // WGS 84: one degree at the equator and at 60 degrees, and the half of the Earth by its rows.
    CHECK(globe.pixel_area_m2({190, 89}).value() == doctest::Approx(1'230'846.389e4).epsilon(1e-8));
    CHECK(globe.pixel_area_m2({190, 29}).value() == doctest::Approx(612'314.088e4).epsilon(1e-8));
    double half = 0;
    for (int y = 0; y < 90; ++y) half += 360 * globe.pixel_area_m2({0, static_cast<double>(y)}).value();
    CHECK(half == doctest::Approx(255'032'810.857e6).epsilon(1e-9));
    CHECK_FALSE(globe.pixel_area_m2({0, 180}));
    CHECK_FALSE(placed(in_crs("EPSG:32633", {500000, 10, 0, 5000000, 0, -10})).pixel_area_m2({0, 0}));
}
