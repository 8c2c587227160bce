// Tiles that are too many for memory: in a file, and the same when they are looked at.

#include "masks/spill_file.h"

#include <doctest/doctest.h>

#include "masks/paint.h"

using namespace masks;

namespace {

struct NoPackedInMemory {
    NoPackedInMemory() { Block::limit_packed(0); }
    ~NoPackedInMemory() { Block::limit_packed(std::int64_t{256} << 20); }
};

Plane discs(std::int64_t side) {
    Plane plane(side, side, Depth::u8);
    for (int i = 0; i < 40; ++i) {
        const auto at = static_cast<double>(side) * (0.5 + 0.011 * i);
        paint(plane, *ellipse({at - 90, at / 2 - 70, at + 90, at / 2 + 70}),
              {.value = static_cast<Value>(1 + i)});
    }
    return plane;
}

}  // namespace

TEST_CASE("spilled_tiles_are_the_same_when_they_are_read_back") {
    const Plane expected = discs(4000);
    const std::int64_t before = Block::packed_in_memory_bytes();
    Plane plane = discs(4000);
    {
        const NoPackedInMemory limit;
        plane.let_go_of_samples();
    }
    CHECK(Block::packed_in_memory_bytes() == before);
    CHECK(spilled_file_bytes() > 0);
    Plane::each_difference(expected, plane, [](const TileRect&, const Slot& a, const Slot& b) {
        CHECK(same_samples(a, b));
        REQUIRE(a.block);
        CHECK(a.block->hash() == b.block->hash());
    });
}

TEST_CASE("a_spilled_tile_can_be_written_to_and_its_place_serves_again") {
    const NoPackedInMemory limit;
    Plane plane = discs(1000);
    plane.let_go_of_samples();
    const Plane as_it_was = plane;
    const std::int64_t file_bytes = spilled_file_bytes();
    const Value there = plane.at(500, 250);
    CHECK(there > 0);
    paint(plane, *rectangle({480, 240, 520, 260}), {.value = 200});
    CHECK(plane.at(500, 250) == 200);
    CHECK(as_it_was.at(500, 250) == there);
    for (int i = 0; i < 20; ++i) {  // each lets go of the one before
        paint(plane, *rectangle({480, 240, 520, 260}), {.value = static_cast<Value>(100 + i)});
        plane.let_go_of_samples();
    }
    CHECK(plane.at(500, 250) == 119);
    CHECK(spilled_file_bytes() <= file_bytes + 8192);
}

TEST_CASE("blocks_read_packed_are_spilled_beyond_the_limit_too") {
    const Plane plane = discs(1000);
    const Slot slot = plane.slot({2, 1});
    REQUIRE(slot.block);
    const auto packed = slot.block->packed();
    const NoPackedInMemory limit;
    const std::int64_t before = Block::packed_in_memory_bytes();
    const auto block = Block::of_packed(*packed);
    REQUIRE(block);
    CHECK(Block::packed_in_memory_bytes() == before);
    CHECK(same_samples(**block, *slot.block));
    CHECK((*block)->hash() == slot.block->hash());
}
