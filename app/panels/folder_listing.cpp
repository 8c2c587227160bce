#include "app/panels/folder_listing.h"

#include <algorithm>
#include <array>

#include "app/fuzzy.h"

namespace app {

namespace fs = std::filesystem;

EntryKind kind_of_file(const fs::path& file) {
    static constexpr std::array<std::string_view, 47> k_media = {
        ".mp4",  ".m4v", ".mov", ".mkv",  ".webm", ".avi",  ".ts",  ".mts",  ".m2ts", ".mpg",
        ".mpeg", ".mxf", ".wmv", ".flv",  ".3gp",  ".ogv",  ".vob", ".y4m",  ".h264", ".h265",
        ".hevc", ".ivf", ".dv",  ".gif",  ".jpeg", ".jpg",  ".png", ".bmp",  ".webp", ".tif",
        ".tiff", ".jp2", ".j2k", ".vrt",  ".nc",   ".h5",   ".hdf", ".hdf5", ".img",  ".hgt",
        ".asc",  ".dem", ".ntf", ".nitf", ".svs",  ".ndpi", ".mrf"};
    const std::string extension = folded(file.extension().string());
    if (extension == ".limn") return EntryKind::project;
    return std::ranges::find(k_media, extension) != k_media.end() ? EntryKind::media : EntryKind::other;
}

std::string size_text(std::uintmax_t bytes) {
    if (bytes < 1000) return fmt::format("{} B", bytes);
    double size = static_cast<double>(bytes);
    const char* unit = "";
    for (const char* next : {"kB", "MB", "GB", "TB"}) {
        if (size < 1000) break;
        size /= 1000;
        unit = next;
    }
    return size < 10 ? fmt::format("{:.1f} {}", size, unit) : fmt::format("{:.0f} {}", size, unit);
}

static FolderEntry entry_of(const fs::directory_entry& found) {
    std::error_code error;
    FolderEntry entry{found.path().filename().string(), EntryKind::folder, 0};
    if (found.is_directory(error)) return entry;
    entry.kind = kind_of_file(found.path());
    const std::uintmax_t size = found.file_size(error);
    if (!error) entry.size_bytes = size;
    return entry;
}

FolderListing list_folder(const fs::path& folder) {
    FolderListing listing{folder, {}, {}, false};
    std::error_code error;
    fs::directory_iterator it{folder, fs::directory_options::skip_permission_denied, error};
    if (error) {
        listing.error = "This folder cannot be read (" + error.message() + ")";
        return listing;
    }
    for (; it != fs::directory_iterator{} && !error; it.increment(error)) {
        listing.cut = listing.entries.size() == k_most_entries;
        if (listing.cut) break;
        listing.entries.push_back(entry_of(*it));
    }
    std::ranges::sort(listing.entries, [](const FolderEntry& a, const FolderEntry& b) {
        return a.kind != b.kind ? a.kind < b.kind : a.name < b.name;
    });
    return listing;
}

}  // namespace app
