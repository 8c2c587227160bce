#include "app/demo.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "app/project.h"
#include "labels/interpolate.h"
#include "media/demo_clip.h"
#include "media/video_source.h"

namespace {

struct TempFolder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / fmt::format("limn-demo-{}", ::getpid());
    TempFolder() { std::filesystem::create_directories(path); }
    ~TempFolder() { std::filesystem::remove_all(path); }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
};

const labels::Track* track_of(const labels::State& state, std::string_view class_name) {
    const labels::LabelClass* wanted = state.ontology.find(class_name);
    for (const auto& [id, track] : state.tracks)
        if (wanted && track->info.class_id == wanted->id) return track.get();
    return nullptr;
}

}  // namespace

TEST_CASE("demo_project_labels_agree_with_the_drawing_on_every_frame") {
    const TempFolder folder;
    const auto path = app::make_demo_project(folder.path / "demo");
    REQUIRE(path.has_value());
    const auto project = app::Project::open(*path, labels::Access::read_only);
    REQUIRE(project.has_value());
    const labels::State& state = (*project)->document().state();
    REQUIRE(state.assets.size() == 1);
    CHECK(labels::locate_media(state.assets[0], *path).has_value());
    const labels::Track *ball = track_of(state, "ball"), *person = track_of(state, "person");
    REQUIRE(ball);
    REQUIRE(person);
    for (std::int64_t frame = 0; frame < media::k_demo_frames; ++frame) {
        const auto shown = labels::shape_at(*ball, frame);
        REQUIRE(shown);
        CHECK(base::iou(labels::bounds(shown->geometry), media::demo_ball(frame)) > 0.999);
        const auto walking = labels::shape_at(*person, frame);
        const auto walk = media::k_demo_walk;
        REQUIRE(walking.has_value() == (frame >= walk.first && frame < walk.end));
        if (!walking) continue;
        CHECK(base::iou(labels::bounds(walking->geometry), media::demo_person(frame)) > 0.999);
        CHECK(walking->occluded == (frame >= walk.hidden_first && frame < walk.hidden_end));
    }
}

TEST_CASE("demo_keyframes_carry_the_pts_of_their_frames") {
    const TempFolder folder;
    const auto path = app::make_demo_project(folder.path);
    REQUIRE(path.has_value());
    const auto project = app::Project::open(*path, labels::Access::read_only);
    REQUIRE(project.has_value());
    const auto reader = media::FrameReader::open(folder.path / "demo.mp4");
    REQUIRE(reader.has_value());
    const labels::Track* ball = track_of((*project)->document().state(), "ball");
    REQUIRE(ball);
    for (const auto& keyframe : ball->keyframes) CHECK(keyframe.pts == reader->pts_of(keyframe.frame));
}

TEST_CASE("demo_that_is_there_is_left_as_the_user_changed_it") {
    const TempFolder folder;
    REQUIRE(app::make_demo_project(folder.path).has_value());
    {
        const auto project = app::Project::open(folder.path / "demo.limn", labels::Access::read_write);
        REQUIRE(project.has_value());
        labels::Transaction edit{(*project)->document(), "Erase"};
        edit.erase_track(track_of((*project)->document().state(), "ball")->info.id);
        CHECK(edit.commit());
        CHECK((*project)->flush().has_value());
    }
    REQUIRE(app::make_demo_project(folder.path).has_value());
    const auto project = app::Project::open(folder.path / "demo.limn", labels::Access::read_only);
    REQUIRE(project.has_value());
    CHECK((*project)->document().state().tracks.size() == 1);
}

TEST_CASE("demo_in_a_folder_that_cannot_be_made_says_so") {
    const auto made = app::make_demo_project("/proc/limn-demo");
    REQUIRE_FALSE(made.has_value());
    CHECK(made.error().kind == base::ErrorKind::io);
    CHECK(made.error().message.ends_with("/proc/limn-demo"));
}
