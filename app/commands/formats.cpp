// limn formats: what can be read and written, and what each format carries and loses.

#include <CLI/CLI.hpp>

#include "app/command.h"
#include "app/commands/json_out.h"
#include "formats/format.h"

namespace app {

namespace {

void write_json() {
    JsonOut json;
    json.begin_array();
    for (const formats::FormatDriver* driver : formats::all_formats()) {
        json.begin_object().field("id", driver->id).field("title", driver->title);
        json.texts("extensions", driver->extensions);
        json.field("reads", driver->read != nullptr).field("writes", driver->write != nullptr);
        json.field("carries", driver->carries).field("loses", driver->loses);
        json.key("options").begin_array();
        for (const formats::FormatOption& option : driver->options) {
            json.begin_object().field("name", option.name).field("standard", option.standard);
            json.field("says", option.says).texts("choices", option.choices).end_object();
        }
        json.end_array().end_object();
    }
    json.end_array();
}

void print_text() {
    for (const formats::FormatDriver* driver : formats::all_formats()) {
        const char* way = !driver->write ? "reads" : !driver->read ? "writes" : "reads and writes";
        fmt::print("{:<12} {} ({})\n", driver->id, driver->title, way);
        fmt::print("             carries: {}\n             loses:   {}\n", driver->carries, driver->loses);
        for (const formats::FormatOption& option : driver->options)
            fmt::print("             --option {}={}  {}\n", option.name, option.standard, option.says);
    }
}

RunCommand setup(CLI::App& cli) {
    auto json = std::make_shared<bool>(false);
    cli.add_flag("--json", *json, "As JSON");
    return [json]() -> base::Result<void> {
        *json ? write_json() : print_text();
        return {};
    };
}

}  // namespace

extern const Command formats_command = {"formats", "List the formats, what they carry and what they lose",
                                        setup};

}  // namespace app
