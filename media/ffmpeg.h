#pragma once
// FFmpeg's handles with owners. Private to media: no other layer includes it.

#include <memory>
#include <string>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/frame.h>
#include <libavutil/pixdesc.h>
}

namespace media {

struct FreeFormat {
    void operator()(AVFormatContext* context) const { avformat_close_input(&context); }
};
struct FreeCodec {
    void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
};
struct FreePacket {
    void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
struct FreeFrame {
    void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
using FormatHandle = std::unique_ptr<AVFormatContext, FreeFormat>;
using CodecHandle = std::unique_ptr<AVCodecContext, FreeCodec>;
using PacketHandle = std::unique_ptr<AVPacket, FreePacket>;
using FrameHandle = std::unique_ptr<AVFrame, FreeFrame>;
// A decoded picture in the decoder's own format; never written to once shared.
using RawFrame = std::shared_ptr<const AVFrame>;

// Takes the picture out of the decoder's frame, which is empty afterwards.
[[nodiscard]] inline RawFrame take_picture(AVFrame& from) {
    FrameHandle taken{av_frame_alloc()};
    av_frame_move_ref(taken.get(), &from);
    return taken;
}

[[nodiscard]] inline std::string av_error_text(int code) {
    char text[AV_ERROR_MAX_STRING_SIZE] = {};
    av_strerror(code, text, sizeof text);
    return text;
}

}  // namespace media
