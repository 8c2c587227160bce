// How the raster is shown: preset, bands or expression, stretch with its histogram, colours. At the top of
// the right panel.
#include <algorithm>
#include <array>
#include <cmath>

#include "app/panels/properties.h"
#include "app/ui/keys.h"
#include "media/color_map.h"

namespace app {
namespace {

using media::RasterStyle;
using media::Stretch;

void set_style(Ui& u, RasterStyle style) {
    u.later([style = std::move(style)](Workbench& bench) {
        if (bench.styled_raster() != nullptr) bench.styled_raster()->set_style(style);
    });
}

void draw_preset(Properties& p, const RasterDisplay& raster) {
    const RasterStyle& style = raster.style();
    const std::vector<media::BandPreset>& presets = raster.presets();
    std::vector<std::string> names = {"As the file says"};
    int index = style.preset.empty() && style == raster.default_style() ? 0 : -1;
    for (const media::BandPreset& preset : presets) {
        if (preset.id == style.preset) index = static_cast<int>(names.size());
        names.push_back(preset.is_guess ? preset.name + " (guess)" : preset.name);
    }
    const bool guessed = !presets.empty() && presets.front().is_guess;
    const Area field = p.row("Preset", guessed ? "Which band is which is guessed from their number" : "");
    if (!choice_field(p.u, "Preset", field, index, names, {}, "Own")) return;
    if (index > 0)
        return set_style(p.u, media::with_preset(style, presets[static_cast<std::size_t>(index) - 1]));
    set_style(p.u, raster.default_style());
}

std::string band_or_expression(const std::string& text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos ? "b" + text : text;
}

// "b4", or 4 for short; an expression as well.
void draw_channels(Properties& p, const RasterDisplay& raster) {
    const RasterStyle& style = raster.style();
    Ui& u = p.u;
    if (style.channels.size() == 3) {
        Area field = p.row("R  G  B", "The band, or an expression, shown as red, as green and as blue");
        static constexpr std::array k_names = {"Red", "Green", "Blue"};
        const float gap = u.px(6), width = std::floor((field.width() - 2 * gap) / 3);
        for (std::size_t i = 0; i < 3; ++i) {
            const Area one = field.cut_left(width);
            field.cut_left(gap);
            std::string text = style.channels[i];
            if (!text_field(u, k_names[i], one, text)) continue;
            RasterStyle next = style;
            next.channels[i] = band_or_expression(text);
            next.preset.clear();
            set_style(u, std::move(next));
        }
    }
    const bool alone = style.channels.size() == 1;
    std::string text = !raster.refused_expression().empty() ? raster.refused_expression()
                       : alone                              ? style.channels.front()
                                                            : std::string{};
    const Area field = p.row(
        "Expression", "One band (b4), or arithmetic over bands: (b4-b3)/(b4+b3), b1 > 0.35 and b2 < 100");
    if (!text_field(u, "Expression", field, text, "(b4-b3)/(b4+b3)")) return;
    RasterStyle next = style;
    next.preset.clear();
    if (text.empty()) {
        if (alone) next = u.bench.styled_raster()->default_style();
    } else {
        next.channels = {band_or_expression(text)};
        if (next.stretch == Stretch::none || next.stretch == Stretch::manual)
            next.stretch = Stretch::percentile;
    }
    set_style(u, std::move(next));
}

struct StretchItem {
    const char* title;
    Stretch stretch;
    double low = 0, high = 100;
};
constexpr std::array<StretchItem, 7> k_stretches = {{{"As it is", Stretch::none},
                                                     {"Min – max", Stretch::min_max},
                                                     {"2 – 98 %", Stretch::percentile, 2, 98},
                                                     {"0.5 – 99.5 %", Stretch::percentile, 0.5, 99.5},
                                                     {"5 – 95 %", Stretch::percentile, 5, 95},
                                                     {"Mean ± 2 σ", Stretch::deviation},
                                                     {"Typed", Stretch::manual}}};

void draw_stretch(Properties& p, const RasterDisplay& raster) {
    Ui& u = p.u;
    const RasterStyle& style = raster.style();
    std::vector<std::string> titles;
    int index = -1;
    for (std::size_t i = 0; i < k_stretches.size(); ++i) {
        const StretchItem& item = k_stretches[i];
        titles.emplace_back(item.title);
        const bool same = item.stretch == style.stretch &&
                          (item.stretch != Stretch::percentile ||
                           (item.low == style.low_percent && item.high == style.high_percent));
        if (same) index = static_cast<int>(i);
    }
    const std::string own = fmt::format("{:g} – {:g} %", style.low_percent, style.high_percent);
    if (choice_field(u, "Stretch", p.row("Stretch"), index, titles, {}, own)) {
        RasterStyle next = style;
        const StretchItem& item = k_stretches[static_cast<std::size_t>(index)];
        next.stretch = item.stretch;
        if (item.stretch == Stretch::percentile) next.low_percent = item.low, next.high_percent = item.high;
        if (item.stretch == Stretch::manual && raster.shading()) next.ranges = raster.shading()->ranges;
        set_style(u, std::move(next));
    }
    const bool of_view = style.of == media::StretchOf::view;
    p.chips({{"Of the view", "raster.stretch_view", of_view, false,
              "Stretch by what is in sight, and follow it"}});
}

// Of each channel, over the range of all their values, with the ramp that makes grey out of it. Dragging near
// an end of the ramp moves that end.
void draw_histogram(Properties& p, const RasterDisplay& raster) {
    Ui& u = p.u;
    const auto& shading = raster.shading();
    if (!shading || raster.stats().empty() || !shading->palette.empty()) return;
    p.space(4);
    const Area area = p.block(64);
    fill(area, u.theme.well, u.px(5));
    outline(area, u.theme.line, u.px(5), std::max(1.0f, std::floor(u.scale)));
    float low = shading->ranges.front().low, high = shading->ranges.front().high;
    for (std::size_t i = 0; i < raster.stats().size(); ++i) {
        low = std::min({low, raster.stats()[i].quantile(0.001), shading->ranges[i].low});
        high = std::max({high, raster.stats()[i].quantile(0.999), shading->ranges[i].high});
    }
    if (!(high > low)) return;
    const Area inside = area.inset(u.px(4));
    const bool alone = raster.stats().size() == 1;
    static constexpr std::array<std::uint32_t, 3> k_inks = {0xE5605E, 0x3FB97F, 0x4C9EFF};
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const auto x_of = [&](float value) { return inside.x0 + (value - low) / (high - low) * inside.width(); };
    for (std::size_t channel = 0; channel < raster.stats().size(); ++channel) {
        const auto bins = raster.stats()[channel].histogram(low, high);
        std::array<int, media::ValueStats::k_bins> by_height = bins;
        std::ranges::sort(by_height);
        // One value that is most of the picture must not flatten the rest.
        const double top = std::max({by_height[by_height.size() - 2] * 1.15, by_height.back() * 0.25, 1.0});
        const ImU32 ink = alone ? u.theme.accent : color(k_inks[channel]);
        const float width = inside.width() / static_cast<float>(bins.size());
        for (std::size_t i = 0; i < bins.size(); ++i) {
            const auto part = static_cast<float>(std::min(bins[i] / top, 1.0));
            const float x = inside.x0 + static_cast<float>(i) * width;
            if (bins[i] > 0)
                list.AddRectFilled({x, inside.y1 - std::max(part * inside.height(), 1.0f)},
                                   {x + std::max(width - u.px(alone ? 1 : 0), 1.0f), inside.y1},
                                   with_alpha(ink, alone ? 0.8f : 0.45f));
        }
        const media::ValueRange range = shading->ranges[channel];
        list.AddLine({x_of(range.low), inside.y1}, {x_of(range.high), inside.y0},
                     alone ? u.theme.text : mix(ink, u.theme.text, 0.4f), u.px(1.5f));
    }
    bool hovered = false, held = false;
    click_area(u, "Histogram", area, &hovered, &held);
    if (held && ImGui::IsMouseDragging(0, 1)) {
        const float value =
            low +
            std::clamp((ImGui::GetMousePos().x - inside.x0) / inside.width(), 0.0f, 1.0f) * (high - low);
        RasterStyle next = raster.style();
        next.stretch = Stretch::manual;
        next.preset.clear();
        next.ranges = shading->ranges;
        const bool is_low = ImGui::GetIO().MouseClickedPos[0].x <
                            (x_of(next.ranges.front().low) + x_of(next.ranges.front().high)) / 2;
        for (media::ValueRange& range : next.ranges) {
            const float least = (high - low) / 1000;
            if (is_low)
                range.low = std::min(value, range.high - least);
            else
                range.high = std::max(value, range.low + least);
        }
        set_style(u, std::move(next));
    }
    if (hovered && !held) show_tooltip(u, "Drag near either end of the ramp to stretch by hand");
}

std::string short_number(float value) { return fmt::format("{:.5g}", value); }

void draw_range(Properties& p, const RasterDisplay& raster) {
    const auto& shading = raster.shading();
    if (!shading || !shading->palette.empty()) return;
    if (raster.style().stretch != Stretch::manual || shading->ranges.size() != 1) {
        std::string text;
        for (const media::ValueRange& range : shading->ranges)
            text += fmt::format("{}{} – {}", text.empty() ? "" : "   ", short_number(range.low),
                                short_number(range.high));
        return p.fact(shading->ranges.size() == 1 ? "Range" : "Ranges", text, p.u.theme.quiet);
    }
    Area field = p.row("Range");
    const float width = std::floor((field.width() - p.u.px(6)) / 2);
    double low = shading->ranges.front().low, high = shading->ranges.front().high;
    const double was_low = low, was_high = high;
    const int places = high - low < 10 ? 3 : 0;
    const Area left = field.cut_left(width);
    field.cut_left(p.u.px(6));
    number_field(p.u, "Low", left, low, places);
    number_field(p.u, "High", field, high, places);
    if ((low == was_low && high == was_high) || low >= high) return;
    RasterStyle next = raster.style();
    next.ranges.assign(3, {static_cast<float>(low), static_cast<float>(high)});
    set_style(p.u, std::move(next));
}

// One field a channel.
void draw_gamma(Properties& p, const RasterStyle& style) {
    static constexpr std::array k_names = {"Gamma", "Gamma of green", "Gamma of blue"};
    Area field = p.row("Gamma", "Above 1 is brighter; of each channel");
    const std::size_t count = style.channels.size();
    const float gap = p.u.px(6);
    const float width =
        std::floor((field.width() - gap * static_cast<float>(count - 1)) / static_cast<float>(count));
    for (std::size_t i = 0; i < count; ++i) {
        const Area one = field.cut_left(width);
        field.cut_left(gap);
        double gamma = style.gamma[i];
        if (!number_field(p.u, k_names[i], one, gamma, 2) || gamma < 0.1 || gamma > 10) continue;
        RasterStyle next = style;
        next.gamma[i] = gamma;
        if (count == 1) next.gamma = {gamma, gamma, gamma};
        set_style(p.u, std::move(next));
    }
}

void draw_colors(Properties& p, const RasterDisplay& raster) {
    const RasterStyle& style = raster.style();
    if (style.channels.size() == 1 && raster.shading() && raster.shading()->palette.empty()) {
        std::vector<std::string> titles;
        int index = 0;
        for (const media::ColorMap& map : media::color_maps()) {
            if (map.name == style.color_map) index = static_cast<int>(titles.size());
            titles.emplace_back(map.title);
        }
        if (choice_field(p.u, "Colours", p.row("Colours"), index, titles)) {
            RasterStyle next = style;
            next.color_map = media::color_maps()[static_cast<std::size_t>(index)].name;
            set_style(p.u, std::move(next));
        }
    }
    draw_gamma(p, style);
    if (style.channels.size() == 1)
        p.chips({{"Inverted", "raster.invert", style.inverted, false},
                 {"Hillshade", "raster.hillshade", style.hillshade, false,
                  "Lit from the north-west, as heights"}});
}

}  // namespace

void draw_raster_style(Properties& p, RasterDisplay& raster) {
    p.head("Display");
    draw_preset(p, raster);
    draw_channels(p, raster);
    if (!raster.style_error().empty()) p.paragraph(raster.style_error(), p.u.theme.doubt);
    draw_stretch(p, raster);
    draw_histogram(p, raster);
    draw_range(p, raster);
    draw_colors(p, raster);
}

}  // namespace app
