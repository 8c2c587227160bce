#pragma once
// Owns one 2D GL texture.

#include <cstdint>
#include <utility>

namespace render {

enum class TextureFormat : std::uint8_t { r8, rg8, rgba8, r16, rg16, rgba16, r32f };
enum class Filter : std::uint8_t { nearest, linear };

[[nodiscard]] int bytes_per_texel(TextureFormat format);
[[nodiscard]] int max_texture_size();  // of the current context, in texels

struct TextureDesc {
    int width = 0, height = 0;  // texels; at least 1, at most max_texture_size()
    TextureFormat format = TextureFormat::rgba8;
    Filter filter = Filter::nearest;
    bool operator==(const TextureDesc&) const = default;
};

// Lives and dies on the GL thread. Edges clamp. Contents are undefined until the first upload().
class Texture {
public:
    explicit Texture(const TextureDesc& desc);
    Texture(Texture&& other) noexcept : m_id{std::exchange(other.m_id, 0)}, m_desc{other.m_desc} {}
    Texture& operator=(Texture&& other) noexcept;
    ~Texture();

    // The whole texture from rows top to bottom. `stride_bytes` may be longer than a row, and negative
    // (bottom-up pictures: `data` is then the top row); it should be a multiple of the texel's size, else
    // rows go one by one.
    void upload(const void* data, std::int64_t stride_bytes);
    // The part [x, x + width) x [y, y + height) from rows without gaps between them.
    void upload_part(const void* data, int x, int y, int width, int height);
    // Levels below 0 from level 0 as it is now; with Filter::linear they are sampled by textureLod.
    void generate_mipmaps();
    void bind(int unit) const;

    [[nodiscard]] std::uint32_t id() const { return m_id; }
    [[nodiscard]] const TextureDesc& desc() const { return m_desc; }
    [[nodiscard]] std::int64_t size_bytes() const;  // of level 0

private:
    std::uint32_t m_id = 0;
    TextureDesc m_desc;
};

}  // namespace render
