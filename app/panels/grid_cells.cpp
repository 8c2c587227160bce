#include "app/panels/grid_cells.h"

#include <cmath>

#include "render/texture.h"

namespace app {

using labels::GridLayout;
using labels::InspectionGrid;
using labels::Mark;

namespace {

constexpr float k_most_pitch = 18, k_least_ground_pitch = 9, k_least_text_pitch = 7;  // logical pixels
constexpr std::int64_t k_most_boxes = 12000;  // each is a few triangles, every frame

// The largest whole pitch at which so many cells, running on, fit the room; 0 when none does.
float pitch_of_text(std::int64_t cells, Area room, float most) {
    for (float pitch = std::floor(most); pitch >= 1; --pitch) {
        const auto a_row = static_cast<std::int64_t>(room.width() / pitch);
        const auto rows = static_cast<std::int64_t>(room.height() / pitch);
        if (a_row * rows >= cells) return pitch;
    }
    return 0;
}

CellLayout placed(CellKind kind, const GridLayout& grid, Area room, float pitch, std::int64_t columns,
                  std::int64_t rows) {
    const float width = std::ceil(pitch * static_cast<float>(columns));
    const float height = std::ceil(pitch * static_cast<float>(rows));
    const float x0 = std::floor(room.x0), y0 = std::floor(room.y0);
    return {kind, {x0, y0, x0 + width, y0 + height}, pitch, columns, rows, grid};
}

ImU32 color_of(const MarkColors& colors, Mark mark) {
    return mark == Mark::done ? colors.done : mark == Mark::doubtful ? colors.doubtful : colors.todo;
}

float gap_of(float pitch, float scale) {
    return std::clamp(std::round(pitch / 6), 1.0f, std::max(1.0f, std::round(3 * scale)));
}

void draw_boxes(Ui& u, const CellLayout& layout, const InspectionGrid& grid, const MarkColors& colors) {
    const float gap = gap_of(layout.pitch, u.scale);
    const float radius = layout.pitch >= u.px(12) ? u.px(2.5f) : 0;
    for (std::int64_t cell = 0; cell < std::ssize(grid.marks); ++cell) {
        Area box = layout.area_of(cell);
        box.x1 -= gap;
        box.y1 -= gap;
        fill(box, color_of(colors, grid.marks[static_cast<std::size_t>(cell)]), radius);
    }
}

void draw_current(Ui& u, const CellLayout& layout, std::int64_t cell) {
    Area box = layout.area_of(cell);
    const float gap = layout.kind == CellKind::picture ? 0 : gap_of(layout.pitch, u.scale);
    box.x1 -= gap;
    box.y1 -= gap;
    const float least = u.px(6), line = std::max(1.0f, std::floor(u.scale));
    const float more = std::ceil(std::max(0.0f, least - box.width()) / 2);
    if (more > 0) {
        box = {box.x0 - more, box.y0 - more, box.x1 + more, box.y1 + more};
        fill(box.inset(-line), u.theme.ground);
    }
    fill(box, u.theme.accent, layout.pitch >= u.px(12) ? u.px(2.5f) : 0);
}

}  // namespace

MarkColors mark_colors(const Theme& theme) {
    return {mix(theme.well, theme.quiet, theme.light ? 0.30f : 0.20f), mix(theme.good, theme.well, 0.30f),
            mix(theme.doubt, theme.well, 0.12f), theme.well};
}

std::optional<std::int64_t> CellLayout::cell_at(ImVec2 at) const {
    if (!area.contains(at)) return std::nullopt;
    const auto column = std::min(static_cast<std::int64_t>((at.x - area.x0) / pitch), columns - 1);
    const auto row = std::min(static_cast<std::int64_t>((at.y - area.y0) / pitch), rows - 1);
    const std::int64_t place = row * columns + column;
    if (place >= grid.cells()) return std::nullopt;
    return kind == CellKind::text ? grid.there_and_back(place) : place;
}

Area CellLayout::area_of(std::int64_t cell) const {
    const std::int64_t place = kind == CellKind::text ? grid.there_and_back(cell) : cell;
    const float x0 = area.x0 + pitch * static_cast<float>(place % columns);
    const float y0 = area.y0 + pitch * static_cast<float>(place / columns);
    return {x0, y0, x0 + pitch, y0 + pitch};
}

CellLayout lay_out_cells(const GridLayout& grid, Area room, float scale) {
    const std::int64_t columns = grid.columns(), rows = grid.rows(), cells = grid.cells();
    const float fits =
        std::min(room.width() / static_cast<float>(columns), room.height() / static_cast<float>(rows));
    const float whole = std::floor(std::min(fits, k_most_pitch * scale));
    if (whole >= k_least_ground_pitch * scale && cells <= k_most_boxes)
        return placed(CellKind::ground, grid, room, whole, columns, rows);
    const float text = pitch_of_text(cells, room, k_most_pitch * scale);
    if (text >= k_least_text_pitch * scale && cells <= k_most_boxes) {
        const auto a_row = std::max<std::int64_t>(1, static_cast<std::int64_t>(room.width() / text));
        return placed(CellKind::text, grid, room, text, a_row, (cells + a_row - 1) / a_row);
    }
    const float pitch = fits >= 1 ? std::floor(fits) : fits;
    return placed(CellKind::picture, grid, room, std::max(pitch, 1e-3f), columns, rows);
}

std::vector<std::uint32_t> picture_of_marks(const InspectionGrid& grid, const CellLayout& layout, int width,
                                            int height, const MarkColors& colors) {
    std::vector<std::uint32_t> pixels(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
    const std::int64_t columns = grid.layout.columns(), rows = grid.layout.rows();
    const auto pitch = static_cast<double>(layout.pitch);
    const bool has_gaps = pitch >= 4;
    const auto first = [&](int at, std::int64_t count) {
        return std::clamp(static_cast<std::int64_t>(at / pitch), std::int64_t{0}, count - 1);
    };
    // Half-open, at least one cell.
    const auto end = [&](int at, std::int64_t count) {
        return std::clamp(static_cast<std::int64_t>(std::ceil((at + 1) / pitch)), first(at, count) + 1,
                          count);
    };
    const auto is_gap = [&](int at) {
        return has_gaps && at % static_cast<int>(pitch) == static_cast<int>(pitch) - 1;
    };
    for (int y = 0; y < height; ++y) {
        const std::int64_t row0 = first(y, rows), row1 = pitch >= 1 ? row0 + 1 : end(y, rows);
        for (int x = 0; x < width; ++x) {
            std::uint32_t& pixel = pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                                          static_cast<std::size_t>(x)];
            if (is_gap(x) || is_gap(y)) {
                pixel = colors.gap;
                continue;
            }
            const std::int64_t column0 = first(x, columns),
                               column1 = pitch >= 1 ? column0 + 1 : end(x, columns);
            std::int64_t done = 0;
            bool doubtful = false;
            for (std::int64_t row = row0; row < row1; ++row)
                for (std::int64_t i = row * columns + column0; i < row * columns + column1; ++i) {
                    const Mark mark = grid.marks[static_cast<std::size_t>(i)];
                    done += mark == Mark::done ? 1 : 0;
                    doubtful |= mark == Mark::doubtful;
                }
            const auto share =
                static_cast<float>(done) / static_cast<float>((row1 - row0) * (column1 - column0));
            pixel = doubtful ? colors.doubtful : mix(colors.todo, colors.done, share);
        }
    }
    return pixels;
}

GridPicture::GridPicture() = default;
GridPicture::~GridPicture() = default;

ImTextureID GridPicture::texture(const Ui& u, const InspectionGrid& grid, const CellLayout& layout,
                                 const MarkColors& colors) {
    const Key key{u.bench.document(),
                  grid.asset,
                  u.bench.document()->revision(),
                  std::max(1, static_cast<int>(layout.area.width())),
                  std::max(1, static_cast<int>(layout.area.height())),
                  colors};
    if (!m_texture || key != m_key) {
        const render::TextureDesc desc{.width = key.width, .height = key.height};
        if (!m_texture || m_texture->desc() != desc) m_texture = std::make_unique<render::Texture>(desc);
        const auto pixels = picture_of_marks(grid, layout, key.width, key.height, colors);
        m_texture->upload(pixels.data(), std::int64_t{key.width} * 4);
        m_key = key;
    }
    return reinterpret_cast<ImTextureID>(static_cast<std::uintptr_t>(m_texture->id()));
}

void draw_cells(Ui& u, const CellLayout& layout, const InspectionGrid& grid,
                std::optional<std::int64_t> current, std::optional<std::int64_t> hovered) {
    const MarkColors colors = mark_colors(u.theme);
    if (layout.kind != CellKind::picture)
        draw_boxes(u, layout, grid, colors);
    else if (u.grid_picture != nullptr)
        ImGui::GetWindowDrawList()->AddImage(u.grid_picture->texture(u, grid, layout, colors),
                                             layout.area.min(), layout.area.max());
    if (current) draw_current(u, layout, *current);
    if (!hovered || layout.pitch < u.px(4)) return;
    Area box = layout.area_of(*hovered);
    const float gap = gap_of(layout.pitch, u.scale), line = std::max(1.0f, std::floor(u.scale));
    outline({box.x0 - line, box.y0 - line, box.x1 - gap + line, box.y1 - gap + line}, u.theme.text, u.px(2),
            line);
}

}  // namespace app
