#include "app/commands/mask_report.h"

#include <algorithm>
#include <set>

#include "app/commands/json_out.h"
#include "app/commands/support.h"
#include "formats/mask_areas.h"
#include "masks/value_counts.h"

namespace app {

namespace {

using labels::MaskKind;
using labels::MaskLayer;
using labels::MaskValue;
using masks::Value;

using Row = MaskReport::Row;

std::string class_name(const labels::State& state, labels::ClassId id) {
    const labels::LabelClass* found = state.ontology.find(id);
    return found != nullptr ? found->name : std::string{};
}

std::string_view name_of(MaskKind kind) { return kind == MaskKind::classes ? "classes" : "instances"; }
int bits_of(const MaskLayer& layer) { return layer.info.depth == masks::Depth::u8 ? 8 : 16; }

base::Result<formats::MaskAreas> areas_of(const MaskReport& report, const MaskLayer& layer,
                                          const std::stop_token& stop) {
    const labels::Asset& asset = report.asset;
    if (asset.georeference.empty()) return formats::MaskAreas{};
    auto ground =
        formats::Ground::create(asset.georeference, layer.plane.width_px(), layer.plane.height_px());
    if (!ground) return base::fail(ground.error().kind, "{}: {}", ground.error().message, asset.name);
    formats::MaskAreas areas{std::move(*ground)};
    areas.follow(layer.plane, stop);
    return areas;
}

// Of value 0, of those that the layer has and of those that are in its pixels.
base::Result<std::vector<Row>> rows_of(const MaskReport& report, const MaskLayer& layer,
                                       const std::stop_token& stop) {
    masks::ValueCounts counts;
    counts.follow(layer.plane, stop);
    const auto areas = areas_of(report, layer, stop);
    if (!areas) return std::unexpected(areas.error());
    if (stop.stop_requested())
        return base::fail(base::ErrorKind::cancelled, "Counting was stopped: {}", report.asset.name);
    std::set<Value> values{0};
    for (const Value value : counts.values()) values.insert(value);
    for (const MaskValue& each : layer.info.values) values.insert(each.value);
    const double all = static_cast<double>(layer.info.width_px) * static_cast<double>(layer.info.height_px);
    std::vector<Row> rows;
    for (const Value value : values) {
        Row row{.value = value, .pixels = counts.of(value)};
        if (const MaskValue* known = layer.info.find(value)) {
            row.class_name = class_name(report.state, known->class_id);
            row.name = known->name;
        }
        row.percent = 100 * static_cast<double>(row.pixels) / all;
        const auto area_m2 = value == 0 ? areas->unlabelled() : areas->of(value);
        if (area_m2) row.hectares = *area_m2 / 1e4;
        rows.push_back(std::move(row));
    }
    return rows;
}

struct Storage {
    std::int64_t uniform_tiles = 0, sampled_tiles = 0;
    std::size_t bytes = 0;
};
Storage storage_of(const masks::Plane& plane) {
    Storage storage;
    std::set<const masks::Block*> seen;  // tiles may share one
    plane.each([&](const masks::TileRect& at, const masks::Slot& slot) {
        const std::int64_t count = std::int64_t{at.columns} * at.rows;
        (slot.uniform() ? storage.uniform_tiles : storage.sampled_tiles) += count;
        if (!slot.uniform() && seen.insert(slot.block.get()).second) storage.bytes += slot.block->bytes();
    });
    return storage;
}

std::int64_t number_of(const MaskReport& report, const MaskLayer& layer) {
    const auto all = report.state.mask_layers_of(report.asset.id);
    return std::ranges::find(all, &layer) - all.begin() + 1;
}

std::string contents_of(const MaskReport& report, const MaskLayer& layer) {
    std::vector<std::string> names;
    for (const MaskValue& each : layer.info.values) {
        std::string name = class_name(report.state, each.class_id);
        if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
    }
    constexpr std::size_t k_most = 12;
    const std::size_t more = names.size() > k_most ? names.size() - k_most : 0;
    names.resize(names.size() - more);
    std::string text = fmt::format("{}", fmt::join(names, ", "));
    if (more > 0) text += fmt::format(" and {} more", more);
    if (layer.info.kind == MaskKind::classes || text.empty()) return text;
    return fmt::format("{}: {}", count_text(std::ssize(layer.info.values), "object"), text);
}

void print_rows(const std::vector<Row>& rows) {
    const auto title = [](const Row& row) {
        if (row.value == 0) return std::string{"unlabelled"};
        return row.name.empty() ? row.class_name : fmt::format("{} {}", row.class_name, row.name);
    };
    std::size_t width = 5;
    for (const Row& row : rows) width = std::max(width, title(row).size());
    fmt::print("     {:>5}  {:<{}} {:>15} {:>9} {:>15}\n", "value", "class", width, "pixels", "percent",
               "hectares");
    for (const Row& row : rows) {
        fmt::print("     {:>5}  {:<{}} {:>15} {:>8.3f}% {:>15}\n", row.value, title(row), width, row.pixels,
                   row.percent, row.hectares ? fmt::format("{:.4f}", *row.hectares) : "no place");
    }
}

void write_value(JsonOut& json, Value value, std::string_view of_class, std::string_view name) {
    json.begin_object().field("value", value);
    if (value == 0)
        json.key("class").null();
    else
        json.field("class", of_class);
    json.field("name", name);
}

void write_layer(JsonOut& json, const MaskReport& report, const MaskLayer& layer,
                 const std::vector<Row>* rows) {
    const labels::MaskLayerInfo& info = layer.info;
    const Storage storage = storage_of(layer.plane);
    json.begin_object().field("number", number_of(report, layer)).field("id", base::to_string(info.id.uuid));
    json.field("name", info.name).field("kind", name_of(info.kind));
    json.field("width", info.width_px).field("height", info.height_px).field("bits", bits_of(layer));
    json.key("tiles").begin_object().field("uniform", storage.uniform_tiles);
    json.field("with_samples", storage.sampled_tiles).end_object().field("bytes", storage.bytes);
    json.key("values").begin_array();
    for (std::size_t i = 0; rows != nullptr && i < rows->size(); ++i) {
        const Row& row = (*rows)[i];
        write_value(json, row.value, row.class_name, row.name);
        json.field("pixels", row.pixels).field("percent", row.percent).field("hectares", row.hectares);
        json.end_object();
    }
    for (std::size_t i = 0; rows == nullptr && i < info.values.size(); ++i) {
        const MaskValue& each = info.values[i];
        write_value(json, each.value, class_name(report.state, each.class_id), each.name);
        json.end_object();
    }
    json.end_array().end_object();
}

}  // namespace

base::Result<void> count_pixels(MaskReport& report, const std::stop_token& stop) {
    for (const MaskLayer* layer : report.layers) {
        auto rows = rows_of(report, *layer, stop);
        if (!rows) return std::unexpected(rows.error());
        report.rows.push_back(std::move(*rows));
    }
    return {};
}

void print(const MaskReport& report) {
    if (report.changed && !*report.changed) fmt::print("Nothing changed\n");
    if (report.layers.empty()) {
        fmt::print("{}: no mask; a step such as --disc X,Y,R with --class C makes one\n", report.asset.name);
        return;
    }
    std::size_t width = 4;
    for (const MaskLayer* layer : report.layers) width = std::max(width, layer->info.name.size());
    for (std::size_t i = 0; i < report.layers.size(); ++i) {
        const MaskLayer& layer = *report.layers[i];
        fmt::print("{:>3}  {:<{}}  {}, {} x {} px, {} bits; {}\n", number_of(report, layer), layer.info.name,
                   width, name_of(layer.info.kind), layer.info.width_px, layer.info.height_px, bits_of(layer),
                   layer.info.values.empty() ? "no class yet" : contents_of(report, layer));
        if (i < report.rows.size()) print_rows(report.rows[i]);
    }
}

void print_json(const MaskReport& report) {
    JsonOut json;
    json.begin_object().field("asset", report.asset.name);
    if (report.changed) json.field("changed", *report.changed);
    json.key("layers").begin_array();
    for (std::size_t i = 0; i < report.layers.size(); ++i)
        write_layer(json, report, *report.layers[i], i < report.rows.size() ? &report.rows[i] : nullptr);
    json.end_array().end_object();
}

}  // namespace app
