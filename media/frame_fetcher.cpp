#include "media/frame_fetcher.h"

namespace media {
namespace {

using base::ErrorKind;

constexpr int k_decode_on_packets =
    10;  // a keyframe this near is reached sooner by decoding on than by a seek
constexpr int k_keys_tried = 3;
constexpr int k_false_keys_passed = 2000;  // each costs a seek and one picture
constexpr int k_frames_past = 4;           // decoders may give the first pictures slightly out of order
constexpr int k_packets_to_landing = 20000;
constexpr Ordinal k_linear_anyway = 2000;  // so few pictures from the beginning that trying costs little

}  // namespace

base::Result<FrameFetcher> FrameFetcher::make(Demuxer demuxer, const PictureIndex& index, FrameCache& cache,
                                              int threads, std::shared_ptr<FetchCounters> counters) {
    auto codec = open_decoder(demuxer, threads);
    if (!codec) return std::unexpected(codec.error());
    if (!counters) counters = std::make_shared<FetchCounters>();
    FrameFetcher fetcher{std::move(demuxer), std::move(*codec), index, cache, threads, std::move(counters)};
    fetcher.prime_decoder();
    return fetcher;
}

// Some decoders learn from the film's first packet which encoder made it, and work around its faults from
// then on (Xvid's own inverse transform, x264's old 4:4:4). One that starts in the middle must know as much.
void FrameFetcher::prime_decoder() {
    const AVCodecParameters& parameters = *m_demuxer.stream().codecpar;
    const AVPixFmtDescriptor* desc = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(parameters.format));
    const bool is_444 = desc != nullptr && desc->log2_chroma_w == 0 && desc->nb_components == 3;
    const bool learns =
        parameters.codec_id == AV_CODEC_ID_MPEG4 || (parameters.codec_id == AV_CODEC_ID_H264 && is_444);
    if (!learns) return;
    const auto& ahead = m_demuxer.peek(1);
    if (ahead.empty()) return;
    const PacketHandle first{av_packet_clone(ahead.front().get())};
    avcodec_send_packet(m_codec.get(), first.get());
    avcodec_send_packet(m_codec.get(), nullptr);
    while (avcodec_receive_frame(m_codec.get(), m_frame.get()) >= 0) av_frame_unref(m_frame.get());
    avcodec_flush_buffers(m_codec.get());
}

FrameFetcher::FrameFetcher(Demuxer demuxer, CodecHandle codec, const PictureIndex& index, FrameCache& cache,
                           int threads, std::shared_ptr<FetchCounters> counters)
    : m_demuxer{std::move(demuxer)},
      m_codec{std::move(codec)},
      m_index{&index},
      m_cache{&cache},
      m_rules{wrap_rules(m_demuxer.stream())},
      m_threads{threads},
      m_packet{av_packet_alloc()},
      m_frame{av_frame_alloc()},
      m_counters{std::move(counters)} {}

base::Result<CachedPicture> FrameFetcher::fetch(std::int64_t frame, std::stop_token stop) {
    const auto ordinal = m_index->ordinal_of(frame);
    if (!ordinal)
        return base::fail(ErrorKind::refused,
                          "There is no frame {}; this film has {} frames, counted from 0: {}", frame,
                          m_index->frame_count(), m_demuxer.path().string());
    if (CachedPicture cached = m_cache->find(*ordinal); cached.raw) return cached;
    if (m_undecodable.contains(*ordinal)) return undecodable(frame);
    m_demuxer.set_stop(stop);
    if (can_continue_to(frame, good_key_for(frame))) {
        auto found = decode_until(frame, stop);
        if (!found || found->raw) return found;
    }
    auto found = fetch_from_keys(frame, stop);
    if (!found || found->raw) return found;
    // A growing index may yet learn better; only a finished one condemns a picture.
    if (m_index->complete()) m_undecodable.insert(*ordinal);
    return undecodable(frame);
}

base::Result<FramePtr> FrameFetcher::show(std::int64_t frame, std::stop_token stop) {
    auto picture = fetch(frame, std::move(stop));
    if (!picture) return std::unexpected(picture.error());
    if (picture->shown) return picture->shown;
    auto shown = wrap(picture->raw, m_rules, frame, stamp_of(*picture->raw, frame));
    if (!shown) return in_file(shown.error(), m_demuxer.path());
    picture->shown = *shown;
    picture->size_bytes += (*shown)->size_bytes;
    m_cache->put(*picture);
    return shown;
}

void FrameFetcher::forget() {
    m_bad_keys.clear();
    m_undecodable.clear();
    m_lost = true;
}

std::unexpected<base::Error> FrameFetcher::undecodable(std::int64_t frame) const {
    return base::fail(ErrorKind::malformed,
                      "Frame {} is damaged and cannot be decoded; go to another frame: {}", frame,
                      m_demuxer.path().string());
}

std::optional<Ordinal> FrameFetcher::good_key_for(std::int64_t frame, Ordinal before) const {
    auto key = m_index->key_for(frame, before);
    while (key && m_bad_keys.contains(*key)) key = m_index->key_for(frame, *key);
    return key;
}

bool FrameFetcher::can_continue_to(std::int64_t frame, std::optional<Ordinal> key) const {
    if (m_lost || frame <= m_last_out) return false;
    return !key || *key < m_next_packet + k_decode_on_packets;
}

std::int64_t FrameFetcher::distance(std::int64_t frame) const {
    const auto ordinal = m_index->ordinal_of(frame);
    if (!ordinal || m_cache->contains(*ordinal)) return 0;
    const auto key = good_key_for(frame);
    const Ordinal start = can_continue_to(frame, key) ? m_next_packet : key.value_or(0);
    return *ordinal < start ? 1 : std::int64_t{*ordinal} - start + 1;
}

base::Result<CachedPicture> FrameFetcher::fetch_from_keys(std::int64_t frame, std::stop_token stop) {
    auto key = good_key_for(frame);
    std::vector<Ordinal> failed;
    bool landed = false;
    for (int tries = 0, false_keys = 0; key && tries < k_keys_tried;) {
        const auto landing = start_at(*key);
        if (!landing) return std::unexpected(landing.error());
        if (*landing == Landing::there) {
            auto found = decode_until(frame, stop);
            if (!found) return found;
            if (found->raw) {
                m_bad_keys.insert(failed.begin(), failed.end());
                if (!failed.empty() || false_keys > 0)
                    m_counters->from_earlier_key.fetch_add(1, std::memory_order_relaxed);
                return found;
            }
        } else {
            m_bad_keys.insert(*key);
        }
        if (!m_bad_keys.contains(*key)) {
            landed = true;
            failed.push_back(*key);
        }
        const bool was_false = *landing == Landing::there && m_bad_keys.contains(*key);
        if (!was_false || ++false_keys > k_false_keys_passed) ++tries;
        key = good_key_for(frame, *key);
    }
    const auto target = m_index->ordinal_of(frame);
    if (landed && target && *target > k_linear_anyway) return CachedPicture{};
    if (auto begun = start_from_beginning(); !begun) return std::unexpected(begun.error());
    auto found = decode_until(frame, stop);
    if (found && found->raw) {
        m_bad_keys.insert(failed.begin(), failed.end());
        const bool began_there = m_index->key_for(frame) == Ordinal{0};
        if (!began_there) m_counters->from_beginning.fetch_add(1, std::memory_order_relaxed);
    }
    return found;
}

void FrameFetcher::reset_decoder(Ordinal next_packet, std::int64_t last_out) {
    avcodec_flush_buffers(m_codec.get());
    m_drained = m_lost = false;
    m_started_at = k_no_ordinal;
    m_next_packet = next_packet;
    m_last_out = last_out;
    m_out_count = 0;
    m_equal_pts = k_no_time;
    m_equal_count = 0;
}

base::Result<void> FrameFetcher::start_from_beginning() {
    if (m_next_packet == 0 && !m_drained && !m_lost) return {};  // it is still there
    m_counters->seeks.fetch_add(1, std::memory_order_relaxed);
    auto fresh = Demuxer::open(m_demuxer.path(), m_demuxer.stream().index, m_demuxer.stop());
    if (!fresh) return std::unexpected(fresh.error());
    auto codec = open_decoder(*fresh, m_threads);  // nothing learnt from later pictures may stay in it
    if (!codec) return std::unexpected(codec.error());
    m_demuxer = std::move(*fresh);
    m_codec = std::move(*codec);
    reset_decoder(0, -1);
    return {};
}

// Seeks to a keyframe and drops what comes before it. On success its packet is the next one the decoder gets.
base::Result<FrameFetcher::Landing> FrameFetcher::start_at(Ordinal key) {
    const Picture wanted = m_index->stored(key);
    m_counters->seeks.fetch_add(1, std::memory_order_relaxed);
    m_lost = true;  // until the landing is known
    if (!m_demuxer.seek(wanted)) return Landing::failed;
    const bool by_pts = m_index->identity() == Identity::pts;
    for (int dropped = 0; dropped < k_packets_to_landing; ++dropped) {
        const auto got = m_demuxer.read(*m_packet);
        if (!got) return std::unexpected(got.error());
        if (!*got) return Landing::failed;
        const bool same_pos = wanted.pos < 0 || m_packet->pos == wanted.pos;
        if (same_pos && (!by_pts || m_packet->pts == wanted.pts)) {
            reset_decoder(key, m_index->first_frame_from(key) - 1);
            const int sent = avcodec_send_packet(m_codec.get(), m_packet.get());
            if (sent >= 0 || sent == AVERROR_INVALIDDATA) ++m_next_packet;
            m_started_at = key;
            return Landing::there;
        }
        // Where places tell pictures apart, the clock may begin again on the way.
        const bool has_dts = by_pts && wanted.dts != k_no_time && m_packet->dts != AV_NOPTS_VALUE;
        if (has_dts ? m_packet->dts > wanted.dts : m_packet->pos > wanted.pos) return Landing::late;
    }
    return Landing::failed;
}

base::Result<CachedPicture> FrameFetcher::decode_until(std::int64_t frame, std::stop_token stop) {
    for (int past = 0; past < k_frames_past;) {
        if (stop.stop_requested() || m_give_up.stop_requested())
            return base::fail(ErrorKind::cancelled, "Decoding was stopped: {}", m_demuxer.path().string());
        const auto outcome = next_frame();
        if (!outcome) return std::unexpected(outcome.error());
        if (*outcome == Outcome::at_end) break;
        if (is_false_key()) break;
        const auto number = identify_current();
        if (!number) continue;
        CachedPicture picture = keep_current(*number);
        if (*number == frame) return picture;
        if (*number > frame) ++past;
    }
    return CachedPicture{};
}

base::Result<std::int64_t> FrameFetcher::decode_null(std::int64_t first, std::int64_t end,
                                                     std::stop_token stop) {
    m_demuxer.set_stop(stop);
    const auto key = good_key_for(first);
    if (!can_continue_to(first, key)) {
        auto landing = key ? start_at(*key) : Landing::failed;
        if (!landing) return std::unexpected(landing.error());
        if (*landing != Landing::there)
            if (auto begun = start_from_beginning(); !begun) return std::unexpected(begun.error());
    }
    m_started_at = k_no_ordinal;  // what is dropped need not be exact
    return decode_range(first, end, stop, [](std::int64_t, const AVFrame&) { return true; });
}

base::Result<std::int64_t> FrameFetcher::decode_range(
    std::int64_t first, std::int64_t end, const std::stop_token& stop,
    const std::function<bool(std::int64_t frame, const AVFrame& raw)>& each) {
    std::int64_t came = 0;
    for (int past = 0; came < end - first && past < k_frames_past;) {
        if (stop.stop_requested())
            return base::fail(ErrorKind::cancelled, "Decoding was stopped: {}", m_demuxer.path().string());
        const auto outcome = next_frame();
        if (!outcome) return std::unexpected(outcome.error());
        if (*outcome == Outcome::at_end || is_false_key()) break;
        const auto number = identify_current();
        if (!number) continue;
        if (*number >= end) ++past;
        if (*number < first || *number >= end) continue;
        ++came;
        if (!each(*number, *m_frame)) break;
    }
    return came;
}

base::Result<bool> FrameFetcher::decode_group(
    Ordinal key, std::int64_t first, std::int64_t end, std::stop_token stop,
    const std::function<bool(std::int64_t frame, const AVFrame& raw)>& each) {
    m_demuxer.set_stop(stop);
    if (key == k_no_ordinal) {
        m_lost = true;
        if (auto begun = start_from_beginning(); !begun) return std::unexpected(begun.error());
    } else {
        const auto landing = start_at(key);
        if (!landing) return std::unexpected(landing.error());
        if (*landing != Landing::there) return false;
    }
    const auto came = decode_range(first, end, stop, each);
    if (!came) return std::unexpected(came.error());
    m_lost = true;  // others may not decode on from here: what came was not kept
    return *came == end - first;
}

base::Result<FrameFetcher::Outcome> FrameFetcher::next_frame() {
    for (int errors_after_end = 0; errors_after_end < 1000;) {
        av_frame_unref(m_frame.get());
        const int code = avcodec_receive_frame(m_codec.get(), m_frame.get());
        if (code >= 0) {
            m_counters->decoded.fetch_add(1, std::memory_order_relaxed);
            return Outcome::got_frame;
        }
        if (code == AVERROR_EOF) break;
        if (m_drained) {
            ++errors_after_end;  // a broken picture among the last ones
            continue;
        }
        if (auto fed = feed(); !fed) return std::unexpected(fed.error());
    }
    m_lost = true;
    return Outcome::at_end;
}

// One packet to the decoder, or the end. What the decoder refuses is passed over, as ffmpeg does.
base::Result<void> FrameFetcher::feed() {
    const auto got = m_demuxer.read(*m_packet);
    if (!got) {
        m_lost = true;
        return std::unexpected(got.error());
    }
    if (!*got) {
        m_drained = true;
        avcodec_send_packet(m_codec.get(), nullptr);
        return {};
    }
    ++m_next_packet;
    if (m_packet->size > 0) avcodec_send_packet(m_codec.get(), m_packet.get());
    av_packet_unref(m_packet.get());
    return {};
}

std::optional<std::int64_t> FrameFetcher::identify_current() {
    const std::int64_t stamp = m_frame->pts != AV_NOPTS_VALUE ? m_frame->pts : m_frame->best_effort_timestamp;
    m_equal_count = stamp == m_equal_pts ? m_equal_count + 1 : 0;
    m_equal_pts = stamp;
    const std::int64_t counted = m_out_count++;
    std::optional<std::int64_t> number = counted;
    if (m_index->identity() != Identity::count)
        number = m_index->identify(stamp, m_frame->pkt_pos, m_equal_count);
    if (number && *number > m_last_out) m_last_out = *number;
    return number;
}

// The picture's own stamp, where it has one: should the film be numbered anew at this moment, it shows.
std::int64_t FrameFetcher::stamp_of(const AVFrame& raw, std::int64_t frame) const {
    const bool has_own = m_index->identity() == Identity::pts && raw.pts != AV_NOPTS_VALUE;
    return has_own ? raw.pts : m_index->pts_of(frame);
}

bool FrameFetcher::is_false_key() {
    if (m_started_at == k_no_ordinal || m_frame->pict_type == AV_PICTURE_TYPE_B) return false;
    // In order of presentation a keyframe comes before all that refers to it but B pictures.
    const Ordinal key = std::exchange(m_started_at, k_no_ordinal);
    const AVPictureType type = m_frame->pict_type;
    const bool refers_back = type == AV_PICTURE_TYPE_P || type == AV_PICTURE_TYPE_S;
    if (!refers_back || m_frame->key_frame != 0 || key == 0) return false;
    m_bad_keys.insert(key);
    m_lost = true;
    return true;
}

CachedPicture FrameFetcher::keep_current(std::int64_t frame) {
    CachedPicture picture;
    picture.ordinal = m_index->ordinal_of(frame).value_or(k_no_ordinal);
    // A damaged picture is patched up from what the decoder saw before it, which differs from way to way.
    // What was given out once stays.
    if (m_cache->contains(picture.ordinal))
        if (CachedPicture known = m_cache->find(picture.ordinal); known.raw) return known;
    picture.raw = take_picture(*m_frame);
    const AVFrame& raw = *picture.raw;
    picture.size_bytes = size_of(raw);
    const AVCodecParameters& told = *m_demuxer.stream().codecpar;
    if (raw.width != told.width || raw.height != told.height)
        m_counters->other_size.store(true, std::memory_order_relaxed);
    if (is_direct(raw))
        if (auto shown = wrap(picture.raw, m_rules, frame, stamp_of(raw, frame))) picture.shown = *shown;
    m_cache->put(picture);
    return picture;
}

}  // namespace media
