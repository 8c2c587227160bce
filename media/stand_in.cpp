#include "media/stand_in.h"

#include "base/file.h"
#include "base/log.h"
#include "base/side_file.h"

namespace media {

namespace fs = std::filesystem;

constexpr std::int64_t k_neighbour_reach = 300;  // frames

bool StandIns::look_for_proxy(const VideoInfo& film, std::stop_token stop) {
    m_proxy.reset();
    if (film.is_picture || film.frame_count < 2) return false;
    std::error_code error;
    if (!fs::is_directory(base::cache_dir() / k_proxy_kind, error)) return false;  // looking makes no folder
    const fs::path file = proxy_file(film.path, film.stream_index);
    if (file.empty() || !fs::is_regular_file(file, error)) return false;
    const std::uint64_t generation = m_index.generation();
    const auto pts_of = [this](std::int64_t frame) { return m_index.pts_of(frame); };
    auto reader = ProxyReader::open(file, film, pts_of, stop);
    if (stop.stop_requested()) return false;
    if (!reader) {
        base::log(base::LogLevel::info, "{}", reader.error().message);
        // It is not the proxy's fault when the film was numbered anew while they were compared.
        const bool is_wrong = reader.error().kind == base::ErrorKind::malformed ||
                              reader.error().kind == base::ErrorKind::refused;
        if (is_wrong && m_index.complete() && m_index.generation() == generation) fs::remove(file, error);
        return false;
    }
    base::touch(file);
    m_proxy.emplace(std::move(*reader));
    return true;
}

FramePtr StandIns::from_proxy(std::int64_t frame, std::stop_token stop) {
    if (!m_proxy || frame >= m_proxy->info().frame_count) return nullptr;
    auto picture = m_proxy->read(frame, m_index.pts_of(frame), stop);
    if (picture) return *picture;
    if (stop.stop_requested()) return nullptr;
    base::log(base::LogLevel::info, "{}", picture.error().message);
    std::error_code ignored;
    if (picture.error().kind == base::ErrorKind::malformed) fs::remove(m_proxy->info().path, ignored);
    m_proxy.reset();
    return nullptr;
}

std::optional<std::int64_t> StandIns::neighbour(std::int64_t frame, const FrameFetcher& fetcher) const {
    const auto key = m_index.key_for(frame);
    const std::int64_t key_frame = key ? m_index.first_frame_from(*key) : frame;
    const std::int64_t reach = key_frame < frame ? frame - key_frame : k_neighbour_reach;
    const auto is_cached = [this](std::int64_t at) {
        const auto ordinal = m_index.ordinal_of(at);
        return ordinal && m_cache.contains(*ordinal);
    };
    for (std::int64_t away = 1; away <= std::min(reach, k_neighbour_reach); ++away)
        for (const std::int64_t at : {frame - away, frame + away})
            if (is_cached(at)) return at;
    // An edit list may begin far behind its keyframe.
    const bool near = key_frame < frame && fetcher.distance(key_frame) <= k_soon_pictures;
    return near ? std::optional{key_frame} : std::nullopt;
}

FramePtr StandIns::find(std::int64_t frame, FrameFetcher& fetcher, std::stop_token stop) {
    if (FramePtr picture = from_proxy(frame, stop)) return picture;
    const auto other = neighbour(frame, fetcher);
    if (!other) return nullptr;
    const auto picture = fetcher.show(*other, std::move(stop));
    if (!picture) return nullptr;
    auto marked = std::make_shared<VideoFrame>(**picture);
    marked->stand_in = true;
    return marked;
}

}  // namespace media
