#include "masks/paint.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace masks {

namespace {

// A row of one tile, to be painted from x0 to x1, relative to the tile.
template <class T>
class TileWriter {
public:
    TileWriter(Plane& plane, TileIndex tile, const PaintRule& rule)
        : m_plane{plane}, m_tile{tile}, m_rule{rule}, m_slot{plane.slot(tile)} {
        if (m_slot.block) m_read = m_slot.block->samples();
        if (rule.where != nullptr) {
            m_where = rule.where->slot(tile);
            if (m_where.block) m_where_samples = m_where.block->samples();
        }
        m_nothing = (m_slot.uniform() && !may_change(m_slot.value)) ||
                    (rule.where != nullptr && m_where.uniform() && m_where.value == 0);
    }
    ~TileWriter() {
        m_read.reset();
        m_slot = {};
        if (m_samples != nullptr) m_plane.tidy(m_tile);
    }
    TileWriter(const TileWriter&) = delete;
    TileWriter& operator=(const TileWriter&) = delete;

    [[nodiscard]] bool nothing() const { return m_nothing; }

    void row(std::int64_t y, std::int64_t x0, std::int64_t x1) {
        const std::int64_t place = y * k_tile_px;
        if (m_rule.over || m_where_samples) return row_by_sample(place, x0, x1);
        const T value = static_cast<T>(m_rule.value);
        if (m_samples == nullptr) {
            const T* const old = samples_read();
            if (old != nullptr && is_all(old + place + x0, x1 - x0, value)) return;
            begin_writing();
        }
        std::fill(m_samples + place + x0, m_samples + place + x1, value);
    }

private:
    static bool is_all(const T* samples, std::int64_t count, T value) {
        return samples[0] == value &&
               std::memcmp(samples, samples + 1, static_cast<std::size_t>(count - 1) * sizeof(T)) == 0;
    }
    [[nodiscard]] bool may_change(Value old) const {
        return old != m_rule.value && (!m_rule.over || m_rule.over->test(old));
    }
    [[nodiscard]] const T* samples_read() const {
        return m_read ? reinterpret_cast<const T*>(m_read.get()) : nullptr;
    }
    void begin_writing() {
        m_read.reset();
        m_slot = {};  // held by the plane alone: then it is written to in place
        m_samples = reinterpret_cast<T*>(m_plane.write(m_tile).data());
    }
    void row_by_sample(std::int64_t place, std::int64_t x0, std::int64_t x1) {
        const bool by_place = m_where_samples != nullptr;
        for (std::int64_t x = x0; x < x1; ++x) {
            if (by_place && !is_set(static_cast<std::size_t>(place + x))) continue;
            const T* const old = m_samples != nullptr ? m_samples : samples_read();
            const Value there = old != nullptr ? static_cast<Value>(old[place + x]) : m_slot.value;
            if (!may_change(there)) continue;
            if (m_samples == nullptr) begin_writing();
            m_samples[place + x] = static_cast<T>(m_rule.value);
        }
    }
    [[nodiscard]] bool is_set(std::size_t place) const {
        if (m_rule.where->depth() == Depth::u8) return m_where_samples[place] != std::byte{0};
        return reinterpret_cast<const std::uint16_t*>(m_where_samples.get())[place] != 0;
    }

    Plane& m_plane;
    const TileIndex m_tile;
    const PaintRule& m_rule;
    Slot m_slot, m_where;
    SamplesPtr m_read, m_where_samples;
    T* m_samples = nullptr;
    bool m_nothing = false;
};

// The rows of a region that lie in one row of tiles.
class Band {
public:
    Band(const Plane& plane, Region& region, std::int32_t tile_row)
        : m_pixels{plane.pixels_of({0, tile_row})} {
        const PixelRect bounds = intersection(region.bounds(), plane.bounds());
        m_y0 = std::max(bounds.y0, m_pixels.y0);
        m_y1 = std::min(bounds.y1, m_pixels.y1);
        m_first_column = static_cast<std::int32_t>(bounds.x0 / k_tile_px);
        const auto columns = static_cast<std::size_t>((bounds.x1 - 1) / k_tile_px - m_first_column + 1);
        m_covered.assign(columns + 1, 0);
        m_touched.assign(columns + 1, 0);
        m_row_starts.push_back(0);
        for (std::int64_t y = m_y0; y < m_y1; ++y) {
            const std::size_t first = m_runs.size();
            region.row(y, m_runs);
            std::size_t kept = first;
            for (std::size_t i = first; i < m_runs.size(); ++i) {
                const Run run{std::max(m_runs[i].x0, bounds.x0), std::min(m_runs[i].x1, bounds.x1)};
                if (run.x1 <= run.x0) continue;
                m_runs[kept++] = run;
                count(run, plane.width_px());
            }
            m_runs.resize(kept);
            m_row_starts.push_back(kept);
        }
        for (std::size_t i = 1; i <= columns; ++i) {
            m_covered[i] += m_covered[i - 1];
            m_touched[i] += m_touched[i - 1];
        }
    }

    [[nodiscard]] std::int32_t first_column() const { return m_first_column; }
    [[nodiscard]] std::int32_t end_column() const {
        return m_first_column + static_cast<std::int32_t>(m_covered.size()) - 1;
    }
    [[nodiscard]] bool touches(std::int32_t column) const { return m_touched[place(column)] > 0; }
    [[nodiscard]] bool covers(std::int32_t column) const {
        return m_covered[place(column)] == m_pixels.y1 - m_pixels.y0;
    }
    // visit(y, x0, x1) for the parts of rows that lie in the column, relative to its tile.
    template <class Visit>
    void each_row(std::int32_t column, const Visit& visit) {
        const std::int64_t left = std::int64_t{column} * k_tile_px, right = left + k_tile_px;
        if (m_cursor.empty()) m_cursor.assign(m_row_starts.begin(), m_row_starts.end() - 1);
        for (std::int64_t y = m_y0; y < m_y1; ++y) {
            const auto row = static_cast<std::size_t>(y - m_y0);
            // Columns are asked for from left to right, so what has been passed stays so.
            std::size_t& i = m_cursor[row];
            while (i < m_row_starts[row + 1] && m_runs[i].x1 <= left) ++i;
            for (std::size_t j = i; j < m_row_starts[row + 1] && m_runs[j].x0 < right; ++j) {
                visit(y - m_pixels.y0, std::max(m_runs[j].x0, left) - left,
                      std::min(m_runs[j].x1, right) - left);
            }
        }
    }

private:
    [[nodiscard]] std::size_t place(std::int32_t column) const {
        return static_cast<std::size_t>(column - m_first_column);
    }
    // As differences, summed up at the end: a run costs the same however long it is.
    void count(const Run& run, std::int64_t width_px) {
        const auto first = static_cast<std::int32_t>(run.x0 / k_tile_px);
        const auto last = static_cast<std::int32_t>((run.x1 - 1) / k_tile_px);
        ++m_touched[place(first)];
        --m_touched[place(last) + 1];
        const std::int32_t whole_first = run.x0 % k_tile_px == 0 ? first : first + 1;
        const bool to_end = run.x1 % k_tile_px == 0 || run.x1 == width_px;
        const std::int32_t whole_end = to_end ? last + 1 : last;
        if (whole_end <= whole_first) return;
        ++m_covered[place(whole_first)];
        --m_covered[place(whole_end)];
    }

    PixelRect m_pixels;
    std::int64_t m_y0 = 0, m_y1 = 0;
    std::int32_t m_first_column = 0;
    std::vector<std::int64_t> m_covered, m_touched;  // rows that a column is covered and touched in
    std::vector<Run> m_runs;
    std::vector<std::size_t> m_row_starts, m_cursor;
};

// A covered tile that the rule lets be painted as a whole, or not at all. False: sample by sample.
bool put_whole(Plane& plane, TileIndex tile, const PaintRule& rule) {
    const Slot old = plane.slot(tile);
    const Slot where = rule.where != nullptr ? rule.where->slot(tile) : Slot{nullptr, 1};
    if (where.uniform() && where.value == 0) return true;
    if (!where.uniform() || (rule.over && !old.uniform())) return false;
    if (!rule.over || rule.over->test(old.value)) plane.put({tile.x, tile.y}, {nullptr, rule.value});
    return true;
}

template <class T>
std::int64_t paint_band(Plane& plane, std::int32_t tile_row, Band& band, const PaintRule& rule) {
    std::int64_t looked_at = 0;
    const bool anywhere = !rule.over && rule.where == nullptr;
    for (std::int32_t column = band.first_column(); column < band.end_column();) {
        if (!band.touches(column)) {
            ++column;
            continue;
        }
        const TileIndex tile{column, tile_row};
        if (anywhere && band.covers(column)) {
            std::int32_t end = column + 1;
            while (end < band.end_column() && band.covers(end)) ++end;
            plane.put({column, tile_row, end - column, 1}, {nullptr, rule.value});
            looked_at += end - column;
            column = end;
            continue;
        }
        ++looked_at;
        ++column;
        if (band.covers(tile.x) && put_whole(plane, tile, rule)) continue;
        TileWriter<T> writer(plane, tile, rule);
        if (writer.nothing()) continue;
        band.each_row(tile.x,
                      [&](std::int64_t y, std::int64_t x0, std::int64_t x1) { writer.row(y, x0, x1); });
    }
    return looked_at;
}

}  // namespace

std::int64_t paint(Plane& plane, Region& region, const PaintRule& rule) {
    assert(rule.value <= plane.largest_value());
    const PixelRect bounds = intersection(region.bounds(), plane.bounds());
    if (bounds.empty()) return 0;
    std::int64_t looked_at = 0;
    for (auto row = static_cast<std::int32_t>(bounds.y0 / k_tile_px);
         row <= static_cast<std::int32_t>((bounds.y1 - 1) / k_tile_px); ++row) {
        Band band(plane, region, row);
        looked_at += plane.depth() == Depth::u8 ? paint_band<std::uint8_t>(plane, row, band, rule)
                                                : paint_band<std::uint16_t>(plane, row, band, rule);
    }
    return looked_at;
}

}  // namespace masks
