// Files that are not what their names or headers say, or that change while they are open.

#include <fstream>
#include <thread>

#include <sys/stat.h>

#include "fixtures.h"
#include "media/video_source.h"

namespace {

using base::ErrorKind;
using media::FrameReader;
namespace fs = std::filesystem;

constexpr std::size_t k_one_frame_only = 1;  // bytes of cache: nothing comes from memory

std::string bytes_of(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

fs::path written(const std::string& name, const std::string& bytes) {
    const fs::path path = fixtures::folder() / fmt::format("{}-{}", getpid(), name);
    std::ofstream{path, std::ios::binary} << bytes;
    return path;
}

fs::path film(const std::string& name) {
    return fixtures::film(name, fixtures::source(40, "96x64") + " -c:v libx264 -preset veryfast -g 12 -bf 2");
}

template <class T>
void check_sentence(const base::Result<T>& result, const fs::path& path) {
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().message.ends_with(": " + path.string()));
    CHECK(result.error().message.find('\n') == std::string::npos);
}

// `number` as a big-endian value of `width` bytes, `behind` bytes after the first `mark`.
std::string with_number(std::string bytes, const std::string& mark, std::size_t behind, std::uint64_t number,
                        std::size_t width) {
    const std::size_t at = bytes.find(mark);
    REQUIRE(at != std::string::npos);
    for (std::size_t i = 0; i < width; ++i)
        bytes[at + mark.size() + behind + i] = static_cast<char>(number >> 8 * (width - 1 - i));
    return bytes;
}

double peak_memory_mb() {
    std::ifstream status{"/proc/self/status"};
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) return std::strtod(line.c_str() + 6, nullptr) / 1024;
    return 0;
}

// Right, or refused in a sentence; never another picture.
int frames_right(FrameReader& reader, const std::vector<fixtures::ReferenceFrame>& expected,
                 const fs::path& path) {
    int right = 0;
    for (const std::int64_t frame : {30, 2, 39, 11, 25, 0, 38, 12}) {
        CAPTURE(frame);
        const auto md5 = reader.md5(frame);
        if (!md5) check_sentence(md5, path);
        if (md5) CHECK(*md5 == expected.at(static_cast<std::size_t>(frame)).md5);
        right += md5.has_value();
    }
    return right;
}

}  // namespace

TEST_CASE("a_film_opens_whatever_its_name_ends_in") {
    const std::pair<const char*, const char*> names[] = {
        {"odd.mkv", "matroska.mp4"}, {"odd.mp4", "mp4.mkv"}, {"odd.ts", "ts.avi"}, {"odd.mkv", "no-ending"}};
    for (const auto& [real, name] : names) {
        const fs::path path = written(name, bytes_of(film(real)));
        CAPTURE(name);
        auto reader = FrameReader::open(path);
        REQUIRE(reader.has_value());
        CHECK(reader->info().frame_count == 40);
        CHECK(reader->md5(21).value() == fixtures::reference(film(real)).at(21).md5);
        fs::remove(path);
    }
}

TEST_CASE("pipes_and_devices_are_refused_at_once") {
    const fs::path pipe = fixtures::folder() / fmt::format("pipe-{}.mp4", getpid());
    fs::remove(pipe);
    REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
    for (const fs::path& path :
         {pipe, fs::path{"/dev/zero"}, fs::path{"/dev/null"}, fs::path{"/dev/urandom"}}) {
        CAPTURE(path.string());
        const auto reader = FrameReader::open(path);
        check_sentence(reader, path);
        CHECK(reader.error().kind == ErrorKind::malformed);
    }
    fs::remove(pipe);
}

TEST_CASE("a_file_that_may_not_be_read_says_so") {
    if (geteuid() == 0) return;  // who may read everything
    const fs::path path = written("secret.mp4", bytes_of(film("odd.mp4")));
    fs::permissions(path, fs::perms::none);
    const auto reader = FrameReader::open(path);
    check_sentence(reader, path);
    CHECK(reader.error().kind == ErrorKind::io);
    fs::remove(path);
}

TEST_CASE("a_rate_or_clock_of_zero_neither_divides_nor_hangs") {
    const std::string mp4 = bytes_of(film("odd.mp4")), mkv = bytes_of(film("odd.mkv"));
    const std::string avi =
        bytes_of(fixtures::film("odd.avi", fixtures::source(40, "96x64") + " -c:v mpeg4 -g 12 -bf 0"));
    const std::pair<const char*, std::string> copies[] = {
        {"mvhd.mp4", with_number(mp4, "mvhd", 12, 0, 4)},              // clock of the film
        {"mdhd.mp4", with_number(mp4, "mdhd", 12, 0, 4)},              // clock of the track
        {"stts.mp4", with_number(mp4, "stts", 12, 0, 4)},              // every picture takes no time
        {"scale.mkv", with_number(mkv, "\x2A\xD7\xB1\x83", 0, 0, 3)},  // TimestampScale
        {"rate.avi", with_number(avi, "vids", 20, 0, 4)},
        {"scale.avi", with_number(avi, "vids", 16, 0, 4)},
    };
    for (const auto& [name, bytes] : copies) {
        CAPTURE(name);
        const fs::path path = written(name, bytes);
        auto reader = FrameReader::open(path);
        if (!reader) {
            check_sentence(reader, path);
            continue;
        }
        CHECK(reader->info().time_base.num > 0);
        CHECK(reader->info().time_base.den > 0);
        CHECK(reader->info().duration_secs >= 0);
        for (const std::int64_t frame : {39, 0, 20}) {
            const auto shown = reader->read(frame);
            if (!shown) check_sentence(shown, path);
        }
        media::VideoSource source{path, {}};
        CHECK(source.secs_of(5) >= 0);
        fs::remove(path);
    }
}

TEST_CASE("absurd_sizes_are_refused_without_their_memory") {
    const fs::path still = fixtures::film("odd.png", fixtures::source(1, "96x64") + " -frames:v 1");
    const std::string png = bytes_of(still), mp4 = bytes_of(film("odd.mp4"));
    const std::string raw = bytes_of(
        fixtures::film("odd-raw.mov", fixtures::source(3, "32x32") + " -c:v rawvideo -pix_fmt uyvy422"));
    std::string large_frame = with_number(raw, "2vuy", 24, 0xFFFFFFFF, 4);
    const std::pair<const char*, std::string> copies[] = {
        {"large.png", with_number(png, "IHDR", 0, 0x0000FFFF0000FFFF, 8)},
        {"larger.png", with_number(png, "IHDR", 0, 0x7FFFFFFF7FFFFFFF, 8)},
        {"large-track.mp4", with_number(mp4, "avc1", 24, 0xFFFFFFFF, 4)},
        {"large-frames.mov", large_frame},
        {"many-sizes.mp4", with_number(mp4, "stsz", 8, 0xFFFFFFFF, 4)},
        {"many-of-one-size.mov", with_number(raw, "stsz", 8, 0x0FFFFFFF, 4)},
        {"many-in-a-chunk.mov", with_number(raw, "stsc", 12, 0x0FFFFFFF, 4)},
    };
    std::ofstream{"/proc/self/clear_refs"} << "5";  // the peak begins anew
    const double before_mb = peak_memory_mb();
    for (const auto& [name, bytes] : copies) {
        CAPTURE(name);
        const fs::path path = written(name, bytes);
        auto reader = FrameReader::open(path, {.decoder_threads = 1});
        if (!reader) check_sentence(reader, path);
        if (reader)
            if (const auto shown = reader->read(0); !shown) check_sentence(shown, path);
        fs::remove(path);
    }
    CHECK(peak_memory_mb() - before_mb < 600);
}

TEST_CASE("a_film_deleted_while_open_goes_on_or_says_so") {
    for (const char* name : {"odd.mp4", "odd.mkv", "odd.ts"}) {
        CAPTURE(name);
        const auto expected = fixtures::reference(film(name));
        const fs::path path = written(name, bytes_of(film(name)));
        auto reader = FrameReader::open(path, {.cache_bytes = k_one_frame_only});
        REQUIRE(reader.has_value());
        REQUIRE(reader->md5(5).value() == expected.at(5).md5);
        fs::remove(path);
        CHECK(frames_right(*reader, expected, path) > 0);  // the open descriptor still reads
    }
}

TEST_CASE("a_film_cut_short_while_open_gives_what_is_left_or_says_so") {
    for (const char* name : {"odd.mp4", "odd.mkv", "odd.ts"}) {
        CAPTURE(name);
        const auto expected = fixtures::reference(film(name));
        const fs::path path = written(name, bytes_of(film(name)));
        auto reader = FrameReader::open(path, {.cache_bytes = k_one_frame_only});
        REQUIRE(reader.has_value());
        fs::resize_file(path, fs::file_size(path) / 2);
        for (const std::int64_t frame : {39, 30, 2, 39, 0}) {
            CAPTURE(frame);
            const auto shown = reader->read(frame);
            if (!shown) check_sentence(shown, path);
            if (shown) CHECK((*shown)->index == frame);
        }
        fs::resize_file(path, 0);
        for (const std::int64_t frame : {20, 5})
            if (const auto shown = reader->read(frame); !shown) check_sentence(shown, path);
        fs::remove(path);
    }
}
