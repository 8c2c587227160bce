#pragma once
// The programs that Limn's video is measured beside: OpenCV, PyAV and mpv, through video_peers.py. What is
// not installed gives nothing, and its cell of the table stays empty.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench.h"

namespace bench {

enum class Peer { opencv, pyav, mpv };
inline constexpr Peer k_peers[] = {Peer::opencv, Peer::pyav, Peer::mpv};
[[nodiscard]] std::string name_of(Peer peer);

// A frame as each of them wants to be asked for it.
struct AskedFrame {
    std::int64_t frame = 0, pts = 0;
    double secs = 0;  // since frame 0
};

// Seconds for every frame of the film in order, the start of the program included where it has no other way.
[[nodiscard]] std::optional<double> secs_to_decode(Peer peer, const fs::path& film);
// Seconds for each frame but the first, which only brings the peer there. `folder` is for passing files.
enum class Way { seek, step_back };
[[nodiscard]] std::optional<std::vector<double>> secs_to_reach(Peer peer, Way way, const fs::path& film,
                                                               const std::vector<AskedFrame>& asked,
                                                               const fs::path& folder);
// How many of the frames are not the picture that ffmpeg has there (OpenCV and PyAV).
[[nodiscard]] std::optional<int> wrong_frames(Peer peer, const fs::path& film,
                                              const std::vector<AskedFrame>& asked, const fs::path& folder);

// "what" beside each peer: a row each, with the ratio of the means, ours to theirs.
void add_rows_beside_peers(Part& part, const std::string& what, std::vector<double> own, Way way,
                           const fs::path& film, const std::vector<AskedFrame>& asked);
[[nodiscard]] std::string mean_and_p95(std::vector<double> secs);

}  // namespace bench
