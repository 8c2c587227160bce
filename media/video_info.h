#pragma once
// What a video (or picture) file is, from its headers and, as it grows, its picture index.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/rational.h"
#include "base/result.h"

namespace media {

struct StreamInfo {  // every stream of the file, for `limn info`
    int index = 0;
    std::string type, codec;  // "video", "audio", "subtitle" …
    int width_px = 0, height_px = 0;
    int sample_rate_hz = 0, channels = 0;
};

// How far the numbering of the frames has been proven.
enum class Exactness : std::uint8_t {
    counting,   // the index still grows
    indexed,    // from the packets; every frame shown is recognised by its time stamp
    by_linear,  // some frames are reached only by decoding from far before, or from the beginning
    verified,   // every group, reached by seeking, gave the same pictures as decoding from the beginning
};

enum class FieldOrder : std::uint8_t { progressive, top_first, bottom_first, unknown };

struct VideoInfo {
    std::filesystem::path path;
    std::string container, codec, pixel_format;  // FFmpeg's names
    int stream_index = 0;
    int coded_width_px = 0, coded_height_px = 0;
    int width_px = 0, height_px = 0;  // as shown (rotation applied)
    int rotation_deg = 0;
    bool flip_horizontal = false;
    base::Rational sample_aspect{1, 1};
    base::Rational time_base{0, 1};
    base::Rational average_rate{0, 1};        // frames per second, for display
    std::int64_t start_pts = 0, end_pts = 0;  // of the first and the last frame known
    double duration_secs = 0;
    int bit_depth = 8;
    bool is_picture = false;          // a still image: one frame, no time
    bool is_sequence = false;         // numbered pictures, the path a pattern such as img_%05d.png
    std::int64_t sequence_first = 0;  // the number of the first of them
    std::string ffmpeg_version;       // that decodes it
    bool is_growing = false;          // the file has grown while open: a recording in progress
    // Of a file that has grown, when that has ended; else empty and 0.
    std::string grown_fingerprint;
    std::int64_t grown_bytes = 0;
    std::vector<StreamInfo> streams;

    // From the index; meaningful as far as it has grown.
    std::int64_t frame_count = 0;  // presented pictures known so far
    bool index_complete = false;
    double index_progress = 0;  // 0…1
    bool variable_rate = false;
    bool clock_moved = false;      // the film's clock is set back within it; pts go on without that
    bool stamps_identify = false;  // each frame has a pts of its own, the file's
    bool edit_list = false;        // some stored pictures are not presented
    std::int64_t hidden_pictures = 0;
    std::int64_t keyframes = 0;
    std::int64_t shortest_gop = 0, longest_gop = 0;  // stored pictures from one keyframe up to the next
    double mean_gop = 0;
    Exactness exactness = Exactness::counting;
    std::string exactness_note;  // one sentence, where there is more to say: why linear, what a check found
    FieldOrder field_order = FieldOrder::unknown;
    std::vector<std::string> faults;  // pts missing, duplicate or going back …; one sentence each
};

}  // namespace media
