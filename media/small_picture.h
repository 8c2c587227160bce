#pragma once
// Pictures made small, for thumbnails and for telling shots apart. No GL.

#include "media/video_frame.h"

namespace media {

struct PictureSize {
    int width_px = 0, height_px = 0;
    bool operator==(const PictureSize&) const = default;
};

// The largest size of that aspect inside the box, never larger than the picture itself and at least 1x1.
[[nodiscard]] PictureSize size_inside(PictureSize picture, PictureSize box);

// The picture as stored (before rotation), each sample the mean of the samples it covers; whole samples only,
// so that edges may be half a sample off. Eight bits whatever the depth was, chroma at full size; rotation,
// flip, matrix and range are the picture's own, so that to_rgba() shows it as the large one. `size` may not
// be larger than the picture.
[[nodiscard]] FramePtr shrunk(const VideoFrame& frame, PictureSize size);

}  // namespace media
