#include "media/frame_cache.h"

#include <iterator>

namespace media {

void FrameCache::take_out(List::iterator entry, List& freed) {
    m_places.erase(entry->ordinal);
    m_counters.bytes -= entry->size_bytes;
    freed.splice(freed.end(), m_entries, entry);
}

void FrameCache::put(CachedPicture picture) {
    List freed;  // freed after the lock
    const std::lock_guard lock{m_mutex};
    if (const auto place = m_places.find(picture.ordinal); place != m_places.end())
        take_out(place->second, freed);
    m_counters.bytes += picture.size_bytes;
    m_entries.push_front(std::move(picture));
    m_places[m_entries.front().ordinal] = m_entries.begin();
    while (m_counters.bytes > m_budget_bytes && m_entries.size() > 1) {
        take_out(next_to_drop(), freed);
        ++m_counters.evictions;
    }
}

// The longest unused that is not preferred, else the longest unused; never the newest.
FrameCache::List::iterator FrameCache::next_to_drop() {
    const auto newest = m_entries.begin(), oldest = std::prev(m_entries.end());
    if (m_preferred_first == m_preferred_end) return oldest;
    for (auto entry = oldest; entry != newest; --entry)
        if (entry->ordinal < m_preferred_first || entry->ordinal >= m_preferred_end) return entry;
    return oldest;
}

void FrameCache::prefer(Ordinal first, Ordinal end) {
    const std::lock_guard lock{m_mutex};
    m_preferred_first = first;
    m_preferred_end = end;
}

CachedPicture FrameCache::find(Ordinal ordinal) {
    const std::lock_guard lock{m_mutex};
    const auto place = m_places.find(ordinal);
    if (place == m_places.end()) {
        ++m_counters.misses;
        return {};
    }
    ++m_counters.hits;
    m_entries.splice(m_entries.begin(), m_entries, place->second);
    return m_entries.front();
}

bool FrameCache::contains(Ordinal ordinal) const {
    const std::lock_guard lock{m_mutex};
    return m_places.contains(ordinal);
}

void FrameCache::clear() {
    List freed;
    const std::lock_guard lock{m_mutex};
    freed.swap(m_entries);
    m_places.clear();
    m_counters.bytes = 0;
}

CacheCounters FrameCache::counters() const {
    const std::lock_guard lock{m_mutex};
    return m_counters;
}

}  // namespace media
