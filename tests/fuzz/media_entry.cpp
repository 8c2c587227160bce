#include "media_entry.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "base/digest.h"
#include "media/band_math.h"
#include "media/index_file.h"
#include "media/mp4_table.h"
#include "media/raster_file.h"
#include "media/raster_style.h"
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

// What is accepted gives the same alone as among many, in values of which none is infinite or a denormal, and
// is the same expression when read again.
bool read_band_math(std::span<const std::byte> bytes) {
    const std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    const auto math = media::BandMath::parse(text, 6);
    if (!math) {
        must(!math.error().message.empty(), "an error says nothing");
        return false;
    }
    must(std::ranges::is_sorted(math->bands()), "bands out of order");
    const auto again = media::BandMath::parse(math->text(), 6);
    must(again && again->glsl() == math->glsl(), "another expression when read again");
    const std::string glsl = math->glsl();
    must(std::ranges::count(glsl, '(') == std::ranges::count(glsl, ')'), "brackets that do not match");
    constexpr float k_samples[] = {0, 1, -2.5f, 1e30f, 300, std::numeric_limits<float>::quiet_NaN(), -1e-20f};
    constexpr std::size_t k_count = std::size(k_samples);
    std::vector<std::vector<float>> planes;
    std::vector<const float*> starts;
    for (std::size_t band = 0; band < math->bands().size(); ++band) {
        planes.emplace_back(k_samples, k_samples + k_count);
        std::ranges::rotate(planes.back(),
                            planes.back().begin() + static_cast<std::ptrdiff_t>(band % k_count));
    }
    for (const auto& plane : planes) starts.push_back(plane.data());
    std::array<float, k_count> together{};
    math->evaluate(starts, k_count, together.data());
    for (std::size_t i = 0; i < k_count; ++i) {
        std::vector<float> values;
        for (const auto& plane : planes) values.push_back(plane[i]);
        const float alone = math->evaluate(values);
        const auto kind = std::fpclassify(alone);
        must(kind != FP_INFINITE && kind != FP_SUBNORMAL, "a value that there is not");
        must(std::bit_cast<std::uint32_t>(alone) == std::bit_cast<std::uint32_t>(together[i]),
             "another value alone");
    }
    return true;
}

bool read_raster(std::span<const std::byte> bytes) {
    const std::filesystem::path path =
        std::filesystem::temp_directory_path() / fmt::format("limn-fuzz-{}.raster", ::getpid());
    {
        std::ofstream out{path, std::ios::binary};
        out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    }
    (void)media::is_raster(path);
    const auto file = media::RasterFile::open(path);
    if (file) {
        const media::RasterInfo& info = file->info();
        must(!info.levels.empty() && !info.bands.empty(), "a raster without levels or bands");
        const int last = static_cast<int>(info.levels.size()) - 1;
        const media::TileRect tiles = media::tiles_of(info, 0);
        std::vector<int> bands = {1};
        if (info.bands.size() > 1) bands.push_back(static_cast<int>(info.bands.size()));
        if (info.mask_band == 0) bands.push_back(0);
        for (const media::TileAddress address :
             {media::TileAddress{last, 0, 0}, media::TileAddress{0, tiles.x1 - 1, tiles.y1 - 1}}) {
            // From far away a large one is read through: minutes for one input.
            if (address.level > 0 && static_cast<double>(info.width_px) * info.height_px > 4e6) continue;
            const auto planes = file->read_tile(address, bands, {});
            must(planes.has_value() && planes->size() == bands.size(), "a tile without its planes");
            for (const media::PlanePtr& plane : *planes) {
                must(plane->samples.size() == static_cast<std::size_t>(plane->width) * plane->height *
                                                  media::bytes_per_sample(plane->type),
                     "a plane of another size");
                for (const media::TileRect& part : plane->broken)
                    must(part.x0 >= 0 && part.y0 >= 0 && part.x1 <= plane->width &&
                             part.y1 <= plane->height && part.x0 < part.x1,
                         "a broken part outside its tile");
            }
        }
        (void)file->read_values(info.width_px / 2, info.height_px / 2);
        (void)media::default_style(info);
    } else {
        must(!file.error().message.empty() && file.error().message.find('\n') == std::string::npos,
             "an error that is no sentence");
    }
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    return file.has_value();
}

bool run_media(std::string_view target, std::span<const std::byte> bytes) {
    if (target == "mp4-table") return read_mp4_table(bytes);
    if (target == "index-file") return read_index_file(bytes);
    if (target == "band-math") return read_band_math(bytes);
    if (target == "raster") return read_raster(bytes);
    must(false, "there is no such target");
    return false;
}

}  // namespace fuzz
