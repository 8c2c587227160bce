#include "app/commands/label_filter.h"

#include <algorithm>
#include <set>

#include "labels/document.h"
#include "labels/interpolate.h"

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
// it is. Boxes are linear, so the ends are enough.
void bake_span(const Track& track, std::vector<Keyframe>& keyframes, std::int64_t first, std::int64_t last) {
    const bool linear =
        track.info.shape == labels::ShapeKind::box || track.info.shape == labels::ShapeKind::ellipse;
    for (std::int64_t frame = first; frame <= last; ++frame) {
        if (linear && frame != first && frame != last) continue;
        if (auto keyframe = baked(track, frame)) put(keyframes, std::move(*keyframe));
    }
}

// The stretch from `frame` to the next keyframe, or the last one before it, needs baking: null when the shape
// holds still there.
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
    const std::int64_t last = range.end - 1;
    const std::int64_t first_kept = part.keyframes.empty() ? range.end : part.keyframes.front().frame;
    const std::int64_t last_kept = part.keyframes.empty() ? range.first : part.keyframes.back().frame;
    if (first_kept > range.first) {
        const bool moving = moves_after(track, range.first);
        bake_span(track, part.keyframes, range.first, moving ? std::min(first_kept - 1, last) : range.first);
    }
    if (last_kept < last && moves_after(track, last)) bake_span(track, part.keyframes, last_kept, last);
    if (part.keyframes.empty()) return part;
    if (Keyframe& first = part.keyframes.front(); first.frame == range.first) {
        first.attributes = changing_attributes_at(track, range.first);
    }
    if (auto end = baked(track, last)) {
        end->frame = range.end;
        end->pts = labels::k_no_pts;
        end->outside = true;
        end->attributes.clear();
        part.keyframes.push_back(std::move(*end));
    }
    return part;
}

labels::Snapshot filtered(const labels::State& state, const LabelFilter& filter) {
    const std::set<labels::ClassId> classes{filter.classes.begin(), filter.classes.end()};
    labels::State part;
    part.ontology = state.ontology;
    part.assets = state.assets;
    for (const auto& [id, track] : state.tracks) {
        if (!classes.empty() && !classes.contains(track->info.class_id)) continue;
        labels::TrackPtr kept = track;
        if (filter.frames) kept = std::make_shared<const Track>(clipped(*track, *filter.frames));
        if (!kept->keyframes.empty()) part.tracks.emplace(id, std::move(kept));
    }
    return labels::Document{std::move(part)}.snapshot();  // a document puts the indexes of a state in order
}

}  // namespace app
