// limn cache: the side files Limn makes for itself, by kind; all of them can be made again.

#include <CLI/CLI.hpp>

#include "app/command.h"
#include "app/commands/json_out.h"
#include "app/commands/support.h"
#include "base/file.h"

namespace app {

namespace {

namespace fs = std::filesystem;

struct Options {
    bool clear = false, json = false;
};

struct Kind {
    std::uintmax_t bytes = 0;
    std::int64_t files = 0;
};

// A kind is a folder below the cache; links are counted as themselves and never followed.
std::map<std::string, Kind> measure(const fs::path& root) {
    std::map<std::string, Kind> kinds;
    std::error_code error;
    const auto skip = fs::directory_options::skip_permission_denied;
    for (fs::recursive_directory_iterator it{root, skip, error}, end; !error && it != end;
         it.increment(error)) {
        std::error_code vanished;
        if (it->is_symlink(vanished) || !it->is_regular_file(vanished)) continue;
        const fs::path below = it->path().lexically_relative(root);
        Kind& kind = kinds[std::next(below.begin()) == below.end() ? "other" : below.begin()->string()];
        const std::uintmax_t bytes = it->file_size(vanished);
        kind.bytes += vanished ? 0 : bytes;
        ++kind.files;
    }
    return kinds;
}

base::Result<void> clear(const fs::path& root) {
    std::error_code error;
    std::vector<fs::path> entries;
    for (fs::directory_iterator it{root, error}, end; !error && it != end; it.increment(error)) {
        entries.push_back(it->path());
    }
    for (const fs::path& entry : entries) {
        fs::remove_all(entry, error);
        if (error) {
            return base::fail(base::ErrorKind::io, "This cannot be removed ({}): {}", error.message(),
                              entry.string());
        }
    }
    return {};
}

void report(const fs::path& root, const std::map<std::string, Kind>& kinds, const Options& options) {
    Kind all;
    for (const auto& [name, kind] : kinds) all.bytes += kind.bytes, all.files += kind.files;
    if (options.json) {
        JsonOut json;
        json.begin_object().field("path", root.string()).field("bytes", all.bytes).field("files", all.files);
        json.field("cleared", options.clear).key("kinds").begin_object();
        for (const auto& [name, kind] : kinds) {
            json.key(name).begin_object().field("bytes", kind.bytes).field("files", kind.files).end_object();
        }
        json.end_object().end_object();
        return;
    }
    fmt::print("{}\n", root.string());
    for (const auto& [name, kind] : kinds) {
        fmt::print("  {:<12} {:>10}  {}\n", name, bytes_text(kind.bytes), count_text(kind.files, "file"));
    }
    fmt::print("  {:<12} {:>10}  {}\n", options.clear ? "removed" : "all", bytes_text(all.bytes),
               count_text(all.files, "file"));
}

base::Result<void> run(const Options& options) {
    const fs::path root = base::cache_dir();
    const auto kinds = measure(root);
    if (options.clear) {
        if (auto cleared = clear(root); !cleared) return cleared;
    }
    report(root, kinds, options);
    return {};
}

RunCommand setup(CLI::App& cli) {
    auto options = std::make_shared<Options>();
    cli.add_flag("--clear", options->clear,
                 "Remove them all; what is needed is made again, proxies and verifications when asked for");
    cli.add_flag("--json", options->json, "As JSON");
    return [options] { return run(*options); };
}

}  // namespace

extern const Command cache_command = {"cache", "Where side files live and how big they are", setup};

}  // namespace app
