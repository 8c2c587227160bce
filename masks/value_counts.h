#pragma once
// How many pixels of a mask have which value.

#include <stop_token>
#include <vector>

#include "masks/plane.h"

namespace masks {

// A value, like Plane. Follows a mask by what changed alone.
class ValueCounts {
public:
    // Stopped, it leaves off and is to be thrown away.
    void follow(const Plane& mask, std::stop_token stop = {});
    [[nodiscard]] std::int64_t of(Value value) const { return value < m_counts.size() ? m_counts[value] : 0; }
    [[nodiscard]] std::int64_t labelled() const;  // of all values but 0
    // Ascending, 0 among them.
    [[nodiscard]] std::vector<Value> values() const;

private:
    void add(const Plane& mask, const TileRect& tiles, const Slot& slot, std::int64_t sign);
    Plane m_seen;
    std::vector<std::int64_t> m_counts;
};

// Of one tile with samples, in the part of it that lies within the medium: the count of each value.
[[nodiscard]] std::vector<std::int64_t> histogram(const Block& block, std::int64_t width,
                                                  std::int64_t height);

}  // namespace masks
