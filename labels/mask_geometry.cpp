#include "labels/mask_geometry.h"

#include <algorithm>

#include "masks/paint.h"

namespace labels {

namespace {

// The runs of ones as a region of the medium.
class RunsRegion : public masks::Region {
public:
    explicit RunsRegion(const MaskRuns& runs) : m_runs{runs} {
        std::int64_t at = 0;
        for (std::size_t i = 0; i < runs.runs.size(); ++i) {
            if (i % 2 == 1 && runs.runs[i] > 0) m_ones.push_back({at, at + runs.runs[i]});
            at += runs.runs[i];
        }
    }
    [[nodiscard]] masks::PixelRect bounds() const override {
        return {m_runs.left, m_runs.top, std::int64_t{m_runs.left} + m_runs.width,
                std::int64_t{m_runs.top} + m_runs.height};
    }
    void row(std::int64_t y, std::vector<masks::Run>& runs) override {
        const std::int64_t from = (y - m_runs.top) * m_runs.width, to = from + m_runs.width;
        auto one = std::ranges::upper_bound(m_ones, from, {}, &masks::Run::x1);
        for (; one != m_ones.end() && one->x0 < to; ++one)
            runs.push_back(
                {m_runs.left + std::max(one->x0, from) - from, m_runs.left + std::min(one->x1, to) - from});
    }

private:
    const MaskRuns& m_runs;
    std::vector<masks::Run> m_ones;  // counted through all rows
};

}  // namespace

masks::Plane plane_of(const MaskRuns& runs, std::int64_t width_px, std::int64_t height_px) {
    masks::Plane plane(width_px, height_px, masks::Depth::u8);
    RunsRegion region(runs);
    masks::paint(plane, region, {.value = 1});
    return plane;
}

MaskRuns runs_of(const masks::Plane& plane) {
    const auto region = masks::labelled(plane);
    const masks::PixelRect outer = masks::intersection(region->bounds(), plane.bounds());
    std::vector<std::vector<masks::Run>> rows;
    std::int64_t left = outer.x1, right = outer.x0, top = outer.y1, bottom = outer.y0;
    for (std::int64_t y = outer.y0; y < outer.y1; ++y) {
        std::vector<masks::Run>& row = rows.emplace_back();
        region->row(y, row);
        if (row.empty()) continue;
        left = std::min(left, row.front().x0);
        right = std::max(right, row.back().x1);
        top = std::min(top, y);
        bottom = y + 1;
    }
    MaskRuns out;
    if (right <= left) return out;
    out.left = static_cast<std::int32_t>(left);
    out.top = static_cast<std::int32_t>(top);
    out.width = static_cast<std::int32_t>(right - left);
    out.height = static_cast<std::int32_t>(bottom - top);
    std::int64_t zeros = 0;
    const auto add = [&](std::int64_t ones) {
        if (zeros == 0 && !out.runs.empty()) {  // goes on from the end of the row before
            out.runs.back() += static_cast<std::uint32_t>(ones);
            return;
        }
        out.runs.push_back(static_cast<std::uint32_t>(std::exchange(zeros, 0)));
        out.runs.push_back(static_cast<std::uint32_t>(ones));
    };
    for (std::int64_t y = top; y < bottom; ++y) {
        std::int64_t x = left;
        for (const masks::Run& run : rows[static_cast<std::size_t>(y - outer.y0)]) {
            zeros += run.x0 - x;
            add(run.x1 - run.x0);
            x = run.x1;
        }
        zeros += right - x;
    }
    if (zeros > 0) out.runs.push_back(static_cast<std::uint32_t>(zeros));
    return out;
}

}  // namespace labels
