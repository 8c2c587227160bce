#pragma once
// Exact frames of one video. Looks single-threaded to its user: request() and poll() never wait for reading
// or decoding.

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "base/result.h"
#include "media/verify.h"
#include "media/video_frame.h"
#include "media/video_info.h"

namespace media {

struct CachedPicture;  // media's own: frame_cache.h

// A film's file that was opened to read its headers, to be taken over by the source that shows it: a film of
// hours has a table that takes long to read. Handed over, never shared.
class OpenFilm;

struct VideoSourceOptions {
    std::shared_ptr<OpenFilm> opened = {};  // taken over where it is of the same file and stream
    std::optional<int> stream_index;        // default: the first that is no cover picture, ffmpeg's 0:v:0
    std::size_t cache_bytes = 512u << 20;   // decoded frames kept
    int decoder_threads = 0;                // 0: as many as cores
    std::function<void()> wakeup;           // from the worker; may do nothing but unblock the waiter
};

struct VideoCounters {
    std::int64_t requests = 0, cache_hits = 0, decoded = 0, seeks = 0, evictions = 0;
    std::size_t cached_bytes = 0, budget_bytes = 0;
    double last_decode_ms = 0;
    std::int64_t stand_ins = 0;  // shown until the exact frame came
    bool proxy_used = false;     // one of them was the proxy's
};

enum class ProxyState : std::uint8_t {
    unknown,  // not looked for yet; the index must be complete
    none,
    ready,
};

class VideoSource {
public:
    // Returns at once; opening, indexing and decoding happen on the source's own threads. Errors come by
    // poll().
    VideoSource(std::filesystem::path path, VideoSourceOptions options);
    ~VideoSource();

    // Asks for a frame; replaces an earlier request that has not begun. A frame beyond the end gives an
    // error. `ahead` > 0 hints that frames after it will be asked for next (playing), < 0 before it (stepping
    // back).
    void request(std::int64_t frame, int ahead = 0);
    // Any frame finished since the last call, the newest one; null when none. Finished work is given out even
    // when a newer request has come in. An error is given out once. Where the exact frame takes long, a
    // stand-in comes first: the proxy's picture of it, or one nearby under its own number. Only then may a
    // decode be given up for a newer request; the newest one's exact frame always comes.
    [[nodiscard]] std::optional<base::Result<FramePtr>> poll();
    // Cached already? Never decodes.
    [[nodiscard]] FramePtr cached(std::int64_t frame) const;
    // A proxy has been made meanwhile, or removed.
    void look_for_proxy();
    [[nodiscard]] ProxyState proxy() const;
    [[nodiscard]] bool idle() const;  // nothing requested, nothing in work (the index may still grow)

    [[nodiscard]] std::optional<base::Result<VideoInfo>> info()
        const;  // empty until opened; then as the index grows
    [[nodiscard]] std::int64_t pts_of(
        std::int64_t frame) const;  // labels' k_no_pts (INT64_MIN) when not known yet
    [[nodiscard]] std::vector<std::int64_t> keyframes_between(std::int64_t first,
                                                              std::int64_t end) const;  // frame numbers
    // The frame presented at or last before a time since the first frame.
    [[nodiscard]] std::optional<std::int64_t> frame_at_secs(double t_secs) const;
    [[nodiscard]] double secs_of(std::int64_t frame) const;  // since frame 0, for display
    [[nodiscard]] VideoCounters counters() const;
    // What verify_film() has found of this film.
    void set_verified(const VerifyReport& report);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

// The same reader without threads, for commands and jobs.
class FrameReader {
public:
    [[nodiscard]] static base::Result<FrameReader> open(const std::filesystem::path& path,
                                                        VideoSourceOptions options = {},
                                                        std::stop_token stop = {});
    FrameReader(FrameReader&&) noexcept;
    FrameReader& operator=(FrameReader&&) noexcept;
    ~FrameReader();

    [[nodiscard]] const VideoInfo& info() const;  // index complete
    [[nodiscard]] std::int64_t pts_of(std::int64_t frame) const;
    // Frame N exactly. Errors: refused (out of range, with the count), malformed (cannot be decoded),
    // cancelled.
    [[nodiscard]] base::Result<FramePtr> read(std::int64_t frame, std::stop_token stop = {});
    // As read(), as the decoder gave it; for media's own use.
    [[nodiscard]] base::Result<CachedPicture> fetch(std::int64_t frame, std::stop_token stop = {});
    // The md5 of the picture just as decoded (before rotation), equal to `ffmpeg -noautorotate -f framemd5`.
    // 32 hex digits.
    [[nodiscard]] base::Result<std::string> md5(std::int64_t frame, std::stop_token stop = {});
    // Pictures [first, end) decoded in order and dropped; the count. As fast as FFmpeg alone.
    [[nodiscard]] base::Result<std::int64_t> decode_null(std::int64_t first, std::int64_t end,
                                                         std::stop_token stop = {});

private:
    struct Impl;
    explicit FrameReader(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

struct Headers {
    VideoInfo info;
    std::shared_ptr<OpenFilm> film;
};
// What the headers say, and the sample table where there is one; without it frame_count is 0. Blocks. Errors:
// as opening.
[[nodiscard]] base::Result<Headers> read_headers(const std::filesystem::path& path,
                                                 std::optional<int> stream_index = {});

// 8-bit RGBA as displayed (rotation and flip applied), rows top to bottom, shown_width*shown_height*4 bytes.
// The same conversion as the GPU's within rounding.
[[nodiscard]] std::vector<std::uint8_t> to_rgba(const VideoFrame& frame);

// The colour of one pixel of the picture as displayed; it must lie inside it.
[[nodiscard]] std::array<int, 3> pixel_rgb(const VideoFrame& frame, int shown_x, int shown_y);

// Writes 8-bit RGBA as PNG. Errors: io.
[[nodiscard]] base::Result<void> write_png(const std::filesystem::path& file,
                                           std::span<const std::uint8_t> rgba, int width_px, int height_px);

}  // namespace media
