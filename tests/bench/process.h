#pragma once
// Other programs: started, timed, and looked at while they run.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace bench {

using Words = std::vector<std::string>;
using Env = std::vector<std::pair<std::string, std::string>>;

inline constexpr int k_longest_secs = 120;

// A program whose standard output (and error output) we read. Killed when it outlives this or us.
class Process {
public:
    // Gives up when it cannot be started, and later when it says nothing for so long (-1: never).
    explicit Process(Words words, const Env& env = {}, int longest_silence_secs = k_longest_secs);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    [[nodiscard]] pid_t id() const { return m_id; }
    // The next line of its output, none at its end.
    std::optional<std::string> next_line();
    void wait_for_line(std::string_view line);  // gives up when the output ends before it
    std::string rest();                         // of its output, until it closes it
    // Its exit code, or minus the signal that ended it.
    int wait();
    [[nodiscard]] double cpu_secs() const { return m_cpu_secs; }  // of all its threads, once waited for
    // Once waited for; never less than what the part that started it held then.
    [[nodiscard]] double peak_rss_bytes() const { return m_peak_rss_bytes; }
    void ask_to_end() const;  // SIGTERM

private:
    bool read_more();
    const std::string m_name;
    const int m_longest_silence_secs;
    pid_t m_id = -1;
    int m_output = -1;
    double m_cpu_secs = 0, m_peak_rss_bytes = 0;
    std::string m_unread;
};

struct Ran {
    double secs = 0, cpu_secs = 0;  // from start to end
    double peak_rss_bytes = 0;
    std::string out;
};

// Runs it to its end; gives up, with its last words, when it does not end with 0.
Ran run(const Words& words, const Env& env = {});
Words limn(Words arguments);  // the built program
// From its start until it prints the line; then it must end well by itself.
double secs_until_line(const Words& words, std::string_view line);

// Of a running process, from /proc.
struct Usage {
    double cpu_secs = 0;                 // all threads
    std::int64_t main_thread_waits = 0;  // how often the main thread went to sleep by itself
    double rss_bytes = 0;
    bool main_thread_sleeps = false;
};
[[nodiscard]] Usage usage_of(pid_t id);

// A line such as "VmHWM:  1234 kB" of /proc/self/status, in bytes.
[[nodiscard]] double own_memory(std::string_view field);
void forget_own_peak();  // VmHWM begins again at what is used now

[[nodiscard]] bool is_installed(const std::string& program);

}  // namespace bench
