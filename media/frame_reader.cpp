#include "media/frame_fetcher.h"
#include "media/index_builder.h"
#include "media/open_film.h"
#include "media/open_info.h"
#include "media/video_source.h"

namespace media {

static base::Result<void> index_film(Demuxer& demuxer, const IndexTask& task, PictureIndex& index,
                                     std::stop_token stop) {
    const auto stamp = index_stamp(task.path, task.stream_index);
    const auto from = index_at_once(demuxer, task, stamp, index);
    if (!from) return std::unexpected(from.error());
    if (*from != IndexFrom::packets) return {};
    if (auto scanned = index_from_packets(task, index, std::move(stop)); !scanned) return scanned;
    if (stamp) keep_index(task.path, *stamp, index);
    return {};
}

struct FrameReader::Impl {
    explicit Impl(std::size_t cache_bytes) : cache{cache_bytes} {}
    PictureIndex index;
    FrameCache cache;
    std::optional<FrameFetcher> fetcher;
    mutable VideoInfo info;
};

FrameReader::FrameReader(std::unique_ptr<Impl> impl) : m_impl{std::move(impl)} {}
FrameReader::FrameReader(FrameReader&&) noexcept = default;
FrameReader& FrameReader::operator=(FrameReader&&) noexcept = default;
FrameReader::~FrameReader() = default;

base::Result<FrameReader> FrameReader::open(const std::filesystem::path& path, VideoSourceOptions options,
                                            std::stop_token stop) {
    auto demuxer = Demuxer::open(path, options.stream_index, stop);
    if (!demuxer) return std::unexpected(demuxer.error());
    auto impl = std::make_unique<Impl>(options.cache_bytes);
    const IndexTask task{path, demuxer->stream().index, options.decoder_threads, {}};
    if (auto indexed = index_film(*demuxer, task, impl->index, stop); !indexed)
        return std::unexpected(indexed.error());
    impl->info = info_from_headers(*demuxer);
    add_index_facts(impl->info, impl->index, FetchCounters{});
    if (impl->info.frame_count == 0)
        return base::fail(base::ErrorKind::malformed,
                          "This film holds no pictures; check that the file is whole: {}", path.string());
    auto fetcher = FrameFetcher::make(std::move(*demuxer), impl->index, impl->cache, options.decoder_threads);
    if (!fetcher) return std::unexpected(fetcher.error());
    impl->fetcher.emplace(std::move(*fetcher));
    return FrameReader{std::move(impl)};
}

// The presented pictures of an MP4's sample table as FFmpeg lists them; 0 where there is no whole table.
static std::int64_t listed_pictures(AVStream& stream) {
    if (stream.nb_frames <= 0) return 0;
    std::int64_t count = 0;
    for (int i = 0; i < avformat_index_get_entries_count(&stream); ++i) {
        const AVIndexEntry& entry = *avformat_index_get_entry(&stream, i);
        count += entry.size > 0 && (entry.flags & AVINDEX_DISCARD_FRAME) == 0;
    }
    return count;
}

base::Result<Headers> read_headers(const std::filesystem::path& path, std::optional<int> stream_index) {
    auto demuxer = Demuxer::open(path, stream_index, {});
    if (!demuxer) return std::unexpected(demuxer.error());
    VideoInfo info = info_from_headers(*demuxer);
    if (demuxer->is_mov()) info.frame_count = listed_pictures(demuxer->stream());
    info.index_complete = info.frame_count > 0;
    return Headers{std::move(info), std::make_shared<OpenFilm>(std::move(*demuxer))};
}

const VideoInfo& FrameReader::info() const {
    add_index_facts(m_impl->info, m_impl->index, m_impl->fetcher->counters());
    return m_impl->info;
}

std::int64_t FrameReader::pts_of(std::int64_t frame) const { return m_impl->index.pts_of(frame); }

base::Result<FramePtr> FrameReader::read(std::int64_t frame, std::stop_token stop) {
    return m_impl->fetcher->show(frame, std::move(stop));
}

base::Result<CachedPicture> FrameReader::fetch(std::int64_t frame, std::stop_token stop) {
    return m_impl->fetcher->fetch(frame, std::move(stop));
}

base::Result<std::string> FrameReader::md5(std::int64_t frame, std::stop_token stop) {
    const auto picture = m_impl->fetcher->fetch(frame, std::move(stop));
    if (!picture) return std::unexpected(picture.error());
    auto md5 = md5_of(*picture->raw);
    if (!md5) return in_file(md5.error(), m_impl->info.path);
    return md5;
}

base::Result<std::int64_t> FrameReader::decode_null(std::int64_t first, std::int64_t end,
                                                    std::stop_token stop) {
    return m_impl->fetcher->decode_null(first, end, std::move(stop));
}

}  // namespace media
