#include "layers.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <string_view>

#include <fmt/format.h>

namespace layering {
namespace {

using Names = std::vector<std::string_view>;

struct Layer {
    std::string_view name;
    Names may_use;  // layers below it
};

const std::vector<Layer> k_layers = {
    {"base", {}},
    {"masks", {"base"}},
    {"labels", {"base", "masks"}},
    {"geo", {"base"}},
    {"media", {"base", "geo"}},
    {"assist", {"base", "masks", "labels", "media"}},
    {"formats", {"base", "geo", "masks", "labels"}},
    {"render", {"base", "masks", "media", "shaders"}},
    {"app", {"base", "geo", "masks", "labels", "media", "assist", "formats", "render"}},
};

// Libraries that only some layers may see, by the beginning of the header's name.
struct Library {
    std::string_view prefix;
    Names layers;
};

const std::vector<Library> k_libraries = {
    {"libav", {"media"}},
    {"libsw", {"media"}},
    {"stb_", {"media"}},
    {"gdal", {"geo", "media", "formats"}},
    {"cpl_", {"geo", "media", "formats"}},
    {"ogr", {"geo", "media", "formats"}},
    {"geodesic", {"geo"}},
    {"opencv", {"assist"}},
    {"sqlite3", {"labels"}},
    {"zstd", {"masks", "labels"}},
    {"xxhash", {"base"}},
    {"sha2", {"base"}},
    {"pugixml", {"formats"}},
    {"rapidjson/", {"labels", "formats", "app"}},
    {"epoxy/", {"render", "app"}},
    {"GL/", {}},
    {"EGL/", {}},
    {"imgui", {"app"}},
    {"GLFW/", {"app"}},
    {"CLI/", {"app"}},
    {"SDL", {"app"}},
    {"doctest/", {}},
};

bool contains(const Names& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

// The header's name with its first quote or bracket: `"base/id.h` or `<vector`. Null when the line includes
// nothing.
std::optional<std::string_view> included(std::string_view line) {
    const auto skip_blanks = [&] {
        line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    };
    skip_blanks();
    if (!line.starts_with('#')) return {};
    line.remove_prefix(1);
    skip_blanks();
    if (!line.starts_with("include")) return {};
    line.remove_prefix(7);
    skip_blanks();
    const auto end = line.find_first_of("\">", 1);
    if (line.empty() || end == std::string_view::npos) return {};
    return line.substr(0, end);
}

// Why `layer` may not include the header; empty when it may. Tests may besides use doctest and what lies
// beside them.
std::string_view objection(const Layer& layer, std::string_view header, bool is_test) {
    const bool quoted = header.starts_with('"');
    header.remove_prefix(1);
    for (const Library& library : k_libraries)
        if (header.starts_with(library.prefix) && !contains(library.layers, layer.name))
            return is_test && library.prefix == "doctest/" ? "" : "a library that this layer may not use";
    if (!quoted) return "";
    if (header.starts_with('.')) return "a relative path; start from the layer's folder";
    if (header == "embedded_shaders.h") return contains(layer.may_use, "shaders") ? "" : "not a layer below";
    const auto slash = header.find('/');
    if (slash == std::string_view::npos) return is_test ? "" : "no folder; start from the layer's folder";
    const auto folder = header.substr(0, slash);
    if (folder == layer.name || contains(layer.may_use, folder) || (is_test && folder == "tests")) return "";
    return "not a layer below";
}

void check_file(const std::filesystem::path& file, const std::string& shown, const Layer& layer, bool is_test,
                Findings& findings) {
    std::ifstream in{file};
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        const auto header = included(line);
        if (!header) continue;
        ++findings.includes_read;
        if (const auto why = objection(layer, *header, is_test); !why.empty())
            findings.faults.push_back(
                fmt::format("{}:{} includes {} ({})", shown, number, header->substr(1), why));
    }
}

void check_folder(const std::filesystem::path& root, const std::filesystem::path& folder, const Layer& layer,
                  bool is_test, Findings& findings) {
    std::error_code error;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{root / folder, error}) {
        const auto extension = entry.path().extension();
        if (!entry.is_regular_file() || (extension != ".h" && extension != ".cpp")) continue;
        const auto shown = std::filesystem::relative(entry.path(), root).generic_string();
        check_file(entry.path(), shown, layer, is_test, findings);
    }
}

}  // namespace

Findings check_tree(const std::filesystem::path& root) {
    Findings findings;
    for (const Layer& layer : k_layers) {
        check_folder(root, layer.name, layer, false, findings);
        check_folder(root, std::filesystem::path{"tests"} / layer.name, layer, true, findings);
    }
    std::ranges::sort(findings.faults);
    return findings;
}

}  // namespace layering
