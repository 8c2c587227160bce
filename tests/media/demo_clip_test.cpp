#include "media/demo_clip.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "media/clip_encoder.h"
#include "media/video_source.h"

namespace {

struct TempFolder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / fmt::format("limn-demo-clip-{}", ::getpid());
    TempFolder() { std::filesystem::create_directories(path); }
    ~TempFolder() { std::filesystem::remove_all(path); }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
};

}  // namespace

TEST_CASE("demo_clip_shows_the_ball_where_it_says_on_every_frame") {
    const TempFolder folder;
    const auto clip = folder.path / "demo.mp4";
    REQUIRE(media::write_demo_clip(clip).has_value());
    CHECK(!std::filesystem::exists(folder.path / "demo.mp4.part"));
    auto reader = media::FrameReader::open(clip);
    REQUIRE(reader.has_value());
    CHECK(reader->info().frame_count == media::k_demo_frames);
    CHECK(reader->info().width_px == media::k_demo_width_px);
    CHECK_FALSE(reader->info().variable_rate);
    int red_frames = 0;
    for (std::int64_t frame = 0; frame < media::k_demo_frames; ++frame) {
        const auto picture = reader->read(frame);
        REQUIRE(picture.has_value());
        const auto rgba = media::to_rgba(**picture);
        const base::Point at = media::demo_ball(frame).centre() + base::Point{4, 4};  // beside the shine
        const auto pixel = (std::size_t(at.y) * media::k_demo_width_px + std::size_t(at.x)) * 4;
        red_frames += rgba[pixel] > 180 && rgba[pixel + 1] < 90 && rgba[pixel + 2] < 80;
    }
    CHECK(red_frames == media::k_demo_frames);
}

TEST_CASE("demo_motion_is_linear_between_the_frames_that_get_keyframes") {
    for (std::size_t leg = 0; leg + 1 < media::k_demo_ball_turns.size(); ++leg) {
        const auto first = media::k_demo_ball_turns[leg], last = media::k_demo_ball_turns[leg + 1];
        const auto a = media::demo_ball(first), b = media::demo_ball(last);
        for (auto frame = first; frame <= last; ++frame) {
            const double t = double(frame - first) / double(last - first);
            CHECK(media::demo_ball(frame).x0 == doctest::Approx(a.x0 + (b.x0 - a.x0) * t));
            CHECK(media::demo_ball(frame).y1 == doctest::Approx(a.y1 + (b.y1 - a.y1) * t));
        }
    }
}

TEST_CASE("demo_person_is_whole_in_the_picture_while_labelled") {
    const auto walk = media::k_demo_walk;
    CHECK(media::demo_person(walk.first).x0 >= 0);
    CHECK(media::demo_person(walk.first - 1).x0 < 0);
    CHECK(media::demo_person(walk.end - 1).x1 <= media::k_demo_width_px);
    CHECK(media::demo_person(walk.end).x1 > media::k_demo_width_px);
}

TEST_CASE("encoder_that_cannot_write_says_so_and_leaves_nothing") {
    const auto made =
        media::ClipEncoder::create("/nonexistent-folder/clip.mp4", {.width_px = 64, .height_px = 48});
    REQUIRE_FALSE(made.has_value());
    CHECK(made.error().kind == base::ErrorKind::io);
    CHECK(made.error().message.ends_with("/nonexistent-folder/clip.mp4"));
}

TEST_CASE("encoder_that_is_not_finished_leaves_no_file") {
    const TempFolder folder;
    {
        auto encoder =
            media::ClipEncoder::create(folder.path / "clip.mp4", {.width_px = 64, .height_px = 48});
        REQUIRE(encoder.has_value());
        CHECK(encoder->add(std::vector<std::uint8_t>(64 * 48 * 3, 90)).has_value());
    }
    CHECK(std::filesystem::is_empty(folder.path));
}
