#include <algorithm>
#include <system_error>

#include "base/digest.h"
#include "base/file_sequence.h"
#include "labels/project_file.h"

namespace labels {

namespace {

namespace fs = std::filesystem;

constexpr int k_most_files_looked_at = 100000;

// A medium that was never read is known by its name alone.
bool is_the_medium(const Asset& asset, const fs::path& file) {
    std::error_code error;
    if (!fs::is_regular_file(file, error) && !base::find_sequence(file)) return false;
    if (asset.fingerprint.empty()) return true;
    if (base::medium_bytes(file).value_or(0) != static_cast<std::uintmax_t>(asset.size_bytes)) return false;
    const auto fingerprint = base::fingerprint(file);
    return fingerprint && *fingerprint == asset.fingerprint;
}

std::optional<fs::path> search(const Asset& asset, const fs::path& folder) {
    std::error_code error;
    int looked_at = 0;
    for (fs::directory_iterator it(folder, fs::directory_options::skip_permission_denied, error), end;
         !error && it != end && looked_at < k_most_files_looked_at; it.increment(error), ++looked_at) {
        if (is_the_medium(asset, it->path())) return it->path();
    }
    // A sequence has no file of its name: it is looked for under the name it had.
    if (is_the_medium(asset, folder / asset.name)) return folder / asset.name;
    return std::nullopt;
}

void add_once(std::vector<fs::path>& paths, const fs::path& path) {
    if (!path.empty() && std::ranges::find(paths, path) == paths.end()) paths.push_back(path);
}

}  // namespace

constexpr std::string_view k_by_name = "name:";

std::string fingerprint_of_name(const std::string& name) {
    return std::string{k_by_name} + fmt::format("{:016x}", base::hash64(std::as_bytes(std::span{name})));
}

constexpr std::size_t k_most_folders = 50;  // searched for a medium that is not where it was

base::Result<fs::path> locate_media(const Asset& asset, const fs::path& project) {
    if (asset.fingerprint.starts_with(k_by_name))
        return fs::path{asset.absolute_path};  // whoever reads it tells
    std::error_code ignored;
    const fs::path home = fs::absolute(project, ignored).parent_path();
    std::vector<fs::path> places, folders;
    if (!asset.relative_path.empty()) add_once(places, (home / asset.relative_path).lexically_normal());
    add_once(places, fs::path(asset.absolute_path));
    bool other_there = false;
    for (const fs::path& place : places) {
        if (is_the_medium(asset, place)) return place;
        other_there |= fs::exists(place, ignored);
    }
    add_once(folders, home);
    for (const fs::path& place : places) add_once(folders, place.parent_path());
    for (const fs::directory_entry& entry :
         fs::directory_iterator(home, ignored))  // a folder of media was renamed
        if (folders.size() < k_most_folders && entry.is_directory(ignored)) add_once(folders, entry.path());
    if (!asset.fingerprint.empty()) {
        for (const fs::path& folder : folders) {
            if (auto found = search(asset, folder)) return *found;
        }
    }
    std::string where;
    for (const fs::path& folder : folders) where += (where.empty() ? "" : ", ") + folder.string();
    return base::fail(base::ErrorKind::missing,
                      "The medium {} is not found{}; put it beside the project; looked in: {}", asset.name,
                      other_there ? " (a file of its name has other content)" : "", where);
}

}  // namespace labels
