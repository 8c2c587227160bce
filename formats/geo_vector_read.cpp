#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <unordered_map>

#include <gdal_priv.h>
#include <ogrsf_frmts.h>

#include "formats/geo_vector.h"
#include "formats/importer.h"
#include "formats/mask_runs.h"
#include "formats/outline.h"
#include "formats/text.h"
#include "geo/gdal.h"
#include "geo/placement.h"
#include "labels/json.h"

namespace formats {

namespace {

using base::ErrorKind;
using base::Point;
using labels::ShapeKind;

struct CloseDataset {
    void operator()(GDALDataset* dataset) const { GDALClose(dataset); }
};
using Dataset = std::unique_ptr<GDALDataset, CloseDataset>;

struct Part {
    ShapeKind kind = ShapeKind::polygon;
    labels::Geometry geometry;
};

// What a field of a layer is for.
enum class Role {
    attribute,
    id,
    class_name,
    name,
    shape,
    source,
    confidence,
    author,
    occluded,
    frame,
    nothing
};

Role role_of(std::string_view name) {
    static constexpr std::pair<const char*, Role> k_roles[] = {{field::id, Role::id},
                                                               {field::class_name, Role::class_name},
                                                               {field::name, Role::name},
                                                               {field::shape, Role::shape},
                                                               {field::source, Role::source},
                                                               {field::confidence, Role::confidence},
                                                               {field::author, Role::author},
                                                               {field::occluded, Role::occluded},
                                                               {field::frame, Role::frame},
                                                               {field::area, Role::nothing},
                                                               {field::mask_layer, Role::nothing},
                                                               {field::mask_value, Role::nothing}};
    for (const auto& [own, role] : k_roles)
        if (EQUAL(own, std::string(name).c_str())) return role;
    return is_column_of_formats(name) ? Role::nothing : Role::attribute;
}

// The boxes and ellipses that our own writer made polygons of; coordinates may be off by what the format
// rounds.
std::optional<labels::Box> box_of(const labels::Path& path, double rounding_px) {
    const auto& p = path.points;
    if (p.size() != 4 || !path.ring_starts.empty()) return std::nullopt;
    const auto length = [](Point v) { return std::hypot(v.x, v.y); };
    const double size = length(p[2] - p[0]), slack = 1e-6 * size + 1e-4 + 3 * rounding_px;
    if (size == 0 || length(p[0] + p[2] - p[1] - p[3]) > slack ||
        std::abs(size - length(p[3] - p[1])) > slack)
        return std::nullopt;
    const Point centre = (p[0] + p[1] + p[2] + p[3]) * 0.25;
    // From the first corner to the second along the top, where the ring still goes as it was written; it may
    // have been turned round since.
    Point top = ((p[1] - p[0]) + (p[2] - p[3])) * 0.5, side = ((p[3] - p[0]) + (p[2] - p[1])) * 0.5;
    if (top.x * side.y - top.y * side.x < 0) std::swap(top, side);
    double angle = std::atan2(top.y, top.x) * 180 / std::numbers::pi;
    const double width = length(top) / 2, height = length(side) / 2;
    if (std::abs(top.y) <= slack && top.x > 0) angle = 0;
    if (angle < 0) angle += 360;
    return labels::Box{centre.x - width, centre.y - height, centre.x + width, centre.y + height, angle};
}

std::optional<labels::Box> ellipse_of(const labels::Path& path, double rounding_px) {
    const auto& p = path.points;
    if (p.size() != k_ellipse_corners || !path.ring_starts.empty()) return std::nullopt;
    Point centre;
    for (const Point& each : p) centre = centre + each * (1.0 / k_ellipse_corners);
    const auto half = [&](std::size_t i) { return (p[i] - p[i + k_ellipse_corners / 2]) * 0.5; };
    const Point a = half(0), b = half(k_ellipse_corners / 4);
    const double rx = std::hypot(a.x, a.y), ry = std::hypot(b.x, b.y);
    double angle = std::atan2(a.y, a.x) * 180 / std::numbers::pi;
    const double slack = 1e-6 * (rx + ry) + 1e-4 + 3 * rounding_px;
    if (std::abs(a.y) <= slack && a.x > 0) angle = 0;
    if (angle < 0) angle += 360;
    const labels::Box box{centre.x - rx, centre.y - ry, centre.x + rx, centre.y + ry, angle};
    // Every corner lies where it would have been written, one way round or the other.
    const std::vector<Point> written = corners_of(box, ShapeKind::ellipse);
    const auto apart = [&](bool reversed) {
        double most = 0;
        for (std::size_t i = 0; i < p.size(); ++i) {
            const Point to = written[reversed ? (p.size() - i) % p.size() : i];
            most = std::max(most, std::hypot(p[i].x - to.x, p[i].y - to.y));
        }
        return most;
    };
    if (apart(false) > slack && apart(true) > slack) return std::nullopt;
    return box;
}

class Reader {
public:
    Reader(const VectorFormat& format, const std::filesystem::path& file, ReadContext& context)
        : m_format{format}, m_import{context, format.id, file} {}

    base::Result<Report> read() {
        geo::set_up_gdal();
        geo::GdalMessages messages;
        auto dataset = open(messages);
        if (!dataset) return std::unexpected(dataset.error());
        if (auto done = read_layers(**dataset, messages); !done) return std::unexpected(done.error());
        if (m_import.stopped()) return m_import.cancelled();
        if (m_features > 0 && m_taken == 0 && m_import.classes().unknown().empty())
            return base::fail(
                ErrorKind::refused,
                "None of the {} features lies on the picture{}; choose another medium with --asset, or "
                "look at the file's CRS: {}",
                m_features, m_target_name.empty() ? "" : fmt::format(" \"{}\"", m_target_name),
                m_import.file().string());
        return m_import.finish();
    }

private:
    base::Result<Dataset> open(geo::GdalMessages& messages) {
        std::error_code error;
        if (!std::filesystem::is_regular_file(m_import.file(), error))
            return base::fail(ErrorKind::missing, "There is no file here; check the name: {}",
                              m_import.file().string());
        std::vector<const char*> drivers = m_format.readers;
        drivers.push_back(nullptr);
        Dataset dataset{GDALDataset::Open(m_import.file().c_str(), GDAL_OF_VECTOR | GDAL_OF_READONLY,
                                          drivers.data(), nullptr, nullptr)};
        if (!dataset)
            return m_import.malformed("This cannot be read as {} ({})", m_format.id, messages.reason());
        if (dataset->GetLayerCount() == 0) return m_import.malformed("There is no layer of features in it");
        messages.clear();
        return dataset;
    }

    // Where several layers are there and one is named like the chosen medium, it is meant.
    bool is_passed_over(GDALDataset& dataset, OGRLayer& layer) {
        const auto& chosen = m_import.context().asset;
        const labels::Asset* asset = chosen ? m_import.state().find(*chosen) : nullptr;
        if (asset == nullptr || EQUAL(layer.GetName(), asset->name.c_str())) return false;
        for (int i = 0; i < dataset.GetLayerCount(); ++i)
            if (EQUAL(dataset.GetLayer(i)->GetName(), asset->name.c_str())) return true;
        return false;
    }

    base::Result<void> read_layers(GDALDataset& dataset, geo::GdalMessages& messages) {
        for (int i = 0; i < dataset.GetLayerCount(); ++i) {
            OGRLayer& layer = *dataset.GetLayer(i);
            if (is_passed_over(dataset, layer)) {
                m_import.count("Layers of other media were not imported");
                continue;
            }
            m_layers_before = static_cast<double>(i) / dataset.GetLayerCount();
            m_layer_share = 1.0 / dataset.GetLayerCount();
            if (auto done = read_layer(layer, messages); !done) return done;
        }
        for (const std::string& each : messages.warnings())
            m_import.report().add_warning(fmt::format("GDAL says: {}.", each));
        return {};
    }

    base::Result<void> read_layer(OGRLayer& layer, geo::GdalMessages& messages) {
        if (auto done = choose_target(valid_utf8(layer.GetName())); !done) return done;
        if (auto done = choose_way(layer); !done) return done;
        look_at_fields(*layer.GetLayerDefn());
        const auto expected = static_cast<double>(std::max<GIntBig>(layer.GetFeatureCount(FALSE), 1));
        std::int64_t done_so_far = 0;
        layer.ResetReading();
        while (const std::unique_ptr<OGRFeature> feature{layer.GetNextFeature()}) {
            if (m_import.stopped()) return m_import.cancelled();
            take(*feature);
            if (m_import.context().progress)
                m_import.context().progress(m_layers_before +
                                            m_layer_share *
                                                std::min(1.0, static_cast<double>(++done_so_far) / expected));
        }
        if (messages.failed())
            return m_import.malformed("It cannot be read to its end ({})", messages.reason());
        return {};
    }

    const labels::Asset* asset_of_layer(const std::string& layer) {
        if (const auto& chosen = m_import.context().asset) return m_import.state().find(*chosen);
        const auto fits = [](const labels::Asset& asset) {
            return asset.kind == labels::MediaKind::raster || asset.kind == labels::MediaKind::image;
        };
        const auto only = [&](const auto& holds) -> const labels::Asset* {
            const labels::Asset* found = nullptr;
            for (const labels::Asset& each : m_import.state().assets) {
                if (!fits(each) || !holds(each)) continue;
                if (found != nullptr) return nullptr;
                found = &each;
            }
            return found;
        };
        const std::string stem = m_import.file().stem().string();
        const auto named = [](const labels::Asset& asset, const std::string& name) {
            return name == asset.name || name == std::filesystem::path(asset.name).stem().string();
        };
        if (const auto* found = only([&](const labels::Asset& each) { return named(each, layer); }))
            return found;
        if (const auto* found = only([&](const labels::Asset& each) { return named(each, stem); }))
            return found;
        if (const auto* found = only([](const labels::Asset& each) { return !each.georeference.empty(); }))
            return found;
        return only([](const labels::Asset&) { return true; });
    }

    base::Result<void> choose_target(const std::string& layer) {
        const labels::Asset* asset = asset_of_layer(layer);
        if (asset == nullptr)
            return base::fail(
                ErrorKind::refused,
                "The file does not say which picture the layer \"{}\" is of; add the picture to the "
                "project first, or name it with --asset: {}",
                layer, m_import.file().string());
        m_layer = layer;
        if (m_target == asset->id) return {};
        m_target = asset->id;
        m_target_name = asset->name;
        m_picture = {0, 0, static_cast<double>(asset->width_px), static_cast<double>(asset->height_px)};
        m_placement.reset();
        if (asset->georeference.empty()) return {};
        auto placement = geo::Placement::create(asset->georeference, asset->width_px, asset->height_px);
        if (!placement)
            return base::fail(placement.error().kind, "{} {}: {}", asset->name, placement.error().message,
                              m_import.file().string());
        m_placement = std::move(*placement);
        return {};
    }

    // From the layer's coordinates to the picture's pixels.
    base::Result<void> choose_way(OGRLayer& layer) {
        m_transform.reset();
        m_is_lonlat = false;
        m_rounding_px = 0;
        const std::string crs = crs_of(layer);
        if (!m_placement) {
            if (crs.empty()) return {};
            return base::fail(
                ErrorKind::refused,
                "\"{}\" does not say where on the ground it lies, so features with a CRS have no place "
                "on it; name another medium with --asset: {}",
                m_target_name, m_import.file().string());
        }
        if (crs.empty()) {
            m_import.count(
                fmt::format("The layer \"{}\" names no CRS: its coordinates were taken to be in that of "
                            "\"{}\"",
                            m_layer, m_target_name));
            return {};
        }
        if (m_placement->crs_wkt().empty())
            return base::fail(
                ErrorKind::refused,
                "\"{}\" does not name its CRS, so features with one have no place on it; name another "
                "medium with --asset: {}",
                m_target_name, m_import.file().string());
        if (is_same(crs, m_placement->crs_wkt())) {
            if (m_placement->crs().is_wgs84) find_rounding();
            return {};
        }
        if (const auto facts = geo::crs_facts(crs); facts.is_wgs84) {
            m_is_lonlat = true;
            find_rounding();
            return {};
        }
        auto transform = geo::CrsTransform::create(crs, m_placement->crs_wkt());
        if (!transform)
            return base::fail(transform.error().kind, "{} Import it in another CRS: {}",
                              transform.error().message, m_import.file().string());
        m_transform = std::move(*transform);
        return {};
    }

    // What half of the last of GeoJSON's seven decimals of a degree is on the picture.
    void find_rounding() {
        if (m_format.decimals == 0) return;
        const double half = 0.5 * std::pow(10, -m_format.decimals);
        const Point at = m_picture.centre();
        const auto here = m_placement->lonlat_from_pixel(at);
        const auto right = here ? m_placement->pixel_from_lonlat({here->x + half, here->y}) : std::nullopt,
                   below = here ? m_placement->pixel_from_lonlat({here->x, here->y - half}) : std::nullopt;
        if (right && below)
            m_rounding_px =
                std::hypot(right->x - at.x, right->y - at.y) + std::hypot(below->x - at.x, below->y - at.y);
    }

    // As WKT; empty: none, or one that only says so.
    static std::string crs_of(OGRLayer& layer) {
        const OGRSpatialReference* crs = layer.GetSpatialRef();
        if (crs == nullptr || crs->IsEmpty()) return {};
        const char* name = crs->GetName();
        if (name != nullptr &&
            (STARTS_WITH_CI(name, "Undefined") || STARTS_WITH_CI(name, "Unknown engineering")))
            return {};
        char* wkt = nullptr;
        const char* const options[] = {"FORMAT=WKT2_2019", nullptr};
        std::string text = crs->exportToWkt(&wkt, options) == OGRERR_NONE && wkt != nullptr ? wkt : "";
        CPLFree(wkt);
        return text;
    }

    static bool is_same(const std::string& a, const std::string& b) {
        OGRSpatialReference one, other;
        if (one.importFromWkt(a.c_str()) != OGRERR_NONE || other.importFromWkt(b.c_str()) != OGRERR_NONE)
            return false;
        static constexpr const char* k_options[] = {"IGNORE_DATA_AXIS_TO_SRS_AXIS_MAPPING=YES",
                                                    "CRITERION=EQUIVALENT_EXCEPT_AXIS_ORDER_GEOGCRS",
                                                    nullptr};
        return one.IsSame(&other, k_options);
    }

    std::optional<Point> pixel(Point p) const {
        if (!m_placement) return p;
        if (m_is_lonlat) return m_placement->pixel_from_lonlat(p);
        if (!m_transform) return m_placement->pixel_from_crs(p);
        const auto in_crs = (*m_transform)(p);
        return in_crs ? m_placement->pixel_from_crs(*in_crs) : std::nullopt;
    }

    void look_at_fields(OGRFeatureDefn& defn) {
        m_roles.clear();
        m_class_field = -1;
        for (int i = 0; i < defn.GetFieldCount(); ++i)
            m_roles.push_back(role_of(defn.GetFieldDefn(i)->GetNameRef()));
        for (const char* name : {field::class_name, "label", "category", field::name}) {
            m_class_field = defn.GetFieldIndex(name);
            if (m_class_field >= 0) break;
        }
        if (m_class_field >= 0) m_roles[static_cast<std::size_t>(m_class_field)] = Role::class_name;
        m_attributes.clear();
    }

    std::string text_of(const OGRFeature& feature, int i) const {
        if (i < 0 || !feature.IsFieldSetAndNotNull(i)) return {};
        const OGRFieldDefn& defn = *feature.GetFieldDefnRef(i);
        if (defn.GetType() == OFTReal) {
            const double value = feature.GetFieldAsDouble(i);
            return std::isfinite(value) && std::abs(value) < 1e15 ? decimal(value) : std::string{};
        }
        if (defn.GetSubType() == OFSTBoolean) return feature.GetFieldAsInteger(i) != 0 ? "true" : "false";
        return std::string(trim(valid_utf8(feature.GetFieldAsString(i))));
    }

    // Of the field with that role; empty without one.
    std::string text_of(const OGRFeature& feature, Role role) const {
        const auto it = std::ranges::find(m_roles, role);
        return it == m_roles.end() ? std::string{} : text_of(feature, static_cast<int>(it - m_roles.begin()));
    }

    void take(const OGRFeature& feature) {
        ++m_features;
        const OGRGeometry* geometry = feature.GetGeometryRef();
        if (geometry == nullptr || geometry->IsEmpty()) {
            m_import.count("Features without a shape were skipped");
            return;
        }
        const auto wanted = labels::shape_kind_from(text_of(feature, Role::shape));
        std::vector<Part> parts;
        m_outside = m_placeless = m_odd = 0;
        collect(*geometry, wanted, parts);
        count_if("Shapes outside the picture were not imported", m_outside);
        count_if("Shapes with a point that has no place on the picture were not imported", m_placeless);
        count_if("Shapes that Limn does not have, or without extent, were not imported", m_odd);
        if (parts.empty()) return;
        std::string name = text_of(feature, m_class_field);
        if (name.empty()) name = m_layer;
        const auto class_id = m_import.class_of(name);
        if (!class_id) return;
        ++m_taken;
        const std::int32_t group = parts.size() > 1 ? m_import.new_group() : 0;
        for (Part& part : parts) put(feature, *class_id, std::move(part), group, parts.size() == 1);
    }

    void count_if(std::string_view sentence, std::int64_t n) {
        if (n > 0) m_import.count(sentence, n);
    }

    void collect(const OGRGeometry& geometry, std::optional<ShapeKind> wanted, std::vector<Part>& parts) {
        std::unique_ptr<OGRGeometry> straight;
        if (geometry.hasCurveGeometry(TRUE)) straight.reset(geometry.getLinearGeometry());
        const OGRGeometry& flat = straight ? *straight : geometry;
        switch (wkbFlatten(flat.getGeometryType())) {
            case wkbPoint:
                keep(points_of(flat), ShapeKind::points, parts);
                return;
            case wkbMultiPoint:
                keep(points_of(flat), ShapeKind::points, parts);
                return;
            case wkbLineString:
            case wkbLinearRing:
                keep(line_of(*flat.toLineString()), ShapeKind::polyline, parts);
                return;
            case wkbPolygon:
            case wkbTriangle:
                take_polygons({flat.toPolygon()}, wanted, parts);
                return;
            case wkbMultiPolygon: {
                std::vector<const OGRPolygon*> all;
                for (const OGRPolygon* each : *flat.toMultiPolygon()) all.push_back(each);
                take_polygons(all, wanted, parts);
                return;
            }
            case wkbMultiLineString:
            case wkbGeometryCollection:
                for (const OGRGeometry* each : *flat.toGeometryCollection()) collect(*each, wanted, parts);
                return;
            default:
                ++m_odd;
        }
    }

    std::optional<labels::Path> points_of(const OGRGeometry& geometry) {
        labels::Path path;
        const auto add = [&](const OGRPoint& point) {
            const auto at = pixel({point.getX(), point.getY()});
            if (at) path.points.push_back(*at);
            return at.has_value();
        };
        if (wkbFlatten(geometry.getGeometryType()) == wkbPoint) {
            if (add(*geometry.toPoint())) return path;
        } else if (std::ranges::all_of(*geometry.toMultiPoint(),
                                       [&](const OGRPoint* each) { return add(*each); })) {
            return path;
        }
        ++m_placeless;
        return std::nullopt;
    }

    std::optional<labels::Path> line_of(const OGRLineString& line) {
        labels::Path path;
        for (int i = 0; i < line.getNumPoints(); ++i) {
            const auto at = pixel({line.getX(i), line.getY(i)});
            if (!at) {
                ++m_placeless;
                return std::nullopt;
            }
            path.points.push_back(*at);
        }
        return path;
    }

    std::optional<labels::Path> rings_of(const OGRPolygon& polygon) {
        labels::Path path;
        for (const OGRLinearRing* ring : polygon) {
            auto line = line_of(*ring);
            if (!line) return std::nullopt;
            if (line->points.size() > 1) line->points.pop_back();  // the first once more
            if (line->points.size() < 3) {
                if (path.points.empty()) {
                    ++m_odd;
                    return std::nullopt;
                }
                continue;
            }
            if (!path.points.empty())
                path.ring_starts.push_back(static_cast<std::uint32_t>(path.points.size()));
            path.points.insert(path.points.end(), line->points.begin(), line->points.end());
        }
        return path;
    }

    void take_polygons(const std::vector<const OGRPolygon*>& polygons, std::optional<ShapeKind> wanted,
                       std::vector<Part>& parts) {
        std::vector<labels::Path> paths;
        for (const OGRPolygon* each : polygons)
            if (auto path = rings_of(*each)) paths.push_back(std::move(*path));
        if (wanted == ShapeKind::mask && take_mask(paths, parts)) return;
        for (labels::Path& path : paths) {
            if (path.points.empty()) {
                ++m_odd;
                continue;
            }
            if (wanted == ShapeKind::box || wanted == ShapeKind::ellipse)
                if (const auto box = wanted == ShapeKind::box ? box_of(path, m_rounding_px)
                                                              : ellipse_of(path, m_rounding_px)) {
                    keep_shape(*box, *wanted, parts);
                    continue;
                }
            keep_shape(std::move(path), ShapeKind::polygon, parts);
        }
    }

    // Polygons along the edges of pixels are a mask again.
    bool take_mask(const std::vector<labels::Path>& paths, std::vector<Part>& parts) {
        labels::Path all;
        // Ways between datums are inverses of each other to a millimetre or so only.
        const double slack = 0.05 + 3 * m_rounding_px;
        if (slack > 0.4) return false;
        for (const labels::Path& path : paths) {
            if (!all.points.empty()) all.ring_starts.push_back(static_cast<std::uint32_t>(all.points.size()));
            for (const std::uint32_t start : path.ring_starts)
                all.ring_starts.push_back(static_cast<std::uint32_t>(all.points.size()) + start);
            for (const Point& each : path.points) {
                const Point corner{std::round(each.x), std::round(each.y)};
                if (std::hypot(each.x - corner.x, each.y - corner.y) > slack) return false;
                all.points.push_back(corner);
            }
        }
        if (all.points.empty() || m_picture.empty()) return false;
        auto mask = mask_from_path(all, static_cast<int>(m_picture.x1), static_cast<int>(m_picture.y1));
        if (!mask || mask->width == 0) return false;
        keep_shape(std::move(*mask), ShapeKind::mask, parts);
        return true;
    }

    void keep(std::optional<labels::Path> path, ShapeKind kind, std::vector<Part>& parts) {
        if (path) keep_shape(std::move(*path), kind, parts);
    }
    void keep_shape(labels::Geometry geometry, ShapeKind kind, std::vector<Part>& parts) {
        if (!is_sound(geometry, kind)) {
            ++m_odd;
            return;
        }
        const base::Rect reach = labels::bounds(geometry);
        // A point, and a line that runs along the edge, have no extent and are on the picture all the same.
        const base::Rect near = m_picture.grown(0.05 + m_rounding_px);
        const bool beside =
            reach.x1 < near.x0 || reach.y1 < near.y0 || reach.x0 > near.x1 || reach.y0 > near.y1;
        if (!m_picture.empty() && beside) {
            ++m_outside;
            return;
        }
        parts.push_back({kind, std::move(geometry)});
    }

    void put(const OGRFeature& feature, labels::ClassId class_id, Part part, std::int32_t group,
             bool is_whole) {
        labels::Keyframe keyframe;
        keyframe.geometry = std::move(part.geometry);
        keyframe.frame = parse_int(text_of(feature, Role::frame)).value_or(0);
        keyframe.occluded =
            text_of(feature, Role::occluded) == "true" || text_of(feature, Role::occluded) == "1";
        keyframe.source =
            labels::source_from(text_of(feature, Role::source)).value_or(labels::Source::import);
        if (const auto confidence = parse_double(text_of(feature, Role::confidence)))
            keyframe.confidence = static_cast<float>(std::clamp(*confidence, 0.0, 1.0));
        labels::TrackInfo info;
        info.asset = m_target;
        info.class_id = class_id;
        info.shape = part.kind;
        info.extent = labels::Extent::picture;
        info.group = group;
        info.source = keyframe.source;
        info.author = text_of(feature, Role::author);
        info.name = own_name(text_of(feature, Role::name), class_id);
        take_attributes(feature, info, keyframe);
        const auto id = is_whole ? base::parse_uuid(text_of(feature, Role::id)) : std::nullopt;
        if (id && continues(labels::TrackId{*id}, info, keyframe)) return;
        if (id && m_import.state().find(labels::TrackId{*id}) == nullptr)
            info.id = labels::TrackId{*id};
        else if (id)
            m_import.count("Labels that the project has already were added a second time, under new ids");
        m_import.put_track(info);
        if (id) m_of_this_file.emplace(labels::TrackId{*id}, info.id);
        m_import.put_keyframe(info, std::move(keyframe));
    }

    // A label with several keyframes is a feature for each.
    bool continues(labels::TrackId id, const labels::TrackInfo& info, const labels::Keyframe& keyframe) {
        const auto known = m_of_this_file.find(id);
        const labels::Track* track =
            known == m_of_this_file.end() ? nullptr : m_import.state().find(known->second);
        if (track == nullptr || track->info.shape != info.shape ||
            track->keyframe_at(keyframe.frame) != nullptr)
            return false;
        labels::TrackInfo longer = track->info;
        longer.extent = labels::Extent::track;
        m_import.context().transaction.put_track(longer);
        m_import.put_keyframe(longer, keyframe);
        return true;
    }

    // "ball 3" is what a label without a name of its own is called.
    std::string own_name(const std::string& name, labels::ClassId class_id) const {
        const std::string& owner = m_import.state().ontology.find(class_id)->name;
        if (!name.starts_with(owner + " ")) return name;
        const std::string_view rest = std::string_view(name).substr(owner.size() + 1);
        const bool number = !rest.empty() && rest.find_first_not_of("0123456789") == std::string_view::npos;
        return number ? std::string{} : name;
    }

    void take_attributes(const OGRFeature& feature, labels::TrackInfo& info, labels::Keyframe& keyframe) {
        for (std::size_t i = 0; i < m_roles.size(); ++i) {
            if (m_roles[i] != Role::attribute) continue;
            std::string value = text_of(feature, static_cast<int>(i));
            if (value.empty()) continue;
            const auto [it, is_new] = m_attributes.try_emplace({info.class_id, i});
            if (is_new)
                it->second = find_attribute(info.class_id, *feature.GetFieldDefnRef(static_cast<int>(i)));
            if (!it->second) continue;
            if (it->second->kind == labels::AttributeKind::checkbox && (value == "0" || value == "1"))
                value = value == "1" ? "true" : "false";
            labels::set_value(
                it->second->timing == labels::Timing::fixed ? info.attributes : keyframe.attributes,
                it->second->id, std::move(value));
        }
    }

    struct Known {
        labels::AttributeId id;
        labels::AttributeKind kind;
        labels::Timing timing;
    };

    // By the field's name, also one that was cut to the ten characters of a shapefile. Files of others bring
    // many fields: what the ontology does not have is left out, unless it may grow.
    std::optional<Known> find_attribute(labels::ClassId class_id, const OGRFieldDefn& defn) {
        const std::string name = valid_utf8(defn.GetNameRef());
        constexpr std::size_t k_shapefile_name = 10;
        const auto known = [](const labels::Attribute& each) {
            return Known{each.id, each.kind, each.timing};
        };
        const auto& attributes = m_import.state().ontology.find(class_id)->attributes;
        for (const labels::Attribute& each : attributes)
            if (EQUAL(field_of_attribute(each.name).c_str(), name.c_str())) return known(each);
        std::optional<Known> begins;
        int beginnings = 0;
        for (const labels::Attribute& each : attributes) {
            if (!m_format.one_kind_a_file) break;
            const std::string cut = field_of_attribute(each.name).substr(0, k_shapefile_name);
            if (!EQUAL(std::string(trim(cut)).c_str(), name.c_str())) continue;
            begins = known(each);
            ++beginnings;
        }
        if (beginnings == 1) return begins;
        if (!m_import.classes().may_add()) {
            m_import.count(
                fmt::format("The field \"{}\" was not imported: its class has no such attribute", name));
            return std::nullopt;
        }
        labels::Attribute like;
        like.name = attribute_of_field(name);
        const OGRFieldType type = defn.GetType();
        like.kind = defn.GetSubType() == OFSTBoolean ? labels::AttributeKind::checkbox
                    : type == OFTReal || type == OFTInteger || type == OFTInteger64
                        ? labels::AttributeKind::number
                        : labels::AttributeKind::text;
        const labels::Attribute* made = m_import.attribute_of(class_id, like);
        return made != nullptr ? std::optional(known(*made)) : std::nullopt;
    }

    const VectorFormat& m_format;
    Importer m_import;
    double m_layers_before = 0, m_layer_share = 1;
    // of the layer being read
    std::string m_layer;
    labels::AssetId m_target;
    std::string m_target_name;
    base::Rect m_picture;
    std::optional<geo::Placement> m_placement;
    std::optional<geo::CrsTransform> m_transform;
    bool m_is_lonlat = false;
    double m_rounding_px = 0;   // what the format's decimals may have moved a corner by
    std::vector<Role> m_roles;  // by field
    int m_class_field = -1;
    std::map<std::pair<labels::ClassId, std::size_t>, std::optional<Known>> m_attributes;
    // of the feature being read
    std::int64_t m_outside = 0, m_placeless = 0, m_odd = 0;
    // of the file
    std::int64_t m_features = 0, m_taken = 0;
    std::unordered_map<labels::TrackId, labels::TrackId> m_of_this_file;
};

}  // namespace

base::Result<Report> read_geo_vector(const VectorFormat& format, const std::filesystem::path& file,
                                     ReadContext& context) {
    return Reader(format, file, context).read();
}

}  // namespace formats
