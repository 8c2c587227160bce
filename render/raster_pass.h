#pragma once
// Draws the tiles of a raster and says which ones it would like to have.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "media/raster_source.h"
#include "media/raster_style.h"
#include "render/framebuffer.h"
#include "render/program.h"
#include "render/raster_plan.h"
#include "render/raster_textures.h"
#include "render/video_pass.h"
#include "render/view.h"

namespace render {

// Lives and dies on the GL thread.
class RasterPass {
public:
    [[nodiscard]] static base::Result<RasterPass> create();
    RasterPass(RasterPass&& other) noexcept;
    RasterPass& operator=(RasterPass&& other) = delete;
    ~RasterPass();

    // Blended over the framebuffer bound now, whose whole size is `target`. Magnified: nearest sampling, so
    // that a pixel is a pixel. Minified: between the four nearest samples of the level, before they become
    // colours; palettes and what is thresholded stay nearest. begin_frame() of `textures` is the caller's.
    RasterDrawn draw(media::RasterSource& source, const media::RasterInfo& info,
                     const std::shared_ptr<const media::RasterShading>& shading, RasterTextures& textures,
                     const View& view, Size target, const RasterPassOptions& options = {});
    // Why a shading could not be compiled by the driver; empty: it could.
    [[nodiscard]] const std::string& failure() const { return m_failure; }

private:
    RasterPass() = default;
    [[nodiscard]] Program* program_for(const media::RasterShading& shading);
    void take_shading(const std::shared_ptr<const media::RasterShading>& shading);
    struct Drawing;
    bool draw_tile(Drawing& drawing, media::TileAddress address, const base::Rect& within);
    bool draw_stand_in(Drawing& drawing, const base::Rect& within);

    std::map<std::string, Program> m_programs;              // by their generated part
    std::shared_ptr<const media::RasterShading> m_shading;  // whose tables are in the textures
    std::optional<Texture> m_lut, m_palette;
    std::uint32_t m_vertex_array = 0;
    std::string m_failure;
};

}  // namespace render
