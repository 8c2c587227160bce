#pragma once
// Colours, type and measures of the window, in one place. Colours are ImU32 (ABGR) ready for a draw list.

#include <cstdint>

#include <imgui.h>

namespace app {

struct Theme {
    ImU32 ground, panel, well, line, hover, selection;
    ImU32 text, quiet, faint;  // faint: disabled, hints
    ImU32 accent, accent_text, good, doubt, wrong;
    ImU32 filled, filled_hover;  // ground of the one filled button of a bar, and of chips that are on
    ImU32 raised, raised_hover;  // ground of a plain button
    bool light = false;
};
[[nodiscard]] const Theme& dark_theme();
[[nodiscard]] const Theme& light_theme();

// 0xRRGGBB with an opacity, as ImU32.
[[nodiscard]] ImU32 color(std::uint32_t rgb, float alpha = 1);
[[nodiscard]] ImU32 with_alpha(ImU32 color, float alpha);  // its own opacity times alpha
[[nodiscard]] ImU32 mix(ImU32 a, ImU32 b, float fraction);
// Black or white, whichever reads better on a filled area of that colour.
[[nodiscard]] ImU32 ink_on(std::uint32_t rgb);

struct Fonts {
    ImFont* text = nullptr;    // Inter 14, digits of equal width, icons merged in
    ImFont* strong = nullptr;  // Inter Semi Bold 14
    ImFont* small = nullptr;   // Inter 12.5
    ImFont* caps = nullptr;    // Inter Semi Bold 11, for section heads
    ImFont* tiny = nullptr;    // Inter 11.5, for rulers
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
                          chevron_right = 0xF142, chevron_down = 0xF140, settings = 0xF493,
                          chevron_left = 0xF141, chevron_up = 0xF143, minus = 0xF374, clock = 0xF150,
                          info = 0xF2FD, check_circle = 0xF5E0, dots = 0xF1D8, link_off = 0xF338,
                          pencil = 0xF3EB, unfold = 0xF54F, loop = 0xF456, sound = 0xF57E, sound_off = 0xF581;
// What load_fonts() puts into the atlas, besides the tools' own: an icon used anywhere must be in it.
inline constexpr char32_t k_all[] = {
    cursor,       box,        play,       pause,   first,    last,          step_back,    step_forward,
    undo,         redo,       eye,        eye_off, lock,     unlock,        plus,         close,
    search,       keyboard,   trash,      import,  export_,  film,          folder,       check,
    alert,        fit,        one_to_one, image,   save,     chevron_right, chevron_down, settings,
    chevron_left, chevron_up, minus,      clock,   info,     check_circle,  dots,         link_off,
    pencil,       unfold,     loop,       sound,   sound_off};
}  // namespace icon
// Good until the eighth call after it.
[[nodiscard]] const char* utf8(char32_t icon);

}  // namespace app
