#include <set>

#include <doctest/doctest.h>

#include "cases.h"
#include "labels/json.h"

using namespace formats_test;

namespace {

const FormatCase* case_of(std::string_view id) {
    for (const FormatCase* each : all_cases())
        if (each->id == id) return each;
    return nullptr;
}

std::vector<std::string> joined_lines(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    std::vector<std::string> differing;
    for (const std::string& each : a)
        if (std::find(b.begin(), b.end(), each) == b.end()) differing.push_back("- " + each);
    for (const std::string& each : b)
        if (std::find(a.begin(), a.end(), each) == a.end()) differing.push_back("+ " + each);
    return differing;
}

std::string text_of(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
}

}  // namespace

TEST_CASE("every driver comes with a sample, malformed files, a round trip and fuzz seeds") {
    std::set<std::string_view> ids;
    for (const formats::FormatDriver* driver : formats::all_formats()) {
        INFO("format ", driver->id);
        CHECK(ids.insert(driver->id).second);
        CHECK(formats::find_format(driver->id) == driver);
        for (const std::string_view text : {driver->title, driver->carries, driver->loses})
            CHECK(!text.empty());
        CHECK(!driver->extensions.empty());
        if (driver->in_a_crs) {
            const auto placed = std::ranges::find(geo_cases(), driver->id, &GeoCase::id);
            REQUIRE(placed != geo_cases().end());
            CHECK(placed->malformed.size() >= 4);
        } else if (driver->of_masks) {
            const auto mask = std::ranges::find(mask_cases(), driver->id, &MaskCase::id);
            REQUIRE(mask != mask_cases().end());
            CHECK((driver->read == nullptr) == mask->file.empty());
            if (driver->read == nullptr) continue;
            CHECK(mask->malformed.size() >= 3);
        } else {
            const FormatCase* each = case_of(driver->id);
            REQUIRE(each != nullptr);
            CHECK(!each->golden.empty());
            CHECK(each->malformed.size() >= 5);
            CHECK(!each->random.kinds.empty());
        }
        const auto seeds = std::filesystem::path(LIMN_SOURCE_DIR) / "tests/fuzz/seeds" / driver->id;
        REQUIRE(std::filesystem::is_directory(seeds));
        CHECK(!std::filesystem::is_empty(seeds));
    }
    CHECK(ids.size() == all_cases().size() + geo_cases().size() + mask_cases().size());
}

TEST_CASE("the sample is written as the format wants it, and its own driver knows it again") {
    for (const FormatCase* each : all_cases()) {
        INFO("format ", each->id);
        const TempDir dir;
        const auto report = export_to(each->id, sample_project(), dir.path() / each->out);
        REQUIRE(report);
        CHECK(report->tracks == 3);
        CHECK(report->keyframes == 5);
        CHECK(read_text(dir.path() / each->golden_file) == each->golden);
        for (const auto& file : report->files) CHECK(std::filesystem::exists(file));
        const auto probed = formats::probe_format(dir.path() / each->out);
        REQUIRE(probed);
        CHECK((*probed)->id == each->id);
        // No temporary file stays behind.
        for (const auto& entry : std::filesystem::recursive_directory_iterator(dir.path()))
            if (entry.is_regular_file())
                CHECK(std::find(report->files.begin(), report->files.end(), entry.path()) !=
                      report->files.end());
    }
}

TEST_CASE("random labels survive export and import up to what the format states") {
    for (const FormatCase* each : all_cases()) {
        for (unsigned seed = 1; seed <= 150; ++seed) {
            INFO("format ", each->id, " seed ", seed);
            const labels::State state = random_project(seed, each->random);
            const TempDir dir;
            REQUIRE(export_to(each->id, state, dir.path() / each->out));
            labels::State empty = empty_video_project(15);
            const Imported back =
                import_file(each->id, dir.path() / each->out, empty, {.onto_first_asset = true});
            REQUIRE_MESSAGE(back.report, back.message());
            const auto differing =
                joined_lines(describe(state, each->survives), describe(back.state(), each->survives));
            CHECK_MESSAGE(differing.empty(), text_of(differing));
            if (!differing.empty()) break;
        }
    }
}

TEST_CASE("importing into an empty project makes the classes and the medium") {
    for (const FormatCase* each : all_cases()) {
        INFO("format ", each->id);
        const TempDir dir;
        REQUIRE(export_to(each->id, sample_project(), dir.path() / each->out));
        const Imported back = import_file(each->id, dir.path() / each->out);
        REQUIRE_MESSAGE(back.report, back.message());
        CHECK(back.report->tracks == 3);
        CHECK(back.state().ontology.classes.size() == 2);
        CHECK(back.state().ontology.find("car") != nullptr);
        REQUIRE(back.state().assets.size() == 1);
        CHECK(back.state().assets.front().name == "clip.mp4");
        CHECK(back.state().assets.front().width_px == 640);
        CHECK(back.state().tracks.size() == 3);
    }
}

TEST_CASE("unknown classes are refused with their list unless they may be added") {
    for (const FormatCase* each : all_cases()) {
        INFO("format ", each->id);
        const TempDir dir;
        REQUIRE(export_to(each->id, sample_project(), dir.path() / each->out));
        labels::State other = empty_video_project(6);
        other.ontology.classes.resize(1);
        other.ontology.classes.front() = labels::make_class({}, "boat");
        const Imported refused = import_file(each->id, dir.path() / each->out, other);
        REQUIRE(!refused.report);
        CHECK(refused.report.error().kind == base::ErrorKind::refused);
        CHECK(refused.message().find("\"car\", \"person\"") != std::string::npos);
        const Imported added = import_file(each->id, dir.path() / each->out, other,
                                           {.unknown_classes = formats::UnknownClasses::add});
        REQUIRE_MESSAGE(added.report, added.message());
        CHECK(added.state().ontology.find("person") != nullptr);
        CHECK(added.state().ontology.find("boat") != nullptr);
        CHECK(added.state().assets.size() == 1);
    }
}

TEST_CASE("frames outside the medium are refused with their count and nothing changes") {
    for (const FormatCase* each : all_cases()) {
        INFO("format ", each->id);
        const TempDir dir;
        REQUIRE(export_to(each->id, sample_project(), dir.path() / each->out));
        const Imported refused =
            import_file(each->id, dir.path() / each->out, empty_video_project(1), {.onto_first_asset = true});
        REQUIRE(!refused.report);
        CHECK(refused.report.error().kind == base::ErrorKind::refused);
        CHECK(refused.message().find("labels lie outside the medium") != std::string::npos);
        CHECK(refused.message().find("frame ") != std::string::npos);
    }
}

TEST_CASE("malformed files give one sentence and change nothing") {
    std::string deep = "{\"a\":";
    for (int i = 0; i < 100000; ++i) deep += "[";
    std::string junk;
    for (unsigned i = 0; i < 4096; ++i) junk += static_cast<char>((i * 2654435761u) >> 13);
    for (const FormatCase* each : all_cases()) {
        const TempDir dir;
        std::vector<Malformed> all = each->malformed;
        all.push_back({"empty", "", ""});
        all.push_back({"junk", junk, ""});
        all.push_back({"deep", deep, ""});
        for (const Malformed& bad : all) {
            INFO("format ", each->id, ", file ", bad.name);
            const Imported refused = import_file(each->id, dir.write(std::string(each->lone_file), bad.text));
            REQUIRE(!refused.report);
            INFO("message ", refused.message());
            CHECK(refused.message().find(bad.says) != std::string::npos);
        }
        CHECK(!import_file(each->id, dir.path() / "not-here.txt").report);
    }
}

TEST_CASE("a sample cut off anywhere is refused or read, and never breaks anything") {
    for (const FormatCase* each : all_cases()) {
        const TempDir dir;
        for (std::size_t size = 0; size < each->golden.size(); size += 1 + each->golden.size() / 60) {
            INFO("format ", each->id, " size ", size);
            const auto file = dir.write(std::string(each->lone_file), each->golden.substr(0, size));
            const Imported read = import_file(each->id, file);
            // A table of rows may end after any row; a document may not.
            if (each->id != "mot") CHECK(!read.report);
        }
    }
}

TEST_CASE("a stopped export leaves no labels behind, a stopped import changes nothing") {
    std::stop_source stop;
    stop.request_stop();
    for (const FormatCase* each : all_cases()) {
        INFO("format ", each->id);
        const TempDir dir;
        const labels::State state = sample_project();
        formats::WriteContext context = write_context(state);
        context.stop = stop.get_token();
        const auto stopped = formats::find_format(each->id)->write(state, dir.path() / each->out, context);
        REQUIRE(!stopped);
        CHECK(stopped.error().kind == base::ErrorKind::cancelled);
        CHECK(!std::filesystem::exists(dir.path() / each->golden_file));
        REQUIRE(export_to(each->id, state, dir.path() / each->out));
        labels::Document document;
        labels::Transaction transaction(document, "Import");
        formats::ReadContext read{transaction, document,         {}, formats::UnknownClasses::refuse,
                                  {},          stop.get_token(), {}};
        read.pts_of_frame = [](labels::AssetId, std::int64_t) { return labels::k_no_pts; };
        const auto stopped_read = formats::find_format(each->id)->read(dir.path() / each->out, read);
        REQUIRE(!stopped_read);
        CHECK(stopped_read.error().kind == base::ErrorKind::cancelled);
    }
}

TEST_CASE("two media go to two sequences or one file, and come back as two") {
    labels::State state = sample_project();
    {
        labels::Document document(state);
        labels::Transaction transaction(document, "test");
        labels::Asset other = state.assets.front();
        other.id = labels::AssetId::make();
        other.name = "other.mp4";
        other.position = 1;
        transaction.put_asset(other);
        labels::TrackInfo info;
        info.id = labels::TrackId::make();
        info.asset = other.id;
        info.class_id = state.ontology.classes[1].id;
        info.number = 7;
        transaction.put_track(info);
        labels::Keyframe keyframe;
        keyframe.frame = 2;
        keyframe.geometry = labels::Box{1, 2, 3, 5};
        transaction.put_keyframe(info.id, keyframe);
        transaction.commit();
        state = document.state();
    }
    for (const FormatCase* each : all_cases()) {
        INFO("format ", each->id);
        const TempDir dir;
        const std::string out = each->id == "cvat-video" ? "folder" : std::string(each->out);
        const auto report = export_to(each->id, state, dir.path() / out);
        REQUIRE(report);
        const auto read_from =
            each->id == "cvat-video" ? dir.path() / out / "other.mp4.xml" : dir.path() / out;
        const Imported back = import_file(each->id, read_from);
        REQUIRE_MESSAGE(back.report, back.message());
        const labels::Asset* other = back.state().find_asset("other.mp4");
        REQUIRE(other != nullptr);
        CHECK(back.state().tracks_of(other->id).size() == 1);
        CHECK(back.state().assets.size() == (each->id == "cvat-video" ? 1 : 2));
    }
}

TEST_CASE("the manifest says which frames an export is of and what it lost") {
    const TempDir dir;
    const auto report = export_to("mot", sample_project(), dir.path() / "seq");
    REQUIRE(report);
    const std::string text = read_text(dir.path() / "seq" / "manifest.json");
    CHECK(text.find("\"frames\":6,\"first_frame\":0,\"last_frame\":5,\"first_pts\":0,\"last_pts\":2560,"
                    "\"time_base\":[1,12800]") != std::string::npos);
    CHECK(text.find("Shapes that are not boxes were written as their bounding boxes (2 of 3 labels).") !=
          std::string::npos);
    CHECK(text.find("\"gt/gt.txt\"") != std::string::npos);
    const std::string out = run_python("import json,sys; print(json.load(open(sys.argv[1]))['format'])",
                                       {(dir.path() / "seq" / "manifest.json").string()});
    if (out != "no python") CHECK(out == "mot\n");
}

TEST_CASE("a file that no format or several formats fit is named as such") {
    const TempDir dir;
    CHECK(formats::probe_format(dir.path() / "nothing").error().kind == base::ErrorKind::missing);
    CHECK(formats::probe_format(dir.write("a.txt", "")).error().kind == base::ErrorKind::malformed);
    const auto none = formats::probe_format(dir.write("b.txt", "hello"));
    REQUIRE(!none);
    CHECK(none.error().kind == base::ErrorKind::unsupported);
    CHECK(none.error().message.find("limn, cvat-video, mot, coco") != std::string::npos);
}

TEST_CASE("warnings are kept once and past a hundred only counted") {
    formats::Report report;
    for (int i = 0; i < 300; ++i) report.add_warning(fmt::format("{}.", i % 150));
    CHECK(report.warnings.size() == 100);
    CHECK(report.warnings_left_out == 100);
}
