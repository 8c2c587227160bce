#pragma once
// The window's way to a frame, media::VideoSource, timed from outside.

#include <cstdint>

#include "bench.h"
#include "media/video_source.h"

namespace bench {

// A source that tells when it has something.
class TimedSource {
public:
    explicit TimedSource(const fs::path& film, std::size_t cache_bytes = 512u << 20);
    // From the request until the first picture for it is there: a stand-in if the source gives one, else the
    // frame itself.
    double secs_to_any_picture(std::int64_t frame);
    // From the request until the frame itself is there.
    double secs_to_exact_picture(std::int64_t frame);
    void wait_for_index();  // until it is complete
    [[nodiscard]] std::int64_t frame_count() const;

private:
    struct Impl;
    std::shared_ptr<Impl> m_impl;
    double secs_until(std::int64_t frame, bool exact);
};

}  // namespace bench
