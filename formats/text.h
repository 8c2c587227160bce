#pragma once
// Numbers and strings as the text formats spell them: independent of the locale, and nothing lost on the way
// back.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace formats {

// The shortest decimal (no exponent) that reads back as the same double, with at least `min_decimals`
// decimals.
[[nodiscard]] std::string decimal(double value, int min_decimals = 0);

// Escaped for XML text and double-quoted attributes; characters XML 1.0 cannot hold become U+FFFD.
void append_xml(std::string& out, std::string_view text);
// With its quotes.
void append_json(std::string& out, std::string_view text);
[[nodiscard]] std::string json_string(std::string_view text);

// In quotes where a comma, a quote or a line break is in it (RFC 4180).
[[nodiscard]] std::string csv_cell(const std::string& text);

// Bytes that are not UTF-8 become U+FFFD, so that what was imported can be stored and exported.
[[nodiscard]] std::string valid_utf8(std::string_view text);

[[nodiscard]] std::string_view trim(std::string_view text);
// The whole text, finite and at most 1e12 in size; surrounding spaces are allowed.
[[nodiscard]] std::optional<double> parse_double(std::string_view text);
[[nodiscard]] std::optional<std::int64_t> parse_int(std::string_view text);

// A name that can be a file's: no separators, no control characters, not empty, not "." or "..".
[[nodiscard]] std::string file_name_of(std::string_view name);

}  // namespace formats
