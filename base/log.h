#pragma once
// Diagnostics for developers on stderr; what a user must know is shown, not logged. Thread-safe.

#include <fmt/format.h>

namespace base {

enum class LogLevel { debug, info, warning, error };

void set_log_level(LogLevel lowest_shown);  // default: warning, or LIMN_LOG=debug|info|warning|error
void log_line(LogLevel level, std::string_view line);

template <class... Args>
void log(LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
    log_line(level, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace base
