// The sound of a run: looped, stretched, at the device's rate.
#include "media/sound_feed.h"

#include <cmath>
#include <vector>

#include "fixtures.h"

namespace {

using media::SoundRun;

media::SoundFeed feed_of(const std::filesystem::path& file, int device_rate_hz) {
    auto reader = media::AudioReader::open(file);
    REQUIRE_MESSAGE(reader.has_value(), reader.error().message);
    return media::SoundFeed{std::move(*reader), device_rate_hz};
}

std::vector<float> left(media::SoundFeed& feed, std::size_t frames) {
    std::vector<float> stereo(2 * frames), out(frames);
    feed.fill(stereo);
    for (std::size_t i = 0; i < frames; ++i) out[i] = stereo[2 * i];
    return out;
}

// Where each burst begins, in frames: the first loud sample after a quiet stretch.
std::vector<std::size_t> clicks(std::span<const float> sound, float least, std::size_t quiet) {
    std::vector<std::size_t> at;
    std::size_t last = 0;
    for (std::size_t i = 0; i < sound.size(); ++i) {
        if (std::abs(sound[i]) < least) continue;
        if (at.empty() || i - last > quiet) at.push_back(i);
        last = i;
    }
    return at;
}

// Zero crossings a second, upwards: the frequency of a tone.
double frequency(std::span<const float> sound, int rate_hz) {
    std::vector<std::size_t> up;
    for (std::size_t i = 1; i < sound.size(); ++i)
        if (sound[i - 1] < 0 && sound[i] >= 0) up.push_back(i);
    return static_cast<double>(up.size() - 1) * rate_hz / static_cast<double>(up.back() - up.front());
}

std::filesystem::path tone() {
    return fixtures::film("tone.wav", "-f lavfi -i sine=frequency=440:sample_rate=44100:duration=12 -ac 2");
}
// A short burst at 1, 2, 3 … s.
std::filesystem::path ticks() {
    return fixtures::film("ticks.wav",
                          "-f lavfi -i \"aevalsrc=exprs='if(gte(t,1)*lt(mod(t,1),0.004),0.9,0)"
                          "|0':s=44100:d=12\"");
}
// Sample n has the value n / 2^15 - 1 (16 bit), 1.4 s of it.
std::filesystem::path ramp() {
    return fixtures::film("ramp.wav",
                          "-f lavfi -i \"aevalsrc=exprs='n/32768-1|0':s=44100:d=1.4\" -c:a pcm_f32le");
}

}  // namespace

TEST_CASE("at_normal_speed_and_the_files_rate_the_samples_are_the_files_own") {
    auto feed = feed_of(ramp(), 44100);
    feed.begin({.first = 1000});
    const auto heard = left(feed, 20000);
    for (std::size_t i = 0; i < heard.size(); ++i)
        REQUIRE(std::abs(heard[i] - (static_cast<double>(i + 1000) / 32768 - 1)) < 1e-6);
}

TEST_CASE("the_last_sample_of_a_loop_is_followed_by_its_first_and_places_say_so") {
    auto feed = feed_of(ramp(), 44100);
    const SoundRun run{.first = 5000, .speed = 1, .loop_begin = 4321, .loop_end = 7654};
    feed.begin(run);
    const auto heard = left(feed, 30000);
    for (std::size_t i = 0; i < heard.size(); ++i) {
        const auto place = media::place_after(run, static_cast<double>(i) * feed.samples_per_frame());
        REQUIRE(std::abs(heard[i] - (place.sample / 32768 - 1)) < 1e-6);
    }
    CHECK(media::place_after(run, 2654).sample == 4321);
    CHECK(media::place_after(run, 2654).laps == 1);
    CHECK(media::place_after(run, 2653).laps == 0);
}

TEST_CASE("beyond_the_files_end_and_at_great_speed_there_is_silence") {
    auto feed = feed_of(ramp(), 44100);
    feed.begin({.first = 60000});
    auto heard = left(feed, 5000);
    CHECK(heard[1739] != 0);  // sample 61739, the last
    for (std::size_t i = 1740; i < heard.size(); ++i) REQUIRE(heard[i] == 0);
    feed.begin({.first = 0, .speed = 8});
    heard = left(feed, 5000);
    for (const float sample : heard) REQUIRE(sample == 0);
    feed.begin({.first = 0});  // and back
    CHECK(left(feed, 10)[0] == doctest::Approx(-1));
}

TEST_CASE("pitch_is_kept_at_every_speed") {
    for (const double speed : {0.1, 0.25, 0.5, 0.8, 1.0, 1.5, 2.0, 4.0}) {
        CAPTURE(speed);
        auto feed = feed_of(tone(), 48000);
        feed.begin({.first = 4410, .speed = speed});
        const auto heard = left(feed, 48000);
        CHECK(frequency(heard, 48000) == doctest::Approx(440).epsilon(0.02));
        float most = 0;
        for (const float sample : heard) most = std::max(most, std::abs(sample));
        CHECK(most > 0.08f);
    }
}

TEST_CASE("what_sounds_at_a_time_of_the_film_comes_out_where_the_run_says") {
    for (const double speed : {0.25, 0.5, 1.0, 1.5, 2.0, 4.0}) {
        CAPTURE(speed);
        auto feed = feed_of(ticks(), 48000);
        const SoundRun run{.first = 22050, .speed = speed};
        feed.begin(run);
        const auto heard = left(feed, static_cast<std::size_t>(5 * 48000 / speed));
        // Unchanged sound stays put. atempo joins pieces of 43 ms where they are alike: a lone click in
        // silence, which is the worst case, comes by up to three quarters of one too early (seconds of the
        // film).
        const double tolerance_secs = speed == 1 ? 0.0003 : std::max(0.033, 0.02 * speed);
        const auto found = clicks(heard, 0.3f, static_cast<std::size_t>(0.3 * 48000 / speed));
        REQUIRE(found.size() == 5);
        for (std::size_t k = 0; k < found.size(); ++k) {
            const auto place =
                media::place_after(run, static_cast<double>(found[k]) * feed.samples_per_frame());
            CHECK(std::abs(place.sample / 44100 - static_cast<double>(k + 1)) < tolerance_secs);
        }
    }
}

TEST_CASE("more_speakers_are_mixed_to_two_and_one_goes_to_both") {
    const auto six = fixtures::film("six.wav",
                                    "-f lavfi -i \"aevalsrc=exprs='0|0|0.5*sin(2*PI*300*t)|0|0|0':"
                                    "channel_layout=5.1:s=48000:d=2\"");
    const auto unnamed = fixtures::film("eleven.wav",
                                        "-f lavfi -i \"aevalsrc=exprs='0.5*sin(2*PI*300*t)|0|0|0|0|0"
                                        "|0|0|0|0|0':s=48000:d=2\" -c:a pcm_f32le");
    const auto one =
        fixtures::film("one.wav", "-f lavfi -i sine=frequency=300:sample_rate=8000:duration=2 -ac 1");
    for (const auto& file : {six, unnamed, one}) {
        CAPTURE(file);
        auto feed = feed_of(file, 48000);
        feed.begin({});
        CHECK(frequency(left(feed, 48000), 48000) == doctest::Approx(300).epsilon(0.01));
    }
}
