#pragma once
// The entries of a folder, as the open prompt shows them. Reads the disk: not on the UI thread.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace app {

enum class EntryKind : std::uint8_t { folder, project, media, other };

struct FolderEntry {
    std::string name;
    EntryKind kind = EntryKind::other;
    std::uintmax_t size_bytes = 0;
};

struct FolderListing {
    std::filesystem::path folder;
    std::vector<FolderEntry> entries;  // folders, projects, media, others; by name
    std::string error;                 // why the folder cannot be read; empty when it was
    bool cut = false;                  // there are more than k_most_entries
};

constexpr std::size_t k_most_entries = 20'000;

[[nodiscard]] FolderListing list_folder(const std::filesystem::path& folder);
[[nodiscard]] EntryKind kind_of_file(const std::filesystem::path& file);  // by its extension
[[nodiscard]] std::string size_text(std::uintmax_t size_bytes);           // "1.2 MB"

}  // namespace app
