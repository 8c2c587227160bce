#pragma once
// One open media file and the packets of one of its streams.

#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>

#include "base/result.h"
#include "media/ffmpeg.h"
#include "media/picture_index.h"

namespace media {

// How the container finds a place again.
enum class SeekBy { dts, pts, byte };

// Used by one thread at a time.
class Demuxer {
public:
    // Opens the file and chooses the stream: the one asked for, else the first video that is not a cover
    // picture (what ffmpeg calls 0:v:0). Packets of other streams are skipped by the container's reader.
    // Errors: missing, malformed, unsupported, io, cancelled.
    [[nodiscard]] static base::Result<Demuxer> open(const std::filesystem::path& path,
                                                    std::optional<int> stream_index, std::stop_token stop);
    // The same for the sound that belongs to a video stream (without one: of the file), as ffmpeg would
    // choose it. Errors besides: missing, when the file has no sound.
    [[nodiscard]] static base::Result<Demuxer> open_sound(const std::filesystem::path& path,
                                                          std::optional<int> video_stream,
                                                          std::stop_token stop);

    // The next packet of the stream in decode order; false at the end, or where the file cannot be read
    // further.
    [[nodiscard]] base::Result<bool> read(AVPacket& packet);
    // The next `count` packets (fewer at the end), which read() will give again.
    [[nodiscard]] const std::deque<PacketHandle>& peek(std::size_t count);
    // Asks the container to go to a picture's packet. Where it really lands the caller has to look.
    [[nodiscard]] bool seek(const Picture& picture);
    // The same for a time stamp of the stream: lands at or before it, except where a container guesses.
    [[nodiscard]] bool seek_to(std::int64_t pts);
    // Where the stream begins at that time stamp, which may be before the video does.
    [[nodiscard]] bool seek_to_start(std::int64_t first_pts);
    // From now on this token ends blocking reads.
    void set_stop(std::stop_token stop) { m_interrupt->stop = std::move(stop); }

    [[nodiscard]] std::stop_token stop() const { return m_interrupt->stop; }

    [[nodiscard]] AVFormatContext& format() const { return *m_format; }
    [[nodiscard]] AVStream& stream() const { return *m_format->streams[m_stream]; }
    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
    [[nodiscard]] bool is_mov() const;
    [[nodiscard]] bool is_still_picture() const;
    // Of numbered pictures: the first number.
    [[nodiscard]] std::optional<std::int64_t> sequence_first() const { return m_sequence_first; }
    // Of one picture; what claims to be larger is damaged.
    [[nodiscard]] std::int64_t most_pixels() const;
    [[nodiscard]] double progress() const;  // read position as a share of the file, 0…1
    [[nodiscard]] bool broken_off() const { return m_broken_off; }  // the last end was an error

private:
    struct Interrupt {
        std::stop_token stop;
    };
    Demuxer() = default;
    [[nodiscard]] static base::Result<Demuxer> open_file(const std::filesystem::path& path,
                                                         std::stop_token stop);
    [[nodiscard]] base::Result<void> choose_stream(std::optional<int> wanted);
    [[nodiscard]] base::Result<void> choose_sound(std::optional<int> video_stream);
    void read_only_chosen();
    [[nodiscard]] bool seek_in(int stream, std::int64_t stamp);
    [[nodiscard]] base::Result<bool> read_file(AVPacket& packet);

    std::filesystem::path m_path;
    std::unique_ptr<Interrupt> m_interrupt;  // FFmpeg keeps its address
    FormatHandle m_format;
    int m_stream = -1;
    int m_seek_stream = -1;  // whose places the container knows, for seek_to()
    SeekBy m_seek_by = SeekBy::dts;
    bool m_broken_off = false;
    std::optional<std::int64_t> m_sequence_first;
    std::deque<PacketHandle> m_peeked;
};

// A decoder for the stream as ffmpeg would open it. threads: 0 lets FFmpeg choose. Errors: unsupported.
[[nodiscard]] base::Result<CodecHandle> open_decoder(const Demuxer& demuxer, int threads);

}  // namespace media
