// The pass over a film for its shots, and their side file.
#include "base/file.h"
#include "base/log.h"
#include "base/side_file.h"
#include "media/demuxer.h"
#include "media/frame_wrap.h"
#include "media/shots.h"
#include "media/side_bytes.h"

namespace media {
namespace {

constexpr std::string_view k_magic = "LimnShot";
constexpr std::uint32_t k_version = 1;
constexpr std::uint64_t k_file_limit = 32u << 20;
constexpr std::uintmax_t k_disk_cap_bytes = 64u << 20;
constexpr std::int64_t k_progress_pictures = 32;

class Scan {
public:
    Scan(const ShotTask& task, const Demuxer& demuxer)
        : m_task{task},
          m_rules{wrap_rules(demuxer.stream())},
          m_detector{task.parameters},
          m_frame{av_frame_alloc()} {}

    void take_all(AVCodecContext& codec) {
        while (avcodec_receive_frame(&codec, m_frame.get()) >= 0) take();
    }
    // After the decoder has been told of the end. A broken picture among the last ones does not hide others.
    void finish(AVCodecContext& codec) {
        constexpr int k_errors = 1000;
        for (int errors = 0, code = 0; code != AVERROR_EOF && errors < k_errors; ++errors) {
            take_all(codec);
            code = avcodec_receive_frame(&codec, m_frame.get());
            if (code >= 0) take();
        }
        while (const auto cut = m_detector.finish()) tell(*cut);
        report();
    }
    [[nodiscard]] std::int64_t pictures() const { return m_count; }

private:
    void take();
    void tell(std::int64_t number) { m_task.found({number, m_stamps[number % k_stamps]}); }
    void report() const {
        if (m_task.progressed && m_task.frame_count > 0)
            m_task.progressed(
                std::min(1.0, static_cast<double>(m_count) / static_cast<double>(m_task.frame_count)));
    }

    static constexpr std::size_t k_stamps = 256;  // more than the detector looks back
    const ShotTask& m_task;
    const WrapRules m_rules;
    ShotDetector m_detector;
    FrameHandle m_frame;
    PictureSize m_size;
    PixelLayout m_layout = PixelLayout::yuv;
    FramePtr m_last;
    std::array<std::int64_t, k_stamps> m_stamps{};
    std::int64_t m_count = 0;
};

void Scan::take() {
    // The index has the decoder's guess where a stream stores no time, and so has this.
    const std::int64_t pts = m_frame->pts != AV_NOPTS_VALUE ? m_frame->pts : m_frame->best_effort_timestamp;
    const RawFrame raw = take_picture(*m_frame);
    const auto picture = wrap(raw, m_rules, m_count, pts);
    if (picture && m_size.width_px == 0) {
        m_size = size_inside({(*picture)->width_px, (*picture)->height_px}, k_shot_picture);
        m_layout = (*picture)->layout;
    }
    // A picture that cannot be looked at, or of another kind, counts as like the one before.
    FramePtr small = m_last;
    if (picture && (*picture)->layout == m_layout && (*picture)->width_px >= m_size.width_px &&
        (*picture)->height_px >= m_size.height_px)
        small = shrunk(**picture, m_size);
    m_stamps[static_cast<std::size_t>(m_count) % k_stamps] = pts;
    if (m_count == 0) m_task.found({0, pts});
    ++m_count;
    if (!small) return;
    m_last = small;
    if (const auto cut = m_detector.add(std::move(small))) tell(*cut);
    if (m_count % k_progress_pictures == 0) report();
}

}  // namespace

base::Result<std::int64_t> find_shots(const ShotTask& task, std::stop_token stop) {
    auto demuxer = Demuxer::open(task.film, task.stream_index, stop);
    if (!demuxer) return std::unexpected(demuxer.error());
    auto codec = open_decoder(*demuxer, 1);
    if (!codec) return std::unexpected(codec.error());
    (*codec)->skip_loop_filter = AVDISCARD_ALL;  // seen at 64 pixels across, its work is wasted
    Scan scan{task, *demuxer};
    const PacketHandle packet{av_packet_alloc()};
    for (bool more = true; more;) {
        if (stop.stop_requested() || (task.pause && !task.pause->pass(stop)))
            return base::fail(base::ErrorKind::cancelled, "Looking for shots was cancelled");
        const auto got = demuxer->read(*packet);
        if (!got) return std::unexpected(got.error());
        more = *got;
        if (more && packet->size == 0) continue;
        avcodec_send_packet(codec->get(), more ? packet.get() : nullptr);
        scan.take_all(**codec);
    }
    scan.finish(**codec);
    if (scan.pictures() == 0)
        return base::fail(base::ErrorKind::malformed, "No picture of this film can be decoded: {}",
                          task.film.string());
    return scan.pictures();
}

// -- side file
// -----------------------------------------------------------------------------------------------------------

std::string shot_bytes(const ShotParameters& parameters, const std::vector<Shot>& shots) {
    SideBytes out;
    out.put_bytes(k_magic);
    out.put(k_version);
    out.put(parameters.adaptive_ratio);
    out.put(parameters.least_content);
    out.put(static_cast<std::int32_t>(parameters.window));
    out.put(static_cast<std::int32_t>(parameters.least_shot));
    out.put(static_cast<std::uint64_t>(shots.size()));
    for (const Shot& shot : shots) {
        out.put(shot.frame);
        out.put(shot.pts);
    }
    return std::move(out).sealed();
}

std::optional<std::vector<Shot>> shots_from_bytes(std::string_view bytes, const ShotParameters& parameters) {
    auto in = SideReader::open(bytes);
    if (!in || in->take_bytes(k_magic.size()) != k_magic || in->take<std::uint32_t>() != k_version)
        return std::nullopt;
    const bool same =
        in->take<double>() == parameters.adaptive_ratio && in->take<double>() == parameters.least_content &&
        in->take<std::int32_t>() == parameters.window && in->take<std::int32_t>() == parameters.least_shot;
    if (!same) return std::nullopt;
    const auto count = in->take<std::uint64_t>();
    if (!count) return std::nullopt;
    std::vector<Shot> shots;
    for (std::uint64_t i = 0; i < *count; ++i) {
        const auto frame = in->take<std::int64_t>(), pts = in->take<std::int64_t>();
        if (!frame || !pts || *frame < 0 || (!shots.empty() && *frame <= shots.back().frame))
            return std::nullopt;
        shots.push_back({*frame, *pts});
    }
    return in->read_whole() && !shots.empty() ? std::optional{std::move(shots)} : std::nullopt;
}

std::optional<std::vector<Shot>> read_shots(const std::filesystem::path& film,
                                            const ShotParameters& parameters) {
    const std::filesystem::path side = base::side_file("shots", film, "bin");
    if (side.empty()) return std::nullopt;
    const auto bytes = base::read_file(side, k_file_limit);
    if (!bytes) return std::nullopt;
    auto shots = shots_from_bytes(*bytes, parameters);
    if (shots) base::touch(side);
    return shots;
}

void write_shots(const std::filesystem::path& film, const ShotParameters& parameters,
                 const std::vector<Shot>& shots) {
    const std::filesystem::path side = base::side_file("shots", film, "bin");
    if (side.empty()) return;
    const auto done = base::write_side_file("shots", side, shot_bytes(parameters, shots), k_disk_cap_bytes);
    if (!done) base::log(base::LogLevel::warning, "{}", done.error().message);
}

}  // namespace media
