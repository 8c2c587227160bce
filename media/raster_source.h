#pragma once
// Tiles of a raster for the screen: read by threads of its own, best first, and kept within a budget.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "media/raster_file.h"

namespace media {

struct RasterSourceOptions {
    std::filesystem::path pyramid = {};    // side file with further levels; empty: none
    std::size_t cache_bytes = 512u << 20;  // planes kept
    int threads = 0;                       // 0: as many as cores, at most 8; each opens the file for itself
    std::function<void()> wakeup = {};     // from a worker; may do nothing but unblock the waiter
};

struct RasterCounters {
    std::int64_t planes_read = 0, hits = 0, misses = 0, evictions = 0;
    std::int64_t bytes_read = 0;  // of planes
    std::size_t bytes = 0;        // in the cache now
    std::int64_t broken_planes = 0;
    std::size_t waiting = 0;  // places wished for and not read yet, those being read included
};

// What is wished to be in the cache: the best first, all of them of the same bands.
struct RasterWishes {
    std::vector<TileAddress> tiles;
    std::vector<int> bands;  // 0: the mask
};

// Looks single-threaded to its user: nothing waits for reading.
class RasterSource {
public:
    RasterSource(const std::filesystem::path& path, RasterSourceOptions options);
    ~RasterSource();  // stops the workers; a read in flight is cancelled
    RasterSource(const RasterSource&) = delete;
    RasterSource& operator=(const RasterSource&) = delete;

    // Nothing while it opens; an error when it could not be opened.
    [[nodiscard]] std::optional<base::Result<RasterInfo>> info() const;
    // Takes the place of all earlier wishes. What is being read is finished and kept.
    void want(RasterWishes wishes);
    // Null when it is not here (yet). The one asked for last is the last to go.
    [[nodiscard]] PlanePtr find(TileAddress address, int band);
    // True once after planes have arrived.
    [[nodiscard]] bool take_arrived();
    // The newest request wins; the answer comes through values().
    void request_values(int x, int y);
    [[nodiscard]] std::optional<PixelValues> values() const;  // of the last request that was answered
    [[nodiscard]] RasterCounters counters() const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace media
