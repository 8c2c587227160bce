// One step back, as with the key: from asking to the exact picture.

#include "bench.h"
#include "fixtures.h"
#include "peers.h"
#include "source_bench.h"

namespace bench {

namespace {

// Stepping back from the last frame but a few, one by one, as with the key.
void add_step_back_rows(Part& part, const fs::path& film) {
    constexpr std::int64_t k_from = 470, k_steps = 40;
    TimedSource source{film};
    source.wait_for_index();
    source.secs_to_exact_picture(k_from);
    media::FrameReader reader = must(media::FrameReader::open(film));
    std::vector<double> own;
    std::vector<AskedFrame> asked;
    for (std::int64_t frame = k_from; frame >= k_from - k_steps; --frame) {
        asked.push_back({frame, reader.pts_of(frame), static_cast<double>(frame) / 25});
        if (frame < k_from) own.push_back(source.secs_to_exact_picture(frame));
    }
    add_rows_beside_peers(part, "1080p, GOP 250: one step back, mean", own, Way::step_back, film, asked);
}

}  // namespace

void bench_step_back(Part& part) {
    const fs::path film = wide_film(part.folder());
    add_step_back_rows(part, film);
}

}  // namespace bench
