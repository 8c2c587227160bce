#pragma once
// What a fuzz target demands of a reader beyond not breaking.

#include <cstdio>
#include <cstdlib>

namespace fuzz {

inline void must(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "fuzz: %s\n", what);
    std::abort();
}

}  // namespace fuzz
