// The index on disk gives back what was written, and nothing when a single byte is not as it was.

#include "media/index_file.h"

#include <cstdlib>
#include <fstream>
#include <random>

#include "base/file.h"
#include "fixtures.h"
#include "media/index_builder.h"
#include "media/video_source.h"

namespace {

namespace fs = std::filesystem;
using media::Identity;
using media::IndexContent;
using media::IndexStamp;

const IndexStamp k_stamp = {
    .file_bytes = 1234, .written_ns = 99, .stream_index = 1, .avformat_version = 2, .avcodec_version = 3};

IndexContent open_group() {
    return {.pictures = {{.pts = 0, .dts = -2, .pos = 0, .size_bytes = 100, .key = true},
                         {.pts = 3, .dts = -1, .pos = 100, .size_bytes = 10},
                         {.pts = 1, .dts = 0, .pos = 200, .discard = true},
                         {.pts = 6, .dts = 2, .pos = 400, .key = true, .bad_key = true},
                         {.pts = 4, .dts = 3, .pos = 500, .hidden = true}},
            .faults = {"One fault.", "Another."},
            .late_stamps = 2,
            .verified = true,
            .undecodable = 1};
}

std::optional<IndexContent> read(const std::string& bytes, const IndexStamp& stamp = k_stamp) {
    return media::read_index(std::as_bytes(std::span{bytes}), stamp);
}

// Side files of one test go to a folder of their own.
class OwnCache {
public:
    OwnCache() {
        fs::remove_all(m_folder);
        fs::create_directories(m_folder);
        const char* before = getenv("XDG_CACHE_HOME");
        if (before != nullptr) m_before = before;
        setenv("XDG_CACHE_HOME", m_folder.c_str(), 1);
    }
    ~OwnCache() {
        if (m_before)
            setenv("XDG_CACHE_HOME", m_before->c_str(), 1);
        else
            unsetenv("XDG_CACHE_HOME");
        fs::remove_all(m_folder);
    }
    OwnCache(const OwnCache&) = delete;
    [[nodiscard]] std::vector<fs::path> index_files() const {
        std::vector<fs::path> files;
        std::error_code error;
        for (const auto& entry : fs::directory_iterator{m_folder / "limn" / "index", error})
            files.push_back(entry.path());
        return files;
    }

private:
    const fs::path m_folder = fixtures::folder() / fmt::format("cache-{}", getpid());
    std::optional<std::string> m_before;
};

}  // namespace

TEST_CASE("an_index_written_is_read_back_the_same") {
    const IndexContent before = open_group();
    const auto after = read(media::write_index(before, k_stamp));
    REQUIRE(after.has_value());
    CHECK(after->identity == Identity::pts);
    CHECK(after->faults == before.faults);
    CHECK(after->verified);
    CHECK(after->undecodable == 1);
    CHECK(after->late_stamps == 2);
    REQUIRE(after->pictures.size() == before.pictures.size());
    for (std::size_t i = 0; i < before.pictures.size(); ++i) {
        const media::Picture &a = after->pictures[i], &b = before.pictures[i];
        CHECK(std::tie(a.pts, a.dts, a.pos, a.size_bytes, a.key, a.discard, a.hidden, a.bad_key) ==
              std::tie(b.pts, b.dts, b.pos, b.size_bytes, b.key, b.discard, b.hidden, b.bad_key));
    }
}

TEST_CASE("an_order_that_stamps_do_not_tell_is_kept_too") {
    IndexContent content = open_group();
    content.identity = Identity::position;
    content.presented = {0, 3, 1};
    CHECK(read(media::write_index(content, k_stamp))->presented == content.presented);
    content.presented = {0, 3, 3};
    CHECK_FALSE(read(media::write_index(content, k_stamp)).has_value());
    content.presented = {0, 5};
    CHECK_FALSE(read(media::write_index(content, k_stamp)).has_value());
}

TEST_CASE("an_index_of_another_state_of_the_file_is_not_used") {
    const std::string bytes = media::write_index(open_group(), k_stamp);
    for (int field = 0; field < 5; ++field) {
        IndexStamp other = k_stamp;
        if (field == 0) ++other.file_bytes;
        if (field == 1) ++other.written_ns;
        if (field == 2) ++other.stream_index;
        if (field == 3) ++other.avformat_version;
        if (field == 4) ++other.avcodec_version;
        CHECK_FALSE(read(bytes, other).has_value());
    }
}

TEST_CASE("a_damaged_index_file_is_not_used") {
    const std::string bytes = media::write_index(open_group(), k_stamp);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        std::string damaged = bytes;
        damaged[i] = static_cast<char>(damaged[i] ^ 0x41);
        CHECK_FALSE(read(damaged).has_value());
        CHECK_FALSE(read(bytes.substr(0, i)).has_value());
    }
}

TEST_CASE("the_second_opening_of_a_long_film_reads_its_index_from_disk") {
    const OwnCache cache;
    const fs::path film = fixtures::film(
        "long.ts", "-f lavfi -i testsrc2=size=64x48:rate=25:duration=200 -c:v mpeg2video -g 12 -bf 2");
    const auto first = media::FrameReader::open(film);
    REQUIRE(first.has_value());
    const std::string md5 = media::FrameReader::open(film)->md5(2222).value();
    const auto files = cache.index_files();
    REQUIRE(files.size() == 1);
    auto second = media::FrameReader::open(film);
    REQUIRE(second.has_value());
    CHECK(second->info().frame_count == first->info().frame_count);
    CHECK(second->info().keyframes == first->info().keyframes);
    CHECK(second->info().longest_gop == first->info().longest_gop);
    CHECK(second->info().exactness == media::Exactness::indexed);
    CHECK(second->md5(2222).value() == md5);
    // A damaged side file is as none.
    std::ofstream{files.front(), std::ios::binary} << "nothing";
    auto third = media::FrameReader::open(film);
    REQUIRE(third.has_value());
    CHECK(third->md5(2222).value() == md5);
}

TEST_CASE("a_short_film_leaves_no_side_file") {
    const OwnCache cache;
    REQUIRE(media::FrameReader::open(fixtures::film("a.ts", fixtures::source() + " -c:v mpeg2video -g 12"))
                .has_value());
    CHECK(cache.index_files().empty());
}

TEST_CASE("a_verified_film_is_known_as_such_at_its_next_opening") {
    const OwnCache cache;
    const fs::path film = fixtures::film("open.ts", fixtures::source() +
                                                        " -c:v libx264 -preset veryfast -g 12 -bf 3 "
                                                        "-x264-params open-gop=1:scenecut=0");
    CHECK(media::FrameReader::open(film)->info().exactness == media::Exactness::indexed);
    double last = 0;
    const auto report = media::verify_film(film, {}, {}, [&](double share) { last = share; });
    REQUIRE_MESSAGE(report.has_value(), (report ? "" : report.error().message));
    CHECK(report->frames == 60);
    CHECK(report->groups == 5);
    CHECK(report->bad_keys.empty());
    CHECK(report->undecodable == 0);
    CHECK(last == doctest::Approx(1));
    CHECK(media::FrameReader::open(film)->info().exactness == media::Exactness::verified);
    fs::last_write_time(film, fs::file_time_type::clock::now());  // another state of the file
    CHECK(media::FrameReader::open(film)->info().exactness == media::Exactness::indexed);
}

TEST_CASE("verifying_finds_keyframes_that_are_none_and_frames_that_give_no_picture") {
    const OwnCache cache;
    const fs::path h263 = fixtures::film("p.avi", fixtures::source() + " -c:v h263p -g 12");
    const auto flagged = media::verify_film(h263, {}, {}, [](double) {});
    REQUIRE(flagged.has_value());
    CHECK(flagged->bad_keys.size() > 40);  // AVI calls each of the 60 a keyframe
    auto reader = media::FrameReader::open(h263);
    const auto expected = fixtures::reference(h263);
    for (const std::size_t frame : {59u, 30u, 7u}) CHECK(reader->md5(frame).value() == expected[frame].md5);
    CHECK(reader->info().exactness == media::Exactness::verified);
    // One picture of a film of pictures is overwritten where its packet lies.
    const fs::path whole = fixtures::film("png.avi", fixtures::source(20) + " -c:v png"),
                   damaged = fixtures::folder() / "png-damaged.avi";
    fs::copy_file(whole, damaged, fs::copy_options::overwrite_existing);
    media::PictureIndex index;
    REQUIRE(media::index_from_packets({damaged, 0, 1, {}}, index, {}).has_value());
    {
        std::fstream file{damaged, std::ios::binary | std::ios::in | std::ios::out};
        file.seekp(index.stored(7).pos + 8);
        file << std::string(200, '\0');
    }
    const auto report = media::verify_film(damaged, {}, {}, [](double) {});
    REQUIRE(report.has_value());
    CHECK(report->undecodable == 1);
    CHECK_FALSE(media::FrameReader::open(damaged)->info().faults.empty());
}

TEST_CASE("a_stopped_verification_is_cancelled_and_keeps_nothing") {
    const OwnCache cache;
    std::stop_source stop;
    const fs::path film = fixtures::film("a.ts", fixtures::source() + " -c:v mpeg2video -g 12");
    const auto report = media::verify_film(film, {}, stop.get_token(), [&](double share) {
        if (share > 0.3) stop.request_stop();
    });
    REQUIRE_FALSE(report.has_value());
    CHECK(report.error().kind == base::ErrorKind::cancelled);
    CHECK(cache.index_files().empty());
}
