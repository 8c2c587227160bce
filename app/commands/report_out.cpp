#include "app/commands/report_out.h"

#include <CLI/CLI.hpp>

#include "app/commands/support.h"

namespace app {

void write_report(JsonOut& json, const formats::Report& report) {
    json.field("assets", report.assets).field("tracks", report.tracks).field("keyframes", report.keyframes);
    json.texts("warnings", report.warnings);
    json.key("files").begin_array();
    for (const std::filesystem::path& file : report.files) json.value(file.string());
    json.end_array();
}

void print_warnings(const formats::Report& report) {
    for (const std::string& warning : report.warnings) fmt::print("  {}\n", warning);
    if (report.warnings_left_out > 0) fmt::print("  and {} more of their kind\n", report.warnings_left_out);
}

std::string counts_text(const formats::Report& report) {
    return fmt::format("{}, {}, {}", count_text(report.assets, "asset"), count_text(report.tracks, "track"),
                       count_text(report.keyframes, "keyframe"));
}

CLI::Option* add_format_option(CLI::App& cli, std::string& id, const char* description) {
    auto* option = cli.add_option("--format", id, description)->type_name("F");
    option->check([](const std::string& text) {
        if (formats::find_format(text)) return std::string{};
        std::vector<std::string_view> ids;
        for (const formats::FormatDriver* driver : formats::all_formats()) ids.push_back(driver->id);
        return fmt::format("there is no format {}; the formats are {}", text, fmt::join(ids, ", "));
    });
    return option;
}

}  // namespace app
