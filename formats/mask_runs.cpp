#include "formats/mask_runs.h"

#include <algorithm>
#include <cmath>

#include "masks/line_runs.h"

namespace formats {

namespace {

// Alternating run lengths, the first of zeros.
class RunWriter {
public:
    void add(bool value, std::uint64_t length) {
        if (length == 0) return;
        if (value != m_value) {
            m_runs.push_back(m_length);
            m_length = 0;
            m_value = value;
        }
        // A run of more than 32 bits goes on after an empty run of the other value.
        for (std::uint64_t room = UINT32_MAX - m_length; length > room; room = UINT32_MAX) {
            m_runs.insert(m_runs.end(), {UINT32_MAX, 0});
            m_length = 0;
            length -= room;
        }
        m_length += static_cast<std::uint32_t>(length);
    }
    std::vector<std::uint32_t> finish() {
        if (m_length > 0 || m_runs.empty()) m_runs.push_back(m_length);
        return std::move(m_runs);
    }

private:
    std::vector<std::uint32_t> m_runs;
    std::uint32_t m_length = 0;
    bool m_value = false;
};

// A bitmap of a rectangle, one bit a pixel.
struct Bits {
    int width = 0, height = 0;
    std::vector<bool> pixels;
    Bits(int w, int h)
        : width{w}, height{h}, pixels(static_cast<std::size_t>(w) * static_cast<std::size_t>(h)) {}
    [[nodiscard]] std::size_t at(int x, int y) const {
        return static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x);
    }
};

Bits bits_of(const labels::MaskRuns& mask) {
    Bits bits(mask.width, mask.height);
    std::size_t at = 0;
    bool value = false;
    for (const std::uint32_t run : mask.runs) {
        if (value) std::fill_n(bits.pixels.begin() + static_cast<std::ptrdiff_t>(at), run, true);
        at += run;
        value = !value;
    }
    return bits;
}

labels::MaskRuns mask_of(const Bits& bits, int left, int top) {
    RunWriter runs;
    for (const bool pixel : bits.pixels) runs.add(pixel, 1);
    return {left, top, bits.width, bits.height, runs.finish()};
}

struct Bounds {
    std::int64_t x0 = INT64_MAX, y0 = INT64_MAX, x1 = -1, y1 = -1;  // half-open
    [[nodiscard]] bool empty() const { return x1 <= x0 || y1 <= y0; }
    [[nodiscard]] bool too_large() const {
        return static_cast<double>(x1 - x0) * static_cast<double>(y1 - y0) >
               static_cast<double>(k_max_mask_pixels);
    }
};

// Calls with (start, end) of every run of ones, column-major positions.
template <class Visit>
void for_each_one_run(std::span<const std::uint32_t> counts, Visit visit) {
    std::int64_t at = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (i % 2 == 1 && counts[i] > 0) visit(at, at + counts[i]);
        at += counts[i];
    }
}

Bounds bounds_of_counts(std::span<const std::uint32_t> counts, std::int64_t height) {
    Bounds bounds;
    for_each_one_run(counts, [&](std::int64_t start, std::int64_t end) {
        const std::int64_t column = start / height, last_column = (end - 1) / height;
        bounds.x0 = std::min(bounds.x0, column);
        bounds.x1 = std::max(bounds.x1, last_column + 1);
        const bool spans_columns = column != last_column;  // then it touches the last and the first row
        bounds.y0 = std::min(bounds.y0, spans_columns ? 0 : start % height);
        bounds.y1 = std::max(bounds.y1, spans_columns ? height : (end - 1) % height + 1);
    });
    return bounds;
}

// The x where the outline crosses the row through `y`, sorted: inside is between the first and second, and so
// on.
void crossings(const labels::Path& path, double y, std::vector<double>& xs) {
    xs.clear();
    for (std::size_t ring = 0; ring <= path.ring_starts.size(); ++ring) {
        const std::size_t first = ring == 0 ? 0 : path.ring_starts[ring - 1];
        const std::size_t last =
            ring == path.ring_starts.size() ? path.points.size() : path.ring_starts[ring];
        for (std::size_t i = first; i < last; ++i) {
            const base::Point a = path.points[i], b = path.points[i + 1 < last ? i + 1 : first];
            if ((a.y <= y) == (b.y <= y)) continue;
            xs.push_back(a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x));
        }
    }
    std::sort(xs.begin(), xs.end());
}

Bounds bounds_in_picture(const labels::Path& path, int width_px, int height_px) {
    const base::Rect rect = labels::bounds(path);
    const auto clamped = [](double v, int limit) {
        return static_cast<std::int64_t>(std::clamp(v, 0.0, static_cast<double>(limit)));
    };
    return {clamped(std::floor(rect.x0), width_px), clamped(std::floor(rect.y0), height_px),
            clamped(std::ceil(rect.x1), width_px), clamped(std::ceil(rect.y1), height_px)};
}

}  // namespace

bool is_sound(const labels::MaskRuns& mask) {
    if (mask.width < 0 || mask.height < 0) return false;
    const std::int64_t pixels = static_cast<std::int64_t>(mask.width) * mask.height;
    constexpr std::int64_t k_max_offset = 1 << 30;
    if (pixels > k_max_mask_pixels || std::abs(static_cast<std::int64_t>(mask.left)) > k_max_offset ||
        std::abs(static_cast<std::int64_t>(mask.top)) > k_max_offset)
        return false;
    std::int64_t sum = 0;
    for (const std::uint32_t run : mask.runs) sum += run;
    return sum <= pixels;
}

std::int64_t area_px(const labels::MaskRuns& mask) {
    std::int64_t area = 0;
    for (std::size_t i = 1; i < mask.runs.size(); i += 2) area += mask.runs[i];
    return area;
}

std::vector<std::uint32_t> counts_from_mask(const labels::MaskRuns& mask, int width_px, int height_px) {
    const Bits bits = bits_of(mask);
    // The part of the rectangle that is inside the picture, half-open.
    const auto clamped = [](std::int64_t v, int limit) {
        return static_cast<int>(std::clamp<std::int64_t>(v, 0, limit));
    };
    const int x0 = clamped(mask.left, width_px), y0 = clamped(mask.top, height_px);
    const int x1 = clamped(std::int64_t{mask.left} + mask.width, width_px);
    const int y1 = clamped(std::int64_t{mask.top} + mask.height, height_px);
    const auto pixels = [](std::int64_t w, std::int64_t h) { return static_cast<std::uint64_t>(w * h); };
    RunWriter counts;
    counts.add(false, pixels(x0, height_px));
    for (int x = x0; x < x1; ++x) {
        counts.add(false, static_cast<std::uint64_t>(y0));
        for (int y = y0; y < y1; ++y) counts.add(bits.pixels[bits.at(x - mask.left, y - mask.top)], 1);
        counts.add(false, static_cast<std::uint64_t>(height_px - y1));
    }
    counts.add(false, pixels(width_px - std::max(x0, x1), height_px));
    return counts.finish();
}

namespace {

template <class T>
void add_tile(const std::byte* bytes, const masks::PixelRect& area,
              std::map<masks::Value, ValueExtent>& all) {
    const T* const samples = reinterpret_cast<const T*>(bytes);
    ValueExtent* of = nullptr;
    int last = -1;
    for (std::int64_t y = 0; y < area.height(); ++y) {
        const T* const row = samples + y * masks::k_tile_px;
        for (std::int64_t x = 0; x < area.width();) {
            const T value = row[x];
            std::int64_t end = x + 1;
            while (end < area.width() && row[end] == value) ++end;
            if (value != 0) {
                if (value != last) of = &all[value];
                last = value;
                const masks::PixelRect here{area.x0 + x, area.y0 + y, area.x0 + end, area.y0 + y + 1};
                masks::PixelRect& box = of->box;
                box = of->pixels == 0
                          ? here
                          : masks::PixelRect{std::min(box.x0, here.x0), std::min(box.y0, here.y0),
                                             std::max(box.x1, here.x1), std::max(box.y1, here.y1)};
                of->pixels += end - x;
            }
            x = end;
        }
    }
}

}  // namespace

std::map<masks::Value, ValueExtent> extents_of_values(const masks::Plane& plane, std::stop_token stop) {
    std::map<masks::Value, ValueExtent> all;
    plane.each([&](const masks::TileRect& tiles, const masks::Slot& slot) {
        if (stop.stop_requested()) return;
        const masks::PixelRect first = plane.pixels_of({tiles.x, tiles.y}),
                               last =
                                   plane.pixels_of({tiles.x + tiles.columns - 1, tiles.y + tiles.rows - 1});
        const masks::PixelRect area{first.x0, first.y0, last.x1, last.y1};
        if (!slot.uniform()) {
            const bool was_packed =
                slot.block->bytes() < masks::k_tile_samples * static_cast<std::size_t>(plane.depth());
            const auto samples = slot.block->samples();
            if (plane.depth() == masks::Depth::u8)
                add_tile<std::uint8_t>(samples.get(), area, all);
            else
                add_tile<std::uint16_t>(samples.get(), area, all);
            if (was_packed) slot.block->let_go_of_samples();
            return;
        }
        if (slot.value == 0) return;
        ValueExtent& of = all[slot.value];
        masks::PixelRect& box = of.box;
        box = of.pixels == 0 ? area
                             : masks::PixelRect{std::min(box.x0, area.x0), std::min(box.y0, area.y0),
                                                std::max(box.x1, area.x1), std::max(box.y1, area.y1)};
        of.pixels += area.width() * area.height();
    });
    return all;
}

std::vector<std::uint32_t> counts_of_value(const masks::Plane& plane, masks::Value value,
                                           const masks::PixelRect& box, std::stop_token stop) {
    RunWriter counts;
    std::int64_t at = 0;  // in columns over the whole plane
    masks::each_line(plane, masks::Which::of(value), box, masks::Order::columns, stop,
                     [&](std::int64_t x, const std::vector<masks::Run>& runs) {
                         for (const masks::Run& run : runs) {
                             const std::int64_t start = x * plane.height_px() + run.x0;
                             counts.add(false, static_cast<std::uint64_t>(start - at));
                             counts.add(true, static_cast<std::uint64_t>(run.x1 - run.x0));
                             at = start + run.x1 - run.x0;
                         }
                     });
    counts.add(false, static_cast<std::uint64_t>(plane.width_px() * plane.height_px() - at));
    return counts.finish();
}

bool counts_fill(std::span<const std::uint32_t> counts, std::int64_t pixels) {
    std::int64_t sum = 0;
    for (const std::uint32_t count : counts) sum += count;
    return sum == pixels;
}

std::optional<labels::MaskRuns> mask_from_counts(std::span<const std::uint32_t> counts, int width_px,
                                                 int height_px) {
    if (width_px <= 0 || height_px <= 0) return std::nullopt;
    if (!counts_fill(counts, static_cast<std::int64_t>(width_px) * height_px)) return std::nullopt;
    const Bounds bounds = bounds_of_counts(counts, height_px);
    if (bounds.empty()) return labels::MaskRuns{};
    if (bounds.too_large()) return std::nullopt;
    Bits bits(static_cast<int>(bounds.x1 - bounds.x0), static_cast<int>(bounds.y1 - bounds.y0));
    for_each_one_run(counts, [&](std::int64_t start, std::int64_t end) {
        for (std::int64_t at = start; at < end; ++at)
            bits.pixels[bits.at(static_cast<int>(at / height_px - bounds.x0),
                                static_cast<int>(at % height_px - bounds.y0))] = true;
    });
    return mask_of(bits, static_cast<int>(bounds.x0), static_cast<int>(bounds.y0));
}

std::optional<labels::MaskRuns> mask_from_path(const labels::Path& path, int width_px, int height_px) {
    const Bounds bounds = bounds_in_picture(path, width_px, height_px);
    if (bounds.empty()) return labels::MaskRuns{};
    if (bounds.too_large()) return std::nullopt;
    Bits bits(static_cast<int>(bounds.x1 - bounds.x0), static_cast<int>(bounds.y1 - bounds.y0));
    std::vector<double> xs;
    for (int row = 0; row < bits.height; ++row) {
        crossings(path, static_cast<double>(bounds.y0 + row) + 0.5, xs);
        for (std::size_t i = 0; i + 1 < xs.size(); i += 2) {
            const auto x0 = static_cast<std::int64_t>(std::clamp(
                std::ceil(xs[i] - 0.5), static_cast<double>(bounds.x0), static_cast<double>(bounds.x1)));
            const auto x1 = static_cast<std::int64_t>(std::clamp(
                std::ceil(xs[i + 1] - 0.5), static_cast<double>(bounds.x0), static_cast<double>(bounds.x1)));
            for (std::int64_t x = x0; x < x1; ++x)
                bits.pixels[bits.at(static_cast<int>(x - bounds.x0), row)] = true;
        }
    }
    return mask_of(bits, static_cast<int>(bounds.x0), static_cast<int>(bounds.y0));
}

}  // namespace formats
