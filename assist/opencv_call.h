#pragma once
// How this layer calls OpenCV: on the job's own thread, and with nothing thrown. For .cpp files of this layer
// only.

#include <exception>
#include <new>
#include <type_traits>
#include <utility>

#include "base/result.h"

namespace assist {

// Once, before the first call: one thread, and no messages of its own on stderr.
void prepare_opencv();

// What call() returns, or what OpenCV threw as an Error that begins with `what`, as in "GrabCut".
template <class Call>
[[nodiscard]] base::Result<std::invoke_result_t<Call>> with_opencv(const char* what, Call&& call) {
    try {
        prepare_opencv();
        return std::forward<Call>(call)();
    } catch (const std::bad_alloc&) {
        return base::fail(base::ErrorKind::refused,
                          "{} needs more memory than there is; choose a smaller part of the raster.", what);
    } catch (const std::exception& thrown) {  // cv::Exception is one
        return base::fail(base::ErrorKind::unsupported,
                          "{} could not work on this part of the raster; try another one: {}", what,
                          thrown.what());
    }
}

}  // namespace assist
