#include "render/raster_plan.h"

#include <algorithm>
#include <cmath>

#include "render/raster_levels.h"

namespace render {

double level_scale_x(const media::RasterInfo& info, int level) {
    return static_cast<double>(info.width_px) / info.levels[static_cast<std::size_t>(level)].width;
}
double level_scale_y(const media::RasterInfo& info, int level) {
    return static_cast<double>(info.height_px) / info.levels[static_cast<std::size_t>(level)].height;
}

base::Rect tile_rect(const media::RasterInfo& info, media::TileAddress address) {
    const media::RasterLevel& level = info.levels[static_cast<std::size_t>(address.level)];
    const double x = level_scale_x(info, address.level), y = level_scale_y(info, address.level);
    const double edge = info.tile_px;
    return {address.x * edge * x, address.y * edge * y,
            std::min((address.x + 1) * edge, double(level.width)) * x,
            std::min((address.y + 1) * edge, double(level.height)) * y};
}

base::Rect both(const base::Rect& a, const base::Rect& b) {
    return {std::max(a.x0, b.x0), std::max(a.y0, b.y0), std::min(a.x1, b.x1), std::min(a.y1, b.y1)};
}

media::TileRect tiles_in(const media::RasterInfo& info, int level, const base::Rect& part) {
    const media::TileRect all = media::tiles_of(info, level);
    const double x = level_scale_x(info, level) * info.tile_px, y = level_scale_y(info, level) * info.tile_px;
    const auto column = [&](double at) { return static_cast<int>(std::clamp(at, -1.0, all.x1 + 1.0)); };
    const auto row = [&](double at) { return static_cast<int>(std::clamp(at, -1.0, all.y1 + 1.0)); };
    return {std::max(column(std::floor(part.x0 / x)), 0), std::max(row(std::floor(part.y0 / y)), 0),
            std::min(column(std::ceil(part.x1 / x)), all.x1), std::min(row(std::ceil(part.y1 / y)), all.y1)};
}

std::vector<media::TileAddress> by_distance(const media::TileRect& tiles, int level, base::Point middle) {
    std::vector<media::TileAddress> out;
    for (int y = tiles.y0; y < tiles.y1; ++y)
        for (int x = tiles.x0; x < tiles.x1; ++x) out.push_back({level, x, y});
    const auto distance = [&](const media::TileAddress& tile) {
        return std::hypot(tile.x + 0.5 - middle.x, tile.y + 0.5 - middle.y);
    };
    std::ranges::stable_sort(out, {}, distance);
    return out;
}

base::Rect screen_of(const View& view, const RasterPassOptions& options) {
    return options.only.empty() ? view.screen : both(view.screen, options.only);
}

int level_for_scale(const media::RasterInfo& info, double scale) {
    int level = 0;
    for (int i = 1; i < static_cast<int>(info.levels.size()); ++i)
        if (std::max(level_scale_x(info, i), level_scale_y(info, i)) * scale <= 1.01)
            level = i;  // rounded sizes
    return level;
}

RasterPlan plan_raster(const media::RasterInfo& info, const std::vector<int>& bands, const View& view,
                       const RasterPassOptions& options) {
    RasterPlan plan{.level = level_for_scale(info, view.scale), .wishes = {{}, bands}};
    const base::Rect whole{0, 0, double(info.width_px), double(info.height_px)};
    const base::Rect seen = both(view.media_from_screen(screen_of(view, options)), whole);
    if (seen.empty()) return plan;
    plan.seen = seen;
    const int last = static_cast<int>(info.levels.size()) - 1;
    const auto tiles_of_part = [&](int level, const base::Rect& part) {
        const base::Point tile{level_scale_x(info, level) * info.tile_px,
                               level_scale_y(info, level) * info.tile_px};
        return by_distance(tiles_in(info, level, part), level,
                           {part.centre().x / tile.x, part.centre().y / tile.y});
    };
    const auto wish = [&](const std::vector<media::TileAddress>& tiles) {
        plan.wishes.tiles.insert(plan.wishes.tiles.end(), tiles.begin(), tiles.end());
    };
    plan.in_sight = tiles_of_part(plan.level, seen);
    // Coarse first: one tile of the whole, then a few of what is in sight, then that itself.
    wish(tiles_of_part(last, whole));
    if (plan.level + 2 < last) wish(tiles_of_part(plan.level + 2, seen));
    wish(plan.in_sight);
    const base::Point going{options.motion.x * seen.width(), options.motion.y * seen.height()};
    const base::Rect ahead{seen.x0 + going.x, seen.y0 + going.y, seen.x1 + going.x, seen.y1 + going.y};
    if (going != base::Point{}) wish(tiles_of_part(plan.level, both(ahead, whole)));
    if (plan.level + 1 <= last)
        wish(tiles_of_part(plan.level + 1, both(seen.grown(seen.width() / 4), whole)));
    return plan;
}

}  // namespace render
