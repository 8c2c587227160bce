#pragma once
// Files that another library writes under names of its own choice, seen only when all of them are complete.

#include <filesystem>
#include <vector>

#include "base/result.h"

namespace formats {

// A folder beside the file that is meant. commit() flushes what is in it to the disk and moves it beside the
// file, over what was there, the main file last; destroyed without it, nothing stays.
class StagedFiles {
public:
    [[nodiscard]] static base::Result<StagedFiles> create(const std::filesystem::path& file);
    StagedFiles(StagedFiles&& other) noexcept
        : m_file{std::move(other.m_file)}, m_folder{std::move(other.m_folder)} {
        other.m_folder.clear();
    }
    StagedFiles& operator=(StagedFiles&&) = delete;
    ~StagedFiles();
    [[nodiscard]] std::filesystem::path path() const {
        return m_folder / m_file.filename();
    }  // to be written
    // The files as they are named now. Errors: io.
    [[nodiscard]] base::Result<std::vector<std::filesystem::path>> commit();

private:
    StagedFiles(std::filesystem::path file, std::filesystem::path folder)
        : m_file{std::move(file)}, m_folder{std::move(folder)} {}
    std::filesystem::path m_file, m_folder;
};

}  // namespace formats
