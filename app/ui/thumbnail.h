#pragma once
// Thumbnails on the screen.

#include "app/ui/ui.h"
#include "media/thumbnail.h"

namespace app {

// Fills the area with the picture, cut where the shapes differ. False when the window has no room for it in
// this frame: the caller draws what stands for a missing one.
bool draw_thumbnail(Ui& u, Area area, const media::Thumbnail& picture, float alpha = 1, float radius = 0);
// What stands where a thumbnail will come: quiet, never black.
void draw_no_thumbnail(Ui& u, Area area);

}  // namespace app
