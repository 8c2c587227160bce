#include "media_entry.h"

#include <cstdio>
#include <cstdlib>

#include "media/mp4_table.h"

namespace fuzz {

namespace {

void must(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "fuzz: %s\n", what);
    std::abort();
}

}  // namespace

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

bool run_media(std::string_view target, std::span<const std::byte> bytes) {
    if (target == "mp4-table") return read_mp4_table(bytes);
    must(false, "there is no such target");
    return false;
}

}  // namespace fuzz
