#pragma once
// What one gesture changed: values before and after, never commands. Undo swaps the two.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "labels/state.h"

namespace labels {

template <class T>
struct Change {
    std::optional<T> before, after;  // create: no before. delete: no after.
    bool operator==(const Change&) const = default;
};

struct TrackEdit {
    std::optional<Change<TrackInfo>> info;
    std::map<std::int64_t, Change<Keyframe>> keyframes;  // by frame
    bool operator==(const TrackEdit&) const = default;
};

struct MarkChange {
    Mark before = Mark::todo, after = Mark::todo;
    bool operator==(const MarkChange&) const = default;
};

// Of the grid of one asset: either it is made, replaced or removed with all its marks, or single cells of it
// are marked.
struct GridEdit {
    std::optional<Change<InspectionGrid>> grid;
    std::map<std::int64_t, MarkChange> marks;  // by cell; empty where `grid` is set
    bool operator==(const GridEdit&) const = default;
};

// Of one mask: made, changed or removed, and what its tiles hold.
struct MaskEdit {
    std::optional<Change<MaskLayerInfo>> info;
    std::vector<TileChange> tiles;
    bool operator==(const MaskEdit&) const = default;
};

struct Edit {
    std::optional<Change<Ontology>> ontology;
    std::map<AssetId, Change<Asset>> assets;
    std::map<TrackId, TrackEdit> tracks;
    std::map<AssetId, GridEdit> grids;
    std::map<MaskLayerId, MaskEdit> masks;
    bool operator==(const Edit&) const = default;
    [[nodiscard]] bool empty() const {
        return !ontology && assets.empty() && tracks.empty() && grids.empty() && masks.empty();
    }
};

[[nodiscard]] Edit reversed(const Edit& edit);
[[nodiscard]] std::size_t approximate_bytes(const Edit& edit);  // of memory

// Whether every `before` is what is there: the edit can be applied and undone. `track` is null when there is
// none.
[[nodiscard]] bool starts_from(const Edit& edit, const State& state);
[[nodiscard]] bool starts_from(const TrackEdit& edit, const Track* track);
[[nodiscard]] bool starts_from(const Change<Asset>& change, const Asset* asset);
[[nodiscard]] bool starts_from(const GridEdit& edit, const InspectionGrid* grid);
[[nodiscard]] bool starts_from(const MaskEdit& edit, const MaskLayer* layer);

// Puts every `after` into the state (tracks and grids are copied when shared).
void apply(const Edit& edit, State& state);

// A fact is what was learned about a medium (its length): logged like an edit, no undo step.
enum class EventKind : std::uint8_t { edit, undo, redo, fact };

// One line of the append-only log. An undo or redo carries the values it wrote as an edit of its own, so that
// replaying `edit` of every event in order gives the current state.
struct Event {
    std::int64_t seq = 0;  // 1, 2, 3 …
    base::Uuid id;
    std::int64_t time_us = 0;  // Unix time
    std::string author;
    EventKind kind = EventKind::edit;
    std::string name;         // "Add box", shown in the history
    std::int64_t target = 0;  // undo, redo: the seq of the edit undone or redone
    std::shared_ptr<const Edit> edit;
};

}  // namespace labels
