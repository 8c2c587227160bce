// No test here: the helpers, and one check that they see differences.

#include <cmath>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>
#include <unistd.h>

#include "format_test.h"
#include "formats/export_plan.h"
#include "formats/mask_runs.h"
#include "labels/interpolate.h"
#include "labels/json.h"
#include "masks/run_lengths.h"

namespace formats_test {

namespace {

using labels::ShapeKind;

labels::TrackId track_id(int n) {
    return {*base::parse_uuid(fmt::format("00000000-0000-7000-8000-0000000001{:02}", n))};
}
labels::ClassId class_id(int n) {
    return {*base::parse_uuid(fmt::format("00000000-0000-7000-8000-0000000002{:02}", n))};
}
labels::AttributeId attribute_id(int n) {
    return {*base::parse_uuid(fmt::format("00000000-0000-7000-8000-0000000003{:02}", n))};
}
labels::AssetId asset_id(int n) {
    return {*base::parse_uuid(fmt::format("00000000-0000-7000-8000-0000000004{:02}", n))};
}

std::string rounded(double v, double precision) { return fmt::format("{:.0f}", v / precision + 0.0); }

std::string describe_geometry(const labels::Geometry& geometry, ShapeKind kind,
                              const DescribeOptions& options) {
    const auto r = [&](double v) { return rounded(v, options.precision); };
    const auto* box = std::get_if<labels::Box>(&geometry);
    if (options.as_bounds || (box != nullptr && box->rotation_deg == 0 && kind == ShapeKind::box)) {
        const base::Rect rect = labels::bounds(geometry);
        return fmt::format("box {} {} {} {}", r(rect.x0), r(rect.y0), r(rect.x1), r(rect.y1));
    }
    if (box != nullptr)
        return fmt::format("{} {} {} {} {} {}", labels::name_of(kind), r(box->x0), r(box->y0), r(box->x1),
                           r(box->y1), r(std::fmod(box->rotation_deg + 360, 360)));
    if (const auto* path = std::get_if<labels::Path>(&geometry)) {
        std::string text(labels::name_of(kind));
        for (const base::Point p : path->points) text += " " + r(p.x) + "," + r(p.y);
        for (const auto start : path->ring_starts) text += fmt::format(" /{}", start);
        return text;
    }
    const auto counts = formats::counts_from_mask(std::get<labels::MaskRuns>(geometry), 640, 360);
    return "mask " + masks::coco_string(counts);
}

std::string describe_attributes(const labels::State& state, const labels::Track& track, std::int64_t frame) {
    std::map<std::string, std::string> values;
    for (const auto& [id, value] : labels::attributes_at(track, frame))
        for (const auto& attr : state.ontology.find(track.info.class_id)->attributes)
            if (attr.id == id) values[attr.name] = value;
    std::string text;
    for (const auto& [name, value] : values) text += " " + name + "=" + value;
    return text;
}

std::string describe_track(const labels::State& state, const labels::Track& track,
                           const DescribeOptions& options) {
    const labels::Asset* asset = state.find(track.info.asset);
    std::string text = state.ontology.find(track.info.class_id)->name;
    if (options.identity)
        text += fmt::format(" source {} group {} z {} extent {}", labels::name_of(track.info.source),
                            track.info.group, track.info.z_order, static_cast<int>(track.info.extent));
    for (std::int64_t frame = 0; frame < std::max<std::int64_t>(asset->frame_count, 1); ++frame) {
        const auto shape = labels::shape_at(track, frame);
        const auto* keyframe = track.keyframe_at(frame);
        if (options.keyframes && keyframe != nullptr)
            text += fmt::format("\n  {} key outside {}", frame, keyframe->outside);
        if (!shape) continue;
        text += fmt::format("\n  {} occluded {} {}", frame, shape->occluded,
                            describe_geometry(shape->geometry, track.info.shape, options));
        if (options.attributes) text += describe_attributes(state, track, frame);
    }
    return text;
}

labels::Geometry random_geometry(std::mt19937& random, ShapeKind kind, const RandomOptions& options) {
    const auto in = [&](double a, double b) { return std::uniform_real_distribution(a, b)(random); };
    if (kind == ShapeKind::box || kind == ShapeKind::ellipse) {
        const double x = in(0, 500), y = in(0, 300);
        return labels::Box{x, y, x + in(1, 100), y + in(1, 50),
                           options.rotation && random() % 3 == 0 ? in(1, 359) : 0};
    }
    if (kind == ShapeKind::mask) {
        labels::MaskRuns mask{static_cast<int>(random() % 500),
                              static_cast<int>(random() % 300),
                              static_cast<int>(1 + random() % 20),
                              static_cast<int>(1 + random() % 20),
                              {}};
        auto left = static_cast<std::uint32_t>(mask.width * mask.height);
        while (left > 0) {
            const std::uint32_t run = std::min(left, 1 + static_cast<std::uint32_t>(random() % 30));
            mask.runs.push_back(run);
            left -= run;
        }
        if (mask.runs.size() == 1) mask.runs.insert(mask.runs.begin(), 0);  // not empty
        return mask;
    }
    labels::Path path;
    const double cx = in(100, 500), cy = in(100, 250), size = in(10, 90);
    const int count =
        kind == ShapeKind::polygon ? 3 + static_cast<int>(random() % 6) : 2 + static_cast<int>(random() % 6);
    for (int i = 0; i < count; ++i) {
        const double angle = 6.28318 * i / count;
        path.points.push_back(
            {cx + size * in(0.8, 1) * std::cos(angle), cy + size * in(0.8, 1) * std::sin(angle)});
    }
    if (options.holes && kind == ShapeKind::polygon && random() % 2 == 0) {
        path.ring_starts.push_back(static_cast<std::uint32_t>(path.points.size()));
        for (const base::Point p : {base::Point{-2, -2}, {2, -2}, {2, 2}})
            path.points.push_back({cx + p.x, cy + p.y});
    }
    return path;
}

labels::Track random_track(std::mt19937& random, const labels::State& state, const RandomOptions& options) {
    labels::Track track;
    track.info.id = labels::TrackId::make();
    track.info.asset = state.assets.front().id;
    const labels::LabelClass& owner = state.ontology.classes[random() % 2];
    track.info.class_id = owner.id;
    track.info.number = static_cast<std::int64_t>(random() % 1000) + 1;
    track.info.shape = options.kinds[random() % options.kinds.size()];
    track.info.extent = random() % 3 == 0 ? labels::Extent::picture : labels::Extent::track;
    track.info.z_order = static_cast<int>(random() % 3);
    track.info.source = random() % 2 == 0 ? labels::Source::human : labels::Source::model;
    const bool with_attributes = options.attributes && !owner.attributes.empty() && random() % 2 == 0;
    if (with_attributes) labels::set_value(track.info.attributes, owner.attributes[0].id, "r<e>&d \"1\"");
    const std::int64_t frames = state.assets.front().frame_count;
    auto frame = static_cast<std::int64_t>(random() % static_cast<unsigned>(frames));
    do {
        labels::Keyframe keyframe;
        keyframe.frame = frame;
        keyframe.pts = 512 * frame;
        keyframe.geometry = random_geometry(random, track.info.shape, options);
        keyframe.outside = !track.keyframes.empty() && random() % 4 == 0;
        keyframe.occluded = random() % 3 == 0;
        keyframe.interpolate = random() % 4 != 0;
        keyframe.source = track.info.source;
        if (with_attributes && random() % 2 == 0)
            labels::set_value(keyframe.attributes, owner.attributes[1].id,
                              random() % 2 == 0 ? "true" : "false");
        track.keyframes.push_back(std::move(keyframe));
        frame += 1 + static_cast<std::int64_t>(random() % 6);
    } while (frame < frames && track.info.extent == labels::Extent::track && random() % 5 != 0);
    return track;
}

labels::State with_tracks(labels::State state, const std::vector<labels::Track>& tracks) {
    labels::Document document(std::move(state));
    labels::Transaction transaction(document, "test");
    for (const labels::Track& track : tracks) {
        transaction.put_track(track.info);
        for (const labels::Keyframe& keyframe : track.keyframes)
            transaction.put_keyframe(track.info.id, keyframe);
    }
    transaction.commit();
    return document.state();
}

}  // namespace

TempDir::TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "limn-formats-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    m_path = name;
}
TempDir::~TempDir() {
    std::error_code error;
    std::filesystem::remove_all(m_path, error);
}
std::filesystem::path TempDir::write(const std::string& name, std::string_view text) const {
    const std::filesystem::path file = m_path / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary).write(text.data(), static_cast<std::streamsize>(text.size()));
    return file;
}

bool Imported::warns_of(std::string_view part) const {
    return report &&
           std::any_of(report->warnings.begin(), report->warnings.end(),
                       [&](const std::string& each) { return each.find(part) != std::string::npos; });
}

Imported import_file(std::string_view format, const std::filesystem::path& file, const labels::State& start,
                     ImportOptions options) {
    const formats::FormatDriver* driver = formats::find_format(format);
    REQUIRE(driver != nullptr);
    Imported imported{std::make_unique<labels::Document>(start)};
    const std::string before = labels::state_hash(imported.state());
    {
        labels::Transaction transaction(*imported.document, "Import");
        formats::ReadContext context{transaction, *imported.document, {}, options.unknown_classes, {}, {},
                                     {}};
        if (options.onto_first_asset) context.asset = start.assets.front().id;
        context.pts_of_frame = [](labels::AssetId, std::int64_t) { return labels::k_no_pts; };
        imported.report = driver->read(file, context);
        if (imported.report) transaction.commit();
    }
    if (!imported.report) {
        CHECK(labels::state_hash(imported.state()) == before);
        CHECK(imported.message().find(file.filename().string()) != std::string::npos);
        CHECK(imported.message().find('\n') == std::string::npos);
    }
    return imported;
}

formats::WriteContext write_context(const labels::State& state) {
    formats::WriteContext context;
    for (const labels::Asset& asset : state.assets) context.assets.push_back(asset.id);
    context.pts_of_frame = [](labels::AssetId, std::int64_t frame) { return 512 * frame; };
    return context;
}

base::Result<formats::Report> export_to(std::string_view format, const labels::State& state,
                                        const std::filesystem::path& out) {
    const formats::FormatDriver* driver = formats::find_format(format);
    REQUIRE(driver != nullptr);
    return driver->write(state, out, write_context(state));
}

labels::State empty_video_project(std::int64_t frames) {
    labels::State state;
    labels::Attribute colour{attribute_id(1),       "colour",        labels::AttributeKind::select,
                             labels::Timing::fixed, {"red", "blue"}, "red"};
    labels::Attribute lights{attribute_id(2),          "lights", labels::AttributeKind::checkbox,
                             labels::Timing::changing, {},       "false"};
    state.ontology.classes = {{class_id(1), "car", 0x0072B2, "1", {}, {}, {colour, lights}, ""},
                              {class_id(2), "person", 0xE69F00, "2", {}, {}, {}, ""}};
    labels::Asset asset;
    asset.id = asset_id(1);
    asset.name = "clip.mp4";
    asset.width_px = 640;
    asset.height_px = 360;
    asset.frame_count = frames;
    asset.time_base = {1, 12800};
    asset.frame_rate = {25, 1};
    labels::Document document;
    labels::Transaction transaction(document, "test");
    transaction.put_ontology(state.ontology);
    transaction.put_asset(asset);
    transaction.commit();
    return document.state();
}

labels::State sample_project() {
    labels::State state = empty_video_project(6);
    const auto keyframe = [](std::int64_t frame, labels::Geometry geometry) {
        labels::Keyframe made;
        made.frame = frame;
        made.pts = 512 * frame;
        made.geometry = std::move(geometry);
        return made;
    };
    labels::Track car, hole, person;
    car.info = {.id = track_id(1), .asset = asset_id(1), .class_id = class_id(1), .number = 1};
    labels::set_value(car.info.attributes, attribute_id(1), "blue");
    car.keyframes = {keyframe(0, labels::Box{10, 20, 30, 40}), keyframe(2, labels::Box{14, 20.5, 34, 40.25}),
                     keyframe(4, labels::Box{14, 20.5, 34, 40.25})};
    labels::set_value(car.keyframes[0].attributes, attribute_id(2), "false");
    labels::set_value(car.keyframes[1].attributes, attribute_id(2), "true");
    car.keyframes[1].occluded = true;
    car.keyframes[2].outside = true;
    hole.info = {.id = track_id(2), .asset = asset_id(1), .class_id = class_id(2), .number = 1};
    hole.info.shape = ShapeKind::polygon;
    hole.info.extent = labels::Extent::picture;
    hole.info.group = 3;
    hole.keyframes = {keyframe(1, labels::Path{{{1, 1}, {5, 1}, {5, 4}}, {}})};
    person.info = {.id = track_id(3), .asset = asset_id(1), .class_id = class_id(2), .number = 2};
    person.info.shape = ShapeKind::mask;
    person.info.extent = labels::Extent::picture;
    person.keyframes = {keyframe(1, labels::MaskRuns{2, 3, 3, 2, {1, 2, 1, 2}})};
    return with_tracks(state, {car, hole, person});
}

labels::State random_project(unsigned seed, const RandomOptions& options) {
    std::mt19937 random(seed);
    const labels::State state = empty_video_project(15);
    std::vector<labels::Track> tracks;
    std::map<std::pair<labels::ClassId, std::int64_t>, bool> numbers;
    for (unsigned i = 0, count = 1 + static_cast<unsigned>(random() % 6); i < count; ++i) {
        labels::Track track = random_track(random, state, options);
        if (numbers.emplace(std::pair(track.info.class_id, track.info.number), true).second)
            tracks.push_back(std::move(track));
    }
    return with_tracks(state, tracks);
}

std::vector<std::string> describe(const labels::State& state, const DescribeOptions& options) {
    std::vector<std::string> texts;
    for (const auto& [id, track] : state.tracks) texts.push_back(describe_track(state, *track, options));
    std::sort(texts.begin(), texts.end());
    return texts;
}

std::string read_text(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
}

std::filesystem::path shared_data() {
    const auto path = std::filesystem::path(LIMN_SOURCE_DIR) / ".." / "shared" / "data" / "formats";
    std::error_code error;
    if (std::filesystem::exists(path, error)) return path;
    MESSAGE("skipped: no shared data at " << path.string());
    return {};
}

std::string run_python(const std::string& program, const std::vector<std::string>& arguments) {
    if (std::system("python3 -c pass >/dev/null 2>&1") != 0) {
        MESSAGE("skipped: no python3");
        return "no python";
    }
    const TempDir dir;
    const auto script = dir.write("check.py", program);
    std::string command = "python3 '" + script.string() + "'";
    for (const std::string& each : arguments) command += " '" + each + "'";
    command += " >'" + (dir.path() / "out").string() + "' 2>&1";
    const int status = std::system(command.c_str());
    const std::string out = read_text(dir.path() / "out");
    return status == 0 ? out : "python failed: " + out;
}

TEST_CASE("the description of labels tells a moved box, a lost keyframe and a changed attribute") {
    const labels::State state = sample_project();
    const auto before = describe(state);
    CHECK(before.size() == 3);
    labels::Document document(state);
    const labels::TrackId id = state.tracks_of(state.assets.front().id).front();
    labels::Transaction transaction(document, "test");
    labels::Keyframe keyframe = state.find(id)->keyframes[1];
    std::get<labels::Box>(keyframe.geometry).x0 += 1e-4;
    transaction.put_keyframe(id, keyframe);
    CHECK(describe(document.state()) != before);
    transaction.put_keyframe(id, state.find(id)->keyframes[1]);
    CHECK(describe(document.state()) == before);
    transaction.erase_keyframe(id, 4);
    CHECK(describe(document.state()) != before);
}

}  // namespace formats_test

TEST_CASE("names of files stay apart, whatever the media are called") {
    std::vector<labels::Asset> assets;
    for (const char* name : {"a.tif", "a.png", "a.png", "a.png.jpg", "legend.tif"}) {
        assets.emplace_back();
        assets.back().name = name;
    }
    std::vector<const labels::Asset*> all;
    for (const labels::Asset& each : assets) all.push_back(&each);
    CHECK(formats::unique_stems(all, {"legend"}) ==
          std::vector<std::string>{"a", "a.png", "a.png (2)", "a.png.jpg", "legend.tif"});
}
