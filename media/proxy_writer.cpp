#include "media/proxy_writer.h"

#include <cassert>
#include <cstring>
#include <deque>

#include "media/mp4_output.h"
#include "media/proxy.h"

extern "C" {
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
}

namespace media {
namespace {

using base::ErrorKind;

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
void configure(AVCodecContext& encoder, const ProxyFormat& format) {
    encoder.width = format.width_px;
    encoder.height = format.height_px;
    encoder.time_base = {1, 25};
    encoder.framerate = {25, 1};
    encoder.gop_size = k_proxy_gop;
    encoder.max_b_frames = 0;
    encoder.color_range = format.range == ColorRange::full ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
    encoder.colorspace = color_space(format.matrix);
    if (encoder.codec_id == AV_CODEC_ID_H264) {
        av_opt_set(encoder.priv_data, "preset", "superfast", 0);
        av_opt_set(encoder.priv_data, "tune", "fastdecode", 0);
        av_opt_set_double(encoder.priv_data, "crf", 24, 0);
    } else {
        encoder.flags |= AV_CODEC_FLAG_QSCALE;
        encoder.global_quality = 4 * FF_QP2LAMBDA;
    }
}

}  // namespace

struct ProxyWriter::Impl {
    std::filesystem::path file;
    ProxyFormat format;
    Mp4Output output;
    std::unique_ptr<SwsContext, FreeScaler> scaler;
    FrameHandle frame;
    std::deque<std::int64_t> ticks;  // of the pictures the encoder holds, in order
    std::int64_t last_ticks = -1, last_step = 1;

    base::Result<void> open() {
        const auto opened = output.open(file, file, static_cast<int>(format.time_base.den),
                                        [this](AVCodecContext& encoder) { configure(encoder, format); });
        if (!opened) return opened;
        auto picture = output.make_picture();
        if (!picture) return std::unexpected(picture.error());
        frame = std::move(*picture);
        blacken();
        return {};
    }

    // In case the first frame cannot be decoded.
    void blacken() {
        const int black = format.range == ColorRange::full ? 0 : 16;
        for (int plane = 0; plane < 3; ++plane) {
            const int rows = plane == 0 ? format.height_px : format.height_px / 2;
            std::memset(frame->data[plane], plane == 0 ? black : 128,
                        static_cast<std::size_t>(frame->linesize[plane]) * static_cast<std::size_t>(rows));
        }
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
        if (const int code = av_frame_make_writable(frame.get()); code < 0) return output.io_error(code);
        sws_scale(made, picture.data, picture.linesize, 0, picture.height, frame->data, frame->linesize);
        return {};
    }

    base::Result<void> encode_frame(std::int64_t at) {
        if (last_ticks >= 0) last_step = at - last_ticks;
        ticks.push_back(last_ticks = at);
        ++frame->pts;
        return output.encode(frame.get(), stamp());
    }

    // Without B pictures packets come in the order of the pictures.
    [[nodiscard]] Mp4Output::Stamp stamp() {
        return [this](AVPacket& packet, const AVStream&) {
            assert(!ticks.empty());
            packet.pts = packet.dts = ticks.front() * format.time_base.num;
            packet.duration = last_step * format.time_base.num;  // MP4 keeps only the last one's
            ticks.pop_front();
        };
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

base::Result<void> ProxyWriter::finish() { return m_impl->output.finish(m_impl->stamp()); }

}  // namespace media
