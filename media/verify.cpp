#include "media/verify.h"

#include <algorithm>

#include "base/digest.h"
#include "media/frame_fetcher.h"
#include "media/index_builder.h"

extern "C" {
#include <libavutil/imgutils.h>
}

namespace media {
namespace {

using base::ErrorKind;

// The picture's samples without the padding of its rows, after what came before it in its group.
std::uint64_t chain(std::uint64_t before, std::int64_t frame, const AVFrame& raw) {
    const auto format = static_cast<AVPixelFormat>(raw.format);
    std::uint64_t hash = base::hash64(std::as_bytes(std::span{&frame, 1}), before);
    int row_bytes[4] = {};
    const AVPixFmtDescriptor* desc = av_pix_fmt_desc_get(format);
    if (desc == nullptr || av_image_fill_linesizes(row_bytes, format, raw.width) < 0) return hash;
    for (int plane = 0; plane < 4 && raw.data[plane] != nullptr && row_bytes[plane] > 0; ++plane) {
        const bool chroma = plane == 1 || plane == 2;
        const int rows = chroma ? AV_CEIL_RSHIFT(raw.height, desc->log2_chroma_h) : raw.height;
        for (int row = 0; row < rows; ++row) {
            const auto* begin = raw.data[plane] + static_cast<std::ptrdiff_t>(row) * raw.linesize[plane];
            hash = base::hash64(
                {reinterpret_cast<const std::byte*>(begin), static_cast<std::size_t>(row_bytes[plane])},
                hash);
        }
    }
    return hash;
}

// Walks through the film once; at the end of each group decodes it again from its keyframe.
class Verification {
public:
    Verification(const PictureIndex& index, FrameFetcher& by_key, std::stop_token stop,
                 const std::function<void(double)>& progress)
        : m_index{index}, m_by_key{by_key}, m_stop{std::move(stop)}, m_progress{progress} {
        m_report.frames = index.frame_count();
    }
    // Frames come in their order. False: stopped.
    bool add(std::int64_t frame, const AVFrame& raw) {
        const auto key = m_index.key_for(frame);
        if (m_group.key != key && !end_group()) return false;
        if (m_group.frames.empty()) m_group.key = key;
        m_group.frames.push_back(frame);
        m_group.hash = chain(m_group.hash, frame, raw);
        ++m_came;
        if (m_report.frames > 0)
            m_progress(static_cast<double>(frame + 1) / static_cast<double>(m_report.frames));
        return true;
    }
    bool end_group() {
        const Group group = std::exchange(m_group, {});
        if (group.frames.empty()) return true;
        ++m_report.groups;
        // From the keyframe; where that gives other pictures from the one before, and so on. What no keyframe
        // gives is reached from the beginning, as here.
        for (auto key = group.key; key; key = m_index.key_for(group.frames.front(), *key)) {
            if (std::ranges::find(m_report.bad_keys, *key) != m_report.bad_keys.end()) continue;
            const auto same = gives(*key, group);
            if (!same) return false;
            if (*same) return true;
            m_report.bad_keys.push_back(*key);
        }
        return true;
    }
    [[nodiscard]] VerifyReport report() {
        m_report.undecodable = m_report.frames - m_came;
        return std::move(m_report);
    }

private:
    struct Group {
        std::optional<Ordinal> key;
        std::vector<std::int64_t> frames;
        std::uint64_t hash = 0;
    };
    // Nothing when stopped.
    [[nodiscard]] std::optional<bool> gives(Ordinal key, const Group& group) {
        std::uint64_t again = 0;
        std::size_t at = 0;
        const auto decoded =
            m_by_key.decode_group(key, group.frames.front(), group.frames.back() + 1, m_stop,
                                  [&](std::int64_t frame, const AVFrame& raw) {
                                      if (at == group.frames.size() || group.frames[at++] != frame)
                                          return false;
                                      again = chain(again, frame, raw);
                                      return true;
                                  });
        if (!decoded && decoded.error().kind == ErrorKind::cancelled) return std::nullopt;
        return decoded && at == group.frames.size() && again == group.hash;
    }

    const PictureIndex& m_index;
    FrameFetcher& m_by_key;
    const std::stop_token m_stop;
    const std::function<void(double)>& m_progress;
    Group m_group;
    std::int64_t m_came = 0;
    VerifyReport m_report;
};

// A numbering read from the packets themselves, whatever was known before.
base::Result<void> read_index_of(Demuxer& demuxer, const IndexTask& task, PictureIndex& index,
                                 std::stop_token stop) {
    const auto from_table = index_from_sample_table(demuxer, task, index);
    if (!from_table) return std::unexpected(from_table.error());
    return *from_table ? confirm_index(task, index, std::move(stop))
                       : index_from_packets(task, index, std::move(stop));
}

}  // namespace

std::string VerifyReport::sentence() const {
    std::string text = fmt::format("{} frames in {} groups are the same however they are reached",
                                   frames - undecodable, groups);
    if (!bad_keys.empty())
        text += fmt::format("; {} keyframes cannot be decoded from by themselves and are passed over",
                            bad_keys.size());
    if (undecodable > 0) text += fmt::format("; {} frames are damaged and show no picture", undecodable);
    return text;
}

base::Result<VerifyReport> verify_film(const std::filesystem::path& film, std::optional<int> stream_index,
                                       std::stop_token stop, const std::function<void(double)>& progress) {
    auto demuxer = Demuxer::open(film, stream_index, stop);
    if (!demuxer) return std::unexpected(demuxer.error());
    const IndexTask task{film, demuxer->stream().index, 0, {}};
    const auto stamp = index_stamp(film, task.stream_index);
    PictureIndex index;
    if (auto read = read_index_of(*demuxer, task, index, stop); !read) return std::unexpected(read.error());
    if (index.identity() == Identity::count)
        return base::fail(
            ErrorKind::refused,
            "The pictures of this film can only be told apart by counting; every frame is decoded "
            "from the beginning, and there is nothing to compare: {}",
            film.string());
    auto other = Demuxer::open(film, stream_index, stop);
    if (!other) return std::unexpected(other.error());
    FrameCache cache{1};
    auto whole = FrameFetcher::make(std::move(*demuxer), index, cache, task.decoder_threads);
    if (!whole) return std::unexpected(whole.error());
    auto by_key = FrameFetcher::make(std::move(*other), index, cache, task.decoder_threads);
    if (!by_key) return std::unexpected(by_key.error());
    Verification verification{index, *by_key, stop, progress};
    const auto decoded = whole->decode_group(
        k_no_ordinal, 0, index.frame_count(), stop,
        [&](std::int64_t frame, const AVFrame& raw) { return verification.add(frame, raw); });
    if (stop.stop_requested() || !verification.end_group())
        return base::fail(ErrorKind::cancelled, "Verifying was stopped: {}", film.string());
    if (!decoded) return std::unexpected(decoded.error());
    if (index.facts().broken_off || whole->demuxer().broken_off())
        return base::fail(ErrorKind::io,
                          "The film could not be read to its end; check the drive and verify again: {}",
                          film.string());
    VerifyReport report = verification.report();
    report.pictures = index.stored_count();
    index.set_verified(report.bad_keys, report.undecodable);
    if (stamp) keep_index(film, *stamp, index);
    return report;
}

}  // namespace media
