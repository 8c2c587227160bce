#include "app/commands/report_out.h"

#include <CLI/CLI.hpp>

#include "app/commands/support.h"

namespace app {

void write_report(JsonOut& json, const formats::Report& report) {
    json.field("assets", report.assets).field("tracks", report.tracks).field("keyframes", report.keyframes);
    json.field("mask_layers", report.layers);
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
    std::string text =
        fmt::format("{}, {}, {}", count_text(report.assets, "asset"), count_text(report.tracks, "track"),
                    count_text(report.keyframes, "keyframe"));
    if (report.layers > 0) text += ", " + count_text(report.layers, "mask layer");
    return text;
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

void add_driver_options(CLI::App& cli, std::vector<std::string>& texts) {
    cli.add_option("--option", texts, "What the format can be told besides; `limn formats` lists it")
        ->type_name("NAME=VALUE")
        ->check([](const std::string& text) {
            return text.find('=') != std::string::npos ? std::string{} : "write it as NAME=VALUE: " + text;
        });
}

base::Result<formats::Options> driver_options(const formats::FormatDriver& driver,
                                              std::span<const std::string> texts,
                                              const std::filesystem::path& path) {
    formats::Options options;
    for (const std::string& text : texts) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos)
            return base::fail(base::ErrorKind::refused, "Write the option as NAME=VALUE, not \"{}\": {}",
                              text, path.string());
        options[text.substr(0, equals)] = text.substr(equals + 1);
    }
    if (auto chosen = formats::ChosenOptions::of(driver, options); !chosen) {
        std::string why = chosen.error().message;
        if (why.ends_with('.')) why.pop_back();
        return base::fail(chosen.error().kind, "{}: {}", why, path.string());
    }
    return options;
}

}  // namespace app
