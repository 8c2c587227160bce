// What the whole program holds at its peak while somebody scrubs through ten hours of 1080p.

#include <fstream>
#include <random>

#include <rapidjson/document.h>
#include <rapidjson/istreamwrapper.h>

#include "bench.h"
#include "fixtures.h"
#include "process.h"

namespace bench {

namespace {

constexpr double k_beside_cache_bytes = 300e6;  // for the index, the decoder, textures and everything else

double cache_budget_in(const fs::path& file) {
    std::ifstream in{file};
    rapidjson::IStreamWrapper stream{in};
    rapidjson::Document state;
    state.ParseStream(stream);
    if (state.HasParseError() || !state.HasMember("counters"))
        give_up("The window wrote no state: " + file.string());
    return state["counters"]["budget_bytes"].GetDouble();
}

}  // namespace

void bench_memory(Part& part) {
    const fs::path film = ten_wide_hours_mp4(part.folder());
    const fs::path steps = part.folder() / "scrub-memory.txt", state = part.folder() / "scrub-memory.json";
    std::mt19937 random{13};
    std::string script = "wait idle\n";
    for (int i = 0; i < 40; ++i)
        script += fmt::format("goto {}\nwait idle\n", random() % (unsigned{k_hour_frames} * 10));
    write_file(steps, script + "state " + state.string() + "\nquit\n");
    fs::remove(fs::path{film}.replace_extension(".limn"));
    const Ran ran = run(limn({"--script", steps.string(), "--size", "1440x900", film.string()}));
    const double limit = cache_budget_in(state) + k_beside_cache_bytes;
    part.add({"10 h 1080p, scrubbed: memory at its peak", in_mb(ran.peak_rss_bytes),
              in_mb(limit) + " cache budget + 300 MB", times(ran.peak_rss_bytes / limit), "≤ 1.00x",
              met_if(ran.peak_rss_bytes <= limit)});
}

}  // namespace bench
