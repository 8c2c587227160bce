// KML 2.2: WGS 84, longitude before latitude; a folder for each medium.

#include "formats/drivers.h"
#include "formats/geo_vector.h"

namespace formats {

namespace {

constexpr std::string_view k_extensions[] = {".kml"};

const VectorFormat& format() {
    static const VectorFormat made = {
        .id = "kml",
        .writer = "KML",  // LIBKML holds all of a file in memory while it writes
        .readers = {"LIBKML"},
        .extension = ".kml",
        .lonlat_only = true,
        .many_layers = true,
        .dataset_options = {"NameField=name"},
    };
    return made;
}

Match probe(std::span<const std::byte> first_bytes, const std::filesystem::path&) {
    const std::string_view text(reinterpret_cast<const char*>(first_bytes.data()), first_bytes.size());
    const auto first = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    if (first == std::string_view::npos || text[first] != '<') return Match::no;
    return text.find("<kml") != std::string_view::npos ? Match::certain : Match::no;
}

}  // namespace

const FormatDriver kml_driver = {
    .id = "kml",
    .title = "KML",
    .extensions = k_extensions,
    .carries =
        "Boxes, ellipses, polygons with holes, polylines, points and masks of rasters and pictures, in "
        "longitude and latitude of WGS 84, a folder for each medium; "
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
