#include "masks/between.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "masks/line_runs.h"
#include "masks/run_lengths.h"

namespace masks {

namespace {

constexpr double k_nowhere = std::numeric_limits<double>::infinity();

// Distances along a row from heights above and below it: the lower envelope of parabolas, Felzenszwalb &
// Huttenlocher (2012). A column whose height is k_nowhere has none.
class Envelope {
public:
    void build(const std::vector<double>& heights) {
        m_tops.clear();
        m_at = 0;
        for (std::size_t i = 0; i < heights.size(); ++i) {
            if (heights[i] == k_nowhere) continue;
            const double x = static_cast<double>(i), square = heights[i] * heights[i];
            double begin = -k_nowhere;
            while (!m_tops.empty()) {
                const Top& last = m_tops.back();
                begin = (square + x * x - last.square - last.x * last.x) / (2 * (x - last.x));
                if (begin > last.begin) break;
                m_tops.pop_back();
                begin = -k_nowhere;
            }
            m_tops.push_back({x, square, begin});
        }
    }
    // Asked for from left to right.
    [[nodiscard]] double distance(std::size_t column) {
        if (m_tops.empty()) return k_nowhere;
        const double x = static_cast<double>(column);
        while (m_at + 1 < m_tops.size() && m_tops[m_at + 1].begin <= x) ++m_at;
        const Top& top = m_tops[m_at];
        return std::sqrt((x - top.x) * (x - top.x) + top.square);
    }

private:
    struct Top {
        double x = 0, square = 0, begin = 0;
    };
    std::vector<Top> m_tops;
    std::size_t m_at = 0;
};

// One of the two shapes, gone through by rows.
class Shape {
public:
    // False: stopped.
    bool read(const Plane& plane, Value value, const PixelRect& area, const std::stop_token& stop) {
        m_height = plane.height_px();
        const bool is_done = each_line(plane, Which::of(value), area, Order::columns, stop,
                                       [&](std::int64_t, const std::vector<Run>& runs) {
                                           m_next.push_back(m_runs.size());
                                           m_runs.insert(m_runs.end(), runs.begin(), runs.end());
                                           m_ends.push_back(m_runs.size());
                                       });
        m_first = m_next;
        is_in.resize(m_next.size());
        to_inside.resize(m_next.size());
        to_outside.resize(m_next.size());
        return is_done;
    }
    // Rows come in order.
    void look(std::int64_t y) {
        for (std::size_t x = 0; x < m_next.size(); ++x) {
            std::size_t& next = m_next[x];
            while (next < m_ends[x] && m_runs[next].x1 <= y) ++next;
            const bool is_last = next == m_ends[x];
            is_in[x] = !is_last && m_runs[next].x0 <= y;
            if (is_in[x]) {
                const Run& run = m_runs[next];
                to_inside[x] = 0;
                to_outside[x] = std::min(run.x0 > 0 ? static_cast<double>(y - run.x0 + 1) : k_nowhere,
                                         run.x1 < m_height ? static_cast<double>(run.x1 - y) : k_nowhere);
            } else {
                to_outside[x] = 0;
                to_inside[x] =
                    std::min(next > m_first[x] ? static_cast<double>(y - m_runs[next - 1].x1 + 1) : k_nowhere,
                             is_last ? k_nowhere : static_cast<double>(m_runs[next].x0 - y));
            }
        }
    }
    // Of the row: along columns, to the nearest pixel in and out of the shape.
    std::vector<std::uint8_t> is_in;
    std::vector<double> to_inside, to_outside;
    Envelope inside, outside;

private:
    std::int64_t m_height = 0;
    std::vector<Run> m_runs;  // column by column
    std::vector<std::size_t> m_first, m_next, m_ends;
};

PixelRect around(const PixelRect& a, const PixelRect& b) {
    return {std::min(a.x0, b.x0) - 1, std::min(a.y0, b.y0) - 1, std::max(a.x1, b.x1) + 1,
            std::max(a.y1, b.y1) + 1};
}

}  // namespace

base::Result<Plane> between(const Plane& a, const Plane& b, Value value, double t, std::stop_token stop) {
    if (a.bounds() != b.bounds()) {
        return base::fail(
            base::ErrorKind::refused,
            "Nothing lies between a mask of {} × {} and one of {} × {}: they belong to different media",
            a.width_px(), a.height_px(), b.width_px(), b.height_px());
    }
    if (!(t >= 0 && t <= 1))
        return base::fail(base::ErrorKind::refused, "A mask lies between two at 0 to 1 of the way, not at {}",
                          t);
    const PixelRect bounds_a = tight_bounds(a, Which::of(value)),
                    bounds_b = tight_bounds(b, Which::of(value));
    if (bounds_a.empty() || bounds_b.empty()) {
        return base::fail(base::ErrorKind::refused,
                          "The value {} is in one of the two masks alone; label it in both of them", value);
    }
    const PixelRect area = intersection(around(bounds_a, bounds_b), a.bounds());
    const auto cancelled = [] {
        return base::fail(base::ErrorKind::cancelled, "Finding the mask between two was cancelled");
    };
    Shape from, to;
    if (!from.read(a, value, area, stop) || !to.read(b, value, area, stop)) return cancelled();
    Plane result(a.width_px(), a.height_px(), a.depth());
    LineWriter writer(result, Order::rows, value);
    const auto width = static_cast<std::size_t>(area.width());
    // The border runs half-way between pixels.
    const auto signed_by = [](bool is_in, double distance) {
        return is_in ? distance - 0.5 : 0.5 - distance;
    };
    std::vector<std::uint8_t> is_between(width);
    for (std::int64_t y = area.y0; y < area.y1; ++y) {
        if (stop.stop_requested()) return cancelled();
        from.look(y);
        to.look(y);
        bool only_from = false, only_to = false;
        for (std::size_t x = 0; x < width; ++x) {
            is_between[x] = from.is_in[x] & to.is_in[x];
            only_from = only_from || from.is_in[x] > to.is_in[x];
            only_to = only_to || to.is_in[x] > from.is_in[x];
        }
        if (only_from) {
            from.outside.build(from.to_outside);
            to.inside.build(to.to_inside);
        }
        if (only_to) {
            to.outside.build(to.to_outside);
            from.inside.build(from.to_inside);
        }
        for (std::size_t x = 0; (only_from || only_to) && x < width; ++x) {
            if (from.is_in[x] == to.is_in[x]) continue;
            const bool in_from = from.is_in[x] != 0;
            const double here =
                             signed_by(in_from, in_from ? from.outside.distance(x) : from.inside.distance(x)),
                         there =
                             signed_by(!in_from, in_from ? to.inside.distance(x) : to.outside.distance(x));
            // At the ends the other one counts for nothing, endless as it may be.
            const double sum = t == 0 ? here : t == 1 ? there : (1 - t) * here + t * there;
            is_between[x] = sum >= 0;
        }
        for (std::size_t x = 0; x < width;) {
            std::size_t end = x + 1;
            while (end < width && is_between[end] == is_between[x]) ++end;
            if (is_between[x] != 0)
                writer.set(y, area.x0 + static_cast<std::int64_t>(x),
                           area.x0 + static_cast<std::int64_t>(end));
            x = end;
        }
    }
    writer.flush();
    return result;
}

}  // namespace masks
