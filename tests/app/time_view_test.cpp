#include "app/panels/time_view.h"

#include <doctest/doctest.h>

using namespace app;

constexpr double k_film = 1000, k_width_px = 800;  // at most 20 frames fill the width at the closest zoom

TEST_CASE("a frame's middle maps back to the frame at any zoom") {
    for (const double shown : {20.0, 333.3, 1000.0}) {
        const TimeView view{.first = 12.25, .shown = shown, .x0 = 300, .width = 800};
        for (const std::int64_t frame : {13, 20, 31}) CHECK(view.frame_at(view.x_of(frame)) == frame);
    }
}

TEST_CASE("zooming keeps the frame under the cursor in place") {
    TimeSpan span{};
    const double fixed = 400;
    for (int i = 0; i < 6; ++i) {
        const double before_first = span.first, before_shown = span.shown > 0 ? span.shown : k_film;
        span = zoomed(span, 0.8, fixed, k_film, k_width_px);
        const double part_before = (fixed - before_first) / before_shown;
        CHECK((fixed - span.first) / span.shown == doctest::Approx(part_before));
    }
}

TEST_CASE("zoom ends at the widest frame and at the whole film") {
    TimeSpan span{};
    for (int i = 0; i < 100; ++i) span = zoomed(span, 0.5, 500, k_film, k_width_px);
    CHECK(span.shown == doctest::Approx(k_width_px / k_widest_frame_px));
    for (int i = 0; i < 100; ++i) span = zoomed(span, 2, 500, k_film, k_width_px);
    CHECK(span == TimeSpan{0, 0});
}

TEST_CASE("a film shorter than the closest zoom is always shown whole") {
    CHECK(zoomed({}, 0.1, 3, 8, k_width_px) == TimeSpan{0, 0});
}

TEST_CASE("panning stops at the film's ends") {
    const TimeSpan span{100, 200};
    CHECK(panned(span, -500, k_film, k_width_px) == TimeSpan{0, 200});
    CHECK(panned(span, 5000, k_film, k_width_px) == TimeSpan{800, 200});
    CHECK(panned({}, 50, k_film, k_width_px) == TimeSpan{});
}

TEST_CASE("a frame in view moves nothing; one step out moves by one") {
    const TimeSpan span{100, 200};
    CHECK_FALSE(following(span, 100, Follow::edge, k_film, k_width_px));
    CHECK_FALSE(following(span, 299, Follow::page, k_film, k_width_px));
    CHECK(following(span, 300, Follow::edge, k_film, k_width_px) == TimeSpan{101, 200});
    CHECK(following(span, 99, Follow::edge, k_film, k_width_px) == TimeSpan{99, 200});
}

TEST_CASE("a frame far out of view is put in the middle, a played one near the left edge") {
    const TimeSpan span{100, 200};
    CHECK(following(span, 700, Follow::edge, k_film, k_width_px) == TimeSpan{600, 200});
    CHECK(following(span, 300, Follow::page, k_film, k_width_px) == TimeSpan{290, 200});
}

TEST_CASE("frame steps are 1, 2 or 5 times a power of ten and never too small") {
    CHECK(frame_step(0.2) == 1);
    CHECK(frame_step(1) == 1);
    CHECK(frame_step(1.5) == 2);
    CHECK(frame_step(3) == 5);
    CHECK(frame_step(7) == 10);
    CHECK(frame_step(10) == 10);
    CHECK(frame_step(4321) == 5000);
}

TEST_CASE("time steps fit clocks") {
    CHECK(time_step(0.0004) == 0.001);
    CHECK(time_step(12) == 15);
    CHECK(time_step(61) == 120);
    CHECK(time_step(100000) == 172800);
}

TEST_CASE("timecodes are written and read back to the millisecond") {
    CHECK(timecode(5.005) == "00:00:05.005");
    CHECK(timecode(36000.9999) == "10:00:01.000");
    for (const double secs : {0.0, 0.001, 59.999, 60.0, 3661.5, 123456.789}) {
        CHECK(parse_timecode(timecode(secs)).value() == doctest::Approx(secs).epsilon(1e-9));
    }
}

TEST_CASE("short forms of a time are understood and nonsense is not") {
    CHECK(parse_timecode("5") == 5);
    CHECK(parse_timecode("1:02.5") == 62.5);
    CHECK(parse_timecode("1:00:00") == 3600);
    for (const char* text : {"", "abc", "1:", ":5", "-3", "1:2:3:4", "5 s", "1e3", "nan"}) {
        CHECK_FALSE(parse_timecode(text));
    }
}

TEST_CASE("ruler times have as many digits as their step needs") {
    CHECK(short_time(5, 1) == "0:05");
    CHECK(short_time(3720, 60) == "1:02:00");
    CHECK(short_time(5.2, 0.2) == "0:05.2");
    CHECK(short_time(0.05, 0.05) == "0:00.05");
}
