// limn completion: a script that teaches a shell the commands, their options and the formats.

#include <CLI/CLI.hpp>

#include "app/command.h"
#include "app/commands/commands.h"
#include "formats/format.h"

namespace app {

namespace {

struct OptionShape {
    std::vector<std::string> longs, shorts;
    std::string description;
    bool takes_value = false;
    bool takes_format = false, takes_file = false;
};

struct CommandShape {
    std::string name, description;
    std::vector<OptionShape> options;
};

OptionShape shape_of(const CLI::Option& option) {
    OptionShape shape{option.get_lnames(), option.get_snames(), option.get_description()};
    const std::string type = option.get_type_name();
    shape.takes_value = option.get_items_expected_max() > 0;
    shape.takes_format = option.check_lname("format");
    shape.takes_file = type == "FILE" || type == "DIR" || type == "OUT" || type == "STEPS";
    return shape;
}

CommandShape shape_of(const CLI::App& app) {
    CommandShape shape{app.get_name(), app.get_description(), {}};
    for (const CLI::Option* option : app.get_options()) {
        if (option->nonpositional()) shape.options.push_back(shape_of(*option));
    }
    return shape;
}

std::string format_ids() {
    std::vector<std::string_view> ids;
    for (const formats::FormatDriver* driver : formats::all_formats()) ids.push_back(driver->id);
    return fmt::format("{}", fmt::join(ids, " "));
}

std::string names_of(const std::vector<CommandShape>& commands, std::string_view between) {
    std::vector<std::string_view> names;
    for (const CommandShape& command : commands) names.push_back(command.name);
    return fmt::format("{}", fmt::join(names, between));
}

std::vector<std::string> dashed(const OptionShape& option) {
    std::vector<std::string> names;
    for (const std::string& name : option.longs) names.push_back("--" + name);
    for (const std::string& name : option.shorts) names.push_back("-" + name);
    return names;
}

std::string dashed_names(const CommandShape& command) {
    std::vector<std::string> names;
    for (const OptionShape& option : command.options) {
        for (std::string& name : dashed(option)) names.push_back(std::move(name));
    }
    return fmt::format("{}", fmt::join(names, " "));
}

std::string bash_script(const CommandShape& window, const std::vector<CommandShape>& commands) {
    std::string cases;
    for (const CommandShape& command : commands) {
        cases += fmt::format("            {}) words='{}' ;;\n", command.name, dashed_names(command));
    }
    return fmt::format(R"(# bash completion of limn; put `source <(limn completion bash)` into ~/.bashrc
_limn() {{
    local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} command= word words=
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case $word in
            {0}) command=$word; break ;;
        esac
    done
    COMPREPLY=()
    if [[ $prev == --format ]]; then
        mapfile -t COMPREPLY < <(compgen -W '{1}' -- "$cur")
    elif [[ $cur == -* ]]; then
        case $command in
            '') words='{2}' ;;
{3}        esac
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
    elif [[ $command == completion ]]; then
        mapfile -t COMPREPLY < <(compgen -W 'bash zsh fish' -- "$cur")
    else
        [[ -z $command ]] && words='{4}'
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur"; compgen -f -- "$cur")
    fi
}}
complete -o filenames -F _limn limn
)",
                       names_of(commands, "|"), format_ids(), dashed_names(window), cases,
                       names_of(commands, " "));
}

// Brackets and colons separate, and a quote ends, in what _arguments reads.
std::string zsh_text(const std::string& text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '\'')
            escaped += "'\\''";
        else if (c == '[' || c == ']' || c == ':')
            escaped += {'\\', c};
        else
            escaped += c;
    }
    return escaped;
}

std::string zsh_option(const OptionShape& option) {
    std::string lines;
    for (const std::string& name : dashed(option)) {
        std::string value;
        if (option.takes_format)
            value = fmt::format(":format:({})", format_ids());
        else if (option.takes_file)
            value = ":file:_files";
        else if (option.takes_value)
            value = ":value:";
        lines += fmt::format(" \\\n                '{}[{}]{}'", name, zsh_text(option.description), value);
    }
    return lines;
}

std::string zsh_arguments(const CommandShape& command) {
    std::string text = "_arguments";
    for (const OptionShape& option : command.options) text += zsh_option(option);
    const bool shells = command.name == "completion";
    return text +
           fmt::format(" \\\n                '{}'", shells ? "1:shell:(bash zsh fish)" : "*:file:_files");
}

std::string zsh_script(const CommandShape& window, const std::vector<CommandShape>& commands) {
    std::string list, cases;
    for (const CommandShape& command : commands) {
        list += fmt::format("        '{}:{}'\n", command.name, zsh_text(command.description));
        cases +=
            fmt::format("            {})\n                {} ;;\n", command.name, zsh_arguments(command));
    }
    return fmt::format(R"(#compdef limn
# zsh completion of limn; put `source <(limn completion zsh)` into ~/.zshrc after compinit
_limn() {{
    local -a commands
    commands=(
{0}    )
    if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
        _describe command commands
        _files
        return
    fi
    local command=$words[2]
    if (( $commands[(I)$command:*] )); then
        shift words
        (( CURRENT-- ))
        case $command in
{1}        esac
    else
        {2}
    fi
}}
if [[ $funcstack[1] == _limn ]]; then _limn "$@"; else compdef _limn limn; fi
)",
                       list, cases, zsh_arguments(window));
}

std::string fish_text(const std::string& text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '\'' || c == '\\') escaped += '\\';
        escaped += c;
    }
    return escaped;
}

std::string fish_options(const CommandShape& command, std::string_view condition) {
    std::string lines;
    for (const OptionShape& option : command.options) {
        std::string line = fmt::format("complete -c limn -n '{}'", condition);
        for (const std::string& name : option.longs) line += " -l " + name;
        for (const std::string& name : option.shorts) line += " -s " + name;
        if (option.takes_format)
            line += fmt::format(" -x -a '{}'", format_ids());
        else if (option.takes_file)
            line += " -r -F";
        else if (option.takes_value)
            line += " -x";
        lines += fmt::format("{} -d '{}'\n", line, fish_text(option.description));
    }
    return lines;
}

std::string fish_script(const CommandShape& window, const std::vector<CommandShape>& commands) {
    std::string script = "# fish completion of limn; save as ~/.config/fish/completions/limn.fish\n";
    script += fish_options(window, "__fish_use_subcommand");
    for (const CommandShape& command : commands) {
        script += fmt::format("complete -c limn -n '__fish_use_subcommand' -a {} -d '{}'\n", command.name,
                              fish_text(command.description));
        script += fish_options(command, "__fish_seen_subcommand_from " + command.name);
    }
    return script + "complete -c limn -f -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'\n";
}

base::Result<void> print(const std::string& shell) {
    CLI::App cli{"", "limn"};
    const RunCommand without_command = declare_everything(cli, [](const RunCommand&) {});
    std::vector<CommandShape> commands;
    for (const CLI::App* sub : cli.get_subcommands([](const CLI::App*) { return true; })) {
        commands.push_back(shape_of(*sub));
    }
    const auto script = shell == "bash" ? bash_script : shell == "zsh" ? zsh_script : fish_script;
    fmt::print("{}", script(shape_of(cli), commands));
    return {};
}

RunCommand setup(CLI::App& cli) {
    auto shell = std::make_shared<std::string>();
    cli.add_option("SHELL", *shell, "bash, zsh or fish")
        ->required()
        ->type_name("")
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    return [shell] { return print(*shell); };
}

}  // namespace

extern const Command completion_command = {"completion", "Print a completion script for a shell", setup};

}  // namespace app
