#include "formats/areas.h"

#include <cmath>
#include <unordered_map>

#include "formats/importer.h"
#include "formats/mask_areas.h"
#include "formats/mask_runs.h"
#include "formats/outline.h"
#include "labels/interpolate.h"
#include "masks/value_counts.h"

namespace formats {

std::optional<double> area_m2(const geo::Placement& placement, const labels::Geometry& geometry,
                              labels::ShapeKind kind) {
    const std::vector<Polygon> polygons = polygons_of(geometry, kind);
    if (polygons.empty() && kind != labels::ShapeKind::mask) return std::nullopt;
    double metres2 = 0;
    for (const Polygon& polygon : polygons) {
        for (std::size_t i = 0; i < polygon.rings.size(); ++i) {
            const auto area = placement.area_m2(polygon.rings[i]);
            if (!area) return std::nullopt;
            metres2 += i == 0 ? *area : -*area;
        }
    }
    return metres2;
}

double area_px2(const labels::Geometry& geometry, labels::ShapeKind kind) {
    if (const auto* mask = std::get_if<labels::MaskRuns>(&geometry))
        return static_cast<double>(area_px(*mask));
    double pixels = 0;
    for (const Polygon& polygon : polygons_of(geometry, kind))
        for (std::size_t i = 0; i < polygon.rings.size(); ++i)
            pixels += (i == 0 ? 1 : -1) * std::abs(signed_area(polygon.rings[i]));
    return pixels;
}

base::Result<std::vector<ClassArea>> class_areas(const labels::State& state, const labels::Asset& asset,
                                                 std::stop_token stop) {
    std::optional<geo::Placement> placement;
    if (!asset.georeference.empty()) {
        auto made = geo::Placement::create(asset.georeference, asset.width_px, asset.height_px);
        if (!made)
            return base::fail(made.error().kind, "{} The picture is {}", made.error().message, asset.name);
        if (!made->crs().name.empty()) placement = std::move(*made);
    }
    std::vector<ClassArea> areas;
    std::unordered_map<labels::ClassId, std::size_t> place;
    for (const labels::LabelClass& each : state.ontology.classes) {
        place.emplace(each.id, areas.size());
        areas.push_back({.id = each.id, .name = each.name});
        if (placement) areas.back().hectares = 0;
    }
    for (const labels::TrackId id : state.tracks_of(asset.id)) {
        if (stop.stop_requested())
            return base::fail(base::ErrorKind::cancelled, "Measuring was stopped: {}", asset.name);
        const labels::Track& track = *state.find(id);
        const auto to = place.find(track.info.class_id);
        const auto shape = labels::shape_at(track, 0);
        const bool has_inside =
            track.info.shape != labels::ShapeKind::polyline && track.info.shape != labels::ShapeKind::points;
        if (to == place.end() || !shape || !has_inside || !is_sound(shape->geometry, track.info.shape))
            continue;
        ClassArea& area = areas[to->second];
        ++area.count;
        area.pixels += area_px2(shape->geometry, track.info.shape);
        if (!placement || !area.hectares) continue;
        const auto metres2 = area_m2(*placement, shape->geometry, track.info.shape);
        if (metres2)
            *area.hectares += *metres2 / 1e4;
        else
            area.hectares.reset();
    }
    std::shared_ptr<Ground> ground;  // made for the first mask
    for (const labels::MaskLayer* layer : state.mask_layers_of(asset.id)) {
        masks::ValueCounts counts;
        counts.follow(layer->plane, stop);
        if (placement && !ground) {
            auto made = Ground::create(asset.georeference, layer->plane.width_px(), layer->plane.height_px());
            if (!made) return std::unexpected(made.error());
            ground = std::move(*made);
        }
        MaskAreas measured{ground};
        measured.follow(layer->plane, stop);
        if (stop.stop_requested())
            return base::fail(base::ErrorKind::cancelled, "Measuring was stopped: {}", asset.name);
        for (const labels::MaskValue& value : layer->info.values) {
            const auto to = place.find(value.class_id);
            if (to == place.end() || counts.of(value.value) == 0) continue;
            ClassArea& area = areas[to->second];
            ++area.count;
            area.pixels += static_cast<double>(counts.of(value.value));
            const auto metres2 = measured.of(value.value);
            if (area.hectares && metres2)
                *area.hectares += *metres2 / 1e4;
            else
                area.hectares.reset();
        }
    }
    return areas;
}

}  // namespace formats
