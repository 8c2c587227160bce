#include "media/thumbnails.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>

#include <doctest/doctest.h>

#include "base/file.h"
#include "base/side_file.h"
#include "fixtures.h"
#include "media/side_bytes.h"
#include "media/video_source.h"

namespace fs = std::filesystem;
using media::FrameReader;
using media::Thumbnail;
using media::ThumbnailPtr;
using media::Thumbnails;
using media::ThumbnailWish;

namespace {

// Side files of a test lie in a folder of their own.
class Cache {
public:
    Cache() {
        setenv("XDG_CACHE_HOME", m_path.c_str(), 1);
        fs::remove_all(m_path);
    }
    ~Cache() {
        unsetenv("XDG_CACHE_HOME");
        fs::remove_all(m_path);
    }

private:
    fs::path m_path = fixtures::folder() / fmt::format("thumbnails-cache-{}", getpid());
};

fs::path film_of_groups() {
    return fixtures::film("groups.mp4",
                          fixtures::source(60, "640x360") + " -c:v libx264 -g 12 -bf 2 -preset veryfast");
}

// The same with another display matrix in its track header (ISO/IEC 14496-12, 8.3.2), as 16.16 fixed point.
fs::path turned_film(const char* name, const std::array<int, 4>& abcd) {
    auto bytes = base::read_file(film_of_groups());
    REQUIRE(bytes);
    const std::size_t matrix = bytes->find("tkhd") + 4 + 40;
    REQUIRE(matrix + 20 < bytes->size());
    const auto put = [&](std::size_t at, int value) {
        for (std::size_t i = 0; i < 4; ++i)
            (*bytes)[at + i] = static_cast<char>((value << 16) >> (24 - 8 * static_cast<int>(i)));
    };
    put(matrix, abcd[0]), put(matrix + 4, abcd[1]), put(matrix + 12, abcd[2]), put(matrix + 16, abcd[3]);
    const fs::path path = fixtures::folder() / name;
    auto out = base::AtomicFile::create(path);
    REQUIRE(out);
    out->write(*bytes);
    REQUIRE(out->commit());
    return path;
}

// As the window asks: by the index's numbers and stamps.
ThumbnailWish wish(const FrameReader& reader, std::int64_t frame, std::int64_t key) {
    return {.frame = frame,
            .pts = reader.pts_of(frame),
            .key_frame = key,
            .key_pts = key >= 0 ? reader.pts_of(key) : 0};
}

void wait_for(const Thumbnails& thumbnails) {
    const auto begin = std::chrono::steady_clock::now();
    while (!thumbnails.idle() && std::chrono::steady_clock::now() - begin < std::chrono::seconds{60})
        std::this_thread::yield();
    REQUIRE(thumbnails.idle());
}

// From the mean of what each pixel of the thumbnail covers in the exact frame, as shown; over all pixels.
double mean_difference(const Thumbnail& thumbnail, const media::VideoFrame& frame) {
    const std::vector<std::uint8_t> large = media::to_rgba(frame);
    const int width = frame.shown_width(), height = frame.shown_height();
    double total = 0;
    for (int y = 0; y < thumbnail.height_px; ++y)
        for (int x = 0; x < thumbnail.width_px; ++x)
            for (int c = 0; c < 3; ++c) {
                const int x0 = x * width / thumbnail.width_px, x1 = (x + 1) * width / thumbnail.width_px;
                const int y0 = y * height / thumbnail.height_px, y1 = (y + 1) * height / thumbnail.height_px;
                double sum = 0;
                for (int v = y0; v < y1; ++v)
                    for (int u = x0; u < x1; ++u)
                        sum += large[(static_cast<std::size_t>(v) * width + u) * 4 + c];
                const double mean = sum / ((x1 - x0) * (y1 - y0));
                const double here =
                    thumbnail.rgba[(static_cast<std::size_t>(y) * thumbnail.width_px + x) * 4 + c];
                total += std::abs(mean - here);
            }
    return total / (3.0 * thumbnail.width_px * thumbnail.height_px);
}

// Colours outside the RGB cube are cut off pixel by pixel in the large picture, after averaging in the small.
// A turned film's pixels cover the same ones within one sample, since they are counted from the other side.
constexpr double k_tolerance = 1, k_tolerance_turned = 2.5;

void check_is_frame(Thumbnails& thumbnails, FrameReader& reader, std::int64_t frame) {
    CAPTURE(frame);
    const ThumbnailPtr thumbnail = thumbnails.find(frame, reader.pts_of(frame));
    REQUIRE(thumbnail);
    const auto exact = reader.read(frame);
    REQUIRE(exact);
    const double difference = mean_difference(*thumbnail, **exact);
    CHECK(difference <= ((*exact)->rotation_deg != 0 ? k_tolerance_turned : k_tolerance));
    for (const std::int64_t other : {frame - 1, frame + 1}) {  // a neighbour does not pass for it
        if (other < 0 || other >= reader.info().frame_count) continue;
        const auto neighbour = reader.read(other);
        REQUIRE(neighbour);
        CHECK(mean_difference(*thumbnail, **neighbour) > 1.25 * difference);
    }
}

}  // namespace

TEST_CASE("thumbnails_of_keyframes_and_of_frames_between_equal_the_exact_frames_made_small") {
    const Cache cache;
    auto reader = FrameReader::open(film_of_groups());
    REQUIRE(reader);
    Thumbnails thumbnails{film_of_groups(), {}};
    thumbnails.request({wish(*reader, 36, 36), wish(*reader, 0, 0), wish(*reader, 17, 12),
                        wish(*reader, 14, 12), wish(*reader, 59, 48), wish(*reader, 23, 12),
                        wish(*reader, 36, 36)});  // one of them twice
    wait_for(thumbnails);
    for (const std::int64_t frame : {36, 0, 17, 14, 59, 23}) check_is_frame(thumbnails, *reader, frame);
    CHECK(thumbnails.counters().failures == 0);
    CHECK(thumbnails.counters().ready == 7);
    CHECK(thumbnails.counters().decoded == 6);
    CHECK(thumbnails.find(36, reader->pts_of(36))->width_px == 160);
    CHECK(thumbnails.find(36, reader->pts_of(36))->height_px == 90);
}

TEST_CASE("thumbnails_work_in_every_container_and_codec") {
    const Cache cache;
    const std::pair<const char*, const char*> films[] = {
        {"groups.mkv", "-c:v libx264 -g 12 -bf 2 -preset veryfast"},
        {"groups.ts", "-c:v libx264 -g 12 -bf 2 -preset veryfast"},
        {"groups.webm", "-c:v libvpx-vp9 -g 12 -deadline realtime -cpu-used 8 -b:v 2M"},
        {"groups_hevc.mp4",
         "-c:v libx265 -x265-params keyint=12:bframes=3:open-gop=1:log-level=error -preset ultrafast"},
        {"groups10.mkv", "-c:v libx264 -pix_fmt yuv420p10le -g 12 -preset veryfast"},
        {"mpeg4.avi", "-c:v mpeg4 -g 12 -bf 2 -q:v 3"},
        {"intra.mov", "-c:v mjpeg -q:v 3"}};
    for (const auto& [name, arguments] : films) {
        CAPTURE(name);
        const fs::path film = fixtures::film(name, fixtures::source(60, "640x360") + " " + arguments);
        auto reader = FrameReader::open(film);
        REQUIRE(reader);
        Thumbnails thumbnails{film, {}};
        const auto key = [&](std::int64_t frame) { return frame / 12 * 12; };
        std::vector<ThumbnailWish> wishes;
        for (const std::int64_t frame : {24, 48, 0, 29}) wishes.push_back(wish(*reader, frame, key(frame)));
        thumbnails.request(wishes);
        wait_for(thumbnails);
        for (const std::int64_t frame : {24, 48, 0, 29}) check_is_frame(thumbnails, *reader, frame);
    }
}

TEST_CASE("a_frame_no_keyframe_leads_to_is_found_by_counting") {
    const Cache cache;
    // Cut by an edit list inside a group: the first frames have no keyframe of their own.
    const fs::path whole = film_of_groups();
    const fs::path film = fixtures::film(
        "cut.mp4", "-ss 0.2 -i " + fixtures::quoted(whole) + " -c copy -avoid_negative_ts disabled");
    auto reader = FrameReader::open(film);
    REQUIRE(reader);
    Thumbnails thumbnails{film, {}};
    thumbnails.request({wish(*reader, 2, -1), wish(*reader, 9, -1)});
    wait_for(thumbnails);
    check_is_frame(thumbnails, *reader, 2);
    check_is_frame(thumbnails, *reader, 9);
}

TEST_CASE("thumbnails_are_turned_and_mirrored_as_the_film_is_shown") {
    const Cache cache;
    const std::pair<const char*, std::array<int, 4>> turns[] = {{"turned90.mp4", {0, 1, -1, 0}},
                                                                {"turned180.mp4", {-1, 0, 0, -1}},
                                                                {"turned270.mp4", {0, -1, 1, 0}},
                                                                {"mirrored.mp4", {-1, 0, 0, 1}}};
    for (const auto& [name, abcd] : turns) {
        CAPTURE(name);
        const fs::path film = turned_film(name, abcd);
        auto reader = FrameReader::open(film);
        REQUIRE(reader);
        CHECK((reader->info().rotation_deg != 0 || reader->info().flip_horizontal));
        Thumbnails thumbnails{film, {}};
        thumbnails.request({wish(*reader, 12, 12)});
        wait_for(thumbnails);
        check_is_frame(thumbnails, *reader, 12);
        const ThumbnailPtr thumbnail = thumbnails.find(12, reader->pts_of(12));
        CHECK((thumbnail->width_px < thumbnail->height_px) == (reader->info().rotation_deg % 180 != 0));
    }
}

TEST_CASE("thumbnails_past_the_budget_drop_the_longest_unused") {
    const Cache cache;
    auto reader = FrameReader::open(film_of_groups());
    REQUIRE(reader);
    media::ThumbnailOptions options;
    options.budget_bytes = 4 * (160 * 90 * 4 + 256);
    Thumbnails thumbnails{film_of_groups(), options};
    std::vector<ThumbnailWish> wishes;
    for (std::int64_t frame = 0; frame < 24; ++frame) wishes.push_back(wish(*reader, frame, frame / 12 * 12));
    thumbnails.request(wishes);
    wait_for(thumbnails);
    const media::ThumbnailCounters counters = thumbnails.counters();
    CHECK(counters.bytes <= options.budget_bytes);
    CHECK(counters.kept == 4);
    CHECK(counters.evictions == 20);
    CHECK(thumbnails.find(23, reader->pts_of(23)));
    CHECK_FALSE(thumbnails.find(0, reader->pts_of(0)));
}

TEST_CASE("a_second_opening_has_the_thumbnails_without_decoding") {
    const Cache cache;
    auto reader = FrameReader::open(film_of_groups());
    REQUIRE(reader);
    {
        Thumbnails thumbnails{film_of_groups(), {}};
        thumbnails.request({wish(*reader, 0, 0), wish(*reader, 24, 24)});
        wait_for(thumbnails);
        CHECK(thumbnails.counters().decoded == 2);
    }
    Thumbnails again{film_of_groups(), {}};
    again.request({wish(*reader, 0, 0), wish(*reader, 24, 24)});
    wait_for(again);
    CHECK(again.counters().from_disk == 2);
    CHECK(again.counters().decoded == 0);
    check_is_frame(again, *reader, 24);
    // Another picture's: forgotten, not shown.
    CHECK_FALSE(again.find(0, reader->pts_of(0) + 1));
    CHECK_FALSE(again.find(0, reader->pts_of(0)));
}

TEST_CASE("a_damaged_side_file_is_made_anew") {
    const Cache cache;
    auto reader = FrameReader::open(film_of_groups());
    REQUIRE(reader);
    {
        Thumbnails thumbnails{film_of_groups(), {}};
        thumbnails.request({wish(*reader, 0, 0)});
        wait_for(thumbnails);
    }
    const fs::path side = base::side_file("thumbnails", film_of_groups(), "bin");
    REQUIRE(fs::exists(side));
    fs::resize_file(side, fs::file_size(side) / 2);
    {
        Thumbnails thumbnails{film_of_groups(), {}};
        thumbnails.request({wish(*reader, 0, 0)});
        wait_for(thumbnails);
        CHECK(thumbnails.counters().from_disk == 0);
        CHECK(thumbnails.counters().decoded == 1);
    }
    Thumbnails again{film_of_groups(), {}};
    wait_for(again);
    CHECK(again.counters().from_disk == 1);
}

TEST_CASE("any_bytes_are_safe_as_a_side_file_of_thumbnails") {
    auto reader = FrameReader::open(film_of_groups());
    REQUIRE(reader);
    const auto frame = reader->read(0);
    REQUIRE(frame);
    const std::string bytes = media::thumbnail_bytes(
        {media::thumbnail_of(**frame, 0, {16, 16}), media::thumbnail_of(**frame, 7, {8, 8})});
    const auto back = media::thumbnails_from_bytes(bytes, {16, 16});
    REQUIRE(back);
    CHECK(back->size() == 2);
    CHECK(back->at(1)->frame == 7);
    CHECK(back->at(0)->rgba == media::thumbnail_of(**frame, 0, {16, 16})->rgba);
    CHECK_FALSE(media::thumbnails_from_bytes(bytes, {8, 8}));  // larger than they may be
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        std::string damaged = bytes;
        damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
        CHECK_FALSE(media::thumbnails_from_bytes(damaged, {16, 16}));
        CHECK_FALSE(media::thumbnails_from_bytes(std::string_view{bytes}.substr(0, i), {16, 16}));
    }
}

TEST_CASE("a_well_sealed_side_file_with_wrong_contents_is_refused_or_gives_sound_thumbnails") {
    auto reader = FrameReader::open(film_of_groups());
    REQUIRE(reader);
    const auto frame = reader->read(0);
    REQUIRE(frame);
    const std::string sealed = media::thumbnail_bytes({media::thumbnail_of(**frame, 0, {6, 6})});
    const std::string content = sealed.substr(0, sealed.size() - sizeof(base::Sha256));
    for (std::size_t i = 0; i < content.size(); ++i)
        for (const int value : {0, 1, 0x7f, 0xff}) {
            media::SideBytes changed;
            std::string bytes = content;
            bytes[i] = static_cast<char>(value);
            changed.put_bytes(bytes);
            const auto read = media::thumbnails_from_bytes(std::move(changed).sealed(), {6, 6});
            if (!read) continue;
            for (const ThumbnailPtr& each : *read) {
                CHECK(each->frame >= 0);
                CHECK(each->rgba.size() == std::size_t{4} * each->width_px * each->height_px);
            }
        }
}

TEST_CASE("thumbnails_rest_while_paused_and_end_at_once_when_let_go") {
    const Cache cache;
    auto reader = FrameReader::open(film_of_groups());
    REQUIRE(reader);
    media::ThumbnailOptions options;
    options.pause = std::make_shared<base::Pause>();
    options.pause->set(true);
    {
        Thumbnails thumbnails{film_of_groups(), options};
        std::vector<ThumbnailWish> wishes;
        for (std::int64_t frame = 0; frame < 60; ++frame)
            wishes.push_back(wish(*reader, frame, frame / 12 * 12));
        thumbnails.request(wishes);
        CHECK_FALSE(thumbnails.idle());
        CHECK(thumbnails.counters().decoded == 0);
    }  // would never return if a pause could not be ended by stopping
    Thumbnails thumbnails{film_of_groups(), options};
    thumbnails.request({wish(*reader, 0, 0)});
    options.pause->set(false);
    wait_for(thumbnails);
    CHECK(thumbnails.counters().decoded == 1);
}

TEST_CASE("newest_wishes_replace_the_ones_not_begun") {
    const Cache cache;
    auto reader = FrameReader::open(film_of_groups());
    REQUIRE(reader);
    media::ThumbnailOptions options;
    options.pause = std::make_shared<base::Pause>();
    options.pause->set(true);
    Thumbnails thumbnails{film_of_groups(), options};
    std::vector<ThumbnailWish> wishes;
    for (std::int64_t frame = 0; frame < 60; ++frame) wishes.push_back(wish(*reader, frame, frame / 12 * 12));
    thumbnails.request(wishes);
    thumbnails.request({wish(*reader, 48, 48)});
    options.pause->set(false);
    wait_for(thumbnails);
    CHECK(thumbnails.find(48, reader->pts_of(48)));
    CHECK(thumbnails.counters().decoded <= 2);  // at most one was begun before
}

TEST_CASE("a_wish_that_cannot_be_met_is_given_up") {
    const Cache cache;
    auto reader = FrameReader::open(film_of_groups());
    REQUIRE(reader);
    Thumbnails thumbnails{film_of_groups(), {}};
    thumbnails.request(
        {{.frame = 3, .pts = 77, .key_frame = 0, .key_pts = reader->pts_of(0)}, wish(*reader, 12, 12)});
    wait_for(thumbnails);
    CHECK(thumbnails.counters().failures == 1);
    check_is_frame(thumbnails, *reader, 12);
    Thumbnails nowhere{fixtures::folder() / "there_is_no_such_film.mp4", {}};
    nowhere.request({{.frame = 0, .pts = 0, .key_frame = 0, .key_pts = 0}});
    wait_for(nowhere);
    CHECK(nowhere.counters().failures == 1);
}

TEST_CASE("the_nearest_thumbnail_before_a_frame_is_given_within_reach") {
    const Cache cache;
    auto reader = FrameReader::open(film_of_groups());
    REQUIRE(reader);
    Thumbnails thumbnails{film_of_groups(), {}};
    thumbnails.request({wish(*reader, 12, 12), wish(*reader, 36, 36)});
    wait_for(thumbnails);
    CHECK(thumbnails.before(40, 10)->frame == 36);
    CHECK(thumbnails.before(36, 30)->frame == 12);
    CHECK_FALSE(thumbnails.before(36, 10));
    CHECK_FALSE(thumbnails.before(12, 100));
}

TEST_CASE("a_poster_is_made_once_and_kept") {
    const Cache cache;
    const auto made = media::poster_of(film_of_groups(), std::nullopt, {});
    REQUIRE(made);
    CHECK((*made)->width_px == 80);
    CHECK((*made)->height_px == 45);
    REQUIRE(fs::exists(base::side_file("posters", film_of_groups(), "bin")));
    const auto kept = media::poster_of(film_of_groups(), std::nullopt, {});
    REQUIRE(kept);
    CHECK((*kept)->rgba == (*made)->rgba);
    CHECK_FALSE(media::poster_of(fixtures::folder() / "there_is_no_such_film.mp4", std::nullopt, {}));
}

TEST_CASE("a_film_opened_to_be_closed_at_once_stops_promptly") {
    const Cache cache;
    for (int i = 0; i < 5; ++i) Thumbnails{film_of_groups(), {}};
}
