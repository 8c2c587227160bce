#pragma once
// An object in a medium: one class, one kind of shape, and keyframes in time between which it is
// interpolated.

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/geometry.h"
#include "base/id.h"
#include "labels/asset.h"
#include "labels/ontology.h"

namespace labels {

using TrackId = base::Id<struct TrackTag>;

// Axis-aligned box or, with a rotation, a box or ellipse turned clockwise (y down) about its centre.
struct Box {
    double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
    double rotation_deg = 0;
    bool operator==(const Box&) const = default;
    [[nodiscard]] base::Rect rect() const { return {x0, y0, x1, y1}; }
};

// Polygon (ring 0 the outline, further rings holes), polyline or points. ring_starts holds the index of the
// first point of every ring after the first.
struct Path {
    std::vector<base::Point> points;
    std::vector<std::uint32_t> ring_starts;
    bool operator==(const Path&) const = default;
};

// A small mask as CVAT and COCO carry it: row-major run lengths over [left, left+width) × [top, top+height),
// the first run counts zeros. Runs may end early: the rest is zeros.
struct MaskRuns {
    std::int32_t left = 0, top = 0, width = 0, height = 0;
    std::vector<std::uint32_t> runs;
    bool operator==(const MaskRuns&) const = default;
};

using Geometry =
    std::variant<Box, Path, MaskRuns>;  // box, ellipse: Box; polygon, polyline, points: Path; mask: MaskRuns

enum class Source : std::uint8_t { human, model, import, interpolated };

constexpr std::int64_t k_no_pts = std::numeric_limits<std::int64_t>::min();

// What is true from `frame` on. `outside`: the object is absent from this frame until the next keyframe that
// is not outside; the geometry is kept and not shown. `interpolate` off: the shape holds still until the next
// keyframe.
struct Keyframe {
    std::int64_t frame = 0;
    std::int64_t pts = k_no_pts;  // of that frame, in the asset's time base
    Geometry geometry;
    bool outside = false;
    bool occluded = false;
    bool interpolate = true;
    Source source = Source::human;
    float confidence = 1;  // 0…1; 1 for what a person set
    AttributeValues
        attributes;  // the changing ones set here; each holds until the next keyframe that sets it
    bool operator==(const Keyframe&) const = default;
};

enum class Extent : std::uint8_t {
    track,    // from the first keyframe until an outside keyframe or the end of the medium
    picture,  // on the frame of its only keyframe, nowhere else
};

// All of a track but its keyframes.
struct TrackInfo {
    TrackId id;
    AssetId asset;
    ClassId class_id;
    std::int64_t number =
        0;             // "ball 3": counts within the class, from 1; given once, never reused by an edit
    std::string name;  // shown instead of class and number when not empty
    ShapeKind shape = ShapeKind::box;
    Extent extent = Extent::track;
    AttributeValues attributes;  // the fixed ones
    std::int32_t group = 0;      // 0: none
    std::int32_t z_order = 0;
    bool locked = false;
    bool hidden = false;
    Source source = Source::human;
    std::string source_detail;  // model@version, or the format an import came from
    std::string author;
    bool operator==(const TrackInfo&) const = default;
};

struct Track {
    TrackInfo info;
    std::vector<Keyframe> keyframes;  // by frame, strictly ascending
    bool operator==(const Track&) const = default;

    // The keyframe at `frame`, or null.
    [[nodiscard]] const Keyframe* keyframe_at(std::int64_t frame) const;
    // The last keyframe at or before `frame`, or null.
    [[nodiscard]] const Keyframe* keyframe_before(std::int64_t frame) const;
    // First frame it is on; and one past the last frame it can be on (INT64_MAX when it runs to the end).
    [[nodiscard]] std::int64_t first_frame() const;
    [[nodiscard]] std::int64_t end_frame() const;
};

// Bounding rectangle in media space.
[[nodiscard]] base::Rect bounds(const Geometry& geometry);

// Finite coordinates, rings that begin inside the points in ascending order, runs that fit their mask.
// Readers of files ask before they put a keyframe: a transaction takes no unsound one.
[[nodiscard]] bool is_sound(const Geometry& geometry);
// A box or an ellipse is a Box, and so on.
[[nodiscard]] bool fits(const Geometry& geometry, ShapeKind shape);

// "ball 3", or the track's own name.
[[nodiscard]] std::string display_name(const TrackInfo& info, const Ontology& ontology);

}  // namespace labels
