#pragma once
// Copy on write: whether what a shared pointer holds may be written to in place.

#include <memory>

namespace base {

// Whether nobody else holds it, nor is reading it any more.
template <class T>
[[nodiscard]] bool held_alone(const std::shared_ptr<T>& held) {
    if (held.use_count() != 1) return false;
    std::shared_ptr<T>(held).reset();  // acquire-release: what another thread read of it is behind us
    return true;
}

}  // namespace base
