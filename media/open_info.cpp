#include "media/open_info.h"

#include <algorithm>

#include "media/frame_wrap.h"

namespace media {
namespace {

base::Rational rational(AVRational value, base::Rational otherwise) {
    return value.num == 0 || value.den == 0 ? otherwise : base::Rational{value.num, value.den};
}

StreamInfo stream_info(const AVStream& stream) {
    const AVCodecParameters& parameters = *stream.codecpar;
    const char* type = av_get_media_type_string(parameters.codec_type);
    return {.index = stream.index,
            .type = type != nullptr ? type : "unknown",
            .codec = avcodec_get_name(parameters.codec_id),
            .width_px = parameters.width,
            .height_px = parameters.height,
            .sample_rate_hz = parameters.sample_rate,
            .channels = parameters.ch_layout.nb_channels};
}

double duration_secs(const AVFormatContext& format, const AVStream& stream) {
    if (stream.duration != AV_NOPTS_VALUE)
        return static_cast<double>(stream.duration) * av_q2d(stream.time_base);
    if (format.duration != AV_NOPTS_VALUE) return static_cast<double>(format.duration) / AV_TIME_BASE;
    return 0;
}

// Stamps rounded to a coarse clock (33 and 34 ms) are still a constant rate.
bool is_variable(const IndexFacts& facts, base::Rational time_base) {
    if (facts.frame_count < 3) return false;
    const double ticks_of_clock =
        0.0011 * static_cast<double>(time_base.den) / static_cast<double>(time_base.num);
    const double half_step = static_cast<double>(facts.min_step) / 2;
    const double tolerated = std::max(1.0, std::min(ticks_of_clock, half_step));
    return static_cast<double>(facts.max_step - facts.min_step) > tolerated;
}

FieldOrder field_order_of(const AVCodecParameters& parameters) {
    switch (parameters.field_order) {
        case AV_FIELD_PROGRESSIVE:
            return FieldOrder::progressive;
        case AV_FIELD_TT:
        case AV_FIELD_BT:
            return FieldOrder::top_first;
        case AV_FIELD_BB:
        case AV_FIELD_TB:
            return FieldOrder::bottom_first;
        default:
            return FieldOrder::unknown;
    }
}

// A film that was cut off keeps the length it once had in its header.
void add_missing_end(VideoInfo& info, const IndexFacts& facts) {
    if (!facts.complete || info.is_picture || info.is_growing || facts.frame_count < 2) return;
    if (facts.clock_moved || info.duration_secs <= 0) return;
    const double ends = static_cast<double>(facts.last_pts - facts.first_pts) *
                        static_cast<double>(info.time_base.num) / static_cast<double>(info.time_base.den);
    if (info.duration_secs - ends < std::max(1.0, info.duration_secs / 10)) return;
    info.faults.push_back(
        fmt::format("The header promises {:.1f} s, the pictures end at {:.1f} s; the film may be cut off.",
                    info.duration_secs, ends));
}

void add_exactness(VideoInfo& info, Identity identity, const IndexFacts& facts,
                   const FetchCounters& counters) {
    info.stamps_identify = identity == Identity::pts && facts.equal_stamps == 0;
    info.clock_moved = facts.clock_moved;
    add_missing_end(info, facts);
    if (counters.other_size.load(std::memory_order_relaxed))
        info.faults.push_back(
            "The picture changes its size within the film; labels are in pixels of the frame they are on.");
    const auto earlier = counters.from_earlier_key.load(std::memory_order_relaxed);
    const auto linear = counters.from_beginning.load(std::memory_order_relaxed);
    if (!facts.complete) {
        info.exactness = Exactness::counting;
    } else if (identity == Identity::count) {
        info.exactness = Exactness::by_linear;
        info.exactness_note = "Pictures are told apart by counting; every jump decodes from the beginning.";
    } else if (facts.verified) {
        info.exactness = Exactness::verified;
        info.exactness_note = facts.bad_keys == 0 ? "The whole film was decoded, and each group once more "
                                                    "from its keyframe: the pictures are equal."
                                                  : "The whole film was decoded, and each group once more "
                                                    "from the keyframe it is reached from: the "
                                                    "pictures are equal.";
    } else if (linear > 0) {
        info.exactness = Exactness::by_linear;
        info.exactness_note = "Some frames were reached only by decoding from the beginning.";
    } else if (earlier > 0) {
        info.exactness = Exactness::by_linear;
        info.exactness_note = "Some frames were reached only from an earlier keyframe than the last.";
    } else {
        info.exactness = Exactness::indexed;
        info.exactness_note = identity == Identity::pts
                                  ? "Every frame shown is recognised by its exact time stamp."
                                  : "Every frame shown is recognised by its place in the file.";
    }
}

}  // namespace

VideoInfo info_from_headers(const Demuxer& demuxer) {
    const AVFormatContext& format = demuxer.format();
    AVStream& stream = demuxer.stream();
    const AVCodecParameters& parameters = *stream.codecpar;
    VideoInfo info;
    info.path = demuxer.path();
    info.container = format.iformat->name;
    info.codec = avcodec_get_name(parameters.codec_id);
    info.stream_index = stream.index;
    info.coded_width_px = parameters.width;
    info.coded_height_px = parameters.height;
    const auto pixel_format = static_cast<AVPixelFormat>(parameters.format);
    if (const AVPixFmtDescriptor* desc = av_pix_fmt_desc_get(pixel_format)) {
        info.pixel_format = desc->name;
        info.bit_depth = desc->comp[0].depth;
    }
    const Turn turn = turn_of(stream);
    info.rotation_deg = turn.rotation_deg;
    info.flip_horizontal = turn.flip_horizontal;
    const bool upright = turn.rotation_deg % 180 == 0;
    info.width_px = upright ? parameters.width : parameters.height;
    info.height_px = upright ? parameters.height : parameters.width;
    info.sample_aspect = rational(av_guess_sample_aspect_ratio(&demuxer.format(), &stream, nullptr), {1, 1});
    info.time_base = rational(stream.time_base, {1, 1});
    info.average_rate = rational(stream.avg_frame_rate, rational(stream.r_frame_rate, {0, 1}));
    info.start_pts = stream.start_time == AV_NOPTS_VALUE ? 0 : stream.start_time;
    info.duration_secs = duration_secs(format, stream);
    info.is_picture = demuxer.is_still_picture();
    info.is_sequence = demuxer.sequence_first().has_value();
    info.sequence_first = demuxer.sequence_first().value_or(0);
    info.ffmpeg_version = av_version_info();
    info.field_order = field_order_of(parameters);
    for (unsigned i = 0; i < format.nb_streams; ++i) info.streams.push_back(stream_info(*format.streams[i]));
    return info;
}

void add_index_facts(VideoInfo& info, const PictureIndex& index, const FetchCounters& counters) {
    const IndexFacts facts = index.facts();
    info.frame_count = facts.frame_count;
    info.index_complete = facts.complete;
    info.index_progress = facts.progress;
    info.edit_list = facts.edit_list;
    info.hidden_pictures = facts.hidden;
    info.keyframes = facts.keyframes;
    info.shortest_gop = facts.shortest_gop;
    info.longest_gop = facts.longest_gop;
    info.mean_gop =
        facts.keyframes > 0 ? static_cast<double>(facts.stored) / static_cast<double>(facts.keyframes) : 0;
    info.faults = facts.faults;
    info.variable_rate = is_variable(facts, info.time_base);
    if (facts.first_pts != k_no_time) info.start_pts = facts.first_pts;
    if (facts.last_pts != k_no_time) info.end_pts = facts.last_pts;
    add_exactness(info, index.identity(), facts, counters);
}

}  // namespace media
