#include "media/mp4_output.h"

namespace media {
namespace {

using base::ErrorKind;

CodecHandle open_any_encoder(const Mp4Output::Configure& configure, bool global_header) {
    for (const char* name : {"libx264", "mpeg4"}) {
        const AVCodec* codec = avcodec_find_encoder_by_name(name);
        if (!codec) continue;
        CodecHandle encoder{avcodec_alloc_context3(codec)};
        encoder->pix_fmt = AV_PIX_FMT_YUV420P;
        encoder->log_level_offset = AV_LOG_INFO - AV_LOG_ERROR;  // only its errors reach stderr
        if (global_header) encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
        configure(*encoder);
        if (avcodec_open2(encoder.get(), codec, nullptr) >= 0) return encoder;
    }
    return {};
}

}  // namespace

std::unexpected<base::Error> Mp4Output::io_error(int code) const {
    return base::fail(ErrorKind::io, "The video cannot be written ({}); check the disk and the folder: {}",
                      av_error_text(code), m_shown_as.string());
}

base::Result<void> Mp4Output::open(const std::filesystem::path& file, std::filesystem::path shown_as,
                                   int timescale, const Configure& configure) {
    m_shown_as = std::move(shown_as);
    AVFormatContext* made = nullptr;
    avformat_alloc_output_context2(&made, nullptr, "mp4", file.c_str());
    if (made) m_muxer.reset(made);
    if (made) m_encoder = open_any_encoder(configure, (made->oformat->flags & AVFMT_GLOBALHEADER) != 0);
    if (!m_encoder)
        return base::fail(ErrorKind::unsupported,
                          "This FFmpeg cannot write H.264 or MPEG-4 to MP4; install libavcodec: {}",
                          m_shown_as.string());
    m_stream = avformat_new_stream(made, nullptr);
    avcodec_parameters_from_context(m_stream->codecpar, m_encoder.get());
    m_stream->time_base = timescale > 0 ? AVRational{1, timescale} : m_encoder->time_base;
    m_stream->avg_frame_rate = m_encoder->framerate;
    if (const int code = avio_open(&made->pb, file.c_str(), AVIO_FLAG_WRITE); code < 0) return io_error(code);
    AVDictionary* options = nullptr;
    if (timescale > 0) av_dict_set_int(&options, "video_track_timescale", timescale, 0);
    const int code = avformat_write_header(made, &options);
    av_dict_free(&options);
    if (code < 0) return io_error(code);
    if (timescale > 0 && (m_stream->time_base.num != 1 || m_stream->time_base.den != timescale))
        return base::fail(ErrorKind::unsupported, "No MP4 can count time in 1/{} s: {}", timescale,
                          m_shown_as.string());
    return {};
}

base::Result<FrameHandle> Mp4Output::make_picture() const {
    FrameHandle picture{av_frame_alloc()};
    picture->width = m_encoder->width;
    picture->height = m_encoder->height;
    picture->format = m_encoder->pix_fmt;
    picture->pts = -1;
    picture->color_range = m_encoder->color_range;
    picture->colorspace = m_encoder->colorspace;
    if (const int code = av_frame_get_buffer(picture.get(), 0); code < 0) return io_error(code);
    return picture;
}

base::Result<void> Mp4Output::encode(const AVFrame* picture, const Stamp& stamp) {
    if (const int code = avcodec_send_frame(m_encoder.get(), picture); code < 0) return io_error(code);
    for (;;) {
        const int code = avcodec_receive_packet(m_encoder.get(), m_packet.get());
        if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return {};
        if (code < 0) return io_error(code);
        stamp(*m_packet, *m_stream);
        m_packet->stream_index = m_stream->index;
        if (const int written = av_interleaved_write_frame(m_muxer.get(), m_packet.get()); written < 0)
            return io_error(written);
    }
}

base::Result<void> Mp4Output::finish(const Stamp& stamp) {
    if (auto flushed = encode(nullptr, stamp); !flushed) return flushed;
    if (const int code = av_write_trailer(m_muxer.get()); code < 0) return io_error(code);
    if (const int code = avio_closep(&m_muxer->pb); code < 0) return io_error(code);
    return {};
}

}  // namespace media
