#pragma once
// Frames on which every pixel belongs to one object at most: what DAVIS and MOTS are made of.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "formats/export_plan.h"
#include "formats/frame_sweep.h"
#include "formats/importer.h"
#include "masks/block.h"

namespace formats {

constexpr std::int64_t k_most_frame_px = std::int64_t{1} << 28;

struct ObjectFrame {
    int width_px = 0, height_px = 0;
    std::vector<std::uint16_t> samples;  // row by row; 0: no object
    ObjectFrame() = default;
    ObjectFrame(int width, int height)
        : width_px{width},
          height_px{height},
          samples(static_cast<std::size_t>(width) * static_cast<std::size_t>(height)) {}

    // True when it covered pixels of another object. What lies outside is cut off.
    bool paint(const labels::MaskRuns& mask, std::uint16_t value);
    // Each object in its tight rectangle.
    [[nodiscard]] std::map<std::uint16_t, labels::MaskRuns> objects() const;
};

// Any shape with an inside as pixels of a picture; null when it has none, or is too large.
[[nodiscard]] std::optional<labels::MaskRuns> mask_of_shape(const labels::Geometry& geometry,
                                                            labels::ShapeKind kind, int width_px,
                                                            int height_px);

// As PNG: 8 bits with the palette of VOC and DAVIS, or 16 bits of grey.
[[nodiscard]] base::Result<std::string> indexed_png(const ObjectFrame& frame);
[[nodiscard]] base::Result<std::string> grey16_png(const ObjectFrame& frame);
// Of one band. Errors: malformed (no such PNG, more than k_most_frame_px).
[[nodiscard]] base::Result<ObjectFrame> read_object_png(const std::filesystem::path& png);

// Sweeps the frames of a medium, the upper labels (z order, then creation) over the lower ones. `number_of`
// gives the value of a track, 0 to leave it out. Frames without objects are not visited. Memory: one frame.
struct FrameVisit {
    std::int64_t frame = 0;
    const ObjectFrame& objects;
    std::span<const VisibleShape> shapes;
};
[[nodiscard]] base::Result<void> sweep_objects(
    const labels::State& state, const labels::Asset& asset, const WriteContext& context,
    const std::function<std::uint16_t(const labels::Track&)>& number_of, Report& report,
    const std::function<base::Result<void>(const FrameVisit&)>& visit);

// The medium that a sequence of frames is of: the chosen one, else by its name, with or without extension,
// else made.
[[nodiscard]] labels::AssetId medium_of_sequence(Importer& import, const std::string& name, int width_px,
                                                 int height_px);

// Errors: refused, where the media have no label with an inside, so that nothing would be written.
[[nodiscard]] base::Result<void> need_objects(const labels::State& state, const WriteContext& context,
                                              const Survey& all, const std::filesystem::path& out);

}  // namespace formats
