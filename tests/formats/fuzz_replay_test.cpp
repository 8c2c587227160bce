// The seeds of tests/fuzz and their mutations through every reader of labels.

#include "formats/format.h"
#include "tests/fuzz/fuzz_entry.h"
#include "tests/fuzz/mutate.h"
#include "tests/fuzz/replay.h"

namespace {

void replay(const std::string& target) {
    fuzz::replay(target, fuzz::run, [](std::size_t n, const std::string& seed, const std::string& other) {
        return fuzz::Mutator(n).mutate(seed, other);
    });
}

}  // namespace

TEST_CASE("mutated files of every format are read or refused, and nothing breaks") {
    for (const formats::FormatDriver* driver : formats::all_formats())
        if (driver->read != nullptr) replay(std::string(driver->id));
}

TEST_CASE("mutated ontologies and edits are read or refused, and nothing breaks") {
    replay("ontology");
    replay("edit");
}

TEST_CASE("mutated project files are opened, repaired or refused, and nothing breaks") { replay("project"); }
