// FlatGeobuf: one layer a file, with an index of where its features lie.

#include "formats/drivers.h"
#include "formats/geo_vector.h"

namespace formats {

namespace {

constexpr std::string_view k_extensions[] = {".fgb"};

const VectorFormat& format() {
    static const VectorFormat made = {
        .id = "flatgeobuf",
        .writer = "FlatGeobuf",
        .readers = {"FlatGeobuf"},
        .extension = ".fgb",
    };
    return made;
}

Match probe(std::span<const std::byte> first_bytes, const std::filesystem::path&) {
    const std::string_view text(reinterpret_cast<const char*>(first_bytes.data()), first_bytes.size());
    return text.starts_with(
               "fgb\x03"
               "fgb")
               ? Match::certain
               : Match::no;
}

}  // namespace

const FormatDriver flatgeobuf_driver = {
    .id = "flatgeobuf",
    .title = "FlatGeobuf",
    .extensions = k_extensions,
    .carries =
        "Boxes, ellipses, polygons with holes, polylines, points and masks of rasters and pictures, in the "
        "raster's own CRS or a chosen one, a file for each medium; "
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
