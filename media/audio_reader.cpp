#include "media/audio_reader.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

extern "C" {
#include <libswresample/swresample.h>
}

#include "media/demuxer.h"
#include "media/sample_grid.h"

namespace media {
namespace {

using base::ErrorKind;

struct FreeResampler {
    void operator()(SwrContext* context) const { swr_free(&context); }
};
using ResamplerHandle = std::unique_ptr<SwrContext, FreeResampler>;

// Time stamps that stray less than this from counting are the container's rounding, not a gap.
constexpr double k_jitter_secs = 0.010;
// Decoded and dropped before a wanted sample: MP3 borrows from up to ten frames before, Opus settles in 80
// ms.
constexpr double k_preroll_secs = 0.3;
constexpr std::int64_t k_preroll_frames = 12;
constexpr int k_calibrating_frames = 32;

// What divides the length of every frame, where the codec tells.
std::int64_t known_step(const AVCodecParameters& parameters) {
    if (parameters.codec_id == AV_CODEC_ID_OPUS) return parameters.sample_rate / 400;  // 2.5 ms
    if (parameters.codec_id != AV_CODEC_ID_VORBIS || parameters.extradata == nullptr) return 0;
    // Vorbis I specification, 4.2.2: the short block's length is a power of two in the identification header.
    // Overlapping halves of two blocks make a frame.
    const std::string_view headers{reinterpret_cast<const char*>(parameters.extradata),
                                   static_cast<std::size_t>(parameters.extradata_size)};
    constexpr std::size_t k_block_sizes = 28;
    const std::size_t at = headers.find("\x01vorbis");
    if (at == std::string_view::npos || at + k_block_sizes >= headers.size()) return 0;
    return (std::int64_t{1} << (headers[at + k_block_sizes] & 15)) / 4;
}

}  // namespace

struct AudioReader::Impl {
    explicit Impl(Demuxer opened) : demuxer{std::move(opened)} {}
    ~Impl() { av_channel_layout_uninit(&in_layout); }

    [[nodiscard]] base::Result<void> open();
    [[nodiscard]] base::Result<void> seek(std::int64_t sample);
    [[nodiscard]] base::Result<std::size_t> read(std::span<float> out);
    // The next decoded frame into `block`; false at the end.
    [[nodiscard]] base::Result<bool> next_block();
    [[nodiscard]] base::Result<bool> decode();
    [[nodiscard]] base::Result<bool> land(std::int64_t on_or_before);
    void place_block();
    [[nodiscard]] bool convert();
    [[nodiscard]] base::Result<void> calibrate(double tick_samples);
    [[nodiscard]] std::int64_t place_of_pts(std::int64_t pts) const {
        constexpr std::int64_t k_most = 1ll << 56;  // damaged stamps: so that samples can be added
        return std::clamp(av_rescale_q(pts, demuxer.stream().time_base, {1, info.rate_hz}), -k_most, k_most);
    }
    [[nodiscard]] std::int64_t block_end() const { return block_at + block_samples; }

    Demuxer demuxer;
    CodecHandle codec;
    PacketHandle packet{av_packet_alloc()};
    FrameHandle frame{av_frame_alloc()};
    ResamplerHandle converter;    // to interleaved floats of the first frame's rate and speakers
    AVChannelLayout in_layout{};  // what the converter takes, with the two below
    int in_rate_hz = 0, in_format = AV_SAMPLE_FMT_NONE;
    AudioInfo info;
    SampleGrid grid;
    std::int64_t jitter = 0;            // samples
    std::int64_t position = 0;          // of the next sample given out
    std::int64_t expected = k_no_time;  // where the next frame begins by counting
    std::vector<float> block;           // the last decoded frame
    std::int64_t block_at = 0, block_samples = 0;
    std::int64_t first_packet_pts = k_no_time;
    bool frame_held = false;  // `frame` is decoded and not placed yet
    bool lost = false;        // a packet could not be decoded: the next frame is placed by its time stamp
    bool ended = false;       // nothing comes after the block
};

base::Result<void> AudioReader::Impl::open() {
    auto decoder = open_decoder(demuxer, 1);
    if (!decoder) return std::unexpected(decoder.error());
    codec = std::move(*decoder);
    const AVStream& stream = demuxer.stream();
    info.stream_index = stream.index;
    info.codec = avcodec_get_name(stream.codecpar->codec_id);
    auto decoded = decode();
    if (!decoded) return std::unexpected(decoded.error());
    if (!*decoded || frame->sample_rate <= 0 || frame->ch_layout.nb_channels <= 0)
        return base::fail(ErrorKind::malformed, "The sound of this file cannot be decoded: {}",
                          demuxer.path().string());
    info.rate_hz = frame->sample_rate;
    info.channels = frame->ch_layout.nb_channels;
    info.channel_mask = frame->ch_layout.order == AV_CHANNEL_ORDER_NATIVE ? frame->ch_layout.u.mask : 0;
    const double tick = av_q2d(stream.time_base) * info.rate_hz;  // samples
    jitter = static_cast<std::int64_t>(std::max(k_jitter_secs * info.rate_hz, 2 * tick));
    grid =
        SampleGrid{known_step(*stream.codecpar), tick <= 1 ? 0 : static_cast<std::int64_t>(std::ceil(tick))};
    place_block();
    // The first frame may be cut short by priming; what follows it stands where it ends.
    const std::int64_t first_samples = block_samples;
    if (tick > 1)
        if (auto done = calibrate(tick); !done) return done;
    grid.set_origin(block_at + first_samples);
    info.first_sample = position = block_at;
    return {};
}

// Where the sound begins, closer than one rounded time stamp tells: every frame that follows without a gap
// says it again, each rounded in its own way, and the truth is what all of them allow. The frames become one
// block.
base::Result<void> AudioReader::Impl::calibrate(double tick_samples) {
    std::vector<float> whole = block;
    std::int64_t samples = block_samples;
    // The first one's stamp is rounded twice where priming was taken off.
    double least = -1.5 * tick_samples, most = 1.5 * tick_samples;
    for (int i = 1; i < k_calibrating_frames && !frame_held; ++i) {
        const auto more = decode();
        if (!more) return std::unexpected(more.error());
        if (!*more) break;
        const double stamped = static_cast<double>(frame->pts) * tick_samples;
        const double offset = stamped - static_cast<double>(block_at + samples);
        frame_held =
            lost || frame->pts == AV_NOPTS_VALUE || std::abs(offset) > 2 * tick_samples || !convert();
        if (frame_held) break;
        if (i > 1) grid.learn(block_samples);
        least = std::max(least, offset - tick_samples / 2);
        most = std::min(most, offset + tick_samples / 2);
        whole.insert(whole.end(), block.begin(),
                     block.begin() + static_cast<std::ptrdiff_t>(block_samples * info.channels));
        samples += block_samples;
    }
    if (least <= most) block_at += std::llround((least + most) / 2);
    block = std::move(whole);
    block_samples = samples;
    expected = block_end();
    return {};
}

// A frame as FFmpeg gives it. Damaged packets are passed over.
base::Result<bool> AudioReader::Impl::decode() {
    for (;;) {
        const int got = avcodec_receive_frame(codec.get(), frame.get());
        if (got == 0) return true;
        if (got == AVERROR_EOF) return false;
        lost = lost || got != AVERROR(EAGAIN);
        const auto more = demuxer.read(*packet);
        if (!more) return std::unexpected(more.error());
        if (*more && first_packet_pts == k_no_time) first_packet_pts = packet->pts;
        const int sent = avcodec_send_packet(codec.get(), *more ? packet.get() : nullptr);
        if (!*more && sent < 0) return false;
        lost = lost || (sent < 0 && sent != AVERROR(EAGAIN));
    }
}

bool AudioReader::Impl::convert() {
    const bool same = converter && in_rate_hz == frame->sample_rate && in_format == frame->format &&
                      av_channel_layout_compare(&in_layout, &frame->ch_layout) == 0;
    if (!same) {
        AVChannelLayout out{};
        if (info.channel_mask != 0)
            av_channel_layout_from_mask(&out, info.channel_mask);
        else
            av_channel_layout_copy(&out, &frame->ch_layout);
        SwrContext* made = nullptr;
        const int set =
            swr_alloc_set_opts2(&made, &out, AV_SAMPLE_FMT_FLT, info.rate_hz, &frame->ch_layout,
                                static_cast<AVSampleFormat>(frame->format), frame->sample_rate, 0, nullptr);
        const bool fits = out.nb_channels == info.channels;
        converter.reset(made);
        av_channel_layout_uninit(&out);
        if (set < 0 || !fits || swr_init(made) < 0) {
            converter.reset();
            return false;
        }
        in_rate_hz = frame->sample_rate;
        in_format = frame->format;
        av_channel_layout_copy(&in_layout, &frame->ch_layout);
    }
    const int room = swr_get_out_samples(converter.get(), frame->nb_samples);
    block.resize(static_cast<std::size_t>(std::max(room, 0)) * static_cast<std::size_t>(info.channels));
    auto* to = reinterpret_cast<std::uint8_t*>(block.data());
    const int count = swr_convert(converter.get(), &to, room,
                                  const_cast<const std::uint8_t**>(frame->extended_data), frame->nb_samples);
    block_samples = std::max(count, 0);
    return count >= 0;
}

void AudioReader::Impl::place_block() {
    if (expected != k_no_time && block_samples > 0) grid.learn(block_samples);
    if (!convert()) {
        block_samples = 0;
        lost = true;
        return;
    }
    const std::int64_t pts = frame->pts != AV_NOPTS_VALUE ? frame->pts : frame->best_effort_timestamp;
    const std::int64_t counted = expected != k_no_time ? expected : 0;
    block_at = counted;
    if (pts != AV_NOPTS_VALUE) {
        const std::int64_t stamped = grid.place(place_of_pts(pts), block_samples);
        const bool apart = expected == k_no_time || lost || std::abs(stamped - counted) > jitter;
        if (apart) block_at = stamped;
    }
    lost = false;
    expected = block_end();
}

base::Result<bool> AudioReader::Impl::next_block() {
    auto got = std::exchange(frame_held, false) ? base::Result<bool>{true} : decode();
    if (got && *got) place_block();
    return got;
}

// Decodes from a place not after the sample; false when the file has nothing there.
base::Result<bool> AudioReader::Impl::land(std::int64_t on_or_before) {
    const std::int64_t from = std::max(on_or_before, info.first_sample);
    const std::int64_t pts =
        av_rescale_q_rnd(from, {1, info.rate_hz}, demuxer.stream().time_base, AV_ROUND_DOWN);
    const bool to_start = on_or_before <= info.first_sample;
    const std::int64_t start = first_packet_pts != k_no_time ? std::min(first_packet_pts, pts) : pts;
    if (!(to_start ? demuxer.seek_to_start(start) : demuxer.seek_to(pts))) return false;
    // At the beginning nothing of an earlier place may remain, which flushing does not promise.
    auto fresh = to_start ? open_decoder(demuxer, 1) : base::Result<CodecHandle>{};
    if (!fresh) return std::unexpected(fresh.error());
    if (*fresh)
        codec = std::move(*fresh);
    else
        avcodec_flush_buffers(codec.get());
    frame_held = false;
    expected = k_no_time;
    block_samples = 0;
    lost = false;
    return next_block();
}

// A container may land late and a decoder may need a run-up: it is tried from ever earlier.
base::Result<void> AudioReader::Impl::seek(std::int64_t sample) {
    position = sample;
    std::int64_t back = std::max(static_cast<std::int64_t>(k_preroll_secs * info.rate_hz),
                                 k_preroll_frames * std::max(codec->frame_size, 0));
    for (;; back *= 8) {
        const bool from_start = sample - back <= info.first_sample;
        const auto landed = land(sample - back);
        if (!landed) return std::unexpected(landed.error());
        const bool in_time = *landed && block_at <= sample - back / 2;
        ended = !*landed;
        if (in_time || from_start) return {};
    }
}

base::Result<std::size_t> AudioReader::Impl::read(std::span<float> out) {
    const auto channels = static_cast<std::size_t>(info.channels);
    const auto wanted = static_cast<std::int64_t>(out.size() / channels);
    std::int64_t done = 0;
    while (done < wanted) {
        if (position >= block_end() || block_samples == 0) {
            if (ended) break;
            const auto more = next_block();
            if (!more) return std::unexpected(more.error());
            ended = !*more;
            if (ended) block_samples = 0;
            continue;
        }
        // Nothing sounds before the beginning: what a decoder gives there is priming.
        const std::int64_t sounds_from = std::max(block_at, info.first_sample);
        float* to = out.data() + static_cast<std::size_t>(done) * channels;
        std::int64_t count = std::min(wanted - done, std::max<std::int64_t>(sounds_from - position, 0));
        if (count > 0) {
            std::fill_n(to, static_cast<std::size_t>(count) * channels, 0.0f);
        } else {
            count = std::min(wanted - done, block_end() - position);
            const float* from = block.data() + static_cast<std::size_t>(position - block_at) * channels;
            std::copy_n(from, static_cast<std::size_t>(count) * channels, to);
        }
        position += count;
        done += count;
    }
    return static_cast<std::size_t>(done);
}

AudioReader::AudioReader(std::unique_ptr<Impl> impl) : m_impl{std::move(impl)} {}
AudioReader::AudioReader(AudioReader&&) noexcept = default;
AudioReader& AudioReader::operator=(AudioReader&&) noexcept = default;
AudioReader::~AudioReader() = default;

base::Result<AudioReader> AudioReader::open(const std::filesystem::path& path,
                                            std::optional<int> video_stream, std::stop_token stop) {
    auto demuxer = Demuxer::open_sound(path, video_stream, std::move(stop));
    if (!demuxer) return std::unexpected(demuxer.error());
    auto impl = std::make_unique<Impl>(std::move(*demuxer));
    if (auto opened = impl->open(); !opened) return std::unexpected(opened.error());
    return AudioReader{std::move(impl)};
}

const AudioInfo& AudioReader::info() const { return m_impl->info; }
std::int64_t AudioReader::position() const { return m_impl->position; }
base::Result<void> AudioReader::seek(std::int64_t sample) { return m_impl->seek(sample); }
base::Result<std::size_t> AudioReader::read(std::span<float> out) { return m_impl->read(out); }

}  // namespace media
