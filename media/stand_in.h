#pragma once
// Something to look at until the exact frame is decoded: the proxy's picture of it, or one nearby.

#include <filesystem>
#include <optional>

#include "media/frame_fetcher.h"
#include "media/proxy.h"

namespace media {

// One thread. What it refers to outlives it.
class StandIns {
public:
    StandIns(const PictureIndex& index, const FrameCache& cache) : m_index{index}, m_cache{cache} {}

    // Looks for the proxy of a film whose index is complete, and removes one that is damaged or not of this
    // film. True when there is one.
    bool look_for_proxy(const VideoInfo& film, std::stop_token stop);
    // The film is numbered anew: the proxy has to be looked at again.
    void forget_proxy() { m_proxy.reset(); }
    [[nodiscard]] bool has_proxy() const { return m_proxy.has_value(); }

    // The proxy's picture of the frame, else the cached one nearest to it, else the keyframe it is decoded
    // from. Null when none of them is at hand or decoding on is as quick.
    [[nodiscard]] FramePtr find(std::int64_t frame, FrameFetcher& fetcher, std::stop_token stop);

private:
    [[nodiscard]] FramePtr from_proxy(std::int64_t frame, std::stop_token stop);
    [[nodiscard]] std::optional<std::int64_t> neighbour(std::int64_t frame,
                                                        const FrameFetcher& fetcher) const;

    const PictureIndex& m_index;
    const FrameCache& m_cache;
    std::optional<ProxyReader> m_proxy;
};

// A frame fewer pictures away than this comes about as soon as a stand-in would.
inline constexpr std::int64_t k_soon_pictures = 12;

}  // namespace media
