#include "labels/document.h"

#include <algorithm>
#include <cassert>
#include <chrono>

#include "labels/state_write.h"

namespace labels {

namespace {

constexpr std::size_t k_recent_edit_bytes =
    64u << 20;  // of edits kept in memory when a loader can bring back older ones

std::int64_t now_us() {
    using namespace std::chrono;
    return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

// Where and when a track is: while this stays the same, the time index need not know of a change.
struct Presence {
    bool there = false;
    AssetId asset;
    std::int64_t first = 0, end = 0;
    bool operator==(const Presence&) const = default;
};

Presence presence_of(const Track* track) {
    if (track == nullptr) return {};
    return {true, track->info.asset, track->first_frame(), track->end_frame()};
}

bool move_step(std::vector<Step>& from, std::vector<Step>& to, std::int64_t target) {
    const auto it = std::ranges::find(from.rbegin(), from.rend(), target, &Step::seq);
    if (it == from.rend()) return false;
    const bool was_next = it == from.rbegin();
    to.push_back(std::move(*it));
    from.erase(std::next(it).base());
    return was_next;
}

}  // namespace

bool follow(History& history, EventKind kind, std::int64_t target, Step step) {
    history.last_seq = step.seq;
    if (kind == EventKind::undo) return move_step(history.undo, history.redo, target);
    if (kind == EventKind::redo) return move_step(history.redo, history.undo, target);
    if (kind == EventKind::fact) return true;
    history.undo.push_back(std::move(step));
    history.redo.clear();
    return true;
}

Document::Document(State state, History history) : m_state{std::move(state)}, m_history{std::move(history)} {
    const bool by_hand = m_state.place_of_asset.size() != m_state.assets.size() ||
                         (m_state.tracks_of_asset.empty() && !m_state.tracks.empty()) ||
                         (m_state.mask_layers_of_asset.empty() && !m_state.mask_layers.empty());
    if (by_hand) {
        std::vector<TrackPtr> tracks;
        for (auto& [id, track] : m_state.tracks) tracks.push_back(std::move(track));
        std::vector<Asset> assets = std::move(m_state.assets);
        m_state = State{std::move(m_state.ontology),    {}, {}, {}, {}, std::move(m_state.grids),
                        std::move(m_state.mask_layers), {}};
        fill_state(m_state, std::move(assets), std::move(tracks));
    }
    for (const auto& [id, track] : m_state.tracks) recount(nullptr, &track->info);
}

void Document::recount(const TrackInfo* before, const TrackInfo* after) {
    if (before != nullptr) --m_numbers[before->class_id].count;
    if (after == nullptr) return;
    Numbers& numbers = m_numbers[after->class_id];
    ++numbers.count;
    numbers.highest = std::max(numbers.highest, after->number);
}

std::int64_t Document::next_number(ClassId class_id) const {
    const auto it = m_numbers.find(class_id);
    return it == m_numbers.end() ? 1 : it->second.highest + 1;
}

std::int64_t Document::count_of(ClassId class_id) const {
    const auto it = m_numbers.find(class_id);
    return it == m_numbers.end() ? 0 : it->second.count;
}

// The numbers of objects that an undo or a cancelled gesture has unmade are given again, newest first; those
// of deleted objects never are, since the log speaks of them.
void Document::give_back_numbers(const Edit& undone) {
    for (auto it = undone.tracks.rbegin(); it != undone.tracks.rend(); ++it) {
        const auto& info = it->second.info;
        if (info && !info->before && info->after) give_back_number(it->first, *info->after);
    }
}

void Document::give_back_number(TrackId id, const TrackInfo& info) {
    Numbers& numbers = m_numbers[info.class_id];
    if (numbers.highest == info.number && m_state.find(id) == nullptr) --numbers.highest;
}

void Document::touch(AssetId asset, TrackId id) {
    if (const auto it = m_time_index.find(asset); it != m_time_index.end()) it->second.touch(id);
}

template <class Mutate>
void Document::change_track(TrackId id, const Mutate& mutate) {
    const Presence before = presence_of(m_state.find(id));
    mutate();
    const Presence after = presence_of(m_state.find(id));
    ++m_revision;
    if (before == after) return;
    if (before.there) touch(before.asset, id);
    if (after.there) touch(after.asset, id);
}

void Document::set_info(TrackId id, const std::optional<TrackInfo>& info) {
    const Track* old = m_state.find(id);
    recount(old != nullptr ? &old->info : nullptr, info ? &*info : nullptr);
    change_track(id, [&] { set_track_info(m_state, id, info); });
}

void Document::set_keyframe(TrackId id, std::int64_t frame, const std::optional<Keyframe>& keyframe) {
    change_track(id, [&] { labels::set_keyframe(m_state, id, frame, keyframe); });
}

void Document::apply_edit(const Edit& edit) {
    std::vector<Presence> before;
    before.reserve(edit.tracks.size());
    for (const auto& [id, track] : edit.tracks) {
        const Track* old = m_state.find(id);
        before.push_back(presence_of(old));
        if (track.info)
            recount(old != nullptr ? &old->info : nullptr, track.info->after ? &*track.info->after : nullptr);
    }
    apply(edit, m_state);
    ++m_revision;
    auto was = before.begin();
    for (const auto& [id, track] : edit.tracks) {
        const Presence now = presence_of(m_state.find(id));
        if (*was != now) {
            if (was->there) touch(was->asset, id);
            if (now.there) touch(now.asset, id);
        }
        ++was;
    }
}

TimeIndex& Document::time_index(AssetId asset) const {
    const auto found = m_time_index.find(asset);
    if (found != m_time_index.end() && !found->second.worn()) return found->second;
    std::vector<TimeIndex::Span> spans;
    const std::vector<TrackId>& ids = m_state.tracks_of(asset);
    spans.reserve(ids.size());
    for (const TrackId id : ids) {
        const Track* track = m_state.find(id);
        if (track->first_frame() < track->end_frame())
            spans.push_back({track->first_frame(), track->end_frame(), id});
    }
    ++m_time_indexes_built;
    return m_time_index.insert_or_assign(asset, TimeIndex(std::move(spans))).first->second;
}

std::vector<const Track*> Document::tracks_at(AssetId asset, std::int64_t frame) const {
    std::vector<const Track*> found;
    const TimeIndex& index = time_index(asset);
    index.visit(frame, [&](TrackId id) { found.push_back(m_state.find(id)); });
    for (const TrackId id : index.touched()) {
        const Track* track = m_state.find(id);
        if (track == nullptr || track->info.asset != asset) continue;
        if (track->first_frame() <= frame && frame < track->end_frame()) found.push_back(track);
    }
    std::ranges::sort(found, {},
                      [](const Track* track) { return std::tie(track->info.z_order, track->info.id); });
    return found;
}

base::Result<std::string> Document::undo() { return step(m_history.undo, m_history.redo, EventKind::undo); }
base::Result<std::string> Document::redo() { return step(m_history.redo, m_history.undo, EventKind::redo); }

base::Result<std::shared_ptr<const Edit>> Document::edit_of(const Step& step) const {
    if (step.edit) return step.edit;
    if (!m_loader) {
        return base::fail(base::ErrorKind::refused,
                          "\"{}\" is too old to be undone here; its values are only on disk.", step.name);
    }
    return m_loader(step.seq);
}

base::Result<std::string> Document::step(std::vector<Step>& from, std::vector<Step>& to, EventKind kind) {
    const std::string_view verb = kind == EventKind::undo ? "undo" : "redo";
    if (!m_read_only.empty()) return base::fail(base::ErrorKind::refused, "{}", m_read_only);
    if (busy())
        return base::fail(base::ErrorKind::refused, "Finish or cancel what is being drawn, then {} again.",
                          verb);
    if (from.empty()) return base::fail(base::ErrorKind::refused, "There is nothing to {}.", verb);
    auto edit = edit_of(from.back());
    if (!edit) return std::unexpected(edit.error());
    const auto written = kind == EventKind::undo ? std::make_shared<const Edit>(reversed(**edit)) : *edit;
    apply_edit(*written);
    if (kind == EventKind::undo) give_back_numbers(**edit);
    Step done = std::move(from.back());
    from.pop_back();
    done.edit = std::move(*edit);
    to.push_back(done);
    publish(kind, done.name, done.seq, written);
    return done.name;
}

bool Document::learn(std::string name, const Asset& asset) {
    const Asset* known = m_state.find(asset.id);
    if (busy() || !m_read_only.empty() || known == nullptr || *known == asset) return false;
    Edit edit;
    edit.assets[asset.id] = {*known, asset};
    apply_edit(edit);
    publish(EventKind::fact, std::move(name), 0, std::make_shared<const Edit>(std::move(edit)));
    return true;
}

bool Document::adopt(std::string name, std::shared_ptr<const Edit> edit) {
    if (busy() || !m_read_only.empty() || !edit || edit->empty() || !starts_from(*edit, m_state))
        return false;
    apply_edit(*edit);
    publish(EventKind::edit, std::move(name), 0, std::move(edit));
    return true;
}

void Document::publish(EventKind kind, std::string name, std::int64_t target,
                       std::shared_ptr<const Edit> edit) {
    Event event{++m_history.last_seq, base::new_uuid(), now_us(),       m_author, kind,
                std::move(name),      target,           std::move(edit)};
    if (kind == EventKind::edit) {
        m_new_edit_bytes += approximate_bytes(*event.edit);
        m_history.undo.push_back({event.seq, event.name, event.edit});
        m_history.redo.clear();
        bound_history();
    }
    if (m_sink) m_sink(std::move(event));
}

// Once the newest edits fill the budget, all before them are left to the disk: memory holds at most two
// budgets, and the walk over the steps is rare.
void Document::bound_history() {
    if (!m_loader || m_new_edit_bytes < k_recent_edit_bytes) return;
    std::size_t kept = 0;
    for (auto step = m_history.undo.rbegin(); step != m_history.undo.rend(); ++step) {
        if (!step->edit) continue;
        kept += approximate_bytes(*step->edit);
        if (kept > k_recent_edit_bytes && step != m_history.undo.rbegin()) step->edit.reset();
    }
    m_new_edit_bytes = 0;
}

}  // namespace labels
