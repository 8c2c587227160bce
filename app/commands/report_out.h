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
// "1 asset, 3 tracks, 120 keyframes", and ", 2 mask layers" where there are any.
[[nodiscard]] std::string counts_text(const formats::Report& report);

// --format, checked against the table.
CLI::Option* add_format_option(CLI::App& cli, std::string& id, const char* description);
// --option NAME=VALUE, as often as wanted.
void add_driver_options(CLI::App& cli, std::vector<std::string>& texts);
// NAME=VALUE each; later ones count. Errors: refused, for one without "=", for a name or value that the
// driver does not take; `path` last.
[[nodiscard]] base::Result<formats::Options> driver_options(const formats::FormatDriver& driver,
                                                            std::span<const std::string> texts,
                                                            const std::filesystem::path& path);

}  // namespace app
