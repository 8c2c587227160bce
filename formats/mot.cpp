// MOT 1.1 (MOTChallenge): rows of boxes, frame by frame.
// Frames and ids count from 1. The coordinates are taken and written as they are, not shifted by one pixel:
// the challenge's papers count pixels from 1, but CVAT and datumaro, which write most such files, shift the
// frame only.

#include "formats/mot.h"

#include "formats/drivers.h"
#include "formats/text.h"

namespace formats {

namespace {

constexpr std::string_view k_extensions[] = {".txt"};

bool is_sequence(const std::filesystem::path& folder) {
    std::error_code error;
    return std::filesystem::exists(folder / "gt" / "gt.txt", error) ||
           std::filesystem::exists(folder / "det" / "det.txt", error);
}

Match probe_folder(const std::filesystem::path& folder) {
    if (is_sequence(folder)) return Match::certain;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error))
        if (entry.is_directory(error) && is_sequence(entry.path())) return Match::certain;
    return Match::no;
}

Match probe(std::span<const std::byte> first_bytes, const std::filesystem::path& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) return probe_folder(path);
    std::string_view text(reinterpret_cast<const char*>(first_bytes.data()), first_bytes.size());
    if (path.filename() == "seqinfo.ini") return Match::certain;
    text = trim(text);
    const std::size_t columns = mot_columns(text.substr(0, text.find('\n')));
    if (columns < 7 || columns > 10 || columns == 8) return Match::no;
    return path.filename() == "gt.txt" || path.filename() == "det.txt" ? Match::certain : Match::maybe;
}

}  // namespace

std::size_t mot_columns(std::string_view line) {
    std::size_t columns = 0;
    for (bool more = true; more; ++columns) {
        const auto comma = line.find(',');
        if (!parse_double(line.substr(0, comma))) return 0;
        more = comma != std::string_view::npos;
        if (more) line.remove_prefix(comma + 1);
    }
    return columns;
}

const FormatDriver mot_driver = {
    .id = "mot",
    .title = "MOT 1.1 (MOTChallenge)",
    .extensions = k_extensions,
    .carries =
        "Tracks of upright boxes on every frame, their class and whether they are occluded (visibility 0); "
        "gt/gt.txt, "
        "gt/labels.txt and seqinfo.ini, a folder for each of several videos.",
    .loses =
        "Which frames are keyframes, every other shape (its bounding box is written), rotation, attributes, "
        "confidence, "
        "groups and layers, and labels of single pictures become tracks of one frame; frames count from 1, "
        "coordinates "
        "are not shifted.",
    .probe = probe,
    .read = read_mot,
    .write = write_mot,
};

}  // namespace formats
