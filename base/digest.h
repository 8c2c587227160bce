#pragma once
// Digests: SHA-256 for the event log's chain (libmd), XXH3-128 for fingerprints and caches (xxHash).

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace base {

using Sha256 = std::array<std::uint8_t, 32>;

[[nodiscard]] Sha256 sha256(std::span<const std::byte> bytes);
[[nodiscard]] std::string to_hex(std::span<const std::uint8_t> bytes);       // lower case
[[nodiscard]] std::optional<Sha256> sha256_from_hex(std::string_view text);  // null: not 64 digits

// XXH3-64. To chain several pieces, give the hash of what came before as `seed`.
[[nodiscard]] std::uint64_t hash64(std::span<const std::byte> bytes, std::uint64_t seed = 0);

// A file's identity that does not depend on its name or place: XXH3-128 over its size and three 64 KiB blocks
// (first, middle, last), as 32 hex digits; of a sequence (base/file_sequence.h) over three of its files.
// Reads at most 192 KiB. Errors: missing, io.
[[nodiscard]] Result<std::string> fingerprint(const std::filesystem::path& file);

}  // namespace base
