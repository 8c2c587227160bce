#include "app/commands/support.h"

#include <charconv>
#include <csignal>
#include <ctime>
#include <fstream>
#include <thread>

#include <pthread.h>
#include <unistd.h>

#include "labels/project_file.h"

namespace app {

using base::ErrorKind;
namespace fs = std::filesystem;

base::Result<std::unique_ptr<Project>> open_to_read(const std::string& path) {
    return Project::open(path, labels::Access::read_only);
}

base::Result<std::unique_ptr<Project>> open_to_write(const std::string& path) {
    auto project = Project::open(path, labels::Access::read_write);
    if (!project) return project;
    if (const std::string& why = (*project)->document().read_only(); !why.empty()) {
        return std::unexpected(base::Error{ErrorKind::refused, why});
    }
    (*project)->save_on_flush();
    return project;
}

base::Result<const labels::Asset*> pick_asset(const labels::State& state, const std::string& key,
                                              const fs::path& project) {
    if (!key.empty()) {
        if (const labels::Asset* asset = state.find_asset(key)) return asset;
        return base::fail(ErrorKind::missing,
                          "No single asset is called {:?}; `limn ls` lists their numbers and names: {}", key,
                          project.string());
    }
    if (state.assets.empty()) {
        return base::fail(ErrorKind::missing, "The project has no media yet; add some with `limn add`: {}",
                          project.string());
    }
    if (state.assets.size() > 1) {
        return base::fail(ErrorKind::refused, "The project has {} assets; say which one with --asset: {}",
                          state.assets.size(), project.string());
    }
    return &state.assets.front();
}

namespace {

bool parse_integer(std::string_view text, std::int64_t& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

base::Result<FrameRange> parse_range(std::string_view text) {
    FrameRange range{0, k_to_the_end};
    const std::size_t colon = text.find(':');
    const std::string_view first = text.substr(0, colon);
    const std::string_view end = colon == text.npos ? std::string_view{} : text.substr(colon + 1);
    if (colon == text.npos || (!first.empty() && !parse_integer(first, range.first)) ||
        (!end.empty() && !parse_integer(end, range.end))) {
        return base::fail(ErrorKind::malformed,
                          "A range is FIRST:END, two frame numbers with END left out, not {:?}", text);
    }
    return range;
}

base::Result<std::vector<std::int64_t>> parse_frames(std::string_view text) {
    std::vector<std::int64_t> frames;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        std::int64_t frame = 0;
        if (!parse_integer(text.substr(at, comma - at), frame)) {
            return base::fail(ErrorKind::malformed, "Frames are whole numbers with commas between, not {:?}",
                              text);
        }
        frames.push_back(frame);
        at = comma + 1;
    }
    return frames;
}

base::Result<FrameRange> range_within(FrameRange range, std::int64_t count, const fs::path& media) {
    if (range.end == k_to_the_end) range.end = count;
    if (range.first >= 0 && range.first <= range.end && range.end <= count) return range;
    return base::fail(ErrorKind::refused,
                      "The range {}:{} is not within the {}, numbered from 0, of this file: {}", range.first,
                      range.end, count_text(count, "frame"), media.string());
}

base::Result<void> frame_within(std::int64_t frame, std::int64_t count, const fs::path& media) {
    if (frame >= 0 && frame < count) return {};
    return base::fail(ErrorKind::refused, "There is no frame {}; this file has {}, numbered from 0: {}",
                      frame, count_text(count, "frame"), media.string());
}

base::Result<void> refuse_overwriting(const fs::path& out, const fs::path& precious) {
    std::error_code ignored;
    if (!fs::equivalent(out, precious, ignored)) return {};
    return base::fail(ErrorKind::refused,
                      "This file is part of the project and is never overwritten; choose another -o: {}",
                      out.string());
}

base::Result<void> refuse_overwriting_sources(const fs::path& out, const labels::State& state,
                                              const fs::path& project) {
    std::error_code ignored;
    if (!fs::exists(out, ignored)) return {};
    if (auto safe = refuse_overwriting(out, project); !safe) return safe;
    for (const labels::Asset& asset : state.assets) {
        const auto medium = labels::locate_media(asset, project);
        if (!medium) continue;
        if (auto safe = refuse_overwriting(out, *medium); !safe) return safe;
    }
    return {};
}

bool is_project(const fs::path& file) {
    constexpr std::string_view k_magic{"SQLite format 3\0", 16};
    std::array<char, 16> head{};
    std::ifstream in{file, std::ios::binary};
    in.read(head.data(), head.size());
    return in && std::string_view{head.data(), head.size()} == k_magic;
}

std::string shell_quoted(const std::string& word) {
    const auto plain = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) || std::string_view{"_-./:=,+@%"}.contains(c);
    };
    if (!word.empty() && std::ranges::all_of(word, plain)) return word;
    std::string quoted = "'";
    for (const char c : word) {
        if (c == '\'')
            quoted += "'\\''";
        else
            quoted += c;
    }
    return quoted + "'";
}

std::string bytes_text(std::uintmax_t bytes) {
    constexpr std::array k_units = {"B", "KiB", "MiB", "GiB", "TiB"};
    if (bytes < 1024) return fmt::format("{} B", bytes);
    auto amount = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; amount >= 1024 && unit + 1 < k_units.size(); ++unit) amount /= 1024;
    return fmt::format("{:.1f} {}", amount, k_units[unit]);
}

std::string count_text(std::int64_t count, std::string_view singular) {
    const bool es = singular.ends_with("s");  // class, classes
    return fmt::format("{} {}{}", count, singular, count == 1 ? "" : es ? "es" : "s");
}

std::string time_text(std::int64_t unix_us) {
    const std::time_t secs = unix_us / 1'000'000;
    std::tm utc{};
    gmtime_r(&secs, &utc);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", utc.tm_year + 1900, utc.tm_mon + 1,
                       utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, unix_us / 1000 % 1000);
}

// Signals are taken by a thread of their own, since nothing useful may be called in a handler.
Interrupt::Interrupt() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    m_thread = std::jthread{[this, signals](std::stop_token done) {
        constexpr timespec k_look_again = {0, 50'000'000};
        while (!done.stop_requested()) {
            if (sigtimedwait(&signals, nullptr, &k_look_again) < 0) continue;
            if (m_stop.stop_requested()) _exit(1);
            m_stop.request_stop();
        }
    }};
}

Interrupt::~Interrupt() {
    m_thread.request_stop();
    m_thread.join();
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

}  // namespace app
