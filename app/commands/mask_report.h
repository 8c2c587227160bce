#pragma once
// What `limn mask` says of the masks of a medium.

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "labels/state.h"

namespace app {

struct MaskReport {
    const labels::State& state;
    const labels::Asset& asset;
    std::vector<const labels::MaskLayer*> layers;  // those that are told of
    std::optional<bool> changed;                   // nothing: nobody wanted to change anything
    // Of each layer, once counted; else empty.
    struct Row {
        masks::Value value = 0;
        std::string class_name, name;
        std::int64_t pixels = 0;
        double percent = 0;
        std::optional<double> hectares;  // nothing where the medium has no place
    };
    std::vector<std::vector<Row>> rows = {};
};
// Errors: malformed (the medium's place cannot be used); cancelled.
[[nodiscard]] base::Result<void> count_pixels(MaskReport& report, const std::stop_token& stop);
void print(const MaskReport& report);
void print_json(const MaskReport& report);

}  // namespace app
