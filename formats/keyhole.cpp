// 1. The corners of all rings in the order of x; at one x the outline's, then those of holes by where they
//    begin.
// 2. Holes from left to right: whatever is before a hole's leftmost corner in that order is joined by then,
//    and the nearest of it is where the hole is entered.
// 3. One walk along the links from corner to corner.

#include "formats/keyhole.h"

#include <algorithm>
#include <numeric>

namespace formats {

namespace {

constexpr std::size_t k_most_looks = 50'000'000, k_fewest_looks = 256;  // over all holes, and for each

struct Corner {
    base::Point at;
    std::size_t next = 0;
};

// Wound against the outline, and from its leftmost corner on; from left to right.
std::vector<Ring> holes_of(std::span<const Ring> rings) {
    const bool clockwise = signed_area(rings.front()) > 0;
    std::vector<Ring> holes;
    for (const Ring& each : rings.subspan(1)) {
        if (each.size() < 3) continue;
        Ring hole = each;
        if ((signed_area(hole) > 0) == clockwise) std::ranges::reverse(hole);
        std::ranges::rotate(hole, std::ranges::min_element(hole, {}, &base::Point::x));
        holes.push_back(std::move(hole));
    }
    std::ranges::stable_sort(holes, {}, [](const Ring& hole) { return hole.front().x; });
    return holes;
}

void add_ring(std::vector<Corner>& corners, const Ring& ring) {
    const std::size_t first = corners.size();
    for (const base::Point each : ring) corners.push_back({each, corners.size() + 1});
    corners.back().next = first;
}

}  // namespace

Ring keyhole(std::span<const Ring> rings, std::stop_token stop) {
    if (rings.empty() || rings.front().empty()) return {};
    const std::vector<Ring> holes = holes_of(rings);
    std::vector<Corner> corners;
    add_ring(corners, rings.front());
    for (const Ring& each : holes) add_ring(corners, each);
    const auto before = [&](std::size_t a, std::size_t b) {
        return corners[a].at.x != corners[b].at.x ? corners[a].at.x < corners[b].at.x : a < b;
    };
    std::vector<std::size_t> order(corners.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, before);
    const std::size_t most = std::max(k_fewest_looks, k_most_looks / std::max<std::size_t>(holes.size(), 1));
    std::size_t first = rings.front().size();
    for (const Ring& hole : holes) {
        if (stop.stop_requested()) return {};
        const base::Point at = corners[first].at;
        std::size_t from = 0;
        double least = -1;
        auto it = std::ranges::lower_bound(order, first, before);
        for (std::size_t looks = 0; looks < most && it != order.begin(); ++looks) {
            const base::Point d = corners[*--it].at - at;
            if (least >= 0 && d.x * d.x >= least) break;
            const double distance = d.x * d.x + d.y * d.y;
            if (least >= 0 && distance >= least) continue;
            least = distance;
            from = *it;
        }
        // In, around to the first corner again, and back.
        const std::size_t last = first + hole.size() - 1;
        corners[last].next = corners.size();
        corners.push_back({at, corners.size() + 1});
        corners.push_back({corners[from].at, corners[from].next});
        corners[from].next = first;
        first = last + 1;
    }
    Ring all;
    all.reserve(corners.size());
    std::size_t i = 0;
    do {
        all.push_back(corners[i].at);
        i = corners[i].next;
    } while (i != 0);
    return all;
}

}  // namespace formats
