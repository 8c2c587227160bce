#include "media/demuxer.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <mutex>
#include <string_view>
#include <system_error>

#include "base/file_sequence.h"
#include "base/log.h"

namespace media {
namespace {

namespace fs = std::filesystem;
using base::ErrorKind;

// FFmpeg talks on stderr by itself; what it says belongs in our debug log.
void log_from_ffmpeg(void* source, int level, const char* format, va_list arguments) {
    if (level > AV_LOG_WARNING) return;
    std::array<char, 512> line{};
    int print_prefix = 1;
    av_log_format_line2(source, level, format, arguments, line.data(), static_cast<int>(line.size()),
                        &print_prefix);
    std::string_view text{line.data()};
    while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
    base::log(base::LogLevel::debug, "ffmpeg: {}", text);
}

void route_ffmpeg_log() {
    static std::once_flag once;
    std::call_once(once, [] { av_log_set_callback(log_from_ffmpeg); });
}

bool name_is_in(std::string_view names, std::string_view list) {
    while (!names.empty()) {
        const std::size_t comma = names.find(',');
        const std::string_view name = names.substr(0, comma);
        for (std::size_t at = list.find(name); at != std::string_view::npos; at = list.find(name, at + 1)) {
            const std::size_t end = at + name.size();
            if ((at == 0 || list[at - 1] == ',') && (end == list.size() || list[end] == ',')) return true;
        }
        if (comma == std::string_view::npos) return false;
        names.remove_prefix(comma + 1);
    }
    return false;
}

// Text that FFmpeg would show as a terminal's screen, and lists that point at other files or hosts.
constexpr std::string_view k_refused_formats =
    "tty,bin,xbin,adf,idf,concat,hls,applehttp,dash,sdp,rtsp,imf,webm_dash_manifest,lavfi,rawvideo,"
    "ffmetadata";
// A search by time lands late in these, since their packets are found by guessing (facts/video.md).
constexpr std::string_view k_byte_formats =
    "mpegts,mpeg,h264,hevc,m4v,mpegvideo,mjpeg,mjpeg_2000,cavsvideo,vc1,h263,h261,obu,dirac,dnxhd,ingenient";

// Damaged headers claim any size. No camera or scanner that FFmpeg reads gives more than this.
constexpr std::int64_t k_most_pixels_of_picture = 1 << 28, k_most_pixels_of_film = 1 << 27;

// In a pattern each '%' of the folder's name has to be doubled.
std::string name_for_ffmpeg(const fs::path& path, bool is_pattern) {
    if (!is_pattern) return path.string();
    std::string name;
    for (const char c : path.parent_path().string()) name += c == '%' ? std::string{"%%"} : std::string{c};
    return name.empty() ? path.string() : name + "/" + path.filename().string();
}

base::Result<void> check_is_file(const fs::path& path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (status.type() == fs::file_type::not_found)
        return base::fail(ErrorKind::missing, "There is no file here; check the name: {}", path.string());
    if (error)
        return base::fail(ErrorKind::io, "This file cannot be reached ({}): {}", error.message(),
                          path.string());
    if (fs::is_directory(status))
        return base::fail(ErrorKind::malformed, "This is a folder; give a video or picture file: {}",
                          path.string());
    // A pipe or a device has no end that can be counted to, and opening one may wait for ever.
    if (!fs::is_regular_file(status))
        return base::fail(ErrorKind::malformed,
                          "This is a pipe or a device; save what comes from it as a file first: {}",
                          path.string());
    if (fs::file_size(path, error) == 0 && !error)
        return base::fail(ErrorKind::malformed, "This file is empty; check that it was copied whole: {}",
                          path.string());
    return {};
}

std::unexpected<base::Error> not_a_video(const fs::path& path) {
    return base::fail(
        ErrorKind::malformed,
        "This file holds no video Limn can decode; check that it is a video or picture and whole: {}",
        path.string());
}

// An MP4 or QuickTime file begins so, and its index may stand at the end.
bool begins_as_mp4(const fs::path& path) {
    std::array<char, 8> head{};
    std::ifstream file{path, std::ios::binary};
    return file.read(head.data(), head.size()) && std::string_view{head.data() + 4, 4} == "ftyp";
}

std::unexpected<base::Error> open_error(int code, const fs::path& path) {
    if (code == AVERROR_EXIT)
        return base::fail(ErrorKind::cancelled, "Opening was stopped: {}", path.string());
    if (code == AVERROR(EACCES) || code == AVERROR(EPERM))
        return base::fail(ErrorKind::io, "You may not read this file; check its permissions: {}",
                          path.string());
    if (code == AVERROR(EIO))
        return base::fail(ErrorKind::io, "The disk gave an error while reading; check the drive: {}",
                          path.string());
    if (code == AVERROR_INVALIDDATA && begins_as_mp4(path))
        return base::fail(ErrorKind::malformed,
                          "This film is cut off: its index (moov) is missing; copy or record it again: {}",
                          path.string());
    return not_a_video(path);
}

bool is_video(const AVStream& stream) {
    return stream.codecpar->codec_type == AVMEDIA_TYPE_VIDEO &&
           (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) == 0;
}

}  // namespace

base::Result<Demuxer> Demuxer::open(const fs::path& path, std::optional<int> stream_index,
                                    std::stop_token stop) {
    auto demuxer = open_file(path, std::move(stop));
    if (!demuxer) return demuxer;
    if (auto chosen = demuxer->choose_stream(stream_index); !chosen) return std::unexpected(chosen.error());
    return demuxer;
}

base::Result<Demuxer> Demuxer::open_sound(const fs::path& path, std::optional<int> video_stream,
                                          std::stop_token stop) {
    auto demuxer = open_file(path, std::move(stop));
    if (!demuxer) return demuxer;
    if (auto chosen = demuxer->choose_sound(video_stream); !chosen) return std::unexpected(chosen.error());
    return demuxer;
}

base::Result<Demuxer> Demuxer::open_file(const fs::path& path, std::stop_token stop) {
    route_ffmpeg_log();
    const auto sequence = base::find_sequence(path);
    if (!sequence)
        if (auto checked = check_is_file(path); !checked) return std::unexpected(checked.error());
    Demuxer demuxer;
    demuxer.m_path = path;
    if (sequence) demuxer.m_sequence_first = sequence->first;
    demuxer.m_interrupt = std::make_unique<Interrupt>(Interrupt{std::move(stop)});
    AVFormatContext* context = avformat_alloc_context();
    context->interrupt_callback.opaque = demuxer.m_interrupt.get();
    context->interrupt_callback.callback = [](void* opaque) {
        return static_cast<Interrupt*>(opaque)->stop.stop_requested() ? 1 : 0;
    };
    AVDictionary* options = nullptr;
    av_dict_set(&options, "protocol_whitelist", "file", 0);
    // A '%' in a picture's name stands for itself, unless no picture has that name and numbered ones have.
    av_dict_set(&options, "pattern_type", sequence ? "sequence" : "none", 0);
    if (sequence) av_dict_set_int(&options, "start_number", sequence->first, 0);
    const AVInputFormat* format = sequence ? av_find_input_format("image2") : nullptr;
    // The prefix keeps a name such as "http:x" or "concat:x" a file's name.
    const int opened = avformat_open_input(
        &context, ("file:" + name_for_ffmpeg(path, sequence.has_value())).c_str(), format, &options);
    av_dict_free(&options);
    if (opened < 0) return open_error(opened, path);  // FFmpeg has freed the context
    demuxer.m_format.reset(context);
    if (name_is_in(context->iformat->name, k_refused_formats)) return not_a_video(path);
    const int probed = avformat_find_stream_info(context, nullptr);
    if (demuxer.m_interrupt->stop.stop_requested()) return open_error(AVERROR_EXIT, path);
    if (probed < 0) return open_error(probed, path);
    if (name_is_in(context->iformat->name, k_byte_formats)) demuxer.m_seek_by = SeekBy::byte;
    if (name_is_in(context->iformat->name, "matroska,webm,ogg")) demuxer.m_seek_by = SeekBy::pts;
    return demuxer;
}

base::Result<void> Demuxer::choose_stream(std::optional<int> wanted) {
    const int count = static_cast<int>(m_format->nb_streams);
    bool has_audio = false;
    for (int i = 0; i < count; ++i) {
        const AVStream& stream = *m_format->streams[i];
        has_audio = has_audio || stream.codecpar->codec_type == AVMEDIA_TYPE_AUDIO;
        const bool fits =
            wanted ? i == *wanted && stream.codecpar->codec_type == AVMEDIA_TYPE_VIDEO : is_video(stream);
        if (fits && m_stream < 0) m_stream = i;
    }
    if (m_stream < 0 && wanted)
        return base::fail(ErrorKind::refused,
                          "Stream {} is not a video; choose another of the {} streams: {}", *wanted, count,
                          m_path.string());
    if (m_stream < 0 && has_audio)
        return base::fail(ErrorKind::malformed, "This file has sound but no video; open it as audio: {}",
                          m_path.string());
    if (m_stream < 0) return not_a_video(m_path);
    const AVCodecParameters& parameters = *stream().codecpar;
    if (parameters.codec_id == AV_CODEC_ID_NONE || avcodec_find_decoder(parameters.codec_id) == nullptr)
        return base::fail(ErrorKind::unsupported,
                          "The codec '{}' has no decoder here; convert the file first: {}",
                          avcodec_get_name(parameters.codec_id), m_path.string());
    if (parameters.width <= 0 || parameters.height <= 0) return not_a_video(m_path);
    if (std::int64_t{parameters.width} * parameters.height > most_pixels())
        return base::fail(
            ErrorKind::malformed,
            "This file claims pictures of {} x {} pixels, which is more than Limn can hold; check "
            "that it is whole: {}",
            parameters.width, parameters.height, m_path.string());
    read_only_chosen();
    return {};
}

base::Result<void> Demuxer::choose_sound(std::optional<int> video_stream) {
    const int video =
        video_stream.value_or(av_find_best_stream(m_format.get(), AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0));
    m_stream = av_find_best_stream(m_format.get(), AVMEDIA_TYPE_AUDIO, -1, video, nullptr, 0);
    if (m_stream < 0) return base::fail(ErrorKind::missing, "This file has no sound: {}", m_path.string());
    const AVCodecParameters& parameters = *stream().codecpar;
    if (avcodec_find_decoder(parameters.codec_id) == nullptr)
        return base::fail(ErrorKind::unsupported,
                          "The codec '{}' of the sound has no decoder here; convert the file first: {}",
                          avcodec_get_name(parameters.codec_id), m_path.string());
    read_only_chosen();
    // Matroska's cues lead to the video; by the sound's own it would read from the beginning.
    const bool by_video = video >= 0 && name_is_in("matroska", m_format->iformat->name);
    m_seek_stream = by_video ? video : m_stream;
    return {};
}

void Demuxer::read_only_chosen() {
    m_seek_stream = m_stream;
    for (int i = 0; i < static_cast<int>(m_format->nb_streams); ++i)
        if (i != m_stream) m_format->streams[i]->discard = AVDISCARD_ALL;
}

base::Result<bool> Demuxer::read(AVPacket& packet) {
    if (m_peeked.empty()) return read_file(packet);
    av_packet_unref(&packet);
    av_packet_move_ref(&packet, m_peeked.front().get());
    m_peeked.pop_front();
    return true;
}

base::Result<bool> Demuxer::read_file(AVPacket& packet) {
    for (;;) {
        av_packet_unref(&packet);
        const int code = av_read_frame(m_format.get(), &packet);
        if (m_interrupt->stop.stop_requested())
            return base::fail(ErrorKind::cancelled, "Reading was stopped: {}", m_path.string());
        if (code == AVERROR(EAGAIN)) continue;
        if (code < 0) {
            // ffmpeg, too, takes a read error for the end of the film.
            // Some readers of containers take an error of the disk for the end, too.
            m_broken_off = code != AVERROR_EOF || (m_format->pb != nullptr && m_format->pb->error < 0);
            return false;
        }
        if (packet.stream_index == m_stream) return true;
    }
}

const std::deque<PacketHandle>& Demuxer::peek(std::size_t count) {
    while (m_peeked.size() < count) {
        PacketHandle packet{av_packet_alloc()};
        const auto got = read_file(*packet);
        if (!got || !*got) break;
        m_peeked.push_back(std::move(packet));
    }
    return m_peeked;
}

bool Demuxer::seek(const Picture& picture) {
    m_peeked.clear();
    m_broken_off = false;
    if (m_seek_by == SeekBy::byte)
        return picture.pos >= 0 &&
               av_seek_frame(m_format.get(), m_stream, picture.pos, AVSEEK_FLAG_BYTE) >= 0;
    const std::int64_t first = m_seek_by == SeekBy::pts ? picture.pts : picture.dts;
    const std::int64_t stamp = first != k_no_time ? first : picture.pts;
    return stamp != k_no_time && av_seek_frame(m_format.get(), m_stream, stamp, AVSEEK_FLAG_BACKWARD) >= 0;
}

bool Demuxer::seek_in(int stream, std::int64_t stamp) {
    m_peeked.clear();
    m_broken_off = false;
    return av_seek_frame(m_format.get(), stream, stamp, AVSEEK_FLAG_BACKWARD) >= 0;
}

bool Demuxer::seek_to(std::int64_t pts) {
    const AVRational to = m_format->streams[m_seek_stream]->time_base;
    return seek_in(m_seek_stream, av_rescale_q_rnd(pts, stream().time_base, to, AV_ROUND_DOWN));
}

bool Demuxer::seek_to_start(std::int64_t first_pts) { return seek_in(m_stream, first_pts); }

bool Demuxer::is_mov() const { return name_is_in("mov", m_format->iformat->name); }

bool Demuxer::is_still_picture() const {
    if (m_sequence_first) return false;
    return std::string_view{m_format->iformat->name}.ends_with("_pipe") ||
           name_is_in(m_format->iformat->name, "image2,ico");
}

std::int64_t Demuxer::most_pixels() const {
    return is_still_picture() ? k_most_pixels_of_picture : k_most_pixels_of_film;
}

double Demuxer::progress() const {
    if (m_format->pb == nullptr) return 0;
    const std::int64_t size = avio_size(m_format->pb);
    return size <= 0 ? 0
                     : std::clamp(static_cast<double>(avio_tell(m_format->pb)) / static_cast<double>(size),
                                  0.0, 1.0);
}

base::Result<CodecHandle> open_decoder(const Demuxer& demuxer, int threads) {
    const AVCodecParameters& parameters = *demuxer.stream().codecpar;
    const AVCodec* codec = avcodec_find_decoder(parameters.codec_id);
    CodecHandle context{avcodec_alloc_context3(codec)};
    bool good = context && avcodec_parameters_to_context(context.get(), &parameters) >= 0;
    if (good) {
        context->pkt_timebase = demuxer.stream().time_base;
        context->max_pixels = demuxer.most_pixels();  // the size may change on the way
        context->thread_count = threads;
        context->thread_type = FF_THREAD_FRAME | FF_THREAD_SLICE;
        good = avcodec_open2(context.get(), codec, nullptr) >= 0;
    }
    if (good) return context;
    return base::fail(ErrorKind::unsupported,
                      "The decoder for '{}' would not start; convert the file first: {}",
                      avcodec_get_name(parameters.codec_id), demuxer.path().string());
}

}  // namespace media
