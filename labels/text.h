#pragma once
// Text that comes from files and file names, made fit for JSON and SQLite.

#include <string>
#include <string_view>

namespace labels {

[[nodiscard]] bool is_utf8(std::string_view text);  // no overlong forms, no surrogates
// Bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string to_utf8(std::string text);

}  // namespace labels
