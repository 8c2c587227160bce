#include <algorithm>
#include <charconv>
#include <limits>

#include "labels/json.h"
#include "labels/json_node.h"
#include "labels/json_ontology.h"

namespace labels {

namespace {

constexpr std::int64_t k_int_max = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t k_int_min = std::numeric_limits<std::int32_t>::min();

template <class T, class Read>
void optional_member(const Node& from, std::string_view name, T& value, const Read& read) {
    const Node node = from.member(name);
    if (node.there()) value = static_cast<T>(read(node));
}

void optional_text(const Node& from, std::string_view name, std::string& value) {
    optional_member(from, name, value, [](const Node& node) { return node.text(); });
}

void optional_truth(const Node& from, std::string_view name, bool& value) {
    optional_member(from, name, value, [](const Node& node) { return node.truth(); });
}

template <class T>
void optional_int(const Node& from, std::string_view name, T& value, std::int64_t least, std::int64_t most) {
    optional_member(from, name, value, [&](const Node& node) { return node.integer_in(least, most); });
}

template <class E>
E named(const Node& node, std::optional<E> (*from)(std::string_view), E otherwise) {
    const std::string name = node.text();
    const std::optional<E> value = node.failed() ? std::nullopt : from(name);
    if (!value) node.fail(fmt::format("is \"{}\", which Limn does not know", name));
    return value.value_or(otherwise);
}

template <class E>
void optional_named(const Node& from, std::string_view name, E& value,
                    std::optional<E> (*find)(std::string_view)) {
    const Node node = from.member(name);
    if (node.there()) value = named(node, find, value);
}

base::Rational read_ratio(const Node& node) {
    std::int64_t parts[2] = {0, 1};
    std::size_t count = 0;
    node.each_element([&](const Node& part) {
        if (count < 2) parts[count] = part.integer();
        ++count;
    });
    if (!node.failed() && (count != 2 || parts[1] <= 0))
        node.fail("must be [numerator, denominator], the latter above 0");
    return {parts[0], parts[1]};
}

// Exactly so many numbers.
template <std::size_t N>
std::array<double, N> read_numbers(const Node& node, std::string_view what) {
    std::array<double, N> numbers{};
    std::size_t count = 0;
    node.each_element([&](const Node& each) {
        if (count < N) numbers[count] = each.number();
        ++count;
    });
    if (!node.failed() && count != N) node.fail(fmt::format("must be {}", what));
    return numbers;
}

base::Georeference read_georeference(const Node& node) {
    base::Georeference georeference;
    if (!node.is_object()) node.fail("must be an object");
    optional_text(node, "crs", georeference.crs);
    if (const Node numbers = node.member("geotransform"); numbers.there())
        georeference.geotransform = read_numbers<6>(numbers, "six numbers");
    if (const Node gcps = node.member("gcps"); gcps.there()) {
        gcps.each_element([&](const Node& each) {
            const auto [column, row, x, y, z] = read_numbers<5>(each, "[column, row, x, y, z]");
            georeference.gcps.push_back({{column, row}, x, y, z});
        });
    }
    if (const Node rpc = node.member("rpc"); rpc.there())
        rpc.each_element([&](const Node& each) { georeference.rpc.push_back(each.text()); });
    return georeference;
}

Asset read_asset(const Node& node) {
    constexpr std::int64_t k_most = std::numeric_limits<std::int64_t>::max();
    Asset asset;
    asset.id = AssetId{node.member("id").uuid()};
    asset.name = node.member("name").text();
    optional_named(node, "kind", asset.kind, media_kind_from);
    optional_text(node, "relative_path", asset.relative_path);
    optional_text(node, "absolute_path", asset.absolute_path);
    optional_text(node, "fingerprint", asset.fingerprint);
    optional_int(node, "size_bytes", asset.size_bytes, 0, k_most);
    optional_int(node, "width", asset.width_px, 0, k_int_max);
    optional_int(node, "height", asset.height_px, 0, k_int_max);
    optional_int(node, "frame_count", asset.frame_count, 0, k_most);
    optional_member(node, "time_base", asset.time_base, read_ratio);
    optional_member(node, "frame_rate", asset.frame_rate, read_ratio);
    optional_int(node, "rotation", asset.rotation_deg, k_int_min, k_int_max);
    optional_int(node, "stream", asset.stream_index, k_int_min, k_int_max);
    optional_int(node, "position", asset.position, std::numeric_limits<std::int64_t>::min(), k_most);
    optional_member(node, "georeference", asset.georeference, read_georeference);
    return asset;
}

AttributeValues read_values(const Node& node) {
    AttributeValues values;
    node.each_member([&](std::string_view name, const Node& value) {
        const auto id = base::parse_uuid(name);
        if (!id) return value.fail("is not named by the id of an attribute");
        set_value(values, AttributeId{*id}, value.text());
    });
    return values;
}

base::Point read_point(const Node& node) {
    double parts[2] = {0, 0};
    std::size_t count = 0;
    node.each_element([&](const Node& part) {
        if (count < 2) parts[count] = part.number();
        ++count;
    });
    if (!node.failed() && count != 2) node.fail("must be [x, y]");
    return {parts[0], parts[1]};
}

void read_points(const Node& node, std::vector<base::Point>& points) {
    points.reserve(points.size() + node.size());
    node.each_element([&](const Node& point) { points.push_back(read_point(point)); });
}

Path read_rings(const Node& node) {
    Path path;
    bool first = true;
    node.each_element([&](const Node& ring) {
        if (!first) path.ring_starts.push_back(static_cast<std::uint32_t>(path.points.size()));
        first = false;
        if (ring.size() == 0) ring.fail("is a ring without points");
        read_points(ring, path.points);
    });
    return path;
}

Box read_box(const Node& keyframe) {
    double sides[4] = {0, 0, 0, 0};
    std::size_t count = 0;
    const Node node = keyframe.member("box");
    node.each_element([&](const Node& side) {
        if (count < 4) sides[count] = side.number();
        ++count;
    });
    if (!node.failed() && count != 4) node.fail("must be [x0, y0, x1, y1]");
    Box box{sides[0], sides[1], sides[2], sides[3], 0};
    optional_member(keyframe, "rotation", box.rotation_deg, [](const Node& angle) { return angle.number(); });
    return box;
}

MaskRuns read_mask(const Node& node) {
    MaskRuns mask;
    mask.left = static_cast<std::int32_t>(node.member("left").integer_in(k_int_min, k_int_max));
    mask.top = static_cast<std::int32_t>(node.member("top").integer_in(k_int_min, k_int_max));
    mask.width = static_cast<std::int32_t>(node.member("width").integer_in(0, k_int_max));
    mask.height = static_cast<std::int32_t>(node.member("height").integer_in(0, k_int_max));
    const Node runs = node.member("runs");
    mask.runs.reserve(runs.size());
    runs.each_element([&](const Node& run) {
        mask.runs.push_back(
            static_cast<std::uint32_t>(run.integer_in(0, std::numeric_limits<std::uint32_t>::max())));
    });
    if (!node.failed() && !is_sound(mask)) node.fail("has runs that are longer than the mask");
    return mask;
}

Geometry read_geometry(const Node& node) {
    if (node.has("box")) return read_box(node);
    if (node.has("mask")) return read_mask(node.member("mask"));
    if (node.has("rings")) return read_rings(node.member("rings"));
    Path path;
    if (node.has("points")) {
        read_points(node.member("points"), path.points);
    } else {
        node.fail("has no shape: it must hold box, points, rings or mask");
    }
    return path;
}

Keyframe read_keyframe(const Node& node, std::int64_t frame) {
    Keyframe keyframe;
    keyframe.frame = frame;
    optional_member(node, "pts", keyframe.pts, [](const Node& pts) { return pts.integer(); });
    keyframe.geometry = read_geometry(node);
    optional_truth(node, "outside", keyframe.outside);
    optional_truth(node, "occluded", keyframe.occluded);
    optional_truth(node, "interpolate", keyframe.interpolate);
    optional_named(node, "source", keyframe.source, source_from);
    if (const Node confidence = node.member("confidence"); confidence.there()) {
        const double value = confidence.number();
        if (value < 0 || value > 1) confidence.fail("must be from 0 to 1");
        keyframe.confidence = static_cast<float>(std::clamp(value, 0.0, 1.0));
    }
    optional_member(node, "attributes", keyframe.attributes, read_values);
    return keyframe;
}

TrackInfo read_info(const Node& node) {
    TrackInfo info;
    info.id = TrackId{node.member("id").uuid()};
    info.asset = AssetId{node.member("asset").uuid()};
    info.class_id = ClassId{node.member("class").uuid()};
    info.number = node.member("number").integer();
    optional_text(node, "name", info.name);
    info.shape = named(node.member("shape"), shape_kind_from, ShapeKind::box);
    optional_named(node, "extent", info.extent, extent_from);
    optional_member(node, "attributes", info.attributes, read_values);
    optional_int(node, "group", info.group, k_int_min, k_int_max);
    optional_int(node, "z_order", info.z_order, k_int_min, k_int_max);
    optional_truth(node, "locked", info.locked);
    optional_truth(node, "hidden", info.hidden);
    optional_named(node, "source", info.source, source_from);
    optional_text(node, "source_detail", info.source_detail);
    optional_text(node, "author", info.author);
    return info;
}

template <class T, class Read>
Change<T> read_change(const Node& node, const Read& read) {
    Change<T> change;
    const Node before = node.member("before");
    if (before.there()) change.before = read(before);
    const Node after = node.member("after");
    if (after.there()) change.after = read(after);
    if (!node.failed() && !before.there() && !after.there()) node.fail("must hold before, after or both");
    return change;
}

void read_frame_change(std::string_view name, const Node& node, TrackEdit& edit) {
    std::int64_t frame = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), frame);
    if (error != std::errc{} || end != name.data() + name.size())
        return node.fail("is not named by a frame number");
    const auto read = [&](const Node& keyframe) { return read_keyframe(keyframe, frame); };
    edit.keyframes.insert_or_assign(edit.keyframes.end(), frame, read_change<Keyframe>(node, read));
}

TrackEdit read_track_edit(const Node& node, TrackId id) {
    TrackEdit edit;
    const Node info = node.member("info");
    if (info.there()) {
        edit.info = read_change<TrackInfo>(info, read_info);
        for (const auto& side : {edit.info->before, edit.info->after}) {
            if (side && side->id != id) info.fail("is of another track than it is filed under");
        }
    }
    const Node keyframes = node.member("keyframes");
    if (keyframes.there()) {
        keyframes.each_member(
            [&](std::string_view name, const Node& change) { read_frame_change(name, change, edit); });
    }
    return edit;
}

Change<Asset> read_asset_change(const Node& node, AssetId id) {
    Change<Asset> change = read_change<Asset>(node, read_asset);
    for (const auto& side : {change.before, change.after}) {
        if (side && side->id != id) node.fail("is of another asset than it is filed under");
    }
    return change;
}

// Objects whose members are named by ids.
template <class Id, class T, class Read>
void read_map(const Node& node, std::map<Id, T>& map, const Read& read) {
    if (!node.there()) return;
    node.each_member([&](std::string_view name, const Node& value) {
        const auto id = base::parse_uuid(name);
        if (!id) return value.fail("is not named by an id (a UUID)");
        map.insert_or_assign(map.end(), Id{*id}, read(value, Id{*id}));
    });
}

InspectionGrid read_grid(const Node& node) {
    InspectionGrid grid;
    grid.asset = AssetId{node.member("asset").uuid()};
    const Node area = node.member("area");
    const auto [x, y, width, height] = read_numbers<4>(area, "[x, y, width, height]");
    grid.layout.area = {x, y, x + width, y + height};
    grid.layout.tile_px = static_cast<int>(node.member("tile").integer_in(1, k_int_max));
    optional_int(node, "overlap", grid.layout.overlap_px, 0, k_int_max);
    if (node.failed()) return grid;
    if (!is_sound(grid.layout)) {
        node.fail("is no grid: its area must lie on whole pixels and have at most 4 194 304 cells");
        return grid;
    }
    const Node marks = node.member("marks");
    if (!marks.there()) return make_grid(grid.asset, grid.layout);
    auto read = marks_from_text(marks.text(), grid.layout.cells());
    if (!read) marks.fail(fmt::format("must be runs of {} marks, as in 4+1?7-", grid.layout.cells()));
    if (read) grid.marks = std::move(*read);
    return grid;
}

void read_mark_change(std::string_view name, const Node& node, GridEdit& edit) {
    std::int64_t cell = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), cell);
    if (error != std::errc{} || end != name.data() + name.size() || cell < 0 || cell >= k_most_cells)
        return node.fail("is not named by the number of a cell");
    Mark sides[2] = {};
    std::size_t count = 0;
    node.each_element([&](const Node& side) {
        if (count < 2) sides[count] = named(side, mark_from, Mark::todo);
        ++count;
    });
    if (!node.failed() && count != 2) node.fail("must be [mark before, mark after]");
    edit.marks.insert_or_assign(edit.marks.end(), cell, MarkChange{sides[0], sides[1]});
}

GridEdit read_grid_edit(const Node& node, AssetId id) {
    GridEdit edit;
    const Node grid = node.member("grid"), marks = node.member("marks");
    if (grid.there() == marks.there()) node.fail("must hold either grid or marks");
    if (grid.there()) {
        edit.grid = read_change<InspectionGrid>(grid, read_grid);
        for (const auto& side : {edit.grid->before, edit.grid->after}) {
            if (side && side->asset != id) grid.fail("is of another asset than it is filed under");
        }
    } else if (marks.there()) {
        marks.each_member(
            [&](std::string_view name, const Node& change) { read_mark_change(name, change, edit); });
        if (!node.failed() && edit.marks.empty()) marks.fail("must name a cell");
    }
    return edit;
}

MaskLayerInfo read_mask_layer(const Node& node) {
    MaskLayerInfo info;
    info.id = MaskLayerId{node.member("id").uuid()};
    info.asset = AssetId{node.member("asset").uuid()};
    info.name = node.member("name").text();
    info.kind = named(node.member("kind"), mask_kind_from, MaskKind::classes);
    if (node.has("position")) info.position = node.member("position").integer();
    info.width_px = node.member("width").integer();
    info.height_px = node.member("height").integer();
    const Node bits = node.member("bits");
    info.depth = bits.integer_in(8, 16) == 8 ? masks::Depth::u8 : masks::Depth::u16;
    node.member("values").each_element([&](const Node& each) {
        MaskValue& value = info.values.emplace_back();
        value.value = static_cast<masks::Value>(each.member("value").integer_in(1, 65535));
        value.class_id = ClassId{each.member("class").uuid()};
        optional_text(each, "name", value.name);
    });
    if (!node.failed() && !is_sound(info))
        node.fail("is no mask: its size must be 1 to 2 147 483 648 pixels, its values ascending");
    return info;
}

// [x, y, columns, rows, before, after]: of tiles; a side is a value or the hash of a block.
TileChange read_tile_change(const Node& node, const BlockSource& blocks) {
    TileChange change;
    const std::array numbers = {&change.at.x, &change.at.y, &change.at.columns, &change.at.rows};
    const std::array sides = {&change.before, &change.after};
    std::size_t count = 0;
    bool names_block = false;
    node.each_element([&](const Node& each) {
        if (count < 4) {
            *numbers[count] = static_cast<std::int32_t>(each.integer_in(0, k_int_max));
        } else if (count < 6 && each.is_string()) {
            const auto hash = base::sha256_from_hex(each.text());
            if (!hash) return each.fail("is no hash of 64 hexadecimal digits");
            if (!blocks) return each.fail("names a tile that is not there");
            auto block = blocks(*hash);
            if (!block)
                return each.fail(fmt::format("names a tile that cannot be read ({})", block.error().message));
            sides[count - 4]->block = std::move(*block);
            names_block = true;
        } else if (count < 6) {
            sides[count - 4]->value = static_cast<masks::Value>(each.integer_in(0, 65535));
        }
        ++count;
    });
    if (!node.failed() && count != 6) node.fail("must be [x, y, columns, rows, before, after]");
    const bool is_one = change.at.columns == 1 && change.at.rows == 1;
    if (!node.failed() && !is_one && names_block) node.fail("gives several tiles the samples of one");
    return change;
}

MaskEdit read_mask_edit(const Node& node, MaskLayerId id, const BlockSource& blocks) {
    MaskEdit edit;
    const Node info = node.member("info"), tiles = node.member("tiles");
    if (info.there()) {
        edit.info = read_change<MaskLayerInfo>(info, read_mask_layer);
        for (const auto& side : {edit.info->before, edit.info->after}) {
            if (side && side->id != id) info.fail("is of another mask than it is filed under");
        }
    }
    if (tiles.there())
        tiles.each_element([&](const Node& each) { edit.tiles.push_back(read_tile_change(each, blocks)); });
    if (!node.failed() && !edit.info && edit.tiles.empty()) node.fail("must hold info, tiles or both");
    return edit;
}

Edit read_edit(const Node& node, const BlockSource& blocks) {
    Edit edit;
    if (!node.is_object()) node.fail("must be an object");
    const Node ontology = node.member("ontology");
    if (ontology.there()) edit.ontology = read_change<Ontology>(ontology, read_ontology);
    read_map(node.member("assets"), edit.assets, read_asset_change);
    read_map(node.member("tracks"), edit.tracks, read_track_edit);
    read_map(node.member("grids"), edit.grids, read_grid_edit);
    read_map(node.member("masks"), edit.masks,
             [&](const Node& mask, MaskLayerId id) { return read_mask_edit(mask, id, blocks); });
    return edit;
}

Track read_track(const Node& node) {
    Track track;
    track.info = read_info(node);
    const Node keyframes = node.member("keyframes");
    track.keyframes.reserve(keyframes.size());
    keyframes.each_element([&](const Node& keyframe) {
        track.keyframes.push_back(read_keyframe(keyframe, keyframe.member("frame").integer()));
        if (!fits(track.keyframes.back().geometry, track.info.shape))
            keyframe.fail("has not the shape of its track");
    });
    std::ranges::stable_sort(track.keyframes, {}, &Keyframe::frame);
    if (std::ranges::adjacent_find(track.keyframes, {}, &Keyframe::frame) != track.keyframes.end()) {
        keyframes.fail("has two keyframes on one frame");
    }
    return track;
}

}  // namespace

base::Result<Asset> asset_from_json(std::string_view text) { return read_json(text, read_asset); }
base::Result<base::Georeference> georeference_from_json(std::string_view text) {
    return read_json(text, read_georeference);
}
base::Result<InspectionGrid> grid_from_json(std::string_view text) { return read_json(text, read_grid); }
base::Result<Track> track_from_json(std::string_view text) { return read_json(text, read_track); }
base::Result<MaskLayerInfo> mask_layer_from_json(std::string_view text) {
    return read_json(text, read_mask_layer);
}
base::Result<Edit> edit_from_json(std::string_view text, const BlockSource& blocks) {
    return read_json(text, [&](const Node& node) { return read_edit(node, blocks); });
}
base::Result<Geometry> geometry_from_json(std::string_view text) { return read_json(text, read_geometry); }
base::Result<AttributeValues> attributes_from_json(std::string_view text) {
    return read_json(text, read_values);
}

}  // namespace labels
