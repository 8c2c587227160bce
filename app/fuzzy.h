#pragma once
// How well a few typed letters fit a name: for the palette and for lists that filter.

#include <string>
#include <string_view>

namespace app {

// Lower case for comparing; letters beyond ASCII stay as they are.
[[nodiscard]] std::string folded(std::string_view text);

// Both already folded. Negative when the letters of the query are not in the text in their order; otherwise
// higher is better: whole words, beginnings of words and runs count, long texts lose a little. Spaces in the
// query separate words that may stand in any order. An empty query fits everything with 0.
[[nodiscard]] int fuzzy_score(std::string_view query, std::string_view text);

}  // namespace app
