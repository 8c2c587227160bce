#include <set>

#include <doctest/doctest.h>

#include "formats/gdal_dataset.h"
#include "formats/mask_legend.h"
#include "geo/gdal.h"
#include "mask_format_test.h"

using namespace formats_test;

namespace {

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

base::Result<formats::Report> export_with(std::string_view format, const labels::State& state,
                                          const std::filesystem::path& out, formats::Options options) {
    formats::WriteContext context = write_context(state);
    context.options = std::move(options);
    return formats::find_format(format)->write(state, out, context);
}

// A raster of bytes as another program would make it.
std::filesystem::path foreign(const TempDir& dir, const std::string& name, int width, int height,
                              const base::Georeference& place, std::optional<double> nodata,
                              const std::function<int(int, int)>& value, GDALDataType type = GDT_Byte) {
    geo::set_up_gdal();
    const auto file = dir.path() / name;
    formats::Dataset made{GetGDALDriverManager()->GetDriverByName("GTiff")->Create(file.c_str(), width,
                                                                                   height, 1, type, nullptr)};
    formats::put_georeference(place, *made);
    if (nodata) made->GetRasterBand(1)->SetNoDataValue(*nodata);
    std::vector<int> row(static_cast<std::size_t>(width));
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) row[static_cast<std::size_t>(x)] = value(x, y);
        REQUIRE(made->GetRasterBand(1)->RasterIO(GF_Write, 0, y, width, 1, row.data(), width, 1, GDT_Int32, 0,
                                                 0, nullptr) == CE_None);
    }
    return file;
}

const labels::MaskLayer& only_layer(const labels::State& state) {
    REQUIRE(state.mask_layers.size() == 1);
    return *state.mask_layers.begin()->second;
}

}  // namespace

TEST_CASE("a GeoTIFF mask is what other programs expect, by gdalinfo") {
    for (const std::string format : {"geotiff", "cog"}) {
        INFO("format ", format);
        const TempDir dir;
        const labels::State state = mask_project();
        const auto out = dir.path() / "mask.tif";
        const auto report = export_with(format, state, out, {{"layer", "Land cover"}, {"compress", "zstd"}});
        REQUIRE_MESSAGE(report, (report ? "" : report.error().message));
        CHECK(report->layers == 1);
        const std::string info = output_of(fmt::format("gdalinfo '{}'", out.string()));
        if (info.empty()) {
            MESSAGE("skipped: no gdalinfo");
            return;
        }
        for (const char* part :
             {"Size is 700, 530", "EPSG\",32633", "Origin = (500000.250000000000000,5200000.000000000000000)",
              "Pixel Size = (0.500000000000000,-0.500000000000000)", "Block=512x512", "NoData Value=0",
              "COMPRESSION=ZSTD", "Color Table", "Overviews: 350x265", "1: field", "2: tree (1)", "7: water"})
            CHECK_MESSAGE(has(info, part), part, info);
        CHECK(has(info, "LAYOUT=COG") == (format == "cog"));
        const std::string color = fmt::format("{:06x}", state.ontology.classes[2].color_rgb);
        const auto channel = [&](int i) {
            return std::stoi(color.substr(static_cast<std::size_t>(i) * 2, 2), nullptr, 16);
        };
        CHECK(has(info, fmt::format("7: {},{},{},255", channel(0), channel(1), channel(2))));
    }
}

TEST_CASE("overviews hold no class that the mask itself does not hold") {
    for (const std::string format : {"geotiff", "cog"}) {
        for (const std::string overviews : {"nearest", "mode"}) {
            const TempDir dir;
            // 16 bits: no palette, which is where GDAL's own choice would be CUBIC.
            labels::State state =
                with_assets({mask_asset(1, "a.tif", labels::MediaKind::raster, 1500, 1100)}, {});
            labels::MaskLayerInfo info{
                .asset = state.assets[0].id, .name = "deep", .depth = masks::Depth::u16};
            const masks::Value values[] = {0, 1, 5, 300, 9000};
            for (const masks::Value value : std::span(values).subspan(1))
                info.values.push_back({value, labels::ClassId::make(), ""});
            state = with_layer(std::move(state), info,
                               [&](int x, int y) { return values[(x / 7 * 31 + y / 5 * 17) % 5]; });
            const auto out = dir.path() / "m.tif";
            REQUIRE(export_with(format, state, out, {{"overviews", overviews}}));
            const formats::Dataset made = formats::open_raster(out, {"GTiff"});
            REQUIRE(made);
            GDALRasterBand* band = made->GetRasterBand(1);
            CHECK(band->GetRasterDataType() == GDT_UInt16);
            REQUIRE(band->GetOverviewCount() >= 2);
            for (int i = 0; i < band->GetOverviewCount(); ++i) {
                GDALRasterBand* level = band->GetOverview(i);
                std::vector<std::uint16_t> samples(
                    static_cast<std::size_t>(level->GetXSize() * level->GetYSize()));
                REQUIRE(level->RasterIO(GF_Read, 0, 0, level->GetXSize(), level->GetYSize(), samples.data(),
                                        level->GetXSize(), level->GetYSize(), GDT_UInt16, 0, 0,
                                        nullptr) == CE_None);
                const std::set<std::uint16_t> met(samples.begin(), samples.end());
                for (const std::uint16_t value : met)
                    CHECK(std::ranges::find(values, value) != std::end(values));
                CHECK(met.size() > 1);
            }
        }
    }
}

TEST_CASE("blocks that nobody labelled are written all the same") {
    const TempDir dir;
    labels::State state = with_assets({mask_asset(1, "a.tif", labels::MediaKind::raster, 3000, 2100)}, {});
    labels::MaskLayerInfo info{.asset = state.assets[0].id, .name = "m"};
    info.values = {{9, labels::ClassId::make(), ""}};
    state = with_layer(std::move(state), info,
                       [](int x, int y) -> masks::Value { return x == 2999 && y == 2099 ? 9 : 0; });
    for (const std::string format : {"geotiff", "cog"}) {
        const auto out = dir.path() / (format + ".tif");
        REQUIRE(export_to(format, state, out));
        // The offsets of every block of every level, read without GDAL's help for blocks that are missing.
        const std::string said = run_numpy(R"(
import sys, struct
from osgeo import gdal
data = open(sys.argv[1], 'rb').read()
assert data[:2] == b'II' and struct.unpack('<H', data[2:4])[0] == 42
at, missing, levels = struct.unpack('<I', data[4:8])[0], 0, 0
while at:
    n = struct.unpack('<H', data[at:at+2])[0]
    for i in range(n):
        tag, kind, count, value = struct.unpack('<HHII', data[at+2+12*i:at+14+12*i])
        if tag == 324:
            offsets = [value] if count == 1 else struct.unpack('<%dI' % count, data[value:value+4*count])
            missing += sum(o == 0 for o in offsets)
    levels += 1
    at = struct.unpack('<I', data[at+2+12*n:at+6+12*n])[0]
opened = gdal.Open(sys.argv[1])
band = opened.GetRasterBand(1)
print(levels, missing, int((band.ReadAsArray() != 0).sum()), band.Checksum() != 0)
)",
                                           {out.string()});
        if (said == "no python") return;
        CHECK(said == "4 0 1 True\n");
    }
}

TEST_CASE("the medium's place is copied to the last bit") {
    const std::string crs = geo::crs_from_text("EPSG:32633").value();
    base::Georeference gcps{.crs = crs};
    for (const auto& [x, y] : {std::pair(0.5, 0.25), {100.0, 0.0}, {100.0, 80.0}, {0.0, 80.0}})
        gcps.gcps.push_back({{x, y}, 500000 + 0.1 * x, 5200000 - 0.3 * y, 12.5});
    const std::vector<base::Georeference> all = {
        {.crs = crs, .geotransform = {{500000.1, 0.4, 0.3, 5200000.7, 0.3, -0.1}}},
        {.crs = geo::crs_from_text("EPSG:4326").value(), .geotransform = {{10.1, 1e-5, 0, 50.3, 0, -1e-5}}},
        {.crs = "", .geotransform = {{1, 0.1, 0, 2, 0, 0.1}}},
        gcps};
    for (const std::string format : {"geotiff", "cog"}) {
        for (const base::Georeference& place : all) {
            const TempDir dir;
            labels::State state =
                with_assets({mask_asset(1, "a.tif", labels::MediaKind::raster, 100, 80, place)}, {});
            labels::MaskLayerInfo info{.asset = state.assets[0].id, .name = "m"};
            info.values = {{3, labels::ClassId::make(), ""}};
            state =
                with_layer(std::move(state), info, [](int x, int) -> masks::Value { return x > 50 ? 3 : 0; });
            const auto out = dir.path() / "m.tif";
            REQUIRE(export_to(format, state, out));
            const formats::Dataset made = formats::open_raster(out, {"GTiff"});
            REQUIRE(made);
            const base::Georeference is = formats::georeference_of(*made);
            CHECK(is.geotransform == place.geotransform);
            CHECK(is.gcps == place.gcps);
            CHECK(formats::same_crs(is.crs, place.crs));
        }
    }
}

TEST_CASE("rational polynomial coefficients go with the mask") {
    const TempDir dir;
    base::Georeference place;
    place.rpc = {"HEIGHT_OFF=500", "HEIGHT_SCALE=250", "LAT_OFF=45.5",     "LAT_SCALE=0.1", "LINE_OFF=40.25",
                 "LINE_SCALE=40",  "LONG_OFF=7.25",    "LONG_SCALE=0.125", "SAMP_OFF=50",   "SAMP_SCALE=50"};
    const auto polynomial = [](const char* first) {
        std::string text = first;
        for (int i = 1; i < 20; ++i) text += " 0";
        return text;
    };
    place.rpc.push_back("LINE_NUM_COEFF=" + polynomial("0.5"));
    place.rpc.push_back("LINE_DEN_COEFF=" + polynomial("1"));
    place.rpc.push_back("SAMP_NUM_COEFF=" + polynomial("0.25"));
    place.rpc.push_back("SAMP_DEN_COEFF=" + polynomial("1"));
    labels::State state =
        with_assets({mask_asset(1, "a.tif", labels::MediaKind::raster, 100, 80, place)}, {});
    labels::MaskLayerInfo info{.asset = state.assets[0].id, .name = "m"};
    info.values = {{3, labels::ClassId::make(), ""}};
    state = with_layer(std::move(state), info, [](int x, int) -> masks::Value { return x > 50 ? 3 : 0; });
    for (const std::string format : {"geotiff", "cog"}) {
        const auto out = dir.path() / (format + ".tif");
        REQUIRE(export_to(format, state, out));
        const std::string info_text = output_of(fmt::format("gdalinfo '{}'", out.string()));
        if (info_text.empty()) return;
        for (const char* part : {"LINE_OFF=40.25", "LONG_OFF=7.25", "SAMP_NUM_COEFF=0.25"})
            CHECK(has(info_text, part));
    }
}

TEST_CASE("a raster of classes of another program becomes a starting mask by its names") {
    const TempDir dir;
    const labels::State project = without_labels(mask_project(), false);
    const base::Georeference& place = project.assets[0].georeference;
    const auto file =
        foreign(dir, "classes.tif", 700, 530, place, 255, [](int x, int y) { return y < 5 ? 255 : x / 300; });
    {
        formats::Dataset open{GDALDataset::Open(file.c_str(), GDAL_OF_UPDATE | GDAL_OF_RASTER)};
        const char* names[] = {"bare soil", "wheat", "beech", "oak", nullptr};
        open->GetRasterBand(1)->SetCategoryNames(const_cast<char**>(names));
    }
    const Imported imported = import_file("geotiff", file, project);
    REQUIRE_MESSAGE(imported.report, imported.message());
    CHECK(imported.report->layers == 1);
    const labels::MaskLayer& layer = only_layer(imported.state());
    CHECK(layer.info.name == "classes");
    CHECK(layer.info.depth == masks::Depth::u8);
    const auto class_at = [&](int x, int y) {
        const labels::MaskValue* value = layer.info.find(layer.plane.at(x, y));
        return value == nullptr ? std::string() : imported.state().ontology.find(value->class_id)->name;
    };
    CHECK(class_at(0, 0).empty());
    CHECK(class_at(10, 10) == "bare soil");
    CHECK(class_at(400, 10) == "wheat");
    CHECK(class_at(699, 529) == "beech");
    CHECK(imported.state().ontology.find("oak") != nullptr);  // named, though no pixel has it
    // A project that knows only what is there needs no other.
    labels::State knows = project;
    for (const char* name : {"bare soil", "wheat", "beech"})
        knows.ontology.classes.push_back(labels::make_class(knows.ontology, name));
    CHECK(import_file("geotiff", file, knows).report);
}

TEST_CASE("a mask is laid by whole pixels where the grids agree, and under the centres elsewhere") {
    const TempDir dir;
    const labels::State project = without_labels(mask_project(), false);
    const std::string crs = project.assets[0].georeference.crs;
    // 30 px to the right and 20 down, 100 × 60.
    const auto part = foreign(dir, "scene.tif.part.tif", 100, 60,
                              {.crs = crs, .geotransform = {{500015.25, 0.5, 0, 5199990, 0, -0.5}}}, {},
                              [](int x, int y) { return x == 0 && y == 0 ? 9 : 4; });
    const Imported laid = import_file("geotiff", part, project);
    REQUIRE_MESSAGE(laid.report, laid.message());
    CHECK(laid.warns_of("a part of the medium"));
    const labels::MaskLayer& layer = only_layer(laid.state());
    CHECK(layer.info.name == "part");
    CHECK(layer.plane.at(30, 20) == 9);
    CHECK(layer.plane.at(29, 20) == 0);
    CHECK(layer.plane.at(31, 20) == 4);
    CHECK(layer.plane.at(129, 79) == 4);
    CHECK(layer.plane.at(130, 79) == 0);
    CHECK(laid.state().ontology.find("class 9") != nullptr);
    // Twice as fine, half a pixel off: what lies under each centre.
    const auto fine = foreign(dir, "fine.tif", 1400, 1060,
                              {.crs = crs, .geotransform = {{500000.25, 0.25, 0, 5200000, 0, -0.25}}}, {},
                              [](int x, int y) { return 1 + (x / 2) % 50 + (y / 2) % 40; });
    const Imported warped = import_file("geotiff", fine, project);
    REQUIRE_MESSAGE(warped.report, warped.message());
    CHECK(warped.warns_of("another grid"));
    int wrong = 0;
    for (int y = 0; y < 530; ++y)
        for (int x = 0; x < 700; ++x)
            wrong += only_layer(warped.state()).plane.at(x, y) != 1 + x % 50 + y % 40;
    CHECK(wrong == 0);
}

TEST_CASE("a mask in another CRS is warped as gdalwarp does it") {
    const TempDir dir;
    const labels::State project = without_labels(mask_project(), false);
    const auto file = foreign(dir, "lonlat.tif", 300, 250,
                              {.crs = geo::crs_from_text("EPSG:4326").value(),
                               .geotransform = {{14.9995, 2e-5, 0, 46.9548, 0, -1.5e-5}}},
                              0, [](int x, int y) { return x < 3 || y < 3 ? 0 : 1 + (x / 20 + y / 17) % 5; });
    const Imported warped = import_file("geotiff", file, project);
    REQUIRE_MESSAGE(warped.report, warped.message());
    const auto other = dir.path() / "theirs.tif";
    const std::string said = output_of(fmt::format(
        "gdalwarp -q -et 0 -r near -t_srs EPSG:32633 -te 500000.25 5199735 500350.25 5200000 -ts 700 530 "
        "-dstnodata 0 '{}' '{}'; echo done",
        file.string(), other.string()));
    const formats::Dataset theirs = formats::open_raster(other, {"GTiff"});
    if (!theirs) {
        MESSAGE("skipped: no gdalwarp: " << said);
        return;
    }
    std::vector<std::uint8_t> samples(700 * 530);
    REQUIRE(theirs->GetRasterBand(1)->RasterIO(GF_Read, 0, 0, 700, 530, samples.data(), 700, 530, GDT_Byte, 0,
                                               0, nullptr) == CE_None);
    int differ = 0, labelled = 0;
    for (int y = 0; y < 530; ++y)
        for (int x = 0; x < 700; ++x) {
            const int theirs_here = samples[static_cast<std::size_t>(y * 700 + x)];
            differ += only_layer(warped.state()).plane.at(x, y) != theirs_here;
            labelled += theirs_here != 0;
        }
    CHECK(labelled > 100000);
    CHECK(differ < labelled / 200);  // at the edges of pixels, by a twentieth of one
}

TEST_CASE("masks that do not fit are refused with both sizes") {
    const TempDir dir;
    const labels::State project = without_labels(mask_project(), false);
    const auto one = [](int, int) { return 1; };
    const Imported small = import_file("geotiff", foreign(dir, "small.tif", 10, 10, {}, {}, one), project);
    REQUIRE(!small.report);
    CHECK(has(small.message(), "10 × 10 px and \"scene.tif\" 700 × 530"));
    const Imported elsewhere = import_file("geotiff",
                                           foreign(dir, "far.tif", 10, 10,
                                                   {.crs = project.assets[0].georeference.crs,
                                                    .geotransform = {{100000, 0.5, 0, 5000000, 0, -0.5}}},
                                                   {}, one),
                                           project);
    REQUIRE(!elsewhere.report);
    CHECK(has(elsewhere.message(), "covers none of it"));
    const Imported floats =
        import_file("geotiff", foreign(dir, "f.tif", 700, 530, {}, {}, one, GDT_Float32), project);
    REQUIRE(!floats.report);
    CHECK(has(floats.message(), "Float32"));
    const Imported negative = import_file(
        "geotiff", foreign(dir, "n.tif", 700, 530, {}, {}, [](int, int) { return -3; }, GDT_Int16), project);
    REQUIRE(!negative.report);
    CHECK(has(negative.message(), "value -3"));
    CHECK(import_file("geotiff", foreign(dir, "same.tif", 700, 530, {}, {}, one), project).report);
}

TEST_CASE("a legend survives its own JSON, and names that mean nothing are known") {
    const labels::State state = mask_project();
    for (const auto& [id, layer] : state.mask_layers) {
        const formats::Legend legend = formats::legend_of(state, layer->info);
        CHECK(formats::legend_from_json(formats::to_json(legend)) == legend);
    }
    CHECK(!formats::legend_from_json("{}"));
    CHECK(!formats::legend_from_json(R"({"limn_mask":1,"values":[{"value":70000}]})"));
    CHECK(formats::means_unlabelled("Unlabelled"));
    CHECK(!formats::means_unlabelled("background"));
    CHECK(formats::voc_color(1) == 0x800000);
    CHECK(formats::voc_color(15) == 0xC08080);
    CHECK(formats::voc_color(255) == 0xE0E0C0);
}
