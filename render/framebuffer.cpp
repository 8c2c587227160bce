#include "render/framebuffer.h"

#include <algorithm>
#include <cassert>

#include <epoxy/gl.h>

#include "render/gl_context.h"
#include "render/texture.h"

namespace render {

base::Result<Framebuffer> Framebuffer::create(Size size) {
    assert(on_gl_thread());
    const int limit = max_texture_size();
    if (size.width < 1 || size.height < 1 || size.width > limit || size.height > limit)
        return base::fail(base::ErrorKind::refused,
                          "A picture of {}x{} cannot be drawn here; choose sides from 1 to {}", size.width,
                          size.height, limit);
    Framebuffer made{size};
    glGenTextures(1, &made.m_texture);
    glBindTexture(GL_TEXTURE_2D, made.m_texture);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, size.width, size.height, 0, GL_RGBA, GL_UNSIGNED_BYTE, nullptr);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 0);
    glGenFramebuffers(1, &made.m_id);
    glBindFramebuffer(GL_FRAMEBUFFER, made.m_id);
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, made.m_texture, 0);
    if (glCheckFramebufferStatus(GL_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE)
        return base::fail(base::ErrorKind::refused,
                          "The graphics driver cannot draw into a picture of {}x{}; choose a smaller one",
                          size.width, size.height);
    glViewport(0, 0, size.width, size.height);
    return made;
}

Framebuffer::Framebuffer(Framebuffer&& other) noexcept
    : m_id{std::exchange(other.m_id, 0)},
      m_texture{std::exchange(other.m_texture, 0)},
      m_size{other.m_size} {}

Framebuffer& Framebuffer::operator=(Framebuffer&& other) noexcept {
    std::swap(m_id, other.m_id);
    std::swap(m_texture, other.m_texture);
    std::swap(m_size, other.m_size);
    return *this;
}

Framebuffer::~Framebuffer() {
    if (m_texture == 0) return;
    assert(on_gl_thread());
    glDeleteFramebuffers(1, &m_id);
    glDeleteTextures(1, &m_texture);
}

void Framebuffer::bind() const {
    assert(on_gl_thread());
    glBindFramebuffer(GL_FRAMEBUFFER, m_id);
    glViewport(0, 0, m_size.width, m_size.height);
}

void Framebuffer::clear(std::uint32_t rgba) const {
    bind();
    const auto channel = [rgba](int shift) { return static_cast<float>((rgba >> shift) & 0xFF) / 255.0f; };
    glDisable(GL_SCISSOR_TEST);
    glClearColor(channel(24), channel(16), channel(8), channel(0));
    glClear(GL_COLOR_BUFFER_BIT);
}

std::vector<std::uint8_t> Framebuffer::read_rgba() const {
    bind();
    const std::size_t row_bytes = static_cast<std::size_t>(m_size.width) * 4;
    std::vector<std::uint8_t> pixels(row_bytes * static_cast<std::size_t>(m_size.height));
    glPixelStorei(GL_PACK_ALIGNMENT, 4);
    glReadPixels(0, 0, m_size.width, m_size.height, GL_RGBA, GL_UNSIGNED_BYTE, pixels.data());
    for (int top = 0, bottom = m_size.height - 1; top < bottom; ++top, --bottom) {
        auto* const upper = pixels.data() + static_cast<std::size_t>(top) * row_bytes;
        std::swap_ranges(upper, upper + row_bytes,
                         pixels.data() + static_cast<std::size_t>(bottom) * row_bytes);
    }
    return pixels;
}

}  // namespace render
