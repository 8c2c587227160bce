#include "assist/superpixels.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <set>
#include <span>
#include <utility>

namespace assist {
namespace {

using base::ErrorKind;

constexpr std::int32_t k_no_data = -1, k_unassigned = -2;

std::size_t size_of(int n) { return static_cast<std::size_t>(n); }

// 1. Centres on a grid, moved to where the ground is evenest nearby.
// 2. Each centre claims the pixels within its step that are nearer to it than to any other, in colour and
//    place; then it moves to the mean of what it has. Repeated.
class Slic {
public:
    Slic(const WindowSamples& window, const SuperpixelOptions& options,
         std::span<const std::uint8_t> has_data)
        : m_width{window.width},
          m_height{window.height},
          m_bands{size_of(window.bands)},
          m_has_data{has_data},
          m_colours{normalised(window, {}, has_data)},
          m_step{std::sqrt(options.area_px)},
          // Squared distances in place are multiplied by this, to be added to the sum over the bands.
          m_place_weight{static_cast<float>(options.compactness * options.compactness * window.bands /
                                            options.area_px)} {
        place_centres();
    }

    [[nodiscard]] const std::vector<float>& colours() const { return m_colours; }

    // The centre that has each pixel; no_data, or unassigned where none came near. Null when stopped.
    std::optional<std::vector<std::int32_t>> run(int iterations, const std::stop_token& stop) {
        for (int i = 0; i < iterations; ++i) {
            if (!assign(stop)) return {};
            if (i + 1 < iterations && move_centres() < 0.1) break;
        }
        return std::move(m_owner);
    }

private:
    struct Centre {
        float x = 0, y = 0;
    };

    [[nodiscard]] std::size_t at(int x, int y) const { return size_of(y) * size_of(m_width) + size_of(x); }
    [[nodiscard]] const float* colour(std::size_t i) const { return m_colours.data() + i * m_bands; }

    void place_centres() {
        const int columns = std::max(1, static_cast<int>(std::lround(m_width / m_step)));
        const int rows = std::max(1, static_cast<int>(std::lround(m_height / m_step)));
        for (int row = 0; row < rows; ++row)
            for (int column = 0; column < columns; ++column) {
                const auto cell_of = [](int k, int of, int extent) {
                    return static_cast<int>(static_cast<std::int64_t>(k) * extent / of);
                };
                const PixelBox cell{cell_of(column, columns, m_width), cell_of(row, rows, m_height),
                                    cell_of(column + 1, columns, m_width), cell_of(row + 1, rows, m_height)};
                if (const auto start = start_in(cell)) {
                    m_centres.push_back({static_cast<float>(start->x), static_cast<float>(start->y)});
                    const float* its = colour(at(start->x, start->y));
                    m_centre_colours.insert(m_centre_colours.end(), its, its + m_bands);
                }
            }
    }

    // The pixel with data nearest to the cell's middle, or the evenest of the nine around it.
    [[nodiscard]] std::optional<Pixel> start_in(const PixelBox& cell) const {
        const Pixel middle{(cell.x0 + cell.x1) / 2, (cell.y0 + cell.y1) / 2};
        std::optional<Pixel> nearest;
        int nearest_distance = std::numeric_limits<int>::max();
        const auto offer = [&](Pixel p) {
            const int dx = p.x - middle.x, dy = p.y - middle.y, distance = dx * dx + dy * dy;
            if (m_has_data[at(p.x, p.y)] == 0 || distance >= nearest_distance) return;
            nearest = p;
            nearest_distance = distance;
        };
        if (cell.contains(middle)) offer(middle);
        if (!nearest)
            for (int y = cell.y0; y < cell.y1; ++y)
                for (int x = cell.x0; x < cell.x1; ++x) offer({x, y});
        return nearest ? evenest_around(*nearest) : nearest;
    }

    [[nodiscard]] Pixel evenest_around(Pixel p) const {
        Pixel best = p;
        float least = std::numeric_limits<float>::max();
        for (int y = std::max(p.y - 1, 1); y <= std::min(p.y + 1, m_height - 2); ++y)
            for (int x = std::max(p.x - 1, 1); x <= std::min(p.x + 1, m_width - 2); ++x) {
                const bool inside = m_has_data[at(x, y)] != 0 && m_has_data[at(x - 1, y)] != 0 &&
                                    m_has_data[at(x + 1, y)] != 0 && m_has_data[at(x, y - 1)] != 0 &&
                                    m_has_data[at(x, y + 1)] != 0;
                if (!inside) continue;
                const float slope = squared_difference(colour(at(x - 1, y)), colour(at(x + 1, y))) +
                                    squared_difference(colour(at(x, y - 1)), colour(at(x, y + 1)));
                // On even ground the middle stays where it is.
                if (slope < least || (slope == least && Pixel{x, y} == p)) {
                    least = slope;
                    best = {x, y};
                }
            }
        return best;
    }

    [[nodiscard]] float squared_difference(const float* a, const float* b) const {
        float sum = 0;
        for (std::size_t k = 0; k < m_bands; ++k) sum += (a[k] - b[k]) * (a[k] - b[k]);
        return sum;
    }

    // False when stopped.
    bool assign(const std::stop_token& stop) {
        m_distance.assign(m_has_data.size(), std::numeric_limits<float>::max());
        m_owner.resize(m_has_data.size());
        std::ranges::transform(m_has_data, m_owner.begin(), [](std::uint8_t has_data) {
            return has_data != 0 ? k_unassigned : k_no_data;
        });
        const int reach = static_cast<int>(std::ceil(m_step));
        for (std::size_t c = 0; c < m_centres.size(); ++c) {
            if (c % 256 == 0 && stop.stop_requested()) return false;
            const int x = static_cast<int>(m_centres[c].x), y = static_cast<int>(m_centres[c].y);
            claim(c, clipped({x - reach, y - reach, x + reach + 1, y + reach + 1}, m_width, m_height));
        }
        return true;
    }

    void claim(std::size_t c, const PixelBox& near) {
        const float* centre_colour = m_centre_colours.data() + c * m_bands;
        for (int y = near.y0; y < near.y1; ++y) {
            const float dy = static_cast<float>(y) - m_centres[c].y;
            for (int x = near.x0; x < near.x1; ++x) {
                const auto i = at(x, y);
                if (m_owner[i] == k_no_data) continue;
                const float dx = static_cast<float>(x) - m_centres[c].x;
                const float distance =
                    (dx * dx + dy * dy) * m_place_weight + squared_difference(colour(i), centre_colour);
                if (distance >= m_distance[i]) continue;
                m_distance[i] = distance;
                m_owner[i] = static_cast<std::int32_t>(c);
            }
        }
    }

    // How far the centres moved, in pixels a centre.
    double move_centres() {
        std::vector<double> sums(m_centres.size() * (m_bands + 3), 0);  // x, y, how many, colours
        for (int y = 0; y < m_height; ++y)
            for (int x = 0; x < m_width; ++x) {
                const auto i = at(x, y);
                if (m_owner[i] < 0) continue;
                double* sum = sums.data() + size_of(m_owner[i]) * (m_bands + 3);
                sum[0] += x;
                sum[1] += y;
                sum[2] += 1;
                for (std::size_t k = 0; k < m_bands; ++k) sum[3 + k] += static_cast<double>(colour(i)[k]);
            }
        double moved = 0;
        for (std::size_t c = 0; c < m_centres.size(); ++c) {
            const double* sum = sums.data() + c * (m_bands + 3);
            if (sum[2] == 0) continue;
            const Centre now{static_cast<float>(sum[0] / sum[2]), static_cast<float>(sum[1] / sum[2])};
            moved += std::hypot(now.x - m_centres[c].x, now.y - m_centres[c].y);
            m_centres[c] = now;
            for (std::size_t k = 0; k < m_bands; ++k)
                m_centre_colours[c * m_bands + k] = static_cast<float>(sum[3 + k] / sum[2]);
        }
        return m_centres.empty() ? 0 : moved / static_cast<double>(m_centres.size());
    }

    const int m_width, m_height;
    const std::size_t m_bands;
    const std::span<const std::uint8_t> m_has_data;
    const std::vector<float> m_colours;  // [y][x][band]
    const double m_step;                 // between centres, px
    const float m_place_weight;
    std::vector<Centre> m_centres;
    std::vector<float> m_centre_colours;  // [centre][band]
    std::vector<float> m_distance;        // squared, to the owner
    std::vector<std::int32_t> m_owner;
};

// Makes joined segments out of the owners: each joined piece of one owner becomes a piece of its own, and
// pieces that are too small go to the neighbour most like them, which may be small as well.
class Joiner {
public:
    // `colours` is [y][x][band] and must outlive this.
    Joiner(int width, int height, const std::vector<std::int32_t>& owner, std::span<const float> colours)
        : m_width{width},
          m_height{height},
          m_bands{colours.size() / owner.size()},
          m_colours{colours},
          m_piece(owner.size(), k_no_data) {
        for (std::size_t i = 0; i < owner.size(); ++i)
            if (owner[i] != k_no_data && m_piece[i] == k_no_data) flood(i, owner);
        m_root.resize(m_starts.size());
        std::iota(m_root.begin(), m_root.end(), 0);
        m_next = m_root;
        m_starts.push_back(m_pixels.size());
        add_up();
    }

    void merge_smaller_than(double area_px) {
        for (std::size_t p = 0; p < m_root.size(); ++p) {
            const auto own = root(static_cast<std::int32_t>(p));
            if (m_area[size_of(own)] >= area_px) continue;
            if (const auto other = neighbour_of(own)) join(own, *other);
        }
    }

    [[nodiscard]] Segments segments() {
        Segments out{.width = m_width, .height = m_height, .count = 0, .of_pixel = std::move(m_piece)};
        std::vector<std::int32_t> number(m_root.size(), -1);
        for (auto& piece : out.of_pixel) {
            if (piece < 0) continue;
            auto& its = number[size_of(root(piece))];
            if (its < 0) its = out.count++;
            piece = its;
        }
        return out;
    }

private:
    void flood(std::size_t first, const std::vector<std::int32_t>& owner) {
        const auto piece = static_cast<std::int32_t>(m_starts.size());
        m_starts.push_back(m_pixels.size());
        m_piece[first] = piece;
        m_pixels.push_back(first);
        for (std::size_t k = m_starts.back(); k < m_pixels.size(); ++k)
            for_each_neighbour(m_pixels[k], [&](std::size_t j) {
                if (m_piece[j] != k_no_data || owner[j] != owner[first]) return;
                m_piece[j] = piece;
                m_pixels.push_back(j);
            });
    }

    template <class Visit>
    void for_each_neighbour(std::size_t i, Visit visit) const {
        const std::size_t width = size_of(m_width), x = i % width;
        if (x > 0) visit(i - 1);
        if (x + 1 < width) visit(i + 1);
        if (i >= width) visit(i - width);
        if (i + width < m_piece.size()) visit(i + width);
    }

    std::int32_t root(std::int32_t piece) {
        while (m_root[size_of(piece)] != piece) {
            m_root[size_of(piece)] = m_root[size_of(m_root[size_of(piece)])];
            piece = m_root[size_of(piece)];
        }
        return piece;
    }

    // Area and sum of the colours of each piece.
    void add_up() {
        m_area.resize(m_root.size());
        m_sum.assign(m_root.size() * m_bands, 0);
        for (std::size_t p = 0; p < m_root.size(); ++p) {
            m_area[p] = static_cast<double>(m_starts[p + 1] - m_starts[p]);
            for (auto k = m_starts[p]; k < m_starts[p + 1]; ++k)
                for (std::size_t b = 0; b < m_bands; ++b)
                    m_sum[p * m_bands + b] += static_cast<double>(m_colours[m_pixels[k] * m_bands + b]);
        }
    }

    void join(std::int32_t own, std::int32_t other) {
        m_root[size_of(own)] = other;
        m_area[size_of(other)] += m_area[size_of(own)];
        for (std::size_t b = 0; b < m_bands; ++b)
            m_sum[size_of(other) * m_bands + b] += m_sum[size_of(own) * m_bands + b];
        std::swap(m_next[size_of(own)], m_next[size_of(other)]);  // joins the two rings
    }

    [[nodiscard]] double unlikeness(std::int32_t p, std::int32_t q) const {
        double sum = 0;
        for (std::size_t b = 0; b < m_bands; ++b) {
            const double difference = m_sum[size_of(p) * m_bands + b] / m_area[size_of(p)] -
                                      m_sum[size_of(q) * m_bands + b] / m_area[size_of(q)];
            sum += difference * difference;
        }
        return sum;
    }

    // Of the pieces beside `own` (a root), the one whose mean is nearest; null for an island.
    std::optional<std::int32_t> neighbour_of(std::int32_t own) {
        std::set<std::int32_t> beside;
        std::int32_t part = own;
        do {
            for (auto k = m_starts[size_of(part)]; k < m_starts[size_of(part) + 1]; ++k)
                for_each_neighbour(m_pixels[k], [&](std::size_t j) {
                    if (m_piece[j] < 0) return;
                    if (const auto other = root(m_piece[j]); other != own) beside.insert(other);
                });
            part = m_next[size_of(part)];
        } while (part != own);
        if (beside.empty()) return {};
        return *std::ranges::min_element(beside, {}, [&](std::int32_t p) { return unlikeness(own, p); });
    }

    const int m_width, m_height;
    const std::size_t m_bands;
    const std::span<const float> m_colours;
    std::vector<std::int32_t> m_piece;  // of each pixel
    std::vector<std::size_t> m_pixels;  // by piece
    std::vector<std::size_t> m_starts;  // of each piece in m_pixels; at the end, one past the last
    std::vector<std::int32_t> m_root;   // union-find over pieces
    std::vector<std::int32_t> m_next;   // a ring through all pieces of one root
    std::vector<double> m_area,
        m_sum;  // of a root, with what was joined to it: pixels; colours, [piece][band]
};

}  // namespace

base::Result<Segments> superpixels(const WindowSamples& window, const SuperpixelOptions& options,
                                   std::stop_token stop) {
    if (const auto checked = check_window(window); !checked) return std::unexpected(checked.error());
    if (!(options.area_px >= 4))
        return base::fail(ErrorKind::refused, "Segments need at least 4 pixels; choose a larger size.");
    const auto has_data = pixels_with_data(window);
    if (std::ranges::count(has_data, 1) == 0)
        return base::fail(ErrorKind::refused, "There is no data here; choose another part of the raster.");
    Slic slic{window, options, has_data};
    const auto owner = slic.run(std::max(options.iterations, 1), stop);
    if (!owner || stop.stop_requested())
        return base::fail(ErrorKind::cancelled, "The cutting into segments was cancelled.");
    Joiner joiner{window.width, window.height, *owner, slic.colours()};
    joiner.merge_smaller_than(options.area_px / 4);
    return joiner.segments();
}

std::vector<RowRun> segment_runs(const Segments& segments, std::int32_t segment) {
    std::vector<RowRun> runs;
    for (int y = 0; y < segments.height; ++y) {
        const auto row = std::span{segments.of_pixel}.subspan(size_of(y) * size_of(segments.width),
                                                              size_of(segments.width));
        for (auto at = std::ranges::find(row, segment); at != row.end();) {
            const auto end =
                std::find_if(at, row.end(), [=](std::int32_t other) { return other != segment; });
            runs.push_back({.y = y,
                            .x0 = static_cast<int>(at - row.begin()),
                            .x1 = static_cast<int>(end - row.begin())});
            at = std::find(end, row.end(), segment);
        }
    }
    return runs;
}

}  // namespace assist
