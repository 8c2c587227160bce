#include "render/polygon_fill.h"

#include <algorithm>

// 1. Cut the plane into slabs at the height of every vertex: inside a slab edges run from top to bottom.
// 2. In a slab sort the edges from left to right. Where the order at the top is not the order at the bottom,
// two
//    neighbours cross: cut the slab at their crossing and do each half alone.
// 3. Between the 1st and 2nd, 3rd and 4th … edge lies the inside.

namespace render {
namespace {

struct Edge {
    base::Point top, bottom;  // top.y < bottom.y
    [[nodiscard]] double x_at(double y) const {
        if (y <= top.y) return top.x;
        if (y >= bottom.y) return bottom.x;
        return top.x + (bottom.x - top.x) * ((y - top.y) / (bottom.y - top.y));
    }
};

struct Crossing {
    double top_x, bottom_x;
};

std::vector<Edge> edges_of(std::span<const std::vector<base::Point>> rings) {
    std::vector<Edge> edges;
    for (const std::vector<base::Point>& ring : rings) {
        for (std::size_t i = 0; i < ring.size(); ++i) {
            const base::Point a = ring[i], b = ring[(i + 1) % ring.size()];
            if (a.y < b.y) edges.push_back({a, b});
            if (b.y < a.y) edges.push_back({b, a});
        }
    }
    std::ranges::sort(edges, {}, [](const Edge& edge) { return edge.top.y; });
    return edges;
}

std::vector<double> heights_of(const std::vector<Edge>& edges) {
    std::vector<double> heights;
    heights.reserve(edges.size() * 2);
    for (const Edge& edge : edges) {
        heights.push_back(edge.top.y);
        heights.push_back(edge.bottom.y);
    }
    std::ranges::sort(heights);
    heights.erase(std::ranges::unique(heights).begin(), heights.end());
    return heights;
}

class Filler {
public:
    explicit Filler(std::vector<Trapezoid>& out) : m_out{out} {}

    void fill_slab(const std::vector<const Edge*>& active, double y0, double y1, int cuts_left) {
        std::vector<Crossing> across;
        across.reserve(active.size());
        for (const Edge* edge : active) across.push_back({edge->x_at(y0), edge->x_at(y1)});
        std::ranges::sort(across, {}, [](const Crossing& c) { return c.top_x + c.bottom_x; });
        if (const double cut = cuts_left > 0 ? first_cut(across, y0, y1) : y1; cut > y0 && cut < y1) {
            fill_slab(active, y0, cut, cuts_left - 1);
            fill_slab(active, cut, y1, cuts_left - 1);
            return;
        }
        for (std::size_t i = 0; i + 1 < across.size(); i += 2)
            m_out.push_back({y0, y1, across[i].top_x, std::max(across[i].top_x, across[i + 1].top_x),
                             across[i].bottom_x, std::max(across[i].bottom_x, across[i + 1].bottom_x)});
    }

private:
    // The height of a crossing of neighbours; y1 when there is none worth cutting at (a thousandth of a
    // pixel).
    static double first_cut(const std::vector<Crossing>& across, double y0, double y1) {
        constexpr double k_least_px = 1e-3;
        for (std::size_t i = 0; i + 1 < across.size(); ++i) {
            const double top_gap = across[i + 1].top_x - across[i].top_x;
            const double bottom_gap = across[i + 1].bottom_x - across[i].bottom_x;
            if (top_gap >= -k_least_px && bottom_gap >= -k_least_px) continue;
            const double cut = y0 + (y1 - y0) * (top_gap / (top_gap - bottom_gap));
            if (cut - y0 > k_least_px && y1 - cut > k_least_px) return cut;
        }
        return y1;
    }

    std::vector<Trapezoid>& m_out;
};

}  // namespace

std::vector<Trapezoid> trapezoids_of(std::span<const std::vector<base::Point>> rings,
                                     const base::Rect& rows) {
    constexpr int k_max_cuts = 16;  // of one slab, each halving what is left to disentangle
    const std::vector<Edge> edges = edges_of(rings);
    const std::vector<double> heights = heights_of(edges);
    std::vector<Trapezoid> out;
    Filler filler{out};
    std::vector<const Edge*> active;
    std::size_t next = 0;
    for (std::size_t i = 0; i + 1 < heights.size(); ++i) {
        const double y0 = heights[i], y1 = heights[i + 1];
        std::erase_if(active, [y0](const Edge* edge) { return edge->bottom.y <= y0; });
        while (next < edges.size() && edges[next].top.y <= y0) active.push_back(&edges[next++]);
        if (!rows.empty() && (y1 <= rows.y0 || y0 >= rows.y1)) continue;
        filler.fill_slab(active, y0, y1, k_max_cuts);
    }
    return out;
}

}  // namespace render
