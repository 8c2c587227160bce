#pragma once
// What is painted: a set of pixels as runs of rows. A pixel belongs to a shape when its centre lies inside.

#include <memory>
#include <span>
#include <vector>

#include "base/geometry.h"
#include "masks/plane.h"

namespace masks {

struct Run {
    std::int64_t x0 = 0, x1 = 0;  // half-open
    bool operator==(const Run&) const = default;
};

class Region {
public:
    virtual ~Region() = default;
    [[nodiscard]] virtual PixelRect bounds() const = 0;
    // Appends the runs of row y: ascending, apart from each other, none empty. Rows are asked for downwards.
    virtual void row(std::int64_t y, std::vector<Run>& runs) = 0;
};
using RegionPtr = std::unique_ptr<Region>;

enum class Nib : std::uint8_t { round, square };

// What a nib covers on its straight way from `from` to `to`; `radius_px` is half of its width. Never less
// than the pixels that the way's ends lie in.
[[nodiscard]] RegionPtr stroke(base::Point from, base::Point to, double radius_px, Nib nib = Nib::round);
[[nodiscard]] RegionPtr rectangle(const base::Rect& rect);
[[nodiscard]] RegionPtr ellipse(const base::Rect& rect);
// Inside by the even-odd rule, so that rings inside rings are holes; rings close by themselves. Points beyond
// ±2^31 are moved there.
[[nodiscard]] RegionPtr polygon(std::vector<std::vector<base::Point>> rings);
// Where the plane is not unlabelled.
[[nodiscard]] RegionPtr labelled(Plane plane);

}  // namespace masks
