// The pixel masks of the medium on screen: their layers, the brush, and what is filled in a job.

#include <algorithm>
#include <cmath>

#include "app/mask_operations.h"
#include "app/tools/mask_gesture.h"
#include "app/workbench.h"
#include "app/workbench_jobs.h"
#include "assist/threshold.h"
#include "labels/interpolate.h"
#include "labels/mask_geometry.h"
#include "masks/between.h"
#include "masks/combine.h"
#include "masks/flood.h"
#include "masks/simplify.h"

namespace app {

using labels::MaskLayer;
using labels::MaskLayerInfo;

// What one job works out from a mask as it was.
struct Workbench::MaskWork {
    std::shared_ptr<base::Job> job;
    labels::MaskLayerId layer;
    std::string name;
    masks::PaintRule rule;
    masks::Plane before, after;
    std::optional<masks::Plane> region;  // null: `after` is the whole result
};

const MaskLayer* Workbench::mask_layer() const {
    if (!m_project) return nullptr;
    const auto layers = document()->state().mask_layers_of(m_view.asset);
    const auto view = m_view.assets.find(m_view.asset);
    if (view != m_view.assets.end()) {
        for (const MaskLayer* layer : layers) {
            if (layer->info.id == view->second.mask_layer) return layer;
        }
    }
    return layers.empty() ? nullptr : layers.back();
}

bool Workbench::can_have_masks() const {
    return asset() != nullptr && shown_size_px().has_value() && frame_count() <= 1;
}

void Workbench::add_mask_layer(labels::MaskKind kind) {
    const auto size = shown_size_px();
    if (!m_project || !size || !can_have_masks()) return;
    const auto layers = document()->state().mask_layers_of(m_view.asset);
    MaskLayerInfo info;
    info.id = labels::MaskLayerId::make();
    info.asset = m_view.asset;
    info.kind = kind;
    info.name = kind == labels::MaskKind::classes ? "mask" : "objects";
    for (int number = 2; document()->state().find_mask_layer(m_view.asset, info.name) != nullptr; ++number)
        info.name = fmt::format("{} {}", kind == labels::MaskKind::classes ? "mask" : "objects", number);
    info.position = layers.empty() ? 0 : layers.back()->info.position + 1;
    info.width_px = static_cast<std::int64_t>(size->x);
    info.height_px = static_cast<std::int64_t>(size->y);
    info.depth = kind == labels::MaskKind::classes ? masks::Depth::u8 : masks::Depth::u16;
    if (edit("Add the mask " + info.name,
             [&](labels::Transaction& transaction) { transaction.put_mask_layer(info); }))
        asset_view().mask_layer = info.id;
}

void Workbench::remove_mask_layer() {
    const MaskLayer* layer = mask_layer();
    if (layer == nullptr) return;
    const labels::MaskLayerId id = layer->info.id;
    const std::string name = layer->info.name;
    if (edit("Remove the mask " + name,
             [&](labels::Transaction& transaction) { transaction.erase_mask_layer(id); }))
        toast(ToastKind::info, "Removed the mask " + name + "; undo brings it back");
}

void Workbench::change_brush_size(int direction) {
    m_view.brush.size_px = std::clamp(m_view.brush.size_px * std::pow(1.25, direction), 1.0, 20000.0);
    m_view.brush.size_px = m_view.brush.size_px < 8 ? std::round(m_view.brush.size_px * 2) / 2
                                                    : std::round(m_view.brush.size_px);
}

std::optional<masks::Value> Workbench::value_under(base::Point at) const {
    const MaskLayer* layer = mask_layer();
    if (layer == nullptr) return std::nullopt;
    return layer->plane.at(static_cast<std::int64_t>(std::floor(at.x)),
                           static_cast<std::int64_t>(std::floor(at.y)));
}

// What is under the pointer is what is painted next.
void Workbench::pick_class_under_pointer() {
    const MaskLayer* layer = mask_layer();
    const auto value = readout.inside ? value_under(readout.at) : std::nullopt;
    const labels::MaskValue* found = layer != nullptr && value ? layer->info.find(*value) : nullptr;
    if (found == nullptr) return toast(ToastKind::info, "Nothing is labelled under the pointer");
    m_view.active_class = found->class_id;
    m_view.brush.instance = found->value;
}

bool Workbench::fill_mask(std::string name, MaskRegion region) {
    const auto size = shown_size_px();
    if (!m_project || !size || !can_have_masks() || m_mask_work || document()->busy()) {
        if (m_mask_work) toast(ToastKind::info, "Wait until the last fill is done, or cancel it");
        return false;
    }
    if (!document()->read_only().empty()) {
        toast(ToastKind::warning, document()->read_only());
        return false;
    }
    // The layer, the class and its value are there before the job looks at them; made only where they are
    // not.
    std::optional<MaskTarget> target;
    {
        labels::Transaction transaction{*document(), "Add a mask"};
        ToolContext context = tool_context();
        target = mask_target(context, transaction, MaskGesture::Mode::paint);
        if (!target) return false;
        transaction.commit();
    }
    auto work = std::make_shared<MaskWork>();
    work->layer = target->layer;
    work->rule = target->rule;
    work->name = std::move(name);
    work->before = document()->state().find(target->layer)->plane;
    work->job = m_pool.submit(
        work->name, [work, region = std::move(region)](base::Job& job) -> base::Result<std::string> {
            auto made = region(job, work->before);
            if (!made) return std::unexpected(made.error());
            masks::PaintRule rule = work->rule;
            rule.where = &*made;
            work->after = work->before;
            masks::paint(work->after, *masks::labelled(*made), {.value = rule.value, .over = rule.over});
            work->region = std::move(*made);
            return std::string{};
        });
    m_mask_work = std::move(work);
    return true;
}

bool Workbench::rework_mask(std::string name, MaskRework rework) {
    const MaskLayer* layer = mask_layer();
    if (layer == nullptr || m_mask_work || document()->busy()) {
        toast(ToastKind::info,
              m_mask_work ? "Wait until the last fill is done, or cancel it" : "There is no mask yet");
        return false;
    }
    auto work = std::make_shared<MaskWork>();
    work->layer = layer->info.id;
    work->name = std::move(name);
    work->before = layer->plane;
    work->job = m_pool.submit(
        work->name, [work, rework = std::move(rework)](base::Job& job) -> base::Result<std::string> {
            auto made = rework(job, work->before);
            if (!made) return std::unexpected(made.error());
            work->after = std::move(*made);
            return std::string{};
        });
    m_mask_work = std::move(work);
    return true;
}

// Where somebody went on painting meanwhile, what a fill found is painted onto that; what a job made of the
// whole mask is of no use then.
bool Workbench::take_mask_work() {
    if (!m_mask_work || !m_mask_work->job->done() || (document() != nullptr && document()->busy()))
        return false;
    const auto work = std::exchange(m_mask_work, nullptr);
    if (const auto& result = work->job->result(); !result) {
        if (result.error().kind != base::ErrorKind::cancelled)
            toast(ToastKind::error, result.error().message);
        return true;
    }
    const MaskLayer* layer = m_project ? document()->state().find(work->layer) : nullptr;
    if (layer == nullptr) return true;
    const bool is_same = labels::tile_changes(work->before, layer->plane).empty();
    if (!is_same && !work->region) {
        toast(ToastKind::warning,
              "The mask was changed meanwhile, so nothing was done; do it again: " + work->name);
        return true;
    }
    const bool changed = edit(work->name, [&](labels::Transaction& transaction) {
        transaction.change_mask(work->layer, [&](masks::Plane& plane) {
            if (is_same)
                plane = work->after;
            else
                masks::paint(plane, *masks::labelled(*work->region), work->rule);
        });
    });
    if (!changed) toast(ToastKind::info, "Nothing to change: " + work->name);
    return true;
}

base::Rect Workbench::in_sight() const {
    const auto size = shown_size_px();
    if (!size) return {};
    base::Rect seen{0, 0, size->x, size->y};
    if (canvas_sight.overlaps(seen))
        seen = {std::max(seen.x0, canvas_sight.x0), std::max(seen.y0, canvas_sight.y0),
                std::min(seen.x1, canvas_sight.x1), std::min(seen.y1, canvas_sight.y1)};
    return seen;
}

void Workbench::apply_operation(std::string_view id, std::int64_t n, bool all_classes) {
    const MaskOperation* operation = find_mask_operation(id);
    const MaskLayer* layer = mask_layer();
    if (operation == nullptr || layer == nullptr) return;
    const labels::MaskValue* active = layer->info.kind == labels::MaskKind::instances
                                          ? layer->info.find(m_view.brush.instance)
                                          : layer->info.first_of(m_view.active_class);
    if (!all_classes && active == nullptr)
        return toast(ToastKind::info, "The active class is not in this mask; choose one that is");
    MaskOperationInput input{.over = allowed_values(m_view.brush, layer->info), .n = n};
    if (!all_classes) input.which = masks::Which::of(active->value);
    input.with = active != nullptr && id == "fill-holes" ? active->value : masks::Value{0};
    rework_mask(std::string{operation->title}, [operation, input](base::Job& job, masks::Plane mask) {
        return operation->run(std::move(mask), input, job.stop_token());
    });
}

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
        return nullptr;
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

static labels::Path path_of(const masks::Outline& outline, double tolerance_px) {
    labels::Path path;
    for (const masks::Ring& ring : outline.rings) {
        if (!path.points.empty()) path.ring_starts.push_back(static_cast<std::uint32_t>(path.points.size()));
        const masks::Ring simple = masks::simplify(ring, tolerance_px);
        path.points.insert(path.points.end(), simple.begin(), simple.end());
    }
    return path;
}

void Workbench::paint_selection() {
    const auto size = shown_size_px();
    if (!size || !can_have_masks()) return;
    int painted = 0;
    edit("Paint the selected objects", [&](labels::Transaction& transaction) {
        ToolContext context = tool_context();
        const labels::ClassId active = m_view.active_class;
        for (const labels::TrackId id : m_view.selection) {
            const labels::Track* track = document()->state().find(id);
            const auto shape = track != nullptr ? labels::shape_at(*track, shown_frame()) : std::nullopt;
            const auto region = shape ? region_of_shape(shape->geometry, track->info.shape, *size) : nullptr;
            if (!region) continue;
            m_view.active_class = track->info.class_id;
            const auto target = mask_target(context, transaction, MaskGesture::Mode::paint);
            if (!target) break;
            transaction.change_mask(target->layer,
                                    [&](masks::Plane& plane) { masks::paint(plane, *region, target->rule); });
            ++painted;
        }
        m_view.active_class = active;
    });
    if (painted == 0) toast(ToastKind::info, "Select polygons, boxes or ellipses first");
}

// Adopted like an import: worked out on the mask as it is now, put in as one step.
void Workbench::outline_mask() {
    const MaskLayer* layer = mask_layer();
    const labels::MaskValue* value = layer != nullptr ? layer->info.first_of(m_view.active_class) : nullptr;
    if (value == nullptr)
        return toast(ToastKind::info, "The active class is not in this mask; choose one that is");
    if (m_importing) return toast(ToastKind::info, "Wait until the last import or outlining is done");
    m_importing = std::make_shared<Imported>();
    labels::TrackInfo first{.asset = m_view.asset,
                            .class_id = value->class_id,
                            .number = document()->next_number(value->class_id),
                            .shape = labels::ShapeKind::polygon,
                            .extent = labels::Extent::picture,
                            .author = m_author};
    m_importing->job = m_pool.submit(
        "Outline the mask",
        [imported = m_importing, plane = layer->plane, which = masks::Which::of(value->value), first,
         frame = shown_frame(),
         tolerance = m_view.brush.outline_tolerance_px](base::Job& job) -> base::Result<std::string> {
            auto edit = std::make_shared<labels::Edit>();
            const auto take = [&](masks::Outline&& outline) {
                labels::TrackInfo info = first;
                info.id = labels::TrackId::make();
                info.number += std::ssize(edit->tracks);
                labels::Keyframe keyframe{
                    .frame = frame, .geometry = path_of(outline, tolerance), .attributes = {}};
                labels::TrackEdit& made = edit->tracks[info.id];
                made.info = {std::nullopt, info};
                made.keyframes[frame] = {std::nullopt, std::move(keyframe)};
            };
            if (auto done = masks::outlines(plane, which, take, job.stop_token()); !done)
                return std::unexpected(done.error());
            std::string said = fmt::format("{} polygons", edit->tracks.size());
            if (!edit->tracks.empty()) imported->edit = std::move(edit);
            return said;
        });
}

void Workbench::interpolate_mask() {
    const labels::Track* track = selected();
    const auto size = shown_size_px();
    if (track == nullptr || track->info.shape != labels::ShapeKind::mask || !size)
        return toast(ToastKind::info, "Select the mask of an object first");
    const std::int64_t now = shown_frame();
    const auto after = std::ranges::upper_bound(track->keyframes, now, {}, &labels::Keyframe::frame);
    const labels::Keyframe* before = track->keyframe_before(now);
    if (before == nullptr || before->frame == now || after == track->keyframes.end() || before->outside ||
        after->outside)
        return toast(ToastKind::info, "There must be a keyframe before and one after this frame");
    const auto width = static_cast<std::int64_t>(size->x), height = static_cast<std::int64_t>(size->y);
    const masks::Plane a = labels::plane_of(std::get<labels::MaskRuns>(before->geometry), width, height);
    const masks::Plane b = labels::plane_of(std::get<labels::MaskRuns>(after->geometry), width, height);
    const double t =
        static_cast<double>(now - before->frame) / static_cast<double>(after->frame - before->frame);
    const auto made = masks::between(a, b, 1, t);
    if (!made) return toast(ToastKind::error, made.error().message);
    labels::Keyframe keyframe = *before;
    keyframe.frame = now;
    keyframe.pts = m_picture ? m_picture->pts : labels::k_no_pts;
    keyframe.source = labels::Source::interpolated;
    keyframe.geometry = labels::runs_of(*made);
    if (std::get<labels::MaskRuns>(keyframe.geometry).runs.empty())
        return toast(ToastKind::info, "The two do not overlap, so there is nothing between them");
    edit("Interpolate " + labels::display_name(track->info, document()->state().ontology),
         [&](labels::Transaction& transaction) { transaction.put_keyframe(track->info.id, keyframe); });
}

struct Workbench::Suggesting {
    std::shared_ptr<base::Job> job;
    std::optional<MaskSuggestion> made;
};

void Workbench::suggest() {
    const MaskLayer* layer = mask_layer();
    const auto read = sample_reader();
    if (m_suggesting || !read) return;
    if (layer == nullptr)
        return toast(ToastKind::info, "Paint a little of each class first; the rest is then suggested");
    auto suggesting = std::make_shared<Suggesting>();
    suggesting->job =
        m_pool.submit("Learning from what is painted",
                      [suggesting, read, mask = layer->plane, id = layer->info.id, area = pixels_in_view(),
                       least = m_view.masks.least_confidence](base::Job& job) -> base::Result<std::string> {
                          auto made = make_suggestion(read, mask, area, least, job);
                          if (!made) return std::unexpected(made.error());
                          made->layer = id;
                          suggesting->made = std::move(*made);
                          return std::string{};
                      });
    m_suggesting = std::move(suggesting);
}

bool Workbench::take_suggestion() {
    if (m_suggestion &&
        (!m_project || mask_layer() == nullptr || mask_layer()->info.id != m_suggestion->layer))
        m_suggestion.reset();
    if (!m_suggesting || !m_suggesting->job->done()) return false;
    const auto done = std::exchange(m_suggesting, nullptr);
    if (const auto& result = done->job->result(); !result) {
        if (result.error().kind != base::ErrorKind::cancelled)
            toast(ToastKind::error, result.error().message);
        return true;
    }
    if (mask_layer() == nullptr || mask_layer()->info.id != done->made->layer) return true;
    m_suggestion = std::move(done->made);
    const auto accuracy = m_suggestion->report.accuracy;
    toast(ToastKind::good,
          accuracy ? fmt::format("Suggested; {:.0f} % right on strokes that were held out", *accuracy * 100)
                   : std::string{"Suggested; too little is painted to say how good it is"});
    return true;
}

void Workbench::set_suggestion_confidence(double least) {
    m_view.masks.least_confidence = std::clamp(least, 0.0, 1.0);
    if (m_suggestion && mask_layer() != nullptr)
        set_least_confidence(*m_suggestion, mask_layer()->plane, m_view.masks.least_confidence);
}

// Over what is unlabelled alone: what somebody has painted stays.
void Workbench::accept_suggestion() {
    if (!m_suggestion) return;
    const bool taken = rework_mask(
        "Accept the suggestion", [values = m_suggestion->values](base::Job& job, masks::Plane mask) {
            return masks::combined(std::move(mask), values, masks::Combine::unite, {}, job.stop_token());
        });
    if (taken) m_suggestion.reset();
}

bool Workbench::accept_suggestion_at(base::Point at) {
    if (!m_suggestion) return false;
    const auto x = static_cast<std::int64_t>(std::floor(at.x)),
               y = static_cast<std::int64_t>(std::floor(at.y));
    const masks::Value value = m_suggestion->values.at(x, y);
    if (value == 0) return false;
    const masks::Plane& values = m_suggestion->values;
    auto part = masks::flood({.width_px = values.width_px(),
                              .height_px = values.height_px(),
                              .seed_x = x,
                              .seed_y = y,
                              .bounds = m_suggestion->window.area},
                             masks::same_value(values, value));
    if (!part) return false;
    const labels::MaskLayerId id = m_suggestion->layer;
    auto over = std::make_shared<std::bitset<65536>>();
    over->set(0);
    edit("Accept a part of the suggestion", [&](labels::Transaction& transaction) {
        transaction.change_mask(id, [&](masks::Plane& plane) {
            masks::paint(plane, *masks::labelled(part->filled), {.value = value, .over = over});
        });
    });
    masks::paint(m_suggestion->values, *masks::labelled(part->filled), {.value = 0});
    return true;
}

masks::PixelRect Workbench::pixels_in_view() const {
    const base::Rect seen = in_sight();
    return {static_cast<std::int64_t>(std::floor(seen.x0)), static_cast<std::int64_t>(std::floor(seen.y0)),
            static_cast<std::int64_t>(std::ceil(seen.x1)), static_cast<std::int64_t>(std::ceil(seen.y1))};
}

ToolContext::ReadSamples Workbench::sample_reader() const {
    if (m_raster && m_raster->info())
        return [path = m_raster->path()](const masks::PixelRect& area, std::size_t most,
                                         const std::stop_token& stop) {
            return assist::read_window(path, area, most, stop);
        };
    if (m_picture && !m_picture->stand_in)
        return [picture = m_picture](const masks::PixelRect& area, std::size_t most, const std::stop_token&) {
            return assist::window_of(*picture, area, most);
        };
    return {};
}

void Workbench::fill_where(bool everywhere) {
    const std::string expression = m_view.brush.only_where;
    if (!m_raster || expression.empty())
        return toast(ToastKind::info, "Type an expression first, such as b4 > 60");
    const auto size = shown_size_px();
    const masks::PixelRect area = everywhere ? masks::PixelRect{0, 0, static_cast<std::int64_t>(size->x),
                                                                static_cast<std::int64_t>(size->y)}
                                             : pixels_in_view();
    fill_mask("Fill where " + expression,
              [raster = m_raster->path(), expression, area](
                  base::Job& job, const masks::Plane& mask) -> base::Result<masks::Plane> {
                  auto found = assist::threshold(raster, expression, area, job.stop_token(),
                                                 [&](double done) { job.set_progress(done); });
                  if (!found) return found;
                  // Whole tiles were looked at; what lies outside of the area is none of it.
                  masks::Plane kept(mask.width_px(), mask.height_px(), masks::Depth::u8);
                  masks::paint(
                      kept,
                      *masks::rectangle({static_cast<double>(area.x0), static_cast<double>(area.y0),
                                         static_cast<double>(area.x1), static_cast<double>(area.y1)}),
                      {.value = 1, .where = &*found});
                  return kept;
              });
}

// A stroke of a brush that is bound to an expression.
void Workbench::paint_where(labels::MaskLayerId, const masks::Plane& swath, const masks::PaintRule&) {
    if (!m_raster) return;
    fill_mask("Paint where " + m_view.brush.only_where,
              [raster = m_raster->path(), expression = m_view.brush.only_where, swath](
                  base::Job& job, const masks::Plane& mask) -> base::Result<masks::Plane> {
                  auto found = assist::threshold(raster, expression, swath, job.stop_token());
                  if (!found) return found;
                  masks::Plane kept(mask.width_px(), mask.height_px(), masks::Depth::u8);
                  masks::paint(kept, *masks::labelled(swath), {.value = 1, .where = &*found});
                  return kept;
              });
}

}  // namespace app
