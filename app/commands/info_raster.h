#pragma once
// What `limn info` says of a raster.

#include <array>
#include <filesystem>
#include <optional>

#include "base/result.h"

namespace app {

struct RasterInfoRequest {
    std::filesystem::path file;
    std::optional<std::array<int, 2>> pixel;  // also print the samples there
    bool json = false;
};
[[nodiscard]] base::Result<void> describe_raster(const RasterInfoRequest& request);

}  // namespace app
