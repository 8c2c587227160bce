#pragma once
// What is measured on: films made by ffmpeg and projects made from them, once each in the benchmark's folder.

#include <filesystem>
#include <string>
#include <vector>

#include "labels/document.h"

namespace bench {

namespace fs = std::filesystem;

inline constexpr int k_wide_frames = 500;
inline constexpr int k_hour_frames = 3600 * 25;

// 1920x1080 H.264, 500 frames at 25 a second, a keyframe every `gop`, two B-frames between others.
[[nodiscard]] fs::path wide_film(const fs::path& folder, int gop = 250);
// 320x240, 300 frames, a keyframe every 100 whose leading pictures need the group before; what there is to
// get wrong.
[[nodiscard]] fs::path tricky_film(const fs::path& folder);

// Small films whose frames are easily taken for others.
struct NamedFilm {
    std::string what;
    fs::path path;
};
[[nodiscard]] std::vector<NamedFilm> films_to_mistake(const fs::path& folder);
// 320x180, ten hours at 25 a second (900,000 frames), a keyframe every 50; the same packets as MP4 and MKV.
[[nodiscard]] fs::path ten_hours_mp4(const fs::path& folder);
[[nodiscard]] fs::path ten_hours_mkv(const fs::path& folder);
// The same length at 1920x1080.
[[nodiscard]] fs::path ten_wide_hours_mp4(const fs::path& folder);
// An hour of it (90,000 frames) in a container that has to be read through for its index.
[[nodiscard]] fs::path hour_ts(const fs::path& folder);
[[nodiscard]] fs::path hour_fragmented_mp4(const fs::path& folder);
// An hour of MPEG-4 without B-frames: AVI stores no presentation times.
[[nodiscard]] fs::path hour_avi(const fs::path& folder);

struct ReferenceFrame {
    std::int64_t pts = 0;
    std::string md5;
};
// What ffmpeg says the frames of the first video stream are.
[[nodiscard]] std::vector<ReferenceFrame> reference_frames(const fs::path& film);

// Boxes that drift over the picture. Every track begins `start_step` frames after the one before and has its
// keyframes `keyframe_step` frames apart; the last of them says that it is gone.
struct LabelsDesc {
    int tracks = 0, keyframes = 0;  // of each track
    int start_step = 0, keyframe_step = 1;
};
void add_asset_and_class(labels::Document& document, const labels::Asset& asset);
void add_tracks(labels::Document& document, const LabelsDesc& desc);
// Limn's own JSON of `film` so labelled, ready to be imported.
void write_labels(const fs::path& json, const fs::path& film, const LabelsDesc& desc);

// 10,000 tracks of 100 keyframes over ten_hours_mp4(), of which about fifty are on any of the first 40,000
// frames; and a tenth of them.
inline constexpr LabelsDesc k_million{10'000, 100, 4, 2};
inline constexpr LabelsDesc k_hundred_thousand{1000, 100, 4, 2};
// On wide_film(), all of them visible from frame 0 to 486.
inline constexpr LabelsDesc k_thousand_at_once{1000, 10, 0, 54};

// The project, made by `limn new` and `limn import`; `import_secs`, when given, is what the import took, and
// then the project is made anew.
[[nodiscard]] fs::path labelled_project(const fs::path& folder, const std::string& name, const fs::path& film,
                                        const LabelsDesc& desc, double* import_secs = nullptr);
[[nodiscard]] fs::path million_project(const fs::path& folder);
[[nodiscard]] fs::path hundred_thousand_project(const fs::path& folder);

void write_file(const fs::path& file, std::string_view text);

}  // namespace bench
