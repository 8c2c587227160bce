#pragma once
// A mask seen from afar: each level is half of the one before, and a pixel is what most of its four are.

#include <stop_token>
#include <vector>

#include "masks/plane.h"

namespace masks {

// A value, like Plane: a copy is a snapshot that a job may bring up to date.
class Pyramid {
public:
    // Level 0 is the mask itself; the last one is a single tile.
    [[nodiscard]] const std::vector<Plane>& levels() const { return m_levels; }

    // Follows the mask: works on what changed since the last time alone. Of four pixels the most frequent
    // value wins; unlabelled only where three of them are, so that thin labels do not vanish. No value is
    // made up. Stopped, it leaves off between tiles and is to be thrown away.
    void follow(const Plane& mask, std::stop_token stop = {});
    // How many tiles with samples of their own follow() would look at in level 0: what its time goes with;
    // -1: it has nothing to do.
    [[nodiscard]] std::int64_t work_to_follow(const Plane& mask) const;

private:
    std::vector<Plane> m_levels;
};

}  // namespace masks
