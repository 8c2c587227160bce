#pragma once
// What every part of the benchmark shares: its rows, its clocks, its way to give up. A part runs in a process
// of its own, so that none inherits another's memory, threads or crash.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace bench {

namespace fs = std::filesystem;

enum class Verdict { none, met, missed };

// One line of the table, as text. `peer`: another program, or the limit of the hardware, in the same run.
struct Row {
    std::string what, figure, peer, ratio, target;
    Verdict verdict = Verdict::none;
};

[[nodiscard]] inline Verdict met_if(bool met) { return met ? Verdict::met : Verdict::missed; }

class Part {
public:
    explicit Part(fs::path folder) : m_folder{std::move(folder)} {}
    // Of the whole benchmark: films and projects that one part has made are there for the next.
    [[nodiscard]] const fs::path& folder() const { return m_folder; }
    void add(const Row& row) const;            // handed to the program that prints the table
    void does_not_work(std::string_view why);  // a wrong frame and the like: the benchmark fails
    [[nodiscard]] bool works() const { return m_works; }

private:
    fs::path m_folder;
    bool m_works = true;
};

// Each in its own file; main.cpp lists them.
void bench_open(Part& part);
void bench_decode(Part& part);
void bench_random_frames(Part& part);
void bench_right_frames(Part& part);
void bench_scrub(Part& part);
void bench_step_back(Part& part);
void bench_memory(Part& part);
void bench_labels(Part& part);
void bench_export(Part& part);
void bench_window(Part& part);
void bench_idle(Part& part);
void bench_overlay(Part& part);
void bench_raster(Part& part);
void bench_vectors(Part& part);
void bench_masks(Part& part);

// In a process of its own: opens a project, exports it, prints "seconds growth_bytes".
int export_once(const std::vector<std::string>& arguments);

// Ends this part with the sentence: what it was to measure does not work at all.
[[noreturn]] void give_up(std::string_view why);

template <class T>
T must(base::Result<T> result) {
    if (!result) give_up(result.error().message);
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

[[nodiscard]] double wall_secs();
[[nodiscard]] double thread_cpu_secs();

template <class Clock, class Work>
double secs_of(const Clock& clock, const Work& work) {
    const double begin = clock();
    work();
    return clock() - begin;
}

// `part` 0.5 is the median. The samples are sorted in passing.
[[nodiscard]] double percentile(std::vector<double>& samples, double part);
[[nodiscard]] inline double median(std::vector<double> samples) { return percentile(samples, 0.5); }
[[nodiscard]] double mean(const std::vector<double>& samples);

// Alternating, so that what else the machine does falls on both alike.
struct Duel {
    std::vector<double> own, peer;
};
template <class Own, class Peer>
Duel alternate(int rounds, const Own& own, const Peer& peer) {
    Duel duel;
    for (int i = 0; i < rounds; ++i) {
        duel.peer.push_back(peer());
        duel.own.push_back(own());
    }
    return duel;
}

[[nodiscard]] std::string in_ms(double secs);    // "12.3 ms"
[[nodiscard]] std::string in_secs(double secs);  // "1.23 s"
[[nodiscard]] std::string in_mb(double bytes);   // "12.3 MB"
[[nodiscard]] std::string times(double ratio);   // "1.05x"

}  // namespace bench
