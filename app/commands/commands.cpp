#include "app/commands/commands.h"

#include <array>

namespace app {

extern const Command info_command, frames_command, new_command, add_command, ls_command, ontology_command,
    import_command, export_command, formats_command, log_command, undo_command, redo_command, check_command,
    render_command, cache_command, demo_command, completion_command, proxy_command, grid_command,
    mask_command;

std::span<const Command* const> all_commands() {
    static constexpr std::array k_commands = {
        &info_command,     &frames_command, &new_command,    &add_command,     &ls_command,
        &ontology_command, &import_command, &export_command, &formats_command, &render_command,
        &log_command,      &undo_command,   &redo_command,   &check_command,   &cache_command,
        &proxy_command,    &grid_command,   &mask_command,   &demo_command,    &completion_command,
    };
    return k_commands;
}

}  // namespace app
