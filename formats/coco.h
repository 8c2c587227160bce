#pragma once
// The two halves of the driver in coco.cpp.

#include "formats/format.h"

namespace formats {

base::Result<Report> read_coco(const std::filesystem::path& file, ReadContext& context);
base::Result<Report> write_coco(const labels::State& state, const std::filesystem::path& out,
                                const WriteContext& context);

}  // namespace formats
