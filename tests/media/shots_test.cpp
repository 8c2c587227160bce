#include "media/shots.h"

#include <filesystem>
#include <random>
#include <thread>

#include <doctest/doctest.h>

#include "base/file.h"
#include "base/side_file.h"
#include "fixtures.h"
#include "media/video_source.h"

namespace fs = std::filesystem;
using media::FramePtr;
using media::Shot;
using media::ShotDetector;
using media::ShotParameters;

namespace {

// ---- synthetic pictures of 64x36, luma from a function, chroma flat
template <class Luma>
FramePtr picture(Luma luma, int u = 128, int v = 128) {
    constexpr int k_width = 64, k_height = 36;
    auto memory = std::make_shared<std::vector<std::uint8_t>>(std::size_t{3} * k_width * k_height);
    auto frame = std::make_shared<media::VideoFrame>();
    frame->width_px = k_width;
    frame->height_px = k_height;
    for (int p = 0; p < 3; ++p) {
        std::uint8_t* plane = memory->data() + std::ptrdiff_t{p} * k_width * k_height;
        for (int y = 0; y < k_height; ++y)
            for (int x = 0; x < k_width; ++x)
                plane[y * k_width + x] = static_cast<std::uint8_t>(std::clamp(p == 0   ? luma(x, y)
                                                                              : p == 1 ? u
                                                                                       : v,
                                                                              0, 255));
        frame->planes[static_cast<std::size_t>(p)] = {plane, k_width, k_width, k_height};
    }
    frame->owner = std::move(memory);
    return frame;
}

// A textured scene of its own for each seed, looked at from a place that may move.
FramePtr scene(int seed, double offset = 0, int brighter = 0) {
    const double a = 0.11 + 0.07 * (seed % 5), b = 0.23 + 0.05 * (seed % 3);
    return picture(
        [=](int x, int y) {
            const double at = x + offset;
            return static_cast<int>(60 + 35 * (seed % 4) + 40 * std::sin(a * at + seed) +
                                    25 * std::cos(b * y + 0.3 * at)) +
                   brighter;
        },
        100 + 17 * (seed % 4), 150 - 13 * (seed % 5));
}

FramePtr with_noise(const FramePtr& clean, std::mt19937& random, int amount) {
    std::uniform_int_distribution<int> noise{-amount, amount};
    const media::Plane plane = clean->planes[0];
    return picture([&](int x, int y) { return plane.data[y * 64 + x] + noise(random); },
                   clean->planes[1].data[0], clean->planes[2].data[0]);
}

std::vector<std::int64_t> cuts_of(const std::vector<FramePtr>& pictures) {
    ShotDetector detector{ShotParameters{}};
    std::vector<std::int64_t> cuts;
    for (const FramePtr& each : pictures)
        if (const auto cut = detector.add(each)) cuts.push_back(*cut);
    while (const auto cut = detector.finish()) cuts.push_back(*cut);
    return cuts;
}

using Cuts = std::vector<std::int64_t>;

// ---- a film of three sources, 50, 38 and 62 pictures
fs::path three_scenes() {
    return fixtures::film("three_scenes.mp4",
                          "-f lavfi -i testsrc2=size=320x180:rate=25:duration=2 "
                          "-f lavfi -i mandelbrot=size=320x180:rate=25:maxiter=200 "
                          "-f lavfi -i smptehdbars=size=320x180:rate=25:duration=2.48 "
                          "-filter_complex '[0:v]setsar=1,format=yuv420p[a];"
                          "[1:v]trim=end_frame=38,setsar=1,format=yuv420p[b];[2:v]setsar=1,format=yuv420p[c];"
                          "[a][b][c]concat=n=3' -c:v libx264 -g 30 -bf 2 -preset veryfast");
}

base::Result<std::vector<Shot>> shots_of(const fs::path& film, std::stop_token stop = {}) {
    std::vector<Shot> shots;
    media::ShotTask task;
    task.film = film;
    task.found = [&](Shot shot) { shots.push_back(shot); };
    const auto pictures = media::find_shots(task, stop);
    if (!pictures) return std::unexpected(pictures.error());
    return shots;
}

std::vector<std::int64_t> frames_of(const std::vector<Shot>& shots) {
    std::vector<std::int64_t> frames;
    for (const Shot& shot : shots) frames.push_back(shot.frame);
    return frames;
}

}  // namespace

TEST_CASE("a_hard_cut_is_found_at_its_first_picture") {
    std::vector<FramePtr> film;
    for (int seed : {1, 2, 3})
        for (int i = 0; i < 20 + seed; ++i) film.push_back(scene(seed, 0.3 * i));
    CHECK(cuts_of(film) == Cuts{21, 43});
}

TEST_CASE("a_cut_right_before_the_end_or_after_the_beginning_is_found_when_the_shots_are_long_enough") {
    std::vector<FramePtr> film;
    for (int i = 0; i < 8; ++i) film.push_back(scene(1));
    for (int i = 0; i < 30; ++i) film.push_back(scene(2));
    for (int i = 0; i < 3; ++i) film.push_back(scene(3));
    CHECK(cuts_of(film) == Cuts{8, 38});
}

TEST_CASE("a_flash_of_a_few_pictures_is_no_cut") {
    for (int length : {1, 2, 4}) {
        CAPTURE(length);
        std::vector<FramePtr> film;
        for (int i = 0; i < 60; ++i) {
            const bool lit = i >= 30 && i < 30 + length;
            film.push_back(scene(1, 0.2 * i, lit ? 120 : 0));
        }
        CHECK(cuts_of(film).empty());
    }
}

TEST_CASE("a_pan_is_no_cut_however_fast") {
    for (double speed : {0.5, 2.0, 6.0}) {
        CAPTURE(speed);
        std::vector<FramePtr> film;
        for (int i = 0; i < 80; ++i) film.push_back(scene(2, speed * i));
        CHECK(cuts_of(film).empty());
    }
}

TEST_CASE("noise_is_no_cut_and_hides_none") {
    std::mt19937 random{7};
    std::vector<FramePtr> film;
    for (int i = 0; i < 40; ++i) film.push_back(with_noise(scene(1), random, 12));
    CHECK(cuts_of(film).empty());
    for (int i = 0; i < 40; ++i) film.push_back(with_noise(scene(3), random, 12));
    CHECK(cuts_of(film) == Cuts{40});
}

TEST_CASE("a_slow_fade_is_no_cut") {
    std::vector<FramePtr> film;
    for (int i = 0; i < 100; ++i) film.push_back(scene(1, 0, -i));
    CHECK(cuts_of(film).empty());
}

TEST_CASE("pictures_shown_twice_are_no_cuts_and_hide_none") {
    std::vector<FramePtr> film;
    for (int i = 0; i < 60; ++i) film.push_back(scene(2, 4.0 * (i / 3)));
    CHECK(cuts_of(film).empty());
    for (int i = 0; i < 60; ++i) film.push_back(scene(1, 4.0 * (i / 3)));
    CHECK(cuts_of(film) == Cuts{60});
}

TEST_CASE("the_cuts_of_a_film_of_three_sources_are_exact_and_have_the_index_s_stamps") {
    const fs::path film = three_scenes();
    const auto shots = shots_of(film);
    REQUIRE(shots);
    CHECK(frames_of(*shots) == Cuts{0, 50, 88});
    const auto reader = media::FrameReader::open(film);
    REQUIRE(reader);
    CHECK(reader->info().frame_count == 150);
    for (const Shot& shot : *shots) CHECK(reader->pts_of(shot.frame) == shot.pts);
}

TEST_CASE("looking_for_shots_stops_when_told_and_while_it_rests") {
    std::stop_source stop;
    stop.request_stop();
    const auto stopped = shots_of(three_scenes(), stop.get_token());
    REQUIRE_FALSE(stopped);
    CHECK(stopped.error().kind == base::ErrorKind::cancelled);

    media::ShotTask task;
    task.film = three_scenes();
    task.pause = std::make_shared<base::Pause>();
    task.pause->set(true);
    int found = 0;
    task.found = [&](Shot) { ++found; };
    base::Result<std::int64_t> result = 0;
    std::jthread worker{[&](std::stop_token token) { result = media::find_shots(task, token); }};
    worker.request_stop();
    worker.join();
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == base::ErrorKind::cancelled);
    CHECK(found == 0);
}

TEST_CASE("what_is_no_film_gives_an_error") {
    const fs::path file = fixtures::folder() / "no_film.mp4";
    auto out = base::AtomicFile::create(file);
    REQUIRE(out);
    out->write("this is text");
    REQUIRE(out->commit());
    CHECK_FALSE(shots_of(file));
}

TEST_CASE("the_side_file_gives_back_the_shots_and_refuses_any_damage") {
    const ShotParameters parameters;
    const std::vector<Shot> shots{{0, 512}, {50, 26112}, {88, 45568}};
    const std::string bytes = media::shot_bytes(parameters, shots);
    CHECK(media::shots_from_bytes(bytes, parameters) == shots);
    ShotParameters others;
    others.least_content = 30;
    CHECK_FALSE(media::shots_from_bytes(bytes, others));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        std::string damaged = bytes;
        damaged[i] = static_cast<char>(damaged[i] ^ 0x40);
        CHECK_FALSE(media::shots_from_bytes(damaged, parameters));
        CHECK_FALSE(media::shots_from_bytes(std::string_view{bytes}.substr(0, i), parameters));
    }
    // Well sealed, but not ascending.
    CHECK_FALSE(media::shots_from_bytes(media::shot_bytes(parameters, {{5, 1}, {5, 2}}), parameters));
    CHECK_FALSE(media::shots_from_bytes(media::shot_bytes(parameters, {}), parameters));
}

TEST_CASE("shots_written_for_a_film_are_read_for_it_and_a_damaged_file_is_as_none") {
    const fs::path cache = fixtures::folder() / fmt::format("shots-cache-{}", getpid());
    setenv("XDG_CACHE_HOME", cache.c_str(), 1);
    const fs::path film = three_scenes();
    const ShotParameters parameters;
    CHECK_FALSE(media::read_shots(film, parameters));
    const std::vector<Shot> shots{{0, 0}, {50, 25600}};
    media::write_shots(film, parameters, shots);
    CHECK(media::read_shots(film, parameters) == shots);
    fs::resize_file(base::side_file("shots", film, "bin"), 40);
    CHECK_FALSE(media::read_shots(film, parameters));
    media::write_shots(film, parameters, shots);
    CHECK(media::read_shots(film, parameters) == shots);
    unsetenv("XDG_CACHE_HOME");
    fs::remove_all(cache);
}
