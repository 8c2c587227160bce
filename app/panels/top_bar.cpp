// Project › asset on the left; facts about the medium, the palette's button and the state of saving on the
// right.
#include <cmath>

#include "app/action.h"
#include "app/panels/media_facts.h"
#include "app/panels/panels.h"
#include "app/place.h"
#include "app/raster_facts.h"
#include "app/recipes.h"

namespace app {

namespace {

void draw_place(Ui& u, Area area) {
    draw_text(u, area, "limn", u.theme.text, u.fonts.strong);
    area.cut_left(text_width(u.fonts.strong, "limn") + u.px(16));
    const Project* project = u.bench.project();
    if (!project) return;
    const ImU32 soft = mix(u.theme.quiet, u.theme.text, 0.35f);
    area.cut_left(draw_text(u, area, project->path().filename().string(), soft) + u.px(8));
    if (!u.bench.asset()) return;
    draw_icon(u, area.cut_left(u.px(12)), icon::chevron_right, u.theme.faint, 14);
    area.cut_left(u.px(6));
    draw_text(u, area, u.bench.asset()->name, u.theme.text);
}

// Drawn from the right; each piece gives way whole when there is no room. Returns what is left.
struct Piece {
    std::string text;
    ImU32 color;
    std::string tip;
};

float width_of(Ui& u, const Piece& piece) { return std::ceil(text_width(u.fonts.small, piece.text)); }

constexpr std::string_view k_dot = " · ";

float width_of(Ui& u, const std::vector<Piece>& pieces) {
    float width = 0;
    for (const Piece& piece : pieces) width += width_of(u, piece);
    const float dots = pieces.empty() ? 0 : static_cast<float>(pieces.size() - 1);
    return width + dots * width_of(u, {std::string{k_dot}, 0, ""});
}

void draw_piece(Ui& u, Area& area, const Piece& piece) {
    const Area at = area.cut_left(width_of(u, piece));
    draw_text(u, at, piece.text, piece.color, u.fonts.small);
    if (piece.tip.empty()) return;
    click_area(u, piece.text, at);
    tooltip(u, piece.tip);
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
    return text;
}

void add_index_state(Ui& u, const media::VideoInfo& info, std::vector<Piece>& pieces) {
    if (!info.faults.empty()) {
        const std::string count = std::to_string(info.faults.size());
        pieces.push_back(
            {count + (info.faults.size() == 1 ? " fault" : " faults"), u.theme.doubt, joined(info.faults)});
    } else if (!info.index_complete) {
        pieces.push_back({fmt::format("indexing {:.0f} %", info.index_progress * 100), u.theme.quiet, ""});
    } else if (!info.is_picture) {
        const bool doubt = info.exactness == media::Exactness::by_linear;
        pieces.push_back({std::string{name_of(info.exactness)}, doubt ? u.theme.doubt : u.theme.good,
                          info.exactness_note});
    }
    if (info.is_growing)
        pieces.push_back({"being recorded", u.theme.doubt, "The file grows while it is open"});
}

void draw_facts(Ui& u, Area area) {
    std::vector<Piece> pieces;
    if (const RasterDisplay* raster = u.bench.raster(); raster != nullptr && raster->info()) {
        pieces.push_back({samples_text(*raster->info()), u.theme.quiet, ""});
        if (raster->metres_per_px())
            pieces.push_back({length_text(*raster->metres_per_px()), u.theme.quiet, ""});
        if (raster->placement() != nullptr && !raster->placement()->crs().name.empty())
            pieces.push_back({raster->placement()->crs().name, u.theme.quiet, ""});
    }
    if (const auto info = u.bench.video_info()) {
        for (std::string& fact : media_facts(*info)) pieces.push_back({std::move(fact), u.theme.quiet, ""});
        add_index_state(u, *info, pieces);
    }
    if (pieces.empty()) return;
    while (!pieces.empty() && width_of(u, pieces) > area.width()) pieces.erase(pieces.begin());
    area.x0 = area.x1 - width_of(u, pieces);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (i > 0) draw_piece(u, area, {std::string{k_dot}, u.theme.quiet, ""});
        draw_piece(u, area, pieces[i]);
    }
}

struct SaveState {
    std::string text, tip;
    ImU32 color;
    bool can_retry = false;
};

SaveState not_saved(Ui& u, const base::Error& error) {
    const bool full = error.message.find("No space") != std::string::npos;
    return {full ? "Not saved: disk full, retrying" : "Not saved, retrying", error.message, u.theme.wrong,
            true};
}

SaveState save_state(Ui& u, const Project& project) {
    const std::string& read_only = project.document().read_only();
    if (!read_only.empty()) return {"Read-only", read_only, u.theme.doubt};
    const labels::StoreStatus status = project.save_status();
    if (status.error) return not_saved(u, *status.error);
    if (!status.idle()) return {"Saving…", "", u.theme.quiet};
    if (status.saved_seq == 0) return {"Saved", "Every finished gesture is on disk", u.theme.quiet};
    return {"Saved · event " + grouped(status.saved_seq), "Every finished gesture is on disk", u.theme.quiet};
}

void draw_save_state(Ui& u, Area& area) {
    if (!u.bench.project()) return;
    const SaveState state = save_state(u, *u.bench.project());
    // Its room never shrinks below "Saved", so that nothing jumps with each gesture.
    const float floor_width = text_width(u.fonts.small, "Saved · event 000");
    const float width = std::max(floor_width, text_width(u.fonts.small, state.text)) + u.px(2);
    const Area at = area.cut_right(width);
    area.cut_right(u.px(14));
    bool hovered = false;
    if (click_area(u, state.text + "##save", at, &hovered) && state.can_retry)
        u.later_action("project.retry_saving");
    tooltip(u, state.tip);
    const ImU32 ink = hovered && state.can_retry ? mix(state.color, u.theme.text, 0.4f) : state.color;
    draw_text(u, at, state.text, ink, u.fonts.small, Align::right);
}

void draw_find_button(Ui& u, Area& area) {
    const Action* find = find_action("palette");
    const std::string key = shortcut_of(u.bench, *find);
    const float width = text_width(u.fonts.text, "Find anything") +
                        (key.empty() ? 0 : key_cap_width(u, key) + u.px(10)) + u.px(22);
    const Area at = area.cut_right(std::ceil(width));
    area.cut_right(u.px(14));
    const float inset = std::floor((at.height() - u.px(26)) / 2);
    if (button(u, "Find anything", {at.x0, at.y0 + inset, at.x1, at.y0 + inset + u.px(26)}, ButtonKind::plain,
               key))
        u.later_action("palette");
}

}  // namespace

void draw_top_bar(Ui& u, Area area) {
    begin_panel(u, "top bar", area, u.theme.panel);
    const float line = std::max(1.0f, std::floor(u.scale));
    fill({area.x0, area.y1 - line, area.x1, area.y1}, u.theme.line);
    Area row{area.x0 + u.px(14), area.y0, area.x1 - u.px(14), area.y1 - line};
    draw_save_state(u, row);
    draw_find_button(u, row);
    Area facts = row;
    facts.x0 = row.x0 + row.width() * 0.42f;
    row.x1 = facts.x0 - u.px(12);
    draw_place(u, row);
    draw_facts(u, facts);
    end_panel();
}

}  // namespace app
