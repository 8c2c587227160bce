#include "app/panels/strip_layout.h"

#include <chrono>
#include <cstdlib>
#include <set>
#include <thread>

#include <doctest/doctest.h>

#include "app/demo.h"
#include "app_fixture.h"

using namespace app;

namespace {

constexpr std::int64_t k_hd = 1920 * 1080;

TimeView view_of(double first, double shown) {
    return {.first = first, .shown = shown, .x0 = 300, .width = 800};
}

}  // namespace

TEST_CASE("slots_stand_on_the_frames_at_their_left_edges_and_fill_the_view") {
    for (const double shown : {1'080'000.0, 4000.0, 100.0, 20.0}) {
        CAPTURE(shown);
        const TimeView view = view_of(shown / 3, shown);
        const auto slots = strip_slots(view, 2'000'000, 71);
        REQUIRE(slots.size() >= 10);
        CHECK(slots.size() <= 14);
        CHECK(slots.front().x0 <= view.x0 + 0.01f);
        CHECK(slots.back().x1 >= view.x0 + view.width - 0.5f);
        for (std::size_t i = 0; i < slots.size(); ++i) {
            const auto frame = static_cast<double>(slots[i].frame);
            CHECK(slots[i].x0 >= view.x_of_edge(frame) - 0.5f);
            CHECK(slots[i].x0 <= view.x_of_edge(frame + 1) + 0.5f);
            if (i > 0) CHECK(slots[i].x0 == doctest::Approx(slots[i - 1].x1).epsilon(0.001));
        }
    }
}

TEST_CASE("panning_moves_the_slots_and_keeps_their_frames") {
    std::set<std::int64_t> before, after;
    for (const StripSlot& slot : strip_slots(view_of(1000, 500), 100'000, 71)) before.insert(slot.frame);
    for (const StripSlot& slot : strip_slots(view_of(1013, 500), 100'000, 71)) after.insert(slot.frame);
    std::set<std::int64_t> both;
    std::ranges::set_intersection(before, after, std::inserter(both, both.end()));
    CHECK(both.size() + 1 >= before.size());
}

TEST_CASE("no_slot_begins_where_no_frame_is_known") {
    for (const StripSlot& slot : strip_slots(view_of(0, 1000), 300, 71)) CHECK(slot.frame < 300);
    CHECK(strip_slots(view_of(500, 100), 300, 71).empty());
    CHECK(strip_slots(view_of(0, 1), 1, 71).size() == 1);
}

TEST_CASE("a_slot_is_never_less_than_a_frame") {
    const auto slots = strip_slots(view_of(0, 20), 20, 16);  // 40 px a frame
    REQUIRE(slots.size() == 20);
    for (std::size_t i = 0; i < slots.size(); ++i) CHECK(slots[i].frame == static_cast<std::int64_t>(i));
}

TEST_CASE("slots_are_filled_from_coarse_to_fine_and_each_once") {
    CHECK(coarse_first(7) == std::vector<std::size_t>{0, 4, 2, 6, 1, 3, 5});
    CHECK(coarse_first(0).empty());
    CHECK(coarse_first(1) == std::vector<std::size_t>{0});
}

TEST_CASE("the_next_and_the_previous_edge_are_not_the_frame_itself") {
    const std::vector<std::int64_t> edges{0, 50, 88};
    CHECK(edge_after(edges, 0) == 50);
    CHECK(edge_after(edges, 49) == 50);
    CHECK(edge_after(edges, 50) == 88);
    CHECK_FALSE(edge_after(edges, 88));
    CHECK(edge_before(edges, 88) == 50);
    CHECK(edge_before(edges, 1) == 0);
    CHECK_FALSE(edge_before(edges, 0));
    CHECK_FALSE(edge_after({}, 0));
}

TEST_CASE_FIXTURE(BenchFixture, "far_out_a_slot_asks_for_the_keyframe_and_close_up_for_the_frame") {
    open_demo();
    const media::VideoSource& video = *bench.video();
    const auto keys = video.keyframes_between(0, bench.frame_count());
    REQUIRE(keys.size() >= 2);
    const std::int64_t key = keys[1], frame = key + 3;
    CHECK(keyframe_at_or_before(video, frame) == key);
    CHECK(keyframe_at_or_before(video, key) == key);

    const auto coarse = wish_for(video, frame, 1000, k_hd);
    REQUIRE(coarse);
    CHECK(coarse->frame == key);
    CHECK(coarse->pts == video.pts_of(key));
    CHECK(coarse->key_frame == key);

    const auto fine = wish_for(video, frame, 1, k_hd);
    REQUIRE(fine);
    CHECK(fine->frame == frame);
    CHECK(fine->pts == video.pts_of(frame));
    CHECK(fine->key_frame == key);

    const auto too_much_to_decode = wish_for(video, frame, 1, 1'000'000'000);
    REQUIRE(too_much_to_decode);
    CHECK(too_much_to_decode->frame == key);

    CHECK_FALSE(wish_for(video, bench.frame_count() + 5, 1, k_hd));
}
