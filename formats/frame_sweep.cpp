#include "formats/frame_sweep.h"

#include <algorithm>

#include "formats/importer.h"

namespace formats {

namespace {

struct Entry {
    const labels::Track* track = nullptr;
    std::int64_t number = 0, first = 0, end = 0;  // frames, half-open
};

std::vector<Entry> entries_by_first_frame(const labels::State& state, const labels::Asset& asset) {
    std::vector<Entry> entries;
    std::int64_t number = 0;
    for (const labels::TrackId id : state.tracks_of(asset.id)) {
        const labels::Track* track = state.find(id);
        ++number;
        if (track == nullptr || track->keyframes.empty()) continue;
        const std::int64_t first = track->first_frame();
        const bool picture = track->info.extent == labels::Extent::picture;
        entries.push_back({track, number, first, picture ? first + 1 : track->end_frame()});
    }
    std::stable_sort(entries.begin(), entries.end(),
                     [](const Entry& a, const Entry& b) { return a.first < b.first; });
    return entries;
}

}  // namespace

std::int64_t frame_end(const labels::State& state, const labels::Asset& asset) {
    if (asset.frame_count > 0) return asset.frame_count;
    std::int64_t end = 0;
    for (const labels::TrackId id : state.tracks_of(asset.id))
        if (const labels::Track* track = state.find(id); track != nullptr && !track->keyframes.empty())
            end = std::max(end, track->keyframes.back().frame + 1);
    return end;
}

base::Result<void> sweep_frames(const labels::State& state, const labels::Asset& asset, std::stop_token stop,
                                const VisitFrame& visit) {
    const std::vector<Entry> entries = entries_by_first_frame(state, asset);
    const std::int64_t end = frame_end(state, asset);
    std::vector<Entry> active;  // by number
    std::vector<VisibleShape> visible;
    std::size_t next = 0;
    for (std::int64_t frame = entries.empty() ? end : std::max<std::int64_t>(entries.front().first, 0);
         frame < end;) {
        if (stop.stop_requested())
            return base::fail(base::ErrorKind::cancelled,
                              "The export was stopped; no half-written file stays.");
        for (; next < entries.size() && entries[next].first <= frame; ++next) {
            const auto place =
                std::upper_bound(active.begin(), active.end(), entries[next],
                                 [](const Entry& a, const Entry& b) { return a.number < b.number; });
            active.insert(place, entries[next]);
        }
        std::erase_if(active, [&](const Entry& entry) { return entry.end <= frame; });
        visible.clear();
        for (const Entry& entry : active) {
            std::optional<labels::ShapeAt> shape = labels::shape_at(*entry.track, frame);
            if (shape && is_sound(shape->geometry, entry.track->info.shape))
                visible.push_back({entry.track, entry.number, std::move(*shape)});
        }
        if (!visible.empty())
            if (auto ok = visit(frame, visible); !ok) return ok;
        // Nothing is on: on to the next track's start.
        frame =
            active.empty() && next < entries.size() ? std::max(frame + 1, entries[next].first) : frame + 1;
        if (active.empty() && next == entries.size()) break;
    }
    return {};
}

}  // namespace formats
