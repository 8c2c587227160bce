#include "base/job_pool.h"

#include <algorithm>

namespace base {

JobPool::JobPool(unsigned threads, std::function<void()> wakeup) : m_wakeup{std::move(wakeup)} {
    for (unsigned i = 0; i < std::max(threads, 1u); ++i)
        m_threads.emplace_back([this](std::stop_token stop) { run(stop); });
}

JobPool::~JobPool() {
    const std::scoped_lock lock{m_mutex};
    for (const auto& [job, work] : m_queue) job->cancel();
    for (const auto& job : m_running) job->cancel();
    for (auto& thread : m_threads) thread.request_stop();
}

std::shared_ptr<Job> JobPool::submit(std::string name, Work work) {
    auto job = std::make_shared<Job>(std::move(name));
    {
        const std::scoped_lock lock{m_mutex};
        m_queue.emplace_back(job, std::move(work));
    }
    m_queued.notify_one();
    return job;
}

std::vector<std::shared_ptr<Job>> JobPool::jobs() const {
    const std::scoped_lock lock{m_mutex};
    auto all = m_running;
    for (const auto& [job, work] : m_queue) all.push_back(job);
    return all;
}

// We throw nothing, but the standard library does (no memory, a path the system cannot name).
static Result<std::string> run_caught(Job& job, const JobPool::Work& work) {
    try {
        return work(job);
    } catch (const std::exception& thrown) {
        return fail(ErrorKind::io, "{} failed ({})", job.name(), thrown.what());
    }
}

void JobPool::run(std::stop_token stop) {
    for (;;) {
        std::unique_lock lock{m_mutex};
        if (!m_queued.wait(lock, stop, [this] { return !m_queue.empty(); })) return;
        auto [job, work] = std::move(m_queue.front());
        m_queue.pop_front();
        m_running.push_back(job);
        lock.unlock();

        if (job->stop_token().stop_requested())
            job->m_result = fail(ErrorKind::cancelled, "Cancelled: {}", job->name());
        else
            job->m_result = run_caught(*job, work);
        job->m_done.store(true, std::memory_order_release);

        lock.lock();
        std::erase(m_running, job);
        lock.unlock();
        if (m_wakeup) m_wakeup();
    }
}

}  // namespace base
