// A proxy has the film's frames at the film's times, or there is none.

#include "media/proxy.h"

#include <cstdlib>
#include <fstream>
#include <numeric>

#include "base/file.h"
#include "bell.h"
#include "fixtures.h"

namespace {

namespace fs = std::filesystem;
using fixtures::film;
using fixtures::source;
using media::FrameReader;

// Side files go to a folder of the test's own.
class Cache {
public:
    Cache() {
        fs::remove_all(m_folder);
        fs::create_directories(m_folder);
        setenv("XDG_CACHE_HOME", m_folder.c_str(), 1);
    }
    ~Cache() {
        unsetenv("XDG_CACHE_HOME");
        fs::remove_all(m_folder);
    }
    [[nodiscard]] std::vector<fs::path> files() const {
        std::vector<fs::path> found;
        for (const auto& entry : fs::recursive_directory_iterator{m_folder})
            if (entry.is_regular_file()) found.push_back(entry.path());
        return found;
    }

private:
    fs::path m_folder = fs::temp_directory_path() / fmt::format("limn-proxy-test-{}", getpid());
};

media::Proxy make(const fs::path& file) {
    auto proxy = media::make_proxy(file, {}, {});
    REQUIRE_MESSAGE(proxy.has_value(), (proxy ? "" : proxy.error().message));
    return *proxy;
}

FrameReader open(const fs::path& file) {
    auto reader = FrameReader::open(file);
    REQUIRE_MESSAGE(reader.has_value(), (reader ? "" : reader.error().message));
    return std::move(*reader);
}

// Mean difference of the first planes, sampled on a grid that both sizes share.
double difference(const media::VideoFrame& a, const media::VideoFrame& b) {
    constexpr int k_grid = 64;
    const auto sample = [](const media::VideoFrame& frame, int column, int row) {
        const media::Plane& plane = frame.planes[0];
        const auto x = static_cast<std::int64_t>(column) * plane.width / k_grid;
        const auto y = static_cast<std::int64_t>(row) * plane.height / k_grid;
        return int{plane.data[y * plane.stride_bytes + x]};
    };
    double sum = 0;
    for (int row = 0; row < k_grid; ++row)
        for (int column = 0; column < k_grid; ++column)
            sum += std::abs(sample(a, column, row) - sample(b, column, row));
    return sum / (k_grid * k_grid);
}

// Count, times by ffmpeg's own reading of the file, short groups, and that frame N is the film's frame N.
void check_same_frames(const fs::path& file) {
    FrameReader whole = open(file);
    const media::Proxy proxy = make(file);
    const media::VideoInfo& info = whole.info();
    CHECK(proxy.made);
    CHECK(proxy.frame_count == info.frame_count);
    CHECK(proxy.width_px % 2 == 0);
    CHECK(proxy.height_px % 2 == 0);
    CHECK(proxy.width_px <= media::k_proxy_width_px);
    CHECK(proxy.height_px <= media::k_proxy_height_px);
    CHECK(open(proxy.file).info().longest_gop <= media::k_proxy_gop);

    const auto stored = fixtures::reference(proxy.file);
    REQUIRE(static_cast<std::int64_t>(stored.size()) == info.frame_count);
    int wrong_times = 0;
    for (std::int64_t frame = 0; frame < info.frame_count; ++frame) {
        const std::int64_t ticks = (whole.pts_of(frame) - whole.pts_of(0)) * info.time_base.num;
        wrong_times += stored[static_cast<std::size_t>(frame)].pts - stored[0].pts != ticks;
    }
    CHECK(wrong_times == 0);

    const auto pts_of = [&](std::int64_t frame) { return whole.pts_of(frame); };
    auto reader = media::ProxyReader::open(proxy.file, info, pts_of);
    REQUIRE(reader.has_value());
    for (std::int64_t frame = 1; frame + 1 < info.frame_count; frame += 7) {
        CAPTURE(frame);
        const auto small = reader->read(frame, whole.pts_of(frame));
        const auto exact = whole.read(frame);
        REQUIRE(small.has_value());
        REQUIRE(exact.has_value());
        CHECK((*small)->stand_in);
        CHECK((*small)->index == frame);
        CHECK((*small)->pts == (*exact)->pts);
        CHECK((*small)->width_px == (*exact)->width_px);
        CHECK((*small)->height_px == (*exact)->height_px);
        CHECK((*small)->rotation_deg == (*exact)->rotation_deg);
        if ((*exact)->bit_depth > 8) continue;
        const double own = difference(**small, **exact);
        CHECK(own < difference(**small, **whole.read(frame - 1)));
        CHECK(own < difference(**small, **whole.read(frame + 1)));
    }
}

const std::string k_h264 = " -c:v libx264 -preset veryfast -g 100 -bf 3 ";

}  // namespace

TEST_CASE("a_proxy_has_the_frames_and_times_of_h264_with_b_pictures") {
    const Cache cache;
    check_same_frames(film("long.mp4", source() + k_h264));
    CHECK(cache.files().size() == 1);
}

TEST_CASE("a_proxy_has_the_times_of_a_varying_rate") {
    const Cache cache;
    check_same_frames(film(
        "vfr.mp4", source() + R"( -vf "select='not(mod(n\,3))+lt(mod(n\,7)\,2)'" -fps_mode vfr )" + k_h264));
}

TEST_CASE("a_proxy_of_a_matroska_film_counts_milliseconds") {
    const Cache cache;
    check_same_frames(
        film("open.mkv",
             source() + " -c:v libx264 -preset veryfast -g 12 -bf 3 -x264-params open-gop=1:scenecut=0"));
}

TEST_CASE("a_proxy_leaves_out_what_an_edit_list_leaves_out") {
    const Cache cache;
    const auto whole = film("whole.mp4", source() + " -c:v libx264 -preset veryfast -g 12 -bf 3");
    const auto edited = film("edit.mp4", "-ss 0.9 -i " + fixtures::quoted(whole) + " -c copy");
    REQUIRE(open(edited).info().edit_list);
    check_same_frames(edited);
}

TEST_CASE("a_proxy_of_odd_sides_has_even_ones") {
    const Cache cache;
    check_same_frames(film("odd.mkv", source(30) + " -vf scale=321:239 -c:v ffv1 -pix_fmt yuv420p"));
}

TEST_CASE("a_proxy_of_a_turned_film_is_stored_unturned_and_shown_turned") {
    const Cache cache;
    const auto upright = film("upright.mp4", source(30, "320x180") + k_h264);
    const auto turned =
        film("turned.mp4", "-i " + fixtures::quoted(upright) + " -c copy -metadata:s:v:0 rotate=90");
    REQUIRE(open(turned).info().rotation_deg % 180 == 90);
    check_same_frames(turned);
    CHECK(make(turned).width_px == 320);
    CHECK(open(make(turned).file).info().rotation_deg == 0);
}

TEST_CASE("a_proxy_of_a_transport_stream_and_of_an_odd_clock_keeps_their_times") {
    const Cache cache;
    check_same_frames(film("h264.ts", source() + k_h264));
    check_same_frames(
        film("ntsc.avi", "-f lavfi -i testsrc2=size=320x240:rate=30000/1001:duration=1 -c:v mjpeg -q:v 4"));
}

TEST_CASE("a_proxy_of_ten_bits_has_eight_and_a_large_one_fits_its_frame") {
    const Cache cache;
    check_same_frames(
        film("10.mkv", source(30) + " -c:v libx264 -preset ultrafast -pix_fmt yuv420p10le -g 100"));
    const media::Proxy large =
        make(film("large.mp4", source(10, "2000x1500") + " -c:v libx264 -preset ultrafast"));
    CHECK(large.width_px == 720);
    CHECK(large.height_px == 540);
}

TEST_CASE("a_film_whose_frames_share_a_time_has_no_proxy") {
    const Cache cache;
    const auto twice = film(
        "twice.mkv", source(20) + R"( -vf "setpts='floor(N/2)*2/25/TB'" -fps_mode passthrough -c:v ffv1)");
    REQUIRE(open(twice).info().frame_count == 20);
    const auto refused = media::make_proxy(twice, {}, {});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().kind == base::ErrorKind::refused);
    CHECK(refused.error().message.starts_with("Frames 0 and 1 have the same time"));
    CHECK(cache.files().empty());
}

TEST_CASE("a_picture_has_no_proxy") {
    const Cache cache;
    const auto refused = media::make_proxy(film("one.png", source(1) + " -frames:v 1"), {}, {});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().kind == base::ErrorKind::refused);
}

TEST_CASE("cancelling_a_proxy_leaves_nothing_behind") {
    const Cache cache;
    std::stop_source stop;
    media::ProxyTask task;
    std::size_t files_while_writing = 0;
    task.progress = [&](double fraction) {
        files_while_writing = std::max(files_while_writing, cache.files().size());
        if (fraction > 0.5) stop.request_stop();
    };
    const auto cancelled = media::make_proxy(film("long.mp4", source() + k_h264), task, stop.get_token());
    REQUIRE_FALSE(cancelled.has_value());
    CHECK(cancelled.error().kind == base::ErrorKind::cancelled);
    CHECK(files_while_writing == 1);
    CHECK(cache.files().empty());
}

TEST_CASE("a_proxy_is_made_once_and_again_when_asked") {
    const Cache cache;
    const auto file = film("long.mp4", source() + k_h264);
    CHECK(make(file).made);
    CHECK_FALSE(make(file).made);
    CHECK(media::make_proxy(file, {.again = true}, {})->made);
    CHECK(cache.files().size() == 1);
}

TEST_CASE("a_damaged_proxy_is_made_again") {
    const Cache cache;
    const auto file = film("long.mp4", source() + k_h264);
    const media::Proxy proxy = make(file);
    fs::resize_file(proxy.file, proxy.size_bytes / 2);
    CHECK(make(file).made);
    CHECK(fs::file_size(proxy.file) == proxy.size_bytes);
}

TEST_CASE("the_source_shows_the_proxys_picture_first_and_then_the_exact_one") {
    const Cache cache;
    const auto file =
        film("scrub.mp4", source(200, "640x360") + " -c:v libx264 -preset ultrafast -g 200 -sc_threshold 0");
    make(file);
    fixtures::Bell bell;
    media::VideoSource video{file, {.decoder_threads = 2, .wakeup = bell.ringer()}};
    REQUIRE(bell.wait_until([&] { return video.proxy() == media::ProxyState::ready; }));
    video.request(190);
    std::vector<media::FramePtr> seen;
    REQUIRE(bell.wait_until([&] {
        if (const auto result = video.poll(); result && *result) seen.push_back(**result);
        return !seen.empty() && !seen.back()->stand_in;
    }));
    CHECK(seen.back()->index == 190);
    CHECK(seen.front()->index == 190);
    CHECK(video.counters().stand_ins == 1);
    CHECK(video.counters().proxy_used);
    CHECK_FALSE(video.cached(190)->stand_in);
}

TEST_CASE("a_proxy_made_while_the_film_is_open_is_used_once_looked_for") {
    const Cache cache;
    const auto file =
        film("scrub.mp4", source(200, "640x360") + " -c:v libx264 -preset ultrafast -g 200 -sc_threshold 0");
    fixtures::Bell bell;
    media::VideoSource video{file, {.wakeup = bell.ringer()}};
    REQUIRE(bell.wait_until([&] { return video.proxy() == media::ProxyState::none; }));
    make(file);
    CHECK(video.proxy() == media::ProxyState::none);
    video.look_for_proxy();
    CHECK(bell.wait_until([&] { return video.proxy() == media::ProxyState::ready; }));
}

TEST_CASE("a_damaged_or_foreign_proxy_is_ignored_and_removed") {
    const Cache cache;
    const auto file = film("long.mp4", source() + k_h264);
    const auto other = film("other.mp4", source(59) + k_h264);
    const auto shifted =
        film("other_rate.mp4", "-f lavfi -i testsrc2=size=320x240:rate=24:duration=2.5" + k_h264);
    const media::Proxy proxy = make(file);
    const auto cut = [&] { fs::resize_file(proxy.file, proxy.size_bytes / 2); };
    const auto put = [&](const fs::path& from) {
        fs::copy_file(make(from).file, proxy.file, fs::copy_options::overwrite_existing);
    };
    const auto noise = [&] { std::ofstream{proxy.file, std::ios::trunc} << "no film at all"; };
    int kind = 0;
    for (const std::function<void()>& spoil :
         std::vector<std::function<void()>>{cut, [&] { put(other); }, [&] { put(shifted); }, noise}) {
        CAPTURE(kind++);
        spoil();
        fixtures::Bell bell;
        media::VideoSource video{file, {.wakeup = bell.ringer()}};
        REQUIRE(bell.wait_until([&] { return video.proxy() == media::ProxyState::none && video.idle(); }));
        CHECK_FALSE(fs::exists(proxy.file));
    }
}

TEST_CASE("a_proxy_is_wanted_for_long_groups_and_large_pictures") {
    const media::VideoInfo plain{.coded_width_px = 1920,
                                 .coded_height_px = 1080,
                                 .frame_count = 1000,
                                 .index_complete = true,
                                 .longest_gop = 60};
    CHECK_FALSE(media::wants_proxy(plain));
    media::VideoInfo long_groups = plain;
    long_groups.longest_gop = 61;
    CHECK(media::wants_proxy(long_groups));
    long_groups.index_complete = false;
    CHECK_FALSE(media::wants_proxy(long_groups));
    media::VideoInfo large = plain;
    large.coded_width_px = 3840, large.coded_height_px = 2160;
    CHECK(media::wants_proxy(large));
    large.is_picture = true;
    CHECK_FALSE(media::wants_proxy(large));
}
