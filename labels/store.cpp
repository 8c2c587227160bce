#include "labels/store.h"

#include <chrono>
#include <condition_variable>
#include <future>

namespace labels {

namespace {

constexpr auto k_pause_after_failure = std::chrono::seconds(2);

}  // namespace

Store::Store(ProjectFile file, std::int64_t last_seq, std::function<void()> wakeup)
    : m_path{file.path()}, m_wakeup{std::move(wakeup)}, m_file{std::move(file)} {
    m_status.queued_seq = last_seq;
    m_status.saved_seq = last_seq;
    m_thread = std::jthread([this](std::stop_token stop) { run(stop); });
}

Store::~Store() {
    m_thread.request_stop();
    m_thread.join();
}

void Store::append(Event event) {
    {
        const std::lock_guard lock(m_mutex);
        m_status.queued_seq = event.seq;
        m_queue.push_back(std::move(event));
    }
    m_changed.notify_all();
}

StoreStatus Store::status() const {
    const std::lock_guard lock(m_mutex);
    return m_status;
}

void Store::retry() {
    {
        const std::lock_guard lock(m_mutex);
        m_retry = true;
    }
    m_changed.notify_all();
}

base::Result<void> Store::flush() {
    std::unique_lock lock(m_mutex);
    const std::int64_t failures = m_failures;
    m_retry = true;
    m_changed.notify_all();
    m_changed.wait(lock, [&] { return m_status.idle() || m_failures > failures; });
    if (m_status.idle()) return {};
    return std::unexpected(
        m_status.error.value_or(base::Error{base::ErrorKind::io, "Saving was interrupted; try again."}));
}

base::Result<std::shared_ptr<const Edit>> Store::edit_of(std::int64_t seq) {
    using Answer = base::Result<std::shared_ptr<const Edit>>;
    const auto answer = std::make_shared<std::promise<Answer>>();
    {
        const std::lock_guard lock(m_mutex);
        for (const Event& event : m_queue) {
            if (event.seq == seq) return event.edit;
        }
        m_reads.emplace_back(seq, [answer](Answer edit) { answer->set_value(std::move(edit)); });
    }
    m_changed.notify_all();
    return answer->get_future().get();
}

void Store::answer_reads(std::unique_lock<std::mutex>& lock) {
    while (!m_reads.empty()) {
        auto [seq, answer] = std::move(m_reads.front());
        m_reads.pop_front();
        lock.unlock();
        answer(m_file.edit_of(seq));
        lock.lock();
    }
}

// The queue keeps its events until they are on disk.
void Store::save_queue(std::unique_lock<std::mutex>& lock) {
    const std::vector<Event> batch(m_queue.begin(), m_queue.end());
    m_retry = false;
    lock.unlock();
    auto saved = m_file.append(batch);
    lock.lock();
    if (saved) {
        m_queue.erase(m_queue.begin(), m_queue.begin() + static_cast<std::ptrdiff_t>(batch.size()));
        m_status.saved_seq = batch.back().seq;
        m_status.error.reset();
    } else {
        m_status.error = std::move(saved.error());
        ++m_failures;
    }
    m_changed.notify_all();
    lock.unlock();
    if (m_wakeup) m_wakeup();
    lock.lock();
}

void Store::run(std::stop_token stop) {
    std::unique_lock lock(m_mutex);
    for (;;) {
        answer_reads(lock);
        const bool held_back = m_status.error && !m_retry;
        if (!m_queue.empty() && !held_back) {
            save_queue(lock);
            continue;
        }
        if (stop.stop_requested()) break;
        if (m_queue.empty()) {
            m_retry = false;
            m_changed.wait(lock, stop, [&] { return !m_queue.empty() || !m_reads.empty(); });
        } else if (!m_changed.wait_for(lock, stop, k_pause_after_failure,
                                       [&] { return m_retry || !m_reads.empty(); })) {
            m_retry = true;
        }
    }
    if (!m_queue.empty()) save_queue(lock);  // once more
}

}  // namespace labels
