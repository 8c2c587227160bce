// From nothing to the first picture, and how fast an index grows where the file has none.

#include "base/file.h"
#include "bench.h"
#include "fixtures.h"
#include "media/video_source.h"
#include "process.h"
#include "source_bench.h"

namespace bench {

namespace {

constexpr int k_rounds = 5;

double secs_of_ffmpeg(const fs::path& film, const Words& what) {
    Words words{"ffmpeg", "-v", "error", "-nostdin", "-i", film.string()};
    words.insert(words.end(), what.begin(), what.end());
    return run(words).secs;
}

// The whole program without a display, as on the first day: no project beside the film yet.
double secs_to_first_picture(const fs::path& folder, const fs::path& film) {
    fs::remove(fs::path{film}.replace_extension(".limn"));
    fs::remove(film.string() + ".limn");
    const fs::path steps = folder / "first-picture.txt";
    write_file(steps, "wait idle\nprint shown\nquit\n");
    return secs_until_line(limn({"--script", steps.string(), "--size", "1440x900", film.string()}), "shown");
}

// What the window's VideoSource does of that.
double secs_of_source(const fs::path& film) {
    const double begin = wall_secs();
    TimedSource{film}.secs_to_exact_picture(0);
    return wall_secs() - begin;
}

void add_program_row(Part& part, const std::string& what, const fs::path& film, double target_secs) {
    const Duel duel = alternate(
        k_rounds, [&] { return secs_to_first_picture(part.folder(), film); },
        [&] { return secs_of_ffmpeg(film, {"-frames:v", "1", "-f", "null", "-"}); });
    const double own = median(duel.own), peer = median(duel.peer);
    part.add({what, in_secs(own), in_secs(peer) + " ffmpeg -frames:v 1", times(own / peer),
              target_secs > 0 ? "≤ " + in_secs(target_secs) : "",
              target_secs > 0 ? met_if(own <= target_secs) : Verdict::none});
}

void add_source_row(Part& part, const fs::path& film) {
    const Duel duel = alternate(
        k_rounds, [&] { return secs_of_source(film); },
        [&] { return secs_of_ffmpeg(film, {"-frames:v", "1", "-f", "null", "-"}); });
    const double own = median(duel.own), peer = median(duel.peer);
    part.add({"10 h 1080p MP4: open to first frame", in_secs(own), in_secs(peer) + " ffmpeg -frames:v 1",
              times(own / peer), "≤ 0.5 s", met_if(own <= 0.5)});
}

struct Indexed {
    std::string what;
    fs::path film;
    std::int64_t frames = 0;
    int rounds = 3;
};

void add_index_row(Part& part, const Indexed& indexed) {
    std::int64_t frames = 0;
    const auto index = [&] {
        fs::remove_all(base::cache_dir() / "index");  // an index kept from the last round is not made again
        return secs_of(wall_secs,
                       [&] { frames = must(media::FrameReader::open(indexed.film)).info().frame_count; });
    };
    const auto ffmpeg = [&] {
        return secs_of_ffmpeg(indexed.film, {"-map", "0:v:0", "-c", "copy", "-f", "null", "-"});
    };
    const Duel duel = alternate(indexed.rounds, index, ffmpeg);
    const double own = static_cast<double>(indexed.frames) / median(duel.own);
    const double peer = static_cast<double>(indexed.frames) / median(duel.peer);
    if (frames != indexed.frames)
        part.does_not_work(
            fmt::format("{}: the index holds {} frames of {}.", indexed.what, frames, indexed.frames));
    part.add({indexed.what + ": packets indexed a second", fmt::format("{:.0f}k/s", own / 1e3),
              fmt::format("{:.0f}k/s ffmpeg -c copy", peer / 1e3), times(own / peer), "≥ 50k/s",
              met_if(own >= 50e3)});
}

}  // namespace

void bench_open(Part& part) {
    const fs::path wide = wide_film(part.folder()), long_mp4 = ten_wide_hours_mp4(part.folder());
    add_program_row(part, "1080p clip: program start to first picture", wide, 0);
    add_program_row(part, "10 h 1080p MP4: program start to first picture", long_mp4, 0.5);
    add_source_row(part, long_mp4);
    const fs::path& folder = part.folder();
    add_index_row(part, {"10 h MKV", ten_hours_mkv(folder), k_hour_frames * 10});
    add_index_row(part, {"1 h TS", hour_ts(folder), k_hour_frames});
    add_index_row(part, {"1 h AVI", hour_avi(folder), k_hour_frames});
    add_index_row(part, {"1 h fragmented MP4", hour_fragmented_mp4(folder), k_hour_frames});
}

}  // namespace bench
