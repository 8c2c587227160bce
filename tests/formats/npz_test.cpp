#include <doctest/doctest.h>

#include "formats/npy.h"
#include "mask_format_test.h"

using namespace formats_test;

namespace {

// A file that numpy itself writes; empty where there is no numpy.
std::filesystem::path of_numpy(const TempDir& dir, const std::string& name, const std::string& call) {
    const auto file = dir.path() / name;
    const std::string said = run_numpy("import sys\nimport numpy as np\n" + call + "\n", {file.string()});
    return said == "no python" ? std::filesystem::path{} : file;
}

}  // namespace

TEST_CASE("numpy loads what was written, and has the same pixels as the GeoTIFF") {
    const TempDir dir;
    const labels::State state = mask_project(true);
    for (const char* compress : {"deflate", "none"}) {
        INFO("compress ", compress);
        formats::WriteContext context = write_context(state);
        context.options["compress"] = compress;
        const auto report = formats::find_format("npz")->write(state, dir.path() / compress, context);
        REQUIRE_MESSAGE(report, (report ? "" : report.error().message));
        REQUIRE(export_to("geotiff", state, dir.path() / "tif"));
        const std::string said = run_numpy(R"(
import json, sys, zipfile
import numpy as np
from osgeo import gdal
for name in ('Land cover', 'Trees'):
    npz = np.load('%s/scene.tif.%s.npz' % (sys.argv[1], name))
    tif = gdal.Open('%s/scene.tif.%s.tif' % (sys.argv[2], name))
    legend = json.loads(npz['legend'].item())
    print(npz['mask'].dtype, npz['mask'].shape, bool((npz['mask'] == tif.ReadAsArray()).all()), legend['layer'], legend['kind'],
          tuple(npz['geotransform']) == tif.GetGeoTransform(), b'UTM zone 33N' in npz['crs'].item())
kinds = {i.compress_type for i in zipfile.ZipFile('%s/scene.tif.Trees.npz' % sys.argv[1]).infolist()}
print(kinds, zipfile.ZipFile('%s/scene.tif.Trees.npz' % sys.argv[1]).testzip())
)",
                                           {(dir.path() / compress).string(), (dir.path() / "tif").string()});
        if (said == "no python") return;
        CHECK(said == fmt::format("uint8 (530, 700) True Land cover classes True True\n"
                                  "uint16 (530, 700) True Trees instances True True\n{{{}}} None\n",
                                  compress == std::string("none") ? 0 : 8));
    }
}

TEST_CASE("arrays of numpy are read, whatever their type, packing and name") {
    const TempDir dir;
    const labels::State state = without_labels(mask_project(), false);
    const std::string values = "a = (np.arange(530 * 700).reshape(530, 700) // 100000 * 3)";
    struct Case {
        const char* name;
        const char* call;
    };
    for (const Case& each :
         {Case{"a.npz", "np.savez_compressed(sys.argv[1], other=np.zeros(3), labels=a.astype(np.int64))"},
          {"b.npz", "np.savez(sys.argv[1], mask=a.astype('>u2'), x=np.ones((2, 2), np.uint8))"},
          {"c.npy", "np.save(sys.argv[1], a.astype(np.uint8)[None])"},
          {"d.npy", "np.save(sys.argv[1], a.astype(np.int32)[..., None])"}}) {
        INFO("file ", each.name);
        const auto file = of_numpy(dir, each.name, values + "; " + each.call);
        if (file.empty()) return;
        const auto probed = formats::probe_format(file);
        REQUIRE(probed);
        CHECK((*probed)->id == "npz");
        const Imported read = import_file("npz", file, state);
        REQUIRE_MESSAGE(read.report, read.message());
        const labels::MaskLayer& layer = *read.state().mask_layers.begin()->second;
        int wrong = 0;
        for (int i = 0; i < 530 * 700; ++i) wrong += layer.plane.at(i % 700, i / 700) != i / 100000 * 3;
        CHECK(wrong == 0);
        CHECK(read.state().ontology.find("class 6") != nullptr);
    }
}

TEST_CASE("arrays that are no mask are refused") {
    const TempDir dir;
    const labels::State state = without_labels(mask_project(), false);
    struct Case {
        const char* call;
        const char* says;
    };
    for (const Case& each :
         {Case{"np.save(sys.argv[1], np.zeros((530, 700)))", "whole numbers"},
          {"np.save(sys.argv[1], np.zeros((530, 700, 3), np.uint8))", "rows and columns"},
          {"np.save(sys.argv[1], np.asfortranarray(np.zeros((530, 700), np.uint8)))", "ascontiguousarray"},
          {"np.save(sys.argv[1], np.full((530, 700), -2, np.int8))", "value -2"},
          {"np.save(sys.argv[1], np.full((530, 700), 2 ** 40, np.int64))", "value 2147483647"},
          {"np.save(sys.argv[1], np.zeros((53, 70), np.uint8))", "70 × 53 px"},
          {"np.save(sys.argv[1], np.array([{}], dtype=object))", "neither a zip"}}) {
        INFO("call ", each.call);
        const auto file = of_numpy(dir, "x.npy", each.call);
        if (file.empty()) return;
        const Imported refused = import_file("npz", file, state);
        REQUIRE(!refused.report);
        INFO("message ", refused.message());
        CHECK(refused.message().find(each.says) != std::string::npos);
    }
}

TEST_CASE("a mask that is no array of 4 GiB is refused with its size") {
    const TempDir dir;
    labels::State state = with_assets({mask_asset(1, "a.tif", labels::MediaKind::raster, 100000, 50000)}, {});
    labels::Document document(state);
    {
        labels::Transaction transaction(document, "test");
        labels::MaskLayerInfo info{
            .id = labels::MaskLayerId::make(), .asset = state.assets[0].id, .name = "vast"};
        info.width_px = 100000;
        info.height_px = 50000;
        transaction.put_mask_layer(info);
        transaction.commit();
    }
    const auto refused = export_to("npz", document.state(), dir.path() / "m");
    REQUIRE(!refused);
    CHECK(refused.error().message.find("100000 × 50000 px, 4.7 GiB") != std::string::npos);
}

TEST_CASE("headers are those of numpy") {
    const std::array<std::int64_t, 2> shape{530, 700};
    const std::string header = formats::npy_header("<u2", shape);
    CHECK(header.size() % 64 == 0);
    const auto read = formats::npy_header_of(header);
    REQUIRE(read);
    CHECK(read->item_bytes == 2);
    CHECK(read->shape == std::vector<std::int64_t>{530, 700});
    CHECK(read->data_at == header.size());
    CHECK(formats::npy_header("|S5", {}).find("'shape': ()") != std::string::npos);
    CHECK(formats::npy_header("<f8", std::array<std::int64_t, 1>{6}).find("'shape': (6,)") !=
          std::string::npos);
    CHECK(!formats::npy_header_of("hello"));
}
