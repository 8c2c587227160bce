#include "media/mp4_table.h"

#include <fstream>
#include <random>

#include "fixtures.h"
#include "media/index_builder.h"

namespace {

using media::Picture;

std::vector<std::byte> moov_of(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    const std::size_t at = bytes.find("moov");
    REQUIRE(at != std::string::npos);
    std::vector<std::byte> moov(bytes.size() - at - 4);
    std::memcpy(moov.data(), bytes.data() + at + 4, moov.size());
    return moov;
}

std::filesystem::path b_frame_film(const std::string& more = "") {
    return fixtures::film("table.mp4",
                          fixtures::source() + " -c:v libx264 -preset veryfast -g 12 -bf 3 " + more);
}

// The table against every packet of the film.
void check_agrees_with_packets(const std::filesystem::path& path) {
    CAPTURE(path.string());
    auto demuxer = media::Demuxer::open(path, {}, {});
    REQUIRE(demuxer.has_value());
    const auto pictures = media::pictures_from_mp4(*demuxer);
    REQUIRE_MESSAGE(pictures.has_value(), (pictures ? "" : pictures.error().message));
    const media::PacketHandle packet{av_packet_alloc()};
    std::size_t count = 0;
    for (; demuxer->read(*packet).value(); ++count) {
        REQUIRE(count < pictures->size());
        const Picture& listed = (*pictures)[count];
        CHECK(listed.pts == packet->pts);
        CHECK(listed.dts == packet->dts);
        CHECK(listed.pos == packet->pos);
        CHECK(listed.size_bytes == static_cast<std::uint32_t>(packet->size));
        CHECK(listed.key == ((packet->flags & AV_PKT_FLAG_KEY) != 0));
        CHECK(listed.discard == ((packet->flags & AV_PKT_FLAG_DISCARD) != 0));
    }
    CHECK(count == pictures->size());
}

}  // namespace

TEST_CASE("the_sample_table_gives_every_packet_as_the_demuxer_does") {
    check_agrees_with_packets(b_frame_film());
    check_agrees_with_packets(b_frame_film("-movflags negative_cts_offsets"));
    check_agrees_with_packets(
        fixtures::film("edit.mp4", "-ss 0.9 -i " + fixtures::quoted(b_frame_film()) + " -c copy"));
    for (const char* name : {"bikes.mp4", "nasa.mp4", "juggle.mp4", "rotated_90.mov"})
        if (std::filesystem::exists(fixtures::real_video(name)))
            check_agrees_with_packets(fixtures::real_video(name));
}

TEST_CASE("a_fragmented_film_has_no_whole_table") {
    const auto film = b_frame_film("-movflags frag_keyframe+empty_moov");
    auto demuxer = media::Demuxer::open(film, {}, {});
    REQUIRE(demuxer.has_value());
    CHECK_FALSE(media::pictures_from_mp4(*demuxer).has_value());
}

TEST_CASE("any_bytes_are_safe_for_the_table_parser") {
    const auto good = moov_of(b_frame_film());
    REQUIRE(media::parse_mp4_table(good, 1).has_value());
    CHECK_FALSE(media::parse_mp4_table(good, 9).has_value());
    CHECK_FALSE(media::parse_mp4_table({}, 1).has_value());
    for (std::size_t length = 0; length < good.size(); length += 7)
        if (const auto table = media::parse_mp4_table(std::span{good}.first(length), 1))
            CHECK(table->samples.size() == 60);
    std::mt19937 random{3};
    for (int round = 0; round < 3000; ++round) {
        auto bytes = good;
        for (int hit = 0; hit < 8; ++hit) bytes[random() % bytes.size()] = static_cast<std::byte>(random());
        const auto table = media::parse_mp4_table(bytes, 1);
        if (table) CHECK(table->samples.size() < (1u << 28));
    }
}

TEST_CASE("an_index_that_packets_disprove_is_replaced_and_reported") {
    const auto film = b_frame_film();
    auto demuxer = media::Demuxer::open(film, {}, {});
    REQUIRE(demuxer.has_value());
    auto pictures = media::pictures_from_mp4(*demuxer).value();
    pictures[30].pts += 7;
    media::PictureIndex index;
    index.assign({.pictures = pictures});
    index.finish();
    REQUIRE(media::confirm_index({film, 0, 1, {}}, index, {}).has_value());
    CHECK(index.generation() > 0);
    CHECK(index.frame_count() == 60);
    CHECK(index.complete());
    CHECK(index.facts().faults.size() == 1);
    const auto expected = fixtures::reference(film);
    for (std::int64_t frame = 0; frame < 60; ++frame)
        CHECK(index.pts_of(frame) == expected[static_cast<std::size_t>(frame)].pts);
}
