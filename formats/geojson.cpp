// GeoJSON (RFC 7946): always WGS 84, longitude before latitude, outlines anticlockwise, seven decimals, cut
// at the antimeridian. OGR does none of that unless it is asked (RFC7946=YES); the cutting is ours.

#include "formats/drivers.h"
#include "formats/geo_vector.h"

namespace formats {

namespace {

constexpr std::string_view k_extensions[] = {".geojson", ".json"};

const VectorFormat& format() {
    static const VectorFormat made = {
        .id = "geojson",
        .writer = "GeoJSON",
        .readers = {"GeoJSON"},
        .extension = ".geojson",
        .decimals = 7,
        .lonlat_only = true,
        .layer_options = {"RFC7946=YES"},
    };
    return made;
}

Match probe(std::span<const std::byte> first_bytes, const std::filesystem::path&) {
    const std::string_view text(reinterpret_cast<const char*>(first_bytes.data()), first_bytes.size());
    const auto first = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    if (first == std::string_view::npos || text[first] != '{') return Match::no;
    const auto has = [&](std::string_view key) { return text.find(key) != std::string_view::npos; };
    if (has("\"FeatureCollection\"") || (has("\"Feature\"") && has("\"geometry\""))) return Match::certain;
    return has("\"coordinates\"") && has("\"type\"") ? Match::maybe : Match::no;
}

}  // namespace

const FormatDriver geojson_driver = {
    .id = "geojson",
    .title = "GeoJSON (RFC 7946)",
    .extensions = k_extensions,
    .carries =
        "Boxes, ellipses, polygons with holes, polylines, points and masks of rasters and pictures, in "
        "longitude and latitude of WGS 84; "
        "class, name, attributes, source, confidence and author as fields, and the area in hectares; of mask "
        "layers a polygon for each piece, with its class, value and area.",
    .loses =
        "Ellipses become polygons of 64 corners, masks polygons along the edges of their pixels (both are "
        "known "
        "again on the way back, where nothing changed them); what is finer than seven decimals of a degree "
        "(a centimetre), layers, groups, and numbers' own spelling; mask layers come back as polygons.",
    .probe = probe,
    .read = read_as<format>,
    .write = write_as<format>,
    .in_a_crs = true,
    .options = k_vector_options,
};

}  // namespace formats
