#include <string_view>

#include "base/file.h"
#include "media/video_source.h"

#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb/stb_image_write.h>
#pragma GCC diagnostic pop

namespace media {

base::Result<void> write_png(const std::filesystem::path& file, std::span<const std::uint8_t> rgba,
                             int width_px, int height_px) {
    const bool fits =
        width_px > 0 && height_px > 0 &&
        rgba.size() == static_cast<std::size_t>(width_px) * static_cast<std::size_t>(height_px) * 4;
    if (!fits)
        return base::fail(base::ErrorKind::malformed, "A picture of {} x {} pixels cannot be written: {}",
                          width_px, height_px, file.string());
    auto out = base::AtomicFile::create(file);
    if (!out) return std::unexpected(out.error());
    const auto write = [](void* sink, void* bytes, int count) {
        static_cast<base::AtomicFile*>(sink)->write(
            {static_cast<const char*>(bytes), static_cast<std::size_t>(count)});
    };
    if (stbi_write_png_to_func(write, &*out, width_px, height_px, 4, rgba.data(), width_px * 4) == 0)
        return base::fail(base::ErrorKind::io, "There is not enough memory to write the picture: {}",
                          file.string());
    return out->commit();
}

}  // namespace media
