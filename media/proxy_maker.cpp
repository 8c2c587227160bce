#include <algorithm>

#include <unistd.h>

#include "base/side_file.h"
#include "media/frame_cache.h"
#include "media/proxy.h"
#include "media/proxy_writer.h"

namespace media {

namespace fs = std::filesystem;
using base::ErrorKind;

namespace {

constexpr std::uintmax_t k_cap_bytes = 20ull << 30;  // of all proxies
// Some decoders give pictures slightly out of order; one dropped before its turn would cost its group again.
constexpr std::size_t k_cache_bytes = 64u << 20;

struct Unfinished {
    fs::path path;
    ~Unfinished() {
        std::error_code gone_already;
        fs::remove(path, gone_already);
    }
};

// Even sides, at most the proxy's and the film's own.
ProxyFormat format_for(const VideoInfo& film) {
    const double width = film.coded_width_px, height = film.coded_height_px;
    const double factor = std::min({1.0, k_proxy_width_px / width, k_proxy_height_px / height});
    const auto even = [](double side) { return std::max(2, static_cast<int>(side / 2 + 0.25) * 2); };
    return {
        .width_px = even(width * factor), .height_px = even(height * factor), .time_base = film.time_base};
}

bool is_rgb(const AVFrame& raw) {
    const AVPixFmtDescriptor* desc = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(raw.format));
    return desc != nullptr && (desc->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) != 0;
}

// Colours are shown by the same rule as the film's.
void take_colors(ProxyFormat& format, const AVFrame& raw, const VideoFrame& shown) {
    if (is_rgb(raw)) return;
    format.matrix = shown.matrix;
    const bool full = shown.layout == PixelLayout::rgba ? raw.color_range == AVCOL_RANGE_JPEG
                                                        : shown.range == ColorRange::full;
    format.range = full ? ColorRange::full : ColorRange::limited;
}

base::Result<void> check_fits(const FrameReader& film) {
    const VideoInfo& info = film.info();
    if (info.is_picture || info.frame_count < 2)
        return base::fail(ErrorKind::refused, "A single picture needs no proxy: {}", info.path.string());
    for (std::int64_t frame = 1; frame < info.frame_count; ++frame)
        if (film.pts_of(frame) <= film.pts_of(frame - 1))
            return base::fail(ErrorKind::refused,
                              "Frames {} and {} have the same time, which no proxy can keep; scrub the film "
                              "itself: {}",
                              frame - 1, frame, info.path.string());
    return {};
}

Proxy describe(const fs::path& file, const ProxyReader& proxy, bool made) {
    std::error_code vanished;
    const VideoInfo& info = proxy.info();
    return {.file = file,
            .frame_count = info.frame_count,
            .size_bytes = fs::file_size(file, vanished),
            .width_px = info.coded_width_px,
            .height_px = info.coded_height_px,
            .made = made};
}

base::Result<ProxyWriter> begin(const fs::path& file, FrameReader& film, std::stop_token stop) {
    ProxyFormat format = format_for(film.info());
    // What cannot be decoded says nothing of the colours; the next one will do.
    for (std::int64_t frame = 0; frame < std::min<std::int64_t>(film.info().frame_count, 10); ++frame) {
        const auto raw = film.fetch(frame, stop);
        const auto shown = film.read(frame, stop);
        if (!raw || !shown) continue;
        take_colors(format, *raw->raw, **shown);
        break;
    }
    return ProxyWriter::create(file, format);
}

base::Result<void> write_pictures(ProxyWriter& writer, FrameReader& film, const ProxyTask& task,
                                  std::stop_token stop) {
    const std::int64_t count = film.info().frame_count, first = film.pts_of(0);
    for (std::int64_t frame = 0; frame < count; ++frame) {
        const std::int64_t ticks = film.pts_of(frame) - first;
        const auto picture = film.fetch(frame, stop);
        if (stop.stop_requested())
            return base::fail(ErrorKind::cancelled, "Making the proxy was cancelled: {}",
                              film.info().path.string());
        if (!picture && picture.error().kind != ErrorKind::malformed) return std::unexpected(picture.error());
        auto written = picture ? writer.add(*picture->raw, ticks) : writer.repeat(ticks);
        if (!written) return written;
        if (task.progress) task.progress(static_cast<double>(frame + 1) / static_cast<double>(count));
    }
    return writer.finish();
}

}  // namespace

base::Result<Proxy> make_proxy(const fs::path& path, const ProxyTask& task, std::stop_token stop) {
    VideoSourceOptions options;
    options.stream_index = task.stream_index;
    options.cache_bytes = k_cache_bytes;
    auto film = FrameReader::open(path, options, stop);
    if (!film) return std::unexpected(film.error());
    if (auto fits = check_fits(*film); !fits) return std::unexpected(fits.error());
    const fs::path file = proxy_file(path, film->info().stream_index);
    if (file.empty())
        return base::fail(ErrorKind::io,
                          "There is no place for the proxy; check the disk and XDG_CACHE_HOME: {}",
                          path.string());
    const auto pts_of = [&film](std::int64_t frame) { return film->pts_of(frame); };
    if (!task.again)
        if (const auto there = ProxyReader::open(file, film->info(), pts_of, stop))
            return describe(file, *there, false);

    const Unfinished unfinished{file.string() + fmt::format(".{}.part", ::getpid())};
    {
        auto writer = begin(unfinished.path, *film, stop);
        if (!writer) return std::unexpected(writer.error());
        if (auto written = write_pictures(*writer, *film, task, stop); !written)
            return std::unexpected(written.error());
    }
    const auto proxy = ProxyReader::open(unfinished.path, film->info(), pts_of, stop);
    if (!proxy && proxy.error().kind != ErrorKind::malformed) return std::unexpected(proxy.error());
    if (!proxy)
        return base::fail(
            ErrorKind::unsupported,
            "No MP4 can keep the times of this film's frames, so it has no proxy; scrub the film "
            "itself: {}",
            path.string());
    std::error_code error;
    fs::rename(unfinished.path, file, error);
    if (error)
        return base::fail(ErrorKind::io, "The proxy cannot be given its name ({}); check the folder: {}",
                          error.message(), file.string());
    base::trim_side_files(k_proxy_kind, k_cap_bytes, file);
    return describe(file, *proxy, true);
}

}  // namespace media
