#include "program.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace program {

namespace {

constexpr int k_longest_ms = 60'000;

std::vector<std::string> environment(const std::map<std::string, std::string>& env) {
    static const Folder caches;
    std::map<std::string, std::string> all = {{"XDG_CACHE_HOME", caches / "cache"},
                                              {"XDG_STATE_HOME", caches / "state"},
                                              {"XDG_CONFIG_HOME", caches / "config"},
                                              {"LIMN_AUTHOR", "tester"}};
    for (const auto& [name, value] : env) all[name] = value;
    std::vector<std::string> list;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text = *entry;
        if (!all.contains(text.substr(0, text.find('=')))) list.push_back(text);
    }
    for (const auto& [name, value] : all) list.push_back(name + "=" + value);
    return list;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> list;
    for (std::string& word : words) list.push_back(word.data());
    list.push_back(nullptr);
    return list;
}

int wait_for(pid_t child) {
    const int handle = static_cast<int>(syscall(SYS_pidfd_open, child, 0));
    pollfd ended{handle, POLLIN, 0};
    const bool in_time = poll(&ended, 1, k_longest_ms) > 0;
    if (!in_time) kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    close(handle);
    if (!in_time) return -2;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

Folder::Folder() {
    std::string name = (fs::temp_directory_path() / "limn-program-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    m_path = name;
}

Folder::~Folder() {
    std::error_code ignored;
    fs::remove_all(m_path, ignored);
}

std::string Folder::write(const std::string& name, const std::string& text) const {
    fs::create_directories((m_path / name).parent_path());
    std::ofstream{m_path / name, std::ios::binary} << text;
    return *this / name;
}

Ran run(const std::vector<std::string>& words, const std::map<std::string, std::string>& env) {
    const Folder folder;
    const std::string out = folder / "out", err = folder / "err";
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), O_WRONLY | O_CREAT, 0600);
    std::vector<std::string> arguments = words, variables = environment(env);
    pid_t child = 0;
    const int failed = posix_spawnp(&child, arguments.front().c_str(), &actions, nullptr,
                                    pointers(arguments).data(), pointers(variables).data());
    posix_spawn_file_actions_destroy(&actions);
    REQUIRE_MESSAGE(failed == 0, words.front() << " cannot be started");
    const int exit_code = wait_for(child);
    return {exit_code, read(out), read(err)};
}

Ran limn(std::vector<std::string> arguments, const std::map<std::string, std::string>& env) {
    arguments.insert(arguments.begin(), LIMN_BINARY);
    return run(arguments, env);
}

std::string limn_ok(const std::vector<std::string>& arguments) {
    const Ran ran = limn(arguments);
    CAPTURE(arguments.front());
    CAPTURE(ran.out);
    CHECK(ran.err == "");
    REQUIRE(ran.exit_code == 0);
    return ran.out;
}

rapidjson::Document json_of(const std::string& text) {
    rapidjson::Document document;
    document.Parse(text);
    CAPTURE(text);
    REQUIRE_FALSE(document.HasParseError());
    return document;
}

rapidjson::Document limn_json(std::vector<std::string> arguments) {
    arguments.emplace_back("--json");
    return json_of(limn_ok(arguments));
}

std::string check_fails(const std::vector<std::string>& arguments, const std::string& path) {
    const Ran ran = limn(arguments);
    CAPTURE(arguments.front());
    CAPTURE(ran.err);
    CHECK(ran.exit_code == 1);
    CHECK(ran.out == "");
    CHECK(ran.err.starts_with("limn: "));
    CHECK(std::ranges::count(ran.err, '\n') == 1);
    CHECK(ran.err.ends_with(path + "\n"));
    return ran.err;
}

void check_wrong_usage(const std::vector<std::string>& arguments) {
    const Ran ran = limn(arguments);
    CAPTURE(arguments.front());
    CAPTURE(ran.err);
    CHECK(ran.exit_code == 2);
    CHECK(ran.out == "");
    CHECK(ran.err.starts_with("limn: "));
    CHECK(std::ranges::count(ran.err, '\n') == 1);
}

std::string read(const fs::path& file) {
    std::ifstream in{file, std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> list;
    std::istringstream in{text};
    for (std::string line; std::getline(in, line);) list.push_back(line);
    return list;
}

std::vector<std::string> names_in(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator{folder}) {
        const std::string name = entry.path().filename().string();
        if (!name.ends_with("-wal") && !name.ends_with("-shm")) names.push_back(name);
    }
    std::ranges::sort(names);
    return names;
}

std::string clip() {
    static const Folder folder;
    static const std::string path = [] {
        std::string file = folder / "clip.mp4";
        const Ran made =
            run({"ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=10", "-frames:v",
                 "30", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-g", "10", "-bf", "2", file});
        REQUIRE_MESSAGE(made.exit_code == 0, made.err);
        return file;
    }();
    return path;
}

std::string copy_of_clip(const Folder& folder, const std::string& name) {
    fs::copy_file(clip(), folder / name);
    return folder / name;
}

std::string labelled_project(const Folder& folder) {
    const std::string project = folder / "p.limn";
    const std::string labels = folder.write("labels.xml", R"(<?xml version="1.0" encoding="utf-8"?>
<annotations><version>1.1</version><meta><task><name>clip.mp4</name><size>30</size>
<original_size><width>64</width><height>48</height></original_size>
<labels><label><name>ball</name><attributes></attributes></label></labels><source>clip.mp4</source></task></meta>
<track id="0" label="ball" source="manual">
<box frame="0" keyframe="1" outside="0" occluded="0" xtl="0.00" ytl="0.00" xbr="10.00" ybr="10.00" z_order="0"></box>
<box frame="20" keyframe="1" outside="0" occluded="0" xtl="20.00" ytl="10.00" xbr="30.00" ybr="20.00" z_order="0"></box>
<box frame="21" keyframe="1" outside="1" occluded="0" xtl="20.00" ytl="10.00" xbr="30.00" ybr="20.00" z_order="0"></box>
</track>
<track id="1" label="ball" source="manual">
<box frame="5" keyframe="1" outside="0" occluded="0" xtl="40.00" ytl="20.00" xbr="50.00" ybr="30.00" z_order="0"></box>
</track></annotations>
)");
    limn_ok({"new", project});
    limn_ok({"add", project, copy_of_clip(folder)});
    limn_ok({"import", project, labels, "--format", "cvat-video"});
    return project;
}

}  // namespace program
