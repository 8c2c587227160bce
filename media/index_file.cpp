// Layout, as side_bytes.h writes it: magic, stamp, facts, faults, pictures, order of presentation, XXH3-64 of
// all that.

#include "media/index_file.h"

#include <chrono>
#include <utility>

#include "base/file.h"
#include "base/side_file.h"
#include "media/ffmpeg.h"
#include "media/side_bytes.h"

namespace media {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_magic = "LIMNIDX1";
constexpr std::uintmax_t k_cap_bytes = 2ull << 30;   // of all index files together
constexpr std::uintmax_t k_file_limit = 1ull << 30;  // of one
constexpr std::uint8_t k_key = 1, k_discard = 2, k_hidden = 4, k_bad_key = 8;
constexpr std::size_t k_picture_bytes = 8 + 8 + 8 + 4 + 1;

void put_picture(SideBytes& out, const Picture& picture) {
    std::uint8_t flags = 0;
    if (picture.key) flags |= k_key;
    if (picture.discard) flags |= k_discard;
    if (picture.hidden) flags |= k_hidden;
    if (picture.bad_key) flags |= k_bad_key;
    out.put(picture.pts);
    out.put(picture.dts);
    out.put(picture.pos);
    out.put(picture.size_bytes);
    out.put(flags);
}

Picture take_picture(SideReader& in) {
    Picture picture;
    in.take(picture.pts);
    in.take(picture.dts);
    in.take(picture.pos);
    in.take(picture.size_bytes);
    std::uint8_t flags = 0;
    in.take(flags);
    picture.key = (flags & k_key) != 0;
    picture.discard = (flags & k_discard) != 0;
    picture.hidden = (flags & k_hidden) != 0;
    picture.bad_key = (flags & k_bad_key) != 0;
    return picture;
}

// Each names a picture, none twice.
bool is_order(const std::vector<Ordinal>& presented, std::size_t pictures) {
    std::vector<bool> seen(pictures, false);
    for (const Ordinal ordinal : presented) {
        if (ordinal >= pictures || seen[ordinal]) return false;
        seen[ordinal] = true;
    }
    return true;
}

bool places_rise(const std::vector<Picture>& pictures) {
    std::int64_t last = -1;
    for (const Picture& picture : pictures)
        if (!picture.hidden && std::exchange(last, picture.pos) >= picture.pos) return false;
    return true;
}

// A film has an index for each of its video streams.
fs::path file_of(const fs::path& film, int stream_index) {
    return base::side_file("index", film, fmt::format("{}.idx", stream_index));
}

}  // namespace

std::string write_index(const IndexContent& content, const IndexStamp& stamp) {
    SideBytes out;
    out.reserve(content.pictures.size() * k_picture_bytes + content.presented.size() * sizeof(Ordinal) +
                4096);
    out.put_bytes(k_magic);
    out.put(stamp.file_bytes);
    out.put(stamp.written_ns);
    out.put(stamp.stream_index);
    out.put(stamp.avformat_version);
    out.put(stamp.avcodec_version);
    out.put(static_cast<std::uint8_t>(content.identity));
    out.put(static_cast<std::uint8_t>((content.verified ? 1 : 0) | (content.clock_moved ? 2 : 0)));
    out.put(content.undecodable);
    out.put(content.late_stamps);
    out.put(static_cast<std::uint32_t>(content.faults.size()));
    for (const std::string& fault : content.faults) {
        out.put(static_cast<std::uint32_t>(fault.size()));
        out.put_bytes(fault);
    }
    out.put(static_cast<std::uint64_t>(content.pictures.size()));
    for (const Picture& picture : content.pictures) put_picture(out, picture);
    // The order of the stamps need not be told.
    const bool told = content.identity != Identity::pts;
    out.put(static_cast<std::uint64_t>(told ? content.presented.size() : 0));
    if (told)
        for (const Ordinal ordinal : content.presented) out.put(ordinal);
    return std::move(out).sealed();
}

std::optional<IndexContent> read_index(std::span<const std::byte> bytes, const IndexStamp& stamp) {
    auto in = SideReader::open({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    if (!in || in->take_bytes(k_magic.size()) != k_magic) return std::nullopt;
    IndexStamp found;
    in->take(found.file_bytes);
    in->take(found.written_ns);
    in->take(found.stream_index);
    in->take(found.avformat_version);
    in->take(found.avcodec_version);
    if (found != stamp) return std::nullopt;
    IndexContent content;
    std::uint8_t identity = 0, flags = 0;
    in->take(identity);
    in->take(flags);
    if (identity > static_cast<std::uint8_t>(Identity::count)) return std::nullopt;
    content.identity = static_cast<Identity>(identity);
    content.verified = (flags & 1) != 0;
    content.clock_moved = (flags & 2) != 0;
    in->take(content.undecodable);
    in->take(content.late_stamps);
    std::uint32_t faults = 0;
    in->take(faults);
    for (std::uint32_t i = 0; i < faults; ++i) {
        const auto length = in->take<std::uint32_t>();
        const auto fault = length ? in->take_bytes(*length) : std::nullopt;
        if (!fault) return std::nullopt;
        content.faults.emplace_back(*fault);
    }
    std::uint64_t pictures = 0, presented = 0;
    in->take(pictures);
    if (pictures > in->left() / k_picture_bytes) return std::nullopt;
    content.pictures.reserve(pictures);
    for (std::uint64_t i = 0; i < pictures; ++i) content.pictures.push_back(take_picture(*in));
    in->take(presented);
    if (presented > in->left() / sizeof(Ordinal)) return std::nullopt;
    content.presented.resize(presented);
    for (Ordinal& ordinal : content.presented) in->take(ordinal);
    const bool told = content.identity != Identity::pts;
    const bool sane = content.undecodable >= 0 && content.late_stamps >= 0 && (told || presented == 0) &&
                      (content.identity != Identity::position || places_rise(content.pictures));
    if (!in->read_whole() || !sane || !is_order(content.presented, content.pictures.size()))
        return std::nullopt;
    return content;
}

std::optional<IndexStamp> index_stamp(const fs::path& film, int stream_index) {
    std::error_code error;
    const auto bytes = fs::file_size(film, error);
    if (error) return std::nullopt;
    const auto written = fs::last_write_time(film, error);
    if (error) return std::nullopt;
    const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(written.time_since_epoch());
    return IndexStamp{.file_bytes = static_cast<std::int64_t>(bytes),
                      .written_ns = since.count(),
                      .stream_index = stream_index,
                      .avformat_version = avformat_version(),
                      .avcodec_version = avcodec_version()};
}

std::optional<IndexContent> load_index(const fs::path& film, const IndexStamp& stamp) {
    const fs::path file = file_of(film, stamp.stream_index);
    if (file.empty()) return std::nullopt;
    const auto bytes = base::read_file(file, k_file_limit);
    if (!bytes) return std::nullopt;
    auto content = read_index(std::as_bytes(std::span{*bytes}), stamp);
    if (content) base::touch(file);
    return content;
}

void keep_index(const fs::path& film, const IndexStamp& stamp, const PictureIndex& index) {
    if (index.facts().broken_off) return;
    const IndexContent content = index.content();
    const std::size_t enough = content.identity == Identity::pts ? 4096 : 128;
    if (!content.verified && content.pictures.size() < enough) return;
    const fs::path file = file_of(film, stamp.stream_index);
    if (file.empty()) return;
    // Where it cannot be written the film is just read again next time.
    (void)base::write_side_file("index", file, write_index(content, stamp), k_cap_bytes);
}

}  // namespace media
