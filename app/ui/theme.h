#pragma once
// Colours, type and measures of the window, in one place. Colours are ImU32 (ABGR) ready for a draw list.

#include <cstdint>

#include <imgui.h>

namespace app {

struct Theme {
    ImU32 ground, panel, well, line, hover, selection;
    ImU32 text, quiet, faint;  // faint: disabled, hints
    ImU32 accent, accent_text, good, doubt, wrong;
    bool light = false;
};
[[nodiscard]] const Theme& dark_theme();
[[nodiscard]] const Theme& light_theme();

// 0xRRGGBB with an opacity, as ImU32.
[[nodiscard]] ImU32 color(std::uint32_t rgb, float alpha = 1);
[[nodiscard]] ImU32 with_alpha(ImU32 color, float alpha);
// Black or white, whichever reads better on a filled area of that colour.
[[nodiscard]] ImU32 ink_on(std::uint32_t rgb);

struct Fonts {
    ImFont* text = nullptr;    // Inter 14.5, digits of equal width, icons merged in
    ImFont* strong = nullptr;  // Inter Semi Bold 14.5
    ImFont* small = nullptr;   // Inter 12.5
    ImFont* caps = nullptr;    // Inter Semi Bold 11, for section heads
    ImFont* icons = nullptr;   // Material Design Icons 20
    ImFont* title = nullptr;   // Inter Semi Bold 26, for the first page
};

// Icons (code points of Material Design Icons, U+Fxxxx): as UTF-8, to be used in any text drawn with
// Fonts::text or icons.
namespace icon {
// Code points of Material Design Icons 1.6 (U+F000…F8FF), as Debian 12 packages it.
inline constexpr char32_t cursor = 0xF1B4, box = 0xF1A2, play = 0xF40A, pause = 0xF3E4, first = 0xF4AE,
                          last = 0xF4AD, step_back = 0xF4D5, step_forward = 0xF4D7, undo = 0xF54C,
                          redo = 0xF44E, eye = 0xF208, eye_off = 0xF209, lock = 0xF341, unlock = 0xF340,
                          plus = 0xF415, close = 0xF156, search = 0xF349, keyboard = 0xF30C, trash = 0xF1C0,
                          import = 0xF2FA, export_ = 0xF207, film = 0xF230, folder = 0xF256, check = 0xF12C,
                          alert = 0xF02A, fit = 0xF04C, one_to_one = 0xF3A6, image = 0xF2E9, save = 0xF193,
                          chevron_right = 0xF142, chevron_down = 0xF140, settings = 0xF493;
}  // namespace icon
[[nodiscard]] const char* utf8(char32_t icon);

}  // namespace app
