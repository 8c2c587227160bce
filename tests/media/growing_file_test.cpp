// A recording in progress: frames keep their numbers while the film becomes longer.

#include <chrono>
#include <fstream>
#include <thread>

#include "fixtures.h"
#include "media/frame_fetcher.h"
#include "media/index_builder.h"
#include "media/video_source.h"

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

std::string bytes_of(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

void append(const fs::path& file, std::string_view bytes) {
    std::ofstream{file, std::ios::binary | std::ios::app} << bytes;
}

struct Recording {
    const char* name;
    const char* encode;
};

// The index of a file that grew in three steps, beside that of the whole file read at once.
void check_growth(const Recording& recording) {
    CAPTURE(recording.name);
    const fs::path whole = fixtures::film(recording.name, fixtures::source(100) + " " + recording.encode);
    const std::string bytes = bytes_of(whole);
    const fs::path growing = fixtures::folder() / (std::string{"growing-"} + recording.name);
    std::ofstream{growing, std::ios::binary} << bytes.substr(0, bytes.size() / 2);
    const media::IndexTask task{growing, 0, 2, {}};
    media::PictureIndex index;
    REQUIRE(media::index_from_packets(task, index, {}).has_value());
    const std::int64_t first_half = index.frame_count();
    CHECK(first_half > 20);
    CHECK(first_half < 90);
    std::vector<std::int64_t> stamps;
    for (std::int64_t frame = 0; frame + 8 < first_half; ++frame) stamps.push_back(index.pts_of(frame));
    append(growing, std::string_view{bytes}.substr(bytes.size() / 2, bytes.size() / 4));
    REQUIRE(media::grow_index(task, index, {}).has_value());
    CHECK(index.frame_count() > first_half);
    append(growing, std::string_view{bytes}.substr(bytes.size() / 2 + bytes.size() / 4));
    REQUIRE(media::grow_index(task, index, {}).has_value());
    for (std::size_t frame = 0; frame < stamps.size(); ++frame)
        CHECK(index.pts_of(static_cast<std::int64_t>(frame)) == stamps[frame]);
    const auto expected = fixtures::reference(whole);
    REQUIRE(index.frame_count() == static_cast<std::int64_t>(expected.size()));
    CHECK(index.facts().complete);
    media::FrameCache cache{1 << 20};
    auto demuxer = media::Demuxer::open(growing, {}, {});
    REQUIRE(demuxer.has_value());
    auto fetcher = media::FrameFetcher::make(std::move(*demuxer), index, cache, 2);
    REQUIRE(fetcher.has_value());
    for (std::int64_t frame = index.frame_count() - 1; frame >= 0; --frame) {
        const auto picture = fetcher->fetch(frame, {});
        REQUIRE(picture.has_value());
        CHECK(media::md5_of(*picture->raw) == expected[static_cast<std::size_t>(frame)].md5);
    }
}

}  // namespace

TEST_CASE("an_index_grows_with_its_file") {
    check_growth({"a.ts", "-c:v libx264 -preset veryfast -g 12 -bf 3"});
    check_growth({"a.mkv", "-c:v libx264 -preset veryfast -g 12 -bf 3"});
    check_growth({"a.flv", "-c:v libx264 -preset veryfast -g 12 -bf 3"});
    check_growth(
        {"frag.mp4", "-c:v libx264 -preset veryfast -g 12 -bf 3 -movflags frag_keyframe+empty_moov"});
    check_growth({"m2.vob", "-c:v mpeg2video -g 12 -bf 2 -b:v 1M"});
}

TEST_CASE("an_open_source_shows_frames_recorded_after_it_was_opened") {
    const fs::path whole =
        fixtures::film("a.ts", fixtures::source(100) + " -c:v libx264 -preset veryfast -g 12 -bf 3");
    const std::string bytes = bytes_of(whole);
    const fs::path growing = fixtures::folder() / "growing-source.ts";
    std::ofstream{growing, std::ios::binary} << bytes.substr(0, bytes.size() / 2);
    media::VideoSource source{growing, {}};
    const auto until = std::chrono::steady_clock::now() + 60s;
    const auto wait_for = [&](const auto& condition) {
        while (!condition() && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(10ms);
        return condition();
    };
    REQUIRE(wait_for([&] { return source.info() && source.info()->value().index_complete; }));
    const std::int64_t before = source.info()->value().frame_count;
    append(growing, std::string_view{bytes}.substr(bytes.size() / 2));
    REQUIRE(wait_for([&] { return source.info()->value().frame_count == 100; }));
    CHECK(before < 100);
    media::FramePtr shown;
    source.request(99);
    REQUIRE(wait_for([&] {
        if (auto result = source.poll(); result && *result) shown = **result;
        return shown && shown->index == 99;
    }));
    CHECK_FALSE(shown->stand_in);
}
