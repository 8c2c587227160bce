#include "media/thumbnail.h"

#include <atomic>

#include "media/side_bytes.h"
#include "media/video_source.h"

namespace media {
namespace {

constexpr std::string_view k_magic = "LimnThmb";
constexpr std::uint32_t k_version = 1;
constexpr std::uint32_t k_most = 100'000;

std::uint64_t next_id() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

std::optional<Thumbnail> take_thumbnail(SideReader& in, PictureSize box) {
    const auto frame = in.take<std::int64_t>(), pts = in.take<std::int64_t>();
    const auto width = in.take<std::uint16_t>(), height = in.take<std::uint16_t>();
    if (!frame || !pts || !width || !height || *frame < 0) return std::nullopt;
    if (*width < 1 || *height < 1 || *width > box.width_px || *height > box.height_px) return std::nullopt;
    const std::size_t pixels = std::size_t{*width} * *height;
    const auto rgb = in.take_bytes(pixels * 3);
    if (!rgb) return std::nullopt;
    Thumbnail out{.frame = *frame, .pts = *pts, .width_px = *width, .height_px = *height, .rgba = {}};
    out.rgba.resize(pixels * 4);
    for (std::size_t i = 0; i < pixels; ++i) {
        std::memcpy(&out.rgba[i * 4], rgb->data() + i * 3, 3);
        out.rgba[i * 4 + 3] = 255;
    }
    out.id = next_id();
    return out;
}

}  // namespace

ThumbnailPtr thumbnail_of(const VideoFrame& picture, std::int64_t frame, PictureSize box) {
    const PictureSize shown = size_inside({picture.shown_width(), picture.shown_height()}, box);
    const bool turned = picture.rotation_deg % 180 != 0;
    const PictureSize stored = turned ? PictureSize{shown.height_px, shown.width_px} : shown;
    auto out = std::make_shared<Thumbnail>();
    out->frame = frame;
    out->pts = picture.pts;
    out->width_px = shown.width_px;
    out->height_px = shown.height_px;
    out->rgba = to_rgba(*shrunk(picture, stored));
    for (std::size_t i = 3; i < out->rgba.size(); i += 4) out->rgba[i] = 255;
    out->id = next_id();
    return out;
}

std::string thumbnail_bytes(const std::vector<ThumbnailPtr>& thumbnails) {
    SideBytes out;
    out.put_bytes(k_magic);
    out.put(k_version);
    out.put(static_cast<std::uint32_t>(thumbnails.size()));
    std::string rgb;
    for (const ThumbnailPtr& thumbnail : thumbnails) {
        out.put(thumbnail->frame);
        out.put(thumbnail->pts);
        out.put(static_cast<std::uint16_t>(thumbnail->width_px));
        out.put(static_cast<std::uint16_t>(thumbnail->height_px));
        rgb.clear();
        for (std::size_t i = 0; i + 3 < thumbnail->rgba.size(); i += 4)
            rgb.append(reinterpret_cast<const char*>(&thumbnail->rgba[i]), 3);
        out.put_bytes(rgb);
    }
    return std::move(out).sealed();
}

base::Result<std::vector<ThumbnailPtr>> thumbnails_from_bytes(std::string_view bytes, PictureSize box) {
    const auto bad = [] {
        return base::fail(base::ErrorKind::malformed,
                          "These are not this version's thumbnails; they are made again.");
    };
    auto in = SideReader::open(bytes);
    if (!in || in->take_bytes(k_magic.size()) != k_magic || in->take<std::uint32_t>() != k_version)
        return bad();
    const auto count = in->take<std::uint32_t>();
    if (!count || *count > k_most) return bad();
    std::vector<ThumbnailPtr> out;
    for (std::uint32_t i = 0; i < *count; ++i) {
        auto thumbnail = take_thumbnail(*in, box);
        if (!thumbnail) return bad();
        out.push_back(std::make_shared<const Thumbnail>(std::move(*thumbnail)));
    }
    if (!in->read_whole()) return bad();
    return out;
}

}  // namespace media
