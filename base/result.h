#pragma once
// What can fail returns Result<T>; the Error's sentence is shown to the user as it is.

#include <expected>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace base {

enum class ErrorKind {
    missing,      // the file or thing named is not there
    malformed,    // it is there and not what it should be
    unsupported,  // well formed, but this build or version cannot handle it
    refused,      // allowed in principle, not in this state (read-only, locked, unknown class …)
    io,           // the operating system said no (disk full, permission …)
    cancelled,    // a stop was requested
};

// One sentence for the user: what, why, what to do; a path comes last.
struct Error {
    ErrorKind kind = ErrorKind::malformed;
    std::string message;
};

template <class T>
using Result = std::expected<T, Error>;

// `return base::fail(ErrorKind::missing, "There is no file here; check the name: {}", path);`
template <class... Args>
[[nodiscard]] std::unexpected<Error> fail(ErrorKind kind, fmt::format_string<Args...> format,
                                          Args&&... args) {
    return std::unexpected(Error{kind, fmt::format(format, std::forward<Args>(args)...)});
}

}  // namespace base
