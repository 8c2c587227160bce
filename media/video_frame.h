#pragma once
// One decoded picture in memory, shared and immutable.

#include <array>
#include <cstdint>
#include <memory>
#include <string>

namespace media {

enum class PixelLayout : std::uint8_t {
    yuv,   // planes[0..2] = Y, U, V; subsampling by log2_chroma_w/h
    nv12,  // planes[0] = Y, planes[1] = interleaved UV (two samples a texel)
    gray,  // planes[0]
    rgba,  // planes[0] = interleaved R, G, B, A
};
enum class ColorMatrix : std::uint8_t { bt601, bt709, bt2020 };
enum class ColorRange : std::uint8_t { limited, full };

struct Plane {
    const std::uint8_t* data = nullptr;
    std::int64_t stride_bytes = 0;
    int width = 0, height = 0;  // in texels
};

struct VideoFrame {
    std::int64_t index = 0;  // picture number (frame truth, DESIGN §1)
    std::int64_t pts = 0;    // in the stream's time base
    // Coded picture as decoded, before rotation. A stand-in's planes may be smaller and cover it all the
    // same.
    int width_px = 0, height_px = 0;
    int rotation_deg = 0;          // clockwise, to be applied for display: 0, 90, 180, 270
    bool flip_horizontal = false;  // applied before the rotation
    PixelLayout layout = PixelLayout::yuv;
    int bit_depth = 8;  // significant bits; samples of more than 8 lie in the low bits of 16
    int log2_chroma_w = 1, log2_chroma_h = 1;
    ColorMatrix matrix = ColorMatrix::bt709;
    ColorRange range = ColorRange::limited;
    std::array<Plane, 4> planes;
    std::size_t size_bytes = 0;
    bool damaged = false;               // the decoder reported an error in it
    bool stand_in = false;              // from a proxy, or a keyframe nearby: looked at until the exact one
                                        // comes, never labelled, never exported
    std::shared_ptr<const void> owner;  // keeps the planes alive

    // Size as shown, rotation applied.
    [[nodiscard]] int shown_width() const { return rotation_deg % 180 == 0 ? width_px : height_px; }
    [[nodiscard]] int shown_height() const { return rotation_deg % 180 == 0 ? height_px : width_px; }
};

using FramePtr = std::shared_ptr<const VideoFrame>;

}  // namespace media
