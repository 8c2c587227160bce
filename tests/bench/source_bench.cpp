#include "source_bench.h"

#include <condition_variable>
#include <mutex>

namespace bench {

struct TimedSource::Impl {
    std::mutex mutex;  // leaf; guards `awake`
    std::condition_variable woken;
    bool awake = false;
    std::optional<media::VideoSource> source;  // last: its threads call wake()

    void wake() {
        const std::lock_guard lock{mutex};
        awake = true;
        woken.notify_one();
    }
    void wait() {
        std::unique_lock lock{mutex};
        if (!woken.wait_for(lock, std::chrono::seconds{60}, [this] { return std::exchange(awake, false); }))
            give_up("A frame does not come within a minute.");
    }
};

TimedSource::TimedSource(const fs::path& film, std::size_t cache_bytes) : m_impl{std::make_shared<Impl>()} {
    media::VideoSourceOptions options;
    options.cache_bytes = cache_bytes;
    options.wakeup = [impl = m_impl.get()] { impl->wake(); };
    m_impl->source.emplace(film, options);
}

double TimedSource::secs_to_any_picture(std::int64_t frame) { return secs_until(frame, false); }

double TimedSource::secs_to_exact_picture(std::int64_t frame) { return secs_until(frame, true); }

double TimedSource::secs_until(std::int64_t frame, bool exact) {
    (void)m_impl->source->poll();  // what an earlier request left
    const double begin = wall_secs();
    m_impl->source->request(frame);
    for (;; m_impl->wait()) {
        const auto got = m_impl->source->poll();
        if (!got) continue;
        const media::FramePtr picture = must(*got);
        if (picture->index == frame && !picture->stand_in) break;
        if (!exact && picture->stand_in) break;
    }
    return wall_secs() - begin;
}

void TimedSource::wait_for_index() {
    for (;; m_impl->wait())
        if (const auto info = m_impl->source->info(); info && must(*info).index_complete) return;
}

std::int64_t TimedSource::frame_count() const {
    const auto info = m_impl->source->info();
    return info ? must(*info).frame_count : 0;
}

}  // namespace bench
