#include "media/thumbnails.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "base/file.h"
#include "base/log.h"
#include "base/side_file.h"
#include "media/group_decoder.h"

namespace media {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t k_file_limit = 64u << 20;
constexpr std::uintmax_t k_disk_cap_bytes = 512u << 20;
constexpr auto k_save_every = std::chrono::seconds{5};
// A film that cannot be entered at its keyframes is decoded from the beginning, where that takes no hours.
constexpr std::uintmax_t k_counted_bytes = 512u << 20;
constexpr std::int64_t k_counted_anyway = 5000;
constexpr int k_keys_tried = 3;
constexpr std::size_t k_most_failures = 10'000;

}  // namespace

struct Thumbnails::Impl {
    Impl(std::filesystem::path path, ThumbnailOptions wanted)
        : film{std::move(path)}, options{std::move(wanted)} {
        if (!options.pause) options.pause = std::make_shared<base::Pause>();
        worker = std::jthread{[this](std::stop_token stop) { run(std::move(stop)); }};
    }

    // ---- under the mutex
    void keep(ThumbnailPtr thumbnail);
    [[nodiscard]] bool is_kept(std::int64_t frame, std::int64_t pts) const {
        const auto found = entries.find(frame);
        return found != entries.end() && found->second.thumbnail->pts == pts;
    }
    [[nodiscard]] std::vector<ThumbnailWish> take_group();
    // ---- worker
    void run(std::stop_token stop);
    void load();
    void save();
    void make(const std::vector<ThumbnailWish>& group, std::stop_token stop);
    void make_from_key(std::vector<ThumbnailWish>& group, std::stop_token stop);
    void make_by_counting(std::vector<ThumbnailWish>& group, std::stop_token stop);
    [[nodiscard]] bool open_decoder_once(std::stop_token stop);
    [[nodiscard]] bool may_count() const;
    bool publish_from(std::vector<ThumbnailWish>& group, const VideoFrame& picture);
    void publish(const VideoFrame& picture, std::int64_t frame);
    [[nodiscard]] bool still_wanted(const std::vector<ThumbnailWish>& group);
    void wake() const {
        if (options.wakeup) options.wakeup();
    }

    const std::filesystem::path film;
    ThumbnailOptions options;

    std::optional<GroupDecoder> decoder;  // worker, as what follows
    bool decoder_failed = false, keys_lead_somewhere = false;
    int keys_missed = 0;
    std::filesystem::path side_path;
    Clock::time_point last_save;

    struct Entry {
        ThumbnailPtr thumbnail;
        std::uint64_t used = 0;  // larger is later
    };
    mutable std::mutex mutex;  // leaf; guards all up to the worker
    std::condition_variable_any changed;
    std::vector<ThumbnailWish> wishes;                       // the newest ones, whole
    std::vector<ThumbnailWish> to_do;                        // what is left of them, in order
    std::map<std::int64_t, Entry> entries;                   // by frame
    std::set<std::pair<std::int64_t, std::int64_t>> failed;  // frame, pts
    std::uint64_t clock = 0, revision = 0;
    bool working = true, unsaved = false;
    bool counting_only = false;  // written by the worker alone, which reads it without the lock
    ThumbnailCounters counts;

    std::jthread worker;  // last: stops and joins before the rest dies
};

// Then drops the longest unused until the budget holds; the newest stays even if it alone is larger.
void Thumbnails::Impl::keep(ThumbnailPtr thumbnail) {
    Entry& entry = entries[thumbnail->frame];
    if (entry.thumbnail) counts.bytes -= entry.thumbnail->size_bytes();
    counts.bytes += thumbnail->size_bytes();
    entry = {std::move(thumbnail), ++clock};
    while (counts.bytes > options.budget_bytes && entries.size() > 1) {
        const auto oldest =
            std::ranges::min_element(entries, {}, [](const auto& item) { return item.second.used; });
        counts.bytes -= oldest->second.thumbnail->size_bytes();
        entries.erase(oldest);
        ++counts.evictions;
    }
    ++revision;
}

// The first wish, and those that come out of the same group of pictures on the way.
std::vector<ThumbnailWish> Thumbnails::Impl::take_group() {
    std::vector<ThumbnailWish> group;
    std::erase_if(to_do, [&](const ThumbnailWish& wish) {
        return is_kept(wish.frame, wish.pts) || failed.contains({wish.frame, wish.pts});
    });
    if (to_do.empty()) return group;
    const std::int64_t key = to_do.front().key_frame;
    std::erase_if(to_do, [&](const ThumbnailWish& wish) {
        const bool together = counting_only || wish.key_frame == key;
        if (together) group.push_back(wish);
        return together;
    });
    std::ranges::sort(group, {}, &ThumbnailWish::pts);
    return group;
}

void Thumbnails::Impl::run(std::stop_token stop) {
    base::lower_thread_priority();
    if (!options.pause->pass(stop)) return;
    load();
    wake();
    for (;;) {
        std::unique_lock lock{mutex};
        std::vector<ThumbnailWish> group = take_group();
        if (group.empty()) {
            const bool due = unsaved && Clock::now() - last_save >= k_save_every;
            if (due) {
                unsaved = false;
                lock.unlock();
                save();
                continue;
            }
            const bool was_working = std::exchange(working, false);
            lock.unlock();
            if (was_working) wake();  // whoever waits for idle() may look now
            lock.lock();
            const auto has_work = [this] { return !to_do.empty(); };
            if (unsaved)
                changed.wait_until(lock, stop, last_save + k_save_every, has_work);
            else
                changed.wait(lock, stop, has_work);
            if (stop.stop_requested()) return;
            working = true;
            continue;
        }
        lock.unlock();
        if (!options.pause->pass(stop)) return;
        make(group, stop);
        if (stop.stop_requested()) return;
    }
}

void Thumbnails::Impl::load() {
    side_path = base::side_file("thumbnails", film, "bin");
    if (side_path.empty()) return;
    const auto bytes = base::read_file(side_path, k_file_limit);
    if (!bytes) return;
    auto thumbnails = thumbnails_from_bytes(*bytes, k_thumbnail_box);
    if (!thumbnails) return;  // written anew with what comes
    base::touch(side_path);
    const std::lock_guard lock{mutex};
    for (ThumbnailPtr& thumbnail : *thumbnails) {
        keep(std::move(thumbnail));
        ++counts.from_disk;
    }
}

void Thumbnails::Impl::save() {
    last_save = Clock::now();
    if (side_path.empty()) return;
    std::vector<Entry> kept;
    {
        const std::lock_guard lock{mutex};
        for (const auto& [frame, entry] : entries) kept.push_back(entry);
    }
    // Read back in this order, what was used last is the last to be dropped.
    std::ranges::sort(kept, {}, &Entry::used);
    std::vector<ThumbnailPtr> thumbnails;
    for (Entry& entry : kept) thumbnails.push_back(std::move(entry.thumbnail));
    const auto done =
        base::write_side_file("thumbnails", side_path, thumbnail_bytes(thumbnails), k_disk_cap_bytes);
    if (!done) base::log(base::LogLevel::warning, "{}", done.error().message);
}

void Thumbnails::Impl::publish(const VideoFrame& picture, std::int64_t frame) {
    ThumbnailPtr thumbnail = thumbnail_of(picture, frame, k_thumbnail_box);
    {
        const std::lock_guard lock{mutex};
        keep(std::move(thumbnail));
        ++counts.decoded;
        unsaved = true;
    }
    wake();
}

bool Thumbnails::Impl::still_wanted(const std::vector<ThumbnailWish>& group) {
    const std::lock_guard lock{mutex};
    return std::ranges::any_of(group, [&](const ThumbnailWish& wish) {
        return !is_kept(wish.frame, wish.pts) && std::ranges::find(wishes, wish) != wishes.end();
    });
}

void Thumbnails::Impl::make(const std::vector<ThumbnailWish>& group, std::stop_token stop) {
    std::vector<ThumbnailWish> missing = group;
    if (!counting_only && missing.front().key_frame >= 0) {
        make_from_key(missing, stop);
        keys_lead_somewhere |= missing.size() < group.size();
        keys_missed += keys_lead_somewhere || !decoder ? 0 : 1;
        const std::lock_guard lock{mutex};
        counting_only = !keys_lead_somewhere && keys_missed >= k_keys_tried;
    }
    if (!missing.empty() && !stop.stop_requested() && still_wanted(missing)) make_by_counting(missing, stop);
    if (stop.stop_requested()) return;
    const std::lock_guard lock{mutex};
    if (failed.size() > k_most_failures) failed.clear();
    for (const ThumbnailWish& wish : missing) {
        if (is_kept(wish.frame, wish.pts)) continue;                            // wished for twice
        const bool given_up = std::ranges::find(wishes, wish) != wishes.end();  // else only put off
        if (given_up && failed.insert({wish.frame, wish.pts}).second) ++counts.failures;
    }
}

bool Thumbnails::Impl::open_decoder_once(std::stop_token stop) {
    if (decoder || decoder_failed) return decoder.has_value();
    auto opened = GroupDecoder::open(film, options.stream_index, std::move(stop));
    decoder_failed = !opened;
    if (opened) decoder.emplace(std::move(*opened));
    return decoder.has_value();
}

bool Thumbnails::Impl::may_count() const {
    std::error_code error;
    const std::uintmax_t bytes = std::filesystem::file_size(film, error);
    return !error && bytes <= k_counted_bytes;
}

// Removes it from the group; false when it is none of them.
bool Thumbnails::Impl::publish_from(std::vector<ThumbnailWish>& group, const VideoFrame& picture) {
    const auto wish = std::ranges::find(group, picture.pts, &ThumbnailWish::pts);
    if (wish == group.end()) return false;
    publish(picture, wish->frame);
    group.erase(wish);
    return true;
}

// Removes from the group what it has made.
void Thumbnails::Impl::make_from_key(std::vector<ThumbnailWish>& group, std::stop_token stop) {
    if (!open_decoder_once(stop)) return;
    std::vector<std::int64_t> stamps;
    for (const ThumbnailWish& wish : group) stamps.push_back(wish.pts);
    const auto give = [&](const FramePtr& picture) {
        publish_from(group, *picture);
        return options.pause->pass(stop) && still_wanted(group);
    };
    const auto done = decoder->decode(group.front().key_pts, stamps, give, stop);
    if (!done) decoder.reset();  // stopped, or the file is gone
}

// Keyframes lead nowhere: the film is decoded from its beginning, where that is not too long.
void Thumbnails::Impl::make_by_counting(std::vector<ThumbnailWish>& group, std::stop_token stop) {
    // Where keyframes do lead somewhere, one far in that does not is damaged.
    const bool near = !keys_lead_somewhere || group.back().frame <= k_counted_anyway;
    if (!near || !open_decoder_once(stop) || !may_count()) return;
    std::vector<GroupDecoder::Numbered> numbered;
    for (const ThumbnailWish& wish : group) numbered.push_back({wish.frame, wish.pts});
    const auto give = [&](const FramePtr& picture) {
        if (picture) publish_from(group, *picture);
        return options.pause->pass(stop) && still_wanted(group);
    };
    const auto done = decoder->decode_counting(numbered, give, stop);
    if (!done) decoder.reset();
}

Thumbnails::Thumbnails(std::filesystem::path film, ThumbnailOptions options)
    : m_impl{std::make_unique<Impl>(std::move(film), std::move(options))} {}

Thumbnails::~Thumbnails() = default;

void Thumbnails::request(std::vector<ThumbnailWish> wishes) {
    {
        const std::lock_guard lock{m_impl->mutex};
        if (wishes == m_impl->wishes) return;
        m_impl->to_do = wishes;
        m_impl->wishes = std::move(wishes);
    }
    m_impl->changed.notify_one();
}

ThumbnailPtr Thumbnails::find(std::int64_t frame, std::int64_t pts) {
    const std::lock_guard lock{m_impl->mutex};
    const auto found = m_impl->entries.find(frame);
    if (found == m_impl->entries.end()) return nullptr;
    if (found->second.thumbnail->pts != pts) {
        m_impl->counts.bytes -= found->second.thumbnail->size_bytes();
        m_impl->entries.erase(found);
        return nullptr;
    }
    found->second.used = ++m_impl->clock;
    return found->second.thumbnail;
}

ThumbnailPtr Thumbnails::before(std::int64_t frame, std::int64_t reach) const {
    const std::lock_guard lock{m_impl->mutex};
    auto found = m_impl->entries.lower_bound(frame);
    if (found == m_impl->entries.begin()) return nullptr;
    --found;
    return frame - found->first <= reach ? found->second.thumbnail : nullptr;
}

bool Thumbnails::idle() const {
    const std::lock_guard lock{m_impl->mutex};
    return m_impl->to_do.empty() && !m_impl->working;
}

std::uint64_t Thumbnails::revision() const {
    const std::lock_guard lock{m_impl->mutex};
    return m_impl->revision;
}

ThumbnailCounters Thumbnails::counters() const {
    const std::lock_guard lock{m_impl->mutex};
    ThumbnailCounters counters = m_impl->counts;
    counters.wanted = m_impl->wishes.size();
    counters.kept = m_impl->entries.size();
    for (const ThumbnailWish& wish : m_impl->wishes)
        if (m_impl->is_kept(wish.frame, wish.pts)) ++counters.ready;
    return counters;
}

// -- posters
// -----------------------------------------------------------------------------------------------------------

base::Result<ThumbnailPtr> poster_of(const std::filesystem::path& medium, std::optional<int> stream_index,
                                     std::stop_token stop) {
    constexpr double k_share = 0.1;  // films often begin black
    constexpr std::int64_t k_most_pixels = 40'000'000;
    constexpr std::uintmax_t k_posters_bytes = 64u << 20;
    const std::filesystem::path side = base::side_file("posters", medium, "bin");
    if (const auto bytes = base::read_file(side, 1 << 20)) {
        const auto kept = thumbnails_from_bytes(*bytes, k_poster_box);
        if (kept && kept->size() == 1) {
            base::touch(side);
            return kept->front();
        }
    }
    auto decoder = GroupDecoder::open(medium, stream_index, stop);
    if (!decoder) return std::unexpected(decoder.error());
    if (decoder->coded_pixels() > k_most_pixels)
        return base::fail(base::ErrorKind::refused, "This picture is too large for a quick look: {}",
                          medium.string());
    const auto picture = decoder->keyframe_near(k_share, stop);
    if (!picture) return std::unexpected(picture.error());
    if (!*picture)
        return base::fail(base::ErrorKind::malformed, "No keyframe of this film can be decoded: {}",
                          medium.string());
    ThumbnailPtr poster = thumbnail_of(**picture, 0, k_poster_box);
    if (side.empty()) return poster;
    (void)base::write_side_file("posters", side, thumbnail_bytes({poster}),
                                k_posters_bytes);  // else made again
    return poster;
}

}  // namespace media
