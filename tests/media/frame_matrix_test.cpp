// Every codec, container, clock and cut that ffmpeg can make here: frame N is the picture ffmpeg gives as its
// N-th, in order, backwards, in random order and from a cold start.

#include <algorithm>
#include <fstream>
#include <numeric>
#include <random>

#include "field_film.h"
#include "fixtures.h"
#include "media/video_source.h"
#include "packed_film.h"

namespace {

using fixtures::film;
using fixtures::folder;
using fixtures::quoted;
using media::FrameReader;
namespace fs = std::filesystem;

constexpr std::size_t k_no_cache = 1;  // bytes: room for the newest frame only

struct Row {
    const char* name;  // its ending is the container
    const char* encode;
    std::size_t least_frames = 50;
    const char* source = "testsrc2=size=160x120:rate=25:duration=2";
};

FrameReader open(const fs::path& file, std::size_t cache_bytes) {
    auto reader = FrameReader::open(file, {.cache_bytes = cache_bytes, .decoder_threads = 0});
    REQUIRE_MESSAGE(reader.has_value(), (reader ? "" : reader.error().message));
    return std::move(*reader);
}

int wrong_frames(FrameReader& reader, const std::vector<fixtures::ReferenceFrame>& expected,
                 const std::vector<std::size_t>& order) {
    int wrong = 0;
    for (const std::size_t frame : order) {
        const auto md5 = reader.md5(static_cast<std::int64_t>(frame));
        if (!md5 || *md5 != expected[frame].md5) ++wrong;
    }
    return wrong;
}

enum class End {
    whole,
    cut_off
};  // cut off: the last packet is not whole, and its frame may give no picture

void walk(const fs::path& file, std::size_t least_frames, End end = End::whole) {
    CAPTURE(file.filename().string());
    const auto expected = fixtures::reference(file);
    REQUIRE(expected.size() >= least_frames);
    std::vector<std::size_t> order(expected.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    FrameReader sequential = open(file, 64u << 20);
    const std::int64_t beyond = sequential.info().frame_count - static_cast<std::int64_t>(expected.size());
    const bool last_is_broken = end == End::cut_off && beyond == 1;
    if (last_is_broken) CHECK_FALSE(sequential.md5(sequential.info().frame_count - 1).has_value());
    REQUIRE(beyond == (last_is_broken ? 1 : 0));
    CHECK(wrong_frames(sequential, expected, order) == 0);
    // What a decoder makes up for the lost half of a picture depends on what it decoded before.
    if (end == End::cut_off) order.pop_back();
    FrameReader backward = open(file, 1u << 20);
    std::ranges::reverse(order);
    CHECK(wrong_frames(backward, expected, order) == 0);
    FrameReader random = open(file, k_no_cache);
    std::ranges::shuffle(order, std::mt19937{42});
    order.resize(std::min<std::size_t>(order.size(), 30));
    CHECK(wrong_frames(random, expected, order) == 0);
    order.resize(std::min<std::size_t>(order.size(), 3));
    for (const std::size_t frame : order) {
        FrameReader cold = open(file, k_no_cache);
        CHECK(wrong_frames(cold, expected, {frame}) == 0);
    }
}

fs::path made(const Row& row) {
    return film(row.name, fmt::format("-f lavfi -i {} {}", row.source, row.encode));
}

void walk_all(std::initializer_list<Row> rows) {
    for (const Row& row : rows) walk(made(row), row.least_frames);
}

fs::path joined(const std::string& name, std::initializer_list<fs::path> parts) {
    const fs::path file = folder() / name;
    std::ofstream out{file, std::ios::binary};
    for (const fs::path& part : parts) out << std::ifstream{part, std::ios::binary}.rdbuf();
    return file;
}

// Bytes [first, end) of a film.
fs::path part_of(const std::string& name, const fs::path& whole, std::size_t first, std::size_t end) {
    std::ifstream in{whole, std::ios::binary};
    std::string bytes{std::istreambuf_iterator<char>{in}, {}};
    bytes.resize(std::min(end, bytes.size()));
    const fs::path file = folder() / name;
    std::ofstream{file, std::ios::binary} << bytes.substr(first);
    return file;
}

fs::path copied(const std::string& name, const fs::path& whole, const std::string& before,
                const std::string& after = "") {
    return film(name, fmt::format("{} -i {} -c copy {}", before, quoted(whole), after));
}

#define H264 "-c:v libx264 -preset veryfast -g 12 -bf 3 "
#define OPEN_H264 H264 "-x264-params open-gop=1:scenecut=0 "
#define HEVC "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=12:bframes=3:open-gop=1 "
#define VP9 \
    "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 20 -b:v 300k -auto-alt-ref 1 -lag-in-frames 16 "
#define MPEG2 "-c:v mpeg2video -g 12 -bf 2 -b:v 1M "
#define MPEG4 "-c:v mpeg4 -g 12 -bf 2 "
#define CIF "testsrc2=size=352x288:rate=25:duration=1"
#define SHORT "testsrc2=size=160x120:rate=25:duration=0.8"

const Row k_h264_mp4 = {"a.mp4", H264}, k_open_mp4 = {"open.mp4", OPEN_H264},
          k_open_mkv = {"open.mkv", OPEN_H264}, k_open_ts = {"open.ts", OPEN_H264},
          k_h264_ts = {"a.ts", H264}, k_raw_h264 = {"a.h264", H264}, k_hevc_mp4 = {"hevc.mp4", HEVC},
          k_mpeg2_ts = {"m2.ts", MPEG2}, k_mpeg2_vob = {"m2.vob", MPEG2}, k_raw_mpeg2 = {"m2.m2v", MPEG2},
          k_vp9 = {"vp9.webm", VP9}, k_theora = {"t.ogv", "-c:v libtheora -g 12"},
          k_mpeg4_avi = {"m4.avi", MPEG4}, k_flv = {"a.flv", H264},
          k_fragments = {"frag.mp4", H264 "-movflags frag_keyframe+empty_moov"};

}  // namespace

TEST_SUITE_BEGIN("matrix");

TEST_CASE("h264_in_every_container_that_takes_it") {
    walk_all({k_h264_mp4,
              k_open_mp4,
              k_open_mkv,
              k_open_ts,
              k_h264_ts,
              k_raw_h264,
              k_flv,
              k_fragments,
              {"a.mov", H264},
              {"a.3gp", H264},
              {"a.avi", H264},
              {"nob.avi", "-c:v libx264 -preset veryfast -g 12 -bf 0"},
              {"a.m2ts", H264},
              {"a.nut", H264},
              {"each.mp4", H264 "-movflags frag_every_frame+empty_moov+default_base_moof"},
              {"open.h264", OPEN_H264}});
}

TEST_CASE("h264_of_every_structure") {
    walk_all(
        {{"pyramid.mkv", "-c:v libx264 -preset medium -g 24 -bf 7 -x264-params b-pyramid=normal:b-adapt=2"},
         {"tff.mp4", H264 "-flags +ilme+ildct -x264-params tff=1"},
         {"tff.ts", H264 "-flags +ilme+ildct -x264-params tff=1"},
         {"refresh.mkv", "-c:v libx264 -preset veryfast -x264-params intra-refresh=1:keyint=20"},
         {"refresh.mp4", "-c:v libx264 -preset veryfast -x264-params intra-refresh=1:keyint=20"},
         {"refresh.ts", "-c:v libx264 -preset veryfast -x264-params intra-refresh=1:keyint=20"},
         {"refresh.h264", "-c:v libx264 -preset veryfast -x264-params intra-refresh=1:keyint=20"},
         {"one.mp4", H264 "-frames:v 1", 1},
         {"hi10.mkv", "-c:v libx264 -preset ultrafast -pix_fmt yuv422p10le -qp 0 -g 12"},
         {"odd444.mp4", "-vf scale=161:119 -pix_fmt yuv444p " H264},
         {"rgb.mkv", "-c:v libx264rgb -preset ultrafast -qp 0 -g 12"}});
}

TEST_CASE("h264_whose_fields_are_coded_one_by_one") {
    walk(fixtures::field_coded_film(12), 12);
    for (const char* name : {"fields.ts", "fields.mkv"}) {
        CAPTURE(name);
        walk(copied(name, fixtures::field_coded_film(12), "-r 25"), 12);
    }
}

TEST_CASE("hevc_av1_vp9_vp8") {
    walk_all(
        {k_hevc_mp4,
         k_vp9,
         {"hevc.ts", HEVC},
         {"hevc.hevc", HEVC},
         {"hevcpyr.mkv",
          "-c:v libx265 -preset fast -x265-params log-level=none:keyint=24:bframes=8:b-pyramid=1"},
         {"hevc12.mkv", "-pix_fmt yuv420p12le " HEVC},
         {"hevcgbr.mkv", "-pix_fmt gbrp " HEVC},
         {"hevcint.mkv",
          "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=12:interlace=tff"},
         {"av1.mkv", "-c:v libsvtav1 -preset 12 -g 20"},
         {"av1.mp4", "-c:v libsvtav1 -preset 12 -g 20"},
         {"av1.obu", "-c:v libsvtav1 -preset 12 -g 20"},
         {"av1lag.mkv", "-c:v libaom-av1 -cpu-used 8 -g 15 -lag-in-frames 19", 20, SHORT},
         {"av1422.mkv", "-pix_fmt yuv422p10le -c:v libaom-av1 -cpu-used 8 -usage realtime -g 10", 20, SHORT},
         {"vp9.mp4", VP9},
         {"vp9.ivf", VP9},
         {"vp9arf.webm",
          "-c:v libvpx-vp9 -deadline good -cpu-used 5 -g 30 -b:v 200k -auto-alt-ref 1 "
          "-lag-in-frames 25 -arnr-maxframes 7"},
         {"vp9p2.webm",
          "-pix_fmt yuv420p10le -c:v libvpx-vp9 -deadline good -cpu-used 5 -g 30 -b:v 200k "
          "-auto-alt-ref 1 -lag-in-frames 25"},
         {"vp9a.webm", "-vf format=yuva420p -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 20"},
         {"vp8.webm", "-c:v libvpx -deadline good -cpu-used 5 -g 20 -auto-alt-ref 1 -lag-in-frames 16"},
         {"vp8.ivf", "-c:v libvpx -deadline good -cpu-used 5 -g 20 -auto-alt-ref 1 -lag-in-frames 16"},
         {"vp8drop.webm", "-c:v libvpx -deadline realtime -g 60 -b:v 60k -drop-threshold 40", 10},
         {"vp8.ogv", "-c:v libvpx -g 20"}});
}

TEST_CASE("mpeg_1_2_and_4") {
    walk_all({k_mpeg2_ts,
              k_mpeg2_vob,
              k_raw_mpeg2,
              k_mpeg4_avi,
              {"m1.mpg", "-c:v mpeg1video -g 12 -bf 2"},
              {"m1.mkv", "-c:v mpeg1video -g 12 -bf 2"},
              {"m1.ts", "-c:v mpeg1video -g 12 -bf 2"},
              {"m1.m1v", "-c:v mpeg1video -g 12 -bf 2"},
              {"m2.mkv", MPEG2},
              {"m2.mov", MPEG2},
              {"m2int.ts", MPEG2 "-flags +ilme+ildct -top 1"},
              {"m2.mxf", "-pix_fmt yuv422p " MPEG2},
              {"m4.mp4", MPEG4},
              {"m4.mkv", MPEG4},
              {"m4.3gp", "-c:v mpeg4 -g 12"},
              {"m4nob.avi", "-c:v mpeg4 -g 12"},
              {"xvid.avi", "-c:v libxvid -g 12 -bf 2", 40},
              {"m4.m4v", MPEG4}});
}

TEST_CASE("mpeg4_with_packed_b_pictures") {
    walk(fixtures::packed_film(film("m4unpacked.avi", "-f lavfi -i " SHORT " -c:v mpeg4 -g 12 -bf 1")), 16);
}

TEST_CASE("codecs_of_cameras_and_studios") {
    walk_all(
        {{"mj.avi", "-c:v mjpeg -q:v 4"},
         {"mj.mov", "-c:v mjpeg -pix_fmt yuvj444p"},
         {"mj.mjpeg", "-c:v mjpeg -q:v 4"},
         {"prores.mov", "-c:v prores_ks -profile:v 3", 20, SHORT},
         {"prores4.mov", "-vf format=yuva444p10le -c:v prores_ks -profile:v 4", 20, SHORT},
         {"proresint.mov", "-c:v prores_ks -flags +ildct", 20, SHORT},
         {"dnxhr.mov", "-c:v dnxhd -profile:v dnxhr_sq -pix_fmt yuv422p", 5,
          "testsrc2=size=256x120:duration=0.4"},
         {"dnxhr.mxf", "-c:v dnxhd -profile:v dnxhr_hqx -pix_fmt yuv422p10le", 5,
          "testsrc2=size=256x120:duration=0.4"},
         {"dv.avi", "-c:v dvvideo -pix_fmt yuv420p", 5, "testsrc2=size=720x576:rate=25:duration=0.4"},
         {"dv.dv", "-c:v dvvideo -pix_fmt yuv411p", 5, "testsrc2=size=720x480:rate=30000/1001:duration=0.4"},
         {"cfhd.mov", "-c:v cfhd -pix_fmt yuv422p10le", 20, SHORT},
         {"vc2.mkv", "-c:v vc2 -pix_fmt yuv422p", 20, SHORT},
         {"jp2.mov", "-c:v jpeg2000 -pix_fmt yuv420p", 20, SHORT},
         {"jp2.mkv", "-c:v libopenjpeg -pix_fmt yuv422p12le", 20, SHORT}});
}

TEST_CASE("codecs_of_the_web_and_of_old") {
    walk_all({k_theora,
              {"t.mkv", "-c:v libtheora -g 12"},
              {"wmv2.wmv", "-c:v wmv2 -g 12"},
              {"wmv1.asf", "-c:v wmv1 -g 12"},
              {"ms4.avi", "-c:v msmpeg4 -g 12"},
              {"f.flv", "-c:v flv -g 12"},
              {"fs.flv", "-c:v flashsv -g 12"},
              {"263.3gp", "-c:v h263 -g 12", 25, CIF},
              {"263p.avi", "-c:v h263p -g 12"},
              {"a.h263", "-c:v h263", 25, CIF},
              {"a.h261", "-c:v h261", 25, CIF},
              {"a.gif", "", 20, SHORT},
              {"a.apng", "-plays 0", 20, SHORT},
              {"cinepak.mov", "-c:v cinepak", 10, "testsrc2=size=80x60:rate=25:duration=0.4"},
              {"svq1.mov", "-c:v svq1 -g 8", 20, SHORT},
              {"snow.avi", "-c:v snow -strict -2 -g 8", 20, SHORT},
              {"zmbv.avi", "-c:v zmbv -g 12"},
              {"roq.roq", "-c:v roqvideo", 20, "testsrc2=size=128x128:rate=30:duration=0.8"}});
}

TEST_CASE("uncompressed_and_lossless_in_every_pixel_format") {
    walk_all({{"raw.avi", "-c:v rawvideo -pix_fmt yuv420p"},
              {"bgr.avi", "-c:v rawvideo -pix_fmt bgr24"},
              {"uyvy.mov", "-c:v rawvideo -pix_fmt uyvy422"},
              {"rgb48.nut", "-c:v rawvideo -pix_fmt rgb48le"},
              {"nv12.mkv", "-c:v rawvideo -pix_fmt nv12"},
              {"a.y4m", ""},
              {"a10.y4m", "-pix_fmt yuv420p10le -strict -1"},
              {"huff.avi", "-c:v huffyuv"},
              {"ut.avi", "-c:v utvideo -pix_fmt gbrp"},
              {"magic.mkv", "-c:v magicyuv"},
              {"png.mov", "-c:v png -pix_fmt rgba"},
              {"png16.mkv", "-c:v png -pix_fmt rgb48be"},
              {"pal.mkv", "-vf format=rgb8,format=pal8 -c:v png"},
              {"rle.mov", "-c:v qtrle -g 12"},
              {"ffv1.avi", "-c:v ffv1 -pix_fmt bgr0"},
              {"ffv1gop.mkv", "-c:v ffv1 -level 1 -g 20 -coder 1"},
              {"odd.mkv", "-vf scale=161:119 -c:v ffv1 -pix_fmt yuv420p"},
              {"one.mkv", "-frames:v 1 -c:v ffv1", 1}});
    for (const char* format : {"gray", "gray10le", "gray16le", "yuv410p", "yuv440p", "yuv422p12le",
                               "yuva420p", "yuva444p16le", "gbrp", "gbrp16le"}) {
        CAPTURE(format);
        walk(film(fmt::format("{}.mkv", format),
                  fmt::format("-f lavfi -i " SHORT " -c:v ffv1 -pix_fmt {}", format)),
             20);
    }
}

TEST_CASE("clocks_that_vary_jump_repeat_and_begin_anywhere") {
    const char* vfr = R"(-vf "select='not(mod(n\,3))+lt(mod(n\,7)\,2)'" -fps_mode vfr )" H264;
    const char* jump = R"(-vf "setpts='(N+gt(N,30)*5000)/25/TB'" -fps_mode passthrough )" H264;
    const char* twice = R"(-vf "setpts='floor(N/2)*2/25/TB'" -fps_mode passthrough -c:v ffv1)";
    const char* early = H264 "-output_ts_offset -1 -avoid_negative_ts disabled";
    walk_all({{"vfr.mp4", vfr, 20},
              {"vfr.mkv", vfr, 20},
              {"vfr.ts", vfr, 20},
              {"jump.mkv", jump},
              {"jump.mp4", jump},
              {"jump.ts", jump},
              {"twice.mkv", twice},
              {"early.mkv", early, 20},
              {"early.mov", early, 20},
              {"early.mp4", early, 20},
              {"negcts.mov", H264 "-movflags negative_cts_offsets"},
              {"late.mp4", H264 "-output_ts_offset 3"},
              {"late.mkv", H264 "-output_ts_offset 30000"},
              {"wrap.ts", H264 "-output_ts_offset 95442.5"},  // the 33-bit clock begins again at 95443.7 s
              {"fast.mp4", H264, 100, "testsrc2=size=160x120:rate=240:duration=0.5"},
              {"ntsc.mp4", H264, 50, "testsrc2=size=160x120:rate=30000/1001:duration=2"},
              {"slow.mp4", H264, 20, "testsrc2=size=160x120:rate=1/10:duration=200"},
              {"coarse.mp4", H264 "-video_track_timescale 25"}});
}

TEST_CASE("films_cut_out_of_longer_ones_without_encoding") {
    const fs::path closed = made(k_h264_mp4), open_mp4 = made(k_open_mp4), open_mkv = made(k_open_mkv);
    walk(copied("cut.mp4", closed, "-ss 0.9"), 20);
    walk(copied("cuts.mp4", closed, "-ss 0.5 -t 0.9"), 15);
    walk(copied("cuto.mp4", open_mp4, "-ss 1.1"), 10);
    walk(copied("cut.mkv", open_mkv, "-ss 0.9"), 20);
    walk(copied("cut.ts", made(k_open_ts), "-ss 1.1"), 10);
    walk(copied("cuth.mp4", made(k_hevc_mp4), "-ss 1.1"), 10);
    walk(copied("cuth.mkv", made(k_hevc_mp4), "-ss 1.1"), 10);
    walk(copied("cut.vob", made(k_mpeg2_vob), "-ss 1.1"), 10);
    walk(copied("cut.webm", made(k_vp9), "-ss 1.1"), 10);
    walk(copied("cut.ogv", made(k_theora), "-ss 1.1"), 10);
    walk(copied("cut.avi", made(k_mpeg4_avi), "-ss 1.1"), 10);
    walk(copied("remux.mkv", closed, ""), 50);
    walk(copied("remux.mp4", made(k_h264_ts), ""), 50);
    walk(copied("shift.mov", closed, "-itsoffset 0.5"), 50);
}

TEST_CASE("streams_that_begin_or_end_anywhere") {
    walk(part_of("mid2.ts", made(k_mpeg2_ts), 30001, 1u << 30), 15);
    walk(part_of("mid264.ts", made(k_open_ts), 20001, 1u << 30), 10);
    walk(part_of("mid.vob", made(k_mpeg2_vob), 30001, 1u << 30), 15);
    walk(part_of("mid.h264", made(k_raw_h264), 9001, 1u << 30), 10);
    walk(part_of("mid.m2v", made(k_raw_mpeg2), 9001, 1u << 30), 15);
    walk(part_of("end.mkv", made(k_open_mkv), 0, 20000), 10, End::cut_off);
    walk(part_of("end.ts", made(k_h264_ts), 0, 20000), 10, End::cut_off);
    walk(part_of("endfrag.mp4", made(k_fragments), 0, 20000), 10, End::cut_off);
    walk(part_of("end.flv", made(k_flv), 0, 20000), 10, End::cut_off);
}

TEST_CASE("films_joined_by_their_bytes_and_of_changing_size") {
    const fs::path ts = made(k_h264_ts), raw = made(k_raw_h264), vob = made(k_mpeg2_vob);
    const fs::path small = made({"small.h264", H264, 20, "testsrc2=size=96x64:rate=25:duration=0.8"});
    const fs::path small_ts =
        made({"small.ts", H264 "-output_ts_offset 10", 20, "testsrc2=size=96x64:rate=25:duration=0.8"});
    walk(joined("twice.h264", {raw, raw}), 100);
    walk(joined("sizes.h264", {raw, small, raw}), 100);
    walk(joined("sizes.ts", {ts, small_ts}), 60);
}

TEST_CASE("turned_mirrored_stretched_and_with_sound_beside") {
    const fs::path mov = made({"a.mov", H264});
    walk(copied("rot90.mov", mov, "", "-metadata:s:v:0 rotate=90"), 50);
    walk(copied("rot180.mp4", mov, "", "-metadata:s:v:0 rotate=180"), 50);
    walk_all({{"sar.mp4", "-vf setsar=4/3 " H264},
              {"sound.mkv", "-f lavfi -i sine=duration=2 -c:a libopus " H264},
              {"sound.mp4", "-f lavfi -i sine=duration=2 -c:a aac " H264},
              {"sound.avi", "-f lavfi -i sine=duration=2 -c:a mp3 " MPEG4},
              {"sound.ts", "-f lavfi -i sine=duration=2 -c:a mp2 " MPEG2},
              {"sound.ogv", "-f lavfi -i sine=duration=2 -c:a libvorbis -c:v libtheora -g 12"},
              {"two.ts", "-f lavfi -i testsrc=size=96x64:rate=25:duration=1.6 -map 0 -map 1 " H264},
              {"two.mp4", "-f lavfi -i testsrc=size=96x64:rate=25:duration=1.6 -map 0 -map 1 " H264},
              {"two.mkv", "-f lavfi -i testsrc=size=96x64:rate=25:duration=1.6 -map 0 -map 1 -c:v ffv1"}});
}

TEST_CASE("numbered_pictures_are_one_film") {
    const fs::path dir = folder() / "numbered";
    fs::remove_all(dir);
    fs::create_directories(dir);
    fixtures::run(fmt::format("ffmpeg -v error -nostdin -f lavfi -i {} -start_number 3 {}/img_%05d.png",
                              SHORT, quoted(dir)));
    walk(dir / "img_%05d.png", 20);
    fs::remove(dir / "img_00013.png");
    auto reader = FrameReader::open(dir / "img_%05d.png");
    REQUIRE(reader.has_value());
    CHECK(reader->info().frame_count == 10);
    CHECK(reader->info().is_sequence);
    CHECK(std::ranges::any_of(reader->info().faults, [](const std::string& fault) {
        return fault.find("Number 13 is missing") != std::string::npos;
    }));
    CHECK_FALSE(FrameReader::open(dir / "none_%05d.png").has_value());
}

TEST_SUITE_END();
