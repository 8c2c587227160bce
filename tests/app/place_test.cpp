#include "app/place.h"

#include <doctest/doctest.h>

using app::Place;
using Kind = app::Place::Kind;

TEST_CASE("frames, offsets and times are told apart") {
    CHECK(app::parse_place("150") == Place{Kind::frame, 150});
    CHECK(app::parse_place("  frame 150 ") == Place{Kind::frame, 150});
    CHECK(app::parse_place("+10") == Place{Kind::offset, 10});
    CHECK(app::parse_place("-5") == Place{Kind::offset, -5});
    CHECK(app::parse_place("01:30") == Place{Kind::time, 90'000});
    CHECK(app::parse_place("1:02:03.25") == Place{Kind::time, 3'723'250});
    CHECK(app::parse_place("0:00.0005") == Place{Kind::time, 0});
}

TEST_CASE("what is no place is refused") {
    for (const char* text :
         {"", " ", "frame", "ball 3", "1:", ":30", "1:2:3:4", "+", "--5", "1.5", "12 34", "9999999999999"}) {
        CAPTURE(text);
        CHECK_FALSE(app::parse_place(text).has_value());
    }
}

TEST_CASE("times and numbers are shown the same way everywhere") {
    CHECK(app::time_text(5.005) == "00:00:05.005");
    CHECK(app::time_text(36'000) == "10:00:00.000");
    CHECK(app::time_text(-1) == "00:00:00.000");
    CHECK(app::grouped(0) == "0");
    CHECK(app::grouped(999) == "999");
    CHECK(app::grouped(1284) == "1 284");
    CHECK(app::grouped(-1234567) == "-1 234 567");
    CHECK(app::grouped(-123) == "-123");
}
