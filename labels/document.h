#pragma once
// The live labels of a project. Owned by one thread (the UI's, or a command's). Everything that changes it is
// a Transaction.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "labels/edit.h"
#include "labels/state.h"
#include "labels/time_index.h"

namespace labels {

// One step of the history; `edit` is null when it is only on disk: an EditLoader brings it back.
struct Step {
    std::int64_t seq = 0;
    std::string name;
    std::shared_ptr<const Edit> edit;
};

struct History {
    std::vector<Step> undo, redo;  // back() is next
    std::int64_t last_seq = 0;
};

// What one event does to the history; how it is rebuilt from the log. False when an undo or redo does not
// name the step that is next (a damaged log): then the step is looked for, and passed over when it is not
// there.
bool follow(History& history, EventKind kind, std::int64_t target, Step step);

class Document {
public:
    // Called with each committed event; must not wait. Set once by who saves them.
    using EventSink = std::function<void(Event)>;
    // Brings back the edit of an old event, from disk. Without one, undo stops where memory ends.
    using EditLoader = std::function<base::Result<std::shared_ptr<const Edit>>(std::int64_t seq)>;

    explicit Document(State state = {}, History history = {});
    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;

    void set_author(std::string author) { m_author = std::move(author); }
    void set_event_sink(EventSink sink) { m_sink = std::move(sink); }
    void set_edit_loader(EditLoader loader) { m_loader = std::move(loader); }
    void set_read_only(std::string why) {
        m_read_only = std::move(why);
    }  // transactions then roll back on commit
    [[nodiscard]] const std::string& read_only() const { return m_read_only; }  // empty: writable

    [[nodiscard]] const State& state() const { return m_state; }
    [[nodiscard]] Snapshot snapshot() const { return std::make_shared<const State>(m_state); }
    [[nodiscard]] const History& history() const { return m_history; }
    [[nodiscard]] std::uint64_t revision() const {
        return m_revision;
    }  // grows with every change, also uncommitted ones

    // Tracks that are on `frame`, back to front (z_order, then creation). Cost follows the answer, not all
    // labels.
    [[nodiscard]] std::vector<const Track*> tracks_at(AssetId asset, std::int64_t frame) const;
    [[nodiscard]] std::int64_t next_number(ClassId class_id) const;  // for TrackInfo::number
    [[nodiscard]] std::int64_t count_of(ClassId class_id) const;     // tracks of the class, all assets

    [[nodiscard]] bool busy() const { return m_open != nullptr; }  // a gesture is open: undo must wait
    // The name of what was undone or redone. Errors: refused (nothing to undo, read-only, a gesture is open),
    // io (loader).
    base::Result<std::string> undo();
    base::Result<std::string> redo();
    // Writes down what was learned about a known asset, e.g. its length: an event, but no undo step. False as
    // adopt().
    bool learn(std::string name, const Asset& asset);
    // Takes over, as one event, an edit that was made on a snapshot (an import, a job). False, and nothing is
    // changed, when what it changes is no longer as it was there, a gesture is open, or the document is
    // read-only.
    bool adopt(std::string name, std::shared_ptr<const Edit> edit);

    // How often a time index was built; a test watches that drags build none.
    [[nodiscard]] std::int64_t time_indexes_built() const { return m_time_indexes_built; }

private:
    friend class Transaction;
    struct Numbers {
        std::int64_t count = 0, highest = 0;
    };
    base::Result<std::string> step(std::vector<Step>& from, std::vector<Step>& to, EventKind kind);
    base::Result<std::shared_ptr<const Edit>> edit_of(const Step& step) const;
    void set_info(TrackId id, const std::optional<TrackInfo>& info);
    void set_keyframe(TrackId id, std::int64_t frame, const std::optional<Keyframe>& keyframe);
    void apply_edit(const Edit& edit);
    void give_back_number(TrackId id, const TrackInfo& info);
    void give_back_numbers(const Edit& undone);
    void recount(const TrackInfo* before, const TrackInfo* after);
    template <class Mutate>
    void change_track(TrackId id, const Mutate& mutate);
    void touch(AssetId asset, TrackId id);
    TimeIndex& time_index(AssetId asset) const;
    void publish(EventKind kind, std::string name, std::int64_t target, std::shared_ptr<const Edit> edit);
    void bound_history();

    State m_state;
    History m_history;
    std::uint64_t m_revision = 0;
    std::string m_author, m_read_only;
    EventSink m_sink;
    EditLoader m_loader;
    class Transaction* m_open = nullptr;
    std::unordered_map<ClassId, Numbers> m_numbers;
    std::size_t m_new_edit_bytes =
        0;  // of the edits in the undo stack that were made since it was last bounded
    mutable std::unordered_map<AssetId, TimeIndex> m_time_index;  // built on demand
    mutable std::int64_t m_time_indexes_built = 0;
};

// One user gesture is one undo step is one event. Destroyed without commit(), it puts everything back. What
// is put is made storable: attribute values in order of their ids, text valid UTF-8, confidence in 0…1, the
// ontology's revision its own.
class [[nodiscard]] Transaction {
public:
    Transaction(Document& document, std::string name);  // asserts that no other is open
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    void put_ontology(const Ontology& ontology);
    void put_asset(const Asset& asset);
    void erase_asset(AssetId id);           // and all its tracks, its grid and its masks
    void put_track(const TrackInfo& info);  // creates it, or changes all but its keyframes
    void erase_track(TrackId id);           // and all its keyframes
    // By frame; the track must exist. A geometry that is not sound (is_sound) is left out and logged: readers
    // ask first.
    void put_keyframe(TrackId id, const Keyframe& keyframe);
    void erase_keyframe(TrackId id, std::int64_t frame);
    // Makes the asset's grid, or takes the place of the one there is. One that is not sound (is_sound) is
    // left out and logged. Where only a few marks differ the edit carries just these.
    void put_grid(const InspectionGrid& grid);
    void erase_grid(AssetId id);
    void put_mark(AssetId id, std::int64_t cell, Mark mark);  // the grid must exist and have the cell
    // Makes the layer, or changes all but its pixels, its size and its depth. One that is not sound
    // (is_sound) is left out and logged.
    void put_mask_layer(const MaskLayerInfo& info);
    void erase_mask_layer(MaskLayerId id);
    // Lets `change` write to the pixels of a layer, which must exist; as often as the gesture goes on. What
    // was there before is kept by what the two then no longer share.
    void change_mask(MaskLayerId id, const std::function<void(masks::Plane&)>& change);

    // Drops what ended as it began; nothing left means no event. Clears redo. False when nothing changed or
    // read-only.
    bool commit();
    void rename(std::string name) { m_name = std::move(name); }

private:
    void roll_back();
    bool drop_unchanged();  // false when nothing is left
    void replace_grid(AssetId id, const std::optional<InspectionGrid>& grid);
    static void tidy(GridEdit& edit);
    void keep_plane(MaskLayerId id);
    void collect_tiles();

    Document& m_document;
    std::string m_name;
    Edit m_edit;
    std::map<MaskLayerId, masks::Plane> m_planes_before;  // of the layers that were written to
    bool m_done = false;
};

}  // namespace labels
