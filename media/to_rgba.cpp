#include <algorithm>
#include <cmath>
#include <cstring>

#include "media/video_source.h"

namespace media {
namespace {

struct Rgb {
    std::uint8_t r = 0, g = 0, b = 0;
};

// kr and kb of ITU-R BT.601, BT.709 and BT.2020.
std::pair<float, float> luma_weights(ColorMatrix matrix) {
    if (matrix == ColorMatrix::bt601) return {0.299f, 0.114f};
    if (matrix == ColorMatrix::bt2020) return {0.2627f, 0.0593f};
    return {0.2126f, 0.0722f};
}

std::uint8_t to_byte(float value) {
    return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0f, 1.0f) * 255.0f));
}

// From stored samples to R'G'B', ITU-R BT.709 and BT.2020, 8.9 and 9: limited range keeps 16…235 (luma) and
// 16…240 (chroma), scaled to the bit depth.
class Converter {
public:
    explicit Converter(const VideoFrame& frame) {
        const auto [kr, kb] = luma_weights(frame.matrix);
        const float kg = 1 - kr - kb;
        m_red_v = 2 * (1 - kr);
        m_blue_u = 2 * (1 - kb);
        m_green_u = -2 * kb * (1 - kb) / kg;
        m_green_v = -2 * kr * (1 - kr) / kg;
        const auto unit = static_cast<float>(1 << (frame.bit_depth - 8));
        const auto top = static_cast<float>((1 << frame.bit_depth) - 1);
        const bool full = frame.range == ColorRange::full;
        m_luma_offset = full ? 0 : 16 * unit;
        m_luma_scale = full ? 1 / top : 1 / (219 * unit);
        m_chroma_offset = 128 * unit;
        m_chroma_scale = full ? 1 / top : 1 / (224 * unit);
    }
    [[nodiscard]] Rgb color(int y, int u, int v) const {
        const float luma = (static_cast<float>(y) - m_luma_offset) * m_luma_scale;
        const float cb = (static_cast<float>(u) - m_chroma_offset) * m_chroma_scale;
        const float cr = (static_cast<float>(v) - m_chroma_offset) * m_chroma_scale;
        return {to_byte(luma + m_red_v * cr), to_byte(luma + m_green_u * cb + m_green_v * cr),
                to_byte(luma + m_blue_u * cb)};
    }
    [[nodiscard]] Rgb gray(int y) const {
        const std::uint8_t value = to_byte((static_cast<float>(y) - m_luma_offset) * m_luma_scale);
        return {value, value, value};
    }

private:
    float m_red_v = 0, m_blue_u = 0, m_green_u = 0, m_green_v = 0;
    float m_luma_offset = 0, m_luma_scale = 0, m_chroma_offset = 0, m_chroma_scale = 0;
};

int sample(const Plane& plane, int bit_depth, int x, int y) {
    const std::uint8_t* row = plane.data + plane.stride_bytes * y;
    if (bit_depth <= 8) return row[x];
    std::uint16_t value = 0;
    std::memcpy(&value, row + 2 * static_cast<std::ptrdiff_t>(x), sizeof value);
    return value;
}

Rgb color_at(const VideoFrame& frame, const Converter& converter, int x, int y) {
    const int luma = sample(frame.planes[0], frame.bit_depth, x, y);
    if (frame.layout == PixelLayout::gray) return converter.gray(luma);
    const int cx = x >> frame.log2_chroma_w, cy = y >> frame.log2_chroma_h;
    if (frame.layout == PixelLayout::nv12)
        return converter.color(luma, sample(frame.planes[1], 8, 2 * cx, cy),
                               sample(frame.planes[1], 8, 2 * cx + 1, cy));
    return converter.color(luma, sample(frame.planes[1], frame.bit_depth, cx, cy),
                           sample(frame.planes[2], frame.bit_depth, cx, cy));
}

// Where a shown pixel lies in the stored picture, along one row: (x, y) at its start and the step to the
// next.
struct Walk {
    int x = 0, y = 0, step_x = 0, step_y = 0;
};

Walk stored_row(const VideoFrame& frame, int shown_y) {
    const int right = frame.width_px - 1, bottom = frame.height_px - 1;
    Walk walk;
    switch (frame.rotation_deg) {
        case 90:
            walk = {shown_y, bottom, 0, -1};
            break;
        case 180:
            walk = {right, bottom - shown_y, -1, 0};
            break;
        case 270:
            walk = {right - shown_y, 0, 0, 1};
            break;
        default:
            walk = {0, shown_y, 1, 0};
            break;
    }
    if (frame.flip_horizontal) walk.x = right - walk.x, walk.step_x = -walk.step_x;
    return walk;
}

}  // namespace

std::array<int, 3> pixel_rgb(const VideoFrame& frame, int shown_x, int shown_y) {
    const Walk walk = stored_row(frame, shown_y);
    const int x = walk.x + walk.step_x * shown_x, y = walk.y + walk.step_y * shown_x;
    if (frame.layout == PixelLayout::rgba) {
        const std::uint8_t* texel = frame.planes[0].data + frame.planes[0].stride_bytes * y + 4 * x;
        return {texel[0], texel[1], texel[2]};
    }
    const Rgb rgb = color_at(frame, Converter{frame}, x, y);
    return {rgb.r, rgb.g, rgb.b};
}

std::vector<std::uint8_t> to_rgba(const VideoFrame& frame) {
    const Converter converter{frame};
    const int width = frame.shown_width(), height = frame.shown_height();
    std::vector<std::uint8_t> rgba(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4);
    std::uint8_t* out = rgba.data();
    for (int y = 0; y < height; ++y) {
        Walk walk = stored_row(frame, y);
        for (int x = 0; x < width; ++x, out += 4, walk.x += walk.step_x, walk.y += walk.step_y) {
            if (frame.layout == PixelLayout::rgba) {
                std::memcpy(out, frame.planes[0].data + frame.planes[0].stride_bytes * walk.y + 4 * walk.x,
                            4);
                continue;
            }
            const Rgb rgb = color_at(frame, converter, walk.x, walk.y);
            out[0] = rgb.r, out[1] = rgb.g, out[2] = rgb.b, out[3] = 255;
        }
    }
    return rgba;
}

}  // namespace media
