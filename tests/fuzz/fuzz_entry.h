#pragma once
// What both the libFuzzer programs and the replay in the ordinary tests feed with bytes. Each returns true
// when the bytes were accepted. What must hold in any case is checked by aborting: nothing crashes, a refused
// file changes nothing, and what was accepted can be written, read again and saved.

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

namespace fuzz {

// A folder in memory where there is one; made once a process, removed at its end.
[[nodiscard]] const std::filesystem::path& scratch();

bool read_format(std::string_view format_id, std::span<const std::byte> bytes);
bool read_ontology(std::span<const std::byte> bytes);
bool read_edit(std::span<const std::byte> bytes);
bool open_project(std::span<const std::byte> bytes);

// "limn", "mot" … (any format), or "ontology", "edit", "project".
bool run(std::string_view target, std::span<const std::byte> bytes);

}  // namespace fuzz
