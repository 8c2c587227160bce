#include "media/vector_layer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <mutex>
#include <thread>

#include <cpl_error.h>
#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

#include "geo/gdal.h"

namespace media {
namespace {

using base::ErrorKind;
using base::Point;
using Clock = std::chrono::steady_clock;

constexpr auto k_first_picture = std::chrono::milliseconds{150};
constexpr std::int64_t k_features_a_look = 256;  // between two looks at the clock

struct CloseDataset {
    void operator()(void* dataset) const { GDALClose(dataset); }
};
using Dataset = std::unique_ptr<void, CloseDataset>;
struct EndFeature {
    void operator()(void* feature) const { OGR_F_Destroy(feature); }
};
using Feature = std::unique_ptr<void, EndFeature>;
struct EndGeometry {
    void operator()(void* geometry) const { OGR_G_DestroyGeometry(geometry); }
};
using Geometry = std::unique_ptr<void, EndGeometry>;
struct EndSpatialReference {
    void operator()(void* srs) const { OSRRelease(srs); }
};
using SpatialReference = std::unique_ptr<void, EndSpatialReference>;
struct EndTransformation {
    void operator()(void* transformation) const { OCTDestroyCoordinateTransformation(transformation); }
};
using Transformation = std::unique_ptr<void, EndTransformation>;

base::Result<Dataset> open_vectors(const std::filesystem::path& file, const geo::GdalMessages& messages) {
    std::error_code error;
    if (!std::filesystem::exists(file, error))
        return base::fail(ErrorKind::missing, "There is no file here; check the name: {}", file.string());
    Dataset dataset{GDALOpenEx(file.c_str(), GDAL_OF_VECTOR | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR,
                               nullptr, nullptr, nullptr)};
    if (!dataset)
        return base::fail(ErrorKind::malformed, "The vectors cannot be read ({}): {}", messages.reason(),
                          file.string());
    if (GDALDatasetGetLayerCount(dataset.get()) == 0)
        return base::fail(ErrorKind::malformed, "There are no vectors in the file: {}", file.string());
    return dataset;
}

// Axes as in the files, x then y, whatever the CRS's authority says.
SpatialReference traditional(OGRSpatialReferenceH srs) {
    SpatialReference own{OSRClone(srs)};
    OSRSetAxisMappingStrategy(own.get(), OAMS_TRADITIONAL_GIS_ORDER);
    return own;
}

// From a layer's coordinates to the raster's pixels.
class Place {
public:
    explicit Place(const VectorLayerOptions& options) : m_options{options} {}

    // Nothing is said where either has no CRS. Errors: unsupported.
    base::Result<void> set_up(OGRLayerH layer, const geo::GdalMessages& messages) {
        OGRSpatialReferenceH of_layer = OGR_L_GetSpatialRef(layer);
        if (of_layer == nullptr || m_options.raster_crs.empty()) return {};
        SpatialReference raster{OSRNewSpatialReference(nullptr)};
        if (OSRSetFromUserInput(raster.get(), m_options.raster_crs.c_str()) != OGRERR_NONE)
            return base::fail(ErrorKind::unsupported,
                              "The picture's coordinate system is not understood ({})", messages.reason());
        OSRSetAxisMappingStrategy(raster.get(), OAMS_TRADITIONAL_GIS_ORDER);
        const SpatialReference from = traditional(of_layer);
        if (OSRIsSame(from.get(), raster.get()) != 0) return {};
        m_transformation.reset(OCTNewCoordinateTransformation(from.get(), raster.get()));
        if (!m_transformation)
            return base::fail(ErrorKind::unsupported,
                              "There is no way from the layer's coordinate system to the picture's ({})",
                              messages.reason());
        return {};
    }

    // `points` become pixels; those without a place are left out. False when there was one.
    bool to_pixels(std::vector<double>& x, std::vector<double>& y, Ring& points) {
        const std::size_t count = x.size();
        m_is_placed.assign(count, 1);
        if (m_transformation && count > 0) {
            const geo::GdalMessages points_without_a_place;  // are counted, and no reason to give up
            OCTTransformEx(m_transformation.get(), static_cast<int>(count), x.data(), y.data(), nullptr,
                           m_is_placed.data());
        }
        points.clear();
        points.reserve(count);
        for (std::size_t i = 0; i < count; ++i) {
            if (m_is_placed[i] == 0) continue;
            const auto pixel = m_options.pixel_from_crs ? m_options.pixel_from_crs({x[i], y[i]})
                                                        : std::optional{Point{x[i], y[i]}};
            if (pixel && std::abs(pixel->x) <= k_vector_reach_px && std::abs(pixel->y) <= k_vector_reach_px)
                points.push_back(*pixel);
        }
        return points.size() == count;
    }

private:
    const VectorLayerOptions& m_options;
    Transformation m_transformation;
    std::vector<int> m_is_placed;
};

// A geometry, with all that is in it, into the builder.
class GeometryReader {
public:
    GeometryReader(Place& place, VectorTilesBuilder& builder) : m_place{place}, m_builder{builder} {}

    enum class Outcome : std::uint8_t { placed, partly, empty };
    Outcome read(OGRGeometryH geometry) {
        m_all_placed = true;
        m_added = 0;
        Geometry linear;
        if (OGR_G_HasCurveGeometry(geometry, TRUE) != 0) {
            linear.reset(OGR_G_GetLinearGeometry(geometry, 0, nullptr));
            if (!linear) return Outcome::empty;
            geometry = linear.get();
        }
        add(geometry);
        if (!m_all_placed) return Outcome::partly;
        return m_added > 0 ? Outcome::placed : Outcome::empty;
    }

private:
    void add(OGRGeometryH geometry) {
        const int parts = OGR_G_GetGeometryCount(geometry);
        switch (wkbFlatten(OGR_G_GetGeometryType(geometry))) {
            case wkbPoint:
            case wkbLineString:
            case wkbLinearRing:
                add_line(geometry);
                break;
            case wkbPolygon:
            case wkbTriangle:
                add_polygon(geometry, parts);
                break;
            default:
                for (int i = 0; i < parts; ++i) add(OGR_G_GetGeometryRef(geometry, i));
        }
    }
    // Of a ring, point or line. GDAL gives NaN for points that a file leaves empty.
    void take(OGRGeometryH geometry, Ring& points) {
        const auto count = static_cast<std::size_t>(std::max(OGR_G_GetPointCount(geometry), 0));
        m_x.resize(count);
        m_y.resize(count);
        if (count > 0)
            OGR_G_GetPoints(geometry, m_x.data(), sizeof(double), m_y.data(), sizeof(double), nullptr, 0);
        for (std::size_t i = 0; i < count; ++i)
            if (!std::isfinite(m_x[i]) || !std::isfinite(m_y[i])) m_x[i] = m_y[i] = 1e300;
        if (!m_place.to_pixels(m_x, m_y, points)) m_all_placed = false;
        points.erase(std::unique(points.begin(), points.end()), points.end());
    }
    void add_line(OGRGeometryH geometry) {
        if (OGR_G_IsEmpty(geometry) != 0) return;
        Ring points;
        take(geometry, points);
        if (points.empty()) return;
        ++m_added;
        if (points.size() == 1)
            m_builder.add_point(points.front());
        else
            m_builder.add_line(std::move(points));
    }
    void add_polygon(OGRGeometryH geometry, int parts) {
        std::vector<Ring> rings;
        for (int i = 0; i < parts; ++i) {
            Ring ring;
            take(OGR_G_GetGeometryRef(geometry, i), ring);
            if (ring.size() > 1 && ring.front() == ring.back()) ring.pop_back();
            if (ring.empty() && i == 0) return;  // holes of nothing
            if (i == 0 || ring.size() > 2) rings.push_back(std::move(ring));
        }
        if (rings.empty()) return;
        ++m_added;
        m_builder.add_polygon(std::move(rings));
    }

    Place& m_place;
    VectorTilesBuilder& m_builder;
    std::vector<double> m_x, m_y;
    bool m_all_placed = true;
    int m_added = 0;
};

// Attributes are not shown: not reading them is most of the time of some formats.
void ignore_fields(OGRLayerH layer) {
    if (OGR_L_TestCapability(layer, OLCIgnoreFields) == 0) return;
    std::vector<const char*> names;
    OGRFeatureDefnH facts = OGR_L_GetLayerDefn(layer);
    for (int i = 0; i < OGR_FD_GetFieldCount(facts); ++i)
        names.push_back(OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(facts, i)));
    names.push_back("OGR_STYLE");
    names.push_back(nullptr);
    OGR_L_SetIgnoredFields(layer, names.data());
}

}  // namespace

base::Result<std::vector<VectorLayerFacts>> vector_layers_in(const std::filesystem::path& file) {
    geo::set_up_gdal();
    const geo::GdalMessages messages;
    const auto dataset = open_vectors(file, messages);
    if (!dataset) return std::unexpected(dataset.error());
    std::vector<VectorLayerFacts> layers;
    for (int i = 0; i < GDALDatasetGetLayerCount(dataset->get()); ++i) {
        OGRLayerH layer = GDALDatasetGetLayer(dataset->get(), i);
        if (layer == nullptr) continue;
        layers.push_back({OGR_L_GetName(layer), OGR_L_GetFeatureCount(layer, FALSE),
                          OGRGeometryTypeToName(OGR_L_GetGeomType(layer)),
                          OGR_L_GetSpatialRef(layer) != nullptr});
    }
    return layers;
}

struct VectorLayer::Impl {
    Impl(std::filesystem::path path, VectorLayerOptions wanted)
        : file{std::move(path)},
          options{std::move(wanted)},
          builder{options.fills},
          newest{std::make_shared<VectorTiles>()} {
        worker = std::jthread{[this](std::stop_token stop) { run(stop); }};
    }

    // ---- worker
    void run(std::stop_token stop);
    [[nodiscard]] base::Result<void> read(std::stop_token stop);
    [[nodiscard]] base::Result<void> read_features(OGRLayerH layer, Place& place, std::stop_token stop);
    void publish(VectorTilesPtr tiles);
    void wake() const {
        if (options.wakeup) options.wakeup();
    }

    const std::filesystem::path file;
    VectorLayerOptions options;  // worker
    VectorTilesBuilder builder;  // worker
    VectorProgress counted;      // worker; handed over with each picture
    geo::GdalMessages* messages = nullptr;

    mutable std::mutex mutex;  // leaf; guards newest and shown
    VectorTilesPtr newest;
    VectorProgress shown;
    std::jthread worker;  // last: stops and joins before the rest dies
};

void VectorLayer::Impl::publish(VectorTilesPtr tiles) {
    {
        const std::scoped_lock lock{mutex};
        newest = std::move(tiles);
        shown = counted;
    }
    wake();
}

void VectorLayer::Impl::run(std::stop_token stop) {
    geo::set_up_gdal();
    geo::GdalMessages heard;
    messages = &heard;
    if (const auto result = read(stop); !result) counted.error = result.error();
    if (counted.unplaced > 0)
        counted.warnings.push_back(
            fmt::format("{} of {} shapes lie partly or wholly where the picture has no place for them",
                        counted.unplaced, counted.features_read));
    for (const std::string& warning : heard.warnings()) counted.warnings.push_back(warning);
    counted.is_done = true;
    // Also of what a cancelled or damaged file has given.
    publish(builder.finish());
}

base::Result<void> VectorLayer::Impl::read(std::stop_token stop) {
    const auto dataset = open_vectors(file, *messages);
    if (!dataset) return std::unexpected(dataset.error());
    OGRLayerH layer = options.layer.empty()
                          ? GDALDatasetGetLayer(dataset->get(), 0)
                          : GDALDatasetGetLayerByName(dataset->get(), options.layer.c_str());
    if (layer == nullptr)
        return base::fail(ErrorKind::missing, "The file has no layer \"{}\": {}", options.layer,
                          file.string());
    counted.features_in_all = OGR_L_GetFeatureCount(layer, FALSE);
    ignore_fields(layer);
    Place place{options};
    if (const auto ready = place.set_up(layer, *messages); !ready)
        return base::fail(ready.error().kind, "{}: {}", ready.error().message, file.string());
    if (options.raster_crs.empty() != (OGR_L_GetSpatialRef(layer) == nullptr))
        counted.warnings.push_back(
            options.raster_crs.empty()
                ? "The picture has no coordinate system; the layer's coordinates are taken as its"
                : "The layer has no coordinate system; it is taken to be in the picture's");
    return read_features(layer, place, stop);
}

base::Result<void> VectorLayer::Impl::read_features(OGRLayerH layer, Place& place, std::stop_token stop) {
    GeometryReader reader{place, builder};
    OGR_L_ResetReading(layer);
    std::int64_t damaged = 0;
    std::string reason;
    const auto begin = Clock::now();
    auto next_picture = begin + k_first_picture;
    for (;;) {
        // GDAL ends a damaged file like any other, and goes on after damaged features.
        CPLErrorReset();
        const Feature feature{OGR_L_GetNextFeature(layer)};
        if (CPLGetLastErrorType() >= CE_Failure) {
            ++damaged;
            if (reason.empty()) reason = messages->reason();
            if (!feature)
                return base::fail(ErrorKind::malformed, "Only {} shapes could be read ({}): {}",
                                  counted.features_read, reason, file.string());
        }
        if (!feature) break;
        if (stop.stop_requested() || (options.pause && options.pause->is_set() && !options.pause->pass(stop)))
            return base::fail(ErrorKind::cancelled, "Reading was stopped: {}", file.string());
        ++counted.features_read;
        OGRGeometryH geometry = OGR_F_GetGeometryRef(feature.get());
        const auto outcome = geometry != nullptr ? reader.read(geometry) : GeometryReader::Outcome::empty;
        counted.empty += outcome == GeometryReader::Outcome::empty;
        counted.unplaced += outcome == GeometryReader::Outcome::partly;
        if (counted.features_read % k_features_a_look != 0) continue;
        if (builder.bytes() > options.budget_bytes) {
            counted.warnings.push_back(fmt::format(
                "The layer is too large to be shown whole; {} shapes are shown", counted.features_read));
            return {};
        }
        if (const auto now = Clock::now(); now >= next_picture) {
            publish(builder.snapshot());
            // A picture costs as much as there is by then: twice as late each time, all together cost twice
            // the last.
            next_picture = Clock::now() + (Clock::now() - begin);
        }
    }
    if (damaged > 0) counted.warnings.push_back(fmt::format("{} shapes are damaged ({})", damaged, reason));
    return {};
}

VectorLayer::VectorLayer(std::filesystem::path file, VectorLayerOptions options)
    : m_impl{std::make_unique<Impl>(std::move(file), std::move(options))} {}
VectorLayer::~VectorLayer() = default;

VectorTilesPtr VectorLayer::tiles() const {
    const std::scoped_lock lock{m_impl->mutex};
    return m_impl->newest;
}

VectorProgress VectorLayer::progress() const {
    const std::scoped_lock lock{m_impl->mutex};
    return m_impl->shown;
}

void VectorLayer::cancel() { m_impl->worker.request_stop(); }

}  // namespace media
