#pragma once
// Manners of work that nobody waits for: it runs when the machine has nothing better to do, and rests while
// the user waits for something.

#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace base {

// The calling thread from now on gives way to all others; what it may not lower stays as it is.
void lower_thread_priority();

// Set by the thread that knows (the UI), waited for between two small steps by the ones that work.
class Pause {
public:
    void set(bool on);
    [[nodiscard]] bool is_set() const;
    // Returns at once when not set; false when stopped.
    [[nodiscard]] bool pass(std::stop_token stop);

private:
    mutable std::mutex m_mutex;  // leaf; guards m_on
    std::condition_variable_any m_changed;
    bool m_on = false;
};

}  // namespace base
