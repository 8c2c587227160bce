#pragma once
// Deterministic mutations for the replay in the ordinary tests: the same seed gives the same bytes on every
// machine.

#include <cstdint>
#include <string>
#include <vector>

namespace fuzz {

class Mutator {
public:
    explicit Mutator(std::uint64_t seed) : m_state{seed * 2 + 1} {}

    // One to four changes of `text`: bytes, numbers, pieces moved, doubled, cut, or taken from `other`.
    [[nodiscard]] std::string mutate(std::string text, const std::string& other) {
        for (std::uint64_t i = 0, count = 1 + below(4); i < count; ++i) change(text, other);
        return text;
    }

private:
    std::uint64_t next() {  // splitmix64
        std::uint64_t z = m_state += 0x9E3779B97F4A7C15ull;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
        return z ^ (z >> 31);
    }
    std::uint64_t below(std::uint64_t limit) { return limit == 0 ? 0 : next() % limit; }

    void change(std::string& text, const std::string& other) {
        static const std::vector<std::string> k_pieces = {"-1",
                                                          "0",
                                                          "1e300",
                                                          "NaN",
                                                          "99999999999999999999",
                                                          "4294967295",
                                                          "-0.0",
                                                          "\"",
                                                          "<",
                                                          ">",
                                                          "{",
                                                          "}",
                                                          "[",
                                                          "]",
                                                          ",",
                                                          ":",
                                                          "null",
                                                          "true",
                                                          "\\u0000",
                                                          "\xFF",
                                                          std::string(1, '\0'),
                                                          "\n",
                                                          ";",
                                                          "&#0;",
                                                          "]]>"};
        const std::size_t at = below(text.size() + 1),
                          length = below(std::min<std::size_t>(text.size() - at, 40) + 1);
        switch (below(8)) {
            case 0:
                if (at < text.size()) text[at] = static_cast<char>(below(256));
                break;
            case 1:
                if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
                break;
            case 2:
                text.erase(at, length);
                break;
            case 3:
                text.insert(at, k_pieces[below(k_pieces.size())]);
                break;
            case 4:
                text.insert(below(text.size() + 1), text.substr(at, length));
                break;
            case 5:
                text.replace(at, length, k_pieces[below(k_pieces.size())]);
                break;
            case 6:
                replace_number(text, at);
                break;
            default: {
                const std::size_t from = below(other.size() + 1);
                text.insert(at, other.substr(from, below(60)));
            }
        }
    }

    void replace_number(std::string& text, std::size_t at) {
        const auto digit = text.find_first_of("0123456789", at);
        if (digit == std::string::npos) return;
        auto end = text.find_first_not_of("0123456789.", digit);
        if (end == std::string::npos) end = text.size();
        static const std::vector<std::string> k_numbers = {
            "0",     "-1", "1", "2147483647", "2147483648", "1e9", "0.5", "-3.25", "18446744073709551616",
            "65536", "7"};
        text.replace(digit, end - digit, k_numbers[below(k_numbers.size())]);
    }

    std::uint64_t m_state;
};

}  // namespace fuzz
