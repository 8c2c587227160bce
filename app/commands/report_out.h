#pragma once
// How a format's report is told, as text and as JSON.

#include "app/commands/json_out.h"
#include "formats/format.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace app {

void write_report(JsonOut& json, const formats::Report& report);  // members of an open object
void print_warnings(const formats::Report& report);
[[nodiscard]] std::string counts_text(const formats::Report& report);  // "1 asset, 3 tracks, 120 keyframes"

// --format, checked against the table.
CLI::Option* add_format_option(CLI::App& cli, std::string& id, const char* description);

}  // namespace app
