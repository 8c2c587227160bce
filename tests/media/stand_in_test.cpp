// What is shown while the exact frame is decoded, and what stepping backwards costs.

#include <atomic>

#include "bell.h"
#include "fixtures.h"
#include "media/video_source.h"

namespace {

using fixtures::Bell;
using media::FramePtr;
using media::VideoSource;

constexpr std::size_t k_picture_bytes = 640 * 360 * 3 / 2 + 8192;  // with room for the decoder's padding

std::filesystem::path film(int groups, int group) {
    return fixtures::film(
        fmt::format("groups{}x{}.mp4", groups, group),
        fixtures::source(groups * group, "640x360") +
            fmt::format(" -c:v libx264 -preset ultrafast -bf 2 -g {} -sc_threshold 0", group));
}

// A source whose results are taken as they come, on its own thread, so that none is replaced unseen.
class Watched {
public:
    explicit Watched(const std::filesystem::path& file, std::size_t cache_bytes = 512u << 20)
        : m_source{file, {.cache_bytes = cache_bytes, .decoder_threads = 2, .wakeup = [this] { take(); }}} {
        m_ready = true;
    }
    ~Watched() { m_ready = false; }
    VideoSource& operator*() { return m_source; }
    VideoSource* operator->() { return &m_source; }

    std::vector<FramePtr> seen() {
        const std::lock_guard lock{m_mutex};
        return m_seen;
    }
    std::size_t count() {
        const std::lock_guard lock{m_mutex};
        return m_seen.size();
    }
    bool wait_exact(std::int64_t frame) {
        return m_bell.wait_until([&] {
            collect();
            const auto all = seen();
            return !all.empty() && all.back()->index == frame && !all.back()->stand_in;
        });
    }
    bool wait_more_than(std::size_t results) {
        return m_bell.wait_until([&] {
            collect();
            return count() > results;
        });
    }
    bool wait_idle() {
        return m_bell.wait_until([&] { return m_source.idle(); });
    }

private:
    void collect() {
        const std::lock_guard lock{m_mutex};
        if (const auto result = m_source.poll(); result && *result) m_seen.push_back(**result);
    }
    void take() {
        if (m_ready) collect();
        m_bell.ringer()();
    }
    Bell m_bell;
    std::atomic<bool> m_ready = false;  // the source's thread begins before the source is whole
    std::mutex m_mutex;                 // guards m_seen, and the order of taking
    std::vector<FramePtr> m_seen;
    VideoSource m_source;  // last: its thread uses what is above
};

}  // namespace

TEST_CASE("a_far_frame_shows_a_keyframe_first_and_then_itself") {
    Watched source{film(3, 250)};
    source->request(0);
    REQUIRE(source.wait_exact(0));
    source->request(690);
    REQUIRE(source.wait_exact(690));
    const auto seen = source.seen();
    REQUIRE(seen.size() >= 2);
    const FramePtr& stand_in = seen[seen.size() - 2];
    CHECK(stand_in->stand_in);
    CHECK(stand_in->index == 500);
    CHECK(stand_in->pts == source->pts_of(500));
    CHECK(stand_in->width_px == 640);
    CHECK(source->counters().stand_ins == 1);
    CHECK_FALSE(source->counters().proxy_used);
    CHECK_FALSE(source->cached(690)->stand_in);
    CHECK_FALSE(source->cached(500)->stand_in);  // the cache holds the truth
}

TEST_CASE("a_frame_near_by_comes_without_a_stand_in") {
    Watched source{film(3, 250)};
    source->request(0);
    REQUIRE(source.wait_exact(0));
    for (const std::int64_t frame : {5, 10, 255, 505, 500}) {
        source->request(frame);
        REQUIRE(source.wait_exact(frame));
    }
    CHECK(source->counters().stand_ins == 0);
}

TEST_CASE("the_nearest_cached_frame_stands_in_before_a_keyframe_does") {
    Watched source{film(3, 250)};
    source->request(100);
    REQUIRE(source.wait_exact(100));
    source->request(160);
    REQUIRE(source.wait_exact(160));
    const auto seen = source.seen();
    CHECK(seen[seen.size() - 2]->stand_in);
    CHECK(seen[seen.size() - 2]->index == 100);
}

TEST_CASE("dragging_shows_a_stand_in_for_each_request_and_decodes_none_to_its_end_but_the_last") {
    Watched source{film(3, 250), 20 * k_picture_bytes};
    source->request(0);
    REQUIRE(source.wait_exact(0));
    std::int64_t last = 0, far_requests = 0, pictures_from_key = 0;
    for (int i = 1; i <= 200; ++i) {
        last = (i * 277 + 120) % 750;
        if (!source->cached(last)) far_requests += last % 250 > 40, pictures_from_key += last % 250;
        const std::size_t before = source.count();
        source->request(last);
        REQUIRE(source.wait_more_than(before));
    }
    REQUIRE(source.wait_exact(last));
    const auto counters = source->counters();
    CHECK(counters.requests == 201);
    CHECK(counters.stand_ins >= far_requests / 2);
    CHECK(far_requests > 100);
    CHECK(counters.decoded < pictures_from_key / 2);
    CHECK(counters.cached_bytes <= counters.budget_bytes);
}

TEST_CASE("what_was_decoded_before_giving_up_is_not_decoded_again") {
    Watched source{film(3, 250)};
    source->request(0);
    REQUIRE(source.wait_exact(0));
    for (std::int64_t frame = 240; frame < 250; ++frame) {  // each gives up the one before, or finds it done
        const std::size_t before = source.count();
        source->request(frame);
        REQUIRE(source.wait_more_than(before));
    }
    REQUIRE(source.wait_exact(249));
    CHECK(source->counters().decoded <= 252);
    CHECK(source->counters().seeks == 0);
}

TEST_CASE("walking_back_over_groups_that_fit_the_cache_decodes_each_picture_at_most_twice") {
    constexpr std::int64_t k_frames = 150;
    Watched source{film(3, 50), 60 * k_picture_bytes};
    source->request(k_frames - 1, -1);
    REQUIRE(source.wait_exact(k_frames - 1));
    for (std::int64_t frame = k_frames - 2; frame >= 0; --frame) {
        REQUIRE(source.wait_idle());
        CAPTURE(frame);
        CHECK(source->cached(frame));  // before it is asked for
        source->request(frame, -1);
        REQUIRE(source.wait_exact(frame));
    }
    REQUIRE(source.wait_idle());
    CHECK(source->counters().decoded >= k_frames);
    CHECK(source->counters().decoded <= 2 * k_frames);
    CHECK(source->counters().cached_bytes <= source->counters().budget_bytes);
}

TEST_CASE("walking_back_over_a_group_larger_than_the_cache_keeps_its_last_part") {
    constexpr std::int64_t k_frames = 250;
    constexpr std::int64_t k_fit = 80;
    Watched source{film(1, k_frames), k_fit * k_picture_bytes};
    source->request(k_frames - 1, -1);
    REQUIRE(source.wait_exact(k_frames - 1));
    for (std::int64_t frame = k_frames - 2; frame >= 0; --frame) {
        REQUIRE(source.wait_idle());
        source->request(frame, -1);
        REQUIRE(source.wait_exact(frame));
    }
    // Each pass from the keyframe yields about three quarters of the budget: some six passes over half the
    // group.
    CHECK(source->counters().decoded <= 6 * k_frames / 2 + k_frames);
}
