#pragma once
// From a raster's pixels to the ground and back.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/georeference.h"
#include "base/result.h"

namespace geo {

// x is the longitude, y the latitude, in degrees, WGS 84 (or the body's own, where the CRS is not of the
// Earth).
using LonLat = base::Point;

// What a CRS is called and counts in.
struct CrsFacts {
    std::string name;       // "WGS 84 / UTM zone 25S"; empty: none
    std::string authority;  // "EPSG:32725"; empty where nobody has numbered it
    bool geographic = false;
    bool of_the_earth = false;
    bool is_wgs84 = false;       // longitude and latitude of it, in whatever order its authority names them
    double metres_per_unit = 1;  // of projected coordinates
    std::string unit;            // "metre", "degree", "US survey foot"
};
[[nodiscard]] CrsFacts crs_facts(const std::string& crs);
// What a person types ("EPSG:4326", "32633", WKT, PROJ string) as WKT. Reads no file and no network. Errors:
// malformed, naming it.
[[nodiscard]] base::Result<std::string> crs_from_text(const std::string& text);

// Coordinates of one CRS in another, x before y in both. One thread at a time.
class CrsTransform {
public:
    // Errors: malformed, unsupported (no way leads from one to the other).
    [[nodiscard]] static base::Result<CrsTransform> create(const std::string& from_wkt,
                                                           const std::string& to_wkt);
    CrsTransform(CrsTransform&&) noexcept;
    CrsTransform& operator=(CrsTransform&&) noexcept;
    ~CrsTransform();
    // Nothing where the point has no counterpart.
    [[nodiscard]] std::optional<base::Point> operator()(base::Point p) const;

private:
    struct Impl;
    explicit CrsTransform(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

// Pixels are level-0 coordinates, corner-based. One thread at a time. Points that have no counterpart (beyond
// the horizon of a projection, no CRS) give nothing.
class Placement {
public:
    // Uses the geotransform, else the GCPs (a polynomial; thin-plate splines where that misses by more than a
    // pixel), else the RPCs (at their own height, in longitude and latitude, WGS 84, whatever `crs` says).
    // The picture's size says on which turn of the globe a coordinate is meant: that nearest to its centre; 0
    // where it is not known. Errors: malformed (a CRS or a transform that cannot be used); refused where
    // `reference` is empty().
    [[nodiscard]] static base::Result<Placement> create(const base::Georeference& reference,
                                                        double width_px = 0, double height_px = 0);
    Placement(Placement&&) noexcept;
    Placement& operator=(Placement&&) noexcept;
    ~Placement();

    [[nodiscard]] const CrsFacts& crs() const;
    [[nodiscard]] const std::string& crs_wkt() const;  // of crs_from_pixel; empty: none
    [[nodiscard]] std::optional<base::Point> crs_from_pixel(base::Point pixel) const;
    [[nodiscard]] std::optional<base::Point> pixel_from_crs(base::Point in_crs) const;
    // Nothing where the CRS is unknown.
    [[nodiscard]] std::optional<LonLat> lonlat_from_pixel(base::Point pixel) const;
    [[nodiscard]] std::optional<base::Point> pixel_from_lonlat(LonLat lonlat) const;

    // On the CRS's ellipsoid, along geodesics; in the CRS's plane where it is not tied to a body. Of a path
    // in pixels, its legs densified so that a straight line on the picture is measured, not the geodesic
    // between its ends. Nothing where a point has no place, or no CRS says what its unit is.
    [[nodiscard]] std::optional<double> length_m(std::span<const base::Point> path_in_pixels) const;
    // Of what the ring encloses, either way round and closed or not; never negative.
    [[nodiscard]] std::optional<double> area_m2(std::span<const base::Point> ring_in_pixels) const;
    // Of the pixel with that corner, for geographic CRSs whose rows are parallels: what lies between two of
    // them and two meridians, in closed form (Snyder 1987, Map Projections, 3-12). Nothing where it has no
    // place, or the CRS is not geographic or tied to no body.
    [[nodiscard]] std::optional<double> pixel_area_m2(base::Point corner) const;

private:
    struct Impl;
    explicit Placement(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

}  // namespace geo
