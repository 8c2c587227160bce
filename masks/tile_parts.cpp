#include "masks/tile_parts.h"

namespace masks {

TileParts parts_of(const TileBits& bits, Connectivity connectivity) {
    TileParts parts;
    Joined joined;
    const int reach = connectivity == Connectivity::eight ? 1 : 0;
    std::size_t above = 0, above_end = 0;  // the runs of the row before
    for (std::int64_t y = 0; y < k_tile_px; ++y) {
        const std::size_t first = parts.runs.size();
        each_run_of(bits.row(y), [&](std::int64_t x0, std::int64_t x1) {
            const std::uint32_t run = joined.add();
            // What ends before this one starts is met by none of those to come.
            while (above < above_end && parts.runs[above].x1 + reach <= x0) ++above;
            for (std::size_t i = above; i < above_end && parts.runs[i].x0 < x1 + reach; ++i)
                joined.join(static_cast<std::uint32_t>(i), run);
            parts.runs.push_back({static_cast<std::uint16_t>(y), static_cast<std::uint16_t>(x0),
                                  static_cast<std::uint16_t>(x1)});
        });
        above = first;
        above_end = parts.runs.size();
    }
    // The lowest of a set is its root, so it has its number before the others ask for it.
    for (std::size_t i = 0; i < parts.runs.size(); ++i) {
        const std::uint32_t root = joined.find(static_cast<std::uint32_t>(i));
        parts.runs[i].part = root == i ? static_cast<std::uint16_t>(parts.count++) : parts.runs[root].part;
    }
    return parts;
}

}  // namespace masks
