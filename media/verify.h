#pragma once
// Proves that every frame of a film is the same picture however it is reached: decodes the whole film once
// from its beginning, and each group of pictures once more from its keyframe, and compares them.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace media {

struct VerifyReport {
    std::int64_t frames = 0, groups = 0;
    std::size_t pictures = 0;  // stored ones: places in decode order are below
    std::vector<std::uint32_t>
        bad_keys;                  // places in decode order; reached from an earlier keyframe from now on
    std::int64_t undecodable = 0;  // frames that gave no picture
    [[nodiscard]] std::string sentence() const;
};

// Blocks for about twice the time it takes to decode the film. What it finds is kept with the film's index,
// so that the next opening knows it. `progress` gets 0…1. Errors: what opening gives, cancelled, refused (the
// film's pictures can only be told apart by counting, so that there is nothing to compare).
[[nodiscard]] base::Result<VerifyReport> verify_film(const std::filesystem::path& film,
                                                     std::optional<int> stream_index, std::stop_token stop,
                                                     const std::function<void(double)>& progress);

}  // namespace media
