#pragma once
// What the drivers of geographic vector formats (geojson.cpp, gpkg.cpp …) share. All go through OGR.

#include <string>
#include <string_view>
#include <vector>

#include "formats/format.h"

namespace formats {

struct VectorFormat {
    std::string_view id;
    const char* writer;                // OGR's driver
    std::vector<const char*> readers;  // the only ones that may open a file
    std::string_view extension;
    int decimals = 0;                                         // of a degree; 0: all of a double's
    bool lonlat_only = false;                                 // WGS 84, longitude before latitude
    bool many_layers = false;                                 // one file for all media
    bool one_kind_a_file = false;                             // polygons, lines and points apart
    std::vector<const char*> dataset_options, layer_options;  // "NAME=VALUE"
};

// The options of every one of these drivers.
inline constexpr FormatOption k_vector_options[] = {
    {"masks", "yes", "also the outlines of mask layers, a polygon for each piece", k_yes_or_no},
    {"simplify", "0", "how many pixels corners of those may lie off the mask's edge; 0: exact", {}, 0, 1000}};

// Errors: refused (no place on the ground, a CRS the format cannot have), io, cancelled.
[[nodiscard]] base::Result<Report> write_geo_vector(const VectorFormat& format, const labels::State& state,
                                                    const std::filesystem::path& out,
                                                    const WriteContext& context);
// Errors: malformed, refused (no medium to put it on, nothing lies on it), cancelled.
[[nodiscard]] base::Result<Report> read_geo_vector(const VectorFormat& format,
                                                   const std::filesystem::path& file, ReadContext& context);

// The two functions of a driver's row, of the format that `format` gives.
template <const VectorFormat& (*format)()>
base::Result<Report> read_as(const std::filesystem::path& file, ReadContext& context) {
    return read_geo_vector(format(), file, context);
}
template <const VectorFormat& (*format)()>
base::Result<Report> write_as(const labels::State& state, const std::filesystem::path& out,
                              const WriteContext& context) {
    return write_geo_vector(format(), state, out, context);
}

// The fields of a label beside its attributes, as both halves name them.
namespace field {
inline constexpr const char* id = "id";
inline constexpr const char* class_name = "class";
inline constexpr const char* name = "name";
inline constexpr const char* shape = "shape";
inline constexpr const char* source = "source";
inline constexpr const char* confidence = "confidence";
inline constexpr const char* author = "author";
inline constexpr const char* occluded = "occluded";
inline constexpr const char* frame = "frame";
inline constexpr const char* area = "area_ha";
inline constexpr const char* mask_layer = "mask_layer";
inline constexpr const char* mask_value = "mask_value";
inline constexpr const char* all[] = {id,     class_name, name,  shape, source,     confidence,
                                      author, occluded,   frame, area,  mask_layer, mask_value};
}  // namespace field

// The name of an attribute's field: its own, with an underscore after it where one of the above, or a column
// that formats have by themselves, is called so; and back.
[[nodiscard]] std::string field_of_attribute(std::string_view attribute);
[[nodiscard]] std::string attribute_of_field(std::string_view name);
// Columns that a format has by itself.
[[nodiscard]] bool is_column_of_formats(std::string_view name);

}  // namespace formats
