#include "base/file_sequence.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

namespace base {
namespace {

namespace fs = std::filesystem;

struct Pattern {
    std::string before, after;
    std::size_t digits = 0;  // at least; padded with zeros
};

std::optional<Pattern> parse(const std::string& name) {
    const std::size_t sign = name.find('%');
    if (sign == std::string::npos || name.find('%', sign + 1) != std::string::npos) return std::nullopt;
    std::size_t at = sign + 1;
    Pattern pattern{.before = name.substr(0, sign), .after = {}};
    while (at < name.size() && name[at] >= '0' && name[at] <= '9' && pattern.digits < 20)
        pattern.digits = pattern.digits * 10 + static_cast<std::size_t>(name[at++] - '0');
    if (pattern.digits > 18 || at == name.size() || name[at] != 'd') return std::nullopt;
    pattern.after = name.substr(at + 1);
    return pattern;
}

std::string numbered(const Pattern& pattern, std::int64_t number) {
    return fmt::format("{}{:0{}}{}", pattern.before, number, std::max<std::size_t>(pattern.digits, 1),
                       pattern.after);
}

std::optional<std::int64_t> number_of(const Pattern& pattern, const std::string& name) {
    const std::size_t around = pattern.before.size() + pattern.after.size();
    if (name.size() <= around || !name.starts_with(pattern.before) || !name.ends_with(pattern.after))
        return std::nullopt;
    std::int64_t number = 0;
    const char* begin = name.data() + pattern.before.size();
    const char* end = name.data() + name.size() - pattern.after.size();
    const auto [parsed, error] = std::from_chars(begin, end, number);
    if (error != std::errc{} || parsed != end || number < 0) return std::nullopt;
    return numbered(pattern, number) == name ? std::optional{number} : std::nullopt;
}

}  // namespace

fs::path FileSequence::file(std::int64_t number) const {
    const auto parsed = parse(pattern.filename().string());
    return parsed ? pattern.parent_path() / numbered(*parsed, number) : pattern;
}

std::optional<FileSequence> find_sequence(const fs::path& path) {
    const auto pattern = parse(path.filename().string());
    std::error_code error;
    if (!pattern || fs::exists(path, error)) return std::nullopt;
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path{"."};
    std::vector<std::int64_t> numbers;
    for (fs::directory_iterator it{folder, error}, end; !error && it != end; it.increment(error))
        if (const auto number = number_of(*pattern, it->path().filename().string()))
            numbers.push_back(*number);
    if (numbers.empty()) return std::nullopt;
    std::ranges::sort(numbers);
    FileSequence found{.pattern = path, .first = numbers.front()};
    while (found.count < std::ssize(numbers) &&
           numbers[static_cast<std::size_t>(found.count)] == found.first + found.count)
        ++found.count;
    found.gap = found.count < std::ssize(numbers);
    return found;
}

Result<std::uintmax_t> medium_bytes(const fs::path& medium) {
    std::error_code error;
    if (const auto sequence = find_sequence(medium)) {
        std::uintmax_t bytes = 0;
        for (std::int64_t i = 0; i < sequence->count && !error; ++i)
            bytes += fs::file_size(sequence->file(sequence->first + i), error);
        if (!error) return bytes;
    } else if (const auto bytes = fs::file_size(medium, error); !error) {
        return bytes;
    }
    return fail(ErrorKind::missing, "This file cannot be read ({}): {}", error.message(), medium.string());
}

}  // namespace base
