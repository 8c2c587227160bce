// Which format, where to, and what it carries and loses, said before it is written.
#include <cmath>
#include <iterator>
#include <sstream>

#include "app/panels/folder_listing.h"
#include "app/panels/panels.h"
#include "app/panels/popup.h"
#include "app/panels/typed_path.h"
#include "formats/format.h"

namespace app {

namespace {

namespace fs = std::filesystem;

enum class There : std::uint8_t { unknown, free, taken, no_folder };

struct ExportForm {
    Appearing appears;
    int format = 0;
    bool pictures = false;
    std::string options;    // of the format, as typed: NAME=VALUE …
    std::string out;        // as typed
    std::string suggested;  // what `out` was set to; a path of the person's own is kept
    std::string looked_at;
    There there = There::unknown;
    Background<There> looking;
};

ExportForm& form() {
    static ExportForm state;  // UI thread, like ImGui's own context
    return state;
}

std::vector<const formats::FormatDriver*> writers() {
    std::vector<const formats::FormatDriver*> all;
    for (const formats::FormatDriver* driver : formats::all_formats())
        if (driver->write) all.push_back(driver);
    return all;
}

// Formats of single pictures, which are of use only with them.
bool takes_pictures(const formats::FormatDriver& driver) { return driver.id == "coco" || driver.id == "mot"; }

// A folder where the format is a folder, or there is a file for each medium.
std::string suggestion(Ui& u, const formats::FormatDriver& driver, bool pictures) {
    fs::path name = u.bench.project()->path().stem();  // of an untitled project it is the medium's: bikes.mp4
    if (kind_of_file(name) == EntryKind::media) name = name.stem();
    const std::string stem = (project_folder(u.bench) / name).string();
    const bool several = u.bench.document()->state().assets.size() > 1;
    const bool folder = driver.a_folder || driver.extensions.empty() || (driver.id == "coco" && pictures) ||
                        (driver.id == "cvat-video" && several);
    const std::string end = folder ? "" : std::string{driver.extensions.front()};
    return typed_from_path(stem + "-" + std::string{driver.id} + end);
}

void suggest(Ui& u, const formats::FormatDriver& driver) {
    ExportForm& f = form();
    const bool own = f.out != f.suggested;
    f.suggested = suggestion(u, driver, f.pictures);
    if (!own) f.out = f.suggested;
}

fs::path out_path(Ui& u) { return path_from_typed(form().out, project_folder(u.bench)); }

void look(Ui& u) {
    ExportForm& f = form();
    if (auto found = f.looking.take(u)) f.there = *found;
    if (f.looking.running() || f.looked_at == f.out) return;
    f.looked_at = f.out;
    f.looking.start([path = out_path(u)] {
        std::error_code error;
        if (fs::is_directory(path, error)) return fs::is_empty(path, error) ? There::free : There::taken;
        if (fs::exists(path, error)) return There::taken;
        return fs::exists(path.parent_path(), error) ? There::free : There::no_folder;
    });
}

void draw_label(Ui& u, Area& row, std::string_view text) {
    draw_text(u, row.cut_left(u.px(92)), text, u.theme.quiet);
}

void draw_what_goes(Ui& u, Area& area, const formats::FormatDriver& driver) {
    const auto paragraph = [&](std::string_view head, std::string_view text, ImU32 ink) {
        Area row{area.x0 + u.px(92), area.y0, area.x1, area.y1};
        draw_text(u, {area.x0, area.y0, row.x0, area.y0 + u.fonts.small->FontSize}, head, ink, u.fonts.small);
        area.y0 += draw_wrapped(row, text, mix(u.theme.quiet, u.theme.text, 0.45f), u.fonts.small) + u.px(8);
    };
    area.cut_top(u.px(4));
    paragraph("Carries", driver.carries, u.theme.good);
    paragraph("Loses", driver.loses, u.theme.doubt);
}

float height_of_what_goes(Ui& u, const formats::FormatDriver& driver, float width) {
    return wrapped_height(u.fonts.small, driver.carries, width) +
           wrapped_height(u.fonts.small, driver.loses, width) + u.px(20);
}

void draw_check(Ui& u, Area row, std::string_view name, bool& on) {
    bool hovered = false;
    if (click_area(u, name, row, &hovered)) on = !on;
    const float side = std::round(u.px(16)), y0 = std::round((row.y0 + row.y1 - side) / 2);
    const Area box{row.x0, y0, row.x0 + side, y0 + side};
    fill(box, on ? u.theme.filled : u.theme.well, u.px(4));
    const ImU32 edge = on ? u.theme.filled : hovered ? u.theme.quiet : u.theme.line;
    outline(box, edge, u.px(4), std::max(1.0f, std::floor(u.scale)));
    if (on) draw_icon(u, box, icon::check, u.theme.accent_text, 14);
    row.cut_left(side + u.px(10));
    draw_text(u, row, name, u.theme.text);
}

void draw_path(Ui& u, Area row) {
    ExportForm& f = form();
    draw_label(u, row, "Write to");
    text_field(u, "Write to", row, f.out, "A file or a folder");
}

std::string place_note() {
    switch (form().there) {
        case There::taken:
            return "This is there already; exporting replaces it";
        case There::no_folder:
            return "The folder is not there; choose another";
        case There::unknown:
        case There::free:
            return "";
    }
    return "";
}

std::vector<std::string> words_of(const std::string& text) {
    std::istringstream in{text};
    return {std::istream_iterator<std::string>{in}, {}};
}

// What can be told, with what holds as long as nothing is.
std::string options_hint(const formats::FormatDriver& driver) {
    std::string hint;
    for (const formats::FormatOption& option : driver.options)
        hint += fmt::format("{}{}={}", hint.empty() ? "" : "  ", option.name, option.standard);
    return hint;
}

std::string options_tip(const formats::FormatDriver& driver) {
    std::string tip;
    for (const formats::FormatOption& option : driver.options)
        tip += fmt::format("{}{}: {}", tip.empty() ? "" : "\n", option.name, option.says);
    return tip;
}

void draw_footer(Ui& u, Area row, const formats::FormatDriver& driver) {
    const bool can = !form().out.empty() && form().there != There::no_folder;
    const Area go = row.cut_right(u.px(132));
    row.cut_right(u.px(10));
    // While a field or a list has the keyboard, Enter is its own.
    const bool enter =
        key_pressed(PopupKey::enter) && !ImGui::GetIO().WantTextInput && !ImGui::IsAnyItemActive();
    if (button(u, "Export", go, ButtonKind::filled, "Enter", can) || (enter && can)) {
        u.later([id = std::string{driver.id}, out = out_path(u),
                 pictures = form().pictures && takes_pictures(driver),
                 options = driver.options.empty() ? std::vector<std::string>{} : words_of(form().options)](
                    Workbench& bench) { bench.export_to(id, out, pictures, options); });
        close_popup(u);
    }
    if (button(u, "Cancel", row.cut_right(u.px(84)))) close_popup(u);
    row.cut_right(u.px(12));
    draw_text(u, row, place_note(), u.theme.doubt, u.fonts.small);
}

void draw_form(Ui& u, Area area, const std::vector<const formats::FormatDriver*>& drivers) {
    ExportForm& f = form();
    draw_text(u, area.cut_top(u.px(48)), "Export labels", u.theme.text, u.fonts.strong);
    Area row = area.cut_top(u.px(30));
    draw_label(u, row, "Format");
    std::vector<std::string> titles;
    for (const auto* driver : drivers) titles.emplace_back(driver->title);
    choice_field(u, "Format", row, f.format, titles);
    const formats::FormatDriver& driver = *drivers[static_cast<std::size_t>(f.format)];
    area.cut_top(u.px(8));
    draw_what_goes(u, area, driver);
    area.cut_top(u.px(4));
    suggest(u, driver);
    draw_path(u, area.cut_top(u.px(30)));
    look(u);
    if (!driver.options.empty()) {
        area.cut_top(u.px(8));
        Area options = area.cut_top(u.px(30));
        const Area whole = options;
        draw_label(u, options, "Options");
        text_field(u, "Options", options, f.options, options_hint(driver));
        if (ImGui::IsMouseHoveringRect({whole.x0, whole.y0}, {options.x0, whole.y1}))
            show_tooltip(u, options_tip(driver));
    }
    if (takes_pictures(driver)) {
        area.cut_top(u.px(8));
        Area check = area.cut_top(u.px(26));
        check.cut_left(u.px(92));
        draw_check(u, check, "Also write the labelled frames as PNG", f.pictures);
    }
    const Area footer = area.cut_bottom(u.px(60));
    draw_footer(u, {footer.x0, footer.y0 + u.px(12), footer.x1, footer.y0 + u.px(44)}, driver);
}

}  // namespace

void draw_export_dialog(Ui& u, Area window) {
    ExportForm& f = form();
    if (!u.bench.project()) return close_popup(u);
    const auto drivers = writers();
    if (f.appears()) {
        f.out = f.suggested = f.looked_at = "";
        f.there = There::unknown;
    }
    f.format = std::clamp(f.format, 0, static_cast<int>(drivers.size()) - 1);
    const formats::FormatDriver& driver = *drivers[static_cast<std::size_t>(f.format)];
    const float text_px = height_of_what_goes(u, driver, u.px(560 - 48 - 92));
    const float height = 48 + 30 + 8 + text_px / u.scale + 8 + 30 + (takes_pictures(driver) ? 34.0f : 0.0f) +
                         (driver.options.empty() ? 0.0f : 38.0f) + 68;
    const Area box = centred_box(u, window, 560, height, 0.35f);
    begin_popup(u, "export", window, box);
    draw_form(u, {box.x0 + u.px(24), box.y0 + u.px(4), box.x1 - u.px(24), box.y1}, drivers);
    // In the field Esc puts the old path back.
    end_popup(u, box, ImGui::GetIO().WantTextInput ? Escape::ignored : Escape::closes);
}

}  // namespace app
