// GeoPackage (OGC 12-128): a layer for each medium, written in one transaction each.

#include "formats/drivers.h"
#include "formats/geo_vector.h"

namespace formats {

namespace {

constexpr std::string_view k_extensions[] = {".gpkg"};

const VectorFormat& format() {
    static const VectorFormat made = {
        .id = "gpkg",
        .writer = "GPKG",
        .readers = {"GPKG"},
        .extension = ".gpkg",
        .many_layers = true,
        .layer_options = {"GEOMETRY_NAME=geom", "FID=fid"},
    };
    return made;
}

// An SQLite file whose application_id (bytes 68 to 71) is GPKG, or GP10 or GP11 of the first versions.
Match probe(std::span<const std::byte> first_bytes, const std::filesystem::path&) {
    const std::string_view text(reinterpret_cast<const char*>(first_bytes.data()), first_bytes.size());
    constexpr std::size_t k_application_id = 68;
    if (!text.starts_with("SQLite format 3") || text.size() < k_application_id + 4) return Match::no;
    const std::string_view id = text.substr(k_application_id, 4);
    return id == "GPKG" || id == "GP10" || id == "GP11" ? Match::certain : Match::no;
}

}  // namespace

const FormatDriver gpkg_driver = {
    .id = "gpkg",
    .title = "GeoPackage",
    .extensions = k_extensions,
    .carries =
        "Boxes, ellipses, polygons with holes, polylines, points and masks of rasters and pictures, in the "
        "raster's own CRS or a chosen one, a layer for each medium; "
        "class, name, attributes, source, confidence and author as fields, and the area in hectares; of mask "
        "layers a polygon for each piece, with its class, value and area.",
    .loses =
        "Ellipses become polygons of 64 corners, masks polygons along the edges of their pixels (both are "
        "known "
        "again on the way back, where nothing changed them); layers, groups, and numbers' own spelling; mask "
        "layers come back as polygons.",
    .probe = probe,
    .read = read_as<format>,
    .write = write_as<format>,
    .in_a_crs = true,
    .options = k_vector_options,
};

}  // namespace formats
