#pragma once
// Reads every #include of the source tree and says which ones do not point down (ARCHITECTURE.md, "The map").

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace layering {

struct Findings {
    std::size_t includes_read = 0;
    std::vector<std::string> faults;  // "media/x.cpp:12 includes "labels/track.h", which media may not use"
};

// Looks at *.cpp and *.h of every layer's folder under `root`, and of tests/<layer>. A missing folder is
// skipped.
[[nodiscard]] Findings check_tree(const std::filesystem::path& root);

}  // namespace layering
