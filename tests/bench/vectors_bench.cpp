// A million polygons over a picture: until the first of them is seen, until all are there, and each frame.

#include <chrono>
#include <cmath>
#include <ctime>
#include <numbers>
#include <random>
#include <thread>

#include <epoxy/gl.h>
#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

#include "bench.h"
#include "geo/gdal.h"
#include "media/vector_layer.h"
#include "render/framebuffer.h"
#include "render/gl_context.h"
#include "render/vector_pass.h"

namespace bench {
namespace {

constexpr int k_side = 1000;       // polygons along each side
constexpr double k_apart_px = 40;  // their middles
constexpr double k_pixel_m = 0.5;  // of the picture, in UTM zone 32
constexpr double k_left_m = 500'000, k_top_m = 5'400'000;
constexpr render::Size k_window{1440, 900};
constexpr double k_frame_budget_secs = 8e-3;

// Fields of eight to twelve corners.
fs::path million_polygons(const fs::path& folder) {
    fs::path file = folder / "million.fgb";
    if (fs::exists(file)) return file;
    GDALDatasetH dataset =
        GDALCreate(GDALGetDriverByName("FlatGeobuf"), file.c_str(), 0, 0, 0, GDT_Unknown, nullptr);
    if (dataset == nullptr) give_up("GDAL writes no FlatGeobuf");
    OGRSpatialReferenceH utm = OSRNewSpatialReference(nullptr);
    OSRImportFromEPSG(utm, 32632);
    OGRLayerH layer = GDALDatasetCreateLayer(dataset, "fields", utm, wkbPolygon, nullptr);
    std::mt19937 random{1};
    std::uniform_real_distribution<double> radius_px{8, 19};
    for (int i = 0; i < k_side * k_side; ++i) {
        const double x = (i % k_side + 0.5) * k_apart_px, y = (i / k_side + 0.5) * k_apart_px;
        OGRGeometryH ring = OGR_G_CreateGeometry(wkbLinearRing);
        const int corners = 8 + i % 5;
        for (int k = 0; k < corners; ++k) {
            const double angle = 2 * std::numbers::pi * k / corners, r = radius_px(random);
            OGR_G_AddPoint_2D(ring, k_left_m + (x + r * std::cos(angle)) * k_pixel_m,
                              k_top_m - (y + r * std::sin(angle)) * k_pixel_m);
        }
        OGR_G_CloseRings(ring);
        OGRGeometryH polygon = OGR_G_CreateGeometry(wkbPolygon);
        OGR_G_AddGeometryDirectly(polygon, ring);
        OGRFeatureH feature = OGR_F_Create(OGR_L_GetLayerDefn(layer));
        OGR_F_SetGeometryDirectly(feature, polygon);
        if (OGR_L_CreateFeature(layer, feature) != OGRERR_NONE) give_up("GDAL cannot write the polygons");
        OGR_F_Destroy(feature);
    }
    OSRRelease(utm);
    GDALClose(dataset);
    return file;
}

// Of all threads; the reading one gives way to others, so that on a busy machine its wall time says little.
double process_cpu_secs() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// GDAL alone, which nothing that reads by it can beat.
double bare_read_secs(const fs::path& file) {
    return secs_of(thread_cpu_secs, [&] {
        GDALDatasetH dataset = GDALOpenEx(file.c_str(), GDAL_OF_VECTOR, nullptr, nullptr, nullptr);
        OGRLayerH layer = GDALDatasetGetLayer(dataset, 0);
        double sum = 0;
        while (OGRFeatureH feature = OGR_L_GetNextFeature(layer)) {
            OGRGeometryH ring = OGR_G_GetGeometryRef(OGR_F_GetGeometryRef(feature), 0);
            sum += OGR_G_GetX(ring, 0);
            OGR_F_Destroy(feature);
        }
        GDALClose(dataset);
        if (!(sum > 0)) give_up("GDAL reads nothing");
    });
}

media::VectorLayerOptions placed() {
    media::VectorLayerOptions options;
    options.raster_crs = "EPSG:32632";
    options.pixel_from_crs = [](base::Point p) {
        return std::optional{base::Point{(p.x - k_left_m) / k_pixel_m, (k_top_m - p.y) / k_pixel_m}};
    };
    return options;
}

constexpr render::VectorStyle k_style{.line = 0xFFD040FF, .width_px = 1.5f, .fill = 0xFFD04040};

render::View view_at(double scale) {
    return {
        {k_side * k_apart_px / 2, k_side * k_apart_px / 2}, scale, {0, 0, k_window.width, k_window.height}};
}

void bench_frames(Part& part, render::VectorPass& pass, const render::Framebuffer& target,
                  const media::VectorTiles& tiles, double scale, const char* what) {
    render::View view = view_at(scale);
    render::VectorDrawn drawn;
    for (int i = 0; i < 200; ++i) {
        drawn = pass.draw(tiles, view, k_window, k_style);
        if (drawn.waiting == 0) break;
    }
    glFinish();
    std::vector<double> frames;
    std::vector<double> without;
    for (int i = 0; i < 20; ++i) {
        target.clear(0x202020FF);
        view.pan_by_screen({3, 2});
        without.push_back(
            secs_of(thread_cpu_secs, [&] { (void)pass.draw(tiles, view, k_window, {.width_px = 0}); }));
        frames.push_back(
            secs_of(thread_cpu_secs, [&] { drawn = pass.draw(tiles, view, k_window, k_style); }));
        glFinish();
    }
    if (drawn.waiting > 0 || drawn.line_vertices + drawn.dots + drawn.densities == 0)
        part.does_not_work(fmt::format("Not everything in view is drawn at a scale of {}.", scale));
    const double frame = median(frames);
    part.add({fmt::format("vectors: {}, CPU of a frame", what),
              fmt::format("{} ({} vertices, {} tiles)", in_ms(frame),
                          drawn.line_vertices + drawn.triangles * 3 + drawn.dots + drawn.densities * 4,
                          drawn.tiles),
              "one frame, 8 ms", times(frame / k_frame_budget_secs), "≤ 8 ms",
              met_if(frame <= k_frame_budget_secs)});
    // Without a graphics card the vertices are worked on in this thread.
    part.add({fmt::format("vectors: {}, of it all but lines and fills", what), in_ms(median(without))});
}

}  // namespace

void bench_vectors(Part& part) {
    geo::set_up_gdal();
    const fs::path file = million_polygons(part.folder());
    const double bare = bare_read_secs(file);
    const auto context = must(render::HeadlessContext::create());
    const auto target = must(render::Framebuffer::create(k_window));
    auto pass = must(render::VectorPass::create());

    const double begin = wall_secs(), cpu_begin = process_cpu_secs();
    const media::VectorLayer layer{file, placed()};
    double first = 0;
    while (first == 0) {
        const auto tiles = layer.tiles();
        const auto drawn = pass.draw(*tiles, view_at(0.03), k_window, k_style);
        glFinish();
        if (drawn.line_vertices + drawn.dots + drawn.densities > 0)
            first = wall_secs() - begin;
        else
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    part.add({"vectors: 1,000,000 polygons, first of them on the screen", in_ms(first), "", "", "≤ 500 ms",
              met_if(first <= 0.5)});
    while (!layer.progress().is_done) std::this_thread::sleep_for(std::chrono::milliseconds{2});
    const double all = wall_secs() - begin, cpu = process_cpu_secs() - cpu_begin;
    const auto progress = layer.progress();
    const auto tiles = layer.tiles();
    if (progress.error || progress.features_read != k_side * k_side)
        part.does_not_work(progress.error ? progress.error->message : "Polygons are missing.");
    part.add({"vectors: 1,000,000 polygons, all there",
              fmt::format("{} ({} of CPU time)", in_secs(all), in_secs(cpu)),
              fmt::format("GDAL alone, {}", in_secs(bare)), times(cpu / bare), "", Verdict::none});
    part.add(
        {"vectors: 1,000,000 polygons, memory of all levels", in_mb(static_cast<double>(tiles->bytes()))});
    bench_frames(part, pass, target, *tiles, 0.03, "everything in view");
    bench_frames(part, pass, target, *tiles, 0.25, "1:4");
    bench_frames(part, pass, target, *tiles, 1, "1:1");
}

}  // namespace bench
