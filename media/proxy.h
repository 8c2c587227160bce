#pragma once
// A preview proxy: a small copy of a film in short groups, one picture for each of the film's frames at the
// same time. It is a side file (base/side_file.h), only ever looked at while the exact frame is on its way.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>

#include "base/result.h"
#include "media/video_source.h"

namespace media {

inline constexpr int k_proxy_width_px = 960, k_proxy_height_px = 540;  // it fits within
inline constexpr int k_proxy_gop = 12;                                 // pictures
inline constexpr std::int64_t k_long_gop = 60;                         // pictures; from here on a proxy pays
inline constexpr std::string_view k_proxy_kind = "proxies";            // of side file

// Scrubbing such a film has to wait for decoding: its groups are long or its pictures large. The index must
// be complete.
[[nodiscard]] bool wants_proxy(const VideoInfo& film);

// Where the proxy of a film's stream lies or would lie; empty when the film cannot be read or there is no
// place for side files. Reads a little of the film.
[[nodiscard]] std::filesystem::path proxy_file(const std::filesystem::path& film, int stream_index);

// In the film's time base, k_no_time beyond its end.
using PtsOf = std::function<std::int64_t(std::int64_t frame)>;

// A proxy that was found to have the film's frames at the film's times. One thread at a time.
class ProxyReader {
public:
    // `film` with a complete index. Errors: missing, malformed (damaged, or another film's), io.
    [[nodiscard]] static base::Result<ProxyReader> open(const std::filesystem::path& file,
                                                        const VideoInfo& film, const PtsOf& pts_of,
                                                        std::stop_token stop = {});
    // What the film's frame looks like: its number, time, size and turn, with smaller planes; a stand-in.
    // Errors: FrameReader's.
    [[nodiscard]] base::Result<FramePtr> read(std::int64_t frame, std::int64_t film_pts,
                                              std::stop_token stop = {});
    [[nodiscard]] const VideoInfo& info() const { return m_reader.info(); }

private:
    ProxyReader(FrameReader reader, VideoInfo film) : m_reader{std::move(reader)}, m_film{std::move(film)} {}
    FrameReader m_reader;
    VideoInfo m_film;
};

struct ProxyTask {
    std::optional<int> stream_index;  // as VideoSourceOptions
    bool again = false;               // also when there is a sound one
    std::function<void(double)> progress;
};

struct Proxy {
    std::filesystem::path file;
    std::int64_t frame_count = 0;
    std::uintmax_t size_bytes = 0;
    int width_px = 0, height_px = 0;
    bool made = false;  // false: there was one
};

// Makes the proxy of a film, or finds it (blocks; as long as decoding the whole film). It appears under its
// name only when it is complete and every frame's time is the film's; else nothing is left. Errors: what
// FrameReader::open gives, refused (a picture, or frames without a time of their own), unsupported (no
// encoder), io, cancelled.
[[nodiscard]] base::Result<Proxy> make_proxy(const std::filesystem::path& film, const ProxyTask& task,
                                             std::stop_token stop);

}  // namespace media
