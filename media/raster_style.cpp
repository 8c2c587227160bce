#include "media/raster_style.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numbers>

#include "geo/placement.h"
#include "media/color_map.h"

namespace media {
namespace {

bool is_plain(const RasterBand& band) { return band.type == "Byte"; }

std::string band_name(int number) { return fmt::format("b{}", number); }

// The bands that say they are red, green and blue, else the first three.
std::vector<std::string> color_channels(const RasterInfo& info) {
    std::vector<std::string> channels;
    for (const char* color : {"Red", "Green", "Blue"}) {
        const auto found = std::ranges::find(info.bands, color, &RasterBand::color);
        if (found != info.bands.end()) channels.push_back(band_name(found->number));
    }
    if (channels.size() == 3) return channels;
    channels.clear();
    for (const RasterBand& band : info.bands)
        if (band.color != "Alpha" && channels.size() < 3) channels.push_back(band_name(band.number));
    if (channels.size() < 3) channels.resize(std::min<std::size_t>(channels.size(), 1));
    if (channels.empty()) channels.push_back("b1");
    return channels;
}

ValueRange full_range(const RasterBand& band, const ValueStats& stats) {
    if (band.type == "Byte") return {0, 255};
    if (band.type == "UInt16") return {0, 65535};
    if (band.type == "Int8") return {-128, 127};
    if (band.type == "Int16") return {-32768, 32767};
    return {stats.min, stats.max};
}

// Never empty, so that a uniform picture is still shown.
ValueRange widened(ValueRange range) {
    if (range.high > range.low) return range;
    const float by = std::max(std::abs(range.low) * 1e-3f, 0.5f);
    return {range.low - by, range.low + by};
}

ValueRange range_of(const RasterStyle& style, const RasterInfo& info, std::size_t channel,
                    const BandMath& math, const ValueStats& stats) {
    switch (style.stretch) {
        case Stretch::manual:
            if (channel < style.ranges.size()) return widened(style.ranges[channel]);
            return widened({stats.min, stats.max});
        case Stretch::none:
            if (math.is_band())
                return widened(
                    full_range(info.bands[static_cast<std::size_t>(math.bands().front() - 1)], stats));
            return widened({stats.min, stats.max});
        case Stretch::min_max:
            return widened({stats.min, stats.max});
        case Stretch::percentile: {
            const ValueRange range{stats.quantile(style.low_percent / 100),
                                   stats.quantile(style.high_percent / 100)};
            return range.high > range.low ? range : widened({stats.min, stats.max});
        }
        case Stretch::deviation: {
            const double half = stats.deviation * style.deviations;
            return widened({static_cast<float>(stats.mean - half), static_cast<float>(stats.mean + half)});
        }
    }
    return {};
}

double along_curve(const std::vector<base::Point>& curve, double at) {
    if (curve.empty()) return at;
    if (at <= curve.front().x) return curve.front().y;
    for (std::size_t i = 1; i < curve.size(); ++i)
        if (at <= curve[i].x) {
            const double width = curve[i].x - curve[i - 1].x;
            const double part = width > 0 ? (at - curve[i - 1].x) / width : 1;
            return curve[i - 1].y + part * (curve[i].y - curve[i - 1].y);
        }
    return curve.back().y;
}

std::uint8_t to_byte(double value) {
    return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0, 1.0) * 255));
}

void add_lut(const RasterStyle& style, std::size_t channel, bool alone, RasterShading& shading) {
    const ColorMap& map = find_color_map(style.color_map);
    for (int i = 0; i < RasterShading::k_lut_size; ++i) {
        double value = static_cast<double>(i) / (RasterShading::k_lut_size - 1);
        value = std::pow(value, 1 / std::max(style.gamma[channel], 0.01));
        value = along_curve(style.curve[channel], value);
        if (style.inverted) value = 1 - value;
        if (!alone) {
            const std::uint8_t byte = to_byte(value);
            shading.lut.push_back({byte, byte, byte, 255});
            continue;
        }
        const auto color = map.at(static_cast<float>(value));
        shading.lut.push_back({to_byte(color[0]), to_byte(color[1]), to_byte(color[2]), 255});
    }
}

void find_cell_size(const RasterInfo& info, RasterShading& shading) {
    if (!info.reference.geotransform) return;
    const auto& g = *info.reference.geotransform;
    shading.cell_width_m = std::hypot(g[1], g[4]);
    shading.cell_height_m = std::hypot(g[2], g[5]);
    if (info.reference.crs.empty()) return;
    const geo::CrsFacts crs = geo::crs_facts(info.reference.crs);
    if (!crs.geographic) {
        shading.cell_width_m *= crs.metres_per_unit;
        shading.cell_height_m *= crs.metres_per_unit;
        return;
    }
    constexpr double k_metres_per_degree = 111320;  // of the Earth's equator
    const double latitude = g[3] + g[4] * info.width_px / 2 + g[5] * info.height_px / 2;
    shading.cell_height_m *= k_metres_per_degree;
    shading.cell_width_m *= k_metres_per_degree * std::max(std::cos(latitude * std::numbers::pi / 180), 0.01);
}

}  // namespace

std::vector<BandPreset> presets_of(const RasterInfo& info) {
    RasterBands bands;
    for (const RasterBand& band : info.bands)
        bands.bands.push_back({.name = {},
                               .description = band.description,
                               .color = band.color,
                               .wavelength_um = band.wavelength_um});
    constexpr std::array k_keys = {"SPACECRAFT_ID",
                                   "SATELLITE",
                                   "SATELLITEID",
                                   "SENSOR",
                                   "SPACECRAFT_1_SPACECRAFT_NAME",
                                   "DATATAKE_1_SPACECRAFT_NAME",
                                   "PRODUCT_TYPE"};
    for (const auto& [name, value] : info.metadata)
        if (std::ranges::find(k_keys, name) != k_keys.end() && bands.sensor.empty()) bands.sensor = value;
    return band_presets(find_band_roles(bands));
}

RasterStyle with_preset(RasterStyle style, const BandPreset& preset) {
    style.preset = preset.id;
    style.channels = preset.expressions;
    style.hillshade = false;
    style.palette = false;
    if (!preset.color_map.empty()) style.color_map = preset.color_map;
    if (preset.range) {
        style.stretch = Stretch::manual;
        style.ranges.assign(3,
                            {static_cast<float>(preset.range->low), static_cast<float>(preset.range->high)});
    } else if (style.stretch == Stretch::manual) {
        style.stretch = Stretch::percentile;
    }
    return style;
}

RasterStyle default_style(const RasterInfo& info) {
    RasterStyle style;
    style.channels = color_channels(info);
    const bool says_colors = info.bands.front().color == "Red" || info.bands.size() <= 3;
    if (!says_colors)
        if (const auto presets = presets_of(info);
            !presets.empty() && presets.front().expressions.size() == 3)
            style = with_preset(style, presets.front());
    // A photograph is shown as it is; measurements are stretched.
    if (style.channels.size() == 3 && says_colors && std::ranges::all_of(info.bands, is_plain))
        style.stretch = Stretch::none;
    return style;
}

base::Result<void> set_stretch(RasterStyle& style, const std::string& text) {
    const auto wrong = [&] {
        return base::fail(base::ErrorKind::malformed,
                          "There is no such stretch; give none, minmax, 2-98 (percent), 2sd, or LOW,HIGH "
                          "with LOW below HIGH: {}",
                          text);
    };
    std::vector<double> numbers;
    const char* at = text.data();
    const char* const end = at + text.size();
    if (text == "none") return style.stretch = Stretch::none, base::Result<void>{};
    if (text == "minmax") return style.stretch = Stretch::min_max, base::Result<void>{};
    if (text == "percent") return style.stretch = Stretch::percentile, base::Result<void>{};
    if (text == "stddev") return style.stretch = Stretch::deviation, base::Result<void>{};
    char between = 0;
    while (at < end) {
        double number = 0;
        const auto [rest, error] = std::from_chars(at, end, number);
        if (error != std::errc{} || !std::isfinite(number)) return wrong();
        numbers.push_back(number);
        at = rest;
        if (at == end) break;
        if (std::string_view{at, end} == "sd") {
            if (numbers.size() != 1 || number <= 0) return wrong();
            style.stretch = Stretch::deviation;
            style.deviations = number;
            return {};
        }
        if ((between != 0 && *at != between) || (*at != '-' && *at != ',')) return wrong();
        between = *at++;
    }
    if (between == '-' && numbers.size() == 2 && numbers[0] >= 0 && numbers[1] <= 100 &&
        numbers[0] < numbers[1]) {
        style.stretch = Stretch::percentile;
        style.low_percent = numbers[0];
        style.high_percent = numbers[1];
        return {};
    }
    if (between != ',' || (numbers.size() != 2 && numbers.size() != 6)) return wrong();
    for (std::size_t i = 0; i + 1 < numbers.size(); i += 2)
        if (numbers[i] >= numbers[i + 1]) return wrong();
    style.stretch = Stretch::manual;
    style.ranges.clear();
    for (std::size_t i = 0; i < 3; ++i) {
        const std::size_t from = numbers.size() == 6 ? 2 * i : 0;
        style.ranges.push_back({static_cast<float>(numbers[from]), static_cast<float>(numbers[from + 1])});
    }
    return {};
}

base::Result<RasterShading> make_shading(const RasterStyle& style, const RasterInfo& info,
                                         std::span<const ValueStats> stats) {
    RasterShading shading;
    for (const std::string& text : style.channels) {
        auto math = BandMath::parse(text, static_cast<int>(info.bands.size()));
        if (!math) return std::unexpected(math.error());
        for (const int band : math->bands()) shading.bands.push_back(band);
        shading.channels.push_back(std::move(*math));
    }
    if (shading.channels.size() != 1 && shading.channels.size() != 3)
        return base::fail(base::ErrorKind::malformed,
                          "A raster is shown by one expression or by three, not by {}",
                          shading.channels.size());
    std::ranges::sort(shading.bands);
    const auto doubled = std::ranges::unique(shading.bands);
    shading.bands.erase(doubled.begin(), doubled.end());
    if (shading.bands.empty()) shading.bands.push_back(1);  // a constant is shown where there is a picture
    for (const int band : shading.bands) {
        const auto& nodata = info.bands[static_cast<std::size_t>(band - 1)].nodata;
        shading.nodata.push_back(nodata ? std::optional{static_cast<float>(*nodata)} : std::nullopt);
    }
    if (info.mask_band == 0) {
        shading.bands.push_back(0);
        shading.nodata.push_back({});
    }
    const bool alone = shading.channels.size() == 1;
    const BandMath& first = shading.channels.front();
    if (alone && first.is_band()) {
        const RasterBand& band = info.bands[static_cast<std::size_t>(first.bands().front() - 1)];
        if (style.palette) shading.palette = band.palette;
        shading.hillshade = style.hillshade;
    }
    shading.zenith_rad = (90 - style.sun_altitude_deg) * std::numbers::pi / 180;
    shading.azimuth_rad = (360 - style.sun_azimuth_deg + 90) * std::numbers::pi / 180;
    shading.exaggeration = style.exaggeration;
    if (shading.hillshade) find_cell_size(info, shading);
    for (std::size_t i = 0; i < shading.channels.size(); ++i) {
        const ValueStats nothing;
        shading.ranges.push_back(
            range_of(style, info, i, shading.channels[i], i < stats.size() ? stats[i] : nothing));
        add_lut(style, i, alone, shading);
    }
    return shading;
}

namespace {

// The value of every channel; NaN where a band has none.
std::vector<std::vector<float>> channel_values(const RasterShading& shading,
                                               std::span<const std::vector<float>> planes,
                                               std::size_t count) {
    std::vector<std::vector<float>> out;
    for (const BandMath& math : shading.channels) {
        std::vector<std::vector<float>> inputs;
        std::vector<const float*> pointers;
        for (const int band : math.bands()) {
            const auto at =
                static_cast<std::size_t>(std::ranges::find(shading.bands, band) - shading.bands.begin());
            inputs.push_back(planes[at]);
            if (shading.nodata[at])
                std::ranges::replace(inputs.back(), *shading.nodata[at],
                                     std::numeric_limits<float>::quiet_NaN());
        }
        for (const auto& input : inputs) pointers.push_back(input.data());
        out.emplace_back(count);
        math.evaluate(pointers, count, out.back().data());
    }
    return out;
}

std::size_t lut_index(float value, ValueRange range) {
    const float at = std::clamp((value - range.low) / (range.high - range.low), 0.0f, 1.0f);
    return static_cast<std::size_t>(at * (RasterShading::k_lut_size - 1) + 0.5f);
}

}  // namespace

std::vector<ValueStats> channel_stats(const RasterShading& shading,
                                      std::span<const std::vector<float>> planes, std::size_t count) {
    std::vector<ValueStats> stats;
    auto values = channel_values(shading, planes, count);
    for (auto& channel : values) {
        if (shading.bands.back() == 0)
            for (std::size_t i = 0; i < count; ++i)
                if (planes.back()[i] == 0) channel[i] = std::numeric_limits<float>::quiet_NaN();
        stats.push_back(stats_of(channel));
    }
    return stats;
}

void shade(const RasterShading& shading, std::span<const std::vector<float>> planes, std::size_t count,
           std::uint8_t* out) {
    const auto values = channel_values(shading, planes, count);
    const bool masked = shading.bands.back() == 0;
    for (std::size_t i = 0; i < count; ++i, out += 4) {
        std::array<std::uint8_t, 4> color{
            0, 0, 0, masked ? static_cast<std::uint8_t>(planes.back()[i]) : std::uint8_t{255}};
        for (std::size_t channel = 0; channel < values.size(); ++channel) {
            const float value = values[channel][i];
            if (std::isnan(value)) {
                color[3] = 0;
                break;
            }
            if (!shading.palette.empty()) {
                const auto index = value < 0 ? shading.palette.size() : static_cast<std::size_t>(value);
                const std::uint32_t rgba = index < shading.palette.size() ? shading.palette[index] : 0;
                color = {static_cast<std::uint8_t>(rgba >> 24), static_cast<std::uint8_t>(rgba >> 16),
                         static_cast<std::uint8_t>(rgba >> 8), static_cast<std::uint8_t>(rgba)};
                break;
            }
            const auto& entry =
                shading.lut[channel * RasterShading::k_lut_size + lut_index(value, shading.ranges[channel])];
            if (values.size() == 3)
                color[channel] = entry[0];
            else
                std::copy_n(entry.begin(), 3, color.begin());
        }
        if (color[3] == 0) color = {0, 0, 0, 0};
        std::ranges::copy(color, out);
    }
}

}  // namespace media
