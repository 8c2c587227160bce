#pragma once
// Single pictures out of a film for work that nobody waits for: a keyframe by itself, some pictures of the
// group that begins with it, or, where pictures have no time stamps of their own, by counting from the first.
// Needs no picture index; a picture that is not recognised is not given.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>

#include "base/result.h"
#include "media/demuxer.h"
#include "media/frame_wrap.h"

namespace media {

// One thread at a time; decodes on the calling thread alone.
class GroupDecoder {
public:
    // Errors: Demuxer::open's, unsupported.
    [[nodiscard]] static base::Result<GroupDecoder> open(const std::filesystem::path& path,
                                                         std::optional<int> stream_index,
                                                         std::stop_token stop);

    // Gives the pictures with these stamps (ascending, none before the keyframe's) as they come, until `give`
    // says false. When only the keyframe is wanted, nothing else is decoded. Returns how many were found:
    // fewer where the file has no such stamps, or the container cannot find the place. The pictures' `index`
    // is not set. Errors: cancelled.
    using Give = std::function<bool(FramePtr)>;
    [[nodiscard]] base::Result<std::size_t> decode(std::int64_t key_pts, std::span<const std::int64_t> wanted,
                                                   const Give& give, std::stop_token stop);
    // The same for films that cannot be entered at a keyframe: frame N is the N-th picture decoded from the
    // beginning, and where the decoder gives it a stamp, that must agree. `wanted` ascends. Goes on from
    // where it was when it can. `give` is also asked, with null, after each picture passed over.
    struct Numbered {
        std::int64_t frame = 0, pts = 0;
    };
    [[nodiscard]] base::Result<std::size_t> decode_counting(std::span<const Numbered> wanted,
                                                            const Give& give, std::stop_token stop);
    // The first keyframe found at or after a share (0…1) of the film's length; null when there is none.
    [[nodiscard]] base::Result<FramePtr> keyframe_near(double share, std::stop_token stop);

    [[nodiscard]] bool is_mov() const { return m_demuxer.is_mov(); }
    [[nodiscard]] std::int64_t coded_pixels() const {
        const AVCodecParameters& parameters = *m_demuxer.stream().codecpar;
        return std::int64_t{parameters.width} * parameters.height;
    }

private:
    GroupDecoder(Demuxer demuxer, CodecHandle codec);
    [[nodiscard]] base::Result<bool> land_on(std::int64_t key_pts);
    [[nodiscard]] base::Result<bool> read_to(std::int64_t key_pts);
    [[nodiscard]] bool receive();
    [[nodiscard]] base::Result<bool> next_packet();
    [[nodiscard]] FramePtr take_frame();
    [[nodiscard]] base::Result<void> begin_counting(std::int64_t first, std::stop_token stop);
    [[nodiscard]] std::unexpected<base::Error> stopped() const;

    Demuxer m_demuxer;
    CodecHandle m_codec;
    WrapRules m_rules;
    PacketHandle m_packet;  // after land_on(): the keyframe's
    FrameHandle m_frame;
    std::int64_t m_counted = 0;  // pictures the decoder has given since the beginning; -1: it has jumped
    bool m_ended = false;        // counting: the decoder has been told of the end
};

}  // namespace media
