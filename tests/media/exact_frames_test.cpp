// Frame N is the picture ffmpeg gives as its N-th, however it is reached.

#include <algorithm>
#include <numeric>
#include <random>

#include "fixtures.h"
#include "media/video_source.h"

namespace {

using fixtures::film;
using fixtures::ReferenceFrame;
using fixtures::source;
using media::FrameReader;

FrameReader open(const std::filesystem::path& file, std::size_t cache_bytes = 64u << 20) {
    auto reader = FrameReader::open(file, {.cache_bytes = cache_bytes, .decoder_threads = 2});
    REQUIRE_MESSAGE(reader.has_value(), (reader ? "" : reader.error().message));
    return std::move(*reader);
}

int wrong_frames(FrameReader& reader, const std::vector<ReferenceFrame>& expected,
                 const std::vector<std::size_t>& order) {
    int wrong = 0;
    for (const std::size_t frame : order) {
        const auto number = static_cast<std::int64_t>(frame);
        const auto md5 = reader.md5(number);
        const bool same = md5 && *md5 == expected[frame].md5;
        if (!same) MESSAGE("frame " << frame << ": " << (md5 ? *md5 : md5.error().message));
        wrong += same ? 0 : 1;
    }
    return wrong;
}

// Every access order with nothing kept from before: one frame of cache, so that each jump really decodes.
void check_every_order(const std::filesystem::path& file, std::size_t least_frames, bool compare_pts = true) {
    const auto expected = fixtures::reference(file);
    REQUIRE(expected.size() >= least_frames);
    std::vector<std::size_t> order(expected.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    FrameReader sequential = open(file);
    REQUIRE(sequential.info().frame_count == static_cast<std::int64_t>(expected.size()));
    CHECK(sequential.info().index_complete);
    for (std::size_t i = 0; compare_pts && i < expected.size(); ++i)
        CHECK(sequential.pts_of(static_cast<std::int64_t>(i)) == expected[i].pts);
    CHECK(wrong_frames(sequential, expected, order) == 0);
    FrameReader backward = open(file);
    std::ranges::reverse(order);
    CHECK(wrong_frames(backward, expected, order) == 0);
    FrameReader random = open(file, 1);
    std::ranges::shuffle(order, std::mt19937{42});
    order.resize(std::min<std::size_t>(order.size(), 40));
    CHECK(wrong_frames(random, expected, order) == 0);
    for (std::size_t i = 0; i < std::min<std::size_t>(order.size(), 6); ++i) {
        FrameReader cold = open(file, 1);
        CHECK(wrong_frames(cold, expected, {order[i]}) == 0);
    }
}

const std::string k_h264 = "-c:v libx264 -preset veryfast -g 12 -bf 3 ";

}  // namespace

TEST_CASE("frames_equal_ffmpegs_in_h264_mp4") {
    check_every_order(film("a.mp4", source() + " " + k_h264), 60);
}

TEST_CASE("frames_equal_ffmpegs_in_open_group_mkv") {
    check_every_order(film("a.mkv", source() + " " + k_h264 + "-x264-params open-gop=1:scenecut=0"), 60);
}

TEST_CASE("frames_equal_ffmpegs_in_hevc_mp4") {
    check_every_order(film("hevc.mp4", source() + " -c:v libx265 -preset ultrafast -x265-params "
                                                  "log-level=none:keyint=12:bframes=3:open-gop=1"),
                      60);
}

TEST_CASE("frames_equal_ffmpegs_in_mpeg2_transport_stream") {
    check_every_order(film("m2.ts", source() + " -c:v mpeg2video -g 12 -bf 2 -b:v 1M"), 60);
}

TEST_CASE("frames_equal_ffmpegs_in_h264_transport_stream") {
    check_every_order(film("h264.ts", source() + " " + k_h264), 60);
}

TEST_CASE("frames_equal_ffmpegs_in_program_stream") {
    check_every_order(film("m2.mpg", source() + " -c:v mpeg2video -g 12 -bf 2 -b:v 1M -f vob"), 60);
}

TEST_CASE("frames_equal_ffmpegs_in_vp9_webm_with_hidden_pictures") {
    check_every_order(
        film("vp9.webm", source() + " -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 20 -b:v 300k "
                                    "-auto-alt-ref 1 -lag-in-frames 16"),
        60);
}

TEST_CASE("frames_equal_ffmpegs_in_vp8_webm_with_hidden_pictures") {
    check_every_order(film("vp8.webm", source() + " -c:v libvpx -deadline good -cpu-used 5 -g 20 -b:v 300k "
                                                  "-auto-alt-ref 1 -lag-in-frames 16"),
                      60);
}

TEST_CASE("frames_equal_ffmpegs_in_av1_mkv") {
    check_every_order(film("av1.mkv", source() + " -c:v libsvtav1 -preset 12 -g 20"), 60);
}

TEST_CASE("frames_equal_ffmpegs_in_mjpeg_avi") {
    check_every_order(film("mj.avi", source() + " -c:v mjpeg -q:v 4"), 60);
}

TEST_CASE("frames_equal_ffmpegs_in_avi_without_presentation_times") {
    check_every_order(film("b.avi", source() + " -c:v mpeg4 -bf 2 -g 12"), 60, false);
}

TEST_CASE("frames_equal_ffmpegs_in_raw_h264_without_any_times") {
    const auto file = film("raw.h264", source() + " " + k_h264);
    check_every_order(file, 60, false);
    CHECK_FALSE(open(file).info().faults.empty());
}

TEST_CASE("frames_equal_ffmpegs_in_ffv1_mkv") {
    check_every_order(film("ffv1.mkv", source() + " -c:v ffv1"), 60);
}

TEST_CASE("frames_equal_ffmpegs_in_gif") { check_every_order(film("a.gif", source(20, "160x120")), 20); }

TEST_CASE("frames_equal_ffmpegs_at_variable_rate") {
    const auto file = film(
        "vfr.mp4", source() + R"( -vf "select='not(mod(n\,3))+lt(mod(n\,7)\,2)'" -fps_mode vfr )" + k_h264);
    check_every_order(file, 30);
    CHECK(open(file).info().variable_rate);
}

TEST_CASE("frames_equal_ffmpegs_behind_an_edit_list") {
    const auto whole = film("whole.mp4", source() + " " + k_h264);
    const auto file = film("edit.mp4", "-ss 0.9 -i " + fixtures::quoted(whole) + " -c copy");
    check_every_order(file, 30);
    CHECK(open(file).info().edit_list);
    CHECK(open(file).info().hidden_pictures > 0);
}

TEST_CASE("frames_equal_ffmpegs_in_fragmented_mp4") {
    check_every_order(film("frag.mp4", source() + " " + k_h264 + "-movflags frag_keyframe+empty_moov"), 60);
}

TEST_CASE("frames_equal_ffmpegs_with_negative_offsets_in_mov") {
    check_every_order(film("neg.mov", source() + " " + k_h264 + "-movflags negative_cts_offsets"), 60);
}

TEST_CASE("frames_equal_ffmpegs_in_a_film_cut_inside_an_open_group") {
    const auto whole = film("open.mkv", source() + " " + k_h264 + "-x264-params open-gop=1:scenecut=0");
    check_every_order(film("cut.mkv", "-ss 1.1 -i " + fixtures::quoted(whole) + " -c copy"), 20);
}

TEST_CASE("frames_equal_ffmpegs_in_a_transport_stream_cut_anywhere") {
    for (const char* codec :
         {"-c:v mpeg2video -g 12 -bf 2 -b:v 1M", "-c:v libx264 -preset veryfast -g 12 -bf 3"}) {
        const auto whole = film("whole.ts", source() + " " + codec);
        const auto cut = fixtures::folder() / "cut.ts";
        fixtures::run(fmt::format("tail -c +30001 {} > {}", fixtures::quoted(whole), fixtures::quoted(cut)));
        check_every_order(cut, 20);
    }
}

TEST_CASE("frames_equal_ffmpegs_with_intra_refresh") {
    check_every_order(
        film("refresh.mkv",
             source() + " -c:v libx264 -preset veryfast -x264-params intra-refresh=1:keyint=20"),
        60);
}

TEST_CASE("frames_equal_ffmpegs_with_ten_bits_444_and_odd_sizes") {
    check_every_order(
        film("10.mkv", source(30) + " -c:v libx264 -preset ultrafast -pix_fmt yuv420p10le -g 12"), 30);
    check_every_order(film("444.mp4", source(30) + " -c:v libx264 -preset ultrafast -pix_fmt yuv444p -g 12"),
                      30);
    check_every_order(film("odd.mkv", source(30) + " -vf scale=321:239 -c:v ffv1 -pix_fmt yuv420p"), 30);
}

TEST_CASE("still_pictures_are_films_of_one_frame") {
    for (const char* name : {"still.png", "still.jpg", "still.webp", "still.tiff", "still.bmp"}) {
        CAPTURE(name);
        const auto file = film(name, source(1) + " -frames:v 1");
        check_every_order(file, 1);
        CHECK(open(file).info().is_picture);
        CHECK(open(file).info().frame_count == 1);
    }
}

TEST_CASE("real_clips_equal_ffmpegs") {
    if (!std::filesystem::exists(fixtures::real_video("bikes.mp4"))) {
        MESSAGE("skipped: the real clips are not beside this checkout");
        return;
    }
    for (const char* name : {"av1.mkv", "bikes.mp4", "bunny_small.mp4", "hevc_10bit.mp4", "nasa.mp4",
                             "pancake.mkv", "rotated_90.mov", "bedroom.mp4", "juggle.mp4"}) {
        CAPTURE(name);
        const auto file = fixtures::real_video(name);
        const auto expected = fixtures::reference(file);
        FrameReader reader = open(file, 256u << 20);
        REQUIRE(reader.info().frame_count == static_cast<std::int64_t>(expected.size()));
        std::vector<std::size_t> order(expected.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        CHECK(wrong_frames(reader, expected, order) == 0);
        FrameReader random = open(file, 16u << 20);
        std::ranges::shuffle(order, std::mt19937{1});
        order.resize(std::min<std::size_t>(order.size(), reader.info().coded_width_px > 700 ? 2 : 8));
        CHECK(wrong_frames(random, expected, order) == 0);
    }
}

TEST_CASE("a_damaged_clip_gives_every_frame_ffmpeg_gives_and_an_error_for_the_rest") {
    const auto file = fixtures::real_video("corrupted.mp4");
    if (!std::filesystem::exists(file)) {
        MESSAGE("skipped: the real clips are not beside this checkout");
        return;
    }
    std::map<std::int64_t, std::string> expected;
    for (const auto& frame : fixtures::reference(file)) expected[frame.pts] = frame.md5;
    // What a decoder makes of damage depends on its number of threads; ffmpeg chose the default, so must we.
    auto opened = FrameReader::open(file);
    REQUIRE(opened.has_value());
    FrameReader& reader = *opened;
    REQUIRE(reader.info().frame_count > static_cast<std::int64_t>(expected.size()));
    for (std::int64_t frame = reader.info().frame_count - 1; frame >= 0; --frame) {
        const auto md5 = reader.md5(frame);
        const auto wanted = expected.find(reader.pts_of(frame));
        CHECK(md5.has_value() == (wanted != expected.end()));
        if (md5 && wanted != expected.end()) CHECK(*md5 == wanted->second);
        if (!md5) CHECK(md5.error().kind == base::ErrorKind::malformed);
    }
}

TEST_CASE("decode_null_counts_the_pictures_of_a_range") {
    const auto file = film("a.mp4", source() + " " + k_h264);
    FrameReader reader = open(file);
    CHECK(reader.decode_null(0, 60).value() == 60);
    CHECK(reader.decode_null(17, 31).value() == 14);
    CHECK(reader.decode_null(55, 100).value() == 5);
    const auto expected = fixtures::reference(file);
    CHECK(reader.md5(30).value() == expected[30].md5);
}

TEST_CASE("a_frame_outside_the_film_is_refused_with_the_count") {
    FrameReader reader = open(film("a.mp4", source() + " " + k_h264));
    for (const std::int64_t frame : {std::int64_t{-1}, std::int64_t{60}, std::int64_t{1} << 40}) {
        const auto result = reader.read(frame);
        REQUIRE_FALSE(result.has_value());
        CHECK(result.error().kind == base::ErrorKind::refused);
        CHECK(result.error().message.find("60 frames") != std::string::npos);
    }
}

TEST_CASE("a_stopped_read_is_cancelled_and_the_next_one_works") {
    FrameReader reader = open(film("a.mp4", source() + " " + k_h264));
    std::stop_source stop;
    stop.request_stop();
    const auto stopped = reader.read(40, stop.get_token());
    REQUIRE_FALSE(stopped.has_value());
    CHECK(stopped.error().kind == base::ErrorKind::cancelled);
    CHECK(reader.read(40).has_value());
}

TEST_CASE("another_stream_can_be_chosen") {
    const auto a = film("a.mp4", source() + " " + k_h264);
    const auto two = film("two.mkv", source(30) + " " + source(40, "160x120") + " -map 0 -map 1 -c:v ffv1");
    auto reader = FrameReader::open(two, {.stream_index = 1});
    REQUIRE(reader.has_value());
    CHECK(reader->info().coded_width_px == 160);
    CHECK(reader->info().frame_count == 40);
    CHECK(FrameReader::open(two).value().info().coded_width_px == 320);
    CHECK_FALSE(FrameReader::open(two, {.stream_index = 7}).has_value());
}
