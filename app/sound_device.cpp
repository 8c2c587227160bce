#include "app/sound_device.h"

#include <bit>
#include <chrono>

#include <SDL.h>

#include "base/log.h"

namespace app {

namespace {

double steady_secs() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

bool audio_is_up() {
    if (SDL_WasInit(SDL_INIT_AUDIO) != 0) return true;
    SDL_SetMainReady();
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");  // Ctrl+C and SIGTERM stay ours
    SDL_SetHint(SDL_HINT_AUDIO_DEVICE_APP_NAME, "Limn");
    return SDL_InitSubSystem(SDL_INIT_AUDIO) == 0;
}

}  // namespace

std::unique_ptr<SoundDevice> SoundDevice::open(SampleRing& ring, int wanted_rate_hz) {
    std::unique_ptr<SoundDevice> device{new SoundDevice{ring}};
    SDL_AudioSpec wanted{}, got{};
    wanted.freq = std::clamp(wanted_rate_hz, 8000, 192000);
    wanted.format = AUDIO_F32SYS;
    wanted.channels = 2;
    // About 10 ms: what is heard is known no better than a buffer's length.
    wanted.samples = static_cast<Uint16>(std::bit_ceil(static_cast<unsigned>(wanted.freq) / 100));
    wanted.userdata = device.get();
    wanted.callback = [](void* self, Uint8* bytes, int size) {
        const auto floats = static_cast<std::size_t>(size) / sizeof(float);
        static_cast<SoundDevice*>(self)->play({reinterpret_cast<float*>(bytes), floats});
    };
    if (audio_is_up())
        device->m_id = SDL_OpenAudioDevice(nullptr, 0, &wanted, &got, SDL_AUDIO_ALLOW_FREQUENCY_CHANGE);
    if (device->m_id == 0) {
        base::log(base::LogLevel::debug, "no sound device: {}", SDL_GetError());
        return nullptr;
    }
    device->m_rate_hz = got.freq;
    // One buffer sounds while the next is asked for.
    device->m_latency_secs = static_cast<double>(got.samples) / got.freq;
    SDL_PauseAudioDevice(device->m_id, 0);
    return device;
}

SoundDevice::~SoundDevice() {
    if (m_id != 0) SDL_CloseAudioDevice(m_id);
}

void SoundDevice::play(std::span<float> stereo) {
    const double now_secs = steady_secs();
    const SampleRing::Taken taken = m_ring.read(stereo);
    std::fill(stereo.begin() + static_cast<std::ptrdiff_t>(2 * taken.count), stereo.end(), 0.0f);
    const std::size_t frames = stereo.size() / 2;
    if (taken.open && taken.count < frames)
        m_late_frames.fetch_add(static_cast<std::int64_t>(frames - taken.count), std::memory_order_relaxed);
    const float gain = m_gain.load(std::memory_order_relaxed);
    const float step = (gain - m_last_gain) / static_cast<float>(std::max<std::size_t>(frames, 1));
    for (std::size_t i = 0; i < taken.count; ++i) {  // a sudden step would click
        const float now = m_last_gain + step * static_cast<float>(i + 1);
        stereo[2 * i] *= now;
        stereo[2 * i + 1] *= now;
    }
    m_last_gain = gain;

    const std::uint32_t sequence = m_sequence.load(std::memory_order_relaxed);
    m_sequence.store(sequence + 1);
    m_taken_secs.store(now_secs);
    m_first.store(taken.first);
    m_count.store(taken.count);
    m_sequence.store(sequence + 2);
}

SoundDevice::Stamp SoundDevice::stamp() const {
    for (;;) {
        const std::uint32_t before = m_sequence.load();
        const Stamp stamp{m_taken_secs.load(), m_taken_secs.load() + m_latency_secs, m_first.load(),
                          m_count.load()};
        if (before % 2 == 0 && m_sequence.load() == before) return stamp;
    }
}

}  // namespace app
