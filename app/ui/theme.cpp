#include "app/ui/theme.h"

#include <cmath>
#include <initializer_list>

namespace app {

ImU32 color(std::uint32_t rgb, float alpha) {
    const auto a = static_cast<ImU32>(std::lround(alpha * 255.0f));
    return IM_COL32(rgb >> 16 & 0xFFu, rgb >> 8 & 0xFFu, rgb & 0xFFu, a);
}

ImU32 with_alpha(ImU32 color, float alpha) {
    const float old = static_cast<float>(color >> IM_COL32_A_SHIFT & 0xFFu);
    const auto a = static_cast<ImU32>(std::lround(old * alpha));
    return (color & ~IM_COL32_A_MASK) | a << IM_COL32_A_SHIFT;
}

ImU32 mix(ImU32 a, ImU32 b, float fraction) {
    ImU32 out = 0;
    for (const int shift : {0, 8, 16, 24}) {
        const float from = static_cast<float>(a >> shift & 0xFFu),
                    to = static_cast<float>(b >> shift & 0xFFu);
        out |= static_cast<ImU32>(std::lround(from + (to - from) * fraction)) << shift;
    }
    return out;
}

// Relative luminance of sRGB (WCAG 2), with the threshold where black and white contrast equally.
ImU32 ink_on(std::uint32_t rgb) {
    const auto linear = [](std::uint32_t v) {
        const double s = v / 255.0;
        return s <= 0.04045 ? s / 12.92 : std::pow((s + 0.055) / 1.055, 2.4);
    };
    const double luminance =
        0.2126 * linear(rgb >> 16 & 255) + 0.7152 * linear(rgb >> 8 & 255) + 0.0722 * linear(rgb & 255);
    return luminance > 0.179 ? color(0x101216) : color(0xFFFFFF);
}

const Theme& dark_theme() {
    static const Theme theme{.ground = color(0x101216),
                             .panel = color(0x181B20),
                             .well = color(0x111418),
                             .line = color(0x262B33),
                             .hover = color(0x20252C),
                             .selection = color(0x22303F),
                             .text = color(0xE6E8EB),
                             .quiet = color(0x8B94A1),
                             .faint = color(0x596270),
                             .accent = color(0x4C9EFF),
                             .accent_text = color(0xFFFFFF),
                             .good = color(0x3FB97F),
                             .doubt = color(0xE5A84B),
                             .wrong = color(0xE5605E),
                             .filled = color(0x2F6FC4),
                             .filled_hover = color(0x3B7DD4),
                             .raised = color(0x20252C),
                             .raised_hover = color(0x2A313A),
                             .light = false};
    return theme;
}

const Theme& light_theme() {
    static const Theme theme{.ground = color(0xE4E7EB),
                             .panel = color(0xF6F7F9),
                             .well = color(0xFFFFFF),
                             .line = color(0xD3D8DF),
                             .hover = color(0xE9ECF0),
                             .selection = color(0xD8E8FB),
                             .text = color(0x1B2027),
                             .quiet = color(0x5B6572),
                             .faint = color(0x98A1AD),
                             .accent = color(0x1F6FD6),
                             .accent_text = color(0xFFFFFF),
                             .good = color(0x1E8E5A),
                             .doubt = color(0xA86B00),
                             .wrong = color(0xC8403E),
                             .filled = color(0x2268C4),
                             .filled_hover = color(0x2F78D6),
                             .raised = color(0xFFFFFF),
                             .raised_hover = color(0xEEF1F5),
                             .light = true};
    return theme;
}

const char* utf8(char32_t icon) {
    // A ring, so that several icons may stand in one expression.
    thread_local char ring[8][5];
    thread_local unsigned next = 0;
    char* out = ring[next++ % 8];
    char* p = out;
    const auto put = [&p](char32_t byte) { *p++ = static_cast<char>(byte); };
    if (icon < 0x80) {
        put(icon);
    } else if (icon < 0x800) {
        put(0xC0 | icon >> 6);
        put(0x80 | (icon & 63));
    } else {
        put(0xE0 | icon >> 12);
        put(0x80 | (icon >> 6 & 63));
        put(0x80 | (icon & 63));
    }
    *p = 0;
    return out;
}

}  // namespace app
