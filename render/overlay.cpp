#include "render/overlay.h"

#include <bit>
#include <cmath>
#include <limits>
#include <numbers>

#include "render/polygon_fill.h"

namespace render {
namespace {

using base::Point;

constexpr double k_feather_px = 0.5;  // coverage falls from 1 to 0 over one pixel across an edge
constexpr double k_tiny_px = 1e-6;
constexpr float k_fill_width = 1e9f;
constexpr double k_cut_margin_px = 64;  // longer than any cap or mitre

double dot(Point a, Point b) { return a.x * b.x + a.y * b.y; }
double length(Point a) { return std::hypot(a.x, a.y); }
Point left_of(Point direction) { return {direction.y, -direction.x}; }

// As the bytes R, G, B, A in memory, which is how the vertex attribute reads them.
std::uint32_t in_memory(Rgba color) {
    return std::endian::native == std::endian::little ? std::byteswap(color) : color;
}

// From the corner of two edges with unit normals `a` and `b` to where both are 1 away.
Point mitre(Point a, Point b) { return (a + b) * (1 / std::max(1 + dot(a, b), 0.1)); }

bool axis_parallel(const Corners& c) {
    const auto straight = [](Point a, Point b) { return a.x == b.x || a.y == b.y; };
    return straight(c[0], c[1]) && straight(c[1], c[2]) && straight(c[2], c[3]) && straight(c[3], c[0]);
}

double shortest_side(const Corners& c) {
    double shortest = std::numeric_limits<double>::max();
    for (std::size_t i = 0; i < 4; ++i) shortest = std::min(shortest, length(c[(i + 1) % 4] - c[i]));
    return shortest;
}

double signed_area(const Corners& c) {
    double twice = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const Point a = c[i], b = c[(i + 1) % 4];
        twice += a.x * b.y - b.x * a.y;
    }
    return twice / 2;
}

// The smallest box round points, for dropping what is out of sight.
struct Extent {
    Point low{std::numeric_limits<double>::max(), std::numeric_limits<double>::max()};
    Point high{std::numeric_limits<double>::lowest(), std::numeric_limits<double>::lowest()};
    void add(Point p) {
        low = {std::min(low.x, p.x), std::min(low.y, p.y)};
        high = {std::max(high.x, p.x), std::max(high.y, p.y)};
    }
};

template <class Points>
Extent extent_of(const Points& points) {
    Extent extent;
    for (const Point& p : points) extent.add(p);
    return extent;
}

// Liang-Barsky against one side: `from + t * delta` with t in [t0, t1] stays where delta_side * t <= room.
bool cut_side(double delta_side, double room, double& t0, double& t1) {
    if (delta_side == 0) return room >= 0;
    const double t = room / delta_side;
    if (delta_side < 0)
        t0 = std::max(t0, t);
    else
        t1 = std::min(t1, t);
    return t0 < t1;
}

// Offsets of the left and right vertex at one end of a segment. `next`: the direction of the segment that
// joins there, or null. `run_on`: how far a sharp joint is lengthened, negative at the start.
std::array<Point, 2> segment_end(Point direction, const Point* next, double reach, double run_on) {
    constexpr double k_sharpest =
        -0.5;  // cosine between directions; beyond, a mitre would be longer than twice the width
    const Point normal = left_of(direction);
    if (next == nullptr) return {normal * reach, normal * -reach};
    if (dot(direction, *next) < k_sharpest)
        return {normal * reach + direction * run_on, normal * -reach + direction * run_on};
    const Point away = mitre(normal, left_of(*next));
    return {away * reach, away * -reach};
}

}  // namespace

Corners corners_of(const base::Rect& rect) {
    return {Point{rect.x0, rect.y0}, Point{rect.x1, rect.y0}, Point{rect.x1, rect.y1},
            Point{rect.x0, rect.y1}};
}

base::Rect sharp_outline(const base::Rect& rect, float thickness_px) {
    const bool odd = std::lround(thickness_px) % 2 != 0;
    const auto sharp = [odd](double edge) { return odd ? std::floor(edge) + 0.5 : std::round(edge); };
    return {sharp(rect.x0), sharp(rect.y0), sharp(rect.x1), sharp(rect.y1)};
}

void OverlayBatch::clear() {
    m_vertices.clear();
    m_indices.clear();
    m_primitives = 0;
}

void OverlayBatch::set_bounds(const base::Rect& screen) { m_bounds = screen; }

bool OverlayBatch::outside(Point low, Point high, double margin) const {
    if (m_bounds.empty()) return false;
    return high.x + margin < m_bounds.x0 || low.x - margin > m_bounds.x1 || high.y + margin < m_bounds.y0 ||
           low.y - margin > m_bounds.y1;
}

bool OverlayBatch::cut_to_bounds(Point& from, Point& to, double margin) const {
    if (m_bounds.empty()) return true;
    const base::Rect box = m_bounds.grown(margin);
    const Point delta = to - from;
    double t0 = 0, t1 = 1;
    if (!cut_side(-delta.x, from.x - box.x0, t0, t1) || !cut_side(delta.x, box.x1 - from.x, t0, t1) ||
        !cut_side(-delta.y, from.y - box.y0, t0, t1) || !cut_side(delta.y, box.y1 - from.y, t0, t1))
        return false;
    const Point start = from;
    if (t0 > 0) from = start + delta * t0;
    if (t1 < 1) to = start + delta * t1;
    return true;
}

void OverlayBatch::add_quad(const std::array<Vertex, 4>& corners) {
    const auto first = static_cast<std::uint32_t>(m_vertices.size());
    m_vertices.insert(m_vertices.end(), corners.begin(), corners.end());
    const std::array<std::uint32_t, 6> order{0, 1, 2, 2, 1, 3};
    for (const std::uint32_t corner : order) m_indices.push_back(first + corner);
}

void OverlayBatch::add_rect_outline(const Corners& corners, const LineStyle& style) {
    const Extent extent = extent_of(corners);
    if (outside(extent.low, extent.high, style.thickness_px)) return;
    if (style.dash_px > 0) {
        add_strip(corners, style, true);
    } else if (shortest_side(corners) < k_tiny_px) {  // no direction to offset: a line, or for a point a dot
        if (length(extent.high - extent.low) < k_tiny_px)
            fill_quad(corners_of(base::Rect{corners[0].x, corners[0].y, corners[0].x, corners[0].y}.grown(
                          style.thickness_px / 2.0)),
                      style.color);
        else
            add_strip(std::array{corners[0], corners[2]}, style, false);
    } else {
        add_ring(corners, style);
    }
    ++m_primitives;
}

// Eight vertices: the corners moved outwards and inwards, so that neighbouring sides share them and no pixel
// is blended twice.
void OverlayBatch::add_ring(const Corners& corners, const LineStyle& style) {
    Corners c = corners;
    const double half = style.thickness_px / 2.0;
    const double outer = half + k_feather_px;
    if (!m_bounds.empty() && axis_parallel(c)) {  // far sides come near: same picture, better float precision
        const base::Rect box = m_bounds.grown(k_cut_margin_px + outer);
        for (Point& p : c) p = {std::clamp(p.x, box.x0, box.x1), std::clamp(p.y, box.y0, box.y1)};
        if (shortest_side(c) < k_tiny_px) return;  // both long sides lay beyond the same bound
    }
    const double inner = std::min(outer, shortest_side(c) / 2);
    const double turn = signed_area(c) >= 0 ? 1 : -1;  // towards the outside
    std::array<Point, 4> normals;
    for (std::size_t i = 0; i < 4; ++i) {
        const Point side = c[(i + 1) % 4] - c[i];
        normals[i] = left_of(side) * (turn / length(side));
    }
    const auto first = static_cast<std::uint32_t>(m_vertices.size());
    const std::uint32_t color = in_memory(style.color);
    for (std::size_t i = 0; i < 4; ++i) {
        const Point away = mitre(normals[(i + 3) % 4], normals[i]);
        for (const double offset : {outer, -inner}) {
            const Point at = c[i] + away * offset;
            m_vertices.push_back({static_cast<float>(at.x), static_cast<float>(at.y),
                                  static_cast<float>(offset), 0, static_cast<float>(half), 0, color});
        }
    }
    for (std::uint32_t i = 0; i < 4; ++i) {
        const std::uint32_t here = first + 2 * i, there = first + 2 * ((i + 1) % 4);
        m_indices.insert(m_indices.end(), {here, here + 1, there, there, here + 1, there + 1});
    }
}

void OverlayBatch::add_rect_fill(const base::Rect& rect, Rgba color) {
    add_rect_fill(corners_of(rect), color);
}

void OverlayBatch::add_rect_fill(const Corners& corners, Rgba color) {
    const Extent extent = extent_of(corners);
    if (outside(extent.low, extent.high, 0)) return;
    fill_quad(corners, color);
    ++m_primitives;
}

void OverlayBatch::fill_quad(const Corners& corners, Rgba color) {
    const auto vertex = [color = in_memory(color)](Point p) {
        return Vertex{static_cast<float>(p.x), static_cast<float>(p.y), 0, 0, k_fill_width, 0, color};
    };
    add_quad({vertex(corners[0]), vertex(corners[1]), vertex(corners[3]), vertex(corners[2])});
}

void OverlayBatch::add_line(Point from, Point to, const LineStyle& style) {
    add_polyline(std::array{from, to}, style);
}

void OverlayBatch::add_polyline(std::span<const Point> points, const LineStyle& style) {
    const Extent extent = extent_of(points);
    if (points.size() < 2 || outside(extent.low, extent.high, style.thickness_px)) return;
    add_strip(points, style, false);
    ++m_primitives;
}

void OverlayBatch::add_polygon_outline(std::span<const Point> ring, const LineStyle& style) {
    const Extent extent = extent_of(ring);
    if (ring.size() < 2 || outside(extent.low, extent.high, style.thickness_px)) return;
    add_strip(ring, style, true);
    ++m_primitives;
}

// One quad a segment. Where two segments meet at no sharp angle their quads share a mitred edge; at a sharp
// angle both run on by half the thickness, so that no notch is left.
void OverlayBatch::add_strip(std::span<const Point> raw, const LineStyle& style, bool closed) {
    take_path(raw, closed);
    const std::size_t count = m_path.size();
    if (count < 2) return;
    const bool joined = closed && count > 2;
    const std::size_t segments = joined ? count : count - 1;
    m_directions.clear();
    for (std::size_t i = 0; i < segments; ++i) {
        const Point delta = m_path[(i + 1) % count] - m_path[i];
        m_directions.push_back(delta * (1 / length(delta)));
    }
    double travelled = 0;
    for (std::size_t i = 0; i < segments; ++i) {
        const Point from = m_path[i], to = m_path[(i + 1) % count];
        const Point* before = i > 0 || joined ? &m_directions[(i + segments - 1) % segments] : nullptr;
        const Point* after = i + 1 < segments || joined ? &m_directions[(i + 1) % segments] : nullptr;
        add_segment({from, to, m_directions[i], before, after, travelled}, style);
        travelled += length(to - from);
    }
}

void OverlayBatch::take_path(std::span<const Point> raw, bool closed) {
    m_path.clear();
    for (const Point& p : raw)
        if (m_path.empty() || length(p - m_path.back()) > k_tiny_px) m_path.push_back(p);
    while (closed && m_path.size() > 1 && length(m_path.front() - m_path.back()) <= k_tiny_px)
        m_path.pop_back();
}

void OverlayBatch::add_segment(const Segment& segment, const LineStyle& style) {
    const double half = style.thickness_px / 2.0, reach = half + k_feather_px;
    Point from = segment.from, to = segment.to;
    if (!cut_to_bounds(from, to, k_cut_margin_px + reach)) return;
    const Point* before = from == segment.from ? segment.before : nullptr;
    const Point* after = to == segment.to ? segment.after : nullptr;
    const auto at_start = segment_end(segment.direction, before, reach, -half);
    const auto at_end = segment_end(segment.direction, after, reach, half);
    const auto vertex = [&](Point at, double across) {
        const double along = segment.travelled + dot(at - segment.from, segment.direction);
        return Vertex{static_cast<float>(at.x),  static_cast<float>(at.y), static_cast<float>(across),
                      static_cast<float>(along), static_cast<float>(half), style.dash_px,
                      in_memory(style.color)};
    };
    add_quad({vertex(from + at_start[0], reach), vertex(from + at_start[1], -reach),
              vertex(to + at_end[0], reach), vertex(to + at_end[1], -reach)});
}

void OverlayBatch::add_polygon_fill(std::span<const std::vector<Point>> rings, Rgba color) {
    Extent extent;
    for (const std::vector<Point>& ring : rings)
        for (const Point& p : ring) extent.add(p);
    if (extent.low.x > extent.high.x || outside(extent.low, extent.high, 0)) return;
    const auto vertex = [color = in_memory(color)](double x, double y) {
        return Vertex{static_cast<float>(x), static_cast<float>(y), 0, 0, k_fill_width, 0, color};
    };
    for (const Trapezoid& t : trapezoids_of(rings, m_bounds))
        add_quad(
            {vertex(t.left0, t.y0), vertex(t.right0, t.y0), vertex(t.left1, t.y1), vertex(t.right1, t.y1)});
    ++m_primitives;
}

void OverlayBatch::add_handle(Point centre, float size_px, Rgba fill, Rgba border, float border_px) {
    const double size = std::max(std::round(static_cast<double>(size_px)), 1.0);
    const Point low{std::round(centre.x - size / 2), std::round(centre.y - size / 2)};
    const base::Rect rect{low.x, low.y, low.x + size, low.y + size};
    if (outside(low, {rect.x1, rect.y1}, 0)) return;
    const float rim_px = std::min(border_px, static_cast<float>(size / 2));
    if (const base::Rect inside = rect.grown(-rim_px); !inside.empty()) fill_quad(corners_of(inside), fill);
    if (rim_px > 0) add_ring(corners_of(rect.grown(-rim_px / 2.0)), {border, rim_px, 0});
    ++m_primitives;
}

void OverlayBatch::add_diamond(Point centre, float size_px, Rgba fill, Rgba border, float border_px) {
    const double reach = size_px / 2.0;
    if (outside(centre, centre, reach)) return;
    const auto diamond = [centre](double r) {
        return Corners{Point{centre.x, centre.y - r}, Point{centre.x + r, centre.y},
                       Point{centre.x, centre.y + r}, Point{centre.x - r, centre.y}};
    };
    // The rim lies over the edge of the fill and smooths it, so there is always one. sqrt(2): sides are
    // slanted.
    const bool has_border = border_px > 0;
    const double rim_px = has_border ? border_px : 1.0;
    const Corners middle = diamond(std::max(reach - rim_px / 2 * std::numbers::sqrt2, 0.25));
    fill_quad(middle, fill);
    add_ring(middle, {has_border ? border : fill, static_cast<float>(rim_px), 0});
    ++m_primitives;
}

void OverlayBatch::add_circle(Point centre, float radius_px, Rgba fill, Rgba border, float border_px) {
    if (outside(centre, centre, radius_px)) return;
    if (border_px > 0) add_disc(centre, radius_px, border);
    add_disc(centre, radius_px - border_px, fill);
    ++m_primitives;
}

void OverlayBatch::add_disc(Point centre, float radius_px, Rgba color) {
    if (radius_px <= 0) return;
    const float reach = radius_px + static_cast<float>(k_feather_px);
    const auto vertex = [&](float dx, float dy) {
        return Vertex{static_cast<float>(centre.x) + dx,
                      static_cast<float>(centre.y) + dy,
                      dx,
                      dy,
                      radius_px,
                      k_disc,
                      in_memory(color)};
    };
    add_quad({vertex(-reach, -reach), vertex(reach, -reach), vertex(-reach, reach), vertex(reach, reach)});
}

}  // namespace render
