#pragma once
// Which tracks of one asset may be on a frame, without looking at all of them: an interval tree laid out in
// an array.

#include <algorithm>
#include <cstdint>
#include <unordered_set>
#include <vector>

#include "labels/track.h"

namespace labels {

// Built once from the spans of all tracks. Later changes are only noted: a changed track is left out of
// answers and the asker looks at it itself. When too many are, the index is worn and is built anew.
class TimeIndex {
public:
    struct Span {
        std::int64_t first = 0, end = 0;  // frames, half-open
        TrackId id;
    };

    explicit TimeIndex(std::vector<Span> spans);
    void touch(TrackId id) { m_touched.insert(id); }
    [[nodiscard]] const std::unordered_set<TrackId>& touched() const { return m_touched; }
    [[nodiscard]] bool worn() const { return m_touched.size() > 64 + m_spans.size() / 16; }

    // Calls visit(TrackId) for every untouched track on `frame`; O(log n) for each answer.
    template <class Visit>
    void visit(std::int64_t frame, const Visit& visit) const {
        visit_between(0, m_spans.size(), frame, visit);
    }

private:
    std::int64_t fill_last_end(std::size_t from, std::size_t to);
    template <class Visit>
    void visit_between(std::size_t from, std::size_t to, std::int64_t frame, const Visit& visit) const {
        if (from >= to) return;
        const std::size_t middle = from + (to - from) / 2;
        if (m_last_end[middle] <= frame) return;
        visit_between(from, middle, frame, visit);
        const Span& span = m_spans[middle];
        if (span.first > frame) return;
        if (frame < span.end && !m_touched.contains(span.id)) visit(span.id);
        visit_between(middle + 1, to, frame, visit);
    }

    std::vector<Span> m_spans;             // by first frame; the middle of a range is the root of its subtree
    std::vector<std::int64_t> m_last_end;  // the latest end in the subtree of each
    std::unordered_set<TrackId> m_touched;
};

inline TimeIndex::TimeIndex(std::vector<Span> spans) : m_spans{std::move(spans)}, m_last_end(m_spans.size()) {
    std::ranges::sort(m_spans, {}, &Span::first);
    fill_last_end(0, m_spans.size());
}

inline std::int64_t TimeIndex::fill_last_end(std::size_t from, std::size_t to) {
    if (from >= to) return std::numeric_limits<std::int64_t>::min();
    const std::size_t middle = from + (to - from) / 2;
    const std::int64_t below = std::max(fill_last_end(from, middle), fill_last_end(middle + 1, to));
    return m_last_end[middle] = std::max(below, m_spans[middle].end);
}

}  // namespace labels
