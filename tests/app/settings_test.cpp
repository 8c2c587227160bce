#include "app/settings.h"

#include <cstdlib>
#include <fstream>

#include <doctest/doctest.h>

#include "base/file.h"
#include "base/id.h"

namespace fs = std::filesystem;

namespace {

// A configuration folder of its own, put back and removed at the end.
class OwnConfig {
public:
    OwnConfig() {
        if (const char* old = std::getenv("XDG_CONFIG_HOME")) m_old = old;
        fs::create_directories(m_dir / "limn");
        setenv("XDG_CONFIG_HOME", m_dir.c_str(), 1);
    }
    ~OwnConfig() {
        if (m_old.empty())
            unsetenv("XDG_CONFIG_HOME");
        else
            setenv("XDG_CONFIG_HOME", m_old.c_str(), 1);
        fs::remove_all(m_dir);
    }
    [[nodiscard]] fs::path file() const { return m_dir / "limn" / "settings.json"; }
    void write(std::string_view text) const { std::ofstream{file()} << text; }

private:
    fs::path m_dir = fs::temp_directory_path() / ("limn-settings-" + base::to_string(base::new_uuid()));
    std::string m_old;
};

}  // namespace

TEST_CASE("settings read back as they were saved") {
    const OwnConfig config;
    app::Settings settings;
    settings.shortcuts = {{"frame.next", "Ctrl+Shift+N"}, {"play", ""}, {"zoom.in", "\""}};
    settings.recent = {"/tmp/a b.limn", "/tmp/größe.limn"};
    settings.light_theme = true;
    settings.scale = 1.5;
    REQUIRE(app::save_settings(settings).has_value());

    const auto again = app::load_settings();
    REQUIRE(again.has_value());
    CHECK(again->shortcuts == settings.shortcuts);
    CHECK(again->recent == settings.recent);
    CHECK(again->light_theme);
    CHECK(again->scale == 1.5);
}

TEST_CASE("without a file there are the defaults, and saving makes the folder") {
    const OwnConfig config;
    fs::remove_all(config.file().parent_path());
    const auto settings = app::load_settings();
    REQUIRE(settings.has_value());
    CHECK(settings->shortcuts.empty());
    REQUIRE(app::save_settings(*settings).has_value());
    CHECK(fs::exists(config.file()));
}

TEST_CASE("a broken settings file is reported and kept aside") {
    const OwnConfig config;
    for (const char* broken : {"{ \"scale\": ", "[1, 2]", "", "\xff\xfe"}) {
        CAPTURE(broken);
        config.write(broken);
        const auto settings = app::load_settings();
        REQUIRE_FALSE(settings.has_value());
        const fs::path aside = config.file().string() + ".broken";
        CHECK(settings.error().message.ends_with(aside.string()));
        CHECK_FALSE(fs::exists(config.file()));
        CHECK(base::read_file(aside).value() == broken);
        CHECK(app::load_settings().has_value());
    }
}

TEST_CASE("values of the wrong kind are left at their defaults") {
    const OwnConfig config;
    config.write(
        R"({"scale": 99, "light_theme": "yes", "shortcuts": {"play": 3, "frame.next": "N"}, "recent": 7})");
    const auto settings = app::load_settings();
    REQUIRE(settings.has_value());
    CHECK(settings->scale == 4);
    CHECK_FALSE(settings->light_theme);
    CHECK(settings->shortcuts == std::map<std::string, std::string>{{"frame.next", "N"}});
    CHECK(settings->recent.empty());
}

TEST_CASE("recent projects are newest first, once each, at most twelve") {
    app::Settings settings;
    for (int i = 0; i < 15; ++i) app::remember_recent(settings, "/p/" + std::to_string(i) + ".limn");
    app::remember_recent(settings, "/p/./10.limn");
    REQUIRE(settings.recent.size() == 12);
    CHECK(settings.recent[0] == "/p/10.limn");
    CHECK(settings.recent[1] == "/p/14.limn");
    CHECK(settings.recent.back() == "/p/3.limn");
}
