#include "app/commands/size.h"

#include <charconv>

namespace app {

std::optional<std::pair<int, int>> parse_size(std::string_view text) {
    int width = 0, height = 0;
    const char* const end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, width);
    if (first.ec != std::errc{} || first.ptr == end || *first.ptr != 'x') return std::nullopt;
    const auto second = std::from_chars(first.ptr + 1, end, height);
    if (second.ec != std::errc{} || second.ptr != end || width < 1 || height < 1) return std::nullopt;
    return std::pair{width, height};
}

std::string check_size(const std::string& text) {
    return parse_size(text) ? std::string{} : "a size is WIDTHxHEIGHT in pixels, not " + text;
}

}  // namespace app
