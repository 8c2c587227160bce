#include "media/band_presets.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

namespace media {
namespace {

using Numbers = std::array<int, k_band_roles>;  // blue, green, red, nir, swir1, swir2; 0: has none

std::string lower(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

// The letters-and-digits pieces: "Short-wave_infrared 1" -> short wave infrared 1; "SWIR1" -> swir 1.
std::vector<std::string> words_of(std::string_view text) {
    const auto kind = [](char c) { return c >= '0' && c <= '9' ? 2 : c >= 'a' && c <= 'z' ? 1 : 0; };
    std::vector<std::string> words;
    int before = 0;
    for (const char c : lower(text)) {
        if (const int now = kind(c); now != 0) {
            if (now != before) words.emplace_back();
            words.back() += c;
        }
        before = kind(c);
    }
    return words;
}

bool has(const std::vector<std::string>& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

// Wavelengths: the nearest band within what the sensors named above cover.
struct Range {
    double low, centre, high;
};
constexpr std::array<Range, k_band_roles> k_wavelengths_um = {{{0.45, 0.485, 0.52},
                                                               {0.525, 0.56, 0.605},
                                                               {0.62, 0.66, 0.695},
                                                               {0.76, 0.84, 0.91},
                                                               {1.55, 1.61, 1.75},
                                                               {2.06, 2.2, 2.35}}};

// "…, central wavelength 665 nm", as GDAL's Sentinel-2 driver has it.
std::optional<double> described_wavelength(std::string_view description) {
    static constexpr std::string_view k_label = "wavelength ";
    const std::string text = lower(description);
    const auto label = text.find(k_label);
    if (label == std::string::npos) return std::nullopt;
    char* end = nullptr;
    const char* const begin = text.c_str() + label + k_label.size();
    const double number = std::strtod(begin, &end);
    const std::string_view unit = end;
    if (end == begin || !std::isfinite(number)) return std::nullopt;
    if (unit.starts_with(" nm")) return number / 1000;
    if (unit.starts_with(" um") || unit.starts_with(" µm")) return number;
    return std::nullopt;
}

Numbers by_wavelength(const RasterBands& raster) {
    Numbers found{};
    for (std::size_t role = 0; role < k_band_roles; ++role) {
        const Range& range = k_wavelengths_um[role];
        double nearest = 1e9;
        for (std::size_t i = 0; i < raster.bands.size(); ++i) {
            const BandFacts& band = raster.bands[i];
            const auto um = band.wavelength_um ? band.wavelength_um : described_wavelength(band.description);
            if (!um || !(*um >= range.low && *um <= range.high)) continue;
            if (std::abs(*um - range.centre) >= nearest) continue;
            nearest = std::abs(*um - range.centre);
            found[role] = static_cast<int>(i) + 1;
        }
    }
    return found;
}

std::optional<BandRole> role_in_words(const std::vector<std::string>& words) {
    if (has(words, "edge") || has(words, "rededge") || has(words, "coastal") || has(words, "thermal") ||
        has(words, "pan") || has(words, "panchromatic") || has(words, "mask"))
        return std::nullopt;
    const bool is_infrared = has(words, "infrared") || has(words, "ir");
    const bool is_short = has(words, "short") || has(words, "shortwave") || has(words, "swir");
    if (has(words, "swir") || (is_infrared && is_short)) {
        if (has(words, "1") == has(words, "2")) return std::nullopt;
        return has(words, "2") ? BandRole::swir2 : BandRole::swir1;
    }
    if (has(words, "nir") || (is_infrared && has(words, "near"))) return BandRole::nir;
    if (is_infrared) return std::nullopt;
    if (has(words, "red")) return BandRole::red;
    if (has(words, "green")) return BandRole::green;
    if (has(words, "blue")) return BandRole::blue;
    return std::nullopt;
}

// The first that is called so; where one is called nothing but that ("NIR" beside "NIR narrow"), that one.
Numbers by_words(const RasterBands& raster) {
    Numbers found{};
    std::array<std::size_t, k_band_roles> length{};
    for (std::size_t i = 0; i < raster.bands.size(); ++i)
        for (const std::string& text : {raster.bands[i].description, raster.bands[i].name}) {
            const auto words = words_of(text);
            const auto role = role_in_words(words);
            if (!role) continue;
            const auto at = static_cast<std::size_t>(*role);
            if (found[at] != 0 && words.size() >= length[at]) continue;
            found[at] = static_cast<int>(i) + 1;
            length[at] = words.size();
        }
    return found;
}

Numbers by_colour(const RasterBands& raster) {
    Numbers found{};
    for (std::size_t i = 0; i < raster.bands.size(); ++i) {
        const std::string color = lower(raster.bands[i].color);
        for (const auto& [word, role] : {std::pair{"red", BandRole::red}, std::pair{"green", BandRole::green},
                                         std::pair{"blue", BandRole::blue}})
            if (auto& number = found[static_cast<std::size_t>(role)]; color == word && number == 0)
                number = static_cast<int>(i) + 1;
    }
    return found;
}

// The names of a sensor's bands, and the orders its products have them in.
struct Sensor {
    std::string_view name;
    std::array<std::string_view, k_band_roles> called;
    struct Order {
        std::size_t count;
        Numbers numbers;
    };
    std::vector<Order> orders;
};
const std::vector<Sensor>& sensors() {
    static const std::vector<Sensor> k_sensors = {
        {"Sentinel-2",
         {"2", "3", "4", "8", "11", "12"},
         {{13, {2, 3, 4, 8, 12, 13}}, {12, {2, 3, 4, 8, 11, 12}}}},  // 12: without band 10
        {"Landsat 8/9",
         {"2", "3", "4", "5", "6", "7"},
         {{7, {2, 3, 4, 5, 6, 7}}, {11, {2, 3, 4, 5, 6, 7}}, {6, {1, 2, 3, 4, 5, 6}}}},  // 6: without band 1
        {"Landsat 4/5/7",
         {"1", "2", "3", "4", "5", "7"},
         {{6, {1, 2, 3, 4, 5, 6}},
          {7, {1, 2, 3, 4, 5, 7}},
          {8, {1, 2, 3, 4, 5, 7}}}},  // 6: without the thermal
    };
    return k_sensors;
}
enum : std::size_t { k_sentinel_2, k_landsat_8, k_landsat_5 };

const Sensor* named_sensor(std::string_view text) {
    const auto words = words_of(text);
    const auto says = [&](std::string_view a, std::string_view b) {
        const auto at = std::ranges::find(words, a);
        return at != words.end() && at + 1 != words.end() && *(at + 1) == b;
    };
    if (says("sentinel", "2") || says("s", "2")) return &sensors()[k_sentinel_2];
    for (const char* number : {"8", "9"})
        if (says("landsat", number)) return &sensors()[k_landsat_8];
    for (const char* number : {"4", "5", "7"})
        if (says("landsat", number)) return &sensors()[k_landsat_5];
    if (has(words, "oli")) return &sensors()[k_landsat_8];
    if (has(words, "tm") || has(words, "etm")) return &sensors()[k_landsat_5];
    return nullptr;
}

// The number or "8a" in "B04", "SR_B4", "b8A", "Band 4"; empty when it is called otherwise.
struct Code {
    std::string number;
    bool is_padded = false, is_surface = false;  // "B04"; "SR_B4"
};
Code code_of(const BandFacts& band) {
    for (const std::string& text : {band.name, band.description}) {
        std::string_view rest = text;
        const std::string small = lower(text);
        rest = small;
        Code code;
        if (rest.starts_with("sr_")) {
            code.is_surface = true;
            rest.remove_prefix(3);
        }
        if (rest.starts_with("band"))
            rest.remove_prefix(4);
        else if (rest.starts_with("b"))
            rest.remove_prefix(1);
        else
            continue;
        if (rest.starts_with(" ") || rest.starts_with("_")) rest.remove_prefix(1);
        if (rest.starts_with("0")) {
            code.is_padded = true;
            rest.remove_prefix(1);
        }
        code.number = rest.substr(0, rest.find_first_not_of("0123456789a"));
        if (!code.number.empty() && rest.size() <= 3) return code;
    }
    return {};
}

// Whose names the bands bear where nobody says it: only Sentinel-2 writes B04 and B8A, and Landsat's surface
// reflectance has a B6 on Landsat 8 and 9 only, its thermal band being no reflectance.
const Sensor* sensor_of_codes(const std::vector<Code>& codes) {
    const auto any = [&](auto what) { return std::ranges::any_of(codes, what); };
    if (any([](const Code& code) { return code.number == "8a" || (code.is_padded && code.number == "8"); }))
        return &sensors()[k_sentinel_2];
    if (!any([](const Code& code) { return code.is_surface; })) return nullptr;
    const bool has_6 = any([](const Code& code) { return code.is_surface && code.number == "6"; });
    const bool has_7 = any([](const Code& code) { return code.is_surface && code.number == "7"; });
    if (!has_7) return nullptr;  // a choice of bands, of either
    return &sensors()[has_6 ? k_landsat_8 : k_landsat_5];
}

Numbers by_code(const std::vector<Code>& codes, const Sensor& sensor) {
    Numbers found{};
    for (std::size_t role = 0; role < k_band_roles; ++role) {
        const auto at = std::ranges::find(codes, sensor.called[role], &Code::number);
        if (at != codes.end()) found[role] = static_cast<int>(at - codes.begin()) + 1;
    }
    return found;
}

// Two that make a view; one alone says little and leaves the word to the next kind of evidence.
bool is_enough(const Numbers& found) {
    return std::ranges::count_if(found, [](int number) { return number != 0; }) >= 2;
}

bool says_nothing(const BandFacts& band) {
    const std::string color = lower(band.color);
    return band.name.empty() && band.description.empty() && !band.wavelength_um &&
           (color.empty() || color == "undefined" || color == "gray");
}

BandRoles by_order(const RasterBands& raster, const Sensor* sensor) {
    const std::size_t count = raster.bands.size();
    const auto order_in = [&](const Sensor& each) -> std::optional<Numbers> {
        for (const auto& order : each.orders)
            if (order.count == count) return order.numbers;
        return std::nullopt;
    };
    const auto guess = [](const Numbers& numbers, std::string_view whose) {
        return BandRoles{numbers, true, fmt::format("{}'s order of bands", whose)};
    };
    if (sensor != nullptr) {
        const auto numbers = order_in(*sensor);
        return numbers ? guess(*numbers, sensor->name) : BandRoles{};
    }
    if (count == 4) return {{3, 2, 1, 4}, true, "the usual order of four bands"};
    if (count == 6) return guess(*order_in(sensors()[k_landsat_5]), sensors()[k_landsat_5].name);
    // Seven may be Landsat 5 with its thermal band or Landsat 8: blue is 1 or 2.
    if (const auto numbers = count >= 12 ? order_in(sensors()[k_sentinel_2]) : std::nullopt)
        return guess(*numbers, sensors()[k_sentinel_2].name);
    return {};
}

}  // namespace

BandRoles find_band_roles(const RasterBands& raster) {
    if (const Numbers found = by_wavelength(raster); is_enough(found)) return {found, false, "wavelengths"};
    if (const Numbers found = by_words(raster); is_enough(found)) return {found, false, "descriptions"};
    std::vector<Code> codes;
    for (const BandFacts& band : raster.bands) codes.push_back(code_of(band));
    const Sensor* const named = named_sensor(raster.sensor);
    if (const Sensor* const sensor = named != nullptr ? named : sensor_of_codes(codes))
        if (const Numbers found = by_code(codes, *sensor); is_enough(found))
            return {found, false, fmt::format("{}'s names of bands", sensor->name)};
    if (Numbers found = by_colour(raster); is_enough(found)) {
        if (raster.bands.size() != 4 || !says_nothing(raster.bands[3]))
            return {found, false, "color interpretation"};
        found[static_cast<std::size_t>(BandRole::nir)] = 4;
        return {found, true, "color interpretation, and near infrared as the usual fourth band"};
    }
    // Bands that are called something else are not what their place would make of them.
    if (named == nullptr && !std::ranges::all_of(raster.bands, says_nothing)) return {};
    return by_order(raster, named);
}

std::vector<BandPreset> band_presets(const BandRoles& roles) {
    std::vector<BandPreset> presets;
    const auto all_known = [&](std::initializer_list<BandRole> needed) {
        return std::ranges::all_of(needed, [&](BandRole role) { return roles.of(role) != 0; });
    };
    const auto add_colours = [&](std::string_view id, std::string_view name,
                                 const std::array<BandRole, 3>& rgb) {
        if (!all_known({rgb[0], rgb[1], rgb[2]})) return;
        BandPreset preset{std::string{id}, std::string{name}, {}, {}, {}, roles.is_guess};
        for (const BandRole role : rgb) preset.expressions.push_back(fmt::format("b{}", roles.of(role)));
        presets.push_back(std::move(preset));
    };
    const auto add_index = [&](std::string_view id, std::string_view name, BandRole plus, BandRole minus,
                               std::string_view color_map) {
        if (!all_known({plus, minus})) return;
        const int a = roles.of(plus), b = roles.of(minus);
        presets.push_back({std::string{id},
                           std::string{name},
                           {fmt::format("(b{0}-b{1})/(b{0}+b{1})", a, b)},
                           BandPreset::Range{-1, 1},
                           std::string{color_map},
                           roles.is_guess});
    };
    using enum BandRole;
    add_colours("true-color", "True colour", {red, green, blue});
    add_colours("false-color", "False colour", {nir, red, green});
    add_index("ndvi", "NDVI", nir, red, "rdylgn");
    add_index("ndwi", "NDWI", green, nir, "rdbu");
    add_index("nbr", "NBR", nir, swir2, "rdylgn");
    return presets;
}

}  // namespace media
