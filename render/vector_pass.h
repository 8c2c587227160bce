#pragma once
// Draws vector layers: of each only the tiles in view at the level that suits the zoom.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "media/vector_tiles.h"
#include "render/framebuffer.h"
#include "render/overlay.h"
#include "render/program.h"
#include "render/view.h"

namespace render {

struct VectorStyle {
    Rgba line = 0xFFFFFFFF;  // also of dots and points
    float width_px = 1.5f;   // whatever the zoom; 0: no lines
    Rgba fill = 0;           // alpha 0: none
    float point_px = 5;      // side of a point feature's square
};

struct VectorPassOptions {
    std::size_t budget_bytes = std::size_t{256} << 20;  // of GPU buffers
    std::size_t upload_bytes = std::size_t{16} << 20;   // in one draw(); a single tile may be larger
};

// What one draw() did.
struct VectorDrawn {
    int level = 0;
    std::size_t tiles = 0;    // drawn
    std::size_t waiting = 0;  // in view, but not uploaded yet: draw again
    std::size_t line_vertices = 0, triangles = 0, dots = 0, densities = 0;
    std::size_t draw_calls = 0;
};

struct VectorCounters {
    std::int64_t uploads = 0, upload_bytes = 0, evictions = 0, hits = 0;
    std::size_t tiles_kept = 0, bytes_kept = 0;
};

// Lives and dies on the GL thread. One pass serves any number of layers out of one budget. Leaves blending,
// depth and scissor tests off, its program and texture unit 0 bound and no vertex array.
class VectorPass {
public:
    [[nodiscard]] static base::Result<VectorPass> create(VectorPassOptions options = {});
    VectorPass(VectorPass&& other) noexcept;
    VectorPass& operator=(VectorPass&& other) = delete;
    ~VectorPass();

    // Into the framebuffer bound now, whose whole size is `target`, over what is there, within view.screen.
    // Where the tiles in view do not fit into the budget, those of a coarser level are drawn. Copies what it
    // uploads; `tiles` may go away afterwards. CPU time is proportional to the tiles in view.
    VectorDrawn draw(const media::VectorTiles& tiles, const View& view, Size target,
                     const VectorStyle& style);
    void clear();  // gives all buffers back

    [[nodiscard]] const VectorCounters& counters() const { return m_counters; }  // since create()
    Reload reload_if_changed() { return m_program.reload_if_changed(); }

private:
    struct Buffers;
    VectorPass(Program program, VectorPassOptions options);
    [[nodiscard]] int choose_level(const media::VectorTiles& tiles, double scale, const base::Rect& seen);
    void upload_wanted();
    void make_room();
    void set_place(const media::VectorTile& tile, const View& view);

    Program m_program;
    VectorPassOptions m_options;
    std::unordered_map<std::uint64_t, std::unique_ptr<Buffers>> m_kept;  // by the tile's id
    std::uint64_t m_draws = 0;
    VectorCounters m_counters;
    std::vector<media::VectorTilePtr> m_seen;  // kept for its memory
    struct Ready {
        const media::VectorTile* tile;
        const Buffers* buffers;
    };
    std::vector<Ready> m_ready;
};

}  // namespace render
