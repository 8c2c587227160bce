#include "process.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>

#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

namespace bench {

namespace {

[[noreturn]] void become(const Words& words, const Env& env, int output) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(output, 1);
    dup2(output, 2);
    const int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, 0);
    for (const auto& [name, value] : env) setenv(name.c_str(), value.c_str(), 1);
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    execvp(arguments.front(), arguments.data());
    _exit(127);
}

double secs_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

std::string field_of(const std::string& file, std::string_view field) {
    std::ifstream in{file};
    for (std::string line; std::getline(in, line);)
        if (line.starts_with(field) && line.size() > field.size() && line[field.size()] == ':')
            return line.substr(line.find_first_not_of(" \t", field.size() + 1));
    return {};
}

double kb_field(const std::string& file, std::string_view field) {
    return std::strtod(field_of(file, field).c_str(), nullptr) * 1024;
}

double cpu_secs_of_task(const fs::path& task) {
    std::ifstream in{task / "schedstat"};
    double ns = 0;
    in >> ns;
    return ns * 1e-9;
}

}  // namespace

// fork and not vfork: the kernel counts a vforked child's peak of memory from its parent's.
Process::Process(Words words, const Env& env, int longest_silence_secs)
    : m_name{fmt::format("{}", fmt::join(words, " "))}, m_longest_silence_secs{longest_silence_secs} {
    int ends[2] = {};
    if (pipe2(ends, O_CLOEXEC) != 0) give_up("No pipe can be made.");
    m_id = fork();
    if (m_id < 0) give_up("No process can be started: " + m_name);
    if (m_id == 0) become(words, env, ends[1]);
    close(ends[1]);
    m_output = ends[0];
}

Process::~Process() {
    if (m_id > 0) {
        kill(m_id, SIGKILL);
        waitpid(m_id, nullptr, 0);
    }
    close(m_output);
}

bool Process::read_more() {
    pollfd readable{m_output, POLLIN, 0};
    int ready = 0;
    while ((ready = poll(&readable, 1, std::max(m_longest_silence_secs * 1000, -1))) < 0 && errno == EINTR) {
    }
    if (ready == 0) give_up(fmt::format("It has been silent for {} s: {}", m_longest_silence_secs, m_name));
    char buffer[65536];
    const ssize_t got = read(m_output, buffer, sizeof buffer);
    if (got <= 0) return false;
    m_unread.append(buffer, static_cast<std::size_t>(got));
    return true;
}

std::optional<std::string> Process::next_line() {
    std::size_t end = 0;
    while ((end = m_unread.find('\n')) == std::string::npos)
        if (!read_more()) return std::nullopt;
    std::string line = m_unread.substr(0, end);
    m_unread.erase(0, end + 1);
    return line;
}

void Process::wait_for_line(std::string_view line) {
    std::string last;
    while (const auto next = next_line()) {
        if (*next == line) return;
        last = *next;
    }
    give_up(fmt::format("It ended before it said \"{}\", with \"{}\": {}", line, last, m_name));
}

std::string Process::rest() {
    while (read_more()) {
    }
    return std::exchange(m_unread, {});
}

int Process::wait() {
    int status = 0;
    rusage used{};
    while (wait4(m_id, &status, 0, &used) < 0 && errno == EINTR) {
    }
    m_id = -1;
    m_cpu_secs = secs_of(used.ru_utime) + secs_of(used.ru_stime);
    m_peak_rss_bytes = static_cast<double>(used.ru_maxrss) * 1024;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

void Process::ask_to_end() const { kill(m_id, SIGTERM); }

Ran run(const Words& words, const Env& env) {
    const double begin = wall_secs();
    Process process{words, env};
    Ran ran;
    ran.out = process.rest();
    const int code = process.wait();
    ran.secs = wall_secs() - begin;
    ran.cpu_secs = process.cpu_secs();
    ran.peak_rss_bytes = process.peak_rss_bytes();
    if (code != 0)
        give_up(fmt::format("{} ended with {}: {}", fmt::join(words, " "), code,
                            ran.out.substr(ran.out.size() - std::min<std::size_t>(ran.out.size(), 2000))));
    return ran;
}

Words limn(Words arguments) {
    arguments.insert(arguments.begin(), LIMN_BINARY);
    return arguments;
}

double secs_until_line(const Words& words, std::string_view line) {
    const double begin = wall_secs();
    Process process{words};
    process.wait_for_line(line);
    const double secs = wall_secs() - begin;
    const std::string rest = process.rest();
    if (const int code = process.wait(); code != 0)
        give_up(fmt::format("{} ended with {}: {}", fmt::join(words, " "), code, rest));
    return secs;
}

Usage usage_of(pid_t id) {
    const fs::path proc = "/proc/" + std::to_string(id);
    Usage usage;
    std::error_code gone;
    for (const auto& task : fs::directory_iterator{proc / "task", gone})
        usage.cpu_secs += cpu_secs_of_task(task.path());
    const std::string status = (proc / "task" / std::to_string(id) / "status").string();
    usage.main_thread_waits = std::strtoll(field_of(status, "voluntary_ctxt_switches").c_str(), nullptr, 10);
    usage.main_thread_sleeps = field_of(status, "State").starts_with('S');
    usage.rss_bytes = kb_field(status, "VmRSS");
    return usage;
}

double own_memory(std::string_view field) { return kb_field("/proc/self/status", field); }

void forget_own_peak() {
    malloc_trim(0);
    std::ofstream{"/proc/self/clear_refs"} << "5";
}

bool is_installed(const std::string& program) {
    std::string_view path = std::getenv("PATH") != nullptr ? std::getenv("PATH") : "";
    while (!path.empty()) {
        const std::size_t end = std::min(path.find(':'), path.size());
        if (access((fs::path{path.substr(0, end)} / program).c_str(), X_OK) == 0) return true;
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return false;
}

}  // namespace bench
