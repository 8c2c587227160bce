// Playing: the clock, the loop, and the sound to the pictures.

#include <algorithm>
#include <cmath>

#include "app/workbench.h"

namespace app {

namespace {

constexpr int k_frames_ahead = 12;  // asked for while playing
constexpr int k_going_back = -1;

// A video's own times, as far as its index has grown.
class VideoTimes final : public FilmTimes {
public:
    VideoTimes(const media::VideoSource& video, const std::optional<media::VideoInfo>& info,
               std::int64_t count)
        : m_video{video},
          m_count{std::max<std::int64_t>(count, 1)},
          m_complete{info && info->index_complete} {}
    std::int64_t count() const override { return m_count; }
    bool complete() const override { return m_complete; }
    double secs_of(std::int64_t frame) const override { return m_video.secs_of(frame); }
    std::int64_t frame_at(double secs) const override {
        return std::min(m_video.frame_at_secs(secs).value_or(0), m_count - 1);
    }

private:
    const media::VideoSource& m_video;
    const std::int64_t m_count;
    const bool m_complete;
};

}  // namespace

void Workbench::play(bool on, PlayDirection direction) {
    if (!on) {
        if (!playing()) return;
        stop_playing();
        if (m_picture) want_frame(m_picture->index, 0);  // what is on screen is where the user is
        return;
    }
    if (playing() && m_playback.direction() == direction) return;
    if (!m_video || (!m_picture && m_media_error.empty()) || (m_tool && m_tool->busy())) return;
    const bool forward = direction == PlayDirection::forward;
    const FrameSpan loop = loop_in_force();
    const FrameSpan range = loop.empty() ? FrameSpan{0, std::max<std::int64_t>(frame_count(), 1)} : loop;
    const bool at_end = loop.empty() && frame() == (forward ? range.end - 1 : range.begin);
    PlayDesc desc{.frame = frame(), .direction = direction};
    if (at_end || !range.contains(desc.frame)) desc.frame = forward ? range.begin : range.end - 1;
    if (desc.frame != frame()) want_frame(desc.frame, forward ? k_frames_ahead : k_going_back);
    start_run(desc);
}

// The first samples of a film's sound lie on the same clock as its pictures' pts.
double Workbench::film_begin_secs() const {
    const std::int64_t pts = m_video->pts_of(0);
    return m_info && pts != labels::k_no_pts ? base::seconds(pts, m_info->time_base) : 0;
}

void Workbench::start_run(PlayDesc desc) {
    const SoundState sound = m_sound.state();
    const bool forward = desc.direction == PlayDirection::forward;
    // Where there was no device the last time, it is tried again.
    const bool sounds = forward && (sound == SoundState::ready || sound == SoundState::no_device);
    m_sound_awaited = forward && sound == SoundState::opening;
    desc.speed = m_speed;
    desc.loop = loop_in_force();
    desc.clock = sounds ? PlayClock::sound : PlayClock::monotonic;
    const VideoTimes times{*m_video, m_info, frame_count()};
    m_playback.start(desc, times, m_now_secs);
    note_picture();
    if (!sounds) return m_sound.stop();
    SoundRequest request{.from_secs = film_begin_secs() + m_playback.place_secs(), .speed = m_speed};
    if (!desc.loop.empty()) {
        request.loop_begin_secs = film_begin_secs() + times.secs_of(desc.loop.begin);
        request.loop_end_secs = film_begin_secs() + times.end_of(desc.loop.end - 1);
    }
    m_sound.start(request);
}

// After a change that the clock or the sound must know of: from the same place, in the same run.
void Workbench::go_on_playing() {
    PlayDesc desc{
        .frame = m_playback.due(), .from_secs = m_playback.place_secs(), .direction = m_playback.direction()};
    const FrameSpan loop = loop_in_force();
    if (!loop.empty() && !loop.contains(desc.frame)) {
        desc.frame = desc.direction == PlayDirection::forward ? loop.begin : loop.end - 1;
        desc.from_secs.reset();
    }
    start_run(desc);
}

void Workbench::stop_playing() {
    m_playback.stop();
    m_sound.stop();
    m_sound_awaited = false;
}

void Workbench::set_speed(double factor) {
    m_speed = std::clamp(factor, k_speeds.front(), k_speeds.back());
    if (playing()) go_on_playing();
}

void Workbench::change_speed(int direction) {
    constexpr double k_same = 1e-6;
    if (direction > 0) {
        const auto* next = std::ranges::find_if(k_speeds, [&](double s) { return s > m_speed + k_same; });
        if (next != k_speeds.end()) set_speed(*next);
        return;
    }
    const auto next =
        std::find_if(k_speeds.rbegin(), k_speeds.rend(), [&](double s) { return s < m_speed - k_same; });
    if (next != k_speeds.rend()) set_speed(*next);
}

bool Workbench::advance_playing() {
    if (!playing() || !m_video) return false;
    const SoundState sound = m_sound.state();
    const bool sound_has_come = m_sound_awaited && sound == SoundState::ready;
    if (sound_has_come || loop_in_force() != m_playback.loop()) go_on_playing();

    std::optional<MediaPlace> heard;
    const bool by_sound = m_playback.clock() == PlayClock::sound;
    if (by_sound && m_sound.state() == SoundState::no_device) m_playback.lose_sound(m_now_secs);
    if (const auto place = by_sound ? m_sound.heard(m_now_secs) : std::nullopt)
        heard = MediaPlace{place->secs - film_begin_secs(), place->laps};
    const VideoTimes times{*m_video, m_info, frame_count()};
    const std::int64_t due = m_playback.advance(m_now_secs, heard, times);
    if (by_sound && m_playback.clock() != PlayClock::sound) m_sound.stop();

    const bool moved = due != frame();
    if (moved) want_frame(due, playing_backwards() ? k_going_back : k_frames_ahead);
    const bool ended = m_playback.ended(times) && (picture_is_current() || !m_media_error.empty());
    if (ended) stop_playing();
    return moved || ended;
}

void Workbench::note_picture() {
    if (playing() && m_picture)
        m_playback.note_on_screen(m_picture->index, VideoTimes{*m_video, m_info, frame_count()});
    if (!m_sound_asked && m_picture) open_sound();
}

double Workbench::secs_to_next_frame(double now_secs) const {
    return m_playback.secs_to_next(now_secs, VideoTimes{*m_video, m_info, frame_count()});
}

// -- the loop
// ---------------------------------------------------------------------------------------------------------

void Workbench::set_loop_begin(std::int64_t frame) {
    if (m_view.asset.is_nil()) return;
    AssetView& view = asset_view();
    view.loop_begin = std::clamp<std::int64_t>(frame, 0, std::max<std::int64_t>(frame_count() - 1, 0));
    if (view.loop_end <= view.loop_begin) view.loop_end = 0;
    view.loop_on = true;
}

void Workbench::set_loop_last(std::int64_t frame) {
    if (m_view.asset.is_nil()) return;
    AssetView& view = asset_view();
    view.loop_end = std::clamp<std::int64_t>(frame, 0, std::max<std::int64_t>(frame_count() - 1, 0)) + 1;
    if (view.loop_begin >= view.loop_end) {  // the other way round: between the two
        const std::int64_t last = view.loop_begin;
        view.loop_begin = view.loop_end - 1;
        view.loop_end = last + 1;
    }
    view.loop_on = true;
}

void Workbench::set_loop_on(bool on) {
    if (!m_view.asset.is_nil()) asset_view().loop_on = on;
}

void Workbench::clear_loop() {
    if (m_view.asset.is_nil()) return;
    AssetView& view = asset_view();
    view.loop_begin = view.loop_end = 0;
    view.loop_on = false;
}

bool Workbench::loop_on() const {
    const auto found = m_view.assets.find(m_view.asset);
    return found != m_view.assets.end() && found->second.loop_on;
}

FrameSpan Workbench::loop_range() const {
    const auto found = m_view.assets.find(m_view.asset);
    if (found == m_view.assets.end()) return {};
    const AssetView& view = found->second;
    if (!view.loop_on && view.loop_begin == 0 && view.loop_end == 0) return {};
    const std::int64_t count = frame_count();
    return {view.loop_begin, view.loop_end > 0 ? std::min(view.loop_end, count) : count};
}

FrameSpan Workbench::loop_in_force() const {
    const FrameSpan range = loop_range();
    if (!loop_on() || range.empty()) return {};
    // How far "to the end" is must be known before it can be gone round.
    const bool to_the_end = asset() != nullptr && m_view.assets.at(m_view.asset).loop_end == 0;
    return to_the_end && !(m_info && m_info->index_complete) ? FrameSpan{} : range;
}

// -- the sound
// --------------------------------------------------------------------------------------------------------

// After the first picture, so that it does not come later for it.
void Workbench::open_sound() {
    if (!m_info) return;
    m_sound_asked = true;
    if (!m_info->is_picture) m_sound.open(m_info->path, m_info->stream_index);
}

// Loudness is heard by its logarithm; the square comes near enough.
void Workbench::apply_volume() {
    const auto volume = static_cast<float>(m_settings.volume);
    m_sound.set_gain(m_settings.muted ? 0 : volume * volume);
}

void Workbench::set_volume(double volume) {
    m_settings.volume = std::clamp(volume, 0.0, 1.0);
    m_settings.muted = m_settings.volume == 0;
    apply_volume();
}

void Workbench::set_muted(bool muted) {
    m_settings.muted = muted;
    if (!muted && m_settings.volume == 0) m_settings.volume = 1;
    apply_volume();
    save_settings();
}

}  // namespace app
