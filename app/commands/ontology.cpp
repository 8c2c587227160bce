// limn ontology: print the classes and attributes, or replace them.

#include <CLI/CLI.hpp>

#include "app/command.h"
#include "app/commands/ontology_edit.h"
#include "app/commands/support.h"
#include "labels/json.h"
#include "masks/combine.h"

namespace app {

namespace {

struct Options {
    std::string project, file;
    bool force = false, json = false;
};

base::Result<void> print(const Options& options) {
    auto project = open_to_read(options.project);
    if (!project) return std::unexpected(project.error());
    const std::string json = labels::to_json((*project)->document().state().ontology);
    fmt::print("{}{}", json, json.ends_with('\n') ? "" : "\n");
    return {};
}

base::Result<void> refuse_vanishing(const std::vector<UsedClass>& gone, const Options& options) {
    if (gone.empty() || options.force) return {};
    std::vector<std::string> names;
    for (const UsedClass& one : gone) {
        std::string uses = one.tracks.empty() ? std::string{} : count_text(std::ssize(one.tracks), "track");
        if (!one.masks.empty())
            uses += (uses.empty() ? "" : ", ") + count_text(std::ssize(one.masks), "mask");
        names.push_back(fmt::format("{} ({})", one.name, uses));
    }
    return base::fail(
        base::ErrorKind::refused,
        "Classes in use are missing from the new ontology: {}; keep them, or remove them with their "
        "labels by --force: {}",
        fmt::join(names, ", "), options.project);
}

// What had these values is unlabelled then.
void unlabel(labels::Transaction& transaction, const labels::State& state, labels::MaskLayerId id,
             const std::vector<masks::Value>& values) {
    labels::MaskLayerInfo info = state.find(id)->info;
    std::vector<std::pair<masks::Value, masks::Value>> table;
    for (const masks::Value value : values) {
        table.emplace_back(value, masks::Value{0});
        std::erase_if(info.values, [&](const labels::MaskValue& each) { return each.value == value; });
    }
    transaction.change_mask(id, [&](masks::Plane& plane) {
        if (auto recoded = masks::recoded(plane, table)) plane = std::move(*recoded);
    });
    transaction.put_mask_layer(info);
}

base::Result<void> replace(const Options& options) {
    auto wanted = read_ontology(options.file);
    if (!wanted) return std::unexpected(wanted.error());
    auto project = open_to_write(options.project);
    if (!project) return std::unexpected(project.error());
    labels::Document& document = (*project)->document();
    *wanted = with_known_ids(std::move(*wanted), document.state().ontology);
    wanted->revision = document.state().ontology.revision;
    const std::vector<UsedClass> gone = vanishing(document.state(), *wanted);
    if (auto allowed = refuse_vanishing(gone, options); !allowed) return allowed;
    labels::Transaction transaction{document, "Set ontology"};
    transaction.put_ontology(*wanted);
    for (const UsedClass& one : gone) {
        for (const labels::TrackId id : one.tracks) transaction.erase_track(id);
        for (const auto& [id, values] : one.masks) unlabel(transaction, document.state(), id, values);
    }
    transaction.commit();
    return (*project)->flush();
}

RunCommand setup(CLI::App& cli) {
    auto options = std::make_shared<Options>();
    cli.add_option("PROJECT", options->project, "The project")->required()->type_name("");
    auto* set = cli.add_option("--set", options->file, "Put the classes of this JSON file in place of all");
    set->type_name("FILE");
    cli.add_flag("--force", options->force,
                 "Also remove classes in use, with their labels (undo brings them back)")
        ->needs(set);
    // What it prints is JSON with or without it.
    cli.add_flag("--json", options->json, "As JSON, as ever");
    return [options] { return options->file.empty() ? print(*options) : replace(*options); };
}

}  // namespace

extern const Command ontology_command = {"ontology", "Print or replace classes and attributes (JSON)", setup};

}  // namespace app
