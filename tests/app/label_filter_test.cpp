// Exporting a part of the frames: what is shown there stays what it was.

#include "app/commands/label_filter.h"

#include <doctest/doctest.h>

#include "labels/interpolate.h"

namespace {

using app::FrameRange;
using labels::Keyframe;
using labels::Track;

Keyframe box_at(std::int64_t frame, double x, bool outside = false) {
    Keyframe keyframe;
    keyframe.frame = frame;
    keyframe.pts = frame * 100;
    keyframe.geometry = labels::Box{x, 0, x + 10, 10};
    keyframe.outside = outside;
    return keyframe;
}

Keyframe polygon_at(std::int64_t frame, double x, int corners) {
    Keyframe keyframe;
    keyframe.frame = frame;
    labels::Path path;
    for (int i = 0; i < corners; ++i) {
        const double angle = 2 * M_PI * i / corners;
        path.points.push_back({x + 20 * std::cos(angle), 30 + 20 * std::sin(angle)});
    }
    keyframe.geometry = path;
    return keyframe;
}

Track track_of(std::vector<Keyframe> keyframes, labels::ShapeKind shape = labels::ShapeKind::box) {
    Track track;
    track.info.id = labels::TrackId::make();
    track.info.shape = shape;
    track.keyframes = std::move(keyframes);
    return track;
}

double distance(const labels::Geometry& a, const labels::Geometry& b) {
    const base::Rect p = labels::bounds(a), q = labels::bounds(b);
    return std::abs(p.x0 - q.x0) + std::abs(p.y0 - q.y0) + std::abs(p.x1 - q.x1) + std::abs(p.y1 - q.y1);
}

// Within the range both tracks show the same on every frame; outside it the part shows nothing.
void check_shows_the_same(const Track& whole, FrameRange range) {
    CAPTURE(range.first);
    CAPTURE(range.end);
    const Track part = app::clipped(whole, range);
    for (std::int64_t frame = -2; frame < 60; ++frame) {
        CAPTURE(frame);
        const auto shown = labels::shape_at(part, frame);
        const bool within = frame >= range.first && frame < range.end;
        const auto expected = within ? labels::shape_at(whole, frame) : std::nullopt;
        REQUIRE(shown.has_value() == expected.has_value());
        if (!shown) continue;
        CHECK(distance(shown->geometry, expected->geometry) < 1e-9);
        CHECK(shown->occluded == expected->occluded);
        CHECK(labels::attributes_at(part, frame) == labels::attributes_at(whole, frame));
    }
}

void check_every_range(const Track& whole) {
    for (std::int64_t first = 0; first < 50; first += 3) {
        for (std::int64_t end = first; end < 52; end += 4) check_shows_the_same(whole, {first, end});
    }
}

}  // namespace

TEST_CASE("a clipped box shows on every frame what the whole one shows") {
    Track track =
        track_of({box_at(5, 0), box_at(20, 30), box_at(24, 30, true), box_at(30, 90), box_at(40, 10)});
    const auto attribute = labels::AttributeId::make();
    track.keyframes[0].attributes = {{attribute, "a"}};
    track.keyframes[1].attributes = {{attribute, "b"}};
    track.keyframes[1].occluded = true;
    check_every_range(track);
}

TEST_CASE("a clipped box that holds still stays still") {
    Track track = track_of({box_at(5, 0), box_at(20, 30)});
    track.keyframes[0].interpolate = false;
    check_every_range(track);
}

TEST_CASE("a clipped polygon shows on every frame what the whole one shows") {
    check_every_range(track_of({polygon_at(4, 0, 5), polygon_at(25, 100, 9), polygon_at(33, 20, 4)},
                               labels::ShapeKind::polygon));
}

TEST_CASE("a clipped track keeps its keyframes and their pts") {
    const Track part = app::clipped(track_of({box_at(5, 0), box_at(20, 30), box_at(40, 10)}), {10, 30});
    std::vector<std::int64_t> frames;
    for (const Keyframe& keyframe : part.keyframes) frames.push_back(keyframe.frame);
    CHECK(frames == std::vector<std::int64_t>{10, 20, 29, 30});
    CHECK(part.keyframes[0].pts == labels::k_no_pts);
    CHECK(part.keyframes[1].pts == 2000);
    CHECK(part.keyframes[3].outside);
}

TEST_CASE("a range that ends with the medium adds nothing past its end") {
    const Track part = app::clipped(track_of({box_at(5, 0), box_at(20, 30)}), {10, app::k_to_the_end});
    REQUIRE(part.keyframes.size() == 2);
    CHECK(part.keyframes[0].frame == 10);
    CHECK(part.keyframes[1].frame == 20);
}

TEST_CASE("a picture's label is kept or not, never cut") {
    Track track = track_of({box_at(5, 0)});
    track.info.extent = labels::Extent::picture;
    CHECK(app::clipped(track, {5, 6}).keyframes == track.keyframes);
    CHECK(app::clipped(track, {6, 9}).keyframes.empty());
}

TEST_CASE("filtering by class leaves the other tracks out and the ontology whole") {
    labels::State state;
    state.ontology.classes.push_back(labels::make_class(state.ontology, "ball"));
    state.ontology.classes.push_back(labels::make_class(state.ontology, "person"));
    labels::Asset asset;
    asset.id = labels::AssetId::make();
    state.assets.push_back(asset);
    for (const labels::LabelClass& one : state.ontology.classes) {
        Track track = track_of({box_at(5, 0)});
        track.info.asset = asset.id;
        track.info.class_id = one.id;
        state.tracks.emplace(track.info.id, std::make_shared<const Track>(track));
    }
    const labels::Snapshot part = app::filtered(state, {{state.ontology.classes[1].id}, std::nullopt});
    REQUIRE(part->tracks_of(asset.id).size() == 1);
    CHECK(part->find(part->tracks_of(asset.id).front())->info.class_id == state.ontology.classes[1].id);
    CHECK(part->ontology.classes.size() == 2);
}
