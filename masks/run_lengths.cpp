#include "masks/run_lengths.h"

#include <algorithm>
#include <limits>

namespace masks {

namespace {

constexpr std::uint64_t k_longest = std::numeric_limits<std::uint32_t>::max();

}  // namespace

base::Result<Counts> run_lengths(const Plane& plane, const Which& which, const PixelRect& area, Order order,
                                 std::stop_token stop) {
    Counts counts;
    if (area.empty()) return counts;
    const bool by_rows = order == Order::rows;
    const std::int64_t first_line = by_rows ? area.y0 : area.x0, first = by_rows ? area.x0 : area.y0,
                       length = by_rows ? area.width() : area.height();
    // A run is added once the next one does not go on from it.
    std::uint64_t begin = 0, end = 0, counted = 0, longest = 0;
    const auto count = [&] {
        longest = std::max({longest, begin - counted, end - begin});
        counts.push_back(static_cast<std::uint32_t>(begin - counted));
        counts.push_back(static_cast<std::uint32_t>(end - begin));
        counted = end;
    };
    const bool is_whole =
        each_line(plane, which, area, order, stop, [&](std::int64_t line, const std::vector<Run>& runs) {
            const auto line_begin = static_cast<std::uint64_t>((line - first_line) * length);
            for (const Run& run : runs) {
                const std::uint64_t from = line_begin + static_cast<std::uint64_t>(run.x0 - first),
                                    to = line_begin + static_cast<std::uint64_t>(run.x1 - first);
                if (from != end || end == begin) {
                    if (end > begin) count();
                    begin = from;
                }
                end = to;
            }
        });
    if (!is_whole) return base::fail(base::ErrorKind::cancelled, "Counting the runs of a mask was cancelled");
    if (end > begin) count();
    const auto pixels = static_cast<std::uint64_t>(area.width()) * static_cast<std::uint64_t>(area.height());
    longest = std::max(longest, pixels - counted);
    if (counted < pixels) counts.push_back(static_cast<std::uint32_t>(pixels - counted));
    if (longest > k_longest) {
        return base::fail(base::ErrorKind::unsupported,
                          "A run of {} pixels is longer than a run-length code can say (32 bits); write a "
                          "smaller area",
                          longest);
    }
    return counts;
}

base::Result<Plane> with_run_lengths(Plane plane, std::span<const std::uint32_t> counts,
                                     const PixelRect& area, Order order, Value value, std::stop_token stop) {
    if (value > plane.largest_value()) {
        return base::fail(base::ErrorKind::refused,
                          "The value {} does not fit into a mask of 8 bits; make it one of 16", value);
    }
    const std::uint64_t pixels =
        area.empty() ? 0
                     : static_cast<std::uint64_t>(area.width()) * static_cast<std::uint64_t>(area.height());
    std::uint64_t sum = 0;
    for (const std::uint32_t count : counts) sum += count;
    if (sum != pixels) {
        return base::fail(
            base::ErrorKind::malformed,
            "A run-length code counts {} pixels, but its area has {}: it belongs to a picture of "
            "another size",
            sum, pixels);
    }
    const PixelRect inside = intersection(area, plane.bounds());
    if (inside.empty()) return plane;
    const bool by_rows = order == Order::rows;
    const std::int64_t first_line = by_rows ? area.y0 : area.x0, first = by_rows ? area.x0 : area.y0,
                       length = by_rows ? area.width() : area.height();
    const std::int64_t line_begin = by_rows ? inside.y0 : inside.x0,
                       line_end = by_rows ? inside.y1 : inside.x1;
    const std::int64_t begin = by_rows ? inside.x0 : inside.y0, end = by_rows ? inside.x1 : inside.y1;
    LineWriter writer(plane, order, value);
    std::int64_t at = 0;
    bool is_meant = false;
    for (const std::uint32_t count : counts) {
        const std::int64_t from = at, to = at + count;
        at = to;
        if (!std::exchange(is_meant, !is_meant) || count == 0) continue;
        const std::int64_t last = std::min(line_end, first_line + (to - 1) / length + 1);
        for (std::int64_t line = std::max(line_begin, first_line + from / length); line < last; ++line) {
            if (stop.stop_requested())
                return base::fail(base::ErrorKind::cancelled, "Reading a run-length code was cancelled");
            const std::int64_t zero = (line - first_line) * length - first;  // of the line's first coordinate
            const std::int64_t x0 = std::max(begin, from - zero), x1 = std::min(end, to - zero);
            if (x0 < x1) writer.set(line, x0, x1);
        }
    }
    writer.flush();
    return plane;
}

std::string coco_string(std::span<const std::uint32_t> counts) {
    std::string text;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        std::int64_t rest = counts[i];
        if (i > 2) rest -= counts[i - 2];
        for (bool is_more = true; is_more;) {
            const std::int64_t group = rest & 31;
            rest >>= 5;
            is_more = rest != ((group & 16) != 0 ? -1 : 0);
            text.push_back(static_cast<char>(48 + group + (is_more ? 32 : 0)));
        }
    }
    return text;
}

base::Result<Counts> counts_of_coco_string(std::string_view text) {
    constexpr int k_most_groups = 7;  // 35 bits: a difference of counts has 33
    Counts counts;
    for (std::size_t at = 0; at < text.size();) {
        std::int64_t number = 0;
        bool is_more = true;
        for (int group = 0; is_more; ++group, ++at) {
            if (at == text.size()) {
                return base::fail(base::ErrorKind::malformed,
                                  "A run-length string ends within a number: it was cut off");
            }
            const int bits = static_cast<unsigned char>(text[at]) - 48;
            if (bits < 0 || bits > 63) {
                return base::fail(
                    base::ErrorKind::malformed,
                    "A run-length string holds the byte {} at place {}, which none of COCO's does", bits + 48,
                    at);
            }
            if (group == k_most_groups) {
                return base::fail(base::ErrorKind::malformed,
                                  "A run-length string holds a number of more than 32 bits at place {}", at);
            }
            number |= std::int64_t{bits & 31} << 5 * group;
            is_more = (bits & 32) != 0;
            if (!is_more && (bits & 16) != 0) number -= std::int64_t{1} << 5 * (group + 1);
        }
        if (counts.size() > 2) number += counts[counts.size() - 2];
        if (number < 0 || static_cast<std::uint64_t>(number) > k_longest) {
            return base::fail(base::ErrorKind::malformed,
                              "A run-length string holds a count of {}, which no run of pixels has", number);
        }
        counts.push_back(static_cast<std::uint32_t>(number));
    }
    return counts;
}

PixelRect tight_bounds(const Plane& plane, const Which& which) {
    PixelRect bounds;
    const auto add = [&](const PixelRect& more) {
        if (more.empty()) return;
        bounds = bounds.empty() ? more
                                : PixelRect{std::min(bounds.x0, more.x0), std::min(bounds.y0, more.y0),
                                            std::max(bounds.x1, more.x1), std::max(bounds.y1, more.y1)};
    };
    each_slot(plane, which, [&](const TileRect& tiles, const Slot& slot) {
        const PixelRect first = plane.pixels_of({tiles.x, tiles.y}),
                        last = plane.pixels_of({tiles.x + tiles.columns - 1, tiles.y + tiles.rows - 1});
        const PixelRect all{first.x0, first.y0, last.x1, last.y1};
        if (slot.uniform()) return add(all);
        if (!bounds.empty() && intersection(all, bounds) == all) return;  // can add nothing
        const TileBits bits = bits_of(plane, {tiles.x, tiles.y}, which);
        for (std::int64_t y = 0; y < k_tile_px; ++y) {
            each_run_of(bits.row(y), [&](std::int64_t x0, std::int64_t x1) {
                add({all.x0 + x0, all.y0 + y, all.x0 + x1, all.y0 + y + 1});
            });
        }
    });
    return bounds;
}

}  // namespace masks
