#include "media/packet_pictures.h"

#include <algorithm>

namespace media {
namespace {

// A VP8 or VP9 packet may hold a picture that is only referred to.
bool is_shown(const AVPacket& packet, AVCodecID codec) {
    const std::uint8_t first = packet.data[0];
    if (codec == AV_CODEC_ID_VP8) return (first & 0x10) != 0;
    if (codec != AV_CODEC_ID_VP9 || (first >> 6) != 2) return true;
    const bool superframe = (packet.data[packet.size - 1] & 0xe0) == 0xc0;
    const bool profile_3 = (first & 0x30) == 0x30;
    const int shift = profile_3 ? 2 : 3;  // show_existing_frame follows the profile
    const bool shows_existing = ((first >> shift) & 1) != 0;
    const bool show_frame = ((first >> (shift - 2)) & 1) != 0;
    return superframe || shows_existing || show_frame;
}

// Damaged files carry any numbers; what no clock can mean counts as not known, so that times can be added.
std::int64_t sane(std::int64_t stamp) {
    constexpr std::int64_t k_most = 1ll << 60;
    return stamp > -k_most && stamp < k_most ? stamp : k_no_time;
}

bool is_field(int structure) {
    return structure == AV_PICTURE_STRUCTURE_TOP_FIELD || structure == AV_PICTURE_STRUCTURE_BOTTOM_FIELD;
}

}  // namespace

PacketPictures::PacketPictures(const AVStream& stream) : m_codec_id{stream.codecpar->codec_id} {
    if (m_codec_id != AV_CODEC_ID_H264) return;
    m_may_be_fields = true;  // a film that begins progressive may go on in fields
    m_codec.reset(avcodec_alloc_context3(nullptr));
    m_parser.reset(av_parser_init(m_codec_id));
    const bool good =
        m_codec && m_parser && avcodec_parameters_to_context(m_codec.get(), stream.codecpar) >= 0;
    if (good)
        m_parser->flags |= PARSER_FLAG_COMPLETE_FRAMES;
    else
        m_parser.reset();
}

Picture PacketPictures::operator()(const AVPacket& packet) {
    Picture picture;
    picture.pts = sane(packet.pts);
    picture.dts = sane(packet.dts);
    picture.pos = packet.pos;
    picture.size_bytes = static_cast<std::uint32_t>(std::max(packet.size, 0));
    picture.key = (packet.flags & AV_PKT_FLAG_KEY) != 0;
    picture.discard = (packet.flags & AV_PKT_FLAG_DISCARD) != 0;
    picture.hidden = packet.size <= 0 || !is_shown(packet, m_codec_id);
    if (m_parser && packet.size > 0 && (picture.key || m_may_be_fields)) parse(packet, picture);
    return picture;
}

// Two things a container does not tell of H.264:
// 1. Each field of a picture may come in a packet of its own; the second gives no picture.
// 2. A "keyframe" may be the start of a gradual refresh (a recovery point on a P picture): decoding from it
//    shows whole pictures only some time later, and nothing promises that they equal those of a whole decode.
void PacketPictures::parse(const AVPacket& packet, Picture& picture) {
    std::uint8_t* out = nullptr;
    int out_bytes = 0;
    av_parser_parse2(m_parser.get(), m_codec.get(), &out, &out_bytes, packet.data, packet.size, packet.pts,
                     packet.dts, packet.pos);
    if (picture.key && m_parser->pict_type != AV_PICTURE_TYPE_I &&
        m_parser->pict_type != AV_PICTURE_TYPE_NONE)
        picture.key = false;
    const int structure = m_parser->picture_structure;
    const bool second = is_field(structure) && is_field(m_open_field) && structure != m_open_field;
    if (second) picture.hidden = true;
    m_open_field = is_field(structure) && !second ? structure : AV_PICTURE_STRUCTURE_UNKNOWN;
}

}  // namespace media
