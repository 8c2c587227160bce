#include "render/video_pass.h"

#include <cassert>
#include <chrono>
#include <utility>

#include <epoxy/gl.h>

#include "base/log.h"
#include "embedded_shaders.h"
#include "render/gl_context.h"
#include "render/gl_state.h"

namespace render {
namespace {

using media::PixelLayout;
using media::VideoFrame;

constexpr double k_max_taps = 4;  // an axis; beyond, mip levels come first

int plane_count(PixelLayout layout) {
    switch (layout) {
        case PixelLayout::yuv:
            return 3;
        case PixelLayout::nv12:
            return 2;
        case PixelLayout::gray:
        case PixelLayout::rgba:
            return 1;
    }
    return 1;
}

TextureFormat plane_format(const VideoFrame& frame, int plane) {
    const bool wide = frame.bit_depth > 8;
    if (frame.layout == PixelLayout::rgba) return wide ? TextureFormat::rgba16 : TextureFormat::rgba8;
    if (frame.layout == PixelLayout::nv12 && plane == 1)
        return wide ? TextureFormat::rg16 : TextureFormat::rg8;
    return wide ? TextureFormat::r16 : TextureFormat::r8;
}

base::Result<void> check_planes(const VideoFrame& frame) {
    const int limit = max_texture_size();
    if (frame.width_px > limit || frame.height_px > limit)
        return base::fail(base::ErrorKind::refused,
                          "This picture is {}x{} and the graphics driver shows at most {} a side; make a "
                          "smaller copy of it",
                          frame.width_px, frame.height_px, limit);
    for (int i = 0; i < plane_count(frame.layout); ++i) {
        const media::Plane& plane = frame.planes[static_cast<std::size_t>(i)];
        if (plane.data == nullptr || plane.width < 1 || plane.height < 1 || plane.width > limit ||
            plane.height > limit)
            return base::fail(base::ErrorKind::malformed,
                              "Frame {} came without picture data; decode it again", frame.index);
    }
    return {};
}

struct Luminance {
    double red, blue;
};

Luminance luminance_of(media::ColorMatrix matrix) {
    switch (matrix) {
        case media::ColorMatrix::bt601:
            return {0.299, 0.114};
        case media::ColorMatrix::bt709:
            return {0.2126, 0.0722};
        case media::ColorMatrix::bt2020:
            return {0.2627, 0.0593};
    }
    return {0.2126, 0.0722};
}

// From texture samples (0…1 over the whole texture format) to luma 0…1 and chroma -1/2…1/2.
struct SampleRange {
    double luma_zero, luma_scale, chroma_zero, chroma_scale;
};

// H.273: black at 16, white at 235 and chroma over 224 steps, times 2^(depth-8); full range uses all codes.
SampleRange sample_range(const VideoFrame& frame) {
    const double texture_max = frame.bit_depth > 8 ? 65535 : 255;
    const double code_max = (1 << frame.bit_depth) - 1;
    const double unit = std::ldexp(1.0, frame.bit_depth - 8);
    const double chroma_zero = 128 * unit / texture_max;
    if (frame.range == media::ColorRange::full)
        return {0, texture_max / code_max, chroma_zero, texture_max / code_max};
    return {16 * unit / texture_max, texture_max / (219 * unit), chroma_zero, texture_max / (224 * unit)};
}

std::array<float, 9> rgb_from_yuv(const Luminance& k, const SampleRange& range) {
    const double green = 1 - k.red - k.blue;
    const double y = range.luma_scale, c = range.chroma_scale;
    const std::array<double, 9> matrix{y,
                                       0,
                                       2 * (1 - k.red) * c,
                                       y,
                                       -2 * k.blue * (1 - k.blue) / green * c,
                                       -2 * k.red * (1 - k.red) / green * c,
                                       y,
                                       2 * (1 - k.blue) * c,
                                       0};
    std::array<float, 9> result{};
    std::ranges::transform(matrix, result.begin(), [](double value) { return static_cast<float>(value); });
    return result;
}

// How a plane is averaged over the area of one screen pixel.
struct Averaging {
    std::array<int, 2> taps{1, 1};
    int level = 0;
};

Averaging averaging_for(double footprint_x, double footprint_y) {
    Averaging result;
    for (double widest = std::max(footprint_x, footprint_y); widest > k_max_taps; widest /= 2) ++result.level;
    const double texel = 1 << result.level;
    const auto taps = [texel](double footprint) {
        return std::max(1, static_cast<int>(std::ceil(footprint / texel)));
    };
    result.taps = {taps(footprint_x), taps(footprint_y)};
    return result;
}

std::size_t program_index(PixelLayout layout, bool minified) {
    return static_cast<std::size_t>(layout) * 2 + (minified ? 1 : 0);
}

std::array<float, 2> narrow(base::Point p) { return {static_cast<float>(p.x), static_cast<float>(p.y)}; }

void set_place(Program& program, const View& view, const base::Rect& clip) {
    const base::Point origin{std::floor(clip.x0), std::floor(clip.y0)};
    const base::Point at = view.media_from_screen(origin);
    const base::Point whole{std::floor(at.x), std::floor(at.y)};
    program.set("u_origin_px", narrow(origin));
    program.set("u_origin_texel", std::array{static_cast<int>(whole.x), static_cast<int>(whole.y)});
    program.set("u_origin_fraction", narrow(at - whole));
    program.set("u_texels_per_px", static_cast<float>(1 / view.scale));
}

void set_picture(Program& program, const VideoFrame& frame) {
    program.set("u_shown_size", std::array{frame.shown_width(), frame.shown_height()});
    program.set("u_coded_size", std::array{frame.width_px, frame.height_px});
    program.set("u_quarter_turns", frame.rotation_deg / 90 % 4);
    program.set("u_flip", frame.flip_horizontal ? 1 : 0);
    program.set("u_chroma_shift", std::array{frame.log2_chroma_w, frame.log2_chroma_h});
    program.set("u_plane0", 0);
    program.set("u_plane1", 1);
    program.set("u_plane2", 2);
}

void set_color(Program& program, const VideoFrame& frame) {
    const SampleRange range = sample_range(frame);
    const auto chroma_zero = static_cast<float>(range.chroma_zero);
    program.set_matrix3("u_rgb_from_yuv", rgb_from_yuv(luminance_of(frame.matrix), range));
    program.set("u_yuv_zero", std::array{static_cast<float>(range.luma_zero), chroma_zero, chroma_zero});
    const double sample_scale = frame.bit_depth > 8 ? 65535.0 / ((1 << frame.bit_depth) - 1) : 1.0;
    program.set("u_sample_scale", static_cast<float>(sample_scale));
    program.set("u_checker_dark", std::array{0x16 / 255.f, 0x19 / 255.f, 0x1E / 255.f});
    program.set("u_checker_light", std::array{0x1F / 255.f, 0x23 / 255.f, 0x2A / 255.f});
}

// Texels of the first plane for each of the picture's: less than 1 where a stand-in has smaller planes.
base::Point plane_scale(const VideoFrame& frame, const TextureDesc& plane) {
    return {static_cast<double>(plane.width) / frame.width_px,
            static_cast<double>(plane.height) / frame.height_px};
}

// The coarsest mip level it will sample.
int set_averaging(Program& program, const VideoFrame& frame, double scale, base::Point texels) {
    const base::Point footprint{texels.x / scale, texels.y / scale};
    const Averaging luma = averaging_for(footprint.x, footprint.y);
    const Averaging chroma =
        averaging_for(footprint.x / (1 << frame.log2_chroma_w), footprint.y / (1 << frame.log2_chroma_h));
    program.set("u_plane_scale", narrow(texels));
    program.set("u_luma_taps", luma.taps);
    program.set("u_chroma_taps", chroma.taps);
    program.set("u_luma_level", static_cast<float>(luma.level));
    program.set("u_chroma_level", static_cast<float>(chroma.level));
    return std::max(luma.level, chroma.level);
}

}  // namespace

base::Result<void> VideoTextures::upload(const VideoFrame& frame) {
    assert(on_gl_thread());
    if (base::Result<void> sound = check_planes(frame); !sound) return sound;
    const auto started = std::chrono::steady_clock::now();
    for (int i = 0; i < static_cast<int>(m_planes.size()); ++i) {
        std::optional<Texture>& texture = m_planes[static_cast<std::size_t>(i)];
        if (i >= plane_count(frame.layout)) {
            texture.reset();
            continue;
        }
        const media::Plane& plane = frame.planes[static_cast<std::size_t>(i)];
        const TextureDesc desc{plane.width, plane.height, plane_format(frame, i), Filter::linear};
        if (!texture || texture->desc() != desc) {
            texture.emplace(desc);
            ++m_counters.textures_made;
        }
        texture->upload(plane.data, plane.stride_bytes);
        m_counters.bytes += texture->size_bytes();
    }
    m_has_mipmaps = false;
    m_shown = frame;
    m_shown->planes = {};
    m_shown->owner.reset();
    ++m_counters.uploads;
    m_counters.last_upload_ms =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - started).count();
    return {};
}

MediaSize VideoTextures::shown_size() const {
    if (!m_shown) return {};
    return {static_cast<double>(m_shown->shown_width()), static_cast<double>(m_shown->shown_height())};
}

void VideoTextures::make_mipmaps() {
    if (std::exchange(m_has_mipmaps, true)) return;
    for (std::optional<Texture>& texture : m_planes)
        if (texture) texture->generate_mipmaps();
    ++m_counters.mipmaps_made;
}

base::Result<VideoPass> VideoPass::create() {
    assert(on_gl_thread());
    VideoPass pass;
    for (const bool minified :
         {false, true})  // what nearly every video needs; a driver's refusal is known at once
        if (base::Result<void> made = pass.make_program(PixelLayout::yuv, minified); !made)
            return std::unexpected(made.error());
    glGenVertexArrays(1, &pass.m_vertex_array);
    return pass;
}

VideoPass::VideoPass(VideoPass&& other) noexcept
    : m_programs{std::move(other.m_programs)},
      m_told_of_failure{other.m_told_of_failure},
      m_vertex_array{std::exchange(other.m_vertex_array, 0)} {}

base::Result<void> VideoPass::make_program(PixelLayout layout, bool minified) {
    std::string defines =
        fmt::format("#define LAYOUT {}\n#define MINIFIED {}\n", static_cast<int>(layout), minified ? 1 : 0);
    base::Result<Program> program = Program::create(
        {"video", limn_shaders::video_vert, limn_shaders::video_frag, {}, std::move(defines)});
    if (!program) return std::unexpected(program.error());
    m_programs[program_index(layout, minified)].emplace(std::move(*program));
    return {};
}

Program* VideoPass::program_for(PixelLayout layout, bool minified) {
    std::optional<Program>& program = m_programs[program_index(layout, minified)];
    if (!program && !m_told_of_failure) {
        if (const base::Result<void> made = make_program(layout, minified); !made) {
            base::log(base::LogLevel::error, "{}", made.error().message);
            m_told_of_failure = true;
        }
    }
    return program ? &*program : nullptr;
}

Reload VideoPass::reload_if_changed() {
    Reload result = Reload::unchanged;
    for (std::optional<Program>& program : m_programs)
        if (program) result = std::max(result, program->reload_if_changed());
    return result;
}

VideoPass::~VideoPass() {
    if (m_vertex_array == 0) return;
    assert(on_gl_thread());
    glDeleteVertexArrays(1, &m_vertex_array);
}

void VideoPass::draw(VideoTextures& textures, const View& view, Size target,
                     const VideoPassOptions& options) {
    if (textures.empty()) return;
    const VideoFrame& frame = *textures.m_shown;
    const MediaSize shown = textures.shown_size();
    const base::Rect picture = view.screen_from_media(base::Rect{0, 0, shown.width, shown.height});
    const base::Rect clip{std::max(view.screen.x0, picture.x0), std::max(view.screen.y0, picture.y0),
                          std::min(view.screen.x1, picture.x1), std::min(view.screen.y1, picture.y1)};
    const base::Point texels = plane_scale(frame, textures.m_planes[0]->desc());
    const bool reduced = texels.x != 1 || texels.y != 1;  // magnified smoothly: there are no pixels to see
    Program* program = program_for(frame.layout, view.scale < 1 || reduced);
    if (program == nullptr || !begin_pass(target, clip)) return;

    program->use();
    program->set("u_target_height_px", static_cast<float>(target.height));
    set_place(*program, view, clip);
    set_picture(*program, frame);
    set_color(*program, frame);
    if (set_averaging(*program, frame, view.scale, texels) > 0) textures.make_mipmaps();
    const bool grid = options.pixel_grid == PixelGrid::on && view.scale >= options.grid_min_scale;
    program->set("u_pixel_grid", grid ? 1 : 0);
    for (int i = 0; i < plane_count(frame.layout); ++i)
        textures.m_planes[static_cast<std::size_t>(i)]->bind(i);
    glActiveTexture(GL_TEXTURE0);
    glBindVertexArray(m_vertex_array);
    glDrawArrays(GL_TRIANGLES, 0, 3);
    glBindVertexArray(0);
    end_pass();
}

}  // namespace render
