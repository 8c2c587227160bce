#pragma once
// Side files: what Limn works out of a medium and can work out again (indexes, thumbnails, proxies). They lie
// under cache_dir(), a folder a kind, named by the medium's fingerprint; never beside the user's media.

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace base {

// $XDG_CACHE_HOME/limn/KIND/FINGERPRINT.EXTENSION; the folder is made. Empty when the medium cannot be read
// or the folder cannot be made: the caller then does without.
[[nodiscard]] std::filesystem::path side_file(std::string_view kind, const std::filesystem::path& medium,
                                              std::string_view extension);

// Writes a side file whole or not at all, then trims its kind to the cap. Errors: io.
[[nodiscard]] Result<void> write_side_file(std::string_view kind, const std::filesystem::path& file,
                                           std::string_view bytes, std::uintmax_t cap_bytes);

// Removes the longest unused files of a kind until the rest fits into the cap. `keep` stays whatever its
// size. Called after writing one; use is told by the time of last writing, which touch() renews.
void trim_side_files(std::string_view kind, std::uintmax_t cap_bytes, const std::filesystem::path& keep);
void touch(const std::filesystem::path& file);

}  // namespace base
