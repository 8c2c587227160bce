#include <set>

#include <doctest/doctest.h>

#include "formats/chip_plan.h"
#include "formats/chip_raster.h"
#include "geo/gdal.h"
#include "mask_format_test.h"

using namespace formats_test;

namespace {

using Starts = std::vector<std::int64_t>;

// The raster of mask_project as a file: three bands of 16 bits, each sample its own place.
std::filesystem::path make_raster(const TempDir& dir, const labels::Asset& asset) {
    geo::set_up_gdal();
    const auto file = dir.path() / asset.name;
    const formats::Dataset made{GetGDALDriverManager()->GetDriverByName("GTiff")->Create(
        file.c_str(), asset.width_px, asset.height_px, 3, GDT_UInt16, nullptr)};
    formats::put_georeference(asset.georeference, *made);
    std::vector<int> row(static_cast<std::size_t>(asset.width_px));
    for (int band = 1; band <= 3; ++band) {
        made->GetRasterBand(band)->SetNoDataValue(65535);
        for (int y = 0; y < asset.height_px; ++y) {
            for (int x = 0; x < asset.width_px; ++x)
                row[static_cast<std::size_t>(x)] = (x + 997 * y + 13 * band) % 65521;
            REQUIRE(made->GetRasterBand(band)->RasterIO(GF_Write, 0, y, asset.width_px, 1, row.data(),
                                                        asset.width_px, 1, GDT_Int32, 0, 0,
                                                        nullptr) == CE_None);
        }
    }
    return file;
}

base::Result<formats::Report> cut(const labels::State& state, const std::filesystem::path& out,
                                  const std::filesystem::path& raster, formats::Options options) {
    formats::WriteContext context = write_context(state);
    context.options = std::move(options);
    context.file_of_medium = [&](labels::AssetId) { return raster; };
    return formats::find_format("chips")->write(state, out, context);
}

std::int64_t lines(const std::filesystem::path& file) { return std::ranges::count(read_text(file), '\n'); }

}  // namespace

TEST_CASE("chips begin where stride and edge say") {
    using formats::chip_starts;
    using formats::Edge;
    CHECK(chip_starts(100, 40, 40, Edge::drop) == Starts{0, 40});
    CHECK(chip_starts(100, 40, 40, Edge::shift) == Starts{0, 40, 60});
    CHECK(chip_starts(100, 40, 40, Edge::pad) == Starts{0, 40, 80});
    CHECK(chip_starts(100, 40, 20, Edge::shift) == Starts{0, 20, 40, 60});
    CHECK(chip_starts(30, 40, 40, Edge::shift) == Starts{0});
    CHECK(chip_starts(30, 40, 40, Edge::drop).empty());
}

TEST_CASE("blocks go to one split as a whole, and the same ones with the same seed") {
    formats::ChipPlan plan{.width_px = 10000,
                           .height_px = 8000,
                           .area = {0, 0, 10000, 8000},
                           .size_px = 100,
                           .stride_px = 50,
                           .val_percent = 20,
                           .test_percent = 20,
                           .block_chips = 10};
    const auto splits = [&] {
        std::map<std::pair<int, int>, std::set<formats::Split>> of_block;
        std::map<formats::Split, int> counts;
        std::int64_t crossing = 0;
        formats::each_chip(plan, [&](const formats::Chip& chip) {
            of_block[{static_cast<int>(chip.corner.x) / 500, static_cast<int>(chip.corner.y) / 500}].insert(
                chip.split);
            ++counts[chip.split];
            crossing += chip.crosses_splits;
            return true;
        });
        for (const auto& [block, of] : of_block) CHECK(of.size() == 1);
        CHECK(crossing > 0);
        return counts;
    };
    const auto first = splits();
    CHECK(first.size() == 3);
    CHECK(first == splits());
    plan.seed = 2;
    CHECK(first != splits());
}

TEST_CASE("chips hold the raster's own samples and the mask's classes, and lie where they were cut") {
    const TempDir dir;
    labels::State state = mask_project();
    const auto raster = make_raster(dir, state.assets[0]);
    const auto out = dir.path() / "chips";
    const auto report =
        cut(state, out, raster,
            {{"size", "128"}, {"stride", "96"}, {"block", "2"}, {"edge", "pad"}, {"apart", "no"}});
    REQUIRE_MESSAGE(report, (report ? "" : report.error().message));
    for (const auto& file : report->files) CHECK(std::filesystem::exists(file));
    CHECK(report->layers == 1);
    CHECK(lines(out / "index.csv") > 20);
    const std::string said = run_numpy(R"(
import csv, json, os, sys
import numpy as np
from osgeo import gdal
source = gdal.Open(sys.argv[1])
whole, place = source.ReadAsArray(), source.GetGeoTransform()
rows = list(csv.DictReader(open(sys.argv[2] + '/index.csv')))
legend = {v['value']: v['class'] for v in json.load(open(sys.argv[2] + '/legend.json'))['values']}
padded = np.full((3, 530 + 128, 700 + 128), 65535, np.uint16)
padded[:, :530, :700] = whole
bad, splits, labelled = 0, set(), 0
for r in rows:
    image, mask = gdal.Open(sys.argv[2] + '/' + r['image']), gdal.Open(sys.argv[2] + '/' + r['mask'])
    x, y = int(r['corner_x']), int(r['corner_y'])
    values = mask.ReadAsArray()
    bad += not (image.ReadAsArray() == padded[:, y:y+128, x:x+128]).all()
    bad += image.GetGeoTransform() != (place[0] + x / 2, .5, 0, place[3] - y / 2, 0, -.5)
    bad += image.GetGeoTransform() != mask.GetGeoTransform() or image.GetProjection() != source.GetProjection()
    bad += any(int(r[legend[v]]) != int((values == v).sum()) for v in legend)
    bad += float(r['x_min']) != place[0] + x / 2 or r['crs'] != 'EPSG:32633'
    bad += mask.GetRasterBand(1).GetColorTable() is None or image.GetRasterBand(1).DataType != gdal.GDT_UInt16
    splits.add(r['split'])
    labelled += int(r['labelled'])
places = json.load(open(sys.argv[2] + '/scene.chips.geojson'))['features']
item = json.load(open(sys.argv[2] + '/scene.json'))
p = item['properties']
print(bad, sorted(splits), len(places) == len(rows), labelled == sum(c['count'] for c in p['label:overviews'][0]['counts']),
      p['label:type'], p['label:properties'], p['label:classes'][0]['classes'], item['stac_version'],
      all(-180 < v < 180 for v in item['bbox']), places[0]['geometry']['type'],
      not any(f.endswith('.xml') for _, _, fs in os.walk(sys.argv[2]) for f in fs))
)",
                                       {raster.string(), out.string()});
    if (said != "no python")
        CHECK(said ==
              "0 ['test', 'train', 'val'] True True raster None ['field', 'tree (1)', 'water'] 1.0.0 True "
              "Polygon True\n");
}

TEST_CASE("turned chips take the pixel under each of theirs, and say how they lie") {
    const TempDir dir;
    labels::State state = mask_project();
    const auto raster = make_raster(dir, state.assets[0]);
    const auto out = dir.path() / "chips";
    const auto report =
        cut(state, out, raster, {{"size", "64"}, {"angle", "30"}, {"val", "0"}, {"test", "0"}});
    REQUIRE_MESSAGE(report, (report ? "" : report.error().message));
    const std::string said = run_numpy(R"(
import csv, sys
import numpy as np
from osgeo import gdal
source = gdal.Open(sys.argv[1])
whole, g = source.ReadAsArray(), source.GetGeoTransform()
bad = n = 0
for r in csv.DictReader(open(sys.argv[2] + '/index.csv')):
    image = gdal.Open(sys.argv[2] + '/' + r['image'])
    h, a = image.GetGeoTransform(), image.ReadAsArray()
    v, u = np.mgrid[0:64, 0:64] + .5
    x, y = (h[0] + u * h[1] + v * h[2] - g[0]) / g[1], (h[3] + u * h[4] + v * h[5] - g[3]) / g[5]
    inner = (abs(x % 1 - .5) < .499) & (abs(y % 1 - .5) < .499)
    want = whole[:, np.floor(y).astype(int), np.floor(x).astype(int)]
    bad += not (a == want)[:, inner].all()
    n += 1
print(bad, n > 10)
)",
                                       {raster.string(), out.string()});
    if (said != "no python") CHECK(said == "0 True\n");
}

TEST_CASE("an area, splits that stay apart and empty chips leave chips out, and it is said") {
    const TempDir dir;
    labels::State state = mask_project(false, false);
    const auto raster = make_raster(dir, state.assets[0]);
    const auto in_area = cut(state, dir.path() / "a", raster,
                             {{"size", "64"}, {"area", "0,0,200,130"}, {"val", "0"}, {"test", "0"}});
    REQUIRE(in_area);
    CHECK(lines(dir.path() / "a/index.csv") == 1 + 4 * 3);
    const auto bottom = cut(state, dir.path() / "b", raster, {{"size", "64"}, {"area", "0,420,700,530"}});
    REQUIRE(!bottom);
    CHECK(bottom.error().message.find("No chip was written") != std::string::npos);
    CHECK(std::filesystem::is_empty(dir.path() / "b"));
    const auto apart =
        cut(state, dir.path() / "c", raster, {{"size", "64"}, {"stride", "32"}, {"block", "3"}});
    REQUIRE(apart);
    CHECK(std::ranges::any_of(apart->warnings,
                              [](const auto& w) { return w.find("another split") != std::string::npos; }));
    labels::Document document(state);
    {
        labels::Transaction transaction(document, "test");
        labels::TrackInfo info;
        info.id = labels::TrackId::make();
        info.asset = state.assets[0].id;
        info.class_id = state.ontology.classes[2].id;
        info.extent = labels::Extent::picture;
        labels::Keyframe keyframe;
        keyframe.geometry = labels::Box{0, 0, 129, 65};
        transaction.put_track(info);
        transaction.put_keyframe(info.id, keyframe);
        transaction.commit();
    }
    const auto on_class = cut(document.state(), dir.path() / "d", raster,
                              {{"size", "64"}, {"area", "water"}, {"val", "0"}, {"test", "0"}});
    REQUIRE_MESSAGE(on_class, (on_class ? "" : on_class.error().message));
    CHECK(lines(dir.path() / "d/index.csv") == 1 + 2);
    CHECK(!cut(state, dir.path() / "e", raster, {{"area", "nobody"}}));
    CHECK(!cut(state, dir.path() / "e", raster, {{"size", "7"}}));
    const auto gone = cut(state, dir.path() / "e", dir.path() / "gone.tif", {});
    REQUIRE(!gone);
    CHECK(gone.error().kind == base::ErrorKind::missing);
    std::stop_source stop;
    stop.request_stop();
    formats::WriteContext context = write_context(state);
    context.file_of_medium = [&](labels::AssetId) { return raster; };
    context.stop = stop.get_token();
    const auto stopped = formats::find_format("chips")->write(state, dir.path() / "f", context);
    REQUIRE(!stopped);
    CHECK(stopped.error().kind == base::ErrorKind::cancelled);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(dir.path() / "f"))
        CHECK(!entry.is_regular_file());
    std::stop_source later;
    context.stop = later.get_token();
    context.options = {{"size", "64"}};
    context.progress = [&](double done) {
        if (done > 0.4) later.request_stop();
    };
    const auto half = formats::find_format("chips")->write(state, dir.path() / "g", context);
    REQUIRE(!half);
    CHECK(half.error().message.find("which stay without an index") != std::string::npos);
    CHECK(!std::filesystem::exists(dir.path() / "g/index.csv"));
}
