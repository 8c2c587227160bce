// The seeds of tests/fuzz, and thousands of mutations of them that are the same on every machine, through
// every reader. The long hunt with libFuzzer is tests/fuzz/run.sh.

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>

#include "formats/format.h"
#include "tests/fuzz/fuzz_entry.h"
#include "tests/fuzz/mutate.h"

namespace {

constexpr int k_mutations = 2000;            // for each target
constexpr std::chrono::seconds k_budget{3};  // of each target; a slow machine does fewer

std::vector<std::string> seeds_of(const std::string& target) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(LIMN_SOURCE_DIR) /
                                                                 "tests/fuzz/seeds" / target))
        files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::vector<std::string> seeds;
    for (const auto& file : files) {
        std::ostringstream text;
        text << std::ifstream(file, std::ios::binary).rdbuf();
        seeds.push_back(text.str());
    }
    return seeds;
}

// Seeds must not all be refused: a seed that is no longer read tests nothing.
void replay(const std::string& target) {
    const std::vector<std::string> seeds = seeds_of(target);
    REQUIRE(!seeds.empty());
    int accepted = 0;
    for (const std::string& seed : seeds) accepted += fuzz::run(target, std::as_bytes(std::span(seed)));
    CHECK(accepted > 0);
    const auto start = std::chrono::steady_clock::now();
    int done = 0;
    for (; done < k_mutations && std::chrono::steady_clock::now() - start < k_budget; ++done) {
        const auto n = static_cast<std::size_t>(done);
        fuzz::Mutator mutator(n);
        const std::string text = mutator.mutate(seeds[n % seeds.size()], seeds[(n / 7) % seeds.size()]);
        accepted += fuzz::run(target, std::as_bytes(std::span(text)));
    }
    CHECK(done > 0);
    MESSAGE(target << ": " << done << " mutations, " << accepted << " accepted");
}

}  // namespace

TEST_CASE("mutated files of every format are read or refused, and nothing breaks") {
    for (const formats::FormatDriver* driver : formats::all_formats()) replay(std::string(driver->id));
}

TEST_CASE("mutated ontologies and edits are read or refused, and nothing breaks") {
    replay("ontology");
    replay("edit");
}

TEST_CASE("mutated project files are opened, repaired or refused, and nothing breaks") { replay("project"); }
