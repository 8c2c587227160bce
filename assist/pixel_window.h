#pragma once
// A part of a raster or a picture as samples, read at the resolution that is needed, and what was found in it
// as a region of the medium.

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>

#include "assist/bitmap.h"
#include "assist/window_samples.h"
#include "masks/region.h"
#include "media/video_frame.h"

namespace assist {

struct PixelWindow {
    WindowSamples samples;
    masks::PixelRect area;          // of the medium, level 0
    double step_x = 1, step_y = 1;  // pixels of the medium a sample

    // The sample that a place of the medium lies in; null outside.
    [[nodiscard]] std::optional<Pixel> sample_at(base::Point in_media) const;
    [[nodiscard]] base::Point corner() const {
        return {static_cast<double>(area.x0), static_cast<double>(area.y0)};
    }
    [[nodiscard]] base::Point media_from_samples(base::Point in_samples) const {
        return {static_cast<double>(area.x0) + in_samples.x * step_x,
                static_cast<double>(area.y0) + in_samples.y * step_y};
    }
};
using PixelWindowPtr = std::shared_ptr<const PixelWindow>;

// All bands of an area, from the level with at most `most_samples` of them (level 0 where it has no more).
// What is no data or broken is not valid. Errors: as media::RasterFile; refused when the area lies outside.
[[nodiscard]] base::Result<PixelWindow> read_window(const std::filesystem::path& raster,
                                                    const masks::PixelRect& area, std::size_t most_samples,
                                                    const std::stop_token& stop);
// Red, green and blue of a decoded picture, 0…255; every n-th pixel where there are too many.
[[nodiscard]] base::Result<PixelWindow> window_of(const media::VideoFrame& picture,
                                                  const masks::PixelRect& area, std::size_t most_samples);
// Gives each pixel of the area the value of its sample; of the plane's depth.
void put_values(const PixelWindow& window, std::span<const std::uint16_t> value_of_sample,
                masks::Plane& plane);
// The values of the samples as a mask of as many pixels: for showing, whatever the medium's size is.
[[nodiscard]] masks::Plane plane_of_samples(const PixelWindow& window,
                                            std::span<const std::uint16_t> value_of_sample);
// The pixels of the medium whose sample belongs to the set. The window must outlive it.
[[nodiscard]] masks::RegionPtr region_of(const PixelWindow& window, Bitmap bitmap);
// The same as a mask of the medium's size: 1 where they are. For use in a job.
[[nodiscard]] masks::Plane plane_of_medium(const PixelWindow& window, Bitmap bitmap, std::int64_t width_px,
                                           std::int64_t height_px);

}  // namespace assist
