#include "assist/scissors.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numbers>
#include <span>

namespace assist {
namespace {

using base::ErrorKind;

// Directions of steps, an eighth of a turn each, clockwise from +x as y points down.
constexpr std::array<Pixel, 8> k_steps = {
    {{1, 0}, {1, 1}, {0, 1}, {-1, 1}, {-1, 0}, {-1, -1}, {0, -1}, {1, -1}}};
constexpr std::uint8_t k_start = 255;  // came by no step

// The paper's weights, of 255: no edge here, turned away from the edge's direction, low gradient.
constexpr double k_no_edge = 0.43 * 255, k_turned = 0.43 * 255, k_low = 0.14 * 255;
constexpr std::uint32_t k_highest_cost = 255 * 181 / 128;  // a diagonal step

std::size_t size_of(int n) { return static_cast<std::size_t>(n); }

// One band smoothed by the binomial 1 4 6 4 1 in x and y, over the pixels with data alone. `stride` apart in
// `colours`.
class Smoother {
public:
    Smoother(int width, int height, std::span<const std::uint8_t> has_data)
        : m_width{width}, m_height{height}, m_has_data{has_data} {
        std::vector<float> ones(has_data.begin(), has_data.end());
        m_weights = blurred(ones);
    }
    [[nodiscard]] std::vector<float> operator()(std::span<const float> colours, std::size_t first,
                                                std::size_t stride) const {
        std::vector<float> plane(m_has_data.size());
        for (std::size_t i = 0; i < plane.size(); ++i) plane[i] = colours[first + i * stride];
        plane = blurred(plane);
        for (std::size_t i = 0; i < plane.size(); ++i) plane[i] /= std::max(m_weights[i], 1e-6F);
        return plane;
    }

private:
    static constexpr std::array<float, 5> k_taps = {1 / 16.0F, 4 / 16.0F, 6 / 16.0F, 4 / 16.0F, 1 / 16.0F};

    [[nodiscard]] std::vector<float> blurred(const std::vector<float>& plane) const {
        std::vector<float> across(plane.size(), 0), out(plane.size(), 0);
        const auto width = size_of(m_width);
        for (int y = 0; y < m_height; ++y)
            for (int tap = -2; tap <= 2; ++tap) {
                const float weight = k_taps[size_of(tap + 2)];
                const float* from = plane.data() + size_of(y) * width;
                float* to = across.data() + size_of(y) * width;
                for (int x = std::max(0, -tap); x < std::min(m_width, m_width - tap); ++x)
                    to[x] += weight * from[x + tap];
            }
        for (int y = 0; y < m_height; ++y)
            for (int tap = std::max(-2, -y); tap <= std::min(2, m_height - 1 - y); ++tap) {
                const float weight = k_taps[size_of(tap + 2)];
                const float* from = across.data() + size_of(y + tap) * width;
                float* to = out.data() + size_of(y) * width;
                for (int x = 0; x < m_width; ++x) to[x] += weight * from[x];
            }
        return out;
    }

    const int m_width, m_height;
    const std::span<const std::uint8_t> m_has_data;
    std::vector<float> m_weights;
};

// Root of the sum of squares over the bands, and the direction of the band where it is steepest.
struct Gradients {
    std::vector<float> magnitude, x, y;
};

Gradients gradients_of(const WindowSamples& window, std::span<const std::uint8_t> has_data) {
    const auto colours = normalised(window, {}, has_data);
    const Smoother smooth{window.width, window.height, has_data};
    const auto width = size_of(window.width), count = window.pixel_count();
    Gradients out{.magnitude = std::vector<float>(count, 0),
                  .x = std::vector<float>(count, 0),
                  .y = std::vector<float>(count, 0)};
    std::vector<float> steepest(count, 0);
    for (int band = 0; band < window.bands; ++band) {
        const auto plane = smooth(colours, size_of(band), size_of(window.bands));
        for (int y = 0; y < window.height; ++y)
            for (int x = 0; x < window.width; ++x) {
                const auto i = window.index({x, y});
                if (has_data[i] == 0) continue;
                // What lies beyond the data is taken to be level with this pixel.
                const auto level = [&](bool inside, std::size_t j) {
                    return inside && has_data[j] != 0 ? plane[j] : plane[i];
                };
                const float dx = level(x + 1 < window.width, i + 1) - level(x > 0, i - 1);
                const float dy = level(y + 1 < window.height, i + width) - level(y > 0, i - width);
                const float square = dx * dx + dy * dy;
                out.magnitude[i] += square;
                if (square <= steepest[i]) continue;
                steepest[i] = square;
                out.x[i] = dx;
                out.y[i] = dy;
            }
    }
    for (float& magnitude : out.magnitude) magnitude = std::sqrt(magnitude);
    return out;
}

// The 99th percentile of what is above zero: one glaring spot must not make all other edges faint. 0 where
// all is even.
float robust_maximum(const std::vector<float>& magnitudes) {
    std::vector<float> some;
    for (const float magnitude : magnitudes)
        if (magnitude > 1e-6F) some.push_back(magnitude);
    if (some.empty()) return 0;
    const auto at = some.begin() + static_cast<std::ptrdiff_t>((some.size() - 1) * 99 / 100);
    std::ranges::nth_element(some, at);
    return *at;
}

// Whether the gradient is no smaller than one pixel further up and down its own direction.
bool is_ridge(const Gradients& gradients, int width, int height, Pixel p) {
    const auto at = [&](int x, int y) {
        return gradients.magnitude[size_of(std::clamp(y, 0, height - 1)) * size_of(width) +
                                   size_of(std::clamp(x, 0, width - 1))];
    };
    const auto i = size_of(p.y) * size_of(width) + size_of(p.x);
    const float gx = gradients.x[i], gy = gradients.y[i];
    const bool steep = std::abs(gy) > std::abs(gx);
    const float part = steep ? std::abs(gx / gy) : std::abs(gy / gx);
    const int sx = gx > 0 ? 1 : -1, sy = gy > 0 ? 1 : -1;
    const auto beyond = [&](int way) {
        const float straight = steep ? at(p.x, p.y + way * sy) : at(p.x + way * sx, p.y);
        return straight + (at(p.x + way * sx, p.y + way * sy) - straight) * part;
    };
    return gradients.magnitude[i] >= beyond(-1) && gradients.magnitude[i] >= beyond(1);
}

// How far two angles are apart, 0…128 of a turn of 256.
int apart(int a, int b) { return std::abs(static_cast<std::int8_t>(static_cast<std::uint8_t>(a - b))); }

// Pixels waiting by their cost: a ring of buckets, for costs that grow by less than the ring's length a step
// (Dial 1969).
class Waiting {
public:
    void put(std::uint32_t cost, std::uint32_t pixel) {
        m_buckets[cost % k_ring].push_back(pixel);
        ++m_count;
    }
    [[nodiscard]] bool empty() const { return m_count == 0; }
    // One of the cheapest; `cost` is where to look first and becomes its cost.
    std::uint32_t take(std::uint32_t& cost) {
        while (m_buckets[cost % k_ring].empty()) ++cost;
        auto& bucket = m_buckets[cost % k_ring];
        const auto pixel = bucket.back();
        bucket.pop_back();
        --m_count;
        return pixel;
    }

private:
    static constexpr std::uint32_t k_ring = 512;
    static_assert(k_ring > k_highest_cost);
    std::array<std::vector<std::uint32_t>, k_ring> m_buckets;
    std::size_t m_count = 0;
};

}  // namespace

base::Result<Scissors> Scissors::from(const WindowSamples& window, std::stop_token stop) {
    if (const auto checked = check_window(window); !checked) return std::unexpected(checked.error());
    const auto has_data = pixels_with_data(window);
    const auto gradients = gradients_of(window, has_data);
    if (stop.stop_requested()) return base::fail(ErrorKind::cancelled, "The search for edges was cancelled.");
    const float highest = robust_maximum(gradients.magnitude);
    Scissors out{window.width, window.height};
    out.m_strength.assign(window.pixel_count(), 0);
    out.m_pixel_cost.assign(window.pixel_count(), static_cast<std::uint8_t>(k_no_edge + k_low));
    out.m_edge_angle.assign(window.pixel_count(), 0);
    out.m_has_edge.assign(window.pixel_count(), 0);
    for (int y = 0; y < window.height && highest > 0; ++y)
        for (int x = 0; x < window.width; ++x) {
            const auto i = window.index({x, y});
            const double strength = std::min(1.0, static_cast<double>(gradients.magnitude[i] / highest));
            if (has_data[i] == 0 || strength < 0.01) continue;
            const bool edge = strength > 0.05 && is_ridge(gradients, window.width, window.height, {x, y});
            const double turns = std::atan2(gradients.y[i], gradients.x[i]) / (2 * std::numbers::pi) + 0.25;
            out.m_strength[i] = static_cast<std::uint8_t>(std::lround(strength * 255));
            out.m_pixel_cost[i] =
                static_cast<std::uint8_t>(std::lround((edge ? 0 : k_no_edge) + (1 - strength) * k_low));
            out.m_edge_angle[i] = static_cast<std::uint8_t>(std::lround(turns * 256) & 255);
            out.m_has_edge[i] = 1;
        }
    return out;
}

// At least 1, so that of equally good paths the shortest wins; at most k_highest_cost.
std::uint32_t Scissors::step_cost(std::size_t from, std::size_t to, int direction) const {
    int turned = 192;
    if (m_has_edge[from] != 0 && m_has_edge[to] != 0) {
        // The step is turned round where it runs against the edge it leaves; the edge it comes to must then
        // agree, with the brighter ground on the same side.
        int along = direction * 32;
        if (apart(m_edge_angle[from], along) > 64) along += 128;
        turned = apart(m_edge_angle[from], along) + apart(m_edge_angle[to], along);
    }
    constexpr auto k_a_part = static_cast<std::uint32_t>(k_turned * 256 / 192);
    const std::uint32_t cost =
        std::max(1U, m_pixel_cost[to] + static_cast<std::uint32_t>(turned) * k_a_part / 256);
    return direction % 2 == 0 ? cost : cost * 181 / 128;
}

base::Result<void> Scissors::set_anchor(Pixel anchor, std::stop_token stop) {
    m_anchor.reset();
    if (!contains(anchor))
        return base::fail(ErrorKind::refused, "The click is outside the raster; click on a pixel of it.");
    // The straight way is open everywhere, so no cheapest path costs more: at most half as many steps as
    // there are pixels, or, in a window of one row, all of them, but none diagonal.
    static_assert(k_max_window_pixels / 2 * std::uint64_t{k_highest_cost} <
                  std::numeric_limits<std::uint32_t>::max());
    std::vector<std::uint32_t> costs(m_strength.size(), std::numeric_limits<std::uint32_t>::max());
    std::vector<std::uint8_t> done(m_strength.size(), 0);
    m_came_by.assign(m_strength.size(), k_start);
    Waiting waiting;
    costs[index(anchor)] = 0;
    waiting.put(0, static_cast<std::uint32_t>(index(anchor)));
    std::uint32_t cost = 0;
    for (std::size_t taken = 0; !waiting.empty(); ++taken) {
        if (taken % 65536 == 0 && stop.stop_requested())
            return base::fail(ErrorKind::cancelled, "The search for paths along edges was cancelled.");
        const std::size_t from = waiting.take(cost);
        if (done[from] != 0) continue;
        done[from] = 1;
        const Pixel p{static_cast<int>(from % size_of(m_width)), static_cast<int>(from / size_of(m_width))};
        for (int direction = 0; direction < 8; ++direction) {
            const Pixel q{p.x + k_steps[size_of(direction)].x, p.y + k_steps[size_of(direction)].y};
            if (!contains(q) || done[index(q)] != 0) continue;
            const auto to = index(q);
            const auto through = cost + step_cost(from, to, direction);
            if (through >= costs[to]) continue;
            costs[to] = through;
            m_came_by[to] = static_cast<std::uint8_t>(direction);
            waiting.put(through, static_cast<std::uint32_t>(to));
        }
    }
    m_anchor = anchor;
    return {};
}

std::vector<base::Point> Scissors::path_to(Pixel target) const {
    std::vector<base::Point> path;
    if (!m_anchor || !contains(target)) return path;
    for (Pixel p = target;;) {
        path.push_back({p.x + 0.5, p.y + 0.5});
        const auto came_by = m_came_by[index(p)];
        if (came_by == k_start) break;
        p = {p.x - k_steps[came_by].x, p.y - k_steps[came_by].y};
    }
    std::ranges::reverse(path);
    return path;
}

Pixel Scissors::snapped(Pixel near, int radius_px) const {
    Pixel best = near;
    const auto box =
        clipped({near.x - radius_px, near.y - radius_px, near.x + radius_px + 1, near.y + radius_px + 1},
                m_width, m_height);
    for (int y = box.y0; y < box.y1; ++y)
        for (int x = box.x0; x < box.x1; ++x) {
            const auto distance = [&](Pixel p) { return std::hypot(p.x - near.x, p.y - near.y); };
            const int gain = m_strength[index({x, y})] - m_strength[index(best)];
            if (gain > 0 || (gain == 0 && distance({x, y}) < distance(best))) best = {x, y};
        }
    return best;
}

}  // namespace assist
