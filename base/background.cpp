#include "base/background.h"

#include <sys/resource.h>

namespace base {

void lower_thread_priority() {
    constexpr int k_nice = 10;
    // On Linux 0 means the calling thread, not its process. Failing only costs politeness.
    setpriority(PRIO_PROCESS, 0, k_nice);
}

void Pause::set(bool on) {
    {
        const std::lock_guard lock{m_mutex};
        m_on = on;
    }
    if (!on) m_changed.notify_all();
}

bool Pause::is_set() const {
    const std::lock_guard lock{m_mutex};
    return m_on;
}

bool Pause::pass(std::stop_token stop) {
    std::unique_lock lock{m_mutex};
    return m_changed.wait(lock, stop, [this] { return !m_on; }) && !stop.stop_requested();
}

}  // namespace base
