#pragma once
// Whole-file reads, writes that are never seen half-done, and where Limn keeps its own files.

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace base {

// Errors: missing, io; refused when the file is larger than max_bytes.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& file,
                                            std::uint64_t max_bytes = UINT64_MAX);

// A file that appears under its name only when complete: written beside it under a temporary name, flushed to
// disk, then renamed. Destroyed without commit() it removes the temporary.
class AtomicFile {
public:
    [[nodiscard]] static Result<AtomicFile> create(const std::filesystem::path& file);
    AtomicFile(AtomicFile&& other) noexcept;
    AtomicFile& operator=(AtomicFile&& other) = delete;
    ~AtomicFile();
    // Buffered. An error is kept and returned by commit(), so that writers need not check each call.
    void write(std::string_view bytes);
    [[nodiscard]] Result<void> commit();

private:
    explicit AtomicFile(std::filesystem::path file) : m_file{std::move(file)} {}
    [[nodiscard]] std::filesystem::path temporary() const;
    void flush();
    std::filesystem::path m_file;
    std::string m_buffer;
    int m_fd = -1;
    int m_number = 0;  // several at once to one name do not meet
    int m_errno = 0;
};

[[nodiscard]] std::filesystem::path cache_dir();   // $XDG_CACHE_HOME/limn, else ~/.cache/limn; not created
[[nodiscard]] std::filesystem::path config_dir();  // $XDG_CONFIG_HOME/limn, else ~/.config/limn; not created
[[nodiscard]] std::filesystem::path
state_dir();  // $XDG_STATE_HOME/limn, else ~/.local/state/limn; not created

}  // namespace base
