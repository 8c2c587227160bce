#include "app/playback.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace app {

namespace {

constexpr std::int64_t k_never = std::numeric_limits<std::int64_t>::max();
constexpr double k_forever = std::numeric_limits<double>::infinity();
constexpr double k_poll_secs = 0.005;  // while the sound is about to begin
constexpr double k_least_wait_secs = 0.001;
constexpr double k_rounding_secs = 1e-4;   // going backwards, a frame's begin belongs to the frame before
constexpr std::size_t k_late_frames = 64;  // a decoder is never further behind than this

}  // namespace

double FilmTimes::end_of(std::int64_t frame) const {
    if (frame + 1 < count()) return secs_of(frame + 1);
    return frame > 0 ? 2 * secs_of(frame) - secs_of(frame - 1) : secs_of(frame) + 0.04;
}

void PlayStats::add_error(double ms) {
    const auto bin = static_cast<std::size_t>(std::clamp(ms / k_bin_ms, 0.0, 1e6));
    ++m_bins[std::min(bin, m_bins.size() - 1)];
    ++m_errors;
    error_ms_max = std::max(error_ms_max, ms);
}

double PlayStats::error_ms_p95() const {
    std::uint64_t left = m_errors - m_errors / 20;  // 95 of 100 lie within
    for (std::size_t bin = 0; bin < m_bins.size() && m_errors > 0; ++bin) {
        if (m_bins[bin] >= left) return std::min(static_cast<double>(bin + 1) * k_bin_ms, error_ms_max);
        left -= m_bins[bin];
    }
    return 0;
}

void Playback::start(const PlayDesc& desc, const FilmTimes& times, double now_secs) {
    const bool same_frame = m_running && desc.frame == m_due;
    if (!m_running) m_stats = {};
    if (m_running && !same_frame && !m_due_shown) ++m_stats.dropped;
    m_due_shown = same_frame && m_due_shown;
    m_missed.clear();
    m_running = true;
    m_desc = desc;
    m_clock = desc.clock;
    m_loop_begin_secs = desc.loop.empty() ? 0 : times.secs_of(desc.loop.begin);
    m_loop_end_secs = desc.loop.empty() ? 0 : times.end_of(desc.loop.end - 1);
    const double begin = forward() ? times.secs_of(desc.frame) : times.end_of(desc.frame);
    m_from_secs = desc.from_secs.value_or(begin);
    m_since_secs = m_place_at_secs = m_heard_at_secs = now_secs;
    m_heard = false;
    m_place = {m_from_secs, 0};
    m_due = desc.frame;
    m_due_laps = 0;
    m_screen_begin_secs = m_screen_end_secs = std::nullopt;
}

// The frame's number in the order of playing.
std::int64_t Playback::order(std::int64_t frame, std::int64_t laps) const {
    if (m_desc.loop.empty()) return forward() ? frame : -frame;
    const std::int64_t in_lap = forward() ? frame - m_desc.loop.begin : m_desc.loop.end - 1 - frame;
    return laps * m_desc.loop.length() + in_lap;
}

std::int64_t Playback::age(std::int64_t frame) const {
    if (!m_desc.loop.empty() && !m_desc.loop.contains(frame)) return k_never;
    std::int64_t ago = order(m_due, 0) - order(frame, 0);
    if (ago < 0 && !m_desc.loop.empty()) ago += m_desc.loop.length();
    return ago >= 0 ? ago : k_never;
}

double Playback::unwrapped(const MediaPlace& place) const {
    return place.secs + static_cast<double>(place.laps) * (m_loop_end_secs - m_loop_begin_secs);
}

MediaPlace Playback::monotonic_place(double now_secs) const {
    const double passed = (now_secs - m_since_secs) * m_desc.speed;
    const double at = forward() ? m_from_secs + passed : m_from_secs - passed;
    const double length = m_loop_end_secs - m_loop_begin_secs;
    if (m_desc.loop.empty() || length <= 0) return {at, 0};
    const double over = forward() ? at - m_loop_end_secs : m_loop_begin_secs - at;
    if (over < 0) return {at, 0};
    const double laps = std::floor(over / length) + 1;
    return {forward() ? at - laps * length : at + laps * length, static_cast<std::int64_t>(laps)};
}

std::int64_t Playback::frame_due(const FilmTimes& times) const {
    std::int64_t frame = times.frame_at(std::max(m_place.secs, 0.0));
    if (!forward() && frame > 0 && times.secs_of(frame) > m_place.secs - k_rounding_secs) --frame;
    const bool looping = !m_desc.loop.empty();
    const std::int64_t first = looping ? m_desc.loop.begin : 0;
    const std::int64_t last = (looping ? m_desc.loop.end : times.count()) - 1;
    return std::clamp(frame, first, std::max(first, last));
}

void Playback::move_to(std::int64_t frame) {
    const std::int64_t before = order(m_due, m_due_laps), now = order(frame, m_place.laps);
    if (now <= before) return;
    const auto miss = [this](std::int64_t missed) {
        ++m_stats.dropped;
        m_missed.push_back(missed);
        if (m_missed.size() > k_late_frames) m_missed.pop_front();
    };
    if (!m_due_shown) miss(before);
    const std::int64_t skipped = now - before - 1;
    const std::int64_t remembered = std::min<std::int64_t>(skipped, k_late_frames);
    m_stats.dropped += skipped - remembered;
    for (std::int64_t missed = now - remembered; missed < now; ++missed) miss(missed);
    m_due = frame;
    m_due_laps = m_place.laps;
    m_due_shown = false;
}

// Taken before the picture changes: that is when it is furthest from the sound.
void Playback::measure() {
    if (m_clock != PlayClock::sound || !m_heard || !m_screen_begin_secs) return;
    const double at = unwrapped(m_place);
    const double outside = std::max({0.0, *m_screen_begin_secs - at, at - *m_screen_end_secs});
    m_stats.add_error(outside / m_desc.speed * 1000);
}

std::int64_t Playback::advance(double now_secs, std::optional<MediaPlace> sound, const FilmTimes& times) {
    if (m_clock == PlayClock::sound) {
        if (sound) {
            m_heard = true;
            m_heard_at_secs = now_secs;
            // A device's clock trembles; time does not run back.
            if (unwrapped(*sound) >= unwrapped(m_place)) m_place = *sound;
            m_place_at_secs = now_secs;
            // After the last picture the sound goes on alone.
            const bool beyond = m_desc.loop.empty() && m_place.secs >= times.end_of(times.count() - 1);
            if (!beyond) measure();
        } else if (now_secs - m_heard_at_secs > k_patience_secs) {
            lose_sound(now_secs);
        }
    }
    if (m_clock == PlayClock::monotonic) {
        m_place = monotonic_place(now_secs);
        m_place_at_secs = now_secs;
    }
    move_to(frame_due(times));
    return m_due;
}

void Playback::lose_sound(double now_secs) {
    if (m_clock == PlayClock::monotonic) return;
    m_clock = m_desc.clock = PlayClock::monotonic;
    m_from_secs = m_place.secs;
    m_since_secs = now_secs;
    m_place.laps = m_due_laps = 0;  // counted anew
    m_missed.clear();
}

void Playback::note_on_screen(std::int64_t frame, const FilmTimes& times) {
    const std::int64_t ago = age(frame);
    if (ago == k_never) return;
    const std::int64_t at = order(m_due, m_due_laps) - ago;
    if (ago == 0 && !m_due_shown) {
        m_due_shown = true;
        ++m_stats.shown;
    }
    if (const auto late = std::ranges::find(m_missed, at); ago > 0 && late != m_missed.end()) {
        m_missed.erase(late);
        --m_stats.dropped;
        ++m_stats.shown;
    }
    const bool lap_before = !m_desc.loop.empty() && (forward() ? frame > m_due : frame < m_due);
    const std::int64_t laps = m_due_laps - (lap_before ? 1 : 0);
    m_screen_begin_secs = unwrapped({times.secs_of(frame), laps});
    m_screen_end_secs = unwrapped({times.end_of(frame), laps});
}

bool Playback::ended(const FilmTimes& times) const {
    if (!m_desc.loop.empty()) return false;
    if (!forward()) return m_place.secs <= k_rounding_secs;
    const std::int64_t last = times.count() - 1;
    return times.complete() && m_due >= last && m_place.secs >= times.end_of(last) - k_rounding_secs;
}

double Playback::secs_to_next(double now_secs, const FilmTimes& times) const {
    if (!m_running) return k_forever;
    if (m_clock == PlayClock::sound && !m_heard) return k_poll_secs;
    const bool at_last = m_desc.loop.empty() && m_due + 1 >= times.count();
    if (forward() && at_last && !times.complete()) return k_forever;  // the index grows first
    const double left = forward() ? times.end_of(m_due) - m_place.secs : m_place.secs - times.secs_of(m_due);
    // A device that has stopped short of the next frame, or a last picture still decoded, is not asked
    // without end.
    return std::max(k_least_wait_secs, m_place_at_secs + left / m_desc.speed - now_secs);
}

}  // namespace app
