// Two passes over the file, because annotations may come before the pictures they are on: first categories
// and images, then annotations, one element at a time. Kept in memory: the list of pictures.

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include <rapidjson/document.h>

#include "formats/coco.h"
#include "formats/importer.h"
#include "formats/json_stream.h"
#include "formats/mask_runs.h"
#include "formats/text.h"
#include "masks/run_lengths.h"

namespace formats {

namespace {

using base::ErrorKind;
using Json = rapidjson::Value;

constexpr double k_max_side = 1 << 30;

const Json* member(const Json& object, const char* name) {
    const auto it = object.FindMember(name);
    return it == object.MemberEnd() || it->value.IsNull() ? nullptr : &it->value;
}

// Ids are whole numbers; some tools write them as 5.0 or "5".
std::optional<std::int64_t> whole(const Json* value) {
    if (value == nullptr) return std::nullopt;
    if (value->IsInt64()) return value->GetInt64();
    if (value->IsString()) return parse_int({value->GetString(), value->GetStringLength()});
    if (!value->IsDouble() || std::abs(value->GetDouble()) > 1e15) return std::nullopt;
    const auto rounded = static_cast<std::int64_t>(value->GetDouble());
    return static_cast<double>(rounded) == value->GetDouble() ? std::optional(rounded) : std::nullopt;
}

std::optional<double> number(const Json* value) {
    return value != nullptr && value->IsNumber() ? std::optional(value->GetDouble()) : std::nullopt;
}

std::string text(const Json* value) {
    return value != nullptr && value->IsString() ? valid_utf8({value->GetString(), value->GetStringLength()})
                                                 : "";
}

int side(const Json* value) {
    const auto px = number(value);
    return px && *px >= 1 && *px <= k_max_side ? static_cast<int>(*px) : 0;
}

struct PictureRef {
    labels::AssetId asset;
    std::int64_t frame = 0;
    std::int64_t pts = labels::k_no_pts;  // as the file says
    int width_px = 0, height_px = 0;
    bool of_video = false;
};

struct Shape {
    labels::ShapeKind kind = labels::ShapeKind::box;
    labels::Geometry geometry;
};

// "…frame_000123.png" is frame 123.
std::optional<std::int64_t> frame_of_name(std::string_view file_name) {
    const std::string stem = std::filesystem::path(file_name).stem().string();
    const auto at = stem.rfind("frame_");
    if (at == std::string::npos) return std::nullopt;
    const std::string_view digits = std::string_view(stem).substr(at + 6);
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos)
        return std::nullopt;
    return parse_int(digits);
}

class Reader {
public:
    Reader(Importer& import, std::filesystem::path file) : m_import{import}, m_file{std::move(file)} {}

    base::Result<void> read() {
        if (auto ok = scan(Pass::head, [this](const JsonPiece& piece) { return take_head(piece); }); !ok)
            return ok;
        if (!m_has_images && !m_has_annotations)
            return malformed("There are neither \"images\" nor \"annotations\", so this is not COCO");
        if (auto ok =
                scan(Pass::annotations, [this](const JsonPiece& piece) { return take_annotation(piece); });
            !ok)
            return ok;
        for (const auto& [key, info] : m_tracks) {
            m_import.drop_repeated_attributes(info);
            m_import.close_gaps(info);
        }
        return {};
    }

private:
    enum class Pass { head, annotations };

    template <class... Args>
    std::unexpected<base::Error> malformed(fmt::format_string<Args...> format, Args&&... args) const {
        return base::fail(ErrorKind::malformed, "{}; export it again: {}",
                          fmt::format(format, std::forward<Args>(args)...), m_file.string());
    }

    template <class Visit>
    base::Result<void> scan(Pass pass, Visit visit) {
        JsonScan scan;
        // Noted here and not with the elements: a file without any label has empty lists.
        // Noted here and not with the elements: a file without any label has empty lists.
        scan.wants = [this, pass](std::string_view name) {
            m_has_images |= name == "images";
            m_has_annotations |= name == "annotations";
            return pass == Pass::head ? name == "images" || name == "categories" : name == "annotations";
        };
        scan.visit = visit;
        scan.stop = m_import.context().stop;
        if (m_import.context().progress)
            scan.progress = [this, pass](double done) {
                m_import.context().progress((pass == Pass::head ? 0 : 0.5) + done / 2);
            };
        return scan_json(m_file, scan);
    }

    base::Result<void> parse(const JsonPiece& piece, rapidjson::Document& json) const {
        // Iterative: nesting cannot use up the stack.
        json.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseFullPrecisionFlag>(piece.text.data(),
                                                                                        piece.text.size());
        if (json.HasParseError() || !json.IsObject())
            return malformed("An element of \"{}\" is not a JSON object", piece.member);
        return {};
    }

    base::Result<void> take_head(const JsonPiece& piece) {
        if (!piece.is_element) return malformed("\"{}\" is not a list", piece.member);
        rapidjson::Document json;
        if (auto ok = parse(piece, json); !ok) return ok;
        return piece.member == "images" ? take_image(json) : take_category(json);
    }

    base::Result<void> take_category(const Json& json) {
        const auto id = whole(member(json, "id"));
        const std::string name = text(member(json, "name"));
        if (!id || name.empty()) return malformed("A category has no id or no name");
        if (const auto [it, is_new] = m_categories.try_emplace(*id, name); !is_new && it->second != name)
            return malformed("Two categories have the id {}", *id);
        if (m_import.classes().may_add()) (void)m_import.class_of(name);
        return {};
    }

    base::Result<void> take_image(const Json& json) {
        const auto id = whole(member(json, "id"));
        const std::string file_name = text(member(json, "file_name"));
        if (!id || file_name.empty()) return malformed("An image has no id or no file_name");
        PictureRef picture;
        picture.width_px = side(member(json, "width"));
        picture.height_px = side(member(json, "height"));
        const Json* limn = member(json, "limn");
        if (limn != nullptr && limn->IsObject())
            place_by_limn(*limn, picture);
        else if (const auto frame = frame_of_name(file_name); frame && chosen_video() != nullptr)
            place_on(*m_import.context().asset, *frame, picture);
        if (!picture.of_video) place_as_image(file_name, picture);
        if (!m_pictures.try_emplace(*id, picture).second) return malformed("Two images have the id {}", *id);
        return {};
    }

    const labels::Asset* chosen_video() const {
        const auto& chosen = m_import.context().asset;
        const labels::Asset* asset = chosen ? m_import.state().find(*chosen) : nullptr;
        return asset != nullptr && asset->kind == labels::MediaKind::video ? asset : nullptr;
    }

    void place_on(labels::AssetId asset, std::int64_t frame, PictureRef& picture) {
        picture.asset = asset;
        picture.frame = frame;
        picture.of_video = true;
        m_has_video = true;
    }

    // The member Limn itself writes: which frame of which video.
    void place_by_limn(const Json& limn, PictureRef& picture) {
        const std::string name = text(member(limn, "asset"));
        const auto frame = whole(member(limn, "frame"));
        if (!frame || name.empty()) return;
        picture.pts = whole(member(limn, "pts")).value_or(labels::k_no_pts);
        if (chosen_video() != nullptr) return place_on(*m_import.context().asset, *frame, picture);
        const AssetGuess guess{name, labels::MediaKind::video, picture.width_px, picture.height_px, 0, {}};
        place_on(m_import.find_or_make_asset(guess), *frame, picture);
    }

    void place_as_image(const std::string& file_name, PictureRef& picture) {
        if (const labels::Asset* known = m_import.asset_by_name(file_name);
            known != nullptr && known->kind == labels::MediaKind::raster) {
            picture.asset = known->id;
            return;
        }
        const AssetGuess guess{file_name, labels::MediaKind::image, picture.width_px, picture.height_px,
                               1,         find_picture(file_name)};
        if (guess.file.empty())
            m_import.count("Pictures were not found beside the file: their labels wait for them");
        picture.asset = m_import.find_or_make_asset(guess);
    }

    // Beside the file, in images/, in the data set's own images/<split>/, where the split is in the file's
    // name.
    std::filesystem::path find_picture(const std::filesystem::path& file_name) const {
        if (file_name.is_absolute() || *file_name.lexically_normal().begin() == "..") return {};
        const std::filesystem::path here = m_file.parent_path(), above = here / "..";
        const std::string stem = m_file.stem().string();
        const std::string split = stem.substr(stem.rfind('_') + 1);  // all of it without a '_'
        std::error_code error;
        for (const auto& folder :
             {here, here / "images", above / "images" / split, above / "images", above / split, above})
            if (std::filesystem::is_regular_file(folder / file_name, error)) return folder / file_name;
        return {};
    }

    base::Result<void> take_annotation(const JsonPiece& piece) {
        if (!piece.is_element) return malformed("\"annotations\" is not a list");
        rapidjson::Document json;
        if (auto ok = parse(piece, json); !ok) return ok;
        if (member(json, "segments_info") != nullptr)
            return base::fail(ErrorKind::unsupported,
                              "This is COCO panoptic, another format; export instances: {}", m_file.string());
        const auto image_id = whole(member(json, "image_id")),
                   category_id = whole(member(json, "category_id"));
        if (!image_id || !category_id) return malformed("An annotation has no image_id or no category_id");
        const auto picture = m_pictures.find(*image_id);
        if (picture == m_pictures.end())
            return malformed("An annotation is on the image {}, which is not listed", *image_id);
        const auto category = m_categories.find(*category_id);
        if (category == m_categories.end())
            return malformed("An annotation has the category {}, which is not listed", *category_id);
        const std::optional<std::vector<Shape>> shapes = shapes_of(json, picture->second);
        if (!shapes) return malformed("An annotation of image {} has a shape that cannot be used", *image_id);
        if (const auto class_id = m_import.class_of(category->second))
            put(json, picture->second, *class_id, *shapes);
        return {};
    }

    // Null: malformed. Empty: nothing to see (counted).
    std::optional<std::vector<Shape>> shapes_of(const Json& json, const PictureRef& picture) {
        if (const Json* points = member(json, "keypoints");
            points != nullptr && points->IsArray() && !points->Empty())
            m_import.count("Keypoints were not imported");
        if (const auto crowd = whole(member(json, "iscrowd")); crowd && *crowd == 1)
            m_import.count("The mark \"iscrowd\" was not kept");
        const Json* segmentation = member(json, "segmentation");
        if (segmentation != nullptr && segmentation->IsObject()) return shapes_of_rle(*segmentation, picture);
        if (segmentation != nullptr && !segmentation->IsArray()) return std::nullopt;
        if (segmentation != nullptr && !segmentation->Empty()) return shapes_of_polygons(*segmentation, json);
        return shapes_of_bbox(json);
    }

    std::optional<std::vector<Shape>> shapes_of_bbox(const Json& json) {
        const Json* bbox = member(json, "bbox");
        if (bbox == nullptr) {
            m_import.count("Annotations without bbox and segmentation were skipped");
            return std::vector<Shape>{};
        }
        std::array<double, 4> v{};
        if (!bbox->IsArray() || bbox->Size() != 4) return std::nullopt;
        for (rapidjson::SizeType i = 0; i < 4; ++i) {
            if (!(*bbox)[i].IsNumber()) return std::nullopt;
            v[i] = (*bbox)[i].GetDouble();
        }
        const labels::Geometry box = labels::Box{v[0], v[1], v[0] + v[2], v[1] + v[3], 0};
        if (v[2] < 0 || v[3] < 0 || !is_sound(box, labels::ShapeKind::box)) return std::nullopt;
        return std::vector<Shape>{{labels::ShapeKind::box, box}};
    }

    std::optional<std::vector<Shape>> shapes_of_polygons(const Json& list, const Json& json) {
        std::vector<Shape> shapes;
        for (const Json& flat : list.GetArray()) {
            if (!flat.IsArray() || flat.Size() % 2 != 0) return std::nullopt;
            labels::Path path;
            for (rapidjson::SizeType i = 0; i + 1 < flat.Size(); i += 2) {
                if (!flat[i].IsNumber() || !flat[i + 1].IsNumber()) return std::nullopt;
                path.points.push_back({flat[i].GetDouble(), flat[i + 1].GetDouble()});
            }
            if (path.points.size() < 3) {
                m_import.count("Polygons of fewer than three points were skipped");
                continue;
            }
            if (!is_sound(path, labels::ShapeKind::polygon)) return std::nullopt;
            shapes.push_back({labels::ShapeKind::polygon, std::move(path)});
        }
        return shapes.empty() ? shapes_of_bbox(json) : std::optional(shapes);
    }

    std::optional<std::vector<Shape>> shapes_of_rle(const Json& rle, const PictureRef& picture) {
        const Json* size = member(rle, "size");
        if (size == nullptr || !size->IsArray() || size->Size() != 2) return std::nullopt;
        const int height_px = side(&(*size)[0]), width_px = side(&(*size)[1]);
        const auto counts = counts_of(member(rle, "counts"));
        if (!counts) return std::nullopt;
        if ((picture.width_px > 0 && picture.width_px != width_px) ||
            (picture.height_px > 0 && picture.height_px != height_px))
            m_import.count("Masks are of another size than their picture");
        if (!counts_fill(*counts, std::int64_t{width_px} * height_px)) return std::nullopt;
        std::optional<labels::MaskRuns> mask = mask_from_counts(*counts, width_px, height_px);
        if (!mask) {
            m_import.count("Masks too large for the mask of one object were skipped");
            return std::vector<Shape>{};
        }
        if (mask->width == 0) {
            m_import.count("Empty masks were skipped");
            return std::vector<Shape>{};
        }
        return std::vector<Shape>{{labels::ShapeKind::mask, std::move(*mask)}};
    }

    static std::optional<std::vector<std::uint32_t>> counts_of(const Json* counts) {
        if (counts == nullptr) return std::nullopt;
        if (counts->IsString()) {
            auto read = masks::counts_of_coco_string({counts->GetString(), counts->GetStringLength()});
            return read ? std::optional(std::move(*read)) : std::nullopt;
        }
        if (!counts->IsArray()) return std::nullopt;
        std::vector<std::uint32_t> runs;
        for (const Json& run : counts->GetArray()) {
            if (!run.IsUint()) return std::nullopt;
            runs.push_back(run.GetUint());
        }
        return runs;
    }

    void put(const Json& json, const PictureRef& picture, labels::ClassId class_id,
             const std::vector<Shape>& shapes) {
        labels::TrackInfo info;
        info.asset = picture.asset;
        info.class_id = class_id;
        info.source = labels::Source::import;
        info.group = shapes.size() > 1 ? m_import.new_group() : 0;
        labels::Keyframe keyframe;
        keyframe.frame = picture.frame;
        keyframe.pts = picture.pts;
        keyframe.source = labels::Source::import;
        if (const auto score = number(member(json, "score")))
            keyframe.confidence = static_cast<float>(std::clamp(*score, 0.0, 1.0));
        std::string track_id;
        if (const Json* limn = member(json, "limn"); limn != nullptr && limn->IsObject())
            info.name = text(member(*limn, "name"));
        read_attributes(json, info, keyframe, track_id);
        for (std::size_t i = 0; i < shapes.size(); ++i) {
            info.shape = shapes[i].kind;
            keyframe.geometry = shapes[i].geometry;
            if (picture.of_video && !track_id.empty())
                put_on_track(info, keyframe, fmt::format("{}/{}", track_id, i));
            else
                put_alone(info, keyframe);
        }
    }

    void put_alone(labels::TrackInfo info, labels::Keyframe keyframe) {
        info.extent = labels::Extent::picture;
        info.id = {};
        info.number = 0;
        // On one picture nothing changes over time.
        m_import.put_track(info);
        m_import.put_keyframe(info, std::move(keyframe));
    }

    // CVAT and Limn write the number of the track into each annotation; on a video they are put together
    // again.
    void put_on_track(const labels::TrackInfo& like, const labels::Keyframe& keyframe,
                      const std::string& part) {
        const TrackKey key{like.asset, like.class_id, like.shape, part};
        const auto [it, is_new] = m_tracks.try_emplace(key, like);
        if (is_new)
            m_import.put_track(it->second);
        else if (const labels::Track* known = m_import.state().find(it->second.id);
                 known != nullptr && known->keyframe_at(keyframe.frame) != nullptr) {
            m_import.count(
                "Of several annotations of one track on one frame, the others became labels of their own");
            return put_alone(like, keyframe);
        }
        if (like.attributes != it->second.attributes)
            m_import.count("Attributes that are fixed per object here kept the first value of the track");
        m_import.put_keyframe(it->second, keyframe);
    }

    void read_attributes(const Json& json, labels::TrackInfo& info, labels::Keyframe& keyframe,
                         std::string& track_id) {
        const Json* attributes = member(json, "attributes");
        if (attributes == nullptr || !attributes->IsObject()) return;
        for (const auto& [key, value] : attributes->GetObject()) {
            const std::string name = text(&key), said = text_of_attribute(value);
            if (name == "occluded")
                keyframe.occluded = said == "true" || said == "1";
            else if (name == "track_id")
                track_id = said;
            else if (value.IsObject() || value.IsArray())
                m_import.count("Attributes that are lists or objects were not imported");
            else if (name != "keyframe" && !value.IsNull() && !name.empty())
                set_attribute(info, keyframe, name, value, said);
        }
    }

    void set_attribute(labels::TrackInfo& info, labels::Keyframe& keyframe, const std::string& name,
                       const Json& value, const std::string& said) {
        labels::Attribute like;
        like.name = name;
        like.kind = value.IsBool()     ? labels::AttributeKind::checkbox
                    : value.IsNumber() ? labels::AttributeKind::number
                                       : labels::AttributeKind::text;
        // Frames of a video may each say something new.
        like.timing = m_has_video ? labels::Timing::changing : labels::Timing::fixed;
        const labels::Attribute* attr = m_import.attribute_of(info.class_id, like);
        if (attr == nullptr) return;
        labels::set_value(attr->timing == labels::Timing::fixed ? info.attributes : keyframe.attributes,
                          attr->id, said);
    }

    static std::string text_of_attribute(const Json& value) {
        if (value.IsString()) return text(&value);
        if (value.IsBool()) return value.GetBool() ? "true" : "false";
        if (value.IsInt64()) return std::to_string(value.GetInt64());
        if (value.IsNumber()) return decimal(value.GetDouble());
        return "";
    }

    using TrackKey = std::tuple<labels::AssetId, labels::ClassId, labels::ShapeKind, std::string>;

    Importer& m_import;
    const std::filesystem::path m_file;
    bool m_has_images = false, m_has_annotations = false, m_has_video = false;
    std::unordered_map<std::int64_t, std::string> m_categories;
    std::unordered_map<std::int64_t, PictureRef> m_pictures;
    std::map<TrackKey, labels::TrackInfo> m_tracks;
};

// The files of a data set's folder: its instances, else whatever is in annotations/.
std::vector<std::filesystem::path> files_of(const std::filesystem::path& path) {
    std::error_code error;
    if (!std::filesystem::is_directory(path, error)) return {path};
    std::vector<std::filesystem::path> instances, others;
    for (const auto& entry : std::filesystem::directory_iterator(path / "annotations", error)) {
        if (entry.path().extension() != ".json") continue;
        const bool named = entry.path().filename().string().starts_with("instances_");
        (named ? instances : others).push_back(entry.path());
    }
    auto& chosen = instances.empty() ? others : instances;
    std::sort(chosen.begin(), chosen.end());
    return std::move(chosen);
}

}  // namespace

base::Result<Report> read_coco(const std::filesystem::path& file, ReadContext& context) {
    const std::vector<std::filesystem::path> files = files_of(file);
    if (files.empty())
        return base::fail(ErrorKind::missing, "No annotations/*.json is in this folder: {}", file.string());
    Importer import(context, "coco", file);
    for (const std::filesystem::path& each : files)
        if (auto ok = Reader(import, each).read(); !ok) return std::unexpected(ok.error());
    if (files.size() > 1 || files.front() != file) import.report().files = files;
    return import.finish();
}

}  // namespace formats
