#pragma once
// How long the UI thread works on each frame, for `state` and the benchmark.

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <vector>

namespace app {

struct FrameTimes {
    std::int64_t frames = 0;
    double p50_ms = 0, p95_ms = 0, p99_ms = 0, worst_ms = 0;
};

class FrameClock {
public:
    void begin() { m_begun_ns = thread_cpu_ns(); }
    // CPU time of this thread since begin(): input, update, drawing and what widgets changed; no waiting.
    void end() {
        m_samples_ms.push_back(static_cast<double>(thread_cpu_ns() - m_begun_ns) / 1e6);
        if (m_samples_ms.size() > k_kept)
            m_samples_ms.erase(m_samples_ms.begin(), m_samples_ms.begin() + k_kept / 2);
        ++m_total;
    }
    [[nodiscard]] std::int64_t total() const { return m_total; }
    // Of the frames since the last take().
    [[nodiscard]] FrameTimes times() {
        FrameTimes times;
        std::ranges::sort(m_samples_ms);
        times.frames = static_cast<std::int64_t>(m_samples_ms.size());
        const auto at = [&](double part) {
            return m_samples_ms.empty() ? 0
                                        : m_samples_ms[static_cast<std::size_t>(
                                              part * static_cast<double>(m_samples_ms.size() - 1))];
        };
        times.p50_ms = at(0.5), times.p95_ms = at(0.95), times.p99_ms = at(0.99), times.worst_ms = at(1);
        return times;
    }
    [[nodiscard]] FrameTimes take() {
        const FrameTimes of_these = times();
        m_samples_ms.clear();
        return of_these;
    }

private:
    static std::int64_t thread_cpu_ns() {
        timespec now{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return now.tv_sec * std::int64_t{1'000'000'000} + now.tv_nsec;
    }
    static constexpr std::size_t k_kept = 20000;
    std::vector<double> m_samples_ms;
    std::int64_t m_begun_ns = 0, m_total = 0;
};

}  // namespace app
