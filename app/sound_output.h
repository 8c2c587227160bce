#pragma once
// The sound of the film on screen. Looks single-threaded to its user: nothing here waits; a worker opens the
// file and the device and fills a ring, the device's own thread empties it.

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

namespace app {

enum class SoundState : std::uint8_t {
    none,       // no film
    opening,    // not known yet
    no_sound,   // the film has none, or none that can be decoded
    no_device,  // there is nothing to play it on
    ready,
};

struct SoundRequest {  // seconds on the file's own clock (pts * time base)
    double from_secs = 0;
    double speed = 1;
    double loop_begin_secs = 0, loop_end_secs = 0;  // half-open; empty: no loop
};

struct SoundHeard {
    double secs = 0;        // on the file's own clock
    std::int64_t laps = 0;  // how many times the loop has begun again
};

class SoundOutput {
public:
    // `wakeup` comes from the worker and may do nothing but unblock the waiter.
    explicit SoundOutput(std::function<void()> wakeup);
    ~SoundOutput();

    void open(std::filesystem::path file, std::optional<int> video_stream);
    void close();
    [[nodiscard]] SoundState state() const;
    // Plays from there; replaces what is played. After no_device the device is tried again, now and then.
    void start(const SoundRequest& request);
    void stop();
    // The place in the film that the person hears now (monotonic seconds, as steady_clock counts them); null
    // until the last request has begun to sound, and when the device has stopped asking for sound.
    [[nodiscard]] std::optional<SoundHeard> heard(double now_secs) const;
    void set_gain(float amplitude);  // 0 … 1
    // Frames of silence the device was given while playing because the worker was late.
    [[nodiscard]] std::int64_t late_frames() const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace app
