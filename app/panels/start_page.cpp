// Shown while nothing is open: what Limn is, three ways to begin, recent projects and the first keys.
#include <cmath>

#include "app/action.h"
#include "app/demo.h"
#include "app/panels/panels.h"
#include "app/panels/popup.h"

namespace app {

namespace {

namespace fs = std::filesystem;

// What the page learns aside from the UI thread.
struct StartPage {
    Appearing appears;
    Background<base::Result<fs::path>> demo;
    std::vector<fs::path> looked_at;
    std::vector<bool> is_there;
    Background<std::vector<bool>> looking;
};

StartPage& page() {
    static StartPage state;  // UI thread, like ImGui's own context
    return state;
}

void make_demo() {
    page().demo.start([] { return make_demo_project(default_demo_folder()); });
}

void take_demo(Ui& u) {
    auto made = page().demo.take(u);
    if (!made) return;
    u.later([demo = std::move(*made)](Workbench& bench) {
        if (demo)
            bench.open({*demo});
        else
            bench.toast(ToastKind::error, demo.error().message);
    });
}

// A project that is gone is shown as such, not found out by a click.
void look_for_recent(Ui& u) {
    StartPage& p = page();
    const auto& recent = u.bench.settings().recent;
    if (auto found = p.looking.take(u)) p.is_there = std::move(*found);
    if (p.looking.running() || (!p.appears() && p.looked_at == recent)) return;
    p.looked_at = recent;
    p.looking.start([recent] {
        std::vector<bool> there;
        std::error_code error;
        for (const fs::path& path : recent) there.push_back(fs::exists(path, error));
        return there;
    });
}

// -- pieces
struct Card {
    std::string_view title, line, key;
    char32_t icon = 0;
};

bool draw_card(Ui& u, Area area, const Card& card, bool main) {
    bool hovered = false, held = false;
    const bool clicked = click_area(u, card.title, area, &hovered, &held);
    const ImU32 ground = main ? (hovered ? u.theme.filled_hover : u.theme.filled)
                              : (hovered ? u.theme.raised_hover : u.theme.raised);
    fill(area, ground, u.px(6));
    if (!main) outline(area, u.theme.line, u.px(6), std::max(1.0f, std::floor(u.scale)));
    const ImU32 ink = main ? u.theme.accent_text : u.theme.text;
    const ImU32 soft = main ? with_alpha(u.theme.accent_text, 0.8f) : u.theme.quiet;
    Area row = area.inset(u.px(14));
    draw_icon(u, row.cut_left(u.px(28)), card.icon, main ? ink : mix(u.theme.quiet, u.theme.text, 0.5f), 24);
    row.cut_left(u.px(14));
    if (!card.key.empty()) row.cut_right(key_cap(u, row, card.key, soft) + u.px(8));
    const float middle = (row.y0 + row.y1) / 2;
    draw_text(u, {row.x0, middle - u.px(20), row.x1, middle}, card.title, ink, u.fonts.strong);
    draw_text(u, {row.x0, middle, row.x1, middle + u.px(19)}, card.line, soft, u.fonts.small);
    return clicked;
}

// An odd number of dashes and gaps a side, so that every corner is closed.
void draw_dashes(Ui& u, Area area, ImU32 ink) {
    const float thick = std::max(1.0f, std::floor(u.scale));
    const auto count = [&](float length) { return 2 * static_cast<int>(length / u.px(10)) + 1; };
    const int across = count(area.width()), down = count(area.height());
    const float dx = area.width() / static_cast<float>(across), dy = area.height() / static_cast<float>(down);
    for (int i = 0; i < across; i += 2) {
        const float x0 = std::round(area.x0 + static_cast<float>(i) * dx), x1 = std::round(x0 + dx);
        fill({x0, area.y0, x1, area.y0 + thick}, ink);
        fill({x0, area.y1 - thick, x1, area.y1}, ink);
    }
    for (int i = 0; i < down; i += 2) {
        const float y0 = std::round(area.y0 + static_cast<float>(i) * dy), y1 = std::round(y0 + dy);
        fill({area.x0, y0, area.x0 + thick, y1}, ink);
        fill({area.x1 - thick, y0, area.x1, y1}, ink);
    }
}

// Not a button: it says what the window takes.
void draw_drop_zone(Ui& u, Area area) {
    const ImU32 ink = mix(u.theme.line, u.theme.quiet, 0.35f);
    draw_dashes(u, area, ink);
    Area row = area.inset(u.px(14));
    draw_icon(u, row.cut_left(u.px(28)), icon::import, u.theme.quiet, 24);
    row.cut_left(u.px(14));
    const float middle = (row.y0 + row.y1) / 2;
    draw_text(u, {row.x0, middle - u.px(20), row.x1, middle}, "Drop files here", u.theme.text,
              u.fonts.strong);
    draw_text(u, {row.x0, middle, row.x1, middle + u.px(19)}, "Videos, pictures or a .limn project",
              u.theme.quiet, u.fonts.small);
}

void draw_ways_to_begin(Ui& u, Area& area) {
    const float height = u.px(68), gap = u.px(10);
    const std::string open_key = shortcut_of(u.bench, *find_action("project.open"));
    if (draw_card(
            u, area.cut_top(height),
            {"Open a video or project…", "Your media are only read, never changed", open_key, icon::folder},
            true))
        u.later_action("project.open");
    area.cut_top(gap);
    draw_drop_zone(u, area.cut_top(height));
    area.cut_top(gap);
    const bool making = page().demo.running();
    if (draw_card(
            u, area.cut_top(height),
            {"Make the demo project",
             making ? "Drawing its clip…" : "A short drawn clip with two labelled objects", "", icon::film},
            false) &&
        !making)
        make_demo();
}

void draw_recent_row(Ui& u, Area row, const fs::path& path, bool missing) {
    bool hovered = false;
    if (click_area(u, path.filename().string() + "##" + path.string(), row, &hovered) && !missing)
        u.later([path](Workbench& bench) { bench.open({path}); });
    if (hovered) fill(row, u.theme.hover, u.px(5));
    tooltip(u, missing ? path.string() + "\nThis project is not there any more" : path.string());
    row = {row.x0 + u.px(8), row.y0, row.x1 - u.px(8), row.y1};
    if (missing) {
        draw_text(u, row.cut_right(u.px(56)), "missing", u.theme.doubt, u.fonts.small, Align::right);
        row.cut_right(u.px(8));
    }
    const float used = draw_text(u, row, path.filename().string(), missing ? u.theme.quiet : u.theme.text);
    row.cut_left(used + u.px(12));
    draw_text(u, row, path.parent_path().string(), u.theme.faint, u.fonts.small, Align::left);
}

void draw_recent(Ui& u, Area area) {
    const auto& recent = u.bench.settings().recent;
    if (recent.empty()) return;
    section_head(u, area.cut_top(u.px(28)), "Recent projects");
    const StartPage& p = page();
    const bool known = p.looked_at == recent && p.is_there.size() == recent.size();
    area = {area.x0 - u.px(8), area.y0, area.x1 + u.px(8), area.y1};
    for (std::size_t i = 0; i < recent.size() && area.height() >= u.px(30); ++i)
        draw_recent_row(u, area.cut_top(u.px(30)), recent[i], known && !p.is_there[i]);
}

// number 0: a line of its own.
void draw_step(Ui& u, Area& area, int number, std::string_view text,
               std::initializer_list<const char*> actions) {
    Area row = area.cut_top(u.px(34));
    if (number > 0) draw_text(u, row.cut_left(u.px(22)), std::to_string(number), u.theme.faint);
    for (auto id = std::rbegin(actions); id != std::rend(actions); ++id)
        if (const std::string key = shortcut_of(u.bench, *find_action(*id)); !key.empty())
            row.cut_right(key_cap(u, row, key) + u.px(5));
    draw_text(u, row, text, mix(u.theme.quiet, u.theme.text, 0.55f));
}

void draw_first_steps(Ui& u, Area area) {
    section_head(u, area.cut_top(u.px(28)), "First steps");
    draw_step(u, area, 1, "Take the box tool and drag a box", {"tool.box"});
    draw_step(u, area, 2, "Name its class", {"class.pick"});
    draw_step(u, area, 3, "Ten frames on, then back", {"frame.forward10", "frame.back10"});
    draw_step(u, area, 4, "Move the box: that sets a keyframe", {"track.keyframe"});
    draw_step(u, area, 5, "Play, and watch it move in between", {"play"});
    draw_step(u, area, 6, "Object left the picture", {"track.outside"});
    draw_step(u, area, 7, "Export for training", {"labels.export"});
    area.cut_top(u.px(14));
    fill({area.x0, area.y0 - u.px(7), area.x1, area.y0 - u.px(7) + std::max(1.0f, std::floor(u.scale))},
         u.theme.line);
    draw_step(u, area, 0, "Find anything", {"palette"});
    draw_step(u, area, 0, "All shortcuts", {"help.shortcuts"});
}

void draw_page(Ui& u, Area area) {
    const float width = std::min(u.px(880), area.width() - u.px(64));
    const float height = std::min(u.px(600), area.height() - u.px(32));
    const float x0 = std::floor((area.x0 + area.x1 - width) / 2);
    const float y0 = std::floor(area.y0 + (area.height() - height) * 0.42f);
    Area whole{x0, y0, x0 + width, y0 + height};
    draw_text(u, whole.cut_top(u.px(40)), "Limn", u.theme.text, u.fonts.title);
    draw_text(u, whole.cut_top(u.px(26)),
              "Label long videos frame by frame, exactly, with every gesture saved as you make it.",
              u.theme.quiet);
    whole.cut_top(u.px(30));
    Area steps = whole.cut_right(std::floor(width * 0.40f));
    whole.cut_right(u.px(48));
    draw_first_steps(u, steps);
    draw_ways_to_begin(u, whole);
    whole.cut_top(u.px(26));
    draw_recent(u, whole);
}

void draw_opening(Ui& u, Area area) {
    std::string text = "Opening…";
    std::shared_ptr<base::Job> opening;
    for (const auto& job : u.bench.jobs())
        if (job->name().starts_with("Opening ")) opening = job;
    if (opening) text = opening->name() + "…";
    const float middle = (area.y0 + area.y1) / 2;
    draw_text(u, {area.x0, middle - u.px(28), area.x1, middle}, text, u.theme.text, u.fonts.strong,
              Align::centre);
    if (!opening) return;
    const float x = std::floor((area.x0 + area.x1 - u.px(90)) / 2);
    if (button(u, "Cancel", {x, middle + u.px(8), x + u.px(90), middle + u.px(38)}))
        u.later([opening](Workbench&) { opening->cancel(); });
}

// A project is open and has no media yet.
void draw_no_media(Ui& u, Area area) {
    const float width = std::min(u.px(440), area.width() - u.px(48));
    const float x0 = std::floor((area.x0 + area.x1 - width) / 2), middle = (area.y0 + area.y1) / 2;
    Area column{x0, middle - u.px(110), x0 + width, middle + u.px(110)};
    draw_text(u, column.cut_top(u.px(32)), "This project has no media yet", u.theme.text, u.fonts.strong);
    column.cut_top(u.px(10));
    const std::string key = shortcut_of(u.bench, *find_action("project.open"));
    if (draw_card(u, column.cut_top(u.px(68)),
                  {"Add a video…", "It stays where it is; only its place is noted", key, icon::folder}, true))
        u.later_action("project.open");
    column.cut_top(u.px(10));
    draw_drop_zone(u, column.cut_top(u.px(68)));
}

}  // namespace

void draw_start_page(Ui& u, Area area) {
    begin_panel(u, "start page", area, u.theme.ground);
    take_demo(u);
    if (u.bench.opening()) {
        draw_opening(u, area);
    } else if (u.bench.project()) {
        draw_no_media(u, area);
    } else {
        look_for_recent(u);
        draw_page(u, area);
    }
    end_panel();
}

}  // namespace app
