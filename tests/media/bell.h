#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

namespace fixtures {

// Waits for wake-ups instead of sleeping; gives up after a bounded time.
class Bell {
public:
    std::function<void()> ringer() {
        return [this] {
            {
                const std::lock_guard lock{m_mutex};
            }
            m_rung.notify_all();
        };
    }
    template <class Condition>
    bool wait_until(Condition condition) {
        std::unique_lock lock{m_mutex};
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        while (!condition()) {
            if (std::chrono::steady_clock::now() > deadline) return false;
            m_rung.wait_for(lock, std::chrono::milliseconds{20});
        }
        return true;
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_rung;
};

}  // namespace fixtures
