#pragma once
// The two halves of the driver in yolo_seg.cpp.

#include "formats/format.h"

namespace formats {

base::Result<Report> read_yolo_seg(const std::filesystem::path& file, ReadContext& context);
base::Result<Report> write_yolo_seg(const labels::State& state, const std::filesystem::path& out,
                                    const WriteContext& context);

}  // namespace formats
