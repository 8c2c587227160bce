// Outlines of mask layers in the formats of places on the ground.

#include <doctest/doctest.h>

#include "formats/mask_runs.h"
#include "mask_format_test.h"

using namespace formats_test;

namespace {

labels::State holed_project() {
    labels::State state = without_labels(mask_project());
    labels::MaskLayerInfo info{.asset = state.assets[0].id, .name = "Land cover"};
    info.values = {{1, state.ontology.classes[0].id, ""}, {2, state.ontology.classes[2].id, "the pond"}};
    return with_layer(std::move(state), info, [](int x, int y) -> masks::Value {
        const int d = (x - 300) * (x - 300) + (y - 260) * (y - 260);
        if (d < 40 * 40) return 2;
        if (d < 60 * 60) return 0;
        if (x >= 600 && y < 20) return (x + y) % 2 == 0 ? 2 : 0;  // pieces that touch by corners alone
        return x > 50 && x < 520 && y > 30 && y < 500 ? 1 : 0;
    });
}

}  // namespace

TEST_CASE("outlines of mask layers, burnt again by GDAL, are the mask to the pixel") {
    const TempDir dir;
    const labels::State state = holed_project();
    const auto report = export_to("gpkg", state, dir.path() / "m.gpkg");
    REQUIRE_MESSAGE(report, (report ? "" : report.error().message));
    CHECK(report->layers == 1);
    CHECK(report->tracks == 0);
    REQUIRE(export_to("geotiff", state, dir.path() / "m.tif"));
    const std::string said = run_numpy(R"(
import sys
import numpy as np
from osgeo import gdal, ogr
tif, vectors = gdal.Open(sys.argv[2]), ogr.Open(sys.argv[1])
layer = vectors.GetLayer(0)
made = gdal.GetDriverByName('MEM').Create('', 700, 530, 1, gdal.GDT_Byte)
made.SetGeoTransform(tif.GetGeoTransform())
made.SetProjection(tif.GetProjection())
gdal.RasterizeLayer(made, [1], layer, options=['ATTRIBUTE=mask_value'])
whole = tif.ReadAsArray()
same = bool((made.ReadAsArray() == whole).all())
valid, names, area, areas = True, set(), 0, {}
for f in layer:
    valid &= f.geometry().IsValid()
    names.add((f['class'], f['name'], f['mask_layer'], f['mask_value']))
    areas[f['mask_value']] = areas.get(f['mask_value'], 0) + f['area_ha'] * 1e4
ground = {v: (whole == v).sum() / 4 for v in areas}
near = all(abs(areas[v] / ground[v] - 1) < 2e-3 for v in areas)
print(same, valid, near, sorted(names, key=str), layer.GetFeatureCount() > 500)
)",
                                       {(dir.path() / "m.gpkg").string(), (dir.path() / "m.tif").string()});
    if (said != "no python")
        CHECK(said ==
              "True True True [('field', None, 'Land cover', 1), ('water', 'the pond', 'Land cover', 2)] "
              "True\n");
}

TEST_CASE("outlines of mask layers come back as polygons from every vector format") {
    const labels::State state = holed_project();
    const auto extents = formats::extents_of_values(state.mask_layers.begin()->second->plane);
    for (const auto& [format, file] : {std::pair("geojson", "m.geojson"),
                                       {"gpkg", "m.gpkg"},
                                       {"shapefile", "m.shp"},
                                       {"flatgeobuf", "m.fgb"},
                                       {"kml", "m.kml"}}) {
        INFO("format ", format);
        const TempDir dir;
        const auto report = export_to(format, state, dir.path() / file);
        REQUIRE_MESSAGE(report, (report ? "" : report.error().message));
        CHECK(report->layers == 1);
        const Imported back = import_file(format, dir.path() / file, without_labels(state));
        REQUIRE_MESSAGE(back.report, back.message());
        std::map<std::string, std::int64_t> pixels;
        for (const auto& [id, track] : back.state().tracks) {
            REQUIRE(track->info.shape == labels::ShapeKind::polygon);
            const auto mask =
                formats::mask_from_path(std::get<labels::Path>(track->keyframes[0].geometry), 700, 530);
            REQUIRE(mask);
            pixels[back.state().ontology.find(track->info.class_id)->name] += formats::area_px(*mask);
        }
        CHECK(pixels["field"] == extents.at(1).pixels);
        CHECK(pixels["water"] == extents.at(2).pixels);
        formats::WriteContext context = write_context(state);
        context.options["masks"] = "no";
        const auto without = formats::find_format(format)->write(state, dir.path() / file, context);
        REQUIRE(without);
        CHECK(without->layers == 0);
    }
}

TEST_CASE("a stopped export of outlines leaves no file") {
    const TempDir dir;
    const labels::State state = holed_project();
    formats::WriteContext context = write_context(state);
    std::stop_source stop;
    stop.request_stop();
    context.stop = stop.get_token();
    const auto stopped = formats::find_format("gpkg")->write(state, dir.path() / "m.gpkg", context);
    REQUIRE(!stopped);
    CHECK(stopped.error().kind == base::ErrorKind::cancelled);
    CHECK(std::filesystem::is_empty(dir.path()));
}

TEST_CASE("simplified outlines have few corners and lie within the tolerance") {
    const TempDir dir;
    const labels::State state = holed_project();
    const auto simplified = [&](const char* tolerance_px, const char* file) {
        auto context = write_context(state);
        context.options["simplify"] = tolerance_px;
        return formats::find_format("gpkg")->write(state, dir.path() / file, context);
    };
    REQUIRE(simplified("0", "exact.gpkg"));
    REQUIRE(simplified("2", "simple.gpkg"));
    CHECK_FALSE(simplified("-1", "none.gpkg"));
    const std::string said =
        run_numpy(R"(
import sys
from osgeo import ogr
def read(path):
    source = ogr.Open(path)
    shapes = [f.geometry().Clone() for f in source.GetLayer(0)]
    shapes.sort(key=lambda g: -g.Area())
    corners = sum(ring.GetPointCount() for g in shapes[:2] for ring in g)
    return shapes[:2], corners
(exact, many), (simple, few) = read(sys.argv[1]), read(sys.argv[2])
off = max(a.SymmetricDifference(b).Area() / a.Boundary().Length() for a, b in zip(exact, simple))
print(few * 4 < many, all(g.IsValid() for g in simple), off < 2 * 0.5)
)",
                  {(dir.path() / "exact.gpkg").string(), (dir.path() / "simple.gpkg").string()});
    if (said != "no python") CHECK(said == "True True True\n");
}
