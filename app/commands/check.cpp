// limn check: is the project sound, and can it be made so.

#include <CLI/CLI.hpp>

#include "app/command.h"
#include "app/commands/json_out.h"
#include "app/commands/support.h"
#include "labels/project_file.h"

namespace app {

namespace {

namespace fs = std::filesystem;

struct Options {
    std::string project, out;
    bool repair = false, json = false;
};

struct Findings {
    labels::CheckReport report;
    std::string repaired;  // repair()'s sentence; empty: none was made
    fs::path out;
};

// A file too damaged to be opened is a finding; one that is missing, newer or no project at all is an error.
base::Result<labels::CheckReport> examine(const Options& options) {
    auto file = labels::ProjectFile::open(options.project, labels::Access::read_only);
    if (file) return file->check();
    const bool damaged = file.error().kind == base::ErrorKind::malformed && is_project(options.project);
    if (!damaged || !options.repair) return std::unexpected(file.error());
    labels::CheckReport report;
    report.faults.push_back(file.error().message);
    return report;
}

base::Result<void> repair(const Options& options, Findings& findings) {
    if (!options.repair || findings.report.faults.empty()) return {};
    findings.out = options.out;
    if (options.out.empty()) {
        const fs::path damaged{options.project};
        findings.out = damaged.parent_path() / (damaged.stem().string() + ".repaired.limn");
    }
    auto sentence = labels::repair(options.project, findings.out);
    if (!sentence) return std::unexpected(sentence.error());
    findings.repaired = std::move(*sentence);
    return {};
}

void report(const Options& options, const Findings& findings) {
    const auto& [events, faults, warnings] = findings.report;
    if (options.json) {
        JsonOut json;
        json.begin_object().field("project", options.project).field("clean", faults.empty());
        json.field("events", events).texts("faults", faults).texts("warnings", warnings);
        if (!findings.repaired.empty()) {
            json.field("repaired", findings.out.string()).field("repair", findings.repaired);
        }
        json.end_object();
        return;
    }
    for (const std::string& fault : faults) fmt::print("fault: {}\n", fault);
    for (const std::string& warning : warnings) fmt::print("warning: {}\n", warning);
    if (faults.empty()) fmt::print("{}: clean, {}\n", options.project, count_text(events, "event"));
    if (!findings.repaired.empty()) fmt::print("{}\n", findings.repaired);
}

base::Result<void> run(const Options& options) {
    auto examined = examine(options);
    if (!examined) return std::unexpected(examined.error());
    Findings findings{std::move(*examined), {}, {}};
    auto repaired = repair(options, findings);
    report(options, findings);
    if (!repaired) return repaired;
    if (findings.report.faults.empty() || !findings.repaired.empty()) return {};
    return base::fail(base::ErrorKind::malformed,
                      "The project has {}; `limn check --repair` saves what is sound: {}",
                      count_text(std::ssize(findings.report.faults), "fault"), options.project);
}

RunCommand setup(CLI::App& cli) {
    auto options = std::make_shared<Options>();
    cli.add_option("PROJECT", options->project, "The project")->required()->type_name("");
    auto* repair = cli.add_flag("--repair", options->repair, "Save what is sound to a new project");
    cli.add_option("-o,--out", options->out, "The new project; PROJECT.repaired.limn without it")
        ->type_name("OUT")
        ->needs(repair);
    cli.add_flag("--json", options->json, "As JSON");
    return [options] { return run(*options); };
}

}  // namespace

extern const Command check_command = {"check", "Verify a project; with --repair, recover one", setup};

}  // namespace app
