#pragma once
// Seeded damage to files: the same seed gives the same bytes on every machine.

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace damage {

class Random {
public:
    explicit Random(std::uint64_t seed) : m_state{seed * 2 + 1} {}
    std::uint64_t next() {  // splitmix64
        std::uint64_t z = m_state += 0x9E3779B97F4A7C15ull;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
        return z ^ (z >> 31);
    }
    std::size_t below(std::size_t limit) { return limit == 0 ? 0 : static_cast<std::size_t>(next() % limit); }
    bool one_in(std::size_t count) { return below(count) == 0; }

private:
    std::uint64_t m_state;
};

enum class Kind {
    bits,       // a few, or hundreds, turned over
    bytes,      // overwritten with anything
    truncated,  // anywhere
    removed,    // a stretch
    repeated,   // a stretch, right after itself
    zeroed,     // a stretch
    header,     // a number after a known mark made absurd
    spliced,    // the end replaced by a piece of another file
};
inline constexpr std::size_t k_kinds = 8;

// Where headers keep sizes, counts, dimensions, rates and clocks: names of boxes and chunks, ids of elements.
inline constexpr std::string_view k_marks[] = {
    // MP4 and QuickTime
    "moov", "mvhd", "tkhd", "mdhd", "hdlr", "stsd", "avc1", "mp4v", "avcC", "esds", "stts", "ctts", "stss",
    "stsc", "stsz", "stco", "elst", "moof", "mfhd", "tfhd", "tfdt", "trun", "mvex", "trex", "sidx", "mdat",
    // Matroska: TimestampScale, DefaultDuration, PixelWidth, PixelHeight, Cluster, SimpleBlock, Cues, Segment
    "\x2A\xD7\xB1", "\x23\xE3\x83", "\xB0\x81", "\xBA\x81", "\x1F\x43\xB6\x75", "\xA3", "\x1C\x53\xBB\x6B",
    "\x18\x53\x80\x67",
    // AVI, FLV, Ogg, PNG, GIF, JPEG
    "RIFF", "avih", "strh", "strf", "movi", "idx1", "00dc", "FLV", "width", "height", "framerate", "duration",
    "theora", "OggS", "IHDR", "IDAT", "GIF89a", "\xFF\xC0", "\xFF\xDB"};

namespace detail {

struct Stretch {
    std::size_t at = 0, length = 0;
};

inline Stretch stretch(const std::string& bytes, Random& random) {
    const std::size_t at = random.below(bytes.size());
    const std::size_t longest = random.one_in(2) ? 64 : bytes.size() / 2;
    return {at, 1 + random.below(std::min(longest, bytes.size() - at))};
}

// One number of 1 to 8 bytes, big or little end first, within the reach of the mark.
inline void absurd_number(std::string& bytes, Random& random) {
    std::vector<std::size_t> ends;  // of every mark there is
    for (const std::string_view mark : k_marks)
        if (const std::size_t found = bytes.find(mark); found != std::string::npos)
            ends.push_back(found + mark.size());
    if (ends.empty()) ends.push_back(0);
    constexpr std::uint64_t k_values[] = {0,
                                          1,
                                          0x7F,
                                          0xFF,
                                          0x7FFF,
                                          0xFFFF,
                                          0x10000,
                                          0x7FFFFFFF,
                                          0x80000000,
                                          0xFFFFFFFF,
                                          0xFFFFFFF0,
                                          0xFFFFFFFF0000,
                                          0x3FFFFFFFFFFFFFFF,
                                          0x7FFFFFFFFFFFFFFF,
                                          0x8000000000000000,
                                          0xFFFFFFFFFFFFFFFF};
    const std::size_t end = ends[random.below(ends.size())];
    const std::size_t reach = random.one_in(2) ? 8 : 64;
    const bool before = end >= 8 && random.one_in(6);  // a box's length stands before its name
    const std::size_t at = before ? end - 8 : end + random.below(reach);
    const std::size_t width = std::size_t{1} << random.below(4);
    const std::uint64_t value = k_values[random.below(std::size(k_values))];
    const bool big_end_first = !random.one_in(3);
    for (std::size_t i = 0; i < width && at + i < bytes.size(); ++i)
        bytes[at + i] = static_cast<char>(value >> 8 * (big_end_first ? width - 1 - i : i));
}

}  // namespace detail

[[nodiscard]] inline std::string damaged(std::string bytes, Kind kind, const std::string& other,
                                         Random& random) {
    const detail::Stretch part = detail::stretch(bytes, random);
    const std::size_t hits =
        random.one_in(2) ? 1 + random.below(4) : 10 + random.below(bytes.size() / 20 + 1);
    switch (kind) {
        case Kind::bits:
            for (std::size_t i = 0; i < hits; ++i)
                bytes[random.below(bytes.size())] ^= static_cast<char>(1 << random.below(8));
            break;
        case Kind::bytes:
            for (std::size_t i = 0; i < hits; ++i)
                bytes[random.below(bytes.size())] = static_cast<char>(random.next());
            break;
        case Kind::truncated:
            bytes.resize(random.below(bytes.size()));
            break;
        case Kind::removed:
            bytes.erase(part.at, part.length);
            break;
        case Kind::repeated:
            bytes.insert(part.at + part.length, bytes.substr(part.at, part.length));
            break;
        case Kind::zeroed:
            std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(part.at), part.length, '\0');
            break;
        case Kind::header:
            for (std::size_t i = 0, count = 1 + random.below(3); i < count; ++i)
                detail::absurd_number(bytes, random);
            break;
        case Kind::spliced:
            bytes.resize(part.at);
            bytes += other.substr(random.below(other.size()));
            break;
    }
    return bytes;
}

}  // namespace damage
