// Mask layers as arrays of numpy: numpy.load(file) has "mask" (rows × columns), "legend" (bytes of a JSON),
// and where the medium has a place "geotransform" (GDAL's six numbers) and "crs" (WKT). Read are such files,
// and the first array of whole numbers of two dimensions in files of others, .npz or .npy.

#include <bit>
#include <cstring>

#include "formats/drivers.h"
#include "formats/export_plan.h"
#include "formats/layer_plan.h"
#include "formats/mask_import.h"
#include "formats/npy.h"
#include "formats/staged_files.h"

namespace formats {

namespace {

namespace fs = std::filesystem;
using base::ErrorKind;
static_assert(std::endian::native == std::endian::little, "arrays are written as they are in memory");

constexpr std::string_view k_extensions[] = {".npz", ".npy"};
constexpr std::string_view k_packings[] = {"deflate", "none"};
constexpr FormatOption k_options[] = {
    k_layer_option,
    {"compress", "deflate", "how arrays are packed; none can be read with less work", k_packings}};
constexpr std::int64_t k_most_bytes =
    (std::int64_t{1} << 32) - 1024;  // of an array in a zip without its 64-bit extension
constexpr std::int64_t k_strip_rows = 512;

Match probe(std::span<const std::byte> first_bytes, const fs::path& path) {
    const std::string_view text(reinterpret_cast<const char*>(first_bytes.data()), first_bytes.size());
    if (text.starts_with("\x93NUMPY")) return Match::certain;
    if (!text.starts_with("PK")) return Match::no;
    if (path.extension() == ".npz") return Match::certain;
    return text.substr(0, 512).find(".npy") != std::string_view::npos ? Match::maybe : Match::no;
}

// Rows of an array, strip by strip: what is packed can only be read forwards.
class ArrayRows {
public:
    ArrayRows(NpyFile file, std::int64_t width, std::int64_t height)
        : m_file{std::move(file)}, m_width{width}, m_height{height} {}

    bool read(const masks::PixelRect& area, std::span<std::int32_t> into) {
        const auto item = static_cast<std::int64_t>(m_file.header().item_bytes);
        if (area.y0 < m_from || area.y1 > m_to) {
            m_from = area.y0 / k_strip_rows * k_strip_rows;
            m_to = std::min(std::max((area.y1 + k_strip_rows - 1) / k_strip_rows * k_strip_rows, area.y1),
                            m_height);
            m_strip.resize(static_cast<std::size_t>((m_to - m_from) * m_width * item));
            if (!m_file.read_at(m_from * m_width * item, m_strip)) {
                m_from = m_to = 0;
                return false;
            }
        }
        for (std::int64_t y = area.y0, i = 0; y < area.y1; ++y)
            for (std::int64_t x = area.x0; x < area.x1; ++x, ++i)
                into[static_cast<std::size_t>(i)] = sample((y - m_from) * m_width + x);
        return true;
    }

private:
    // Beyond what 32 bits hold it is no value of a mask either: the nearest that is none.
    std::int32_t sample(std::int64_t at) const {
        const NpyHeader& header = m_file.header();
        const std::byte* bytes = m_strip.data() + at * header.item_bytes;
        std::uint64_t bits = 0;
        for (int i = 0; i < header.item_bytes; ++i)
            bits |= std::to_integer<std::uint64_t>(bytes[header.big_endian ? header.item_bytes - 1 - i : i])
                    << 8 * i;
        if (header.kind == 'i') {
            const int unused = 64 - 8 * header.item_bytes;
            const auto value = static_cast<std::int64_t>(bits << unused) >> unused;
            return static_cast<std::int32_t>(std::clamp<std::int64_t>(value, INT32_MIN + 1, INT32_MAX));
        }
        return static_cast<std::int32_t>(std::min<std::uint64_t>(bits, INT32_MAX));
    }

    NpyFile m_file;
    const std::int64_t m_width, m_height;
    std::int64_t m_from = 0, m_to = 0;  // rows in the strip
    std::vector<std::byte> m_strip;
};

// Sides of 1 before and after do not count.
std::optional<std::pair<std::int64_t, std::int64_t>> height_and_width(const NpyHeader& header) {
    std::vector<std::int64_t> sides = header.shape;
    while (sides.size() > 2 && sides.front() == 1) sides.erase(sides.begin());
    while (sides.size() > 2 && sides.back() == 1) sides.pop_back();
    const bool fits =
        sides.size() == 2 && sides[0] >= 1 && sides[1] >= 1 && sides[0] <= INT32_MAX && sides[1] <= INT32_MAX;
    return fits ? std::optional(std::pair(sides[0], sides[1])) : std::nullopt;
}

bool is_of_whole_numbers(const NpyHeader& header) {
    return header.kind == 'u' || header.kind == 'i' || header.kind == 'b';
}

std::string text_in_zip(const fs::path& file, const std::vector<std::string>& names,
                        const std::string& name) {
    if (std::ranges::find(names, name) == names.end()) return {};
    auto array = NpyFile::open(file, name);
    constexpr int k_most_text = 64 << 20;
    if (!array || array->header().kind != 'S' || array->header().items() != 1 ||
        array->header().item_bytes > k_most_text)
        return {};
    std::string text(static_cast<std::size_t>(array->header().item_bytes), '\0');
    if (!array->read_at(0, std::as_writable_bytes(std::span(text)))) return {};
    text.resize(text.find_last_not_of('\0') + 1);
    return text;
}

std::optional<std::array<double, 6>> transform_in_zip(const fs::path& file,
                                                      const std::vector<std::string>& names) {
    if (std::ranges::find(names, "geotransform.npy") == names.end()) return std::nullopt;
    auto array = NpyFile::open(file, "geotransform.npy");
    std::array<double, 6> numbers{};
    if (!array || array->header().kind != 'f' || array->header().item_bytes != 8 ||
        array->header().big_endian || array->header().items() != 6 ||
        !array->read_at(0, std::as_writable_bytes(std::span(numbers))) ||
        !std::ranges::all_of(numbers, [](double v) { return std::isfinite(v); }))
        return std::nullopt;
    return numbers;
}

// "mask", else the first array that can be one.
base::Result<NpyFile> open_mask(const fs::path& file, const std::vector<std::string>& names) {
    std::vector<std::string> order = names;
    std::ranges::stable_partition(order, [](const std::string& name) { return name == "mask.npy"; });
    for (const std::string& name : order) {
        auto array = NpyFile::open(file, name);
        if (!array) return array;
        if (is_of_whole_numbers(array->header()) && height_and_width(array->header())) return array;
    }
    return base::fail(ErrorKind::malformed,
                      "There is no array of whole numbers with rows and columns in it: {}", file.string());
}

base::Result<Report> read(const fs::path& file, ReadContext& context) {
    Importer import(context, "npz", file);
    // An array by itself, or a zip of them.
    auto alone = NpyFile::open(file);
    std::vector<std::string> names;
    if (!alone) names = arrays_in_zip(file);
    if (!alone && names.empty())
        return import.malformed("This is neither a zip with arrays of numpy nor one array");
    auto array = alone ? std::move(alone) : open_mask(file, names);
    if (!array) return std::unexpected(array.error());
    const NpyHeader header = array->header();
    const auto sides = height_and_width(header);
    if (!is_of_whole_numbers(header) || !sides)
        return import.malformed("The array is not one of whole numbers with rows and columns");
    constexpr std::int64_t k_most_strip_bytes = std::int64_t{1} << 31;
    if (sides->second * header.item_bytes * k_strip_rows > k_most_strip_bytes)
        return base::fail(ErrorKind::unsupported, "The rows of the array are too long ({} numbers): {}",
                          sides->second, file.string());
    if (header.columns_first)
        return base::fail(ErrorKind::unsupported,
                          "The array goes column by column; save it with numpy.ascontiguousarray first: {}",
                          file.string());
    ValueRaster raster;
    raster.height_px = sides->first;
    raster.width_px = sides->second;
    raster.largest = header.item_bytes == 1 ? 255 : 65535;
    if (auto legend = legend_from_json(text_in_zip(file, names, "legend.npy"))) raster.legend = *legend;
    raster.georeference.geotransform = transform_in_zip(file, names);
    if (raster.georeference.geotransform) raster.georeference.crs = text_in_zip(file, names, "crs.npy");
    const auto rows = std::make_shared<ArrayRows>(std::move(*array), raster.width_px, raster.height_px);
    raster.read = [&import, rows](const masks::PixelRect& area,
                                  std::span<std::int32_t> into) -> base::Result<void> {
        if (!rows->read(area, into)) return import.malformed("The array ends before its last row");
        return {};
    };
    const auto asset = medium_of_mask(context, file);
    if (!asset) return std::unexpected(asset.error());
    const std::string name =
        raster.legend.layer.empty() ? layer_name_of(file, *import.state().find(*asset)) : raster.legend.layer;
    if (auto done = put_mask_layer(import, *asset, raster, name); !done) return std::unexpected(done.error());
    return import.finish();
}

void write_text(NpzWriter& npz, const std::string& name, const std::string& text) {
    npz.begin(name, fmt::format("|S{}", std::max<std::size_t>(text.size(), 1)), {});
    npz.write(std::as_bytes(std::span(text)));
    if (text.empty()) npz.write(std::array{std::byte{0}});
    npz.end();
}

base::Result<void> write_rows(const LayerToWrite& layer, NpzWriter& npz, const fs::path& file,
                              const WriteContext& context, double from, double share) {
    const masks::Plane& plane = layer.layer->plane;
    const bool bytes = plane.depth() == masks::Depth::u8;
    npz.begin("mask", bytes ? "|u1" : "<u2", std::array{plane.height_px(), plane.width_px()});
    std::vector<masks::Value> strip;
    std::vector<std::byte> narrow;
    for (std::int64_t y = 0; y < plane.height_px(); y += masks::k_tile_px) {
        if (context.stop.stop_requested()) return export_stopped(file);
        if (context.progress)
            context.progress(from + share * static_cast<double>(y) / static_cast<double>(plane.height_px()));
        const masks::PixelRect area{0, y, plane.width_px(),
                                    std::min<std::int64_t>(y + masks::k_tile_px, plane.height_px())};
        strip.resize(static_cast<std::size_t>(area.width() * area.height()));
        read_and_let_go(plane, area, strip);
        if (bytes) {
            narrow.resize(strip.size());
            std::ranges::transform(strip, narrow.begin(),
                                   [](masks::Value v) { return static_cast<std::byte>(v); });
            npz.write(narrow);
        } else {
            npz.write(std::as_bytes(std::span(strip)));
        }
    }
    npz.end();
    return {};
}

base::Result<void> write_npz(const LayerToWrite& layer, const fs::path& file, const WriteContext& context,
                             bool deflate, double from, double share) {
    auto npz = NpzWriter::create(file, deflate);
    if (!npz) return std::unexpected(npz.error());
    if (auto done = write_rows(layer, *npz, file, context, from, share); !done) return done;
    write_text(*npz, "legend", to_json(layer.legend));
    const base::Georeference& place = layer.asset->georeference;
    if (place.geotransform) {
        npz->begin("geotransform", "<f8", std::array<std::int64_t, 1>{6});
        npz->write(std::as_bytes(std::span(*place.geotransform)));
        npz->end();
        write_text(*npz, "crs", place.crs);
    }
    return npz->close();
}

base::Result<Report> write(const labels::State& state, const fs::path& out, const WriteContext& context) {
    const auto chosen = ChosenOptions::of(npz_driver, context.options);
    if (!chosen) return std::unexpected(chosen.error());
    const auto layers = layers_to_write(state, out, context, chosen->text("layer"));
    if (!layers) return std::unexpected(layers.error());
    for (const LayerToWrite& each : *layers) {
        const masks::Plane& plane = each.layer->plane;
        const std::int64_t bytes =
            plane.width_px() * plane.height_px() * static_cast<std::int64_t>(plane.depth());
        if (bytes > k_most_bytes)
            return base::fail(ErrorKind::refused,
                              "\"{}\" has {} × {} px, {:.1f} GiB as an array, and an array in an npz holds "
                              "less than 4 GiB; "
                              "choose geotiff, or chips: {}",
                              each.layer->info.name, plane.width_px(), plane.height_px(),
                              static_cast<double>(bytes) / (1 << 30), out.string());
    }
    Report report = report_of_layers(state, *layers);
    for (const LayerToWrite& each : *layers)
        if (!each.asset->georeference.empty() && !each.asset->georeference.geotransform)
            report.add_warning(fmt::format(
                "Where \"{}\" lies on the ground was not written: an npz has a geotransform alone.",
                each.asset->name));
    const double share = 1.0 / static_cast<double>(layers->size());
    for (std::size_t i = 0; i < layers->size(); ++i) {
        const fs::path file = file_of_layer(out, (*layers)[i], layers->size(), ".npz");
        if (auto made = make_parent(file); !made) return std::unexpected(made.error());
        auto staged = StagedFiles::create(file);
        if (!staged) return std::unexpected(staged.error());
        auto done = write_npz((*layers)[i], staged->path(), context, chosen->text("compress") == "deflate",
                              static_cast<double>(i) * share, share);
        if (!done) return std::unexpected(done.error());
        auto files = staged->commit();
        if (!files) return std::unexpected(files.error());
        report.files.insert(report.files.end(), files->begin(), files->end());
    }
    if (auto done = write_manifest(out, "npz", state, context, report); !done)
        return std::unexpected(done.error());
    return report;
}

}  // namespace

const FormatDriver npz_driver = {
    .id = "npz",
    .title = "numpy arrays of masks",
    .extensions = k_extensions,
    .carries =
        "Mask layers, every pixel, as arrays of 8 or 16 bits of less than 4 GiB; names and colours of "
        "classes and objects "
        "as a JSON, the geotransform and the CRS; a file for each layer.",
    .loses =
        "Boxes, polygons, object masks and everything else that is no mask layer; a place by control points "
        "or RPCs.",
    .probe = probe,
    .read = read,
    .write = write,
    .of_masks = true,
    .options = k_options,
};

}  // namespace formats
