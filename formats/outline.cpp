#include "formats/outline.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <numbers>
#include <numeric>

namespace formats {

namespace {

using labels::ShapeKind;

// A run of set pixels in one row, half-open, and the part of the mask it belongs to.
struct Run {
    std::int32_t x0 = 0, x1 = 0;
    std::size_t part = 0;
    bool left_edge_walked = false;
};

// Walks along the edges of a mask's pixels with the set ones on the right. Where two set pixels meet only in
// a corner, the walk goes over to the other one when both are of one part: the ring then encloses what lies
// between, and does not touch itself. When they are of two parts it stays on its own.
class MaskWalker {
public:
    explicit MaskWalker(const labels::MaskRuns& mask) : m_rows(static_cast<std::size_t>(mask.height)) {
        fill(mask);
        join_parts();
    }

    std::vector<Polygon> walk(base::Point origin) {
        std::map<std::size_t, Polygon> parts;
        for (std::size_t row = 0; row < m_rows.size(); ++row) {
            for (std::size_t i = 0; i < m_rows[row].size(); ++i) {
                if (m_rows[row][i].left_edge_walked) continue;
                const std::size_t part = root(m_rows[row][i].part);
                Ring ring = walk_from(m_rows[row][i].x0, static_cast<std::int32_t>(row) + 1);
                const bool outer = signed_area(ring) > 0;
                for (base::Point& each : ring) each = each + origin;
                std::vector<Ring>& rings = parts[part].rings;
                rings.insert(outer ? rings.begin() : rings.end(), std::move(ring));
            }
        }
        std::vector<Polygon> polygons;
        for (auto& [part, polygon] : parts) polygons.push_back(std::move(polygon));
        return polygons;
    }

private:
    enum Direction { up, right, down, left };

    void fill(const labels::MaskRuns& mask) {
        const auto width = static_cast<std::int64_t>(mask.width);
        std::int64_t at = 0;
        bool set = false;
        for (const std::uint32_t run : mask.runs) {
            for (std::int64_t from = at, to = at + run; set && from < to;) {
                const std::int64_t row = from / width, end = std::min(to, (row + 1) * width);
                auto& runs = m_rows[static_cast<std::size_t>(row)];
                const auto x0 = static_cast<std::int32_t>(from - row * width);
                const auto x1 = static_cast<std::int32_t>(end - row * width);
                if (!runs.empty() && runs.back().x1 == x0)
                    runs.back().x1 = x1;
                else
                    runs.push_back({x0, x1, m_count++, false});
                from = end;
            }
            at += run;
            set = !set;
        }
    }

    void join_parts() {
        m_up.resize(m_count);
        std::iota(m_up.begin(), m_up.end(), std::size_t{0});
        for (std::size_t row = 1; row < m_rows.size(); ++row) {
            auto above = m_rows[row - 1].begin();
            for (const Run& run : m_rows[row]) {
                while (above != m_rows[row - 1].end() && above->x1 <= run.x0) ++above;
                for (auto it = above; it != m_rows[row - 1].end() && it->x0 < run.x1; ++it)
                    m_up[root(run.part)] = root(it->part);
            }
        }
    }

    std::size_t root(std::size_t part) {
        while (m_up[part] != part) part = m_up[part] = m_up[m_up[part]];
        return part;
    }

    Run* run_at(std::int32_t x, std::int32_t y) {
        if (y < 0 || y >= static_cast<std::int32_t>(m_rows.size())) return nullptr;
        auto& runs = m_rows[static_cast<std::size_t>(y)];
        const auto after = std::ranges::upper_bound(runs, x, {}, &Run::x0);
        if (after == runs.begin() || x >= std::prev(after)->x1) return nullptr;
        return &*std::prev(after);
    }

    Ring walk_from(std::int32_t x, std::int32_t y) {
        const std::int32_t x_start = x, y_start = y;
        Ring ring;
        Direction direction = up;
        do {
            constexpr std::int32_t k_dx[] = {0, 1, 0, -1}, k_dy[] = {-1, 0, 1, 0};
            if (direction == up) run_at(x, y - 1)->left_edge_walked = true;
            x += k_dx[direction];
            y += k_dy[direction];
            const Direction next = turned(x, y, direction);
            if (next != direction) ring.push_back({static_cast<double>(x), static_cast<double>(y)});
            direction = next;
        } while (x != x_start || y != y_start || direction != up);
        return ring;
    }

    Direction turned(std::int32_t x, std::int32_t y, Direction direction) {
        // The pixels round the corner clockwise from the upper left one.
        const std::array<Run*, 4> round = {run_at(x - 1, y - 1), run_at(x, y - 1), run_at(x, y),
                                           run_at(x - 1, y)};
        const auto at = [&](int step) { return round[static_cast<std::size_t>((direction + step) % 4)]; };
        Run* const ahead_left = at(0);
        Run* const ahead_right = at(1);
        Run* const behind_right = at(2);
        const auto turn = [&](int by) { return static_cast<Direction>((direction + by) % 4); };
        if (ahead_left != nullptr && ahead_right != nullptr) return turn(3);
        if (ahead_right != nullptr) return direction;
        if (ahead_left == nullptr) return turn(1);
        return root(ahead_left->part) == root(behind_right->part) ? turn(3) : turn(1);
    }

    std::vector<std::vector<Run>> m_rows;
    std::size_t m_count = 0;
    std::vector<std::size_t> m_up;  // union-find
};

Polygon rings_of(const labels::Path& path) {
    Polygon polygon;
    for (std::size_t ring = 0; ring <= path.ring_starts.size(); ++ring) {
        const auto first = static_cast<std::ptrdiff_t>(ring == 0 ? 0 : path.ring_starts[ring - 1]);
        const auto last = static_cast<std::ptrdiff_t>(
            ring == path.ring_starts.size() ? path.points.size() : path.ring_starts[ring]);
        polygon.rings.emplace_back(path.points.begin() + first, path.points.begin() + last);
    }
    return polygon;
}

}  // namespace

std::vector<base::Point> corners_of(const labels::Box& box, ShapeKind kind) {
    const base::Rect rect = box.rect();
    const base::Point centre = rect.centre();
    const double angle = box.rotation_deg * std::numbers::pi / 180, rx = rect.width() / 2,
                 ry = rect.height() / 2;
    std::vector<base::Point> local = {{-rx, -ry}, {rx, -ry}, {rx, ry}, {-rx, ry}};
    if (kind == ShapeKind::ellipse) {
        local.clear();
        for (int i = 0; i < k_ellipse_corners; ++i) {
            const double t = 2 * std::numbers::pi * i / k_ellipse_corners;
            local.push_back({rx * std::cos(t), ry * std::sin(t)});
        }
    }
    for (base::Point& p : local)
        p = {centre.x + p.x * std::cos(angle) - p.y * std::sin(angle),
             centre.y + p.x * std::sin(angle) + p.y * std::cos(angle)};
    return local;
}

std::vector<Polygon> polygons_of(const labels::Geometry& geometry, ShapeKind kind) {
    if (const auto* box = std::get_if<labels::Box>(&geometry)) return {{{corners_of(*box, kind)}}};
    if (const auto* mask = std::get_if<labels::MaskRuns>(&geometry)) {
        const base::Point origin{static_cast<double>(mask->left), static_cast<double>(mask->top)};
        return MaskWalker(*mask).walk(origin);
    }
    if (kind != ShapeKind::polygon) return {};
    return {rings_of(std::get<labels::Path>(geometry))};
}

double signed_area(const Ring& ring) {
    double twice = 0;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        const base::Point a = ring[i] - ring[0], b = ring[(i + 1) % ring.size()] - ring[0];
        twice += a.x * b.y - b.x * a.y;
    }
    return twice / 2;
}

}  // namespace formats
