#include "media/group_decoder.h"

#include <algorithm>

namespace media {
namespace {

constexpr int k_packets_to_landing = 5000;
constexpr int k_pictures_past = 4;  // decoders may give the first pictures slightly out of order
constexpr int k_packets_to_keyframe = 1000;
// Containers search by decoding time, or by guessing; landing late, the search begins earlier.
constexpr double k_earlier_secs[] = {0, 1, 6, 40};

}  // namespace

base::Result<GroupDecoder> GroupDecoder::open(const std::filesystem::path& path,
                                              std::optional<int> stream_index, std::stop_token stop) {
    auto demuxer = Demuxer::open(path, stream_index, std::move(stop));
    if (!demuxer) return std::unexpected(demuxer.error());
    auto codec = open_decoder(*demuxer, 1);
    if (!codec) return std::unexpected(codec.error());
    return GroupDecoder{std::move(*demuxer), std::move(*codec)};
}

GroupDecoder::GroupDecoder(Demuxer demuxer, CodecHandle codec)
    : m_demuxer{std::move(demuxer)},
      m_codec{std::move(codec)},
      m_rules{wrap_rules(m_demuxer.stream())},
      m_packet{av_packet_alloc()},
      m_frame{av_frame_alloc()} {}

// Reads on to the keyframe of that stamp; false where it does not come.
base::Result<bool> GroupDecoder::read_to(std::int64_t key_pts) {
    for (int read = 0; read < k_packets_to_landing; ++read) {
        const auto got = m_demuxer.read(*m_packet);
        if (!got) return std::unexpected(got.error());
        if (!*got) return false;
        const bool key = (m_packet->flags & AV_PKT_FLAG_KEY) != 0;
        if (key && m_packet->pts == key_pts) return true;
        // No picture is decoded after it is presented.
        if (m_packet->dts != AV_NOPTS_VALUE && m_packet->dts > key_pts) return false;
    }
    return false;
}

base::Result<bool> GroupDecoder::land_on(std::int64_t key_pts) {
    AVFormatContext* format = &m_demuxer.format();
    const AVStream& stream = m_demuxer.stream();
    for (const double earlier : k_earlier_secs) {
        const auto ticks = static_cast<std::int64_t>(earlier / av_q2d(stream.time_base));
        std::int64_t stamp = 0;
        if (__builtin_sub_overflow(key_pts, ticks, &stamp)) break;
        // Before the first picture there is nowhere to go: some containers refuse, others begin at the start.
        if (av_seek_frame(format, stream.index, stamp, AVSEEK_FLAG_BACKWARD) < 0 &&
            av_seek_frame(format, stream.index, stamp, 0) < 0)
            continue;
        const auto found = read_to(key_pts);
        if (!found || *found) return found;
    }
    return false;
}

bool GroupDecoder::receive() {
    av_frame_unref(m_frame.get());
    return avcodec_receive_frame(m_codec.get(), m_frame.get()) >= 0;
}

FramePtr GroupDecoder::take_frame() {
    const RawFrame raw = take_picture(*m_frame);
    auto shown = wrap(raw, m_rules, -1, raw->pts);
    return shown ? *shown : nullptr;
}

// The next packet to the decoder, or the end; false at the end.
base::Result<bool> GroupDecoder::next_packet() {
    const auto got = m_demuxer.read(*m_packet);
    if (!got) return got;
    if (*got && m_packet->size == 0) return true;
    avcodec_send_packet(m_codec.get(), *got ? m_packet.get() : nullptr);
    return got;
}

base::Result<std::size_t> GroupDecoder::decode(std::int64_t key_pts, std::span<const std::int64_t> wanted,
                                               const Give& give, std::stop_token stop) {
    m_demuxer.set_stop(stop);
    m_counted = -1;
    const auto landed = land_on(key_pts);
    if (!landed) return std::unexpected(landed.error());
    if (!*landed || wanted.empty()) return std::size_t{0};
    avcodec_flush_buffers(m_codec.get());
    avcodec_send_packet(m_codec.get(), m_packet.get());
    const bool only_key = wanted.size() == 1 && wanted.front() == key_pts;
    if (only_key) avcodec_send_packet(m_codec.get(), nullptr);
    std::size_t found = 0;
    bool ended = only_key;
    for (int past = 0; found < wanted.size() && past < k_pictures_past;) {
        if (stop.stop_requested()) return stopped();
        if (!receive()) {
            if (ended) break;
            const auto more = next_packet();
            if (!more) return std::unexpected(more.error());
            ended = !*more;
            continue;
        }
        if (m_frame->pts == AV_NOPTS_VALUE) continue;
        if (m_frame->pts > wanted.back()) ++past;
        if (!std::ranges::binary_search(wanted, m_frame->pts)) continue;
        ++found;
        const FramePtr picture = take_frame();
        if (picture && !give(picture)) break;
    }
    return found;
}

std::unexpected<base::Error> GroupDecoder::stopped() const {
    return base::fail(base::ErrorKind::cancelled, "Decoding was stopped: {}", m_demuxer.path().string());
}

base::Result<void> GroupDecoder::begin_counting(std::int64_t first, std::stop_token stop) {
    if (m_counted >= 0 && m_counted <= first) return {};
    auto fresh = Demuxer::open(m_demuxer.path(), m_demuxer.stream().index, std::move(stop));
    if (!fresh) return std::unexpected(fresh.error());
    auto codec = open_decoder(*fresh, 1);
    if (!codec) return std::unexpected(codec.error());
    m_demuxer = std::move(*fresh);
    m_codec = std::move(*codec);
    m_counted = 0;
    m_ended = false;
    return {};
}

base::Result<std::size_t> GroupDecoder::decode_counting(std::span<const Numbered> wanted, const Give& give,
                                                        std::stop_token stop) {
    std::size_t found = 0;
    if (wanted.empty()) return found;
    m_demuxer.set_stop(stop);
    if (auto begun = begin_counting(wanted.front().frame, stop); !begun)
        return std::unexpected(begun.error());
    for (auto next = wanted.begin(); next != wanted.end();) {
        if (stop.stop_requested()) return stopped();
        if (!receive()) {
            if (m_ended) break;
            const auto more = next_packet();
            if (!more) return std::unexpected(more.error());
            m_ended = !*more;
            continue;
        }
        if (m_counted++ != next->frame) {
            if (!give(nullptr)) break;
            continue;
        }
        const std::int64_t wanted_pts = (next++)->pts;
        const std::int64_t pts =
            m_frame->pts != AV_NOPTS_VALUE ? m_frame->pts : m_frame->best_effort_timestamp;
        if (pts != AV_NOPTS_VALUE && pts != wanted_pts) continue;
        m_frame->pts = wanted_pts;
        ++found;
        const FramePtr picture = take_frame();
        if (picture && !give(picture)) break;
    }
    return found;
}

base::Result<FramePtr> GroupDecoder::keyframe_near(double share, std::stop_token stop) {
    m_demuxer.set_stop(stop);
    m_counted = -1;
    AVFormatContext* format = &m_demuxer.format();
    const AVStream& stream = m_demuxer.stream();
    if (format->duration > 0 && share > 0 && !m_demuxer.is_still_picture()) {
        const auto start = format->start_time != AV_NOPTS_VALUE ? format->start_time : 0;
        const auto at = start + static_cast<std::int64_t>(static_cast<double>(format->duration) * share);
        const std::int64_t stamp = av_rescale_q(at, AV_TIME_BASE_Q, stream.time_base);
        av_seek_frame(format, stream.index, stamp, AVSEEK_FLAG_BACKWARD);  // else from where it is
    }
    avcodec_flush_buffers(m_codec.get());
    for (int read = 0; read < k_packets_to_keyframe; ++read) {
        const auto got = m_demuxer.read(*m_packet);
        if (!got) return std::unexpected(got.error());
        if (!*got) break;
        if ((m_packet->flags & AV_PKT_FLAG_KEY) == 0 || m_packet->size == 0) continue;
        avcodec_send_packet(m_codec.get(), m_packet.get());
        avcodec_send_packet(m_codec.get(), nullptr);
        if (receive()) return take_frame();
        avcodec_flush_buffers(m_codec.get());
    }
    return FramePtr{};
}

}  // namespace media
