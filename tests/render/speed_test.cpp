// What drawing costs the thread that draws. Bounds are wide, for loaded machines; the figures are printed.

#include <ctime>

#include <epoxy/gl.h>

#include "gl_test.h"
#include "picture.h"
#include "render/overlay_pass.h"
#include "render/video_pass.h"

using namespace render;
using namespace render::testing;

namespace {

constexpr Size k_window{1280, 720};

// CPU time so far; of this thread alone where it matters: llvmpipe's own threads stand in for the graphics
// card.
double cpu_ms(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

// The middle one of several runs.
double median_ms(const auto& work) {
    std::vector<double> times;
    for (int i = 0; i < 9; ++i) {
        const double before = cpu_ms(CLOCK_THREAD_CPUTIME_ID);
        work();
        times.push_back(cpu_ms(CLOCK_THREAD_CPUTIME_ID) - before);
    }
    std::ranges::sort(times);
    return times[times.size() / 2];
}

base::Rect box_of(int i) {
    const double x = i * 37 % 1200, y = i * 53 % 640;
    return {x, y, x + 10 + i % 50, y + 10 + i % 40};
}

void add_boxes(OverlayBatch& batch, int count) {
    batch.clear();
    for (int i = 0; i < count; ++i) batch.add_rect_outline(box_of(i), {rgba(0x56B4E9, 230), 2});
}

}  // namespace

TEST_CASE("ten_thousand_boxes_are_one_draw_call_and_a_few_milliseconds") {
    const GlTest gl;
    if (!gl) return;
    const Framebuffer target = must(Framebuffer::create(k_window));
    OverlayPass pass = must(OverlayPass::create());
    OverlayBatch batch;
    batch.set_bounds(whole(k_window));
    for (const int count : {1000, 10000}) {
        target.clear(0x000000FF);
        const double build_ms = median_ms([&] { add_boxes(batch, count); });
        const OverlayCounters before = pass.counters();
        pass.draw(batch, k_window);
        CHECK(pass.counters().draw_calls - before.draw_calls == 1);
        CHECK(pass.counters().primitives - before.primitives == count);
        const double draw_ms = median_ms([&] { pass.draw(batch, k_window); });
        static_cast<void>(target.read_rgba());
        MESSAGE(fmt::format("{} boxes: build {:.2f} ms, draw {:.2f} ms of this thread's CPU", count, build_ms,
                            draw_ms));
        CHECK(build_ms + draw_ms < count / 1000.0 * 20);
    }
}

TEST_CASE("a_1080p_frame_is_uploaded_and_drawn_in_milliseconds") {
    const GlTest gl;
    if (!gl) return;
    FrameSpec spec;
    spec.width = 1920;
    spec.height = 1080;
    const TestFrame test{spec};
    const Framebuffer target = must(Framebuffer::create(k_window));
    VideoPass pass = must(VideoPass::create());
    VideoTextures textures;
    REQUIRE(textures.upload(test.frame).has_value());
    const double upload_ms = median_ms([&] { CHECK(textures.upload(test.frame).has_value()); });
    for (const double scale : {0.66, 0.2, 1.0, 8.0}) {
        const View view{{960, 540}, scale, whole(k_window)};
        const double draw_ms = median_ms([&] { pass.draw(textures, view, k_window); });
        glFinish();
        const double before = cpu_ms(CLOCK_PROCESS_CPUTIME_ID);
        pass.draw(textures, view, k_window);
        glFinish();
        const double process_ms = cpu_ms(CLOCK_PROCESS_CPUTIME_ID) - before;
        MESSAGE(fmt::format(
            "1080p at scale {}: {:.2f} ms of this thread's CPU, {:.1f} ms with the driver's threads", scale,
            draw_ms, process_ms));
        CHECK(draw_ms < 100);
    }
    MESSAGE(
        fmt::format("1080p 4:2:0 upload: {:.2f} ms of this thread's CPU; {}", upload_ms, gl_description()));
    CHECK(upload_ms < 100);
}
