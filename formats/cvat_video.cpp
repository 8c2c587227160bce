// CVAT for video 1.1 (the XML of cvat's dataset_manager/formats/cvat.py): tracks of shapes on absolute source
// frames.

#include "formats/cvat_video.h"

#include "formats/drivers.h"

namespace formats {

namespace {

constexpr std::string_view k_extensions[] = {".xml"};

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

Match probe(std::span<const std::byte> first_bytes, const std::filesystem::path&) {
    const std::string_view text(reinterpret_cast<const char*>(first_bytes.data()), first_bytes.size());
    const auto first = text.find('<');
    // npos is past every place.
    if (first > 8 || !has(text, "<annotations")) return Match::no;
    // CVAT for images has the same root element and the same meta; its labels hang on <image>, not on
    // <track>.
    if (has(text, "<image ") || has(text, "<mode>annotation</mode>"))
        return has(text, "<track ") ? Match::maybe : Match::no;
    return has(text, "<track ") || has(text, "<mode>interpolation</mode>") ? Match::certain : Match::maybe;
}

}  // namespace

const FormatDriver cvat_video_driver = {
    .id = "cvat-video",
    .title = "CVAT for video 1.1",
    .extensions = k_extensions,
    .carries =
        "Tracks with keyframes, outside and occluded, boxes and ellipses with rotation, polygons, polylines, "
        "points, masks, fixed and changing attributes, groups and layers; one XML file a video.",
    .loses =
        "Holes of polygons, confidence, names of single objects, authors and model versions; stretches that "
        "hold "
        "still are written out frame by frame (Limn knows them again), and CVAT itself keeps one shape of a "
        "mask "
        "that changes over time.",
    .probe = probe,
    .read = read_cvat_video,
    .write = write_cvat_video,
};

}  // namespace formats
