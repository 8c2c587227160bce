#include "media/band_presets.h"

#include <doctest/doctest.h>

#include "media/band_math.h"

using namespace media;

namespace {

RasterBands unnamed(std::size_t count, std::string sensor = {}) {
    return {std::vector<BandFacts>(count), std::move(sensor)};
}
RasterBands named(std::initializer_list<const char*> names) {
    RasterBands raster;
    for (const char* name : names) raster.bands.push_back({.name = name});
    return raster;
}
RasterBands described(std::initializer_list<const char*> descriptions) {
    RasterBands raster;
    for (const char* text : descriptions) raster.bands.push_back({.description = text});
    return raster;
}
RasterBands coloured(std::initializer_list<const char*> colours) {
    RasterBands raster;
    for (const char* color : colours) raster.bands.push_back({.color = color});
    return raster;
}

// Blue, green, red, nir, swir1, swir2; a question mark where that is a guess.
std::string roles(const RasterBands& raster) {
    const BandRoles found = find_band_roles(raster);
    CHECK(found.because.empty() == (found.band == std::array<int, k_band_roles>{}));
    return fmt::format("{}{}", fmt::join(found.band, " "), found.is_guess ? "?" : "");
}

std::string presets(const RasterBands& raster) {
    std::string all;
    for (const BandPreset& preset : band_presets(find_band_roles(raster)))
        all += fmt::format("{}: {}{}; ", preset.id, fmt::join(preset.expressions, " "),
                           preset.is_guess ? "?" : "");
    return all;
}

}  // namespace

TEST_SUITE("band_presets") {
    TEST_CASE("colour_interpretation_says_red_green_and_blue") {
        CHECK(roles(coloured({"Red", "Green", "Blue"})) == "3 2 1 0 0 0");
        CHECK(roles(coloured({"Blue", "Green", "Red"})) == "1 2 3 0 0 0");
        CHECK(roles(coloured({"Red", "Green", "Blue", "Alpha"})) == "3 2 1 0 0 0");
        CHECK(roles(coloured({"Red", "Green", "Blue", "Undefined"})) == "3 2 1 4 0 0?");
        CHECK(roles(coloured({"Gray"})) == "0 0 0 0 0 0");
        CHECK(roles(coloured({"Palette"})) == "0 0 0 0 0 0");
    }

    TEST_CASE("names_and_descriptions_in_words_are_understood") {
        CHECK(roles(named({"red", "green", "blue", "nir"})) == "3 2 1 4 0 0");
        CHECK(roles(described({"Blue", "Green", "Red", "Near infrared", "SWIR 1", "SWIR2"})) ==
              "1 2 3 4 5 6");
        CHECK(roles(described({"Near-Infrared (NIR)", "Short-wave infrared 2"})) == "0 0 0 1 0 2");
        CHECK(roles(described({"red edge 1", "Red", "infrared", "coastal blue", "NIR narrow", "NIR"})) ==
              "0 0 2 6 0 0");
        CHECK(roles(described({"reddish", "greenhouse", "bluebell"})) == "0 0 0 0 0 0");
        CHECK(roles(described({"temperature", "rain", "snow", "wind"})) == "0 0 0 0 0 0");
    }

    TEST_CASE("wavelengths_are_believed_before_anything_else") {
        RasterBands many;
        for (int i = 0; i < 200; ++i)
            many.bands.push_back({.color = "Undefined", .wavelength_um = 0.4 + i * 0.01});
        CHECK(roles(many) == "9 17 27 45 122 181");
        RasterBands lies = described({"red", "green", "blue"});
        lies.bands[0].wavelength_um = 0.49;
        lies.bands[2].wavelength_um = 0.66;
        CHECK(roles(lies) == "1 0 3 0 0 0");
        CHECK(roles(described({"B4, central wavelength 665 nm", "B3, central wavelength 560 nm",
                               "B8, central wavelength 842 nm"})) == "0 2 1 3 0 0");
    }

    TEST_CASE("the_numbers_of_known_sensors_are_read_from_the_bands_names") {
        CHECK(roles(named({"B02", "B03", "B04", "B08"})) == "1 2 3 4 0 0");
        CHECK(roles(named({"B04", "B08", "B8A", "B11", "B12"})) == "0 0 1 2 4 5");
        CHECK(roles(described({"B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B8A", "B9", "B11", "B12"})) ==
              "2 3 4 8 11 12");
        CHECK(roles(named({"SR_B1", "SR_B2", "SR_B3", "SR_B4", "SR_B5", "SR_B6", "SR_B7"})) == "2 3 4 5 6 7");
        CHECK(roles(named({"SR_B1", "SR_B2", "SR_B3", "SR_B4", "SR_B5", "SR_B7"})) == "1 2 3 4 5 6");
        CHECK(roles(named({"SR_B4", "SR_B5"})) == "0 0 0 0 0 0");  // of either
        CHECK(roles(named({"B4", "B5", "B3"})) == "0 0 0 0 0 0");
        RasterBands landsat = named({"B4", "B5", "B3"});
        landsat.sensor = "LANDSAT_8";
        CHECK(roles(landsat) == "0 3 1 2 0 0");
        landsat.sensor = "LANDSAT_5";
        CHECK(roles(landsat) == "0 0 3 1 2 0");
    }

    TEST_CASE("the_order_of_unnamed_bands_gives_a_guess_marked_as_one") {
        CHECK(roles(unnamed(13)) == "2 3 4 8 12 13?");
        CHECK(roles(unnamed(12)) == "2 3 4 8 11 12?");
        CHECK(roles(unnamed(4)) == "3 2 1 4 0 0?");
        CHECK(roles(unnamed(6)) == "1 2 3 4 5 6?");
        CHECK(roles(unnamed(7, "Landsat-7 ETM+")) == "1 2 3 4 5 7?");
        CHECK(roles(unnamed(6, "LANDSAT_5")) == "1 2 3 4 5 6?");
        CHECK(roles(unnamed(7, "LANDSAT_9")) == "2 3 4 5 6 7?");
        CHECK(roles(unnamed(12, "Sentinel-2B")) == "2 3 4 8 11 12?");
        for (const std::size_t count : {0u, 1u, 2u, 3u, 5u, 7u, 8u, 20u})
            CHECK(roles(unnamed(count)) == "0 0 0 0 0 0");
        CHECK(roles(unnamed(5, "Sentinel-2A")) == "0 0 0 0 0 0");
    }

    TEST_CASE("presets_are_those_whose_bands_are_known") {
        CHECK(presets(coloured({"Red", "Green", "Blue"})) == "true-color: b1 b2 b3; ");
        CHECK(presets(unnamed(3)).empty());
        CHECK(presets(unnamed(4)) ==
              "true-color: b1 b2 b3?; false-color: b4 b1 b2?; ndvi: (b4-b1)/(b4+b1)?; ndwi: "
              "(b2-b4)/(b2+b4)?; ");
        CHECK(presets(named({"B04", "B08", "B12"})) == "ndvi: (b2-b1)/(b2+b1); nbr: (b2-b3)/(b2+b3); ");
        for (const BandPreset& preset : band_presets(find_band_roles(unnamed(13)))) {
            for (const std::string& text : preset.expressions) CHECK(BandMath::parse(text, 13).has_value());
            const bool is_index = preset.expressions.size() == 1;
            CHECK(preset.range.has_value() == is_index);
            CHECK(preset.color_map.empty() != is_index);
            CHECK(preset.is_guess);
        }
        CHECK(band_presets(find_band_roles(unnamed(13))).size() == 5);
    }
}
