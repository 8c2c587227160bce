// limn grid: the inspection grid of a raster: cuts it, marks tiles, and says how far one has got.

#include <charconv>

#include <CLI/CLI.hpp>

#include "app/command.h"
#include "app/commands/json_out.h"
#include "app/commands/support.h"
#include "labels/json.h"

namespace app {

namespace {

using base::ErrorKind;
using labels::InspectionGrid;

struct Options {
    std::string project, asset, area;
    std::optional<int> tile, overlap;
    std::vector<std::string> marks;
    bool remove = false, json = false;
    [[nodiscard]] bool cuts() const { return tile || overlap || !area.empty(); }
    [[nodiscard]] bool writes() const { return cuts() || remove || !marks.empty(); }
};

std::optional<std::int64_t> parse_whole(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

// "X,Y,W,H"
std::optional<base::Rect> parse_area(std::string_view text) {
    std::array<double, 4> parts{};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::size_t comma = i + 1 < parts.size() ? text.find(',') : text.size();
        if (comma == std::string_view::npos) return std::nullopt;
        const auto part = parse_whole(text.substr(0, comma));
        if (!part || std::abs(*part) > (std::int64_t{1} << 31)) return std::nullopt;
        parts[i] = static_cast<double>(*part);
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return base::Rect{parts[0], parts[1], parts[0] + parts[2], parts[1] + parts[3]};
}

struct Marking {
    FrameRange cells;  // half-open
    labels::Mark mark = labels::Mark::todo;
};

base::Result<Marking> parse_marking(std::string_view text) {
    const std::size_t equals = text.find('=');
    const auto mark =
        equals == std::string_view::npos ? std::nullopt : labels::mark_from(text.substr(equals + 1));
    const std::string_view cells = text.substr(0, std::min(equals, text.size()));
    if (mark && cells == "all") return Marking{{0, k_to_the_end}, *mark};
    if (const auto cell = parse_whole(cells); mark && cell) return Marking{{*cell, *cell + 1}, *mark};
    if (mark && cells.find(':') != std::string_view::npos) {
        if (const auto range = parse_range(cells)) return Marking{*range, *mark};
    }
    return base::fail(ErrorKind::malformed, "write it as 17=done, 20:40=doubtful or all=todo");
}

std::string check_marking(const std::string& text) {
    const auto marking = parse_marking(text);
    return marking ? std::string{} : marking.error().message;
}

base::Result<labels::GridLayout> wanted_layout(const Options& options, const labels::Asset& asset,
                                               const InspectionGrid* old) {
    labels::GridLayout layout;
    layout.area = {0, 0, static_cast<double>(asset.width_px), static_cast<double>(asset.height_px)};
    const base::Rect whole = layout.area;
    if (old != nullptr) layout = old->layout;
    if (options.tile) layout.tile_px = *options.tile;
    if (options.overlap) layout.overlap_px = *options.overlap;
    if (!options.area.empty()) {
        layout.area = *parse_area(options.area);
        const bool inside = layout.area.x0 >= 0 && layout.area.y0 >= 0 && layout.area.x1 <= whole.x1 &&
                            layout.area.y1 <= whole.y1;
        if (!inside)
            return base::fail(ErrorKind::refused, "The area must lie within the raster's {} x {} pixels: {}",
                              asset.width_px, asset.height_px, asset.name);
    }
    auto checked = labels::checked(layout);
    if (!checked) return base::fail(checked.error().kind, "{}: {}", checked.error().message, asset.name);
    return checked;
}

base::Result<void> put_marks(labels::Transaction& transaction, const labels::State& state,
                             const labels::Asset& asset, const std::vector<std::string>& texts) {
    const InspectionGrid* grid = state.grid_of(asset.id);
    if (grid == nullptr)
        return base::fail(ErrorKind::refused, "There is no inspection grid; --tile makes one: {}",
                          asset.name);
    InspectionGrid marked = *grid;
    for (const std::string& text : texts) {
        const Marking marking = *parse_marking(text);
        const std::int64_t count = std::ssize(marked.marks);
        const std::int64_t end = marking.cells.end == k_to_the_end ? count : marking.cells.end;
        if (marking.cells.first < 0 || marking.cells.first >= end || end > count)
            return base::fail(ErrorKind::refused, "There are tiles 0 to {}, and no {}: {}", count - 1, text,
                              asset.name);
        std::fill(marked.marks.begin() + marking.cells.first, marked.marks.begin() + end, marking.mark);
    }
    transaction.put_grid(marked);
    return {};
}

base::Result<void> change(Project& project, const labels::Asset& asset, const Options& options) {
    labels::Document& document = project.document();
    const std::string name = options.remove   ? "Remove the inspection grid"
                             : options.cuts() ? "Inspection grid"
                                              : "Mark tiles";
    labels::Transaction transaction(document, name);
    if (options.remove) transaction.erase_grid(asset.id);
    if (options.cuts()) {
        const InspectionGrid* old = document.state().grid_of(asset.id);
        const auto layout = wanted_layout(options, asset, old);
        if (!layout) return std::unexpected(layout.error());
        transaction.put_grid(labels::make_grid(asset.id, *layout, old));
    }
    if (!options.marks.empty()) {
        if (auto done = put_marks(transaction, document.state(), asset, options.marks); !done) return done;
    }
    transaction.commit();
    return project.flush();
}

void print_json(const labels::Asset& asset, const InspectionGrid* grid) {
    JsonOut json;
    json.begin_object().field("asset", asset.name).key("grid");
    if (grid == nullptr) {
        json.null().end_object();
        return;
    }
    const labels::GridLayout& layout = grid->layout;
    const labels::MarkCounts counts = grid->counts();
    json.begin_object().key("area").begin_array();
    for (const double side : {layout.area.x0, layout.area.y0, layout.area.width(), layout.area.height()})
        json.value(static_cast<std::int64_t>(side));
    json.end_array().field("tile", layout.tile_px).field("overlap", layout.overlap_px);
    json.field("columns", layout.columns()).field("rows", layout.rows()).field("cells", layout.cells());
    json.field("done", counts.done).field("doubtful", counts.doubtful).field("todo", counts.todo);
    json.field("marks", labels::marks_to_text(grid->marks)).end_object().end_object();
}

void print(const labels::Asset& asset, const InspectionGrid* grid) {
    if (grid == nullptr) {
        fmt::print("{}: no inspection grid; --tile makes one\n", asset.name);
        return;
    }
    const labels::GridLayout& layout = grid->layout;
    const labels::MarkCounts counts = grid->counts();
    std::string text = fmt::format("{}: {} x {} tiles of {} px", asset.name, layout.columns(), layout.rows(),
                                   layout.tile_px);
    if (layout.overlap_px > 0) text += fmt::format(", overlap {} px", layout.overlap_px);
    fmt::print("{}; {} of {} done, {} doubtful, {} to do\n", text, counts.done, layout.cells(),
               counts.doubtful, counts.todo);
}

base::Result<void> run(const Options& options) {
    auto project = options.writes() ? open_to_write(options.project) : open_to_read(options.project);
    if (!project) return std::unexpected(project.error());
    const labels::State& state = (*project)->document().state();
    const auto picked = pick_asset(state, options.asset, options.project);
    if (!picked) return std::unexpected(picked.error());
    const labels::Asset asset = **picked;
    if (asset.kind != labels::MediaKind::raster || asset.width_px <= 0)
        return base::fail(ErrorKind::refused, "Only a raster has an inspection grid: {}", asset.name);
    if (options.writes()) {
        if (auto done = change(**project, asset, options); !done) return done;
    }
    options.json ? print_json(asset, state.grid_of(asset.id)) : print(asset, state.grid_of(asset.id));
    return {};
}

RunCommand setup(CLI::App& cli) {
    auto options = std::make_shared<Options>();
    cli.add_option("PROJECT", options->project, "The project")->required()->type_name("");
    cli.add_option("--asset", options->asset, "The raster, by number, name or id")->type_name("A");
    auto* tile = cli.add_option("--tile", options->tile, "Cut it into tiles of N pixels (512)");
    tile->type_name("N")->check(CLI::PositiveNumber);
    auto* overlap =
        cli.add_option("--overlap", options->overlap, "Show N pixels of the neighbours around a tile");
    overlap->type_name("N")->check(CLI::NonNegativeNumber);
    auto* area = cli.add_option("--area", options->area, "Cut only this part, in pixels");
    area->type_name("X,Y,W,H")->check([](const std::string& text) {
        return parse_area(text) ? std::string{}
                                : std::string{"write it as X,Y,WIDTH,HEIGHT, in whole pixels"};
    });
    auto* marks = cli.add_option("--mark", options->marks,
                                 "Mark tiles, counted row by row from 0: 17=done, 20:40=doubtful, all=todo");
    marks->type_name("TILE=MARK")->check(check_marking);
    cli.add_flag("--remove", options->remove, "Remove the grid and its marks")
        ->excludes(tile)
        ->excludes(overlap)
        ->excludes(area)
        ->excludes(marks);
    cli.add_flag("--json", options->json, "As JSON");
    return [options] { return run(*options); };
}

}  // namespace

extern const Command grid_command = {"grid", "Cut a raster into tiles to look through, and mark them", setup};

}  // namespace app
