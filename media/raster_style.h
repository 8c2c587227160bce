#pragma once
// How a raster is shown: from samples to colours. The shader (shaders/raster.frag) and shade() below do the
// same.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "media/band_math.h"
#include "media/band_presets.h"
#include "media/raster_info.h"
#include "media/value_stats.h"

namespace media {

enum class Stretch : std::uint8_t {
    none,        // samples of 8 and 16 bit as they are; others as min_max
    min_max,     // of all values
    percentile,  // low_percent … high_percent
    deviation,   // mean ± deviations
    manual,      // `ranges` as typed
};
enum class StretchOf : std::uint8_t { whole, view };

struct ValueRange {
    float low = 0, high = 1;
    bool operator==(const ValueRange&) const = default;
};

// A plain value, kept with the view of an asset.
struct RasterStyle {
    std::string preset;  // its id; empty: none, set by hand
    std::vector<std::string>
        channels;  // BandMath; three: red, green, blue; one: by palette, color_map or hillshade
    Stretch stretch = Stretch::percentile;
    StretchOf of = StretchOf::whole;
    double low_percent = 2, high_percent = 98, deviations = 2;
    std::vector<ValueRange> ranges;        // for Stretch::manual, one a channel
    std::array<double, 3> gamma{1, 1, 1};  // per channel; above 1 is brighter
    std::array<std::vector<base::Point>, 3>
        curve;  // per channel, over gamma: (0…1, 0…1) by x; empty: straight
    std::string color_map = "grey";
    bool inverted = false;
    bool palette = true;  // where the band has one and is shown alone
    bool hillshade = false;
    double sun_azimuth_deg = 315, sun_altitude_deg = 45, exaggeration = 1;
    bool operator==(const RasterStyle&) const = default;
};

[[nodiscard]] RasterStyle default_style(const RasterInfo& info);
// The views that its bands allow, as band_presets() finds them.
[[nodiscard]] std::vector<BandPreset> presets_of(const RasterInfo& info);
[[nodiscard]] RasterStyle with_preset(RasterStyle style, const BandPreset& preset);
// "none", "minmax", "percent" or "2-98", "stddev" or "2sd", "10,4000" (manual; "0,1,0,1,0,1" for three
// channels), into the style. Errors: malformed.
[[nodiscard]] base::Result<void> set_stretch(RasterStyle& style, const std::string& text);

// A style made ready: expressions parsed, the look of every value worked out. Immutable.
struct RasterShading {
    static constexpr int k_lut_size = 1024;
    std::vector<BandMath> channels;            // one or three
    std::vector<int> bands;                    // all that they read, ascending; then 0 where there is a mask
    std::vector<std::optional<float>> nodata;  // one for each of `bands`
    std::vector<ValueRange> ranges;            // one a channel: shown as 0 and 1
    std::vector<std::array<std::uint8_t, 4>> lut;  // k_lut_size a channel: gamma and curve, or the colour map
    std::vector<std::uint32_t> palette;            // 0xRRGGBBAA by value; empty: by lut
    bool hillshade = false;
    double zenith_rad = 0, azimuth_rad = 0, exaggeration = 1;
    double cell_width_m = 1, cell_height_m = 1;  // of a level-0 pixel, near the middle
    [[nodiscard]] std::size_t lut_rows() const { return lut.size() / k_lut_size; }
};

// Errors: malformed (an expression). Ranges are those of `stats` (one a channel; may be empty before anything
// is read).
[[nodiscard]] base::Result<RasterShading> make_shading(const RasterStyle& style, const RasterInfo& info,
                                                       std::span<const ValueStats> stats);
// What to stretch from, of each channel. planes[i] has `count` samples of shading.bands[i].
[[nodiscard]] std::vector<ValueStats> channel_stats(const RasterShading& shading,
                                                    std::span<const std::vector<float>> planes,
                                                    std::size_t count);

// RGBA, 8 bit, straight alpha; 0, 0, 0, 0 where there is no value. Not for hillshade. planes as above; out
// has 4 * count bytes. The shader's colours within 1.
void shade(const RasterShading& shading, std::span<const std::vector<float>> planes, std::size_t count,
           std::uint8_t* out);

}  // namespace media
