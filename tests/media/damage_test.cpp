// Damaged copies of small films, each from its seed: whatever the bytes are, nothing crashes, hangs or takes
// memory without bound; an error is one sentence; what decodes stays what it is.
// LIMN_DAMAGED_COPIES=10000 makes the hunt long; LIMN_DAMAGE_SEED=n begins at (and, alone, makes only) copy
// n. A copy that breaks something stays in the fixtures' folder under its seed.

#include "damage.h"

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>

#include "fixtures.h"
#include "media/video_source.h"

namespace {

namespace fs = std::filesystem;
using damage::Kind;
using damage::Random;
using media::FrameReader;

constexpr std::uint64_t k_default_copies = 300;  // about ten seconds
constexpr std::chrono::seconds k_longest_copy{60};
// Above what is used before the copy. The sanitizers keep freed memory for a while.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr double k_most_memory_mb = 2500;
#else
constexpr double k_most_memory_mb = 1000;
#endif
constexpr std::size_t k_frames_kept = 40;  // more than a copy has, so that none leaves the cache
constexpr std::int64_t k_torn_frames =
    5;  // at the end of a cut film, those that what is missing would complete

struct Specimen {
    std::string name;  // its ending is a film's
    std::string bytes;
    std::vector<fixtures::ReferenceFrame>
        frames;  // only where cutting the file leaves the frames before alone
};

std::string bytes_of(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

const std::vector<Specimen>& specimens() {
    static const std::vector<Specimen> made = [] {
        const std::string source = fixtures::source(16, "96x64");
        const std::string h264 = source + " -c:v libx264 -preset veryfast -g 6 -bf 2 ";
        const std::string mpeg2 = source + " -c:v mpeg2video -g 6 -bf 2 ";
        const std::pair<const char*, std::string> recipes[] = {
            {"d.mp4", h264},
            {"d-fragments.mp4", h264 + "-movflags frag_keyframe+empty_moov"},
            {"d.mov", source + " -c:v mpeg4 -g 6 -bf 2"},
            {"d.mkv", h264},
            {"d.webm", source + " -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 6"},
            {"d.avi", source + " -c:v mpeg4 -g 6 -bf 2"},
            {"d.ts", h264},
            {"d.vob", mpeg2},
            {"d.flv", source + " -c:v flv1 -g 6"},
            {"d.ogv", source + " -c:v libtheora -g 6"},
            {"d.h264", h264},
            {"d.gif", source},
            {"d.mjpeg", source + " -c:v mjpeg -pix_fmt yuvj420p"},
            {"d.png", fixtures::source(1, "96x64") + " -frames:v 1"},
        };
        std::vector<Specimen> all;
        for (const auto& [name, recipe] : recipes) {
            const fs::path film = fixtures::film(name, recipe);
            all.push_back({name, bytes_of(film), {}});
            if (film.extension() == ".mkv" || film.extension() == ".ts")
                all.back().frames = fixtures::reference(film);
        }
        return all;
    }();
    return made;
}

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// Ends the whole program when one copy takes too long: a hang cannot be reported in any other way.
class Watchdog {
public:
    void begin(std::uint64_t seed) {
        const std::lock_guard lock{m_mutex};
        m_seed = seed;
        m_deadline = std::chrono::steady_clock::now() + k_longest_copy;
        m_changed.notify_all();
    }

private:
    void run(std::stop_token stop) {
        std::unique_lock lock{m_mutex};
        while (!stop.stop_requested()) {
            const auto deadline = m_deadline;
            const bool moved =
                m_changed.wait_until(lock, stop, deadline, [&] { return m_deadline != deadline; });
            if (moved || stop.stop_requested()) continue;
            fmt::print(stderr, "Damaged copy {} takes longer than {} s.\n", m_seed, k_longest_copy.count());
            std::abort();
        }
    }
    std::mutex m_mutex;  // leaf; guards the two below
    std::uint64_t m_seed = 0;
    std::chrono::steady_clock::time_point m_deadline = std::chrono::steady_clock::now() + k_longest_copy;
    std::condition_variable_any m_changed;
    std::jthread m_thread{[this](std::stop_token stop) { run(std::move(stop)); }};
};

double memory_mb(std::string_view field) {  // "VmRSS", or "VmHWM": its peak
    std::ifstream status{"/proc/self/status"};
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(field)) return std::strtod(line.c_str() + field.size() + 1, nullptr) / 1024;
    return 0;
}

struct Tally {
    int opened = 0, refused = 0, frames_read = 0, frames_refused = 0;
    double peak_mb = 0;
};

// One damaged copy, from its file's birth to its end.
class Examination {
public:
    Examination(std::uint64_t seed, Tally& tally);
    // Empty when everything held; then the file is gone.
    [[nodiscard]] std::vector<std::string> run();

private:
    void expect(bool holds, std::string what) {
        if (!holds) m_findings.push_back(std::move(what));
    }
    template <class T>
    void expect_sentence(const base::Result<T>& result) {
        const std::string &text = result.error().message, end = ": " + m_path.string();
        expect(text.size() > end.size() + 20 && text.ends_with(end) && text.find('\n') == std::string::npos,
               "not one sentence with the path last: " + text);
    }
    void look_through(FrameReader& reader);
    void look_at(FrameReader& reader, std::int64_t frame);
    void look_by_source();
    void look_before_cut();

    const Specimen& m_specimen;
    const Kind m_kind;
    Tally& m_tally;
    Random m_random;
    fs::path m_path;
    media::VideoSourceOptions m_options;
    std::map<std::int64_t, std::string> m_known;  // md5 of the frames seen so far
    std::vector<std::string> m_findings;
};

// Every film meets every kind of damage.
Examination::Examination(std::uint64_t seed, Tally& tally)
    : m_specimen{specimens()[seed % specimens().size()]},
      m_kind{static_cast<Kind>(seed / specimens().size() % damage::k_kinds)},
      m_tally{tally},
      m_random{seed},
      m_path{fixtures::folder() / fmt::format("damaged-{}-{}", seed, m_specimen.name)} {
    const auto& all = specimens();
    const std::string& other = all[m_random.below(all.size())].bytes;
    std::ofstream{m_path, std::ios::binary} << damage::damaged(m_specimen.bytes, m_kind, other, m_random);
    m_options.cache_bytes = 8u << 20;
    m_options.decoder_threads = m_random.one_in(4) ? 2 : 1;
}

std::vector<std::string> Examination::run() {
    std::ofstream{"/proc/self/clear_refs"} << "5";  // the peak begins anew
    const double before_mb = memory_mb("VmRSS:");
    auto reader = FrameReader::open(m_path, m_options);
    (reader ? m_tally.opened : m_tally.refused) += 1;
    if (!reader) expect_sentence(reader);
    if (reader) look_through(*reader);
    if (m_random.one_in(8)) look_by_source();
    if (reader && m_kind == Kind::truncated && !m_specimen.frames.empty()) look_before_cut();
    const double used_mb = memory_mb("VmHWM:") - before_mb;
    expect(used_mb < k_most_memory_mb, fmt::format("took {:.0f} MB", used_mb));
    m_tally.peak_mb = std::max(m_tally.peak_mb, used_mb);
    if (m_findings.empty()) fs::remove(m_path);
    return m_findings;
}

void Examination::look_through(FrameReader& reader) {
    const media::VideoInfo& info = reader.info();
    const std::int64_t count = info.frame_count;
    expect(info.width_px > 0 && info.height_px > 0, "no size");
    expect(info.time_base.num > 0 && info.time_base.den > 0, "no time base");
    for (std::int64_t frame = 1; frame < count; ++frame)
        if (reader.pts_of(frame) < reader.pts_of(frame - 1)) {
            expect(false, fmt::format("the time stamp of frame {} goes back", frame));
            break;
        }
    std::vector<std::int64_t> frames{0, count - 1};
    for (int i = 0; i < 4; ++i)
        frames.push_back(static_cast<std::int64_t>(m_random.below(static_cast<std::size_t>(count))));
    for (const std::int64_t frame : frames) look_at(reader, frame);
    std::ranges::reverse(frames);
    for (const std::int64_t frame : frames) look_at(reader, frame);
    const auto decoded = reader.decode_null(0, count);
    expect(decoded && *decoded <= count, "decode_null() gives more pictures than there are, or an error");
    const auto beyond = reader.read(count);
    expect(!beyond, "there is a frame behind the last");
    if (!beyond) expect_sentence(beyond);
}

// What was once given for a frame is given again.
void Examination::look_at(FrameReader& reader, std::int64_t frame) {
    const auto shown = reader.read(frame);
    const auto md5 = reader.md5(frame);
    (md5 ? m_tally.frames_read : m_tally.frames_refused) += 1;
    if (!shown) expect_sentence(shown);
    if (!md5) expect_sentence(md5);
    if (shown) {
        const media::VideoFrame& picture = **shown;
        expect(picture.index == frame && picture.pts == reader.pts_of(frame),
               "a frame with another's number");
        const auto pixels =
            static_cast<std::size_t>(picture.width_px) * static_cast<std::size_t>(picture.height_px);
        if (pixels < 1u << 22)
            expect(media::to_rgba(picture).size() == 4 * pixels, "a picture of another size");
    }
    // A damaged picture that had to leave the cache may be patched up in another way the next time.
    const bool stays = shown && (*shown)->size_bytes < m_options.cache_bytes / k_frames_kept;
    if (md5 && stays)
        expect(m_known.try_emplace(frame, *md5).first->second == *md5,
               fmt::format("frame {} is another picture when asked for again", frame));
}

// The same by the threads of the window; some of the sources die at work.
void Examination::look_by_source() {
    std::mutex mutex;
    std::condition_variable woken;
    bool awake = false;
    media::VideoSourceOptions options = m_options;
    options.wakeup = [&] {
        const std::lock_guard lock{mutex};
        awake = true;
        woken.notify_all();
    };
    media::VideoSource source{m_path, options};
    for (int i = 0; i < 3; ++i) {
        source.request(static_cast<std::int64_t>(m_random.below(20)),
                       static_cast<int>(m_random.below(3)) - 1);
        if (m_random.one_in(4)) return;
        for (std::optional<base::Result<media::FramePtr>> got; !got;) {  // the watchdog bounds the wait
            std::unique_lock lock{mutex};
            woken.wait_for(lock, std::chrono::milliseconds{100}, [&] { return std::exchange(awake, false); });
            lock.unlock();
            got = source.poll();
            if (got && !*got) expect_sentence(*got);
        }
    }
}

// Frames whose packets lie whole before the cut are those of the whole film, in whatever order they are
// asked.
void Examination::look_before_cut() {
    media::VideoSourceOptions options = m_options;
    options.cache_bytes = 1;  // every frame is decoded again
    auto reader = FrameReader::open(m_path, options);
    if (!reader) return expect(false, "opens once, but not twice");
    const std::int64_t sound = reader->info().frame_count - k_torn_frames;
    for (std::int64_t i = 0; i < sound; ++i) {
        const auto frame = static_cast<std::int64_t>(m_random.below(static_cast<std::size_t>(sound)));
        const auto& expected = m_specimen.frames.at(static_cast<std::size_t>(frame));
        expect(reader->pts_of(frame) == expected.pts && reader->md5(frame).value_or("") == expected.md5,
               fmt::format("frame {}, from before the cut, is not the whole film's", frame));
    }
}

}  // namespace

TEST_CASE("damaged_films_never_crash_hang_or_take_memory_without_bound") {
    const bool one_seed = std::getenv("LIMN_DAMAGE_SEED") != nullptr;
    const std::uint64_t first = number_from("LIMN_DAMAGE_SEED", 0);
    const std::uint64_t copies = number_from("LIMN_DAMAGED_COPIES", one_seed ? 1 : k_default_copies);
    Watchdog watchdog;
    Tally tally;
    for (std::uint64_t seed = first; seed < first + copies; ++seed) {
        watchdog.begin(seed);
        for (const std::string& finding : Examination{seed, tally}.run())
            FAIL_CHECK("LIMN_DAMAGE_SEED=" << seed << ": " << finding);
    }
    CHECK(tally.opened > 0);
    MESSAGE(copies << " copies: " << tally.opened << " opened, " << tally.refused << " refused; "
                   << tally.frames_read << " frames read, " << tally.frames_refused << " refused; at most "
                   << static_cast<int>(tally.peak_mb) << " MB");
}
