#include "media/frame_cache.h"

#include <doctest/doctest.h>

using media::CachedPicture;
using media::FrameCache;

namespace {

CachedPicture picture(media::Ordinal ordinal, std::size_t bytes) {
    return {.ordinal = ordinal, .raw = std::make_shared<AVFrame>(), .shown = {}, .size_bytes = bytes};
}

}  // namespace

TEST_CASE("filling_the_cache_past_its_budget_drops_the_longest_unused") {
    FrameCache cache{100};
    for (media::Ordinal i = 0; i < 10; ++i) cache.put(picture(i, 30));
    CHECK(cache.counters().bytes == 90);
    CHECK(cache.counters().evictions == 7);
    for (media::Ordinal i = 0; i < 7; ++i) CHECK_FALSE(cache.contains(i));
    REQUIRE(cache.find(7).raw);
    cache.put(picture(20, 30));
    CHECK(cache.contains(7));  // just used
    CHECK_FALSE(cache.contains(8));
}

TEST_CASE("a_picture_larger_than_the_budget_is_kept_alone") {
    FrameCache cache{10};
    cache.put(picture(1, 5));
    cache.put(picture(2, 1000));
    CHECK(cache.contains(2));
    CHECK_FALSE(cache.contains(1));
    cache.put(picture(3, 5));
    CHECK_FALSE(cache.contains(2));
    CHECK(cache.counters().bytes == 5);
}

TEST_CASE("putting_the_same_picture_again_replaces_it") {
    FrameCache cache{100};
    cache.put(picture(1, 30));
    cache.put(picture(1, 50));
    CHECK(cache.counters().bytes == 50);
    CHECK(cache.counters().evictions == 0);
    CHECK(cache.find(1).size_bytes == 50);
    CHECK_FALSE(cache.find(2).raw);
    CHECK(cache.counters().hits == 1);
    CHECK(cache.counters().misses == 1);
    cache.clear();
    CHECK(cache.counters().bytes == 0);
    CHECK_FALSE(cache.contains(1));
}

TEST_CASE("preferred_pictures_are_dropped_last") {
    FrameCache cache{100};
    for (media::Ordinal i = 0; i < 5; ++i) cache.put(picture(i, 20));
    cache.prefer(0, 3);
    for (media::Ordinal i = 5; i < 9; ++i) cache.put(picture(i, 20));
    for (media::Ordinal i : {0u, 1u, 2u, 7u, 8u}) CHECK(cache.contains(i));
    cache.prefer(0, 100);
    cache.put(picture(9, 20));  // the budget holds all the same
    CHECK_FALSE(cache.contains(0));
    CHECK(cache.counters().bytes == 100);
    cache.prefer(0, 0);
    cache.put(picture(10, 20));
    CHECK_FALSE(cache.contains(1));
}
