#include <cmath>
#include <fstream>
#include <numbers>

#include <doctest/doctest.h>

#include "cases.h"
#include "formats/areas.h"
#include "geo/placement.h"
#include "labels/json.h"

using namespace formats_test;
using labels::ShapeKind;

namespace formats_test {

const std::vector<GeoCase>& geo_cases() {
    static const std::vector<GeoCase> all = {
        {"geojson",
         "out.geojson",
         0.05,
         {{"no JSON", "{\"type\":\"FeatureCollection\",", "geojson"},
          {"another JSON", R"({"images":[],"annotations":[]})", "geojson"},
          {"features that are none", R"({"type":"FeatureCollection","features":7})", ""},
          {"a text", "hello", "geojson"},
          {"nothing on the picture",
           R"({"type":"FeatureCollection","features":[{"type":"Feature","properties":{"class":"field"},
              "geometry":{"type":"Point","coordinates":[100,50]}}]})",
           "None of the 1 features lies on the picture \"scene.tif\""}}},
        {"gpkg",
         "out.gpkg",
         1e-6,
         {{"a text", "hello", "gpkg"},
          {"another database", "SQLite format 3", "gpkg"},
          {"JSON", "{}", "gpkg"},
          {"zeros", std::string_view("\0\0\0\0", 4), "gpkg"}}},
        {"shapefile",
         "out_polygons.shp",
         1e-6,
         {{"a text", "hello", "shapefile"},
          {"its first bytes", std::string_view("\0\0\x27\x0A", 4), "shapefile"},
          {"JSON", "{}", "shapefile"},
          {"zeros", std::string_view("\0\0\0\0", 4), "shapefile"}}},
        {"flatgeobuf",
         "out.fgb",
         1e-6,
         {{"a text", "hello", "flatgeobuf"},
          {"its first bytes", std::string_view("fgb\3fgb\0", 8), ""},
          {"JSON", "{}", "flatgeobuf"},
          {"zeros", std::string_view("\0\0\0\0", 4), "flatgeobuf"}}},
        {"kml",
         "out.kml",
         1e-3,
         {{"a text", "hello", "kml"},
          {"no end", "<kml><Document><Placemark>", "kml"},
          {"another XML", "<annotations></annotations>", "kml"},
          {"JSON", "{}", "kml"}}}};
    return all;
}

}  // namespace formats_test

namespace {

labels::AssetId asset_id(int n) {
    return {*base::parse_uuid(fmt::format("00000000-0000-7000-8000-0000000005{:02}", n))};
}

base::Georeference reference(const std::string& crs, std::array<double, 6> geotransform) {
    return {.crs = crs.empty() ? "" : geo::crs_from_text(crs).value(), .geotransform = geotransform};
}

labels::Asset raster(int n, std::string name, base::Georeference georeference) {
    labels::Asset asset;
    asset.id = asset_id(n);
    asset.name = std::move(name);
    asset.kind = labels::MediaKind::raster;
    asset.width_px = 1000;
    asset.height_px = 800;
    asset.frame_count = 1;
    asset.position = n;
    asset.georeference = std::move(georeference);
    return asset;
}

labels::Ontology ontology() {
    labels::Ontology made;
    made.classes = {labels::make_class(made, "field"), {}};
    made.classes[1] = labels::make_class(made, "tree (1)");
    made.classes[0].attributes = {
        {labels::AttributeId::make(),
         "crop",
         labels::AttributeKind::select,
         labels::Timing::fixed,
         {"rye", "maïs"},
         ""},
        {labels::AttributeId::make(),
         "height in metres",
         labels::AttributeKind::number,
         labels::Timing::fixed,
         {},
         ""},
        {labels::AttributeId::make(),
         "mown",
         labels::AttributeKind::checkbox,
         labels::Timing::changing,
         {},
         ""},
        {labels::AttributeId::make(), "id", labels::AttributeKind::text, labels::Timing::fixed, {}, ""}};
    return made;
}

labels::State project(std::vector<labels::Asset> assets) {
    labels::Document document;
    labels::Transaction transaction(document, "test");
    transaction.put_ontology(ontology());
    for (const labels::Asset& each : assets) transaction.put_asset(each);
    transaction.commit();
    return document.state();
}

labels::State with(labels::State state, labels::AssetId asset, ShapeKind shape, labels::Geometry geometry,
                   std::size_t class_index = 0, bool answered = false) {
    labels::Document document(std::move(state));
    labels::Transaction transaction(document, "test");
    const labels::LabelClass& owner = document.state().ontology.classes[class_index];
    labels::TrackInfo info;
    info.id = labels::TrackId::make();
    info.asset = asset;
    info.class_id = owner.id;
    info.number = document.next_number(owner.id);
    info.shape = shape;
    info.extent = labels::Extent::picture;
    info.author = "anna";
    labels::Keyframe keyframe;
    keyframe.geometry = std::move(geometry);
    if (answered) {
        labels::set_value(info.attributes, owner.attributes[0].id, "maïs");
        labels::set_value(info.attributes, owner.attributes[1].id, "2.5");
        labels::set_value(info.attributes, owner.attributes[3].id, "A <7>");
        labels::set_value(keyframe.attributes, owner.attributes[2].id, "true");
        info.name = "the big one";
        info.source = keyframe.source = labels::Source::model;
        keyframe.confidence = 0.75f;
        keyframe.occluded = true;
    }
    transaction.put_track(info);
    transaction.put_keyframe(info.id, keyframe);
    transaction.commit();
    return document.state();
}

const labels::Path k_polygon{
    {{100, 100}, {300.5, 120.25}, {310, 400}, {90, 380}, {150, 150}, {150, 200}, {200, 200}}, {4}};

labels::State with_every_shape(labels::State state, labels::AssetId asset, bool only_polygons = false) {
    state = with(std::move(state), asset, ShapeKind::box, labels::Box{10, 20, 110.5, 80.3}, 0, true);
    state = with(std::move(state), asset, ShapeKind::box, labels::Box{300, 300, 400, 350, 30}, 1);
    state = with(std::move(state), asset, ShapeKind::ellipse, labels::Box{500, 100, 620, 160, 20}, 1);
    state = with(std::move(state), asset, ShapeKind::polygon, k_polygon);
    state =
        with(std::move(state), asset, ShapeKind::mask, labels::MaskRuns{700, 500, 4, 3, {0, 2, 2, 2, 5, 1}});
    if (only_polygons) return state;
    state = with(std::move(state), asset, ShapeKind::polyline,
                 labels::Path{{{0, 0}, {50, 60}, {999, 799}}, {}}, 1);
    state = with(std::move(state), asset, ShapeKind::points, labels::Path{{{5.25, 6}}, {}}, 1);
    return with(std::move(state), asset, ShapeKind::points, labels::Path{{{5, 6}, {700.5, 8}}, {}}, 1);
}

labels::State placed_project(bool only_polygons = false) {
    return with_every_shape(
        project({raster(1, "scene.tif", reference("EPSG:32633", {500000, 0.5, 0, 5200000, 0, -0.5}))}),
        asset_id(1), only_polygons);
}

// One line a label: class, shape, coordinates to `precision`, values. Rings from their smallest point on, one
// way round.
std::string ring_text(std::vector<base::Point> ring, double precision) {
    double twice = 0;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        const base::Point a = ring[i], b = ring[(i + 1) % ring.size()];
        twice += a.x * b.y - b.x * a.y;
    }
    if (twice < 0) std::ranges::reverse(ring);
    const auto before = [&](base::Point a, base::Point b) {
        return std::abs(a.x - b.x) > precision ? a.x < b.x : a.y < b.y - precision;
    };
    std::ranges::rotate(ring, std::ranges::min_element(ring, before));
    std::string text;
    for (const base::Point p : ring)
        text += fmt::format(" {:.0f},{:.0f}", p.x / precision + 0.0, p.y / precision + 0.0);
    return text;
}

// Coarser than the precision by as much as keeps values off the edges of rounding.
std::vector<std::string> described(const labels::State& state, double precision) {
    precision *= 100;
    std::vector<std::string> lines;
    for (const auto& [id, track] : state.tracks) {
        const labels::LabelClass& owner = *state.ontology.find(track->info.class_id);
        for (const labels::Keyframe& keyframe : track->keyframes) {
            std::string line = fmt::format(
                "{} {} {} {} {} {} {} {}", state.find(track->info.asset)->name, owner.name, track->info.name,
                labels::name_of(track->info.shape), labels::name_of(keyframe.source),
                labels::short_double(keyframe.confidence), keyframe.occluded, track->info.author);
            if (const auto* box = std::get_if<labels::Box>(&keyframe.geometry)) {
                for (const double each : {box->x0, box->y0, box->x1, box->y1, box->rotation_deg})
                    line += fmt::format(" {:.0f}", each / precision + 0.0);
            } else if (const auto* mask = std::get_if<labels::MaskRuns>(&keyframe.geometry)) {
                line += fmt::format(" {} {} {} {} {}", mask->left, mask->top, mask->width, mask->height,
                                    fmt::join(mask->runs, ","));
            } else {
                const auto& path = std::get<labels::Path>(keyframe.geometry);
                if (track->info.shape == ShapeKind::polygon) {
                    std::size_t first = 0;
                    for (std::size_t ring = 0; ring <= path.ring_starts.size(); ++ring) {
                        const std::size_t last =
                            ring < path.ring_starts.size() ? path.ring_starts[ring] : path.points.size();
                        line += " /" + ring_text({path.points.begin() + static_cast<std::ptrdiff_t>(first),
                                                  path.points.begin() + static_cast<std::ptrdiff_t>(last)},
                                                 precision);
                        first = last;
                    }
                } else {
                    for (const base::Point p : path.points)
                        line += fmt::format(" {:.0f},{:.0f}", p.x / precision + 0.0, p.y / precision + 0.0);
                }
            }
            std::map<std::string, std::string> values;
            for (const auto* from : {&track->info.attributes, &keyframe.attributes})
                for (const auto& [attribute, value] : *from)
                    for (const labels::Attribute& each : owner.attributes)
                        if (each.id == attribute) values[each.name] = value;
            for (const auto& [name, value] : values) line += fmt::format(" {}={}", name, value);
            lines.push_back(line);
        }
    }
    std::ranges::sort(lines);
    return lines;
}

void are_the_same(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    CHECK(a.size() == b.size());
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) CHECK(a[i] == b[i]);
}

// The project without its labels.
labels::State bare(labels::State state) {
    state.tracks.clear();
    state.tracks_of_asset.clear();
    return state;
}

base::Result<formats::Report> export_in(std::string_view format, const labels::State& state,
                                        const std::filesystem::path& out, const std::string& crs) {
    formats::WriteContext context = write_context(state);
    context.crs = crs;
    return formats::find_format(format)->write(state, out, context);
}

std::string out_of(const GeoCase& each) {
    return each.id == "shapefile" ? "out.shp" : std::string(each.file);
}

std::string ogrinfo(const std::filesystem::path& file, const std::string& options = "-al") {
    const std::string command = fmt::format("ogrinfo -ro {} '{}' 2>&1", options, file.string());
    FILE* pipe = ::popen(command.c_str(), "r");
    std::string text;
    for (char buffer[4096]; std::fgets(buffer, sizeof buffer, pipe) != nullptr;) text += buffer;
    return ::pclose(pipe) == 0 ? text : "no ogrinfo";
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace

TEST_CASE("labels of a raster come back from every vector format where they were") {
    for (const GeoCase& each : geo_cases()) {
        INFO("format ", each.id);
        const TempDir dir;
        const bool only_polygons = each.id == "shapefile";
        const labels::State state = placed_project(only_polygons);
        const auto out = dir.path() / each.file;
        const auto report = export_to(each.id, state, out);
        REQUIRE_MESSAGE(report, (report ? "" : report.error().message));
        CHECK(report->tracks == static_cast<std::int64_t>(state.tracks.size()));
        for (const auto& file : report->files) CHECK(std::filesystem::exists(file));
        for (const auto& entry : std::filesystem::recursive_directory_iterator(dir.path()))
            CHECK(std::ranges::find(report->files, entry.path()) != report->files.end());
        const auto probed = formats::probe_format(out);
        REQUIRE(probed);
        CHECK((*probed)->id == each.id);
        const Imported back = import_file(each.id, out, bare(state));
        REQUIRE_MESSAGE(back.report, back.message());
        are_the_same(described(state, each.precision_px), described(back.state(), each.precision_px));
        for (const auto& [id, track] : state.tracks) CHECK(back.state().find(id) != nullptr);
        for (const std::string& warning : back.report->warnings) MESSAGE(each.id << ": " << warning);
    }
}

TEST_CASE("labels of turned, geographic and control-point rasters come back from every vector format") {
    base::Georeference gcps{.crs = geo::crs_from_text("EPSG:32633").value()};
    for (const auto& [x, y] :
         {std::pair(0.0, 0.0), {1000.0, 0.0}, {1000.0, 800.0}, {0.0, 800.0}, {500.0, 300.0}, {250.0, 650.0}})
        gcps.gcps.push_back({{x, y}, 500000 + 0.5 * x + 1e-5 * x * y, 5200000 - 0.5 * y, 0});
    const std::vector<base::Georeference> all = {
        reference("EPSG:32633", {500000, 0.4, 0.3, 5200000, 0.3, -0.4}),
        reference("EPSG:4326", {10, 1e-5, 0, 50, 0, -1e-5}),
        reference("EPSG:31467", {3500000, 0.5, 0, 5500000, 0, -0.5}),
        reference("EPSG:4326", {10, 1e-5, 0, 50, 0, 1e-5}), gcps};
    for (const base::Georeference& georeference : all) {
        const labels::State state =
            with_every_shape(project({raster(1, "scene.tif", georeference)}), asset_id(1), true);
        for (const GeoCase& each : geo_cases()) {
            INFO("format ", each.id, " crs ", geo::crs_facts(georeference.crs).authority);
            const TempDir dir;
            const auto out = dir.path() / each.file;
            REQUIRE(export_to(each.id, state, out));
            const Imported back = import_file(each.id, out, bare(state));
            REQUIRE_MESSAGE(back.report, back.message());
            are_the_same(described(state, each.precision_px), described(back.state(), each.precision_px));
        }
    }
}

TEST_CASE("GeoJSON is what RFC 7946 wants, by an independent look") {
    const TempDir dir;
    const auto file = dir.path() / "a.geojson";
    labels::State state = placed_project();
    REQUIRE(export_to("geojson", state, file));
    const std::string out = run_python(R"py(
import json, re, sys
text = open(sys.argv[1], encoding='utf-8').read()
data = json.loads(text)
assert data['type'] == 'FeatureCollection' and 'crs' not in data, data.keys()
def area(ring): return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:])) / 2
def polygon(rings):
    for i, ring in enumerate(rings):
        assert ring[0] == ring[-1] and len(ring) >= 4
        o = ring[0]
        signed = area([[x - o[0], y - o[1]] for x, y in ring])
        assert (signed > 0) == (i == 0), (i, signed)
def flat(c):
    if isinstance(c[0], (int, float)): yield c
    else:
        for e in c: yield from flat(e)
kinds = []
for f in data['features']:
    g = f['geometry']
    kinds.append(g['type'])
    for lon, lat in flat(g['coordinates']):
        assert 14.9 < lon < 15.1 and 46.9 < lat < 47, (lon, lat)
    if g['type'] == 'Polygon': polygon(g['coordinates'])
    if g['type'] == 'MultiPolygon': [polygon(p) for p in g['coordinates']]
for number in re.findall(r'\d+\.(\d+)', text.split('"coordinates"', 1)[1].split('"type": "Feature"')[0]):
    assert len(number) <= 7, number
p = data['features'][0]['properties']
assert p['class'] == 'field' and p['crop'] == 'maïs' and p['height in metres'] == 2.5 and p['mown'] is True, p
assert p['id_'] == 'A <7>' and p['confidence'] == 0.75 and p['occluded'] is True and 'frame' not in p, p
print(' '.join(sorted(set(kinds))))
)py",
                                       {file.string()});
    if (out != "no python") CHECK(out == "LineString MultiPoint MultiPolygon Point Polygon\n");
}

TEST_CASE("what crosses the antimeridian is cut there, and its parts come back as a group") {
    labels::State state =
        project({raster(1, "fiji.tif", reference("EPSG:4326", {179.5, 0.001, 0, -17, 0, -0.001}))});
    state = with(
        std::move(state), asset_id(1), ShapeKind::polygon,
        labels::Path{
            {{400, 100}, {600, 100}, {600, 300}, {400, 300}, {450, 150}, {550, 150}, {550, 250}, {450, 250}},
            {4}});
    state = with(std::move(state), asset_id(1), ShapeKind::polyline,
                 labels::Path{{{100, 100}, {900, 500}}, {}}, 1);
    for (const char* id : {"geojson", "kml"}) {
        INFO("format ", std::string(id));
        const TempDir dir;
        const auto file = dir.path() / (std::string("a.") + id);
        REQUIRE(export_to(id, state, file));
        const Imported back = import_file(id, file, bare(state));
        REQUIRE_MESSAGE(back.report, back.message());
        REQUIRE(back.state().tracks.size() == 4);
        double pixels = 0;
        for (const auto& [track_id, track] : back.state().tracks) {
            CHECK(track->info.group != 0);
            const auto& geometry = track->keyframes[0].geometry;
            pixels += formats::area_px2(geometry, track->info.shape);
            const base::Rect reach = labels::bounds(geometry);
            CHECK((reach.x1 < 500.001 || reach.x0 > 499.999));
        }
        CHECK(pixels == doctest::Approx(200 * 200 - 100 * 100).epsilon(1e-3));
        const std::string out = run_python(R"py(
import json, sys
for f in json.load(open(sys.argv[1]))['features']:
    for p in f['geometry']['coordinates']:
        for ring in (p if f['geometry']['type'] == 'MultiPolygon' else [p]):
            assert all(-180 <= x <= 180 for x, y in ring)
            assert max(x for x, y in ring) - min(x for x, y in ring) < 1
    print(f['geometry']['type'])
)py",
                                           {file.string()});
        if (out != "no python" && std::string(id) == "geojson")
            CHECK(out == "MultiPolygon\nMultiLineString\n");
    }
    const TempDir dir;  // in the raster's own coordinates nothing needs to be cut
    REQUIRE(export_to("gpkg", state, dir.path() / "a.gpkg"));
    const Imported whole = import_file("gpkg", dir.path() / "a.gpkg", bare(state));
    are_the_same(described(state, 1e-6), described(whole.state(), 1e-6));
    REQUIRE(export_in("gpkg", state, dir.path() / "b.gpkg", "EPSG:3832"));
    const Imported pacific = import_file("gpkg", dir.path() / "b.gpkg", bare(state));
    REQUIRE_MESSAGE(pacific.report, pacific.message());
    CHECK(pacific.state().tracks.size() == 2);
}

TEST_CASE("a label round a pole is closed over it") {
    labels::State state =
        project({raster(1, "ice.tif", reference("EPSG:3031", {-500000, 1000, 0, 400000, 0, -1000}))});
    state = with(std::move(state), asset_id(1), ShapeKind::ellipse, labels::Box{400, 300, 600, 500});
    const TempDir dir;
    REQUIRE(export_to("geojson", state, dir.path() / "a.geojson"));
    const std::string out = run_python(R"py(
import json, sys
g = json.load(open(sys.argv[1]))['features'][0]['geometry']
rings = g['coordinates'] if g['type'] == 'Polygon' else [p[0] for p in g['coordinates']]
xs = [x for r in rings for x, y in r]; ys = [y for r in rings for x, y in r]
print(min(xs), max(xs), min(ys), round(max(ys)))
)py",
                                       {(dir.path() / "a.geojson").string()});
    if (out != "no python") CHECK(out == "-180.0 180.0 -90.0 -89\n");
}

TEST_CASE("areas are those of an independent geodesic computation and of the whole of a class") {
    const labels::State state = placed_project();
    const auto areas = formats::class_areas(state, state.assets.front());
    REQUIRE(areas);
    REQUIRE(areas->size() == 2);
    const formats::ClassArea& field = areas->front();
    CHECK(field.count == 3);
    const double polygon = formats::area_px2(k_polygon, ShapeKind::polygon);
    CHECK(field.pixels == doctest::Approx(100.5 * 60.3 + polygon + 5));
    // UTM's scale at its central meridian is 0.9996.
    CHECK(field.hectares.value() ==
          doctest::Approx(field.pixels * 0.25 / 1e4 / (0.9996 * 0.9996)).epsilon(1e-6));
    const TempDir dir;
    REQUIRE(export_to("gpkg", state, dir.path() / "a.gpkg"));
    const std::string sql =
        "-q -dialect SQLITE -sql 'SELECT sum(area_ha) AS ha, sum(ST_Area(ST_Transform(geom, 4326), 1)) / "
        "10000 AS theirs FROM \"scene.tif\" WHERE class = \"field\"'";
    const std::string text = ogrinfo(dir.path() / "a.gpkg", sql);
    const auto value = [&](const std::string& name) {
        const auto at = text.find(name + " (Real) = ");
        return at == std::string::npos ? std::nan("") : std::stod(text.substr(at + name.size() + 10));
    };
    if (text != "no ogrinfo") {  // built without SpatiaLite it cannot say
        CHECK(value("ha") == doctest::Approx(*field.hectares).epsilon(1e-9));
        CHECK(value("theirs") == doctest::Approx(*field.hectares).epsilon(1e-5));
    }
    labels::State nowhere = state;
    nowhere.assets.front().georeference = {};
    CHECK_FALSE(formats::class_areas(nowhere, nowhere.assets.front())->front().hectares);
    nowhere.assets.front().georeference.geotransform = {0, 0, 0, 0, 0, 0};
    CHECK_FALSE(formats::class_areas(nowhere, nowhere.assets.front()));
}

TEST_CASE("other programs read what was written, with its CRS, types and texts") {
    const TempDir dir;
    const labels::State state = placed_project();
    for (const GeoCase& each : geo_cases()) {
        INFO("format ", each.id);
        REQUIRE(export_to(each.id, state, dir.path() / out_of(each)));
        const std::string text = ogrinfo(dir.path() / each.file);
        if (text == "no ogrinfo") return;
        CHECK(has(text, "maïs"));
        CHECK(has(text, "tree (1)"));
        const bool lonlat = each.id == "geojson" || each.id == "kml";
        CHECK(has(text, lonlat ? "ID[\"EPSG\",4326]" : "UTM zone 33N"));
    }
    CHECK(std::filesystem::exists(dir.path() / "out_lines.shp"));
    CHECK(std::filesystem::exists(dir.path() / "out_points.prj"));
    CHECK(read_text(dir.path() / "out_polygons.cpg") == "UTF-8");
}

TEST_CASE("a chosen CRS is written, and refused where the format has but one") {
    const TempDir dir;
    const labels::State state = placed_project(true);
    for (const char* crs : {"EPSG:4326", "EPSG:3857", "31468", "EPSG:2056"}) {
        INFO("crs ", std::string(crs));
        const auto file = dir.path() / "a.gpkg";
        REQUIRE(export_in("gpkg", state, file, crs));
        const Imported back = import_file("gpkg", file, bare(state));
        REQUIRE_MESSAGE(back.report, back.message());
        are_the_same(described(state, 1e-3), described(back.state(), 1e-3));
    }
    const auto refused = export_in("geojson", state, dir.path() / "a.geojson", "EPSG:3857");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == base::ErrorKind::refused);
    CHECK(has(refused.error().message, "always in WGS 84"));
    CHECK(export_in("geojson", state, dir.path() / "a.geojson", "EPSG:4326"));
    CHECK(export_in("kml", state, dir.path() / "a.kml", "OGC:CRS84"));
    const auto unknown = export_in("gpkg", state, dir.path() / "b.gpkg", "EPSG:7");
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().kind == base::ErrorKind::malformed);
    CHECK_FALSE(std::filesystem::exists(dir.path() / "b.gpkg"));
}

TEST_CASE("a raster without a place is written in pixels, or refused where the format has none") {
    const labels::State state = with_every_shape(project({raster(1, "scene.tif", {})}), asset_id(1), true);
    for (const GeoCase& each : geo_cases()) {
        INFO("format ", each.id);
        const TempDir dir;
        const auto report = export_to(each.id, state, dir.path() / each.file);
        if (each.id == "geojson" || each.id == "kml") {
            REQUIRE_FALSE(report);
            CHECK(report.error().kind == base::ErrorKind::refused);
            CHECK(has(report.error().message, "\"scene.tif\" does not say where on the ground it lies"));
            continue;
        }
        REQUIRE(report);
        CHECK(has(report->warnings.front(), "in pixels, y down, without a CRS"));
        const Imported back = import_file(each.id, dir.path() / each.file, bare(state));
        REQUIRE_MESSAGE(back.report, back.message());
        are_the_same(described(state, 1e-6), described(back.state(), 1e-6));
        // And on a raster that has one, a file with a CRS has no place on the one without.
        const labels::State placed = placed_project(true);
        REQUIRE(export_to(each.id, placed, dir.path() / each.file));
        const Imported refused = import_file(each.id, dir.path() / each.file, bare(state));
        REQUIRE_FALSE(refused.report);
        CHECK(refused.report.error().kind == base::ErrorKind::refused);
    }
    labels::Asset film = raster(2, "film.mp4", {});
    film.kind = labels::MediaKind::video;
    const TempDir dir;
    const auto films = export_to("gpkg", project({film}), dir.path() / "a.gpkg");
    REQUIRE_FALSE(films);
    CHECK(has(films.error().message, "films have no place on the ground"));
    CHECK_FALSE(std::filesystem::exists(dir.path() / "a.gpkg"));
}

TEST_CASE("a raster of another body keeps its own CRS and is not passed off as WGS 84") {
    base::Georeference mars{
        .crs =
            "GEOGCS[\"Mars "
            "2000\",DATUM[\"D_Mars_2000\",SPHEROID[\"Mars_2000_IAU_IAG\",3396190,169.894447223612]],PRIMEM["
            "\"Reference_Meridian\",0],UNIT[\"degree\",0.0174532925199433]]",
        .geotransform = {{10, 1e-4, 0, 5, 0, -1e-4}}};
    const labels::State state = with_every_shape(project({raster(1, "crater.tif", mars)}), asset_id(1), true);
    const TempDir dir;
    const auto refused = export_to("geojson", state, dir.path() / "a.geojson");
    REQUIRE_FALSE(refused);
    CHECK(has(refused.error().message, "Mars 2000"));
    REQUIRE(export_to("gpkg", state, dir.path() / "a.gpkg"));
    const Imported back = import_file("gpkg", dir.path() / "a.gpkg", bare(state));
    REQUIRE_MESSAGE(back.report, back.message());
    are_the_same(described(state, 1e-6), described(back.state(), 1e-6));
}

TEST_CASE("several rasters are layers of one file or files of one folder, and each comes back to its own") {
    labels::State state =
        project({raster(1, "a.tif", reference("EPSG:32633", {500000, 0.5, 0, 5200000, 0, -0.5})),
                 raster(2, "b.tif", reference("EPSG:32634", {500000, 0.5, 0, 5200000, 0, -0.5}))});
    state = with_every_shape(std::move(state), asset_id(1), true);
    state = with(std::move(state), asset_id(2), ShapeKind::polygon, k_polygon);
    for (const GeoCase& each : geo_cases()) {
        INFO("format ", each.id);
        const TempDir dir;
        const bool layers = each.id == "gpkg" || each.id == "kml";
        const auto out = dir.path() / (layers ? out_of(each) : "folder");
        const auto report = export_to(each.id, state, out);
        REQUIRE_MESSAGE(report, (report ? "" : report.error().message));
        CHECK(report->assets == 2);
        labels::State back = bare(state);
        const std::string extension = std::filesystem::path(each.file).extension().string();
        for (const auto& file : layers
                                    ? std::vector{out}
                                    : std::vector{out / ("a.tif" + extension), out / ("b.tif" + extension)}) {
            const Imported one = import_file(each.id, file, back);
            REQUIRE_MESSAGE(one.report, one.message());
            back = one.state();
        }
        are_the_same(described(state, each.precision_px), described(back, each.precision_px));
        if (!layers) continue;
        const Imported first = import_file(each.id, out, bare(state), {.onto_first_asset = true});
        REQUIRE(first.report);
        CHECK(first.state().tracks_of(asset_id(1)).size() == 5);
        CHECK(first.state().tracks_of(asset_id(2)).empty());
        CHECK(first.warns_of("Layers of other media"));
    }
}

TEST_CASE("malformed vector files give one sentence, change nothing, and cut ones never break anything") {
    for (const GeoCase& each : geo_cases()) {
        const TempDir dir;
        const labels::State state = placed_project(true);
        std::vector<Malformed> all = each.malformed;
        all.push_back({"empty", "", ""});
        for (const Malformed& bad : all) {
            INFO("format ", each.id, ", file ", bad.name);
            const Imported refused =
                import_file(each.id, dir.write(std::string(each.file), bad.text), bare(state));
            REQUIRE(!refused.report);
            INFO("message ", refused.message());
            CHECK(has(refused.message(), bad.says));
        }
        CHECK(import_file(each.id, dir.path() / "not-here", bare(state)).report.error().kind ==
              base::ErrorKind::missing);
        const TempDir made;
        REQUIRE(export_to(each.id, state, made.path() / each.file));
        const std::string whole = read_text(made.path() / each.file);
        for (std::size_t size = 0; size < whole.size(); size += 1 + whole.size() / 40) {
            const auto file = made.write(std::string(each.file), std::string_view(whole).substr(0, size));
            (void)import_file(each.id, file, bare(state));
        }
    }
}

TEST_CASE("unknown classes are refused with their list, fields without an attribute are left out and said") {
    const TempDir dir;
    labels::State state = placed_project();
    for (const GeoCase& each : geo_cases()) {
        INFO("format ", each.id);
        REQUIRE(export_to(each.id, state, dir.path() / out_of(each)));
        labels::State other = bare(state);
        other.ontology = {};
        other.ontology.classes = {labels::make_class({}, "boat")};
        const Imported refused = import_file(each.id, dir.path() / each.file, other);
        REQUIRE_FALSE(refused.report);
        CHECK(has(refused.message(), "\"field\", \"tree (1)\""));
        const Imported added = import_file(each.id, dir.path() / each.file, other,
                                           {.unknown_classes = formats::UnknownClasses::add});
        REQUIRE_MESSAGE(added.report, added.message());
        const labels::LabelClass* field = added.state().ontology.find("field");
        REQUIRE(field != nullptr);
        CHECK(field->attributes.size() == 4);
        other.ontology.classes = {labels::make_class({}, "field"), labels::make_class({}, "tree (1)")};
        const Imported left_out = import_file(each.id, dir.path() / each.file, other);
        REQUIRE_MESSAGE(left_out.report, left_out.message());
        CHECK(left_out.warns_of("The field \"crop\" was not imported"));
    }
    const Imported nowhere = import_file("geojson", dir.path() / "out.geojson");
    REQUIRE_FALSE(nowhere.report);
    CHECK(has(nowhere.message(), "does not say which picture"));
}

TEST_CASE("files of other programs: parts, other fields, and what lies outside the picture") {
    const labels::State state = bare(placed_project());
    const geo::Placement placement = geo::Placement::create(state.assets.front().georeference).value();
    const auto at = [&](double x, double y) {
        const auto lonlat = placement.lonlat_from_pixel({x, y}).value();
        return fmt::format("[{:.9f},{:.9f},5]", lonlat.x, lonlat.y);
    };
    const auto square = [&](double x, double y) {
        return fmt::format("[[{},{},{},{},{}]]", at(x, y), at(x + 9, y), at(x + 9, y + 9), at(x, y + 9),
                           at(x, y));
    };
    const auto feature = [](std::string_view type, std::string_view coordinates,
                            std::string_view properties) {
        return fmt::format(
            R"({{"type":"Feature","properties":{},"geometry":{{"type":"{}","coordinates":{}}}}})", properties,
            type, coordinates);
    };
    const TempDir dir;
    const auto file = dir.write(
        "x.json",
        fmt::format(
            R"({{"type":"FeatureCollection","features":[{},{},{},{},{{"type":"Feature","properties":{{"label":"field"}},"geometry":null}}]}})",
            feature("MultiPolygon", fmt::format("[{},{}]", square(10, 10), square(50, 50)),
                    R"({"label":"field","name":"Big field","osm_id":7,"crop":"rye"})"),
            feature("Polygon", square(5000, 10), R"({"label":"field"})"),
            feature("Polygon", square(-4, -4), R"({"label":"field"})"),
            feature("MultiPoint", fmt::format("[{},{}]", at(1, 1), at(2, 2)), R"j({"label":"tree (1)"})j")));
    CHECK((*formats::probe_format(file))->id == "geojson");
    const Imported read = import_file("geojson", file, state);
    REQUIRE_MESSAGE(read.report, read.message());
    CHECK(read.state().tracks.size() == 4);
    CHECK(read.warns_of("Shapes outside the picture were not imported"));
    CHECK(read.warns_of("Features without a shape were skipped"));
    CHECK(read.warns_of("\"osm_id\""));
    int grouped = 0;
    for (const auto& [id, track] : read.state().tracks) {
        CHECK(track->info.extent == labels::Extent::picture);
        CHECK(track->info.source == labels::Source::import);
        grouped += track->info.group != 0;
        if (track->info.group != 0) CHECK(track->info.name == "Big field");
        if (track->info.shape == ShapeKind::points)
            CHECK(std::get<labels::Path>(track->keyframes[0].geometry).points.size() == 2);
    }
    CHECK(grouped == 2);
}

TEST_CASE("a long straight side is followed where it is bent in longitude and latitude") {
    labels::State state =
        project({raster(1, "scene.tif", reference("EPSG:32633", {100000, 800, 0, 7500000, 0, -800}))});
    state = with(std::move(state), asset_id(1), ShapeKind::polygon,
                 labels::Path{{{0, 0}, {1000, 0}, {1000, 800}, {0, 800}}, {}});
    const TempDir dir;
    REQUIRE(export_to("geojson", state, dir.path() / "a.geojson"));
    const Imported back = import_file("geojson", dir.path() / "a.geojson", bare(state));
    REQUIRE_MESSAGE(back.report, back.message());
    const auto& geometry = back.state().tracks.begin()->second->keyframes[0].geometry;
    CHECK(std::get<labels::Path>(geometry).points.size() > 20);
    CHECK(formats::area_px2(geometry, ShapeKind::polygon) == doctest::Approx(800000).epsilon(1e-4));
}

TEST_CASE("a stopped export of vectors leaves nothing behind") {
    std::stop_source stop;
    stop.request_stop();
    const labels::State state = placed_project(true);
    for (const GeoCase& each : geo_cases()) {
        INFO("format ", each.id);
        const TempDir dir;
        dir.write(std::string(each.file), "what was there");
        formats::WriteContext context = write_context(state);
        context.stop = stop.get_token();
        const auto stopped = formats::find_format(each.id)->write(state, dir.path() / each.file, context);
        REQUIRE_FALSE(stopped);
        CHECK(stopped.error().kind == base::ErrorKind::cancelled);
        CHECK(read_text(dir.path() / each.file) == "what was there");
        CHECK(std::distance(std::filesystem::directory_iterator(dir.path()), {}) == 1);
        const auto nowhere = export_to(each.id, state, "/proc/limn/" + std::string(each.file));
        REQUIRE_FALSE(nowhere);
    }
}
