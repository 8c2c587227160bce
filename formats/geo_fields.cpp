#include <algorithm>

#include <cpl_port.h>

#include "formats/geo_vector.h"

namespace formats {

namespace {

// SQLite's and GeoPackage's keys, and what the KML reader makes of every placemark.
constexpr const char* k_columns[] = {"fid",       "ogc_fid",    "geom",      "geometry",     "description",
                                     "timestamp", "begin",      "end",       "altitudeMode", "tessellate",
                                     "extrude",   "visibility", "drawOrder", "icon"};

std::string_view without_underscores(std::string_view name) {
    while (name.ends_with('_')) name.remove_suffix(1);
    return name;
}

bool is_reserved(std::string_view name) {
    const std::string text(name);
    const auto same = [&](const char* each) { return EQUAL(each, text.c_str()); };
    return std::ranges::any_of(field::all, same) || is_column_of_formats(name);
}

}  // namespace

bool is_column_of_formats(std::string_view name) {
    const std::string text(name);
    return std::ranges::any_of(k_columns, [&](const char* each) { return EQUAL(each, text.c_str()); });
}

std::string field_of_attribute(std::string_view attribute) {
    std::string name(attribute);
    if (is_reserved(without_underscores(attribute))) name += '_';
    return name;
}

std::string attribute_of_field(std::string_view name) {
    if (name.ends_with('_') && is_reserved(without_underscores(name))) name.remove_suffix(1);
    return std::string(name);
}

}  // namespace formats
