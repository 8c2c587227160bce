// Labels to triangles and to the screen: what it costs the thread that does it.

#include <epoxy/gl.h>

#include "app/overlay_scene.h"
#include "bench.h"
#include "fixtures.h"
#include "render/framebuffer.h"
#include "render/gl_context.h"
#include "render/overlay_pass.h"

namespace bench {

namespace {

constexpr render::Size k_window{1440, 900};
constexpr double k_frame_budget_secs = 8e-3;

labels::Asset wide_asset() {
    labels::Asset asset;
    asset.id = labels::AssetId::make();
    asset.name = "wide.mp4";
    asset.width_px = 1920;
    asset.height_px = 1080;
    asset.frame_count = k_wide_frames;
    return asset;
}

struct Cost {
    double build_secs = 0, draw_secs = 0;
};

Cost cost_of(Part& part, const labels::Document& document, std::size_t boxes) {
    const auto target = must(render::Framebuffer::create(k_window));
    auto pass = must(render::OverlayPass::create());
    const base::Rect screen{0, 0, k_window.width, k_window.height};
    const render::View view = render::fit({1920, 1080}, screen);
    render::OverlayBatch batch;
    std::vector<app::NameTag> tags;
    std::vector<double> build, draw;
    for (int frame = 1; frame < 40; frame += 2) {
        target.clear(0x000000FF);
        build.push_back(secs_of(thread_cpu_secs, [&] {
            batch.clear();
            batch.set_bounds(screen);
            tags.clear();
            const auto tracks = document.tracks_at(document.state().assets.front().id, frame);
            app::add_labels({document.state(), tracks, {}, frame, view, {}}, batch, tags);
        }));
        if (batch.primitive_count() < boxes)
            part.does_not_work(fmt::format("{} boxes of {} are drawn.", batch.primitive_count(), boxes));
        draw.push_back(secs_of(thread_cpu_secs, [&] { pass.draw(batch, k_window); }));
        glFinish();
    }
    return {median(build), median(draw)};
}

}  // namespace

void bench_overlay(Part& part) {
    const auto context = must(render::HeadlessContext::create());
    for (const int boxes : {1000, 10'000}) {
        labels::Document document;
        add_asset_and_class(document, wide_asset());
        add_tracks(document, {boxes, 3, 0, 50});
        const Cost cost = cost_of(part, document, static_cast<std::size_t>(boxes));
        const double all = cost.build_secs + cost.draw_secs;
        part.add(
            {fmt::format("overlay: {} interpolated boxes, CPU", boxes),
             fmt::format("{} ({} + {} to draw)", in_ms(all), in_ms(cost.build_secs), in_ms(cost.draw_secs)),
             "one frame, 8 ms", times(all / k_frame_budget_secs), "≤ 8 ms",
             met_if(all <= k_frame_budget_secs)});
    }
}

}  // namespace bench
