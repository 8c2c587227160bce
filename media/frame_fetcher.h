#pragma once
// Decodes one picture exactly: seeks where it must, decodes on where it may, and believes only what it
// recognises.

#include <atomic>
#include <functional>
#include <optional>
#include <set>
#include <stop_token>

#include "base/result.h"
#include "media/demuxer.h"
#include "media/frame_cache.h"
#include "media/frame_wrap.h"
#include "media/picture_index.h"

namespace media {

struct FetchCounters {  // any thread reads
    std::atomic<std::int64_t> decoded{0}, seeks{0};
    // Frames that came only from an earlier keyframe than the one before them, or from the beginning.
    std::atomic<std::int64_t> from_earlier_key{0}, from_beginning{0};
    std::atomic<bool> other_size{false};  // pictures came in more than one size
};

// One thread at a time. The index and the cache outlive it. Counters may be shared with whoever shows them.
class FrameFetcher {
public:
    [[nodiscard]] static base::Result<FrameFetcher> make(Demuxer demuxer, const PictureIndex& index,
                                                         FrameCache& cache, int threads,
                                                         std::shared_ptr<FetchCounters> counters = {});

    // Frame N with its raw picture; everything decoded on the way is in the cache afterwards.
    // Errors: refused (no such frame), malformed (it cannot be decoded), cancelled.
    [[nodiscard]] base::Result<CachedPicture> fetch(std::int64_t frame, std::stop_token stop);
    // As fetch(), converted for display.
    [[nodiscard]] base::Result<FramePtr> show(std::int64_t frame, std::stop_token stop);
    // Decodes and drops [first, end); how many pictures came.
    [[nodiscard]] base::Result<std::int64_t> decode_null(std::int64_t first, std::int64_t end,
                                                         std::stop_token stop);
    // Decodes frames [first, end) from that keyframe (k_no_ordinal: from the beginning of the film) and
    // nowhere else, into neither cache nor screen; `each` may stop it by returning false. False when not all
    // of them came. Errors: cancelled.
    [[nodiscard]] base::Result<bool> decode_group(
        Ordinal key, std::int64_t first, std::int64_t end, std::stop_token stop,
        const std::function<bool(std::int64_t frame, const AVFrame& raw)>& each);
    // How many pictures are decoded until the frame is there; 0 when it is cached or unknown.
    [[nodiscard]] std::int64_t distance(std::int64_t frame) const;
    // From now on fetching also ends, between two pictures, when this token says so: cancelled, and the
    // decoder goes on from there.
    void give_up_on(std::stop_token token) { m_give_up = std::move(token); }
    // Forget where the decoder stands and what failed: the numbering has changed.
    void forget();

    [[nodiscard]] const FetchCounters& counters() const { return *m_counters; }
    [[nodiscard]] const Demuxer& demuxer() const { return m_demuxer; }

private:
    enum class Landing { there, late, failed };
    enum class Outcome { got_frame, at_end };
    FrameFetcher(Demuxer demuxer, CodecHandle codec, const PictureIndex& index, FrameCache& cache,
                 int threads, std::shared_ptr<FetchCounters> counters);

    [[nodiscard]] bool can_continue_to(std::int64_t frame, std::optional<Ordinal> key) const;
    [[nodiscard]] std::optional<Ordinal> good_key_for(std::int64_t frame,
                                                      Ordinal before = k_no_ordinal) const;
    [[nodiscard]] base::Result<Landing> start_at(Ordinal key);
    [[nodiscard]] base::Result<void> start_from_beginning();
    [[nodiscard]] base::Result<CachedPicture> fetch_from_keys(std::int64_t frame, std::stop_token stop);
    // The picture; an empty one when decoding has gone past where it should have been.
    [[nodiscard]] base::Result<CachedPicture> decode_until(std::int64_t frame, std::stop_token stop);
    [[nodiscard]] base::Result<Outcome> next_frame();
    // From where the decoder stands; how many of [first, end) came.
    [[nodiscard]] base::Result<std::int64_t> decode_range(
        std::int64_t first, std::int64_t end, const std::stop_token& stop,
        const std::function<bool(std::int64_t frame, const AVFrame& raw)>& each);
    [[nodiscard]] base::Result<void> feed();
    [[nodiscard]] std::optional<std::int64_t> identify_current();
    [[nodiscard]] std::int64_t stamp_of(const AVFrame& raw, std::int64_t frame) const;
    void prime_decoder();
    // Only the decoder knows whether what a container calls a keyframe refers to nothing before it.
    [[nodiscard]] bool is_false_key();
    [[nodiscard]] CachedPicture keep_current(std::int64_t frame);
    void reset_decoder(Ordinal next_packet, std::int64_t last_out);
    [[nodiscard]] std::unexpected<base::Error> undecodable(std::int64_t frame) const;

    Demuxer m_demuxer;
    CodecHandle m_codec;
    const PictureIndex* m_index;
    FrameCache* m_cache;
    WrapRules m_rules;
    int m_threads;
    PacketHandle m_packet;
    FrameHandle m_frame;
    std::shared_ptr<FetchCounters> m_counters;
    std::stop_token m_give_up;

    // Where the decoder stands.
    Ordinal m_next_packet = 0;     // decode order, as far as counting holds
    std::int64_t m_last_out = -1;  // highest frame number given out since the last start
    std::int64_t m_out_count = 0;  // pictures given out since the beginning of the file; Identity::count only
    std::int64_t m_equal_pts = k_no_time;
    int m_equal_count = 0;
    bool m_drained = false;               // the decoder has been told of the end; it may still hold pictures
    bool m_lost = false;                  // nothing more comes from where it stands: a start is needed
    Ordinal m_started_at = k_no_ordinal;  // the keyframe, until a picture other than B has come
    std::set<Ordinal> m_bad_keys;         // decoding or seeking from here failed once
    std::set<Ordinal> m_undecodable;
};

}  // namespace media
