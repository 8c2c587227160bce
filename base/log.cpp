#include "base/log.h"

#include <atomic>
#include <cstdlib>
#include <string>
#include <string_view>

namespace base {

static constexpr std::string_view k_names[] = {"debug", "info", "warning", "error"};

static int level_from_environment() {
    const char* wanted = std::getenv("LIMN_LOG");
    for (int i = 0; wanted != nullptr && i < 4; ++i)
        if (k_names[i] == wanted) return i;
    return static_cast<int>(LogLevel::warning);
}

static std::atomic<int>& lowest_shown() {
    static std::atomic<int> level{level_from_environment()};
    return level;
}

void set_log_level(LogLevel lowest) { lowest_shown() = static_cast<int>(lowest); }

void log_line(LogLevel level, std::string_view line) {
    if (static_cast<int>(level) < lowest_shown()) return;
    // One call, so that lines of several threads do not mix.
    fmt::print(stderr, "limn: {}: {}\n", k_names[static_cast<int>(level)], line);
}

}  // namespace base
