#include "app/workbench.h"

#include <cstdlib>
#include <thread>

#include <doctest/doctest.h>
#include <unistd.h>

#include "labels/interpolate.h"

namespace fs = std::filesystem;

namespace {

// A fresh folder with its own settings, and a clip of 60 frames at 30 fps.
struct Scene {
    fs::path folder = fs::temp_directory_path() / ("limn-workbench-test-" + std::to_string(::getpid()));
    fs::path clip = folder / "clip.mp4";

    Scene() {
        fs::remove_all(folder);
        fs::create_directories(folder);
        for (const char* name : {"XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"})
            ::setenv(name, (folder / name).c_str(), 1);
        const std::string make =
            "ffmpeg -v error -f lavfi -i testsrc2=size=320x240:rate=30 -frames:v 60 -pix_fmt yuv420p "
            "-c:v mpeg4 -g 12 -bf 2 " +
            clip.string();
        REQUIRE(std::system(make.c_str()) == 0);
    }
    ~Scene() { fs::remove_all(folder); }
};

struct Bench {
    double now = 100;
    app::Workbench bench{app::Settings{}, [] {}};

    // Updates until `holds`, at most 20 s; time stands still for playing.
    template <class Holds>
    void until(Holds holds) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        while (!holds() && std::chrono::steady_clock::now() < end) {
            bench.update(now);
            std::this_thread::yield();
        }
        REQUIRE(holds());
    }
    void until_idle() {
        bench.update(now);
        until([this] { return bench.idle(); });
    }
    void open(const fs::path& path) {
        bench.open({path});
        until_idle();
    }
    void drag(base::Point from, base::Point to) {
        using Kind = app::PointerEvent::Kind;
        bench.pointer({.kind = Kind::press, .at = from, .modifiers = {}});
        bench.pointer({.kind = Kind::drag, .at = to, .modifiers = {}});
        bench.pointer({.kind = Kind::release, .at = to, .modifiers = {}});
    }
    [[nodiscard]] labels::Box box() const {
        return std::get<labels::Box>(labels::shape_at(*bench.selected(), bench.frame())->geometry);
    }
};

}  // namespace

TEST_CASE("a_medium_opens_as_its_untitled_project_and_everything_is_there_again") {
    const Scene scene;
    std::string hash;
    {
        Bench first;
        first.open(scene.clip);
        REQUIRE(first.bench.picture());
        CHECK(first.bench.picture()->index == 0);
        CHECK(first.bench.frame_count() == 60);
        first.drag({20, 20}, {80, 70});
        CHECK(first.bench.popup == app::Popup::class_picker);
        first.bench.popup = app::Popup::none;
        first.bench.go_to(40);
        first.until_idle();
        first.drag({50, 45}, {110, 45});
        first.until_idle();
        first.bench.go_to(20);
        CHECK(first.box() == labels::Box{50, 20, 110, 70, 0});
        hash = labels::state_hash(first.bench.document()->state());
    }
    Bench second;
    second.open(app::untitled_project_for(scene.clip));
    CHECK(labels::state_hash(second.bench.document()->state()) == hash);
    CHECK(second.bench.frame() == 20);  // where the user was
    REQUIRE(second.bench.picture());
    CHECK(second.bench.picture()->index == 20);
    second.bench.undo();
    CHECK(second.bench.document()->state().tracks.begin()->second->keyframes.size() == 1);
}

TEST_CASE("going_to_a_frame_is_clamped_and_ends_with_that_picture") {
    const Scene scene;
    Bench it;
    it.open(scene.clip);
    for (const std::int64_t wanted : {59, 3, 31, 30, 200, -5, 17}) it.bench.go_to(wanted);
    it.until_idle();
    CHECK(it.bench.picture()->index == 17);
    it.bench.go_to(200);
    it.until_idle();
    CHECK(it.bench.picture()->index == 59);
}

TEST_CASE("playing_follows_the_clock_and_stops_at_the_last_frame") {
    const Scene scene;
    Bench it;
    it.open(scene.clip);
    it.bench.play(true);
    REQUIRE(it.bench.playing());
    it.now += 0.5;
    it.bench.update(it.now);
    CHECK(it.bench.frame() == 15);
    it.bench.set_speed(2);
    it.now += 0.25;
    it.bench.update(it.now);
    CHECK(it.bench.frame() == 30);
    it.until([&] { return it.bench.picture_is_current(); });
    it.now += 10;
    it.until([&] { return !it.bench.playing(); });
    CHECK(it.bench.picture()->index == 59);
    it.until([&] { return it.bench.survey() == nullptr || it.bench.survey()->shots_settled(); });
    CHECK(it.bench.next_deadline_secs(it.now) > 1e6);
}

TEST_CASE("keys_that_edit_the_selection_make_one_undo_step_each") {
    const Scene scene;
    Bench it;
    it.open(scene.clip);
    it.drag({20, 20}, {80, 70});
    const labels::TrackId id = it.bench.selected()->info.id;
    const auto steps = [&] { return it.bench.document()->history().undo.size(); };
    const std::size_t before = steps();
    it.bench.go_to(10);
    it.until_idle();
    it.bench.toggle_occluded();
    it.bench.nudge(3, -2);
    it.bench.set_box(id, {1, 2, 30, 40, 0});
    it.bench.toggle_interpolation();
    it.bench.go_to(20);
    it.until_idle();
    it.bench.toggle_outside();
    CHECK(steps() == before + 5);
    const labels::Track& track = *it.bench.selected();
    REQUIRE(track.keyframes.size() == 3);
    CHECK(track.keyframes[1].occluded);
    CHECK_FALSE(track.keyframes[1].interpolate);
    CHECK(track.keyframes[2].outside);
    CHECK(track.keyframes[1].pts == it.bench.video()->pts_of(10));
    it.bench.toggle_locked(id);
    it.bench.delete_selected();
    CHECK(it.bench.document()->state().tracks.size() == 1);  // locked
    for (std::size_t i = steps(); i > before; --i) it.bench.undo();
    CHECK(it.bench.selected()->keyframes.size() == 1);
}

TEST_CASE("export_then_import_through_jobs_gives_the_labels_back") {
    const Scene scene;
    Bench it;
    it.open(scene.clip);
    it.drag({20, 20}, {80, 70});
    const fs::path out = scene.folder / "labels.xml";
    it.bench.export_to("cvat-video", out, false);
    it.until_idle();
    REQUIRE(fs::exists(out));
    it.bench.delete_selected();
    CHECK(it.bench.document()->state().tracks.empty());
    it.bench.import_from(out);
    it.until_idle();
    REQUIRE(it.bench.document()->state().tracks.size() == 1);
    const auto& keyframes = it.bench.document()->state().tracks.begin()->second->keyframes;
    CHECK(std::get<labels::Box>(keyframes.front().geometry) == labels::Box{20, 20, 80, 70, 0});
    it.bench.undo();
    CHECK(it.bench.document()->state().tracks.empty());
}

TEST_CASE("a_file_that_is_no_medium_is_refused_and_the_open_project_stays") {
    const Scene scene;
    Bench it;
    it.open(scene.clip);
    const fs::path broken = scene.folder / "broken.mp4";
    std::system(("head -c 5000 /dev/urandom > " + broken.string()).c_str());
    it.open(broken);
    REQUIRE(it.bench.document() != nullptr);
    CHECK(it.bench.document()->state().assets.size() == 1);
    REQUIRE_FALSE(it.bench.toasts().empty());
    CHECK(it.bench.toasts().back().kind == app::ToastKind::error);
    CHECK(it.bench.toasts().back().text.ends_with(broken.string()));
}

TEST_CASE("a_container_without_a_sample_table_gets_its_length_once_it_is_read") {
    const Scene scene;
    const fs::path mkv = scene.folder / "clip.mkv";
    REQUIRE(std::system(("ffmpeg -v error -i " + scene.clip.string() + " -c copy " + mkv.string()).c_str()) ==
            0);
    Bench it;
    it.open(mkv);
    REQUIRE(it.bench.asset() != nullptr);
    CHECK(it.bench.asset()->frame_count == 60);
    CHECK(it.bench.frame_count() == 60);
    // Learning the length is no step of the user's: undo goes past it.
    const std::size_t steps = it.bench.document()->history().undo.size();
    it.drag({20, 20}, {80, 70});
    it.bench.undo();
    it.until_idle();
    CHECK(it.bench.document()->history().undo.size() == steps);
    CHECK(it.bench.document()->history().redo.size() == 1);
}

TEST_CASE("undoing_the_adding_of_a_medium_leaves_nothing_of_it_on_screen") {
    const Scene scene;
    Bench it;
    it.open(scene.clip);
    it.bench.undo();  // one gesture too many: only asked
    CHECK(it.bench.asset() != nullptr);
    CHECK(it.bench.toasts().back().text.contains("once more"));
    it.bench.undo();
    it.until_idle();
    CHECK(it.bench.asset() == nullptr);
    CHECK_FALSE(it.bench.picture());
    it.drag({20, 20}, {80, 70});
    CHECK(it.bench.document()->state().tracks.empty());
    it.bench.redo();
    it.until_idle();
    CHECK(it.bench.document()->state().assets.size() == 1);
}

TEST_CASE("opening_the_project_that_is_open_keeps_it_writable") {
    const Scene scene;
    Bench it;
    it.open(scene.clip);
    it.drag({20, 20}, {80, 70});
    it.open(app::untitled_project_for(scene.clip));
    CHECK(it.bench.document()->read_only().empty());
    CHECK(it.bench.document()->state().tracks.size() == 1);
    it.open(scene.clip);
    CHECK(it.bench.document()->state().assets.size() == 1);
}

TEST_CASE("what_cannot_be_opened_leaves_no_project_behind") {
    const Scene scene;
    const fs::path notes = scene.folder / "notes.txt";
    REQUIRE(std::system(("echo not a film > " + notes.string()).c_str()) == 0);
    Bench it;
    it.open(notes);
    CHECK(it.bench.document() == nullptr);
    CHECK_FALSE(fs::exists(app::untitled_project_for(notes)));
    REQUIRE_FALSE(it.bench.toasts().empty());
}

TEST_CASE("closing_the_project_while_a_file_is_imported_drops_the_import") {
    const Scene scene;
    Bench it;
    it.open(scene.clip);
    it.drag({20, 20}, {80, 70});
    const fs::path out = scene.folder / "labels.xml";
    it.bench.export_to("cvat-video", out, false);
    it.until_idle();
    it.bench.import_from(out);
    it.bench.close_project();
    it.until_idle();
    CHECK(it.bench.document() == nullptr);
}
