#include <doctest/doctest.h>

#include "cases.h"
#include "formats/mask_runs.h"
#include "labels/interpolate.h"
#include "mask_format_test.h"
#include "masks/run_lengths.h"

using namespace formats_test;

namespace formats_test {

const FormatCase& coco_case() {
    using K = labels::ShapeKind;
    static const std::string golden = R"({"info":{"description":"","version":"1.0","contributor":"Limn"},
"licenses":[{"id":0,"name":"","url":""}],
"categories":[
{"id":1,"name":"car","supercategory":""},
{"id":2,"name":"person","supercategory":""}],
"images":[
{"id":1,"width":640,"height":360,"file_name":"clip.mp4/frame_000000.png","license":0,"limn":{"asset":"clip.mp4","frame":0,"pts":0,"time":0}},
{"id":2,"width":640,"height":360,"file_name":"clip.mp4/frame_000001.png","license":0,"limn":{"asset":"clip.mp4","frame":1,"pts":512,"time":0.04}},
{"id":3,"width":640,"height":360,"file_name":"clip.mp4/frame_000002.png","license":0,"limn":{"asset":"clip.mp4","frame":2,"pts":1024,"time":0.08}},
{"id":4,"width":640,"height":360,"file_name":"clip.mp4/frame_000003.png","license":0,"limn":{"asset":"clip.mp4","frame":3,"pts":1536,"time":0.12}}],
"annotations":[
{"id":1,"image_id":1,"category_id":1,"segmentation":[],"area":400,"bbox":[10,20,20,20],"iscrowd":0,"attributes":{"occluded":false,"track_id":1,"keyframe":true,"colour":"blue","lights":false}},
{"id":2,"image_id":2,"category_id":1,"segmentation":[],"area":397.5,"bbox":[12,20.25,20,19.875],"iscrowd":0,"attributes":{"occluded":false,"track_id":1,"keyframe":false,"colour":"blue","lights":false}},
{"id":3,"image_id":2,"category_id":2,"segmentation":[[1,1,5,1,5,4]],"area":6,"bbox":[1,1,4,3],"iscrowd":0,"attributes":{"occluded":false}},
{"id":4,"image_id":2,"category_id":2,"segmentation":{"counts":"kQ12V;0eWo6","size":[360,640]},"area":4,"bbox":[3,3,2,2],"iscrowd":0,"attributes":{"occluded":false}},
{"id":5,"image_id":3,"category_id":1,"segmentation":[],"area":395,"bbox":[14,20.5,20,19.75],"iscrowd":0,"attributes":{"occluded":true,"track_id":1,"keyframe":true,"colour":"blue","lights":true}},
{"id":6,"image_id":4,"category_id":1,"segmentation":[],"area":395,"bbox":[14,20.5,20,19.75],"iscrowd":0,"attributes":{"occluded":true,"track_id":1,"keyframe":false,"colour":"blue","lights":true}}]}
)";
    static const std::string head =
        R"({"categories":[{"id":1,"name":"a"}],"images":[{"id":1,"width":9,"height":9,"file_name":"a.jpg"}],"annotations":[)";
    static const std::vector<std::string> bad = {
        head + R"({"id":1,"image_id":2,"category_id":1,"bbox":[1,1,2,2]}]})",
        head + R"({"id":1,"image_id":1,"category_id":7,"bbox":[1,1,2,2]}]})",
        head + R"({"id":1,"image_id":1,"category_id":1,"bbox":[1,1,"2",2]}]})",
        head + R"({"id":1,"image_id":1,"category_id":1,"bbox":[1,1,1e300,2]}]})",
        head + R"({"id":1,"image_id":1,"category_id":1,"bbox":[1,1,NaN,2]}]})",
        head + R"({"id":1,"image_id":1,"category_id":1,"segmentation":{"counts":[1,2],"size":[9,9]}}]})",
        head + R"({"id":1,"image_id":1,"category_id":1,"segmentation":{"counts":"~~~","size":[9,9]}}]})",
        head +
            R"({"id":1,"image_id":1,"category_id":1,"segmentation":{"counts":[4294967295,4294967295],"size":[999999999,999999999]}}]})",
        head + R"({"image_id":1,"segments_info":[]}]})",
        head + R"(5]})",
    };
    static const FormatCase each{
        .id = "coco",
        .out = "out.json",
        .golden_file = "out.json",
        .golden = golden,
        .lone_file = "in.json",
        .malformed = {{"results list", "[{\"image_id\":1}]", "byte 0"},
                      {"another JSON", "{\"hello\":1}", "not COCO"},
                      {"image list", "{\"images\":{},\"annotations\":[]}", "not a list"},
                      {"unlisted image", bad[0], "image 2"},
                      {"unlisted category", bad[1], "category 7"},
                      {"wrong type", bad[2], "cannot be used"},
                      {"huge number", bad[3], "cannot be used"},
                      {"not a number", bad[4], "not a JSON object"},
                      {"short RLE", bad[5], "cannot be used"},
                      {"broken RLE", bad[6], "cannot be used"},
                      {"huge RLE", bad[7], "cannot be used"},
                      {"panoptic", bad[8], "panoptic"},
                      {"number", bad[9], "not a JSON object"}},
        .random = {{K::box, K::polygon, K::mask}, false, false, true},
        .survives = {.keyframes = false, .identity = false},
    };
    return each;
}

}  // namespace formats_test

namespace {

std::string document(std::string_view images, std::string_view annotations) {
    return fmt::format(
        R"({{"annotations":[{}],"images":[{}],"categories":[{{"id":7,"name":"a"}},{{"id":90,"name":"b"}}]}})",
        annotations, images);
}

constexpr std::string_view k_image = R"({"id":5,"width":10,"height":6,"file_name":"x/a.jpg"})";

}  // namespace

TEST_CASE("COCO's compressed runs are those of the reference implementation") {
    const std::vector<std::uint32_t> counts = {100, 5, 1000, 7, 995, 9, 3, 1};
    CHECK(masks::coco_string(counts) == "T35Xo02K2PQOH");
    CHECK(masks::counts_of_coco_string("T35Xo02K2PQOH").value() == counts);
    CHECK(!masks::counts_of_coco_string("~"));
    CHECK(!masks::counts_of_coco_string("o"));  // goes on, and the text ends
    CHECK(!masks::counts_of_coco_string("oooooooooooooooo0"));
    CHECK(!masks::counts_of_coco_string("O"));  // a run of -1
}

TEST_CASE("masks turn from rows to columns and back") {
    const labels::MaskRuns mask{2, 1, 3, 2, {1, 2, 1, 2}};  // rows: .## and .##
    const auto counts = formats::counts_from_mask(mask, 6, 4);
    CHECK(counts == std::vector<std::uint32_t>{13, 2, 2, 2, 5});
    const auto back = formats::mask_from_counts(counts, 6, 4);
    REQUIRE(back);
    CHECK(*back == labels::MaskRuns{3, 1, 2, 2, {0, 4}});
    CHECK(formats::area_px(*back) == 4);
    // Cut at the picture's edges.
    const auto cut = formats::mask_from_counts(formats::counts_from_mask(mask, 4, 2), 4, 2);
    REQUIRE(cut);
    CHECK(*cut == labels::MaskRuns{3, 1, 1, 1, {0, 1}});
    // A picture of more than 2³² pixels before the mask.
    const auto far = formats::counts_from_mask({99999, 99999, 1, 1, {0, 1}}, 100000, 100000);
    const auto again = formats::mask_from_counts(far, 100000, 100000);
    REQUIRE(again);
    CHECK(*again == labels::MaskRuns{99999, 99999, 1, 1, {0, 1}});
}

TEST_CASE("a polygon with a hole becomes the pixels whose centres are inside") {
    labels::Path path{{{1, 1}, {6, 1}, {6, 6}, {1, 6}, {2, 2}, {5, 2}, {5, 5}, {2, 5}}, {4}};
    const auto mask = formats::mask_from_path(path, 10, 10);
    REQUIRE(mask);
    CHECK(mask->left == 1);
    CHECK(mask->width == 5);
    CHECK(formats::area_px(*mask) == 25 - 9);
}

TEST_CASE("annotations before images, ids with holes, runs and polygons are read") {
    const TempDir dir;
    const auto file = dir.write("instances_val.json", document(k_image, R"(
        {"id":1,"image_id":5,"category_id":90,"bbox":[1,2,3,4],"segmentation":[],"iscrowd":0,
         "attributes":{"occluded":true,"colour":"red","n":2.5,"flag":true}},
        {"id":2,"image_id":5,"category_id":7,"segmentation":[[0,0,4,0,4,3]],"bbox":[0,0,4,3],"score":0.5},
        {"id":3,"image_id":5,"category_id":7,"segmentation":[[0,0,4,0,4,3],[5,5,6,5,6,6]],"bbox":[0,0,6,6]},
        {"id":4,"image_id":5,"category_id":7,"segmentation":{"counts":[6,2,4,2,46],"size":[6,10]},"bbox":[1,0,2,2],"iscrowd":1})"));
    const Imported imported = import_file("coco", file);
    REQUIRE_MESSAGE(imported.report, imported.message());
    const labels::State& state = imported.state();
    REQUIRE(state.assets.size() == 1);
    CHECK(state.assets[0].kind == labels::MediaKind::image);
    CHECK(state.assets[0].name == "x/a.jpg");
    CHECK(state.assets[0].fingerprint.empty());
    CHECK(imported.warns_of("not found"));
    CHECK(imported.warns_of("iscrowd"));
    const auto& ids = state.tracks_of(state.assets[0].id);
    REQUIRE(ids.size() == 5);
    const labels::Track& box = *state.find(ids[0]);
    CHECK(box.keyframes[0].occluded);
    CHECK(box.info.extent == labels::Extent::picture);
    CHECK(box.info.attributes.size() == 3);
    CHECK(std::get<labels::Box>(box.keyframes[0].geometry) == labels::Box{1, 2, 4, 6, 0});
    CHECK(state.find(ids[1])->keyframes[0].confidence == doctest::Approx(0.5));
    CHECK(state.find(ids[2])->info.group == state.find(ids[3])->info.group);
    CHECK(state.find(ids[2])->info.group != 0);
    CHECK(std::get<labels::MaskRuns>(state.find(ids[4])->keyframes[0].geometry) ==
          labels::MaskRuns{1, 0, 2, 2, {0, 4}});
    // Written again, the two pieces are one object again.
    REQUIRE(export_to("coco", state, dir.path() / "again.json"));
    const std::string again = read_text(dir.path() / "again.json");
    CHECK(again.find("\"segmentation\":[[0,0,4,0,4,3],[5,5,6,5,6,6]]") != std::string::npos);
    CHECK(again.find("\"area\":6.5") != std::string::npos);
}

TEST_CASE("frames named frame_000012 go to the chosen video, with their tracks put together") {
    const TempDir dir;
    const auto file = dir.write(
        "a.json",
        document(R"({"id":1,"file_name":"v/frame_000003.PNG"},{"id":2,"file_name":"frame_000004.png"},
        {"id":3,"file_name":"frame_000009.png"})",
                 R"(
        {"image_id":2,"category_id":7,"bbox":[2,2,3,4],"attributes":{"track_id":4,"lights":true}},
        {"image_id":1,"category_id":7,"bbox":[1,2,3,4],"attributes":{"track_id":4,"lights":true}},
        {"image_id":3,"category_id":7,"bbox":[3,2,3,4],"attributes":{"track_id":4,"lights":false}},
        {"image_id":3,"category_id":7,"bbox":[9,2,3,4]})"));
    labels::State start = empty_video_project(20);
    const Imported imported = import_file(
        "coco", file, start, {.unknown_classes = formats::UnknownClasses::add, .onto_first_asset = true});
    REQUIRE_MESSAGE(imported.report, imported.message());
    CHECK(imported.state().assets.size() == 1);
    REQUIRE(imported.state().tracks.size() == 2);
    const auto& ids = imported.state().tracks_of(start.assets[0].id);
    const labels::Track& track = *imported.state().find(ids[0]);
    REQUIRE(track.keyframes.size() == 5);
    CHECK(track.first_frame() == 3);
    CHECK(track.keyframes[0].attributes.size() == 1);
    CHECK(track.keyframes[1].attributes.empty());
    CHECK(track.keyframes[3].attributes.size() == 1);
    CHECK(!labels::shape_at(track, 5));
    CHECK(labels::shape_at(track, 9));
    CHECK(!labels::shape_at(track, 10));
}

TEST_CASE("time stamps that differ from the medium's are warned of") {
    const TempDir dir;
    REQUIRE(export_to("coco", sample_project(), dir.path() / "out.json"));
    labels::Document doc(empty_video_project(6));
    labels::Transaction transaction(doc, "Import");
    formats::ReadContext context{transaction, doc, {}, formats::UnknownClasses::refuse, {}, {}, {}};
    context.pts_of_frame = [](labels::AssetId, std::int64_t frame) {
        return 512 * frame + (frame == 2 ? 1 : 0);
    };
    const auto report = formats::find_format("coco")->read(dir.path() / "out.json", context);
    REQUIRE(report);
    REQUIRE(report->warnings.size() == 1);
    CHECK(report->warnings[0].find("time stamps") != std::string::npos);
}

TEST_CASE("other tools' COCO instances are read, with the pictures found beside them") {
    const auto data = shared_data();
    if (data.empty()) return;
    const auto folder = data / "coco/coco_instances";
    const auto probed = formats::probe_format(folder / "annotations/instances_val.json");
    REQUIRE(probed);
    CHECK((*probed)->id == "coco");
    const Imported imported = import_file("coco", folder);
    REQUIRE_MESSAGE(imported.report, imported.message());
    const labels::State& state = imported.state();
    CHECK(imported.report->files.size() == 2);
    CHECK(state.ontology.classes.size() == 3);
    REQUIRE(state.assets.size() == 2);
    CHECK(state.assets[0].name == "a.jpg");
    CHECK(state.assets[1].name == "b.jpg");
    for (const labels::Asset& asset : state.assets) {
        CHECK(!asset.fingerprint.empty());
        CHECK(asset.size_bytes == 631);
    }
    REQUIRE(state.tracks.size() == 3);
    const auto& on_b = state.tracks_of(state.assets[1].id);
    REQUIRE(on_b.size() == 2);
    CHECK(state.find(on_b[0])->info.shape == labels::ShapeKind::polygon);
    // 20 pixels from the first column down: two columns of ten.
    CHECK(std::get<labels::MaskRuns>(state.find(on_b[1])->keyframes[0].geometry) ==
          labels::MaskRuns{0, 0, 2, 10, {0, 20}});
    const Imported lone = import_file("coco", folder / "annotations/instances_train.json");
    REQUIRE_MESSAGE(lone.report, lone.message());
    CHECK(!lone.state().assets[0].fingerprint.empty());
}

TEST_CASE("keypoints of other tools' files are dropped with a warning, boxes and masks kept") {
    const auto data = shared_data();
    if (data.empty()) return;
    for (const char* split : {"train", "val"}) {
        const Imported imported = import_file(
            "coco",
            data / fmt::format("coco/coco_person_keypoints/annotations/person_keypoints_{}.json", split));
        REQUIRE_MESSAGE(imported.report, imported.message());
        CHECK(imported.warns_of("Keypoints were not imported"));
        CHECK(imported.state().tracks.size() == (std::string(split) == "train" ? 1 : 2));
    }
}

TEST_CASE("lines and points are left out, ellipses and turned boxes become polygons, and it is said") {
    using K = labels::ShapeKind;
    const labels::State state =
        random_project(3, {{K::polyline, K::points, K::ellipse, K::box}, true, false, false});
    const TempDir dir;
    const auto report = export_to("coco", state, dir.path() / "out.json");
    REQUIRE(report);
    std::string all;
    for (const std::string& each : report->warnings) all += each + "\n";
    std::map<K, bool> present;
    for (const auto& [id, track] : state.tracks) present[track->info.shape] = true;
    CHECK(present.size() >= 3);
    if (present[K::polyline]) CHECK(all.find("Polylines were not written") != std::string::npos);
    if (present[K::points]) CHECK(all.find("Points were not written") != std::string::npos);
    if (present[K::ellipse]) CHECK(all.find("Ellipses were written as polygons") != std::string::npos);
}

TEST_CASE("on request each labelled frame is written as a picture under its file_name") {
    const labels::State state = sample_project();
    formats::WriteContext context = write_context(state);
    context.pictures = formats::Pictures::png;
    const TempDir dir;
    std::vector<std::string> written;
    context.write_picture = [&](labels::AssetId, std::int64_t,
                                const std::filesystem::path& png) -> base::Result<void> {
        CHECK(std::filesystem::is_directory(png.parent_path()));
        written.push_back(png.lexically_relative(dir.path()).string());
        return {};
    };
    REQUIRE(formats::find_format("coco")->write(state, dir.path() / "set", context));
    CHECK(std::filesystem::exists(dir.path() / "set/annotations/instances_default.json"));
    REQUIRE(written.size() == 4);
    CHECK(written[3] == "set/images/clip.mp4/frame_000003.png");
    context.write_picture = nullptr;
    const auto without = formats::find_format("coco")->write(state, dir.path() / "b.json", context);
    REQUIRE(without);
    CHECK(without->warnings.front().find("pictures were not written") != std::string::npos);
    // A picture that cannot be written ends the export, and no half-done file stays.
    context.write_picture = [](labels::AssetId, std::int64_t,
                               const std::filesystem::path& png) -> base::Result<void> {
        return base::fail(base::ErrorKind::io, "The disk is full: {}", png.string());
    };
    CHECK(!formats::find_format("coco")->write(state, dir.path() / "c.json", context));
    CHECK(!std::filesystem::exists(dir.path() / "c.json"));
}

TEST_CASE("another reader decodes our masks to the same area and box, and our ids agree") {
    const labels::State state =
        random_project(11, {{labels::ShapeKind::mask, labels::ShapeKind::polygon}, false, true, false});
    const TempDir dir;
    REQUIRE(export_to("coco", state, dir.path() / "out.json"));
    const std::string out = run_python(R"(
import json, sys
d = json.load(open(sys.argv[1]))
images = {i['id']: i for i in d['images']}
cats = {c['id'] for c in d['categories']}
assert len(images) == len(d['images']) and len({a['id'] for a in d['annotations']}) == len(d['annotations'])
def decode(s):
    cnts, p = [], 0
    while p < len(s):
        x, k, more = 0, 0, True
        while more:
            c = ord(s[p]) - 48; x |= (c & 0x1f) << 5*k; more = c & 0x20; p += 1; k += 1
            if not more and c & 0x10: x |= -1 << 5*k
        if len(cnts) > 2: x += cnts[-2]
        cnts.append(x)
    return cnts
masks = 0
for a in d['annotations']:
    i = images[a['image_id']]; assert a['category_id'] in cats
    assert i['file_name'] == 'clip.mp4/frame_%06d.png' % i['limn']['frame'] and i['limn']['pts'] == 512*i['limn']['frame']
    seg = a['segmentation']
    if isinstance(seg, list): continue
    h, w = seg['size']; assert (w, h) == (i['width'], i['height']) == (640, 360)
    cnts = decode(seg['counts']); assert sum(cnts) == w*h
    px, at = [], 0
    for n, c in enumerate(cnts):
        if n % 2: px += range(at, at+c)
        at += c
    xs, ys = [p // h for p in px], [p % h for p in px]
    assert a['area'] == len(px) and a['bbox'] == [min(xs), min(ys), max(xs)+1-min(xs), max(ys)+1-min(ys)], a
    masks += 1
print('fine', masks > 0)
)",
                                       {(dir.path() / "out.json").string()});
    if (out != "no python") CHECK(out == "fine True\n");
}

namespace {

// COCO's runs by the words of its description alone: column after column, first zeros; and the string of
// maskApi.c.
constexpr const char* k_numpy_rle = R"(
import json, sys
import numpy as np

def counts_of(text):
    counts, at = [], 0
    while at < len(text):
        x, k, more = 0, 0, True
        while more:
            c = ord(text[at]) - 48
            x |= (c & 31) << (5 * k)
            more, at, k = bool(c & 32), at + 1, k + 1
            if not more and c & 16:
                x |= -1 << (5 * k)
        counts.append(x + counts[-2] if len(counts) > 2 else x)
    return counts

def decode(rle):
    counts = rle['counts'] if isinstance(rle['counts'], list) else counts_of(rle['counts'])
    flat = np.repeat(np.arange(len(counts)) % 2, counts)
    return flat.reshape(rle['size'], order='F').astype(np.uint8)
)";

}  // namespace

TEST_CASE("mask layers are annotations whose runs an independent decoder reads as the same pixels") {
    const labels::State state = mask_project(true);
    for (const char* rle : {"compressed", "uncompressed"}) {
        INFO("rle ", rle);
        const TempDir dir;
        formats::WriteContext context = write_context(state);
        context.options["rle"] = rle;
        const auto report = formats::find_format("coco")->write(state, dir.path() / "c.json", context);
        REQUIRE(report);
        CHECK(report->layers == 2);
        const std::string text = read_text(dir.path() / "c.json");
        CHECK(text.find("\"file_name\":\"scene.tif\"") != std::string::npos);
        CHECK((text.find("\"counts\":[") != std::string::npos) == (rle == std::string("uncompressed")));
        // The pixels of each layer as GeoTIFFs, for the comparison.
        REQUIRE(export_to("geotiff", state, dir.path() / "tif"));
        std::string program = k_numpy_rle;
        program += R"(
from osgeo import gdal
coco = json.load(open(sys.argv[1]))
names = {c['id']: c['name'] for c in coco['categories']}
layers = {n: gdal.Open(sys.argv[2] + '/scene.tif.' + n + '.tif').ReadAsArray() for n in ('Land cover', 'Trees')}
seen = {n: np.zeros_like(a) for n, a in layers.items()}
for a in coco['annotations']:
    mask, limn = decode(a['segmentation']), a['limn']
    assert mask.sum() == a['area'], a['id']
    ys, xs = np.nonzero(mask)
    assert a['bbox'] == [xs.min(), ys.min(), xs.max() + 1 - xs.min(), ys.max() + 1 - ys.min()], a['bbox']
    seen[limn['layer']] += mask * limn['value']
print(len(coco['annotations']), len(coco['images']), all((seen[n] == layers[n]).all() for n in layers),
      sorted({names[a['category_id']] for a in coco['annotations']}))
)";
        const std::string said =
            run_numpy(program, {(dir.path() / "c.json").string(), (dir.path() / "tif").string()});
        if (said == "no python") return;
        CHECK(said == "6 1 True ['field', 'tree (1)', 'water']\n");
        // They come back as masks of objects, on the same raster.
        const Imported back = import_file("coco", dir.path() / "c.json", without_labels(state));
        REQUIRE_MESSAGE(back.report, back.message());
        CHECK(back.state().assets.size() == 1);
        CHECK(back.state().tracks.size() == 6);
        std::int64_t pixels = 0, oak = 0;
        for (const auto& [id, track] : back.state().tracks) {
            REQUIRE(track->info.shape == labels::ShapeKind::mask);
            const auto area = formats::area_px(std::get<labels::MaskRuns>(track->keyframes[0].geometry));
            pixels += area;
            if (track->info.name == "the old oak") oak = area;
        }
        std::int64_t expected = 0, expected_oak = 0;
        for (const auto& [id, layer] : state.mask_layers)
            for (const auto& [value, extent] : formats::extents_of_values(layer->plane)) {
                expected += extent.pixels;
                if (layer->info.name == "Trees" && value == 1) expected_oak = extent.pixels;
            }
        CHECK(pixels == expected);
        CHECK(oak == expected_oak);
    }
}

TEST_CASE("object masks are written with either kind of runs and read alike") {
    const labels::State state = sample_project();
    for (const char* rle : {"compressed", "uncompressed"}) {
        const TempDir dir;
        formats::WriteContext context = write_context(state);
        context.options["rle"] = rle;
        REQUIRE(formats::find_format("coco")->write(state, dir.path() / "c.json", context));
        const Imported back = import_file("coco", dir.path() / "c.json", empty_video_project(6));
        REQUIRE_MESSAGE(back.report, back.message());
        int masks = 0;
        for (const auto& [id, track] : back.state().tracks) {
            const auto* mask = std::get_if<labels::MaskRuns>(&track->keyframes[0].geometry);
            if (mask == nullptr) continue;
            ++masks;
            CHECK(formats::counts_from_mask(*mask, 640, 360) ==
                  formats::counts_from_mask({2, 3, 3, 2, {1, 2, 1, 2}}, 640, 360));
        }
        CHECK(masks == 1);
    }
}

TEST_CASE("an export that is stopped during the last layer is no success") {
    labels::Document document(mask_project());
    labels::Transaction transaction(document, "test");
    labels::TrackInfo info;
    info.id = labels::TrackId::make();
    info.asset = document.state().assets[0].id;
    info.class_id = document.state().ontology.classes[0].id;
    info.extent = labels::Extent::picture;
    transaction.put_track(info);
    labels::Keyframe keyframe;
    keyframe.geometry = labels::Box{1, 2, 30, 40};
    transaction.put_keyframe(info.id, keyframe);
    transaction.commit();
    std::stop_source stop;
    formats::WriteContext context = write_context(document.state());
    context.stop = stop.get_token();
    context.progress = [&](double done) {
        if (done >= 0.5) stop.request_stop();  // the annotations of the picture come next
    };
    const TempDir dir;
    const auto report = formats::find_format("coco")->write(document.state(), dir.path() / "c.json", context);
    REQUIRE(!report);
    CHECK(report.error().kind == base::ErrorKind::cancelled);
    CHECK(!std::filesystem::exists(dir.path() / "c.json"));
}

TEST_CASE("masks whose runs end before their rectangle are written like others") {
    for (const std::string format : {"coco", "cvat-video", "limn", "davis", "mots"}) {
        INFO("format ", format);
        const TempDir dir;
        labels::Document document(sample_project());
        labels::Transaction transaction(document, "test");
        for (const auto& [id, track] : sample_project().tracks) {
            if (track->info.shape != labels::ShapeKind::mask) continue;
            labels::Keyframe keyframe = track->keyframes[0];
            keyframe.geometry = labels::MaskRuns{2, 3, 3, 2, {1, 2}};
            transaction.put_keyframe(id, keyframe);
        }
        transaction.commit();
        const auto out = dir.path() / (format == "cvat-video" ? "o.xml" : format == "mots" ? "o" : "o.json");
        REQUIRE(export_to(format, document.state(), out));
        const Imported back = import_file(format, out, empty_video_project(6));
        REQUIRE_MESSAGE(back.report, back.message());
        CHECK(std::ranges::count_if(back.state().tracks, [](const auto& each) {
                  const auto* mask = std::get_if<labels::MaskRuns>(&each.second->keyframes[0].geometry);
                  return mask != nullptr && formats::counts_from_mask(*mask, 640, 360) ==
                                                formats::counts_from_mask({3, 3, 2, 1, {0, 2}}, 640, 360);
              }) == 1);
        if (format == "cvat-video") CHECK(read_text(out).find("rle=\"1, 2, 3\"") != std::string::npos);
    }
}
