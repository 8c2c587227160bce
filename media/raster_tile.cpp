#include "media/raster_tile.h"

#include <cstring>

namespace media {
namespace {

template <class Sample>
void convert(const std::byte* from, int count, float bias, float* out) {
    for (int i = 0; i < count; ++i) {
        Sample sample;
        std::memcpy(&sample, from + static_cast<std::size_t>(i) * sizeof sample, sizeof sample);
        out[i] = static_cast<float>(sample) - bias;
    }
}

}  // namespace

void RasterPlane::row_values(int y, int x0, int count, float* out) const {
    const std::byte* from =
        samples.data() + (static_cast<std::size_t>(y) * width + x0) * bytes_per_sample(type);
    switch (type) {
        case PlaneType::u8:
            return convert<std::uint8_t>(from, count, 0, out);
        case PlaneType::u16:
            return convert<std::uint16_t>(from, count, 0, out);
        case PlaneType::i16:
            return convert<std::uint16_t>(from, count, 32768, out);
        case PlaneType::f32:
            std::memcpy(out, from, static_cast<std::size_t>(count) * sizeof(float));
    }
}

float RasterPlane::value(int x, int y) const {
    float out = 0;
    row_values(y, x, 1, &out);
    return out;
}

}  // namespace media
