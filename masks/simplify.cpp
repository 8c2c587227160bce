#include "masks/simplify.h"

#include <algorithm>
#include <cmath>

namespace masks {

namespace {

using base::Point;
using Exact = long double;  // products of whole pixels of any medium are exact in it

Exact cross(Point o, Point a, Point b) {
    return (Exact{a.x} - Exact{o.x}) * (Exact{b.y} - Exact{o.y}) -
           (Exact{a.y} - Exact{o.y}) * (Exact{b.x} - Exact{o.x});
}
int side_of(Point o, Point a, Point b) {
    const Exact turn = cross(o, a, b);
    return turn > 0 ? 1 : turn < 0 ? -1 : 0;
}
bool within_box(Point p, Point a, Point b) {
    return p.x >= std::min(a.x, b.x) && p.x <= std::max(a.x, b.x) && p.y >= std::min(a.y, b.y) &&
           p.y <= std::max(a.y, b.y);
}
bool meet(Point a, Point b, Point c, Point d) {
    const int abc = side_of(a, b, c), abd = side_of(a, b, d), cda = side_of(c, d, a), cdb = side_of(c, d, b);
    if (abc * abd < 0 && cda * cdb < 0) return true;
    return (abc == 0 && within_box(c, a, b)) || (abd == 0 && within_box(d, a, b)) ||
           (cda == 0 && within_box(a, c, d)) || (cdb == 0 && within_box(b, c, d));
}

Exact area_of(const Ring& ring) {
    Exact sum = 0;
    for (std::size_t i = 1; i + 1 < ring.size(); ++i) sum += cross(ring[0], ring[i], ring[i + 1]);
    return sum;
}

double square_of_distance(Point p, Point a, Point b) {
    const Point way = b - a, to = p - a;
    const double length = way.x * way.x + way.y * way.y;
    const double t = length > 0 ? std::clamp((to.x * way.x + to.y * way.y) / length, 0.0, 1.0) : 0;
    const Point off = to - way * t;
    return off.x * off.x + off.y * off.y;
}

// Marks what is kept of the corners between two that are; indices may pass the end of the ring once.
void keep_between(const Ring& ring, std::size_t first, std::size_t last, double tolerance,
                  std::vector<bool>& kept) {
    std::vector<std::pair<std::size_t, std::size_t>> parts{{first, last}};
    while (!parts.empty()) {
        const auto [from, to] = parts.back();
        parts.pop_back();
        double farthest = tolerance * tolerance;
        std::size_t corner = from;
        for (std::size_t i = from + 1; i < to; ++i) {
            const double off =
                square_of_distance(ring[i % ring.size()], ring[from % ring.size()], ring[to % ring.size()]);
            if (off > farthest) {
                farthest = off;
                corner = i;
            }
        }
        if (corner == from) continue;
        kept[corner % ring.size()] = true;
        parts.emplace_back(from, corner);
        parts.emplace_back(corner, to);
    }
}

Ring reduced(const Ring& ring, double tolerance) {
    std::size_t first = 0, far = 0;
    // From the lowest left corner, which no tolerance may take, to the one farthest from it.
    for (std::size_t i = 1; i < ring.size(); ++i) {
        const bool is_before =
            ring[i].x < ring[first].x || (ring[i].x == ring[first].x && ring[i].y > ring[first].y);
        if (is_before) first = i;
    }
    double farthest = -1;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        const Point off = ring[(first + i) % ring.size()] - ring[first];
        if (off.x * off.x + off.y * off.y > farthest) {
            farthest = off.x * off.x + off.y * off.y;
            far = first + i;
        }
    }
    std::vector<bool> kept(ring.size());
    kept[first] = kept[far % ring.size()] = true;
    keep_between(ring, first, far, tolerance, kept);
    keep_between(ring, far, first + ring.size(), tolerance, kept);
    Ring fewer;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        if (kept[i]) fewer.push_back(ring[i]);
    }
    return fewer;
}

}  // namespace

bool is_simple(const Ring& ring) {
    if (ring.size() < 3) return false;
    const auto end_of = [&](std::size_t i) { return ring[i + 1 < ring.size() ? i + 1 : 0]; };
    const auto crosses = [&](std::size_t one_side, std::size_t other_side) {
        const std::size_t i = std::min(one_side, other_side), k = std::max(one_side, other_side);
        const Point a = ring[i], b = end_of(i), c = ring[k], d = end_of(k);
        const bool is_next = k == i + 1, is_around = i == 0 && k + 1 == ring.size();
        if (!is_next && !is_around) return meet(a, b, c, d);
        // Neighbours meet in their corner; more than that only when one runs back along the other.
        const Point corner = is_next ? b : a, one = is_next ? a : b, two = is_next ? d : c;
        const Point u = one - corner, v = two - corner;
        return side_of(corner, one, two) == 0 && u.x * v.x + u.y * v.y > 0;
    };
    // Sides are looked up by the cells of a grid, about as many as there are sides.
    base::Rect bounds{ring[0].x, ring[0].y, ring[0].x, ring[0].y};
    for (const Point& corner : ring)
        bounds = {std::min(bounds.x0, corner.x), std::min(bounds.y0, corner.y), std::max(bounds.x1, corner.x),
                  std::max(bounds.y1, corner.y)};
    const auto sides = static_cast<double>(ring.size());
    const double cell = std::max({1.0, std::sqrt(bounds.width() * bounds.height() / sides),
                                  std::max(bounds.width(), bounds.height()) / sides});
    const auto place = [&](double at, double from) { return static_cast<std::size_t>((at - from) / cell); };
    const std::size_t columns = place(bounds.x1, bounds.x0) + 1;
    std::vector<std::vector<std::uint32_t>> cells(columns * (place(bounds.y1, bounds.y0) + 1));
    for (std::size_t i = 0; i < ring.size(); ++i) {
        const Point a = ring[i], b = end_of(i);
        if (a == b) return false;
        const auto [x0, x1] = std::minmax(a.x, b.x);
        const auto [y0, y1] = std::minmax(a.y, b.y);
        for (std::size_t y = place(y0, bounds.y0); y <= place(y1, bounds.y0); ++y) {
            for (std::size_t x = place(x0, bounds.x0); x <= place(x1, bounds.x0); ++x) {
                auto& in_cell = cells[y * columns + x];
                for (const std::uint32_t other : in_cell) {
                    if (crosses(i, other)) return false;
                }
                in_cell.push_back(static_cast<std::uint32_t>(i));
            }
        }
    }
    return true;
}

Ring simplify(const Ring& ring, double tolerance_px, std::stop_token stop) {
    if (ring.size() < 4) return ring;
    constexpr double k_least_px = 1.0 / 64;
    for (double tolerance = tolerance_px; tolerance >= k_least_px && !stop.stop_requested(); tolerance /= 2) {
        Ring fewer = reduced(ring, tolerance);
        if (fewer.size() < 3 || (area_of(fewer) > 0) != (area_of(ring) > 0) || !is_simple(fewer)) continue;
        return fewer;
    }
    Ring straight = reduced(ring, 0);
    return straight.size() < 3 ? ring : straight;
}

}  // namespace masks
