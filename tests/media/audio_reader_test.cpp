// The sound of a file against what the ffmpeg program decodes from it.
#include "media/audio_reader.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

#include "fixtures.h"

namespace {

namespace fs = std::filesystem;

// What `ffmpeg -i FILE -f f32le` gives.
std::vector<float> reference(const fs::path& file, int stream) {
    const auto out =
        fixtures::run(fmt::format("ffmpeg -v quiet -nostdin -i {} -map 0:{} -c:a pcm_f32le -f f32le -",
                                  fixtures::quoted(file), stream));
    REQUIRE(out.exit_code == 0);
    std::vector<float> samples(out.text.size() / sizeof(float));
    std::memcpy(samples.data(), out.text.data(), samples.size() * sizeof(float));
    return samples;
}

media::AudioReader open(const fs::path& file) {
    auto reader = media::AudioReader::open(file);
    REQUIRE_MESSAGE(reader.has_value(), reader.error().message);
    return std::move(*reader);
}

std::vector<float> read(media::AudioReader& reader, std::size_t samples) {
    std::vector<float> out(samples * static_cast<std::size_t>(reader.info().channels));
    const auto got = reader.read(out);
    REQUIRE(got.has_value());
    out.resize(*got * static_cast<std::size_t>(reader.info().channels));
    return out;
}

double worst_difference(std::span<const float> a, std::span<const float> b) {
    if (a.size() != b.size()) return INFINITY;
    double worst = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        worst = std::max(worst, std::abs(static_cast<double>(a[i]) - b[i]));
    return worst;
}

// Read in order, and after searches all over the file, the samples are ffmpeg's.
void check_against_ffmpeg(const fs::path& file, double tolerance) {
    CAPTURE(file);
    media::AudioReader reader = open(file);
    const std::vector<float> truth = reference(file, reader.info().stream_index);
    const auto channels = static_cast<std::size_t>(reader.info().channels);
    const auto total = static_cast<std::int64_t>(truth.size() / channels);
    CHECK(worst_difference(read(reader, static_cast<std::size_t>(total) + 5000), truth) <= tolerance);

    std::mt19937 random{7};
    constexpr std::int64_t k_read = 3000;
    for (int i = 0; i < 25; ++i) {
        const std::int64_t at =
            i == 0 ? 0 : std::uniform_int_distribution<std::int64_t>{0, total - k_read}(random);
        CAPTURE(at);
        const auto sought = reader.seek(reader.info().first_sample + at);
        REQUIRE(sought.has_value());
        CHECK(reader.position() == reader.info().first_sample + at);
        const auto got = read(reader, k_read);
        const std::span<const float> wanted{truth.data() + static_cast<std::size_t>(at) * channels,
                                            static_cast<std::size_t>(k_read) * channels};
        CHECK(worst_difference(got, wanted) <= tolerance);
    }
}

// Ten seconds in which no stretch is like another: a rising tone in noise, another in the second channel.
constexpr const char* k_sound =
    "-f lavfi -i "
    "\"aevalsrc=exprs='0.4*sin(2*PI*(200+90*t)*t)+0.05*(random(0)-0.5)|0.4*sin(2*PI*(900-40*t)*t)':"
    "s=44100:d=10\"";
constexpr const char* k_sound_48k =
    "-f lavfi -i \"aevalsrc=exprs='0.4*sin(2*PI*(200+90*t)*t)|0.4*sin(2*PI*(900-40*t)*t)':s=48000:d=10\"";
constexpr const char* k_picture = "-f lavfi -i testsrc2=size=64x48:rate=25:duration=10";

std::string with_picture(const char* sound, const std::string& codec) {
    return fmt::format("{} {} -map 0:v -map 1:a -c:v mpeg4 -g 12 {}", k_picture, sound, codec);
}

}  // namespace

TEST_CASE("samples_of_pcm_and_flac_are_ffmpegs_bit_by_bit_also_after_searching") {
    check_against_ffmpeg(fixtures::film("sound.wav", fmt::format("{} -c:a pcm_s16le", k_sound)), 0);
    check_against_ffmpeg(fixtures::film("sound.flac", fmt::format("{} -c:a flac", k_sound)), 0);
    check_against_ffmpeg(fixtures::film("pcm.mov", with_picture(k_sound, "-c:a pcm_s24le")), 0);
    check_against_ffmpeg(fixtures::film("flac.mkv", with_picture(k_sound, "-c:a flac")), 0);
}

TEST_CASE("samples_of_lossy_sound_are_ffmpegs_also_after_searching") {
    constexpr double k_settled = 1e-4;  // a decoder's memory fades, it does not end
    check_against_ffmpeg(fixtures::film("sound.mp3", fmt::format("{} -c:a libmp3lame -q:a 4", k_sound)),
                         k_settled);
    check_against_ffmpeg(fixtures::film("aac.mp4", with_picture(k_sound, "-c:a aac -aac_pns 0")), k_settled);
    check_against_ffmpeg(fixtures::film("aac.mkv", with_picture(k_sound, "-c:a aac -aac_pns 0")), k_settled);
    check_against_ffmpeg(fixtures::film("opus.mkv", with_picture(k_sound_48k, "-c:a libopus")), k_settled);
    check_against_ffmpeg(fixtures::film("vorbis.mkv", with_picture(k_sound, "-c:a libvorbis")), k_settled);
}

TEST_CASE("real_films_sound_as_ffmpeg_decodes_them") {
    for (const char* name : {"nasa.mp4", "bunny_small.mp4"}) {
        const fs::path file = fixtures::real_video(name);
        if (!fs::exists(file)) {
            MESSAGE("skipped, not here: " << name);
            continue;
        }
        // Noise substitution is random by design; it is faint.
        check_against_ffmpeg(file, 0.05);
    }
}

TEST_CASE("priming_is_taken_off_and_sound_begins_at_its_time_on_the_films_clock") {
    CHECK(open(fixtures::film("aac.mp4", with_picture(k_sound, "-c:a aac -aac_pns 0"))).info().first_sample ==
          0);
    // ffmpeg itself writes (and reads) the priming as sound where an MP4's sound begins later.
    check_against_ffmpeg(
        fixtures::film("late.mp4", fmt::format("{} -itsoffset 0.75 {} -map 0:v -map 1:a -c:v mpeg4 -c:a aac",
                                               k_picture, k_sound)),
        0.05);
    const auto late = fixtures::film(
        "late.mov",
        fmt::format("{} -itsoffset 0.75 {} -map 0:v -map 1:a -c:v mpeg4 -c:a pcm_s16le", k_picture, k_sound));
    media::AudioReader reader = open(late);
    CHECK(std::abs(reader.info().first_sample - 33075) <=
          44);  // 0.75 s; MOV keeps milliseconds in edit lists
    check_against_ffmpeg(late, 0);
    REQUIRE(reader.seek(0).has_value());
    const auto first = read(reader, 50000);
    const auto begin = static_cast<std::size_t>(reader.info().first_sample) * 2;
    for (std::size_t i = 0; i < begin; ++i) REQUIRE(first[i] == 0);
    CHECK(std::any_of(first.begin() + static_cast<std::ptrdiff_t>(begin), first.end(),
                      [](float v) { return std::abs(v) > 0.05f; }));
}

TEST_CASE("sound_that_begins_before_the_video_is_reached_again_after_a_search") {
    check_against_ffmpeg(
        fixtures::film("early.mkv", fmt::format("-itsoffset 2 {} {} -map 0:v -map 1:a -c:v mpeg4 -c:a flac",
                                                k_picture, k_sound)),
        0);
}

TEST_CASE("beyond_the_end_there_is_nothing_and_one_can_search_back") {
    media::AudioReader reader = open(fixtures::film("sound.wav", fmt::format("{} -c:a pcm_s16le", k_sound)));
    REQUIRE(reader.seek(10'000'000).has_value());
    CHECK(read(reader, 100).empty());
    REQUIRE(reader.seek(441000 - 10).has_value());
    CHECK(read(reader, 100).size() == 20);
    REQUIRE(reader.seek(0).has_value());
    CHECK(read(reader, 100).size() == 200);
}

TEST_CASE("a_gap_and_a_damaged_stretch_are_silent_and_what_follows_stands_in_its_place") {
    const auto gap = fixtures::film(
        "gap.mkv", fmt::format("{} -af \"aselect='not(between(t,3,5))'\" -c:a pcm_s16le", k_sound));
    media::AudioReader reader = open(gap);
    const auto whole = read(reader, 500000);
    CHECK(whole.size() / 2 == 441000);
    const auto loudest = [&](double from, double to) {
        float most = 0;
        for (auto i = static_cast<std::size_t>(from * 44100) * 2;
             i < static_cast<std::size_t>(to * 44100) * 2; ++i)
            most = std::max(most, std::abs(whole[i]));
        return most;
    };
    CHECK(loudest(3.1, 4.9) == 0);
    CHECK(loudest(5.1, 5.3) > 0.3f);

    const auto good = fixtures::film("sound.flac", fmt::format("{} -c:a flac", k_sound));
    const fs::path bad = fixtures::folder() / fmt::format("damaged-{}.flac", getpid());
    fs::copy_file(good, bad, fs::copy_options::overwrite_existing);
    {
        FILE* file = std::fopen(bad.c_str(), "r+b");
        REQUIRE(file != nullptr);
        std::fseek(file, static_cast<long>(fs::file_size(bad) / 2), SEEK_SET);
        const std::vector<char> noise(30000, 0x55);
        std::fwrite(noise.data(), 1, noise.size(), file);
        std::fclose(file);
    }
    media::AudioReader damaged = open(bad);
    const auto heard = read(damaged, 500000);
    const auto truth = reference(good, 0);
    fs::remove(bad);
    REQUIRE(heard.size() == truth.size());
    const std::size_t tail = 44100 * 2 * 2;
    CHECK(worst_difference(std::span{heard}.last(tail), std::span{truth}.last(tail)) == 0);
}

TEST_CASE("what_has_no_sound_says_so") {
    const auto silent = fixtures::film("silent.mp4", fixtures::source(10) + " -c:v mpeg4");
    const auto reader = media::AudioReader::open(silent);
    REQUIRE_FALSE(reader.has_value());
    CHECK(reader.error().kind == base::ErrorKind::missing);
    CHECK(reader.error().message.ends_with(silent.string()));
}
