#include "bench.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <numeric>

#include <fmt/format.h>

namespace bench {

namespace {

double secs_on(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Three figures are all that a noisy clock can give.
std::string rounded(double value) {
    const double size = std::abs(value);
    return size >= 100  ? fmt::format("{:.0f}", value)
           : size >= 10 ? fmt::format("{:.1f}", value)
           : size >= 1  ? fmt::format("{:.2f}", value)
                        : fmt::format("{:.3f}", value);
}

}  // namespace

void Part::add(const Row& row) const {
    fmt::print("row\t{}\t{}\t{}\t{}\t{}\t{}\n", row.what, row.figure, row.peer, row.ratio, row.target,
               static_cast<int>(row.verdict));
    std::fflush(stdout);
}

void Part::does_not_work(std::string_view why) {
    fmt::print(stderr, "{}\n", why);
    m_works = false;
}

void give_up(std::string_view why) {
    fmt::print(stderr, "{}\n", why);
    std::fflush(stdout);
    std::_Exit(1);
}

double wall_secs() { return secs_on(CLOCK_MONOTONIC); }
double thread_cpu_secs() { return secs_on(CLOCK_THREAD_CPUTIME_ID); }

double percentile(std::vector<double>& samples, double part) {
    if (samples.empty()) return 0;
    std::ranges::sort(samples);
    return samples[static_cast<std::size_t>(std::lround(part * static_cast<double>(samples.size() - 1)))];
}

double mean(const std::vector<double>& samples) {
    if (samples.empty()) return 0;
    return std::accumulate(samples.begin(), samples.end(), 0.0) / static_cast<double>(samples.size());
}

std::string in_ms(double secs) { return rounded(secs * 1e3) + " ms"; }
std::string in_secs(double secs) { return rounded(secs) + " s"; }
std::string in_mb(double bytes) { return rounded(bytes / 1e6) + " MB"; }
std::string times(double ratio) { return fmt::format("{:.2f}x", ratio); }

}  // namespace bench
