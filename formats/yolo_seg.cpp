// Segments as Ultralytics' YOLO takes them (docs.ultralytics.com/datasets/segment): data.yaml with the names
// of the classes, images/<split>/ and labels/<split>/, a text for each picture, in it a row for each object:
// its class and the corners of one polygon, in parts of the picture's width and height.

#include "formats/yolo_seg.h"

#include "formats/drivers.h"

namespace formats {

namespace {

constexpr std::string_view k_extensions[] = {".yaml", ".yml"};
constexpr FormatOption k_options[] = {
    {"val", "0", "of a hundred pictures so many go to val, by their names, the others to train", {}, 0, 90}};

Match probe(std::span<const std::byte> first_bytes, const std::filesystem::path& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error))
        return std::filesystem::is_regular_file(path / "data.yaml", error) ? Match::certain : Match::no;
    if (path.extension() != ".yaml" && path.extension() != ".yml") return Match::no;
    const std::string_view text(reinterpret_cast<const char*>(first_bytes.data()), first_bytes.size());
    return text.starts_with("names:") || text.find("\nnames:") != std::string_view::npos ? Match::certain
                                                                                         : Match::no;
}

}  // namespace

const FormatDriver yolo_seg_driver = {
    .id = "yolo-seg",
    .title = "YOLO segments (Ultralytics)",
    .extensions = k_extensions,
    .carries =
        "Polygons, and as polygons boxes, ellipses, masks of objects and mask layers, with their class, on "
        "every "
        "labelled frame of a film, on pictures and rasters; data.yaml with the names of the classes.",
    .loses =
        "Tracks (each frame stands alone), attributes, names, occlusion, confidence, groups; holes become "
        "slits in "
        "their outline, a mask of several parts several objects; polylines and points are not written.",
    .probe = probe,
    .read = read_yolo_seg,
    .write = write_yolo_seg,
    .of_masks = true,
    .a_folder = true,
    .options = k_options,
};

}  // namespace formats
