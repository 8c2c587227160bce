#include <cstdlib>
#include <map>
#include <set>

#include <doctest/doctest.h>

#include "app/action.h"
#include "app/workbench.h"
#include "base/file.h"
#include "base/id.h"

namespace fs = std::filesystem;

namespace {

// A workbench whose settings go to a folder of their own.
class Bench {
public:
    Bench() {
        setenv("XDG_CONFIG_HOME", m_dir.c_str(), 1);
        setenv("XDG_STATE_HOME", m_dir.c_str(), 1);
    }
    ~Bench() {
        unsetenv("XDG_CONFIG_HOME");
        unsetenv("XDG_STATE_HOME");
        fs::remove_all(m_dir);
    }
    app::Workbench& operator*() { return m_bench; }
    app::Workbench* operator->() { return &m_bench; }
    bool press(std::string_view chord) { return app::run_chord(m_bench, app::parse_chord(chord)); }

private:
    const fs::path m_dir = fs::temp_directory_path() / ("limn-actions-" + base::to_string(base::new_uuid()));
    app::Workbench m_bench{app::Settings{}, {}};
};

const app::Action& action(std::string_view id) {
    const app::Action* found = app::find_action(id);
    REQUIRE_MESSAGE(found != nullptr, id);
    return *found;
}

}  // namespace

TEST_CASE("every action has its own id, a title, a group and something to do") {
    const std::set<std::string_view> groups = {"File",  "Edit", "Time",   "View",       "Track", "Classes",
                                               "Tools", "Help", "Raster", "Inspection", "Masks"};
    std::set<std::string_view> ids;
    for (const app::Action& a : app::all_actions()) {
        CAPTURE(a.id);
        CHECK(ids.insert(a.id).second);
        CHECK_FALSE(a.title.empty());
        CHECK(groups.contains(a.group));
        CHECK((a.run != nullptr));
    }
    CHECK(app::find_action("no.such") == nullptr);
}

TEST_CASE(
    "no two defaults clash but those of the inspection grid and the brush, and each is written the way it is "
    "shown") {
    // A raster has no frames, and while it is inspected N leads on; while a brush is chosen, its size comes
    // before the speed.
    const auto yields = [](const app::Action& a) { return a.group == "Time" || a.id == "tool.box"; };
    std::map<std::pair<bool, std::string_view>, std::string_view> taken;
    for (const app::Action& a : app::all_actions())
        for (const std::string_view shortcut : {a.shortcut, a.second_shortcut}) {
            if (shortcut.empty()) continue;
            const auto [other, first] = taken.try_emplace({yields(a), shortcut}, a.id);
            CHECK_MESSAGE(first, shortcut, " runs both ", other->second, " and ", a.id);
            CHECK(app::to_string(app::parse_chord(shortcut)) == shortcut);
            const bool shared = taken.contains({!yields(a), shortcut});
            CHECK_MESSAGE(
                (!shared || std::set<std::string_view>{"N", "F", "D", "Home", "[", "]"}.contains(shortcut)),
                shortcut);
        }
}

TEST_CASE("defaults follow CVAT") {
    for (const auto& [chord, id] : std::map<std::string_view, std::string_view>{{"F", "frame.next"},
                                                                                {"D", "frame.previous"},
                                                                                {"V", "frame.forward10"},
                                                                                {"C", "frame.back10"},
                                                                                {"Space", "play"},
                                                                                {"K", "track.keyframe"},
                                                                                {"O", "track.outside"},
                                                                                {"Q", "track.occluded"},
                                                                                {"N", "tool.box"}})
        CHECK(action(id).shortcut == chord);
}

TEST_CASE("a chord runs its action, the second shortcut too") {
    Bench bench;
    CHECK(bench.press("Ctrl+K"));
    CHECK(bench->popup == app::Popup::palette);
    CHECK(bench.press("Esc"));
    CHECK(bench->popup == app::Popup::none);
    CHECK(bench.press("F1"));
    CHECK(bench->popup == app::Popup::palette);
}

TEST_CASE("what is not enabled and what is not bound does not run") {
    Bench bench;
    CHECK_FALSE(bench.press("F"));       // no video
    CHECK_FALSE(bench.press("Ctrl+E"));  // no project
    CHECK(bench->popup == app::Popup::none);
    CHECK_FALSE(bench.press("Ctrl+Alt+F9"));
    CHECK_FALSE(app::run_chord(*bench, {}));
}

TEST_CASE("an open popup keeps chords from what lies behind it") {
    Bench bench;
    bench.press("?");
    REQUIRE(bench->popup == app::Popup::shortcuts);
    CHECK_FALSE(bench.press("Ctrl+B"));
    CHECK(bench->view().left_shown);
    CHECK(bench.press("Ctrl+K"));  // another popup may take its place
    CHECK(bench->popup == app::Popup::palette);
}

TEST_CASE("the number pad does what the same signs do") {
    Bench bench;
    app::rebind(*bench, action("palette"), app::parse_chord("+"));
    constexpr app::Key k_pad_add = 334;
    CHECK(app::run_chord(*bench, {k_pad_add, {}}));
    CHECK(bench->popup == app::Popup::palette);
}

TEST_CASE("rebinding takes the chord from the other action and is saved") {
    Bench bench;
    app::rebind(*bench, action("help.shortcuts"), app::parse_chord("Ctrl+K"));
    CHECK(app::shortcut_of(*bench, action("help.shortcuts")) == "Ctrl+K");
    CHECK(app::shortcut_of(*bench, action("palette")).empty());
    CHECK(bench.press("Ctrl+K"));
    CHECK(bench->popup == app::Popup::shortcuts);

    const auto saved = app::load_settings();
    REQUIRE(saved.has_value());
    CHECK(saved->shortcuts == bench->settings().shortcuts);
    CHECK(saved->shortcuts.size() == 2);
}

TEST_CASE("binding the default again leaves nothing in the settings") {
    Bench bench;
    app::rebind(*bench, action("play"), app::parse_chord("Ctrl+P"));
    CHECK(bench->settings().shortcuts.size() == 1);
    app::rebind(*bench, action("play"), app::parse_chord("Space"));
    CHECK(bench->settings().shortcuts.empty());
}

TEST_CASE("while an action waits for its chord, the next one is bound and not run") {
    Bench bench;
    bench->popup = app::Popup::shortcuts;
    bench->rebinding = "play";
    CHECK_FALSE(app::run_chord(*bench, {app::key::left_control, {.ctrl = true}}));  // not a chord yet
    CHECK(bench.press("Ctrl+K"));
    CHECK(bench->popup == app::Popup::shortcuts);
    CHECK(bench->rebinding.empty());
    CHECK(app::shortcut_of(*bench, action("play")) == "Ctrl+K");

    bench->rebinding = "play";
    CHECK(bench.press("Esc"));
    CHECK(bench->rebinding.empty());
    CHECK(app::shortcut_of(*bench, action("play")) == "Ctrl+K");
}
