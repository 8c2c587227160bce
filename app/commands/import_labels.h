#pragma once
// One file of labels, or a folder of them, into a document, as one undo step.

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>

#include "app/commands/media_readers.h"
#include "formats/format.h"

namespace app {

struct LabelImport {
    std::filesystem::path file;
    const formats::FormatDriver* driver = nullptr;  // null: recognised by its content
    std::optional<labels::AssetId> asset;
    formats::UnknownClasses unknown_classes = formats::UnknownClasses::refuse;
    std::vector<std::string> options;  // of the driver, NAME=VALUE each
    std::optional<double> thin_px;     // drop keyframes that interpolation restores within this
    std::stop_token stop;
    std::function<void(double)> progress;
};

struct LabelImportResult {
    const formats::FormatDriver* driver = nullptr;
    formats::Report report;
    std::int64_t thinned_keyframes = 0;
    bool changed = false;  // false: all of it was there already
};

// On an error the document is as it was. Errors: the driver's; refused (read-only).
[[nodiscard]] base::Result<LabelImportResult> import_labels(labels::Document& document, MediaReaders& media,
                                                            const LabelImport& request);

}  // namespace app
