// limn new: an empty project, with classes when a file names them.

#include <CLI/CLI.hpp>

#include "app/command.h"
#include "app/commands/ontology_edit.h"
#include "app/commands/support.h"
#include "base/file.h"
#include "labels/json.h"

namespace app {

namespace {

struct Options {
    std::string project, ontology;
};

base::Result<void> fill(Project& project, const labels::Ontology& ontology) {
    labels::Transaction transaction{project.document(), "Set ontology"};
    transaction.put_ontology(ontology);
    transaction.commit();
    return project.flush();
}

base::Result<void> create(const Options& options) {
    std::optional<labels::Ontology> ontology;
    if (!options.ontology.empty()) {
        auto read = read_ontology(options.ontology);
        if (!read) return std::unexpected(read.error());
        ontology = std::move(*read);
    }
    auto project = Project::create(options.project);
    if (!project) return std::unexpected(project.error());
    if (!ontology) return (*project)->flush();
    auto filled = fill(**project, *ontology);
    if (filled) return {};
    project->reset();
    std::error_code ignored;
    std::filesystem::remove(options.project, ignored);
    return filled;
}

RunCommand setup(CLI::App& cli) {
    auto options = std::make_shared<Options>();
    cli.add_option("PROJECT", options->project, "The project to make; nothing may be there")
        ->required()
        ->type_name("");
    cli.add_option("--ontology", options->ontology, "Classes and attributes, as `limn ontology` prints them")
        ->type_name("FILE");
    return [options] { return create(*options); };
}

}  // namespace

extern const Command new_command = {"new", "Make an empty project", setup};

}  // namespace app
