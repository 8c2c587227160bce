#pragma once
// A workbench whose settings, state and cache go to a folder of their own, removed at the end.

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include <doctest/doctest.h>

#include "app/demo.h"
#include "app/workbench.h"
#include "base/id.h"

class BenchFixture {
    // First, so that the workbench begins after it and ends before it.
    struct Folder {
        std::filesystem::path path =
            std::filesystem::temp_directory_path() / ("limn-app-" + base::to_string(base::new_uuid()));
        Folder() {
            std::filesystem::create_directories(path);
            for (const char* name : k_variables) setenv(name, path.c_str(), 1);
        }
        ~Folder() {
            for (const char* name : k_variables) unsetenv(name);
            std::filesystem::remove_all(path);
        }
        static constexpr const char* k_variables[] = {"XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"};
    } m_folder;

public:
    app::Workbench bench{app::Settings{}, {}};

    [[nodiscard]] const std::filesystem::path& folder() const { return m_folder.path; }

    // The demo project, until its first picture and its index are here. Bounded: 60 s.
    void open_demo() {
        const auto demo = app::make_demo_project(folder());
        REQUIRE_MESSAGE(demo.has_value(), demo.error().message);
        bench.open({*demo});
        wait_idle();
        REQUIRE(bench.asset() != nullptr);
    }

    void wait_idle() {
        const auto begin = std::chrono::steady_clock::now();
        const auto secs = [&] {
            return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        };
        do bench.update(secs());
        while ((std::this_thread::yield(), !bench.idle() && secs() < 60));
        REQUIRE(bench.idle());
    }
};
