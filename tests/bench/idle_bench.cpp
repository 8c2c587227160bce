// What a window on a display does, and holds in memory, while nobody touches it.

#include <chrono>
#include <optional>
#include <thread>

#include "bench.h"
#include "fixtures.h"
#include "process.h"

namespace bench {

namespace {

constexpr double k_watched_secs = 2;

void pause_secs(double secs) { std::this_thread::sleep_for(std::chrono::duration<double>{secs}); }

// Until the main thread has not woken for a second, that is, until everything has come and is drawn.
Usage usage_when_settled(const Process& process) {
    Usage before = usage_of(process.id());
    for (double waited = 0, quiet = 0; quiet < 1; waited += 0.1) {
        if (waited > 60) give_up("The window does not come to rest within a minute.");
        pause_secs(0.1);
        const Usage now = usage_of(process.id());
        const bool rests = now.main_thread_sleeps && now.main_thread_waits == before.main_thread_waits &&
                           now.cpu_secs == before.cpu_secs && now.cpu_secs > 0.05;
        quiet = rests ? quiet + 0.1 : 0;
        before = now;
    }
    return before;
}

struct Idle {
    std::int64_t wakes = 0;
    double cpu_secs = 0, rss_bytes = 0;
};

// A window that did not wake cannot have drawn.
Idle idle_of(const std::string& display, const fs::path& what) {
    Process window{limn({what.string()}), {{"DISPLAY", ":" + display}}};
    const Usage begin = usage_when_settled(window);
    pause_secs(k_watched_secs);
    const Usage end = usage_of(window.id());
    if (end.rss_bytes == 0) give_up("The window is gone: " + window.rest());
    window.ask_to_end();
    window.wait();
    return {end.main_thread_waits - begin.main_thread_waits, end.cpu_secs - begin.cpu_secs, end.rss_bytes};
}

}  // namespace

void bench_idle(Part& part) {
    if (!is_installed("Xvfb")) {
        part.add({"window at rest", "not measured", "Xvfb is not installed", "", "0 redraws", Verdict::none});
        return;
    }
    Process server{{"Xvfb", "-displayfd", "1", "-screen", "0", "1600x1000x24", "-nolisten", "tcp"}};
    std::optional<std::string> display;
    while ((display = server.next_line()) && display->find_first_not_of("0123456789") != std::string::npos) {
    }
    if (!display) give_up("Xvfb does not start.");
    const Idle small = idle_of(*display, wide_film(part.folder()));
    const Idle large = idle_of(*display, ten_hours_mp4(part.folder()));
    const Idle labelled = idle_of(*display, million_project(part.folder()));
    const std::int64_t wakes = small.wakes + large.wakes + labelled.wakes;
    part.add({fmt::format("window at rest: wake-ups in 3 x {:.0f} s", k_watched_secs), std::to_string(wakes),
              in_ms(small.cpu_secs + large.cpu_secs + labelled.cpu_secs) + " CPU", "", "0 redraws",
              met_if(wakes == 0)});
    part.add({"window at rest: memory with 10 h open", in_mb(large.rss_bytes),
              in_mb(small.rss_bytes) + " with 20 s", times(large.rss_bytes / small.rss_bytes), "",
              Verdict::none});
    part.add({"  and with 10k x 100 labels", in_mb(labelled.rss_bytes), in_mb(small.rss_bytes) + " with 20 s",
              times(labelled.rss_bytes / small.rss_bytes), "", Verdict::none});
    server.ask_to_end();
    server.wait();
}

}  // namespace bench
