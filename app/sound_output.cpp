#include "app/sound_output.h"

#include <array>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "app/sound_device.h"
#include "base/log.h"
#include "media/sound_feed.h"

namespace app {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t k_ring_frames = 1 << 16;
constexpr double k_ahead_secs = 0.2;        // kept in the ring while playing
constexpr double k_head_start_secs = 0.06;  // before the first sample is given out
constexpr std::size_t k_chunk_frames = 512;
constexpr auto k_fill_every = std::chrono::milliseconds{8};
constexpr auto k_linger = std::chrono::seconds{3};  // the device stays open that long after playing
constexpr auto k_retry_device = std::chrono::seconds{10};
constexpr double k_device_gone_secs = 0.5;

}  // namespace

struct SoundOutput::Impl {
    explicit Impl(std::function<void()> wake) : wakeup{std::move(wake)} {}

    struct Film {
        std::filesystem::path file;
        std::optional<int> video_stream;
        std::stop_token stop;
    };
    // What the mailbox held; the worker's own.
    struct Orders {
        bool film_changed = false, request_changed = false;
        std::optional<Film> film;
        std::optional<SoundRequest> request;
        std::uint64_t serial = 0;
    };
    // How the ring's frames map to the film while a request sounds.
    struct Sounding {
        std::uint64_t serial = 0, first_frame = 0;
        media::SoundRun run;
        double samples_per_frame = 1;
        int file_rate_hz = 1, device_rate_hz = 1;
    };

    // ---- worker
    void work(std::stop_token stop);
    [[nodiscard]] Orders wait_for_orders(std::stop_token stop);
    void open_film(const std::optional<Film>& film);
    void begin(const SoundRequest& request, std::uint64_t serial);
    [[nodiscard]] bool ensure_device();
    void drop_device();
    void fill_ring(double ahead_secs);
    void set_state(SoundState now);

    const std::function<void()> wakeup;
    SampleRing ring{k_ring_frames};

    // ---- worker only
    std::optional<media::AudioReader> reader;  // until the device's rate is known, then inside the feed
    std::optional<media::SoundFeed> feed;
    bool playing = false;
    Clock::time_point stopped_at, device_failed_at;

    mutable std::mutex mutex;  // leaf; guards the fields up to the thread
    std::condition_variable_any changed;
    Orders orders;
    std::stop_source film_stop;
    SoundState state = SoundState::none;
    std::optional<Sounding> sounding;
    std::unique_ptr<SoundDevice> device;  // changed by the worker alone
    float gain = 1;
    std::int64_t late_before = 0;  // of devices closed since

    std::jthread worker;  // last: stops and joins before the rest dies
};

SoundOutput::Impl::Orders SoundOutput::Impl::wait_for_orders(std::stop_token stop) {
    std::unique_lock lock{mutex};
    const auto given = [this] { return orders.film_changed || orders.request_changed; };
    if (playing)
        changed.wait_for(lock, stop, k_fill_every, given);
    else if (device)
        changed.wait_until(lock, stop, stopped_at + k_linger, given);
    else
        changed.wait(lock, stop, given);
    if (!given()) return {};
    Orders taken = orders;
    orders.film_changed = orders.request_changed = false;
    return taken;
}

void SoundOutput::Impl::work(std::stop_token stop) {
    while (!stop.stop_requested()) {
        const Orders now = wait_for_orders(stop);
        if (stop.stop_requested()) break;
        if (now.film_changed || now.request_changed) {
            ring.shut();
            if (playing) stopped_at = Clock::now();
            playing = false;
        }
        if (now.film_changed) open_film(now.film);
        if (now.request && (now.request_changed || now.film_changed)) begin(*now.request, now.serial);
        if (playing)
            fill_ring(k_ahead_secs);
        else if (device && Clock::now() >= stopped_at + k_linger)
            drop_device();
    }
    drop_device();
}

void SoundOutput::Impl::set_state(SoundState now) {
    {
        const std::scoped_lock lock{mutex};
        if (orders.film_changed) return;  // of another film already
        state = now;
    }
    if (wakeup) wakeup();
}

void SoundOutput::Impl::open_film(const std::optional<Film>& film) {
    feed.reset();
    reader.reset();
    drop_device();  // the next film may have another rate
    if (!film) return;
    auto opened = media::AudioReader::open(film->file, film->video_stream, film->stop);
    if (opened) {
        reader.emplace(std::move(*opened));
        return set_state(SoundState::ready);
    }
    base::log(base::LogLevel::debug, "no sound: {}", opened.error().message);
    set_state(SoundState::no_sound);
}

bool SoundOutput::Impl::ensure_device() {
    if (device) return true;
    if (device_failed_at != Clock::time_point{} && Clock::now() < device_failed_at + k_retry_device)
        return false;
    const int rate_hz = feed ? feed->info().rate_hz : reader->info().rate_hz;
    auto opened = SoundDevice::open(ring, rate_hz);
    if (!opened) {
        device_failed_at = Clock::now();
        return false;
    }
    device_failed_at = {};
    const std::scoped_lock lock{mutex};
    opened->set_gain(gain);
    device = std::move(opened);
    return true;
}

void SoundOutput::Impl::drop_device() {
    std::unique_ptr<SoundDevice> old;
    {
        const std::scoped_lock lock{mutex};
        old = std::move(device);
        if (old) late_before += old->late_frames();
        sounding.reset();
    }
    old.reset();  // joins the device's thread
    ring.shut();
    ring.discard_shut();
}

void SoundOutput::Impl::begin(const SoundRequest& request, std::uint64_t serial) {
    if (!reader && !feed) return;
    if (!ensure_device()) return set_state(SoundState::no_device);
    if (!feed || device->rate_hz() != feed->device_rate_hz()) {
        media::AudioReader file = feed ? std::move(*feed).take_reader() : std::move(*reader);
        reader.reset();
        feed.emplace(std::move(file), device->rate_hz());
    }
    const int rate_hz = feed->info().rate_hz;
    const auto sample = [&](double secs) { return static_cast<std::int64_t>(std::llround(secs * rate_hz)); };
    media::SoundRun run{.first = sample(request.from_secs), .speed = request.speed};
    if (request.loop_end_secs > request.loop_begin_secs) {
        run.loop_begin = sample(request.loop_begin_secs);
        run.loop_end = std::max(sample(request.loop_end_secs), run.loop_begin + 1);
        run.first = std::min(run.first, run.loop_end - 1);
    }
    feed->begin(run);
    const std::uint64_t first_frame = ring.shut();
    fill_ring(k_head_start_secs);
    {
        const std::scoped_lock lock{mutex};
        if (orders.serial != serial) return;  // another request has come; it is next
        sounding = Sounding{serial, first_frame, run, feed->samples_per_frame(), rate_hz, device->rate_hz()};
        if (!orders.film_changed) state = SoundState::ready;
    }
    ring.open();
    playing = true;
    if (wakeup) wakeup();
}

void SoundOutput::Impl::fill_ring(double ahead_secs) {
    std::array<float, 2 * k_chunk_frames> chunk;
    const auto wanted = static_cast<std::size_t>(ahead_secs * device->rate_hz());
    while (ring.waiting() < wanted && ring.room() >= k_chunk_frames) {
        feed->fill(chunk);
        ring.write(chunk);
    }
}

SoundOutput::SoundOutput(std::function<void()> wakeup) : m_impl{std::make_unique<Impl>(std::move(wakeup))} {
    m_impl->worker =
        std::jthread{[impl = m_impl.get()](std::stop_token stop) { impl->work(std::move(stop)); }};
}

SoundOutput::~SoundOutput() {
    const std::scoped_lock lock{m_impl->mutex};
    m_impl->film_stop.request_stop();
}

void SoundOutput::open(std::filesystem::path file, std::optional<int> video_stream) {
    {
        const std::scoped_lock lock{m_impl->mutex};
        m_impl->film_stop.request_stop();
        m_impl->film_stop = {};
        m_impl->orders.film = Impl::Film{std::move(file), video_stream, m_impl->film_stop.get_token()};
        m_impl->orders.request.reset();
        m_impl->orders.film_changed = true;
        m_impl->state = SoundState::opening;
    }
    m_impl->changed.notify_one();
}

void SoundOutput::close() {
    {
        const std::scoped_lock lock{m_impl->mutex};
        if (m_impl->state == SoundState::none) return;
        m_impl->film_stop.request_stop();
        m_impl->orders.film.reset();
        m_impl->orders.request.reset();
        m_impl->orders.film_changed = true;
        m_impl->state = SoundState::none;
        ++m_impl->orders.serial;
    }
    m_impl->changed.notify_one();
}

SoundState SoundOutput::state() const {
    const std::scoped_lock lock{m_impl->mutex};
    return m_impl->state;
}

void SoundOutput::start(const SoundRequest& request) {
    {
        const std::scoped_lock lock{m_impl->mutex};
        m_impl->orders.request = request;
        m_impl->orders.request_changed = true;
        ++m_impl->orders.serial;
        if (m_impl->state == SoundState::no_device) m_impl->state = SoundState::ready;  // tried again
    }
    m_impl->changed.notify_one();
}

void SoundOutput::stop() {
    {
        const std::scoped_lock lock{m_impl->mutex};
        if (!m_impl->orders.request) return;
        m_impl->orders.request.reset();
        m_impl->orders.request_changed = true;
        ++m_impl->orders.serial;
    }
    m_impl->changed.notify_one();
}

std::optional<SoundHeard> SoundOutput::heard(double now_secs) const {
    const std::scoped_lock lock{m_impl->mutex};
    const auto& sounding = m_impl->sounding;
    if (!sounding || !m_impl->device || sounding->serial != m_impl->orders.serial) return std::nullopt;
    const SoundDevice::Stamp stamp = m_impl->device->stamp();
    if (now_secs - stamp.taken_secs > k_device_gone_secs) return std::nullopt;
    const double in_buffer = (now_secs - stamp.heard_secs) * sounding->device_rate_hz;
    const double frame = static_cast<double>(stamp.first) +
                         std::min(in_buffer, static_cast<double>(stamp.count)) -
                         static_cast<double>(sounding->first_frame);
    if (frame < 0) return std::nullopt;
    const media::SoundPlace place = media::place_after(sounding->run, frame * sounding->samples_per_frame);
    return SoundHeard{place.sample / sounding->file_rate_hz, place.laps};
}

void SoundOutput::set_gain(float amplitude) {
    const std::scoped_lock lock{m_impl->mutex};
    m_impl->gain = amplitude;
    if (m_impl->device) m_impl->device->set_gain(amplitude);
}

std::int64_t SoundOutput::late_frames() const {
    const std::scoped_lock lock{m_impl->mutex};
    return m_impl->late_before + (m_impl->device ? m_impl->device->late_frames() : 0);
}

}  // namespace app
