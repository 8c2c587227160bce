#pragma once
// A frame with its labels drawn by the window's own passes, into a host without a window.

#include <cstdint>
#include <functional>
#include <vector>

#include "app/window/host.h"
#include "base/geometry.h"
#include "base/result.h"
#include "labels/document.h"
#include "media/video_frame.h"
#include "render/framebuffer.h"
#include "render/view.h"

namespace app {

// Draws the medium into the framebuffer bound now.
using PaintMedium = std::function<base::Result<void>(const render::View&, render::Size target)>;
[[nodiscard]] PaintMedium paint_frame(const media::VideoFrame& frame);  // which outlives it

struct LabelPicture {
    PaintMedium paint;
    std::int64_t frame = 0;  // whose labels
    const labels::Document& document;
    labels::AssetId asset;
    base::Rect shown;  // media space; fitted into the host's picture
    bool masks = true;
};

// RGBA rows, top to bottom, of the host's size. On the GL thread. Errors: unsupported, refused.
[[nodiscard]] base::Result<std::vector<std::uint8_t>> draw_label_picture(Host& host,
                                                                         const LabelPicture& desc);

}  // namespace app
