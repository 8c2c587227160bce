#include "app/fuzzy.h"

#include <doctest/doctest.h>

TEST_CASE("letters out of order do not fit") {
    CHECK(app::fuzzy_score("tca", "cat") < 0);
    CHECK(app::fuzzy_score("cats", "cat") < 0);
    CHECK(app::fuzzy_score("", "cat") == 0);
}

TEST_CASE("whole words beat beginnings, beginnings beat scattered letters") {
    const int whole = app::fuzzy_score("ball", "ball 3");
    const int start = app::fuzzy_score("ball", "balloon 3");
    const int inside = app::fuzzy_score("ball", "football 3");
    const int scattered = app::fuzzy_score("ball", "big animal lair");
    CHECK(whole > start);
    CHECK(start > inside);
    CHECK(inside > scattered);
    CHECK(scattered > 0);
}

TEST_CASE("initials find a command") {
    CHECK(app::fuzzy_score("nf", "next frame") > app::fuzzy_score("nf", "interface of"));
}

TEST_CASE("words may stand in any order, and a number belongs to its object") {
    CHECK(app::fuzzy_score("frame next", "next frame") > 0);
    CHECK(app::fuzzy_score("ball 3", "ball 3") > app::fuzzy_score("ball 3", "ball 13"));
    CHECK(app::fuzzy_score("ball 3", "ball 13") > app::fuzzy_score("ball 3", "ball 1"));
}

TEST_CASE("folding lowers ASCII and keeps the rest") { CHECK(app::folded("Größe A") == "größe a"); }
