#pragma once
// What lies under the cursor in the picture, for the status line. The canvas fills it every frame it draws.

#include <array>

#include "base/geometry.h"

namespace app {

struct CanvasReadout {
    bool inside = false;       // the cursor is over the picture
    base::Point at;            // media space
    bool exact = false;        // not of a stand-in, which has no values to read
    std::array<int, 3> rgb{};  // 0…255, as displayed; where exact
};

}  // namespace app
