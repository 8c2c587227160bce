#include "formats/chip_plan.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace formats {

namespace {

constexpr double k_radians = std::numbers::pi / 180;

base::Point turned(base::Point p, double angle_deg) {
    if (angle_deg == 0) return p;
    const double c = std::cos(angle_deg * k_radians), s = std::sin(angle_deg * k_radians);
    return {p.x * c - p.y * s, p.x * s + p.y * c};
}

// Steele, Lea & Flood, Fast splittable pseudorandom number generators (2014): alike on every machine.
std::uint64_t mixed(std::uint64_t z) {
    z += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

class Cutter {
public:
    explicit Cutter(const ChipPlan& plan)
        : m_plan{plan},
          m_middle{static_cast<double>(plan.area.x0 + plan.area.x1) / 2,
                   static_cast<double>(plan.area.y0 + plan.area.y1) / 2} {}

    void cut(const std::function<bool(const Chip&)>& take) const {
        if (m_plan.area.empty()) return;
        m_plan.angle_deg == 0 ? cut_upright(take) : cut_turned(take);
    }

private:
    Split split_of(std::int64_t block_x, std::int64_t block_y) const {
        const std::uint64_t place =
            static_cast<std::uint64_t>(block_x) << 32 ^ static_cast<std::uint32_t>(block_y);
        const auto draw = static_cast<std::int64_t>(mixed(mixed(m_plan.seed) ^ place) % 100);
        if (draw < m_plan.test_percent) return Split::test;
        return draw < m_plan.test_percent + m_plan.val_percent ? Split::val : Split::train;
    }

    // By the block that the chip's corner is in; x and y along the chips' own sides, from the area's corner.
    Chip chip_at(std::int64_t x, std::int64_t y) const {
        Chip chip;
        chip.size_px = m_plan.size_px;
        chip.angle_deg = m_plan.angle_deg;
        const std::int64_t side = std::max<std::int64_t>(m_plan.block_chips * m_plan.stride_px, 1);
        const auto block = [&](std::int64_t at) { return at >= 0 ? at / side : (at + 1) / side - 1; };
        chip.split = split_of(block(x), block(y));
        for (std::int64_t by = block(y); by <= block(y + m_plan.size_px - 1); ++by)
            for (std::int64_t bx = block(x); bx <= block(x + m_plan.size_px - 1); ++bx)
                chip.crosses_splits |= split_of(bx, by) != chip.split;
        return chip;
    }

    void cut_upright(const std::function<bool(const Chip&)>& take) const {
        const auto starts = [&](std::int64_t length) {
            return chip_starts(length, m_plan.size_px, m_plan.stride_px, m_plan.edge);
        };
        const std::vector<std::int64_t> xs = starts(m_plan.area.width()), ys = starts(m_plan.area.height());
        for (const std::int64_t y : ys)
            for (const std::int64_t x : xs) {
                Chip chip = chip_at(x, y);
                chip.corner = {static_cast<double>(m_plan.area.x0 + x),
                               static_cast<double>(m_plan.area.y0 + y)};
                if (!take(chip)) return;
            }
    }

    void cut_turned(const std::function<bool(const Chip&)>& take) const {
        const double half_width = static_cast<double>(m_plan.area.width()) / 2,
                     half_height = static_cast<double>(m_plan.area.height()) / 2;
        // The area's corners along the chips' sides.
        double reach_x = 0, reach_y = 0;
        for (const base::Point corner : {base::Point{half_width, half_height}, {half_width, -half_height}}) {
            const base::Point along = turned(corner, -m_plan.angle_deg);
            reach_x = std::max(reach_x, std::abs(along.x));
            reach_y = std::max(reach_y, std::abs(along.y));
        }
        const auto stride = static_cast<double>(m_plan.stride_px);
        const auto columns = static_cast<std::int64_t>(std::ceil(2 * reach_x / stride));
        const auto rows = static_cast<std::int64_t>(std::ceil(2 * reach_y / stride));
        for (std::int64_t row = 0; row < rows; ++row)
            for (std::int64_t column = 0; column < columns; ++column) {
                Chip chip = chip_at(column * m_plan.stride_px, row * m_plan.stride_px);
                chip.corner = m_middle + turned({static_cast<double>(column) * stride - reach_x,
                                                 static_cast<double>(row) * stride - reach_y},
                                                m_plan.angle_deg);
                if (lies_well(chip) && !take(chip)) return;
            }
    }

    // Its middle is in the area; but for padding, all of it is.
    bool lies_well(const Chip& chip) const {
        const auto side = static_cast<double>(chip.size_px);
        const auto inside = [&](base::Point p) {
            return p.x >= static_cast<double>(m_plan.area.x0) && p.y >= static_cast<double>(m_plan.area.y0) &&
                   p.x <= static_cast<double>(m_plan.area.x1) && p.y <= static_cast<double>(m_plan.area.y1);
        };
        if (m_plan.edge == Edge::pad) return inside(chip.on_raster({side / 2, side / 2}));
        for (const base::Point corner : {base::Point{0, 0}, {side, 0}, {0, side}, {side, side}})
            if (!inside(chip.on_raster(corner))) return false;
        return true;
    }

    const ChipPlan& m_plan;
    const base::Point m_middle;
};

}  // namespace

std::string_view name_of(Split split) {
    return split == Split::train ? "train" : split == Split::val ? "val" : "test";
}

base::Point Chip::on_raster(base::Point in_chip) const { return corner + turned(in_chip, angle_deg); }

std::vector<std::int64_t> chip_starts(std::int64_t length, std::int64_t size, std::int64_t stride,
                                      Edge edge) {
    std::vector<std::int64_t> starts;
    std::int64_t at = 0;
    for (; at + size <= length; at += stride) starts.push_back(at);
    const std::int64_t covered = starts.empty() ? 0 : starts.back() + size;
    if (covered >= length || edge == Edge::drop) return starts;
    if (edge == Edge::pad)
        starts.push_back(at);
    else
        starts.push_back(std::max<std::int64_t>(length - size, 0));
    return starts;
}

void each_chip(const ChipPlan& plan, const std::function<bool(const Chip&)>& take) { Cutter(plan).cut(take); }

}  // namespace formats
