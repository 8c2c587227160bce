#pragma once
// Polygons, lines and points over a raster, in tiles at levels of detail. Everything is in the raster's
// pixels (corner-based); level L is for screens on which 2^L of them make one screen pixel, level 0 also for
// any magnification.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/geometry.h"
#include "media/polygon_triangles.h"

namespace media {

inline constexpr int k_vector_tile_px = 256;       // screen pixels of a tile's side at its level
inline constexpr int k_vector_density_side = 128;  // squares of 2x2 screen pixels along it
inline constexpr int k_most_vector_levels = 25;
inline constexpr double k_vector_reach_px = 1e9;  // coordinates beyond are none

struct VectorVertex {
    float x, y;  // raster pixels from the tile's origin
};
// Stands between two lines.
inline constexpr VectorVertex k_vector_break{1e30f, 1e30f};

// Features smaller than three screen pixels, those in a square of 2x2 screen pixels together; or points, at
// level 0 each for itself.
struct VectorDot {
    float x, y;
    float weight;  // their area in such squares, overlaps counted twice; k_point_weight: a point feature
};
inline constexpr float k_point_weight = -1;
// A lone small feature can still be seen.
[[nodiscard]] inline float dot_alpha(float weight) { return std::clamp(weight, 0.35f, 1.0f); }

// Immutable and shared: what is in it never changes.
struct VectorTile {
    std::uint64_t id = 0;                  // of this content, given once in a process: a key for caches
    base::Point origin;                    // raster pixels
    base::Rect reach;                      // everything lies in it; raster pixels
    std::vector<VectorVertex> vertices;    // outlines with breaks between them, then corners of fills
    std::uint32_t line_vertices = 0;       // how many of them belong to outlines, breaks included
    std::vector<std::uint32_t> triangles;  // three indices of vertices each
    std::vector<VectorDot> dots;           // small features where they are few; all points
    // Small features where they are many: how much of each square of 2x2 screen pixels they cover, 255 for
    // all, rows from the tile's origin, k_vector_density_side each way. Empty: there are none.
    std::vector<std::uint8_t> density;
    [[nodiscard]] std::size_t bytes() const {
        return vertices.size() * sizeof(VectorVertex) + triangles.size() * sizeof(std::uint32_t) +
               dots.size() * sizeof(VectorDot) + density.size();
    }
};
using VectorTilePtr = std::shared_ptr<const VectorTile>;

// A tile's square; `size` is the level whose tiles are as large. Tiles of one level have different sizes:
// what is larger than a tile of the level lies in one of the next sizes, so that a line over the whole
// picture is in one tile and not in a thousand.
struct VectorTileKey {
    int size = 0, x = 0, y = 0;
    bool operator==(const VectorTileKey&) const = default;
};
struct VectorTileKeyHash {
    std::size_t operator()(const VectorTileKey& key) const {
        std::uint64_t h = static_cast<std::uint32_t>(key.x) * 0x9E3779B97F4A7C15ull;
        h ^= static_cast<std::uint32_t>(key.y) * 0xC2B2AE3D27D4EB4Full + static_cast<std::uint64_t>(key.size);
        return static_cast<std::size_t>(h ^ (h >> 29));
    }
};

struct VectorLevelFacts {
    std::size_t tiles = 0, vertices = 0, triangles = 0, dots = 0, densities = 0, bytes = 0;
};

// One state of a layer, immutable: read it on any thread.
class VectorTiles {
public:
    [[nodiscard]] int levels() const { return static_cast<int>(m_levels.size()); }  // 0 when empty
    // The level whose features are neither coarser nor much finer than a screen with `scale` screen pixels a
    // raster pixel shows. 0 also where there are no levels.
    [[nodiscard]] int level_for(double scale) const;
    // Appends the tiles of the level that reach into `area`. O(tiles found).
    void find(int level, const base::Rect& area, std::vector<VectorTilePtr>& out) const;
    [[nodiscard]] const base::Rect& bounds() const { return m_bounds; }
    [[nodiscard]] VectorLevelFacts facts(int level) const;  // O(tiles)
    [[nodiscard]] std::size_t bytes() const { return m_bytes; }

private:
    friend class VectorTilesBuilder;
    struct Level {
        std::unordered_map<VectorTileKey, VectorTilePtr, VectorTileKeyHash> tiles;
        std::uint32_t sizes = 0;  // bit s: there are tiles of size s
    };
    std::vector<Level> m_levels;
    base::Rect m_bounds;
    std::size_t m_bytes = 0;
};
using VectorTilesPtr = std::shared_ptr<const VectorTiles>;

enum class VectorFills : std::uint8_t { none, made };

// Grows a layer feature by feature. One thread at a time. Coordinates are finite and within
// k_vector_reach_px.
//
// Level 0 is exact. At each level above it an outline is simplified (Douglas and Peucker, 1973) so that it
// stays within half a screen pixel of the original; holes of less than a screen pixel are dropped; and a
// feature of less than three screen pixels is a dot, there and at all coarser levels.
class VectorTilesBuilder {
public:
    explicit VectorTilesBuilder(VectorFills fills);
    VectorTilesBuilder(VectorTilesBuilder&&) noexcept;
    ~VectorTilesBuilder();

    void add_polygon(std::vector<Ring> rings);  // outer ring first; rings of less than three points are lines
    void add_line(Ring points);                 // not closed
    void add_point(base::Point at);

    // The tiles as they are now; those that have not changed since the last call are shared with it. O(what
    // changed + tiles).
    [[nodiscard]] VectorTilesPtr snapshot();
    // The last one: frees what it was made from on the way, and nothing may be added after it.
    [[nodiscard]] VectorTilesPtr finish();
    [[nodiscard]] std::size_t bytes() const;  // about what the tiles take, without the snapshots' copies

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace media
