#pragma once
// Which pictures a video stream holds: in decode order as stored, and in the order they are presented.

#include <cstdint>
#include <deque>
#include <limits>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace media {

inline constexpr std::int64_t k_no_time =
    std::numeric_limits<std::int64_t>::min();  // = AV_NOPTS_VALUE, labels' k_no_pts
using Ordinal = std::uint32_t;                 // place in decode order, from 0
inline constexpr Ordinal k_no_ordinal = std::numeric_limits<Ordinal>::max();

// One stored picture.
struct Picture {
    std::int64_t pts = k_no_time, dts = k_no_time;  // stream's time base
    std::int64_t pos = -1;                          // byte offset of its packet
    std::uint32_t size_bytes = 0;
    bool key = false;
    bool discard = false;  // outside the edit list: decoded, never presented
    bool hidden = false;   // gives no picture of its own
    bool bad_key = false;  // a keyframe from which decoding was seen to give other pictures; never started at
};

// How a decoded picture is recognised.
enum class Identity : std::uint8_t {
    pts,       // time stamp, and byte offset where stamps repeat
    position,  // byte offset: the container stores no presentation time
    count,     // only by decoding from the start
};

struct IndexFacts {
    std::int64_t frame_count = 0, stored = 0, hidden = 0, keyframes = 0, bad_keys = 0;
    std::int64_t shortest_gop = 0, longest_gop = 0;  // stored pictures; 0 before the second keyframe
    std::int64_t first_pts = k_no_time, last_pts = k_no_time;
    std::int64_t min_step = 0, max_step = 0;  // ticks between neighbours; 0 when fewer than two
    std::int64_t equal_stamps = 0, late_stamps = 0;
    bool complete = false, edit_list = false;
    bool broken_off = false;       // reading ended in an error: not to be kept
    bool clock_moved = false;      // stamps are not the file's own: its clock is set back within it
    bool verified = false;         // every group was decoded and compared
    std::int64_t undecodable = 0;  // frames that gave no picture then
    double progress = 0;
    std::vector<std::string> faults;
};

// What an index holds, without what follows from it.
struct IndexContent {
    Identity identity = Identity::pts;
    std::vector<Picture> pictures;  // decode order
    // Frame number -> place in `pictures`. With Identity::pts it may be empty: then it is the order of the
    // stamps.
    std::vector<Ordinal> presented;
    std::vector<std::string> faults;
    std::int64_t late_stamps = 0;
    bool clock_moved = false;
    bool verified = false;
    std::int64_t undecodable = 0;
};

// 32 bytes a picture and 8 a keyframe. One thread writes, any may read; every call holds one leaf mutex for a
// short time.
class PictureIndex {
public:
    // ---- the indexing thread
    void restart(Identity identity);  // forgets everything
    // The clock has begun again: time stamps no longer tell pictures apart, places in the file do. Stamps
    // given to add() must go on without a jump.
    void recognise_by_position();
    // Everything at once, in place of what was there. `presented` must name pictures, each at most once.
    void assign(const IndexContent& content);
    // Decode order. After restart(Identity::pts) it is presented once settle() has passed it, else by
    // present().
    Ordinal add(const Picture& picture);
    // Nothing added later will have a pts below this.
    void settle(std::int64_t below_pts);
    // The picture comes next in presentation order.
    void present(Ordinal ordinal, std::int64_t pts);
    // Decoding has shown whether a picture refers to nothing before it. Before it is presented.
    void correct_key(Ordinal ordinal, bool key);
    void finish();
    void set_progress(double fraction);
    void add_fault(std::string sentence);
    void note_broken_off();
    // What decoding every group has shown. Any thread.
    void set_verified(const std::vector<Ordinal>& bad_keys, std::int64_t undecodable);

    // ---- any thread
    [[nodiscard]] IndexContent content() const;
    [[nodiscard]] Identity identity() const;
    [[nodiscard]] std::int64_t frame_count() const;  // presented pictures whose number will not change
    [[nodiscard]] bool complete() const;
    // Changes when numbers given out before may be wrong (a sample table was disproved, a pts came too late).
    [[nodiscard]] std::uint64_t generation() const;
    [[nodiscard]] std::size_t stored_count() const;
    [[nodiscard]] Picture stored(Ordinal ordinal) const;
    [[nodiscard]] std::optional<Ordinal> ordinal_of(std::int64_t frame) const;
    [[nodiscard]] std::int64_t pts_of(std::int64_t frame) const;  // k_no_time beyond what is known
    // Frame number of a decoded picture. `earlier_equal`: how many pictures of this pts the decoder gave
    // before it.
    [[nodiscard]] std::optional<std::int64_t> identify(std::int64_t pts, std::int64_t pos,
                                                       int earlier_equal) const;
    // The last keyframe before `before` in decode order from which decoding shows `frame` in full: stored no
    // later than it and presented no later than it (pictures that lead a keyframe of an open group need the
    // group before).
    [[nodiscard]] std::optional<Ordinal> key_for(std::int64_t frame, Ordinal before = k_no_ordinal) const;
    // The first frame presented no earlier than a stored picture.
    [[nodiscard]] std::int64_t first_frame_from(Ordinal ordinal) const;
    [[nodiscard]] std::vector<std::int64_t> keyframes_between(std::int64_t first, std::int64_t end) const;
    // Last frame whose pts is not after `pts`.
    [[nodiscard]] std::optional<std::int64_t> frame_at_pts(std::int64_t pts) const;
    [[nodiscard]] IndexFacts facts() const;

private:
#pragma pack(push, 4)
    struct Stored {
        std::int64_t pts;
        std::int64_t pos_and_flags;  // pos << 8 | flags
        std::int32_t pts_minus_dts;
        std::uint32_t size_bytes;
        std::uint32_t frame;  // k_no_ordinal: not presented (yet)
    };
#pragma pack(pop)
    static_assert(sizeof(Stored) == 28);

    struct State {
        Identity identity = Identity::pts;
        bool sorted = true;               // presented in the order of stamps, by settle()
        std::deque<Stored> stored;        // decode order
        std::deque<Ordinal> presented;    // frame number -> ordinal
        std::vector<std::uint32_t> keys;  // frame numbers of presented keyframes, ascending
        std::vector<Ordinal> key_places;  // of all keyframes, ascending
        std::set<std::pair<std::int64_t, Ordinal>> pending;  // not settled yet
        IndexFacts facts;
    };
    static Stored pack(const Picture& picture);
    static Picture unpack(const Stored& stored);
    static void note_stored(State& state, const Picture& picture);
    static void measure_groups(State& state);
    static void push_presented(State& state, Ordinal ordinal);
    static void present_late(State& state, Ordinal ordinal);
    static bool keeps_numbers(const State& before, const State& after);
    static std::int64_t lower_frame(const State& state, std::int64_t pts);
    static std::int64_t first_frame_after(const State& state, std::int64_t pts);
    [[nodiscard]] std::optional<std::int64_t> identify_by_pts(std::int64_t pts, std::int64_t pos,
                                                              int earlier_equal) const;
    [[nodiscard]] std::optional<std::int64_t> identify_by_pos(std::int64_t pos) const;

    mutable std::mutex m_mutex;  // leaf; guards all below
    State m_state;
    std::uint64_t m_generation = 0;
};

}  // namespace media
