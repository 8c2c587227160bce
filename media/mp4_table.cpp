#include "media/mp4_table.h"

#include <algorithm>
#include <fstream>
#include <optional>

#include "media/packet_pictures.h"

namespace media {
namespace {

using base::ErrorKind;
using Bytes = std::span<const std::byte>;

constexpr std::uint64_t k_moov_limit_bytes = 1ull << 30;
constexpr std::size_t k_samples_limit = 1u << 25;  // 155 hours at 60 pictures a second
constexpr std::size_t k_packets_compared = 48;

constexpr std::uint32_t fourcc(const char (&name)[5]) {
    std::uint32_t code = 0;
    for (int i = 0; i < 4; ++i) code = code << 8 | static_cast<std::uint8_t>(name[i]);
    return code;
}

std::uint64_t big_endian(Bytes bytes, std::size_t at, std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i)
        value = value << 8 | std::to_integer<std::uint64_t>(bytes[at + i]);
    return value;
}
std::uint32_t u32(Bytes bytes, std::size_t at) {
    return static_cast<std::uint32_t>(big_endian(bytes, at, 4));
}

struct Box {
    std::uint32_t type = 0;
    Bytes payload;
};

// Takes the next box off `rest`; nothing when what is left is no whole box.
std::optional<Box> take_box(Bytes& rest) {
    if (rest.size() < 8) return std::nullopt;
    std::uint64_t size = u32(rest, 0);
    std::size_t header = 8;
    if (size == 1) {
        if (rest.size() < 16) return std::nullopt;
        size = big_endian(rest, 8, 8);
        header = 16;
    }
    if (size == 0) size = rest.size();
    if (size < header || size > rest.size()) return std::nullopt;
    const Box box{u32(rest, 4), rest.subspan(header, static_cast<std::size_t>(size) - header)};
    rest = rest.subspan(static_cast<std::size_t>(size));
    return box;
}

std::optional<Bytes> child(Bytes parent, std::uint32_t type) {
    while (const auto box = take_box(parent))
        if (box->type == type) return box->payload;
    return std::nullopt;
}

// A full box's table: version and flags, an entry count, then entries of one size.
struct Entries {
    Bytes bytes;
    std::size_t count = 0, entry_bytes = 1;
    [[nodiscard]] std::uint32_t field(std::size_t entry, std::size_t which) const {
        return u32(bytes, entry * entry_bytes + which * 4);
    }
};

std::optional<Entries> entries_of(std::optional<Bytes> box, std::size_t entry_bytes,
                                  std::size_t count_at = 4) {
    if (!box || box->size() < count_at + 4) return std::nullopt;
    const Bytes bytes = box->subspan(count_at + 4);
    const std::size_t count = u32(*box, count_at);
    if (count > bytes.size() / entry_bytes) return std::nullopt;
    return Entries{bytes, count, entry_bytes};
}

std::unexpected<base::Error> bad_table(const char* what) {
    return base::fail(ErrorKind::malformed, "The film's sample table is damaged ({}).", what);
}

// Where the chunks lie, and how many samples each has.
struct ChunkMap {
    Entries runs;  // first chunk, samples in each chunk, description
    std::optional<Entries> narrow, wide;

    [[nodiscard]] std::size_t chunks() const { return narrow ? narrow->count : wide->count; }
    [[nodiscard]] std::int64_t offset(std::size_t chunk) const {
        return static_cast<std::int64_t>(narrow ? u32(narrow->bytes, chunk * 4)
                                                : big_endian(wide->bytes, chunk * 8, 8));
    }
    // `run` moves on to the one that the chunk is in.
    [[nodiscard]] std::uint32_t samples(std::size_t chunk, std::size_t& run) const {
        while (run + 1 < runs.count && runs.field(run + 1, 0) <= chunk + 1) ++run;
        return runs.field(run, 1);
    }
};

base::Result<ChunkMap> read_chunks(Bytes stbl) {
    const auto runs = entries_of(child(stbl, fourcc("stsc")), 12);
    ChunkMap map{runs.value_or(Entries{}), entries_of(child(stbl, fourcc("stco")), 4),
                 entries_of(child(stbl, fourcc("co64")), 8)};
    if (map.runs.count == 0 || (!map.narrow && !map.wide)) return bad_table("chunks");
    return map;
}

base::Result<void> read_sizes(Bytes stbl, const ChunkMap& chunks, Mp4Table& table) {
    const auto stsz = child(stbl, fourcc("stsz"));
    if (!stsz || stsz->size() < 12) return bad_table("sizes");
    const std::uint32_t common = u32(*stsz, 4);
    const std::size_t count = u32(*stsz, 8);
    if (count > k_samples_limit) return bad_table("too many samples");
    if (common == 0 && count > (stsz->size() - 12) / 4) return bad_table("sizes");
    // A common size needs no bytes in the file: the count is held against the chunks before memory is taken.
    std::uint64_t placed = 0;
    for (std::size_t chunk = 0, run = 0; chunk < chunks.chunks(); ++chunk)
        placed += chunks.samples(chunk, run);
    if (placed != count) return bad_table("places and sizes");
    table.samples.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        table.samples.push_back({.size_bytes = common != 0 ? common : u32(*stsz, 12 + i * 4)});
    return {};
}

// Chunk offsets and how many samples lie in each chunk give every sample its place.
base::Result<void> read_places(const ChunkMap& chunks, Mp4Table& table) {
    std::size_t sample = 0;
    for (std::size_t chunk = 0, run = 0; chunk < chunks.chunks(); ++chunk) {
        std::int64_t pos = chunks.offset(chunk);
        for (std::uint32_t left = chunks.samples(chunk, run); left > 0; --left, ++sample) {
            if (pos < 0) return bad_table("chunks");
            table.samples[sample].pos = pos;
            if (__builtin_add_overflow(pos, table.samples[sample].size_bytes, &pos))
                return bad_table("chunks");
        }
    }
    return {};
}

// The shift leaves out the last two runs, as FFmpeg's does (mov.c: they are often wrong).
base::Result<void> read_offsets(Bytes stbl, Mp4Table& table) {
    const auto box = child(stbl, fourcc("ctts"));
    if (!box) return {};
    const auto runs = entries_of(box, 8);
    if (!runs) return bad_table("presentation offsets");
    std::size_t sample = 0;
    for (std::size_t run = 0; run < runs->count; ++run) {
        const std::uint32_t length = runs->field(run, 0);
        const auto offset = static_cast<std::int32_t>(runs->field(run, 1));
        if (length > table.samples.size() - sample) return bad_table("presentation offsets");
        if (offset < -(1 << 28)) return bad_table("presentation offsets");
        if (run + 2 < runs->count) table.presentation_shift = std::max(table.presentation_shift, -offset);
        for (std::uint32_t i = 0; i < length; ++i) table.samples[sample++].composition_offset = offset;
    }
    if (sample != table.samples.size()) return bad_table("presentation offsets");
    return {};
}

std::optional<std::uint32_t> track_id_of(Bytes trak) {
    const auto tkhd = child(trak, fourcc("tkhd"));
    if (!tkhd || tkhd->empty()) return std::nullopt;
    const std::size_t at = (*tkhd)[0] == std::byte{1} ? 20 : 12;
    if (tkhd->size() < at + 4) return std::nullopt;
    return u32(*tkhd, at);
}

// The payload of the file's moov box.
base::Result<std::vector<std::byte>> read_moov(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    file.seekg(0, std::ios::end);
    const auto file_bytes = static_cast<std::uint64_t>(std::max<std::streamoff>(file.tellg(), 0));
    std::uint64_t at = 0;
    for (int boxes = 0; boxes < 10000 && at + 16 <= file_bytes; ++boxes) {
        std::byte header[16];
        file.seekg(static_cast<std::streamoff>(at));
        if (!file.read(reinterpret_cast<char*>(header), sizeof header)) break;
        std::uint64_t size = u32(header, 0);
        const std::uint64_t header_bytes = size == 1 ? 16 : 8;
        if (size == 1) size = big_endian(header, 8, 8);
        if (size == 0) size = file_bytes - at;
        if (size < header_bytes || size > file_bytes - at) break;
        if (u32(header, 4) == fourcc("moov")) {
            if (size > k_moov_limit_bytes) break;
            std::vector<std::byte> moov(static_cast<std::size_t>(size - header_bytes));
            file.seekg(static_cast<std::streamoff>(at + header_bytes));
            if (!file.read(reinterpret_cast<char*>(moov.data()), static_cast<std::streamsize>(moov.size())))
                break;
            return moov;
        }
        at += size;
    }
    return base::fail(ErrorKind::missing, "The file has no readable sample table: {}", path.string());
}

// Each of FFmpeg's entries (edit list applied) with our presentation offset, found by the sample's place.
base::Result<std::vector<Picture>> join_with_entries(AVStream& stream, Mp4Table table) {
    if (!std::ranges::is_sorted(table.samples, {}, &Mp4Sample::pos))
        std::ranges::sort(table.samples, {}, &Mp4Sample::pos);
    const auto same_place = [](const Mp4Sample& a, const Mp4Sample& b) { return a.pos == b.pos; };
    if (std::ranges::adjacent_find(table.samples, same_place) != table.samples.end())
        return bad_table("places");
    std::vector<Picture> pictures;
    const int count = avformat_index_get_entries_count(&stream);
    if (count <= 0) return bad_table("empty");
    pictures.reserve(static_cast<std::size_t>(count));
    auto sample = table.samples.begin();
    for (int i = 0; i < count; ++i) {
        const AVIndexEntry& entry = *avformat_index_get_entry(&stream, i);
        // Most often it is the one after the last.
        if (sample != table.samples.end()) ++sample;
        if (sample == table.samples.end() || sample->pos != entry.pos)
            sample = std::ranges::lower_bound(table.samples, entry.pos, {}, &Mp4Sample::pos);
        const bool agrees = sample != table.samples.end() && sample->pos == entry.pos &&
                            sample->size_bytes == static_cast<std::uint32_t>(entry.size);
        constexpr std::int64_t k_sane_stamp = 1ll << 60;
        if (!agrees || std::max(entry.timestamp, -entry.timestamp - 1) > k_sane_stamp)
            return bad_table("it disagrees with the demuxer");
        pictures.push_back({.pts = entry.timestamp + table.presentation_shift + sample->composition_offset,
                            .dts = entry.timestamp,
                            .pos = entry.pos,
                            .size_bytes = sample->size_bytes,
                            .key = (entry.flags & AVINDEX_KEYFRAME) != 0,
                            .discard = (entry.flags & AVINDEX_DISCARD_FRAME) != 0,
                            .hidden = entry.size == 0});
    }
    return pictures;
}

bool first_packets_agree(Demuxer& demuxer, const std::vector<Picture>& pictures) {
    const auto& packets = demuxer.peek(k_packets_compared);
    if (packets.size() < std::min(k_packets_compared, pictures.size())) return false;
    PacketPictures picture_of{demuxer.stream()};
    for (std::size_t i = 0; i < packets.size(); ++i) {
        if (i >= pictures.size()) return false;
        const Picture read = picture_of(*packets[i]);
        const Picture& listed = pictures[i];
        if (read.pts != listed.pts || read.pos != listed.pos || read.discard != listed.discard ||
            read.key != listed.key || read.hidden != listed.hidden)
            return false;
    }
    return true;
}

}  // namespace

base::Result<Mp4Table> parse_mp4_table(Bytes moov, std::uint32_t track_id) {
    if (child(moov, fourcc("mvex"))) return base::fail(ErrorKind::refused, "The film is fragmented.");
    while (const auto box = take_box(moov)) {
        if (box->type != fourcc("trak") || track_id_of(box->payload) != track_id) continue;
        const auto mdia = child(box->payload, fourcc("mdia"));
        const auto minf = mdia ? child(*mdia, fourcc("minf")) : std::nullopt;
        const auto stbl = minf ? child(*minf, fourcc("stbl")) : std::nullopt;
        if (!stbl) return bad_table("no table");
        Mp4Table table;
        const auto chunks = read_chunks(*stbl);
        if (!chunks) return std::unexpected(chunks.error());
        auto read = read_sizes(*stbl, *chunks, table);
        if (read) read = read_places(*chunks, table);
        if (read) read = read_offsets(*stbl, table);
        if (!read) return std::unexpected(read.error());
        return table;
    }
    return base::fail(ErrorKind::missing, "The film has no track {}.", track_id);
}

base::Result<std::vector<Picture>> pictures_from_mp4(Demuxer& demuxer) {
    const auto moov = read_moov(demuxer.path());
    if (!moov) return std::unexpected(moov.error());
    std::error_code error;
    const auto file_bytes = static_cast<std::int64_t>(std::filesystem::file_size(demuxer.path(), error));
    auto table = parse_mp4_table(*moov, static_cast<std::uint32_t>(demuxer.stream().id));
    if (!table) return std::unexpected(table.error());
    const auto is_cut_off = [&](const Mp4Sample& sample) {
        return sample.pos + sample.size_bytes > file_bytes;
    };
    if (!error && std::ranges::any_of(table->samples, is_cut_off))
        return base::fail(
            ErrorKind::io,
            "The film is cut off: its table lists {} pictures, but the file ends before the last.",
            table->samples.size());
    auto pictures = join_with_entries(demuxer.stream(), std::move(*table));
    if (pictures && !first_packets_agree(demuxer, *pictures))
        return bad_table("it disagrees with the first pictures");
    return pictures;
}

}  // namespace media
