#include "app/demo.h"

#include <utility>

#include "app/project.h"
#include "base/file.h"
#include "media/demo_clip.h"

namespace app {
namespace {

using labels::Transaction;

labels::LabelClass make_demo_class(const labels::Ontology& ontology, std::string name,
                                   std::string guidelines) {
    labels::LabelClass made = labels::make_class(ontology, std::move(name));
    made.shapes = {labels::ShapeKind::box};
    made.guidelines = std::move(guidelines);
    return made;
}

labels::Ontology demo_ontology() {
    labels::Ontology ontology;
    ontology.classes.push_back(make_demo_class(ontology, "ball",
                                               "The whole ball, shadow left out. It flies straight from one "
                                               "turn to the next, so a keyframe at each turn is enough."));
    labels::LabelClass person = make_demo_class(
        ontology, "person",
        "From the first to the last frame on which the whole person is in the picture. Behind the tree, keep "
        "the box where the person must be and mark it occluded.");
    person.attributes.push_back({.id = labels::AttributeId::make(),
                                 .name = "faces",
                                 .kind = labels::AttributeKind::select,
                                 .timing = labels::Timing::fixed,
                                 .values = {"left", "right", "camera"},
                                 .default_value = ""});
    ontology.classes.push_back(std::move(person));
    return ontology;
}

labels::TrackInfo demo_track(const labels::Asset& asset, const labels::LabelClass& label_class) {
    return {.id = labels::TrackId::make(),
            .asset = asset.id,
            .class_id = label_class.id,
            .number = 1,
            .author = current_author()};
}

// The clip has one tick of its time base a frame times a whole number; frame 0 is at 0.
labels::Keyframe demo_keyframe(const labels::Asset& asset, std::int64_t frame, const base::Rect& box) {
    const auto pts = asset.time_base.num == 0
                         ? labels::k_no_pts
                         : base::rescale(frame, {1, media::k_demo_frame_rate}, asset.time_base);
    return {.frame = frame, .pts = pts, .geometry = labels::Box{box.x0, box.y0, box.x1, box.y1}};
}

void put_ball(Transaction& edit, const labels::Asset& asset, const labels::LabelClass& ball) {
    const labels::TrackInfo track = demo_track(asset, ball);
    edit.put_track(track);
    for (const std::int64_t frame : media::k_demo_ball_turns)
        edit.put_keyframe(track.id, demo_keyframe(asset, frame, media::demo_ball(frame)));
}

void put_person(Transaction& edit, const labels::Asset& asset, const labels::LabelClass& person) {
    labels::TrackInfo track = demo_track(asset, person);
    labels::set_value(track.attributes, person.attributes.front().id, "right");
    edit.put_track(track);
    const auto put = [&](std::int64_t frame, bool occluded, bool outside) {
        labels::Keyframe keyframe = demo_keyframe(asset, frame, media::demo_person(frame));
        keyframe.occluded = occluded;
        keyframe.outside = outside;
        edit.put_keyframe(track.id, keyframe);
    };
    constexpr auto walk = media::k_demo_walk;
    put(walk.first, false, false);
    put(walk.hidden_first, true, false);
    put(walk.hidden_end, false, false);
    put(walk.end - 1, false, false);
    put(walk.end, false, true);
}

base::Result<void> fill(Project& project, const std::filesystem::path& clip) {
    auto asset = probe_asset(clip, project.path());
    if (!asset) return std::unexpected(asset.error());
    if (auto added = add_media(project, {*asset}); !added) return std::unexpected(added.error());
    const labels::Asset& added = project.document().state().assets.front();
    const labels::Ontology ontology = demo_ontology();
    Transaction edit{project.document(), "Make the demo"};
    edit.put_ontology(ontology);
    put_ball(edit, added, ontology.classes[0]);
    put_person(edit, added, ontology.classes[1]);
    edit.commit();
    return project.flush();
}

}  // namespace

std::filesystem::path default_demo_folder() { return base::state_dir() / "demo"; }

base::Result<std::filesystem::path> make_demo_project(const std::filesystem::path& folder) {
    const auto project_path = folder / "demo.limn", clip = folder / "demo.mp4";
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        return base::fail(base::ErrorKind::io, "The demo's folder cannot be made ({}); choose another: {}",
                          error.message(), folder.string());
    if (!std::filesystem::exists(clip))
        if (auto written = media::write_demo_clip(clip); !written) return std::unexpected(written.error());
    if (std::filesystem::exists(project_path)) return project_path;

    // Under another name until it is whole: a demo cut short must not be taken for a finished one.
    const auto unfinished = folder / "demo.limn.part";
    std::filesystem::remove(unfinished, error);
    {
        auto project = Project::create(unfinished);
        if (!project) return std::unexpected(project.error());
        if (auto filled = fill(**project, clip); !filled) return std::unexpected(filled.error());
    }
    std::filesystem::rename(unfinished, project_path, error);
    if (error)
        return base::fail(base::ErrorKind::io, "The demo cannot be given its name ({}); check the folder: {}",
                          error.message(), folder.string());
    return project_path;
}

}  // namespace app
