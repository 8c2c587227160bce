#include "app/panels/class_choice.h"

#include <algorithm>

namespace app {

namespace {

constexpr std::string_view k_automatic_class = "object";  // box_tool.cpp makes it

const labels::Track* picked(const Workbench& bench) {
    if (!bench.document() || !bench.picking_class_for) return nullptr;
    return bench.document()->state().find(*bench.picking_class_for);
}

void rename_class(Workbench& bench, labels::ClassId id, const std::string& name) {
    labels::Ontology ontology = bench.document()->state().ontology;
    const auto found = std::ranges::find(ontology.classes, id, &labels::LabelClass::id);
    if (found == ontology.classes.end()) return;
    found->name = name;
    if (bench.edit("Name the class " + name, [&](labels::Transaction& edit) { edit.put_ontology(ontology); }))
        bench.view().active_class = id;
}

std::vector<labels::TrackId> targets(const Workbench& bench, labels::TrackId picked_id) {
    const auto& selection = bench.view().selection;
    if (std::ranges::find(selection, picked_id) != selection.end()) return selection;
    return {picked_id};
}

void add_class_for(Workbench& bench, labels::TrackId picked_id, const std::string& name) {
    labels::Ontology ontology = bench.document()->state().ontology;
    ontology.classes.push_back(labels::make_class(ontology, name));
    const labels::ClassId id = ontology.classes.back().id;
    std::int64_t number = 0;
    const bool done = bench.edit("Change class to " + name, [&](labels::Transaction& edit) {
        edit.put_ontology(ontology);
        for (const labels::TrackId track_id : targets(bench, picked_id)) {
            const labels::Track* track = bench.document()->state().find(track_id);
            if (!track || track->info.locked) continue;
            labels::TrackInfo info = track->info;
            info.class_id = id;
            info.number = ++number;
            edit.put_track(info);
        }
    });
    if (done) bench.view().active_class = id;
}

}  // namespace

bool picks_rename(const Workbench& bench) {
    const labels::Track* track = picked(bench);
    if (!track) return false;
    const labels::LabelClass* of = bench.document()->state().ontology.find(track->info.class_id);
    return of && of->name == k_automatic_class && bench.document()->count_of(of->id) == 1;
}

void choose_class(Workbench& bench, labels::ClassId id) {
    const labels::Track* track = picked(bench);
    const auto& selection = bench.view().selection;
    if (track && std::ranges::find(selection, track->info.id) == selection.end())
        bench.set_class(track->info.id, id);
    else
        bench.set_active_class(id);
}

void choose_new_class(Workbench& bench, const std::string& name) {
    if (!bench.document() || name.empty()) return;
    const labels::Track* track = picked(bench);
    if (const labels::LabelClass* known = bench.document()->state().ontology.find(std::string_view{name}))
        return choose_class(bench, known->id);
    if (!track) return bench.add_class(name);
    if (picks_rename(bench)) return rename_class(bench, track->info.class_id, name);
    add_class_for(bench, track->info.id, name);
}

}  // namespace app
