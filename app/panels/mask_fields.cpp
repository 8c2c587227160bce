#include "app/panels/mask_fields.h"

#include <algorithm>
#include <cmath>

#include "app/mask_operations.h"
#include "app/panels/confusion_matrix.h"
#include "app/place.h"
#include "app/raster_facts.h"
#include "app/ui/keys.h"

namespace app {
namespace {

using labels::MaskLayer;

template <class Change>
void set_brush(Ui& u, Change change) {
    u.later([change](Workbench& bench) { change(bench.view().brush); });
}
template <class Change>
void set_show(Ui& u, Change change) {
    u.later([change](Workbench& bench) { change(bench.view().masks); });
}

void draw_size(Properties& p) {
    Ui& u = p.u;
    const MaskBrush& brush = u.bench.view().brush;
    Area field = p.row("Size", "Across, in pixels of the screen or of the medium; [ and ] change it");
    const Area unit = field.cut_right(u.px(104));
    field.cut_right(u.px(6));
    double size = brush.size_px;
    if (number_field(u, "Brush size", field, size, size < 8 ? 1 : 0))
        set_brush(u, [size](MaskBrush& to) { to.size_px = std::clamp(size, 1.0, 20000.0); });
    int index = brush.follows_zoom ? 0 : 1;
    static const std::vector<std::string> k_units = {"screen px", "media px"};
    if (choice_field(u, "Brush unit", unit, index, k_units))
        set_brush(u, [index](MaskBrush& to) { to.follows_zoom = index == 0; });
    p.chips({{"Square", "brush.square", brush.nib == masks::Nib::square, false, "A square nib"},
             {"Only unlabelled", "mask.only_unlabelled", brush.only_unlabelled, false,
              "Paints over nothing that has a class"}});
}

using ClassIds = std::vector<labels::ClassId>;

// Choosing a class takes it into the set, or out again.
template <class SetOf>
void draw_class_set(Properties& p, const char* label, std::string_view tip, std::string_view mark,
                    const SetOf& set_of) {
    Ui& u = p.u;
    const auto& classes = u.bench.document()->state().ontology.classes;
    if (classes.empty()) return;
    const ClassIds& chosen = set_of(u.bench);
    std::vector<std::string> names;
    std::vector<std::uint32_t> colors;
    std::string shown;
    for (const labels::LabelClass& each : classes) {
        const bool is_in = std::ranges::find(chosen, each.id) != chosen.end();
        names.push_back(is_in ? fmt::format("{}  · {}", each.name, mark) : each.name);
        colors.push_back(each.color_rgb);
        if (is_in) shown += (shown.empty() ? "" : ", ") + each.name;
    }
    int index = -1;
    if (!choice_field(u, label, p.row(label, tip), index, names, colors, shown.empty() ? "–" : shown)) return;
    u.later([set_of, id = classes[static_cast<std::size_t>(index)].id](Workbench& bench) {
        ClassIds& changed = set_of(bench);
        if (std::erase(changed, id) == 0) changed.push_back(id);
    });
}

ClassIds& protected_classes(Workbench& bench) { return bench.view().brush.protected_classes; }
ClassIds& hidden_classes(Workbench& bench) { return bench.view().masks.hidden_classes; }

void draw_expression(Properties& p) {
    Ui& u = p.u;
    if (u.bench.raster() == nullptr || !u.bench.raster()->info()) return;
    std::string text = u.bench.view().brush.only_where;
    if (text_field(u, "Only where",
                   p.row("Only where",
                         "Arithmetic over bands, as b4 > 60 or (b4-b3)/(b4+b3) > 0.2: the brush keeps to it, "
                         "and it can be filled"),
                   text, "b4 > 60"))
        set_brush(u, [text](MaskBrush& to) { to.only_where = text; });
    if (u.bench.view().brush.only_where.empty()) return;
    const auto parsed = media::BandMath::parse(u.bench.view().brush.only_where,
                                               static_cast<int>(u.bench.raster()->info()->bands.size()));
    if (!parsed) return p.paragraph(parsed.error().message, u.theme.doubt);
    p.chips({{"Preview", "mask.preview", u.bench.view().masks.preview_where, false, "Shows where it holds"}});
    p.buttons({{"Fill the view", "mask.fill_view"}, {"Fill all", "mask.fill_all"}});
}

void draw_look(Properties& p) {
    Ui& u = p.u;
    const MaskShow& show = u.bench.view().masks;
    double percent = show.opacity * 100;
    if (number_field(u, "Mask opacity", p.row("Opacity", "Per cent"), percent, 0))
        set_show(u, [percent](MaskShow& to) { to.opacity = std::clamp(percent / 100, 0.0, 1.0); });
    static const std::vector<std::string> k_fills = {"Filled", "Outlines", "Filled, with outlines"};
    int index = static_cast<int>(show.fill);
    if (choice_field(u, "Mask look", p.row("Look"), index, k_fills))
        set_show(u, [index](MaskShow& to) { to.fill = static_cast<MaskFill>(index); });
    p.chips({{"Shown", "mask.show", show.visible, false, "Shows or hides all masks"},
             {"Hatch rest", "mask.hatch", show.hatch_unlabelled, false, "Shows what nobody has labelled yet"},
             {"Blink", "mask.blink", show.blink, false, "The active class comes and goes"}});
    draw_class_set(p, "Hidden", "Classes that are not shown; choose one again to show it", "hidden",
                   hidden_classes);
}

// What is done to the whole mask.
void draw_operation(Properties& p) {
    Ui& u = p.u;
    const MaskBrush& brush = u.bench.view().brush;
    std::vector<std::string> titles;
    int index = 0;
    for (const MaskOperation& each : mask_operations()) {
        if (each.id == brush.operation) index = static_cast<int>(titles.size());
        titles.emplace_back(each.title);
    }
    p.head("Change");
    const MaskOperation& chosen = mask_operations()[static_cast<std::size_t>(index)];
    Area field = p.row("Change", chosen.tip);
    const Area number = chosen.n ? field.cut_right(u.px(56)) : Area{};
    if (chosen.n) field.cut_right(u.px(6));
    if (choice_field(u, "Change", field, index, titles))
        set_brush(u, [index](MaskBrush& to) {
            const MaskOperation& next = mask_operations()[static_cast<std::size_t>(index)];
            to.operation = next.id;
            to.operation_n = next.n.value_or(0);
        });
    double n = static_cast<double>(brush.operation_n);
    if (chosen.n && number_field(u, "Pixels", number, n, 0))
        set_brush(u, [n](MaskBrush& to) {
            to.operation_n = std::clamp<std::int64_t>(std::llround(n), 0, 1'000'000'000);
        });
    p.chips({{"All classes", "mask.operation_on_all", brush.operation_on_all, false,
              "Else the active class alone"}});
    p.buttons({{"Apply", "mask.apply"}});
    std::vector<std::string> names;
    std::vector<std::uint32_t> colors;
    const auto& classes = u.bench.document()->state().ontology.classes;
    for (const labels::LabelClass& each : classes) {
        names.push_back(each.name);
        colors.push_back(each.color_rgb);
    }
    int becomes = -1;
    if (choice_field(u, "Becomes", p.row("Becomes", "All pixels of the active class become of this one"),
                     becomes, names, colors, "–"))
        u.later([id = classes[static_cast<std::size_t>(becomes)].id](Workbench& bench) {
            bench.recode_active(id);
        });
    double tolerance = brush.outline_tolerance_px;
    if (number_field(
            u, "Tolerance",
            p.row("Polygons", "How far, in pixels, their corners may lie beside the mask's edge; 0: exact"),
            tolerance, 1))
        set_brush(
            u, [tolerance](MaskBrush& to) { to.outline_tolerance_px = std::clamp(tolerance, 0.0, 1000.0); });
    p.buttons({{"Outline the class", "mask.outline"}, {"Paint selected", "mask.paint_selection"}});
}

// What the classifier has learned, how good it is on strokes it has not seen, and what it confuses.
void draw_suggestion(Properties& p, const MaskLayer& layer) {
    Ui& u = p.u;
    p.head("Suggestion");
    const MaskSuggestion* suggestion = u.bench.suggestion();
    if (suggestion == nullptr) {
        p.paragraph("Paint a little of each class; the rest of what is in sight is then suggested.");
        return p.buttons({{"Suggest the rest", "mask.suggest"}});
    }
    const assist::ForestReport& report = suggestion->report;
    p.fact("Held out",
           report.accuracy ? fmt::format("{:.1f} % right", *report.accuracy * 100) : "too little to tell");
    draw_confusion_matrix(p, layer, report);
    double percent = u.bench.view().masks.least_confidence * 100;
    if (number_field(u, "Least confidence", p.row("Sure above", "Per cent; below it nothing is suggested"),
                     percent, 0))
        u.later([percent](Workbench& bench) { bench.set_suggestion_confidence(percent / 100); });
    p.fact("Left open", fmt::format("{:.1f} % stays unlabelled", suggestion->left_open * 100));
    p.buttons({{"Accept", "mask.accept"}, {"Again", "mask.suggest"}, {"Dismiss", "mask.dismiss"}});
    p.paragraph("The bucket (" + key_of(u, "tool.bucket") + ") accepts single parts.");
}

void draw_areas(Properties& p, const MaskLayer& layer) {
    Ui& u = p.u;
    const ShownMask* shown = u.bench.masks().find(layer.info.id);
    if (shown == nullptr) return;
    p.head("Area");
    const std::int64_t all = layer.info.width_px * layer.info.height_px;
    const auto line = [&](std::string_view name, std::int64_t pixels, std::optional<double> area_m2) {
        const double percent = 100.0 * static_cast<double>(pixels) / static_cast<double>(all);
        p.fact(name, fmt::format("{} · {}", area_m2 ? area_text(*area_m2) : grouped(pixels) + " px",
                                 percent > 0 && percent < 0.05 ? "< 0.1 %"
                                 : percent >= 10               ? fmt::format("{:.0f} %", percent)
                                                               : fmt::format("{:.1f} %", percent)));
    };
    constexpr std::size_t k_most = 40;
    std::size_t lines = 0;
    for (const labels::MaskValue& value : layer.info.values) {
        const std::int64_t pixels = shown->counts.of(value.value);
        if (layer.info.kind == labels::MaskKind::instances && pixels == 0) continue;
        if (++lines > k_most) break;
        const labels::LabelClass* of_class = u.bench.document()->state().ontology.find(value.class_id);
        std::string name = !value.name.empty() ? value.name : of_class != nullptr ? of_class->name : "?";
        if (layer.info.kind == labels::MaskKind::instances) name += fmt::format(" {}", value.value);
        line(name, pixels, shown->areas.of(value.value));
    }
    if (lines > k_most) p.paragraph(fmt::format("and {} more objects", layer.info.values.size() - k_most));
    line("unlabelled", shown->counts.of(0), std::nullopt);
    if (shown->following()) p.paragraph("Being counted anew…");
}

}  // namespace

ClassShares::ClassShares(const Workbench& bench) {
    const MaskLayer* layer = bench.mask_layer();
    const ShownMask* shown = layer != nullptr ? bench.masks().find(layer->info.id) : nullptr;
    if (shown == nullptr) return;
    m_all = layer->info.width_px * layer->info.height_px;
    for (const labels::MaskValue& value : layer->info.values)
        m_pixels[value.class_id] += shown->counts.of(value.value);
}

std::string ClassShares::of(labels::ClassId class_id) const {
    if (m_all == 0) return {};
    const auto found = m_pixels.find(class_id);
    const std::int64_t pixels = found != m_pixels.end() ? found->second : 0;
    const double percent = 100.0 * static_cast<double>(pixels) / static_cast<double>(m_all);
    return percent > 0 && percent < 1 ? "< 1 %" : fmt::format("{:.0f} %", percent);
}

void draw_brush_fields(Properties& p) {
    const ToolInfo* tool = p.u.bench.tool_info();
    if (tool == nullptr || !tool->paints) return;
    p.head(tool->title);
    if (tool->has_size) draw_size(p);
    if (tool->has_reach)
        p.chips({{"Contiguous", "mask.contiguous", p.u.bench.view().brush.contiguous, false,
                  "Fills only what hangs together with the pixel; else all that is alike"}});
    draw_class_set(p, "Never over", "Classes that painting leaves as they are; choose one again to let go",
                   "kept", protected_classes);
    draw_expression(p);
    const MaskLayer* layer = p.u.bench.mask_layer();
    if (layer == nullptr || layer->info.kind != labels::MaskKind::instances) return;
    const masks::Value object = p.u.bench.view().brush.instance;
    p.fact("Object", layer->info.find(object) != nullptr ? fmt::format("{}", object) : "a new one");
    p.buttons({{"New object", "mask.next_object"}});
}

void draw_mask_fields(Properties& p) {
    const MaskLayer* layer = p.u.bench.mask_layer();
    if (layer == nullptr) return;
    Ui& u = p.u;
    p.head("Mask");
    const auto layers = u.bench.document()->state().mask_layers_of(layer->info.asset);
    std::vector<std::string> names;
    int index = 0;
    for (const MaskLayer* each : layers) {
        if (each == layer) index = static_cast<int>(names.size());
        names.push_back(each->info.name);
    }
    if (choice_field(u, "Mask", p.row("Painted"), index, names))
        u.later([id = layers[static_cast<std::size_t>(index)]->info.id](Workbench& bench) {
            bench.asset_view().mask_layer = id;
        });
    draw_look(p);
    draw_areas(p, *layer);
    draw_suggestion(p, *layer);
    draw_operation(p);
}

}  // namespace app
