#pragma once
// A small picture of one frame as it is shown, and the side file that keeps a film's.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "media/small_picture.h"
#include "media/video_frame.h"

namespace media {

struct Thumbnail {
    std::int64_t frame = 0, pts = 0;  // both: a thumbnail is believed where the film's index says the same
    int width_px = 0, height_px = 0;  // as shown, rotation applied
    std::vector<std::uint8_t> rgba;   // rows top to bottom
    std::uint64_t id = 0;             // another for every one made, for caches of textures

    [[nodiscard]] std::size_t size_bytes() const { return rgba.size() + sizeof *this; }
};
using ThumbnailPtr = std::shared_ptr<const Thumbnail>;

inline constexpr PictureSize k_thumbnail_box{160, 120};

// Of a picture whose number and pts are known. `box` bounds the picture as shown.
[[nodiscard]] ThumbnailPtr thumbnail_of(const VideoFrame& picture, std::int64_t frame, PictureSize box);

// The side file's bytes. The reader takes any bytes: malformed when they are not a whole file of this
// version, of pictures inside the box.
[[nodiscard]] std::string thumbnail_bytes(const std::vector<ThumbnailPtr>& thumbnails);
[[nodiscard]] base::Result<std::vector<ThumbnailPtr>> thumbnails_from_bytes(std::string_view bytes,
                                                                            PictureSize box);

}  // namespace media
