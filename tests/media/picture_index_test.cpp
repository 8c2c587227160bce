#include "media/picture_index.h"

#include <doctest/doctest.h>

using media::Identity;
using media::Picture;
using media::PictureIndex;

namespace {

// Decode order I P B B, then an I whose two leading pictures need the group before.
const std::vector<Picture> k_open_group = {
    {.pts = 0, .dts = -2, .pos = 0, .key = true},
    {.pts = 3, .dts = -1, .pos = 100},
    {.pts = 1, .dts = 0, .pos = 200},
    {.pts = 2, .dts = 1, .pos = 300},
    {.pts = 6, .dts = 2, .pos = 400, .key = true},
    {.pts = 4, .dts = 3, .pos = 500},
    {.pts = 5, .dts = 4, .pos = 600},
    {.pts = 7, .dts = 5, .pos = 700},
};

PictureIndex& filled(PictureIndex& index, const std::vector<Picture>& pictures) {
    index.assign({.pictures = pictures});
    index.finish();
    return index;
}

}  // namespace

TEST_CASE("frames_are_numbered_in_presentation_order") {
    PictureIndex index;
    filled(index, k_open_group);
    for (std::int64_t frame = 0; frame < 8; ++frame) CHECK(index.pts_of(frame) == frame);
    CHECK(index.pts_of(8) == media::k_no_time);
    CHECK(index.pts_of(-1) == media::k_no_time);
    CHECK(index.ordinal_of(1) == 2u);
    CHECK(index.keyframes_between(0, 8) == std::vector<std::int64_t>{0, 6});
    CHECK(index.keyframes_between(1, 6).empty());
}

TEST_CASE("a_leading_picture_is_decoded_from_the_group_before") {
    PictureIndex index;
    filled(index, k_open_group);
    CHECK(index.key_for(6) == 4u);
    CHECK(index.key_for(7) == 4u);
    CHECK(index.key_for(5) == 0u);
    CHECK(index.key_for(7, 4) == 0u);
    CHECK_FALSE(index.key_for(7, 0).has_value());
}

TEST_CASE("a_discarded_keyframe_is_a_place_to_start_but_no_frame") {
    auto pictures = k_open_group;
    pictures[0].discard = pictures[1].discard = true;
    PictureIndex index;
    filled(index, pictures);
    CHECK(index.frame_count() == 6);
    CHECK(index.pts_of(0) == 1);
    CHECK(index.key_for(0) == 0u);
    CHECK(index.facts().hidden == 2);
    CHECK(index.facts().edit_list);
}

TEST_CASE("a_growing_index_numbers_only_what_later_packets_cannot_precede") {
    PictureIndex index;
    for (const Picture& picture : k_open_group) {
        index.add(picture);
        index.settle(picture.dts);
        for (std::int64_t frame = 0; frame < index.frame_count(); ++frame)
            CHECK(index.pts_of(frame) == frame);
        CHECK(index.frame_count() <= std::max<std::int64_t>(picture.dts, 0));
    }
    CHECK(index.frame_count() == 5);
    CHECK_FALSE(index.complete());
    index.finish();
    CHECK(index.frame_count() == 8);
    CHECK(index.complete());
    CHECK(index.generation() == 0);
}

TEST_CASE("a_stamp_that_comes_too_late_moves_the_numbers_and_says_so") {
    PictureIndex index;
    for (const std::int64_t pts : {0, 10, 20, 15, 30}) {
        index.add({.pts = pts, .dts = pts, .pos = pts, .key = true});
        index.settle(pts + 1);
    }
    index.finish();
    CHECK(index.pts_of(2) == 15);
    CHECK(index.pts_of(3) == 20);
    CHECK(index.keyframes_between(0, 10) == std::vector<std::int64_t>{0, 1, 2, 3, 4});
    CHECK(index.generation() == 1);
    CHECK(index.facts().faults.size() == 1);
}

TEST_CASE("pictures_of_equal_stamps_are_told_apart_by_place_or_order") {
    PictureIndex index;
    filled(index, {{.pts = 0, .dts = 0, .pos = 0, .key = true},
                   {.pts = 5, .dts = 1, .pos = 10},
                   {.pts = 5, .dts = 2, .pos = 20}});
    CHECK(index.identify(5, 20, 0) == 2);
    CHECK(index.identify(5, 10, 0) == 1);
    CHECK(index.identify(5, -1, 0) == 1);
    CHECK(index.identify(5, -1, 1) == 2);
    CHECK_FALSE(index.identify(4, 10, 0).has_value());
    CHECK(index.facts().faults.size() == 1);
}

TEST_CASE("without_presentation_times_the_decoders_order_counts") {
    PictureIndex index;
    index.restart(Identity::position);
    for (std::int64_t i = 0; i < 4; ++i) index.add({.dts = i, .pos = i * 100, .key = i == 0});
    index.present(0, 0);
    index.present(2, 1);
    index.present(1, 2);
    index.finish();
    CHECK(index.frame_count() == 3);
    CHECK(index.identify(999, 200, 0) == 1);
    CHECK_FALSE(index.identify(1, 300, 0).has_value());
    CHECK(index.pts_of(2) == 2);
    CHECK(index.key_for(2) == 0u);
    CHECK(index.stored(1).dts == 1);
}

TEST_CASE("a_time_finds_the_frame_on_screen") {
    PictureIndex index;
    filled(index, k_open_group);
    CHECK(index.frame_at_pts(-5) == 0);
    CHECK(index.frame_at_pts(3) == 3);
    CHECK(index.frame_at_pts(1000) == 7);
    CHECK_FALSE(PictureIndex{}.frame_at_pts(0).has_value());
}

TEST_CASE("steps_tell_a_variable_rate") {
    PictureIndex index;
    filled(index, {{.pts = 0, .dts = 0}, {.pts = 10, .dts = 10}, {.pts = 35, .dts = 35}});
    CHECK(index.facts().min_step == 10);
    CHECK(index.facts().max_step == 25);
}
