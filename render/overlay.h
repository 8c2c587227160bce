#pragma once
// Annotation overlays as one list of triangles: collected on the CPU, drawn by OverlayPass in one call.

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/geometry.h"

namespace render {

using Rgba = std::uint32_t;  // 0xRRGGBBAA, straight alpha

// From a class's 0xRRGGBB.
[[nodiscard]] constexpr Rgba rgba(std::uint32_t rgb, std::uint8_t alpha = 255) { return rgb << 8 | alpha; }

struct LineStyle {
    Rgba color = 0xFFFFFFFF;
    float thickness_px = 2;
    float dash_px = 0;  // length of a dash and of the gap after it; 0: solid
};

using Corners = std::array<base::Point, 4>;  // in order round the shape

[[nodiscard]] Corners corners_of(const base::Rect& rect);
// The outline of `rect` moved by at most half a pixel so that lines of `thickness_px` are sharp.
[[nodiscard]] base::Rect sharp_outline(const base::Rect& rect, float thickness_px);

// Everything in framebuffer pixels, x right, y down, origin at the top-left corner of the framebuffer; later
// primitives lie on top. Lines lie half on each side of their path and are antialiased; axis-parallel ones
// whose edges fall on pixel edges are exact. Touches no GL: may be filled on any thread.
class OverlayBatch {
public:
    void clear();  // keeps memory and bounds
    // Primitives wholly outside are dropped and long lines cut near it. Without bounds everything is kept.
    void set_bounds(const base::Rect& screen);

    void add_rect_outline(const base::Rect& rect, const LineStyle& style) {
        add_rect_outline(corners_of(rect), style);
    }
    void add_rect_outline(const Corners& corners, const LineStyle& style);  // any convex quadrilateral
    void add_rect_fill(const base::Rect& rect, Rgba color);
    void add_rect_fill(const Corners& corners, Rgba color);
    void add_line(base::Point from, base::Point to, const LineStyle& style);  // butt ends
    void add_polyline(std::span<const base::Point> points, const LineStyle& style);
    void add_polygon_outline(std::span<const base::Point> ring, const LineStyle& style);
    // Even-odd over all rings, so holes and self-crossings come out as everywhere else. Edges are not
    // antialiased: an outline goes over them.
    void add_polygon_fill(std::span<const std::vector<base::Point>> rings, Rgba color);
    // `size_px` is the whole width, border included; the centre is moved to where the edges are sharp.
    void add_handle(base::Point centre, float size_px, Rgba fill, Rgba border, float border_px = 1);
    void add_diamond(base::Point centre, float size_px, Rgba fill, Rgba border = 0, float border_px = 0);
    void add_circle(base::Point centre, float radius_px, Rgba fill, Rgba border = 0, float border_px = 0);

    [[nodiscard]] bool empty() const { return m_indices.empty(); }
    [[nodiscard]] std::size_t primitive_count() const { return m_primitives; }  // kept since clear()

private:
    friend class OverlayPass;
    // What the fragment shader needs to compute the coverage of a pixel (shaders/overlay.frag).
    struct Vertex {
        float x, y;
        float across, along;  // px from the line's middle; px from its start
        float half_width;     // of a line; radius of a disc
        float dash_px;        // 0: solid; k_disc: across and along are the offset from a disc's centre
        std::uint32_t color;  // bytes R, G, B, A in memory
    };
    static constexpr float k_disc = -1;

    [[nodiscard]] bool outside(base::Point low, base::Point high, double margin) const;
    [[nodiscard]] bool cut_to_bounds(base::Point& from, base::Point& to, double margin) const;
    void fill_quad(const Corners& corners, Rgba color);
    void add_ring(const Corners& corners, const LineStyle& style);
    void add_strip(std::span<const base::Point> points, const LineStyle& style, bool closed);
    // One stretch of a line: where it goes, what joins it (null: nothing), and its start's distance along the
    // whole line.
    struct Segment {
        base::Point from, to, direction;
        const base::Point* before;
        const base::Point* after;
        double travelled;
    };
    void take_path(std::span<const base::Point> raw, bool closed);
    void add_segment(const Segment& segment, const LineStyle& style);
    void add_disc(base::Point centre, float radius_px, Rgba color);
    void add_quad(const std::array<Vertex, 4>& corners);

    std::vector<Vertex> m_vertices;
    std::vector<std::uint32_t> m_indices;
    std::vector<base::Point> m_path, m_directions;  // of the line being added; kept for their memory
    base::Rect m_bounds;                            // empty: none
    std::size_t m_primitives = 0;
};

}  // namespace render
