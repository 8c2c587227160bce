// The bottom panel of a raster: how far it was looked through, tile by tile, and how to cut it into tiles.
#include <cmath>

#include "app/action.h"
#include "app/panels/grid_cells.h"
#include "app/panels/panels.h"
#include "app/place.h"
#include "app/ui/keys.h"
#include "labels/json.h"

namespace app {

namespace {

using labels::GridLayout;
using labels::InspectionGrid;
using labels::Mark;
using GridArea = Workbench::GridArea;

constexpr float k_head_height = 38, k_side = 14;

std::string count_of(std::int64_t count, std::string_view singular, std::string_view plural) {
    return grouped(count) + " " + std::string{count == 1 ? singular : plural};
}

// "512 px · 412 of 720 tiles done · 9 doubtful"
std::string progress_text(const GridLayout& layout, const labels::MarkCounts& counts) {
    std::string text = fmt::format("{} px", grouped(layout.tile_px));
    if (layout.overlap_px > 0) text += fmt::format(" + {} px overlap", grouped(layout.overlap_px));
    text += fmt::format(" · {} of {} done", grouped(counts.done), count_of(layout.cells(), "tile", "tiles"));
    if (counts.doubtful > 0) text += fmt::format(" · {} doubtful", grouped(counts.doubtful));
    return text;
}

std::string pixels_text(const GridLayout& layout, std::int64_t cell) {
    const base::Rect rect = layout.cell(cell);
    const auto px = [](double value) { return grouped(static_cast<std::int64_t>(value)); };
    return fmt::format("x {} … {}, y {} … {}", px(rect.x0), px(rect.x1 - 1), px(rect.y0), px(rect.y1 - 1));
}

std::string cell_text(const InspectionGrid& grid, std::int64_t cell) {
    const std::int64_t columns = grid.layout.columns();
    const Mark mark = grid.marks[static_cast<std::size_t>(cell)];
    return fmt::format("Row {}, column {} · {}\n{}", grouped(cell / columns + 1), grouped(cell % columns + 1),
                       mark == Mark::todo ? "to do" : labels::name_of(mark), pixels_text(grid.layout, cell));
}

// -- the head
// Left out where it would leave the text at the left less than `text_px`.
void action_button(Ui& u, Area& row, std::string_view name, std::string_view action_id, float text_px) {
    const std::string key = key_of(u, action_id);
    const float wanted =
        text_width(u.fonts.text, name) + u.px(24) + (key.empty() ? 0 : key_cap_width(u, key) + u.px(10));
    if (row.width() < wanted + u.px(8) + text_px) return;
    const Area area = row.cut_right(std::ceil(wanted));
    row.cut_right(u.px(8));
    if (button(u, name, area, ButtonKind::plain, key, can_run(u, action_id))) u.later_action(action_id);
    tooltip(u, find_action(action_id)->title, key);
}

void action_icon(Ui& u, Area& row, char32_t icon, std::string_view action_id) {
    const Action* action = find_action(action_id);
    const Area area = row.cut_right(u.px(28));
    if (icon_button(u, action->title, area, icon, key_of(u, action_id), false, can_run(u, action_id)))
        u.later_action(action_id);
}

void draw_head(Ui& u, Area area, const InspectionGrid* grid) {
    const float pad = std::floor((area.height() - u.px(26)) / 2);
    Area row{area.x0 + u.px(k_side), area.y0 + pad, area.x1 - u.px(k_side), area.y0 + pad + u.px(26)};
    const std::string text = grid == nullptr
                                 ? "Cut the raster into tiles and mark each as you look through it"
                                 : progress_text(grid->layout, u.bench.grid_counts());
    const Area title = row.cut_left(text_width(u.fonts.strong, "Inspection grid") + u.px(12));
    draw_text(u, title, "Inspection grid", u.theme.text, u.fonts.strong);
    if (grid != nullptr && !u.bench.cutting_grid) {
        const float text_px = text_width(u.fonts.text, text) + u.px(12);
        const float icons_px = 3 * u.px(28);
        action_button(u, row, "Mark done", "grid.done", 0);
        action_button(u, row, "Next undone", "grid.next_undone", text_px);
        action_button(u, row, "Doubtful", "grid.doubtful", text_px + icons_px);
        if (row.width() >= text_px + icons_px) {
            action_icon(u, row, icon::chevron_right, "grid.next");
            action_icon(u, row, icon::chevron_left, "grid.previous");
            action_icon(u, row, icon::pencil, "grid.cut");
        }
        row.cut_right(u.px(12));
    }
    draw_text(u, row, text, u.theme.quiet);
}

// -- making one
struct Form {
    labels::AssetId asset;
    bool changing = false;
    double tile_px = 512, overlap_px = 0;
    int area = 0;  // into areas()
};

// At least some five tiles along the longer side; those of a large raster are as large as the design's.
int usual_tile(base::Point size) {
    int tile = 512;
    while (tile > 32 && tile * 5 > std::max(size.x, size.y)) tile /= 2;
    return tile;
}

Form& form(Ui& u, const InspectionGrid* grid, base::Point size) {
    static Form kept;  // UI thread, like ImGui's own context
    const labels::AssetId asset = u.bench.view().asset;
    if (kept.asset == asset && kept.changing == (grid != nullptr)) return kept;
    kept = {asset, grid != nullptr, static_cast<double>(usual_tile(size)), 0, 0};
    if (grid != nullptr) {
        kept.tile_px = grid->layout.tile_px;
        kept.overlap_px = grid->layout.overlap_px;
    }
    return kept;
}

struct Choice {
    std::string title;
    std::optional<GridArea> area;  // null: as it is now
};

std::vector<Choice> areas(const Workbench& bench, const InspectionGrid* grid) {
    std::vector<Choice> all;
    if (grid != nullptr) all.push_back({"As it is", std::nullopt});
    all.push_back({"The whole raster", GridArea::whole});
    all.push_back({"What is in view", GridArea::view});
    if (bench.selected() != nullptr) all.push_back({"The selected object", GridArea::selection});
    return all;
}

base::Result<GridLayout> layout_of(const Workbench& bench, const InspectionGrid* grid, const Form& form,
                                   const std::vector<Choice>& choices) {
    const auto whole = [](double value) {
        return static_cast<int>(std::clamp(std::round(value), -1.0, 1e9));
    };
    const Choice& choice = choices[static_cast<std::size_t>(form.area)];
    const int tile = whole(form.tile_px), overlap = whole(form.overlap_px);
    if (choice.area) return bench.grid_layout(*choice.area, tile, overlap);
    return labels::checked({grid->layout.area, tile, overlap});
}

// What becomes of the marks there are.
std::string loss_text(const InspectionGrid* grid, const GridLayout& layout,
                      const labels::MarkCounts& counts) {
    const std::int64_t marked = counts.done + counts.doubtful;
    if (grid == nullptr || marked == 0) return {};
    if (layout.has_cells_of(grid->layout)) return "The marks stay as they are";
    return fmt::format("{} begin anew; undo brings them back",
                       count_of(marked, "marked tile", "marked tiles"));
}

void draw_labelled(Ui& u, Area& row, std::string_view label) {
    draw_text(u, row.cut_left(text_width(u.fonts.text, label) + u.px(8)), label, u.theme.quiet);
}

void draw_fields(Ui& u, Area& row, Form& f, const std::vector<Choice>& choices) {
    draw_labelled(u, row, "Tile");
    number_field(u, "Tile", row.cut_left(u.px(72)), f.tile_px, 0);
    row.cut_left(u.px(6));
    draw_labelled(u, row, "px");
    row.cut_left(u.px(12));
    draw_labelled(u, row, "Overlap");
    number_field(u, "Overlap", row.cut_left(u.px(60)), f.overlap_px, 0);
    tooltip(u, "How many pixels of its neighbours are shown around a tile");
    row.cut_left(u.px(6));
    draw_labelled(u, row, "px");
    row.cut_left(u.px(12));
    draw_labelled(u, row, "Area");
    std::vector<std::string> titles;
    for (const Choice& choice : choices) titles.push_back(choice.title);
    choice_field(u, "Area", row.cut_left(u.px(180)), f.area, titles);
    row.cut_left(u.px(16));
}

void draw_form(Ui& u, Area area, const InspectionGrid* grid) {
    const auto size = u.bench.shown_size_px();
    if (!size)
        return draw_text(u, area, "Reading the raster…", u.theme.faint, nullptr, Align::centre), void();
    Form& f = form(u, grid, *size);
    const std::vector<Choice> choices = areas(u.bench, grid);
    f.area = std::clamp(f.area, 0, static_cast<int>(choices.size()) - 1);
    const auto layout = layout_of(u.bench, grid, f, choices);
    const float top = area.y0 + std::max(u.px(10), std::floor((area.height() - u.px(66)) / 2 - u.px(12)));
    Area row{area.x0 + u.px(k_side), top, area.x1 - u.px(k_side), top + u.px(30)};
    Area below{row.x0, row.y1 + u.px(8), row.x1, row.y1 + u.px(34)};
    draw_fields(u, row, f, choices);
    const std::string_view name = grid != nullptr ? "Change grid" : "Make grid";
    const Area go = row.cut_left(std::ceil(text_width(u.fonts.text, name)) + u.px(36));
    if (button(u, name, go, ButtonKind::filled, {}, layout.has_value()))
        u.later([made = *layout](Workbench& bench) {
            bench.cutting_grid = false;
            bench.make_grid(made);
        });
    row.cut_left(u.px(8));
    if (grid != nullptr) {
        if (button(u, "Keep it", row.cut_left(u.px(84))))
            u.later([](Workbench& bench) { bench.cutting_grid = false; });
        row.cut_left(u.px(8));
        if (button(u, "Remove grid", row.cut_left(u.px(112)), ButtonKind::ghost))
            u.later_action("grid.remove");
    }
    if (!layout) return draw_text(u, below, layout.error().message, u.theme.doubt), void();
    const std::string text = fmt::format("{}, {} × {}", count_of(layout->cells(), "tile", "tiles"),
                                         grouped(layout->columns()), grouped(layout->rows()));
    below.cut_left(draw_text(u, below, text, u.theme.text) + u.px(16));
    const bool is_kept = grid != nullptr && layout->has_cells_of(grid->layout);
    draw_text(u, below, loss_text(grid, *layout, u.bench.grid_counts()),
              is_kept ? u.theme.quiet : u.theme.doubt);
}

// -- the cells
// Beside cells that leave room: what the colours mean, and where one is.
void draw_legend(Ui& u, Area area, const InspectionGrid& grid) {
    const labels::MarkCounts counts = u.bench.grid_counts();
    const MarkColors colors = mark_colors(u.theme);
    const float line = u.px(22), square = u.px(10);
    const auto row = [&](ImU32 color, std::string_view name, const std::string& text) {
        if (area.height() < line) return;
        Area at = area.cut_top(line);
        const float y0 = std::round((at.y0 + at.y1 - square) / 2);
        const Area mark = at.cut_left(square);
        if (color != 0) fill({mark.x0, y0, mark.x0 + square, y0 + square}, color, u.px(2.5f));
        at.cut_left(u.px(9));
        draw_text(u, at.cut_left(u.px(72)), name, u.theme.quiet);
        draw_text(u, at, text, u.theme.text);
    };
    const double share = 100.0 * static_cast<double>(counts.done) / static_cast<double>(grid.layout.cells());
    row(colors.done, "Done",
        fmt::format("{}  ·  {:.{}f} %", grouped(counts.done), share, share < 10 ? 1 : 0));
    row(colors.doubtful, "Doubtful", grouped(counts.doubtful));
    row(colors.todo, "To do", grouped(counts.todo));
    const auto current = u.bench.current_cell();
    if (!current) return;
    const std::int64_t columns = grid.layout.columns();
    row(u.theme.accent, "Now",
        fmt::format("row {} of {}, column {} of {}", grouped(*current / columns + 1),
                    grouped(grid.layout.rows()), grouped(*current % columns + 1), grouped(columns)));
    row(0, "", pixels_text(grid.layout, *current));
}

void draw_grid(Ui& u, Area area, const InspectionGrid& grid) {
    const Area room{area.x0 + u.px(k_side), area.y0 + u.px(12), area.x1 - u.px(k_side), area.y1 - u.px(10)};
    if (room.width() < u.px(40) || room.height() < u.px(16)) return;
    const CellLayout layout = lay_out_cells(grid.layout, room, u.scale);
    bool hovered = false, held = false;
    click_area(u, "Tiles", layout.area, &hovered, &held);
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    const auto under = hovered || held ? layout.cell_at(mouse) : std::nullopt;
    const auto current = u.bench.current_cell();
    if (held && under && under != current)
        u.later([cell = *under](Workbench& bench) { bench.go_to_cell(cell); });
    draw_cells(u, layout, grid, current, under);
    const Area beside{layout.area.x1 + u.px(24), room.y0, room.x1, room.y1};
    if (beside.width() >= u.px(260)) draw_legend(u, beside, grid);
    if (under && !held) show_tooltip(u, cell_text(grid, *under));
}

}  // namespace

void draw_inspection_grid(Ui& u, Area area) {
    begin_panel(u, "inspection grid", area, u.theme.panel);
    resize_by_edge(u, area, "Grid height");
    const InspectionGrid* grid = u.bench.grid();
    Area rest = area;
    draw_head(u, rest.cut_top(u.px(k_head_height)), grid);
    fill(rest, u.theme.well);
    fill({rest.x0, rest.y0, rest.x1, rest.y0 + std::max(1.0f, std::floor(u.scale))}, u.theme.line);
    if (grid == nullptr || u.bench.cutting_grid)
        draw_form(u, rest, grid);
    else
        draw_grid(u, rest, *grid);
    end_panel();
}

}  // namespace app
