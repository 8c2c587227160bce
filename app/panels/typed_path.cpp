#include "app/panels/typed_path.h"

#include <cstdlib>

#include "app/workbench.h"

namespace app {

static std::string home() {
    const char* set = std::getenv("HOME");
    return set != nullptr ? set : "";
}

std::filesystem::path path_from_typed(std::string_view typed, const std::filesystem::path& from) {
    while (!typed.empty() && typed.front() == ' ') typed.remove_prefix(1);
    while (!typed.empty() && typed.back() == ' ') typed.remove_suffix(1);
    if ((typed == "~" || typed.starts_with("~/")) && !home().empty())
        return std::filesystem::path{home() + std::string{typed.substr(1)}}.lexically_normal();
    return (from / std::filesystem::path{typed}).lexically_normal();
}

std::string typed_from_path(const std::filesystem::path& path) {
    const std::string text = path.string(), start = home();
    if (start.size() > 1 && text == start) return "~";
    if (start.size() > 1 && text.starts_with(start + "/")) return "~" + text.substr(start.size());
    return text;
}

std::filesystem::path project_folder(const Workbench& bench) {
    if (!bench.project()) return path_from_typed("~", "/");
    std::error_code error;  // a project named on the command line may be relative to where Limn was started
    const std::filesystem::path project = std::filesystem::absolute(bench.project()->path(), error);
    return (error ? bench.project()->path() : project).lexically_normal().parent_path();
}

}  // namespace app
