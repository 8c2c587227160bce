// Selection, and the edits that keys and panels make. Each is one transaction.

#include <algorithm>

#include "app/keyframe_edit.h"
#include "app/workbench.h"
#include "labels/interpolate.h"

namespace app {

using labels::Keyframe;
using labels::Track;
using labels::TrackId;
using labels::Transaction;

const Track* Workbench::selected() const {
    return m_project && !m_view.selection.empty() ? document()->state().find(m_view.selection.back())
                                                  : nullptr;
}

void Workbench::select(TrackId id, bool add) {
    const bool was_selected = std::erase(m_view.selection, id) > 0;
    if (!add) m_view.selection.clear();
    if (!(add && was_selected)) m_view.selection.push_back(id);
}

bool Workbench::edit(std::string name, const std::function<void(Transaction&)>& change) {
    if (!m_project || document()->busy()) return false;
    if (!document()->read_only().empty()) {
        toast(ToastKind::warning, document()->read_only());
        return false;
    }
    play(false);
    Transaction transaction{*document(), std::move(name)};
    change(transaction);
    return transaction.commit();
}

bool Workbench::edit_selected(const char* name,
                              const std::function<void(Transaction&, const Track&)>& change) {
    if (!m_project) return false;
    std::vector<TrackId> targets = m_view.selection;
    std::erase_if(targets, [&](TrackId id) {
        const Track* track = document()->state().find(id);
        return track == nullptr || track->info.locked || track->keyframes.empty();
    });
    if (targets.empty()) {
        const bool locked = selected() != nullptr && selected()->info.locked;
        toast(ToastKind::info,
              locked ? "This object is locked; unlock it first (L)" : "Select an object first");
        return false;
    }
    std::string what = name;
    if (targets.size() == 1)
        what += " " + labels::display_name(document()->state().find(targets.front())->info,
                                           document()->state().ontology);
    else
        what += fmt::format(" {} objects", targets.size());
    return edit(what, [&](Transaction& transaction) {
        for (const TrackId id : targets) change(transaction, *document()->state().find(id));
    });
}

// Edits are about the picture on screen, which is the one the user judged; also while a later one is on its
// way.
std::int64_t Workbench::shown_frame() const { return m_picture ? m_picture->index : frame(); }

bool Workbench::picture_can_be_edited() {
    if (!picture_is_stand_in()) return true;
    toast(ToastKind::info, fmt::format("Frame {} is still being decoded; do it again in a moment", frame()));
    return false;
}

static std::int64_t pts_shown(const Workbench& bench) {
    if (bench.picture()) return bench.picture()->pts;
    return bench.video() != nullptr ? bench.video()->pts_of(bench.frame()) : labels::k_no_pts;
}

// -- classes
// ---------------------------------------------------------------------------------------------------------

void Workbench::set_active_class(labels::ClassId id) {
    if (!m_project || document()->state().ontology.find(id) == nullptr) return;
    if (std::exchange(m_view.active_class, id) != id) m_view.brush.instance = 0;  // else a new object
    const bool differs = std::ranges::any_of(m_view.selection, [&](TrackId track) {
        const Track* found = document()->state().find(track);
        return found != nullptr && found->info.class_id != id;
    });
    if (differs)
        edit_selected("Change class of", [&](Transaction& transaction, const Track& track) {
            labels::TrackInfo info = track.info;
            info.class_id = id;
            info.number = document()->next_number(id);
            transaction.put_track(info);
        });
}

void Workbench::set_class(TrackId id, labels::ClassId class_id) {
    const Track* track = m_project ? document()->state().find(id) : nullptr;
    if (track == nullptr || track->info.class_id == class_id) return;
    labels::TrackInfo info = track->info;
    info.class_id = class_id;
    info.number = document()->next_number(class_id);
    m_view.active_class = class_id;
    edit("Change class", [&](Transaction& transaction) { transaction.put_track(info); });
}

void Workbench::add_class(std::string name) {
    if (!m_project || name.empty()) return;
    labels::Ontology ontology = document()->state().ontology;
    if (const labels::LabelClass* known = ontology.find(name)) return set_active_class(known->id);
    ontology.classes.push_back(labels::make_class(ontology, name));
    const labels::ClassId id = ontology.classes.back().id;
    if (edit("Add class " + name, [&](Transaction& transaction) { transaction.put_ontology(ontology); }))
        m_view.active_class = id;
}

// -- keyframes
// ---------------------------------------------------------------------------------------------------------

void Workbench::delete_selected() {
    if (edit_selected("Delete", [](Transaction& transaction, const Track& track) {
            transaction.erase_track(track.info.id);
        }))
        m_view.selection.clear();
}

void Workbench::toggle_keyframe() {
    if (!picture_can_be_edited()) return;
    const std::int64_t at = shown_frame();
    edit_selected("Keyframe of", [&](Transaction& transaction, const Track& track) {
        if (track.keyframe_at(at) == nullptr)
            transaction.put_keyframe(track.info.id, keyframe_for_edit(track, at, pts_shown(*this)));
        else if (track.keyframes.size() > 1)
            transaction.erase_keyframe(track.info.id, at);
        else
            toast(ToastKind::info, "This is the only keyframe; delete the object instead (Delete)");
    });
}

void Workbench::toggle_outside() {
    if (!picture_can_be_edited()) return;
    const std::int64_t at = shown_frame();
    edit_selected("Outside of", [&](Transaction& transaction, const Track& track) {
        Keyframe keyframe = keyframe_for_edit(track, at, pts_shown(*this));
        keyframe.outside = !keyframe.outside;
        transaction.put_keyframe(track.info.id, keyframe);
    });
}

void Workbench::toggle_occluded() {
    if (!picture_can_be_edited()) return;
    const std::int64_t at = shown_frame();
    edit_selected("Occluded of", [&](Transaction& transaction, const Track& track) {
        Keyframe keyframe = keyframe_for_edit(track, at, pts_shown(*this));
        keyframe.occluded = !keyframe.occluded;
        transaction.put_keyframe(track.info.id, keyframe);
    });
}

void Workbench::toggle_interpolation() {
    if (!picture_can_be_edited()) return;
    const std::int64_t at = shown_frame();
    edit_selected("Interpolation of", [&](Transaction& transaction, const Track& track) {
        const Keyframe* begin = track.keyframe_before(at);
        if (begin == nullptr) return;
        Keyframe keyframe = *begin;
        keyframe.interpolate = !keyframe.interpolate;
        transaction.put_keyframe(track.info.id, keyframe);
    });
}

void Workbench::set_box(TrackId id, const labels::Box& box) {
    const Track* track = m_project ? document()->state().find(id) : nullptr;
    if (track == nullptr || track->info.locked || track->keyframes.empty()) return;
    if (!picture_can_be_edited()) return;
    Keyframe keyframe = keyframe_for_edit(*track, shown_frame(), pts_shown(*this));
    keyframe.geometry = box;
    edit("Set box", [&](Transaction& transaction) { transaction.put_keyframe(id, keyframe); });
}

void Workbench::nudge(double dx, double dy) {
    if (!picture_can_be_edited()) return;
    const std::int64_t at = shown_frame();
    edit_selected("Move", [&](Transaction& transaction, const Track& track) {
        if (!labels::shape_at(track, at)) return;
        Keyframe keyframe = keyframe_for_edit(track, at, pts_shown(*this));
        keyframe.geometry = moved(keyframe.geometry, dx, dy);
        transaction.put_keyframe(track.info.id, keyframe);
    });
}

void Workbench::set_attribute(TrackId id, labels::AttributeId attribute, std::string value) {
    const Track* track = m_project ? document()->state().find(id) : nullptr;
    const labels::LabelClass* of_class =
        track != nullptr ? document()->state().ontology.find(track->info.class_id) : nullptr;
    if (of_class == nullptr || track->info.locked) return;
    const auto found = std::ranges::find(of_class->attributes, attribute, &labels::Attribute::id);
    if (found == of_class->attributes.end()) return;
    if (found->timing != labels::Timing::fixed && !picture_can_be_edited()) return;
    edit("Set " + found->name, [&](Transaction& transaction) {
        if (found->timing == labels::Timing::fixed) {
            labels::TrackInfo info = track->info;
            labels::set_value(info.attributes, attribute, std::move(value));
            transaction.put_track(info);
        } else {
            Keyframe keyframe = keyframe_for_edit(*track, shown_frame(), pts_shown(*this));
            labels::set_value(keyframe.attributes, attribute, std::move(value));
            transaction.put_keyframe(id, keyframe);
        }
    });
}

// -- flags of the whole track
// --------------------------------------------------------------------------------------------

void Workbench::toggle_locked(TrackId id) {
    const Track* track = m_project ? document()->state().find(id) : nullptr;
    if (track == nullptr) return;
    labels::TrackInfo info = track->info;
    info.locked = !info.locked;
    edit(info.locked ? "Lock" : "Unlock", [&](Transaction& transaction) { transaction.put_track(info); });
}

void Workbench::toggle_hidden(TrackId id) {
    const Track* track = m_project ? document()->state().find(id) : nullptr;
    if (track == nullptr) return;
    labels::TrackInfo info = track->info;
    info.hidden = !info.hidden;
    edit(info.hidden ? "Hide" : "Show", [&](Transaction& transaction) { transaction.put_track(info); });
}

// -- moving about
// --------------------------------------------------------------------------------------------------------

static std::optional<std::int64_t> next_keyframe(const Track& track, std::int64_t from, int direction) {
    const auto& keys = track.keyframes;
    if (direction > 0) {
        const auto next = std::ranges::upper_bound(keys, from, {}, &Keyframe::frame);
        return next != keys.end() ? std::optional{next->frame} : std::nullopt;
    }
    const auto here = std::ranges::lower_bound(keys, from, {}, &Keyframe::frame);
    return here != keys.begin() ? std::optional{std::prev(here)->frame} : std::nullopt;
}

void Workbench::go_to_keyframe(int direction) {
    if (!m_project) return;
    std::optional<std::int64_t> best;
    const auto look_at = [&](TrackId id) {
        const Track* track = document()->state().find(id);
        const auto found = track != nullptr ? next_keyframe(*track, frame(), direction) : std::nullopt;
        if (found && (!best || (direction > 0 ? *found < *best : *found > *best))) best = found;
    };
    for (const TrackId id :
         m_view.selection.empty() ? document()->state().tracks_of(m_view.asset) : m_view.selection)
        look_at(id);
    if (best) go_to(*best);
}

void Workbench::select_next(int direction) {
    if (!m_project) return;
    std::vector<TrackId> here;
    for (const Track* track : document()->tracks_at(m_view.asset, frame()))
        if (!track->info.hidden && labels::shape_at(*track, frame())) here.push_back(track->info.id);
    if (here.empty()) return;
    const auto count = static_cast<std::ptrdiff_t>(here.size());
    const auto now = m_view.selection.empty() ? here.end() : std::ranges::find(here, m_view.selection.back());
    std::ptrdiff_t index = direction > 0 ? 0 : count - 1;
    if (now != here.end()) index = ((now - here.begin()) + direction + count) % count;
    m_view.selection = {here[static_cast<std::size_t>(index)]};
}

// Nobody who takes back a gesture too many means the medium itself: that step is asked for twice.
bool Workbench::may_undo() {
    const auto& steps = document()->history().undo;
    if (steps.empty() || !steps.back().edit) return true;
    for (const auto& [id, change] : steps.back().edit->assets) {
        if (change.before || !change.after) continue;
        constexpr double k_second_press_secs = 5;
        if (m_now_secs - m_undo_asked_secs < k_second_press_secs) return true;
        m_undo_asked_secs = m_now_secs;
        toast(ToastKind::warning,
              fmt::format("The next step back takes {} out of the project; once more within "
                          "5 s does it",
                          change.after->name));
        return false;
    }
    return true;
}

void Workbench::undo() {
    if (!m_project || (m_tool && m_tool->busy()) || !may_undo()) return;
    const auto undone = document()->undo();
    if (undone) follow_marks(document()->history().redo.back().edit.get());
    toast(ToastKind::info, undone ? "Undid: " + *undone : undone.error().message);
}

void Workbench::redo() {
    if (!m_project || (m_tool && m_tool->busy())) return;
    const auto redone = document()->redo();
    if (redone) follow_marks(document()->history().undo.back().edit.get());
    toast(ToastKind::info, redone ? "Redid: " + *redone : redone.error().message);
}

}  // namespace app
