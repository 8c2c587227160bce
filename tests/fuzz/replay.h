#pragma once
// The seeds of a target, and thousands of mutations of them that are the same on every machine, in the
// ordinary tests. The long hunt with libFuzzer is run.sh.

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace fuzz {

inline constexpr int k_mutations = 2000;            // for each target
inline constexpr std::chrono::seconds k_budget{3};  // of each target; a slow machine does fewer

inline std::vector<std::string> seeds_of(const std::string& target) {
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

// `run(target, bytes)` says whether they were accepted; `mutate(number, seed, other seed)` gives the bytes.
// Seeds must not all be refused: a seed that is no longer read tests nothing.
template <class Run, class Mutate>
void replay(const std::string& target, const Run& run, const Mutate& mutate) {
    const std::vector<std::string> seeds = seeds_of(target);
    REQUIRE(!seeds.empty());
    int accepted = 0;
    for (const std::string& seed : seeds) accepted += run(target, std::as_bytes(std::span(seed)));
    CHECK(accepted > 0);
    const auto start = std::chrono::steady_clock::now();
    int done = 0;
    for (; done < k_mutations && std::chrono::steady_clock::now() - start < k_budget; ++done) {
        const auto n = static_cast<std::size_t>(done);
        const std::string text = mutate(n, seeds[n % seeds.size()], seeds[(n / 7) % seeds.size()]);
        accepted += run(target, std::as_bytes(std::span(text)));
    }
    CHECK(done > 0);
    MESSAGE(target << ": " << done << " mutations, " << accepted << " accepted");
}

}  // namespace fuzz
