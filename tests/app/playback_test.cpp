#include "app/playback.h"

#include <vector>

#include <doctest/doctest.h>

using app::FrameSpan;
using app::MediaPlace;
using app::Playback;
using app::PlayClock;
using app::PlayDesc;
using app::PlayDirection;

namespace {

// Frames at given times; 25 a second unless said otherwise.
class Table final : public app::FilmTimes {
public:
    explicit Table(std::int64_t frames) {
        for (std::int64_t i = 0; i < frames; ++i) m_secs.push_back(static_cast<double>(i) / 25);
    }
    explicit Table(std::vector<double> secs) : m_secs{std::move(secs)} {}
    std::int64_t count() const override { return static_cast<std::int64_t>(m_secs.size()); }
    bool complete() const override { return is_complete; }
    double secs_of(std::int64_t frame) const override { return m_secs.at(static_cast<std::size_t>(frame)); }
    std::int64_t frame_at(double secs) const override {
        std::int64_t at = 0;
        while (at + 1 < count() && secs_of(at + 1) <= secs + 1e-7) ++at;
        return at;
    }
    bool is_complete = true;

private:
    std::vector<double> m_secs;
};

// A person's eye: every frame that is due is on screen at once.
struct Player {
    const Table& times;
    Playback playback;
    double now = 1000;
    std::vector<std::int64_t> seen;

    void start(const PlayDesc& desc) {
        playback.start(desc, times, now);
        see();
    }
    void see() {
        if (seen.empty() || seen.back() != playback.due()) seen.push_back(playback.due());
        playback.note_on_screen(playback.due(), times);
    }
    // Sleeps as the window does, for that long in all.
    void run_for(double secs) {
        const double end = now + secs;
        for (;;) {
            const double wait = playback.secs_to_next(now, times);
            if (now + wait > end) break;
            now += wait + 1e-6;
            playback.advance(now, std::nullopt, times);
            see();
            if (playback.ended(times)) break;
        }
    }
};

std::vector<std::int64_t> counting(std::int64_t from, std::int64_t to, std::int64_t step = 1) {
    std::vector<std::int64_t> out;
    for (std::int64_t i = from; i != to; i += step) out.push_back(i);
    return out;
}

}  // namespace

TEST_CASE("sleeping_from_deadline_to_deadline_shows_every_frame_and_ends_after_the_last") {
    const Table times{10};
    Player it{times, {}, 1000, {}};
    it.start({.frame = 0});
    it.run_for(10);
    CHECK(it.seen == counting(0, 10));
    CHECK(it.playback.ended(times));
    CHECK(it.now == doctest::Approx(1000.4).epsilon(1e-6));  // the last frame has its time, too
    CHECK(it.playback.stats().dropped == 0);
    CHECK(it.playback.stats().shown == 10);
}

TEST_CASE("the_last_frame_of_a_loop_is_followed_by_its_first") {
    const Table times{100};
    Player it{times, {}, 1000, {}};
    it.start({.frame = 21, .loop = {20, 24}});
    it.run_for(0.4 - 0.01);
    CHECK(it.seen == std::vector<std::int64_t>{21, 22, 23, 20, 21, 22, 23, 20, 21, 22});
    CHECK(it.playback.stats().dropped == 0);
    CHECK_FALSE(it.playback.ended(times));
}

TEST_CASE("a_loop_of_uneven_frames_keeps_each_for_its_own_time") {
    const Table times{std::vector<double>{0, 0.1, 0.15, 0.45, 0.5}};
    Player it{times, {}, 1000, {}};
    it.start({.frame = 1, .loop = {1, 4}});
    std::vector<double> waits;
    for (int i = 0; i < 6; ++i) {
        const double wait = it.playback.secs_to_next(it.now, times);
        waits.push_back(wait);
        it.now += wait;
        it.playback.advance(it.now + 1e-7, std::nullopt, times);
        it.see();
    }
    for (std::size_t i = 0; i < 6; ++i)
        CHECK(waits[i] == doctest::Approx(std::vector{0.05, 0.3, 0.05}[i % 3]).epsilon(1e-3));
    CHECK(it.seen == std::vector<std::int64_t>{1, 2, 3, 1, 2, 3, 1});
}

TEST_CASE("frames_that_were_due_and_never_seen_are_counted_also_over_a_loops_seam") {
    const Table times{100};
    Playback it;
    it.start({.frame = 0}, times, 0);
    it.note_on_screen(0, times);
    it.advance(0.041, {}, times);
    it.note_on_screen(1, times);
    it.advance(0.201, {}, times);  // 2, 3, 4 were slept through
    CHECK(it.due() == 5);
    CHECK(it.stats().dropped == 3);
    it.advance(0.241, {}, times);  // 5 did not come in time
    CHECK(it.stats().dropped == 4);
    it.note_on_screen(5, times);  // but late, which is not never
    CHECK(it.stats().dropped == 3);
    it.note_on_screen(6, times);
    CHECK(it.stats().shown == 4);
    it.stop();

    it.start({.frame = 10, .loop = {10, 14}}, times, 0);
    CHECK(it.stats().dropped == 0);  // a new run counts anew
    it.note_on_screen(10, times);
    it.advance(0.04 * 9 + 0.001, {}, times);  // 10 11 12 13 | 10 11 12 13 | 10 11
    CHECK(it.due() == 11);
    CHECK(it.stats().dropped == 8);
}

TEST_CASE("a_change_of_speed_goes_on_from_the_place_and_keeps_the_count") {
    const Table times{100};
    Playback it;
    it.start({.frame = 0}, times, 50);
    it.advance(50.5, {}, times);
    CHECK(it.due() == 12);
    const std::int64_t dropped = it.stats().dropped;
    it.note_on_screen(12, times);
    it.start({.frame = it.due(), .from_secs = it.place_secs(), .speed = 2}, times, 50.5);
    it.advance(50.5, {}, times);
    CHECK(it.due() == 12);
    CHECK(it.stats().dropped == dropped);
    CHECK(it.secs_to_next(50.5, times) == doctest::Approx(0.01));
    it.advance(51.0, {}, times);
    CHECK(it.due() == 37);
    it.start({.frame = it.due(), .from_secs = it.place_secs(), .speed = 0.1}, times, 51);
    it.advance(52.0, {}, times);
    CHECK(it.due() == 40);
}

TEST_CASE("backwards_every_frame_has_its_time_down_to_the_first") {
    const Table times{100};
    Player it{times, {}, 1000, {}};
    it.start({.frame = 6, .speed = 2, .direction = PlayDirection::backward});
    CHECK(it.playback.secs_to_next(it.now, times) == doctest::Approx(0.02));
    it.run_for(10);
    CHECK(it.seen == counting(6, -1, -1));
    CHECK(it.playback.ended(times));
    CHECK(it.playback.stats().dropped == 0);
    CHECK(it.now == doctest::Approx(1000.14).epsilon(1e-6));

    it.playback.stop();
    it.seen.clear();
    it.start({.frame = 21, .direction = PlayDirection::backward, .loop = {20, 23}});
    it.run_for(0.24 - 0.01);
    CHECK(it.seen == std::vector<std::int64_t>{21, 20, 22, 21, 20, 22});
}

TEST_CASE("with_sound_the_frame_is_the_one_at_the_place_heard") {
    const Table times{100};
    Playback it;
    it.start({.frame = 5, .clock = PlayClock::sound}, times, 0);
    // Nothing is heard yet: time stands.
    CHECK(it.advance(0.3, {}, times) == 5);
    CHECK(it.secs_to_next(0.3, times) < 0.02);
    it.note_on_screen(5, times);
    CHECK(it.advance(0.31, MediaPlace{0.205, 0}, times) == 5);
    CHECK(it.secs_to_next(0.31, times) == doctest::Approx(0.035));
    CHECK(it.advance(0.35, MediaPlace{0.245, 0}, times) == 6);
    CHECK(it.advance(0.352, MediaPlace{0.239, 0}, times) == 6);  // trembling does not lead back
    it.note_on_screen(6, times);
    CHECK(it.stats().error_ms_max == doctest::Approx(5));  // 5 was on screen until 0.245
    it.advance(0.5, MediaPlace{0.3, 0}, times);
    CHECK(it.stats().error_ms_max == doctest::Approx(20));
    CHECK(it.stats().dropped == 0);
    CHECK(it.due() == 7);
    it.advance(5, MediaPlace{4.5, 0}, times);  // after the film's end there is nothing to be late for
    CHECK(it.stats().error_ms_max == doctest::Approx(20));
    CHECK(it.ended(times));
}

TEST_CASE("error_is_measured_across_a_loops_seam_and_as_the_person_hears_it") {
    const Table times{100};
    Playback it;
    it.start({.frame = 13, .speed = 2, .loop = {10, 14}, .clock = PlayClock::sound}, times, 0);
    it.advance(0, MediaPlace{0.55, 0}, times);
    it.note_on_screen(13, times);
    CHECK(it.advance(0.02, MediaPlace{0.41, 1}, times) == 10);
    CHECK(it.stats().error_ms_max == doctest::Approx(5));  // 10 ms of film at double speed
    it.advance(0.03, MediaPlace{0.43, 1}, times);          // 13 is still on screen
    CHECK(it.stats().error_ms_max == doctest::Approx(15));
    it.note_on_screen(10, times);
    it.advance(0.031, MediaPlace{0.432, 1}, times);
    CHECK(it.stats().error_ms_max == doctest::Approx(15));
    CHECK(it.stats().dropped == 0);
    CHECK(it.stats().error_ms_p95() == doctest::Approx(15).epsilon(0.01));
}

TEST_CASE("sound_that_does_not_come_or_breaks_off_hands_over_to_the_monotonic_clock") {
    const Table times{100};
    Playback it;
    it.start({.frame = 0, .clock = PlayClock::sound}, times, 0);
    it.advance(0.5, {}, times);
    CHECK(it.clock() == PlayClock::sound);
    it.advance(1.2, {}, times);
    CHECK(it.clock() == PlayClock::monotonic);
    CHECK(it.due() == 0);
    CHECK(it.advance(1.33, {}, times) == 3);

    it.stop();
    it.start({.frame = 0, .clock = PlayClock::sound}, times, 10);
    it.advance(10.1, MediaPlace{0.1, 0}, times);
    it.lose_sound(10.1);
    CHECK(it.advance(10.2, {}, times) == 5);
}

TEST_CASE("a_late_picture_is_told_from_one_of_the_next_lap") {
    const Table times{100};
    Playback it;
    it.start({.frame = 10, .loop = {10, 20}}, times, 0);
    it.advance(0.04 * 11 + 0.001, {}, times);
    CHECK(it.due() == 11);
    CHECK(it.age(11) == 0);
    CHECK(it.age(10) == 1);
    CHECK(it.age(19) == 2);  // of the lap before
    CHECK(it.age(12) == 9);
    CHECK(it.age(5) > 1000);  // outside
}

TEST_CASE("while_frames_are_still_becoming_known_playing_waits_for_them") {
    Table times{5};
    times.is_complete = false;
    Playback it;
    it.start({.frame = 0}, times, 0);
    it.advance(3, {}, times);
    CHECK(it.due() == 4);
    CHECK_FALSE(it.ended(times));
    CHECK(it.secs_to_next(3, times) > 1e6);
    times.is_complete = true;
    CHECK(it.ended(times));
}
