#include "render/texture.h"

#include <algorithm>
#include <cassert>

#include <epoxy/gl.h>

#include "render/gl_context.h"

namespace render {
namespace {

struct GlFormat {
    GLint internal;
    GLenum channels, type;
    int bytes_per_texel;
};

GlFormat gl_format(TextureFormat format) {
    switch (format) {
        case TextureFormat::r8:
            return {GL_R8, GL_RED, GL_UNSIGNED_BYTE, 1};
        case TextureFormat::rg8:
            return {GL_RG8, GL_RG, GL_UNSIGNED_BYTE, 2};
        case TextureFormat::rgba8:
            return {GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE, 4};
        case TextureFormat::r16:
            return {GL_R16, GL_RED, GL_UNSIGNED_SHORT, 2};
        case TextureFormat::rg16:
            return {GL_RG16, GL_RG, GL_UNSIGNED_SHORT, 4};
        case TextureFormat::rgba16:
            return {GL_RGBA16, GL_RGBA, GL_UNSIGNED_SHORT, 8};
        case TextureFormat::r32f:
            return {GL_R32F, GL_RED, GL_FLOAT, 4};
    }
    return {GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE, 4};
}

// Uploads with what GL assumes by default put back afterwards, since ImGui and others count on it.
class UnpackState {
public:
    explicit UnpackState(std::int64_t row_texels) {
        glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
        glPixelStorei(GL_UNPACK_ROW_LENGTH, static_cast<GLint>(row_texels));
    }
    UnpackState(const UnpackState&) = delete;
    UnpackState& operator=(const UnpackState&) = delete;
    ~UnpackState() {
        glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
        glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
    }
};

}  // namespace

int bytes_per_texel(TextureFormat format) { return gl_format(format).bytes_per_texel; }

int max_texture_size() {
    assert(on_gl_thread());
    GLint size = 0;
    glGetIntegerv(GL_MAX_TEXTURE_SIZE, &size);
    return size;
}

Texture::Texture(const TextureDesc& desc) : m_desc{desc} {
    assert(on_gl_thread() && desc.width > 0 && desc.height > 0);
    const GlFormat format = gl_format(desc.format);
    const GLint filter = desc.filter == Filter::linear ? GL_LINEAR : GL_NEAREST;
    glGenTextures(1, &m_id);
    glBindTexture(GL_TEXTURE_2D, m_id);
    glTexImage2D(GL_TEXTURE_2D, 0, format.internal, desc.width, desc.height, 0, format.channels, format.type,
                 nullptr);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, filter);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, filter);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 0);
}

Texture& Texture::operator=(Texture&& other) noexcept {
    std::swap(m_id, other.m_id);
    std::swap(m_desc, other.m_desc);
    return *this;
}

Texture::~Texture() {
    if (m_id == 0) return;
    assert(on_gl_thread());
    glDeleteTextures(1, &m_id);
}

void Texture::upload(const void* data, std::int64_t stride_bytes) {
    assert(on_gl_thread() && data != nullptr);
    const GlFormat format = gl_format(m_desc.format);
    glBindTexture(GL_TEXTURE_2D, m_id);
    const std::int64_t row_texels = stride_bytes / format.bytes_per_texel;
    if (stride_bytes % format.bytes_per_texel == 0 && row_texels >= m_desc.width) {
        const UnpackState unpack{row_texels};
        glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, m_desc.width, m_desc.height, format.channels, format.type,
                        data);
        return;
    }
    const UnpackState unpack{0};  // negative or odd strides, which GL has no word for
    for (int y = 0; y < m_desc.height; ++y) {
        const auto* row = static_cast<const std::uint8_t*>(data) + y * stride_bytes;
        glTexSubImage2D(GL_TEXTURE_2D, 0, 0, y, m_desc.width, 1, format.channels, format.type, row);
    }
}

void Texture::upload_part(const void* data, int x, int y, int width, int height) {
    assert(on_gl_thread() && data != nullptr);
    assert(x >= 0 && y >= 0 && x + width <= m_desc.width && y + height <= m_desc.height);
    const GlFormat format = gl_format(m_desc.format);
    glBindTexture(GL_TEXTURE_2D, m_id);
    const UnpackState unpack{0};
    glTexSubImage2D(GL_TEXTURE_2D, 0, x, y, width, height, format.channels, format.type, data);
}

void Texture::generate_mipmaps() {
    assert(on_gl_thread());
    glBindTexture(GL_TEXTURE_2D, m_id);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 1000);
    const bool linear = m_desc.filter == Filter::linear;
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER,
                    linear ? GL_LINEAR_MIPMAP_NEAREST : GL_NEAREST_MIPMAP_NEAREST);
    glGenerateMipmap(GL_TEXTURE_2D);
}

void Texture::bind(int unit) const {
    assert(on_gl_thread());
    glActiveTexture(static_cast<GLenum>(GL_TEXTURE0 + unit));
    glBindTexture(GL_TEXTURE_2D, m_id);
}

std::int64_t Texture::size_bytes() const {
    return std::int64_t{m_desc.width} * m_desc.height * bytes_per_texel(m_desc.format);
}

}  // namespace render
