#pragma once
// Where the user is: saved aside (base::state_dir()), never undoable, never in the project file.

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/map_layers.h"
#include "app/mask_brush.h"
#include "base/geometry.h"
#include "labels/track.h"
#include "media/raster_style.h"

namespace app {

struct Bookmark {
    std::string name;
    base::Point centre;  // media space
    double scale = 1;
};

struct AssetView {
    std::int64_t frame = 0;
    bool fitted = true;                         // follow the window's size; else centre and scale hold
    base::Point centre;                         // media space
    double scale = 1;                           // framebuffer pixels per media pixel
    double first_shown = 0;                     // timeline: left edge, in frames
    double frames_shown = 0;                    // timeline: width, in frames; 0 = the whole film
    std::int64_t loop_begin = 0, loop_end = 0;  // frames played in a loop, half-open; end 0 = the film's
    bool loop_on = false;
    std::optional<media::RasterStyle> raster;  // as it was shown last
    std::vector<LayerView> layers;             // over it, bottom first
    std::vector<Bookmark> bookmarks;
    labels::MaskLayerId mask_layer;  // the one that is painted into
    std::int64_t grid_cell = -1;     // of the inspection grid; -1: none yet
    std::optional<base::Rect> show;  // media space: what the canvas is to show whole, once
};

struct ViewState {
    labels::AssetId asset;
    std::unordered_map<labels::AssetId, AssetView> assets;
    std::vector<labels::TrackId> selection;  // last = primary
    std::string tool = "box";
    labels::ClassId active_class;
    MaskBrush brush;
    MaskShow masks;
    float bottom_height = 236;  // logical pixels
    bool left_shown = true, right_shown = true, bottom_shown = true;
    bool strip_shown = true;  // thumbnails in the timeline
};

}  // namespace app
