#pragma once
// Where the tiles of a raster's levels lie in media space. Private to render.

#include <vector>

#include "media/raster_file.h"
#include "render/raster_plan.h"

namespace render {

[[nodiscard]] double level_scale_x(const media::RasterInfo& info,
                                   int level);  // level-0 pixels a pixel of the level
[[nodiscard]] double level_scale_y(const media::RasterInfo& info, int level);
[[nodiscard]] base::Rect tile_rect(const media::RasterInfo& info, media::TileAddress address);
[[nodiscard]] base::Rect both(const base::Rect& a, const base::Rect& b);
[[nodiscard]] base::Rect screen_of(const View& view,
                                   const RasterPassOptions& options);  // what may be drawn on
// Tiles of a level that touch a part of media space; columns and rows, half-open.
[[nodiscard]] media::TileRect tiles_in(const media::RasterInfo& info, int level, const base::Rect& part);
// Nearest the middle (in tiles) first, since that is what is looked at.
[[nodiscard]] std::vector<media::TileAddress> by_distance(const media::TileRect& tiles, int level,
                                                          base::Point middle);

}  // namespace render
