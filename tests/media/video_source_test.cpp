// The threaded source: newest request wins, nothing waits, memory is bounded.

#include "media/video_source.h"

#include "bell.h"
#include "fixtures.h"

namespace {

using namespace std::chrono_literals;
using fixtures::Bell;
using media::FramePtr;
using media::VideoSource;

std::filesystem::path one_group_film() {
    return fixtures::film("group.mp4", fixtures::source(60) + " -c:v libx264 -preset veryfast -g 60 -bf 3");
}
std::filesystem::path short_group_film() {
    return fixtures::film("groups.mkv", fixtures::source(100) + " -c:v libx264 -preset veryfast -g 10 -bf 2");
}

std::optional<base::Result<FramePtr>> wait_result(VideoSource& source, Bell& bell) {
    std::optional<base::Result<FramePtr>> result;
    bell.wait_until([&] { return (result = source.poll()).has_value(); });
    return result;
}

FramePtr wait_frame(VideoSource& source, Bell& bell, std::int64_t frame) {
    FramePtr last;
    bell.wait_until([&] {
        if (auto result = source.poll(); result && *result) last = **result;
        return last && last->index == frame;
    });
    return last;
}

constexpr std::size_t k_frame_bytes = 320 * 240 * 3 / 2;

}  // namespace

TEST_CASE("every_burst_of_requests_ends_with_its_newest_frame") {
    Bell bell;
    VideoSource source{short_group_film(), {.wakeup = bell.ringer()}};
    for (int burst = 0; burst < 20; ++burst) {
        std::int64_t last = 0;
        for (int i = 0; i < 50; ++i) source.request(last = (burst * 37 + i * 13) % 100);
        const FramePtr frame = wait_frame(source, bell, last);
        REQUIRE(frame);
        CHECK(frame->index == last);
        CHECK(bell.wait_until([&] { return source.idle(); }));
        CHECK_FALSE(source.poll().has_value());
    }
    const auto counters = source.counters();
    CHECK(counters.requests == 1000);
}

TEST_CASE("results_never_go_back_to_an_older_request") {
    Bell bell;
    VideoSource source{short_group_film(), {.wakeup = bell.ringer()}};
    source.request(0);
    REQUIRE(wait_frame(source, bell, 0));
    std::vector<std::int64_t> seen;
    for (std::int64_t frame = 0; frame < 100; ++frame) {
        source.request(frame);
        if (auto result = source.poll(); result && *result) seen.push_back((**result)->index);
    }
    bell.wait_until([&] {
        if (auto result = source.poll(); result && *result) seen.push_back((**result)->index);
        return !seen.empty() && seen.back() == 99;
    });
    CHECK(std::ranges::is_sorted(seen));
    CHECK(seen.back() == 99);
}

TEST_CASE("stepping_back_within_a_group_decodes_nothing_new") {
    Bell bell;
    VideoSource source{one_group_film(), {.wakeup = bell.ringer()}};
    source.request(45);
    REQUIRE(wait_frame(source, bell, 45));
    REQUIRE(bell.wait_until([&] { return source.idle(); }));
    const auto before = source.counters();
    for (std::int64_t frame = 44; frame >= 0; --frame) {
        REQUIRE(source.cached(frame));
        CHECK(source.cached(frame)->index == frame);
        source.request(frame);
        const auto result = source.poll();  // at once, without the decoder
        REQUIRE(result.has_value());
        CHECK(result->value()->index == frame);
    }
    CHECK(source.counters().decoded == before.decoded);
    CHECK(source.counters().seeks == before.seeks);
    CHECK(source.counters().cache_hits == before.cache_hits + 45);
}

TEST_CASE("the_cache_stays_within_its_budget_and_keeps_what_lies_before_the_target") {
    Bell bell;
    const std::size_t budget = 12 * k_frame_bytes;
    VideoSource source{one_group_film(), {.cache_bytes = budget, .wakeup = bell.ringer()}};
    for (const std::int64_t frame : {50, 10, 59, 30}) {
        source.request(frame);
        REQUIRE(wait_frame(source, bell, frame));
        CHECK(source.counters().cached_bytes <= budget);
        CHECK(source.counters().cached_bytes > 0);
    }
    CHECK(source.counters().evictions > 0);
    CHECK(source.counters().budget_bytes == budget);
    for (const std::int64_t frame : {30, 29, 28, 27, 26}) CHECK(source.cached(frame));
    CHECK_FALSE(source.cached(2));
}

TEST_CASE("playing_fetches_frames_ahead_and_stepping_back_the_group_before") {
    Bell bell;
    VideoSource source{short_group_film(), {.wakeup = bell.ringer()}};
    source.request(20, 1);
    REQUIRE(wait_frame(source, bell, 20));
    REQUIRE(bell.wait_until([&] { return source.idle(); }));
    for (std::int64_t frame = 21; frame <= 28; ++frame) CHECK(source.cached(frame));
    source.request(80, -1);
    REQUIRE(wait_frame(source, bell, 80));
    REQUIRE(bell.wait_until([&] { return source.idle(); }));
    for (std::int64_t frame = 72; frame < 80; ++frame) CHECK(source.cached(frame));
}

TEST_CASE("destruction_during_decoding_returns_promptly") {
    const auto film = fixtures::film(
        "long.mkv", fixtures::source(250, "640x480") + " -c:v libx264 -preset ultrafast -g 250");
    for (int i = 0; i < 5; ++i) {
        std::optional<VideoSource> source;
        source.emplace(film, media::VideoSourceOptions{});
        source->request(249);
        if (i > 0)  // once opened, so that it is the decoding that is cut short
            for (const auto until = std::chrono::steady_clock::now() + 5s;
                 !source->info() && std::chrono::steady_clock::now() < until;)
                std::this_thread::yield();
        const auto start = std::chrono::steady_clock::now();
        source.reset();
        CHECK(std::chrono::steady_clock::now() - start < 500ms);
    }
}

TEST_CASE("info_grows_to_a_complete_index") {
    Bell bell;
    VideoSource source{short_group_film(), {.wakeup = bell.ringer()}};
    REQUIRE(bell.wait_until([&] { return source.info() && source.info()->value().index_complete; }));
    const media::VideoInfo info = source.info()->value();
    CHECK(info.frame_count == 100);
    CHECK(info.keyframes == 10);
    CHECK(info.longest_gop == 10);
    CHECK(info.width_px == 320);
    CHECK(info.average_rate == base::Rational{25, 1});
    CHECK_FALSE(info.variable_rate);
    CHECK(info.faults.empty());
    CHECK(source.keyframes_between(5, 31) == std::vector<std::int64_t>{10, 20, 30});
    for (std::int64_t frame = 0; frame < 100; ++frame) {
        CHECK(source.frame_at_secs(source.secs_of(frame)) == frame);
        CHECK(source.frame_at_secs(source.secs_of(frame) + 0.02) == frame);
    }
    CHECK(source.secs_of(25) == doctest::Approx(1.0));
    CHECK(source.pts_of(100) == INT64_MIN);
}

TEST_CASE("an_mp4_has_its_whole_index_once_opened") {
    Bell bell;
    VideoSource source{one_group_film(), {.wakeup = bell.ringer()}};
    REQUIRE(bell.wait_until([&] { return source.info().has_value(); }));
    CHECK(source.info()->value().frame_count == 60);
    CHECK(source.info()->value().index_complete);
}

TEST_CASE("a_file_that_cannot_be_opened_answers_every_request_with_its_error") {
    Bell bell;
    VideoSource source{"/nowhere/film.mp4", {.wakeup = bell.ringer()}};
    const auto first = wait_result(source, bell);
    REQUIRE(first.has_value());
    CHECK(first->error().kind == base::ErrorKind::missing);
    source.request(3);
    const auto second = wait_result(source, bell);
    REQUIRE(second.has_value());
    CHECK_FALSE(second->has_value());
    CHECK_FALSE(source.info()->has_value());
    CHECK(source.idle());
}

TEST_CASE("a_request_beyond_the_end_gives_one_error") {
    Bell bell;
    VideoSource source{short_group_film(), {.wakeup = bell.ringer()}};
    source.request(1000);
    const auto result = wait_result(source, bell);
    REQUIRE(result.has_value());
    CHECK(result->error().kind == base::ErrorKind::refused);
    CHECK_FALSE(source.poll().has_value());
    source.request(99);
    CHECK(wait_frame(source, bell, 99));
}

TEST_CASE("pictures_that_need_conversion_are_cached_as_shown") {
    Bell bell;
    VideoSource source{fixtures::film("a.gif", fixtures::source(20, "160x120")), {.wakeup = bell.ringer()}};
    source.request(12);
    const FramePtr frame = wait_frame(source, bell, 12);
    REQUIRE(frame);
    CHECK(frame->layout == media::PixelLayout::rgba);
    CHECK(source.cached(12) == frame);
}
