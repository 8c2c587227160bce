#include "app/raster_facts.h"

#include <array>
#include <charconv>
#include <cmath>

#include "app/commands/support.h"
#include "app/place.h"

namespace app {

std::string sample_title(const std::string& gdal_type) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 11> k_titles = {
        {{"Byte", "u8"},
         {"Int8", "i8"},
         {"UInt16", "u16"},
         {"Int16", "i16"},
         {"UInt32", "u32"},
         {"Int32", "i32"},
         {"UInt64", "u64"},
         {"Int64", "i64"},
         {"Float32", "f32"},
         {"Float64", "f64"},
         {"CInt16", "complex i16"}}};
    for (const auto& [name, title] : k_titles)
        if (name == gdal_type) return std::string{title};
    return gdal_type.starts_with('C') ? "complex" : gdal_type;
}

std::string samples_text(const media::RasterInfo& info) {
    return fmt::format("{} · {}", count_text(std::ssize(info.bands), "band"),
                       sample_title(info.bands.front().type));
}

std::string decimals(double value, int places) {
    std::string text = fmt::format("{:.{}f}", std::abs(value), places);
    const bool is_zero = text.find_first_not_of("0.") == std::string::npos;
    return value < 0 && !is_zero ? "−" + text : text;
}

std::string length_text(double metres) {
    if (metres >= 10000) return fmt::format("{:.1f} km", metres / 1000);
    if (metres >= 1000) return fmt::format("{:.2f} km", metres / 1000);
    if (metres >= 10) return fmt::format("{:.1f} m", metres);
    if (metres >= 1) return fmt::format("{:.2f} m", metres);
    return fmt::format("{:.1f} cm", metres * 100);
}

std::string area_text(double square_metres) {
    if (square_metres < 1000) return fmt::format("{:.1f} m²", square_metres);
    if (square_metres < 1e10) return fmt::format("{:.2f} ha", square_metres / 1e4);
    return grouped(std::llround(square_metres / 1e6)) + " km²";
}

std::string crs_text(const geo::CrsFacts& crs, base::Point in_crs) {
    if (crs.geographic) return lonlat_text(in_crs);
    return fmt::format("E {}  N {}", decimals(in_crs.x, 1), decimals(in_crs.y, 1));
}

std::string lonlat_text(geo::LonLat lonlat) {
    return fmt::format("{}, {}", decimals(lonlat.y, 5), decimals(lonlat.x, 5));
}

std::string gdal_recipe(const media::RasterInfo& info, int x, int y) {
    return fmt::format("gdallocationinfo {} {} {}", shell_quoted(info.path.string()), x, y);
}

namespace {

struct Number {
    double value = 0;
    char letter = 0;  // N, S, E, W before or after it
};

bool is_letter_of(char c) { return std::string_view{"NSEWnsew"}.find(c) != std::string_view::npos; }

// Degrees with minutes and seconds count as one number.
std::vector<Number> numbers_in(std::string_view text, bool& odd) {
    std::vector<Number> numbers;
    // "N 51.5 W 0.1" or "51.5N 0.1W": what comes first says how all of it is meant.
    const std::size_t first = text.find_first_of("NSEWnsew0123456789");
    const bool letters_first = first != text.npos && is_letter_of(text[first]);
    char before = 0;
    int part = 0;  // of a number in degrees, minutes, seconds
    odd = false;
    for (std::size_t i = 0; i < text.size();) {
        const char c = text[i];
        if (is_letter_of(c)) {
            const auto upper = static_cast<char>(c & ~0x20);
            if (letters_first)
                before = upper;
            else if (!numbers.empty() && numbers.back().letter == 0)
                numbers.back().letter = upper;
            else
                odd = true;
            part = 0;
            ++i;
            continue;
        }
        double value = 0;
        std::size_t at = i;
        double sign = 1;
        if (text.substr(i).starts_with("−")) {
            sign = -1;
            at += std::string_view{"−"}.size();
        }
        const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), value);
        if (error == std::errc{} && std::isfinite(value)) {
            if (part > 0 && !numbers.empty()) {
                const double minutes = value / (part == 1 ? 60 : 3600);
                numbers.back().value += std::signbit(numbers.back().value) ? -minutes : minutes;
            } else {
                numbers.push_back({sign * value, std::exchange(before, 0)});
            }
            i = static_cast<std::size_t>(end - text.data());
            const std::string_view rest = text.substr(i);
            if (rest.starts_with("°"))
                part = 1, i += std::string_view{"°"}.size();
            else if (rest.starts_with('\'') && part > 0)
                part = 2, ++i;
            else if (rest.starts_with('"') && part > 0)
                part = 3, ++i;
            else
                part = part > 0 ? 3 : 0;
            continue;
        }
        if (c == ',' || c == ';' || c == '/')
            part = 0;
        else if (c != ' ')
            odd = true;
        ++i;
    }
    return numbers;
}

}  // namespace

std::optional<FoundPlace> find_place(const std::string& text, const geo::Placement* placement) {
    std::string_view rest = text;
    const bool as_pixel = rest.ends_with("px");
    if (as_pixel) rest.remove_suffix(2);
    bool odd = false;
    auto numbers = numbers_in(rest, odd);
    if (odd || numbers.size() != 2) return {};
    if (as_pixel || placement == nullptr)
        return FoundPlace{{numbers[0].value, numbers[1].value},
                          fmt::format("pixel {:.1f}, {:.1f}", numbers[0].value, numbers[1].value)};
    const auto is = [](const Number& number, const char* letters) {
        return number.letter == letters[0] || number.letter == letters[1];
    };
    for (Number& number : numbers)
        if ((number.letter == 'S' || number.letter == 'W') && number.value > 0) number.value = -number.value;
    const bool east_first = is(numbers[0], "EW") || is(numbers[1], "NS");
    const double east = east_first ? numbers[0].value : numbers[1].value;
    const double north = east_first ? numbers[1].value : numbers[0].value;
    if (std::abs(east) <= 360 && std::abs(north) <= 90) {
        if (const auto pixel = placement->pixel_from_lonlat({east, north}))
            return FoundPlace{*pixel, "latitude, longitude " + lonlat_text({east, north})};
    }
    // Map coordinates are told with the easting first where no letter says otherwise.
    const bool lettered = numbers[0].letter != 0 || numbers[1].letter != 0;
    const base::Point in_crs =
        lettered ? base::Point{east, north} : base::Point{numbers[0].value, numbers[1].value};
    if (const auto pixel = placement->pixel_from_crs(in_crs))
        return FoundPlace{*pixel, crs_text(placement->crs(), in_crs)};
    return {};
}

}  // namespace app
