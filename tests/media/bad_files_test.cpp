// What is not a film gets one clear sentence that ends in the path.

#include <fstream>
#include <random>

#include "fixtures.h"
#include "media/video_source.h"

namespace {

using base::ErrorKind;
using media::FrameReader;
namespace fs = std::filesystem;

fs::path written(const std::string& name, const std::string& bytes) {
    const fs::path path = fixtures::folder() / name;
    std::ofstream{path, std::ios::binary} << bytes;
    return path;
}

std::string bytes_of(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

void check_refused(const fs::path& path, ErrorKind kind) {
    CAPTURE(path.string());
    const auto reader = FrameReader::open(path);
    REQUIRE_FALSE(reader.has_value());
    CHECK(reader.error().kind == kind);
    CHECK(reader.error().message.ends_with(": " + path.string()));
    CHECK(reader.error().message.find('\n') == std::string::npos);
}

std::string noise(std::size_t count) {
    std::mt19937 random{5};
    std::string bytes(count, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    return bytes;
}

fs::path good_film() {
    return fixtures::film("a.mp4", fixtures::source() + " -c:v libx264 -preset veryfast -g 12 -bf 3 ");
}

}  // namespace

TEST_CASE("what_is_no_film_is_refused_in_one_sentence") {
    check_refused(fixtures::folder() / "not-there.mp4", ErrorKind::missing);
    check_refused(fixtures::folder(), ErrorKind::malformed);
    check_refused(written("empty.mp4", ""), ErrorKind::malformed);
    check_refused(written("text.txt", "Only words, again and again.\n"), ErrorKind::malformed);
    check_refused(written("text.mp4", "Only words, again and again.\n"), ErrorKind::malformed);
    check_refused(written("noise.mkv", noise(50000)), ErrorKind::malformed);
    check_refused(written("words.png", "hello"), ErrorKind::malformed);
    check_refused(written("list.m3u8", "#EXTM3U\n#EXTINF:1,\nhttp://example.org/a.ts\n#EXT-X-ENDLIST\n"),
                  ErrorKind::malformed);
    check_refused(written("half.mp4", bytes_of(good_film()).substr(0, 9000)), ErrorKind::malformed);
    check_refused(fixtures::film("tone.wav", "-f lavfi -i sine=duration=1"), ErrorKind::malformed);
}

TEST_CASE("names_with_percent_signs_and_colons_are_only_names") {
    const auto still = bytes_of(fixtures::film("still.jpg", fixtures::source(1) + " -frames:v 1"));
    for (const char* name : {"still%03d [x].jpg", "http:x.jpg", "concat:a|b.jpg"})
        CHECK(FrameReader::open(written(name, still)).has_value());
}

TEST_CASE("a_truncated_film_gives_what_is_there") {
    const auto whole =
        fixtures::film("open.mkv", fixtures::source() + " -c:v libx264 -preset veryfast -g 12 -bf 3");
    const auto bytes = bytes_of(whole);
    const auto expected = fixtures::reference(whole);
    auto reader = FrameReader::open(written("truncated.mkv", bytes.substr(0, bytes.size() / 2)));
    REQUIRE(reader.has_value());
    const std::int64_t count = reader->info().frame_count;
    REQUIRE(count > 10);
    REQUIRE(count < 60);
    for (std::int64_t frame = 0; frame < count - 4; ++frame)
        CHECK(reader->md5(frame).value() == expected[static_cast<std::size_t>(frame)].md5);
}

TEST_CASE("damaged_films_never_crash_or_hang") {
    std::mt19937 random{11};
    for (const char* name : {"a.mp4", "open.mkv", "h264.ts"}) {
        const auto good = bytes_of(
            fixtures::film(name, fixtures::source() + " -c:v libx264 -preset veryfast -g 12 -bf 3 "));
        for (int round = 0; round < 8; ++round) {
            std::string bytes = good;
            for (int hit = 0; hit < 40; ++hit) bytes[random() % bytes.size()] = static_cast<char>(random());
            auto reader =
                FrameReader::open(written(std::string{"damaged-"} + name, bytes), {.cache_bytes = 1u << 20});
            if (!reader) {
                CHECK_FALSE(reader.error().message.empty());
                continue;
            }
            const std::int64_t count = reader->info().frame_count;
            for (const std::int64_t frame : {count / 2, count - 1, std::int64_t{0}}) {
                const auto read = reader->read(frame);
                if (read) CHECK((*read)->index == frame);
                if (!read) CHECK_FALSE(read.error().message.empty());
            }
        }
    }
}
