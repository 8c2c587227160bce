#pragma once
// What each packet of a stream is for the picture index.

#include "media/ffmpeg.h"
#include "media/picture_index.h"

namespace media {

// Packets come in decode order; after a seek, start with a new one. One thread at a time.
class PacketPictures {
public:
    explicit PacketPictures(const AVStream& stream);
    [[nodiscard]] Picture operator()(const AVPacket& packet);

private:
    struct FreeParser {
        void operator()(AVCodecParserContext* parser) const { av_parser_close(parser); }
    };
    void parse(const AVPacket& packet, Picture& picture);

    AVCodecID m_codec_id;
    CodecHandle m_codec;  // what the parser keeps its parameter sets by
    std::unique_ptr<AVCodecParserContext, FreeParser> m_parser;  // null where packets need no second look
    bool m_may_be_fields = false;
    int m_open_field = AV_PICTURE_STRUCTURE_UNKNOWN;  // a first field whose second has not come
};

}  // namespace media
