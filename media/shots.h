#pragma once
// Where shots begin. The detector sees only small pictures in the order they are presented; find_shots()
// decodes a film for it; the side file keeps what was found.

#include <array>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/background.h"
#include "base/result.h"
#include "media/small_picture.h"

namespace media {

// A picture begins a shot when it differs from the one before it by at least `least_content` and by
// `adaptive_ratio` times the mean of its neighbours' differences, as PySceneDetect's AdaptiveDetector has it
// (scenedetect/detectors/adaptive_detector.py; content value, window and minimal length follow its
// ContentDetector). Differences from it: chroma and luma planes as decoded instead of HSV; repeated pictures
// do not count as neighbours; and what looks again like before within `least_shot` pictures was a flash.
struct ShotParameters {
    double adaptive_ratio = 3;
    double least_content = 12;  // of the content value below
    int window = 2;             // neighbours on either side
    int least_shot = 8;         // pictures
    bool operator==(const ShotParameters&) const = default;
};

// How much two small pictures differ: mean absolute differences of the planes, 0…255 each, and how far their
// histograms lie apart. 0 for equal pictures; beyond about 30 hardly ever within a shot. They must be of one
// size and layout, as shrunk() gives.
[[nodiscard]] double content_value(const VideoFrame& a, const VideoFrame& b);
inline constexpr PictureSize k_shot_picture{64, 64};  // box

// Hard cuts, exact to the picture. Fades and dissolves are mostly missed: they have no first picture.
class ShotDetector {
public:
    explicit ShotDetector(ShotParameters parameters) : m_parameters{parameters} {}

    // The next picture, made by shrunk() at one size for the whole film. Returns the number, from 0, of a
    // picture known from now on to begin a shot: up to least_shot pictures back. The first picture begins a
    // shot too, and is not told.
    std::optional<std::int64_t> add(FramePtr picture);
    // After the last picture: call until it returns nothing.
    std::optional<std::int64_t> finish();

private:
    struct Seen {
        FramePtr picture;
        double change = 0;  // from the picture before
    };
    [[nodiscard]] std::optional<std::int64_t> judge_next();
    [[nodiscard]] bool begins_shot(std::int64_t number) const;
    [[nodiscard]] bool is_flash(std::int64_t number) const;
    [[nodiscard]] double neighbours_mean(std::int64_t number) const;
    [[nodiscard]] const Seen& at(std::int64_t number) const {
        return m_seen[static_cast<std::size_t>(number - m_first_kept)];
    }
    [[nodiscard]] std::int64_t end() const { return m_first_kept + static_cast<std::int64_t>(m_seen.size()); }

    const ShotParameters m_parameters;
    std::deque<Seen> m_seen;  // what judging may still look at
    std::int64_t m_first_kept = 0, m_next = 1, m_last_cut = 0;
};

struct Shot {
    std::int64_t frame = 0;  // counted from the film's first decoded picture
    std::int64_t pts = 0;    // which is what VideoSource's numbering is asked about
    bool operator==(const Shot&) const = default;
};

struct ShotTask {
    std::filesystem::path film;
    std::optional<int> stream_index;
    std::int64_t frame_count = 0;  // for the progress; 0: unknown
    ShotParameters parameters;
    std::shared_ptr<base::Pause> pause;      // null: never rests
    std::function<void(Shot)> found;         // in order, the first picture's too
    std::function<void(double)> progressed;  // 0…1, from time to time
};

// Decodes the whole film on the calling thread. Returns how many pictures it holds. Errors: what opening
// gives, malformed (no picture can be decoded), cancelled.
[[nodiscard]] base::Result<std::int64_t> find_shots(const ShotTask& task, std::stop_token stop);

// The side file: read_shots gives nothing when there is none for this medium and these parameters, or when it
// is damaged. Both read the medium's fingerprint, so they may wait for the disk.
[[nodiscard]] std::optional<std::vector<Shot>> read_shots(const std::filesystem::path& film,
                                                          const ShotParameters& parameters);
void write_shots(const std::filesystem::path& film, const ShotParameters& parameters,
                 const std::vector<Shot>& shots);
// The same on bytes, any bytes.
[[nodiscard]] std::string shot_bytes(const ShotParameters& parameters, const std::vector<Shot>& shots);
[[nodiscard]] std::optional<std::vector<Shot>> shots_from_bytes(std::string_view bytes,
                                                                const ShotParameters& parameters);

}  // namespace media
