#pragma once
// One decoded picture on the screen: its planes as textures, YUV to RGB in the shader.

#include <array>
#include <cstdint>
#include <optional>

#include "base/result.h"
#include "media/video_frame.h"
#include "render/framebuffer.h"
#include "render/program.h"
#include "render/texture.h"
#include "render/view.h"

namespace render {

struct UploadCounters {
    std::int64_t uploads = 0, bytes = 0, textures_made = 0, mipmaps_made = 0;
    double last_upload_ms = 0;  // CPU time on the GL thread
};

// The planes of the frame uploaded last. Lives and dies on the GL thread.
class VideoTextures {
public:
    // Copies the planes; the frame may go away afterwards. Textures are kept while sizes and formats stay the
    // same. Errors: refused, when a side is larger than the driver's textures; malformed, when a plane is
    // missing. What was there before then stays.
    [[nodiscard]] base::Result<void> upload(const media::VideoFrame& frame);
    void clear() { m_shown.reset(); }  // nothing is drawn until the next upload; textures are kept

    [[nodiscard]] bool empty() const { return !m_shown; }
    [[nodiscard]] std::int64_t frame_index() const { return m_shown ? m_shown->index : -1; }
    [[nodiscard]] MediaSize shown_size() const;  // rotation applied; 0x0 when empty
    [[nodiscard]] const UploadCounters& counters() const { return m_counters; }

private:
    friend class VideoPass;
    void make_mipmaps();
    std::array<std::optional<Texture>, 3> m_planes;
    std::optional<media::VideoFrame> m_shown;  // its facts; planes and owner emptied
    bool m_has_mipmaps = false;
    UploadCounters m_counters;
};

struct VideoPassOptions {
    PixelGrid pixel_grid = PixelGrid::off;  // thin lines between media pixels, from grid_min_scale on
    double grid_min_scale = 8;
};

// Draws opaque inside the picture and nothing outside it, clipped to view.screen. Leaves blending, depth and
// scissor tests off, and the program, vertex array and texture units it used bound. Magnified or 1:1: nearest
// sampling of every plane, so a 1:1 picture is media::to_rgba's. Minified: averaged over the area of each
// screen pixel.
class VideoPass {
public:
    [[nodiscard]] static base::Result<VideoPass> create();
    VideoPass(VideoPass&& other) noexcept;
    VideoPass& operator=(VideoPass&& other) = delete;
    ~VideoPass();

    // Into the framebuffer bound now, whose whole size is `target`. `textures` gains mipmaps when first seen
    // far minified.
    void draw(VideoTextures& textures, const View& view, Size target, const VideoPassOptions& options = {});
    Reload reload_if_changed();

private:
    // One program for each layout and way of sampling, compiled when first needed.
    static constexpr std::size_t k_programs = 8;
    VideoPass() = default;
    [[nodiscard]] base::Result<void> make_program(media::PixelLayout layout, bool minified);
    [[nodiscard]] Program* program_for(media::PixelLayout layout, bool minified);
    std::array<std::optional<Program>, k_programs> m_programs;
    bool m_told_of_failure = false;
    std::uint32_t m_vertex_array = 0;
};

}  // namespace render
