#pragma once
// One medium of a project: what it is, where it was last seen, and how to know it again when it has moved.

#include <cstdint>
#include <string>

#include "base/georeference.h"
#include "base/id.h"
#include "base/rational.h"

namespace labels {

using AssetId = base::Id<struct AssetTag>;

enum class MediaKind : std::uint8_t { video, image, raster, audio };

struct Asset {
    AssetId id;
    std::string name;  // the file's name, or what an import calls it
    MediaKind kind = MediaKind::video;
    std::string relative_path;  // from the project's folder, '/' separated; empty when never seen
    std::string absolute_path;  // where it was last seen
    std::string
        fingerprint;  // base::fingerprint; empty when the medium was never read (import without media)
    std::int64_t size_bytes = 0;
    int width_px = 0;  // of the displayed picture (rotation applied)
    int height_px = 0;
    std::int64_t frame_count = 0;     // 0: not known yet
    base::Rational time_base{0, 1};   // seconds per pts tick; num 0: none
    base::Rational frame_rate{0, 1};  // average, for display and for formats that want one; never identity
    int rotation_deg = 0;             // clockwise rotation that was applied to show it: 0, 90, 180, 270
    int stream_index = 0;
    std::int64_t position = 0;        // order in the list
    base::Georeference georeference;  // of a raster or a picture, as its file says it
    bool operator==(const Asset&) const = default;
};

}  // namespace labels
