#pragma once
// Pictures in memory, how far two of them differ, and frames with known samples.

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "media/video_frame.h"

namespace render::testing {

using Pixel = std::array<int, 4>;

struct Picture {
    int width = 0, height = 0;
    std::vector<std::uint8_t> rgba;  // rows top to bottom
    [[nodiscard]] Pixel at(int x, int y) const {
        const std::uint8_t* p = rgba.data() + (static_cast<std::size_t>(y) * width + x) * 4;
        return {p[0], p[1], p[2], p[3]};
    }
    void set(int x, int y, const Pixel& value) {
        for (std::size_t c = 0; c < 4; ++c)
            rgba[(static_cast<std::size_t>(y) * width + x) * 4 + c] = static_cast<std::uint8_t>(value[c]);
    }
};

inline Picture blank(int width, int height) {
    return {width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width) * height * 4)};
}

// The largest difference of a channel; 256 when the sizes differ.
inline int largest_difference(const Picture& a, const Picture& b) {
    if (a.width != b.width || a.height != b.height || a.rgba.size() != b.rgba.size()) return 256;
    int largest = 0;
    for (std::size_t i = 0; i < a.rgba.size(); ++i)
        largest = std::max(largest, std::abs(a.rgba[i] - b.rgba[i]));
    return largest;
}

struct FrameSpec {
    media::PixelLayout layout = media::PixelLayout::yuv;
    int width = 37, height = 23;
    int bit_depth = 8;
    int log2_chroma_w = 1, log2_chroma_h = 1;
    media::ColorMatrix matrix = media::ColorMatrix::bt709;
    media::ColorRange range = media::ColorRange::limited;
    int rotation_deg = 0;
    bool flip = false;
};

// A frame of hashed samples over all legal codes (alpha opaque), with rows padded to an odd number of bytes
// where that is legal, so that every stride is unlike its width.
class TestFrame {
public:
    explicit TestFrame(const FrameSpec& spec) {
        frame.width_px = spec.width;
        frame.height_px = spec.height;
        frame.layout = spec.layout;
        frame.bit_depth = spec.bit_depth;
        frame.log2_chroma_w = spec.log2_chroma_w;
        frame.log2_chroma_h = spec.log2_chroma_h;
        frame.matrix = spec.matrix;
        frame.range = spec.range;
        frame.rotation_deg = spec.rotation_deg;
        frame.flip_horizontal = spec.flip;
        frame.index = 7;
        const int chroma_width = (spec.width + (1 << spec.log2_chroma_w) - 1) >> spec.log2_chroma_w;
        const int chroma_height = (spec.height + (1 << spec.log2_chroma_h) - 1) >> spec.log2_chroma_h;
        using enum media::PixelLayout;
        add_plane(0, spec.width, spec.height, spec.layout == rgba ? 4 : 1);
        if (spec.layout == nv12) add_plane(1, chroma_width, chroma_height, 2);
        if (spec.layout == yuv) add_plane(1, chroma_width, chroma_height, 1);
        if (spec.layout == yuv) add_plane(2, chroma_width, chroma_height, 1);
    }
    TestFrame(const TestFrame&) = delete;
    TestFrame& operator=(const TestFrame&) = delete;

    [[nodiscard]] int sample(int plane, int x, int y, int channel = 0) const {
        const std::size_t at = offset(plane, x, y, channel);
        const std::uint8_t* bytes = m_bytes[static_cast<std::size_t>(plane)].data() + at;
        return frame.bit_depth > 8 ? bytes[0] | bytes[1] << 8 : bytes[0];
    }
    void set_sample(int plane, int x, int y, int channel, int value) {
        std::uint8_t* bytes = m_bytes[static_cast<std::size_t>(plane)].data() + offset(plane, x, y, channel);
        bytes[0] = static_cast<std::uint8_t>(value);
        if (frame.bit_depth > 8) bytes[1] = static_cast<std::uint8_t>(value >> 8);
    }

    media::VideoFrame frame;

private:
    void add_plane(int plane, int width, int height, int channels) {
        const auto index = static_cast<std::size_t>(plane);
        const int sample_bytes = frame.bit_depth > 8 ? 2 : 1;
        m_channels[index] = channels;
        const int padding = 3 * channels * sample_bytes;
        const int stride = width * channels * sample_bytes + padding;
        m_bytes[index].assign(static_cast<std::size_t>(stride) * height, 0xEE);
        frame.planes[index] = {m_bytes[index].data(), stride, width, height};
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x)
                for (int c = 0; c < channels; ++c) set_sample(plane, x, y, c, hashed(plane, x, y, c));
    }

    [[nodiscard]] int hashed(int plane, int x, int y, int channel) const {
        if (channel == 3) return (1 << frame.bit_depth) - 1;
        const auto mixed = [](int value, std::uint32_t by) { return static_cast<std::uint32_t>(value) * by; };
        std::uint32_t h = mixed(x, 73856093) ^ mixed(y, 19349663) ^ mixed(plane * 4 + channel + 1, 83492791);
        h = (h ^ h >> 13) * 0x5bd1e995u;
        h ^= h >> 15;
        return static_cast<int>(h % (1u << frame.bit_depth));
    }

    [[nodiscard]] std::size_t offset(int plane, int x, int y, int channel) const {
        const auto index = static_cast<std::size_t>(plane);
        const int sample_bytes = frame.bit_depth > 8 ? 2 : 1;
        return static_cast<std::size_t>(y * frame.planes[index].stride_bytes +
                                        (x * m_channels[index] + channel) * sample_bytes);
    }

    std::array<std::vector<std::uint8_t>, 3> m_bytes;
    std::array<int, 3> m_channels{};
};

// What a frame looks like, computed from the standards' formulas in double precision and sharing nothing with
// the shader: BT.601/709/2020 from their printed coefficients, ranges as H.273 8.3, nearest chroma.
class Reference {
public:
    explicit Reference(const TestFrame& test) : m_test{test}, m_frame{test.frame} {}

    // As shown: flipped, then rotated clockwise.
    [[nodiscard]] Picture shown() const {
        Picture picture = blank(m_frame.shown_width(), m_frame.shown_height());
        const int w = m_frame.width_px, h = m_frame.height_px;
        for (int y = 0; y < h; ++y) {
            for (int x = 0; x < w; ++x) {
                const int flipped = m_frame.flip_horizontal ? w - 1 - x : x;
                int shown_x = flipped, shown_y = y;
                for (int turns = 0, height = h, width = w; turns < m_frame.rotation_deg / 90; ++turns) {
                    const int before =
                        shown_x;  // one quarter turn clockwise: the left column becomes the top row
                    shown_x = height - 1 - shown_y;
                    shown_y = before;
                    std::swap(width, height);
                }
                picture.set(shown_x, shown_y, pixel(x, y));
            }
        }
        return picture;
    }

    [[nodiscard]] Pixel pixel(int x, int y) const {
        using enum media::PixelLayout;
        if (m_frame.layout == rgba) return rgba_pixel(x, y);
        const double luma = normal_luma(m_test.sample(0, x, y));
        if (m_frame.layout == gray) return rounded(luma, luma, luma);
        const int cx = x / (1 << m_frame.log2_chroma_w), cy = y / (1 << m_frame.log2_chroma_h);
        const bool interleaved = m_frame.layout == nv12;
        const double cb = normal_chroma(m_test.sample(1, cx, cy, 0));
        const double cr = normal_chroma(interleaved ? m_test.sample(1, cx, cy, 1) : m_test.sample(2, cx, cy));
        switch (m_frame.matrix) {
            case media::ColorMatrix::bt601:
                return rounded(luma + 1.402 * cr, luma - 0.344136 * cb - 0.714136 * cr, luma + 1.772 * cb);
            case media::ColorMatrix::bt709:
                return rounded(luma + 1.5748 * cr, luma - 0.187324 * cb - 0.468124 * cr, luma + 1.8556 * cb);
            case media::ColorMatrix::bt2020:
                return rounded(luma + 1.4746 * cr, luma - 0.164553 * cb - 0.571353 * cr, luma + 1.8814 * cb);
        }
        return {};
    }

private:
    [[nodiscard]] Pixel rgba_pixel(int x, int y) const {
        Pixel out{};
        for (int c = 0; c < 4; ++c)
            out[static_cast<std::size_t>(c)] =
                static_cast<int>(std::lround(m_test.sample(0, x, y, c) * 255.0 / (code_count() - 1)));
        return out;
    }
    [[nodiscard]] double code_count() const { return std::pow(2.0, m_frame.bit_depth); }
    [[nodiscard]] bool full() const { return m_frame.range == media::ColorRange::full; }
    [[nodiscard]] double normal_luma(int code) const {
        return full() ? code / (code_count() - 1) : (code / (code_count() / 256) - 16) / 219;
    }
    [[nodiscard]] double normal_chroma(int code) const {
        return full() ? (code - code_count() / 2) / (code_count() - 1)
                      : (code / (code_count() / 256) - 128) / 224;
    }
    static Pixel rounded(double r, double g, double b) {
        const auto channel = [](double v) {
            return static_cast<int>(std::lround(std::clamp(v, 0.0, 1.0) * 255));
        };
        return {channel(r), channel(g), channel(b), 255};
    }

    const TestFrame& m_test;
    const media::VideoFrame& m_frame;
};

}  // namespace render::testing
