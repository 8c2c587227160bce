#pragma once
// What a person does, as values. GLFW's callbacks, the script driver and tests all make these; nothing else
// reaches the window.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/geometry.h"

namespace app {

// Values are GLFW's key codes, so that no table is needed; printable keys are their upper-case ASCII on a US
// layout.
using Key = int;
namespace key {
constexpr Key space = 32, apostrophe = 39, comma = 44, minus = 45, period = 46, slash = 47, zero = 48,
              nine = 57, semicolon = 59, equal = 61, a = 65, z = 90, left_bracket = 91, backslash = 92,
              right_bracket = 93, grave = 96, escape = 256, enter = 257, tab = 258, backspace = 259,
              insert = 260, del = 261, right = 262, left = 263, down = 264, up = 265, page_up = 266,
              page_down = 267, home = 268, end = 269, f1 = 290, f12 = 301, left_shift = 340,
              left_control = 341, left_alt = 342, left_super = 343, right_shift = 344, right_super = 347;
}

struct Modifiers {
    bool shift = false, ctrl = false, alt = false;
    bool operator==(const Modifiers&) const = default;
};

// A key with its modifiers, written "Ctrl+Shift+Z", "Space", "F5", "?" (a shifted sign is written as the
// sign).
struct Chord {
    Key key = 0;
    Modifiers modifiers;
    bool operator==(const Chord&) const = default;
};
[[nodiscard]] std::string to_string(const Chord& chord);  // empty for key 0
[[nodiscard]] Chord parse_chord(std::string_view text);   // key 0 when it is none

enum class InputKind : std::uint8_t {
    move,
    press,
    release,
    scroll,
    key_down,
    key_up,
    text,
    drop,
    focus_lost,
    close
};

struct InputEvent {
    InputKind kind = InputKind::move;
    base::Point at;      // framebuffer pixels; move, press, release, scroll
    int button = 0;      // 0 left, 1 right, 2 middle
    base::Point scroll;  // notches, y up
    Key key = 0;
    bool repeat = false;  // key_down by auto-repeat
    Modifiers modifiers;
    char32_t character = 0;                    // text
    std::vector<std::filesystem::path> files;  // drop
    double time_secs = 0;                      // monotonic, when it happened
};

}  // namespace app
