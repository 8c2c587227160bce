// What the window's thread works on a frame while somebody scrubs, as its own `state` tells.

#include <fstream>
#include <random>

#include <rapidjson/document.h>
#include <rapidjson/istreamwrapper.h>

#include "bench.h"
#include "fixtures.h"
#include "process.h"

namespace bench {

namespace {

struct Scrub {
    std::string what;
    fs::path project;
    std::vector<int> frames;
    double target_secs = 8e-3;
    int least_shown = 0;  // labels on the last frame
};

struct Times {
    std::int64_t frames = 0, shown = 0;
    double p50_ms = 0, p99_ms = 0, cached_bytes = 0, budget_bytes = 0;
};

std::string script_of(const Scrub& scrub, const fs::path& state) {
    // The first `state` starts the count anew; what it costs itself is not in it.
    std::string steps = "wait idle\nstate " + state.string() + "\n";
    for (const int frame : scrub.frames) steps += fmt::format("goto {}\nwait idle\n", frame);
    return steps + "state " + state.string() + "\nquit\n";
}

Times times_in(const fs::path& file) {
    std::ifstream in{file};
    rapidjson::IStreamWrapper stream{in};
    rapidjson::Document state;
    state.ParseStream(stream);
    if (state.HasParseError() || !state.HasMember("frame_ms"))
        give_up("The window wrote no state: " + file.string());
    Times times;
    times.frames = state["frame_ms"]["frames"].GetInt64();
    times.p50_ms = state["frame_ms"]["p50"].GetDouble();
    times.p99_ms = state["frame_ms"]["p99"].GetDouble();
    times.shown = state["document"]["shown"].Size();
    times.cached_bytes = state["counters"]["cached_bytes"].GetDouble();
    times.budget_bytes = state["counters"]["budget_bytes"].GetDouble();
    return times;
}

Times run_scrub(const fs::path& folder, const Scrub& scrub) {
    const fs::path steps = folder / "scrub.txt", state = folder / "scrub.json";
    write_file(steps, script_of(scrub, state));
    run(limn({"--script", steps.string(), "--size", "1440x900", scrub.project.string()}));
    return times_in(state);
}

void add_scrub(Part& part, const Scrub& scrub) {
    const Times times = run_scrub(part.folder(), scrub);
    if (times.shown < scrub.least_shown)
        part.does_not_work(
            fmt::format("{}: {} labels are shown, not {}.", scrub.what, times.shown, scrub.least_shown));
    part.add({scrub.what, fmt::format("p50 {:.2f}, p99 {:.2f} ms", times.p50_ms, times.p99_ms),
              fmt::format("one frame, {:.0f} ms", scrub.target_secs * 1e3),
              bench::times(times.p99_ms / (scrub.target_secs * 1e3)),
              fmt::format("p99 ≤ {:.0f} ms", scrub.target_secs * 1e3),
              met_if(times.p99_ms <= scrub.target_secs * 1e3)});
    if (times.cached_bytes > times.budget_bytes)
        part.does_not_work(fmt::format("{}: the frame cache is over its budget.", scrub.what));
}

// A hand that drags the time line: on, and back over what is in memory.
std::vector<int> to_and_fro() {
    std::vector<int> frames;
    for (int frame = 2; frame < 480; frame += 6) frames.push_back(frame);
    for (int frame = 470; frame > 330; frame -= 6) frames.push_back(frame);
    return frames;
}

std::vector<int> all_over(int frames, int count) {
    std::mt19937 random{9};
    std::vector<int> list;
    for (int i = 0; i < count; ++i)
        list.push_back(static_cast<int>(random() % static_cast<unsigned>(frames)));
    return list;
}

}  // namespace

void bench_window(Part& part) {
    const fs::path wide = wide_film(part.folder());
    add_scrub(part, {"window: scrub 1080p, CPU a frame", wide, to_and_fro()});
    add_scrub(part, {"window: scrub 1080p, 1,000 boxes in view",
                     labelled_project(part.folder(), "thousand-at-once", wide, k_thousand_at_once),
                     to_and_fro(), 8e-3, k_thousand_at_once.tracks});
    add_scrub(part, {"window: scrub 10 h with 10k x 100 labels", million_project(part.folder()),
                     all_over(k_million.tracks * k_million.start_step, 120), 4e-3, 10});
}

}  // namespace bench
