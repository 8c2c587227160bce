// What may be done while the exact frame is still being decoded, and making the proxy that shortens it.

#include <algorithm>

#include "app/action.h"
#include "app_fixture.h"
#include "base/file.h"

namespace {

namespace fs = std::filesystem;
using Kind = app::PointerEvent::Kind;

// One group of 400 pictures, large enough for its end to take a while.
fs::path make_film(const fs::path& folder) {
    const fs::path film = folder / "long.mp4";
    const std::string command =
        "ffmpeg -v error -f lavfi -i testsrc2=size=1280x720:rate=25 -frames:v 400 -c:v libx264 -preset "
        "ultrafast "
        "-g 400 -sc_threshold 0 " +
        film.string();
    REQUIRE(std::system(command.c_str()) == 0);
    return film;
}

class Scene : public BenchFixture {
public:
    Scene() {
        bench.open({make_film(folder())});
        wait_idle();
        REQUIRE(bench.picture());
    }
    template <class Holds>
    void until(Holds holds) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{60};
        while (!holds() && std::chrono::steady_clock::now() < end) {
            bench.update(200);
            std::this_thread::yield();
        }
        REQUIRE(holds());
    }
    void draw_box() {
        for (const auto& [kind, at] : {std::pair{Kind::press, base::Point{100, 100}},
                                       {Kind::drag, {300, 250}},
                                       {Kind::release, {300, 250}}})
            bench.pointer({.kind = kind, .at = at, .modifiers = {}});
        bench.popup = app::Popup::none;
    }
    [[nodiscard]] std::size_t proxies() const {
        std::error_code none;
        return static_cast<std::size_t>(std::distance(
            fs::directory_iterator{base::cache_dir() / "proxies", none}, fs::directory_iterator{}));
    }
    [[nodiscard]] bool told(std::string_view words) const {
        return std::ranges::any_of(bench.toasts(),
                                   [&](const app::Toast& toast) { return toast.text.contains(words); });
    }
};

}  // namespace

TEST_CASE_FIXTURE(Scene, "no gesture and no edit is about a stand-in") {
    draw_box();
    REQUIRE(bench.document()->state().tracks.size() == 1);
    wait_idle();
    const auto events = [&] { return bench.document()->history().last_seq; };
    const auto before = events();
    bench.go_to(390);
    until([&] { return bench.picture_is_stand_in(); });
    CHECK_FALSE(bench.picture_is_current());
    CHECK(bench.must_wait());
    draw_box();
    bench.toggle_keyframe();
    bench.toggle_outside();
    bench.toggle_occluded();
    bench.nudge(1, 0);
    CHECK(bench.picture_is_stand_in());  // it was one all the while
    CHECK(events() == before);
    CHECK(bench.document()->state().tracks.size() == 1);
    CHECK(told("Frame 390 is still being decoded"));

    wait_idle();
    CHECK(bench.picture_is_current());
    CHECK(bench.picture()->index == 390);
    CHECK_FALSE(bench.must_wait());
    bench.toggle_keyframe();
    CHECK(events() == before + 1);
}

TEST_CASE_FIXTURE(Scene, "a preview proxy is offered for long groups, made in a job and then used") {
    CHECK(bench.wants_proxy());
    CHECK_FALSE(bench.has_proxy());
    const app::Action* action = app::find_action("video.proxy");
    REQUIRE(action != nullptr);
    REQUIRE(action->enabled(bench));
    action->run(bench);
    CHECK_FALSE(bench.wants_proxy());  // it is being made
    CHECK(std::ranges::any_of(bench.jobs(),
                              [](const auto& job) { return job->name().starts_with("Preview proxy"); }));
    wait_idle();
    CHECK(bench.has_proxy());
    CHECK_FALSE(bench.can_make_proxy());
    CHECK(proxies() == 1);
    CHECK(told("now shows a preview at once (960 × 540 px"));

    bench.go_to(390);
    wait_idle();
    CHECK(bench.picture_is_current());
    CHECK(bench.video()->counters().stand_ins == 1);
    CHECK(bench.video()->counters().proxy_used);
}

TEST_CASE_FIXTURE(Scene, "a cancelled proxy leaves nothing and can be made again") {
    bench.make_proxy();
    const auto making = [&]() -> std::shared_ptr<base::Job> {
        for (const auto& job : bench.jobs())
            if (job->name().starts_with("Preview proxy")) return job;
        return nullptr;
    };
    until([&] { return making() && making()->progress() > 0.02; });
    making()->cancel();
    wait_idle();
    CHECK_FALSE(bench.has_proxy());
    CHECK(bench.wants_proxy());
    CHECK(proxies() == 0);
    CHECK(told("cancelled"));
}
