#include "media_entry.h"

#include <cstring>
#include <vector>

#include "base/digest.h"
#include "media/index_file.h"
#include "media/mp4_table.h"
#include "must.h"

namespace fuzz {

bool read_mp4_table(std::span<const std::byte> bytes) {
    bool accepted = false;
    for (const std::uint32_t track_id : {1u, 2u}) {
        const auto table = media::parse_mp4_table(bytes, track_id);
        if (!table) {
            must(!table.error().message.empty(), "an error says nothing");
            continue;
        }
        accepted = true;
        for (const media::Mp4Sample& sample : table->samples)
            must(sample.pos >= 0, "a place before the file");
        must(table->presentation_shift >= 0, "a shift to before the film");
    }
    return accepted;
}

// The digest at the end is made to fit, and the stamp is believed, so that what lies between is read.
bool read_index_file(std::span<const std::byte> bytes) {
    constexpr std::size_t k_magic = 8, k_stamp = 8 + 8 + 4 + 4 + 4;
    if (bytes.size() < k_magic + k_stamp) return false;
    media::IndexStamp stamp;
    const std::byte* at = bytes.data() + k_magic;
    const auto take = [&at](auto& field) {
        std::memcpy(&field, at, sizeof field);
        at += sizeof field;
    };
    take(stamp.file_bytes);
    take(stamp.written_ns);
    take(stamp.stream_index);
    take(stamp.avformat_version);
    take(stamp.avcodec_version);
    std::vector<std::byte> sealed{bytes.begin(), bytes.end()};
    const std::uint64_t digest = base::hash64(bytes);
    const auto* digest_bytes = reinterpret_cast<const std::byte*>(&digest);
    sealed.insert(sealed.end(), digest_bytes, digest_bytes + sizeof digest);
    const auto content = media::read_index(sealed, stamp);
    if (!content) return false;
    media::PictureIndex index;
    index.assign(*content);
    index.finish();
    const std::int64_t frames = index.frame_count();
    must(frames <= static_cast<std::int64_t>(content->pictures.size()), "more frames than pictures");
    for (const std::int64_t frame : {std::int64_t{0}, frames / 2, frames - 1}) {
        if (const auto key = index.key_for(frame))
            must(*key <= *index.ordinal_of(frame), "a key after its frame");
        (void)index.frame_at_pts(index.pts_of(frame));
    }
    must(media::write_index(index.content(), stamp).size() > k_magic, "nothing is written");
    return true;
}

bool run_media(std::string_view target, std::span<const std::byte> bytes) {
    if (target == "mp4-table") return read_mp4_table(bytes);
    if (target == "index-file") return read_index_file(bytes);
    must(false, "there is no such target");
    return false;
}

}  // namespace fuzz
