#pragma once
// The cells of an inspection grid in the panel: where each lies, and drawing them.

#include <memory>
#include <optional>
#include <vector>

#include "app/ui/ui.h"
#include "labels/inspection_grid.h"

namespace render {
class Texture;
}

namespace app {

// Few cells lie as on the ground. More of them than fit so at a size one can hit run on like text, in the
// order they are looked at. More still are a picture of the ground, of one pixel a cell or less.
enum class CellKind : std::uint8_t { ground, text, picture };

struct CellLayout {
    CellKind kind = CellKind::ground;
    Area area;                           // what they cover
    float pitch = 1;                     // from one cell to the next; below 1 several share a pixel
    std::int64_t columns = 1, rows = 1;  // as drawn
    labels::GridLayout grid;

    [[nodiscard]] std::optional<std::int64_t> cell_at(ImVec2 at) const;
    [[nodiscard]] Area area_of(std::int64_t cell) const;  // with the gap after it
};

// `scale`: framebuffer pixels per logical pixel.
[[nodiscard]] CellLayout lay_out_cells(const labels::GridLayout& grid, Area room, float scale);

struct MarkColors {
    ImU32 todo = 0, done = 0, doubtful = 0, gap = 0;
    bool operator==(const MarkColors&) const = default;
};
[[nodiscard]] MarkColors mark_colors(const Theme& theme);
// The picture of a large grid as pixels, 0xAABBGGRR, row by row. Of the cells that share a pixel a doubtful
// one is seen, else the pixel is as done as its cells are.
[[nodiscard]] std::vector<std::uint32_t> picture_of_marks(const labels::InspectionGrid& grid,
                                                          const CellLayout& layout, int width, int height,
                                                          const MarkColors& colors);

// The picture of a large grid as a texture, made again when the marks, its size or the theme change. Lives
// and dies on the GL thread.
class GridPicture {
public:
    GridPicture();
    ~GridPicture();
    [[nodiscard]] ImTextureID texture(const Ui& u, const labels::InspectionGrid& grid,
                                      const CellLayout& layout, const MarkColors& colors);

private:
    struct Key {
        const void* document = nullptr;
        labels::AssetId asset;
        std::uint64_t revision = 0;
        int width = 0, height = 0;
        MarkColors colors;
        bool operator==(const Key&) const = default;
    };
    Key m_key;
    std::unique_ptr<render::Texture> m_texture;
};

void draw_cells(Ui& u, const CellLayout& layout, const labels::InspectionGrid& grid,
                std::optional<std::int64_t> current, std::optional<std::int64_t> hovered);

}  // namespace app
