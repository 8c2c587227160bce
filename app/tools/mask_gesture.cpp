#include "app/tools/mask_gesture.h"

#include <algorithm>

#include "app/tools/new_object.h"
#include "labels/interpolate.h"
#include "labels/mask_geometry.h"

namespace app {

using labels::MaskLayerInfo;
using labels::MaskRuns;

labels::ClassId class_to_paint(ToolContext& context, labels::Transaction& gesture) {
    const labels::Ontology& ontology = context.document.state().ontology;
    if (ontology.find(context.active_class) != nullptr) return context.active_class;
    if (!ontology.classes.empty()) return context.active_class = ontology.classes.front().id;
    labels::Ontology with_object = ontology;
    with_object.classes.push_back(labels::make_class(ontology, "object"));
    gesture.put_ontology(with_object);
    return context.active_class = with_object.classes.back().id;
}

std::shared_ptr<const std::bitset<65536>> allowed_values(const MaskBrush& brush, const MaskLayerInfo& info) {
    if (!brush.only_unlabelled && brush.protected_classes.empty()) return nullptr;
    auto allowed = std::make_shared<std::bitset<65536>>();
    if (brush.only_unlabelled) {
        allowed->set(0);
        return allowed;
    }
    allowed->set();
    for (const labels::MaskValue& value : info.values) {
        if (std::ranges::find(brush.protected_classes, value.class_id) != brush.protected_classes.end())
            allowed->reset(value.value);
    }
    return allowed;
}

namespace {

MaskLayerInfo new_layer(const PaintWith& with) {
    return {.id = labels::MaskLayerId::make(),
            .asset = with.asset,
            .name = "mask",
            .width_px = static_cast<std::int64_t>(with.size.x),
            .height_px = static_cast<std::int64_t>(with.size.y)};
}

const labels::MaskLayer* painted_layer(const labels::State& state, labels::AssetId asset,
                                       labels::MaskLayerId chosen) {
    const labels::MaskLayer* layer = state.find(chosen);
    if (layer != nullptr && layer->info.asset == asset) return layer;
    const auto layers = state.mask_layers_of(asset);
    return layers.empty() ? nullptr : layers.back();
}

// The class's value in a mask of classes; in one of objects the object that is painted, while it is of that
// class, else a new one. 0 when all are taken.
masks::Value value_to_paint(const labels::Ontology& ontology, const PaintWith& with,
                            const MaskLayerInfo& info) {
    if (info.kind == labels::MaskKind::classes) return labels::value_for_class(info, ontology, with.class_id);
    const labels::MaskValue* object = info.find(with.brush.instance);
    return object != nullptr && object->class_id == with.class_id ? object->value : info.free_value();
}

}  // namespace

const labels::MaskLayer* painted_layer(const ToolContext& context) {
    return painted_layer(context.document.state(), context.asset, context.mask_layer);
}

static const labels::Track* selected_mask(const labels::State& state,
                                          std::span<const labels::TrackId> selection) {
    const labels::Track* track = selection.empty() ? nullptr : state.find(selection.back());
    return track != nullptr && track->info.shape == labels::ShapeKind::mask ? track : nullptr;
}

masks::Plane painted_object(const labels::State& state, std::span<const labels::TrackId> selection,
                            std::int64_t frame, base::Point size) {
    const auto width = static_cast<std::int64_t>(size.x), height = static_cast<std::int64_t>(size.y);
    const labels::Track* track = selected_mask(state, selection);
    const auto shape = track != nullptr ? labels::shape_at(*track, frame) : std::nullopt;
    const auto* runs = shape ? std::get_if<MaskRuns>(&shape->geometry) : nullptr;
    return runs != nullptr ? labels::plane_of(*runs, width, height)
                           : masks::Plane(width, height, masks::Depth::u8);
}

PaintWith paint_with(const ToolContext& context) {
    return {.asset = context.asset,
            .layer = context.mask_layer,
            .class_id = context.active_class,
            .brush = context.brush,
            .size = {context.picture.width(), context.picture.height()}};
}

std::optional<MaskTarget> mask_target(const labels::State& state, const PaintWith& with,
                                      MaskGesture::Mode mode) {
    const labels::MaskLayer* layer = painted_layer(state, with.asset, with.layer);
    MaskTarget target{.info = layer != nullptr ? layer->info : new_layer(with),
                      .is_changed = layer == nullptr};
    target.rule.over = allowed_values(with.brush, target.info);
    if (mode == MaskGesture::Mode::erase) {
        if (layer == nullptr) return std::nullopt;
        if (with.brush.only_unlabelled) target.rule.over = nullptr;  // else nothing could ever be erased
        return target;
    }
    target.rule.value = value_to_paint(state.ontology, with, target.info);
    if (target.rule.value == 0) return std::nullopt;
    if (target.info.find(target.rule.value) == nullptr) {
        labels::add_value(target.info, {target.rule.value, with.class_id, {}});
        target.is_changed = true;
    }
    return target;
}

std::unique_ptr<MaskGesture> MaskGesture::begin(ToolContext& context, Mode mode, std::string_view name) {
    if (context.document.busy() || context.picture.empty()) return nullptr;
    std::unique_ptr<MaskGesture> gesture(new MaskGesture(context, std::string{name}));
    gesture->m_ask_class = mode == Mode::paint && context.document.state().ontology.classes.empty();
    const labels::Asset* medium = context.document.state().find(context.asset);
    const bool is_film =
        medium != nullptr && medium->kind == labels::MediaKind::video && medium->frame_count != 1;
    const bool begun =
        is_film ? gesture->begin_object(context, mode) : gesture->begin_layer(context, mode, name);
    return begun ? std::move(gesture) : nullptr;
}

bool MaskGesture::begin_layer(ToolContext& context, Mode mode, std::string_view name) {
    if (mode == Mode::paint) (void)class_to_paint(context, m_transaction);
    const auto target = mask_target(context.document.state(), paint_with(context), mode);
    if (!target) {
        if (context.tell && mode == Mode::paint) context.tell(k_no_target);
        return false;
    }
    m_layer = context.mask_layer = target->info.id;
    m_rule = target->rule;
    if (target->info.kind == labels::MaskKind::instances && m_rule.value != 0)
        context.brush.instance = m_rule.value;
    if (target->is_changed) m_transaction.put_mask_layer(target->info);
    const labels::Ontology& ontology = context.document.state().ontology;
    const labels::LabelClass* painted = ontology.find(context.active_class);
    m_transaction.rename(mode == Mode::erase || painted == nullptr
                             ? std::string{"Erase"}
                             : fmt::format("{} {}", name, painted->name));
    const labels::MaskLayer& layer = *context.document.state().find(m_layer);
    if (!context.brush.only_where.empty() && context.paint_where && mode == Mode::paint)
        m_swath.emplace(layer.plane.width_px(), layer.plane.height_px(), masks::Depth::u8);
    return true;
}

bool MaskGesture::begin_object(ToolContext& context, Mode mode) {
    const labels::State& state = context.document.state();
    const labels::Track* track = selected_mask(state, context.selection);
    const bool is_mask = track != nullptr && track->info.asset == context.asset && !track->info.locked;
    m_rule.value = mode == Mode::paint ? 1 : 0;
    m_object = painted_object(state, is_mask ? std::span{context.selection} : std::span<labels::TrackId>{},
                              context.frame, {context.picture.width(), context.picture.height()});
    if (is_mask) {
        m_track = track->info.id;
        m_transaction.rename("Paint " + labels::display_name(track->info, state.ontology));
        return true;
    }
    if (mode == Mode::erase) {
        if (context.tell) context.tell("Select the mask that is to be erased from");
        return false;
    }
    const NewObject object = app::begin_object(context, m_transaction, labels::ShapeKind::mask);
    m_track = object.info.id;
    m_ask_class = object.ask_class;
    return true;
}

// The keyframe is what has been painted so far; where nothing is left, the object is not on this frame.
bool MaskGesture::show(ToolContext& context) {
    if (std::exchange(m_is_shown, true)) return false;
    const labels::Track* track = context.document.state().find(m_track);
    const labels::Keyframe* old = track->keyframe_at(context.frame);
    labels::Keyframe keyframe =
        old != nullptr
            ? *old
            : labels::Keyframe{.frame = context.frame, .pts = context.pts, .geometry = {}, .attributes = {}};
    MaskRuns runs = labels::runs_of(*m_object);
    keyframe.outside = runs.runs.empty();
    keyframe.source = labels::Source::human;
    keyframe.confidence = 1;
    if (keyframe.outside && track->keyframes.empty()) return false;
    if (keyframe.outside) {
        const auto shape = labels::shape_at(*track, context.frame);
        keyframe.geometry = shape ? shape->geometry : track->keyframes.front().geometry;
    } else {
        keyframe.geometry = std::move(runs);
    }
    m_transaction.put_keyframe(m_track, keyframe);
    return true;
}

void MaskGesture::paint(masks::Region& region) {
    if (m_object) {
        masks::paint(*m_object, region, m_rule);
        m_is_shown = false;
        return;
    }
    if (m_swath) {
        masks::paint(*m_swath, region, {.value = 1});
        return;
    }
    m_transaction.change_mask(m_layer, [&](masks::Plane& plane) { masks::paint(plane, region, m_rule); });
}

bool MaskGesture::commit(ToolContext& context) {
    show(context);
    const bool has_swath = m_swath && !m_swath->empty();
    const bool changed = m_transaction.commit();
    if (has_swath) context.paint_where(*m_swath);
    if (changed && m_object && context.document.state().find(m_track) != nullptr) {
        context.selection = {m_track};
        if (m_ask_class && context.ask_class) context.ask_class(m_track);
    }
    return changed;
}

}  // namespace app
