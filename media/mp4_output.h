#pragma once
// An MP4 being written: one stream, H.264 where FFmpeg can encode it, else MPEG-4. Private to media.

#include <filesystem>
#include <functional>

#include "base/result.h"
#include "media/ffmpeg.h"

namespace media {

class Mp4Output {
public:
    // Size, rate, colours, quality: all but the pixel format (4:2:0) and what the container asks for.
    using Configure = std::function<void(AVCodecContext& encoder)>;
    // Gives a packet its times in the stream's time base.
    using Stamp = std::function<void(AVPacket& packet, const AVStream& stream)>;

    // `shown_as`: the file that errors name. `timescale`: ticks a second; 0: the encoder's. Errors: io,
    // unsupported (no encoder, or no such timescale).
    [[nodiscard]] base::Result<void> open(const std::filesystem::path& file, std::filesystem::path shown_as,
                                          int timescale, const Configure& configure);
    // A picture to draw into, 4:2:0 of the encoder's size; its pts counts pictures, from 0 at the first ++.
    [[nodiscard]] base::Result<FrameHandle> make_picture() const;
    // Hands one picture (null: the end) to the encoder and writes every packet that comes out. Errors: io.
    [[nodiscard]] base::Result<void> encode(const AVFrame* picture, const Stamp& stamp);
    [[nodiscard]] base::Result<void> finish(const Stamp& stamp);  // errors: io
    [[nodiscard]] const AVCodecContext& encoder() const { return *m_encoder; }
    [[nodiscard]] std::unexpected<base::Error> io_error(int code) const;

private:
    struct FreeMuxer {
        void operator()(AVFormatContext* muxer) const {
            avio_closep(&muxer->pb);
            avformat_free_context(muxer);
        }
    };
    std::filesystem::path m_shown_as;
    std::unique_ptr<AVFormatContext, FreeMuxer> m_muxer;
    AVStream* m_stream = nullptr;  // the muxer's
    CodecHandle m_encoder;
    PacketHandle m_packet{av_packet_alloc()};
};

}  // namespace media
