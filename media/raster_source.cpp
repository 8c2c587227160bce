#include "media/raster_source.h"

#include <algorithm>
#include <condition_variable>
#include <list>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "base/log.h"

namespace media {

namespace {

struct PlaneKey {
    TileAddress address;
    int band = 0;
    auto operator<=>(const PlaneKey&) const = default;
};

struct Wish {
    TileAddress address;
    std::vector<int> bands;  // those that are missing
};

}  // namespace

struct RasterSource::Impl {
    Impl(std::filesystem::path file, RasterSourceOptions given)
        : path{std::move(file)}, options{std::move(given)} {}

    void run(std::size_t number, const std::stop_token& stop);
    [[nodiscard]] bool open_first(std::optional<RasterFile>& file);
    [[nodiscard]] bool has_work();
    [[nodiscard]] std::optional<Wish> take_wish(std::size_t number);
    void keep(const std::vector<PlanePtr>& planes);
    void restart() {  // with the lock: from the best wish on
        taken.assign(wishes.tiles.size(), 0);
        next_wish = 0;
    }

    const std::filesystem::path path;
    const RasterSourceOptions options;
    int worker_count = 1;  // before they begin

    mutable std::mutex mutex;  // leaf; guards all below but the threads
    std::condition_variable_any changed;
    std::optional<base::Result<RasterInfo>> info;
    RasterWishes wishes;
    std::vector<char> taken;    // of each wish: it is read, or being read
    std::size_t next_wish = 0;  // all before it are taken
    std::set<TileAddress> reading;
    bool passed_over = false;  // a wish for other bands of a place that was being read
    struct Kept {
        PlanePtr plane;
        std::list<PlaneKey>::iterator use;
    };
    std::map<PlaneKey, Kept> cache;
    std::list<PlaneKey> by_use;  // front: used last
    std::optional<std::pair<int, int>> wanted_values;
    std::optional<PixelValues> got_values;
    RasterCounters counters;
    bool arrived = false;

    std::vector<std::jthread> threads;  // last: they stop and join before the rest dies
};

RasterSource::RasterSource(const std::filesystem::path& path, RasterSourceOptions options)
    : m_impl{std::make_unique<Impl>(path, std::move(options))} {
    const int cores = static_cast<int>(std::thread::hardware_concurrency());
    const int count = m_impl->options.threads > 0 ? m_impl->options.threads : std::clamp(cores, 1, 8);
    m_impl->worker_count = count;
    for (int i = 0; i < count; ++i)
        m_impl->threads.emplace_back([impl = m_impl.get(), i](const std::stop_token& stop) {
            impl->run(static_cast<std::size_t>(i), stop);
        });
}

RasterSource::~RasterSource() {
    for (std::jthread& thread : m_impl->threads) thread.request_stop();
}

// The first worker opens the file for all to know; the others when there is something for them to read.
// Nothing that GDAL or the memory does may end the program.
void RasterSource::Impl::run(std::size_t number, const std::stop_token& stop) {
    std::optional<RasterFile> file;
    if (number == 0 && !open_first(file)) return;
    for (;;) {
        std::unique_lock lock{mutex};
        if (!changed.wait(lock, stop, [&] { return has_work(); })) return;
        if (!file) {
            // Each decodes its own block: of large ones as many as memory is fit for.
            constexpr double k_blocks_bytes = 1e9;
            if ((*info)->block_bytes * static_cast<double>(number + 1) > k_blocks_bytes) return;
            lock.unlock();
            auto opened = RasterFile::open(path, options.pyramid);
            if (!opened) return;  // the others go on
            file.emplace(std::move(*opened));
            continue;
        }
        const auto pixel = std::exchange(wanted_values, std::nullopt);
        auto wish = pixel ? std::nullopt : take_wish(number);
        if (!pixel && !wish) continue;
        lock.unlock();
        try {
            if (pixel) {
                PixelValues values = file->read_values(pixel->first, pixel->second);
                lock.lock();
                got_values = std::move(values);
            } else {
                auto planes = file->read_tile(wish->address, wish->bands, stop);
                lock.lock();
                if (planes) keep(*planes);
            }
        } catch (const std::exception& failed) {
            base::log(base::LogLevel::error, "A part of a raster could not be read ({}): {}", failed.what(),
                      path.string());
            if (!lock.owns_lock()) lock.lock();
        }
        if (wish) reading.erase(wish->address);
        if (wish && std::exchange(passed_over, false)) restart();
        lock.unlock();
        if (options.wakeup) options.wakeup();
    }
}

bool RasterSource::Impl::open_first(std::optional<RasterFile>& file) {
    base::Result<RasterFile> opened =
        base::fail(base::ErrorKind::io, "It could not be opened: {}", path.string());
    try {
        opened = RasterFile::open(path, options.pyramid);
    } catch (const std::exception& failed) {
        opened =
            base::fail(base::ErrorKind::io, "It could not be opened ({}): {}", failed.what(), path.string());
    }
    {
        const std::lock_guard lock{mutex};
        if (opened)
            info = opened->info();
        else
            info = std::unexpected(opened.error());
        changed.notify_all();
    }
    if (options.wakeup) options.wakeup();
    if (opened) file.emplace(std::move(*opened));
    return opened.has_value();
}

bool RasterSource::Impl::has_work() {
    if (!info || !*info) return false;
    return wanted_values.has_value() || next_wish < wishes.tiles.size();
}

// The best one; of the next few rather one of this worker's own rows, since where a file is stored in strips
// the tiles of a row are decoded together.
std::optional<Wish> RasterSource::Impl::take_wish(std::size_t number) {
    constexpr std::size_t k_looked_at = 24;
    while (next_wish < wishes.tiles.size()) {
        std::size_t chosen = next_wish;
        for (std::size_t i = next_wish; i < std::min(next_wish + k_looked_at, wishes.tiles.size()); ++i)
            if (taken[i] == 0 && wishes.tiles[i].level == wishes.tiles[next_wish].level &&
                wishes.tiles[i].y % worker_count == static_cast<int>(number)) {
                chosen = i;
                break;
            }
        Wish wish{wishes.tiles[chosen], {}};
        taken[chosen] = 1;
        while (next_wish < taken.size() && taken[next_wish] != 0) ++next_wish;
        if (reading.contains(wish.address)) {
            passed_over = true;
            continue;
        }
        for (const int band : wishes.bands)
            if (!cache.contains({wish.address, band})) wish.bands.push_back(band);
        if (wish.bands.empty()) continue;
        reading.insert(wish.address);
        return wish;
    }
    return {};
}

void RasterSource::Impl::keep(const std::vector<PlanePtr>& planes) {
    for (const PlanePtr& plane : planes) {
        const PlaneKey key{plane->address, plane->band};
        ++counters.planes_read;
        counters.bytes_read += static_cast<std::int64_t>(plane->samples.size());
        counters.broken_planes += plane->broken.empty() ? 0 : 1;
        if (cache.contains(key)) continue;
        by_use.push_front(key);
        cache.emplace(key, Kept{plane, by_use.begin()});
        counters.bytes += plane->size_bytes();
        arrived = true;
    }
    while (counters.bytes > options.cache_bytes && by_use.size() > planes.size()) {
        const auto last = cache.find(by_use.back());
        counters.bytes -= last->second.plane->size_bytes();
        ++counters.evictions;
        cache.erase(last);
        by_use.pop_back();
    }
}

std::optional<base::Result<RasterInfo>> RasterSource::info() const {
    const std::lock_guard lock{m_impl->mutex};
    return m_impl->info;
}

void RasterSource::want(RasterWishes wishes) {
    const std::lock_guard lock{m_impl->mutex};
    m_impl->wishes = std::move(wishes);
    m_impl->restart();
    m_impl->changed.notify_all();
}

PlanePtr RasterSource::find(TileAddress address, int band) {
    const std::lock_guard lock{m_impl->mutex};
    const auto found = m_impl->cache.find({address, band});
    if (found == m_impl->cache.end()) {
        ++m_impl->counters.misses;
        return nullptr;
    }
    ++m_impl->counters.hits;
    m_impl->by_use.splice(m_impl->by_use.begin(), m_impl->by_use, found->second.use);
    return found->second.plane;
}

bool RasterSource::take_arrived() {
    const std::lock_guard lock{m_impl->mutex};
    return std::exchange(m_impl->arrived, false);
}

void RasterSource::request_values(int x, int y) {
    const std::lock_guard lock{m_impl->mutex};
    m_impl->wanted_values = {x, y};
    m_impl->changed.notify_one();
}

std::optional<PixelValues> RasterSource::values() const {
    const std::lock_guard lock{m_impl->mutex};
    return m_impl->got_values;
}

RasterCounters RasterSource::counters() const {
    const std::lock_guard lock{m_impl->mutex};
    RasterCounters counters = m_impl->counters;
    counters.waiting =
        static_cast<std::size_t>(std::ranges::count(m_impl->taken, 0)) + m_impl->reading.size();
    return counters;
}

}  // namespace media
