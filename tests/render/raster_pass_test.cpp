// The shader's colours against media::shade(), seams between tiles, and what stands in for what is not here.

#include "render/raster_pass.h"

#include <chrono>
#include <cmath>
#include <fstream>
#include <thread>

#include "gl_test.h"
#include "picture.h"
#include "raster_fixtures.h"

using namespace render;
using namespace render::testing;
using raster_fixtures::Folder;
using raster_fixtures::make;

namespace {

constexpr std::uint32_t k_ground = 0x123456FF;
constexpr Pixel k_ground_pixel{0x12, 0x34, 0x56, 0xFF};

class Shown {
public:
    Shown(const std::filesystem::path& path, media::RasterStyle style, Size size)
        : m_source{path, {}}, m_target{must(Framebuffer::create(size))}, m_pass{must(RasterPass::create())} {
        wait_until([&] { return m_source.info().has_value(); });
        info = must(*m_source.info());
        if (style.channels.empty()) style = media::default_style(info);
        set_style(std::move(style));
    }
    void set_style(const media::RasterStyle& style) {
        shading = std::make_shared<media::RasterShading>(must(media::make_shading(style, info, {})));
    }
    Picture draw(const View& view, const RasterPassOptions& options = {}) {
        wait_until([&] {
            m_target.clear(k_ground);
            textures.begin_frame();
            drawn = m_pass.draw(m_source, info, shading, textures, view, m_target.size(), options);
            REQUIRE(m_pass.failure() == "");
            m_source.want(drawn.plan.wishes);
            return drawn.missing == 0 && m_source.counters().waiting == 0;
        });
        m_target.clear(k_ground);  // once more, now that every border is here
        textures.begin_frame();
        drawn = m_pass.draw(m_source, info, shading, textures, view, m_target.size(), options);
        return {m_target.size().width, m_target.size().height, m_target.read_rgba()};
    }
    Picture draw_now(const View& view) {
        m_target.clear(k_ground);
        textures.begin_frame();
        drawn = m_pass.draw(m_source, info, shading, textures, view, m_target.size());
        return {m_target.size().width, m_target.size().height, m_target.read_rgba()};
    }
    // What media::shade() makes of the sample at a level-0 pixel.
    Pixel expected(const std::filesystem::path& path, int x, int y) {
        std::vector<std::vector<float>> planes;
        for (const int band : shading->bands) {
            const auto plane = m_source.find({0, x / info.tile_px, y / info.tile_px}, band);
            planes.push_back({plane ? plane->value(x % info.tile_px, y % info.tile_px)
                                    : static_cast<float>(raster_fixtures::sample(path, x, y, band))});
        }
        std::array<std::uint8_t, 4> rgba{};
        media::shade(*shading, planes, 1, rgba.data());
        return {rgba[0], rgba[1], rgba[2], rgba[3]};
    }

    template <class Condition>
    static void wait_until(Condition condition) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{60};
        while (!condition()) {
            REQUIRE(std::chrono::steady_clock::now() < end);
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
        }
    }

    media::RasterInfo info;
    std::shared_ptr<const media::RasterShading> shading;
    RasterTextures textures;
    RasterDrawn drawn;

private:
    media::RasterSource m_source;
    Framebuffer m_target;
    RasterPass m_pass;
};

bool near(Pixel a, Pixel b, int within) {
    return std::abs(a[0] - b[0]) <= within && std::abs(a[1] - b[1]) <= within &&
           std::abs(a[2] - b[2]) <= within;
}

}  // namespace

TEST_CASE("one_to_one_is_what_the_cpu_makes_of_every_sample_type") {
    const GlTest gl;
    if (!gl) return;
    const Folder folder;
    for (const GDALDataType type : {GDT_Byte, GDT_UInt16, GDT_Int16, GDT_Float32}) {
        CAPTURE(GDALGetDataTypeName(type));
        const bool is_signed = type == GDT_Int16 || type == GDT_Float32;
        const auto path = make(
            folder.path / "a.tif",
            {.width = 700, .height = 300, .bands = 2, .type = type, .value = [&](int x, int y, int band) {
                 return (x * 3 + y * 5 + band * 40) % 211 - (is_signed ? 100 : 0);
             }});
        media::RasterStyle style{.channels = {"b1", "(b1 + b2) / 2", "if(b1 > 50, b2, b1)"},
                                 .stretch = media::Stretch::manual,
                                 .ranges = {{-20, 100}, {0, 90}, {-50, 111}}};
        Shown shown{path, style, {300, 200}};
        const View view = one_to_one({512, 150}, {0, 0, 300, 200});
        const Picture picture = shown.draw(view);
        int compared = 0;
        for (int y = 0; y < 200; y += 3)
            for (int x = 0; x < 300; x += 3) {
                const base::Point at = view.media_from_screen(base::Point{x + 0.5, y + 0.5});
                const Pixel wanted = shown.expected(path, static_cast<int>(at.x), static_cast<int>(at.y));
                REQUIRE_MESSAGE(near(picture.at(x, y), wanted, 1), x << "," << y);
                ++compared;
            }
        CHECK(compared > 5000);
        std::filesystem::remove(path);
    }
}

TEST_CASE("there_is_no_seam_where_tiles_meet") {
    const GlTest gl;
    if (!gl) return;
    const Folder folder;
    const auto path =
        make(folder.path / "ramp.tif",
             {.width = 1200, .height = 1100, .type = GDT_Float32, .value = [](int x, int y, int) {
                  return x + y;
              }});
    media::RasterStyle style{.channels = {"b1"}, .stretch = media::Stretch::manual, .ranges = {{900, 1140}}};
    Shown shown{path, style, {400, 300}};
    // A ramp of 0.6 screen pixels a sample: between samples the value must go on rising evenly, across the
    // corner of four tiles.
    const View view{{512, 512}, 0.6, {0, 0, 400, 300}};
    const Picture picture = shown.draw(view);
    CHECK(shown.drawn.plan.level == 0);
    CHECK(shown.drawn.plan.in_sight.size() == 4);
    for (int y = 100; y < 200; ++y)
        for (int x = 130; x < 270; ++x) {
            const base::Point at = view.media_from_screen(base::Point{x + 0.5, y + 0.5});
            const double wanted = std::clamp((at.x + at.y - 1 - 900) / 240 * 255, 0.0, 255.0);
            REQUIRE_MESSAGE(std::abs(picture.at(x, y)[0] - wanted) <= 1.6, x << "," << y);
        }
    CHECK(shown.textures.counters().borders_mended > 0);
}

TEST_CASE("no_data_leaves_the_ground") {
    const GlTest gl;
    if (!gl) return;
    const Folder folder;
    const auto path = make(
        folder.path / "a.tif",
        {.width = 64,
         .height = 64,
         .type = GDT_Float32,
         .value = [](int x, int y, int) { return x < 20   ? -9999
                                                 : y < 20 ? std::nan("")
                                                          : 50; },
         .more = [](GDALDatasetH made) { GDALSetRasterNoDataValue(GDALGetRasterBand(made, 1), -9999); }});
    media::RasterStyle style{.channels = {"b1"}, .stretch = media::Stretch::manual, .ranges = {{0, 100}}};
    Shown shown{path, style, {64, 64}};
    const Picture picture = shown.draw(one_to_one({32, 32}, {0, 0, 64, 64}));
    CHECK(picture.at(10, 40) == k_ground_pixel);
    CHECK(picture.at(40, 10) == k_ground_pixel);
    CHECK(picture.at(40, 40)[0] == doctest::Approx(127).epsilon(0.02));
    CHECK(picture.at(19, 40) == k_ground_pixel);
    CHECK(picture.at(20, 20)[0] > 100);
}

TEST_CASE("a_palette_is_looked_up_and_never_mixed") {
    const GlTest gl;
    if (!gl) return;
    const Folder folder;
    const auto path =
        make(folder.path / "classes.tif", {.width = 64,
                                           .height = 64,
                                           .value = [](int x, int, int) { return x % 2 == 0 ? 1 : 3; },
                                           .more =
                                               [](GDALDatasetH made) {
                                                   GDALColorTableH table = GDALCreateColorTable(GPI_RGB);
                                                   const GDALColorEntry red{255, 0, 0, 255},
                                                       green{0, 255, 0, 255}, blue{0, 0, 255, 255};
                                                   GDALSetColorEntry(table, 1, &red);
                                                   GDALSetColorEntry(table, 2, &green);
                                                   GDALSetColorEntry(table, 3, &blue);
                                                   GDALSetRasterColorTable(GDALGetRasterBand(made, 1), table);
                                                   GDALDestroyColorTable(table);
                                               }});
    Shown shown{path, {}, {48, 48}};
    const Picture picture = shown.draw(View{{32, 32}, 0.75, {0, 0, 48, 48}});
    for (int x = 2; x < 46; ++x) {
        const Pixel p = picture.at(x, 20);
        CHECK((p == Pixel{255, 0, 0, 255} || p == Pixel{0, 0, 255, 255}));
    }
}

TEST_CASE("what_cannot_be_read_is_hatched_where_it_is") {
    const GlTest gl;
    if (!gl) return;
    const Folder folder;
    std::ofstream{folder.path / "gone.vrt"}
        << "<VRTDataset rasterXSize=\"400\" rasterYSize=\"200\"><VRTRasterBand dataType=\"Byte\" band=\"1\">"
           "<SimpleSource><SourceFilename>nowhere.tif</SourceFilename><SourceBand>1</SourceBand>"
           "<SrcRect xOff=\"0\" yOff=\"0\" xSize=\"400\" ySize=\"200\"/><DstRect xOff=\"0\" yOff=\"0\" "
           "xSize=\"400\" ySize=\"200\"/>"
           "</SimpleSource></VRTRasterBand></VRTDataset>";
    Shown shown{folder.path / "gone.vrt", {}, {100, 100}};
    const Picture picture = shown.draw(one_to_one({200, 100}, {0, 0, 100, 100}));
    CHECK(shown.drawn.broken == 1);
    int light = 0, dark = 0;
    for (int x = 0; x < 100; ++x) {
        light += picture.at(x, 50)[0] == 69;
        dark += picture.at(x, 50)[0] == 51;
    }
    CHECK(light + dark == 100);
    CHECK(light > 30);
    CHECK(dark > 30);
}

TEST_CASE("a_coarser_level_stands_in_until_the_tiles_are_here") {
    const GlTest gl;
    if (!gl) return;
    const Folder folder;
    const auto path =
        make(folder.path / "a.tif",
             {.width = 2048, .height = 2048, .options = {"TILED=YES"}, .value = [](int x, int y, int) {
                  return (x / 256 + y / 256) % 2 == 0 ? 60 : 180;
              }});
    media::RasterStyle style{.channels = {"b1"}, .stretch = media::Stretch::manual, .ranges = {{0, 255}}};
    Shown shown{path, style, {256, 256}};
    (void)shown.draw(fit({2048, 2048}, {0, 0, 256, 256}));  // the coarsest is here now
    const View close = one_to_one({384, 384}, {0, 0, 256, 256});
    const Picture stand_in = shown.draw_now(close);
    CHECK(shown.drawn.missing > 0);
    CHECK(stand_in.at(128, 128)[0] == doctest::Approx(60).epsilon(0.05));
    const Picture sharp = shown.draw(close);
    CHECK(shown.drawn.missing == 0);
    CHECK(sharp.at(128, 128)[0] == 60);
}

TEST_CASE("textures_stay_within_their_budget") {
    const GlTest gl;
    if (!gl) return;
    const Folder folder;
    const auto path = make(folder.path / "a.tif", {.width = 8192, .height = 1024, .options = {"TILED=YES"}});
    Shown shown{path, {}, {512, 512}};
    constexpr std::size_t k_budget = 6u << 20;
    RasterTextures small{k_budget, 64u << 20};
    std::swap(shown.textures, small);
    for (int x = 256; x < 8000; x += 512) (void)shown.draw(one_to_one({double(x), 512}, {0, 0, 512, 512}));
    CHECK(shown.textures.counters().evictions > 0);
    CHECK(shown.textures.counters().bytes < k_budget + (6u << 20));
}

TEST_CASE("heights_are_lit_as_gdaldem_lights_them") {
    const GlTest gl;
    if (!gl) return;
    const Folder folder;
    const auto path =
        make(folder.path / "dem.tif",
             {.width = 100,
              .height = 100,
              .type = GDT_Float32,
              .value = [](int x, int y, int) { return 40 * std::sin(x / 9.0) + 25 * std::cos(y / 7.0); },
              .more =
                  [](GDALDatasetH made) {
                      std::array<double, 6> place = {500000, 10, 0, 4000000, 0, -10};
                      GDALSetGeoTransform(made, place.data());
                  }});
    const auto lit = folder.path / "lit.tif";
    REQUIRE(std::system(fmt::format("gdaldem hillshade -q -compute_edges '{}' '{}' >/dev/null 2>&1",
                                    path.string(), lit.string())
                            .c_str()) == 0);
    media::RasterStyle style{.channels = {"b1"}, .stretch = media::Stretch::min_max, .hillshade = true};
    Shown shown{path, style, {100, 100}};
    const Picture picture = shown.draw(one_to_one({50, 50}, {0, 0, 100, 100}));
    for (int y = 2; y < 98; y += 5)
        for (int x = 2; x < 98; x += 5)
            CHECK(std::abs(picture.at(x, y)[0] - raster_fixtures::sample(lit, x, y, 1)) <= 3);
}
