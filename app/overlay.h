#pragma once
// What tools draw over the medium: plain values in media space, turned into GPU primitives by overlay_scene.

#include <cstdint>
#include <string>
#include <vector>

#include "base/geometry.h"
#include "labels/track.h"
#include "masks/plane.h"

namespace app {

enum class Cursor : std::uint8_t {
    arrow,
    cross,
    move,
    resize_ns,
    resize_ew,
    resize_nwse,
    resize_nesw,
    hand,
    text
};

// A mask that is in no layer: a pixel of it is `step` of the medium's, the first one's corner lies at
// `corner`.
struct LooseMask {
    const masks::Plane* plane = nullptr;
    base::Point corner;
    double step = 1;
};

struct Overlay {
    struct Shape {
        labels::Geometry geometry;
        labels::ShapeKind kind = labels::ShapeKind::box;
        std::uint32_t color_rgb = 0xFFFFFF;
        bool dashed = false;
    };
    struct Guide {  // a line across the whole view, e.g. the cross hair of the box tool
        bool vertical = false;
        double at = 0;
    };
    struct Note {
        base::Point at;
        std::string text;
    };
    std::vector<Note> notes;
    std::vector<Shape> shapes;
    std::vector<base::Point> handles;
    std::vector<Guide> guides;
    Cursor cursor = Cursor::arrow;
    LooseMask pieces;        // whose borders are shown
    LooseMask mask_preview;  // painted, and not in the mask yet
};

}  // namespace app
