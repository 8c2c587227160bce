#include "app/commands/info_raster.h"

#include <cmath>

#include "app/commands/json_out.h"
#include "app/commands/support.h"
#include "app/raster_facts.h"
#include "base/file_sequence.h"
#include "media/pyramid.h"
#include "media/raster_file.h"

namespace app {
namespace {

struct Described {
    const media::RasterInfo& info;
    std::optional<geo::Placement> placement;
    std::string no_placement;  // why, where the file says something
    std::optional<media::PixelValues> values;

    [[nodiscard]] std::array<base::Point, 4> corners() const {
        const double width = info.width_px, height = info.height_px;
        return {{{0, 0}, {width, 0}, {width, height}, {0, height}}};
    }
    [[nodiscard]] base::Point middle() const { return {info.width_px / 2.0, info.height_px / 2.0}; }
    [[nodiscard]] std::optional<double> pixel_m(double dx, double dy) const {
        const std::array leg = {middle(), middle() + base::Point{dx, dy}};
        return placement ? placement->length_m(leg) : std::nullopt;
    }
};

void write_point(JsonOut& json, std::optional<base::Point> point) {
    if (!point) {
        json.null();
        return;
    }
    json.begin_array().value(point->x).value(point->y).end_array();
}

void write_bands(JsonOut& json, const media::RasterInfo& info) {
    json.key("bands").begin_array();
    for (const media::RasterBand& band : info.bands) {
        json.begin_object().field("number", band.number).field("type", band.type).field("color", band.color);
        json.field("description", band.description).field("nodata", band.nodata);
        if (band.nodata && std::isnan(*band.nodata)) json.field("nodata_is_nan", true);
        json.field("scale", band.scale).field("offset", band.offset).field("unit", band.unit);
        json.field("wavelength_um", band.wavelength_um);
        json.key("block").begin_array().value(band.block_width).value(band.block_height).end_array();
        json.field("palette", band.palette.size()).texts("categories", band.categories);
        json.end_object();
    }
    json.end_array();
}

void write_place(JsonOut& json, const Described& d) {
    const base::Georeference& place = d.info.reference;
    json.key("geotransform");
    if (place.geotransform) {
        json.begin_array();
        for (const double value : *place.geotransform) json.value(value);
        json.end_array();
    } else {
        json.null();
    }
    json.field("gcps", place.gcps.size()).field("rpc", !place.rpc.empty()).field("wkt", place.crs);
    if (!d.placement) {
        json.field("placement_fault", d.no_placement);
        return;
    }
    const geo::CrsFacts& crs = d.placement->crs();
    json.field("crs", crs.name).field("authority", crs.authority).field("geographic", crs.geographic);
    json.field("unit", crs.unit);
    json.key("corners").begin_array();
    for (const base::Point corner : d.corners()) write_point(json, d.placement->crs_from_pixel(corner));
    json.end_array().key("corners_lonlat").begin_array();
    for (const base::Point corner : d.corners()) write_point(json, d.placement->lonlat_from_pixel(corner));
    json.end_array().key("pixel_m").begin_array().value(d.pixel_m(1, 0)).value(d.pixel_m(0, 1)).end_array();
}

void write_json(const Described& d, std::uintmax_t size_bytes) {
    const media::RasterInfo& info = d.info;
    JsonOut json;
    json.begin_object()
        .field("path", info.path.string())
        .field("size_bytes", size_bytes)
        .field("kind", "raster");
    json.field("driver", info.driver).field("driver_title", info.driver_title);
    json.field("width", info.width_px).field("height", info.height_px);
    json.field("compression", info.compression).field("interleave", info.interleave).field("mask", info.mask);
    write_bands(json, info);
    json.key("levels").begin_array();
    for (const media::RasterLevel& level : info.levels) {
        static constexpr std::array k_origins = {"stored", "pyramid", "reduced"};
        json.begin_object().field("width", level.width).field("height", level.height);
        json.field("origin", k_origins[static_cast<std::size_t>(level.origin)]).end_object();
    }
    json.end_array().field("wants_pyramid", info.wants_pyramid);
    write_place(json, d);
    json.key("metadata").begin_object();
    for (const auto& [name, value] : info.metadata) json.field(name, value);
    json.end_object().key("subdatasets").begin_array();
    for (const auto& [name, title] : info.subdatasets)
        json.begin_object().field("name", name).field("description", title).end_object();
    json.end_array().key("files").begin_array();
    for (const std::filesystem::path& file : info.files) json.value(file.string());
    json.end_array().texts("faults", info.faults);
    if (d.values) {
        json.key("at").begin_object().field("x", d.values->x).field("y", d.values->y);
        json.key("values").begin_array();
        for (const double value : d.values->values) json.value(value);
        json.end_array().texts("text", d.values->text).field("error", d.values->error);
        const base::Point centre{d.values->x + 0.5, d.values->y + 0.5};
        json.key("crs");
        write_point(json, d.placement ? d.placement->crs_from_pixel(centre) : std::nullopt);
        json.key("lonlat");
        write_point(json, d.placement ? d.placement->lonlat_from_pixel(centre) : std::nullopt);
        json.end_object();
    }
    json.field("gdal", gdal_recipe(info, d.values ? d.values->x : 0, d.values ? d.values->y : 0))
        .end_object();
}

void row(std::string_view name, std::string_view text) { fmt::print("  {:<14}{}\n", name, text); }

std::string band_text(const media::RasterBand& band) {
    std::string text = fmt::format("{}, {}", band.type, band.color);
    if (!band.description.empty()) text += fmt::format(", \"{}\"", band.description);
    if (band.wavelength_um) text += fmt::format(", {:.3g} µm", *band.wavelength_um);
    if (band.nodata) text += fmt::format(", no data {:.9g}", *band.nodata);
    if (band.scale != 1 || band.offset != 0)
        text += fmt::format(", × {:g} + {:g} {}", band.scale, band.offset, band.unit);
    if (!band.palette.empty()) text += fmt::format(", {} colours", band.palette.size());
    if (!band.categories.empty())
        text += fmt::format(", {}", count_text(std::ssize(band.categories), "named value"));
    return text;
}

std::string levels_text(const media::RasterInfo& info) {
    std::string text;
    for (const media::RasterLevel& level : info.levels) {
        if (!text.empty()) text += ", ";
        text += fmt::format("{}×{}", level.width, level.height);
        if (level.origin == media::RasterLevel::Origin::pyramid) text += " (side file)";
        if (level.origin == media::RasterLevel::Origin::reduced) text += " (reduced when read)";
    }
    return text;
}

void print_place(const Described& d) {
    const base::Georeference& place = d.info.reference;
    if (place.empty()) return row("place", "none: no geotransform, control points or RPCs");
    if (!d.placement) return row("place", d.no_placement);
    const geo::CrsFacts& crs = d.placement->crs();
    row("CRS", crs.name.empty()        ? "not named"
               : crs.authority.empty() ? crs.name
                                       : fmt::format("{} ({})", crs.name, crs.authority));
    if (place.geotransform) {
        const auto& g = *place.geotransform;
        row("geotransform", fmt::format("{:.12g} {:.12g} {:.12g} {:.12g} {:.12g} {:.12g}", g[0], g[1], g[2],
                                        g[3], g[4], g[5]));
    }
    if (!place.gcps.empty()) row("placed by", count_text(std::ssize(place.gcps), "control point"));
    if (!place.rpc.empty()) row("placed by", "RPCs");
    const auto across = d.pixel_m(1, 0), down = d.pixel_m(0, 1);
    if (across && down)
        row("pixel", fmt::format("{} × {} at the middle", length_text(*across), length_text(*down)));
    static constexpr std::array k_names = {"upper left", "upper right", "lower right", "lower left"};
    for (std::size_t i = 0; i < k_names.size(); ++i) {
        const auto in_crs = d.placement->crs_from_pixel(d.corners()[i]);
        const auto lonlat = d.placement->lonlat_from_pixel(d.corners()[i]);
        if (!in_crs) continue;
        std::string text = fmt::format("{:.10g}, {:.10g}", in_crs->x, in_crs->y);
        if (lonlat && !crs.geographic) text += fmt::format("   lat, lon {}", lonlat_text(*lonlat));
        row(k_names[i], text);
    }
}

void print(const Described& d, std::uintmax_t size_bytes) {
    const media::RasterInfo& info = d.info;
    fmt::print("{}\n", info.path.string());
    row("file", size_bytes > 0 ? fmt::format("{}, {}", info.driver_title, bytes_text(size_bytes))
                               : info.driver_title);
    const double megapixels = static_cast<double>(info.width_px) * info.height_px / 1e6;
    row("raster", fmt::format("{} × {} ({:.4g} Mpx), {}{}{}", info.width_px, info.height_px, megapixels,
                              count_text(std::ssize(info.bands), "band"),
                              info.compression.empty() ? "" : ", ", info.compression));
    constexpr std::size_t k_most = 30;
    for (const media::RasterBand& band : info.bands) {
        if (static_cast<std::size_t>(band.number) > k_most) {
            row("", fmt::format("and {} more", info.bands.size() - k_most));
            break;
        }
        row(fmt::format("band {}", band.number), band_text(band));
    }
    const media::RasterBand& first = info.bands.front();
    row("blocks", fmt::format("{} × {}", first.block_width, first.block_height));
    if (!info.mask.empty()) row("mask", info.mask);
    row("levels", levels_text(info));
    if (info.wants_pyramid) row("", "slow from afar; the window makes smaller copies in the cache folder");
    print_place(d);
    for (const auto& [name, title] : info.subdatasets) row("holds", fmt::format("{}   {}", name, title));
    for (const auto& [name, value] : info.metadata)
        row("metadata", fmt::format("{} = {}", name, value.substr(0, 200)));
    for (const std::string& fault : info.faults) row("fault", fault);
    if (d.values) {
        const std::string text =
            d.values->error.empty() ? fmt::format("{}", fmt::join(d.values->text, ", ")) : d.values->error;
        row("sample", fmt::format("{} at {}, {}", text, d.values->x, d.values->y));
    }
    row("as GDAL", gdal_recipe(info, d.values ? d.values->x : 0, d.values ? d.values->y : 0));
}

}  // namespace

base::Result<void> describe_raster(const RasterInfoRequest& request) {
    const auto file = media::RasterFile::open(request.file, media::find_pyramid(request.file));
    if (!file) return std::unexpected(file.error());
    const media::RasterInfo& info = file->info();
    Described described{.info = info};
    if (!info.reference.empty()) {
        auto placement = geo::Placement::create(info.reference, info.width_px, info.height_px);
        if (placement)
            described.placement.emplace(std::move(*placement));
        else
            described.no_placement = placement.error().message;
    }
    if (request.pixel) {
        const auto [x, y] = *request.pixel;
        if (x < 0 || y < 0 || x >= info.width_px || y >= info.height_px)
            return base::fail(base::ErrorKind::missing, "Pixel {},{} is outside; the raster has {} × {}: {}",
                              x, y, info.width_px, info.height_px, request.file.string());
        described.values = file->read_values(x, y);
    }
    const std::uintmax_t size_bytes = base::medium_bytes(request.file).value_or(0);
    if (request.json)
        write_json(described, size_bytes);
    else
        print(described, size_bytes);
    return {};
}

}  // namespace app
