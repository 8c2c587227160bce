// The hand on the time line: from asking for a frame to a picture.

#include <random>

#include "bench.h"
#include "fixtures.h"
#include "peers.h"
#include "source_bench.h"

namespace bench {

namespace {

// Scrub latency: what is shown first, a stand-in where the source has one, else the exact frame.
void add_scrub_latency_row(Part& part, const fs::path& film) {
    TimedSource source{film};
    source.wait_for_index();
    source.secs_to_exact_picture(0);
    std::mt19937 random{11};
    std::vector<double> first;
    for (int i = 0; i < 24; ++i)
        first.push_back(
            source.secs_to_any_picture(static_cast<std::int64_t>(random() % unsigned{k_wide_frames})));
    part.add({"1080p, GOP 250: scrub, first picture of a random frame", mean_and_p95(first),
              "one frame at 25 fps, 40 ms", times(mean(first) / 40e-3), "", Verdict::none});
}

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

void bench_scrub(Part& part) {
    const fs::path film = wide_film(part.folder());
    add_scrub_latency_row(part, film);
    add_step_back_rows(part, film);
}

}  // namespace bench
