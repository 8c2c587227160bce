#include <charconv>
#include <span>

#include <fmt/format.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "labels/json.h"

namespace labels {

namespace {

using Buffer = rapidjson::StringBuffer;
using Compact = rapidjson::Writer<Buffer>;
using Pretty = rapidjson::PrettyWriter<Buffer>;

template <class W>
void key(W& out, std::string_view name) {
    out.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
}
template <class W>
void text(W& out, std::string_view value) {
    out.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}
template <class W>
void text(W& out, std::string_view name, std::string_view value) {
    key(out, name);
    text(out, value);
}
template <class W>
void integer(W& out, std::string_view name, std::int64_t value) {
    key(out, name);
    out.Int64(value);
}

// The shortest text that reads back as the same double; "12", not "12.0".
template <class W>
void number(W& out, double value) {
    char digits[40];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    out.RawValue(digits, static_cast<std::size_t>(end - digits), rapidjson::kNumberType);
}

template <class W>
void write(W& out, const Attribute& attribute) {
    out.StartObject();
    text(out, "id", base::to_string(attribute.id.uuid));
    text(out, "name", attribute.name);
    text(out, "kind", name_of(attribute.kind));
    text(out, "timing", name_of(attribute.timing));
    key(out, "values");
    out.StartArray();
    for (const std::string& value : attribute.values) text(out, value);
    out.EndArray();
    text(out, "default", attribute.default_value);
    out.EndObject();
}

template <class W>
void write(W& out, const LabelClass& label_class) {
    out.StartObject();
    text(out, "id", base::to_string(label_class.id.uuid));
    text(out, "name", label_class.name);
    text(out, "color", fmt::format("#{:06X}", label_class.color_rgb & 0xFFFFFF));
    text(out, "shortcut", label_class.shortcut);
    if (label_class.parent) text(out, "parent", base::to_string(label_class.parent->uuid));
    key(out, "shapes");
    out.StartArray();
    for (const ShapeKind shape : label_class.shapes) text(out, name_of(shape));
    out.EndArray();
    text(out, "guidelines", label_class.guidelines);
    key(out, "attributes");
    out.StartArray();
    for (const Attribute& attribute : label_class.attributes) write(out, attribute);
    out.EndArray();
    out.EndObject();
}

template <class W>
void write(W& out, const Ontology& ontology) {
    out.StartObject();
    integer(out, "revision", ontology.revision);
    key(out, "classes");
    out.StartArray();
    for (const LabelClass& label_class : ontology.classes) write(out, label_class);
    out.EndArray();
    out.EndObject();
}

void write(Compact& out, std::string_view name, base::Rational ratio) {
    key(out, name);
    out.StartArray();
    out.Int64(ratio.num);
    out.Int64(ratio.den);
    out.EndArray();
}

void write_numbers(Compact& out, std::span<const double> numbers) {
    out.StartArray();
    for (const double each : numbers) number(out, each);
    out.EndArray();
}

void write(Compact& out, const base::Georeference& georeference) {
    out.StartObject();
    if (!georeference.crs.empty()) text(out, "crs", georeference.crs);
    if (georeference.geotransform) {
        key(out, "geotransform");
        write_numbers(out, *georeference.geotransform);
    }
    if (!georeference.gcps.empty()) {
        key(out, "gcps");
        out.StartArray();
        for (const base::GroundControlPoint& each : georeference.gcps)
            write_numbers(out, std::array{each.pixel.x, each.pixel.y, each.x, each.y, each.z});
        out.EndArray();
    }
    if (!georeference.rpc.empty()) {
        key(out, "rpc");
        out.StartArray();
        for (const std::string& each : georeference.rpc) text(out, each);
        out.EndArray();
    }
    out.EndObject();
}

void write(Compact& out, const Asset& asset) {
    out.StartObject();
    text(out, "id", base::to_string(asset.id.uuid));
    text(out, "name", asset.name);
    text(out, "kind", name_of(asset.kind));
    text(out, "relative_path", asset.relative_path);
    text(out, "absolute_path", asset.absolute_path);
    text(out, "fingerprint", asset.fingerprint);
    integer(out, "size_bytes", asset.size_bytes);
    integer(out, "width", asset.width_px);
    integer(out, "height", asset.height_px);
    integer(out, "frame_count", asset.frame_count);
    write(out, "time_base", asset.time_base);
    write(out, "frame_rate", asset.frame_rate);
    integer(out, "rotation", asset.rotation_deg);
    integer(out, "stream", asset.stream_index);
    integer(out, "position", asset.position);
    if (asset.georeference != base::Georeference{}) {
        key(out, "georeference");
        write(out, asset.georeference);
    }
    out.EndObject();
}

void write(Compact& out, const AttributeValues& values) {
    out.StartObject();
    for (const auto& [id, value] : values) text(out, base::to_string(id.uuid), value);
    out.EndObject();
}

void write_points(Compact& out, std::span<const base::Point> points) {
    out.StartArray();
    for (const base::Point& point : points) {
        out.StartArray();
        number(out, point.x);
        number(out, point.y);
        out.EndArray();
    }
    out.EndArray();
}

void write_members(Compact& out, const Box& box) {
    key(out, "box");
    out.StartArray();
    for (const double side : {box.x0, box.y0, box.x1, box.y1}) number(out, side);
    out.EndArray();
    if (box.rotation_deg == 0) return;
    key(out, "rotation");
    number(out, box.rotation_deg);
}

void write_members(Compact& out, const Path& path) {
    const std::span<const base::Point> all(path.points);
    if (path.ring_starts.empty()) {
        key(out, "points");
        return write_points(out, all);
    }
    key(out, "rings");
    out.StartArray();
    std::size_t begin = 0;
    for (const std::uint32_t start : path.ring_starts) {
        write_points(out, all.subspan(begin, start - begin));
        begin = start;
    }
    write_points(out, all.subspan(begin));
    out.EndArray();
}

void write_members(Compact& out, const MaskRuns& mask) {
    key(out, "mask");
    out.StartObject();
    integer(out, "left", mask.left);
    integer(out, "top", mask.top);
    integer(out, "width", mask.width);
    integer(out, "height", mask.height);
    key(out, "runs");
    out.StartArray();
    for (const std::uint32_t run : mask.runs) out.Uint(run);
    out.EndArray();
    out.EndObject();
}

void write_members(Compact& out, const Keyframe& keyframe) {
    if (keyframe.pts != k_no_pts) integer(out, "pts", keyframe.pts);
    std::visit([&](const auto& geometry) { write_members(out, geometry); }, keyframe.geometry);
    const auto flag = [&](std::string_view name, bool value, bool usual) {
        if (value == usual) return;
        key(out, name);
        out.Bool(value);
    };
    flag("outside", keyframe.outside, false);
    flag("occluded", keyframe.occluded, false);
    flag("interpolate", keyframe.interpolate, true);
    if (keyframe.source != Source::human) text(out, "source", name_of(keyframe.source));
    if (keyframe.confidence != 1) {
        key(out, "confidence");
        number(out, short_double(keyframe.confidence));
    }
    if (keyframe.attributes.empty()) return;
    key(out, "attributes");
    write(out, keyframe.attributes);
}

void write_members(Compact& out, const TrackInfo& info) {
    text(out, "id", base::to_string(info.id.uuid));
    text(out, "asset", base::to_string(info.asset.uuid));
    text(out, "class", base::to_string(info.class_id.uuid));
    integer(out, "number", info.number);
    if (!info.name.empty()) text(out, "name", info.name);
    text(out, "shape", name_of(info.shape));
    if (info.extent != Extent::track) text(out, "extent", name_of(info.extent));
    if (!info.attributes.empty()) {
        key(out, "attributes");
        write(out, info.attributes);
    }
    if (info.group != 0) integer(out, "group", info.group);
    if (info.z_order != 0) integer(out, "z_order", info.z_order);
    for (const auto& [name, value] : {std::pair("locked", info.locked), std::pair("hidden", info.hidden)}) {
        if (!value) continue;
        key(out, name);
        out.Bool(true);
    }
    if (info.source != Source::human) text(out, "source", name_of(info.source));
    if (!info.source_detail.empty()) text(out, "source_detail", info.source_detail);
    if (!info.author.empty()) text(out, "author", info.author);
}

void write(Compact& out, const Keyframe& keyframe) {
    out.StartObject();
    write_members(out, keyframe);
    out.EndObject();
}

void write(Compact& out, const TrackInfo& info) {
    out.StartObject();
    write_members(out, info);
    out.EndObject();
}

void write(Compact& out, const InspectionGrid& grid) {
    const GridLayout& layout = grid.layout;
    out.StartObject();
    text(out, "asset", base::to_string(grid.asset.uuid));
    key(out, "area");
    write_numbers(out, std::array{layout.area.x0, layout.area.y0, layout.area.width(), layout.area.height()});
    integer(out, "tile", layout.tile_px);
    if (layout.overlap_px != 0) integer(out, "overlap", layout.overlap_px);
    if (grid.counts().todo != std::ssize(grid.marks)) text(out, "marks", marks_to_text(grid.marks));
    out.EndObject();
}

void write(Compact& out, const MaskLayerInfo& info) {
    out.StartObject();
    text(out, "id", base::to_string(info.id.uuid));
    text(out, "asset", base::to_string(info.asset.uuid));
    text(out, "name", info.name);
    text(out, "kind", name_of(info.kind));
    if (info.position != 0) integer(out, "position", info.position);
    integer(out, "width", info.width_px);
    integer(out, "height", info.height_px);
    integer(out, "bits", 8 * static_cast<int>(info.depth));
    key(out, "values");
    out.StartArray();
    for (const MaskValue& value : info.values) {
        out.StartObject();
        integer(out, "value", value.value);
        text(out, "class", base::to_string(value.class_id.uuid));
        if (!value.name.empty()) text(out, "name", value.name);
        out.EndObject();
    }
    out.EndArray();
    out.EndObject();
}

template <class T>
void write(Compact& out, const Change<T>& change) {
    out.StartObject();
    if (change.before) {
        key(out, "before");
        write(out, *change.before);
    }
    if (change.after) {
        key(out, "after");
        write(out, *change.after);
    }
    out.EndObject();
}

void write(Compact& out, const TrackEdit& edit) {
    out.StartObject();
    if (edit.info) {
        key(out, "info");
        write(out, *edit.info);
    }
    if (!edit.keyframes.empty()) {
        key(out, "keyframes");
        out.StartObject();
        for (const auto& [frame, change] : edit.keyframes) {
            key(out, fmt::format_int(frame).c_str());
            write(out, change);
        }
        out.EndObject();
    }
    out.EndObject();
}

void write(Compact& out, const GridEdit& edit) {
    out.StartObject();
    if (edit.grid) {
        key(out, "grid");
        write(out, *edit.grid);
    }
    if (!edit.marks.empty()) {
        key(out, "marks");
        out.StartObject();
        for (const auto& [cell, change] : edit.marks) {
            key(out, fmt::format_int(cell).c_str());
            out.StartArray();
            for (const Mark mark : {change.before, change.after}) text(out, name_of(mark));
            out.EndArray();
        }
        out.EndObject();
    }
    out.EndObject();
}

void write(Compact& out, const masks::Slot& slot) {
    if (slot.uniform())
        out.Int(slot.value);
    else
        text(out, base::to_hex(slot.block->hash()));
}

void write(Compact& out, const MaskEdit& edit) {
    out.StartObject();
    if (edit.info) {
        key(out, "info");
        write(out, *edit.info);
    }
    if (!edit.tiles.empty()) {
        key(out, "tiles");
        out.StartArray();
        for (const TileChange& tile : edit.tiles) {
            out.StartArray();
            for (const std::int32_t number : {tile.at.x, tile.at.y, tile.at.columns, tile.at.rows})
                out.Int(number);
            write(out, tile.before);
            write(out, tile.after);
            out.EndArray();
        }
        out.EndArray();
    }
    out.EndObject();
}

template <class Map>
void write_map(Compact& out, std::string_view name, const Map& map) {
    if (map.empty()) return;
    key(out, name);
    out.StartObject();
    for (const auto& [id, value] : map) {
        key(out, base::to_string(id.uuid));
        write(out, value);
    }
    out.EndObject();
}

template <class T>
std::string one_line(const T& value) {
    Buffer buffer;
    Compact out(buffer);
    write(out, value);
    return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace

double short_double(float value) {
    char digits[40];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    double shortest = value;
    std::from_chars(digits, end, shortest);
    return static_cast<float>(shortest) == value ? shortest : static_cast<double>(value);
}

std::string to_json(const Ontology& ontology) {
    Buffer buffer;
    Pretty out(buffer);
    out.SetIndent(' ', 2);
    write(out, ontology);
    return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

std::string to_json(const Asset& asset) { return one_line(asset); }
std::string to_json(const base::Georeference& georeference) { return one_line(georeference); }
std::string to_json(const InspectionGrid& grid) { return one_line(grid); }
std::string to_json(const MaskLayerInfo& info) { return one_line(info); }
std::string attributes_to_json(const AttributeValues& values) { return one_line(values); }

std::string geometry_to_json(const Geometry& geometry) {
    Buffer buffer;
    Compact out(buffer);
    out.StartObject();
    std::visit([&](const auto& kind) { write_members(out, kind); }, geometry);
    out.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

std::string to_json(const Track& track) {
    Buffer buffer;
    Compact out(buffer);
    out.StartObject();
    write_members(out, track.info);
    key(out, "keyframes");
    out.StartArray();
    for (const Keyframe& keyframe : track.keyframes) {
        out.StartObject();
        integer(out, "frame", keyframe.frame);
        write_members(out, keyframe);
        out.EndObject();
    }
    out.EndArray();
    out.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

std::string to_json(const Edit& edit) {
    Buffer buffer;
    Compact out(buffer);
    out.StartObject();
    if (edit.ontology) {
        key(out, "ontology");
        write(out, *edit.ontology);
    }
    write_map(out, "assets", edit.assets);
    write_map(out, "tracks", edit.tracks);
    write_map(out, "grids", edit.grids);
    write_map(out, "masks", edit.masks);
    out.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace labels
