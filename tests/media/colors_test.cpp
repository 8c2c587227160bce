// What is shown: colours against ffmpeg's own conversion, turns against its autorotation.

#include <cmath>
#include <cstring>
#include <fstream>

#include "fixtures.h"
#include "media/video_source.h"

namespace {

using fixtures::quoted;
using media::ColorMatrix;
using media::ColorRange;
using media::FrameReader;
using media::PixelLayout;

media::FramePtr frame_of(const std::filesystem::path& file, std::int64_t frame = 0) {
    auto reader = FrameReader::open(file);
    REQUIRE_MESSAGE(reader.has_value(), (reader ? "" : reader.error().message));
    auto read = reader->read(frame);
    REQUIRE_MESSAGE(read.has_value(), (read ? "" : read.error().message));
    return *read;
}

// ffmpeg's first frame as RGBA, turned as a player shows it, chroma not interpolated.
std::string ffmpeg_rgba(const std::filesystem::path& file, const std::string& filter) {
    return fixtures::run(
               fmt::format("ffmpeg -v quiet -nostdin -i {} -frames:v 1 -vf {} -f rawvideo -pix_fmt rgba -",
                           quoted(file), filter))
        .text;
}

struct Difference {
    int worst = 0;
    double mean = 0, share_over_3 = 0;
};

Difference difference(const std::vector<std::uint8_t>& ours, const std::string& theirs) {
    REQUIRE(ours.size() == theirs.size());
    Difference result;
    for (std::size_t i = 0; i < ours.size(); ++i) {
        const int delta = std::abs(ours[i] - static_cast<std::uint8_t>(theirs[i]));
        result.worst = std::max(result.worst, delta);
        result.mean += delta;
        result.share_over_3 += delta > 3 ? 1 : 0;
    }
    result.mean /= static_cast<double>(ours.size());
    result.share_over_3 /= static_cast<double>(ours.size());
    return result;
}

// A 4:4:4 film, so that only the matrix and the range can differ.
std::filesystem::path tagged_film(const std::string& name, const std::string& pixel_format,
                                  const std::string& matrix, const std::string& range) {
    const std::string scale =
        fmt::format("-vf scale=out_color_matrix={}:out_range={},format={}", matrix, range, pixel_format);
    return fixtures::film(name, fixtures::source(2) + " " + scale + " -c:v ffv1 -colorspace " +
                                    (matrix == "bt2020"  ? "bt2020nc"
                                     : matrix == "bt601" ? "smpte170m"
                                                         : matrix) +
                                    " -color_range " + range);
}

// A film whose track header holds another display matrix (ISO/IEC 14496-12, 8.3.2), as 16.16 fixed point.
std::filesystem::path turned_film(const std::string& name, const std::array<int, 4>& abcd) {
    const auto plain =
        fixtures::film("plain.mp4", fixtures::source(2, "64x48") + " -c:v libx264 -pix_fmt yuv444p -qp 10");
    std::ifstream in{plain, std::ios::binary};
    std::string bytes{std::istreambuf_iterator<char>{in}, {}};
    const std::size_t matrix = bytes.find("tkhd") + 4 + 40;
    REQUIRE(matrix < bytes.size());
    const auto put = [&](std::size_t at, int value) {
        for (std::size_t i = 0; i < 4; ++i)
            bytes[at + i] = static_cast<char>((value << 16) >> (24 - 8 * static_cast<int>(i)));
    };
    put(matrix, abcd[0]), put(matrix + 4, abcd[1]), put(matrix + 12, abcd[2]), put(matrix + 16, abcd[3]);
    const auto path = fixtures::folder() / name;
    std::ofstream{path, std::ios::binary} << bytes;
    return path;
}

}  // namespace

TEST_CASE("colours_follow_matrix_range_and_depth") {
    const std::pair<const char*, ColorMatrix> matrices[] = {
        {"bt601", ColorMatrix::bt601}, {"bt709", ColorMatrix::bt709}, {"bt2020", ColorMatrix::bt2020}};
    const std::pair<const char*, ColorRange> ranges[] = {{"tv", ColorRange::limited},
                                                         {"pc", ColorRange::full}};
    for (const auto& [matrix_name, matrix] : matrices)
        for (const auto& [range_name, range] : ranges)
            for (const int depth : {8, 10, 12}) {
                const std::string format = depth == 8 ? "yuv444p" : fmt::format("yuv444p{}le", depth);
                const std::string name = fmt::format("{}-{}-{}.mkv", matrix_name, range_name, depth);
                CAPTURE(name);
                const auto film = tagged_film(name, format, matrix_name, range_name);
                const auto frame = frame_of(film);
                CHECK(frame->layout == PixelLayout::yuv);
                CHECK(frame->bit_depth == depth);
                CHECK(frame->matrix == matrix);
                CHECK(frame->range == range);
                const auto filter = fmt::format(
                    "scale=in_color_matrix={}:in_range={}:flags=accurate_rnd+full_chroma_int+bitexact",
                    matrix_name, range_name);
                const Difference found = difference(media::to_rgba(*frame), ffmpeg_rgba(film, filter));
                CHECK(found.worst <= 3);
                CHECK(found.mean < 0.7);
            }
}

TEST_CASE("the_wrong_matrix_would_be_seen") {
    const auto film = tagged_film("bt601-tv-8.mkv", "yuv444p", "bt601", "tv");
    media::VideoFrame wrong = *frame_of(film);
    wrong.matrix = ColorMatrix::bt709;
    const Difference found =
        difference(media::to_rgba(wrong), ffmpeg_rgba(film, "scale=in_color_matrix=bt601:in_range=tv"));
    CHECK(found.share_over_3 > 0.1);
}

TEST_CASE("untagged_films_are_601_below_720_lines_and_709_from_there") {
    CHECK(frame_of(fixtures::film("sd.mkv", fixtures::source(1) + " -c:v ffv1 -pix_fmt yuv420p"))->matrix ==
          ColorMatrix::bt601);
    CHECK(frame_of(fixtures::film("hd.mkv", fixtures::source(1, "1280x720") + " -c:v ffv1 -pix_fmt yuv420p"))
              ->matrix == ColorMatrix::bt709);
}

TEST_CASE("planar_layouts_are_shared_as_they_are") {
    struct Case {
        const char* pixel_format;
        int bits, chroma_w, chroma_h;
    };
    for (const Case& each : {Case{"yuv420p", 8, 1, 1}, Case{"yuv422p", 8, 1, 0}, Case{"yuv444p", 8, 0, 0},
                             Case{"yuv440p", 8, 0, 1}, Case{"yuv411p", 8, 2, 0}, Case{"yuv410p", 8, 2, 2},
                             Case{"yuv420p10le", 10, 1, 1}, Case{"yuv422p16le", 16, 1, 0}}) {
        CAPTURE(each.pixel_format);
        const auto film = fixtures::film(
            std::string{each.pixel_format} + ".mkv",
            fixtures::source(1) + " -vf scale=321:239 -c:v ffv1 -pix_fmt " + each.pixel_format);
        const auto frame = frame_of(film);
        CHECK(frame->layout == PixelLayout::yuv);
        CHECK(frame->bit_depth == each.bits);
        CHECK(frame->log2_chroma_w == each.chroma_w);
        CHECK(frame->log2_chroma_h == each.chroma_h);
        CHECK(frame->planes[0].width == 321);
        CHECK(frame->planes[1].width == (321 + (1 << each.chroma_w) - 1) >> each.chroma_w);
        CHECK(frame->planes[2].height == (239 + (1 << each.chroma_h) - 1) >> each.chroma_h);
        const Difference found =
            difference(media::to_rgba(*frame), ffmpeg_rgba(film, "scale=flags=neighbor+accurate_rnd"));
        CHECK(found.mean < 4);  // ffmpeg places subsampled chroma differently
    }
}

TEST_CASE("gray_and_foreign_layouts_are_shown_with_their_values") {
    const auto gray = fixtures::film("gray.png", fixtures::source(1) + " -frames:v 1 -pix_fmt gray");
    CHECK(frame_of(gray)->layout == PixelLayout::gray);
    CHECK(difference(media::to_rgba(*frame_of(gray)), ffmpeg_rgba(gray, "null")).worst <= 1);
    for (const char* pixel_format : {"rgb24", "rgba", "pal8", "rgb48be", "ya8"}) {
        CAPTURE(pixel_format);
        const auto film = fixtures::film(std::string{pixel_format} + ".png",
                                         fixtures::source(1) + " -frames:v 1 -pix_fmt " + pixel_format);
        const auto frame = frame_of(film);
        CHECK(frame->layout == PixelLayout::rgba);
        CHECK(difference(media::to_rgba(*frame), ffmpeg_rgba(film, "null")).worst <= 1);
    }
}

TEST_CASE("display_matrices_turn_and_mirror_as_in_ffmpeg") {
    struct Case {
        const char* name;
        std::array<int, 4> abcd;
    };
    for (const Case& each :
         {Case{"r0.mp4", {1, 0, 0, 1}}, Case{"r90.mp4", {0, 1, -1, 0}}, Case{"r180.mp4", {-1, 0, 0, -1}},
          Case{"r270.mp4", {0, -1, 1, 0}}, Case{"hflip.mp4", {-1, 0, 0, 1}}, Case{"vflip.mp4", {1, 0, 0, -1}},
          Case{"transpose.mp4", {0, 1, 1, 0}}, Case{"transverse.mp4", {0, -1, -1, 0}}}) {
        CAPTURE(each.name);
        const auto film = turned_film(each.name, each.abcd);
        const auto frame = frame_of(film);
        const bool sideways = each.abcd[0] == 0;
        CHECK(frame->shown_width() == (sideways ? 48 : 64));
        auto reader = FrameReader::open(film);
        CHECK(reader->info().width_px == frame->shown_width());
        CHECK(reader->info().height_px == frame->shown_height());
        CHECK(reader->info().coded_width_px == 64);
        const Difference found = difference(media::to_rgba(*frame), ffmpeg_rgba(film, "null"));
        CHECK(found.mean < 2);
        CHECK(found.share_over_3 < 0.02);
    }
}

TEST_CASE("a_written_png_reads_back_the_same") {
    const auto frame = frame_of(
        fixtures::film("plain.mp4", fixtures::source(2, "64x48") + " -c:v libx264 -pix_fmt yuv444p -qp 10"));
    const auto rgba = media::to_rgba(*frame);
    const auto path = fixtures::folder() / "written.png";
    REQUIRE(media::write_png(path, rgba, 64, 48).has_value());
    const auto back = frame_of(path);
    CHECK(back->layout == PixelLayout::rgba);
    CHECK(media::to_rgba(*back) == rgba);
    CHECK_FALSE(media::write_png(path, rgba, 65, 48).has_value());
    CHECK_FALSE(media::write_png("/nowhere/at/all.png", rgba, 64, 48).has_value());
}
