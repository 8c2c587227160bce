#pragma once
// Which tiles of a raster a view needs, and in what order they are best read. No GL: any thread.

#include <vector>

#include "media/raster_source.h"
#include "render/view.h"

namespace render {

enum class RasterBlend : std::uint8_t { normal, multiply, screen, difference };

struct RasterPassOptions {
    float opacity = 1;
    RasterBlend blend = RasterBlend::normal;
    PixelGrid pixel_grid = PixelGrid::off;
    double grid_min_scale = 12;
    base::Point motion;  // where the view is going, in screens a second: what lies there is read ahead
    base::Rect only;     // framebuffer pixels outside stay as they are; empty: no limit
};

struct RasterPlan {
    int level = 0;
    base::Rect seen;                           // of the raster, media space; empty: nothing
    std::vector<media::TileAddress> in_sight;  // tiles of that level, from the middle outwards
    media::RasterWishes wishes;  // for RasterSource::want(): coarser ones first, what comes next last
};

// What one draw of it came to.
struct RasterDrawn {
    RasterPlan plan;
    int missing = 0;        // of the tiles in sight, drawn from a coarser level or not at all
    int broken = 0;         // of those, with parts that cannot be read
    bool deferred = false;  // more could be uploaded: another frame is due
};

// The coarsest level whose pixels are not larger than the screen's.
[[nodiscard]] int level_for_scale(const media::RasterInfo& info, double scale);
[[nodiscard]] RasterPlan plan_raster(const media::RasterInfo& info, const std::vector<int>& bands,
                                     const View& view, const RasterPassOptions& options = {});

}  // namespace render
