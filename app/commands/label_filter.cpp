#include "app/commands/label_filter.h"

#include <algorithm>
#include <set>

#include "labels/document.h"
#include "labels/interpolate.h"
#include "masks/combine.h"

namespace app {

using labels::Keyframe;
using labels::Track;

namespace {

// The changing attributes in force on `frame`.
labels::AttributeValues changing_attributes_at(const Track& track, std::int64_t frame) {
    labels::AttributeValues values;
    for (const Keyframe& keyframe : track.keyframes) {
        if (keyframe.frame > frame) break;
        for (const auto& [id, value] : keyframe.attributes) labels::set_value(values, id, value);
    }
    return values;
}

// A keyframe with what `frame` shows between keyframes; null where the object is absent.
std::optional<Keyframe> baked(const Track& track, std::int64_t frame) {
    const auto shape = labels::shape_at(track, frame);
    if (!shape) return std::nullopt;
    const Keyframe* before = track.keyframe_before(frame);
    Keyframe keyframe = *before;
    keyframe.frame = frame;
    keyframe.pts = before->frame == frame ? before->pts : labels::k_no_pts;
    keyframe.geometry = shape->geometry;
    keyframe.occluded = shape->occluded;
    keyframe.source = shape->source;
    keyframe.confidence = shape->confidence;
    return keyframe;
}

void put(std::vector<Keyframe>& keyframes, Keyframe keyframe) {
    const auto at = std::ranges::lower_bound(keyframes, keyframe.frame, {}, &Keyframe::frame);
    if (at == keyframes.end() || at->frame != keyframe.frame) keyframes.insert(at, std::move(keyframe));
}

// Cutting a span of a polygon changes how its vertices are matched: then every frame of the piece is kept as
// it is. Boxes are linear, so one keyframe where they are cut is enough.
bool is_linear(const Track& track) {
    return track.info.shape == labels::ShapeKind::box || track.info.shape == labels::ShapeKind::ellipse;
}

void bake(const Track& track, std::vector<Keyframe>& keyframes, std::int64_t first, std::int64_t end) {
    for (std::int64_t frame = first; frame < end; ++frame)
        if (auto keyframe = baked(track, frame)) put(keyframes, std::move(*keyframe));
}

// False when the shape holds still after `frame`, so that one keyframe says all.
bool moves_after(const Track& track, std::int64_t frame) {
    const Keyframe* before = track.keyframe_before(frame);
    return before && !before->outside && before->interpolate && before != &track.keyframes.back();
}

}  // namespace

Track clipped(const Track& track, FrameRange range) {
    Track part{track.info, {}};
    for (const Keyframe& keyframe : track.keyframes) {
        if (keyframe.frame >= range.first && keyframe.frame < range.end) part.keyframes.push_back(keyframe);
    }
    if (track.info.extent == labels::Extent::picture || range.first >= range.end) return part;
    const std::int64_t first_kept = part.keyframes.empty() ? range.end : part.keyframes.front().frame;
    const std::int64_t last_kept = part.keyframes.empty() ? range.first : part.keyframes.back().frame;
    const bool first_is_enough = is_linear(track) || !moves_after(track, range.first);
    if (first_kept > range.first)
        bake(track, part.keyframes, range.first, first_is_enough ? range.first + 1 : first_kept);
    const std::int64_t last = range.end - 1;
    if (last_kept < last && moves_after(track, last))
        bake(track, part.keyframes, is_linear(track) ? last : last_kept, range.end);
    if (part.keyframes.empty()) return part;
    Keyframe& first = part.keyframes.front();
    first.attributes = changing_attributes_at(track, first.frame);
    if (auto end = range.end == k_to_the_end ? std::nullopt : baked(track, last)) {
        end->frame = range.end;
        end->pts = labels::k_no_pts;
        end->outside = true;
        end->attributes.clear();
        part.keyframes.push_back(std::move(*end));
    }
    return part;
}

// A range that ends with the medium needs no outside keyframe past its last frame.
static FrameRange open_at_the_end(FrameRange range, std::int64_t frame_count) {
    if (frame_count > 0 && range.end >= frame_count) range.end = k_to_the_end;
    return range;
}

// What is of other classes is unlabelled.
static labels::MaskLayerPtr with_classes(const labels::MaskLayer& layer,
                                         const std::set<labels::ClassId>& classes) {
    labels::MaskLayer kept = layer;
    std::vector<std::pair<masks::Value, masks::Value>> table;
    std::erase_if(kept.info.values, [&](const labels::MaskValue& value) {
        if (classes.contains(value.class_id)) return false;
        table.emplace_back(value.value, masks::Value{0});
        return true;
    });
    kept.plane = masks::recoded(std::move(kept.plane), table).value();  // to 0, which every plane can hold
    return std::make_shared<labels::MaskLayer>(std::move(kept));
}

labels::Snapshot filtered(const labels::State& state, const LabelFilter& filter) {
    const std::set<labels::ClassId> classes{filter.classes.begin(), filter.classes.end()};
    labels::State part;
    part.ontology = state.ontology;
    part.assets = state.assets;
    part.grids = state.grids;
    for (const auto& [id, track] : state.tracks) {
        if (!classes.empty() && !classes.contains(track->info.class_id)) continue;
        labels::TrackPtr kept = track;
        if (filter.frames) {
            const labels::Asset* asset = state.find(track->info.asset);
            const FrameRange range = open_at_the_end(*filter.frames, asset ? asset->frame_count : 0);
            kept = std::make_shared<const Track>(clipped(*track, range));
        }
        if (!kept->keyframes.empty()) part.tracks.emplace(id, std::move(kept));
    }
    for (const auto& [id, layer] : state.mask_layers)
        part.mask_layers.emplace(id, classes.empty() ? layer : with_classes(*layer, classes));
    return labels::Document{std::move(part)}.snapshot();  // a document puts the indexes of a state in order
}

}  // namespace app
