#include "render/raster_pass.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <set>

#include <epoxy/gl.h>

#include "embedded_shaders.h"
#include "render/gl_context.h"
#include "render/gl_state.h"
#include "render/raster_levels.h"

namespace render {
namespace {

constexpr std::size_t k_most_bands = 14;  // with the two tables, the texture units that every driver has
constexpr std::size_t k_most_programs = 32;

bool is_smooth(const media::RasterShading& shading) {
    if (!shading.palette.empty()) return false;
    return std::ranges::all_of(shading.channels, [](const media::BandMath& math) {
        return math.text().find_first_of("<>=?") == std::string::npos;  // classes have nothing between them
    });
}

std::string generated_part(const media::RasterShading& shading) {
    std::string text = fmt::format(
        "#define BANDS {}\n#define CHANNELS {}\n#define HAS_MASK {}\n#define HILLSHADE {}\n"
        "#define PALETTE {}\n",
        shading.bands.size(), shading.channels.size(), shading.bands.back() == 0 ? 1 : 0,
        shading.hillshade ? 1 : 0, shading.palette.empty() ? 0 : 1);
    text += media::BandMath::glsl_helpers();
    std::string fetch;
    for (std::size_t i = 0; i < shading.bands.size(); ++i) {
        text += fmt::format("uniform sampler2D u_band{};\n", i);
        fetch += fmt::format(" v[{0}] = texelFetch(u_band{0}, t, 0).r;", i);
    }
    text += fmt::format("#define FETCH(t, v) {{{} }}\n", fetch);
    for (std::size_t channel = 0; channel < shading.channels.size(); ++channel) {
        const media::BandMath& math = shading.channels[channel];
        std::string parameters, arguments;
        for (std::size_t i = 0; i < math.bands().size(); ++i) {
            const auto at = std::ranges::find(shading.bands, math.bands()[i]) - shading.bands.begin();
            parameters += fmt::format("{}float v{}", i > 0 ? ", " : "", i);
            arguments += fmt::format("{}v[{}]", i > 0 ? ", " : "", at);
        }
        text +=
            fmt::format("float channel{0}({1}) {{ return {2}; }}\n#define CHANNEL{0}(v) channel{0}({3})\n",
                        channel, parameters, math.glsl_finite(), arguments);
    }
    return text;
}

// The shader's colours are multiplied by their alpha already.
void set_blending(RasterBlend blend) {
    glEnable(GL_BLEND);
    glBlendEquationSeparate(blend == RasterBlend::difference ? GL_FUNC_REVERSE_SUBTRACT : GL_FUNC_ADD,
                            GL_FUNC_ADD);
    switch (blend) {
        case RasterBlend::normal:
            return glBlendFuncSeparate(GL_ONE, GL_ONE_MINUS_SRC_ALPHA, GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
        case RasterBlend::multiply:  // dst * (1 - a) + dst * src
            return glBlendFuncSeparate(GL_DST_COLOR, GL_ONE_MINUS_SRC_ALPHA, GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
        case RasterBlend::screen:
            return glBlendFuncSeparate(GL_ONE, GL_ONE_MINUS_SRC_COLOR, GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
        case RasterBlend::difference:  // what is below minus this; where this is brighter, black
            return glBlendFuncSeparate(GL_ONE, GL_ONE, GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
    }
}

struct Decode {
    float scale, bias, whole;
};
Decode decode_of(TextureFormat format, bool biased) {
    if (format == TextureFormat::r8) return {255, 0, 1};
    if (format == TextureFormat::r16) return {65535, biased ? -32768.0f : 0.0f, 1};
    return {1, 0, 0};
}

bool stored_biased(const media::RasterInfo& info, int band) {
    if (band == 0) return false;
    const std::string& type = info.bands[static_cast<std::size_t>(band - 1)].type;
    return type == "Int16" || type == "Int8";
}

}  // namespace

base::Result<RasterPass> RasterPass::create() {
    assert(on_gl_thread());
    RasterPass pass;
    glGenVertexArrays(1, &pass.m_vertex_array);
    return pass;
}

RasterPass::RasterPass(RasterPass&& other) noexcept
    : m_programs{std::move(other.m_programs)},
      m_shading{std::move(other.m_shading)},
      m_lut{std::move(other.m_lut)},
      m_palette{std::move(other.m_palette)},
      m_vertex_array{std::exchange(other.m_vertex_array, 0)},
      m_failure{std::move(other.m_failure)} {}

RasterPass::~RasterPass() {
    if (m_vertex_array != 0) glDeleteVertexArrays(1, &m_vertex_array);
}

Program* RasterPass::program_for(const media::RasterShading& shading) {
    const std::string defines = generated_part(shading);
    if (const auto found = m_programs.find(defines); found != m_programs.end()) return &found->second;
    auto program =
        Program::create({"raster", limn_shaders::raster_vert, limn_shaders::raster_frag, {}, defines});
    if (!program) {
        m_failure = program.error().message;
        return nullptr;
    }
    if (m_programs.size() >= k_most_programs) m_programs.clear();
    return &m_programs.emplace(defines, std::move(*program)).first->second;
}

void RasterPass::take_shading(const std::shared_ptr<const media::RasterShading>& shading) {
    if (shading == m_shading) return;
    m_shading = shading;
    m_failure.clear();
    const auto rows = static_cast<int>(shading->lut_rows());
    m_lut.emplace(TextureDesc{.width = media::RasterShading::k_lut_size, .height = rows});
    m_lut->upload(shading->lut.data(), std::int64_t{media::RasterShading::k_lut_size} * 4);
    std::vector<std::array<std::uint8_t, 4>> palette((shading->palette.size() + 255) / 256 * 256);
    for (std::size_t i = 0; i < shading->palette.size(); ++i)
        for (std::size_t part = 0; part < 4; ++part)
            palette[i][part] = static_cast<std::uint8_t>(shading->palette[i] >> (24 - 8 * part));
    if (palette.empty()) return m_palette.reset();
    m_palette.emplace(TextureDesc{.width = 256, .height = static_cast<int>(palette.size() / 256)});
    m_palette->upload(palette.data(), 1024);
}

struct RasterPass::Drawing {
    media::RasterSource& source;
    const media::RasterInfo& info;
    const media::RasterShading& shading;
    RasterTextures& textures;
    Program& program;
    const View& view;
    Size target;
    const RasterPassOptions& options;
    base::Rect screen;  // what may be drawn on
    bool smooth = true;
};

// `within` in media space. False when some plane of it is not here.
bool RasterPass::draw_tile(Drawing& d, media::TileAddress address, const base::Rect& within) {
    std::vector<const Texture*> planes;
    for (const int band : d.shading.bands) {
        planes.push_back(d.textures.find(d.source, d.info, address, band));
        if (planes.back() == nullptr) return false;
    }
    const base::Rect tile = tile_rect(d.info, address);
    const base::Rect clip = both(d.view.screen_from_media(both(tile, within)), d.screen);
    if (clip.empty() || !begin_pass(d.target, clip)) return true;
    set_blending(d.options.blend);

    const double x = level_scale_x(d.info, address.level), y = level_scale_y(d.info, address.level);
    const base::Point corner_px{std::floor(clip.x0), std::floor(clip.y0)};
    const base::Point corner = d.view.media_from_screen(corner_px) - base::Point{tile.x0, tile.y0};
    const base::Point texel{corner.x / x, corner.y / y};
    const std::array whole = {static_cast<int>(std::floor(texel.x)), static_cast<int>(std::floor(texel.y))};
    d.program.set("u_origin_px", std::array{float(corner_px.x), float(corner_px.y)});
    d.program.set("u_origin_texel", whole);
    d.program.set("u_origin_fraction", std::array{float(texel.x - whole[0]), float(texel.y - whole[1])});
    d.program.set("u_texels_per_px",
                  std::array{float(1 / (d.view.scale * x)), float(1 / (d.view.scale * y))});
    d.program.set("u_size", std::array{planes.front()->desc().width - 2, planes.front()->desc().height - 2});
    const bool magnified_base = address.level == 0 && d.view.scale >= 1;
    d.program.set("u_smooth", d.smooth && !magnified_base ? 1 : 0);
    const bool grid = d.options.pixel_grid == PixelGrid::on && address.level == 0 &&
                      d.view.scale >= d.options.grid_min_scale;
    d.program.set("u_pixel_grid", grid ? 1 : 0);
    d.program.set("u_hatched", 0);
    for (std::size_t i = 0; i < planes.size(); ++i) {
        const int band = d.shading.bands[i];
        const Decode decode = decode_of(planes[i]->desc().format, stored_biased(d.info, band));
        d.program.set(fmt::format("u_band{}", i).c_str(), static_cast<int>(i));
        d.program.set(fmt::format("u_decode[{}]", i).c_str(),
                      std::array{decode.scale, decode.bias, decode.whole});
        planes[i]->bind(static_cast<int>(i));
    }
    // Only now: uploads of the planes above bind where they like.
    m_lut->bind(static_cast<int>(planes.size()));
    if (m_palette) m_palette->bind(static_cast<int>(planes.size()) + 1);
    const float eighth = static_cast<float>(d.shading.exaggeration / 8);
    d.program.set("u_per_cell", std::array{eighth / float(d.shading.cell_width_m * x),
                                           eighth / float(d.shading.cell_height_m * y)});
    glDrawArrays(GL_TRIANGLES, 0, 3);
    for (const int band : d.shading.bands) {  // over it, what could not be read
        const media::PlanePtr plane = d.source.find(address, band);
        for (const media::TileRect& part : plane ? plane->broken : std::vector<media::TileRect>{}) {
            const base::Rect media{tile.x0 + part.x0 * x, tile.y0 + part.y0 * y, tile.x0 + part.x1 * x,
                                   tile.y0 + part.y1 * y};
            const base::Rect hatched = both(d.view.screen_from_media(both(media, within)), d.screen);
            if (hatched.empty() || !begin_pass(d.target, hatched)) continue;
            d.program.set("u_hatched", 1);
            glDrawArrays(GL_TRIANGLES, 0, 3);
        }
    }
    return true;
}

// The finest level that covers `within` wholly, of those coarser than the one that is missing there.
bool RasterPass::draw_stand_in(Drawing& d, const base::Rect& within) {
    const int first = level_for_scale(d.info, d.view.scale) + 1;
    for (int level = first; level < static_cast<int>(d.info.levels.size()); ++level) {
        const auto tiles = by_distance(tiles_in(d.info, level, within), level, {});
        const bool here = std::ranges::all_of(tiles, [&](const media::TileAddress& tile) {
            return std::ranges::all_of(d.shading.bands, [&](int band) {
                return d.textures.find(d.source, d.info, tile, band) != nullptr;
            });
        });
        if (!here || tiles.empty()) continue;
        for (const media::TileAddress& tile : tiles) draw_tile(d, tile, within);
        return true;
    }
    return false;
}

RasterDrawn RasterPass::draw(media::RasterSource& source, const media::RasterInfo& info,
                             const std::shared_ptr<const media::RasterShading>& shading,
                             RasterTextures& textures, const View& view, Size target,
                             const RasterPassOptions& options) {
    RasterDrawn drawn{.plan = plan_raster(info, shading->bands, view, options)};
    const RasterPlan& plan = drawn.plan;
    take_shading(shading);
    if (shading->bands.size() > k_most_bands) {
        m_failure = fmt::format("At most {} bands can be shown at once", k_most_bands);
        return drawn;
    }
    Program* program = program_for(*shading);
    if (program == nullptr) return drawn;
    Drawing drawing{source,
                    info,
                    *shading,
                    textures,
                    *program,
                    view,
                    target,
                    options,
                    screen_of(view, options),
                    is_smooth(*shading)};
    program->use();
    program->set("u_target_height_px", static_cast<float>(target.height));
    program->set("u_opacity", options.opacity);
    for (std::size_t i = 0; i < shading->nodata.size(); ++i)
        program->set(fmt::format("u_nodata[{}]", i).c_str(),
                     std::array{shading->nodata[i].value_or(0), shading->nodata[i] ? 1.0f : 0.0f});
    for (std::size_t i = 0; i < shading->ranges.size(); ++i)
        program->set(fmt::format("u_range[{}]", i).c_str(),
                     std::array{shading->ranges[i].low, shading->ranges[i].high});
    program->set("u_sun", std::array{float(std::cos(shading->zenith_rad)),
                                     float(std::sin(shading->zenith_rad)), float(shading->azimuth_rad)});
    const int lut_unit = static_cast<int>(shading->bands.size());
    program->set("u_lut", lut_unit);
    program->set("u_palette", lut_unit + 1);
    program->set("u_palette_size", static_cast<int>(shading->palette.size()));
    glBindVertexArray(m_vertex_array);

    for (const media::TileAddress& tile : plan.in_sight) {
        if (!draw_tile(drawing, tile, plan.seen)) {
            ++drawn.missing;
            draw_stand_in(drawing, both(tile_rect(info, tile), plan.seen));
        }
        for (const int band : shading->bands)
            if (const auto plane = source.find(tile, band); plane && !plane->broken.empty()) {
                ++drawn.broken;
                break;
            }
    }
    drawn.deferred = textures.deferred() > 0;
    glBlendEquation(GL_FUNC_ADD);
    glDisable(GL_BLEND);
    glActiveTexture(GL_TEXTURE0);
    glBindVertexArray(0);
    end_pass();
    return drawn;
}

}  // namespace render
