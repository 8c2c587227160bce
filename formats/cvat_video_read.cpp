// Reads what CVAT, datumaro and Limn write, one <track> at a time. Only rows with keyframe="1" count, as in
// CVAT's importer: the others are what CVAT interpolated. A track without any such row would be lost, so
// there all rows are taken.

#include <algorithm>
#include <unordered_set>

#include <pugixml.hpp>

#include "formats/cvat_video.h"
#include "formats/importer.h"
#include "formats/mask_runs.h"
#include "formats/text.h"
#include "formats/xml_stream.h"

namespace formats {

namespace {

using base::ErrorKind;
using labels::ShapeKind;

std::optional<ShapeKind> kind_of_element(std::string_view name) {
    if (name == "box") return ShapeKind::box;
    if (name == "ellipse") return ShapeKind::ellipse;
    if (name == "polygon") return ShapeKind::polygon;
    if (name == "polyline") return ShapeKind::polyline;
    if (name == "points") return ShapeKind::points;
    if (name == "mask") return ShapeKind::mask;
    return std::nullopt;
}

std::optional<double> number_at(pugi::xml_node node, const char* name) {
    const pugi::xml_attribute attr = node.attribute(name);
    return attr ? parse_double(attr.value()) : std::nullopt;
}

// Absent means `otherwise`; anything but a whole number is null.
std::optional<std::int64_t> whole_at(pugi::xml_node node, const char* name, std::int64_t otherwise) {
    const pugi::xml_attribute attr = node.attribute(name);
    return attr ? parse_int(attr.value()) : std::optional(otherwise);
}

std::optional<std::int32_t> small_at(pugi::xml_node node, const char* name, std::int64_t otherwise) {
    const auto value = whole_at(node, name, otherwise);
    if (!value || *value < INT32_MIN || *value > INT32_MAX) return std::nullopt;
    return static_cast<std::int32_t>(*value);
}

bool flag_at(pugi::xml_node node, const char* name, bool otherwise) {
    const pugi::xml_attribute attr = node.attribute(name);
    if (!attr) return otherwise;
    const std::string_view value = attr.value();
    return value == "1" || value == "True" || value == "true";
}

std::optional<labels::Geometry> box_of(pugi::xml_node row) {
    const auto x0 = number_at(row, "xtl"), y0 = number_at(row, "ytl"), x1 = number_at(row, "xbr"),
               y1 = number_at(row, "ybr");
    if (!x0 || !y0 || !x1 || !y1) return std::nullopt;
    return labels::Box{*x0, *y0, *x1, *y1, number_at(row, "rotation").value_or(0)};
}

std::optional<labels::Geometry> ellipse_of(pugi::xml_node row) {
    const auto cx = number_at(row, "cx"), cy = number_at(row, "cy"), rx = number_at(row, "rx"),
               ry = number_at(row, "ry");
    if (!cx || !cy || !rx || !ry) return std::nullopt;
    return labels::Box{*cx - *rx, *cy - *ry, *cx + *rx, *cy + *ry, number_at(row, "rotation").value_or(0)};
}

std::optional<labels::Geometry> path_of(pugi::xml_node row) {
    labels::Path path;
    std::string_view text = trim(row.attribute("points").value());
    while (!text.empty()) {
        const std::string_view pair = text.substr(0, text.find(';'));
        text.remove_prefix(std::min(pair.size() + 1, text.size()));
        const auto comma = pair.find(',');
        if (comma == std::string_view::npos) return std::nullopt;
        const auto x = parse_double(pair.substr(0, comma)), y = parse_double(pair.substr(comma + 1));
        if (!x || !y) return std::nullopt;
        path.points.push_back({*x, *y});
    }
    return path;
}

std::optional<labels::Geometry> mask_of(pugi::xml_node row) {
    const auto left = small_at(row, "left", 0), top = small_at(row, "top", 0),
               width = small_at(row, "width", 0), height = small_at(row, "height", 0);
    if (!left || !top || !width || !height) return std::nullopt;
    labels::MaskRuns mask{*left, *top, *width, *height, {}};
    std::string_view text = trim(row.attribute("rle").value());
    while (!text.empty()) {
        const std::string_view run = text.substr(0, text.find(','));
        text.remove_prefix(std::min(run.size() + 1, text.size()));
        const auto length = parse_int(run);
        if (!length || *length < 0 || *length > k_max_mask_pixels) return std::nullopt;
        mask.runs.push_back(static_cast<std::uint32_t>(*length));
    }
    // Limn's own runs may end early; CVAT's fill the rectangle, or something is missing.
    const bool fills = counts_fill(mask.runs, std::int64_t{*width} * *height);
    return fills ? std::optional<labels::Geometry>(std::move(mask)) : std::nullopt;
}

std::optional<labels::Geometry> geometry_of(pugi::xml_node row, ShapeKind kind) {
    std::optional<labels::Geometry> geometry;
    if (kind == ShapeKind::box)
        geometry = box_of(row);
    else if (kind == ShapeKind::ellipse)
        geometry = ellipse_of(row);
    else if (kind == ShapeKind::mask)
        geometry = mask_of(row);
    else
        geometry = path_of(row);
    return geometry && is_sound(*geometry, kind) ? geometry : std::nullopt;
}

labels::Source source_of(std::string_view text) {
    if (text == "manual") return labels::Source::human;
    if (text == "auto" || text == "semi-auto") return labels::Source::model;
    return labels::Source::import;
}

labels::AttributeKind kind_of_input(std::string_view text) {
    if (text == "select") return labels::AttributeKind::select;
    if (text == "radio") return labels::AttributeKind::radio;
    if (text == "checkbox") return labels::AttributeKind::checkbox;
    if (text == "number") return labels::AttributeKind::number;
    return labels::AttributeKind::text;
}

labels::Attribute attribute_of(pugi::xml_node node) {
    labels::Attribute attr;
    attr.name = valid_utf8(trim(node.child_value("name")));
    attr.kind = kind_of_input(trim(node.child_value("input_type")));
    attr.timing = flag_at(node, "mutable", false) || trim(node.child_value("mutable")) == "True"
                      ? labels::Timing::changing
                      : labels::Timing::fixed;
    attr.default_value = valid_utf8(node.child_value("default_value"));
    std::string_view values = node.child_value("values");
    while (!values.empty()) {
        const std::string_view value = values.substr(0, values.find('\n'));
        values.remove_prefix(std::min(value.size() + 1, values.size()));
        if (!trim(value).empty()) attr.values.push_back(valid_utf8(trim(value)));
    }
    return attr;
}

class Reader {
public:
    Reader(const std::filesystem::path& file, ReadContext& context) : m_import{context, "cvat-video", file} {}

    base::Result<Report> read() {
        XmlScan scan;
        scan.root = "annotations";
        scan.visit = [this](const XmlPiece& piece) { return take(piece); };
        scan.stop = m_import.context().stop;
        scan.progress = m_import.context().progress;
        if (auto ok = scan_xml(m_import.file(), scan); !ok) return std::unexpected(ok.error());
        return m_import.finish();
    }

private:
    base::Result<void> take(const XmlPiece& piece) {
        if (piece.name == "image") return take_image();
        if (piece.name != "meta" && piece.name != "track") return {};
        m_text = piece.text;
        m_line = piece.line;
        pugi::xml_document& xml = piece.name == "meta" ? m_meta : m_track;
        const pugi::xml_parse_result parsed =
            xml.load_buffer(m_text.data(), m_text.size(), pugi::parse_default | pugi::parse_ws_pcdata_single);
        if (!parsed)
            return m_import.malformed("This is not sound XML ({}, line {}); export it again",
                                      parsed.description(), line_of(parsed.offset));
        if (piece.name == "meta") return read_labels(), base::Result<void>{};
        m_has_tracks = true;
        return read_track(m_track.child("track"));
    }

    base::Result<void> take_image() {
        if (!m_has_tracks)
            return base::fail(
                ErrorKind::unsupported,
                "This is \"CVAT for images\", another format; export it from CVAT as \"CVAT for video "
                "1.1\": {}",
                m_import.file().string());
        m_import.count("<image> elements of \"CVAT for images\" were skipped");
        return {};
    }

    std::int64_t line_of(std::ptrdiff_t offset) const {
        const auto end = std::clamp<std::ptrdiff_t>(offset, 0, static_cast<std::ptrdiff_t>(m_text.size()));
        return m_line + std::count(m_text.begin(), m_text.begin() + end, '\n');
    }

    // <task>, <job> or <project>.
    pugi::xml_node scope() const {
        const pugi::xml_node meta = m_meta.child("meta");
        for (const char* name : {"task", "job", "project"})
            if (const pugi::xml_node node = meta.child(name)) return node;
        return meta;
    }

    // What the file's own meta declares. Where classes may be made, all of them are, with their attributes.
    void read_labels() {
        for (const pugi::xml_node node : scope().child("labels").children("label")) {
            const std::string name = valid_utf8(trim(node.child_value("name")));
            if (name.empty()) continue;
            m_declared.insert(name);
            if (m_import.classes().may_add()) declare(node, name);
            auto& attributes = m_declared_attributes[name];
            for (const pugi::xml_node attr : node.child("attributes").children("attribute"))
                attributes.push_back(attribute_of(attr));
        }
    }

    void declare(pugi::xml_node node, const std::string& name) {
        labels::LabelClass made = labels::make_class(m_import.state().ontology, name);
        const std::string_view color = trim(node.child_value("color"));
        if (color.size() == 7 && color[0] == '#' &&
            color.find_first_not_of("0123456789abcdefABCDEF", 1) == color.npos)
            made.color_rgb =
                static_cast<std::uint32_t>(std::stoul(std::string(color.substr(1)), nullptr, 16));
        const base::Result<labels::ClassId> id = m_import.classes().resolve(made);
        if (!id) return;
        for (const pugi::xml_node attr : node.child("attributes").children("attribute"))
            if (const labels::Attribute like = attribute_of(attr); !like.name.empty())
                (void)m_import.attribute_of(*id, like);
    }

    // The task a track belongs to names its video; a file of one task names it once.
    labels::AssetId asset_of(pugi::xml_node track) {
        if (m_import.context().asset) return *m_import.context().asset;
        const std::string task_id = track.attribute("task_id").value();
        if (const auto it = m_asset_of_task.find(task_id); it != m_asset_of_task.end()) return it->second;
        const pugi::xml_node root_scope = scope();
        pugi::xml_node task = root_scope;
        for (const pugi::xml_node each : root_scope.child("tasks").children("task"))
            if (task_id == trim(each.child_value("id"))) task = each;
        const labels::AssetId id = m_import.find_or_make_asset(guess_from(task));
        m_asset_of_task.emplace(task_id, id);
        return id;
    }

    AssetGuess guess_from(pugi::xml_node task) const {
        AssetGuess guess;
        for (const std::string_view name : {std::string_view(task.child_value("source")),
                                            std::string_view(m_meta.child("meta").child_value("source")),
                                            std::string_view(task.child_value("name"))})
            if (guess.name.empty()) guess.name = trim(name);
        if (guess.name.empty()) guess.name = m_import.file().stem().string();
        const auto side = [&](const char* name) {
            const auto px = parse_int(task.child("original_size").child_value(name));
            return px && *px > 0 && *px <= 1 << 30 ? static_cast<int>(*px) : 0;
        };
        guess.width_px = side("width");
        guess.height_px = side("height");
        return guess;
    }

    std::optional<labels::ClassId> class_of(pugi::xml_node track) {
        const std::string name = valid_utf8(trim(track.attribute("label").value()));
        const bool declared = m_declared.empty() || m_declared.contains(name);
        const bool known = m_import.state().ontology.find(std::string_view(name)) != nullptr;
        // A class the file itself does not declare is a slip, also where the ontology is still empty.
        if (name.empty() ||
            (!declared && !known && m_import.context().unknown_classes != UnknownClasses::add)) {
            m_import.classes().note_unknown(name);
            return std::nullopt;
        }
        return m_import.class_of(name);
    }

    // The first row decides the kind; a track of nothing we hold is counted and skipped.
    std::optional<ShapeKind> kind_of_track(pugi::xml_node track) {
        for (const pugi::xml_node row : track.children()) {
            if (row.type() != pugi::node_element) continue;
            if (const auto kind = kind_of_element(row.name())) return kind;
            m_import.count(
                fmt::format("Tracks of <{}> are not supported and were skipped", valid_utf8(row.name())));
            return std::nullopt;
        }
        m_import.count("Tracks without any shape were skipped");
        return std::nullopt;
    }

    base::Result<void> read_track(pugi::xml_node track) {
        const std::optional<ShapeKind> kind = kind_of_track(track);
        if (!kind) return {};
        const std::optional<labels::ClassId> class_id = class_of(track);
        if (!class_id) return {};
        labels::TrackInfo info;
        info.asset = asset_of(track);
        info.class_id = *class_id;
        info.shape = *kind;
        info.source = source_of(track.attribute("source").value());
        if (track.attribute("source").value() == std::string_view("semi-auto"))
            info.source_detail = "semi-auto";
        const auto group = small_at(track, "group_id", 0);
        if (!group) return bad(track, "its group_id is not a number");
        info.group = *group;
        if (track.attribute("limn_extent").value() == std::string_view("picture"))
            info.extent = labels::Extent::picture;
        return read_rows(track, info);
    }

    std::unexpected<base::Error> bad(pugi::xml_node node, std::string_view why) const {
        return m_import.malformed("A <{}> cannot be used (line {}): {}; export it again",
                                  valid_utf8(node.name()), line_of(node.offset_debug()), why);
    }

    base::Result<void> read_rows(pugi::xml_node track, labels::TrackInfo& info) {
        const auto is_keyframe = [](pugi::xml_node row) { return flag_at(row, "keyframe", true); };
        const auto rows = track.children();
        const bool take_all = std::none_of(rows.begin(), rows.end(), [&](pugi::xml_node row) {
            return kind_of_element(row.name()) && is_keyframe(row);
        });
        if (take_all) m_import.count("Tracks without any keyframe were read frame by frame");
        std::vector<labels::Keyframe> keyframes;
        labels::AttributeValues in_force;
        for (const pugi::xml_node row : rows) {
            if (row.type() != pugi::node_element || (!take_all && !is_keyframe(row))) continue;
            if (kind_of_element(row.name()) != info.shape) {
                m_import.count("Rows of another shape than their track's first were skipped");
                continue;
            }
            if (flag_at(row, "limn_held", false)) {
                if (!keyframes.empty()) keyframes.back().interpolate = false;
                continue;
            }
            base::Result<labels::Keyframe> keyframe = read_row(row, info, keyframes.empty(), in_force);
            if (!keyframe) return std::unexpected(keyframe.error());
            keyframes.push_back(std::move(*keyframe));
        }
        put(info, keyframes);
        return {};
    }

    base::Result<labels::Keyframe> read_row(pugi::xml_node row, labels::TrackInfo& info, bool first,
                                            labels::AttributeValues& in_force) {
        labels::Keyframe keyframe;
        const auto frame = whole_at(row, "frame", -1);
        if (!frame || *frame < 0) return bad(row, "its frame is not a number from 0 on");
        keyframe.frame = *frame;
        std::optional<labels::Geometry> geometry = geometry_of(row, info.shape);
        if (!geometry) return bad(row, "its coordinates are missing, not numbers or out of bounds");
        keyframe.geometry = std::move(*geometry);
        keyframe.outside = flag_at(row, "outside", false);
        keyframe.occluded = flag_at(row, "occluded", false);
        keyframe.source = info.source;
        const auto z_order = small_at(row, "z_order", 0);
        if (!z_order) return bad(row, "its z_order is not a number");
        if (first) info.z_order = *z_order;
        if (!first && *z_order != info.z_order)
            m_import.count("Changes of z_order within a track were not kept");
        read_attributes(row, info, keyframe, in_force);
        return keyframe;
    }

    void read_attributes(pugi::xml_node row, labels::TrackInfo& info, labels::Keyframe& keyframe,
                         labels::AttributeValues& in_force) {
        for (const pugi::xml_node node : row.children("attribute")) {
            labels::Attribute like;
            like.name = valid_utf8(trim(node.attribute("name").value()));
            if (like.name.empty()) continue;
            like = declared_like(info.class_id, like);
            const labels::Attribute* attr = m_import.attribute_of(info.class_id, like);
            if (attr == nullptr) continue;
            const std::string value = valid_utf8(node.child_value());
            if (attr->timing == labels::Timing::fixed) {
                if (const std::string* first = labels::find_value(info.attributes, attr->id);
                    first != nullptr && *first != value) {
                    m_import.count(
                        "Attributes that are fixed per object here kept the first value of the track");
                    continue;
                }
                labels::set_value(info.attributes, attr->id, value);
                continue;
            }
            // CVAT repeats what is in force in every row; a keyframe of ours says what changes.
            const std::string* before = labels::find_value(in_force, attr->id);
            if (before != nullptr && *before == value) continue;
            labels::set_value(in_force, attr->id, value);
            labels::set_value(keyframe.attributes, attr->id, value);
        }
    }

    labels::Attribute declared_like(labels::ClassId class_id, const labels::Attribute& like) const {
        const labels::LabelClass* owner = m_import.state().ontology.find(class_id);
        const auto it =
            owner == nullptr ? m_declared_attributes.end() : m_declared_attributes.find(owner->name);
        if (it == m_declared_attributes.end()) return like;
        for (const labels::Attribute& each : it->second)
            if (each.name == like.name) return each;
        return like;
    }

    void put(labels::TrackInfo& info, std::vector<labels::Keyframe>& keyframes) {
        if (keyframes.empty()) return m_import.count("Tracks without any shape were skipped");
        std::stable_sort(keyframes.begin(), keyframes.end(),
                         [](const auto& a, const auto& b) { return a.frame < b.frame; });
        if (info.extent == labels::Extent::picture) keyframes.resize(1);
        m_import.put_track(info);
        for (std::size_t i = 0; i < keyframes.size(); ++i) {
            if (i + 1 < keyframes.size() && keyframes[i + 1].frame == keyframes[i].frame) {
                m_import.count("Of several rows of one track on one frame, the last was taken");
                continue;
            }
            // "Gone after the last frame" says nothing: the medium ends there.
            const labels::Asset* asset = m_import.state().find(info.asset);
            if (keyframes[i].outside && asset != nullptr && keyframes[i].frame == asset->frame_count && i > 0)
                continue;
            m_import.put_keyframe(info, keyframes[i]);
        }
    }

    Importer m_import;
    std::string_view m_text;  // of the element being read, and the line it starts in
    std::int64_t m_line = 1;
    pugi::xml_document m_meta, m_track;
    bool m_has_tracks = false;
    std::unordered_set<std::string> m_declared;
    std::unordered_map<std::string, std::vector<labels::Attribute>> m_declared_attributes;  // by class name
    std::unordered_map<std::string, labels::AssetId> m_asset_of_task;
};

}  // namespace

base::Result<Report> read_cvat_video(const std::filesystem::path& file, ReadContext& context) {
    return Reader(file, context).read();
}

}  // namespace formats
