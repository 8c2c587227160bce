#include "media/polygon_triangles.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace media {
namespace {

using base::Point;

constexpr std::size_t k_most_ears = 64;          // points of a ring; beyond, trapezoids are faster
constexpr std::size_t k_most_work = 20'000'000;  // edges on all heights: a second or so

double cross(Point a, Point b, Point c) { return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x); }

bool is_inside(Point p, Point a, Point b, Point c) {
    return cross(a, b, p) >= 0 && cross(b, c, p) >= 0 && cross(c, a, p) >= 0;
}

// The rest of a ring from which ears are cut, in the direction in which corners turn to positive.
struct Rest {
    std::span<const Point> points;
    std::array<std::uint32_t, k_most_ears> index{};
    std::size_t count = 0;

    [[nodiscard]] Point at(std::size_t i) const { return points[index[i % count]]; }
    [[nodiscard]] bool is_ear(std::size_t i) const {
        const Point a = at(i + count - 1), b = at(i), c = at(i + 1);
        if (cross(a, b, c) <= 0) return false;
        for (std::size_t k = 0; k < count; ++k) {
            const Point p = points[index[k]];
            if (p != a && p != b && p != c && is_inside(p, a, b, c)) return false;
        }
        return true;
    }
    void erase(std::size_t i) {
        std::copy(index.begin() + i + 1, index.begin() + count, index.begin() + i);
        --count;
    }
};

// False where the ring crosses itself, and then `out` is of no use.
bool cut_ears(std::span<const Point> ring, Triangles& out) {
    const double twice = twice_area(ring);
    if (twice == 0 || !std::isfinite(twice)) return false;  // a figure of eight has an area nevertheless
    Rest rest{ring, {}, ring.size()};
    for (std::uint32_t i = 0; i < ring.size(); ++i)
        rest.index[i] = twice > 0 ? i : static_cast<std::uint32_t>(ring.size()) - 1 - i;
    double covered = 0;
    for (std::size_t i = 0, misses = 0; rest.count > 2;) {
        i %= rest.count;
        const double corner = cross(rest.at(i + rest.count - 1), rest.at(i), rest.at(i + 1));
        if (corner == 0) {
            rest.erase(i);
            continue;
        }
        if (!rest.is_ear(i)) {
            if (++misses > rest.count) return false;
            ++i;
            continue;
        }
        misses = 0;
        covered += corner;
        for (const std::size_t k : {i + rest.count - 1, i, i + 1})
            out.indices.push_back(rest.index[k % rest.count]);
        rest.erase(i);
    }
    return std::abs(covered - std::abs(twice)) <= 1e-9 * std::abs(twice);
}

struct Edge {
    double y0, y1, x0, slope;
    [[nodiscard]] double at(double y) const { return x0 + (y - y0) * slope; }
};

// 1. Edges by their upper ends, and every height at which one begins or ends.
// 2. From one height to the next, the edges that span both, from left to right. Where two cross in between,
//    first down to the crossing (the first is always one of neighbours) and then on from there.
// 3. Between the first and the second of them, the third and the fourth …, a trapezoid.
class Sweep {
public:
    Sweep(std::span<const Ring> rings, Triangles& out) : m_out{out} {
        for (const Ring& ring : rings) {
            m_points += static_cast<std::uint32_t>(ring.size());
            for (std::size_t i = 0; i < ring.size(); ++i) add(ring[i], ring[(i + 1) % ring.size()]);
        }
        std::ranges::sort(m_edges, {}, &Edge::y0);
        std::ranges::sort(m_heights);
        m_heights.erase(std::unique(m_heights.begin(), m_heights.end()), m_heights.end());
    }
    void run() {
        std::size_t next = 0;
        for (std::size_t h = 0; h + 1 < m_heights.size(); ++h) {
            const double top = m_heights[h], bottom = m_heights[h + 1];
            std::erase_if(m_active, [&](const Edge& edge) { return edge.y1 <= top; });
            while (next < m_edges.size() && m_edges[next].y0 <= top) m_active.push_back(m_edges[next++]);
            for (double from = top; from < bottom && m_work < k_most_work;) from = add_row(from, bottom);
            if (m_work >= k_most_work) return m_out.clear();
        }
    }

private:
    void add(Point a, Point b) {
        if (a.y == b.y) return;
        if (a.y > b.y) std::swap(a, b);
        m_edges.push_back({a.y, b.y, a.x, (b.x - a.x) / (b.y - a.y)});
        m_heights.push_back(a.y);
        m_heights.push_back(b.y);
    }
    // Down to `bottom` or to the first crossing; returns which.
    double add_row(double top, double bottom) {
        m_work += m_active.size() + 1;
        const double sure = top + (bottom - top) * 1e-7;  // just below a crossing the order is that after it
        std::ranges::sort(m_active, {}, [&](const Edge& edge) { return edge.at(sure); });
        double until = bottom;
        for (std::size_t i = 0; i + 1 < m_active.size(); ++i) {
            const Edge &a = m_active[i], &b = m_active[i + 1];
            if (a.at(bottom) <= b.at(bottom)) continue;
            const double crossing = sure + (b.at(sure) - a.at(sure)) / (a.slope - b.slope);
            if (crossing > sure && crossing < until) until = crossing;
        }
        for (std::size_t i = 0; i + 1 < m_active.size(); i += 2)
            add_trapezoid(m_active[i], m_active[i + 1], top, until);
        return until;
    }
    void add_trapezoid(const Edge& left, const Edge& right, double top, double bottom) {
        const Point corners[] = {{left.at(top), top},
                                 {std::max(left.at(top), right.at(top)), top},
                                 {left.at(bottom), bottom},
                                 {std::max(left.at(bottom), right.at(bottom)), bottom}};
        const double upper = corners[1].x - corners[0].x, lower = corners[3].x - corners[2].x;
        if (upper + lower <= 0) return;
        const auto first = m_points + static_cast<std::uint32_t>(m_out.added.size());
        m_out.added.insert(m_out.added.end(), std::begin(corners), std::end(corners));
        if (upper > 0) m_out.indices.insert(m_out.indices.end(), {first, first + 1, first + 2});
        if (lower > 0) m_out.indices.insert(m_out.indices.end(), {first + 1, first + 3, first + 2});
    }

    Triangles& m_out;
    std::uint32_t m_points = 0;
    std::size_t m_work = 0;
    std::vector<Edge> m_edges, m_active;
    std::vector<double> m_heights;
};

}  // namespace

double twice_area(std::span<const Point> ring) {
    double twice = 0;
    // From the first point, so that large coordinates do not eat the digits.
    for (std::size_t i = 2; i < ring.size(); ++i) twice += cross(ring[0], ring[i - 1], ring[i]);
    return twice;
}

void triangulate(std::span<const Ring> rings, Triangles& out) {
    out.clear();
    if (rings.size() == 1 && rings[0].size() <= k_most_ears) {
        if (rings[0].size() < 3 || cut_ears(rings[0], out)) return;
        out.clear();
    }
    Sweep{rings, out}.run();
}

}  // namespace media
