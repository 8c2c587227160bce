// Pairs of an image and a mask for training: images/ and masks/ with GeoTIFFs of equal names in folders of
// their split, index.csv and, of each raster that has a place, NAME.chips.geojson and a STAC item NAME.json
// with the label extension (stac-extensions/label v1.0.1).

#include <ctime>
#include <optional>

#include <ogr_geometry.h>

#include "base/file.h"
#include "formats/chip_raster.h"
#include "formats/drivers.h"
#include "formats/export_plan.h"
#include "formats/ground.h"
#include "formats/mask_png.h"
#include "formats/object_frames.h"
#include "formats/outline.h"
#include "formats/text.h"
#include "geo/gdal.h"

namespace formats {

namespace {

namespace fs = std::filesystem;
using base::ErrorKind;
using base::Point;

constexpr std::string_view k_extensions[] = {".csv"};
constexpr std::string_view k_edges[] = {"shift", "pad", "drop"};
constexpr FormatOption k_options[] = {
    {"layer", "", "which mask layer: its number, name or id; without it the lowest of classes"},
    {"size", "512", "width and height of a chip in pixels", {}, 16, 8192},
    {"stride",
     "0",
     "from one chip to the next in pixels; 0: the size, so that they do not overlap",
     {},
     0,
     8192},
    {"area", "",
     "only there: X0,Y0,X1,Y1 in pixels, or the name of a class: chips with their middle on its shapes"},
    {"skip-empty", "yes", "leave out chips without a labelled pixel", k_yes_or_no},
    {"edge", "shift", "at the edges: move the last chips back, pad them, or drop what is left over", k_edges},
    {"angle", "0", "turn the chips by so many degrees, clockwise", {}, 0, 359},
    {"val", "20", "percent of the blocks that go to val", {}, 0, 100},
    {"test", "10", "percent of the blocks that go to test", {}, 0, 100},
    {"block", "8", "a side of the blocks that go to one split as a whole, in strides", {}, 1, 100000},
    {"seed", "1", "another number, other blocks", {}, 0, 1'000'000'000},
    {"apart", "yes", "leave out chips that reach into a block of another split", k_yes_or_no},
};

Match probe(std::span<const std::byte>, const fs::path&) { return Match::no; }

std::string now_utc() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                       parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string json_of(const OGRGeometry& geometry) {
    char* text = geometry.exportToJson();
    std::string json = text != nullptr ? text : "null";
    CPLFree(text);
    return json;
}

class ChipWriter {
public:
    ChipWriter(const labels::State& state, const fs::path& out, const WriteContext& context,
               const ChosenOptions& chosen, Report& report)
        : m_state{state}, m_out{out}, m_context{context}, m_chosen{chosen}, m_report{report} {
        // Classes are numbered in the order of the ontology, alike in all chips.
        m_legend = legend_of_ontology(state.ontology);
    }

    base::Result<void> write(const std::vector<LayerToWrite>& layers) {
        if (m_chosen.whole("val") + m_chosen.whole("test") > 100)
            return base::fail(ErrorKind::refused, "val and test together are more than 100 percent: {}",
                              m_out.string());
        if (auto done = open_index(); !done) return done;
        std::vector<const labels::Asset*> assets;
        for (const LayerToWrite& each : layers) assets.push_back(each.asset);
        const std::vector<std::string> stems = unique_stems(assets, {"index", "legend", "manifest"});
        for (std::size_t i = 0; i < layers.size(); ++i) {
            m_from = static_cast<double>(i) / static_cast<double>(layers.size());
            m_share = 1.0 / static_cast<double>(layers.size());
            if (auto done = write_raster(layers[i], stems[i]); !done) return done;
        }
        if (m_written == 0)
            return base::fail(ErrorKind::refused,
                              "No chip was written ({} without labels, {} across splits): {}", m_empty,
                              m_across, m_out.string());
        if (auto done = m_index->commit(); !done) return done;
        m_report.files.push_back(m_out / "index.csv");
        if (auto done = put_file(m_out / "legend.json", to_json(m_legend), m_report); !done) return done;
        warn();
        return {};
    }

private:
    // Of the raster being cut.
    struct Source {
        const LayerToWrite& layer;
        std::string stem;
        Dataset raster;
        ChipPlan plan;
        std::vector<masks::Value> recode = std::vector<masks::Value>(65536, 0);
        std::vector<Polygon> on;  // chips' middles are on one of these; empty: anywhere
        std::optional<geo::Placement> placement;
        std::optional<base::AtomicFile> geojson;
        std::int64_t chips = 0;
        std::map<masks::Value, std::int64_t> counts;
    };

    base::Result<void> open_index() {
        const fs::path path = m_out / "index.csv";
        if (auto made = make_parent(path); !made) return made;
        auto file = base::AtomicFile::create(path);
        if (!file) return std::unexpected(file.error());
        m_index.emplace(std::move(*file));
        std::string head =
            "image,mask,split,raster,corner_x,corner_y,size,angle,x_min,y_min,x_max,y_max,crs,labelled";
        for (const LegendEntry& each : m_legend.entries) head += "," + csv_cell(each.class_name);
        m_index->write(head + "\n");
        return {};
    }

    std::unexpected<base::Error> stopped() const {
        if (m_written == 0) return export_stopped(m_out);
        return base::fail(ErrorKind::cancelled,
                          "The export was stopped after {} chips, which stay without an index: {}", m_written,
                          m_out.string());
    }

    base::Result<void> write_raster(const LayerToWrite& layer, const std::string& stem) {
        auto source = source_of(layer, stem);
        if (!source) return std::unexpected(source.error());
        base::Result<void> result;
        const double rows = std::max(1.0, static_cast<double>(source->plan.area.height()));
        each_chip(source->plan, [&](const Chip& chip) {
            if (m_context.stop.stop_requested()) {
                result = stopped();
                return false;
            }
            if (m_context.progress)
                m_context.progress(
                    m_from +
                    m_share * std::clamp((chip.corner.y - static_cast<double>(source->plan.area.y0)) / rows,
                                         0.0, 1.0));
            result = write_chip(*source, chip);
            return result.has_value();
        });
        if (!result) return result;
        return end_raster(*source);
    }

    base::Result<Source> source_of(const LayerToWrite& layer, const std::string& stem) {
        const labels::Asset& asset = *layer.asset;
        Source source{.layer = layer, .stem = stem};
        const fs::path file =
            m_context.file_of_medium ? m_context.file_of_medium(asset.id) : fs::path(asset.absolute_path);
        const geo::GdalMessages messages;
        if (!file.empty()) source.raster = open_raster(file, {});
        if (!source.raster)
            return base::fail(ErrorKind::missing,
                              "Chips need the pixels of \"{}\", and it is not here; locate it first: {}",
                              asset.name, m_out.string());
        if (source.raster->GetRasterXSize() != layer.layer->info.width_px ||
            source.raster->GetRasterYSize() != layer.layer->info.height_px)
            return base::fail(
                ErrorKind::refused,
                "\"{}\" is {} × {} px now and its mask {} × {}; it is another file, or turned: {}",
                asset.name, source.raster->GetRasterXSize(), source.raster->GetRasterYSize(),
                layer.layer->info.width_px, layer.layer->info.height_px, m_out.string());
        for (const labels::MaskValue& each : layer.layer->info.values)
            for (std::size_t i = 0; i < m_state.ontology.classes.size(); ++i)
                if (m_state.ontology.classes[i].id == each.class_id)
                    source.recode[each.value] = static_cast<masks::Value>(i + 1);
        if (auto done = make_plan(source); !done) return std::unexpected(done.error());
        if (!asset.georeference.empty()) {
            auto placement = geo::Placement::create(asset.georeference, asset.width_px, asset.height_px);
            if (placement && placement->crs().of_the_earth) source.placement.emplace(std::move(*placement));
        }
        if (source.placement)
            if (auto done = open_geojson(source); !done) return std::unexpected(done.error());
        return source;
    }

    base::Result<void> make_plan(Source& source) {
        ChipPlan& plan = source.plan;
        plan.width_px = source.layer.layer->info.width_px;
        plan.height_px = source.layer.layer->info.height_px;
        plan.size_px = m_chosen.whole("size");
        plan.stride_px = m_chosen.whole("stride") == 0 ? plan.size_px : m_chosen.whole("stride");
        const std::string& edge = m_chosen.text("edge");
        plan.edge = edge == "pad" ? Edge::pad : edge == "drop" ? Edge::drop : Edge::shift;
        plan.angle_deg = static_cast<double>(m_chosen.whole("angle"));
        plan.val_percent = m_chosen.whole("val");
        plan.test_percent = m_chosen.whole("test");
        plan.block_chips = m_chosen.whole("block");
        plan.seed = static_cast<std::uint64_t>(m_chosen.whole("seed"));
        plan.area = {0, 0, plan.width_px, plan.height_px};
        const std::string& area = m_chosen.text("area");
        if (area.empty()) return {};
        if (const auto rect = rect_of(area)) {
            plan.area = masks::intersection(*rect, plan.area);
            if (!plan.area.empty()) return {};
            return base::fail(ErrorKind::refused, "The area {} lies outside \"{}\": {}", area,
                              source.layer.asset->name, m_out.string());
        }
        return take_shapes(source, area);
    }

    static std::optional<masks::PixelRect> rect_of(std::string_view text) {
        std::array<std::int64_t, 4> numbers{};
        for (std::int64_t& each : numbers) {
            const auto end = std::min(text.find(','), text.size());
            const auto number = parse_int(text.substr(0, end));
            if (!number) return std::nullopt;
            each = *number;
            text.remove_prefix(std::min(end + 1, text.size()));
        }
        if (!text.empty()) return std::nullopt;
        return masks::PixelRect{numbers[0], numbers[1], numbers[2], numbers[3]};
    }

    base::Result<void> take_shapes(Source& source, const std::string& class_name) {
        const labels::LabelClass* owner = m_state.ontology.find(std::string_view(class_name));
        for (const labels::TrackId id : m_state.tracks_of(source.layer.asset->id)) {
            const labels::Track& track = *m_state.find(id);
            if (owner == nullptr || track.info.class_id != owner->id || track.keyframes.empty()) continue;
            for (Polygon& each : polygons_of(track.keyframes.front().geometry, track.info.shape))
                source.on.push_back(std::move(each));
        }
        if (!source.on.empty()) return {};
        return base::fail(
            ErrorKind::refused,
            "The area is X0,Y0,X1,Y1 in pixels or a class with shapes on the raster, and \"{}\" is neither "
            "on \"{}\": {}",
            class_name, source.layer.asset->name, m_out.string());
    }

    static bool is_on(const std::vector<Polygon>& polygons, Point p) {
        return std::ranges::any_of(polygons, [&](const Polygon& polygon) {
            bool inside = false;
            for (const Ring& ring : polygon.rings)
                for (std::size_t i = 0; i < ring.size(); ++i) {
                    const Point a = ring[i], b = ring[(i + 1) % ring.size()];
                    if ((a.y <= p.y) != (b.y <= p.y) && p.x < a.x + (p.y - a.y) / (b.y - a.y) * (b.x - a.x))
                        inside = !inside;
                }
            return inside;
        });
    }

    base::Result<void> write_chip(Source& source, const Chip& chip) {
        const auto half = static_cast<double>(chip.size_px) / 2;
        if (!source.on.empty() && !is_on(source.on, chip.on_raster({half, half}))) return {};
        if (chip.crosses_splits && m_chosen.yes("apart")) {
            ++m_across;
            return {};
        }
        const std::vector<masks::Value> samples =
            mask_samples(source.layer.layer->plane, chip, source.recode);
        std::map<masks::Value, std::int64_t> counts;
        std::vector<std::int64_t> by_value(std::size_t{m_legend.largest()} + 1);
        for (const masks::Value each : samples) ++by_value[each];
        for (std::size_t v = 1; v < by_value.size(); ++v)
            if (by_value[v] > 0) counts[static_cast<masks::Value>(v)] = by_value[v];
        if (counts.empty() && m_chosen.yes("skip-empty")) {
            ++m_empty;
            return {};
        }
        labels::Asset placed = *source.layer.asset;
        placed.georeference = georeference_of(source.layer.asset->georeference, chip);
        const LayerToWrite mask{source.layer.layer, &placed, "", m_legend};
        const std::string name = fmt::format("{}/{}_x{:06}_y{:06}.tif", name_of(chip.split), source.stem,
                                             static_cast<std::int64_t>(std::floor(chip.corner.x)),
                                             static_cast<std::int64_t>(std::floor(chip.corner.y)));
        auto image = image_chip(*source.raster, chip, placed.georeference);
        if (!image) return std::unexpected(image.error());
        auto labels = mask_chip(samples, chip, mask);
        if (!labels) return std::unexpected(labels.error());
        if (auto done = put_file(m_out / "images" / name, *image, m_report); !done) return done;
        if (auto done = put_file(m_out / "masks" / name, *labels, m_report); !done) return done;
        write_rows(source, chip, name, counts);
        for (const auto& [value, n] : counts) source.counts[value] += n;
        ++source.chips;
        ++m_written;
        return {};
    }

    void write_rows(Source& source, const Chip& chip, const std::string& name,
                    const std::map<masks::Value, std::int64_t>& counts) {
        const auto side = static_cast<double>(chip.size_px);
        const labels::Path corners{{chip.on_raster({0, 0}), chip.on_raster({side, 0}),
                                    chip.on_raster({side, side}), chip.on_raster({0, side})},
                                   {}};
        std::string bbox = ",,,,";
        std::string bbox_json;
        if (source.placement) {
            OGREnvelope reach;
            if (const auto own =
                    Ground::own(*source.placement).geometry(corners, labels::ShapeKind::polygon)) {
                own->getEnvelope(&reach);
                bbox = fmt::format(",{},{},{},{}", reach.MinX, reach.MinY, reach.MaxX, reach.MaxY);
                bbox_json = fmt::format("[{},{},{},{}]", reach.MinX, reach.MinY, reach.MaxX, reach.MaxY);
            }
        }
        const std::string crs = source.placement ? source.placement->crs().authority : "";
        std::int64_t labelled = 0;
        std::string columns, counts_json;
        for (const LegendEntry& each : m_legend.entries) {
            const auto it = counts.find(each.value);
            const std::int64_t n = it == counts.end() ? 0 : it->second;
            labelled += n;
            columns += fmt::format(",{}", n);
            if (n > 0)
                counts_json +=
                    fmt::format("{}{}:{}", counts_json.empty() ? "" : ",", json_string(each.class_name), n);
        }
        m_index->write(fmt::format("{},{},{},{},{},{},{},{}{},{},{}{}\n", csv_cell("images/" + name),
                                   csv_cell("masks/" + name), name_of(chip.split),
                                   csv_cell(source.layer.asset->name), decimal(chip.corner.x),
                                   decimal(chip.corner.y), chip.size_px, decimal(chip.angle_deg), bbox,
                                   csv_cell(crs), labelled, columns));
        if (!source.geojson) return;
        const auto ground = Ground::lonlat(*source.placement).geometry(corners, labels::ShapeKind::polygon);
        source.geojson->write(fmt::format(
            "{}{{\"type\":\"Feature\",\"properties\":{{\"image\":{},\"mask\":{},\"split\":\"{}\",\"corner\":["
            "{},{}],\"size\":{},"
            "\"angle\":{},\"crs\":{},\"bbox_crs\":{},\"counts\":{{{}}}}},\"geometry\":{}}}",
            source.chips == 0 ? "\n" : ",\n", json_string("images/" + name), json_string("masks/" + name),
            name_of(chip.split), decimal(chip.corner.x), decimal(chip.corner.y), chip.size_px,
            decimal(chip.angle_deg), json_string(crs), bbox_json.empty() ? "null" : bbox_json, counts_json,
            ground ? json_of(*ground) : "null"));
    }

    base::Result<void> open_geojson(Source& source) {
        auto file = base::AtomicFile::create(m_out / (source.stem + ".chips.geojson"));
        if (!file) return std::unexpected(file.error());
        source.geojson.emplace(std::move(*file));
        source.geojson->write("{\"type\":\"FeatureCollection\",\"features\":[");
        return {};
    }

    base::Result<void> end_raster(Source& source) {
        if (source.chips == 0) {
            m_report.add_warning(fmt::format("Of \"{}\" no chip was written.", source.layer.asset->name));
            return {};
        }
        if (!source.placement)
            m_report.add_warning(
                fmt::format("\"{}\" has no place on the ground that is known: its chips are in index.csv "
                            "alone, and its STAC item has no extent.",
                            source.layer.asset->name));
        if (source.geojson) {
            source.geojson->write("]}\n");
            if (auto done = source.geojson->commit(); !done) return done;
            m_report.files.push_back(m_out / (source.stem + ".chips.geojson"));
        }
        return put_file(m_out / (source.stem + ".json"), stac_item(source), m_report);
    }

    std::string stac_item(const Source& source) const {
        std::string geometry = "null", bbox, classes, counts;
        if (source.placement) {
            const auto width = static_cast<double>(source.plan.width_px),
                       height = static_cast<double>(source.plan.height_px);
            const labels::Path whole{{{0, 0}, {width, 0}, {width, height}, {0, height}}, {}};
            if (const auto ground =
                    Ground::lonlat(*source.placement).geometry(whole, labels::ShapeKind::polygon)) {
                OGREnvelope reach;
                ground->getEnvelope(&reach);
                geometry = json_of(*ground);
                bbox =
                    fmt::format("\"bbox\":[{},{},{},{}],\n", reach.MinX, reach.MinY, reach.MaxX, reach.MaxY);
            }
        }
        for (const LegendEntry& each : m_legend.entries) {
            classes += (classes.empty() ? "" : ",") + json_string(each.class_name);
            const auto it = source.counts.find(each.value);
            if (it != source.counts.end())
                counts += fmt::format("{}{{\"name\":{},\"count\":{}}}", counts.empty() ? "" : ",",
                                      json_string(each.class_name), it->second);
        }
        std::string assets =
            "\"index\":{\"href\":\"./index.csv\",\"type\":\"text/csv\",\"roles\":[\"metadata\"]},\n"
            "\"raster_labels\":{\"href\":\"./masks\",\"title\":\"A GeoTIFF for each chip, named like its "
            "image\",\"roles\":[\"labels\",\"labels-raster\"]}";
        if (source.placement)
            assets =
                fmt::format(
                    "\"labels\":{{\"href\":{},\"type\":\"application/geo+json\",\"roles\":[\"labels\"]}},\n",
                    json_string("./" + source.stem + ".chips.geojson")) +
                assets;
        return fmt::format(
            "{{\"type\":\"Feature\",\"stac_version\":\"1.0.0\",\n"
            "\"stac_extensions\":[\"https://stac-extensions.github.io/label/v1.0.1/schema.json\"],\n"
            "\"id\":{},\n{}\"geometry\":{},\n"
            "\"properties\":{{\"datetime\":\"{}\",\"label:type\":\"raster\",\"label:properties\":null,\n"
            "\"label:classes\":[{{\"name\":null,\"classes\":[{}]}}],\n"
            "\"label:description\":{},\"label:tasks\":[\"segmentation\"],\"label:methods\":[\"manual\"],\n"
            "\"label:overviews\":[{{\"property_key\":null,\"counts\":[{}]}}]}},\n"
            "\"links\":[{{\"rel\":\"source\",\"href\":{},\"type\":\"image/"
            "tiff\",\"label:assets\":[\"image\"]}}],\n"
            "\"assets\":{{{}}}}}\n",
            json_string(source.stem), bbox, geometry, now_utc(), classes,
            json_string(fmt::format("The mask layer \"{}\" of {}, pixels by class",
                                    source.layer.layer->info.name, source.layer.asset->name)),
            counts, json_string(source.layer.asset->absolute_path), assets);
    }

    void warn() {
        if (m_empty > 0)
            m_report.add_warning(fmt::format("Chips without a labelled pixel were left out ({}).", m_empty));
        if (m_across > 0)
            m_report.add_warning(
                fmt::format("Chips that reach into a block of another split were left out ({}).", m_across));
        if (m_chosen.whole("angle") != 0 && m_chosen.text("edge") == "shift")
            m_report.add_warning(
                "Turned chips were not moved back at the edges: those that go over them were left out.");
    }

    const labels::State& m_state;
    const fs::path m_out;
    const WriteContext& m_context;
    const ChosenOptions& m_chosen;
    Report& m_report;
    Legend m_legend;
    std::optional<base::AtomicFile> m_index;
    std::int64_t m_written = 0, m_empty = 0, m_across = 0;
    double m_from = 0, m_share = 1;
};

// One layer of each raster.
std::vector<LayerToWrite> chosen_layers(std::vector<LayerToWrite> layers, Report& report) {
    std::vector<LayerToWrite> one_each;
    for (LayerToWrite& each : layers) {
        const auto same = std::ranges::find(one_each, each.asset, &LayerToWrite::asset);
        if (same == one_each.end()) {
            one_each.push_back(std::move(each));
            continue;
        }
        const bool better = same->layer->info.kind != labels::MaskKind::classes &&
                            each.layer->info.kind == labels::MaskKind::classes;
        const std::string left_out = better ? same->layer->info.name : each.layer->info.name;
        report.add_warning(
            fmt::format("The mask layer \"{}\" was not written: chips are of one layer; name it.", left_out));
        if (better) *same = std::move(each);
    }
    return one_each;
}

base::Result<Report> write(const labels::State& state, const fs::path& out, const WriteContext& context) {
    const auto chosen = ChosenOptions::of(chips_driver, context.options);
    if (!chosen) return std::unexpected(chosen.error());
    auto layers = layers_to_write(state, out, context, chosen->text("layer"));
    if (!layers) return std::unexpected(layers.error());
    Report report = report_of_layers(state, *layers, LostClasses::unlabelled);
    const std::vector<LayerToWrite> each = chosen_layers(std::move(*layers), report);
    report.layers = std::ssize(each);
    if (auto done = ChipWriter(state, out, context, *chosen, report).write(each); !done)
        return std::unexpected(done.error());
    if (auto done = write_manifest(out, "chips", state, context, report); !done)
        return std::unexpected(done.error());
    return report;
}

}  // namespace

const FormatDriver chips_driver = {
    .id = "chips",
    .title = "Chips for training (image and mask)",
    .extensions = k_extensions,
    .carries =
        "Of each raster or picture with a mask layer its pixels, all bands in their own type, and the mask "
        "as chips with "
        "their place on the ground; by spatial blocks in train, val and test; an index with pixels per class "
        "(CSV, "
        "GeoJSON), a STAC label item.",
    .loses =
        "What is one object: a pixel has its class alone, numbered in the order of the ontology; further "
        "layers; what is "
        "left out at edges, without labels, or between splits.",
    .probe = probe,
    .read = nullptr,
    .write = write,
    .of_masks = true,
    .a_folder = true,
    .options = k_options,
};

}  // namespace formats
