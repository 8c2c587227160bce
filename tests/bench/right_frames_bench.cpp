// Whether frame N is frame N: of ours and of what others make of the same numbers.

#include <algorithm>
#include <random>

#include "bench.h"
#include "fixtures.h"
#include "media/video_source.h"
#include "peers.h"

namespace bench {

namespace {

constexpr int k_asked = 60;

int own_wrong(const fs::path& film, const std::vector<ReferenceFrame>& truth,
              const std::vector<AskedFrame>& asked) {
    media::VideoSourceOptions options;
    options.cache_bytes = 1;  // every frame is decoded anew
    media::FrameReader reader = must(media::FrameReader::open(film, options));
    if (reader.info().frame_count != static_cast<std::int64_t>(truth.size())) return k_asked;
    return static_cast<int>(std::ranges::count_if(asked, [&](const AskedFrame& each) {
        const ReferenceFrame& right = truth[static_cast<std::size_t>(each.frame)];
        return must(reader.md5(each.frame)) != right.md5 || reader.pts_of(each.frame) != right.pts;
    }));
}

void add_row(Part& part, const NamedFilm& film) {
    const auto truth = reference_frames(film.path);
    std::mt19937 random{12};
    std::vector<AskedFrame> asked;
    for (int i = 0; i < k_asked; ++i) {
        const auto frame = static_cast<std::int64_t>(random() % truth.size());
        asked.push_back({frame, truth[static_cast<std::size_t>(frame)].pts, 0});
    }
    const int own = own_wrong(film.path, truth, asked);
    std::string peers;
    for (const Peer peer : {Peer::opencv, Peer::pyav})
        if (const auto wrong = wrong_frames(peer, film.path, asked, part.folder()))
            peers += fmt::format("{}{} {}", peers.empty() ? "" : ", ", *wrong, name_of(peer));
    part.add({fmt::format("wrong frames of {}: {}", k_asked, film.what), std::to_string(own), peers, "", "0",
              met_if(own == 0)});
    if (own != 0) part.does_not_work(fmt::format("{}: {} frames are not what ffmpeg says.", film.what, own));
}

}  // namespace

void bench_right_frames(Part& part) {
    for (const NamedFilm& film : films_to_mistake(part.folder())) add_row(part, film);
}

}  // namespace bench
