#pragma once
// The shape of a track on any frame. Lives here and not in assist because every exporter needs it.

#include <cstdint>
#include <optional>

#include "labels/track.h"

namespace labels {

struct ShapeAt {
    Geometry geometry;
    bool occluded = false;
    bool is_keyframe = false;       // set on this very frame
    Source source = Source::human;  // interpolated between keyframes
    float confidence = 1;
};

// Null where the track is not there: before its first keyframe, in an outside stretch, or (Extent::picture)
// elsewhere. Box and ellipse: corners linear, rotation by the shortest arc. Polygon and polyline: by
// normalised arc length as CVAT does (cvat PR 1571). Points: linear when the counts agree. Mask: holds still.
[[nodiscard]] std::optional<ShapeAt> shape_at(const Track& track, std::int64_t frame);

// The changing attributes in force on `frame`, together with the fixed ones.
[[nodiscard]] AttributeValues attributes_at(const Track& track, std::int64_t frame);

// fraction 0 gives a, 1 gives b. Geometries of different kinds: a.
[[nodiscard]] Geometry interpolate(const Geometry& a, const Geometry& b, double fraction, ShapeKind shape);

}  // namespace labels
