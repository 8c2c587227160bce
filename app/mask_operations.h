#pragma once
// What can be done to a whole mask: one row each, for the window's menu and `limn mask` alike.

#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string_view>

#include "base/result.h"
#include "masks/combine.h"
#include "masks/components.h"
#include "masks/morphology.h"

namespace app {

struct MaskOperationInput {
    masks::Which which = masks::Which::labelled();  // what it is about
    masks::Over over;                               // values that may change; null: all
    masks::Value with = 0;                          // what holes and gaps are filled with
    std::int64_t n = 1;
};

struct MaskOperation {
    std::string_view id;            // "grow", also the option of the command line
    std::string_view title;         // "Grow"
    std::string_view tip;           // one sentence, with what n is
    std::optional<std::int64_t> n;  // what it takes when none is given; null: it takes no number
    base::Result<masks::Plane> (*run)(masks::Plane, const MaskOperationInput&, std::stop_token);
    std::int64_t most = INT64_MAX;  // that n can be
    bool fills = false;             // with one value, which has to be named
};

[[nodiscard]] std::span<const MaskOperation> mask_operations();
[[nodiscard]] const MaskOperation* find_mask_operation(std::string_view id);

}  // namespace app
