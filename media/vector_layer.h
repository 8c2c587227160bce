#pragma once
// Shapefiles, GeoPackages and whatever else GDAL reads as vectors, as tiles over a raster. Looks
// single-threaded to its user: nothing here waits for the file.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/background.h"
#include "base/result.h"
#include "media/vector_tiles.h"

namespace media {

struct VectorLayerFacts {
    std::string name;
    std::int64_t features = -1;  // -1: the file does not say
    std::string geometry;        // "Polygon", "Line String" … as OGR calls it
    bool has_crs = false;
};

// The layers of the file, in its order. Reads only headers, but may wait for the disk: not for the UI thread.
// Errors: missing; malformed or unsupported, with GDAL's reason.
[[nodiscard]] base::Result<std::vector<VectorLayerFacts>> vector_layers_in(const std::filesystem::path& file);

struct VectorLayerOptions {
    std::string layer;       // empty: the first
    std::string raster_crs;  // WKT; empty: the raster has none, and coordinates are taken as they are
    // From the raster's CRS to its pixels (level 0, corner-based), nothing where there is no place: such as
    // geo::Placement::pixel_from_crs. Called on the reading thread only, which owns it.
    std::function<std::optional<base::Point>(base::Point)> pixel_from_crs;
    VectorFills fills = VectorFills::made;
    std::size_t budget_bytes = std::size_t{2} << 30;  // of tiles; what comes then is left out, and said
    std::shared_ptr<base::Pause> pause;               // null: never rests
    std::function<void()> wakeup;  // from the reading thread; may do nothing but unblock the waiter
};

struct VectorProgress {
    std::int64_t features_read = 0, features_in_all = -1;  // -1: the file does not say
    std::int64_t unplaced = 0;  // features of which a point has no place on the raster; what is left is shown
    std::int64_t empty = 0;     // features without geometry
    bool is_done = false;       // nothing more will come
    std::optional<base::Error> error;   // why nothing, or not everything, could be read; is_done then
    std::vector<std::string> warnings;  // sentences; each once
};

class VectorLayer {
public:
    // Begins to read at once, at the usual priority: somebody waits for it.
    VectorLayer(std::filesystem::path file, VectorLayerOptions options);
    ~VectorLayer();  // stops and joins: at most one feature's reading
    VectorLayer(const VectorLayer&) = delete;

    // What has been read so far, never null; new objects come less and less often, the last with is_done.
    [[nodiscard]] VectorTilesPtr tiles() const;
    [[nodiscard]] VectorProgress progress() const;
    // Ends reading; what has come stays and progress() says cancelled. Does not wait.
    void cancel();

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace media
