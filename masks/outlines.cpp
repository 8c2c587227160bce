#include "masks/outlines.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <map>

namespace masks {

namespace {

// How it works, row by row:
// 1. Where two pixels beside each other differ, each of them that is labelled has a half-edge, a side that is
//    walked along with the pixel on the left. At the corner of four pixels, those of one value that lie side
//    by side around it are a group, which is entered by one half-edge and left by another: clockwise around
//    the corner, a group begins after the arm (north, east, south or west) it is entered by and ends at the
//    arm it is left by. When the two arms are not opposite, the corner is a point of the outline.
// 2. Half-edges hang together in chains, known by their two ends. Coming to a corner from the left and from
//    above, chains that end there are extended, joined, closed to a ring, or begun.
// 3. Chains belong to components, which are joined when their chains are. A chain that begins inside of a
//    component (above a hole) has the component of the run on its left.
// 4. A component without open chains is whole.

enum Arm : std::size_t { north, east, south, west };

constexpr std::uint32_t k_none = 0;  // of nodes, ends, components

struct Node {
    std::uint32_t x = 0, y = 0, next = k_none;
    bool is_pinch = false;  // another part of the same value touches here by the corner
};
// The front of a chain, before its first node, or the back, behind its last one.
struct End {
    std::uint32_t node = k_none, partner = k_none, component = k_none;
};

template <class T>
class Pool {
public:
    std::uint32_t make() {
        if (m_free.empty()) {
            m_items.emplace_back();
            return static_cast<std::uint32_t>(m_items.size() - 1);
        }
        const std::uint32_t index = m_free.back();
        m_free.pop_back();
        m_items[index] = {};
        return index;
    }
    void give_back(std::uint32_t index) { m_free.push_back(index); }
    T& operator[](std::uint32_t index) { return m_items[index]; }

private:
    std::vector<T> m_items{1};  // the first is nobody's
    std::vector<std::uint32_t> m_free;
};

struct Component {
    std::uint32_t parent = k_none;  // itself where it stands for all that were joined
    Value value = 0;
    std::int64_t open_chains = 0, area_px = 0;
    std::vector<Ring> rings;
    std::vector<std::uint32_t> joined;  // that point to it, to be given back with it
};

// All chains that are open, and the components that they belong to.
class Chains {
public:
    explicit Chains(const std::function<void(Outline&&)>& take) : m_take{take} {}

    // Both ends new: a chain of one point. The component is a new one where none is given.
    void begin(std::uint32_t& front, std::uint32_t& back, Node point, Value value, std::uint32_t component) {
        if (component == k_none) {
            component = m_components.make();
            m_components[component].parent = component;
            m_components[component].value = value;
        }
        component = find(component);
        ++m_components[component].open_chains;
        const std::uint32_t node = new_node(point);
        front = m_ends.make();
        back = m_ends.make();
        m_ends[front] = {node, back, component};
        m_ends[back] = {node, front, component};
    }
    void extend_back(std::uint32_t back, Node point) {
        const std::uint32_t node = new_node(point);
        m_nodes[m_ends[back].node].next = node;
        m_ends[back].node = node;
    }
    void extend_front(std::uint32_t front, Node point) {
        point.next = m_ends[front].node;
        m_ends[front].node = new_node(point);
    }
    // The back of one chain meets the front of another, or of itself.
    void join(std::uint32_t back, std::uint32_t front, Node point) {
        extend_back(back, point);
        m_nodes[m_ends[back].node].next = m_ends[front].node;
        const std::uint32_t component = unite(m_ends[back].component, m_ends[front].component);
        --m_components[component].open_chains;
        if (m_ends[back].partner == front) {
            close(m_ends[front].node, m_components[component]);
            if (m_components[component].open_chains == 0) give_out(component);
        } else {
            const std::uint32_t first = m_ends[back].partner, last = m_ends[front].partner;
            m_ends[first].partner = last;
            m_ends[last].partner = first;
        }
        m_ends.give_back(back);
        m_ends.give_back(front);
    }
    [[nodiscard]] std::uint32_t component_of(std::uint32_t end) { return m_ends[end].component; }

private:
    std::uint32_t new_node(const Node& node) {
        const std::uint32_t index = m_nodes.make();
        m_nodes[index] = node;
        return index;
    }
    std::uint32_t find(std::uint32_t one) {
        while (m_components[one].parent != one) {
            m_components[one].parent = m_components[m_components[one].parent].parent;
            one = m_components[one].parent;
        }
        return one;
    }
    std::uint32_t unite(std::uint32_t a, std::uint32_t b) {
        a = find(a);
        b = find(b);
        if (a == b) return a;
        const auto weight = [&](std::uint32_t i) {
            return m_components[i].rings.size() + m_components[i].joined.size();
        };
        if (weight(a) < weight(b)) std::swap(a, b);
        Component &stays = m_components[a], &goes = m_components[b];
        goes.parent = a;
        stays.open_chains += goes.open_chains;
        stays.area_px += goes.area_px;
        std::ranges::move(goes.rings, std::back_inserter(stays.rings));
        stays.joined.insert(stays.joined.end(), goes.joined.begin(), goes.joined.end());
        stays.joined.push_back(b);
        goes.rings = {};
        goes.joined = {};
        return a;
    }

    static std::uint64_t key_of(const Node& node) { return std::uint64_t{node.y} << 32 | node.x; }

    // A ring is whole. Where it comes to a point again, what lies between is a ring of its own.
    void close(std::uint32_t first, Component& component) {
        m_points.clear();
        m_visited.clear();
        std::uint32_t at = first;
        do {
            const Node node = m_nodes[at];
            m_nodes.give_back(at);
            at = node.next;
            if (node.is_pinch) {
                const auto [before, is_new] = m_visited.try_emplace(key_of(node), m_points.size());
                if (!is_new) {
                    const auto begin = m_points.begin() + static_cast<std::ptrdiff_t>(before->second);
                    add_ring({begin, m_points.end()}, component);
                    for (auto cut = begin + 1; cut != m_points.end(); ++cut) {
                        if (cut->is_pinch) m_visited.erase(key_of(*cut));
                    }
                    m_points.erase(begin + 1, m_points.end());
                    continue;
                }
            }
            m_points.push_back(node);
        } while (at != first);
        add_ring(m_points, component);
    }

    // The area is positive for the outer ring: the sum of y · dx along the horizontal sides.
    static void add_ring(std::span<const Node> points, Component& component) {
        Ring ring(points.size());
        std::int64_t area = 0;
        for (std::size_t i = 0; i < points.size(); ++i) {
            const Node &a = points[i], &b = points[i + 1 < points.size() ? i + 1 : 0];
            ring[i] = {static_cast<double>(a.x), static_cast<double>(a.y)};
            if (a.y == b.y) area += std::int64_t{a.y} * (std::int64_t{b.x} - std::int64_t{a.x});
        }
        component.area_px += area;
        component.rings.push_back(std::move(ring));
        if (area > 0) std::swap(component.rings.front(), component.rings.back());
    }

    void give_out(std::uint32_t index) {
        Component whole = std::exchange(m_components[index], {});
        for (const std::uint32_t other : whole.joined) m_components.give_back(other);
        m_components.give_back(index);
        m_take({whole.value, std::move(whole.rings), whole.area_px});
    }

    const std::function<void(Outline&&)>& m_take;
    Pool<Node> m_nodes;
    Pool<End> m_ends;
    Pool<Component> m_components;
    std::vector<Node> m_points;
    std::unordered_map<std::uint64_t, std::size_t> m_visited;  // places of pinches in m_points
};

// A vertical side of pixels that goes on downwards, with the chains along it.
struct Edge {
    std::uint32_t x = 0;
    Value right = 0;  // the value to its right
    std::uint32_t left_end = k_none, right_end = k_none;
};

struct Span {
    std::int64_t x0 = 0, x1 = 0;
    SamplesPtr samples;  // null: all of `value`
    Value value = 0;
    std::vector<Edge> edges{};  // of the row done last, by x
};

class Tracer {
public:
    Tracer(const Plane& plane, const Which& which, const std::function<void(Outline&&)>& take)
        : m_plane{plane}, m_which{which}, m_chains{take} {}

    base::Result<void> run(const std::stop_token& stop) {
        std::map<std::int32_t, std::vector<std::pair<TileRect, Slot>>> rows;
        m_plane.each([&](TileRect tiles, const Slot& slot) {
            if (slot.uniform() && meant(slot.value) == 0) return;
            for (const std::int32_t end = tiles.y + std::exchange(tiles.rows, 1); tiles.y < end; ++tiles.y)
                rows[tiles.y].emplace_back(tiles, slot);
        });
        std::int64_t y = 0;  // the first row that is not done
        for (auto& [ty, tiles] : rows) {
            const PixelRect pixels = m_plane.pixels_of({0, ty});
            if (pixels.y0 > y) finish(y);
            set_up(tiles);
            for (y = pixels.y0; y < pixels.y1; ++y) {
                if (stop.stop_requested())
                    return base::fail(base::ErrorKind::cancelled,
                                      "Finding the outlines of a mask was cancelled");
                const std::int64_t row = y - pixels.y0;
                if (m_plane.depth() == Depth::u8)
                    trace_row<std::uint8_t>(y, row);
                else
                    trace_row<std::uint16_t>(y, row);
            }
        }
        finish(y);
        return {};
    }

private:
    [[nodiscard]] Value meant(Value value) const { return m_which.has(value) ? value : Value{0}; }

    // A row of nothing.
    void finish(std::int64_t y) {
        std::vector<std::pair<TileRect, Slot>> none;
        set_up(none);
        trace_row<std::uint8_t>(y, 0);
    }

    // The spans of a row of tiles, which take over the edges; they reach one pixel beyond the medium.
    void set_up(std::vector<std::pair<TileRect, Slot>>& tiles) {
        std::vector<Edge> edges;
        for (const Span& span : m_spans) edges.insert(edges.end(), span.edges.begin(), span.edges.end());
        m_spans.clear();
        std::ranges::sort(tiles, {}, [](const auto& tile) { return tile.first.x; });
        std::int64_t x = 0;
        for (const auto& [at, slot] : tiles) {
            const std::int64_t x0 = std::int64_t{at.x} * k_tile_px,
                               x1 = m_plane.pixels_of({at.x + at.columns - 1, at.y}).x1;
            if (x0 > x) m_spans.push_back({x, x0, nullptr, 0});
            m_spans.push_back({x0, x1, slot.block ? slot.block->samples() : nullptr, meant(slot.value)});
            x = x1;
        }
        m_spans.push_back({x, m_plane.width_px() + 1, nullptr, 0});
        auto edge = edges.begin();
        for (Span& span : m_spans) {
            const auto first = edge;
            while (edge != edges.end() && edge->x < span.x1) ++edge;
            span.edges.assign(first, edge);
        }
    }

    template <class T>
    void trace_row(std::int64_t y, std::int64_t row) {
        m_up = m_low = 0;
        m_above = m_below = m_run = k_none;
        m_y = static_cast<std::uint32_t>(y);
        for (Span& span : m_spans) {
            const T* const samples =
                span.samples ? reinterpret_cast<const T*>(span.samples.get()) + row * k_tile_px : nullptr;
            const auto bytes = static_cast<std::size_t>(span.x1 - span.x0) * sizeof(T);
            const bool is_as_above =
                row > 0 && m_up == m_low &&
                (samples == nullptr || std::memcmp(samples, samples - k_tile_px, bytes) == 0);
            if (!is_as_above) {
                trace_span(span, samples);
            } else if (!span.edges.empty()) {
                m_up = m_low = span.edges.back().right;
                m_run = span.edges.back().right_end;
            }
        }
    }

    template <class T>
    void trace_span(Span& span, const T* samples) {
        m_new_edges.clear();
        auto edge = span.edges.begin();
        const auto end = span.edges.end();
        const auto turn = [&](std::int64_t place, Value value) {
            const auto x = static_cast<std::uint32_t>(place);
            for (; edge != end && edge->x < x; ++edge) corner(edge->x, &*edge, m_low);
            const bool is_shared = edge != end && edge->x == x;
            corner(x, is_shared ? &*edge : nullptr, value);
            if (is_shared) ++edge;
        };
        if (samples == nullptr) {
            if (span.value != m_low) turn(span.x0, span.value);
        } else {
            each_turn(samples, span, turn);
        }
        for (; edge != end; ++edge) corner(edge->x, &*edge, m_low);
        span.edges.swap(m_new_edges);
    }

    // Calls turn(x, value) where the value that is meant changes along a row.
    template <class T, class Turn>
    void each_turn(const T* samples, const Span& span, const Turn& turn) const {
        Value now = m_low;
        const auto look = [&](std::int64_t i) {
            const Value value = meant(samples[i]);
            if (value != now) turn(span.x0 + i, now = value);
        };
        const std::int64_t width = span.x1 - span.x0;
        constexpr std::int64_t k_step = 8 / sizeof(T);
        look(0);
        std::int64_t i = 1;
        for (; i + k_step <= width; i += k_step) {
            if (std::memcmp(samples + i - 1, samples + i, 8) == 0) continue;
            for (std::int64_t k = i; k < i + k_step; ++k) look(k);
        }
        for (; i < width; ++i) look(i);
    }

    // The corner at the left of pixel x of this row. What lies north-west and south-west is known; `up` is
    // the edge that comes down to it, if one does.
    void corner(std::uint32_t x, const Edge* up, Value se) {
        const Value nw = m_up, sw = m_low, ne = up != nullptr ? up->right : m_up;
        if (up != nullptr && nw == sw && ne == se) {  // straight down
            m_new_edges.push_back(*up);
            m_up = ne;
            m_low = se;
            m_run = up->right_end;
            return;
        }
        const std::array<Value, 4> after{ne, se, sw, nw};  // clockwise after each arm
        const std::array<bool, 4> is_side{nw != ne, ne != se, se != sw, sw != nw};
        const Node point{x, m_y, k_none,
                         (nw == se && nw != ne && nw != sw) || (ne == sw && ne != nw && ne != se)};
        // By arm: the end of the chain that comes in along it, and of the one that goes out.
        std::array<std::uint32_t, 4> in{up != nullptr ? up->right_end : k_none, k_none, k_none, m_above},
            out{up != nullptr ? up->left_end : k_none, k_none, k_none, m_below};
        for (std::size_t from = north; from <= west; ++from) {
            if (!is_side[from] || after[from] == 0) continue;
            std::size_t to = (from + 1) % 4;
            while (!is_side[to]) to = (to + 1) % 4;
            const bool is_in_known = from == north || from == west, is_out_known = to == north || to == west;
            const bool is_straight = (from + 2) % 4 == to;
            if (is_in_known && is_out_known) {
                m_chains.join(in[from], out[to], point);
            } else if (is_in_known) {
                if (!is_straight) m_chains.extend_back(in[from], point);
                out[to] = in[from];
            } else if (is_out_known) {
                if (!is_straight) m_chains.extend_front(out[to], point);
                in[from] = out[to];
            } else {
                // Above a hole the run on the left says which component this is.
                const std::uint32_t component = from == south ? m_chains.component_of(m_run) : k_none;
                m_chains.begin(in[from], out[to], point, after[from], component);
            }
        }
        m_up = ne;
        m_low = se;
        m_above = is_side[east] ? out[east] : k_none;
        m_below = is_side[east] ? in[east] : k_none;
        if (is_side[south]) {
            m_new_edges.push_back({x, se, in[south], out[south]});
            m_run = out[south];
        }
    }

    const Plane& m_plane;
    const Which m_which;
    Chains m_chains;
    std::vector<Span> m_spans;
    std::vector<Edge> m_new_edges;
    // Along a row: the values to the left, above and below; the ends of the chains along the horizontal side
    // between them, of the upper and of the lower value; the end at the left of the lower run.
    std::uint32_t m_y = 0;
    Value m_up = 0, m_low = 0;
    std::uint32_t m_above = k_none, m_below = k_none, m_run = k_none;
};

}  // namespace

base::Result<void> outlines(const Plane& plane, const Which& which,
                            const std::function<void(Outline&&)>& take, std::stop_token stop) {
    return Tracer{plane, which, take}.run(stop);
}

}  // namespace masks
