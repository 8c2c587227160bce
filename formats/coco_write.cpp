// Written front to back with constant memory: the frames are swept twice, once for "images", once for
// "annotations".

#include <cmath>
#include <map>

#include "base/file.h"
#include "base/rational.h"
#include "formats/coco.h"
#include "formats/drivers.h"
#include "formats/export_plan.h"
#include "formats/frame_sweep.h"
#include "formats/mask_runs.h"
#include "formats/outline.h"
#include "formats/text.h"
#include "masks/run_lengths.h"

namespace formats {

namespace {

using labels::ShapeKind;

constexpr std::string_view k_own_attributes[] = {"occluded", "track_id", "keyframe"};

struct Picture {
    int width_px = 0, height_px = 0;
};

// Several shapes that are one annotation (polygons of one group), or one.
using Parts = std::vector<const VisibleShape*>;

bool is_writable(const VisibleShape& each) {
    const ShapeKind kind = each.track->info.shape;
    return kind == ShapeKind::box || kind == ShapeKind::ellipse || kind == ShapeKind::polygon ||
           kind == ShapeKind::mask;
}

double shoelace(const std::vector<base::Point>& points) {
    double twice = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const base::Point a = points[i], b = points[(i + 1) % points.size()];
        twice += a.x * b.y - b.x * a.y;
    }
    return std::abs(twice) / 2;
}

std::string flat_list(const std::vector<base::Point>& points) {
    std::string text = "[";
    for (const base::Point p : points)
        text += (text.size() > 1 ? "," : "") + decimal(p.x) + "," + decimal(p.y);
    return text + "]";
}

void grow(base::Rect& all, const base::Rect& by, bool first) {
    all = first ? by
                : base::Rect{std::min(all.x0, by.x0), std::min(all.y0, by.y0), std::max(all.x1, by.x1),
                             std::max(all.y1, by.y1)};
}

enum class Rle { compressed, uncompressed };

struct Outline {
    std::string segmentation = "[]";
    base::Rect bbox;
    double area = 0;
};

class CocoWriter {
public:
    CocoWriter(const labels::State& state, std::vector<const labels::Asset*> assets,
               const WriteContext& context, Rle rle, Report& report)
        : m_state{state},
          m_assets{std::move(assets)},
          m_names{unique_names(m_assets)},
          m_context{context},
          m_rle{rle},
          m_report{report} {
        for (std::size_t i = 0; i < state.ontology.classes.size(); ++i)
            m_category.emplace(state.ontology.classes[i].id, i + 1);
    }

    base::Result<void> write(const std::filesystem::path& json, const std::filesystem::path& images) {
        base::Result<base::AtomicFile> file = base::AtomicFile::create(json);
        if (!file) return std::unexpected(file.error());
        m_file = &*file;
        m_images = images;
        m_file->write(
            "{\"info\":{\"description\":\"\",\"version\":\"1.0\",\"contributor\":\"Limn\"},\n\"licenses\":[{"
            "\"id\":0,\"name\":\"\",\"url\":\"\"}],"
            "\n");
        write_categories();
        m_file->write(",\n\"images\":[");
        if (auto ok = sweep(&CocoWriter::write_image); !ok) return ok;
        m_file->write("],\n\"annotations\":[");
        m_image_id = 0;
        if (auto ok = sweep(&CocoWriter::write_annotations); !ok) return ok;
        m_file->write("]}\n");
        if (auto ok = file->commit(); !ok) return ok;
        m_report.files.push_back(json);
        return {};
    }

private:
    using VisitPicture = base::Result<void> (CocoWriter::*)(std::size_t asset, std::int64_t frame,
                                                            std::span<const VisibleShape>);

    // Both passes see the same pictures in the same order, so that image ids agree.
    base::Result<void> sweep(VisitPicture visit) {
        m_first = true;
        for (std::size_t i = 0; i < m_assets.size(); ++i) {
            // Mask layers lie on the first frame, which may have no other label.
            bool layers_wait = has_layers(i);
            const auto end = static_cast<double>(std::max<std::int64_t>(frame_end(m_state, *m_assets[i]), 1));
            auto swept =
                sweep_frames(m_state, *m_assets[i], m_context.stop, [&](std::int64_t frame, auto shapes) {
                    if (std::none_of(shapes.begin(), shapes.end(),
                                     [&](const auto& each) { return has_place(each); }))
                        return base::Result<void>{};
                    if (frame == 0) layers_wait = false;
                    ++m_image_id;
                    const double half = visit == &CocoWriter::write_image ? 0 : 0.5;
                    if (m_context.progress)
                        m_context.progress(half +
                                           (static_cast<double>(i) + static_cast<double>(frame) / end) /
                                               static_cast<double>(m_assets.size()) / 2);
                    return (this->*visit)(i, frame, shapes);
                });
            if (!swept) return swept;
            if (!layers_wait) continue;
            ++m_image_id;
            if (auto done = (this->*visit)(i, 0, {}); !done) return done;
        }
        return {};
    }

    bool has_layers(std::size_t asset) const { return !m_state.mask_layers_of(m_assets[asset]->id).empty(); }

    bool has_place(const VisibleShape& each) const {
        return is_writable(each) && m_category.contains(each.track->info.class_id);
    }

    void next_row() {
        m_file->write(m_first ? "\n" : ",\n");
        m_first = false;
    }

    void write_categories() {
        m_file->write("\"categories\":[");
        m_first = true;
        for (const labels::LabelClass& each : m_state.ontology.classes) {
            const labels::LabelClass* parent = each.parent ? m_state.ontology.find(*each.parent) : nullptr;
            next_row();
            m_file->write(fmt::format("{{\"id\":{},\"name\":{},\"supercategory\":{}}}", m_category[each.id],
                                      json_string(each.name),
                                      json_string(parent == nullptr ? "" : parent->name)));
        }
        m_file->write("]");
    }

    static bool is_of_frames(const labels::Asset& asset) {
        return asset.kind != labels::MediaKind::image && asset.kind != labels::MediaKind::raster;
    }

    std::string file_name_at(std::size_t asset, std::int64_t frame) const {
        if (is_of_frames(*m_assets[asset])) return fmt::format("{}/frame_{:06}.png", m_names[asset], frame);
        if (m_context.pictures == Pictures::none) return m_assets[asset]->name;
        return std::filesystem::path(m_names[asset]).replace_extension(".png").string();
    }

    // The picture's size; where it is unknown, so large that every label fits.
    Picture picture_of(std::size_t asset, std::span<const VisibleShape> shapes) const {
        Picture picture{m_assets[asset]->width_px, m_assets[asset]->height_px};
        if (picture.width_px > 0 && picture.height_px > 0) return picture;
        m_report.add_warning(
            fmt::format("The size of \"{}\" is not known: the smallest that holds the labels was written.",
                        m_assets[asset]->name));
        for (const VisibleShape& each : shapes) {
            const base::Rect rect = labels::bounds(each.shape.geometry);
            const auto at_least = [](int& side, double v) {
                side = std::max(side, static_cast<int>(std::ceil(std::clamp(v, 1.0, 1e6))));
            };
            at_least(picture.width_px, rect.x1);
            at_least(picture.height_px, rect.y1);
        }
        return picture;
    }

    base::Result<void> write_image(std::size_t asset, std::int64_t frame,
                                   std::span<const VisibleShape> shapes) {
        const labels::Asset& medium = *m_assets[asset];
        const std::string file_name = file_name_at(asset, frame);
        const Picture size = picture_of(asset, shapes);
        next_row();
        std::string row = fmt::format("{{\"id\":{},\"width\":{},\"height\":{},\"file_name\":{},\"license\":0",
                                      m_image_id, size.width_px, size.height_px, json_string(file_name));
        if (is_of_frames(medium)) {
            row += fmt::format(",\"limn\":{{\"asset\":{},\"frame\":{}", json_string(medium.name), frame);
            const std::int64_t pts =
                m_context.pts_of_frame ? m_context.pts_of_frame(medium.id, frame) : labels::k_no_pts;
            if (pts != labels::k_no_pts) row += fmt::format(",\"pts\":{}", pts);
            if (pts != labels::k_no_pts && medium.time_base.num > 0)
                row += ",\"time\":" + decimal(base::seconds(pts, medium.time_base));
            row += "}";
        }
        m_file->write(row + "}");
        if (m_context.pictures == Pictures::none || !m_context.write_picture) return {};
        const auto png = m_images / file_name;
        if (auto made = make_parent(png); !made) return made;
        return m_context.write_picture(medium.id, frame, png);
    }

    // Polygons of one group and class on one picture are one object, as COCO writes an object in several
    // pieces.
    std::vector<Parts> objects_of(std::span<const VisibleShape> shapes) const {
        std::vector<Parts> objects;
        std::map<std::pair<std::int32_t, labels::ClassId>, std::size_t> of_group;
        for (const VisibleShape& each : shapes) {
            if (!has_place(each)) continue;
            const labels::TrackInfo& info = each.track->info;
            const auto* path = std::get_if<labels::Path>(&each.shape.geometry);
            if (info.group == 0 || info.extent != labels::Extent::picture || path == nullptr ||
                !path->ring_starts.empty()) {
                objects.push_back({&each});
                continue;
            }
            const auto [it, is_new] = of_group.try_emplace({info.group, info.class_id}, objects.size());
            if (is_new) objects.emplace_back();
            objects[it->second].push_back(&each);
        }
        return objects;
    }

    base::Result<void> write_annotations(std::size_t asset, std::int64_t frame,
                                         std::span<const VisibleShape> shapes) {
        const Picture picture = picture_of(asset, shapes);
        for (const Parts& parts : objects_of(shapes)) {
            const std::optional<Outline> outline = outline_of(parts, picture);
            if (!outline) {
                m_report.add_warning("Masks outside the picture, or too large to convert, were not written.");
                continue;
            }
            const VisibleShape& first = *parts.front();
            const base::Rect& box = outline->bbox;
            next_row();
            std::string row = fmt::format(
                "{{\"id\":{},\"image_id\":{},\"category_id\":{},\"segmentation\":{},\"area\":{},\"bbox\":[{},"
                "{},{},{}],"
                "\"iscrowd\":0,\"attributes\":{}",
                ++m_annotation_id, m_image_id, m_category[first.track->info.class_id], outline->segmentation,
                decimal(outline->area), decimal(box.x0), decimal(box.y0), decimal(box.width()),
                decimal(box.height()), attributes_of(first, frame));
            if (first.shape.confidence < 1) row += ",\"score\":" + decimal(first.shape.confidence);
            m_file->write(row + "}");
        }
        if (frame != 0) return {};
        for (const labels::MaskLayer* layer : m_state.mask_layers_of(m_assets[asset]->id))
            if (auto done = write_layer(*layer); !done) return done;
        return {};
    }

    // An annotation for each value: each object, or each class.
    base::Result<void> write_layer(const labels::MaskLayer& layer) {
        const auto stopped = [&] {
            return base::fail(base::ErrorKind::cancelled,
                              "The export was stopped; nothing was written of \"{}\".", layer.info.name);
        };
        const auto extents = extents_of_values(layer.plane, m_context.stop);
        if (m_context.stop.stop_requested()) return stopped();  // some values may be missing
        for (const auto& [value, extent] : extents) {
            const labels::MaskValue* meaning = layer.info.find(value);
            const auto category = m_category.find(meaning != nullptr ? meaning->class_id : labels::ClassId{});
            if (category == m_category.end()) {
                m_report.add_warning(
                    "Pixels of mask layers whose class is not in the ontology were not written.");
                continue;
            }
            const auto counts = counts_of_value(layer.plane, value, extent.box, m_context.stop);
            if (m_context.stop.stop_requested()) return stopped();
            next_row();
            m_file->write(fmt::format("{{\"id\":{},\"image_id\":{},\"category_id\":{},\"segmentation\":",
                                      ++m_annotation_id, m_image_id, category->second));
            m_file->write(rle_text(counts, layer.info.width_px, layer.info.height_px));
            m_file->write(
                fmt::format(",\"area\":{},\"bbox\":[{},{},{},{}],\"iscrowd\":0,\"limn\":{{\"layer\":{},"
                            "\"value\":{}",
                            extent.pixels, extent.box.x0, extent.box.y0, extent.box.width(),
                            extent.box.height(), json_string(layer.info.name), value));
            if (!meaning->name.empty()) m_file->write(",\"name\":" + json_string(meaning->name));
            m_file->write("}}");
        }
        return {};
    }

    std::string rle_text(const std::vector<std::uint32_t>& counts, std::int64_t width_px,
                         std::int64_t height_px) const {
        std::string text = "{\"counts\":";
        if (m_rle == Rle::compressed)
            append_json(text, masks::coco_string(counts));
        else
            text += fmt::format("[{}]", fmt::join(counts, ","));
        return text + fmt::format(",\"size\":[{},{}]}}", height_px, width_px);
    }

    std::optional<Outline> outline_of(const Parts& parts, const Picture& picture) const {
        const labels::Geometry& first = parts.front()->shape.geometry;
        const ShapeKind kind = parts.front()->track->info.shape;
        if (const auto* box = std::get_if<labels::Box>(&first)) return outline_of_box(*box, kind);
        if (const auto* mask = std::get_if<labels::MaskRuns>(&first)) return outline_of_mask(*mask, picture);
        if (const auto& path = std::get<labels::Path>(first); !path.ring_starts.empty()) {
            const auto mask = mask_from_path(path, picture.width_px, picture.height_px);
            return mask ? outline_of_mask(*mask, picture) : std::nullopt;
        }
        return outline_of_polygons(parts);
    }

    static Outline outline_of_box(const labels::Box& box, ShapeKind kind) {
        if (kind == ShapeKind::box && box.rotation_deg == 0)
            return {.bbox = box.rect(), .area = box.rect().width() * box.rect().height()};
        const std::vector<base::Point> corners = corners_of(box, kind);
        const base::Rect bbox = labels::bounds(labels::Path{corners, {}});
        return {"[" + flat_list(corners) + "]", bbox, shoelace(corners)};
    }

    static Outline outline_of_polygons(const Parts& parts) {
        Outline outline;
        outline.segmentation = "[";
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const auto& points = std::get<labels::Path>(parts[i]->shape.geometry).points;
            outline.segmentation += (i == 0 ? "" : ",") + flat_list(points);
            outline.area += shoelace(points);
            grow(outline.bbox, labels::bounds(parts[i]->shape.geometry), i == 0);
        }
        outline.segmentation += "]";
        return outline;
    }

    // Null: nothing of it is inside the picture.
    std::optional<Outline> outline_of_mask(const labels::MaskRuns& mask, const Picture& picture) const {
        const auto counts = counts_from_mask(mask, picture.width_px, picture.height_px);
        const auto tight = mask_from_counts(counts, picture.width_px, picture.height_px);
        if (!tight || tight->width == 0) return std::nullopt;
        Outline outline;
        outline.segmentation = rle_text(counts, picture.width_px, picture.height_px);
        outline.bbox = {static_cast<double>(tight->left), static_cast<double>(tight->top),
                        static_cast<double>(tight->left + tight->width),
                        static_cast<double>(tight->top + tight->height)};
        outline.area = static_cast<double>(area_px(*tight));
        return outline;
    }

    std::string attributes_of(const VisibleShape& each, std::int64_t frame) const {
        std::string text = fmt::format("{{\"occluded\":{}", each.shape.occluded);
        if (each.track->info.extent == labels::Extent::track)
            text += fmt::format(",\"track_id\":{},\"keyframe\":{}", each.number, each.shape.is_keyframe);
        const labels::LabelClass* owner = m_state.ontology.find(each.track->info.class_id);
        for (const auto& [id, value] : labels::attributes_at(*each.track, frame)) {
            const auto& known = owner->attributes;
            const auto it =
                std::find_if(known.begin(), known.end(), [&](const auto& attr) { return attr.id == id; });
            if (it == known.end()) continue;
            if (std::find(std::begin(k_own_attributes), std::end(k_own_attributes), it->name) !=
                std::end(k_own_attributes)) {
                m_report.add_warning(
                    fmt::format("The attribute \"{}\" was not written: COCO files of CVAT and Limn use that "
                                "name themselves.",
                                it->name));
                continue;
            }
            text += "," + json_string(it->name) + ":" + json_value(*it, value);
        }
        return text + "}";
    }

    static std::string json_value(const labels::Attribute& attr, const std::string& value) {
        if (attr.kind == labels::AttributeKind::checkbox && (value == "true" || value == "false"))
            return value;
        // A number only when it comes back as the same text.
        if (attr.kind == labels::AttributeKind::number)
            if (const auto number = parse_double(value); number && decimal(*number) == value) return value;
        return json_string(value);
    }

    const labels::State& m_state;
    const std::vector<const labels::Asset*> m_assets;
    const std::vector<std::string> m_names;
    const WriteContext& m_context;
    const Rle m_rle;
    Report& m_report;
    base::AtomicFile* m_file = nullptr;  // borrowed during write()
    std::filesystem::path m_images;
    std::unordered_map<labels::ClassId, std::size_t> m_category;
    std::int64_t m_image_id = 0, m_annotation_id = 0;
    bool m_first = true;
};

void warn(Report& report, const Survey& all) {
    warn_of_common_losses(report, all);
    warn_if(report, all.polylines, all, "Polylines were not written: COCO instances have none");
    warn_if(report, all.points, all, "Points were not written: COCO instances have none");
    warn_if(report, all.ellipses, all, "Ellipses were written as polygons of 64 corners");
    warn_if(report, all.rotated_boxes, all,
            "Rotated boxes were written as polygons of their corners with an upright bbox");
    warn_if(report, all.polygons_with_holes, all, "Polygons with holes were written as pixel masks (RLE)");
    warn_if(report, all.grouped_polygons, all,
            "Polygons of one group and class on a picture were written as one object");
    warn_if(report, all.groups - all.grouped_polygons, all, "Groups were not written");
    warn_if(report, all.interpolated, all,
            "Which frames are keyframes is only marked: every frame has its own shape");
    warn_if(report, all.held, all,
            "That some stretches hold still was not written: every frame has its own shape");
    warn_if(report, all.layers, all, "Layers (z order) were not written");
}

}  // namespace

base::Result<Report> write_coco(const labels::State& state, const std::filesystem::path& out,
                                const WriteContext& context) {
    const auto chosen = ChosenOptions::of(coco_driver, context.options);
    if (!chosen) return std::unexpected(chosen.error());
    const auto assets = assets_to_write(state, context);
    if (!assets) return std::unexpected(assets.error());
    const bool folder = means_directory(out, ".json");
    // A folder gets the layout of the data sets themselves.
    const auto json = folder ? out / "annotations" / "instances_default.json" : out;
    const auto images = (folder ? out : out.parent_path()) / "images";
    if (auto made = make_parent(json); !made) return std::unexpected(made.error());
    const Survey all = survey(state, context.assets);
    Report report = report_of(all, *assets);
    if (context.pictures == Pictures::png && !context.write_picture)
        report.add_warning("The pictures were not written, because the media are not here.");
    for (const labels::Asset* each : *assets) report.layers += std::ssize(state.mask_layers_of(each->id));
    const Rle rle = chosen->text("rle") == "compressed" ? Rle::compressed : Rle::uncompressed;
    if (auto done = CocoWriter(state, *assets, context, rle, report).write(json, images); !done)
        return std::unexpected(done.error());
    warn(report, all);
    if (auto done = write_manifest(out, "coco", state, context, report); !done)
        return std::unexpected(done.error());
    return report;
}

}  // namespace formats
