#include "media/proxy.h"

#include "base/side_file.h"

namespace media {

namespace fs = std::filesystem;
using base::ErrorKind;

namespace {

constexpr std::size_t k_cache_bytes = 64u << 20;  // some groups

std::unexpected<base::Error> not_of_film(const char* what, const fs::path& file) {
    return base::fail(ErrorKind::malformed, "This is no proxy of the film ({}); remove it: {}", what,
                      file.string());
}

// Its times count from 0 in the film's ticks, so that what a container does to early or late starts plays no
// part.
base::Result<void> check_times(const FrameReader& proxy, const VideoInfo& film, const PtsOf& pts_of) {
    const base::Rational unit = film.time_base;
    if (proxy.info().time_base != base::Rational{1, unit.den})
        return not_of_film("it counts time in another unit", proxy.info().path);
    const std::int64_t first = pts_of(0), proxy_first = proxy.pts_of(0);
    for (std::int64_t frame = 0; frame < film.frame_count; ++frame) {
        const std::int64_t ticks = pts_of(frame) - first;
        if (proxy.pts_of(frame) - proxy_first != ticks * unit.num)
            return not_of_film("its pictures have other times", proxy.info().path);
    }
    return {};
}

}  // namespace

bool wants_proxy(const VideoInfo& film) {
    constexpr std::int64_t k_4k_px = 3840 * 2160;
    if (film.is_picture || !film.index_complete || film.frame_count < 2) return false;
    return film.longest_gop > k_long_gop ||
           std::int64_t{film.coded_width_px} * film.coded_height_px >= k_4k_px;
}

fs::path proxy_file(const fs::path& film, int stream_index) {
    return base::side_file(k_proxy_kind, film, fmt::format("{}.mp4", stream_index));
}

base::Result<ProxyReader> ProxyReader::open(const fs::path& file, const VideoInfo& film, const PtsOf& pts_of,
                                            std::stop_token stop) {
    VideoSourceOptions options;
    options.cache_bytes = k_cache_bytes;
    options.decoder_threads = 1;  // several would each hold back a picture
    auto reader = FrameReader::open(file, options, std::move(stop));
    if (!reader) return std::unexpected(reader.error());
    if (reader->info().frame_count != film.frame_count)
        return not_of_film("it has another number of pictures", file);
    if (auto same = check_times(*reader, film, pts_of); !same) return std::unexpected(same.error());
    return ProxyReader{std::move(*reader), film};
}

base::Result<FramePtr> ProxyReader::read(std::int64_t frame, std::int64_t film_pts, std::stop_token stop) {
    const auto small = m_reader.read(frame, std::move(stop));
    if (!small) return small;
    auto shown = std::make_shared<VideoFrame>(**small);
    shown->pts = film_pts;
    shown->width_px = m_film.coded_width_px;
    shown->height_px = m_film.coded_height_px;
    shown->rotation_deg = m_film.rotation_deg;
    shown->flip_horizontal = m_film.flip_horizontal;
    shown->stand_in = true;
    return shown;
}

}  // namespace media
