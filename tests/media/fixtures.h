#pragma once
// Test films made by the ffmpeg program, once each, and what ffmpeg says their frames are.

#include <array>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

namespace fixtures {

namespace fs = std::filesystem;

struct Output {
    int exit_code = -1;
    std::string text;
};

inline Output run(const std::string& command) {
    Output output;
    FILE* pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) return output;
    std::array<char, 65536> buffer{};
    for (std::size_t got = 0; (got = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
        output.text.append(buffer.data(), got);
    const int status = pclose(pipe);
    output.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return output;
}

inline std::string quoted(const fs::path& path) { return "'" + path.string() + "'"; }

inline fs::path folder() {
    static const fs::path dir = [] {
        fs::path made = fs::temp_directory_path() / fmt::format("limn-fixtures-{}", getuid());
        fs::create_directories(made);
        return made;
    }();
    return dir;
}

// A film made by `ffmpeg ARGUMENTS FILE`; made again only when the arguments change.
inline fs::path film(const std::string& name, const std::string& arguments) {
    const std::size_t key = std::hash<std::string>{}(arguments);
    const fs::path path = folder() / fmt::format("{:016x}-{}", key, name);
    if (fs::exists(path)) return path;
    const fs::path unfinished = folder() / fmt::format("unfinished-{}-{}", getpid(), name);
    const Output made =
        run(fmt::format("ffmpeg -v error -nostdin -y {} {} 2>&1", arguments, quoted(unfinished)));
    REQUIRE_MESSAGE(made.exit_code == 0, name << ": " << made.text);
    fs::rename(unfinished, path);
    return path;
}

// Every frame differs from every other.
inline std::string source(int frames = 60, const char* size = "320x240") {
    return fmt::format("-f lavfi -i testsrc2=size={}:rate=25:duration={}", size, frames / 25.0);
}

struct ReferenceFrame {
    std::int64_t pts = 0;
    std::string md5;
    bool operator==(const ReferenceFrame&) const = default;
};

// `ffmpeg -noautorotate -i FILE -map 0:v:0 -fps_mode passthrough -f framemd5 -`, with the file's own stamps,
// and without ffmpeg's scaling of pictures that differ in size from the first.
inline std::vector<ReferenceFrame> reference(const fs::path& file) {
    const Output output = run(
        fmt::format("ffmpeg -v quiet -nostdin -noautorotate -copyts -i {} -map 0:v:0 -autoscale 0 -fps_mode "
                    "passthrough -enc_time_base -1 -f framemd5 -",
                    quoted(file)));
    std::vector<ReferenceFrame> frames;
    std::istringstream lines{output.text};
    for (std::string line; std::getline(lines, line);) {
        if (line.empty() || line[0] == '#') continue;
        std::array<std::string, 6> fields;
        std::istringstream cells{line};
        for (std::string& field : fields) std::getline(cells, field, ',');
        frames.push_back({std::stoll(fields[2]), fields[5].substr(fields[5].find_first_not_of(' '))});
    }
    return frames;
}

// The real clips, where this checkout has them.
inline fs::path real_video(const std::string& name) {
    return fs::path{LIMN_SOURCE_DIR} / "../shared/data/video" / name;
}

}  // namespace fixtures
