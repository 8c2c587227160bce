#pragma once
// The connected parts of one tile, as runs of its rows.

#include <vector>

#include "masks/bits.h"

namespace masks {

enum class Connectivity : std::uint8_t { four, eight };  // eight: pixels that share a corner hang together

// [x0, x1) of row y of the tile.
struct PartRun {
    std::uint16_t y = 0, x0 = 0, x1 = 0, part = 0;
};

struct TileParts {
    std::vector<PartRun> runs;  // by rows, from left to right
    std::size_t count = 0;      // of parts, numbered in the order in which their first runs come
};

// Two passes over the runs: neighbours of two rows are joined, then numbered (union-find, as in Rosenfeld &
// Pfaltz 1966, on runs). O(runs).
[[nodiscard]] TileParts parts_of(const TileBits& bits, Connectivity connectivity);

// Sets of things that are joined, by number.
class Joined {
public:
    std::uint32_t add() {
        m_parents.push_back(static_cast<std::uint32_t>(m_parents.size()));
        return m_parents.back();
    }
    void clear() { m_parents.clear(); }
    [[nodiscard]] std::size_t size() const { return m_parents.size(); }
    [[nodiscard]] std::uint32_t find(std::uint32_t one) {
        while (m_parents[one] != one) one = m_parents[one] = m_parents[m_parents[one]];
        return one;
    }
    // The lower number stands for both.
    std::uint32_t join(std::uint32_t a, std::uint32_t b) {
        a = find(a);
        b = find(b);
        if (b < a) std::swap(a, b);
        m_parents[b] = a;
        return a;
    }

private:
    std::vector<std::uint32_t> m_parents;
};

}  // namespace masks
