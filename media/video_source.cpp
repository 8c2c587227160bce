#include "media/video_source.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/digest.h"
#include "base/file_sequence.h"
#include "media/frame_fetcher.h"
#include "media/index_builder.h"
#include "media/open_film.h"
#include "media/open_info.h"
#include "media/stand_in.h"
#include "media/walk_back.h"

namespace media {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t k_prefetch_frames = 16;
constexpr auto k_index_wake_every = std::chrono::milliseconds{50};
constexpr Clock::duration k_growth_look_every = std::chrono::seconds{2};
constexpr auto k_lately = std::chrono::seconds{20};

bool was_written_lately(const std::filesystem::path& path) {
    std::error_code error;
    const auto written = std::filesystem::last_write_time(path, error);
    return !error && std::filesystem::file_time_type::clock::now() - written < k_lately;
}

struct Request {
    std::int64_t frame = 0;
    int ahead = 0;
    std::uint64_t serial = 0;  // newer is larger
    bool answered = false;     // the cache had it; only what lies ahead is wanted
    std::stop_token newer;     // asked to stop once there is a newer request

    // The order in which results are given out: never back to an older request or from exact to stand-in.
    [[nodiscard]] std::uint64_t rank(bool exact) const { return serial * 2 + (exact ? 1 : 0); }
};

}  // namespace

struct VideoSource::Impl {
    Impl(std::filesystem::path file, VideoSourceOptions wanted_options);

    // ---- any thread
    void request(std::int64_t frame, int ahead);
    [[nodiscard]] FramePtr cached(std::int64_t frame);
    [[nodiscard]] base::Rational time_base() const {
        const std::lock_guard lock{mutex};
        return headers && *headers ? (*headers)->time_base : base::Rational{0, 1};
    }
    void wake() const {
        if (options.wakeup) options.wakeup();
    }
    // ---- decoder thread
    void run(std::stop_token stop);
    [[nodiscard]] base::Result<FrameFetcher> open(std::stop_token stop);
    void fail_open(const base::Error& error);
    [[nodiscard]] bool wait_for_work(std::stop_token stop);  // false: to be stopped
    [[nodiscard]] bool can_serve() const;                    // under the mutex
    [[nodiscard]] bool proxy_is_due() const;                 // under the mutex
    [[nodiscard]] std::optional<Request> take_request();
    void serve(FrameFetcher& fetcher, const Request& request, std::stop_token stop);
    [[nodiscard]] bool show(FrameFetcher& fetcher, const Request& request, std::stop_token stop);
    [[nodiscard]] bool show_stand_in(FrameFetcher& fetcher, const Request& request, std::stop_token stop);
    void find_proxy(std::stop_token stop);
    void publish(const Request& request, base::Result<FramePtr> result, double decode_ms);
    void prefetch(FrameFetcher& fetcher, const Request& request, std::stop_token stop);
    [[nodiscard]] std::int64_t prefetch_reach(std::int64_t frame);
    void copy_counters(const FrameFetcher& fetcher);
    // ---- index thread
    void run_index(std::stop_token stop);
    void wait_for_first_picture(std::stop_token stop);
    void watch_growth(const IndexTask& task, std::stop_token stop);
    void set_growing(bool on);
    void index_grown();

    const std::filesystem::path path;
    const VideoSourceOptions options;
    PictureIndex index;                                                                // own leaf lock
    FrameCache cache;                                                                  // own leaf lock
    const std::shared_ptr<FetchCounters> fetched = std::make_shared<FetchCounters>();  // atomics
    StandIns stand_ins{index, cache};                                                  // decoder thread
    std::atomic<std::uint64_t> seen_generation = 0;                                    // decoder thread
    int stream_index = -1;                      // decoder thread, before the index thread starts
    std::optional<IndexStamp> stamp;            // as stream_index: the file's state when it was opened
    IndexFrom index_from = IndexFrom::packets;  // as stream_index
    Clock::time_point last_index_wake;          // index thread

    // Guards the fields up to the threads. Only the index's own lock is ever taken inside it.
    mutable std::mutex mutex;
    std::condition_variable_any changed, first_published;
    std::optional<Request> wanted;
    bool working = true;             // opening, serving or prefetching
    std::stop_source newer_request;  // of the request in work
    std::uint64_t last_serial = 0, published_rank = 0;
    ProxyState proxy = ProxyState::unknown;
    std::int64_t proxy_asked = 0;  // how often it was to be looked for again
    std::optional<base::Result<FramePtr>> ready;
    std::optional<base::Result<VideoInfo>> headers;
    VideoCounters counters;

    std::jthread index_thread;    // started by the decoder thread once the file is open
    std::jthread decoder_thread;  // last: stops and joins before the rest dies
};

VideoSource::Impl::Impl(std::filesystem::path file, VideoSourceOptions wanted_options)
    : path{std::move(file)}, options{std::move(wanted_options)}, cache{options.cache_bytes} {
    decoder_thread = std::jthread{[this](std::stop_token stop) { run(std::move(stop)); }};
}

void VideoSource::Impl::request(std::int64_t frame, int ahead) {
    FramePtr hit = cached(frame);
    std::unique_lock lock{mutex};
    ++counters.requests;
    const Request request{frame, ahead, ++last_serial, hit != nullptr, {}};
    newer_request.request_stop();
    if (headers && !*headers) {
        ready = std::unexpected(headers->error());
    } else if (hit) {
        ++counters.cache_hits;
        published_rank = request.rank(true);
        ready = std::move(hit);
        wanted.reset();
        if (ahead != 0) wanted = request;
    } else {
        wanted = request;
    }
    const bool answered = !wanted || wanted->answered;
    lock.unlock();
    changed.notify_one();
    if (answered) wake();
}

FramePtr VideoSource::Impl::cached(std::int64_t frame) {
    const auto ordinal = index.ordinal_of(frame);
    // What was decoded before the index was put right, or a keyframe found false, is decoded again.
    if (!ordinal || index.generation() != seen_generation) return nullptr;
    FramePtr shown = cache.find(*ordinal).shown;
    // The numbering may just have been corrected; then the entry is another picture's.
    if (shown && (shown->index != frame || shown->pts != index.pts_of(frame))) return nullptr;
    return shown;
}

void VideoSource::Impl::run(std::stop_token stop) {
    auto fetcher = open(stop);
    if (!fetcher) return fail_open(fetcher.error());
    index_thread = std::jthread{[this](std::stop_token index_stop) { run_index(std::move(index_stop)); }};
    wake();
    while (wait_for_work(stop)) {
        if (const auto request = take_request())
            serve(*fetcher, *request, stop);
        else
            find_proxy(stop);
    }
}

base::Result<FrameFetcher> VideoSource::Impl::open(std::stop_token stop) {
    auto taken = options.opened ? options.opened->take(path, options.stream_index) : std::nullopt;
    auto demuxer =
        taken ? base::Result<Demuxer>{std::move(*taken)} : Demuxer::open(path, options.stream_index, stop);
    if (!demuxer) return std::unexpected(demuxer.error());
    demuxer->set_stop(stop);
    const IndexTask task{path, demuxer->stream().index, options.decoder_threads, {}};
    stream_index = task.stream_index;
    stamp = index_stamp(path, stream_index);
    const auto from = index_at_once(*demuxer, task, stamp, index);
    if (!from) return std::unexpected(from.error());
    index_from = *from;
    seen_generation = index.generation();
    VideoInfo info = info_from_headers(*demuxer);
    auto fetcher = FrameFetcher::make(std::move(*demuxer), index, cache, options.decoder_threads, fetched);
    if (!fetcher) return fetcher;
    const std::lock_guard lock{mutex};
    headers = std::move(info);
    return fetcher;
}

void VideoSource::Impl::fail_open(const base::Error& error) {
    {
        const std::lock_guard lock{mutex};
        headers = std::unexpected(error);
        ready = std::unexpected(error);
        wanted.reset();
        working = false;
    }
    wake();
}

bool VideoSource::Impl::can_serve() const {
    return wanted && (wanted->frame < index.frame_count() || index.complete());
}

bool VideoSource::Impl::proxy_is_due() const {
    return proxy == ProxyState::unknown && headers && *headers && index.complete();
}

bool VideoSource::Impl::wait_for_work(std::stop_token stop) {
    std::unique_lock lock{mutex};
    const bool was_working = std::exchange(working, false);
    if (was_working && !wanted) {
        lock.unlock();
        wake();  // whoever waits for idle() may look now
        lock.lock();
    }
    if (!changed.wait(lock, stop, [this] { return can_serve() || proxy_is_due(); })) return false;
    working = true;
    return true;
}

// Nothing when only the proxy is to be looked for.
std::optional<Request> VideoSource::Impl::take_request() {
    const std::lock_guard lock{mutex};
    if (!can_serve()) return std::nullopt;
    newer_request = std::stop_source{};
    auto request = std::exchange(wanted, std::nullopt);
    request->newer = newer_request.get_token();
    return request;
}

void VideoSource::Impl::serve(FrameFetcher& fetcher, const Request& request, std::stop_token stop) {
    if (const std::uint64_t now = index.generation(); now != seen_generation) {
        seen_generation = now;
        cache.clear();
        fetcher.forget();
        stand_ins.forget_proxy();
        const std::lock_guard lock{mutex};
        proxy = ProxyState::unknown;
        ++proxy_asked;
    }
    if (request.ahead >= 0) cache.prefer(0, 0);
    if (!request.answered && !show(fetcher, request, stop)) return;
    if (request.ahead > 0) prefetch(fetcher, request, stop);
    if (request.ahead < 0) decode_backwards(request.frame, fetcher, index, cache, stop, request.newer);
    copy_counters(fetcher);
}

// False when it was stopped, or given up for a newer request.
bool VideoSource::Impl::show(FrameFetcher& fetcher, const Request& request, std::stop_token stop) {
    const auto start = Clock::now();
    const bool far = fetcher.distance(request.frame) > k_soon_pictures;
    // Without a stand-in a decode in flight is finished even when a newer request has come in: during a fast
    // scrub every frame is superseded before it is done, and dropping them would starve the screen.
    if (far && show_stand_in(fetcher, request, stop)) fetcher.give_up_on(request.newer);
    auto result = fetcher.show(request.frame, stop);
    fetcher.give_up_on({});
    copy_counters(fetcher);
    const bool given_up = !result && result.error().kind == base::ErrorKind::cancelled;
    if (given_up || stop.stop_requested()) return false;
    publish(request, std::move(result),
            std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    return true;
}

bool VideoSource::Impl::show_stand_in(FrameFetcher& fetcher, const Request& request, std::stop_token stop) {
    std::unique_lock lock{mutex};
    const bool due = proxy_is_due();
    lock.unlock();
    if (due) find_proxy(stop);
    FramePtr picture = stand_ins.find(request.frame, fetcher, std::move(stop));
    lock.lock();
    if (proxy == ProxyState::ready && !stand_ins.has_proxy()) proxy = ProxyState::none;  // it was damaged
    if (picture && request.rank(false) > published_rank) {
        published_rank = request.rank(false);
        ++counters.stand_ins;
        counters.proxy_used = counters.proxy_used || picture->index == request.frame;
        ready = picture;
    }
    lock.unlock();
    if (picture) wake();
    return picture != nullptr;
}

void VideoSource::Impl::find_proxy(std::stop_token stop) {
    std::unique_lock lock{mutex};
    VideoInfo info = **headers;
    const std::int64_t asked = proxy_asked;
    lock.unlock();
    add_index_facts(info, index, *fetched);
    const bool found = stand_ins.look_for_proxy(info, std::move(stop));
    lock.lock();
    // Asked for again meanwhile: then what was found may be out of date.
    if (proxy_asked == asked) proxy = found ? ProxyState::ready : ProxyState::none;
}

void VideoSource::Impl::publish(const Request& request, base::Result<FramePtr> result, double decode_ms) {
    const bool renumbering = !result && result.error().kind == base::ErrorKind::refused && !index.complete();
    {
        const std::lock_guard lock{mutex};
        counters.last_decode_ms = decode_ms;
        if (renumbering) {  // ask again when the new index has grown so far
            if (!wanted) wanted = request;
            return;
        }
        if (request.rank(true) <= published_rank) return;  // a newer one is out already
        published_rank = request.rank(true);
        ready = std::move(result);
    }
    first_published.notify_all();
    wake();
}

// How many frames after the playhead may be fetched unasked: never so many that they drive out what is
// shown.
std::int64_t VideoSource::Impl::prefetch_reach(std::int64_t frame) {
    const auto ordinal = index.ordinal_of(frame);
    const std::size_t bytes = ordinal ? cache.find(*ordinal).size_bytes : 0;
    if (bytes == 0) return 0;
    return std::min<std::int64_t>(k_prefetch_frames,
                                  static_cast<std::int64_t>(options.cache_bytes / 4 / bytes));
}

void VideoSource::Impl::prefetch(FrameFetcher& fetcher, const Request& request, std::stop_token stop) {
    const std::int64_t reach = prefetch_reach(request.frame);
    for (std::int64_t k = 1; k <= reach; ++k) {
        if (stop.stop_requested() || request.newer.stop_requested()) return;
        const std::int64_t frame = request.frame + k;
        const auto ordinal = index.ordinal_of(frame);
        if (!ordinal) return;
        if (!cache.contains(*ordinal) && !fetcher.show(frame, stop)) return;
    }
}

void VideoSource::Impl::copy_counters(const FrameFetcher& fetcher) {
    const FetchCounters& now = fetcher.counters();
    const std::lock_guard lock{mutex};
    counters.decoded = now.decoded.load(std::memory_order_relaxed);
    counters.seeks = now.seeks.load(std::memory_order_relaxed);
}

void VideoSource::Impl::run_index(std::stop_token stop) {
    const IndexTask task{path, stream_index, options.decoder_threads, [this] { index_grown(); }};
    base::Result<void> done;
    if (index_from == IndexFrom::sample_table) wait_for_first_picture(stop);
    if (index_from == IndexFrom::sample_table) done = confirm_index(task, index, stop);
    if (index_from == IndexFrom::packets) done = index_from_packets(task, index, stop);
    if (stop.stop_requested()) return;
    if (!done) {
        index.add_fault(done.error().message);
        index.finish();
    }
    last_index_wake = {};
    index_grown();
    if (done && stamp && index_from != IndexFrom::side_file) keep_index(path, *stamp, index);
    watch_growth(task, stop);
}

// What is only to be confirmed takes no time from the picture the user waits for.
void VideoSource::Impl::wait_for_first_picture(std::stop_token stop) {
    constexpr auto k_longest = std::chrono::seconds{2};
    std::unique_lock lock{mutex};
    first_published.wait_for(lock, stop, k_longest, [this] { return published_rank > 0; });
}

// A recording in progress: while the file was written to lately, looks at it every few seconds and reads on.
void VideoSource::Impl::watch_growth(const IndexTask& task, std::stop_token stop) {
    std::mutex resting;
    std::condition_variable_any never;
    auto pause = k_growth_look_every;
    bool grown = false;
    while (stamp && was_written_lately(path)) {
        std::unique_lock lock{resting};
        never.wait_for(lock, stop, pause, [] { return false; });
        if (stop.stop_requested()) return;
        const auto now = index_stamp(path, stream_index);
        if (!now || now->file_bytes <= stamp->file_bytes) {
            if (grown) set_growing(false);
            continue;
        }
        const auto begun = Clock::now();
        const std::int64_t before = index.frame_count();
        if (const auto read = grow_index(task, index, stop); !read) {
            if (!stop.stop_requested()) index.add_fault(read.error().message);
            break;
        }
        stamp = now;
        grown = true;
        set_growing(index.frame_count() > before);
        // However long the film: at most a tenth of the time goes into reading on.
        pause = std::max<Clock::duration>(k_growth_look_every, 10 * (Clock::now() - begun));
    }
    if (!grown) return;
    keep_index(path, *stamp, index);  // once: a step's own would be of a state that is gone
    set_growing(false);
}

// At the end the file has another fingerprint, also when only its header was written anew.
void VideoSource::Impl::set_growing(bool on) {
    const auto print = on ? base::Result<std::string>{std::string{}} : base::fingerprint(path);
    const auto bytes = base::medium_bytes(path);
    {
        const std::lock_guard lock{mutex};
        if (!headers || !*headers) return;
        media::VideoInfo& info = **headers;
        info.is_growing = on;
        info.grown_fingerprint = print.value_or("");
        info.grown_bytes = static_cast<std::int64_t>(bytes.value_or(0));
    }
    wake();
}

void VideoSource::Impl::index_grown() {
    {
        const std::lock_guard lock{mutex};
    }  // a waiter is either asleep or has not looked yet
    changed.notify_one();
    const auto now = Clock::now();
    if (now - last_index_wake < k_index_wake_every) return;
    last_index_wake = now;
    wake();
}

VideoSource::VideoSource(std::filesystem::path path, VideoSourceOptions options)
    : m_impl{std::make_unique<Impl>(std::move(path), std::move(options))} {}

VideoSource::~VideoSource() = default;

void VideoSource::request(std::int64_t frame, int ahead) { m_impl->request(frame, ahead); }

std::optional<base::Result<FramePtr>> VideoSource::poll() {
    const std::lock_guard lock{m_impl->mutex};
    return std::exchange(m_impl->ready, std::nullopt);
}

FramePtr VideoSource::cached(std::int64_t frame) const { return m_impl->cached(frame); }

void VideoSource::set_verified(const VerifyReport& report) {
    // A source that is still counting, or of another state of the file, has other places.
    if (!m_impl->index.complete() || m_impl->index.stored_count() != report.pictures) return;
    m_impl->index.set_verified(report.bad_keys, report.undecodable);
    m_impl->wake();
}

void VideoSource::look_for_proxy() {
    {
        const std::lock_guard lock{m_impl->mutex};
        m_impl->proxy = ProxyState::unknown;
        ++m_impl->proxy_asked;
    }
    m_impl->changed.notify_one();
}

ProxyState VideoSource::proxy() const {
    const std::lock_guard lock{m_impl->mutex};
    return m_impl->proxy;
}

bool VideoSource::idle() const {
    const std::lock_guard lock{m_impl->mutex};
    return !m_impl->wanted && !m_impl->working;
}

std::optional<base::Result<VideoInfo>> VideoSource::info() const {
    std::unique_lock lock{m_impl->mutex};
    auto info = m_impl->headers;
    lock.unlock();
    if (info && *info) add_index_facts(**info, m_impl->index, *m_impl->fetched);
    return info;
}

std::int64_t VideoSource::pts_of(std::int64_t frame) const { return m_impl->index.pts_of(frame); }

std::vector<std::int64_t> VideoSource::keyframes_between(std::int64_t first, std::int64_t end) const {
    return m_impl->index.keyframes_between(first, end);
}

std::optional<std::int64_t> VideoSource::frame_at_secs(double t_secs) const {
    const std::int64_t first = m_impl->index.pts_of(0);
    if (first == k_no_time) return std::nullopt;
    // A hundredth of a tick forgives what secs_of() lost to rounding.
    const base::Rational time_base = m_impl->time_base();
    if (time_base.num <= 0) return std::nullopt;  // the headers are not read yet
    const double ticks =
        t_secs * static_cast<double>(time_base.den) / static_cast<double>(time_base.num) + 0.01;
    const double limited = std::clamp(std::floor(ticks), 0.0, 4e18);
    std::int64_t pts = 0;
    if (__builtin_add_overflow(first, static_cast<std::int64_t>(limited), &pts))
        pts = std::numeric_limits<std::int64_t>::max();
    return m_impl->index.frame_at_pts(pts);
}

double VideoSource::secs_of(std::int64_t frame) const {
    const std::int64_t first = m_impl->index.pts_of(0), pts = m_impl->index.pts_of(frame);
    return first == k_no_time || pts == k_no_time ? 0 : base::seconds(pts - first, m_impl->time_base());
}

VideoCounters VideoSource::counters() const {
    const CacheCounters cache = m_impl->cache.counters();
    const std::lock_guard lock{m_impl->mutex};
    VideoCounters counters = m_impl->counters;
    counters.evictions = cache.evictions;
    counters.cached_bytes = cache.bytes;
    counters.budget_bytes = m_impl->cache.budget_bytes();
    return counters;
}

}  // namespace media
