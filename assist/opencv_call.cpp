#include "assist/opencv_call.h"

#include <opencv2/core.hpp>

namespace assist {

void prepare_opencv() {
    // The job pool already has as many threads as it should: OpenCV's own would take the cores from the
    // window and from decoders, and go on after a job was cancelled. The setting is one for the whole
    // process.
    static const bool once = [] {
        cv::setNumThreads(1);
        cv::redirectError([](int, const char*, const char*, const char*, int, void*) { return 0; });
        return true;
    }();
    static_cast<void>(once);
}

}  // namespace assist
