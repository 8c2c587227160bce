#include "peers.h"

#include <sstream>

#include <fmt/format.h>

#include "fixtures.h"
#include "process.h"

namespace bench {

namespace {

constexpr const char* k_python = "/usr/bin/python3";  // Debian's, which sees Debian's modules
constexpr const char* k_script = LIMN_SOURCE_DIR "/tests/bench/video_peers.py";
constexpr int k_not_installed = 3;
constexpr const char* k_longest_secs_of_peer = "100";  // less than what run() and Process give up after

// The lines that begin with the word, without it.
std::optional<std::vector<std::string>> ask(Peer peer, const std::string& command, const fs::path& film,
                                            const fs::path& list, const std::string& word) {
    if (!fs::exists(k_python)) return std::nullopt;
    Words words{"timeout", k_longest_secs_of_peer, k_python, k_script, name_of(peer), command, film.string()};
    if (!list.empty()) words.push_back(list.string());
    Process process{words};
    std::istringstream out{process.rest()};
    const int code = process.wait();
    std::vector<std::string> lines;
    std::string last;
    for (std::string line; std::getline(out, line); last = line)
        if (line.starts_with(word + " ")) lines.push_back(line.substr(word.size() + 1));
    if (code == 0 && !lines.empty()) return lines;
    if (code != k_not_installed)
        fmt::print(stderr, "{} {} ended with {}: {}\n", name_of(peer), command, code, last);
    return std::nullopt;
}

fs::path list_of(const std::vector<AskedFrame>& asked, const fs::path& folder) {
    std::string text;
    for (const AskedFrame& each : asked)
        text += fmt::format("{} {} {:.6f}\n", each.frame, each.pts, each.secs);
    const fs::path list = folder / "asked-frames.txt";
    write_file(list, text);
    return list;
}

}  // namespace

std::string name_of(Peer peer) {
    return peer == Peer::opencv ? "opencv" : peer == Peer::pyav ? "pyav" : "mpv";
}

std::optional<double> secs_to_decode(Peer peer, const fs::path& film) {
    const auto lines = ask(peer, "decode", film, {}, "decoded");
    if (!lines) return std::nullopt;
    return std::strtod(lines->front().substr(lines->front().find(' ')).c_str(), nullptr);
}

std::optional<std::vector<double>> secs_to_reach(Peer peer, Way way, const fs::path& film,
                                                 const std::vector<AskedFrame>& asked,
                                                 const fs::path& folder) {
    const auto lines = ask(peer, way == Way::seek ? "seek" : "back", film, list_of(asked, folder), "seek");
    if (!lines) return std::nullopt;
    std::vector<double> secs;
    for (const std::string& line : *lines) secs.push_back(std::strtod(line.c_str(), nullptr));
    return secs;
}

std::optional<int> wrong_frames(Peer peer, const fs::path& film, const std::vector<AskedFrame>& asked,
                                const fs::path& folder) {
    const auto lines = ask(peer, "check", film, list_of(asked, folder), "wrong");
    return lines ? std::optional{std::atoi(lines->front().c_str())} : std::nullopt;
}

std::string mean_and_p95(std::vector<double> secs) {
    const double average = mean(secs);
    return fmt::format("{}, p95 {}", in_ms(average), in_ms(percentile(secs, 0.95)));
}

void add_rows_beside_peers(Part& part, const std::string& what, std::vector<double> own, Way way,
                           const fs::path& film, const std::vector<AskedFrame>& asked) {
    for (const Peer peer : k_peers) {
        Row row{.what = what, .figure = mean_and_p95(own)};
        if (const auto secs = secs_to_reach(peer, way, film, asked, part.folder())) {
            row.peer = mean_and_p95(*secs) + " " + name_of(peer);
            row.ratio = times(mean(own) / mean(*secs));
        }
        part.add(row);
    }
}

}  // namespace bench
