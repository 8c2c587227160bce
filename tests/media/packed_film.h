#pragma once
// An MPEG-4 film in AVI with packed B pictures, as DivX wrote them: a chunk holds a P picture and the B
// picture shown before it, the next chunk a placeholder of a few bytes.

#include <cstring>
#include <string>
#include <vector>

#include "fixtures.h"
#include "media/ffmpeg.h"

namespace fixtures {

struct Chunk {
    std::string bytes;
    bool key = false;
};

// From an AVI whose pictures come as I P B P B …
inline std::vector<Chunk> packed_chunks(AVFormatContext& from) {
    using namespace std::string_literals;
    const std::string vop = "\0\0\1\xb6"s, mark =
                                               "\0\0\1\xb2"
                                               "DivX503b1393p"s;
    const std::string placeholder = vop + "\x50\x4f"s;  // P, not coded; 5 bits of time
    std::vector<Chunk> chunks;
    const media::PacketHandle packet{av_packet_alloc()};
    while (av_read_frame(&from, packet.get()) >= 0) {
        std::string bytes{reinterpret_cast<const char*>(packet->data),
                          static_cast<std::size_t>(packet->size)};
        const std::size_t at = bytes.find(vop);
        const bool is_b = (static_cast<std::uint8_t>(bytes.at(at + 4)) >> 6) == 2;
        if (chunks.empty()) bytes.insert(at, mark);
        if (is_b) {
            chunks.back().bytes += bytes;
            chunks.push_back({placeholder, false});
        } else {
            chunks.push_back({std::move(bytes), (packet->flags & AV_PKT_FLAG_KEY) != 0});
        }
        av_packet_unref(packet.get());
    }
    return chunks;
}

inline fs::path packed_film(const fs::path& unpacked) {
    const fs::path file = folder() / "packed.avi";
    AVFormatContext* opened = nullptr;
    REQUIRE(avformat_open_input(&opened, unpacked.c_str(), nullptr, nullptr) >= 0);
    const media::FormatHandle from{opened};
    REQUIRE(avformat_find_stream_info(opened, nullptr) >= 0);
    AVFormatContext* to = nullptr;
    REQUIRE(avformat_alloc_output_context2(&to, nullptr, "avi", file.c_str()) >= 0);
    AVStream* stream = avformat_new_stream(to, nullptr);
    avcodec_parameters_copy(stream->codecpar, opened->streams[0]->codecpar);
    av_freep(&stream->codecpar->extradata);  // the mark stands in the stream alone
    stream->codecpar->extradata_size = 0;
    stream->time_base = {1, 25};
    stream->avg_frame_rate = {25, 1};
    REQUIRE(avio_open(&to->pb, file.c_str(), AVIO_FLAG_WRITE) >= 0);
    REQUIRE(avformat_write_header(to, nullptr) >= 0);
    std::int64_t at = 0;
    for (const Chunk& chunk : packed_chunks(*opened)) {
        const media::PacketHandle packet{av_packet_alloc()};
        av_new_packet(packet.get(), static_cast<int>(chunk.bytes.size()));
        std::memcpy(packet->data, chunk.bytes.data(), chunk.bytes.size());
        packet->pts = packet->dts = at++;
        packet->duration = 1;
        if (chunk.key) packet->flags |= AV_PKT_FLAG_KEY;
        REQUIRE(av_write_frame(to, packet.get()) >= 0);
    }
    REQUIRE(av_write_trailer(to) >= 0);
    avio_closep(&to->pb);
    avformat_free_context(to);
    return file;
}

}  // namespace fixtures
