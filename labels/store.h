#pragma once
// The store thread: takes committed events, writes them to the project file, never makes the caller wait.

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "labels/project_file.h"

namespace labels {

struct StoreStatus {
    std::int64_t queued_seq = 0;       // last event handed over
    std::int64_t saved_seq = 0;        // last event on disk
    std::optional<base::Error> error;  // why saving stands still; events are kept in memory and tried again
    [[nodiscard]] bool idle() const { return queued_seq == saved_seq; }
};

class Store {
public:
    // `wakeup` is called from the store thread when the status changes; it may do nothing but unblock the
    // waiter.
    Store(ProjectFile file, std::int64_t last_seq, std::function<void()> wakeup = {});
    ~Store();  // tries once more to write what is queued, then closes the file

    void append(Event event);  // never waits
    [[nodiscard]] StoreStatus status() const;
    void retry();  // e.g. after the user made room on the disk
    // Waits until all is on disk or saving fails. For commands and for closing; the window polls status()
    // instead.
    [[nodiscard]] base::Result<void> flush();
    // Loads an old edit on the store thread and waits for it (bounded by one indexed read).
    [[nodiscard]] base::Result<std::shared_ptr<const Edit>> edit_of(std::int64_t seq);
    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }

private:
    void run(std::stop_token stop);
    void answer_reads(std::unique_lock<std::mutex>& lock);
    void save_queue(std::unique_lock<std::mutex>& lock);
    const std::filesystem::path m_path;
    const std::function<void()> m_wakeup;
    ProjectFile m_file;          // store thread only, after the constructor
    mutable std::mutex m_mutex;  // leaf; guards what follows
    std::condition_variable_any m_changed;
    std::deque<Event> m_queue;
    std::deque<std::pair<std::int64_t, std::function<void(base::Result<std::shared_ptr<const Edit>>)>>>
        m_reads;
    StoreStatus m_status;
    bool m_retry = false;
    std::int64_t m_failures = 0;
    std::jthread m_thread;  // last: stops and joins before the rest dies
};

}  // namespace labels
