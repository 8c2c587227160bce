// ./test --bench [PART...]: runs each part in a process of its own and prints one table; "video" stands for
// all parts about video. Ends with 0 whatever the figures are, and with 1 when something does not work.

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <span>

#include <sys/utsname.h>
#include <unistd.h>

#include "bench.h"
#include "process.h"

using namespace bench;

namespace {

struct NamedPart {
    std::string_view name;
    void (*run)(Part&);
    std::string_view group = {};
};
constexpr NamedPart k_parts[] = {
    {"open", bench_open, "video"},
    {"decode", bench_decode, "video"},
    {"random", bench_random_frames, "video"},
    {"right", bench_right_frames, "video"},
    {"scrub", bench_scrub, "video"},
    {"back", bench_step_back, "video"},
    {"memory", bench_memory, "video"},
    {"raster", bench_raster},
    {"overlay", bench_overlay},
    {"vectors", bench_vectors},
    {"masks", bench_masks},
    {"labels", bench_labels},
    {"export", bench_export},
    {"window", bench_window},
    {"idle", bench_idle},
};

// Ctrl+C ends the running part; the folder is still to be removed.
volatile std::sig_atomic_t interrupted = 0;

class ScratchFolder {
public:
    ScratchFolder() {
        std::string name = (fs::temp_directory_path() / "limn-bench-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) give_up("No folder can be made here: " + name);
        m_path = name;
    }
    ~ScratchFolder() {
        std::error_code ignored;
        fs::remove_all(m_path, ignored);
    }
    ScratchFolder(const ScratchFolder&) = delete;
    [[nodiscard]] const fs::path& path() const { return m_path; }

private:
    fs::path m_path;
};

// Nobody's settings, caches or display.
void set_up_environment(const fs::path& folder) {
    for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY"}) unsetenv(name);
    for (const char* name : {"XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"}) {
        fs::create_directories(folder / "home" / name);
        setenv(name, (folder / "home" / name).c_str(), 1);
    }
    setenv("LIMN_AUTHOR", "bench", 1);
}

std::vector<std::string> split(std::string_view line) {
    std::vector<std::string> cells;
    for (;;) {
        const std::size_t end = line.find('\t');
        cells.emplace_back(line.substr(0, end));
        if (end == std::string_view::npos) return cells;
        line.remove_prefix(end + 1);
    }
}

// The rows of the part; what else it says goes to the error output as it comes.
bool run_part(std::string_view name, const fs::path& folder, std::vector<Row>& rows) {
    fmt::print(stderr, "{} …\n", name);
    const double begin = wall_secs();
    // Parts are silent for minutes and mind their own children's silence.
    Process process{{"/proc/self/exe", "--part", std::string{name}, folder.string()}, {}, -1};
    std::string all = process.rest();
    for (std::size_t end = 0; (end = all.find('\n')) != std::string::npos; all.erase(0, end + 1)) {
        const std::string line = all.substr(0, end);
        const auto cells = split(line);
        if (cells.size() == 7 && cells[0] == "row")
            rows.push_back({cells[1], cells[2], cells[3], cells[4], cells[5],
                            static_cast<Verdict>(std::atoi(cells[6].c_str()))});
        else
            fmt::print(stderr, "  {}\n", line);
    }
    const int code = process.wait();
    if (code != 0) fmt::print(stderr, "  {} does not work (it ended with {})\n", name, code);
    fmt::print(stderr, "  {:.0f} s\n", wall_secs() - begin);
    return code == 0;
}

// Display columns of UTF-8 whose characters are all one wide.
std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::vector<std::string> cells_of(const Row& row) {
    const char* verdicts[] = {"", "met", "missed"};
    return {row.what, row.figure, row.peer, row.ratio, row.target, verdicts[static_cast<int>(row.verdict)]};
}

// Reads well in a terminal and is a table in Markdown.
void print_table(const std::vector<Row>& rows) {
    std::vector<std::vector<std::string>> lines{{"what", "figure", "peer or limit", "ratio", "target", ""}};
    for (const Row& row : rows) lines.push_back(cells_of(row));
    std::vector<std::size_t> widths(lines.front().size());
    for (const auto& line : lines)
        for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width(line[i]));
    const auto print_line = [&](const std::vector<std::string>& line) {
        for (std::size_t i = 0; i < line.size(); ++i)
            fmt::print("| {}{:{}} ", line[i], "", widths[i] - width(line[i]));
        fmt::print("|\n");
    };
    print_line(lines.front());
    for (const std::size_t w : widths) fmt::print("|{:-<{}}", "", w + 2);
    fmt::print("|\n");
    for (std::size_t i = 1; i < lines.size(); ++i) print_line(lines[i]);
}

void print_machine() {
    double load[3] = {};
    getloadavg(load, 3);
    utsname system{};
    uname(&system);
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    fmt::print("{} cores, {} {}, load {:.1f} before the first figure{}\n\n", cores, system.sysname,
               system.machine, load[0],
               load[0] > static_cast<double>(cores) / 2 ? ": BUSY, times mean little" : "");
}

int run_one(const std::string& name, const fs::path& folder) {
    for (const NamedPart& each : k_parts) {
        if (each.name != name) continue;
        Part part{folder};
        each.run(part);
        return part.works() ? 0 : 1;
    }
    return 2;
}

int run_all(std::span<const std::string> wanted) {
    const auto is_wanted = [&](const NamedPart& part) {
        return wanted.empty() || std::ranges::any_of(wanted, [&](const std::string& word) {
                   return word == part.name || word == part.group;
               });
    };
    const auto is_known = [](const std::string& word) {
        return std::ranges::any_of(
            k_parts, [&](const NamedPart& part) { return word == part.name || word == part.group; });
    };
    std::vector<std::string_view> names;
    for (const NamedPart& part : k_parts)
        if (is_wanted(part)) names.push_back(part.name);
    if (!std::ranges::all_of(wanted, is_known)) {
        fmt::print(stderr, "Usage: bench [PART...], the parts being:");
        for (const NamedPart& part : k_parts) fmt::print(stderr, " {}", part.name);
        fmt::print(stderr, ", or video\n");
        return 2;
    }
    const ScratchFolder folder;
    set_up_environment(folder.path());
    print_machine();
    std::vector<Row> rows;
    bool works = true;
    std::signal(SIGINT, [](int) { interrupted = 1; });
    for (const std::string_view name : names)
        if (interrupted == 0) works &= run_part(name, folder.path(), rows);
    print_table(rows);
    return works && interrupted == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() == 3 && arguments[0] == "--part") return run_one(arguments[1], arguments[2]);
    if (!arguments.empty() && arguments[0] == "--export") return export_once(arguments);
    return run_all(arguments);
}
