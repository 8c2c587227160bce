#include "media/small_picture.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>
#include <vector>

namespace media {
namespace {

// One component of a plane: every `step`-th sample from `first` on.
struct Component {
    const Plane* plane = nullptr;
    int first = 0, step = 1;
    int bit_depth = 8;
};

template <class Sample>
void average(const Component& from, PictureSize size, std::uint8_t* out, int out_step) {
    const Plane& plane = *from.plane;
    const int shift = from.bit_depth - 8;
    std::vector<std::uint32_t> sums(static_cast<std::size_t>(size.width_px));
    const auto begin_of = [](int i, int of, int total) {
        return static_cast<int>(std::int64_t{i} * total / of);
    };
    for (int y = 0; y < size.height_px; ++y) {
        const int y0 = std::min(begin_of(y, size.height_px, plane.height), plane.height - 1);
        const int y1 = std::max(y0 + 1, begin_of(y + 1, size.height_px, plane.height));
        std::ranges::fill(sums, 0);
        for (int row = y0; row < y1; ++row) {
            const auto* samples =
                reinterpret_cast<const Sample*>(plane.data + plane.stride_bytes * row) + from.first;
            for (int x = 0, at = 0; x < size.width_px; ++x) {
                const int end = std::max(at + 1, begin_of(x + 1, size.width_px, plane.width));
                std::uint32_t sum = 0;
                for (int i = std::min(at, plane.width - 1); i < end && i < plane.width; ++i)
                    sum += samples[i * from.step];
                sums[static_cast<std::size_t>(x)] += sum;
                at = begin_of(x + 1, size.width_px, plane.width);
            }
        }
        for (int x = 0; x < size.width_px; ++x) {
            const int x0 = std::min(begin_of(x, size.width_px, plane.width), plane.width - 1);
            const int x1 =
                std::min(plane.width, std::max(x0 + 1, begin_of(x + 1, size.width_px, plane.width)));
            const auto count = static_cast<std::uint32_t>((x1 - x0) * (y1 - y0));
            const std::uint32_t mean = (sums[static_cast<std::size_t>(x)] + count / 2) / count;
            *out = static_cast<std::uint8_t>(std::min<std::uint32_t>(mean >> shift, 255));
            out += out_step;
        }
    }
}

void average_any(const Component& from, PictureSize size, std::uint8_t* out, int out_step) {
    if (from.bit_depth > 8)
        average<std::uint16_t>(from, size, out, out_step);
    else
        average<std::uint8_t>(from, size, out, out_step);
}

// The components of a picture in the order of the small picture's planes.
std::vector<Component> components_of(const VideoFrame& frame) {
    const auto& planes = frame.planes;
    switch (frame.layout) {
        case PixelLayout::gray:
            return {{.plane = planes.data(), .bit_depth = frame.bit_depth}};
        case PixelLayout::nv12:
            return {{.plane = planes.data()},
                    {.plane = &planes[1], .first = 0, .step = 2},
                    {.plane = &planes[1], .first = 1, .step = 2}};
        case PixelLayout::rgba:
            return {{.plane = planes.data(), .first = 0, .step = 4},
                    {.plane = planes.data(), .first = 1, .step = 4},
                    {.plane = planes.data(), .first = 2, .step = 4},
                    {.plane = planes.data(), .first = 3, .step = 4}};
        case PixelLayout::yuv:
            break;
    }
    return {{.plane = planes.data(), .bit_depth = frame.bit_depth},
            {.plane = &planes[1], .bit_depth = frame.bit_depth},
            {.plane = &planes[2], .bit_depth = frame.bit_depth}};
}

}  // namespace

PictureSize size_inside(PictureSize picture, PictureSize box) {
    const double scale = std::min({1.0, static_cast<double>(box.width_px) / std::max(picture.width_px, 1),
                                   static_cast<double>(box.height_px) / std::max(picture.height_px, 1)});
    return {std::max(1, static_cast<int>(std::lround(picture.width_px * scale))),
            std::max(1, static_cast<int>(std::lround(picture.height_px * scale)))};
}

FramePtr shrunk(const VideoFrame& frame, PictureSize size) {
    assert(size.width_px <= frame.width_px && size.height_px <= frame.height_px);
    const std::vector<Component> components = components_of(frame);
    const auto plane_bytes =
        static_cast<std::size_t>(size.width_px) * static_cast<std::size_t>(size.height_px);
    auto memory = std::make_shared<std::vector<std::uint8_t>>(plane_bytes * components.size());
    const bool interleaved = frame.layout == PixelLayout::rgba;
    auto small = std::make_shared<VideoFrame>(frame);
    small->planes = {};
    small->width_px = size.width_px;
    small->height_px = size.height_px;
    small->bit_depth = 8;
    small->log2_chroma_w = small->log2_chroma_h = 0;
    if (frame.layout == PixelLayout::nv12) small->layout = PixelLayout::yuv;
    for (std::size_t i = 0; i < components.size(); ++i) {
        std::uint8_t* out = memory->data() + (interleaved ? i : i * plane_bytes);
        average_any(components[i], size, out, interleaved ? 4 : 1);
        if (!interleaved) small->planes[i] = {out, size.width_px, size.width_px, size.height_px};
    }
    if (interleaved)
        small->planes[0] = {memory->data(), std::int64_t{4} * size.width_px, size.width_px, size.height_px};
    small->size_bytes = memory->size();
    small->owner = std::move(memory);
    return small;
}

}  // namespace media
