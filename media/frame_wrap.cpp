#include "media/frame_wrap.h"

#include <cmath>
#include <cstring>
#include <new>

extern "C" {
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/md5.h>
#include <libswscale/swscale.h>
}

namespace media {
namespace {

using base::ErrorKind;

struct FreeScaler {
    void operator()(SwsContext* context) const { sws_freeContext(context); }
};

// FFmpeg passes on what a file says, also numbers that its enumeration has no name for; C++ may not read
// those as the enumeration.
template <class Enum>
int number_in(const Enum& value) {
    int number = 0;
    static_assert(sizeof number == sizeof value);
    std::memcpy(&number, &value, sizeof number);
    return number;
}

// Unspecified material follows the usual rule of players: BT.709 from 720 lines on, BT.601 below.
ColorMatrix matrix_of(const AVFrame& raw) {
    switch (number_in(raw.colorspace)) {
        case AVCOL_SPC_BT709:
            return ColorMatrix::bt709;
        case AVCOL_SPC_BT2020_NCL:
        case AVCOL_SPC_BT2020_CL:
            return ColorMatrix::bt2020;
        case AVCOL_SPC_FCC:
        case AVCOL_SPC_BT470BG:
        case AVCOL_SPC_SMPTE170M:
            return ColorMatrix::bt601;
        default:
            return raw.height < 720 ? ColorMatrix::bt601 : ColorMatrix::bt709;
    }
}

bool is_yuvj(int format) {
    return format == AV_PIX_FMT_YUVJ420P || format == AV_PIX_FMT_YUVJ422P || format == AV_PIX_FMT_YUVJ444P ||
           format == AV_PIX_FMT_YUVJ440P || format == AV_PIX_FMT_YUVJ411P;
}

ColorRange range_of(const AVFrame& raw, const AVPixFmtDescriptor& desc, const WrapRules& rules) {
    const int said = number_in(raw.color_range);
    if (said == AVCOL_RANGE_JPEG || is_yuvj(raw.format)) return ColorRange::full;
    if (said == AVCOL_RANGE_MPEG) return ColorRange::limited;
    return desc.nb_components == 1 && rules.gray_is_full_range ? ColorRange::full : ColorRange::limited;
}

// Which of our layouts the memory already has; nothing when it must be converted.
std::optional<PixelLayout> layout_of(int format) {
    const AVPixFmtDescriptor* desc = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(format));
    if (desc == nullptr) return std::nullopt;
    constexpr std::uint64_t k_foreign = AV_PIX_FMT_FLAG_BE | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM |
                                        AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_RGB |
                                        AV_PIX_FMT_FLAG_ALPHA | AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_BAYER;
    if ((desc->flags & k_foreign) != 0) return std::nullopt;
    if (format == AV_PIX_FMT_NV12) return PixelLayout::nv12;
    const int depth = desc->comp[0].depth;
    if (depth < 8 || depth > 16) return std::nullopt;
    for (int i = 0; i < desc->nb_components; ++i) {
        const AVComponentDescriptor& comp = desc->comp[i];
        const bool plain =
            comp.plane == i && comp.shift == 0 && comp.offset == 0 && comp.step == (depth > 8 ? 2 : 1);
        if (!plain || comp.depth != depth) return std::nullopt;
    }
    if (desc->nb_components == 1) return PixelLayout::gray;
    if (desc->nb_components == 3 && (desc->flags & AV_PIX_FMT_FLAG_PLANAR) != 0) return PixelLayout::yuv;
    return std::nullopt;
}

int shift_up(int value, int log2) { return (value + (1 << log2) - 1) >> log2; }

void point_planes(VideoFrame& frame, const AVFrame& raw, const AVPixFmtDescriptor& desc) {
    frame.bit_depth = desc.comp[0].depth;
    frame.log2_chroma_w = frame.layout == PixelLayout::gray ? 0 : desc.log2_chroma_w;
    frame.log2_chroma_h = frame.layout == PixelLayout::gray ? 0 : desc.log2_chroma_h;
    const int planes = frame.layout == PixelLayout::gray ? 1 : frame.layout == PixelLayout::nv12 ? 2 : 3;
    for (int i = 0; i < planes; ++i) {
        const int width = i == 0 ? raw.width : shift_up(raw.width, frame.log2_chroma_w);
        const int height = i == 0 ? raw.height : shift_up(raw.height, frame.log2_chroma_h);
        frame.planes[static_cast<std::size_t>(i)] = {raw.data[i], raw.linesize[i], width, height};
    }
}

int sws_matrix(ColorMatrix matrix) {
    if (matrix == ColorMatrix::bt2020) return SWS_CS_BT2020;
    return matrix == ColorMatrix::bt709 ? SWS_CS_ITU709 : SWS_CS_ITU601;
}

base::Result<void> convert_to_rgba(VideoFrame& frame, const AVFrame& raw, bool full_range) {
    const auto format = static_cast<AVPixelFormat>(raw.format);
    const std::unique_ptr<SwsContext, FreeScaler> scaler{
        sws_getContext(raw.width, raw.height, format, raw.width, raw.height, AV_PIX_FMT_RGBA,
                       SWS_POINT | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, nullptr, nullptr, nullptr)};
    if (!scaler) {
        const char* name = av_get_pix_fmt_name(format);
        return base::fail(ErrorKind::unsupported,
                          "Pictures of the pixel format '{}' cannot be shown; convert the file first",
                          name != nullptr ? name : "unknown");
    }
    const int* coefficients = sws_getCoefficients(sws_matrix(frame.matrix));
    sws_setColorspaceDetails(scaler.get(), coefficients, full_range ? 1 : 0,
                             sws_getCoefficients(SWS_CS_DEFAULT), 1, 0, 1 << 16, 1 << 16);
    const std::int64_t stride =
        (static_cast<std::int64_t>(raw.width) * 4 + 63) / 64 * 64;  // swscale writes whole vectors
    const auto bytes = static_cast<std::size_t>(stride) * static_cast<std::size_t>(raw.height) + 64;
    std::shared_ptr<std::uint8_t> memory{static_cast<std::uint8_t*>(av_malloc(bytes)),
                                         [](std::uint8_t* p) { av_free(p); }};
    if (!memory)
        return base::fail(ErrorKind::io, "There is not enough memory for a picture of {} x {} pixels",
                          raw.width, raw.height);
    std::uint8_t* planes[4] = {memory.get(), nullptr, nullptr, nullptr};
    const int strides[4] = {static_cast<int>(stride), 0, 0, 0};
    sws_scale(scaler.get(), raw.data, raw.linesize, 0, raw.height, planes, strides);
    frame.layout = PixelLayout::rgba;
    frame.bit_depth = 8;
    frame.log2_chroma_w = frame.log2_chroma_h = 0;
    frame.range = ColorRange::full;
    frame.planes[0] = {memory.get(), stride, raw.width, raw.height};
    frame.size_bytes = bytes;
    frame.owner = std::move(memory);
    return {};
}

}  // namespace

Turn turn_of(const AVStream& stream) {
    const std::uint8_t* data = av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr);
    if (data == nullptr) return {};
    std::int32_t matrix[9];
    std::memcpy(matrix, data, sizeof matrix);
    Turn turn;
    const auto at = [&matrix](int i) { return static_cast<double>(matrix[i]); };
    turn.flip_horizontal = at(0) * at(4) - at(1) * at(3) < 0;
    if (turn.flip_horizontal)
        matrix[0] = -matrix[0], matrix[1] = -matrix[1];  // undo the mirroring that comes first
    const double counter_clockwise = av_display_rotation_get(matrix);
    if (!std::isnan(counter_clockwise))
        turn.rotation_deg = static_cast<int>((std::lround(-counter_clockwise / 90.0) % 4 + 4) % 4) * 90;
    return turn;
}

WrapRules wrap_rules(const AVStream& stream) {
    const AVCodecDescriptor* codec = avcodec_descriptor_get(stream.codecpar->codec_id);
    // Film codecs without colour still mean studio range; picture codecs mean 0…max.
    const bool picture_codec = codec != nullptr && (codec->props & AV_CODEC_PROP_INTRA_ONLY) != 0;
    return {.turn = turn_of(stream), .gray_is_full_range = picture_codec};
}

bool is_direct(const AVFrame& raw) { return layout_of(raw.format).has_value(); }

base::Result<FramePtr> wrap(const RawFrame& raw, const WrapRules& rules, std::int64_t index,
                            std::int64_t pts) {
    const AVPixFmtDescriptor* desc = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(raw->format));
    if (desc == nullptr)
        return base::fail(ErrorKind::malformed, "The decoder gave a picture of an unknown pixel format");
    auto frame = std::make_shared<VideoFrame>();
    frame->index = index;
    frame->pts = pts;
    frame->width_px = raw->width;
    frame->height_px = raw->height;
    frame->rotation_deg = rules.turn.rotation_deg;
    frame->flip_horizontal = rules.turn.flip_horizontal;
    frame->matrix = matrix_of(*raw);
    frame->range = range_of(*raw, *desc, rules);
    frame->damaged = raw->decode_error_flags != 0 || (raw->flags & AV_FRAME_FLAG_CORRUPT) != 0;
    if (const auto layout = layout_of(raw->format)) {
        frame->layout = *layout;
        point_planes(*frame, *raw, *desc);
        frame->size_bytes = size_of(*raw);
        frame->owner = raw;
        return frame;
    }
    const bool full_range = frame->range == ColorRange::full;
    if (auto converted = convert_to_rgba(*frame, *raw, full_range); !converted)
        return std::unexpected(converted.error());
    return frame;
}

std::size_t size_of(const AVFrame& raw) {
    std::size_t bytes = 0;
    for (const AVBufferRef* buffer : raw.buf)
        if (buffer != nullptr) bytes += static_cast<std::size_t>(buffer->size);
    return bytes;
}

base::Result<std::string> md5_of(const AVFrame& raw) {
    const auto format = static_cast<AVPixelFormat>(raw.format);
    const int size = av_image_get_buffer_size(format, raw.width, raw.height, 1);
    if (size < 0)
        return base::fail(ErrorKind::malformed, "The decoder gave a picture of an unknown size or format");
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size));
    av_image_copy_to_buffer(bytes.data(), size, raw.data, raw.linesize, format, raw.width, raw.height, 1);
    std::array<std::uint8_t, 16> digest{};
    av_md5_sum(digest.data(), bytes.data(), bytes.size());
    std::string text;
    for (const std::uint8_t byte : digest) text += fmt::format("{:02x}", byte);
    return text;
}

std::unexpected<base::Error> in_file(const base::Error& error, const std::filesystem::path& path) {
    return base::fail(error.kind, "{}: {}", error.message, path.string());
}

}  // namespace media
