#pragma once
// Long work off the UI thread: a few threads, a queue, and for each job a progress, a cancel and a name to
// show.

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"

namespace base {

// Shared by the worker that runs the job and the thread that shows it.
class Job {
public:
    explicit Job(std::string name) : m_name{std::move(name)} {}
    [[nodiscard]] const std::string& name() const { return m_name; }
    [[nodiscard]] double progress() const {
        return m_progress.load(std::memory_order_relaxed);
    }  // 0…1, <0 unknown
    void set_progress(double fraction) { m_progress.store(fraction, std::memory_order_relaxed); }
    void cancel() { m_stop.request_stop(); }
    [[nodiscard]] std::stop_token stop_token() const { return m_stop.get_token(); }
    [[nodiscard]] bool done() const { return m_done.load(std::memory_order_acquire); }
    // Valid once done().
    [[nodiscard]] const Result<std::string>& result() const { return m_result; }

private:
    friend class JobPool;
    const std::string m_name;
    std::atomic<double> m_progress{-1};
    std::stop_source m_stop;
    std::atomic<bool> m_done{false};
    Result<std::string> m_result;  // written by the worker before m_done is set
};

class JobPool {
public:
    using Work = std::function<Result<std::string>(Job&)>;  // a sentence for the toast, or the error

    // `wakeup` is called from a worker when a job ends; it may do nothing but unblock the waiter.
    explicit JobPool(unsigned threads, std::function<void()> wakeup = {});
    ~JobPool();  // cancels and joins
    std::shared_ptr<Job> submit(std::string name, Work work);
    // Waiting and running jobs, oldest first.
    [[nodiscard]] std::vector<std::shared_ptr<Job>> jobs() const;

private:
    void run(std::stop_token stop);
    const std::function<void()> m_wakeup;
    mutable std::mutex m_mutex;  // leaf; guards m_queue and m_running
    std::condition_variable_any m_queued;
    std::deque<std::pair<std::shared_ptr<Job>, Work>> m_queue;
    std::vector<std::shared_ptr<Job>> m_running;
    std::vector<std::jthread> m_threads;  // last: joins before the rest dies
};

}  // namespace base
