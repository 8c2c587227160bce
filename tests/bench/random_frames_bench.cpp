// Any frame, exactly: what it costs beside decoding from the keyframe before it and beside other programs,
// and that it is the right one.

#include <random>

#include "bare_decoder.h"
#include "bench.h"
#include "fixtures.h"
#include "media/video_source.h"
#include "peers.h"

namespace bench {

namespace {

constexpr std::size_t k_one_frame_only = 1;  // bytes of cache: too few for more than the newest frame

media::FrameReader open(const fs::path& film, std::size_t cache_bytes) {
    media::VideoSourceOptions options;
    options.cache_bytes = cache_bytes;
    return must(media::FrameReader::open(film, options));
}

// 1 when the frame is not what ffmpeg says it is.
int wrong(media::FrameReader& reader, const std::vector<ReferenceFrame>& reference, std::int64_t frame) {
    const ReferenceFrame& right = reference[static_cast<std::size_t>(frame)];
    return must(reader.md5(frame)) != right.md5 || reader.pts_of(frame) != right.pts;
}

struct Count {
    int checked = 0, wrong = 0;
};

// Frames at least five behind one another, so that none continues from where the decoder stands.
std::vector<std::int64_t> scattered(std::int64_t frames, int count) {
    std::mt19937 random{7};
    std::vector<std::int64_t> list;
    for (int i = 0; i < count; ++i) {
        std::int64_t next = 0;
        do {
            next = static_cast<std::int64_t>(random() % static_cast<unsigned>(frames));
        } while (!list.empty() && next >= list.back() - 5 && next / 250 == list.back() / 250);
        list.push_back(next);
    }
    return list;
}

void add_cost_rows(Part& part, int gop, Count& count) {
    const fs::path film = wide_film(part.folder(), gop);
    const auto reference = reference_frames(film);
    if (reference.size() != k_wide_frames) give_up("ffmpeg finds another number of frames in its own film.");
    media::FrameReader reader = open(film, k_one_frame_only);
    BareDecoder bare{film};
    std::vector<double> own, peer;
    std::vector<AskedFrame> asked{{0, reader.pts_of(0), 0}};
    for (const std::int64_t frame : scattered(k_wide_frames, 16)) {
        const std::int64_t pts = reader.pts_of(frame);
        asked.push_back({frame, pts, static_cast<double>(frame) / 25});
        peer.push_back(secs_of(wall_secs, [&] { bare.decode(pts); }));
        own.push_back(secs_of(wall_secs, [&] { must(reader.read(frame)); }));
        count.wrong += wrong(reader, reference, frame);
        ++count.checked;
    }
    const std::string what = fmt::format("1080p, GOP {}: a random exact frame, mean", gop);
    part.add({what, mean_and_p95(own), mean_and_p95(peer) + " from its keyframe",
              times(mean(own) / mean(peer)), "≤ 1.10x", met_if(mean(own) <= 1.1 * mean(peer))});
    add_rows_beside_peers(part, what, own, Way::seek, film, asked);
}

void add_cached_row(Part& part, const fs::path& film, const std::vector<ReferenceFrame>& reference,
                    Count& count) {
    constexpr int k_frames = 100;
    media::FrameReader reader = open(film, std::size_t{1} << 30);
    for (int frame = 0; frame < k_frames; ++frame) must(reader.read(frame));
    std::mt19937 random{8};
    std::vector<double> secs;
    for (int i = 0; i < 1000; ++i) {
        const std::int64_t frame = random() % k_frames;
        secs.push_back(secs_of(wall_secs, [&] { must(reader.read(frame)); }));
        if (i % 10 != 0) continue;
        count.wrong += wrong(reader, reference, frame);
        ++count.checked;
    }
    const double p50 = percentile(secs, 0.5), p99 = percentile(secs, 0.99);
    part.add({"a random frame inside the cache, p99", in_ms(p99), "p50 " + in_ms(p50), "", "≤ 1 ms",
              met_if(p99 <= 1e-3)});
}

}  // namespace

void bench_random_frames(Part& part) {
    Count count;
    const fs::path wide = wide_film(part.folder()), tricky = tricky_film(part.folder());
    const auto tricky_reference = reference_frames(tricky);
    for (const int gop : {12, 48, 250}) add_cost_rows(part, gop, count);
    add_cached_row(part, wide, reference_frames(wide), count);
    media::FrameReader reader = open(tricky, k_one_frame_only);
    for (const std::int64_t frame : scattered(static_cast<std::int64_t>(tricky_reference.size()), 150)) {
        count.wrong += wrong(reader, tricky_reference, frame);
        ++count.checked;
    }
    part.add({"wrong frames, by md5 and pts", fmt::format("{} of {}", count.wrong, count.checked),
              "ffmpeg -f framemd5", "", "0", met_if(count.wrong == 0)});
    if (count.wrong != 0) part.does_not_work(fmt::format("{} frames are not what ffmpeg says.", count.wrong));
}

}  // namespace bench
