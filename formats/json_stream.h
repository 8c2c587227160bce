#pragma once
// Reads a large JSON object piece by piece: each top-level member, and each element of a top-level array, is
// handed over as its own text, so that memory follows the largest piece and not the file.

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string_view>

#include "base/result.h"

namespace formats {

struct JsonPiece {
    std::string_view member;  // the key, as spelt in the file
    std::string_view
        text;  // of the element, or of the whole value when it is not an array; valid during the call
    bool is_element = false;
};

struct JsonScan {
    std::function<bool(std::string_view member)> wants;  // others are skipped without being kept
    std::function<base::Result<void>(const JsonPiece&)> visit;
    std::stop_token stop;
    std::function<void(double)> progress;  // 0…1 of the file; may be null
};

// Checks the outer structure and the nesting (at most 64 deep); the pieces are for the visitor to check.
// Errors: missing, io, malformed (with the byte), cancelled, and what `visit` returns.
[[nodiscard]] base::Result<void> scan_json(const std::filesystem::path& file, const JsonScan& scan);

}  // namespace formats
