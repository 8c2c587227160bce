#pragma once
// Runs programs and looks at what they did.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <rapidjson/document.h>

namespace program {

namespace fs = std::filesystem;

// A new folder of its own, removed with all in it at the end.
class Folder {
public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    [[nodiscard]] const fs::path& path() const { return m_path; }
    [[nodiscard]] std::string operator/(const std::string& name) const { return (m_path / name).string(); }
    std::string write(const std::string& name, const std::string& text) const;  // its path

private:
    fs::path m_path;
};

struct Ran {
    int exit_code = -1;  // -2: did not end within a minute and was killed
    std::string out, err;
};

// Looked up in PATH; `env` is added to this process's own. Limn's caches go to a folder of this test run.
[[nodiscard]] Ran run(const std::vector<std::string>& words,
                      const std::map<std::string, std::string>& env = {});
[[nodiscard]] Ran limn(std::vector<std::string> arguments,
                       const std::map<std::string, std::string>& env = {});

// Exit 0 and nothing on stderr; what it printed.
std::string limn_ok(const std::vector<std::string>& arguments);
[[nodiscard]] rapidjson::Document limn_json(std::vector<std::string> arguments);  // with --json
[[nodiscard]] rapidjson::Document json_of(const std::string& text);

// Exit 1, nothing on stdout, and on stderr one sentence that ends with `path`. Returns that line.
std::string check_fails(const std::vector<std::string>& arguments, const std::string& path);
void check_wrong_usage(const std::vector<std::string>& arguments);  // exit 2, one line on stderr

[[nodiscard]] std::string read(const fs::path& file);
[[nodiscard]] std::vector<std::string> lines(const std::string& text);
[[nodiscard]] std::vector<std::string> names_in(const fs::path& folder);  // sorted, less SQLite's side files

// Thirty frames of 64x48 at ten a second, H.264 with B-frames and a keyframe every ten; made once.
[[nodiscard]] std::string clip();
[[nodiscard]] std::string copy_of_clip(const Folder& folder, const std::string& name = "clip.mp4");
// A project in the folder with clip.mp4, the class ball, and two boxes on it: one moving over frames 0 to 20
// and away from 21 on, one still from frame 5 to the end.
[[nodiscard]] std::string labelled_project(const Folder& folder);

}  // namespace program
