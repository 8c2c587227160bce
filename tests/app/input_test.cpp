#include "app/input.h"

#include <doctest/doctest.h>

using app::Chord;
namespace key = app::key;

TEST_CASE("a chord is written with its modifiers in one order") {
    CHECK(app::to_string({'Z', {.shift = true, .ctrl = true}}) == "Ctrl+Shift+Z");
    CHECK(app::to_string({key::left, {.shift = true, .ctrl = true, .alt = true}}) == "Ctrl+Alt+Shift+Left");
    CHECK(app::parse_chord("Shift+Ctrl+Z") == Chord{'Z', {.shift = true, .ctrl = true}});
}

TEST_CASE("a shifted sign is written as the sign") {
    CHECK(app::to_string({key::slash, {.shift = true}}) == "?");
    CHECK(app::to_string({key::equal, {.shift = true}}) == "+");
    CHECK(app::to_string({key::equal, {.shift = true, .ctrl = true}}) == "Ctrl++");
    CHECK(app::to_string({key::zero, {.ctrl = true}}) == "Ctrl+0");
    CHECK(app::parse_chord("+") == Chord{key::equal, {.shift = true}});
    CHECK(app::parse_chord("Ctrl++") == Chord{key::equal, {.shift = true, .ctrl = true}});
    CHECK(app::parse_chord("?") == Chord{key::slash, {.shift = true}});
}

TEST_CASE("every key that has a name reads back as the same chord") {
    int named = 0;
    for (app::Key k = 0; k < 350; ++k)
        for (int bits = 0; bits < 8; ++bits) {
            const Chord chord{k, {.shift = (bits & 1) != 0, .ctrl = (bits & 2) != 0, .alt = (bits & 4) != 0}};
            const std::string text = app::to_string(chord);
            if (text.empty()) continue;
            ++named;
            CAPTURE(text);
            CHECK(app::parse_chord(text) == chord);
        }
    CHECK(named == 8 * (26 + 10 + 11 + 15 + 12));  // letters, digits, signs, named keys, F1…F12
}

TEST_CASE("what is no chord has key 0") {
    for (const char* text : {"", "Ctrl+", "Ctrl", "F13", "Hyper+A", "Space bar", "é"}) {
        CAPTURE(text);
        CHECK(app::parse_chord(text).key == 0);
    }
    CHECK(app::to_string({}).empty());
    CHECK(app::to_string({key::left_shift, {}}).empty());
}

TEST_CASE("letters are read in either case") { CHECK(app::parse_chord("f") == Chord{'F', {}}); }
