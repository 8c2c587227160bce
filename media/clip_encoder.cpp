#include "media/clip_encoder.h"

#include <cassert>
#include <optional>

#include "media/mp4_output.h"

extern "C" {
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
}

namespace media {
namespace {

struct FreeScaler {
    void operator()(SwsContext* scaler) const { sws_freeContext(scaler); }
};

void configure(AVCodecContext& encoder, const ClipFormat& format) {
    encoder.width = format.width_px;
    encoder.height = format.height_px;
    encoder.time_base = {1, format.frames_per_second};
    encoder.framerate = {format.frames_per_second, 1};
    encoder.gop_size = format.keyframe_every;
    encoder.max_b_frames = 2;
    encoder.bit_rate = 2'000'000;
    encoder.thread_count = 1;  // the same file on every machine
    encoder.color_range = AVCOL_RANGE_MPEG;
    encoder.colorspace = AVCOL_SPC_BT709;
    encoder.color_primaries = AVCOL_PRI_BT709;
    encoder.color_trc = AVCOL_TRC_BT709;
    av_opt_set(encoder.priv_data, "preset", "veryfast", 0);  // libx264's; others do not know it
}

}  // namespace

struct ClipEncoder::Impl {
    std::filesystem::path file;
    std::filesystem::path temporary;
    std::optional<Mp4Output> output;
    std::unique_ptr<SwsContext, FreeScaler> scaler;
    FrameHandle frame;

    ~Impl() {
        output.reset();
        std::error_code ignored;  // gone already after finish()
        std::filesystem::remove(temporary, ignored);
    }

    base::Result<void> open(const ClipFormat& format) {
        output.emplace();
        const auto opened =
            output->open(temporary, file, 0, [&](AVCodecContext& encoder) { configure(encoder, format); });
        if (!opened) return opened;
        auto picture = output->make_picture();
        if (!picture) return std::unexpected(picture.error());
        frame = std::move(*picture);
        scaler.reset(sws_getContext(format.width_px, format.height_px, AV_PIX_FMT_RGB24, format.width_px,
                                    format.height_px, AV_PIX_FMT_YUV420P, SWS_BILINEAR | SWS_ACCURATE_RND,
                                    nullptr, nullptr, nullptr));
        const int* matrix = sws_getCoefficients(SWS_CS_ITU709);
        sws_setColorspaceDetails(scaler.get(), matrix, 1, matrix, 0, 0, 1 << 16, 1 << 16);
        return {};
    }

    // The encoder's own times.
    [[nodiscard]] Mp4Output::Stamp stamp() const {
        return [unit = output->encoder().time_base](AVPacket& packet, const AVStream& stream) {
            packet.duration = 1;  // in the encoder's time base; MP4 needs the last one's
            av_packet_rescale_ts(&packet, unit, stream.time_base);
        };
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
    if (const int code = av_frame_make_writable(&frame); code < 0) return m_impl->output->io_error(code);
    const std::uint8_t* rows[] = {rgb.data()};
    const int stride_bytes[] = {frame.width * 3};
    sws_scale(m_impl->scaler.get(), rows, stride_bytes, 0, frame.height, frame.data, frame.linesize);
    ++frame.pts;
    return m_impl->output->encode(&frame, m_impl->stamp());
}

base::Result<void> ClipEncoder::finish() {
    if (auto finished = m_impl->output->finish(m_impl->stamp()); !finished) return finished;
    std::error_code error;
    std::filesystem::rename(m_impl->temporary, m_impl->file, error);
    if (error)
        return base::fail(base::ErrorKind::io,
                          "The video cannot be given its name ({}); check the folder: {}", error.message(),
                          m_impl->file.string());
    return {};
}

}  // namespace media
