// limn log: who changed what when.

#include <CLI/CLI.hpp>

#include "app/command.h"
#include "app/commands/json_out.h"
#include "app/commands/support.h"
#include "labels/json.h"
#include "labels/project_file.h"

namespace app {

namespace {

struct Options {
    std::string project;
    std::int64_t newest = 0;  // 0: all
    bool json = false;
};

struct Tally {
    std::int64_t added = 0, changed = 0, removed = 0;
    template <class T>
    void count(const labels::Change<T>& change) {
        ++(!change.before ? added : !change.after ? removed : changed);
    }
    [[nodiscard]] bool empty() const { return added == 0 && changed == 0 && removed == 0; }
};

struct Summary {
    bool ontology = false;
    Tally assets, tracks, keyframes, grids, masks;
    std::int64_t marks = 0, mask_tiles = 0;
};

Summary summary_of(const labels::Edit& edit) {
    Summary summary;
    summary.ontology = edit.ontology.has_value();
    for (const auto& [id, change] : edit.assets) summary.assets.count(change);
    for (const auto& [id, track] : edit.tracks) {
        if (track.info) summary.tracks.count(*track.info);
        for (const auto& [frame, change] : track.keyframes) summary.keyframes.count(change);
    }
    for (const auto& [id, grid] : edit.grids) {
        if (grid.grid) summary.grids.count(*grid.grid);
        summary.marks += std::ssize(grid.marks);
    }
    for (const auto& [id, mask] : edit.masks) {
        if (mask.info) summary.masks.count(*mask.info);
        for (const labels::TileChange& tile : mask.tiles)
            summary.mask_tiles += std::int64_t{tile.at.columns} * tile.at.rows;
    }
    return summary;
}

std::string text_of(const Summary& summary) {
    std::vector<std::string> parts;
    const auto part = [&](const Tally& tally, std::string_view what) {
        if (tally.empty()) return;
        std::string text{what};
        if (tally.added > 0) text += fmt::format(" +{}", tally.added);
        if (tally.changed > 0) text += fmt::format(" ~{}", tally.changed);
        if (tally.removed > 0) text += fmt::format(" -{}", tally.removed);
        parts.push_back(text);
    };
    if (summary.ontology) parts.emplace_back("ontology");
    part(summary.assets, "assets");
    part(summary.tracks, "tracks");
    part(summary.keyframes, "keyframes");
    part(summary.grids, "grids");
    if (summary.marks > 0) parts.push_back(fmt::format("marks ~{}", summary.marks));
    part(summary.masks, "masks");
    if (summary.mask_tiles > 0)
        parts.push_back(fmt::format("masks: {}", count_text(summary.mask_tiles, "tile")));
    return fmt::format("{}", fmt::join(parts, ", "));
}

void write_tally(JsonOut& json, std::string_view name, const Tally& tally) {
    json.key(name).begin_object().field("added", tally.added).field("changed", tally.changed);
    json.field("removed", tally.removed).end_object();
}

void write_event(JsonOut& json, const labels::Event& event) {
    json.begin_object().field("seq", event.seq).field("id", base::to_string(event.id));
    json.field("time", time_text(event.time_us)).field("author", event.author);
    json.field("kind", labels::name_of(event.kind)).field("name", event.name);
    if (event.target != 0) json.field("target", event.target);
    if (event.edit) {
        const Summary summary = summary_of(*event.edit);
        json.key("changes").begin_object().field("ontology", summary.ontology);
        write_tally(json, "assets", summary.assets);
        write_tally(json, "tracks", summary.tracks);
        write_tally(json, "keyframes", summary.keyframes);
        write_tally(json, "grids", summary.grids);
        json.field("marks", summary.marks);
        write_tally(json, "masks", summary.masks);
        json.field("mask_tiles", summary.mask_tiles);
        json.end_object();
    }
    json.end_object();
}

void print_event(const labels::Event& event) {
    std::string name = event.name;
    if (event.target != 0) name = fmt::format("{} {}: {}", labels::name_of(event.kind), event.target, name);
    fmt::print("{:>6}  {}  {:<12} {}  [{}]\n", event.seq, time_text(event.time_us), event.author, name,
               event.edit ? text_of(summary_of(*event.edit)) : "");
}

// Page by page, so that a long log needs no more memory than a short one.
base::Result<void> run(const Options& options) {
    constexpr std::int64_t k_page = 500;
    auto file = labels::ProjectFile::open(options.project, labels::Access::read_only);
    if (!file) return std::unexpected(file.error());
    std::int64_t seq = 1;
    if (options.newest > 0) {
        auto loaded = file->load(0);
        if (!loaded) return std::unexpected(loaded.error());
        seq = std::max<std::int64_t>(1, loaded->history.last_seq - options.newest + 1);
    }
    std::optional<JsonOut> json;
    for (bool more = true; more;) {
        auto page = file->log(seq, k_page);
        if (!page) return std::unexpected(page.error());
        if (options.json && !json) json.emplace().begin_array();
        for (const labels::Event& event : *page) json ? write_event(*json, event) : print_event(event);
        more = std::ssize(*page) == k_page;
        if (more) seq = page->back().seq + 1;
    }
    if (json) json->end_array();
    return {};
}

RunCommand setup(CLI::App& cli) {
    auto options = std::make_shared<Options>();
    cli.add_option("PROJECT", options->project, "The project")->required()->type_name("");
    cli.add_option("-n,--newest", options->newest, "Only the newest N events")
        ->type_name("N")
        ->check(CLI::PositiveNumber);
    cli.add_flag("--json", options->json, "As JSON");
    return [options] { return run(*options); };
}

}  // namespace

extern const Command log_command = {"log", "Who changed what when", setup};

}  // namespace app
