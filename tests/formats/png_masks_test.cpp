#include <doctest/doctest.h>

#include "formats/gdal_dataset.h"
#include "formats/mask_png.h"
#include "geo/gdal.h"
#include "mask_format_test.h"

using namespace formats_test;

namespace {

// A PNG as another program would make it: one byte a pixel with an optional palette, or three.
std::filesystem::path foreign_png(const TempDir& dir, const std::string& name, int width, int height,
                                  int bands, const std::function<int(int x, int y, int band)>& value,
                                  bool voc_palette = false) {
    geo::set_up_gdal();
    const auto file = dir.path() / name;
    std::filesystem::create_directories(file.parent_path());
    formats::Dataset memory{
        GetGDALDriverManager()->GetDriverByName("MEM")->Create("", width, height, bands, GDT_Byte, nullptr)};
    std::vector<int> samples(static_cast<std::size_t>(width * height));
    for (int band = 0; band < bands; ++band) {
        for (int i = 0; i < width * height; ++i)
            samples[static_cast<std::size_t>(i)] = value(i % width, i / width, band);
        REQUIRE(memory->GetRasterBand(band + 1)->RasterIO(GF_Write, 0, 0, width, height, samples.data(),
                                                          width, height, GDT_Int32, 0, 0,
                                                          nullptr) == CE_None);
    }
    if (voc_palette) {
        GDALColorTable palette;
        for (int v = 0; v < 256; ++v) {
            const std::uint32_t c = formats::voc_color(static_cast<masks::Value>(v));
            const GDALColorEntry entry{static_cast<short>(c >> 16), static_cast<short>(c >> 8 & 255),
                                       static_cast<short>(c & 255), 255};
            palette.SetColorEntry(v, &entry);
        }
        memory->GetRasterBand(1)->SetColorTable(&palette);
    }
    const formats::Dataset made{GetGDALDriverManager()->GetDriverByName("PNG")->CreateCopy(
        file.c_str(), memory.get(), FALSE, nullptr, nullptr, nullptr)};
    REQUIRE(made);
    return file;
}

std::string class_at(const labels::State& state, const labels::MaskLayer& layer, int x, int y) {
    const labels::MaskValue* value = layer.info.find(layer.plane.at(x, y));
    return value == nullptr ? "" : state.ontology.find(value->class_id)->name;
}

const labels::MaskLayer& layer_named(const labels::State& state, std::string_view name) {
    for (const auto& [id, layer] : state.mask_layers)
        if (layer->info.name == name) return *layer;
    FAIL("no layer " << name);
    std::abort();
}

}  // namespace

TEST_CASE("an indexed PNG has a palette, a legend and a world file that others read") {
    const TempDir dir;
    const labels::State state = mask_project();
    formats::WriteContext context = write_context(state);
    context.options = {{"layer", "Land cover"}, {"colours", "yes"}};
    const auto report = formats::find_format("png-masks")->write(state, dir.path() / "m.png", context);
    REQUIRE_MESSAGE(report, (report ? "" : report.error().message));
    CHECK(read_text(dir.path() / "m.pgw") == "0.5\n0\n0\n-0.5\n500000.5\n5199999.75\n");
    const std::string said = run_numpy(R"(
import json, struct, sys
import numpy as np
from osgeo import gdal
png = open(sys.argv[1], 'rb').read()
width, height, depth, kind = struct.unpack('>IIBB', png[16:26])
legend = json.load(open(sys.argv[1][:-4] + '.json'))
opened, coloured = gdal.Open(sys.argv[1]), gdal.Open(sys.argv[1][:-4] + '.color.png')
values, table = opened.ReadAsArray(), opened.GetRasterBand(1).GetColorTable()
rgb = coloured.ReadAsArray()
right = all(('#%02x%02x%02x' % table.GetColorEntry(v['value'])[:3]) == v['color'] for v in legend['values'])
same = all((rgb[i] == np.array([table.GetColorEntry(v)[i] for v in range(256)])[values]).all() for i in range(3))
print(width, height, depth, kind, right, same, opened.GetGeoTransform() == (500000.25, .5, 0, 5200000, 0, -.5),
      'UTM zone 33N' in opened.GetProjection(), sorted(np.unique(values)))
)",
                                       {(dir.path() / "m.png").string()});
    if (said != "no python") CHECK(said == "700 530 8 3 True True True True [0, 1, 2, 7]\n");
    // What is only coloured comes back through the colours of the classes.
    const Imported back = import_file("png-masks", dir.path() / "m.color.png", without_labels(state));
    REQUIRE_MESSAGE(back.report, back.message());
    labels::State only_cover = state;
    std::erase_if(only_cover.mask_layers,
                  [](const auto& each) { return each.second->info.name != "Land cover"; });
    CHECK(describe_masks(back.state(), false) == describe_masks(only_cover, false));
}

TEST_CASE("a palette holds 255 values, and a layer with more is refused by name") {
    const TempDir dir;
    const auto refused = export_to("png-masks", mask_project(true), dir.path() / "m");
    REQUIRE(!refused);
    CHECK(refused.error().message.find("\"Trees\" has 40000") != std::string::npos);
    CHECK(!std::filesystem::exists(dir.path() / "m"));
    const labels::State state = mask_project(false, false);
    labels::MaskLayerInfo many{.asset = state.assets[0].id, .name = "Many"};
    many.kind = labels::MaskKind::instances;
    many.depth = masks::Depth::u16;
    for (masks::Value v = 1; v <= 255; ++v) many.values.push_back({v, state.ontology.classes[0].id, ""});
    const auto crowded =
        export_to("voc-masks",
                  with_layer(state, many,
                             [](int x, int) -> masks::Value { return static_cast<masks::Value>(x % 256); }),
                  dir.path() / "v");
    REQUIRE(!crowded);
    CHECK(crowded.error().message.find("holds 254 objects") != std::string::npos);
    CHECK(!std::filesystem::exists(dir.path() / "v"));
}

TEST_CASE("a world file without a CRS means that of the medium") {
    const TempDir dir;
    const labels::State state = without_labels(mask_project(), false);
    const auto file = foreign_png(dir, "part.png", 20, 10, 1, [](int, int, int) { return 3; });
    dir.write("part.pgw", "0.5\n0\n0\n-0.5\n500002.5\n5199999.75\n");
    const Imported laid = import_file("png-masks", file, state);
    REQUIRE_MESSAGE(laid.report, laid.message());
    CHECK(laid.warns_of("does not name its CRS"));
    const labels::MaskLayer& layer = layer_named(laid.state(), "part");
    CHECK(class_at(laid.state(), layer, 4, 0) == "class 3");
    CHECK(class_at(laid.state(), layer, 3, 0).empty());
    CHECK(class_at(laid.state(), layer, 23, 9) == "class 3");
    CHECK(class_at(laid.state(), layer, 24, 9).empty());
}

TEST_CASE("names of values come from texts beside, and colours without a class are named") {
    const TempDir dir;
    const labels::State state = without_labels(mask_project(), false);
    const auto file = foreign_png(dir, "scene.png", 700, 530, 1, [](int x, int, int) { return x / 300; });
    dir.write("classes.txt", "unlabelled\nwheat\noak\n");
    const Imported named = import_file("png-masks", file, state);
    REQUIRE_MESSAGE(named.report, named.message());
    CHECK(class_at(named.state(), layer_named(named.state(), "Mask"), 400, 5) == "wheat");
    const auto colored =
        foreign_png(dir, "x/scene.png", 700, 530, 3, [](int, int, int band) { return 10 * band; });
    const Imported refused = import_file("png-masks", colored, without_labels(mask_project()));
    REQUIRE(!refused.report);
    CHECK(refused.message().find("the colour #000a14, which no class has") != std::string::npos);
}

TEST_CASE("Cityscapes' ids and colours mean its labels") {
    const TempDir dir;
    const labels::State state = without_labels(mask_project(), false);
    const auto ids = foreign_png(dir, "a_gtFine_labelIds.png", 700, 530, 1,
                                 [](int x, int, int) { return x < 9 ? 7 : 26; });
    const auto colors = foreign_png(dir, "a_gtFine_color.png", 700, 530, 3, [](int x, int, int band) {
        const int road[] = {128, 64, 128}, car[] = {0, 0, 142};
        return x < 9 ? road[band] : car[band];
    });
    for (const auto& file : {ids, colors}) {
        const Imported read = import_file("png-masks", file, state);
        REQUIRE_MESSAGE(read.report, read.message());
        const labels::MaskLayer& layer = *read.state().mask_layers.begin()->second;
        CHECK(class_at(read.state(), layer, 8, 0) == "road");
        CHECK(class_at(read.state(), layer, 9, 0) == "car");
    }
}

TEST_CASE("a VOC folder has its layout and colours, and data of others is read by colour and number") {
    const TempDir dir;
    const labels::State state = mask_project();
    const auto report = export_to("voc-masks", state, dir.path() / "voc");
    REQUIRE_MESSAGE(report, (report ? "" : report.error().message));
    CHECK(read_text(dir.path() / "voc/labelmap.txt") ==
          "# label:color_rgb:parts:actions\nbackground:0,0,0::\nfield:128,0,0::\ntree "
          "(1):0,128,0::\nwater:128,128,0::\n");
    CHECK(read_text(dir.path() / "voc/ImageSets/Segmentation/default.txt") == "scene\n");
    const std::string said = run_numpy(R"(
import sys
import numpy as np
from osgeo import gdal
out = []
for part in ('SegmentationClass', 'SegmentationObject'):
    opened = gdal.Open(sys.argv[1] + '/' + part + '/scene.png')
    table = opened.GetRasterBand(1).GetColorTable()
    out += [sorted(np.unique(opened.ReadAsArray())), table.GetColorEntry(1)[:3], table.GetColorEntry(3)[:3]]
print(out)
)",
                                       {(dir.path() / "voc").string()});
    if (said != "no python")
        CHECK(said ==
              "[[0, 1, 2, 3], (128, 0, 0), (128, 128, 0), [0, 1, 2, 3], (128, 0, 0), (128, 128, 0)]\n");
    // Without our legends: classes by the map's colours, objects by the class under them.
    for (const char* part : {"SegmentationClass", "SegmentationObject"})
        for (const char* name : {"scene.json", "scene.png.aux.xml"})
            std::filesystem::remove(dir.path() / "voc" / part / name);
    const Imported bare = import_file("voc-masks", dir.path() / "voc", without_labels(state, false));
    REQUIRE_MESSAGE(bare.report, bare.message());
    const labels::MaskLayer& classes = layer_named(bare.state(), "SegmentationClass");
    CHECK(class_at(bare.state(), classes, 0, 0) == "field");
    CHECK(class_at(bare.state(), classes, 400, 200) == "water");
    CHECK(layer_named(bare.state(), "SegmentationObject").info.kind == labels::MaskKind::instances);
    // VOC itself: no map, its palette, and 255 around objects.
    const TempDir other;
    foreign_png(
        other, "v/SegmentationClass/scene.png", 700, 530, 1,
        [](int x, int, int) { return x < 10   ? 15
                                     : x < 13 ? 255
                                              : 0; }, true);
    const Imported voc = import_file("voc-masks", other.path() / "v", without_labels(state, false));
    REQUIRE_MESSAGE(voc.report, voc.message());
    const labels::MaskLayer& layer = layer_named(voc.state(), "SegmentationClass");
    CHECK(class_at(voc.state(), layer, 0, 0) == "person");
    CHECK(class_at(voc.state(), layer, 11, 0).empty());
    CHECK(class_at(voc.state(), layer, 300, 0).empty());
}

TEST_CASE("a VOC folder puts each mask on the picture of its name and on no other") {
    const TempDir dir;
    for (const char* name : {"v/SegmentationClass/scene.png", "v/SegmentationClass/other.png"})
        foreign_png(dir, name, 700, 530, 1, [](int x, int, int) { return x < 10 ? 1 : 0; }, true);
    const labels::State state = without_labels(mask_project(), false);
    const Imported chosen = import_file("voc-masks", dir.path() / "v", state, {.onto_first_asset = true});
    REQUIRE(!chosen.report);
    CHECK(chosen.message().find("the masks of 2 pictures") != std::string::npos);
    const Imported unmatched = import_file("voc-masks", dir.path() / "v", state);
    REQUIRE(!unmatched.report);
    CHECK(unmatched.message().find("like none") != std::string::npos);
    CHECK(import_file("voc-masks", dir.path() / "v/SegmentationClass/other.png", state).report);
}

TEST_CASE("a mask of two media with the same name goes to neither") {
    const TempDir dir;
    foreign_png(dir, "scene.png", 700, 530, 1, [](int x, int, int) { return x < 10 ? 1 : 0; }, true);
    labels::State state = without_labels(mask_project(), false);
    labels::Asset second = state.assets.front();
    second.id = labels::AssetId::make();
    second.name = "scene.tif";
    second.position = 1;
    state.assets.push_back(second);
    const Imported read = import_file("png-masks", dir.path() / "scene.png", state);
    REQUIRE(!read.report);
    CHECK(read.message().find("Several media are called \"scene.tif\"") != std::string::npos);
    CHECK(import_file("png-masks", dir.path() / "scene.png", state, {.onto_first_asset = true}).report);
}

TEST_CASE("pixels whose class is gone are named or left out, and it is said which") {
    labels::State state = mask_project();
    state.ontology.classes.pop_back();  // water
    const auto warns = [&](const char* format, const char* of) {
        const TempDir dir;
        const auto report = export_to(format, state, dir.path() / "o");
        REQUIRE_MESSAGE(report, (report ? "" : report.error().message));
        return std::ranges::any_of(report->warnings, [&](const std::string& each) {
            return each.find("value 7 of \"Land cover\"") != std::string::npos &&
                   each.find(of) != std::string::npos;
        });
    };
    CHECK(warns("geotiff", "written as \"class 7\""));
    CHECK(warns("voc-masks", "written as 0, unlabelled"));
}
