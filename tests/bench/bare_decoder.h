#pragma once
// The least that FFmpeg's libraries can do for one exact frame: go to the keyframe before it and decode until
// it comes. It is told the time stamp of the frame and checks nothing.

#include <cstdint>
#include <filesystem>

#include "media/ffmpeg.h"

namespace bench {

class BareDecoder {
public:
    explicit BareDecoder(const std::filesystem::path& film);  // the first video stream; gives up on any error
    void decode(std::int64_t pts);

private:
    bool feed();
    media::FormatHandle m_format;
    media::CodecHandle m_codec;
    media::PacketHandle m_packet;
    media::FrameHandle m_frame;
    int m_stream = -1;
};

}  // namespace bench
