#include "media/index_builder.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "base/file_sequence.h"
#include "media/mp4_table.h"
#include "media/packet_pictures.h"

namespace media {
namespace {

using base::ErrorKind;

constexpr std::size_t k_head_limit = 1024;  // pictures looked at for the start of the film
constexpr std::size_t k_batch = 256;        // packets between two wake-ups

// ---- the start of a film cut out of a longer one
// Pictures that refer to what was cut off are stored, but no decoder gives them; ffmpeg does not count them,
// so neither do we.

// The keyframe the film really starts with, when pictures are presented or stored before it.
std::optional<std::size_t> key_with_leading(const std::vector<Picture>& head) {
    const auto key = std::ranges::find_if(head, &Picture::key);
    if (key == head.end()) return std::nullopt;
    const auto leads = [&](const Picture& picture) {
        return !picture.discard && !picture.hidden && picture.pts != k_no_time &&
               (&picture < &*key || picture.pts < key->pts);
    };
    if (std::ranges::none_of(head, leads)) return std::nullopt;
    return static_cast<std::size_t>(key - head.begin());
}

// Enough read: nothing later can be presented before the first keyframe.
bool head_is_known(const std::vector<Picture>& head) {
    if (head.size() >= k_head_limit) return true;
    const auto key = std::ranges::find_if(head, &Picture::key);
    if (key == head.end() || key->pts == k_no_time) return false;
    return head.back().dts != k_no_time && head.back().dts >= key->pts;
}

// Stamps of the pictures a decoder gives from the start, up to the given one.
base::Result<std::set<std::int64_t>> stamps_decoded_until(const IndexTask& task, std::int64_t last_pts,
                                                          std::stop_token stop) {
    auto demuxer = Demuxer::open(task.path, task.stream_index, stop);
    if (!demuxer) return std::unexpected(demuxer.error());
    auto codec = open_decoder(*demuxer, task.decoder_threads);
    if (!codec) return std::unexpected(codec.error());
    const PacketHandle packet{av_packet_alloc()};
    const FrameHandle frame{av_frame_alloc()};
    std::set<std::int64_t> stamps;
    for (std::size_t read = 0; read < 4 * k_head_limit; ++read) {
        const auto got = demuxer->read(*packet);
        if (!got) return std::unexpected(got.error());
        avcodec_send_packet(codec->get(), *got && packet->size > 0 ? packet.get() : nullptr);
        while (avcodec_receive_frame(codec->get(), frame.get()) >= 0) {
            stamps.insert(frame->pts != AV_NOPTS_VALUE ? frame->pts : frame->best_effort_timestamp);
            if (*stamps.rbegin() >= last_pts) return stamps;
        }
        if (!*got) break;
    }
    return stamps;
}

base::Result<void> hide_undecodable_head(const IndexTask& task, std::vector<Picture>& head,
                                         PictureIndex& index, std::stop_token stop) {
    const auto key = key_with_leading(head);
    if (!key) return {};
    const std::int64_t key_pts = head[*key].pts;
    const auto given = stamps_decoded_until(task, key_pts, std::move(stop));
    if (!given) return std::unexpected(given.error());
    bool any = false;
    for (std::size_t i = 0; i < head.size(); ++i) {
        Picture& picture = head[i];
        if (i == *key || (i > *key && picture.pts >= key_pts) || given->contains(picture.pts)) continue;
        any = any || !(picture.hidden || picture.discard);
        picture.hidden = true;
    }
    if (any)
        index.add_fault(
            "The film was cut inside a group of pictures; those that need what was cut off are not shown or "
            "counted.");
    return {};
}

// ---- by decoding

// Times of pictures in the order that the decoder gives them. Where a stamp is missing, FFmpeg may offer the
// decoding time, which lies before the last picture's.
class RisingStamps {
public:
    std::int64_t next(const AVFrame& frame, const AVCodecContext& codec) {
        const std::int64_t given = frame.best_effort_timestamp;
        if (m_last == k_no_time)
            m_last = given == AV_NOPTS_VALUE ? 0 : given;
        else if (given != AV_NOPTS_VALUE && given > m_last)
            m_last = given;
        else if (__builtin_add_overflow(m_last, step(codec), &m_last))
            m_last = std::numeric_limits<std::int64_t>::max();
        return m_last;
    }

private:
    // Ticks of one picture at the stream's nominal rate, for streams that store no time at all.
    [[nodiscard]] static std::int64_t step(const AVCodecContext& codec) {
        const AVRational rate = codec.framerate;
        if (rate.num <= 0) return 1;
        return std::max<std::int64_t>(av_rescale_q(1, av_inv_q(rate), codec.pkt_timebase), 1);
    }
    std::int64_t m_last = k_no_time;
};

// Numbers the decoder's output. Positions must rise from packet to packet, else only counting identifies a
// picture.
class DecodePass {
public:
    DecodePass(PictureIndex& index, const IndexTask& task, AVCodecContext& codec)
        : m_index{index},
          m_task{task},
          m_codec{codec},
          m_frame{av_frame_alloc()},
          m_intra_is_key{codec.codec_id == AV_CODEC_ID_MPEG4} {
        m_index.restart(Identity::position);
    }
    void packet(const AVPacket* packet) {
        if (packet != nullptr) note(*packet);
        if (packet == nullptr || packet->size > 0) avcodec_send_packet(&m_codec, packet);
        while (avcodec_receive_frame(&m_codec, m_frame.get()) >= 0) present();
    }
    [[nodiscard]] bool positions_hold() const { return m_positions_hold; }

private:
    void note(const AVPacket& packet) {
        Picture picture;
        picture.dts = packet.dts;
        picture.pos = packet.pos;
        picture.size_bytes = static_cast<std::uint32_t>(std::max(packet.size, 0));
        picture.key = (packet.flags & AV_PKT_FLAG_KEY) != 0;
        picture.discard = (packet.flags & AV_PKT_FLAG_DISCARD) != 0;
        if (picture.pos <= m_last_pos) m_positions_hold = false;
        m_last_pos = picture.pos;
        m_waiting[picture.pos] = m_index.add(picture);
    }
    void present() {
        const auto place = m_waiting.find(m_frame->pkt_pos);
        if (place == m_waiting.end()) {
            m_positions_hold = false;
            return;
        }
        const std::int64_t pts = m_stamps.next(*m_frame, m_codec);
        if (m_intra_is_key) m_index.correct_key(place->second, m_frame->pict_type == AV_PICTURE_TYPE_I);
        m_index.present(place->second, pts);
        m_waiting.erase(place);
    }
    PictureIndex& m_index;
    const IndexTask& m_task;
    AVCodecContext& m_codec;
    FrameHandle m_frame;
    std::unordered_map<std::int64_t, Ordinal> m_waiting;
    RisingStamps m_stamps;
    std::int64_t m_last_pos = -1;
    bool m_positions_hold = true;
    const bool m_intra_is_key;  // AVI's own flags stand beside the wrong chunk where B pictures are packed
};

// Where not even byte offsets tell pictures apart: frame N is the N-th the decoder gives.
base::Result<void> index_by_counting(const IndexTask& task, PictureIndex& index, std::stop_token stop) {
    index.restart(Identity::count);
    index.add_fault(
        "Pictures can only be told apart by counting; going to a frame decodes from the beginning.");
    auto demuxer = Demuxer::open(task.path, task.stream_index, stop);
    if (!demuxer) return std::unexpected(demuxer.error());
    auto codec = open_decoder(*demuxer, task.decoder_threads);
    if (!codec) return std::unexpected(codec.error());
    const PacketHandle packet{av_packet_alloc()};
    const FrameHandle frame{av_frame_alloc()};
    RisingStamps stamps;
    for (bool more = true; more;) {
        const auto got = demuxer->read(*packet);
        if (!got) return std::unexpected(got.error());
        more = *got;
        if (more && packet->size == 0) continue;
        avcodec_send_packet(codec->get(), more ? packet.get() : nullptr);
        while (avcodec_receive_frame(codec->get(), frame.get()) >= 0) {
            const Ordinal ordinal = index.add({.key = frame->key_frame != 0});
            index.present(ordinal, stamps.next(*frame, **codec));
        }
    }
    index.finish();
    return {};
}

base::Result<void> index_by_decoding(const IndexTask& task, PictureIndex& index, std::stop_token stop) {
    index.add_fault(
        "The file does not store when each picture is shown; the film was decoded once to find their order.");
    auto demuxer = Demuxer::open(task.path, task.stream_index, stop);
    if (!demuxer) return std::unexpected(demuxer.error());
    auto codec = open_decoder(*demuxer, task.decoder_threads);
    if (!codec) return std::unexpected(codec.error());
    DecodePass pass{index, task, **codec};
    const PacketHandle packet{av_packet_alloc()};
    for (std::size_t read = 0;; ++read) {
        const auto got = demuxer->read(*packet);
        if (!got) return std::unexpected(got.error());
        pass.packet(*got ? packet.get() : nullptr);
        if (!pass.positions_hold()) return index_by_counting(task, index, stop);
        if (!*got) break;
        if (read % k_batch == 0) {
            index.set_progress(demuxer->progress());
            if (task.grown) task.grown();
        }
    }
    index.finish();
    return {};
}

// ---- by reading packets

class PacketScan {
public:
    PacketScan(const IndexTask& task, PictureIndex& index) : m_task{task}, m_index{index} {}

    enum class End {
        done,
        no_stamps,  // presentation times are missing
        no_order,   // the clock begins again, and places in the file do not rise: only decoding tells the
                    // order
    };
    [[nodiscard]] base::Result<End> run(Demuxer& demuxer, std::stop_token stop);
    // From where the demuxer stands; what the index holds before that stays.
    [[nodiscard]] base::Result<End> run_on(Demuxer& demuxer, std::stop_token stop);

private:
    void add(Picture picture) {
        continue_clock(picture);
        m_index.add(picture);
        // Later packets are presented no earlier than they are decoded, and decoding times rise.
        if (picture.dts != k_no_time) m_settled = std::max(m_settled, std::min(picture.dts, m_settled_limit));
        if (m_settled != k_no_time) m_index.settle(m_settled);
    }
    [[nodiscard]] base::Result<void> end_head(std::stop_token stop) {
        m_in_head = false;
        auto hidden = hide_undecodable_head(m_task, m_head, m_index, std::move(stop));
        for (const Picture& picture : m_head) add(picture);
        m_head.clear();
        return hidden;
    }

    // Films joined end to end, or a counter that was set back: from a large step back of the decoding time
    // on, stamps are moved so that time goes on, as ffmpeg does it.
    void continue_clock(Picture& picture) {
        if (!picture.hidden && picture.pos <= m_last_pos) m_places_rise = false;
        m_last_pos = std::max(m_last_pos, picture.pos);
        constexpr std::int64_t k_sane = 1ll << 60;  // damaged stamps may be any number
        const auto is_sane = [](std::int64_t stamp) { return stamp > -k_sane && stamp < k_sane; };
        if (!is_sane(picture.dts) || !is_sane(picture.pts) || !is_sane(m_moved_by)) return;
        const std::int64_t dts = picture.dts + m_moved_by;
        if (m_last_dts != k_no_time && dts < m_last_dts - m_large_step) {
            ++m_clock_breaks;
            m_index.settle(m_settled_limit);
            m_index.recognise_by_position();
            m_moved_by += m_last_dts - dts + m_step;
        }
        picture.dts += m_moved_by;
        picture.pts += m_moved_by;
        if (m_last_dts != k_no_time && picture.dts > m_last_dts) m_step = picture.dts - m_last_dts;
        m_last_dts = picture.dts;
    }
    const IndexTask& m_task;
    PictureIndex& m_index;
    std::int64_t m_last_pos = -1, m_last_dts = k_no_time, m_step = 1, m_moved_by = 0;
    std::int64_t m_large_step = 0;  // ticks of a second
    int m_clock_breaks = 0;
    bool m_places_rise = true;
    bool m_in_head = false;
    std::vector<Picture> m_head;
    std::int64_t m_settled = k_no_time;
    static constexpr std::int64_t m_settled_limit = std::numeric_limits<std::int64_t>::max() - 1;
};

base::Result<PacketScan::End> PacketScan::run(Demuxer& demuxer, std::stop_token stop) {
    m_index.restart(Identity::pts);
    m_in_head = true;
    return run_on(demuxer, std::move(stop));
}

base::Result<PacketScan::End> PacketScan::run_on(Demuxer& demuxer, std::stop_token stop) {
    const AVRational time_base = demuxer.stream().time_base;
    m_large_step = std::max<std::int64_t>(av_rescale(1, time_base.den, std::max(time_base.num, 1)), 1);
    PacketPictures picture_of{demuxer.stream()};
    const PacketHandle packet{av_packet_alloc()};
    for (std::size_t read = 0;; ++read) {
        const auto got = demuxer.read(*packet);
        if (!got) return std::unexpected(got.error());
        if (!*got) break;
        const Picture picture = picture_of(*packet);
        if (picture.pts == k_no_time && !picture.hidden) return End::no_stamps;
        if (!m_in_head) add(picture);
        if (m_in_head) m_head.push_back(picture);
        if (m_in_head && head_is_known(m_head))
            if (auto ended = end_head(stop); !ended) return std::unexpected(ended.error());
        if (m_clock_breaks > 0 && !m_places_rise) return End::no_order;
        if (read % k_batch != 0) continue;
        m_index.set_progress(demuxer.progress());
        if (m_task.grown) m_task.grown();
    }
    if (m_in_head)
        if (auto ended = end_head(stop); !ended) return std::unexpected(ended.error());
    if (demuxer.broken_off()) m_index.note_broken_off();
    if (demuxer.broken_off())
        m_index.add_fault("The file could not be read to its end; the frames before that are here.");
    if (m_clock_breaks > 0 && !m_places_rise) return End::no_order;
    if (m_clock_breaks > 0)
        m_index.add_fault(
            "The film's clock is set back within it; frames are numbered as they come, and time goes on.");
    m_index.finish();
    return End::done;
}

}  // namespace

base::Result<IndexFrom> index_at_once(Demuxer& demuxer, const IndexTask& task,
                                      const std::optional<IndexStamp>& stamp, PictureIndex& index) {
    if (auto known = stamp ? load_index(task.path, *stamp) : std::nullopt) {
        index.assign(*known);
        index.finish();
        return IndexFrom::side_file;
    }
    const auto from_table = index_from_sample_table(demuxer, task, index);
    if (!from_table) return std::unexpected(from_table.error());
    return *from_table ? IndexFrom::sample_table : IndexFrom::packets;
}

base::Result<bool> index_from_sample_table(Demuxer& demuxer, const IndexTask& task, PictureIndex& index) {
    if (!demuxer.is_mov()) return false;
    auto pictures = pictures_from_mp4(demuxer);
    if (demuxer.stop().stop_requested())
        return base::fail(ErrorKind::cancelled, "Opening was stopped: {}", task.path.string());
    if (!pictures && pictures.error().kind == ErrorKind::io) index.add_fault(pictures.error().message);
    if (!pictures) return false;
    std::vector<Picture> head{pictures->begin(), pictures->begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                         k_head_limit, pictures->size()))};
    if (auto hidden = hide_undecodable_head(task, head, index, demuxer.stop()); !hidden)
        return std::unexpected(hidden.error());
    std::ranges::copy(head, pictures->begin());
    index.assign({.pictures = std::move(*pictures)});
    index.finish();
    return true;
}

base::Result<void> index_from_packets(const IndexTask& task, PictureIndex& index, std::stop_token stop) {
    if (const auto sequence = base::find_sequence(task.path); sequence && sequence->gap)
        index.add_fault(
            fmt::format("Number {} is missing among the pictures; those after it are not part of the film.",
                        sequence->first + sequence->count));
    auto demuxer = Demuxer::open(task.path, task.stream_index, stop);
    if (!demuxer) return std::unexpected(demuxer.error());
    const auto scanned = PacketScan{task, index}.run(*demuxer, stop);
    if (!scanned) return std::unexpected(scanned.error());
    base::Result<void> decoded;
    if (*scanned == PacketScan::End::no_stamps) decoded = index_by_decoding(task, index, stop);
    if (*scanned == PacketScan::End::no_order) decoded = index_by_counting(task, index, stop);
    if (!decoded) return decoded;
    if (task.grown) task.grown();
    return {};
}

// Goes to the packet of a keyframe, which read() then gives next; false when it is not found again.
static bool stand_before(Demuxer& demuxer, const Picture& key) {
    constexpr int k_packets_to_landing = 20000;
    if (!demuxer.seek(key)) return false;
    for (int skipped = 0; skipped < k_packets_to_landing; ++skipped) {
        const auto& ahead = demuxer.peek(1);
        if (ahead.empty() || (key.pos >= 0 && ahead.front()->pos > key.pos)) return false;
        if (ahead.front()->pos == key.pos && ahead.front()->pts == key.pts) return true;
        const PacketHandle packet{av_packet_alloc()};
        if (const auto got = demuxer.read(*packet); !got || !*got) return false;
    }
    return false;
}

base::Result<void> grow_index(const IndexTask& task, PictureIndex& index, std::stop_token stop) {
    auto demuxer = Demuxer::open(task.path, task.stream_index, stop);
    if (!demuxer) return std::unexpected(demuxer.error());
    // A reader never sees the index shorter than it was: the new one is made aside.
    PictureIndex grown;
    IndexContent known = index.content();
    const auto last_key = std::ranges::find_if(known.pictures.rbegin(), known.pictures.rend(), &Picture::key);
    const bool can_read_on = known.identity == Identity::pts && last_key != known.pictures.rend() &&
                             last_key + 1 != known.pictures.rend() && stand_before(*demuxer, *last_key);
    const IndexTask silent{task.path, task.stream_index, task.decoder_threads, {}};
    if (can_read_on) {
        known.pictures.erase(last_key.base() - 1, known.pictures.end());
        known.presented.clear();
        known.verified = false;
        grown.assign(known);
        const auto scanned = PacketScan{silent, grown}.run_on(*demuxer, stop);
        if (!scanned) return std::unexpected(scanned.error());
        if (*scanned != PacketScan::End::done) {
            if (auto again = index_from_packets(silent, grown, stop); !again) return again;
        }
    } else if (auto scanned = index_from_packets(silent, grown, stop); !scanned) {
        return scanned;
    }
    index.assign(grown.content());
    if (task.grown) task.grown();
    return {};
}

base::Result<void> confirm_index(const IndexTask& task, PictureIndex& index, std::stop_token stop) {
    auto demuxer = Demuxer::open(task.path, task.stream_index, stop);
    if (!demuxer) return std::unexpected(demuxer.error());
    PacketPictures picture_of{demuxer->stream()};
    const PacketHandle packet{av_packet_alloc()};
    const std::size_t count = index.stored_count();
    std::int64_t bytes_read = 0;
    for (Ordinal ordinal = 0; bytes_read < k_confirmed_bytes; ++ordinal) {
        const auto got = demuxer->read(*packet);
        if (!got) return std::unexpected(got.error());
        if (!*got && ordinal == count) return {};
        if (!*got && demuxer->broken_off()) return {};
        const Picture read = *got ? picture_of(*packet) : Picture{};
        const Picture listed = index.stored(ordinal);
        bytes_read += packet->size;
        if (*got && ordinal < count && read.pts == listed.pts && read.pos == listed.pos &&
            read.discard == listed.discard)
            continue;
        index.add_fault(
            "The film's sample table disagrees with its pictures; frames were numbered from the pictures.");
        return index_from_packets(task, index, std::move(stop));
    }
    return {};
}

}  // namespace media
