#pragma once
// What a raster is, and where, in words: for the command line and the panels.

#include <optional>
#include <string>
#include <vector>

#include "geo/placement.h"
#include "media/raster_info.h"

namespace app {

[[nodiscard]] std::string sample_title(const std::string& gdal_type);   // "u16" for UInt16
[[nodiscard]] std::string samples_text(const media::RasterInfo& info);  // "3 bands · u16"
[[nodiscard]] std::string length_text(double metres);                   // "28.5 m", "1.2 km", "35 cm"
[[nodiscard]] std::string area_text(double square_metres);              // "12.3 m²", "4 182.6 ha"
// "E 294108.4  N 9115201.7", or x and y in the CRS's unit.
[[nodiscard]] std::string crs_text(const geo::CrsFacts& crs, base::Point in_crs);
[[nodiscard]] std::string lonlat_text(
    geo::LonLat lonlat);  // "−8.00124, −34.86891": latitude first, as maps say it
[[nodiscard]] std::string decimals(double value, int places);  // with a true minus

// The command that prints the samples of a pixel, and the one that cuts out a part, by GDAL.
[[nodiscard]] std::string gdal_recipe(const media::RasterInfo& info, int x, int y);

// What a person types to go to a place: "x, y" pixels ("214, 187"), latitude and longitude ("-8.0012,
// -34.8689", "8°0'4\"S 34°52'8\"W"), or in the CRS ("E 294108 N 9115201"). Two bare numbers are latitude and
// longitude where the raster has a place, unless `px` follows. Nothing where it is none of them, or lies
// nowhere.
struct FoundPlace {
    base::Point pixel;
    std::string title;  // what it was taken for
};
[[nodiscard]] std::optional<FoundPlace> find_place(const std::string& text, const geo::Placement* placement);

}  // namespace app
