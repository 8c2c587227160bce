#include "formats/object_frames.h"

#include <map>
#include <set>

#include <doctest/doctest.h>

#include "formats/mask_runs.h"
#include "labels/interpolate.h"
#include "mask_format_test.h"
#include "masks/run_lengths.h"

using namespace formats_test;

namespace {

labels::MaskRuns block(int left, int top, int width, int height, bool with_hole = false) {
    labels::MaskRuns mask{left, top, width, height, {}};
    const auto all = static_cast<std::uint32_t>(width * height);
    if (with_hole)
        mask.runs = {0, static_cast<std::uint32_t>(width + 1), 2,
                     all - static_cast<std::uint32_t>(width) - 3};
    else
        mask.runs = {0, all};
    return mask;
}

// Two cars, one with a gap and one that is there at the end, and a person that lies above one of them.
labels::State object_project() {
    labels::State start = empty_video_project(9);
    labels::Document document(start);
    labels::Transaction transaction(document, "test");
    const auto put = [&](std::size_t class_index, int z_order,
                         const std::vector<std::pair<std::int64_t, labels::MaskRuns>>& at,
                         const std::vector<std::int64_t>& gone) {
        labels::TrackInfo info;
        info.id = labels::TrackId::make();
        info.asset = start.assets[0].id;
        info.class_id = start.ontology.classes[class_index].id;
        info.number = document.next_number(info.class_id);
        info.shape = labels::ShapeKind::mask;
        info.z_order = z_order;
        transaction.put_track(info);
        for (const auto& [frame, mask] : at) {
            labels::Keyframe keyframe;
            keyframe.frame = frame;
            keyframe.interpolate = false;
            keyframe.geometry = mask;
            transaction.put_keyframe(info.id, keyframe);
        }
        for (const std::int64_t frame : gone) {
            labels::Keyframe keyframe;
            keyframe.frame = frame;
            keyframe.outside = true;
            keyframe.geometry = at.front().second;
            transaction.put_keyframe(info.id, keyframe);
        }
    };
    put(0, 0, {{0, block(10, 20, 40, 30, true)}, {1, block(12, 21, 40, 30)}, {5, block(15, 20, 9, 9)}},
        {3, 6});
    put(1, 1, {{1, block(200, 100, 5, 50)}}, {2});
    put(0, 0, {{4, block(600, 330, 40, 30)}, {8, block(0, 0, 3, 2)}}, {});
    transaction.commit();
    return document.state();
}

// Frame by frame, which pixels have which class.
std::vector<std::string> described(const labels::State& state) {
    return describe(state, {.keyframes = false, .identity = false, .attributes = false});
}

}  // namespace

TEST_CASE("objects of films come back from DAVIS and MOTS on the same frames and pixels") {
    for (const std::string format : {"davis", "mots"}) {
        for (const char* files : {"txt", "png"}) {
            INFO("format ", format, " files ", files);
            if (format == "davis" && files == std::string("png")) continue;
            const TempDir dir;
            const labels::State state = object_project();
            formats::WriteContext context = write_context(state);
            if (format == "mots") context.options["files"] = files;
            const auto report = formats::find_format(format)->write(state, dir.path() / "o", context);
            REQUIRE_MESSAGE(report, (report ? "" : report.error().message));
            for (const auto& file : report->files) CHECK(std::filesystem::exists(file));
            const auto probed = formats::probe_format(dir.path() / "o");
            REQUIRE(probed);
            CHECK((*probed)->id == format);
            const Imported back = import_file(format, dir.path() / "o", empty_video_project(9));
            REQUIRE_MESSAGE(back.report, back.message());
            const auto was = described(state), is = described(back.state());
            CHECK(was.size() == is.size());
            for (std::size_t i = 0; i < std::min(was.size(), is.size()); ++i) CHECK(was[i] == is[i]);
            // Into nothing: the film is made, its classes too.
            const Imported fresh = import_file(format, dir.path() / "o");
            REQUIRE_MESSAGE(fresh.report, fresh.message());
            REQUIRE(fresh.state().assets.size() == 1);
            CHECK(fresh.state().assets[0].name == "clip");
            CHECK(fresh.state().ontology.find("person") != nullptr);
            labels::State other = empty_video_project(9);
            other.ontology.classes.erase(other.ontology.classes.begin());
            const Imported refused = import_file(format, dir.path() / "o", other);
            REQUIRE(!refused.report);
            CHECK(refused.message().find("\"car\"") != std::string::npos);
        }
    }
}

TEST_CASE("a stopped export of objects is cancelled, and so is an import") {
    std::stop_source stop;
    stop.request_stop();
    for (const std::string format : {"davis", "mots", "yolo-seg"}) {
        INFO("format ", format);
        const TempDir dir;
        const labels::State state = object_project();
        formats::WriteContext context = write_context(state);
        context.stop = stop.get_token();
        const auto stopped = formats::find_format(format)->write(state, dir.path() / "o", context);
        REQUIRE(!stopped);
        CHECK(stopped.error().kind == base::ErrorKind::cancelled);
        REQUIRE(export_to(format, state, dir.path() / "p"));
        labels::Document document(empty_video_project(9));
        labels::Transaction transaction(document, "Import");
        formats::ReadContext read{transaction, document,         {}, formats::UnknownClasses::refuse,
                                  {},          stop.get_token(), {}};
        read.pts_of_frame = [](labels::AssetId, std::int64_t) { return labels::k_no_pts; };
        const auto stopped_read = formats::find_format(format)->read(dir.path() / "p", read);
        REQUIRE(!stopped_read);
        CHECK(stopped_read.error().kind == base::ErrorKind::cancelled);
    }
}

TEST_CASE("MOTS texts and pictures agree by an independent decoder, DAVIS has its palette") {
    const TempDir dir;
    const labels::State state = object_project();
    REQUIRE(export_to("mots", state, dir.path() / "m"));
    REQUIRE(export_to("davis", state, dir.path() / "d"));
    const std::string said = run_numpy(R"(
import json, sys
import numpy as np
from osgeo import gdal

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

frames = {}
for line in open(sys.argv[1] + '/instances_txt/clip.txt'):
    frame, number, kind, height, width, rle = line.split()
    assert int(number) // 1000 == int(kind)
    counts = counts_of(rle)
    mask = np.repeat(np.arange(len(counts)) % 2, counts).reshape(int(height), int(width), order='F')
    picture = frames.setdefault(int(frame), np.zeros(mask.shape, np.int64))
    assert not (picture * mask).any()
    picture += mask * int(number)
same = [bool((gdal.Open('%s/instances/clip/%06d.png' % (sys.argv[1], f)).ReadAsArray() == a).all())
        for f, a in sorted(frames.items())]
opened = gdal.Open(sys.argv[2] + '/Annotations/clip/00001.png')
table = opened.GetRasterBand(1).GetColorTable()
meta = json.load(open(sys.argv[2] + '/meta.json'))['videos']['clip']['objects']
print(sorted(frames), all(same), len(same), np.unique(opened.ReadAsArray()), table.GetColorEntry(1)[:3],
      table.GetColorEntry(2)[:3], meta['1'], meta['2'])
)",
                                       {(dir.path() / "m").string(), (dir.path() / "d").string()});
    if (said != "no python")
        CHECK(said ==
              "[0, 1, 2, 4, 5, 6, 7, 8] True 8 [0 1 2] (128, 0, 0) (0, 128, 0) {'category': 'car', 'frames': "
              "['00000', '00001', '00002', '00005']} {'category': 'person', 'frames': ['00001']}\n");
}

TEST_CASE("where objects overlap the upper one has the pixel") {
    formats::ObjectFrame frame(10, 5);
    CHECK(!frame.paint(block(0, 0, 4, 4), 1));
    CHECK(frame.paint(block(2, 2, 20, 20), 2));  // and what lies outside is cut off
    const auto objects = frame.objects();
    REQUIRE(objects.size() == 2);
    CHECK(formats::area_px(objects.at(1)) == 12);
    CHECK(formats::area_px(objects.at(2)) == 8 * 3);
    CHECK(objects.at(2).left == 2);
    CHECK(objects.at(2).width == 8);
}

TEST_CASE("many objects over the whole frame are found with the runs they were painted with") {
    constexpr int k_side = 300;
    formats::ObjectFrame frame(k_side, k_side), again(k_side, k_side);
    for (int i = 0; i < k_side * k_side; ++i)
        frame.samples[static_cast<std::size_t>(i)] = static_cast<std::uint16_t>(i * 7919 % 5003);
    const auto objects = frame.objects();
    CHECK(objects.size() == 5002);
    for (const auto& [value, mask] : objects) {
        CHECK(formats::is_sound(mask));
        CHECK(!again.paint(mask, value));
    }
    CHECK(again.samples == frame.samples);
    formats::ObjectFrame full(4, 3);
    full.paint(block(0, 0, 4, 3), 9);
    CHECK(full.objects().at(9).runs == std::vector<std::uint32_t>{0, 12});
}

TEST_CASE("sequences of others: every fifth frame, frames from 1, regions to be ignored") {
    const TempDir dir;
    formats::ObjectFrame both(64, 36), one(64, 36);
    both.paint(block(1, 1, 5, 5), 1);
    both.paint(block(20, 1, 5, 5), 2);
    one.paint(block(2, 1, 5, 5), 1);
    dir.write("y/Annotations/film/00000.png", formats::indexed_png(both).value());
    dir.write("y/Annotations/film/00005.png", formats::indexed_png(one).value());
    dir.write("y/meta.json",
              R"({"videos":{"film":{"objects":{"1":{"category":"dog","frames":["00000"]}}}}})");
    const Imported read = import_file("davis", dir.path() / "y/meta.json");
    REQUIRE_MESSAGE(read.report, read.message());
    CHECK(read.state().ontology.find("dog") != nullptr);
    CHECK(read.state().ontology.find("object") != nullptr);
    for (const auto& [id, track] : read.state().tracks) {
        const bool is_dog = read.state().ontology.find(track->info.class_id)->name == "dog";
        for (const std::int64_t frame : {1, 3, 4, 6}) CHECK(!labels::shape_at(*track, frame));
        CHECK(labels::shape_at(*track, 0));
        CHECK(labels::shape_at(*track, 5).has_value() == is_dog);
    }
    // Nothing is made up between the frames that were labelled, and none is without objects.
    REQUIRE(export_to("davis", read.state(), dir.path() / "again"));
    REQUIRE(export_to("mots", read.state(), dir.path() / "mots"));
    for (const auto& [folder, names] : std::map<std::string, std::set<std::string>>{
             {"again/Annotations/film", {"00000.png", "00005.png"}},
             {"mots/instances/film", {"000000.png", "000005.png"}}}) {
        std::set<std::string> written;
        for (const auto& entry : std::filesystem::directory_iterator(dir.path() / folder))
            written.insert(entry.path().filename().string());
        CHECK(written == names);
    }
    const auto rle = masks::coco_string(formats::counts_from_mask(block(1, 1, 5, 5), 64, 36));
    dir.write("m/instances_txt/0002.txt",
              fmt::format("1 1005 1 36 64 {0}\n2 10000 10 36 64 {0}\n2 2001 2 36 64 {0}\n", rle));
    const Imported kitti = import_file("mots", dir.path() / "m");
    REQUIRE_MESSAGE(kitti.report, kitti.message());
    CHECK(kitti.warns_of("to be ignored"));
    CHECK(kitti.state().ontology.find("pedestrian") != nullptr);
    for (const auto& [id, track] : kitti.state().tracks)
        CHECK(track->keyframes[0].frame ==
              (track->info.class_id == kitti.state().ontology.find("car")->id ? 1 : 2));
}

TEST_CASE("an export of objects where there are none is refused and says where mask layers go") {
    for (const std::string format : {"davis", "mots"}) {
        const TempDir dir;
        const auto layers = export_to(format, mask_project(), dir.path() / "o");
        REQUIRE(!layers);
        CHECK(layers.error().message.find("mask layers go to geotiff") != std::string::npos);
        CHECK(!export_to(format, empty_video_project(), dir.path() / "o"));
        CHECK(std::filesystem::is_empty(dir.path()));
    }
}

TEST_CASE("MOTS skips masks that are too large, and lays objects of a picture on the picture") {
    const TempDir dir;
    const auto small = masks::coco_string(formats::counts_from_mask(block(1, 1, 5, 5), 700, 530));
    const auto huge = masks::coco_string(std::vector<std::uint32_t>{0, 400'000'000});
    dir.write("m/instances_txt/scene.txt",
              fmt::format("0 1000 1 530 700 {}\n0 1001 1 20000 20000 {}\n", small, huge));
    const Imported read = import_file("mots", dir.path() / "m", without_labels(mask_project(), false));
    REQUIRE_MESSAGE(read.report, read.message());
    CHECK(read.warns_of("too large"));
    REQUIRE(read.state().tracks.size() == 1);
    CHECK(read.state().tracks.begin()->second->info.extent == labels::Extent::picture);
}
