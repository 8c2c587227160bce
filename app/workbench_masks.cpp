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
    std::string name;
    std::shared_ptr<base::Job> job;
    masks::Plane before, after;
    std::function<void()> landed;  // may be null
    // Of a rework, whose `after` is the whole result.
    labels::MaskLayerId layer;
    std::vector<labels::MaskValue> values;  // that the mask had
    // Of a fill: with what it was asked for, and what that came to when it began.
    ToolContext::FindRegion find;
    MaskGesture::Mode mode = MaskGesture::Mode::paint;
    PaintWith with;
    std::optional<MaskTarget> target;  // null: of an object, in a film
    masks::Plane region;
    std::vector<labels::TrackId> selection;
    std::int64_t frame = 0, pts = labels::k_no_pts;
    bool in_film = false, makes_layer = false;
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

const labels::MaskValue* Workbench::active_value(const MaskLayer& layer) const {
    return layer.info.kind == labels::MaskKind::instances ? layer.info.find(m_view.brush.instance)
                                                          : layer.info.first_of(m_view.active_class);
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

bool Workbench::fill_mask(std::string name, ToolContext::Fill fill, ToolContext::FindRegion find) {
    if (!m_project || !shown_size_px() || asset() == nullptr || document()->busy()) return false;
    if (!document()->read_only().empty()) {
        toast(ToastKind::warning, document()->read_only());
        return false;
    }
    auto work = std::make_shared<MaskWork>();
    work->mode = fill == ToolContext::Fill::erase ? MaskGesture::Mode::erase : MaskGesture::Mode::paint;
    if (work->mode == MaskGesture::Mode::paint) {
        labels::Transaction transaction{*document(), "Add a class"};  // where there is none at all
        ToolContext context = tool_context();
        (void)class_to_paint(context, transaction);
        transaction.commit();
    }
    work->with = paint_with(tool_context());
    work->name = std::move(name);
    work->find = std::move(find);
    queue_fill(std::move(work));
    return true;
}

void Workbench::fill_mask_with(std::string name, labels::MaskLayerId layer, const labels::MaskValue& value,
                               ToolContext::FindRegion find, std::function<void()> landed) {
    auto work = std::make_shared<MaskWork>();
    work->name = std::move(name);
    work->find = std::move(find);
    work->landed = std::move(landed);
    work->with = paint_with(tool_context());
    work->with.layer = layer;
    work->with.class_id = value.class_id;
    work->with.brush = {.only_unlabelled = true, .instance = value.value};
    queue_fill(std::move(work));
}

void Workbench::queue_fill(std::shared_ptr<MaskWork> work) {
    work->in_film = !can_have_masks();
    work->selection = m_view.selection;
    work->frame = shown_frame();
    work->pts = shown_pts();
    m_mask_fills.push_back(std::move(work));
    start_next_fill();
}

void Workbench::start_next_fill() {
    if (m_mask_work || m_mask_fills.empty()) return;
    const auto work = m_mask_fills.front();
    m_mask_fills.pop_front();
    const labels::State& state = document()->state();
    if (work->in_film) {
        work->before = painted_object(state, work->selection, work->frame, work->with.size);
    } else {
        work->target = mask_target(state, work->with, work->mode);
        if (!work->target) {
            if (work->mode == MaskGesture::Mode::paint) toast(ToastKind::warning, k_no_target);
            return start_next_fill();
        }
        const labels::MaskLayerInfo& info = work->target->info;
        const MaskLayer* layer = state.find(info.id);
        work->makes_layer = layer == nullptr;
        work->before =
            layer != nullptr ? layer->plane : masks::Plane(info.width_px, info.height_px, info.depth);
    }
    work->job = m_pool.submit(work->name, [work](base::Job& job) -> base::Result<std::string> {
        auto made = work->find(job, work->before);
        if (!made) return std::unexpected(made.error());
        work->region = std::move(*made);
        work->after = work->before;
        if (work->target) masks::paint(work->after, *masks::labelled(work->region), work->target->rule);
        return std::string{};
    });
    m_mask_work = work;
}

bool Workbench::rework_mask(std::string name, MaskRework rework, std::function<void()> landed) {
    const MaskLayer* layer = mask_layer();
    if (layer == nullptr || m_mask_work || document()->busy()) {
        toast(ToastKind::info, layer == nullptr ? "There is no mask yet"
                               : m_mask_work    ? "Wait until the last fill is done, or cancel it"
                                                : "Finish what is being drawn first");
        return false;
    }
    auto work = std::make_shared<MaskWork>();
    work->layer = layer->info.id;
    work->name = std::move(name);
    work->values = layer->info.values;
    work->before = layer->plane;
    work->landed = std::move(landed);
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

bool Workbench::take_mask_work() {
    if (!m_mask_work || !m_mask_work->job->done() || (document() != nullptr && document()->busy()))
        return false;
    const auto work = std::exchange(m_mask_work, nullptr);
    if (!m_project) m_mask_fills.clear();
    if (const auto& result = work->job->result(); !result) {
        if (result.error().kind != base::ErrorKind::cancelled)
            toast(ToastKind::error, result.error().message);
    } else if (m_project) {
        const bool has_landed = work->in_film ? land_object_fill(*work)
                                : work->find  ? land_fill(*work)
                                              : land_rework(*work);
        if (has_landed && work->landed) work->landed();
    }
    start_next_fill();
    return true;
}

void Workbench::say_too_late(const MaskWork& work) {
    toast(ToastKind::warning,
          "The mask was changed meanwhile, so nothing was done; do it again: " + work.name);
}

// Where somebody went on painting meanwhile, what was found is painted onto that.
bool Workbench::land_fill(const MaskWork& work) {
    const labels::State& state = document()->state();
    const bool was_there = state.find(work.target->info.id) != nullptr;
    PaintWith with = work.with;
    with.layer = work.target->info.id;
    const bool class_is_there =
        work.mode == MaskGesture::Mode::erase || state.ontology.find(with.class_id) != nullptr;
    if ((!was_there && !work.makes_layer) || !class_is_there) return say_too_late(work), false;
    auto target = was_there ? mask_target(state, with, work.mode) : work.target;
    if (!target) return say_too_late(work), false;
    const MaskLayer* layer = state.find(target->info.id);
    const bool is_same = target->rule.value == work.target->rule.value &&
                         (layer == nullptr || labels::tile_changes(work.before, layer->plane).empty());
    const bool changed = edit(work.name, [&](labels::Transaction& transaction) {
        if (target->is_changed) transaction.put_mask_layer(target->info);
        transaction.change_mask(target->info.id, [&](masks::Plane& plane) {
            if (is_same)
                plane = work.after;
            else
                masks::paint(plane, *masks::labelled(work.region), target->rule);
        });
    });
    if (!changed) toast(ToastKind::info, "Nothing to change: " + work.name);
    if (changed && m_view.asset == with.asset) {
        asset_view().mask_layer = target->info.id;
        if (target->info.kind == labels::MaskKind::instances && target->rule.value != 0)
            m_view.brush.instance = target->rule.value;
    }
    return true;
}

// What was made of a whole mask is of no use for another one.
bool Workbench::land_rework(const MaskWork& work) {
    const MaskLayer* layer = document()->state().find(work.layer);
    // A value that was taken back must not come into the mask: it has no class any more.
    const auto has = [&](const labels::MaskValue& value) {
        return std::ranges::find(layer->info.values, value) != layer->info.values.end();
    };
    if (layer == nullptr || !std::ranges::all_of(work.values, has) ||
        !labels::tile_changes(work.before, layer->plane).empty())
        return say_too_late(work), false;
    const bool changed = edit(work.name, [&](labels::Transaction& transaction) {
        transaction.change_mask(work.layer, [&](masks::Plane& plane) { plane = work.after; });
    });
    if (!changed) toast(ToastKind::info, "Nothing to change: " + work.name);
    return true;
}

// On the frame it was begun on and of the class it was begun with, whatever is chosen now.
bool Workbench::land_object_fill(const MaskWork& work) {
    if (m_view.asset != work.with.asset || m_view.selection != work.selection) {
        toast(ToastKind::warning,
              "Another object was chosen meanwhile, so nothing was done; do it again: " + work.name);
        return false;
    }
    const labels::ClassId chosen = std::exchange(m_view.active_class, work.with.class_id);
    ToolContext context = tool_context();
    context.frame = work.frame;
    context.pts = work.pts;
    const auto gesture = MaskGesture::begin(context, work.mode, work.name);
    if (gesture) {
        gesture->paint(*masks::labelled(work.region));
        if (!gesture->commit(context)) toast(ToastKind::info, "Nothing to change: " + work.name);
    }
    m_view.active_class = chosen;
    // Fills that were asked for before this one had made its object are of it too.
    for (const auto& next : m_mask_fills) {
        if (next->in_film && next->selection == work.selection) next->selection = m_view.selection;
    }
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
    const labels::MaskValue* active = active_value(*layer);
    if (!all_classes && active == nullptr)
        return toast(ToastKind::info, "The active class is not in this mask; choose one that is");
    MaskOperationInput input{.over = allowed_values(m_view.brush, layer->info), .n = n};
    if (!all_classes) input.which = masks::Which::of(active->value);
    if (operation->fills && active != nullptr) input.with = active->value;
    rework_mask(std::string{operation->title}, [operation, input](base::Job& job, masks::Plane mask) {
        return operation->run(std::move(mask), input, job.stop_token());
    });
}

void Workbench::recode_active(labels::ClassId to) {
    const MaskLayer* layer = mask_layer();
    const labels::MaskValue* active = layer != nullptr ? active_value(*layer) : nullptr;
    const labels::LabelClass* other = document()->state().ontology.find(to);
    if (active == nullptr || other == nullptr || active->class_id == to)
        return toast(ToastKind::info, "Choose a class of this mask, and another that its pixels become");
    const labels::MaskValue* known =
        layer->info.kind == labels::MaskKind::classes ? layer->info.first_of(to) : nullptr;
    const std::string name = "Recode to " + other->name;
    m_view.active_class = to;
    if (known != nullptr) {
        rework_mask(name,
                    [table = std::pair{active->value, known->value}](base::Job& job, masks::Plane mask) {
                        return masks::recoded(std::move(mask), std::span{&table, 1}, job.stop_token());
                    });
        return;
    }
    // The value itself gets the class; no pixel has to change.
    MaskLayerInfo info = layer->info;
    std::ranges::find(info.values, active->value, &labels::MaskValue::value)->class_id = to;
    edit(name, [&](labels::Transaction& transaction) { transaction.put_mask_layer(info); });
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
    fill_mask("Fill where " + expression, ToolContext::Fill::paint,
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
void Workbench::paint_where(const masks::Plane& swath) {
    if (!m_raster) return;
    fill_mask("Paint where " + m_view.brush.only_where, ToolContext::Fill::paint,
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
