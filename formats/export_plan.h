#pragma once
// What every writer does alike: looking over the labels to say what will be lost, naming files, the manifest.

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "formats/format.h"

namespace formats {

// How many tracks of the assets to write have what formats differ in.
struct Survey {
    std::int64_t tracks = 0, keyframes = 0, pictures = 0;
    std::int64_t boxes = 0, rotated_boxes = 0, ellipses = 0, polygons = 0, polygons_with_holes = 0,
                 polylines = 0;
    std::int64_t points = 0, masks = 0, moving_masks = 0;
    std::int64_t held = 0;          // with a span that is not interpolated
    std::int64_t interpolated = 0;  // with more than one keyframe, so that keyframes and frames differ
    std::int64_t attributes = 0, confidence = 0, names = 0, groups = 0, grouped_polygons = 0, layers = 0,
                 occluded = 0, details = 0;
    std::int64_t past_end = 0;  // with a keyframe past the last frame of the medium
    std::int64_t unsound =
        0;  // with a shape no format can hold (not a number, or of another kind than it says)
    std::int64_t without_class = 0;
};
[[nodiscard]] Survey survey(const labels::State& state, const std::vector<labels::AssetId>& assets);

// "Sentence: n of m labels." when n is not 0.
void warn_if(Report& report, std::int64_t n, const Survey& all, std::string_view sentence);
// What no format but Limn's own holds, and labels that cannot be written at all.
void warn_of_common_losses(Report& report, const Survey& all);

// The asset or an error that names what is missing from the state.
[[nodiscard]] base::Result<std::vector<const labels::Asset*>> assets_to_write(const labels::State& state,
                                                                              const WriteContext& context);
[[nodiscard]] Report report_of(const Survey& all, const std::vector<const labels::Asset*>& assets);
// A file or folder name for each, all different.
[[nodiscard]] std::vector<std::string> unique_names(const std::vector<const labels::Asset*>& assets);
// The same without extension, which stays where another has the name already, or it is one of `taken`.
[[nodiscard]] std::vector<std::string> unique_stems(const std::vector<const labels::Asset*>& assets,
                                                    std::set<std::string> taken = {});

// Makes the folder `path` will be in.
[[nodiscard]] base::Result<void> make_parent(const std::filesystem::path& path);
// Writes a file whole or not at all.
[[nodiscard]] base::Result<void> write_file(const std::filesystem::path& path, std::string_view bytes);
// And its folder, and adds it to report.files.
[[nodiscard]] base::Result<void> put_file(const std::filesystem::path& path, std::string_view bytes,
                                          Report& report);
// A folder is meant: it exists as one, or the name has none of the format's extensions.
[[nodiscard]] bool means_directory(const std::filesystem::path& out, std::string_view extension);

// Beside an export: which media, frames and time stamps it is of, and what was lost. Added to report.files.
[[nodiscard]] base::Result<void> write_manifest(const std::filesystem::path& out, std::string_view format_id,
                                                const labels::State& state, const WriteContext& context,
                                                Report& report);

}  // namespace formats
