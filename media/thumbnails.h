#pragma once
// The thumbnails of one film, made in the background and kept in memory and in a side file. Looks
// single-threaded to its user: nothing here waits for reading or decoding.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/background.h"
#include "media/thumbnail.h"

namespace media {

// Numbers and stamps are VideoSource's: only the index knows which picture is frame N.
struct ThumbnailWish {
    std::int64_t frame = 0, pts = 0;
    std::int64_t key_frame = -1, key_pts = 0;  // where decoding begins; -1: no keyframe leads to it
    bool operator==(const ThumbnailWish&) const = default;
};

struct ThumbnailOptions {
    std::optional<int> stream_index;      // as VideoSource's
    std::size_t budget_bytes = 24 << 20;  // in memory, and about as much in the side file
    std::shared_ptr<base::Pause> pause;   // null: never rests
    std::function<void()> wakeup;         // from the worker; may do nothing but unblock the waiter
};

struct ThumbnailCounters {
    std::size_t wanted = 0, ready = 0;         // of the newest wishes
    std::size_t kept = 0, bytes = 0;           // in memory
    std::int64_t decoded = 0, from_disk = 0;   // made, and read from the side file
    std::int64_t evictions = 0, failures = 0;  // dropped for the budget; given up
};

class Thumbnails {
public:
    Thumbnails(std::filesystem::path film, ThumbnailOptions options);
    ~Thumbnails();  // stops and joins: at most one picture's decoding, or one write of the side file

    // Replaces the wishes that have not begun; the first is made first. Cheap when they are the same as
    // before.
    void request(std::vector<ThumbnailWish> wishes);
    // Null when it is not here (yet), or when it is another picture's, which is then forgotten.
    [[nodiscard]] ThumbnailPtr find(std::int64_t frame, std::int64_t pts);
    // The last one before `frame`, at most `reach` frames away; its own pts is for the caller to compare.
    [[nodiscard]] ThumbnailPtr before(std::int64_t frame, std::int64_t reach) const;
    [[nodiscard]] bool idle() const;               // nothing wished for is still to be made or written
    [[nodiscard]] std::uint64_t revision() const;  // changes when a thumbnail came
    [[nodiscard]] ThumbnailCounters counters() const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

// One small picture that stands for the medium in a list: from its side file, else of a keyframe a tenth into
// it, and then kept in the side file. `stop` ends it between two pictures. Errors: what opening gives;
// refused when the picture is so large that decoding it would not be cheap.
[[nodiscard]] base::Result<ThumbnailPtr> poster_of(const std::filesystem::path& medium,
                                                   std::optional<int> stream_index, std::stop_token stop);

inline constexpr PictureSize k_poster_box{80, 48};

}  // namespace media
