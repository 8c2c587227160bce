#include "media/sound_feed.h"

#include <algorithm>
#include <cassert>
#include <vector>

#include <fmt/format.h>

extern "C" {
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
}

#include "base/log.h"
#include "media/ffmpeg.h"

namespace media {
namespace {

struct FreeGraph {
    void operator()(AVFilterGraph* graph) const { avfilter_graph_free(&graph); }
};
using GraphHandle = std::unique_ptr<AVFilterGraph, FreeGraph>;

constexpr std::size_t k_chunk_samples = 1024;

// atempo sounds well from half to double speed; beyond, several in a row do.
std::string tempo_chain(double speed) {
    std::string chain;
    for (; speed < 0.5; speed /= 0.5) chain += ",atempo=0.5";
    for (; speed > 2; speed /= 2) chain += ",atempo=2";
    if (speed != 1) chain += fmt::format(",atempo={:.6f}", speed);
    return chain;
}

}  // namespace

struct SoundFeed::Impl {
    Impl(AudioReader file, int rate) : reader{std::move(file)}, device_rate_hz{rate} {}

    [[nodiscard]] bool make_graph();
    [[nodiscard]] bool push_source();
    void read_source(std::span<float> out);
    void add_hiss(std::span<float> samples);
    [[nodiscard]] bool pull();
    [[nodiscard]] std::size_t channels() const { return static_cast<std::size_t>(reader.info().channels); }

    AudioReader reader;
    const int device_rate_hz;
    SoundRun run;
    GraphHandle graph;
    AVFilterContext* source = nullptr;  // the graph's
    AVFilterContext* sink = nullptr;    // the graph's
    FrameHandle in{av_frame_alloc()}, out{av_frame_alloc()};
    std::int64_t fed = 0;          // source samples since the run began
    std::int64_t next_sample = 0;  // of the file, to be fed next
    bool at_end = false;           // the file has no more; silence follows until the loop begins again
    std::uint32_t hiss = 1;
    int out_used = 0;  // samples of `out` given away
};

// buffer -> the device's rate, stereo -> tempo -> sink. What the mapping of time rests on: both the resampler
// and atempo begin with the first sample, without delay.
bool SoundFeed::Impl::make_graph() {
    graph.reset(avfilter_graph_alloc());
    graph->nb_threads = 1;
    const AudioInfo& info = reader.info();
    const std::string layout = info.channel_mask != 0 ? fmt::format("{:#x}", info.channel_mask)
                               : info.channels == 1   ? "mono"
                                                      : "stereo";  // unnamed speakers: the first two
    const std::string from = fmt::format("time_base=1/{0}:sample_rate={0}:sample_fmt=flt:channel_layout={1}",
                                         info.rate_hz, layout);
    const std::string way =
        fmt::format("aresample={0},aformat=sample_fmts=flt:sample_rates={0}:channel_layouts=stereo{1}",
                    device_rate_hz, tempo_chain(run.speed));
    if (avfilter_graph_create_filter(&source, avfilter_get_by_name("abuffer"), "in", from.c_str(), nullptr,
                                     graph.get()) < 0 ||
        avfilter_graph_create_filter(&sink, avfilter_get_by_name("abuffersink"), "out", nullptr, nullptr,
                                     graph.get()) < 0)
        return false;
    AVFilterInOut* outputs = avfilter_inout_alloc();
    AVFilterInOut* inputs = avfilter_inout_alloc();
    *outputs = {.name = av_strdup("in"), .filter_ctx = source, .pad_idx = 0, .next = nullptr};
    *inputs = {.name = av_strdup("out"), .filter_ctx = sink, .pad_idx = 0, .next = nullptr};
    const int parsed = avfilter_graph_parse_ptr(graph.get(), way.c_str(), &inputs, &outputs, nullptr);
    avfilter_inout_free(&inputs);
    avfilter_inout_free(&outputs);
    return parsed >= 0 && avfilter_graph_config(graph.get(), nullptr) >= 0;
}

// Fills the span with the run's samples: the file's, or silence, the loop's first after its last.
void SoundFeed::Impl::read_source(std::span<float> to) {
    while (!to.empty()) {
        if (run.loops() && next_sample >= run.loop_end) {
            next_sample = run.loop_begin;
            at_end = !reader.seek(next_sample).has_value();
        }
        std::size_t count = to.size() / channels();
        if (run.loops()) count = std::min(count, static_cast<std::size_t>(run.loop_end - next_sample));
        const std::span<float> part = to.first(count * channels());
        std::size_t got = 0;
        if (!at_end) got = reader.read(part).value_or(0);
        at_end = at_end || got < count;
        std::ranges::fill(part.subspan(got * channels()), 0.0f);
        next_sample += static_cast<std::int64_t>(count);
        to = to.subspan(part.size());
    }
}

// atempo joins pieces where they are alike. In digital silence everything is, and it takes the earliest
// place: what follows would come 20 ms early. Noise at -100 dB, which nobody hears, leaves it no such choice.
void SoundFeed::Impl::add_hiss(std::span<float> samples) {
    constexpr float k_amplitude = 1e-5f;
    for (float& sample : samples) {
        hiss = hiss * 1664525u + 1013904223u;  // Numerical Recipes' generator
        sample += k_amplitude * (static_cast<float>(hiss >> 8) / 8388608.0f - 1);
    }
}

bool SoundFeed::Impl::push_source() {
    std::vector<float> samples(k_chunk_samples * channels());
    read_source(samples);
    if (run.speed != 1) add_hiss(samples);
    const std::size_t fed_channels =
        reader.info().channel_mask != 0 ? channels() : std::min<std::size_t>(channels(), 2);
    av_frame_unref(in.get());
    in->format = AV_SAMPLE_FMT_FLT;
    in->sample_rate = reader.info().rate_hz;
    in->nb_samples = static_cast<int>(k_chunk_samples);
    in->pts = fed;
    if (reader.info().channel_mask != 0)
        av_channel_layout_from_mask(&in->ch_layout, reader.info().channel_mask);
    else
        av_channel_layout_default(&in->ch_layout, static_cast<int>(fed_channels));
    if (av_frame_get_buffer(in.get(), 0) < 0) return false;
    auto* to = reinterpret_cast<float*>(in->data[0]);
    for (std::size_t i = 0; i < k_chunk_samples; ++i)
        std::copy_n(samples.data() + i * channels(), fed_channels, to + i * fed_channels);
    fed += in->nb_samples;
    return av_buffersrc_add_frame(source, in.get()) >= 0;
}

// The next samples into `out`; false when the filters have failed.
bool SoundFeed::Impl::pull() {
    if (!graph) return false;
    av_frame_unref(out.get());
    out_used = 0;
    for (;;) {
        const int got = av_buffersink_get_frame(sink, out.get());
        if (got >= 0) return true;
        if (got != AVERROR(EAGAIN) || !push_source()) return false;
    }
}

SoundFeed::SoundFeed(AudioReader reader, int device_rate_hz)
    : m_impl{std::make_unique<Impl>(std::move(reader), device_rate_hz)} {}
SoundFeed::SoundFeed(SoundFeed&&) noexcept = default;
SoundFeed& SoundFeed::operator=(SoundFeed&&) noexcept = default;
SoundFeed::~SoundFeed() = default;

const AudioInfo& SoundFeed::info() const { return m_impl->reader.info(); }

int SoundFeed::device_rate_hz() const { return m_impl->device_rate_hz; }
AudioReader SoundFeed::take_reader() && { return std::move(m_impl->reader); }

double SoundFeed::samples_per_frame() const {
    return m_impl->run.speed * m_impl->reader.info().rate_hz / m_impl->device_rate_hz;
}

void SoundFeed::begin(const SoundRun& run) {
    assert(!run.loops() || run.first < run.loop_end);
    m_impl->run = run;
    m_impl->fed = 0;
    m_impl->next_sample = run.first;
    m_impl->out_used = 0;
    av_frame_unref(m_impl->out.get());
    m_impl->graph.reset();
    if (run.speed > k_fastest_sounding) return;
    m_impl->at_end = !m_impl->reader.seek(run.first).has_value();
    if (m_impl->make_graph()) return;
    base::log(base::LogLevel::warning, "the sound's filters would not start; it stays silent");
    m_impl->graph.reset();
}

void SoundFeed::fill(std::span<float> stereo) {
    while (!stereo.empty()) {
        if (m_impl->out_used >= m_impl->out->nb_samples && !m_impl->pull()) {
            std::ranges::fill(stereo, 0.0f);
            return;
        }
        const auto left = static_cast<std::size_t>(m_impl->out->nb_samples - m_impl->out_used);
        const std::size_t count = std::min(left, stereo.size() / 2);
        const auto* from = reinterpret_cast<const float*>(m_impl->out->data[0]) + 2 * m_impl->out_used;
        std::copy_n(from, 2 * count, stereo.data());
        m_impl->out_used += static_cast<int>(count);
        stereo = stereo.subspan(2 * count);
    }
}

}  // namespace media
