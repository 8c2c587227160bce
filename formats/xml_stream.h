#pragma once
// Reads a large XML document piece by piece: each child of the root is handed over as its own text, so that
// memory follows the largest child and not the file.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string_view>

#include "base/result.h"

namespace formats {

struct XmlPiece {
    std::string_view name, text;  // of the element, and all of it; valid during the call
    std::int64_t line = 1;        // where it starts
};

struct XmlScan {
    std::string_view root;  // what the root element must be called
    std::function<base::Result<void>(const XmlPiece&)> visit;
    std::stop_token stop;
    std::function<void(double)> progress;  // 0…1 of the file; may be null
};

// Checks that tags open and close (at most 64 deep) down to the end of the root; names and attributes are for
// the visitor to check. UTF-8 only. Errors: missing, io, malformed (with the line), cancelled, and what
// `visit` returns.
[[nodiscard]] base::Result<void> scan_xml(const std::filesystem::path& file, const XmlScan& scan);

}  // namespace formats
