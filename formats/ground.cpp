#include "formats/ground.h"

#include <algorithm>
#include <cmath>

#include "formats/outline.h"
#include "geo/gdal.h"

namespace formats {

namespace {

using base::Point;
using Line = std::vector<Point>;

constexpr double k_world = 360;

double turned_near(double longitude, double to) {
    return longitude - std::round((longitude - to) / k_world) * k_world;
}

double area_of(const Line& ring) {
    double twice = 0;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        const Point a = ring[i] - ring[0], b = ring[(i + 1) % ring.size()] - ring[0];
        twice += a.x * b.y - b.x * a.y;
    }
    return twice / 2;
}

void close(OGRLineString& to, const Line& line) {
    to.setNumPoints(static_cast<int>(line.size()) + 1);
    for (std::size_t i = 0; i <= line.size(); ++i)
        to.setPoint(static_cast<int>(i), line[i % line.size()].x, line[i % line.size()].y);
}

OGRPolygon world_turn(int turn) {
    const double west = turn * k_world - 180, east = west + k_world;
    OGRPolygon box;
    OGRLinearRing ring;
    close(ring, {{west, -91}, {east, -91}, {east, 91}, {west, 91}});
    box.addRing(&ring);
    return box;
}

void shift(OGRGeometry& geometry, double by) {
    class Mover : public OGRDefaultGeometryVisitor {
    public:
        explicit Mover(double x) : m_by{x} {}
        using OGRDefaultGeometryVisitor::visit;
        void visit(OGRPoint* point) override { point->setX(std::clamp(point->getX() + m_by, -180.0, 180.0)); }

    private:
        double m_by;
    } mover{by};
    geometry.accept(&mover);
}

// All parts of the wanted dimension, in `to`.
void collect(const OGRGeometry& from, int dimension, OGRGeometryCollection& to) {
    if (const auto type = wkbFlatten(from.getGeometryType());
        type == wkbGeometryCollection || type == wkbMultiPolygon || type == wkbMultiLineString ||
        type == wkbMultiPoint) {
        for (const OGRGeometry* each : *from.toGeometryCollection()) collect(*each, dimension, to);
        return;
    }
    if (!from.IsEmpty() && from.getDimension() == dimension) to.addGeometry(&from);
}

// Cut along the antimeridian, each part moved to where longitudes are within ±180.
std::unique_ptr<OGRGeometry> cut(std::unique_ptr<OGRGeometry> geometry) {
    OGREnvelope reach;
    geometry->getEnvelope(&reach);
    if (reach.MinX >= -180 && reach.MaxX <= 180) return geometry;
    const int dimension = geometry->getDimension();
    std::unique_ptr<OGRGeometryCollection> parts;
    if (dimension == 2)
        parts = std::make_unique<OGRMultiPolygon>();
    else
        parts = std::make_unique<OGRMultiLineString>();
    const int first = static_cast<int>(std::floor((reach.MinX + 180) / k_world)),
              last = static_cast<int>(std::floor((reach.MaxX + 180) / k_world));
    for (int turn = first; turn <= last && turn - first < 4; ++turn) {
        const OGRPolygon box = world_turn(turn);
        std::unique_ptr<OGRGeometry> part{geometry->Intersection(&box)};
        if (!part) {  // sides that cross each other
            const std::unique_ptr<OGRGeometry> valid{geometry->MakeValid()};
            if (valid) part.reset(valid->Intersection(&box));
        }
        if (!part) return nullptr;
        shift(*part, -turn * k_world);
        collect(*part, dimension, *parts);
    }
    if (parts->getNumGeometries() == 0) return nullptr;
    for (OGRGeometry* each : *parts) {
        if (dimension != 2) continue;
        bool outline = true;
        for (OGRLinearRing* ring : *each->toPolygon()) {
            if ((ring->isClockwise() != 0) == outline) ring->reverseWindingOrder();
            outline = false;
        }
    }
    return parts;
}

template <class Multi>
std::unique_ptr<OGRGeometry> simplest(std::unique_ptr<Multi> multi) {
    if (multi->getNumGeometries() != 1) return multi;
    return std::unique_ptr<OGRGeometry>{multi->getGeometryRef(0)->clone()};
}

}  // namespace

Ground Ground::own(const geo::Placement& placement) {
    Ground ground;
    ground.m_placement = &placement;
    return ground;
}

Ground Ground::lonlat(const geo::Placement& placement) {
    Ground ground = own(placement);
    ground.m_to_lonlat = ground.m_turns = true;
    return ground;
}

Ground Ground::transformed(const geo::Placement& placement, geo::CrsTransform to, bool is_geographic) {
    Ground ground = own(placement);
    ground.m_transform = std::move(to);
    ground.m_turns = is_geographic;
    return ground;
}

std::optional<Point> Ground::place(Point pixel) const {
    if (m_placement == nullptr) return pixel;
    if (m_to_lonlat) return m_placement->lonlat_from_pixel(pixel);
    const auto own = m_placement->crs_from_pixel(pixel);
    return own && m_transform ? (*m_transform)(*own) : own;
}

std::optional<Line> Ground::line(const Line& pixels, bool closed) const {
    struct Leg {
        Point a, b, from, to;
        int depth;
    };
    Line line;
    const std::size_t legs = pixels.size() - (closed ? 0 : 1);
    const auto placed = [&](Point pixel, std::optional<Point> near) {
        auto there = place(pixel);
        if (there && near && m_turns) there->x = turned_near(there->x, near->x);
        return there;
    };
    auto from = placed(pixels[0], {});
    if (!from) return std::nullopt;
    line.push_back(*from);
    std::vector<Leg> open;
    for (std::size_t i = 0; i < legs; ++i) {
        const Point a = pixels[i], b = pixels[(i + 1) % pixels.size()];
        const auto to = placed(b, line.back());
        if (!to) return std::nullopt;
        open.push_back({a, b, line.back(), *to, 0});
        while (!open.empty()) {
            const Leg leg = open.back();
            open.pop_back();
            const Point middle = leg.a + (leg.b - leg.a) * 0.5, half = leg.from + (leg.to - leg.from) * 0.5;
            constexpr int k_deepest = 10;
            constexpr double k_beside_px = 0.1;
            const double pixels_long = std::hypot(leg.b.x - leg.a.x, leg.b.y - leg.a.y);
            const double units_long = std::hypot(leg.to.x - leg.from.x, leg.to.y - leg.from.y);
            const auto there = m_placement == nullptr || pixels_long < 1 || leg.depth == k_deepest
                                   ? std::nullopt
                                   : placed(middle, leg.from);
            if (there &&
                std::hypot(there->x - half.x, there->y - half.y) * pixels_long > k_beside_px * units_long) {
                open.push_back({middle, leg.b, *there, leg.to, leg.depth + 1});
                open.push_back({leg.a, middle, leg.from, *there, leg.depth + 1});
                continue;
            }
            line.push_back(leg.to);
        }
    }
    if (!closed || !m_turns) {
        if (closed) line.pop_back();
        return line;
    }
    // Round a pole: the way back leads over it.
    const double turns = line.back().x - line.front().x;
    if (std::abs(turns) < k_world / 2) {
        line.pop_back();
        return line;
    }
    double latitudes = 0;
    for (const Point& each : line) latitudes += each.y;
    const double pole = latitudes > 0 ? 90 : -90;
    line.push_back({line.back().x, pole});
    line.push_back({line.front().x, pole});
    return line;
}

std::unique_ptr<OGRGeometry> Ground::points(const labels::Path& path) const {
    auto multi = std::make_unique<OGRMultiPoint>();
    for (const Point& each : path.points) {
        const auto there = place(each);
        if (!there) return nullptr;
        const OGRPoint point(there->x, there->y);
        multi->addGeometry(&point);
    }
    return simplest(std::move(multi));
}

std::unique_ptr<OGRGeometry> Ground::polyline(const labels::Path& path) const {
    if (path.points.size() < 2) return nullptr;
    const auto there = line(path.points, false);
    if (!there) return nullptr;
    auto made = std::make_unique<OGRLineString>();
    made->setNumPoints(static_cast<int>(there->size()));
    for (std::size_t i = 0; i < there->size(); ++i)
        made->setPoint(static_cast<int>(i), (*there)[i].x, (*there)[i].y);
    return m_turns ? cut(std::move(made)) : std::move(made);
}

std::unique_ptr<OGRGeometry> Ground::polygons(const labels::Geometry& shape, labels::ShapeKind kind) const {
    auto multi = std::make_unique<OGRMultiPolygon>();
    for (const Polygon& each : polygons_of(shape, kind)) {
        OGRPolygon polygon;
        std::optional<double> first_longitude;
        for (const Ring& ring : each.rings) {
            if (ring.size() < 3) {
                if (&ring == &each.rings.front()) break;
                continue;
            }
            auto there = line(ring, true);
            if (!there) return nullptr;
            const double to = m_turns
                                  ? turned_near(there->front().x, first_longitude.value_or(there->front().x))
                                  : there->front().x;
            for (const double by = to - there->front().x; Point & p : *there) p.x += by;
            if (!first_longitude) first_longitude = to;
            const bool outline = polygon.getExteriorRing() == nullptr;
            if ((area_of(*there) > 0) != outline) std::reverse(there->begin() + 1, there->end());
            OGRLinearRing made;
            close(made, *there);
            polygon.addRing(&made);
        }
        if (polygon.IsEmpty()) return nullptr;
        if (!m_turns) {
            multi->addGeometry(&polygon);
            continue;
        }
        const auto parts = cut(std::unique_ptr<OGRGeometry>(polygon.clone()));
        if (!parts) return nullptr;
        collect(*parts, 2, *multi);
    }
    if (multi->IsEmpty()) return nullptr;
    return simplest(std::move(multi));
}

std::unique_ptr<OGRGeometry> Ground::geometry(const labels::Geometry& shape, labels::ShapeKind kind) const {
    const geo::GdalMessages messages;
    const auto* path = std::get_if<labels::Path>(&shape);
    if (path != nullptr && path->points.empty()) return nullptr;
    if (kind == labels::ShapeKind::points) return path != nullptr ? points(*path) : nullptr;
    if (kind == labels::ShapeKind::polyline) return path != nullptr ? polyline(*path) : nullptr;
    return polygons(shape, kind);
}

}  // namespace formats
