#include "masks/region.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace masks {

namespace {

using base::Point;

constexpr double k_far = 2147483648.0;

double tamed(double value) { return std::isnan(value) ? 0 : std::clamp(value, -k_far, k_far); }
Point tamed(Point point) { return {tamed(point.x), tamed(point.y)}; }

// The pixels whose centres lie in [a, b).
Run run_between(double a, double b) {
    return {static_cast<std::int64_t>(std::ceil(a - 0.5)), static_cast<std::int64_t>(std::ceil(b - 0.5))};
}

PixelRect pixels_around(const base::Rect& rect) {
    const Run x = run_between(rect.x0, rect.x1), y = run_between(rect.y0, rect.y1);
    return {x.x0, y.x0, x.x1, y.x1};
}

void add(std::vector<Run>& runs, Run run) {
    if (run.x1 > run.x0) runs.push_back(run);
}

std::int64_t pixel_at(double value) { return static_cast<std::int64_t>(std::floor(value)); }

// One run a row: the union of the convex parts of a stroke is convex, so its left and right ends are the
// outermost of theirs.
class Stroke : public Region {
public:
    Stroke(Point from, Point to, double radius, Nib nib)
        : m_from{tamed(from)}, m_to{tamed(to)}, m_radius{std::clamp(radius, 0.0, k_far)}, m_nib{nib} {
        m_bounds = pixels_around(base::rect_from_corners(m_from, m_to).grown(m_radius));
        for (const Point& end : {m_from, m_to}) {
            m_bounds.x0 = std::min(m_bounds.x0, pixel_at(end.x));
            m_bounds.y0 = std::min(m_bounds.y0, pixel_at(end.y));
            m_bounds.x1 = std::max(m_bounds.x1, pixel_at(end.x) + 1);
            m_bounds.y1 = std::max(m_bounds.y1, pixel_at(end.y) + 1);
        }
        const Point way = m_to - m_from;
        const double length = std::hypot(way.x, way.y);
        const Point side =
            length > 0 ? Point{-way.y / length * m_radius, way.x / length * m_radius} : Point{};
        m_body = nib == Nib::round ? std::array{m_from + side, m_to + side, m_to - side, m_from - side}
                                   : hull(m_from, m_to, m_radius);
    }
    [[nodiscard]] PixelRect bounds() const override { return m_bounds; }

    void row(std::int64_t y, std::vector<Run>& runs) override {
        const double centre = static_cast<double>(y) + 0.5;
        double left = std::numeric_limits<double>::infinity(), right = -left;
        for (const Point& end : {m_from, m_to}) {
            const double dy = centre - end.y;
            if (std::abs(dy) > m_radius) continue;
            const double reach = m_nib == Nib::round ? std::sqrt(m_radius * m_radius - dy * dy) : m_radius;
            left = std::min(left, end.x - reach);
            right = std::max(right, end.x + reach);
        }
        for (std::size_t i = 0; i < m_body.size(); ++i) {
            const Point &a = m_body[i], &b = m_body[(i + 1) % m_body.size()];
            if (std::min(a.y, b.y) > centre || std::max(a.y, b.y) < centre || a.y == b.y) continue;
            const double x = a.x + (centre - a.y) / (b.y - a.y) * (b.x - a.x);
            left = std::min(left, x);
            right = std::max(right, x);
        }
        Run run = left <= right ? run_between(left, right) : Run{};
        if (run.x1 <= run.x0) run = {};
        for (const Point& end : {m_from, m_to}) {
            if (pixel_at(end.y) != y) continue;
            const std::int64_t x = pixel_at(end.x);
            run = run.x1 > run.x0 ? Run{std::min(run.x0, x), std::max(run.x1, x + 1)} : Run{x, x + 1};
        }
        add(runs, run);
    }

private:
    // The middle part of the way of a square: between the corners that lie farthest aside.
    static std::array<Point, 4> hull(Point from, Point to, double radius) {
        const double sign = (to.x - from.x) * (to.y - from.y) >= 0 ? 1 : -1;
        const Point a{radius, -radius * sign}, b{-radius, radius * sign};
        return {from + a, to + a, to + b, from + b};
    }

    Point m_from, m_to;
    double m_radius;
    Nib m_nib;
    PixelRect m_bounds;
    std::array<Point, 4> m_body;
};

class Rectangle : public Region {
public:
    explicit Rectangle(const base::Rect& rect)
        : m_bounds{pixels_around({tamed(rect.x0), tamed(rect.y0), tamed(rect.x1), tamed(rect.y1)})} {}
    [[nodiscard]] PixelRect bounds() const override { return m_bounds; }
    void row(std::int64_t, std::vector<Run>& runs) override { add(runs, {m_bounds.x0, m_bounds.x1}); }

private:
    PixelRect m_bounds;
};

class Ellipse : public Region {
public:
    explicit Ellipse(const base::Rect& rect)
        : m_rect{tamed(rect.x0), tamed(rect.y0), tamed(rect.x1), tamed(rect.y1)} {}
    [[nodiscard]] PixelRect bounds() const override { return pixels_around(m_rect); }
    void row(std::int64_t y, std::vector<Run>& runs) override {
        const double half = m_rect.height() / 2;
        if (!(half > 0)) return;
        const double dy = (static_cast<double>(y) + 0.5 - m_rect.centre().y) / half;
        if (std::abs(dy) > 1) return;
        const double reach = m_rect.width() / 2 * std::sqrt(1 - dy * dy);
        add(runs, run_between(m_rect.centre().x - reach, m_rect.centre().x + reach));
    }

private:
    base::Rect m_rect;
};

// Scan lines with a list of the edges that cross them.
class Polygon : public Region {
public:
    explicit Polygon(std::vector<std::vector<Point>> rings) {
        base::Rect box{k_far, k_far, -k_far, -k_far};
        for (std::vector<Point>& ring : rings) {
            for (Point& point : ring) {
                point = tamed(point);
                box = {std::min(box.x0, point.x), std::min(box.y0, point.y), std::max(box.x1, point.x),
                       std::max(box.y1, point.y)};
            }
            for (std::size_t i = 0; i < ring.size(); ++i) add_edge(ring[i], ring[(i + 1) % ring.size()]);
        }
        std::ranges::sort(m_edges, {}, &Edge::y0);
        m_bounds = m_edges.empty() ? PixelRect{} : pixels_around(box);
    }
    [[nodiscard]] PixelRect bounds() const override { return m_bounds; }

    void row(std::int64_t y, std::vector<Run>& runs) override {
        if (y < m_next_y) {  // from above again
            m_next = 0;
            m_active.clear();
        }
        m_next_y = y + 1;
        const double centre = static_cast<double>(y) + 0.5;
        while (m_next < m_edges.size() && m_edges[m_next].y0 <= centre) m_active.push_back(m_edges[m_next++]);
        std::erase_if(m_active, [&](const Edge& edge) { return edge.y1 <= centre; });
        for (Edge& edge : m_active) edge.x_now = edge.x + (centre - edge.y0) * edge.slope;
        sort_active();
        const std::size_t first = runs.size();
        for (std::size_t i = 0; i + 1 < m_active.size(); i += 2) {
            Run run = run_between(m_active[i].x_now, m_active[i + 1].x_now);
            if (runs.size() > first) run.x0 = std::max(run.x0, runs.back().x1);
            add(runs, run);
        }
    }

private:
    struct Edge {
        double y0 = 0, y1 = 0, x = 0, slope = 0;  // from y0 on, half-open; x there
        double x_now = 0;                         // on the row asked for
    };
    // By insertion: from one row to the next the order hardly changes.
    void sort_active() {
        for (std::size_t i = 1; i < m_active.size(); ++i) {
            if (m_active[i].x_now >= m_active[i - 1].x_now) continue;
            const Edge edge = m_active[i];
            std::size_t to = i;
            for (; to > 0 && m_active[to - 1].x_now > edge.x_now; --to) m_active[to] = m_active[to - 1];
            m_active[to] = edge;
        }
    }
    void add_edge(Point a, Point b) {
        if (a.y == b.y) return;
        if (a.y > b.y) std::swap(a, b);
        m_edges.push_back({a.y, b.y, a.x, (b.x - a.x) / (b.y - a.y), a.x});
    }
    std::vector<Edge> m_edges;  // by y0
    PixelRect m_bounds;
    std::int64_t m_next_y = std::numeric_limits<std::int64_t>::min();
    std::size_t m_next = 0;
    std::vector<Edge> m_active;
};

class Labelled : public Region {
public:
    explicit Labelled(Plane plane) : m_plane{std::move(plane)} {
        bool first = true;
        m_plane.each([&](const TileRect& tiles, const Slot&) {
            const PixelRect a = m_plane.pixels_of({tiles.x, tiles.y});
            const PixelRect b = m_plane.pixels_of({tiles.x + tiles.columns - 1, tiles.y + tiles.rows - 1});
            if (std::exchange(first, false)) m_bounds = a;
            m_bounds = {std::min(m_bounds.x0, a.x0), std::min(m_bounds.y0, a.y0), std::max(m_bounds.x1, b.x1),
                        std::max(m_bounds.y1, b.y1)};
        });
    }
    [[nodiscard]] PixelRect bounds() const override { return m_bounds; }

    void row(std::int64_t y, std::vector<Run>& runs) override {
        const auto ty = static_cast<std::int32_t>(y / k_tile_px);
        if (ty != m_row) hold_row(ty);
        const auto place = static_cast<std::size_t>(y % k_tile_px * k_tile_px);
        m_first_run = runs.size();
        for (const Part& part : m_parts) {
            if (!part.samples)
                append(runs, {part.x0, part.x1});
            else if (m_plane.depth() == Depth::u8)
                append_row<std::uint8_t>(part.samples.get(), place, part, runs);
            else
                append_row<std::uint16_t>(part.samples.get(), place, part, runs);
        }
    }

private:
    struct Part {
        std::int64_t x0 = 0, x1 = 0;
        SamplesPtr samples;  // null: all of it
    };
    void hold_row(std::int32_t ty) {
        m_row = ty;
        m_parts.clear();
        for (auto tx = static_cast<std::int32_t>(m_bounds.x0 / k_tile_px);
             std::int64_t{tx} * k_tile_px < m_bounds.x1; ++tx) {
            const Slot slot = m_plane.slot({tx, ty});
            const PixelRect pixels = m_plane.pixels_of({tx, ty});
            if (slot.block || slot.value != 0)
                m_parts.push_back({pixels.x0, pixels.x1, slot.block ? slot.block->samples() : nullptr});
        }
    }
    void append(std::vector<Run>& runs, Run run) const {
        if (runs.size() > m_first_run && runs.back().x1 == run.x0)
            runs.back().x1 = run.x1;
        else
            runs.push_back(run);
    }
    template <class T>
    void append_row(const std::byte* samples, std::size_t place, const Part& part,
                    std::vector<Run>& runs) const {
        const T* const row = reinterpret_cast<const T*>(samples) + place;
        const std::int64_t width = part.x1 - part.x0;
        for (std::int64_t x = 0; x < width;) {
            const bool is_set = row[x] != 0;
            std::int64_t end = x + 1;
            while (end < width && (row[end] != 0) == is_set) ++end;
            if (is_set) append(runs, {part.x0 + x, part.x0 + end});
            x = end;
        }
    }

    Plane m_plane;
    PixelRect m_bounds;
    std::int32_t m_row = -1;
    std::size_t m_first_run = 0;  // of the row asked for
    std::vector<Part> m_parts;
};

}  // namespace

RegionPtr stroke(Point from, Point to, double radius_px, Nib nib) {
    return std::make_unique<Stroke>(from, to, radius_px, nib);
}
RegionPtr rectangle(const base::Rect& rect) { return std::make_unique<Rectangle>(rect); }
RegionPtr ellipse(const base::Rect& rect) { return std::make_unique<Ellipse>(rect); }
RegionPtr polygon(std::vector<std::vector<Point>> rings) {
    return std::make_unique<Polygon>(std::move(rings));
}
RegionPtr labelled(Plane plane) { return std::make_unique<Labelled>(std::move(plane)); }

}  // namespace masks
