#pragma once
// Which frame is due while a film plays, and how well that went. No window, no sound, no clock of its own:
// all times are given to it. The sound's clock leads where there is sound, else the monotonic one.

#include <array>
#include <cstdint>
#include <deque>
#include <optional>

namespace app {

struct FrameSpan {  // half-open
    std::int64_t begin = 0, end = 0;
    [[nodiscard]] bool empty() const { return end <= begin; }
    [[nodiscard]] std::int64_t length() const { return end - begin; }
    [[nodiscard]] bool contains(std::int64_t frame) const { return frame >= begin && frame < end; }
    bool operator==(const FrameSpan&) const = default;
};

// Where a film's frames lie in time, in seconds since frame 0: a medium's own, or a table in tests.
class FilmTimes {
public:
    virtual ~FilmTimes() = default;
    [[nodiscard]] virtual std::int64_t count() const = 0;  // known so far
    [[nodiscard]] virtual bool complete() const = 0;       // no more will become known
    [[nodiscard]] virtual double secs_of(std::int64_t frame) const = 0;
    [[nodiscard]] virtual std::int64_t frame_at(double secs) const = 0;  // presented then or last before
    // When the frame after it is presented; of the last one by the length of the one before.
    [[nodiscard]] double end_of(std::int64_t frame) const;
};

enum class PlayDirection : std::uint8_t { forward, backward };
enum class PlayClock : std::uint8_t { monotonic, sound };

struct MediaPlace {
    double secs = 0;        // since frame 0
    std::int64_t laps = 0;  // how many times the loop has begun again since the start
};

struct PlayDesc {
    std::int64_t frame = 0;           // where it begins; inside the loop
    std::optional<double> from_secs;  // where in that frame; default: its begin, backwards its end
    double speed = 1;
    PlayDirection direction = PlayDirection::forward;
    FrameSpan loop;  // empty: none
    PlayClock clock = PlayClock::monotonic;
};

// Of one run of playing, from play to pause, whatever changes in between.
struct PlayStats {
    std::int64_t shown = 0;
    std::int64_t dropped = 0;  // were due and never shown
    // How far the sound's clock was outside the time of the frame on screen, in ms as the person hears it; 0
    // when there was no sound.
    [[nodiscard]] double error_ms_p95() const;
    double error_ms_max = 0;

    void add_error(double ms);

private:
    static constexpr double k_bin_ms = 0.5;
    std::array<std::uint32_t, 1024> m_bins{};
    std::uint64_t m_errors = 0;
};

class Playback {
public:
    // While playing: a change within the same run, which keeps its statistics.
    void start(const PlayDesc& desc, const FilmTimes& times, double now_secs);
    void stop() { m_running = false; }
    [[nodiscard]] bool running() const { return m_running; }

    // The frame due now. `sound` is where the sound is heard; null while it is not (yet). Without it the
    // clock stands, and after k_patience_secs the monotonic one takes over.
    std::int64_t advance(double now_secs, std::optional<MediaPlace> sound, const FilmTimes& times);
    void lose_sound(double now_secs);  // the monotonic clock goes on from here
    void note_on_screen(std::int64_t frame, const FilmTimes& times);
    // The last frame to play has had its time. Never with a loop, nor while frames are still becoming known.
    [[nodiscard]] bool ended(const FilmTimes& times) const;
    // Until another frame is due, if all goes on as it does; infinity when none will be.
    [[nodiscard]] double secs_to_next(double now_secs, const FilmTimes& times) const;

    [[nodiscard]] PlayDirection direction() const { return m_desc.direction; }
    [[nodiscard]] PlayClock clock() const { return m_clock; }
    [[nodiscard]] const FrameSpan& loop() const { return m_desc.loop; }
    [[nodiscard]] std::int64_t due() const { return m_due; }
    [[nodiscard]] double place_secs() const { return m_place.secs; }
    // How many frames ago that frame was due last; the largest number when it was not.
    [[nodiscard]] std::int64_t age(std::int64_t frame) const;
    [[nodiscard]] const PlayStats& stats() const { return m_stats; }

    static constexpr double k_patience_secs = 1;

private:
    [[nodiscard]] bool forward() const { return m_desc.direction == PlayDirection::forward; }
    [[nodiscard]] std::int64_t order(std::int64_t frame, std::int64_t laps) const;
    [[nodiscard]] MediaPlace monotonic_place(double now_secs) const;
    [[nodiscard]] std::int64_t frame_due(const FilmTimes& times) const;
    [[nodiscard]] double unwrapped(const MediaPlace& place) const;
    void move_to(std::int64_t frame);
    void measure();

    bool m_running = false;
    PlayDesc m_desc;
    PlayClock m_clock = PlayClock::monotonic;
    double m_loop_begin_secs = 0, m_loop_end_secs = 0;
    double m_since_secs = 0, m_from_secs = 0;  // monotonic: media time then
    double m_heard_at_secs = 0;                // monotonic time of the last word from the sound
    bool m_heard = false;
    MediaPlace m_place;  // at m_place_at_secs
    double m_place_at_secs = 0;
    std::int64_t m_due = 0, m_due_laps = 0;
    bool m_due_shown = false;
    std::optional<double> m_screen_begin_secs, m_screen_end_secs;  // of what is on screen, unwrapped
    std::deque<std::int64_t> m_missed;  // orders of frames counted as dropped that may still come late
    PlayStats m_stats;
};

}  // namespace app
