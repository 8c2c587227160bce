#include "app/view_state_file.h"

#include <algorithm>
#include <cmath>

#include <rapidjson/document.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include "app/map_view_json.h"
#include "app/mask_operations.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"

namespace app {

namespace fs = std::filesystem;
using rapidjson::Value;

static fs::path file_for(const fs::path& project) {
    std::error_code ignored;
    const std::string name = fs::weakly_canonical(project, ignored).string();
    const base::Sha256 digest = base::sha256(std::as_bytes(std::span{name}));
    return base::state_dir() / "views" / (base::to_hex(std::span{digest}.first(12)) + ".json");
}

static double number(const Value& object, const char* key, double otherwise) {
    const auto found = object.FindMember(key);
    return found != object.MemberEnd() && found->value.IsNumber() ? found->value.GetDouble() : otherwise;
}

static bool flag(const Value& object, const char* key, bool otherwise) {
    const auto found = object.FindMember(key);
    return found != object.MemberEnd() && found->value.IsBool() ? found->value.GetBool() : otherwise;
}

template <class Id>
static Id id_of(const Value& object, const char* key) {
    const auto found = object.FindMember(key);
    if (found == object.MemberEnd() || !found->value.IsString()) return {};
    return Id{base::parse_uuid(found->value.GetString()).value_or(base::Uuid{})};
}

static std::string text_of(const Value& object, const char* key, std::string_view otherwise) {
    const auto found = object.FindMember(key);
    return found != object.MemberEnd() && found->value.IsString() ? found->value.GetString()
                                                                  : std::string{otherwise};
}

template <class Id>
static std::vector<Id> ids_of(const Value& object, const char* key) {
    std::vector<Id> ids;
    const auto found = object.FindMember(key);
    if (found == object.MemberEnd() || !found->value.IsArray()) return ids;
    for (const Value& each : found->value.GetArray())
        if (const auto uuid = each.IsString() ? base::parse_uuid(each.GetString()) : std::nullopt)
            ids.push_back(Id{*uuid});
    return ids;
}

// Not what changes with every object: which one is painted.
static MaskBrush brush_from(const Value& object) {
    MaskBrush brush;
    brush.size_px = std::clamp(number(object, "size", brush.size_px), 1.0, 20000.0);
    brush.follows_zoom = flag(object, "follows_zoom", brush.follows_zoom);
    brush.nib = flag(object, "square", false) ? masks::Nib::square : masks::Nib::round;
    brush.only_unlabelled = flag(object, "only_unlabelled", false);
    brush.protected_classes = ids_of<labels::ClassId>(object, "protected");
    brush.only_where = text_of(object, "only_where", "");
    brush.tolerance = std::clamp(number(object, "tolerance", brush.tolerance), 0.002, 4.0);
    brush.contiguous = flag(object, "contiguous", true);
    brush.outline_tolerance_px = std::clamp(number(object, "outline_tolerance", 0), 0.0, 1000.0);
    if (const MaskOperation* operation = find_mask_operation(text_of(object, "operation", ""))) {
        brush.operation = operation->id;
        brush.operation_n = std::llround(std::clamp(
            number(object, "operation_n", static_cast<double>(operation->n.value_or(0))), 0.0, 1e9));
    }
    brush.operation_on_all = flag(object, "operation_on_all", false);
    return brush;
}

static MaskShow show_from(const Value& object) {
    MaskShow show;
    show.visible = flag(object, "visible", true);
    show.opacity = std::clamp(number(object, "opacity", show.opacity), 0.0, 1.0);
    show.least_confidence = std::clamp(number(object, "least_confidence", show.least_confidence), 0.0, 1.0);
    show.fill = static_cast<MaskFill>(std::clamp(number(object, "fill", static_cast<double>(show.fill)), 0.0,
                                                 static_cast<double>(MaskFill::both)));
    show.hatch_unlabelled = flag(object, "hatch", false);
    show.preview_where = flag(object, "preview", true);
    show.hidden_classes = ids_of<labels::ClassId>(object, "hidden_classes");
    show.hidden_layers = ids_of<labels::MaskLayerId>(object, "hidden_layers");
    return show;
}

static AssetView asset_view_from(const Value& object) {
    AssetView view;
    view.mask_layer = id_of<labels::MaskLayerId>(object, "mask");
    view.frame = static_cast<std::int64_t>(number(object, "frame", 0));
    view.fitted = flag(object, "fitted", true);
    view.centre = {number(object, "x", 0), number(object, "y", 0)};
    view.scale = number(object, "scale", 1);
    view.first_shown = number(object, "first_shown", 0);
    view.frames_shown = number(object, "frames_shown", 0);
    view.loop_begin = static_cast<std::int64_t>(number(object, "loop_begin", 0));
    view.loop_end = static_cast<std::int64_t>(number(object, "loop_end", 0));
    view.loop_on = flag(object, "loop", false);
    if (const auto marks = object.FindMember("bookmarks");
        marks != object.MemberEnd() && marks->value.IsArray())
        for (const Value& mark : marks->value.GetArray())
            if (mark.IsObject() && mark.HasMember("name") && mark["name"].IsString())
                view.bookmarks.push_back({mark["name"].GetString(),
                                          {number(mark, "x", 0), number(mark, "y", 0)},
                                          number(mark, "scale", 1)});
    if (const auto raster = object.FindMember("raster"); raster != object.MemberEnd())
        view.raster = read_style(raster->value);
    if (const auto layers = object.FindMember("layers"); layers != object.MemberEnd())
        view.layers = read_layers(layers->value);
    view.grid_cell = static_cast<std::int64_t>(number(object, "grid_cell", -1));
    return view;
}

ViewState load_view_state(const fs::path& project) {
    ViewState view;
    const auto text = base::read_file(file_for(project), 64 << 20);
    if (!text) return view;
    rapidjson::Document json;
    json.Parse<rapidjson::kParseIterativeFlag>(text->data(), text->size());
    if (json.HasParseError() || !json.IsObject()) return view;
    view.asset = id_of<labels::AssetId>(json, "asset");
    view.active_class = id_of<labels::ClassId>(json, "class");
    if (json.HasMember("tool") && json["tool"].IsString()) view.tool = json["tool"].GetString();
    view.bottom_height = static_cast<float>(number(json, "bottom_height", view.bottom_height));
    view.left_shown = flag(json, "left", true);
    view.right_shown = flag(json, "right", true);
    view.bottom_shown = flag(json, "bottom", true);
    view.strip_shown = flag(json, "strip", true);
    if (json.HasMember("brush") && json["brush"].IsObject()) view.brush = brush_from(json["brush"]);
    if (json.HasMember("masks") && json["masks"].IsObject()) view.masks = show_from(json["masks"]);
    if (const auto assets = json.FindMember("assets"); assets != json.MemberEnd() && assets->value.IsObject())
        for (const auto& [key, value] : assets->value.GetObject())
            if (const auto uuid = base::parse_uuid(key.GetString()); uuid && value.IsObject())
                view.assets[labels::AssetId{*uuid}] = asset_view_from(value);
    return view;
}

void save_view_state(const fs::path& project, const ViewState& view) {
    rapidjson::StringBuffer text;
    ViewWriter json{text};
    const auto put = [&](const char* key, auto value) {
        json.Key(key);
        if constexpr (std::is_same_v<decltype(value), bool>)
            json.Bool(value);
        else if constexpr (std::is_integral_v<decltype(value)>)
            json.Int64(value);
        else if constexpr (std::is_floating_point_v<decltype(value)>)
            json.Double(value);
        else
            json.String(value);
    };
    json.StartObject();
    put("project", project.string());
    put("asset", base::to_string(view.asset.uuid));
    put("class", base::to_string(view.active_class.uuid));
    put("tool", view.tool);
    put("bottom_height", view.bottom_height);
    put("left", view.left_shown);
    put("right", view.right_shown);
    put("bottom", view.bottom_shown);
    put("strip", view.strip_shown);
    const auto put_ids = [&](const char* key, const auto& ids) {
        json.Key(key);
        json.StartArray();
        for (const auto& id : ids) json.String(base::to_string(id.uuid));
        json.EndArray();
    };
    json.Key("brush");
    json.StartObject();
    put("size", view.brush.size_px);
    put("follows_zoom", view.brush.follows_zoom);
    put("square", view.brush.nib == masks::Nib::square);
    put("only_unlabelled", view.brush.only_unlabelled);
    put_ids("protected", view.brush.protected_classes);
    put("only_where", view.brush.only_where);
    put("tolerance", view.brush.tolerance);
    put("contiguous", view.brush.contiguous);
    put("outline_tolerance", view.brush.outline_tolerance_px);
    put("operation", view.brush.operation);
    put("operation_n", view.brush.operation_n);
    put("operation_on_all", view.brush.operation_on_all);
    json.EndObject();
    json.Key("masks");
    json.StartObject();
    put("visible", view.masks.visible);
    put("opacity", view.masks.opacity);
    put("least_confidence", view.masks.least_confidence);
    put("fill", static_cast<std::int64_t>(view.masks.fill));
    put("hatch", view.masks.hatch_unlabelled);
    put("preview", view.masks.preview_where);
    put_ids("hidden_classes", view.masks.hidden_classes);
    put_ids("hidden_layers", view.masks.hidden_layers);
    json.EndObject();
    json.Key("assets");
    json.StartObject();
    for (const auto& [id, asset] : view.assets) {
        json.Key(base::to_string(id.uuid));
        json.StartObject();
        put("mask", base::to_string(asset.mask_layer.uuid));
        put("frame", asset.frame);
        put("fitted", asset.fitted);
        put("x", asset.centre.x);
        put("y", asset.centre.y);
        put("scale", asset.scale);
        put("first_shown", asset.first_shown);
        put("frames_shown", asset.frames_shown);
        put("loop_begin", asset.loop_begin);
        put("loop_end", asset.loop_end);
        put("loop", asset.loop_on);
        if (asset.raster) {
            json.Key("raster");
            write_style(json, *asset.raster);
        }
        if (!asset.bookmarks.empty()) {
            json.Key("bookmarks");
            json.StartArray();
            for (const Bookmark& bookmark : asset.bookmarks) {
                json.StartObject();
                put("name", bookmark.name);
                put("x", bookmark.centre.x);
                put("y", bookmark.centre.y);
                put("scale", bookmark.scale);
                json.EndObject();
            }
            json.EndArray();
        }
        if (!asset.layers.empty()) {
            json.Key("layers");
            write_layers(json, asset.layers);
        }
        if (asset.grid_cell >= 0) put("grid_cell", asset.grid_cell);
        json.EndObject();
    }
    json.EndObject();
    json.EndObject();

    const fs::path file = file_for(project);
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    auto out = base::AtomicFile::create(file);
    if (out) out->write({text.GetString(), text.GetSize()});
    if (const auto done = out ? out->commit() : std::unexpected(out.error()); !done)
        base::log(base::LogLevel::warning, "{}", done.error().message);
}

}  // namespace app
