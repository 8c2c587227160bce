#pragma once
// What the script driver's `state` writes and `expect` looks at: document, view, counters and frame times as
// JSON.

#include <optional>
#include <string>

#include <rapidjson/document.h>

#include "app/window/script.h"

namespace app {

[[nodiscard]] rapidjson::Document state_report(ScriptWorld& world, const Script::Counts& counts,
                                               const FrameTimes& times);

// The value at a dotted path, "document.tracks" or "document.shown.0.class", as text; empty optional when
// there is none.
[[nodiscard]] std::optional<std::string> value_at(const rapidjson::Value& report, std::string_view path);

}  // namespace app
