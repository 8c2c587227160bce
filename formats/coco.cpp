// COCO instances (cocodataset.org/#format-data; details from cocoapi's mask.py and maskApi.c): pictures, and
// objects on each. A video is one picture a labelled frame, named <video>/frame_000123.png.

#include "formats/coco.h"

#include "formats/drivers.h"

namespace formats {

namespace {

constexpr std::string_view k_extensions[] = {".json"};
constexpr std::string_view k_rles[] = {"compressed", "uncompressed"};
constexpr FormatOption k_options[] = {
    {"rle", "compressed", "how the runs of masks are written: as cocoapi's string, or as a list of numbers",
     k_rles}};

bool has_annotations(const std::filesystem::path& folder) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder / "annotations", error))
        if (entry.path().extension() == ".json") return true;
    return false;
}

Match probe(std::span<const std::byte> first_bytes, const std::filesystem::path& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) return has_annotations(path) ? Match::certain : Match::no;
    const std::string_view text(reinterpret_cast<const char*>(first_bytes.data()), first_bytes.size());
    const auto first = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    if (first == std::string_view::npos || text[first] != '{') return Match::no;
    const auto has = [&](std::string_view key) { return text.find(key) != std::string_view::npos; };
    const int keys = has("\"images\"") + has("\"annotations\"") + has("\"categories\"");
    const int more =
        has("\"file_name\"") + has("\"licenses\"") + has("\"image_id\"") + has("\"supercategory\"");
    if (keys >= 2 || (keys == 1 && more >= 1)) return Match::certain;
    return keys == 1 ? Match::maybe : Match::no;
}

}  // namespace

const FormatDriver coco_driver = {
    .id = "coco",
    .title = "COCO instances",
    .extensions = k_extensions,
    .carries =
        "Boxes, polygons (also several as one object: those of one group), masks and polygons with holes as "
        "RLE, on one "
        "picture a labelled frame, with frame, pts and time; attributes, occluded and the track's number; of "
        "mask "
        "layers an annotation for each object, or for each class.",
    .loses =
        "Which frames are keyframes, polylines and points (not written), ellipses and rotated boxes (written "
        "as polygons), "
        "layers, groups of other shapes; confidence goes to \"score\"; mask layers come back as masks of "
        "objects.",
    .probe = probe,
    .read = read_coco,
    .write = write_coco,
    .options = k_options,
};

}  // namespace formats
