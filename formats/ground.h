#pragma once
// Shapes on a picture as OGR geometries in a CRS.

#include <memory>
#include <optional>
#include <string>

#include <ogr_geometry.h>

#include "geo/placement.h"
#include "labels/track.h"

namespace formats {

// Where a picture's pixels go in what is written. One thread at a time.
class Ground {
public:
    // `placement` null: pixels are coordinates. Longitude and latitude, WGS 84:
    [[nodiscard]] static Ground pixels() { return Ground{}; }
    [[nodiscard]] static Ground own(const geo::Placement& placement);
    [[nodiscard]] static Ground lonlat(const geo::Placement& placement);
    [[nodiscard]] static Ground transformed(const geo::Placement& placement, geo::CrsTransform to,
                                            bool is_geographic);

    // Null where a point has no place there. A side of a shape that is straight on the picture and bent
    // there gets further points, so that it is followed within a tenth of a pixel. Outlines go anticlockwise,
    // holes clockwise. In longitudes and latitudes that are not the picture's own, what crosses the
    // antimeridian is cut there.
    [[nodiscard]] std::unique_ptr<OGRGeometry> geometry(const labels::Geometry& shape,
                                                        labels::ShapeKind kind) const;

private:
    [[nodiscard]] std::optional<base::Point> place(base::Point pixel) const;
    [[nodiscard]] std::optional<std::vector<base::Point>> line(const std::vector<base::Point>& pixels,
                                                               bool closed) const;
    [[nodiscard]] std::unique_ptr<OGRGeometry> points(const labels::Path& path) const;
    [[nodiscard]] std::unique_ptr<OGRGeometry> polyline(const labels::Path& path) const;
    [[nodiscard]] std::unique_ptr<OGRGeometry> polygons(const labels::Geometry& shape,
                                                        labels::ShapeKind kind) const;

    const geo::Placement* m_placement = nullptr;
    std::optional<geo::CrsTransform> m_transform;
    bool m_to_lonlat = false;
    bool m_turns = false;  // longitudes jump at the antimeridian
};

}  // namespace formats
