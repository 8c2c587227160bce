#pragma once
// How much of a picture's ground each class covers.

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "geo/placement.h"
#include "labels/state.h"

namespace formats {

// Of what a box, an ellipse, a polygon without its holes, or a mask encloses, in square metres on the
// ellipsoid. Nothing where a point has no place, or the kind has no inside.
[[nodiscard]] std::optional<double> area_m2(const geo::Placement& placement, const labels::Geometry& geometry,
                                            labels::ShapeKind kind);
// The same in pixels; 0 for lines and points. Of an ellipse: of its polygon of k_ellipse_corners.
[[nodiscard]] double area_px2(const labels::Geometry& geometry, labels::ShapeKind kind);

struct ClassArea {
    labels::ClassId id;
    std::string name;
    std::int64_t count = 0;          // labels with an inside, and values of mask layers that have pixels
    double pixels = 0;               // of all of them: what overlaps counts for each
    std::optional<double> hectares;  // nothing where the picture has no place, or one of the labels has none
};

// Of a raster or a picture, its first frame; classes in the ontology's order, also those without a label.
// Errors: malformed (its place cannot be used); cancelled.
[[nodiscard]] base::Result<std::vector<ClassArea>> class_areas(const labels::State& state,
                                                               const labels::Asset& asset,
                                                               std::stop_token stop = {});

}  // namespace formats
