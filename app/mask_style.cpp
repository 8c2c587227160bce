#include "app/mask_style.h"

#include <algorithm>
#include <cmath>

#include "app/workbench.h"

namespace app {

namespace {

constexpr std::uint32_t k_accent_rgb = 0x4C9EFF;
constexpr double k_blink_secs = 0.5;

std::uint32_t scaled(std::uint32_t rgb, double factor) {
    std::uint32_t out = 0;
    for (const int shift : {16, 8, 0}) {
        const double part = (rgb >> shift & 0xFF) * factor;
        out |= static_cast<std::uint32_t>(std::clamp(std::lround(part), 0L, 255L)) << shift;
    }
    return out;
}

}  // namespace

render::MaskStyle mask_style(const labels::MaskLayerInfo& info, const labels::Ontology& ontology,
                             const MaskShow& show, float px) {
    static constexpr std::array k_shades = {1.0, 0.72, 1.22, 0.86, 1.1};
    render::MaskStyle style;
    style.opacity = static_cast<float>(show.opacity);
    style.outline_opacity = std::min(1.0f, style.opacity + 0.35f);
    style.fill = static_cast<render::MaskFill>(show.fill);
    style.outline_width_px = std::max(1u, static_cast<std::uint32_t>(std::lround(1.5f * px)));
    style.hatch_unlabelled = show.hatch_unlabelled;
    style.hatch_spacing_px = static_cast<std::uint32_t>(std::lround(9 * px));
    style.palette.assign(info.values.empty() ? 1 : std::size_t{info.values.back().value} + 1, 0);
    std::unordered_map<labels::ClassId, std::uint32_t> colors;
    for (const labels::LabelClass& each : ontology.classes) colors[each.id] = each.color_rgb;
    for (const labels::MaskValue& value : info.values) {
        if (std::ranges::find(show.hidden_classes, value.class_id) != show.hidden_classes.end()) continue;
        const auto color = colors.find(value.class_id);
        std::uint32_t rgb = color != colors.end() ? color->second : 0xB0B6BF;
        if (info.kind == labels::MaskKind::instances)
            rgb = scaled(rgb, k_shades[value.value % k_shades.size()]);
        style.palette[value.value] = rgb << 8 | 0xFF;
    }
    return style;
}

render::MaskStyle mask_style(const labels::MaskLayer& layer, const labels::Ontology& ontology,
                             const Workbench& bench, float px) {
    const MaskShow& show = bench.view().masks;
    render::MaskStyle style = mask_style(layer.info, ontology, show, px);
    if (!show.blink) return style;
    const labels::MaskValue* active = bench.active_value(layer);
    const bool is_off = std::fmod(bench.now_secs(), 2 * k_blink_secs) < k_blink_secs;
    if (active != nullptr) style.highlight = render::MaskHighlight{active->value, is_off ? -1.0f : 1.0f};
    return style;
}

render::MaskStyle preview_style(const Workbench& bench) {
    const labels::LabelClass* active = bench.document()->state().ontology.find(bench.view().active_class);
    const std::uint32_t rgb = active != nullptr ? active->color_rgb : k_accent_rgb;
    return {
        .palette = {0, rgb << 8 | 0xFF}, .opacity = 0.35f, .fill = render::MaskFill::filled_with_outlines};
}

render::MaskStyle suggestion_style(const labels::MaskLayer& layer, const labels::Ontology& ontology,
                                   const Workbench& bench, float px) {
    render::MaskStyle style = mask_style(layer.info, ontology, bench.view().masks, px);
    style.opacity *= 0.6f;
    style.outline_opacity *= 0.6f;
    style.fill = render::MaskFill::filled_with_outlines;
    style.hatch_unlabelled = false;
    return style;
}

render::MaskStyle pieces_style(float px) {
    render::MaskStyle style;
    style.palette.assign(65536, 0xFFFFFFFF);
    style.outline_opacity = 0.35f;
    style.fill = render::MaskFill::outlines;
    style.outline_width_px = std::max(1u, static_cast<std::uint32_t>(std::lround(px)));
    return style;
}

std::shared_ptr<const media::RasterShading> expression_shading(const media::RasterInfo& info,
                                                               const std::string& expression) {
    media::RasterStyle style;
    style.channels = {fmt::format("if(({}) != 0, 1, nan)", expression)};
    style.stretch = media::Stretch::manual;
    style.ranges.assign(3, {0, 1});
    auto shading = media::make_shading(style, info, {});
    if (!shading) return nullptr;
    shading->palette.clear();
    shading->lut.assign(shading->lut.size(),
                        {0xFF, 0x4F, 0xD8, 0xFF});  // no class of the colour-blind-safe set
    return std::make_shared<const media::RasterShading>(std::move(*shading));
}

}  // namespace app
