#include "formats/staged_files.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace formats {

namespace {

namespace fs = std::filesystem;

base::Result<void> flush(const fs::path& file) {
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    const bool flushed = fd >= 0 && ::fsync(fd) == 0;
    const int error = errno;
    if (fd >= 0) ::close(fd);
    if (flushed) return {};
    return base::fail(base::ErrorKind::io, "The file cannot be written to the disk ({}): {}",
                      std::strerror(error), file.string());
}

}  // namespace

base::Result<StagedFiles> StagedFiles::create(const fs::path& file) {
    std::error_code error;
    if (fs::is_directory(file, error))
        return base::fail(base::ErrorKind::refused, "A folder is here; choose another name: {}",
                          file.string());
    const fs::path parent = file.has_parent_path() ? file.parent_path() : fs::path(".");
    std::string folder = (parent / ("." + file.filename().string() + ".limn-XXXXXX")).string();
    if (::mkdtemp(folder.data()) == nullptr)
        return base::fail(base::ErrorKind::io, "The file cannot be written ({}): {}", std::strerror(errno),
                          file.string());
    return StagedFiles{file, folder};
}

StagedFiles::~StagedFiles() {
    std::error_code error;
    if (!m_folder.empty()) fs::remove_all(m_folder, error);
}

base::Result<std::vector<fs::path>> StagedFiles::commit() {
    std::error_code error;
    std::vector<fs::path> made;
    for (const auto& entry : fs::directory_iterator(m_folder, error)) made.push_back(entry.path());
    std::ranges::sort(made);
    const auto is_main = [&](const fs::path& each) { return each.filename() == m_file.filename(); };
    std::ranges::stable_partition(made, [&](const fs::path& each) { return !is_main(each); });
    if (error || made.empty() || !is_main(made.back()))
        return base::fail(base::ErrorKind::io, "The file was not written: {}", m_file.string());
    for (const fs::path& each : made)
        if (auto done = flush(each); !done) return std::unexpected(done.error());
    std::vector<fs::path> files;
    for (const fs::path& each : made) {
        files.push_back(m_file.parent_path() / each.filename());
        fs::rename(each, files.back(), error);
        if (error)
            return base::fail(base::ErrorKind::io, "The file cannot be put in its place ({}): {}",
                              error.message(), files.back().string());
    }
    return files;
}

}  // namespace formats
