#pragma once
// The two halves of the driver in mot.cpp.

#include "formats/format.h"

namespace formats {

// How many numbers, separated by commas, a line holds; 0 when it is anything else.
[[nodiscard]] std::size_t mot_columns(std::string_view line);

base::Result<Report> read_mot(const std::filesystem::path& file, ReadContext& context);
base::Result<Report> write_mot(const labels::State& state, const std::filesystem::path& out,
                               const WriteContext& context);

}  // namespace formats
