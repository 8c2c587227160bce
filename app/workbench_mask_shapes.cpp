// Masks made of shapes, shapes made of masks, and masks between two keyframes.

#include "app/commands/support.h"
#include "app/tools/mask_gesture.h"
#include "app/workbench_jobs.h"
#include "formats/outline.h"
#include "labels/interpolate.h"
#include "labels/mask_geometry.h"
#include "masks/between.h"
#include "masks/outlines.h"
#include "masks/simplify.h"

namespace app {

using labels::MaskLayer;

// The regions of a shape; a film's masks are runs.
static masks::RegionPtr region_of_shape(const labels::Geometry& geometry, labels::ShapeKind kind,
                                        base::Point size) {
    if (const auto* runs = std::get_if<labels::MaskRuns>(&geometry))
        return masks::labelled(
            labels::plane_of(*runs, static_cast<std::int64_t>(size.x), static_cast<std::int64_t>(size.y)));
    if (const auto* box = std::get_if<labels::Box>(&geometry)) {
        if (box->rotation_deg == 0)
            return kind == labels::ShapeKind::ellipse ? masks::ellipse(box->rect())
                                                      : masks::rectangle(box->rect());
        return masks::polygon({formats::corners_of(*box, kind)});
    }
    const auto& path = std::get<labels::Path>(geometry);
    if (kind != labels::ShapeKind::polygon) return nullptr;
    std::vector<std::vector<base::Point>> rings(1);
    std::size_t next = 0;
    for (std::size_t i = 0; i < path.points.size(); ++i) {
        if (next < path.ring_starts.size() && path.ring_starts[next] == i) {
            rings.emplace_back();
            ++next;
        }
        rings.back().push_back(path.points[i]);
    }
    return masks::polygon(std::move(rings));
}

static labels::Path path_of(const masks::Outline& outline, double tolerance_px, const std::stop_token& stop) {
    labels::Path path;
    for (const masks::Ring& ring : outline.rings) {
        if (!path.points.empty()) path.ring_starts.push_back(static_cast<std::uint32_t>(path.points.size()));
        const masks::Ring simple = masks::simplify(ring, tolerance_px, stop);
        path.points.insert(path.points.end(), simple.begin(), simple.end());
    }
    return path;
}

void Workbench::paint_selection() {
    const auto size = shown_size_px();
    if (!size || !can_have_masks()) return;
    std::size_t painted = 0;
    edit("Paint the selected objects", [&](labels::Transaction& transaction) {
        const labels::State& state = document()->state();
        PaintWith with = paint_with(tool_context());
        for (const labels::TrackId id : m_view.selection) {
            const labels::Track* track = state.find(id);
            const auto shape = track != nullptr ? labels::shape_at(*track, shown_frame()) : std::nullopt;
            const auto region = shape ? region_of_shape(shape->geometry, track->info.shape, *size) : nullptr;
            if (!region || state.ontology.find(track->info.class_id) == nullptr) continue;
            with.class_id = track->info.class_id;
            with.brush.instance = 0;  // in a mask of objects each is one
            const auto target = mask_target(state, with, MaskGesture::Mode::paint);
            if (!target) break;
            with.layer = target->info.id;
            if (target->is_changed) transaction.put_mask_layer(target->info);
            transaction.change_mask(target->info.id,
                                    [&](masks::Plane& plane) { masks::paint(plane, *region, target->rule); });
            ++painted;
        }
    });
    if (painted == 0)
        toast(ToastKind::info, "Select polygons, boxes or ellipses first");
    else if (painted < m_view.selection.size())
        toast(ToastKind::warning,
              fmt::format("{} of {} were painted; lines, points and objects without a class "
                          "have nothing to fill",
                          painted, m_view.selection.size()));
}

// Worked out in a job on the labels as they are, put in as one step if they still are the same then.
void Workbench::work_out(std::string name, EditWork work) {
    if (!document()->read_only().empty()) return toast(ToastKind::warning, document()->read_only());
    if (m_importing) return toast(ToastKind::info, "Wait until " + m_importing->job->name() + " is done");
    m_importing = std::make_shared<Imported>();
    m_importing->job = m_pool.submit(
        std::move(name),
        [imported = m_importing, work = std::move(work)](base::Job& job) -> base::Result<std::string> {
            auto edit = std::make_shared<labels::Edit>();
            auto said = work(job, *edit);
            if (said && !edit->tracks.empty()) imported->edit = std::move(edit);
            return said;
        });
}

void Workbench::outline_mask() {
    const MaskLayer* layer = mask_layer();
    const labels::ClassId class_id = m_view.active_class;
    std::vector<masks::Value> values;
    for (const labels::MaskValue& each :
         layer != nullptr ? layer->info.values : std::vector<labels::MaskValue>{})
        if (each.class_id == class_id) values.push_back(each.value);
    if (values.empty())
        return toast(ToastKind::info, "The active class is not in this mask; choose one that is");
    const labels::TrackInfo first{.asset = m_view.asset,
                                  .class_id = class_id,
                                  .number = document()->next_number(class_id),
                                  .shape = labels::ShapeKind::polygon,
                                  .extent = labels::Extent::picture,
                                  .author = m_author};
    const labels::Keyframe place{
        .frame = shown_frame(), .pts = shown_pts(), .geometry = {}, .attributes = {}};
    work_out("Outline the mask",
             [plane = layer->plane, values, first, place, tolerance = m_view.brush.outline_tolerance_px](
                 base::Job& job, labels::Edit& edit) -> base::Result<std::string> {
                 const auto take = [&](masks::Outline&& outline) {
                     labels::TrackInfo info = first;
                     info.id = labels::TrackId::make();
                     info.number += std::ssize(edit.tracks);
                     labels::Keyframe keyframe = place;
                     keyframe.geometry = path_of(outline, tolerance, job.stop_token());
                     labels::TrackEdit& made = edit.tracks[info.id];
                     made.info = {std::nullopt, info};
                     made.keyframes[keyframe.frame] = {std::nullopt, std::move(keyframe)};
                 };
                 for (const masks::Value value : values) {
                     const auto which = masks::Which::of(value);
                     if (auto done = masks::outlines(plane, which, take, job.stop_token()); !done)
                         return std::unexpected(done.error());
                 }
                 return count_text(std::ssize(edit.tracks), "polygon");
             });
}

void Workbench::interpolate_mask() {
    const labels::Track* track = selected();
    const auto size = shown_size_px();
    if (track == nullptr || track->info.shape != labels::ShapeKind::mask || track->info.locked || !size)
        return toast(ToastKind::info, "Select the mask of an object that is not locked first");
    const std::int64_t now = shown_frame();
    const auto after = std::ranges::upper_bound(track->keyframes, now, {}, &labels::Keyframe::frame);
    const labels::Keyframe* before = track->keyframe_before(now);
    if (before == nullptr || before->frame == now || after == track->keyframes.end() || before->outside ||
        after->outside)
        return toast(ToastKind::info, "There must be a keyframe before and one after this frame");
    const double t =
        static_cast<double>(now - before->frame) / static_cast<double>(after->frame - before->frame);
    labels::Keyframe made = *before;
    made.frame = now;
    made.pts = shown_pts();
    made.source = labels::Source::interpolated;
    work_out("Interpolate " + labels::display_name(track->info, document()->state().ontology),
             [id = track->info.id, made, size = *size, t, a = std::get<labels::MaskRuns>(before->geometry),
              b = std::get<labels::MaskRuns>(after->geometry)](
                 base::Job&, labels::Edit& edit) -> base::Result<std::string> {
                 const auto width = static_cast<std::int64_t>(size.x),
                            height = static_cast<std::int64_t>(size.y);
                 const auto between = masks::between(labels::plane_of(a, width, height),
                                                     labels::plane_of(b, width, height), 1, t);
                 if (!between) return std::unexpected(between.error());
                 labels::Keyframe keyframe = made;
                 keyframe.geometry = labels::runs_of(*between);
                 if (std::get<labels::MaskRuns>(keyframe.geometry).runs.empty())
                     return base::fail(base::ErrorKind::refused,
                                       "The two do not overlap, so there is nothing between them");
                 edit.tracks[id].keyframes[keyframe.frame] = {std::nullopt, std::move(keyframe)};
                 return std::string{"Interpolated"};
             });
}

}  // namespace app
