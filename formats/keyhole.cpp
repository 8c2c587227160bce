#include "formats/keyhole.h"

#include <algorithm>

namespace formats {

namespace {

// Where a hole is entered: a corner of the outline and one of the hole that are near to each other.
std::pair<std::size_t, std::size_t> nearest(const Ring& outline, const Ring& hole) {
    constexpr std::size_t k_most_pairs = 10'000'000;  // then any way will do
    const std::size_t of_hole =
        std::min(hole.size(), k_most_pairs / std::max<std::size_t>(outline.size(), 1) + 1);
    std::pair<std::size_t, std::size_t> best{0, 0};
    double least = -1;
    for (std::size_t i = 0; i < outline.size(); ++i)
        for (std::size_t j = 0; j < of_hole; ++j) {
            const base::Point d = outline[i] - hole[j];
            const double distance = d.x * d.x + d.y * d.y;
            if (least >= 0 && distance >= least) continue;
            least = distance;
            best = {i, j};
        }
    return best;
}

}  // namespace

Ring keyhole(std::span<const Ring> rings) {
    if (rings.empty()) return {};
    Ring all = rings.front();
    const bool clockwise = signed_area(all) > 0;
    for (const Ring& each : rings.subspan(1)) {
        if (each.size() < 3) continue;
        Ring hole = each;
        if ((signed_area(hole) > 0) == clockwise) std::ranges::reverse(hole);
        const auto [from, to] = nearest(all, hole);
        std::ranges::rotate(hole, hole.begin() + static_cast<std::ptrdiff_t>(to));
        hole.push_back(hole.front());
        hole.push_back(all[from]);
        all.insert(all.begin() + static_cast<std::ptrdiff_t>(from) + 1, hole.begin(), hole.end());
    }
    return all;
}

}  // namespace formats
