#include "base/side_file.h"

#include <chrono>
#include <cstdlib>
#include <fstream>

#include <doctest/doctest.h>
#include <unistd.h>

#include "base/file.h"

namespace fs = std::filesystem;

namespace {

// A cache of its own for one test.
class OwnCache {
public:
    OwnCache() {
        m_folder = fs::temp_directory_path() / fmt::format("limn-side-file-test-{}", getpid());
        fs::create_directories(m_folder);
        if (const char* before = getenv("XDG_CACHE_HOME")) m_before = before;
        setenv("XDG_CACHE_HOME", m_folder.c_str(), 1);
    }
    ~OwnCache() {
        if (m_before.empty())
            unsetenv("XDG_CACHE_HOME");
        else
            setenv("XDG_CACHE_HOME", m_before.c_str(), 1);
        fs::remove_all(m_folder);
    }
    OwnCache(const OwnCache&) = delete;
    [[nodiscard]] const fs::path& folder() const { return m_folder; }

private:
    fs::path m_folder;
    std::string m_before;
};

void write(const fs::path& file, std::size_t bytes) { std::ofstream{file} << std::string(bytes, 'x'); }

}  // namespace

TEST_CASE("side_files_follow_the_content_of_a_medium_and_not_its_name") {
    const OwnCache cache;
    write(cache.folder() / "a.mp4", 1000);
    write(cache.folder() / "b.mp4", 1001);
    const fs::path a = base::side_file("index", cache.folder() / "a.mp4", "idx");
    fs::rename(cache.folder() / "a.mp4", cache.folder() / "moved.mp4");
    CHECK(a.parent_path() == base::cache_dir() / "index");
    CHECK(fs::is_directory(a.parent_path()));
    CHECK(base::side_file("index", cache.folder() / "moved.mp4", "idx") == a);
    CHECK(base::side_file("index", cache.folder() / "b.mp4", "idx") != a);
    CHECK(base::side_file("index", cache.folder() / "gone.mp4", "idx").empty());
}

TEST_CASE("side_files_beyond_the_cap_go_longest_unused_first") {
    const OwnCache cache;
    const fs::path folder = base::cache_dir() / "index";
    fs::create_directories(folder);
    const auto now = fs::file_time_type::clock::now();
    for (int i = 0; i < 5; ++i) {
        write(folder / std::to_string(i), 100);
        fs::last_write_time(folder / std::to_string(i), now - std::chrono::hours{10 - i});
    }
    base::touch(folder / "0");
    base::trim_side_files("index", 250, folder / "1");
    CHECK(fs::exists(folder / "0"));
    CHECK(fs::exists(folder / "1"));
    CHECK_FALSE(fs::exists(folder / "2"));
    CHECK_FALSE(fs::exists(folder / "3"));
    CHECK_FALSE(fs::exists(folder / "4"));
}
