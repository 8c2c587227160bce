// What reaches the sound device: SDL's disk driver writes it into a file, so no sound card is needed.
#include "app/sound_output.h"

#include <array>
#include <cmath>
#include <fstream>
#include <span>
#include <thread>
#include <vector>

#include "app/sample_ring.h"
#include "sound_film.h"

namespace {

struct Stereo {
    std::vector<float> left, right;
};

Stereo load(const fs::path& file) {
    std::ifstream in{file, std::ios::binary};
    Stereo out;
    std::array<float, 2> frame{};
    while (in.read(reinterpret_cast<char*>(frame.data()), sizeof frame)) {
        out.left.push_back(frame[0]);
        out.right.push_back(frame[1]);
    }
    return out;
}

std::size_t first_loud(std::span<const float> sound, std::size_t from, float least) {
    while (from < sound.size() && std::abs(sound[from]) < least) ++from;
    return from;
}

std::vector<std::size_t> clicks(std::span<const float> sound, std::size_t quiet) {
    std::vector<std::size_t> at;
    for (std::size_t i = 0; (i = first_loud(sound, i, 0.2f)) < sound.size(); i += quiet) at.push_back(i);
    return at;
}

double frequency(std::span<const float> sound) {
    std::vector<std::size_t> up;
    for (std::size_t i = 1; i < sound.size(); ++i)
        if (sound[i - 1] < 0 && sound[i] >= 0) up.push_back(i);
    REQUIRE(up.size() > 2);
    return static_cast<double>(up.size() - 1) * 48000 / static_cast<double>(up.back() - up.front());
}

struct Played {
    Stereo sound;
    std::int64_t late_frames = 0;
    double last_heard_secs = 0;
    std::int64_t laps = 0;
};

// Plays until `until_secs` of the film (or that many laps) have been heard. A machine too busy to fill the
// ring in time puts silence between, so that it is tried again, at most ten times.
Played play(const Film& film, const app::SoundRequest& request, double until_secs,
            std::int64_t until_laps = 0) {
    Played played;
    for (int attempt = 0; attempt < 10; ++attempt) {
        played = {};
        {
            app::SoundOutput output{[] {}};
            output.open(film.film, std::nullopt);
            REQUIRE(comes_true([&] { return output.state() == app::SoundState::ready; }));
            output.start(request);
            REQUIRE(comes_true([&] {
                const auto heard = output.heard(steady_secs());
                if (heard) played.last_heard_secs = heard->secs;
                if (heard) played.laps = heard->laps;
                return heard &&
                       (heard->laps > until_laps || (heard->laps == until_laps && heard->secs >= until_secs));
            }));
            played.late_frames = output.late_frames();
        }
        played.sound = load(film.captured);
        if (played.late_frames == 0) break;
    }
    REQUIRE(played.late_frames == 0);
    return played;
}

}  // namespace

TEST_CASE("the_ring_gives_what_was_written_and_nothing_that_was_shut_away") {
    app::SampleRing ring{8};
    std::array<float, 16> out{};
    ring.write(std::array{1.f, 1.f, 2.f, 2.f});
    CHECK(ring.read(out).count == 0);  // shut
    CHECK(ring.shut() == 2);
    ring.write(std::array{3.f, 3.f, 4.f, 4.f, 5.f, 5.f});
    CHECK(ring.waiting() == 3);
    ring.open();
    auto taken = ring.read(std::span{out}.first(4));
    CHECK(taken.first == 2);
    CHECK(taken.count == 2);
    CHECK(out[0] == 3);
    CHECK(out[3] == 4);
    CHECK(ring.room() == 7);
    ring.write(std::vector<float>(14, 6.f));
    CHECK(ring.room() == 0);
    taken = ring.read(out);
    CHECK(taken.count == 8);
    CHECK(out[0] == 5);
    CHECK(out[15] == 6);
    CHECK(ring.read(out).count == 0);
    CHECK(ring.room() == 8);
}

TEST_CASE("two_threads_pass_a_million_frames_through_the_ring_in_order") {
    app::SampleRing ring{1024};
    ring.open();
    constexpr int k_frames = 1'000'000;
    std::jthread writer{[&] {
        std::array<float, 2 * 64> chunk{};
        for (int at = 0; at < k_frames; at += 64) {
            for (int i = 0; i < 64; ++i) chunk[2 * i] = chunk[2 * i + 1] = static_cast<float>(at + i);
            while (ring.room() < 64) std::this_thread::yield();
            ring.write(chunk);
        }
    }};
    std::array<float, 2 * 100> got{};
    int next = 0, wrong = 0;
    while (next < k_frames) {
        const auto taken = ring.read(got);
        for (std::size_t i = 0; i < taken.count; ++i, ++next)
            wrong += got[2 * i] != static_cast<float>(next) || got[2 * i + 1] != static_cast<float>(next);
        if (taken.count == 0) std::this_thread::yield();
    }
    CHECK(wrong == 0);
}

TEST_CASE("clicks_reach_the_device_at_their_times_at_every_speed_with_the_pitch_kept") {
    const Film film{"disk"};
    for (const double speed : {1.0, 0.5, 2.0}) {
        CAPTURE(speed);
        constexpr double k_from_secs = 0.5;
        const Played played = play(film, {.from_secs = k_from_secs, .speed = speed}, speed < 1 ? 2.6 : 4.6);
        const std::size_t begin = first_loud(played.sound.right, 0, 0.02f);  // the tone: playing has begun
        const auto found = clicks(played.sound.left, static_cast<std::size_t>(0.5 * 48000 / speed));
        REQUIRE(found.size() >= (speed < 1 ? 2 : 4));
        for (std::size_t k = 0; k < found.size(); ++k) {
            const double secs = k_from_secs + static_cast<double>(found[k] - begin) / 48000 * speed;
            // Stretching moves pieces by up to a fiftieth of a second.
            CHECK(std::abs(secs - static_cast<double>(k + 1)) < (speed == 1 ? 0.001 : 0.025));
        }
        const std::span<const float> tone = std::span{played.sound.right}.subspan(begin + 2400, 48000);
        CHECK(frequency(tone) == doctest::Approx(440).epsilon(0.02));
        // The place heard is the place captured, less what the device has not played yet and what came while
        // the thread was stopped.
        const double captured_secs =
            k_from_secs + static_cast<double>(played.sound.left.size() - begin) / 48000 * speed;
        CHECK(played.last_heard_secs <= captured_secs);
    }
}

TEST_CASE("the_sound_of_a_loop_goes_round_sample_by_sample") {
    const Film film{"disk"};
    // From just before the burst at 2 s: the loop is 0.25 s long.
    const Played played =
        play(film, {.from_secs = 1.9, .speed = 1, .loop_begin_secs = 1.9, .loop_end_secs = 2.15}, 2.0, 3);
    const auto found = clicks(played.sound.left, 4800);
    REQUIRE(found.size() >= 3);
    for (std::size_t k = 1; k < found.size(); ++k) CHECK(found[k] - found[k - 1] == 12000);
    CHECK(found[0] - first_loud(played.sound.right, 0, 0.02f) < 4800 + 48);
}

TEST_CASE("muting_is_silence_that_keeps_time") {
    const Film film{"disk"};
    app::SoundOutput output{[] {}};
    output.set_gain(0);
    output.open(film.film, std::nullopt);
    REQUIRE(comes_true([&] { return output.state() == app::SoundState::ready; }));
    output.start({.from_secs = 0.9});
    double before = 0;
    REQUIRE(comes_true([&] {
        const auto heard = output.heard(steady_secs());
        if (!heard) return false;
        REQUIRE(heard->secs >= before - 0.03);  // the device's thread trembles, the clock does not leap
        before = heard->secs;
        return heard->secs > 1.2;
    }));
    output.stop();
    CHECK_FALSE(output.heard(steady_secs()).has_value());
    output.close();
    CHECK(output.state() == app::SoundState::none);
    const Stereo sound = load(film.captured);
    REQUIRE_FALSE(sound.left.empty());
    CHECK(first_loud(sound.left, 0, 1e-3f) == sound.left.size());
}

TEST_CASE("a_film_without_sound_and_a_machine_without_a_device_say_so") {
    {
        const Film film{"disk"};
        const fs::path silent = film.folder / "silent.mp4";
        REQUIRE(std::system(("ffmpeg -v error -i " + film.film.string() + " -an -c copy " + silent.string())
                                .c_str()) == 0);
        app::SoundOutput output{[] {}};
        output.open(silent, std::nullopt);
        CHECK(comes_true([&] { return output.state() == app::SoundState::no_sound; }));
    }
    const Film film{"disk"};
    ::setenv("SDL_DISKAUDIOFILE", "/nowhere/at/all", 1);  // the driver cannot open its device
    app::SoundOutput output{[] {}};
    output.open(film.film, std::nullopt);
    REQUIRE(comes_true([&] { return output.state() == app::SoundState::ready; }));
    output.start({});
    CHECK(comes_true([&] { return output.state() == app::SoundState::no_device; }));
    CHECK_FALSE(output.heard(steady_secs()).has_value());
}
