// From nothing to the first picture, and how fast an index grows where the file has none.

#include <condition_variable>
#include <mutex>

#include "bench.h"
#include "fixtures.h"
#include "media/video_source.h"
#include "process.h"

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
    std::mutex mutex;
    std::condition_variable woken;
    media::VideoSourceOptions options;
    options.wakeup = [&] { woken.notify_all(); };
    const double begin = wall_secs();
    media::VideoSource source{film, options};
    source.request(0);
    std::unique_lock lock{mutex};
    for (;;) {
        if (const auto frame = source.poll()) {
            must(*frame);
            return wall_secs() - begin;
        }
        woken.wait_for(lock, std::chrono::milliseconds{1});
    }
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
    part.add({"10 h MP4: open to first frame", in_secs(own), in_secs(peer) + " ffmpeg -frames:v 1",
              times(own / peer), "≤ 0.5 s", met_if(own <= 0.5)});
}

void add_index_row(Part& part, const fs::path& film) {
    double frames = 0;
    const auto index = [&] {
        return secs_of(wall_secs, [&] {
            frames = static_cast<double>(must(media::FrameReader::open(film)).info().frame_count);
        });
    };
    const auto ffmpeg = [&] {
        return secs_of_ffmpeg(film, {"-map", "0:v:0", "-c", "copy", "-f", "null", "-"});
    };
    const Duel duel = alternate(3, index, ffmpeg);
    const double own = frames / median(duel.own), peer = frames / median(duel.peer);
    if (frames < k_hour_frames * 10)
        part.does_not_work(fmt::format("The index holds {} frames of {}.", frames, k_hour_frames * 10));
    part.add({"10 h MKV: packets indexed a second", fmt::format("{:.0f}k/s", own / 1e3),
              fmt::format("{:.0f}k/s ffmpeg -c copy", peer / 1e3), times(own / peer), "≥ 50k/s",
              met_if(own >= 50e3)});
}

}  // namespace

void bench_open(Part& part) {
    const fs::path wide = wide_film(part.folder()), long_mp4 = ten_hours_mp4(part.folder());
    add_program_row(part, "1080p clip: program start to first picture", wide, 0);
    add_program_row(part, "10 h MP4: program start to first picture", long_mp4, 0.5);
    add_source_row(part, long_mp4);
    add_index_row(part, ten_hours_mkv(part.folder()));
}

}  // namespace bench
