// Playing in the window's workbench: picture, sound and loop together.
#include "app/workbench.h"
#include "sound_film.h"

namespace {

// A workbench on the real clock with the film open and its sound ready.
struct Bench {
    app::Workbench bench{app::Settings{}, [] {}};
    explicit Bench(const fs::path& film) {
        bench.open({film});
        REQUIRE(until([&] { return bench.idle() && bench.picture(); }));
        REQUIRE(bench.sound_state() == app::SoundState::ready);
    }
    template <class Holds>
    bool until(Holds holds) {
        return comes_true([&] {
            bench.update(steady_secs());
            return holds();
        });
    }
};

// The mean of the picture: what flashes is bright.
int brightness(const media::VideoFrame& frame) { return media::pixel_rgb(frame, 32, 24)[1]; }

}  // namespace

TEST_CASE("the_picture_flashes_where_the_click_is_heard") {
    const Film film{"disk"};
    Bench it{film.film};
    constexpr double k_rounding_secs = 1e-4;
    std::int64_t flashes = 0, wrong = 0;
    it.bench.play(true);
    REQUIRE(it.bench.playback().clock() == app::PlayClock::sound);
    REQUIRE(it.until([&] {
        // The frame due is the one at the place heard, whatever the machine was busy with.
        const double place = it.bench.playback().place_secs();
        const std::int64_t due = it.bench.playback().due();
        const double into_frame = place - static_cast<double>(due) / 25;
        wrong += into_frame < -k_rounding_secs || into_frame > 0.04 + k_rounding_secs;
        if (it.bench.picture_is_current() && it.bench.picture()->index == due) {
            const bool bright = brightness(*it.bench.picture()) > 128;
            flashes += bright;
            wrong += bright != (due > 0 && due % 25 == 0);
        }
        return due >= 60;
    }));
    CHECK(wrong == 0);
    CHECK(flashes > 0);
    it.bench.play(false);
    CHECK_FALSE(it.bench.playing());
    CHECK(it.bench.frame() == it.bench.shown_frame());
}

TEST_CASE("a_loop_in_the_window_repeats_picture_and_sound_and_is_kept_with_the_view") {
    const Film film{"disk"};
    fs::path project;
    {
        Bench it{film.film};
        it.bench.set_loop_begin(40);
        it.bench.set_loop_last(49);
        CHECK(it.bench.loop_in_force() == app::FrameSpan{40, 50});
        it.bench.play(true);  // from outside: at its begin
        CHECK(it.bench.frame() == 40);
        std::int64_t previous = 40, laps = 0, outside = 0;
        REQUIRE(it.until([&] {
            const std::int64_t frame = it.bench.frame();
            laps += frame < previous;
            outside += frame < 40 || frame >= 50;
            previous = frame;
            return laps == 3;
        }));
        CHECK(outside == 0);
        it.bench.set_speed(4);  // changes while playing
        CHECK(it.bench.playing());
        REQUIRE(it.until([&] {
            laps += it.bench.frame() < previous;
            previous = it.bench.frame();
            return laps == 6;
        }));
        it.bench.set_loop_on(false);
        REQUIRE(it.until([&] { return it.bench.frame() >= 60; }));
        it.bench.play(false);
        project = it.bench.project()->path();
    }
    Bench again{project};
    CHECK(again.bench.loop_range() == app::FrameSpan{40, 50});
    CHECK_FALSE(again.bench.loop_on());
    again.bench.clear_loop();
    CHECK(again.bench.loop_range().empty());
    again.bench.set_loop_on(true);  // nothing set: the whole film
    CHECK(again.bench.loop_in_force() == app::FrameSpan{0, 150});
}

TEST_CASE("backwards_and_without_a_device_the_monotonic_clock_leads") {
    const Film film{"disk"};
    Bench it{film.film};
    it.bench.go_to(20);
    REQUIRE(it.until([&] { return it.bench.idle(); }));
    it.bench.set_speed(8);
    it.bench.play(true, app::PlayDirection::backward);
    CHECK(it.bench.playing_backwards());
    CHECK(it.bench.playback().clock() == app::PlayClock::monotonic);
    REQUIRE(it.until([&] { return !it.bench.playing(); }));
    CHECK(it.bench.frame() == 0);

    ::setenv("SDL_DISKAUDIOFILE", "/nowhere/at/all", 1);
    it.bench.play(true);
    REQUIRE(it.until([&] { return !it.bench.playing(); }));
    CHECK(it.bench.frame() == 149);
    CHECK(it.bench.sound_state() == app::SoundState::no_device);
    CHECK(it.bench.toasts().empty());
}
