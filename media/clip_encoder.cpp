#include "media/clip_encoder.h"

#include <cassert>

#include "media/ffmpeg.h"

extern "C" {
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
}

namespace media {
namespace {

struct FreeMuxer {
    void operator()(AVFormatContext* muxer) const {
        avio_closep(&muxer->pb);
        avformat_free_context(muxer);
    }
};
struct FreeScaler {
    void operator()(SwsContext* scaler) const { sws_freeContext(scaler); }
};

CodecHandle make_encoder(const AVCodec& codec, const ClipFormat& format, bool global_header) {
    CodecHandle encoder{avcodec_alloc_context3(&codec)};
    encoder->width = format.width_px;
    encoder->height = format.height_px;
    encoder->pix_fmt = AV_PIX_FMT_YUV420P;
    encoder->time_base = {1, format.frames_per_second};
    encoder->framerate = {format.frames_per_second, 1};
    encoder->gop_size = format.keyframe_every;
    encoder->max_b_frames = 2;
    encoder->bit_rate = 2'000'000;
    encoder->log_level_offset = AV_LOG_INFO - AV_LOG_ERROR;  // only its errors reach stderr
    encoder->thread_count = 1;                               // the same file on every machine
    encoder->color_range = AVCOL_RANGE_MPEG;
    encoder->colorspace = AVCOL_SPC_BT709;
    encoder->color_primaries = AVCOL_PRI_BT709;
    encoder->color_trc = AVCOL_TRC_BT709;
    if (global_header) encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    av_opt_set(encoder->priv_data, "preset", "veryfast", 0);  // libx264's; others do not know it
    return avcodec_open2(encoder.get(), &codec, nullptr) < 0 ? CodecHandle{} : std::move(encoder);
}

CodecHandle open_any_encoder(const ClipFormat& format, bool global_header) {
    for (const char* name : {"libx264", "mpeg4"}) {
        const AVCodec* codec = avcodec_find_encoder_by_name(name);
        if (!codec) continue;
        if (CodecHandle encoder = make_encoder(*codec, format, global_header)) return encoder;
    }
    return {};
}

}  // namespace

struct ClipEncoder::Impl {
    std::filesystem::path file;
    std::filesystem::path temporary;
    std::unique_ptr<AVFormatContext, FreeMuxer> muxer;
    AVStream* stream = nullptr;  // the muxer's
    CodecHandle encoder;
    std::unique_ptr<SwsContext, FreeScaler> scaler;
    FrameHandle frame{av_frame_alloc()};
    PacketHandle packet{av_packet_alloc()};

    ~Impl() {
        muxer.reset();
        std::error_code ignored;  // gone already after finish()
        std::filesystem::remove(temporary, ignored);
    }

    [[nodiscard]] std::unexpected<base::Error> io_error(int code) const {
        return base::fail(base::ErrorKind::io,
                          "The video cannot be written ({}); check the disk and the folder: {}",
                          av_error_text(code), file.string());
    }

    base::Result<void> open(const ClipFormat& format) {
        AVFormatContext* made = nullptr;
        avformat_alloc_output_context2(&made, nullptr, "mp4", temporary.c_str());
        if (!made)
            return base::fail(base::ErrorKind::unsupported,
                              "This FFmpeg cannot write MP4; install libavformat: {}", file.string());
        muxer.reset(made);
        encoder = open_any_encoder(format, (muxer->oformat->flags & AVFMT_GLOBALHEADER) != 0);
        if (!encoder)
            return base::fail(
                base::ErrorKind::unsupported,
                "This FFmpeg has neither an H.264 nor an MPEG-4 encoder; install libavcodec: {}",
                file.string());
        stream = avformat_new_stream(muxer.get(), nullptr);
        avcodec_parameters_from_context(stream->codecpar, encoder.get());
        stream->time_base = encoder->time_base;
        stream->avg_frame_rate = encoder->framerate;
        if (const int code = avio_open(&muxer->pb, temporary.c_str(), AVIO_FLAG_WRITE); code < 0)
            return io_error(code);
        if (const int code = avformat_write_header(muxer.get(), nullptr); code < 0) return io_error(code);
        return prepare_picture(format);
    }

    base::Result<void> prepare_picture(const ClipFormat& format) {
        frame->width = format.width_px;
        frame->height = format.height_px;
        frame->format = AV_PIX_FMT_YUV420P;
        frame->pts = -1;
        if (const int code = av_frame_get_buffer(frame.get(), 0); code < 0) return io_error(code);
        scaler.reset(sws_getContext(format.width_px, format.height_px, AV_PIX_FMT_RGB24, format.width_px,
                                    format.height_px, AV_PIX_FMT_YUV420P, SWS_BILINEAR | SWS_ACCURATE_RND,
                                    nullptr, nullptr, nullptr));
        const int* matrix = sws_getCoefficients(SWS_CS_ITU709);
        sws_setColorspaceDetails(scaler.get(), matrix, 1, matrix, 0, 0, 1 << 16, 1 << 16);
        return {};
    }

    // Hands one picture (null: the end) to the encoder and writes every packet that comes out.
    base::Result<void> encode(const AVFrame* picture) {
        if (const int code = avcodec_send_frame(encoder.get(), picture); code < 0) return io_error(code);
        while (true) {
            const int code = avcodec_receive_packet(encoder.get(), packet.get());
            if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return {};
            if (code < 0) return io_error(code);
            packet->duration = 1;  // in the encoder's time base; MP4 needs the last one's
            av_packet_rescale_ts(packet.get(), encoder->time_base, stream->time_base);
            packet->stream_index = stream->index;
            if (const int written = av_interleaved_write_frame(muxer.get(), packet.get()); written < 0)
                return io_error(written);
        }
    }
};

ClipEncoder::ClipEncoder(std::unique_ptr<Impl> impl) : m_impl{std::move(impl)} {}
ClipEncoder::ClipEncoder(ClipEncoder&&) noexcept = default;
ClipEncoder::~ClipEncoder() = default;

base::Result<ClipEncoder> ClipEncoder::create(const std::filesystem::path& file, const ClipFormat& format) {
    assert(format.width_px % 2 == 0 && format.height_px % 2 == 0);
    auto impl = std::make_unique<Impl>();
    impl->file = file;
    impl->temporary = file;
    impl->temporary += ".part";
    if (auto opened = impl->open(format); !opened) return std::unexpected(opened.error());
    return ClipEncoder{std::move(impl)};
}

base::Result<void> ClipEncoder::add(std::span<const std::uint8_t> rgb) {
    AVFrame& frame = *m_impl->frame;
    assert(rgb.size() == std::size_t(frame.width) * std::size_t(frame.height) * 3);
    if (const int code = av_frame_make_writable(&frame); code < 0) return m_impl->io_error(code);
    const std::uint8_t* rows[] = {rgb.data()};
    const int stride_bytes[] = {frame.width * 3};
    sws_scale(m_impl->scaler.get(), rows, stride_bytes, 0, frame.height, frame.data, frame.linesize);
    ++frame.pts;
    return m_impl->encode(&frame);
}

base::Result<void> ClipEncoder::finish() {
    if (auto flushed = m_impl->encode(nullptr); !flushed) return flushed;
    if (const int code = av_write_trailer(m_impl->muxer.get()); code < 0) return m_impl->io_error(code);
    if (const int code = avio_closep(&m_impl->muxer->pb); code < 0) return m_impl->io_error(code);
    std::error_code error;
    std::filesystem::rename(m_impl->temporary, m_impl->file, error);
    if (error)
        return base::fail(base::ErrorKind::io,
                          "The video cannot be given its name ({}); check the folder: {}", error.message(),
                          m_impl->file.string());
    return {};
}

}  // namespace media
