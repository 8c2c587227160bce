// ESRI Shapefile: .shp, .shx, .dbf, .prj and .cpg beside each other, one kind of shape a file.

#include "formats/drivers.h"
#include "formats/geo_vector.h"

namespace formats {

namespace {

constexpr std::string_view k_extensions[] = {".shp"};

const VectorFormat& format() {
    static const VectorFormat made = {
        .id = "shapefile",
        .writer = "ESRI Shapefile",
        .readers = {"ESRI Shapefile"},
        .extension = ".shp",
        .one_kind_a_file = true,
        .layer_options = {"ENCODING=UTF-8"},
    };
    return made;
}

Match probe(std::span<const std::byte> first_bytes, const std::filesystem::path&) {
    const std::string_view text(reinterpret_cast<const char*>(first_bytes.data()), first_bytes.size());
    // The file code 9994, big-endian.
    return text.starts_with(std::string_view("\0\0\x27\x0A", 4)) && text.size() >= 100 ? Match::certain
                                                                                       : Match::no;
}

}  // namespace

const FormatDriver shapefile_driver = {
    .id = "shapefile",
    .title = "ESRI Shapefile",
    .extensions = k_extensions,
    .carries =
        "Boxes, ellipses, polygons with holes, polylines, points and masks of rasters and pictures, in the "
        "raster's own CRS or a chosen one; polygons, lines and points in files of their own; "
        "class, name, attributes, source, confidence and author as fields, and the area in hectares; of mask "
        "layers a polygon for each piece, with its class, value and area.",
    .loses =
        "Ellipses become polygons of 64 corners, masks polygons along the edges of their pixels (both are "
        "known "
        "again on the way back, where nothing changed them); names of fields longer than ten characters, "
        "texts longer than 254 bytes, layers, groups, and numbers' own spelling; mask layers come back as "
        "polygons.",
    .probe = probe,
    .read = read_as<format>,
    .write = write_as<format>,
    .in_a_crs = true,
    .options = k_vector_options,
};

}  // namespace formats
