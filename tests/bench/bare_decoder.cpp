#include "bare_decoder.h"

#include "bench.h"

namespace bench {

static void check(int code, const char* what) {
    if (code < 0) give_up(fmt::format("{} does not work: {}", what, media::av_error_text(code)));
}

BareDecoder::BareDecoder(const std::filesystem::path& film)
    : m_packet{av_packet_alloc()}, m_frame{av_frame_alloc()} {
    AVFormatContext* format = nullptr;
    check(avformat_open_input(&format, film.c_str(), nullptr, nullptr), "avformat_open_input");
    m_format.reset(format);
    check(avformat_find_stream_info(format, nullptr), "avformat_find_stream_info");
    const AVCodec* codec = nullptr;
    m_stream = av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0);
    check(m_stream, "av_find_best_stream");
    m_codec.reset(avcodec_alloc_context3(codec));
    check(avcodec_parameters_to_context(m_codec.get(), format->streams[m_stream]->codecpar),
          "avcodec_parameters_to_context");
    m_codec->thread_count = 0;  // libavcodec's choice, as in the program
    check(avcodec_open2(m_codec.get(), codec, nullptr), "avcodec_open2");
}

bool BareDecoder::feed() {
    for (;;) {
        av_packet_unref(m_packet.get());
        if (av_read_frame(m_format.get(), m_packet.get()) < 0) {
            avcodec_send_packet(m_codec.get(), nullptr);
            return false;
        }
        if (m_packet->stream_index != m_stream) continue;
        check(avcodec_send_packet(m_codec.get(), m_packet.get()), "avcodec_send_packet");
        return true;
    }
}

void BareDecoder::decode(std::int64_t pts) {
    check(av_seek_frame(m_format.get(), m_stream, pts, AVSEEK_FLAG_BACKWARD), "av_seek_frame");
    avcodec_flush_buffers(m_codec.get());
    for (bool more = true;;) {
        const int code = avcodec_receive_frame(m_codec.get(), m_frame.get());
        if (code == AVERROR(EAGAIN) && more) {
            more = feed();
            continue;
        }
        check(code, "avcodec_receive_frame");
        if (m_frame->pts >= pts) return;
    }
}

}  // namespace bench
