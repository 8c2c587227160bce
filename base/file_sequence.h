#pragma once
// Numbered files that are one medium: a pattern such as shots/img_%05d.png names them all.

#include <cstdint>
#include <filesystem>
#include <optional>

#include "base/result.h"

namespace base {

struct FileSequence {
    std::filesystem::path pattern;
    std::int64_t first = 0, count = 0;  // numbers [first, first + count) are all there
    bool gap = false;                   // more of them come after a missing number

    [[nodiscard]] std::filesystem::path file(std::int64_t number) const;
};

// The files that a name with one %d or %0Nd stands for. Nothing when it has none, when a file has that very
// name, or when no file fits. Reads the folder.
[[nodiscard]] std::optional<FileSequence> find_sequence(const std::filesystem::path& pattern);

// The bytes of a medium: of the file, or of all files of its sequence. Errors: missing.
[[nodiscard]] Result<std::uintmax_t> medium_bytes(const std::filesystem::path& medium);

}  // namespace base
