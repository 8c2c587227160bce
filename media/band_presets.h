#pragma once
// Which band is which color, as far as a file says it, and the views that can be made of them.

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace media {

// Of one band, whatever the file says; all may be empty.
struct BandFacts {
    std::string name;                     // "B04", "SR_B5"
    std::string description;              // "Near infrared", "B4, central wavelength 665 nm"
    std::string color;                    // GDAL's color interpretation: "Red", "Gray", "Undefined" …
    std::optional<double> wavelength_um;  // its centre, in micrometres
};

struct RasterBands {
    std::vector<BandFacts> bands;
    std::string
        sensor;  // what the metadata calls spacecraft or product: "LANDSAT_8", "Sentinel-2A"; may be empty
};

enum class BandRole { blue, green, red, nir, swir1, swir2 };
inline constexpr std::size_t k_band_roles = 6;

struct BandRoles {
    std::array<int, k_band_roles> band{};  // by BandRole, from 1; 0: there is none that is known to be it
    bool is_guess = false;                 // from the order of the bands alone
    std::string because;  // "wavelengths", "descriptions", "Sentinel-2's order of bands"; for a tip
    [[nodiscard]] int of(BandRole role) const { return band[static_cast<std::size_t>(role)]; }
};

// What is said is believed in this order: wavelengths, names and descriptions, the numbers a named or
// recognised sensor gives its bands, color interpretation, and last the order that is usual for the sensor
// or the number of bands, which is a guess. Of two kinds of evidence the better one decides alone, except
// that beside red, green and blue a fourth band without a meaning is guessed to be near infrared.
[[nodiscard]] BandRoles find_band_roles(const RasterBands& raster);

struct BandPreset {
    std::string id;    // "ndvi"; kept in settings
    std::string name;  // "NDVI"
    // Texts for BandMath: one, coloured by `color_map`, or three, for red, green and blue.
    std::vector<std::string> expressions;
    struct Range {
        double low = -1, high = 1;
    };
    std::optional<Range> range;  // of what is shown; nothing: as the picture's own values suggest
    std::string color_map;       // matplotlib's name in lower case ("rdylgn"); empty for three expressions
    bool is_guess = false;
};

// Those whose bands are all known, in the order of a menu: true color, false color (nir, red, green), NDVI
// (Rouse 1973), NDWI (McFeeters 1996, green and nir), NBR (nir and swir2). None when nothing is known.
[[nodiscard]] std::vector<BandPreset> band_presets(const BandRoles& roles);

}  // namespace media
