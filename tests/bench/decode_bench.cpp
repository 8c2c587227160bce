// Every frame in order, decoded and dropped.

#include "bench.h"
#include "fixtures.h"
#include "peers.h"
#include "process.h"

namespace bench {

// Both choose their number of threads themselves, which is libavcodec's choice and thus the same.
void bench_decode(Part& part) {
    const fs::path film = wide_film(part.folder());
    std::vector<double> own_cpu, peer_cpu;
    const auto timed = [](const Words& words, std::vector<double>& cpu) {
        const Ran ran = run(words);
        cpu.push_back(ran.cpu_secs);
        return ran.secs;
    };
    const Duel duel = alternate(
        5, [&] { return timed(limn({"frames", film.string(), "--null"}), own_cpu); },
        [&] {
            return timed({"ffmpeg", "-v", "error", "-nostdin", "-i", film.string(), "-f", "null", "-"},
                         peer_cpu);
        });
    const double own = k_wide_frames / median(duel.own), peer = k_wide_frames / median(duel.peer);
    part.add({"1080p H.264: every frame in order",
              fmt::format("{:.0f} fps, {} CPU", own, in_secs(median(own_cpu))),
              fmt::format("{:.0f} fps, {} CPU ffmpeg -f null", peer, in_secs(median(peer_cpu))),
              times(own / peer), "≥ 0.95x", met_if(own >= 0.95 * peer)});
    for (const Peer each : k_peers) {
        Row row{.what = "1080p H.264: every frame in order", .figure = fmt::format("{:.0f} fps", own)};
        if (const auto secs = secs_to_decode(each, film)) {
            row.peer = fmt::format("{:.0f} fps {}", k_wide_frames / *secs, name_of(each));
            row.ratio = times(own / (k_wide_frames / *secs));
        }
        part.add(row);
    }
}

}  // namespace bench
