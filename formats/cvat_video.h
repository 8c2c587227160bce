#pragma once
// The two halves of the driver in cvat_video.cpp.

#include "formats/format.h"

namespace formats {

base::Result<Report> read_cvat_video(const std::filesystem::path& file, ReadContext& context);
base::Result<Report> write_cvat_video(const labels::State& state, const std::filesystem::path& out,
                                      const WriteContext& context);

}  // namespace formats
