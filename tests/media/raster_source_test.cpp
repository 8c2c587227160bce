// The cache and the threads round it: best first, within its budget, newest wishes win, and it ends at once.

#include "media/raster_source.h"

#include <chrono>
#include <cmath>
#include <fstream>
#include <numeric>
#include <thread>

#include "media/pyramid.h"
#include "media/value_stats.h"
#include "raster_fixtures.h"

using namespace raster_fixtures;
using media::RasterSource;

namespace {

template <class Condition>
bool wait_until(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    return true;
}

std::vector<media::TileAddress> square(int level, int edge) {
    std::vector<media::TileAddress> tiles;
    for (int y = 0; y < edge; ++y)
        for (int x = 0; x < edge; ++x) tiles.push_back({level, x, y});
    return tiles;
}

}  // namespace

TEST_CASE("wished_tiles_come_with_the_right_samples") {
    const Folder folder;
    const fs::path path =
        make(folder.path / "a.tif", {.width = 2048, .height = 2048, .bands = 2, .options = {"TILED=YES"}});
    RasterSource source{path, {}};
    REQUIRE(wait_until([&] { return source.info().has_value(); }));
    REQUIRE(source.info()->has_value());
    source.want({square(0, 4), {2}});
    REQUIRE(wait_until([&] { return source.counters().waiting == 0; }));
    CHECK(source.take_arrived());
    CHECK_FALSE(source.take_arrived());
    const auto plane = source.find({0, 3, 1}, 2);
    REQUIRE(plane);
    CHECK(plane->value(17, 21) == sample(path, 3 * 512 + 17, 512 + 21, 2));
    CHECK(source.find({0, 0, 0}, 1) == nullptr);
    // Other bands of the same places are read beside them.
    source.want({square(0, 4), {1, 2}});
    REQUIRE(wait_until([&] { return source.counters().waiting == 0; }));
    CHECK(source.find({0, 0, 0}, 1) != nullptr);
    CHECK(source.counters().planes_read == 32);
}

TEST_CASE("the_cache_stays_within_its_budget_and_keeps_what_was_used_last") {
    const Folder folder;
    const fs::path path =
        make(folder.path / "a.tif", {.width = 4096, .height = 4096, .options = {"TILED=YES"}});
    constexpr std::size_t k_budget = 10 * (512 * 512 + 200);
    RasterSource source{path, {.cache_bytes = k_budget, .threads = 1}};
    source.want({{{0, 0, 0}}, {1}});
    REQUIRE(wait_until([&] { return source.find({0, 0, 0}, 1) != nullptr; }));
    for (int row = 0; row < 8; ++row) {
        (void)source.find({0, 0, 0}, 1);  // in use
        std::vector<media::TileAddress> tiles;
        for (int x = 0; x < 8; ++x) tiles.push_back({0, x, row});
        source.want({tiles, {1}});
        REQUIRE(wait_until([&] { return source.counters().waiting == 0; }));
        CHECK(source.counters().bytes <= k_budget);
    }
    CHECK(source.counters().evictions >= 50);
    CHECK(source.find({0, 0, 0}, 1) != nullptr);
    CHECK(source.find({0, 3, 2}, 1) == nullptr);
    CHECK(source.find({0, 7, 7}, 1) != nullptr);
}

TEST_CASE("newer_wishes_take_the_place_of_older_ones") {
    const Folder folder;
    const fs::path path = make(folder.path / "a.tif",
                               {.width = 8192, .height = 8192, .options = {"TILED=YES", "COMPRESS=DEFLATE"}});
    RasterSource source{path, {.threads = 1}};
    source.want({square(0, 16), {1}});
    source.want({{{0, 15, 15}}, {1}});
    REQUIRE(wait_until([&] { return source.counters().waiting == 0; }));
    CHECK(source.find({0, 15, 15}, 1) != nullptr);
    CHECK(source.counters().planes_read < 20);
}

TEST_CASE("the_samples_of_a_pixel_are_asked_for_beside_the_tiles") {
    const Folder folder;
    const fs::path path =
        make(folder.path / "a.tif", {.width = 100, .height = 90, .bands = 3, .type = GDT_UInt16});
    RasterSource source{path, {}};
    source.request_values(7, 9);
    source.request_values(33, 44);
    REQUIRE(wait_until([&] { return source.values() && source.values()->x == 33; }));
    const auto values = source.values();
    REQUIRE(values->values.size() == 3);
    CHECK(values->values[2] == sample(path, 33, 44, 3));
}

TEST_CASE("a_source_of_nothing_says_why") {
    RasterSource source{"/nowhere/at/all.tif", {}};
    REQUIRE(wait_until([&] { return source.info().has_value(); }));
    REQUIRE_FALSE(source.info()->has_value());
    CHECK(source.info()->error().message.contains("no such file"));
}

TEST_CASE("a_pyramid_is_made_beside_nothing_of_the_users") {
    const Folder folder, cache;
    ::setenv("XDG_CACHE_HOME", cache.path.c_str(), 1);
    const fs::path path =
        make(folder.path / "strips.tif", {.width = 6000, .height = 6000, .value = [](int x, int y, int) {
                                              return (x / 64 + y / 64) % 2 == 0 ? 40 : 200;
                                          }});
    auto before = media::RasterFile::open(path);
    REQUIRE(before.has_value());
    CHECK(before->info().wants_pyramid);
    CHECK(media::find_pyramid(path).empty());

    std::stop_source stopped;
    stopped.request_stop();
    const auto cancelled = media::make_pyramid(path, stopped.get_token(), {});
    REQUIRE_FALSE(cancelled.has_value());
    CHECK(cancelled.error().kind == base::ErrorKind::cancelled);
    CHECK(media::find_pyramid(path).empty());

    double last = 0;
    const auto made = media::make_pyramid(path, {}, [&](double done) {
        CHECK(done >= last);
        last = done;
    });
    REQUIRE_MESSAGE(made.has_value(), made.error().message);
    CHECK(last == doctest::Approx(1));
    CHECK(media::find_pyramid(path) == *made);
    CHECK(folder.names() == std::vector<std::string>{"strips.tif"});
    for (const auto& entry : fs::recursive_directory_iterator(cache.path))
        CHECK_FALSE(entry.path().filename().string().starts_with("part-"));

    auto after = media::RasterFile::open(path, *made);
    REQUIRE(after.has_value());
    CHECK_FALSE(after->info().wants_pyramid);
    CHECK(after->info().levels[0].origin == media::RasterLevel::Origin::stored);
    CHECK(after->info().levels[2] == media::RasterLevel{1500, 1500, media::RasterLevel::Origin::pyramid});
    const std::array bands = {1};
    const auto coarse = after->read_tile({2, 0, 0}, bands, {});
    REQUIRE(coarse.has_value());
    CHECK(coarse->front()->value(8, 8) == 40);
    CHECK(coarse->front()->value(24, 8) == 200);
}

TEST_CASE("a_pyramid_keeps_what_is_not_there") {
    const Folder folder, cache;
    ::setenv("XDG_CACHE_HOME", cache.path.c_str(), 1);
    constexpr int k_edge = 6000, k_masked = 2048;  // columns
    const fs::path masked = make(folder.path / "masked.tif",
                                 {.width = k_edge, .height = k_edge, .more = [](GDALDatasetH made) {
                                      REQUIRE(GDALCreateDatasetMaskBand(made, GMF_PER_DATASET) == CE_None);
                                      GDALRasterBandH mask = GDALGetMaskBand(GDALGetRasterBand(made, 1));
                                      std::vector<std::uint8_t> row(k_edge, 255);
                                      std::fill_n(row.begin(), k_masked, std::uint8_t{0});
                                      for (int y = 0; y < k_edge; ++y)
                                          REQUIRE(GDALRasterIO(mask, GF_Write, 0, y, k_edge, 1, row.data(),
                                                               k_edge, 1, GDT_Byte, 0, 0) == CE_None);
                                  }});
    const fs::path alpha =
        make(folder.path / "alpha.tif", {.width = k_edge,
                                         .height = k_edge,
                                         .bands = 2,
                                         .options = {"ALPHA=YES"},
                                         .value = [](int x, int, int band) {
                                             return band == 1 ? 90 : x < k_masked ? 0 : 255;
                                         }});
    for (const fs::path& path : {masked, alpha}) {
        CAPTURE(path.string());
        const auto made = media::make_pyramid(path, {}, {});
        REQUIRE_MESSAGE(made.has_value(), made.error().message);
        const auto file = media::RasterFile::open(path, *made);
        REQUIRE(file.has_value());
        CHECK(file->info().mask_band == 0);
        const int tile_px = file->info().tile_px;
        for (const int level : {0, 1, 2}) {
            const std::array bands = {0};
            const int tile = (k_masked >> level) / tile_px;
            const auto left = file->read_tile({level, tile - 1, 0}, bands, {});
            const auto right = file->read_tile({level, tile, 0}, bands, {});
            REQUIRE((left.has_value() && right.has_value()));
            CHECK(left->front()->broken.empty());
            CHECK(left->front()->value(tile_px - 2, 100) == 0);
            CHECK(right->front()->value(1, 100) == 255);
        }
    }
}

TEST_CASE("mosaics_of_the_same_text_have_a_pyramid_each") {
    const Folder first, second, cache;
    ::setenv("XDG_CACHE_HOME", cache.path.c_str(), 1);
    const std::string text =
        "<VRTDataset rasterXSize=\"6000\" rasterYSize=\"6000\"><VRTRasterBand dataType=\"Byte\" band=\"1\">"
        "<SimpleSource><SourceFilename "
        "relativeToVRT=\"1\">part.tif</SourceFilename><SourceBand>1</SourceBand>"
        "<SrcRect xOff=\"0\" yOff=\"0\" xSize=\"6000\" ySize=\"6000\"/>"
        "<DstRect xOff=\"0\" yOff=\"0\" xSize=\"6000\" "
        "ySize=\"6000\"/></SimpleSource></VRTRasterBand></VRTDataset>";
    for (const Folder* folder : {&first, &second}) {
        make(folder->path / "part.tif", {.width = 6000, .height = 6000, .value = [&](int, int, int) {
                                             return folder == &first ? 50 : 220;
                                         }});
        std::ofstream{folder->path / "m.vrt"} << text;
    }
    REQUIRE(media::make_pyramid(first.path / "m.vrt", {}, {}).has_value());
    CHECK_FALSE(media::find_pyramid(first.path / "m.vrt").empty());
    CHECK(media::find_pyramid(second.path / "m.vrt").empty());
}

TEST_CASE("values_are_measured") {
    const std::vector<float> values = {
        5, 1, 2, 3, 4, std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()};
    const media::ValueStats stats = media::stats_of(values);
    CHECK(stats.count == 5);
    CHECK(stats.min == 1);
    CHECK(stats.max == 5);
    CHECK(stats.mean == doctest::Approx(3));
    CHECK(stats.deviation == doctest::Approx(std::sqrt(2.0)));
    CHECK(stats.quantile(0) == 1);
    CHECK(stats.quantile(0.5) == 3);
    CHECK(stats.quantile(1) == 5);
    const auto bins = stats.histogram(1, 5);
    CHECK(std::accumulate(bins.begin(), bins.end(), 0) == 5);
    CHECK(media::stats_of({}).quantile(0.5) == 0);
}
