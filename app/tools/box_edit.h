#pragma once
// Moving and resizing one shape by its handles, shared by the tools that offer it.

#include <optional>
#include <vector>

#include "app/tool.h"

namespace app {

// Which part of a shape is under the pointer. Corners and sides clockwise from the top-left corner.
enum class Grip : std::uint8_t {
    none,
    body,
    top_left,
    top,
    top_right,
    right,
    bottom_right,
    bottom,
    bottom_left,
    left
};

constexpr double k_grip_px = 9;  // how near the pointer must be to a handle or an edge

// The eight handle points of a box, in Grip order from top_left, its rotation applied.
[[nodiscard]] std::vector<base::Point> handle_points(const labels::Box& box);
// The grip at a point; body for the inside or the edge.
[[nodiscard]] Grip grip_at(const labels::Geometry& geometry, base::Point at, double media_per_px);
// The box with one grip dragged from `from` to `to`; sides that cross swap. Kept inside `within` where it
// began inside.
[[nodiscard]] labels::Box dragged(const labels::Box& box, Grip grip, base::Point from, base::Point to,
                                  const base::Rect& within);
[[nodiscard]] Cursor cursor_for(Grip grip, double rotation_deg);
// The topmost unlocked, shown track whose shape is under the point: an edge wins over an inside, a small
// shape over a large one.
[[nodiscard]] std::optional<labels::TrackId> track_under(const ToolContext& context, base::Point at,
                                                         double media_per_px);

// One gesture: from press to release, one transaction, one keyframe.
class ShapeDrag {
public:
    // Begins when the point is on a grip of the track's shape (which must be on the frame and not locked).
    // False: it is not.
    bool begin(ToolContext& context, labels::TrackId track, const PointerEvent& press);
    void drag(ToolContext& context, const PointerEvent& event);
    void finish();  // commits; a press without a drag changes nothing
    void cancel();  // puts everything back
    [[nodiscard]] bool active() const { return m_gesture.has_value(); }

private:
    std::optional<labels::Transaction> m_gesture;
    labels::TrackId m_track;
    labels::Keyframe m_start;
    labels::ShapeKind m_shape = labels::ShapeKind::box;
    Grip m_grip = Grip::none;
    base::Point m_from;
    bool m_moved = false;
};

}  // namespace app
