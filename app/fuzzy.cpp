#include "app/fuzzy.h"

#include <algorithm>

namespace app {

namespace {

bool begins_word(std::string_view text, std::size_t at) {
    if (at == 0) return true;
    const char before = text[at - 1];
    return before == ' ' || before == '.' || before == '_' || before == '-' || before == '/' || before == '(';
}

// A word found whole is worth more than its letters scattered.
int score_whole(std::string_view word, std::string_view text) {
    int best = -1;
    for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
        const bool ends = at + word.size() == text.size() || begins_word(text, at + word.size() + 1);
        const int place = at == 0 ? 40 : begins_word(text, at) ? 30 : 0;
        best = std::max(best, 100 + place + (ends ? 15 : 0) + 4 * static_cast<int>(word.size()));
    }
    return best;
}

int score_scattered(std::string_view word, std::string_view text) {
    int score = 0;
    std::size_t from = 0;
    for (const char letter : word) {
        const std::size_t at = text.find(letter, from);
        if (at == std::string_view::npos) return -1;
        if (begins_word(text, at)) score += 12;
        score += at == from ? 6 : -std::min(4, static_cast<int>(at - from));
        from = at + 1;
    }
    return std::max(score, 1);
}

}  // namespace

std::string folded(std::string_view text) {
    std::string low{text};
    for (char& c : low)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return low;
}

int fuzzy_score(std::string_view query, std::string_view text) {
    int total = 0;
    while (!query.empty()) {
        const std::size_t space = query.find(' ');
        const std::string_view word = query.substr(0, space);
        query = space == std::string_view::npos ? std::string_view{} : query.substr(space + 1);
        if (word.empty()) continue;
        int score = score_whole(word, text);
        if (score < 0) score = score_scattered(word, text);
        if (score < 0) return -1;
        total += score;
    }
    return total == 0 ? 0 : std::max(1, total - std::min(20, static_cast<int>(text.size()) / 4));
}

}  // namespace app
