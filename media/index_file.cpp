// Layout, all little-endian: magic, stamp, facts, faults, pictures, order of presentation, XXH3-64 of all
// that.

#include "media/index_file.h"

#include <bit>
#include <chrono>
#include <cstring>
#include <utility>

#include "base/digest.h"
#include "base/file.h"
#include "base/side_file.h"
#include "media/ffmpeg.h"

namespace media {
namespace {

namespace fs = std::filesystem;
static_assert(std::endian::native == std::endian::little, "index files are written as they lie in memory");

constexpr std::string_view k_magic = "LIMNIDX1";
constexpr std::uintmax_t k_cap_bytes = 2ull << 30;   // of all index files together
constexpr std::uintmax_t k_file_limit = 1ull << 30;  // of one
constexpr std::uint8_t k_key = 1, k_discard = 2, k_hidden = 4, k_bad_key = 8;
constexpr std::size_t k_picture_bytes = 8 + 8 + 8 + 4 + 1;

class Writer {
public:
    template <class T>
    void put(T value) {
        static_assert(std::is_trivially_copyable_v<T>);
        const auto* bytes = reinterpret_cast<const char*>(&value);
        m_out.append(bytes, sizeof value);
    }
    void put_text(std::string_view text) {
        put(static_cast<std::uint32_t>(text.size()));
        m_out.append(text);
    }
    std::string m_out;
};

// After a read beyond the end everything is 0 and good() false.
class Reader {
public:
    explicit Reader(std::span<const std::byte> bytes) : m_rest{bytes} {}
    template <class T>
    T take() {
        T value{};
        if (const auto from = take_bytes(sizeof value); !from.empty())
            std::memcpy(&value, from.data(), sizeof value);
        return value;
    }
    std::string take_text() {
        const auto size = take<std::uint32_t>();
        const auto from = take_bytes(size);
        return {reinterpret_cast<const char*>(from.data()), from.size()};
    }
    [[nodiscard]] std::size_t left() const { return m_rest.size(); }
    [[nodiscard]] bool good() const { return m_good; }

private:
    std::span<const std::byte> take_bytes(std::size_t count) {
        if (count > m_rest.size()) {
            m_good = false;
            m_rest = {};
            return {};
        }
        const auto taken = m_rest.first(count);
        m_rest = m_rest.subspan(count);
        return taken;
    }
    std::span<const std::byte> m_rest;
    bool m_good = true;
};

void put_picture(Writer& out, const Picture& picture) {
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

Picture take_picture(Reader& in) {
    Picture picture;
    picture.pts = in.take<std::int64_t>();
    picture.dts = in.take<std::int64_t>();
    picture.pos = in.take<std::int64_t>();
    picture.size_bytes = in.take<std::uint32_t>();
    const auto flags = in.take<std::uint8_t>();
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
    Writer out;
    out.m_out.reserve(content.pictures.size() * k_picture_bytes + content.presented.size() * 4 + 4096);
    out.m_out = k_magic;
    out.put(stamp.file_bytes);
    out.put(stamp.written_ns);
    out.put(stamp.stream_index);
    out.put(stamp.avformat_version);
    out.put(stamp.avcodec_version);
    out.put(content.identity);
    out.put(static_cast<std::uint8_t>((content.verified ? 1 : 0) | (content.clock_moved ? 2 : 0)));
    out.put(content.undecodable);
    out.put(content.late_stamps);
    out.put(static_cast<std::uint32_t>(content.faults.size()));
    for (const std::string& fault : content.faults) out.put_text(fault);
    out.put(static_cast<std::uint64_t>(content.pictures.size()));
    for (const Picture& picture : content.pictures) put_picture(out, picture);
    // The order of the stamps need not be told.
    const bool told = content.identity != Identity::pts;
    out.put(static_cast<std::uint64_t>(told ? content.presented.size() : 0));
    if (told)
        for (const Ordinal ordinal : content.presented) out.put(ordinal);
    out.put(base::hash64(std::as_bytes(std::span{out.m_out})));
    return std::move(out.m_out);
}

std::optional<IndexContent> read_index(std::span<const std::byte> bytes, const IndexStamp& stamp) {
    if (bytes.size() < k_magic.size() + 8) return std::nullopt;
    const auto body = bytes.first(bytes.size() - 8);
    if (std::memcmp(body.data(), k_magic.data(), k_magic.size()) != 0) return std::nullopt;
    if (Reader{bytes.last(8)}.take<std::uint64_t>() != base::hash64(body)) return std::nullopt;
    Reader in{body.subspan(k_magic.size())};
    IndexStamp found;
    found.file_bytes = in.take<std::int64_t>();
    found.written_ns = in.take<std::int64_t>();
    found.stream_index = in.take<std::int32_t>();
    found.avformat_version = in.take<std::uint32_t>();
    found.avcodec_version = in.take<std::uint32_t>();
    if (found != stamp) return std::nullopt;
    IndexContent content;
    const auto identity = in.take<std::uint8_t>();
    if (identity > static_cast<std::uint8_t>(Identity::count)) return std::nullopt;
    content.identity = static_cast<Identity>(identity);
    const auto flags = in.take<std::uint8_t>();
    content.verified = (flags & 1) != 0;
    content.clock_moved = (flags & 2) != 0;
    content.undecodable = in.take<std::int64_t>();
    content.late_stamps = in.take<std::int64_t>();
    const auto faults = in.take<std::uint32_t>();
    for (std::uint32_t i = 0; i < faults && in.good(); ++i) content.faults.push_back(in.take_text());
    const auto pictures = in.take<std::uint64_t>();
    if (pictures > in.left() / k_picture_bytes) return std::nullopt;
    content.pictures.reserve(pictures);
    for (std::uint64_t i = 0; i < pictures; ++i) content.pictures.push_back(take_picture(in));
    const auto presented = in.take<std::uint64_t>();
    if (presented > in.left() / sizeof(Ordinal)) return std::nullopt;
    for (std::uint64_t i = 0; i < presented; ++i) content.presented.push_back(in.take<Ordinal>());
    const bool told = content.identity != Identity::pts;
    const bool sane = content.undecodable >= 0 && content.late_stamps >= 0 && (told || presented == 0) &&
                      (content.identity != Identity::position || places_rise(content.pictures));
    if (!in.good() || in.left() != 0 || !sane || !is_order(content.presented, content.pictures.size()))
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

void save_index(const fs::path& film, const IndexStamp& stamp, const IndexContent& content) {
    const fs::path file = file_of(film, stamp.stream_index);
    if (file.empty()) return;
    auto out = base::AtomicFile::create(file);
    if (!out) return;
    out->write(write_index(content, stamp));
    if (out->commit()) base::trim_side_files("index", k_cap_bytes, file);
}

bool worth_keeping(const IndexContent& content) {
    const std::size_t enough = content.identity == Identity::pts ? 4096 : 128;
    return content.verified || content.pictures.size() >= enough;
}

}  // namespace media
