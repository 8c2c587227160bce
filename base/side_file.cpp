#include "base/side_file.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/file.h"

namespace base {

namespace fs = std::filesystem;

fs::path side_file(std::string_view kind, const fs::path& medium, std::string_view extension) {
    const auto identity = fingerprint(medium);
    if (!identity) return {};
    const fs::path folder = cache_dir() / kind;
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return {};
    return folder / fmt::format("{}.{}", *identity, extension);
}

void trim_side_files(std::string_view kind, std::uintmax_t cap_bytes, const fs::path& keep) {
    struct Entry {
        fs::file_time_type used;
        std::uintmax_t bytes = 0;
        fs::path path;
    };
    std::vector<Entry> entries;
    std::uintmax_t total = 0;
    std::error_code error;
    for (fs::directory_iterator it{cache_dir() / kind, error}, end; !error && it != end;
         it.increment(error)) {
        std::error_code vanished;  // another Limn may be trimming too
        const Entry entry{it->last_write_time(vanished), it->file_size(vanished), it->path()};
        if (vanished) continue;
        total += entry.bytes;
        if (entry.path != keep) entries.push_back(entry);
    }
    std::ranges::sort(entries, {}, &Entry::used);
    for (const Entry& entry : entries) {
        if (total <= cap_bytes) break;
        std::error_code vanished;
        if (fs::remove(entry.path, vanished)) total -= entry.bytes;
    }
}

Result<void> write_side_file(std::string_view kind, const fs::path& file, std::string_view bytes,
                             std::uintmax_t cap_bytes) {
    auto out = AtomicFile::create(file);
    if (!out) return std::unexpected(out.error());
    out->write(bytes);
    if (auto done = out->commit(); !done) return done;
    trim_side_files(kind, cap_bytes, file);
    return {};
}

void touch(const fs::path& file) {
    std::error_code ignored;
    fs::last_write_time(file, fs::file_time_type::clock::now(), ignored);
}

}  // namespace base
