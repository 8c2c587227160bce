#include <algorithm>
#include <map>
#include <set>

#include <gdal_priv.h>
#include <ogrsf_frmts.h>

#include "formats/areas.h"
#include "formats/export_plan.h"
#include "formats/geo_vector.h"
#include "formats/ground.h"
#include "formats/importer.h"
#include "formats/mask_runs.h"
#include "formats/outline.h"
#include "formats/staged_files.h"
#include "formats/text.h"
#include "geo/gdal.h"
#include "labels/json.h"
#include "masks/outlines.h"
#include "masks/simplify.h"

namespace formats {

namespace {

using base::ErrorKind;
using labels::ShapeKind;

struct CloseDataset {
    void operator()(GDALDataset* dataset) const { GDALClose(dataset); }
};
using Dataset = std::unique_ptr<GDALDataset, CloseDataset>;

enum class Kind { polygons, lines, points };

Kind kind_of(ShapeKind shape) {
    if (shape == ShapeKind::polyline) return Kind::lines;
    return shape == ShapeKind::points ? Kind::points : Kind::polygons;
}

const char* suffix_of(Kind kind) {
    return kind == Kind::polygons ? "_polygons" : kind == Kind::lines ? "_lines" : "_points";
}

bool may_be_on_the_ground(const labels::Asset& asset) {
    return asset.kind == labels::MediaKind::raster || asset.kind == labels::MediaKind::image;
}

// One asset, its place and what is written of it.
struct Source {
    const labels::Asset* asset = nullptr;
    std::string name;
    std::unique_ptr<geo::Placement> placement;  // null: pixels
    std::string crs;                            // of the coordinates written; empty: none
};

// The fields of a layer, in their order.
struct Plan {
    struct Field {
        std::string name;
        OGRFieldType type = OFTString;
        OGRFieldSubType subtype = OFSTNone;
    };
    std::vector<Field> fields;
    std::map<std::string_view, int> own;              // of field::…
    std::map<labels::AttributeId, int> of_attribute;  // several classes may share a field
};

OGRFieldType type_of(labels::AttributeKind kind) {
    if (kind == labels::AttributeKind::number) return OFTReal;
    return kind == labels::AttributeKind::checkbox ? OFTInteger : OFTString;
}

class Writer {
public:
    Writer(const VectorFormat& format, const labels::State& state, const WriteContext& context,
           std::filesystem::path out)
        : m_format{format}, m_state{state}, m_context{context}, m_out{std::move(out)} {}

    base::Result<Report> write() {
        geo::set_up_gdal();
        const auto chosen = ChosenOptions::of(*find_format(m_format.id), m_context.options);
        if (!chosen) return std::unexpected(chosen.error());
        m_with_masks = chosen->yes("masks");
        m_tolerance_px = static_cast<double>(chosen->whole("simplify"));
        const auto assets = assets_to_write(m_state, m_context);
        if (!assets) return std::unexpected(assets.error());
        if (auto done = choose_crs(); !done) return std::unexpected(done.error());
        if (auto done = find_sources(*assets); !done) return std::unexpected(done.error());
        std::vector<labels::AssetId> written;
        for (const Source& each : m_sources) written.push_back(each.asset->id);
        const Survey all = survey(m_state, written);
        m_report = report_of(all, *assets);
        m_report.assets = std::ssize(m_sources);  // films among them are left out
        m_report.tracks = m_report.keyframes = 0;
        for (const std::string& each : m_notes) m_report.add_warning(each);
        m_total = std::max<std::int64_t>(all.keyframes, 1);
        make_plan(all);
        if (auto done = write_files(); !done) return std::unexpected(done.error());
        warn(all);
        WriteContext of_these = m_context;
        of_these.assets = written;
        if (auto done =
                write_manifest(m_is_folder ? m_out : m_main_file, m_format.id, m_state, of_these, m_report);
            !done)
            return std::unexpected(done.error());
        return std::move(m_report);
    }

private:
    base::Result<void> choose_crs() {
        if (m_context.crs.empty()) return {};
        const auto wkt = geo::crs_from_text(m_context.crs);
        if (!wkt) return std::unexpected(wkt.error());
        if (m_format.lonlat_only && !geo::crs_facts(*wkt).is_wgs84)
            return base::fail(
                ErrorKind::refused,
                "{} is always in WGS 84 longitude and latitude, so {} cannot be written; leave the "
                "CRS out, or choose gpkg: {}",
                find_format(m_format.id)->title, m_context.crs, m_out.string());
        if (!m_format.lonlat_only) m_crs = *wkt;
        return {};
    }

    base::Result<void> find_sources(const std::vector<const labels::Asset*>& assets) {
        const std::vector<std::string> names = unique_names(assets);
        for (std::size_t i = 0; i < assets.size(); ++i) {
            const labels::Asset& asset = *assets[i];
            if (!may_be_on_the_ground(asset)) {
                m_notes.push_back(fmt::format(
                    "\"{}\" was not written: films and sound have no place on the ground.", asset.name));
                continue;
            }
            auto source = source_of(asset);
            if (!source) return std::unexpected(source.error());
            source->name = names[i];
            m_sources.push_back(std::move(*source));
        }
        if (!m_sources.empty()) return {};
        return base::fail(
            ErrorKind::refused,
            "None of the media is a raster or a picture, and films have no place on the ground; "
            "choose another format: {}",
            m_out.string());
    }

    base::Result<Source> source_of(const labels::Asset& asset) {
        Source source{.asset = &asset};
        if (asset.georeference.empty()) {
            if (!m_format.lonlat_only && m_crs.empty()) {
                m_notes.push_back(
                    fmt::format("\"{}\" does not say where on the ground it lies: its labels are in "
                                "pixels, y down, without a CRS.",
                                asset.name));
                return source;
            }
            return base::fail(
                ErrorKind::refused,
                "\"{}\" does not say where on the ground it lies, so its labels have no longitude "
                "and latitude; choose gpkg for pixels: {}",
                asset.name, m_out.string());
        }
        auto placement = geo::Placement::create(asset.georeference, asset.width_px, asset.height_px);
        if (!placement)
            return base::fail(placement.error().kind, "{} {}: {}", asset.name, placement.error().message,
                              m_out.string());
        source.placement = std::make_unique<geo::Placement>(std::move(*placement));
        const geo::CrsFacts& facts = source.placement->crs();
        if (m_format.lonlat_only || !m_crs.empty()) {
            if (facts.name.empty())
                return base::fail(
                    ErrorKind::refused,
                    "\"{}\" does not name its coordinate reference system, so its labels have no "
                    "longitude and latitude; choose gpkg: {}",
                    asset.name, m_out.string());
            if (m_format.lonlat_only && !facts.of_the_earth)
                return base::fail(
                    ErrorKind::refused,
                    "\"{}\" lies on no ellipsoid of the Earth ({}), and the format is in WGS 84; "
                    "choose gpkg: {}",
                    asset.name, facts.name, m_out.string());
        }
        source.crs = m_crs.empty() ? source.placement->crs_wkt() : m_crs;
        if (facts.name.empty())
            m_notes.push_back(
                fmt::format("\"{}\" does not name its coordinate reference system: its labels are in "
                            "its coordinates, without a CRS.",
                            asset.name));
        return source;
    }

    void make_plan(const Survey& all) {
        const auto add = [&](const char* name, OGRFieldType type, OGRFieldSubType subtype = OFSTNone) {
            m_plan.own[name] = static_cast<int>(m_plan.fields.size());
            m_plan.fields.push_back({name, type, subtype});
        };
        add(field::id, OFTString);
        add(field::class_name, OFTString);
        add(field::name, OFTString);
        add(field::shape, OFTString);
        std::map<std::string, std::size_t> named;
        for (const labels::LabelClass& each : m_state.ontology.classes) {
            for (const labels::Attribute& attribute : each.attributes) {
                const std::string name = field_of_attribute(attribute.name);
                const OGRFieldType type = type_of(attribute.kind);
                const auto [it, is_new] = named.try_emplace(lower(name), m_plan.fields.size());
                if (is_new) {
                    const bool truth = attribute.kind == labels::AttributeKind::checkbox;
                    m_plan.fields.push_back({name, type, truth ? OFSTBoolean : OFSTNone});
                } else if (m_plan.fields[it->second].type != type) {
                    m_plan.fields[it->second].type = OFTString;  // classes disagree
                    m_plan.fields[it->second].subtype = OFSTNone;
                }
                m_plan.of_attribute[attribute.id] = static_cast<int>(it->second);
            }
        }
        add(field::source, OFTString);
        add(field::confidence, OFTReal);
        add(field::author, OFTString);
        if (all.occluded > 0) add(field::occluded, OFTInteger, OFSTBoolean);
        if (has_later_frames()) add(field::frame, OFTInteger64);
        add(field::area, OFTReal);
        if (!has_layers(m_sources)) return;
        add(field::mask_layer, OFTString);
        add(field::mask_value, OFTInteger);
    }

    std::vector<const labels::MaskLayer*> layers_of(const Source& source) const {
        return m_with_masks ? m_state.mask_layers_of(source.asset->id)
                            : std::vector<const labels::MaskLayer*>{};
    }

    bool has_layers(std::span<const Source> sources) const {
        return std::ranges::any_of(sources, [&](const Source& each) { return !layers_of(each).empty(); });
    }

    static std::string lower(std::string text) {
        std::ranges::transform(text, text.begin(),
                               [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
        return text;
    }

    bool has_later_frames() const {
        for (const Source& source : m_sources)
            for (const labels::TrackId id : m_state.tracks_of(source.asset->id))
                if (!m_state.find(id)->keyframes.empty() && m_state.find(id)->keyframes.back().frame > 0)
                    return true;
        return false;
    }

    base::Result<void> write_files() {
        const bool one_file = m_format.many_layers || m_sources.size() == 1;
        m_is_folder = !one_file || is_folder();
        if (one_file) {
            const std::string name = m_format.many_layers ? "labels" : m_sources.front().name;
            m_main_file = m_is_folder ? m_out / (name + std::string(m_format.extension)) : m_out;
            return write_file(m_main_file, m_sources);
        }
        for (const Source& each : m_sources) {
            const auto file = m_out / (each.name + std::string(m_format.extension));
            if (auto done = write_file(file, {&each, 1}); !done) return done;
        }
        return {};
    }

    bool is_folder() const {
        std::error_code error;
        if (std::filesystem::is_directory(m_out, error)) return true;
        const auto extensions = find_format(m_format.id)->extensions;
        return std::ranges::find(extensions, m_out.extension().string()) == extensions.end();
    }

    base::Result<void> write_file(const std::filesystem::path& file, std::span<const Source> sources) {
        if (auto made = make_parent(file); !made) return made;
        if (!m_format.one_kind_a_file) return write_kinds(file, sources, nullptr);
        std::set<Kind> kinds;
        for (const Source& source : sources)
            for (const labels::TrackId id : m_state.tracks_of(source.asset->id))
                kinds.insert(kind_of(m_state.find(id)->info.shape));
        if (kinds.empty() || has_layers(sources)) kinds.insert(Kind::polygons);
        for (const Kind kind : kinds) {
            const auto name = file.stem().string() + (kinds.size() > 1 ? suffix_of(kind) : "");
            if (auto done =
                    write_kinds(file.parent_path() / (name + file.extension().string()), sources, &kind);
                !done)
                return done;
        }
        if (kinds.size() > 1)
            m_report.add_warning(
                "A file of the format holds one kind of shape: polygons, lines and points were "
                "written to files of their own.");
        return {};
    }

    base::Result<void> write_kinds(const std::filesystem::path& file, std::span<const Source> sources,
                                   const Kind* only) {
        auto staged = StagedFiles::create(file);
        if (!staged) return std::unexpected(staged.error());
        geo::GdalMessages messages;
        const auto failed = [&](std::string_view what) {
            return base::fail(ErrorKind::io, "The file cannot be written ({}: {}): {}", what,
                              messages.reason(), file.string());
        };
        GDALDriver* driver = GetGDALDriverManager()->GetDriverByName(m_format.writer);
        if (driver == nullptr) return failed("GDAL here lacks the format");
        std::vector<const char*> options = m_format.dataset_options;
        options.push_back(nullptr);
        Dataset dataset{
            driver->Create(staged->path().c_str(), 0, 0, 0, GDT_Unknown, const_cast<char**>(options.data()))};
        if (!dataset) return failed("making it");
        for (const Source& source : sources) {
            auto done = write_layer(*dataset, source, only, file, messages);
            if (!done) return done;
        }
        if (messages.failed()) return failed("writing it");
        dataset.reset();
        if (messages.failed()) return failed("ending it");
        for (const std::string& each : messages.warnings()) note_of_gdal(each);
        if (m_context.stop.stop_requested()) return cancelled(file);
        auto files = staged->commit();
        if (!files) return std::unexpected(files.error());
        m_report.files.insert(m_report.files.end(), files->begin(), files->end());
        return {};
    }

    void note_of_gdal(const std::string& warning) {
        // Names cut to ten characters have a sentence of their own.
        if (warning.find("Normalized/laundered field name") != std::string::npos)
            m_report.add_warning("Names of fields were shortened to ten characters.");
        else if (warning.find("has been truncated") != std::string::npos)
            m_report.add_warning("Texts longer than 254 bytes were cut off.");
        else
            m_report.add_warning(fmt::format("GDAL says: {}.", warning));
    }

    std::unexpected<base::Error> cancelled(const std::filesystem::path& file) const {
        return base::fail(ErrorKind::cancelled, "The export was stopped; no half-written file stays: {}",
                          file.string());
    }

    base::Result<Ground> ground_of(const Source& source) const {
        if (!source.placement) return Ground::pixels();
        if (m_format.lonlat_only) return Ground::lonlat(*source.placement);
        if (m_crs.empty()) return Ground::own(*source.placement);
        auto transform = geo::CrsTransform::create(source.placement->crs_wkt(), m_crs);
        if (!transform) return std::unexpected(transform.error());
        return Ground::transformed(*source.placement, std::move(*transform),
                                   geo::crs_facts(m_crs).geographic);
    }

    base::Result<OGRLayer*> make_layer(GDALDataset& dataset, const Source& source, const Kind* only,
                                       const std::filesystem::path& file, const geo::GdalMessages& messages) {
        OGRSpatialReference crs;
        crs.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
        const std::string& wkt = source.crs;
        const bool known = m_format.lonlat_only
                               ? crs.importFromEPSG(4326) == OGRERR_NONE
                               : !wkt.empty() && crs.importFromWkt(wkt.c_str()) == OGRERR_NONE;
        std::vector<const char*> options = m_format.layer_options;
        options.push_back(nullptr);
        OGRwkbGeometryType type = wkbUnknown;
        if (only != nullptr)
            type = *only == Kind::polygons ? wkbPolygon
                   : *only == Kind::lines  ? wkbLineString
                                           : wkbMultiPoint;
        // A file of one layer is that layer where the format has no names for it.
        const std::string name = only != nullptr ? file.stem().string() : source.name;
        OGRLayer* layer = dataset.CreateLayer(name.c_str(), known ? &crs : nullptr, type,
                                              const_cast<char**>(options.data()));
        if (layer == nullptr)
            return base::fail(ErrorKind::io, "The layer \"{}\" cannot be made ({}): {}", name,
                              messages.reason(), file.string());
        m_columns.clear();
        for (const Plan::Field& each : m_plan.fields) {
            OGRFieldDefn defn(each.name.c_str(), each.type);
            defn.SetSubType(each.subtype);
            if (only != nullptr && each.type == OFTString) defn.SetWidth(254);
            if (layer->CreateField(&defn) != OGRERR_NONE)
                return base::fail(ErrorKind::io, "The field \"{}\" cannot be made ({}): {}", each.name,
                                  messages.reason(), file.string());
            // Drivers have columns of their own before these.
            m_columns.push_back(layer->GetLayerDefn()->GetFieldCount() - 1);
        }
        return layer;
    }

    base::Result<void> write_layer(GDALDataset& dataset, const Source& source, const Kind* only,
                                   const std::filesystem::path& file, const geo::GdalMessages& messages) {
        const auto ground = ground_of(source);
        if (!ground) return std::unexpected(ground.error());
        const auto layer = make_layer(dataset, source, only, file, messages);
        if (!layer) return std::unexpected(layer.error());
        // One transaction a layer; formats without any say so and go on.
        const bool in_transaction = (*layer)->StartTransaction() == OGRERR_NONE;
        for (const labels::TrackId id : m_state.tracks_of(source.asset->id)) {
            const labels::Track& track = *m_state.find(id);
            if (only != nullptr && kind_of(track.info.shape) != *only) continue;
            const labels::LabelClass* owner = m_state.ontology.find(track.info.class_id);
            if (owner == nullptr) continue;
            bool any = false;
            for (const labels::Keyframe& keyframe : track.keyframes) {
                if (m_context.stop.stop_requested()) return cancelled(file);
                if (keyframe.outside || !is_sound(keyframe.geometry, track.info.shape)) continue;
                auto geometry = ground->geometry(keyframe.geometry, track.info.shape);
                if (!geometry) {
                    ++m_placeless;
                    continue;
                }
                if (only != nullptr && *only == Kind::points &&
                    wkbFlatten(geometry->getGeometryType()) == wkbPoint)
                    geometry.reset(OGRGeometryFactory::forceToMultiPoint(geometry.release()));
                if (!write_feature(**layer, source, track, *owner, keyframe, std::move(geometry)))
                    return base::fail(ErrorKind::io, "A label cannot be written ({}): {}", messages.reason(),
                                      file.string());
                any = true;
                ++m_report.keyframes;
                if (m_context.progress)
                    m_context.progress(std::min(
                        1.0, static_cast<double>(m_report.keyframes) / static_cast<double>(m_total)));
            }
            m_report.tracks += any;
        }
        if (only == nullptr || *only == Kind::polygons)
            for (const labels::MaskLayer* each : layers_of(source))
                if (auto done = write_outlines(**layer, source, *ground, *each, file, messages); !done)
                    return done;
        if (in_transaction && (*layer)->CommitTransaction() != OGRERR_NONE)
            return base::fail(ErrorKind::io, "The layer cannot be ended ({}): {}", messages.reason(),
                              file.string());
        return {};
    }

    // A polygon for each piece of each value. They are written as they are found: the memory follows those
    // that are still open.
    base::Result<void> write_outlines(OGRLayer& layer, const Source& source, const Ground& ground,
                                      const labels::MaskLayer& mask, const std::filesystem::path& file,
                                      const geo::GdalMessages& messages) {
        bool failed = false;
        auto done = masks::outlines(
            mask.plane, masks::Which::labelled(),
            [&](masks::Outline&& outline) {
                if (!failed) failed = !write_outline(layer, source, ground, mask.info, outline);
            },
            m_context.stop);
        ++m_report.layers;
        if (m_context.stop.stop_requested()) return cancelled(file);
        if (failed)
            return base::fail(ErrorKind::io, "The outlines of \"{}\" cannot be written ({}): {}",
                              mask.info.name, messages.reason(), file.string());
        return done;
    }

    bool write_outline(OGRLayer& layer, const Source& source, const Ground& ground,
                       const labels::MaskLayerInfo& info, const masks::Outline& outline) {
        labels::Path path;
        for (const masks::Ring& ring : outline.rings) {
            if (!path.points.empty())
                path.ring_starts.push_back(static_cast<std::uint32_t>(path.points.size()));
            const masks::Ring fewer =
                m_tolerance_px > 0 ? masks::simplify(ring, m_tolerance_px, m_context.stop) : ring;
            path.points.insert(path.points.end(), fewer.begin(), fewer.end());
        }
        const labels::Geometry shape = std::move(path);
        auto geometry = ground.geometry(shape, ShapeKind::polygon);
        if (!geometry) {
            ++m_placeless;
            return true;
        }
        OGRFeature feature(layer.GetLayerDefn());
        const labels::MaskValue* value = info.find(outline.value);
        const labels::LabelClass* owner = value != nullptr ? m_state.ontology.find(value->class_id) : nullptr;
        const auto set = [&](const char* name, const std::string& text) {
            if (!text.empty()) feature.SetField(column(m_plan.own.at(name)), text.c_str());
        };
        set(field::class_name, owner != nullptr ? owner->name : fmt::format("class {}", outline.value));
        set(field::name, value != nullptr ? value->name : "");
        set(field::shape, std::string(labels::name_of(ShapeKind::polygon)));
        set(field::mask_layer, info.name);
        feature.SetField(column(m_plan.own.at(field::mask_value)), outline.value);
        if (const auto area = area_of(source, shape, ShapeKind::polygon))
            feature.SetField(column(m_plan.own.at(field::area)), *area / 1e4);
        feature.SetGeometryDirectly(geometry.release());
        return layer.CreateFeature(&feature) == OGRERR_NONE;
    }

    bool write_feature(OGRLayer& layer, const Source& source, const labels::Track& track,
                       const labels::LabelClass& owner, const labels::Keyframe& keyframe,
                       std::unique_ptr<OGRGeometry> geometry) {
        OGRFeature feature(layer.GetLayerDefn());
        const auto text = [&](const char* name, const std::string& value) {
            if (!value.empty()) feature.SetField(column(m_plan.own.at(name)), value.c_str());
        };
        text(field::id, base::to_string(track.info.id.uuid));
        text(field::class_name, owner.name);
        text(field::name, labels::display_name(track.info, m_state.ontology));
        text(field::shape, std::string(labels::name_of(track.info.shape)));
        text(field::source, std::string(labels::name_of(keyframe.source)));
        feature.SetField(column(m_plan.own.at(field::confidence)), labels::short_double(keyframe.confidence));
        text(field::author, track.info.author);
        if (const auto it = m_plan.own.find(field::occluded); it != m_plan.own.end())
            feature.SetField(column(it->second), keyframe.occluded ? 1 : 0);
        if (const auto it = m_plan.own.find(field::frame); it != m_plan.own.end())
            feature.SetField(column(it->second), static_cast<GIntBig>(keyframe.frame));
        if (kind_of(track.info.shape) == Kind::polygons)
            if (const auto area = area_of(source, keyframe.geometry, track.info.shape))
                feature.SetField(column(m_plan.own.at(field::area)), *area / 1e4);
        labels::AttributeValues values = track.info.attributes;
        for (const auto& [id, value] : keyframe.attributes) labels::set_value(values, id, value);
        for (const auto& [id, value] : values) set_attribute(feature, id, value);
        feature.SetGeometryDirectly(geometry.release());
        return layer.CreateFeature(&feature) == OGRERR_NONE;
    }

    [[nodiscard]] int column(int field) const { return m_columns[static_cast<std::size_t>(field)]; }

    void set_attribute(OGRFeature& feature, labels::AttributeId id, const std::string& value) {
        const auto at = m_plan.of_attribute.find(id);
        if (at == m_plan.of_attribute.end()) return;
        const Plan::Field& to = m_plan.fields[static_cast<std::size_t>(at->second)];
        if (to.type == OFTString) {
            feature.SetField(column(at->second), value.c_str());
        } else if (to.type == OFTInteger) {
            feature.SetField(column(at->second), value == "true" ? 1 : 0);
        } else if (const auto number = parse_double(value)) {
            feature.SetField(column(at->second), *number);
        } else if (!value.empty()) {
            m_report.add_warning(fmt::format(
                "Values of \"{}\" that are no numbers were not written: its field holds numbers.", to.name));
        }
    }

    std::optional<double> area_of(const Source& source, const labels::Geometry& geometry,
                                  ShapeKind kind) const {
        if (!source.placement) return std::nullopt;
        return area_m2(*source.placement, geometry, kind);
    }

    void warn(const Survey& all) {
        warn_if(m_report, all.past_end, all,
                "Keyframes past the last frame of the medium were written all the same");
        warn_if(m_report, all.unsound, all, "Shapes that are not sound were not written");
        warn_if(m_report, all.without_class, all,
                "Labels whose class is not in the ontology were not written");
        warn_if(m_report, all.ellipses, all,
                fmt::format("Ellipses were written as polygons of {} corners", k_ellipse_corners));
        warn_if(m_report, all.rotated_boxes, all, "Rotated boxes were written as polygons of their corners");
        warn_if(m_report, all.masks, all, "Masks were written as polygons along the edges of their pixels");
        warn_if(m_report, all.groups, all, "Groups were not written");
        warn_if(m_report, all.layers, all, "Layers (z order) were not written");
        if (m_placeless > 0)
            m_report.add_warning(
                fmt::format("Shapes without points or with a point that has no place on the ground "
                            "were not written ({}).",
                            m_placeless));
    }

    const VectorFormat& m_format;
    const labels::State& m_state;
    const WriteContext& m_context;
    const std::filesystem::path m_out;
    std::string m_crs;  // chosen; empty: each medium's own
    std::vector<Source> m_sources;
    std::vector<std::string> m_notes;  // warnings found before there is a report
    Plan m_plan;
    std::vector<int> m_columns;  // of the plan's fields, in the layer being written
    Report m_report;
    bool m_is_folder = false;
    std::filesystem::path m_main_file;
    std::int64_t m_total = 1, m_placeless = 0;
    bool m_with_masks = true;
    double m_tolerance_px = 0;
};

}  // namespace

base::Result<Report> write_geo_vector(const VectorFormat& format, const labels::State& state,
                                      const std::filesystem::path& out, const WriteContext& context) {
    return Writer(format, state, context, out).write();
}

}  // namespace formats
