#pragma once
// What several commands need: opening projects, naming things of them, parsing frame numbers, wording.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "app/project.h"
#include "base/result.h"

namespace app {

// Errors: ProjectFile's.
[[nodiscard]] base::Result<std::unique_ptr<Project>> open_to_read(const std::string& path);
// Nothing reaches the file before flush(), so that a command that fails leaves it as it was. Errors: also
// refused when somebody else writes it or the file may not be written.
[[nodiscard]] base::Result<std::unique_ptr<Project>> open_to_write(const std::string& path);

// The asset `key` names (by number, name or id); an empty key is the only asset. Errors: missing, refused.
[[nodiscard]] base::Result<const labels::Asset*> pick_asset(const labels::State& state,
                                                            const std::string& key,
                                                            const std::filesystem::path& project);

struct FrameRange {
    std::int64_t first = 0, end = 0;  // half-open
};

// "A:B", half-open; an empty A is 0, an empty B is k_to_the_end. The sentence of a failure fits a usage
// message.
constexpr std::int64_t k_to_the_end = INT64_MAX;
[[nodiscard]] base::Result<FrameRange> parse_range(std::string_view text);
[[nodiscard]] base::Result<std::vector<std::int64_t>> parse_frames(std::string_view text);  // "3,1,4"

// Refuses a range that is not within [0, count) and resolves k_to_the_end.
[[nodiscard]] base::Result<FrameRange> range_within(FrameRange range, std::int64_t count,
                                                    const std::filesystem::path& media);
[[nodiscard]] base::Result<void> frame_within(std::int64_t frame, std::int64_t count,
                                              const std::filesystem::path& media);

// Writing to `out` would destroy the project or one of its media, wherever they are now. Errors: refused.
[[nodiscard]] base::Result<void> refuse_overwriting_sources(const std::filesystem::path& out,
                                                            const labels::State& state,
                                                            const std::filesystem::path& project);

// Writing to `out` would destroy `precious`. Errors: refused.
[[nodiscard]] base::Result<void> refuse_overwriting(const std::filesystem::path& out,
                                                    const std::filesystem::path& precious);

[[nodiscard]] bool is_project(const std::filesystem::path& file);  // begins as an SQLite file does
[[nodiscard]] std::string shell_quoted(const std::string& word);
[[nodiscard]] std::string bytes_text(std::uintmax_t bytes);                           // "1.5 MiB"
[[nodiscard]] std::string count_text(std::int64_t count, std::string_view singular);  // "1 track", "2 tracks"
[[nodiscard]] std::string time_text(std::int64_t unix_us);  // 2026-01-31T12:00:00.123Z

// Ctrl+C asks for a stop, a second one ends the program. One at a time; made before any other thread.
class Interrupt {
public:
    Interrupt();
    ~Interrupt();
    [[nodiscard]] std::stop_token stop_token() const { return m_stop.get_token(); }

private:
    std::stop_source m_stop;
    std::jthread m_thread;
};

}  // namespace app
