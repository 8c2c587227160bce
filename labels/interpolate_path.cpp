// 1. A polygon is closed by repeating its first vertex.
// 2. Both curves are parametrised by normalised arc length.
// 3. Every left vertex is matched to the right vertex nearest in that parameter; every right vertex that was
// not chosen is
//    then matched to its nearest left one. So each left vertex has one or more right vertices, in order.
// 4. Each matched pair gives one vertex, linear between the two.
// 5. Pairs are more than either curve has vertices; in every run of vertices those closer to the last kept
// one than
//    length/(2·count) of the run's own curve are dropped.
// Source: cvat PR 1571 and what CVAT 2 computes today.

#include "labels/interpolate_path.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace labels {

namespace {

using Points = std::vector<base::Point>;

double distance(base::Point a, base::Point b) {
    return std::sqrt((b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y));
}

double length_of(std::span<const base::Point> points) {
    double length = 0;
    for (std::size_t i = 1; i < points.size(); ++i) length += distance(points[i - 1], points[i]);
    return length;
}

// Arc length of each vertex as a fraction of the whole; by index where the whole has no length.
std::vector<double> offsets_of(const Points& points) {
    const double length = length_of(points);
    std::vector<double> offsets(points.size(), 0.0);
    double walked = 0;
    for (std::size_t i = 1; i < points.size(); ++i) {
        walked += distance(points[i - 1], points[i]);
        offsets[i] =
            length > 0 ? walked / length : static_cast<double>(i) / static_cast<double>(points.size() - 1);
    }
    return offsets;
}

// The first of those nearest to `value`; `curve` is ascending.
std::size_t nearest(double value, const std::vector<double>& curve) {
    const auto above = std::ranges::lower_bound(curve, value);
    if (above == curve.begin()) return 0;
    const double below_value = *std::prev(above);
    if (above != curve.end() && std::abs(value - *above) < std::abs(value - below_value)) {
        return static_cast<std::size_t>(above - curve.begin());
    }
    return static_cast<std::size_t>(std::ranges::lower_bound(curve, below_value) - curve.begin());
}

using Matching = std::vector<std::vector<std::size_t>>;  // for each left vertex its right ones, ascending

Matching match(const std::vector<double>& left, const std::vector<double>& right) {
    Matching matching(left.size());
    std::vector<bool> matched(right.size(), false);
    for (std::size_t i = 0; i < left.size(); ++i) {
        matching[i].push_back(nearest(left[i], right));
        matched[matching[i][0]] = true;
    }
    for (std::size_t i = 0; i < right.size(); ++i) {
        if (!matched[i]) matching[nearest(right[i], left)].push_back(i);
    }
    for (std::vector<std::size_t>& rights : matching) std::ranges::sort(rights);
    return matching;
}

// Step 5 for the vertices [first, last] of `pairs`.
void thin_into(Points& out, const Points& pairs, std::size_t first, std::size_t last, double threshold) {
    const std::size_t begin = out.size();
    out.push_back(pairs[first]);
    for (std::size_t i = first + 1; i < last; ++i) {
        if (distance(out.back(), pairs[i]) >= threshold) out.push_back(pairs[i]);
    }
    out.push_back(pairs[last]);
    if (out.size() - begin != 2 || distance(pairs[first], pairs[last]) >= threshold) return;
    const base::Point middle = (pairs[first] + pairs[last]) * 0.5;
    out.resize(begin);
    out.push_back(middle);
}

// Walks the left vertices: a run of those with a single match is thinned by the left curve, a vertex with
// several matches by the stretch of the right curve it opens into.
class Reducer {
public:
    Reducer(const Points& left, const Points& right, const Matching& matching, const Points& pairs)
        : m_left{left}, m_right{right}, m_matching{matching}, m_pairs{pairs}, m_first_pair(left.size()) {
        std::size_t count = 0;
        for (std::size_t i = 0; i < left.size(); ++i) {
            m_first_pair[i] = count;
            count += matching[i].size();
        }
    }

    Points reduce() {
        std::size_t run = 0;
        bool open = false;
        for (std::size_t i = 0; i < m_left.size(); ++i) {
            if (m_matching[i].size() > 1) {
                if (open) left_run(run, i - 1);
                open = false;
                right_run(i);
            } else if (!open) {
                run = i;
                open = true;
            } else if (m_matching[i][0] != m_matching[run][0]) {
                left_run(run, i - 1);
                run = i;
            }
        }
        if (open) left_run(run, m_left.size() - 1);
        return std::move(m_out);
    }

private:
    void left_run(std::size_t first, std::size_t last) {
        if (first == last) return m_out.push_back(m_pairs[m_first_pair[first]]);
        const std::size_t count = last - first + 1;
        const double length = length_of(std::span(m_left).subspan(first, count));
        thin_into(m_out, m_pairs, m_first_pair[first], m_first_pair[last],
                  length / (2.0 * static_cast<double>(count)));
    }
    void right_run(std::size_t vertex) {
        const std::vector<std::size_t>& rights = m_matching[vertex];
        const std::size_t count = rights.back() - rights.front() + 1;
        const double length = length_of(std::span(m_right).subspan(rights.front(), count));
        const std::size_t first = m_first_pair[vertex];
        thin_into(m_out, m_pairs, first, first + rights.size() - 1,
                  length / (2.0 * static_cast<double>(count)));
    }

    const Points& m_left;
    const Points& m_right;
    const Matching& m_matching;
    const Points& m_pairs;
    std::vector<std::size_t> m_first_pair;
    Points m_out;
};

Points interpolate_ring(Points left, Points right, double fraction, Closed closed) {
    if (left.empty() || right.empty()) return left;
    if (closed == Closed::yes) {
        left.push_back(left.front());
        right.push_back(right.front());
    }
    const Matching matching = match(offsets_of(left), offsets_of(right));
    Points pairs;
    for (std::size_t i = 0; i < left.size(); ++i) {
        for (const std::size_t j : matching[i]) pairs.push_back(left[i] + (right[j] - left[i]) * fraction);
    }
    Points points = Reducer(left, right, matching, pairs).reduce();
    if (closed == Closed::yes && points.size() > 1) points.pop_back();
    return points;
}

std::vector<Points> rings_of(const Path& path) {
    std::vector<Points> rings;
    auto begin = path.points.begin();
    for (const std::uint32_t start : path.ring_starts) {
        const auto end = path.points.begin() + start;
        rings.emplace_back(begin, end);
        begin = end;
    }
    rings.emplace_back(begin, path.points.end());
    return rings;
}

}  // namespace

Path interpolate_path(const Path& a, const Path& b, double fraction, Closed closed) {
    const std::vector<Points> left = rings_of(a);
    const std::vector<Points> right = rings_of(b);
    Path path;
    for (std::size_t i = 0; i < left.size(); ++i) {
        if (i > 0) path.ring_starts.push_back(static_cast<std::uint32_t>(path.points.size()));
        const Points ring =
            i < right.size() ? interpolate_ring(left[i], right[i], fraction, closed) : left[i];
        path.points.insert(path.points.end(), ring.begin(), ring.end());
    }
    return path;
}

}  // namespace labels
