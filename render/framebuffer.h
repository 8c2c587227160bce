#pragma once
// An RGBA8 picture to draw into when there is no window.

#include <cstdint>
#include <utility>
#include <vector>

#include "base/result.h"

namespace render {

// A size in framebuffer pixels.
struct Size {
    int width = 0, height = 0;
    bool operator==(const Size&) const = default;
};

// Lives and dies on the GL thread. No sRGB conversion: what a shader writes is what read_rgba() gives.
class Framebuffer {
public:
    // Errors: refused, when the size is not positive or more than the driver can hold.
    [[nodiscard]] static base::Result<Framebuffer> create(Size size);
    Framebuffer(Framebuffer&& other) noexcept;
    Framebuffer& operator=(Framebuffer&& other) noexcept;
    ~Framebuffer();

    void bind() const;  // as the draw and read target; sets the viewport to the whole of it
    void clear(std::uint32_t rgba) const;                       // 0xRRGGBBAA; binds
    [[nodiscard]] std::vector<std::uint8_t> read_rgba() const;  // rows top to bottom, width*height*4 bytes
    [[nodiscard]] Size size() const { return m_size; }
    [[nodiscard]] std::uint32_t texture_id() const { return m_texture; }

private:
    explicit Framebuffer(Size size) : m_size{size} {}
    std::uint32_t m_id = 0, m_texture = 0;
    Size m_size;
};

}  // namespace render
