#include "media/vector_tiles.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <cmath>
#include <limits>
#include <span>
#include <tuple>

namespace media {
namespace {

using base::Point;
using base::Rect;

constexpr double k_dot_below_px = 3;
constexpr double k_dot_cell_px = 2;
constexpr double k_tolerance_px = 0.25;  // of each level beyond the one before: all together half a pixel
// Up to this size a feature is kept whole in one tile; beyond, float offsets would lose digits that a
// magnified screen shows: 16 tiles are 4096 pixels, whose floats are 0.0005 apart.
constexpr int k_whole_sizes = 4;
constexpr std::size_t k_whole_points = 256;
constexpr std::size_t k_dense_dots = 1024;   // of a tile; from here on they take more than their density
constexpr std::uint32_t k_added = 1u << 31;  // a triangle's index is one of the added corners

double px_of(int level) { return std::ldexp(1.0, level); }
double tile_px(int size) { return k_vector_tile_px * px_of(size); }

Rect bounds_of(std::span<const Point> points) {
    constexpr double k_inf = std::numeric_limits<double>::infinity();
    Rect box{k_inf, k_inf, -k_inf, -k_inf};
    for (const Point p : points)
        box = {std::min(box.x0, p.x), std::min(box.y0, p.y), std::max(box.x1, p.x), std::max(box.y1, p.y)};
    return box;
}
double extent(const Rect& box) { return std::max(box.width(), box.height()); }
// Unlike base::Rect's, these also hold for boxes without width or height.
void stretch(Rect& box, const Rect& by) {
    box = {std::min(box.x0, by.x0), std::min(box.y0, by.y0), std::max(box.x1, by.x1),
           std::max(box.y1, by.y1)};
}
bool touches(const Rect& a, const Rect& b) {
    return a.x0 <= b.x1 && b.x0 <= a.x1 && a.y0 <= b.y1 && b.y0 <= a.y1;
}

int size_for(double extent_px, int level) {
    int size = level;
    while (size < k_most_vector_levels + 8 && tile_px(size) < extent_px) ++size;
    return size;
}
VectorTileKey key_at(Point p, int size) {
    return {size, static_cast<int>(std::floor(p.x / tile_px(size))),
            static_cast<int>(std::floor(p.y / tile_px(size)))};
}
VectorTileKey key_for(const Rect& box, int level) {
    return key_at(box.centre(), size_for(extent(box), level));
}

double squared_distance(Point p, Point a, Point b) {
    const Point ab = b - a, ap = p - a;
    const double length = ab.x * ab.x + ab.y * ab.y;
    const double t = length > 0 ? std::clamp((ap.x * ab.x + ap.y * ab.y) / length, 0.0, 1.0) : 0;
    const Point off = ap - ab * t;
    return off.x * off.x + off.y * off.y;
}

// Douglas and Peucker's, without recursion, in place. The first and the last point stay.
class Simplifier {
public:
    // Whether it took points away.
    bool line(Ring& points, double tolerance) {
        if (points.size() < 3) return false;
        m_keep.assign(points.size(), 0);
        m_keep.front() = m_keep.back() = 1;
        mark(points, 0, points.size() - 1, tolerance * tolerance);
        return take_kept(points);
    }
    // In two lines, from the first point to the one farthest from it and back.
    bool ring(Ring& points, double tolerance) {
        if (points.size() < 5) return false;
        const auto far_from_first = [&](Point p) { return squared_distance(p, points[0], points[0]); };
        const auto far =
            static_cast<std::size_t>(std::ranges::max_element(points, {}, far_from_first) - points.begin());
        points.push_back(points.front());
        m_keep.assign(points.size(), 0);
        m_keep.front() = m_keep.back() = m_keep[far] = 1;
        mark(points, 0, far, tolerance * tolerance);
        mark(points, far, points.size() - 1, tolerance * tolerance);
        const bool is_changed = take_kept(points);
        points.pop_back();
        return is_changed;
    }

private:
    void mark(const Ring& points, std::size_t first, std::size_t last, double squared_tolerance) {
        m_open.assign(1, {first, last});
        while (!m_open.empty()) {
            const auto [from, to] = m_open.back();
            m_open.pop_back();
            double most = squared_tolerance;
            std::size_t at = from;
            for (std::size_t i = from + 1; i < to; ++i)
                if (const double d = squared_distance(points[i], points[from], points[to]); d > most) {
                    most = d;
                    at = i;
                }
            if (at == from) continue;
            m_keep[at] = 1;
            m_open.push_back({from, at});
            m_open.push_back({at, to});
        }
    }
    bool take_kept(Ring& points) {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < points.size(); ++i)
            if (m_keep[i] != 0) points[kept++] = points[i];
        const bool is_changed = kept < points.size();
        points.resize(kept);
        return is_changed;
    }
    std::vector<char> m_keep;
    std::vector<std::pair<std::size_t, std::size_t>> m_open;
};

// The part of a ring with `axis` at most, or at least, `at` (Sutherland and Hodgman, 1974). What runs along
// the cut there and back has no area and so does not matter to the even-odd rule.
enum class Keep : std::uint8_t { below, above };
Ring cut(const Ring& ring, double Point::* axis, double at, Keep keep) {
    Ring out;
    const auto is_kept = [&](Point p) { return keep == Keep::below ? p.*axis <= at : p.*axis >= at; };
    for (std::size_t i = 0; i < ring.size(); ++i) {
        const Point a = ring[i], b = ring[(i + 1) % ring.size()];
        if (is_kept(a)) out.push_back(a);
        if (is_kept(a) == is_kept(b) || a.*axis == at || b.*axis == at) continue;
        const double t = (at - a.*axis) / (b.*axis - a.*axis);
        Point crossing = a + (b - a) * t;
        crossing.*axis = at;
        out.push_back(crossing);
    }
    return out;
}

bool is_whole_box(std::span<const Ring> rings, const Rect& box) {
    if (rings.size() != 1) return false;
    const auto on_corner = [&](Point p) {
        return (p.x == box.x0 || p.x == box.x1) && (p.y == box.y0 || p.y == box.y1);
    };
    return std::ranges::all_of(rings[0], on_corner) &&
           std::abs(twice_area(rings[0])) == 2 * box.width() * box.height();
}

std::uint64_t next_id() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

struct Growing {
    Point origin;
    Rect reach{1e300, 1e300, -1e300, -1e300};
    std::vector<VectorVertex> lines, added;
    std::vector<std::uint32_t> triangles;
    bool is_changed = false;

    [[nodiscard]] VectorVertex relative(Point p) const {
        return {static_cast<float>(p.x - origin.x), static_cast<float>(p.y - origin.y)};
    }
};

// What became dots at this level, and all dots of the level: those and the ones of the four tiles below.
struct GrowingDots {
    std::vector<VectorDot> own, all;
    std::vector<float> density;  // weights; when not empty, `all` has points only
    bool is_changed = false;
};

constexpr std::size_t k_squares = std::size_t{k_vector_density_side} * k_vector_density_side;

bool is_point(const VectorDot& dot) { return dot.weight == k_point_weight; }

// All but the points.
void move_to_density(GrowingDots& tile, int level) {
    tile.density.resize(k_squares);
    const double cell = k_dot_cell_px * px_of(level);
    const auto place = [cell](float at) {
        return std::clamp(static_cast<int>(at / cell), 0, k_vector_density_side - 1);
    };
    std::erase_if(tile.all, [&](const VectorDot& dot) {
        if (is_point(dot)) return false;
        tile.density[static_cast<std::size_t>(place(dot.y) * k_vector_density_side + place(dot.x))] +=
            dot.weight;
        return true;
    });
}

// One dot a cell of the level, where the heaviest lies, with the weight of all; a point feature is heavier
// than anything else. In place.
void merge_dots(std::vector<VectorDot>& dots, int level) {
    const auto cell = static_cast<float>(k_dot_cell_px * px_of(level));
    const auto cell_of = [cell](const VectorDot& dot) {
        return std::pair{std::floor(dot.y / cell), std::floor(dot.x / cell)};
    };
    const auto lightness = [](const VectorDot& dot) {
        return std::tuple{!is_point(dot), -dot.weight, dot.x, dot.y};
    };
    std::ranges::sort(dots, [&](const VectorDot& a, const VectorDot& b) {
        const auto cell_a = cell_of(a), cell_b = cell_of(b);
        return cell_a != cell_b ? cell_a < cell_b : lightness(a) < lightness(b);
    });
    std::size_t kept = 0;
    for (const VectorDot& dot : dots) {
        if (kept == 0 || cell_of(dots[kept - 1]) != cell_of(dot))
            dots[kept++] = dot;
        else if (!is_point(dots[kept - 1]))
            dots[kept - 1].weight += dot.weight;
    }
    dots.resize(kept);
}

}  // namespace

int VectorTiles::level_for(double scale) const {
    if (m_levels.empty() || scale >= 1) return 0;
    const double level = std::floor(std::log2(1 / scale) + 1e-9);
    return static_cast<int>(std::clamp(level, 0.0, static_cast<double>(levels() - 1)));
}

void VectorTiles::find(int level, const Rect& area, std::vector<VectorTilePtr>& out) const {
    if (level < 0 || level >= levels() || !touches(area, m_bounds)) return;
    const Rect seen{std::max(area.x0, m_bounds.x0), std::max(area.y0, m_bounds.y0),
                    std::min(area.x1, m_bounds.x1), std::min(area.y1, m_bounds.y1)};
    const Level& tiles = m_levels[static_cast<std::size_t>(level)];
    for (int size = level; tiles.sizes >> size != 0; ++size) {
        if ((tiles.sizes >> size & 1) == 0) continue;
        // What lies in a tile by its centre reaches at most half a tile out of it.
        const double half = tile_px(size) / 2;
        const VectorTileKey first = key_at({seen.x0 - half, seen.y0 - half}, size);
        const VectorTileKey last = key_at({seen.x1 + half, seen.y1 + half}, size);
        const auto take = [&](const VectorTilePtr& tile) {
            if (touches(tile->reach, seen)) out.push_back(tile);
        };
        const double squares = (last.x - first.x + 1.0) * (last.y - first.y + 1.0);
        if (squares > static_cast<double>(tiles.tiles.size())) {
            for (const auto& [key, tile] : tiles.tiles)
                if (key.size == size) take(tile);
            continue;
        }
        for (int y = first.y; y <= last.y; ++y)
            for (int x = first.x; x <= last.x; ++x)
                if (const auto found = tiles.tiles.find({size, x, y}); found != tiles.tiles.end())
                    take(found->second);
    }
}

VectorLevelFacts VectorTiles::facts(int level) const {
    VectorLevelFacts facts;
    if (level < 0 || level >= levels()) return facts;
    for (const auto& [key, tile] : m_levels[static_cast<std::size_t>(level)].tiles) {
        ++facts.tiles;
        facts.vertices += tile->vertices.size();
        facts.triangles += tile->triangles.size() / 3;
        facts.dots += tile->dots.size();
        facts.densities += !tile->density.empty();
        facts.bytes += tile->bytes();
    }
    return facts;
}

struct VectorTilesBuilder::Impl {
    template <class Content>
    using Tiles = std::unordered_map<VectorTileKey, Content, VectorTileKeyHash>;

    explicit Impl(VectorFills wanted) : fills{wanted} {}

    Growing& tile(int level, const VectorTileKey& key);
    void add_dot(int level, Point at, float weight);
    void merge_changed_dots(int top);
    void add_dots_below(GrowingDots& to, const VectorTileKey& key, int child);
    [[nodiscard]] static VectorTilePtr made(int level, const VectorTileKey& key, const Growing* grown,
                                            const GrowingDots* its_dots);
    enum class Last : std::uint8_t { no, yes };
    [[nodiscard]] VectorTilesPtr publish(Last last);
    void add_level(int level, std::vector<Ring>& rings, bool is_closed);
    void add_whole(int level, const VectorTileKey& key, std::span<const Ring> rings, bool is_closed);
    void add_fill(Growing& to, std::span<const Ring> rings, std::size_t first_line);
    void add_split_line(int level, const Ring& points, bool is_closed);
    void add_split_fill(int level, std::vector<Ring> rings, const Rect& box);
    void add_features(std::vector<Ring>& rings, bool is_closed);

    const VectorFills fills;
    std::array<Tiles<Growing>, k_most_vector_levels> levels;
    std::array<Tiles<GrowingDots>, k_most_vector_levels> dots;
    VectorTiles published;
    Rect bounds{1e300, 1e300, -1e300, -1e300};
    std::size_t bytes = 0;
    Simplifier simplifier;
    Triangles triangles;
    bool are_triangulated = false;  // `triangles` are of the feature as it is at this level
    std::pair<int, VectorTileKey> last_key{-1,
                                           {}};  // of the tile asked for last, which is the likeliest next
    Growing* last_tile = nullptr;
};

Growing& VectorTilesBuilder::Impl::tile(int level, const VectorTileKey& key) {
    if (last_tile == nullptr || last_key != std::pair{level, key}) {
        const auto [found, is_new] = levels[static_cast<std::size_t>(level)].try_emplace(key);
        if (is_new) found->second.origin = {key.x * tile_px(key.size), key.y * tile_px(key.size)};
        last_tile = &found->second;
        last_key = {level, key};
    }
    last_tile->is_changed = true;
    return *last_tile;
}

void VectorTilesBuilder::Impl::add_dot(int level, Point at, float weight) {
    const VectorTileKey key = key_at(at, level);
    GrowingDots& to = dots[static_cast<std::size_t>(level)][key];
    to.own.push_back({static_cast<float>(at.x - key.x * tile_px(level)),
                      static_cast<float>(at.y - key.y * tile_px(level)), weight});
    to.is_changed = true;
    bytes += sizeof(VectorDot);
}

// From the finest level up: a changed tile is merged anew, and so is then the one above it.
void VectorTilesBuilder::Impl::merge_changed_dots(int top) {
    for (int level = 0; level <= top; ++level) {
        for (auto& [key, tile] : dots[static_cast<std::size_t>(level)]) {
            if (!tile.is_changed) continue;
            tile.all = tile.own;
            tile.density.clear();
            for (int child = 0; level > 0 && child < 4; ++child) add_dots_below(tile, key, child);
            if (level > 0) {
                const auto small =
                    std::ranges::count_if(tile.all, [](const VectorDot& dot) { return !is_point(dot); });
                if (!tile.density.empty() || small > static_cast<std::ptrdiff_t>(k_dense_dots))
                    move_to_density(tile, level);
                merge_dots(tile.all, level);
            }
            if (level == top) continue;
            dots[static_cast<std::size_t>(level) + 1][{level + 1, key.x >> 1, key.y >> 1}].is_changed = true;
        }
    }
}

void VectorTilesBuilder::Impl::add_dots_below(GrowingDots& to, const VectorTileKey& key, int child) {
    const int right = child & 1, down = child >> 1;
    const VectorTileKey below{key.size - 1, key.x * 2 + right, key.y * 2 + down};
    const auto& level = dots[static_cast<std::size_t>(below.size)];
    const auto found = level.find(below);
    if (found == level.end()) return;
    const auto side = static_cast<float>(tile_px(below.size));
    for (const VectorDot& dot : found->second.all)
        to.all.push_back({dot.x + static_cast<float>(right) * side, dot.y + static_cast<float>(down) * side,
                          is_point(dot) ? k_point_weight : dot.weight / 4});
    const std::vector<float>& fine = found->second.density;
    if (fine.empty()) return;
    to.density.resize(k_squares);
    constexpr int k_half = k_vector_density_side / 2;
    for (int y = 0; y < k_half; ++y)
        for (int x = 0; x < k_half; ++x) {
            const float* const four = &fine[static_cast<std::size_t>(y * 2 * k_vector_density_side + x * 2)];
            to.density[static_cast<std::size_t>((y + down * k_half) * k_vector_density_side + x +
                                                right * k_half)] +=
                (four[0] + four[1] + four[k_vector_density_side] + four[k_vector_density_side + 1]) / 4;
        }
}

// What there is at `key` of the level, as an immutable tile.
VectorTilePtr VectorTilesBuilder::Impl::made(int level, const VectorTileKey& key, const Growing* grown,
                                             const GrowingDots* its_dots) {
    auto tile = std::make_shared<VectorTile>();
    tile->id = next_id();
    tile->origin = {key.x * tile_px(key.size), key.y * tile_px(key.size)};
    tile->reach = {1e300, 1e300, -1e300, -1e300};
    if (grown != nullptr) {
        tile->reach = grown->reach;
        tile->line_vertices = static_cast<std::uint32_t>(grown->lines.size());
        tile->vertices.reserve(grown->lines.size() + grown->added.size());
        tile->vertices = grown->lines;
        tile->vertices.insert(tile->vertices.end(), grown->added.begin(), grown->added.end());
        tile->triangles.reserve(grown->triangles.size());
        for (const std::uint32_t index : grown->triangles)
            tile->triangles.push_back((index & k_added) != 0 ? (index & ~k_added) + tile->line_vertices
                                                             : index);
    }
    if (its_dots != nullptr) {
        tile->dots = its_dots->all;
        const double half = k_dot_cell_px * px_of(level);
        for (const VectorDot& dot : tile->dots) {
            const Point at = tile->origin + Point{dot.x, dot.y};
            stretch(tile->reach, {at.x - half, at.y - half, at.x + half, at.y + half});
        }
        if (!its_dots->density.empty()) {
            tile->density.reserve(k_squares);
            for (const float weight : its_dots->density)
                tile->density.push_back(weight > 0
                                            ? static_cast<std::uint8_t>(std::lround(dot_alpha(weight) * 255))
                                            : std::uint8_t{0});
            const double side = tile_px(key.size);
            stretch(tile->reach,
                    {tile->origin.x, tile->origin.y, tile->origin.x + side, tile->origin.y + side});
        }
    }
    return tile;
}

VectorTilesPtr VectorTilesBuilder::Impl::publish(Last last) {
    if (bounds.x0 > bounds.x1) return std::make_shared<VectorTiles>();
    const int top = std::min(size_for(extent(bounds), 0), k_most_vector_levels - 1);
    // The level above what was the top one knows nothing of its dots yet.
    if (const int old_top = published.levels() - 1; old_top >= 0 && top > old_top)
        for (const auto& [key, tile] : dots[static_cast<std::size_t>(old_top)])
            dots[static_cast<std::size_t>(old_top) + 1][{old_top + 1, key.x >> 1, key.y >> 1}].is_changed =
                true;
    merge_changed_dots(top);
    published.m_bounds = bounds;
    published.m_levels.resize(static_cast<std::size_t>(top) + 1);
    for (int level = 0; level <= top; ++level) {
        auto& to = published.m_levels[static_cast<std::size_t>(level)];
        auto& grown = levels[static_cast<std::size_t>(level)];
        auto& dotted = dots[static_cast<std::size_t>(level)];
        const auto put = [&](const VectorTileKey& key, const Growing* from, const GrowingDots* its_dots) {
            VectorTilePtr& place = to.tiles[key];
            if (place) published.m_bytes -= place->bytes();
            place = made(level, key, from, its_dots);
            published.m_bytes += place->bytes();
            to.sizes |= 1u << key.size;
        };
        for (auto& [key, tile] : grown) {
            const auto beside = key.size == level ? dotted.find(key) : dotted.end();
            const bool has_dots = beside != dotted.end();
            if (tile.is_changed || (has_dots && beside->second.is_changed))
                put(key, &tile, has_dots ? &beside->second : nullptr);
            tile.is_changed = false;
            if (has_dots) beside->second.is_changed = false;
            if (last == Last::yes) tile = {};
        }
        for (auto& [key, tile] : dotted) {
            if (tile.is_changed) put(key, nullptr, &tile);
            tile.is_changed = false;
            if (last == Last::yes) tile = {};
        }
    }
    last_tile = nullptr;
    return std::make_shared<VectorTiles>(published);
}

void VectorTilesBuilder::Impl::add_features(std::vector<Ring>& rings, bool is_closed) {
    const Rect box = bounds_of(rings.front());
    for (const Ring& ring : rings) stretch(bounds, bounds_of(ring));
    are_triangulated = false;
    for (int level = 0; level < k_most_vector_levels; ++level) {
        const double px = px_of(level);
        if (level > 0 && extent(box) < k_dot_below_px * px) {
            const double cell = k_dot_cell_px * px;
            const double covered = is_closed ? std::abs(twice_area(rings.front())) / 2 : extent(box) * px;
            return add_dot(level, box.centre(), static_cast<float>(covered / (cell * cell)));
        }
        if (level > 0) {
            for (Ring& ring : rings)
                if (is_closed ? simplifier.ring(ring, k_tolerance_px * px)
                              : simplifier.line(ring, k_tolerance_px * px))
                    are_triangulated = false;
            const auto dropped = std::erase_if(rings, [&, outer = rings.data()](const Ring& ring) {
                return &ring != outer && extent(bounds_of(ring)) < px;
            });
            if (dropped > 0) are_triangulated = false;
        }
        add_level(level, rings, is_closed);
    }
}

void VectorTilesBuilder::Impl::add_level(int level, std::vector<Ring>& rings, bool is_closed) {
    std::size_t points = 0;
    Rect box = bounds_of(rings.front());
    for (const Ring& ring : rings) {
        points += ring.size();
        stretch(box, bounds_of(ring));
    }
    const VectorTileKey key = key_for(box, level);
    if (key.size == level || (key.size <= level + k_whole_sizes && points <= k_whole_points))
        return add_whole(level, key, rings, is_closed);
    for (const Ring& ring : rings) add_split_line(level, ring, is_closed);
    if (is_closed && fills == VectorFills::made) add_split_fill(level, rings, box);
}

void VectorTilesBuilder::Impl::add_whole(int level, const VectorTileKey& key, std::span<const Ring> rings,
                                         bool is_closed) {
    Growing& to = tile(level, key);
    const std::size_t first_line = to.lines.size();
    for (const Ring& ring : rings) {
        stretch(to.reach, bounds_of(ring));
        for (const Point p : ring) to.lines.push_back(to.relative(p));
        if (is_closed && ring.size() > 2) to.lines.push_back(to.relative(ring.front()));
        to.lines.push_back(k_vector_break);
    }
    bytes += (to.lines.size() - first_line) * sizeof(VectorVertex);
    if (is_closed && fills == VectorFills::made) add_fill(to, rings, first_line);
}

// The corners of a single ring are those of its outline; `first_line` is where that begins.
void VectorTilesBuilder::Impl::add_fill(Growing& to, std::span<const Ring> rings, std::size_t first_line) {
    if (!are_triangulated) triangulate(rings, triangles);
    are_triangulated = true;
    std::uint32_t points = 0;
    for (const Ring& ring : rings) points += static_cast<std::uint32_t>(ring.size());
    const auto first_added = static_cast<std::uint32_t>(to.added.size());
    for (const Point p : triangles.added) to.added.push_back(to.relative(p));
    for (const std::uint32_t index : triangles.indices)
        to.triangles.push_back(index < points ? static_cast<std::uint32_t>(first_line) + index
                                              : k_added | (first_added + index - points));
    bytes += triangles.added.size() * sizeof(VectorVertex) + triangles.indices.size() * sizeof(std::uint32_t);
}

// Piece by piece into the tile of each piece's middle; a piece is at most k_whole_sizes tiles long.
void VectorTilesBuilder::Impl::add_split_line(int level, const Ring& points, bool is_closed) {
    const double longest = tile_px(level + k_whole_sizes);
    Growing* run = nullptr;
    const auto end_run = [&] {
        if (run == nullptr) return;
        run->lines.push_back(k_vector_break);
        bytes += sizeof(VectorVertex);
        run = nullptr;
    };
    VectorTileKey run_key;
    const auto add_piece = [&](Point a, Point b) {
        const Rect box = base::rect_from_corners(a, b);
        const VectorTileKey key = key_for(box, level);
        if (run == nullptr || key != run_key) {
            end_run();
            run = &tile(level, key);
            run_key = key;
            run->lines.push_back(run->relative(a));
            bytes += sizeof(VectorVertex);
        }
        run->lines.push_back(run->relative(b));
        stretch(run->reach, box);
        bytes += sizeof(VectorVertex);
    };
    const std::size_t legs = points.size() < 2 ? 0 : points.size() - (is_closed && points.size() > 2 ? 0 : 1);
    for (std::size_t i = 0; i < legs; ++i) {
        const Point a = points[i], b = points[(i + 1) % points.size()];
        const int pieces =
            std::max(1, static_cast<int>(std::ceil(extent(base::rect_from_corners(a, b)) / longest)));
        for (int k = 0; k < pieces; ++k)
            add_piece(a + (b - a) * (static_cast<double>(k) / pieces),
                      k + 1 == pieces ? b : a + (b - a) * ((k + 1.0) / pieces));
    }
    end_run();
}

// Halves it until a piece is simple and small, or is all of its box.
void VectorTilesBuilder::Impl::add_split_fill(int level, std::vector<Ring> rings, const Rect& box) {
    std::erase_if(rings, [](const Ring& ring) { return ring.size() < 3; });
    if (rings.empty() || box.empty()) return;
    std::size_t points = 0;
    for (const Ring& ring : rings) points += ring.size();
    const VectorTileKey key = key_for(box, level);
    const bool is_small =
        key.size == level || (key.size <= level + k_whole_sizes && points <= k_whole_points);
    if (is_small || is_whole_box(rings, box)) {
        Growing& to = tile(level, key);
        stretch(to.reach, box);
        triangulate(rings, triangles);
        are_triangulated = false;
        std::uint32_t count = 0;
        const auto first = static_cast<std::uint32_t>(to.added.size());
        for (const Ring& ring : rings)
            for (const Point p : ring) to.added.push_back(to.relative(p)), ++count;
        for (const Point p : triangles.added) to.added.push_back(to.relative(p));
        for (const std::uint32_t index : triangles.indices) to.triangles.push_back(k_added | (first + index));
        bytes += (count + triangles.added.size()) * sizeof(VectorVertex) +
                 triangles.indices.size() * sizeof(std::uint32_t);
        return;
    }
    double Point::* const axis = box.width() >= box.height() ? &Point::x : &Point::y;
    // On a multiple of a tile's side, so that pieces that are all of their box become whole squares.
    const double low = axis == &Point::x ? box.x0 : box.y0, high = axis == &Point::x ? box.x1 : box.y1;
    double at = (low + high) / 2;
    for (int size = key.size + 1; size >= level; --size) {
        const double edge = std::round(at / tile_px(size)) * tile_px(size);
        if (edge <= low || edge >= high) continue;
        at = edge;
        break;
    }
    for (const Keep keep : {Keep::below, Keep::above}) {
        std::vector<Ring> part;
        Rect part_box{1e300, 1e300, -1e300, -1e300};
        for (const Ring& ring : rings) {
            Ring piece = cut(ring, axis, at, keep);
            if (piece.size() < 3) continue;
            stretch(part_box, bounds_of(piece));
            part.push_back(std::move(piece));
        }
        if (!part.empty()) add_split_fill(level, std::move(part), part_box);
    }
}

VectorTilesBuilder::VectorTilesBuilder(VectorFills fills) : m_impl{std::make_unique<Impl>(fills)} {}
VectorTilesBuilder::VectorTilesBuilder(VectorTilesBuilder&&) noexcept = default;
VectorTilesBuilder::~VectorTilesBuilder() = default;

void VectorTilesBuilder::add_polygon(std::vector<Ring> rings) {
    std::erase_if(rings, [](const Ring& ring) { return ring.empty(); });
    if (!rings.empty()) m_impl->add_features(rings, true);
}

void VectorTilesBuilder::add_line(Ring points) {
    if (points.empty()) return;
    std::vector<Ring> one{std::move(points)};
    m_impl->add_features(one, false);
}

void VectorTilesBuilder::add_point(Point at) {
    stretch(m_impl->bounds, {at.x, at.y, at.x, at.y});
    m_impl->add_dot(0, at, k_point_weight);
}

VectorTilesPtr VectorTilesBuilder::snapshot() { return m_impl->publish(Impl::Last::no); }
VectorTilesPtr VectorTilesBuilder::finish() { return m_impl->publish(Impl::Last::yes); }

std::size_t VectorTilesBuilder::bytes() const { return m_impl->bytes; }

}  // namespace media
