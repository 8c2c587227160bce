#include "app/ui/fonts.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "app/tool.h"

namespace app {
namespace {

// ImGui wants the height of a line (ascent to descent); designers give the em. In Inter a line is 1.21 em.
constexpr float k_line_per_em = 1.21f;

using Ranges = ImVector<ImWchar>;

void add_range(ImFontGlyphRangesBuilder& builder, ImWchar first, ImWchar last) {
    const ImWchar range[] = {first, last, 0};
    builder.AddRanges(range);
}

void add_signs(ImFontGlyphRangesBuilder& builder) {
    add_range(builder, 0x0020, 0x00FF);  // Latin
    add_range(builder, 0x2010, 0x2027);  // dashes, quotes, ellipsis
    add_range(builder, 0x2030, 0x203A);
    add_range(builder, 0x20AC, 0x20AC);  // euro
    add_range(builder, 0x2190, 0x2199);  // arrows
    add_range(builder, 0x2212, 0x2212);  // minus
    add_range(builder, 0x2248, 0x2248);
    add_range(builder, 0x2260, 0x2265);
    add_range(builder, 0x25C6, 0x25C7);  // diamonds
    add_range(builder, 0xFFFD, 0xFFFD);
}

Ranges sign_ranges() {
    ImFontGlyphRangesBuilder builder;
    add_signs(builder);
    Ranges out;
    builder.BuildRanges(&out);
    return out;
}

Ranges word_ranges() {
    ImFontGlyphRangesBuilder builder;
    add_signs(builder);
    add_range(builder, 0x0100, 0x024F);  // Latin extended
    add_range(builder, 0x0370, 0x03FF);  // Greek
    add_range(builder, 0x0400, 0x052F);  // Cyrillic
    add_range(builder, 0x1E00, 0x1EFF);  // Latin extended additional (Vietnamese)
    Ranges out;
    builder.BuildRanges(&out);
    return out;
}

Ranges icon_ranges() {
    ImFontGlyphRangesBuilder builder;
    for (const char32_t icon : icon::k_all) builder.AddChar(static_cast<ImWchar>(icon));
    for (const ToolInfo& tool : all_tools()) builder.AddChar(static_cast<ImWchar>(tool.icon));
    Ranges out;
    builder.BuildRanges(&out);
    return out;
}

constexpr ImWchar k_digits[] = {'0', '9', 0};

// Small glyphs are drawn twice as fine across, so that they may stand between pixels; large ones need it not,
// and the texture stays small.
ImFontConfig config_for(float size) {
    const bool large = size > 26;
    ImFontConfig config;
    config.SizePixels = size;
    config.OversampleH = large ? 1 : 2;
    config.OversampleV = 1;
    config.PixelSnapH = large;
    return config;
}

float widest_digit(const std::string& file, float size) {
    ImFontAtlas atlas;
    ImFontConfig config = config_for(size);
    const ImFont* font = atlas.AddFontFromFileTTF(file.c_str(), size, &config, k_digits);
    if (!font || !atlas.Build()) return 0;
    float widest = 0;
    for (const ImFontGlyph& glyph : font->Glyphs) {
        if (glyph.Codepoint >= '0' && glyph.Codepoint <= '9') widest = std::max(widest, glyph.AdvanceX);
    }
    return widest;
}

class Loader {
public:
    Loader(std::filesystem::path dir, float scale) : m_dir{std::move(dir)}, m_scale{scale} {}

    // Digits first and all as wide as the widest: Inter's tabular figures have no code points of their own,
    // and the first font of a merge wins.
    ImFont* words(const char* file, float em, const Ranges& ranges) {
        const std::string path = (m_dir / file).string();
        std::error_code error;
        if (!std::filesystem::exists(path, error)) return nullptr;
        const float size = std::round(em * k_line_per_em * m_scale);
        ImFontConfig digits = config_for(size);
        digits.GlyphMinAdvanceX = digits.GlyphMaxAdvanceX = widest_digit(path, size);
        ImFont* font = m_atlas.AddFontFromFileTTF(path.c_str(), size, &digits, k_digits);
        ImFontConfig rest = config_for(size);
        rest.MergeMode = true;
        m_atlas.AddFontFromFileTTF(path.c_str(), size, &rest, ranges.Data);
        return font;
    }

    ImFont* icons(float logical_size, const Ranges& ranges, bool merged, float lower) {
        const std::string path = (m_dir / "materialdesignicons-webfont.ttf").string();
        std::error_code error;
        if (!std::filesystem::exists(path, error)) return nullptr;
        const float size = std::round(logical_size * m_scale);
        ImFontConfig config = config_for(size);
        config.MergeMode = merged;
        config.GlyphOffset.y = std::round(lower * m_scale);
        return m_atlas.AddFontFromFileTTF(path.c_str(), size, &config, ranges.Data);
    }

private:
    std::filesystem::path m_dir;
    float m_scale;
    ImFontAtlas& m_atlas = *ImGui::GetIO().Fonts;
};

}  // namespace

Fonts load_fonts(const std::filesystem::path& dir, float scale) {
    ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
    atlas.Clear();
    atlas.Flags |= ImFontAtlasFlags_NoPowerOfTwoHeight;
    const Ranges words = word_ranges(), signs = sign_ranges(), icons = icon_ranges();
    Loader loader{dir, scale};
    Fonts fonts;
    fonts.text = loader.words("Inter-Regular.otf", 14, words);
    if (fonts.text) loader.icons(17, icons, true, 1);
    fonts.strong = loader.words("Inter-SemiBold.otf", 14, words);
    fonts.small = loader.words("Inter-Regular.otf", 12.5f, words);
    if (fonts.small) loader.icons(15, icons, true, 1);
    fonts.caps = loader.words("Inter-SemiBold.otf", 11, words);
    fonts.tiny = loader.words("Inter-Regular.otf", 11.5f, signs);
    fonts.title = loader.words("Inter-SemiBold.otf", 26, signs);
    fonts.icons = loader.icons(20, icons, false, 0);
    // A broken installation still gets words on screen.
    ImFont* const fallback = fonts.text && fonts.icons ? fonts.text : atlas.AddFontDefault();
    for (ImFont** font :
         {&fonts.text, &fonts.strong, &fonts.small, &fonts.caps, &fonts.tiny, &fonts.title, &fonts.icons}) {
        if (!*font) *font = fallback;
    }
    atlas.Build();  // while the ranges are alive
    return fonts;
}

void apply_style(const Theme& theme, float scale) {
    ImGuiStyle style;
    style.WindowPadding = {0, 0};
    style.WindowRounding = 0;
    style.WindowBorderSize = 0;
    style.WindowMinSize = {1, 1};
    style.PopupRounding = style.FrameRounding = 5 * scale;
    style.PopupBorderSize = std::max(1.0f, std::floor(scale));
    style.FramePadding = {8 * scale, 5 * scale};
    style.FrameBorderSize = 0;
    style.ItemSpacing = {8 * scale, 4 * scale};
    style.ScrollbarSize = 8 * scale;
    style.ScrollbarRounding = 4 * scale;
    style.DisplaySafeAreaPadding = {4 * scale, 4 * scale};
    style.AntiAliasedLinesUseTex = true;
    const auto set = [&style](ImGuiCol which, ImU32 value) {
        style.Colors[which] = ImGui::ColorConvertU32ToFloat4(value);
    };
    const ImU32 none = 0;
    set(ImGuiCol_Text, theme.text);
    set(ImGuiCol_TextDisabled, theme.faint);
    set(ImGuiCol_TextSelectedBg, with_alpha(theme.accent, 0.35f));
    set(ImGuiCol_WindowBg, none);
    set(ImGuiCol_ChildBg, none);
    set(ImGuiCol_PopupBg, mix(theme.panel, theme.raised, 0.3f));
    set(ImGuiCol_Border, mix(theme.line, theme.quiet, 0.25f));
    set(ImGuiCol_FrameBg, none);
    set(ImGuiCol_FrameBgHovered, none);
    set(ImGuiCol_FrameBgActive, none);
    set(ImGuiCol_ScrollbarBg, none);
    set(ImGuiCol_ScrollbarGrab, theme.line);
    set(ImGuiCol_ScrollbarGrabHovered, theme.faint);
    set(ImGuiCol_ScrollbarGrabActive, theme.quiet);
    set(ImGuiCol_NavHighlight, none);
    set(ImGuiCol_ModalWindowDimBg, with_alpha(theme.ground, 0.6f));
    ImGui::GetStyle() = style;
    ImGuiIO& io = ImGui::GetIO();
    io.ConfigInputTextCursorBlink = false;  // idle means no redraw
    io.IniFilename = nullptr;
    io.LogFilename = nullptr;
}

}  // namespace app
