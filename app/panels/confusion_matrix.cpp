#include "app/panels/confusion_matrix.h"

#include <algorithm>

namespace app {

namespace {

constexpr std::size_t k_most_classes = 10;

struct ShownClass {
    std::string name;
    std::uint32_t color_rgb = 0x8B94A1;
};

ShownClass class_of(const Workbench& bench, const labels::MaskLayer& layer, masks::Value value) {
    const labels::MaskValue* found = layer.info.find(value);
    const labels::LabelClass* of_class =
        found != nullptr ? bench.document()->state().ontology.find(found->class_id) : nullptr;
    if (of_class == nullptr) return {fmt::format("{}", value)};
    return {of_class->name, of_class->color_rgb};
}

void draw_lines(Properties& p, const assist::ForestReport& report, const std::vector<ShownClass>& classes) {
    for (std::size_t i = 0; i < classes.size(); ++i) {
        const auto& recall = report.classes[i].recall;
        std::string text = recall ? fmt::format("{:.0f} % found", *recall * 100) : "not measured";
        std::size_t worst = i;
        for (std::size_t k = 0; k < classes.size(); ++k) {
            if (k != i && (worst == i || report.confused(i, k) > report.confused(i, worst))) worst = k;
        }
        if (worst != i && report.confused(i, worst) > 0)
            text += fmt::format(", else {}", classes[worst].name);
        p.fact(classes[i].name, text);
    }
}

}  // namespace

void draw_confusion_matrix(Properties& p, const labels::MaskLayer& layer,
                           const assist::ForestReport& report) {
    Ui& u = p.u;
    const std::size_t n = report.classes.size();
    std::vector<ShownClass> classes;
    for (const assist::ClassReport& each : report.classes)
        classes.push_back(class_of(u.bench, layer, each.value));
    if (n > k_most_classes) return draw_lines(p, report, classes);

    const auto cell_of = [&](const Area& row, std::size_t column) {
        const float x0 = row.x0 + u.px(84), width = (row.x1 - x0) / static_cast<float>(n);
        const auto at = static_cast<float>(column);
        return Area{std::round(x0 + at * width) + 1, row.y0 + 1, std::round(x0 + (at + 1) * width), row.y1};
    };
    const Area head = p.block(20);
    draw_text(u, {head.x0, head.y0, cell_of(head, 0).x0, head.y1}, "taken for", u.theme.quiet);
    for (std::size_t column = 0; column < n; ++column) {
        const Area cell = cell_of(head, column);
        swatch(u, {(cell.x0 + cell.x1) / 2, (cell.y0 + cell.y1) / 2}, classes[column].color_rgb);
    }
    for (std::size_t truth = 0; truth < n; ++truth) {
        const Area row = p.block(24);
        swatch(u, {row.x0 + u.px(5), (row.y0 + row.y1) / 2}, classes[truth].color_rgb);
        draw_text(u, {row.x0 + u.px(16), row.y0, cell_of(row, 0).x0 - u.px(4), row.y1}, classes[truth].name,
                  u.theme.text);
        std::size_t all = 0;
        for (std::size_t column = 0; column < n; ++column) all += report.confused(truth, column);
        for (std::size_t column = 0; column < n; ++column) {
            const Area cell = cell_of(row, column);
            const std::size_t count = report.confused(truth, column);
            const double share = all > 0 ? static_cast<double>(count) / static_cast<double>(all) : 0;
            const ImU32 ink = truth == column ? u.theme.good : u.theme.wrong;
            fill(cell, mix(u.theme.well, ink, static_cast<float>(0.45 * std::sqrt(share))));
            const std::string text = all == 0        ? "–"
                                     : count == 0    ? ""
                                     : share < 0.005 ? "<1"
                                                     : fmt::format("{:.0f}", share * 100);
            draw_text(u, cell, text, u.theme.text, nullptr, Align::centre);
            if (ImGui::IsWindowHovered() && ImGui::IsMouseHoveringRect(cell.min(), cell.max()))
                show_tooltip(u, fmt::format("{} of {} held-out pixels of {} were taken for {}", count, all,
                                            classes[truth].name, classes[column].name));
        }
    }
}

}  // namespace app
