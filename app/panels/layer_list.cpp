// The layers of the shown raster, topmost first: eye, name, opacity. A click chooses whose display the right
// panel sets.
#include "app/panels/layer_list.h"

#include <algorithm>
#include <cmath>

#include "app/ui/keys.h"

namespace app {
namespace {

// What of a row is drawn, for the base and for a layer alike.
struct Row {
    LayerId id = 0;
    std::string name, right, tip;
    bool visible = true, wrong = false;
    labels::MaskLayerId mask = {};  // nil: no mask
};

std::vector<Row> rows_of(const Workbench& bench) {
    std::vector<Row> rows;
    const MapLayers& layers = *bench.layers();
    const auto percent = [](double opacity) { return fmt::format("{:.0f} %", opacity * 100); };
    const auto masks = bench.document()->state().mask_layers_of(bench.view().asset);
    for (auto at = masks.rbegin(); at != masks.rend(); ++at) {
        const labels::MaskLayerInfo& info = (*at)->info;
        const MaskShow& show = bench.view().masks;
        const bool visible =
            show.visible && std::ranges::find(show.hidden_layers, info.id) == show.hidden_layers.end();
        rows.push_back({.name = info.name,
                        .right = visible ? percent(show.opacity) : "hidden",
                        .tip = "A mask; click to paint into it",
                        .visible = visible,
                        .mask = info.id});
    }
    for (auto at = layers.layers().rbegin(); at != layers.layers().rend(); ++at) {
        const MapLayer& layer = **at;
        Row row{layer.id,          layer.name,         percent(layer.view.opacity),
                layer.view.source, layer.view.visible, !layer.error.empty()};
        if (layer.vectors && !layer.view.filled) row.right = "outline";
        if (layer.vectors && !layer.vectors->progress().is_done)
            row.right = fmt::format("{} …", layer.vectors->progress().features_read);
        if (layer.preparing()) row.right = "…";
        if (!layer.view.visible) row.right = "hidden";
        if (row.wrong) row.right.clear(), row.tip = layer.error;
        rows.push_back(std::move(row));
    }
    rows.push_back({0, bench.asset()->name, layers.base_visible ? percent(layers.base_opacity) : "hidden",
                    "The raster itself", layers.base_visible, false});
    return rows;
}

void flip_visible(Workbench& bench, LayerId id) {
    if (bench.layers() == nullptr) return;
    if (id == 0) bench.layers()->base_visible = !bench.layers()->base_visible;
    if (MapLayer* layer = bench.layers()->find(id)) layer->view.visible = !layer->view.visible;
}

void flip_visible(Workbench& bench, labels::MaskLayerId id) {
    MaskShow& show = bench.view().masks;
    if (std::erase(show.hidden_layers, id) == 0 && show.visible) show.hidden_layers.push_back(id);
    show.visible = true;
}

void draw_row(Ui& u, Area area, const Row& row) {
    const labels::MaskLayer* painted = u.bench.mask_layer();
    const bool is_mask = !row.mask.is_nil();
    const bool selected =
        is_mask ? painted != nullptr && painted->info.id == row.mask : u.bench.layers()->selected == row.id;
    ImGui::PushID(is_mask ? static_cast<int>(std::hash<labels::MaskLayerId>{}(row.mask)) : row.id);
    const Area eye{area.x0 + u.px(10), area.y0, area.x0 + u.px(34), area.y1};
    // Before the row, which would take its clicks.
    bool over_eye = false;
    if (click_area(u, "Layer " + row.name + " shown", eye, &over_eye))
        u.later([id = row.id, mask = row.mask](Workbench& bench) {
            mask.is_nil() ? flip_visible(bench, id) : flip_visible(bench, mask);
        });
    const Area rest{eye.x1, area.y0, area.x1, area.y1};
    if (selected) {
        fill(area, u.theme.selection);
        fill({area.x0, area.y0, area.x0 + std::round(u.px(2)), area.y1}, u.theme.accent);
    }
    bool hovered = false;
    if (click_area(u, "Layer " + row.name, rest, &hovered))
        u.later([id = row.id, mask = row.mask](Workbench& bench) {
            if (mask.is_nil())
                bench.layers()->selected = id;
            else
                bench.asset_view().mask_layer = mask;
            bench.clear_selection();
        });
    if (hovered) tooltip(u, row.tip);
    if (hovered && !selected) fill(area, with_alpha(u.theme.hover, 0.6f));
    draw_icon(u, eye, row.visible ? icon::eye : icon::eye_off, over_eye ? u.theme.text : u.theme.quiet, 16);
    Area line{rest.x0 + u.px(4), area.y0, area.x1 - u.px(14), area.y1};
    if (row.wrong) draw_icon(u, line.cut_right(u.px(16)), icon::alert, u.theme.doubt, 16);
    if (!row.right.empty())
        draw_text(u, line.cut_right(text_width(u.fonts.text, row.right) + 1), row.right, u.theme.quiet);
    line.cut_right(u.px(8));
    draw_text(u, line, row.name, row.visible ? u.theme.text : u.theme.quiet);
    ImGui::PopID();
}

}  // namespace

int layer_rows(const Workbench& bench) {
    if (bench.layers() == nullptr) return 0;
    const auto masks = bench.document()->state().mask_layers_of(bench.view().asset);
    return static_cast<int>(bench.layers()->layers().size() + masks.size()) + 1;
}

void draw_layer_list(Ui& u, Area head, Area area) {
    section_head(u, head, "Layers");
    const float middle = (head.y0 + head.y1) / 2;
    const Area plus{head.x1 - u.px(19), middle - u.px(11), head.x1 + u.px(3), middle + u.px(11)};
    if (icon_button(u, "Add layer", plus, icon::plus, key_of(u, "layer.add"))) u.later_action("layer.add");
    for (const Row& row : rows_of(u.bench)) {
        const Area at = area.cut_top(std::round(u.px(30)));
        if (at.y1 > at.y0) draw_row(u, at, row);
    }
}

// At the top of the right panel, for the layer that is chosen.
void draw_layer_fields(Properties& p) {
    MapLayers& layers = *p.u.bench.layers();
    const MapLayer* layer = layers.find(layers.selected);
    if (layer == nullptr && layers.layers().empty()) return;
    p.head("Layer");
    p.fact("Name", layer != nullptr ? layer->name : p.u.bench.asset()->name);
    if (layer != nullptr && !layer->error.empty()) p.paragraph(layer->error, p.u.theme.doubt);
    double percent = (layer != nullptr ? layer->view.opacity : layers.base_opacity) * 100;
    if (number_field(p.u, "Opacity", p.row("Opacity", "Per cent"), percent, 0))
        p.u.later([id = layers.selected, opacity = std::clamp(percent / 100, 0.0, 1.0)](Workbench& bench) {
            if (MapLayer* found = bench.layers()->find(id))
                found->view.opacity = opacity;
            else
                bench.layers()->base_opacity = opacity;
        });
    if (layer == nullptr) return;
    const auto change = [&](auto what) {
        p.u.later([id = layer->id, what](Workbench& bench) {
            if (MapLayer* found = bench.layers()->find(id)) what(found->view);
        });
    };
    if (layer->raster) {
        static const std::vector<std::string> k_blends = {"Normal", "Multiply", "Screen", "Difference"};
        int index = static_cast<int>(layer->view.blend);
        if (choice_field(p.u, "Blend", p.row("Blend"), index, k_blends))
            change([index](LayerView& view) { view.blend = static_cast<LayerBlend>(index); });
        p.chips({{"Swipe", "layer.swipe", layers.swipe.has_value(), false,
                  "A line to drag: the layer lies right of it"},
                 {"Two views", "layer.side_by_side", layers.side_by_side, false,
                  "The layer alone in a view beside this one"},
                 {"Flicker", "layer.flicker", layers.flicker(), false, "The layer comes and goes"}});
    }
    if (layer->vectors) {
        const media::VectorProgress progress = layer->vectors->progress();
        p.fact("Features", fmt::format("{}", progress.features_read));
        if (progress.unplaced > 0)
            p.fact("Not placed", fmt::format("{}", progress.unplaced), p.u.theme.doubt);
        for (const std::string& warning : progress.warnings) p.paragraph(warning, p.u.theme.doubt);
        static const std::vector<std::string> k_names = {"Yellow", "Orange", "Sky blue",
                                                         "Green",  "Red",    "White"};
        static constexpr std::array<std::uint32_t, 6> k_colors = {0xF0E442, 0xE69F00, 0x56B4E9,
                                                                  0x009E73, 0xD55E00, 0xFFFFFF};
        int index = static_cast<int>(std::ranges::find(k_colors, layer->view.color_rgb) - k_colors.begin());
        if (choice_field(p.u, "Colour", p.row("Colour"), index, k_names, k_colors))
            change([index](LayerView& view) { view.color_rgb = k_colors[static_cast<std::size_t>(index)]; });
        const Area field = p.row("Inside");
        if (toggle_chip(p.u, "Filled", field, layer->view.filled))
            change([](LayerView& view) { view.filled = !view.filled; });
    }
    p.buttons({{"Remove layer", "layer.remove"}});
}

}  // namespace app
