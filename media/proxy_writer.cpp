#include "media/proxy_writer.h"

#include <cassert>
#include <cstring>
#include <deque>

#include "media/proxy.h"

extern "C" {
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
}

namespace media {
namespace {

using base::ErrorKind;

struct FreeMuxer {
    void operator()(AVFormatContext* muxer) const {
        avio_closep(&muxer->pb);
        avformat_free_context(muxer);
    }
};
struct FreeScaler {
    void operator()(SwsContext* scaler) const { sws_freeContext(scaler); }
};

AVColorSpace color_space(ColorMatrix matrix) {
    switch (matrix) {
        case ColorMatrix::bt601:
            return AVCOL_SPC_SMPTE170M;
        case ColorMatrix::bt709:
            return AVCOL_SPC_BT709;
        case ColorMatrix::bt2020:
            return AVCOL_SPC_BT2020_NCL;
    }
    return AVCOL_SPC_BT709;
}

int sws_matrix(ColorMatrix matrix) {
    if (matrix == ColorMatrix::bt2020) return SWS_CS_BT2020;
    return matrix == ColorMatrix::bt709 ? SWS_CS_ITU709 : SWS_CS_ITU601;
}

// The encoder counts pictures: what it makes of irregular or very fine times is not asked.
CodecHandle make_encoder(const AVCodec& codec, const ProxyFormat& format, bool global_header) {
    CodecHandle encoder{avcodec_alloc_context3(&codec)};
    encoder->width = format.width_px;
    encoder->height = format.height_px;
    encoder->pix_fmt = AV_PIX_FMT_YUV420P;
    encoder->time_base = {1, 25};
    encoder->framerate = {25, 1};
    encoder->gop_size = k_proxy_gop;
    encoder->max_b_frames = 0;
    encoder->log_level_offset = AV_LOG_INFO - AV_LOG_ERROR;  // only its errors reach stderr
    encoder->color_range = format.range == ColorRange::full ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
    encoder->colorspace = color_space(format.matrix);
    if (global_header) encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    if (codec.id == AV_CODEC_ID_H264) {
        av_opt_set(encoder->priv_data, "preset", "superfast", 0);
        av_opt_set(encoder->priv_data, "tune", "fastdecode", 0);
        av_opt_set_double(encoder->priv_data, "crf", 24, 0);
    } else {
        encoder->flags |= AV_CODEC_FLAG_QSCALE;
        encoder->global_quality = 4 * FF_QP2LAMBDA;
    }
    return avcodec_open2(encoder.get(), &codec, nullptr) < 0 ? CodecHandle{} : std::move(encoder);
}

CodecHandle open_any_encoder(const ProxyFormat& format, bool global_header) {
    for (const char* name : {"libx264", "mpeg4"}) {
        const AVCodec* codec = avcodec_find_encoder_by_name(name);
        if (!codec) continue;
        if (CodecHandle encoder = make_encoder(*codec, format, global_header)) return encoder;
    }
    return {};
}

}  // namespace

struct ProxyWriter::Impl {
    std::filesystem::path file;
    ProxyFormat format;
    std::unique_ptr<AVFormatContext, FreeMuxer> muxer;
    AVStream* stream = nullptr;  // the muxer's
    CodecHandle encoder;
    std::unique_ptr<SwsContext, FreeScaler> scaler;
    FrameHandle frame{av_frame_alloc()};
    PacketHandle packet{av_packet_alloc()};
    std::deque<std::int64_t> ticks;  // of the pictures the encoder holds, in order
    std::int64_t last_ticks = -1, last_step = 1;

    [[nodiscard]] std::unexpected<base::Error> io_error(int code) const {
        return base::fail(ErrorKind::io, "The proxy cannot be written ({}); check the disk: {}",
                          av_error_text(code), file.string());
    }

    base::Result<void> open() {
        AVFormatContext* made = nullptr;
        avformat_alloc_output_context2(&made, nullptr, "mp4", file.c_str());
        if (made) muxer.reset(made);
        if (made) encoder = open_any_encoder(format, (made->oformat->flags & AVFMT_GLOBALHEADER) != 0);
        if (!encoder)
            return base::fail(ErrorKind::unsupported,
                              "This FFmpeg cannot write H.264 or MPEG-4 to MP4; install libavcodec: {}",
                              file.string());
        stream = avformat_new_stream(muxer.get(), nullptr);
        avcodec_parameters_from_context(stream->codecpar, encoder.get());
        const auto den = static_cast<int>(format.time_base.den);
        stream->time_base = {1, den};
        if (const int code = avio_open(&muxer->pb, file.c_str(), AVIO_FLAG_WRITE); code < 0)
            return io_error(code);
        AVDictionary* options = nullptr;
        av_dict_set_int(&options, "video_track_timescale", den, 0);
        const int code = avformat_write_header(muxer.get(), &options);
        av_dict_free(&options);
        if (code < 0) return io_error(code);
        if (stream->time_base.num != 1 || stream->time_base.den != den)
            return base::fail(ErrorKind::unsupported, "No MP4 can count time in 1/{} s: {}", den,
                              file.string());
        return prepare_picture();
    }

    // Black, in case the first frame cannot be decoded.
    base::Result<void> prepare_picture() {
        frame->width = format.width_px;
        frame->height = format.height_px;
        frame->format = AV_PIX_FMT_YUV420P;
        frame->pts = -1;
        frame->color_range = encoder->color_range;
        frame->colorspace = encoder->colorspace;
        if (const int code = av_frame_get_buffer(frame.get(), 0); code < 0) return io_error(code);
        const int black = format.range == ColorRange::full ? 0 : 16;
        for (int plane = 0; plane < 3; ++plane) {
            const int rows = plane == 0 ? format.height_px : format.height_px / 2;
            std::memset(frame->data[plane], plane == 0 ? black : 128,
                        static_cast<std::size_t>(frame->linesize[plane]) * static_cast<std::size_t>(rows));
        }
        return {};
    }

    // A film may change its size or pixel format on the way.
    base::Result<void> scale(const AVFrame& picture) {
        const auto from = static_cast<AVPixelFormat>(picture.format);
        SwsContext* made = sws_getCachedContext(scaler.release(), picture.width, picture.height, from,
                                                format.width_px, format.height_px, AV_PIX_FMT_YUV420P,
                                                SWS_BILINEAR, nullptr, nullptr, nullptr);
        scaler.reset(made);
        if (!made) {
            const char* name = av_get_pix_fmt_name(from);
            return base::fail(ErrorKind::unsupported,
                              "Pictures of the pixel format '{}' cannot be made smaller: {}",
                              name != nullptr ? name : "unknown", file.string());
        }
        const int* matrix = sws_getCoefficients(sws_matrix(format.matrix));
        const int full = format.range == ColorRange::full ? 1 : 0;
        sws_setColorspaceDetails(made, matrix, full, matrix, full, 0, 1 << 16, 1 << 16);
        if (const int code = av_frame_make_writable(frame.get()); code < 0) return io_error(code);
        sws_scale(made, picture.data, picture.linesize, 0, picture.height, frame->data, frame->linesize);
        return {};
    }

    base::Result<void> encode_frame(std::int64_t at) {
        if (last_ticks >= 0) last_step = at - last_ticks;
        ticks.push_back(last_ticks = at);
        ++frame->pts;
        return encode(frame.get());
    }

    // Hands one picture (null: the end) to the encoder and writes every packet that comes out.
    base::Result<void> encode(const AVFrame* picture) {
        if (const int code = avcodec_send_frame(encoder.get(), picture); code < 0) return io_error(code);
        while (true) {
            const int code = avcodec_receive_packet(encoder.get(), packet.get());
            if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return {};
            if (code < 0) return io_error(code);
            assert(!ticks.empty());
            packet->pts = packet->dts = ticks.front() * format.time_base.num;
            packet->duration = last_step * format.time_base.num;  // MP4 keeps only the last one's
            ticks.pop_front();
            packet->stream_index = stream->index;
            if (const int written = av_write_frame(muxer.get(), packet.get()); written < 0)
                return io_error(written);
        }
    }
};

ProxyWriter::ProxyWriter(std::unique_ptr<Impl> impl) : m_impl{std::move(impl)} {}
ProxyWriter::ProxyWriter(ProxyWriter&&) noexcept = default;

ProxyWriter::~ProxyWriter() = default;

base::Result<ProxyWriter> ProxyWriter::create(const std::filesystem::path& file, const ProxyFormat& format) {
    assert(format.width_px % 2 == 0 && format.height_px % 2 == 0);
    auto impl = std::make_unique<Impl>();
    impl->file = file;
    impl->format = format;
    if (auto opened = impl->open(); !opened) return std::unexpected(opened.error());
    return ProxyWriter{std::move(impl)};
}

base::Result<void> ProxyWriter::add(const AVFrame& picture, std::int64_t ticks) {
    if (auto scaled = m_impl->scale(picture); !scaled) return scaled;
    return m_impl->encode_frame(ticks);
}

base::Result<void> ProxyWriter::repeat(std::int64_t ticks) { return m_impl->encode_frame(ticks); }

base::Result<void> ProxyWriter::finish() {
    if (auto flushed = m_impl->encode(nullptr); !flushed) return flushed;
    if (const int code = av_write_trailer(m_impl->muxer.get()); code < 0) return m_impl->io_error(code);
    if (const int code = avio_closep(&m_impl->muxer->pb); code < 0) return m_impl->io_error(code);
    return {};
}

}  // namespace media
