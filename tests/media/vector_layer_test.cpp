#include "media/vector_layer.h"

#include <chrono>
#include <cmath>
#include <fstream>
#include <numbers>
#include <thread>

#include <doctest/doctest.h>

#include "fixtures.h"

using namespace media;
using base::Point;
using base::Rect;

namespace {

namespace fs = std::filesystem;

constexpr Rect k_everywhere{-2e9, -2e9, 2e9, 2e9};

std::vector<VectorTilePtr> tiles_of(const VectorTiles& tiles, int level, const Rect& area = k_everywhere) {
    std::vector<VectorTilePtr> found;
    tiles.find(level, area, found);
    return found;
}

struct Counts {
    std::size_t vertices = 0, lines = 0, dots = 0, triangles = 0;
};
Counts counts(const VectorTiles& tiles, int level, const Rect& area = k_everywhere) {
    Counts counts;
    for (const VectorTilePtr& tile : tiles_of(tiles, level, area)) {
        for (std::uint32_t i = 0; i < tile->line_vertices; ++i) {
            const bool is_break = tile->vertices[i].x == k_vector_break.x;
            counts.lines += is_break;
            counts.vertices += !is_break;
        }
        counts.dots += tile->dots.size();
        counts.triangles += tile->triangles.size() / 3;
    }
    return counts;
}

// Every line of the level in raster pixels.
std::vector<Ring> lines_of(const VectorTiles& tiles, int level) {
    std::vector<Ring> lines;
    for (const VectorTilePtr& tile : tiles_of(tiles, level)) {
        Ring line;
        for (std::uint32_t i = 0; i < tile->line_vertices; ++i) {
            const VectorVertex v = tile->vertices[i];
            if (v.x != k_vector_break.x) {
                line.push_back(tile->origin + Point{v.x, v.y});
                continue;
            }
            lines.push_back(std::move(line));
            line = {};
        }
        CHECK(line.empty());  // the last ends with a break
    }
    return lines;
}

double filled_area(const VectorTiles& tiles, int level) {
    double twice = 0;
    for (const VectorTilePtr& tile : tiles_of(tiles, level))
        for (std::size_t i = 0; i < tile->triangles.size(); i += 3) {
            std::array<Point, 3> corners;
            for (std::size_t k = 0; k < 3; ++k) {
                const std::uint32_t index = tile->triangles[i + k];
                if (index >= tile->vertices.size()) return -1;
                corners[k] = {tile->vertices[index].x, tile->vertices[index].y};
            }
            twice += std::abs(twice_area(corners));
        }
    return twice / 2;
}

Ring box_at(double x, double y, double side) {
    return {{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}};
}

Ring circle(Point centre, double radius, int points) {
    Ring ring;
    for (int i = 0; i < points; ++i) {
        const double angle = 2 * std::numbers::pi * i / points;
        ring.push_back({centre.x + radius * std::cos(angle), centre.y + radius * std::sin(angle)});
    }
    return ring;
}

VectorTilesPtr finished(const std::vector<std::vector<Ring>>& polygons) {
    VectorTilesBuilder builder{VectorFills::made};
    for (const auto& rings : polygons) builder.add_polygon(rings);
    return builder.finish();
}

class Folder {
public:
    Folder()
        : m_path{fixtures::folder() /
                 fmt::format("vectors-{}-{}", getpid(), static_cast<const void*>(this))} {
        fs::create_directories(m_path);
    }
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(m_path, ignored);
    }
    Folder(const Folder&) = delete;
    fs::path write(const std::string& name, const std::string& text) const {
        std::ofstream{m_path / name, std::ios::binary} << text;
        return m_path / name;
    }
    [[nodiscard]] const fs::path& path() const { return m_path; }

private:
    fs::path m_path;
};

std::string read_all(const fs::path& file) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
}

// `count` squares of 10 a side on a grid of 20, in EPSG:32632, as GeoJSON text.
std::string squares_json(int count) {
    std::string text =
        R"({"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::32632"}},"features":[)";
    for (int i = 0; i < count; ++i) {
        const int x = i % 100 * 20, y = i / 100 * 20;
        text += fmt::format(
            R"({}{{"type":"Feature","properties":{{"a":{}}},"geometry":{{"type":"Polygon","coordinates":[[[{},{}],[{},{}],[{},{}],[{},{}],[{},{}]]]}}}})",
            i == 0 ? "" : ",", i, x, y, x + 10, y, x + 10, y + 10, x, y + 10, x, y);
    }
    return text + "]}";
}

VectorProgress wait_for(const VectorLayer& layer) {
    for (int i = 0; i < 24'000; ++i) {
        VectorProgress progress = layer.progress();
        if (progress.is_done) return progress;
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    FAIL("the layer is never done");
    return {};
}

fs::path converted(const Folder& folder, const fs::path& from, const std::string& name,
                   const std::string& more = {}) {
    const fs::path to = folder.path() / name;
    const auto made = fixtures::run(
        fmt::format("ogr2ogr -q {} {} {} 2>&1", fixtures::quoted(to), fixtures::quoted(from), more));
    REQUIRE_MESSAGE(made.exit_code == 0, made.text);
    return to;
}

}  // namespace

TEST_SUITE("vector_tiles") {
    TEST_CASE("a_square_keeps_its_corners_at_the_finest_level") {
        const auto tiles = finished({{box_at(700, 100, 40)}});
        const auto found = tiles_of(*tiles, 0);
        REQUIRE(found.size() == 1);
        CHECK(found[0]->origin == Point{512, 0});
        CHECK(found[0]->line_vertices == 6);  // four, the first again, a break
        CHECK(found[0]->vertices[1].x == 740 - 512);
        CHECK(found[0]->triangles.size() == 6);
        CHECK(found[0]->reach == Rect{700, 100, 740, 140});
        CHECK(filled_area(*tiles, 0) == 1600);
        CHECK(tiles->bounds() == Rect{700, 100, 740, 140});
        CHECK(finished({})->levels() == 0);
        CHECK(tiles_of(*finished({}), 0).empty());
    }

    TEST_CASE("features_below_three_screen_pixels_become_dots_and_dots_become_fewer") {
        std::vector<std::vector<Ring>> polygons;
        for (int y = 0; y < 16; ++y)
            for (int x = 0; x < 16; ++x) polygons.push_back({box_at(x * 16, y * 16, 10)});
        polygons.push_back({box_at(40'000, 40'000, 10)});
        const auto tiles = finished(polygons);
        REQUIRE(tiles->levels() == 9);  // 256 * 2^8 pixels are enough
        for (const int level : {0, 1}) {
            CHECK(counts(*tiles, level).lines == 257);
            CHECK(counts(*tiles, level).dots == 0);
        }
        CHECK(counts(*tiles, 2).lines == 0);
        CHECK(counts(*tiles, 2).dots == 257);
        CHECK(counts(*tiles, 3).dots == 257);  // squares of 16 pixels
        CHECK(counts(*tiles, 4).dots == 65);
        CHECK(counts(*tiles, 5).dots == 17);
        CHECK(counts(*tiles, 7).dots == 2);
        // What the dots cover is what the squares cover.
        double covered = 0;
        for (const auto& tile : tiles_of(*tiles, 8))
            for (const VectorDot& dot : tile->dots) covered += dot.weight * 512.0 * 512.0;
        CHECK(covered == doctest::Approx(257 * 100));
    }

    TEST_CASE("where_small_features_are_many_their_density_is_kept") {
        std::vector<std::vector<Ring>> polygons;
        for (int y = 0; y < 384; ++y)
            for (int x = 0; x < 384; ++x) polygons.push_back({box_at(x * 16, y * 16, 10)});
        const auto tiles = finished(polygons);
        REQUIRE(tiles->levels() == 6);
        for (int level = 2; level < 6; ++level) {
            const double square = std::exp2(level) * 2, tile_side = std::exp2(level) * k_vector_tile_px;
            double covered = 0;
            for (const auto& tile : tiles_of(*tiles, level)) {
                CHECK(tile->dots.empty());
                REQUIRE(tile->density.size() == 128 * 128);
                CHECK(tile->reach.width() == tile_side);
                for (const std::uint8_t alpha : tile->density) covered += alpha / 255.0 * square * square;
            }
            // At the finest of these levels a feature fills more than the square it counts in.
            CHECK(covered > 147'456 * 64.0 * 0.95);
            CHECK(covered < 147'456 * 100.0 * 1.1);
            CHECK(tiles->facts(level).densities == tiles->facts(level).tiles);
        }
        CHECK(tiles->facts(5).tiles == 1);
        CHECK(tiles->facts(5).bytes == 128 * 128);
    }

    TEST_CASE("an_outline_stays_within_half_a_screen_pixel_at_every_level") {
        const Point centre{5000, 5000};
        const auto tiles = finished({{circle(centre, 4000, 20'000)}});
        std::size_t before = 1'000'000;
        for (int level = 0; level < tiles->levels(); ++level) {
            double worst = 0;
            std::size_t vertices = 0;
            for (const Ring& line : lines_of(*tiles, level)) {
                vertices += line.size();
                for (std::size_t i = 0; i + 1 < line.size(); ++i)
                    for (const double t : {0.0, 0.5}) {
                        const Point p = line[i] + (line[i + 1] - line[i]) * t;
                        worst = std::max(worst, std::abs(std::hypot(p.x - centre.x, p.y - centre.y) - 4000));
                    }
            }
            CHECK(worst <= 0.5 * std::exp2(level) + 0.01);
            CHECK(vertices <= before);
            before = vertices;
            const double area = std::numbers::pi * 4000 * 4000;
            CHECK(filled_area(*tiles, level) == doctest::Approx(area).epsilon(0.01));
        }
        CHECK(before < 150);
    }

    TEST_CASE("far_from_the_origin_floats_still_tell_a_hundredth_of_a_pixel") {
        const auto tiles =
            finished({{box_at(300'000.37, 299'999.62, 12.25)}, {box_at(-250'000.5, 17, 300'000.25)}});
        double worst = 0;
        for (const Ring& line : lines_of(*tiles, 0))
            for (const Point p : line) {
                const auto off = [](double at, std::initializer_list<double> edges) {
                    double least = 1e9;
                    for (const double edge : edges) least = std::min(least, std::abs(at - edge));
                    return least;
                };
                worst = std::max(worst, std::min(off(p.x, {300'000.37, 300'012.62, -250'000.5, 49'999.75}),
                                                 off(p.y, {299'999.62, 300'011.87, 17, 300'017.25})));
            }
        CHECK(worst < 0.01);
    }

    TEST_CASE("only_what_reaches_into_the_view_is_found") {
        std::vector<std::vector<Ring>> polygons;
        for (int y = 0; y < 100; ++y)
            for (int x = 0; x < 100; ++x) polygons.push_back({box_at(x * 100, y * 100, 90)});
        const auto tiles = finished(polygons);
        const Counts all = counts(*tiles, 0), seen = counts(*tiles, 0, {3000, 3000, 4000, 4000});
        CHECK(all.lines == 10'000);
        CHECK(seen.lines >= 100);
        CHECK(seen.lines <= 400);
        CHECK(tiles_of(*tiles, 0, {20'000, 0, 30'000, 100}).empty());
        CHECK(tiles_of(*tiles, 0, {-1000, -1000, -600, -600}).empty());
        CHECK(tiles_of(*tiles, 99).empty());
        CHECK(tiles_of(*tiles, -1).empty());
        CHECK(tiles->level_for(8) == 0);
        CHECK(tiles->level_for(1) == 0);
        CHECK(tiles->level_for(0.6) == 0);
        CHECK(tiles->level_for(0.5) == 1);
        CHECK(tiles->level_for(0.01) == tiles->levels() - 1);
    }

    TEST_CASE("one_that_covers_everything_costs_little_where_nothing_of_it_ends") {
        const auto tiles = finished({{box_at(0, 0, 300'000)}, {circle({150'000, 150'000}, 140'000, 50'000)}});
        CHECK(filled_area(*tiles, 0) ==
              doctest::Approx(300'000.0 * 300'000 + std::numbers::pi * 140'000 * 140'000).epsilon(1e-4));
        const Counts middle = counts(*tiles, 0, {150'000, 150'000, 152'000, 151'000});
        CHECK(middle.lines == 0);
        CHECK(middle.triangles > 0);
        CHECK(middle.triangles < 400);
        const Counts edge = counts(*tiles, 0, {9'000, 149'500, 11'000, 150'500});
        CHECK(edge.vertices > 40);
        CHECK(edge.vertices < 2000);
        CHECK(tiles->bytes() < 20'000'000);
    }

    TEST_CASE("holes_stay_open_until_they_are_below_a_pixel") {
        const auto tiles = finished({{box_at(0, 0, 1000), box_at(400, 400, 100), box_at(10, 10, 1.5)}});
        CHECK(filled_area(*tiles, 0) == doctest::Approx(1'000'000 - 10'000 - 2.25));
        CHECK(counts(*tiles, 0).lines == 3);
        CHECK(counts(*tiles, 1).lines == 2);
        CHECK(filled_area(*tiles, 1) == doctest::Approx(990'000));
    }

    TEST_CASE("points_stay_points_and_those_together_become_one") {
        VectorTilesBuilder builder{VectorFills::none};
        for (int i = 0; i < 100; ++i) builder.add_point({i * 0.001, 5});
        builder.add_point({9000, 5});
        builder.add_line({{0, 100}, {50, 120}, {90, 100}});
        const auto tiles = builder.finish();
        REQUIRE(tiles->levels() > 3);
        for (const int level : {0, 3}) {
            CHECK(counts(*tiles, level).dots == (level == 0 ? 101 : 2));
            CHECK(counts(*tiles, level).lines == 1);
            CHECK(counts(*tiles, level).triangles == 0);
            for (const auto& tile : tiles_of(*tiles, level))
                for (const VectorDot& dot : tile->dots) CHECK(dot.weight == k_point_weight);
        }
    }

    TEST_CASE("a_snapshot_stays_as_it_was_and_shares_what_has_not_changed") {
        VectorTilesBuilder builder{VectorFills::made};
        builder.add_polygon({box_at(100, 100, 50)});
        builder.add_polygon({box_at(100, 300, 1)});
        const auto first = builder.snapshot();
        builder.add_polygon({box_at(5000, 100, 50)});
        builder.add_polygon({box_at(5000, 300, 1)});
        const auto second = builder.snapshot();
        builder.add_polygon({box_at(60'000, 60'000, 50)});
        const auto third = builder.finish();
        CHECK(counts(*first, 0).lines == 2);
        CHECK(counts(*second, 0).lines == 4);
        CHECK(counts(*third, 0).lines == 5);
        const Rect corner{0, 0, 256, 256};
        CHECK(tiles_of(*first, 0, corner)[0] == tiles_of(*third, 0, corner)[0]);
        CHECK(counts(*second, 1).dots == 2);
        for (int level = 1; level < third->levels(); ++level)
            CHECK(counts(*third, level).dots >= (level < 5 ? 2 : 1));
        // As if it had been made at once.
        const auto at_once = finished({{box_at(100, 100, 50)},
                                       {box_at(100, 300, 1)},
                                       {box_at(5000, 100, 50)},
                                       {box_at(5000, 300, 1)},
                                       {box_at(60'000, 60'000, 50)}});
        REQUIRE(at_once->levels() == third->levels());
        for (int level = 0; level < third->levels(); ++level) {
            CHECK(counts(*third, level).dots == counts(*at_once, level).dots);
            CHECK(counts(*third, level).vertices == counts(*at_once, level).vertices);
        }
        CHECK(third->bytes() == at_once->bytes());
    }
}

TEST_SUITE("vector_layer") {
    TEST_CASE("every_shape_of_a_file_comes_in_pixels_of_the_raster") {
        const Folder folder;
        const fs::path json = folder.write("squares.geojson", squares_json(1000));
        for (const fs::path& file :
             {json, converted(folder, json, "squares.gpkg"), converted(folder, json, "squares.fgb"),
              converted(folder, json, "squares.shp")}) {
            VectorLayerOptions options;
            options.raster_crs = "EPSG:32632";
            options.pixel_from_crs = [](Point p) {
                return std::optional{Point{p.x * 2 + 100, 1000 - p.y * 2}};
            };
            const VectorLayer layer{file, options};
            const VectorProgress progress = wait_for(layer);
            CHECK_MESSAGE(!progress.error, progress.error->message);
            CHECK(progress.features_read == 1000);
            CHECK(progress.features_in_all == 1000);
            CHECK(progress.unplaced == 0);
            CHECK(progress.warnings.empty());
            const auto tiles = layer.tiles();
            CHECK(tiles->bounds() == Rect{100, 1000 - 380, 100 + 3980, 1000});
            CHECK(counts(*tiles, 0).lines == 1000);
            CHECK(counts(*tiles, 0).triangles == 2000);
            CHECK(filled_area(*tiles, 0) == doctest::Approx(1000 * 400));
        }
    }

    TEST_CASE("a_layer_in_another_crs_is_transformed_to_the_rasters") {
        const Folder folder;
        const fs::path lonlat = folder.write(
            "point.geojson",
            R"({"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[9,48]}}]})");
        VectorLayerOptions options;
        options.raster_crs = "EPSG:32632";
        const VectorLayer layer{lonlat, options};
        CHECK(!wait_for(layer).error);
        const Rect bounds = layer.tiles()->bounds();
        CHECK(bounds.x0 == doctest::Approx(500'000));  // 9° is the zone's middle
        CHECK(bounds.y0 == doctest::Approx(5'316'300).epsilon(1e-4));
    }

    TEST_CASE("shapes_without_a_place_are_left_out_and_counted") {
        const Folder folder;
        const fs::path file = folder.write("mixed.geojson",
                                           R"({"type":"FeatureCollection","features":[
            {"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[0,0],[50,50],[9000,9000]]}},
            {"type":"Feature","properties":{},"geometry":null},
            {"type":"Feature","properties":{},"geometry":{"type":"GeometryCollection","geometries":[
              {"type":"MultiPoint","coordinates":[[1,2],[3,4]]},
              {"type":"MultiPolygon","coordinates":[[[[0,0],[60,0],[60,60],[0,0]]],[[[70,70],[90,70],[90,90],[70,70]]]]}]}},
            {"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[9000,0],[9100,0],[9000,100],[9000,0]]]}}]})");
        VectorLayerOptions options;
        options.pixel_from_crs = [](Point p) { return p.x > 1000 ? std::nullopt : std::optional{p}; };
        const VectorLayer layer{file, options};
        const VectorProgress progress = wait_for(layer);
        CHECK(!progress.error);
        CHECK(progress.features_read == 4);
        CHECK(progress.unplaced == 2);
        CHECK(progress.empty == 1);
        CHECK(!progress.warnings.empty());
        CHECK(counts(*layer.tiles(), 0).lines == 3);
        CHECK(counts(*layer.tiles(), 0).dots == 2);
    }

    TEST_CASE("layers_are_listed_and_chosen_by_name") {
        const Folder folder;
        const fs::path json = folder.write("a.geojson", squares_json(5));
        const fs::path file = converted(folder, json, "two.gpkg", "-nln first");
        converted(folder, folder.write("b.geojson", squares_json(7)), "two.gpkg", "-update -nln second");
        const auto layers = vector_layers_in(file);
        REQUIRE(layers.has_value());
        REQUIRE(layers->size() == 2);
        CHECK((*layers)[1].name == "second");
        CHECK((*layers)[1].features == 7);
        CHECK((*layers)[1].geometry == "Polygon");
        CHECK((*layers)[1].has_crs);
        VectorLayerOptions options;
        options.layer = "second";
        const VectorLayer layer{file, options};
        CHECK(wait_for(layer).features_read == 7);
        options.layer = "third";
        const VectorLayer none{file, options};
        const auto progress = wait_for(none);
        REQUIRE(progress.error);
        CHECK(progress.error->kind == base::ErrorKind::missing);
        CHECK(none.tiles()->levels() == 0);
    }

    TEST_CASE("what_cannot_be_read_is_said_in_a_sentence") {
        const Folder folder;
        const VectorLayer missing{folder.path() / "nothing.gpkg", {}};
        REQUIRE(wait_for(missing).error);
        CHECK(wait_for(missing).error->kind == base::ErrorKind::missing);
        const VectorLayer text{folder.write("text.gpkg", "this is no database"), {}};
        REQUIRE(wait_for(text).error);
        CHECK(wait_for(text).error->kind == base::ErrorKind::malformed);
        CHECK(!vector_layers_in(folder.path() / "text.gpkg").has_value());
        VectorLayerOptions options;
        options.raster_crs = "no such system";
        const VectorLayer odd{folder.write("a.geojson", squares_json(5)), options};
        REQUIRE(wait_for(odd).error);
        CHECK(wait_for(odd).error->kind == base::ErrorKind::unsupported);
    }

    TEST_CASE("damaged_files_end_in_an_error_or_in_what_could_be_read") {
        const Folder folder;
        const fs::path json = folder.write("squares.geojson", squares_json(300));
        int with_error = 0, runs = 0;
        for (const char* name : {"s.fgb", "s.gpkg", "s.shp", "s.gml"}) {
            const fs::path whole = converted(folder, json, name);
            const std::string bytes = read_all(whole);
            for (const double part : {0.02, 0.4, 0.9}) {
                const auto cut = static_cast<std::size_t>(static_cast<double>(bytes.size()) * part);
                std::string flipped = bytes;
                for (std::size_t i = cut; i < std::min(cut + 40, bytes.size()); ++i) flipped[i] ^= 0x5A;
                for (const std::string& damaged : {bytes.substr(0, cut), flipped}) {
                    std::ofstream{whole, std::ios::binary} << damaged;
                    const VectorLayer layer{whole, {}};
                    const VectorProgress progress = wait_for(layer);
                    with_error += progress.error.has_value();
                    ++runs;
                    CHECK(progress.features_read <= 301);
                    if (progress.error) CHECK(!progress.error->message.empty());
                }
            }
        }
        MESSAGE(with_error << " of " << runs << " damaged files end in an error");
        CHECK(with_error > 0);
    }

    TEST_CASE("a_layer_that_is_not_wanted_any_more_ends_at_once") {
        const Folder folder;
        const fs::path file = converted(folder, folder.write("s.geojson", squares_json(20'000)), "s.fgb");
        std::atomic<int> points = 0;
        VectorLayerOptions options;
        options.pixel_from_crs = [&points](Point p) {
            if (++points > 200) std::this_thread::sleep_for(std::chrono::milliseconds{1});
            return std::optional{p};
        };
        {
            VectorLayer layer{file, options};
            while (points < 300) std::this_thread::yield();
            layer.cancel();
            const VectorProgress progress = wait_for(layer);
            REQUIRE(progress.error);
            CHECK(progress.error->kind == base::ErrorKind::cancelled);
            CHECK(counts(*layer.tiles(), 0).lines > 0);
        }
        const auto begin = std::chrono::steady_clock::now();
        {
            const VectorLayer gone{file, options};
        }
        CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{20});
    }

    TEST_CASE("a_picture_is_there_long_before_the_end_and_a_budget_is_kept") {
        const Folder folder;
        const fs::path file = converted(folder, folder.write("s.geojson", squares_json(20'000)), "s.fgb");
        VectorLayerOptions options;
        std::atomic<int> wakes = 0;
        options.wakeup = [&wakes] { ++wakes; };
        options.pixel_from_crs = [n = 0](Point p) mutable {
            if (++n % 200 == 0) std::this_thread::sleep_for(std::chrono::milliseconds{1});
            return std::optional{p};
        };
        const VectorLayer layer{file, options};
        while (wakes == 0) std::this_thread::yield();
        const VectorProgress early = layer.progress();
        CHECK(!early.is_done);
        CHECK(early.features_read > 0);
        CHECK(early.features_in_all == 20'000);
        CHECK(counts(*layer.tiles(), 0).lines == static_cast<std::size_t>(early.features_read));
        CHECK(wait_for(layer).features_read == 20'000);
        CHECK(counts(*layer.tiles(), 0).lines == 20'000);
        CHECK(wakes < 8);

        options.budget_bytes = 500'000;
        options.pixel_from_crs = nullptr;
        const VectorLayer small{file, options};
        const VectorProgress limited = wait_for(small);
        CHECK(!limited.error);
        CHECK(limited.features_read < 20'000);
        REQUIRE(!limited.warnings.empty());
        CHECK(small.tiles()->bytes() < 700'000);
    }
}
