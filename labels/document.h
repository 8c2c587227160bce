#pragma once
// The live labels of a project. Owned by one thread (the UI's, or a command's). Everything that changes it is a Transaction.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "labels/edit.h"
#include "labels/state.h"

namespace labels {

// One step of the history; `edit` is null when it is still on disk (see Document::need_edit).
struct Step {
    std::int64_t seq = 0;
    std::string name;
    std::shared_ptr<const Edit> edit;
};

struct History {
    std::vector<Step> undo, redo;  // back() is next
    std::int64_t last_seq = 0;
};

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
    void set_read_only(std::string why) { m_read_only = std::move(why); }  // transactions then roll back on commit
    [[nodiscard]] const std::string& read_only() const { return m_read_only; }  // empty: writable

    [[nodiscard]] const State& state() const { return m_state; }
    [[nodiscard]] Snapshot snapshot() const { return std::make_shared<const State>(m_state); }
    [[nodiscard]] const History& history() const { return m_history; }
    [[nodiscard]] std::uint64_t revision() const { return m_revision; }  // grows with every change, also uncommitted ones

    // Tracks that are on `frame`, back to front (z_order, then creation). Cost follows the answer, not all labels.
    [[nodiscard]] std::vector<const Track*> tracks_at(AssetId asset, std::int64_t frame) const;
    [[nodiscard]] std::int64_t next_number(ClassId class_id) const;  // for TrackInfo::number
    [[nodiscard]] std::int64_t count_of(ClassId class_id) const;     // tracks of the class, all assets

    [[nodiscard]] bool busy() const { return m_open != nullptr; }  // a gesture is open: undo must wait
    // The name of what was undone or redone. Errors: refused (nothing to undo, read-only, a gesture is open), io (loader).
    base::Result<std::string> undo();
    base::Result<std::string> redo();

private:
    friend class Transaction;
    struct TimeIndex;
    base::Result<std::string> step(std::vector<Step>& from, std::vector<Step>& to, EventKind kind);
    void set_info(TrackId id, const std::optional<TrackInfo>& info);
    void set_keyframe(TrackId id, std::int64_t frame, const std::optional<Keyframe>& keyframe);
    void changed(AssetId asset);
    void publish(EventKind kind, std::string name, std::int64_t target, std::shared_ptr<const Edit> edit);

    State m_state;
    History m_history;
    std::uint64_t m_revision = 0;
    std::string m_author, m_read_only;
    EventSink m_sink;
    EditLoader m_loader;
    class Transaction* m_open = nullptr;
    mutable std::unordered_map<AssetId, std::shared_ptr<TimeIndex>> m_time_index;  // built on demand, dropped on change
};

// One user gesture is one undo step is one event. Destroyed without commit(), it puts everything back.
class [[nodiscard]] Transaction {
public:
    Transaction(Document& document, std::string name);  // asserts that no other is open
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    void put_ontology(const Ontology& ontology);
    void put_asset(const Asset& asset);
    void erase_asset(AssetId id);  // and all its tracks
    void put_track(const TrackInfo& info);  // creates it, or changes all but its keyframes
    void erase_track(TrackId id);           // and all its keyframes
    void put_keyframe(TrackId id, const Keyframe& keyframe);  // by frame; the track must exist
    void erase_keyframe(TrackId id, std::int64_t frame);

    // Drops what ended as it began; nothing left means no event. Clears redo. False when nothing changed or read-only.
    bool commit();
    void rename(std::string name) { m_name = std::move(name); }

private:
    Document& m_document;
    std::string m_name;
    Edit m_edit;
    bool m_done = false;
};

}  // namespace labels
