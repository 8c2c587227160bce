#pragma once
// Decoded pictures, most recently used first, within a byte budget.

#include <cstdint>
#include <list>
#include <mutex>
#include <unordered_map>

#include "media/ffmpeg.h"
#include "media/picture_index.h"
#include "media/video_frame.h"

namespace media {

struct CachedPicture {
    Ordinal ordinal = k_no_ordinal;
    RawFrame raw;
    FramePtr shown;  // null until somebody has paid for its conversion
    std::size_t size_bytes = 0;
};

struct CacheCounters {
    std::int64_t hits = 0, misses = 0, evictions = 0;
    std::size_t bytes = 0;
};

// Any thread; one leaf mutex, never held while a picture is freed or made.
class FrameCache {
public:
    explicit FrameCache(std::size_t budget_bytes) : m_budget_bytes{budget_bytes} {}

    // Replaces an entry of the same ordinal. Then drops the longest unused until the budget holds; the newest
    // stays even if it alone is larger.
    void put(CachedPicture picture);
    // Pictures of [first, end) in decode order are dropped last; an empty range takes that back.
    void prefer(Ordinal first, Ordinal end);
    // Counts as a use. An empty `raw` means not there.
    [[nodiscard]] CachedPicture find(Ordinal ordinal);
    [[nodiscard]] bool contains(Ordinal ordinal) const;
    void clear();
    [[nodiscard]] std::size_t budget_bytes() const { return m_budget_bytes; }
    [[nodiscard]] CacheCounters counters() const;

private:
    using List = std::list<CachedPicture>;
    void take_out(List::iterator entry, List& freed);
    [[nodiscard]] List::iterator next_to_drop();

    const std::size_t m_budget_bytes;
    mutable std::mutex m_mutex;  // leaf; guards all below
    List m_entries;              // most recently used first
    std::unordered_map<Ordinal, List::iterator> m_places;
    Ordinal m_preferred_first = 0, m_preferred_end = 0;
    CacheCounters m_counters;
};

}  // namespace media
