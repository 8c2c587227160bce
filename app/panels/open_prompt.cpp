// Which file to open or import: a path is typed, the folder's entries complete it. Folders are read aside.
#include <cmath>

#include "app/fuzzy.h"
#include "app/panels/folder_listing.h"
#include "app/panels/panels.h"
#include "app/panels/popup.h"
#include "app/panels/typed_path.h"

namespace app {

namespace {

namespace fs = std::filesystem;

struct OpenPrompt {
    Appearing appears;
    SearchField field;
    Popup purpose = Popup::open_prompt;
    FolderListing listing;
    fs::path wanted;  // the folder the listing is to be of
    Background<FolderListing> reading;
    std::string filter;
    std::vector<std::size_t> shown;  // entries of the listing that fit the filter, best first
    int index = 0;
};

OpenPrompt& prompt() {
    static OpenPrompt state;  // UI thread, like ImGui's own context
    return state;
}

fs::path start_folder(const Workbench& bench) {
    const auto& recent = bench.settings().recent;
    return bench.project() || recent.empty() ? project_folder(bench) : recent.front().parent_path();
}

std::string typed_folder(const fs::path& folder) {
    std::string text = typed_from_path(folder);
    if (!text.ends_with('/')) text += '/';
    return text;
}

// What was typed, cut in a folder and what its entry begins with.
struct Typed {
    fs::path folder;
    std::string begin;
};

Typed typed(const OpenPrompt& p) {
    const std::size_t slash = p.field.text.rfind('/');
    const std::string folder = slash == std::string::npos ? "~" : p.field.text.substr(0, slash + 1);
    fs::path path = path_from_typed(folder, "/");
    if (!path.has_filename() && path.has_parent_path() && path != path.root_path()) path = path.parent_path();
    return {path, slash == std::string::npos ? p.field.text : p.field.text.substr(slash + 1)};
}

// Media and projects to open; to import, the other files, without those SQLite keeps beside a project.
bool offered(Popup purpose, const FolderEntry& entry) {
    if (entry.kind == EntryKind::folder) return true;
    const bool is_label_file =
        entry.kind == EntryKind::other && entry.name.find(".limn") == std::string::npos;
    if (purpose == Popup::layer_prompt) return entry.kind != EntryKind::project;
    return is_label_file == (purpose == Popup::import_prompt);
}

void refresh_shown(OpenPrompt& p) {
    p.shown.clear();
    std::vector<std::pair<int, std::size_t>> scored;
    const std::string query = folded(p.filter);
    for (std::size_t i = 0; i < p.listing.entries.size(); ++i) {
        const FolderEntry& entry = p.listing.entries[i];
        if (entry.name.starts_with('.') && !query.starts_with('.')) continue;
        if (!offered(p.purpose, entry)) continue;
        const int score = fuzzy_score(query, folded(entry.name));
        if (score >= 0) scored.emplace_back(score, i);
    }
    std::ranges::stable_sort(scored, std::greater{}, [](const auto& s) { return s.first; });
    for (const auto& [score, i] : scored) p.shown.push_back(i);
    p.index = 0;
}

void follow_folder(Ui& u, OpenPrompt& p) {
    const Typed now = typed(p);
    if (auto read = p.reading.take(u)) {
        p.listing = std::move(*read);
        refresh_shown(p);
    }
    p.wanted = now.folder;
    if (p.listing.folder != p.wanted && !p.reading.running()) {
        p.reading.start([folder = p.wanted] { return list_folder(folder); });
        u.redraw_in(0.03);
    }
    if (p.filter != now.begin) {
        p.filter = now.begin;
        refresh_shown(p);
    }
}

void take(Ui& u, const OpenPrompt& p, const fs::path& file) {
    close_popup(u);
    u.later([file, purpose = p.purpose](Workbench& bench) {
        if (purpose == Popup::import_prompt)
            bench.import_from(file);
        else if (purpose == Popup::layer_prompt)
            bench.add_layer(file.string());
        else
            bench.open({file});
    });
}

// A folder is gone into; a file is taken.
void choose_entry(Ui& u, OpenPrompt& p, const FolderEntry& entry) {
    const fs::path path = p.listing.folder / entry.name;
    if (entry.kind != EntryKind::folder) return take(u, p, path);
    p.field.replacement = typed_folder(path);
    u.redraw_in(0);
}

void complete(Ui& u, OpenPrompt& p) {
    if (p.shown.empty()) return;
    const FolderEntry& entry = p.listing.entries[p.shown[static_cast<std::size_t>(p.index)]];
    const fs::path path = p.listing.folder / entry.name;
    p.field.replacement = entry.kind == EntryKind::folder ? typed_folder(path) : typed_from_path(path);
    u.redraw_in(0);
}

void enter(Ui& u, OpenPrompt& p) {
    // An address, or a name that only GDAL knows, is no path: it counts from where it begins, after the
    // folder.
    const std::string& text = p.field.text;
    for (const char* begin : {"https://", "http://", "/vsi"})
        if (const std::size_t at = text.find(begin);
            at != std::string::npos && p.purpose != Popup::import_prompt)
            return take(u, p, text.substr(at));
    // A whole path, pasted or completed, is taken as it stands, whether or not the list shows it.
    const auto named = std::ranges::find(p.listing.entries, p.filter, &FolderEntry::name);
    if (!p.filter.empty() && named != p.listing.entries.end()) return choose_entry(u, p, *named);
    if (!p.shown.empty())
        return choose_entry(u, p, p.listing.entries[p.shown[static_cast<std::size_t>(p.index)]]);
    if (!p.filter.empty()) take(u, p, path_from_typed(p.field.text, "/"));
}

// -- drawing
char32_t entry_icon(EntryKind kind) {
    switch (kind) {
        case EntryKind::folder:
            return icon::folder;
        case EntryKind::project:
            return icon::box;
        case EntryKind::media:
            return icon::film;
        case EntryKind::other:
            return icon::dots;
    }
    return icon::dots;
}

void draw_entry(Ui& u, OpenPrompt& p, Area row, const FolderEntry& entry, bool selected) {
    if (list_row(u, entry.name + "##entry", row, selected)) choose_entry(u, p, entry);
    Area line{row.x0 + u.px(14), row.y0, row.x1 - u.px(14), row.y1};
    const bool main = entry.kind == EntryKind::project;
    draw_icon(u, line.cut_left(u.px(18)), entry_icon(entry.kind), main ? u.theme.accent : u.theme.quiet, 16);
    line.cut_left(u.px(10));
    if (entry.kind != EntryKind::folder)
        draw_text(u, line.cut_right(u.px(72)), size_text(entry.size_bytes), u.theme.faint, u.fonts.small,
                  Align::right);
    draw_text(u, line, entry.name, u.theme.text);
}

void draw_entries(Ui& u, OpenPrompt& p, Area area, bool moved) {
    const float height = u.px(28);
    const int count = static_cast<int>(p.shown.size());
    if (moved)
        scroll_to("entries", area, static_cast<float>(p.index) * height,
                  static_cast<float>(p.index + 1) * height);
    const float offset = begin_scroll(u, "entries", area, static_cast<float>(count) * height);
    const int first = static_cast<int>(offset / height);
    const int end = std::min(count, first + static_cast<int>(area.height() / height) + 2);
    for (int i = first; i < end; ++i) {
        const float y0 = area.y0 + static_cast<float>(i) * height - offset;
        draw_entry(u, p, {area.x0, y0, area.x1, y0 + height},
                   p.listing.entries[p.shown[static_cast<std::size_t>(i)]], i == p.index);
    }
    end_scroll(u);
}

std::string note(const OpenPrompt& p) {
    if (p.listing.folder != p.wanted) return "Reading the folder…";
    if (!p.listing.error.empty()) return p.listing.error;
    if (p.listing.cut)
        return fmt::format("Only the first {} entries are listed; type the name", k_most_entries);
    if (p.purpose == Popup::layer_prompt) return "A raster, vectors, or a map: https://…/{z}/{x}/{y}.png";
    if (p.shown.empty())
        return p.purpose == Popup::open_prompt ? "No videos, pictures or projects here"
                                               : "No files of labels here";
    return p.purpose == Popup::open_prompt
               ? "Media are only read, never changed"
               : "Limn JSON, CVAT XML, MOT or COCO; the format is found by itself";
}

void draw_footer(Ui& u, const OpenPrompt& p, Area row) {
    fill({row.x0, row.y0, row.x1, row.y0 + std::max(1.0f, std::floor(u.scale))}, u.theme.line);
    row = {row.x0 + u.px(14), row.y0, row.x1 - u.px(14), row.y1};
    for (const auto& [key, what] : {std::pair{"Enter", "open"}, std::pair{"Tab", "complete"}}) {
        draw_text(u, row.cut_right(text_width(u.fonts.small, what) + 1), what, u.theme.faint, u.fonts.small);
        row.cut_right(u.px(6));
        row.cut_right(key_cap(u, row, key) + u.px(12));
    }
    draw_text(u, row, note(p), p.listing.error.empty() ? u.theme.faint : u.theme.doubt, u.fonts.small);
}

void reset(Ui& u, OpenPrompt& p) {
    p.purpose = u.bench.popup;
    p.field = {};
    p.field.replacement = typed_folder(start_folder(u.bench));
    p.listing = {};
    p.shown.clear();
    p.filter.clear();
    p.index = 0;
}

}  // namespace

void draw_open_prompt(Ui& u, Area window) {
    OpenPrompt& p = prompt();
    if (p.appears() || p.purpose != u.bench.popup) reset(u, p);
    follow_folder(u, p);
    const bool moved = move_by_keys(p.index, static_cast<int>(p.shown.size()), 10);

    const Area box = centred_box(u, window, 640, 470, 0.28f);
    begin_popup(u, "open", window, box);
    Area rest = box;
    const bool importing = p.purpose == Popup::import_prompt;
    const bool layer = p.purpose == Popup::layer_prompt;
    search_field(u,
                 importing ? "Import labels"
                 : layer   ? "Layer file"
                           : "Open",
                 rest.cut_top(u.px(48)), p.field,
                 importing ? "Import labels from…"
                 : layer   ? "Add a layer from…"
                           : "Open a video, a raster or a project…",
                 icon::folder);
    fill({box.x0, rest.y0, box.x1, rest.y0 + std::max(1.0f, std::floor(u.scale))}, u.theme.line);
    draw_footer(u, p, rest.cut_bottom(u.px(32)));
    rest.cut_top(u.px(4));
    draw_entries(u, p, rest, moved);
    if (p.field.completed) complete(u, p);
    if (key_pressed(PopupKey::enter)) enter(u, p);
    end_popup(u, box);
}

}  // namespace app
