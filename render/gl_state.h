#pragma once
// The few pieces of GL state each pass sets for itself.

#include "base/geometry.h"
#include "render/framebuffer.h"

namespace render {

// Viewport over the whole target; drawing limited to the framebuffer pixels whose centres lie in `clip`.
// False when that is none, and then nothing need be drawn.
[[nodiscard]] bool begin_pass(Size target, const base::Rect& clip);
void end_pass();

}  // namespace render
