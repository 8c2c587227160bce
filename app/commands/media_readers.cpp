#include "app/commands/media_readers.h"

#include <algorithm>

#include "app/commands/support.h"
#include "app/recipes.h"
#include "labels/project_file.h"

namespace app {

base::Result<media::FrameReader> MediaReaders::open(labels::AssetId id) const {
    const labels::Asset* asset = m_state.find(id);
    if (!asset) return base::fail(base::ErrorKind::missing, "The project no longer has this asset");
    if (asset->kind == labels::MediaKind::raster)
        return base::fail(base::ErrorKind::unsupported,
                          "A raster has no frames to write as pictures; limn render draws parts of it: {}",
                          asset->name);
    auto file = labels::locate_media(*asset, m_project);
    if (!file) return std::unexpected(file.error());
    media::VideoSourceOptions options;
    // A stream was only chosen when the medium was read; an asset that an import made has the default.
    if (!asset->fingerprint.empty()) options.stream_index = asset->stream_index;
    return media::FrameReader::open(*file, options);
}

base::Result<media::FrameReader*> MediaReaders::reader(labels::AssetId id) {
    auto it = m_readers.find(id);
    // Each open reader holds a file, threads and frames; thousands of pictures must not.
    constexpr std::size_t k_most_open = 4;
    const auto open_count =
        std::ranges::count_if(m_readers, [](const auto& entry) { return entry.second.has_value(); });
    if (it == m_readers.end() && static_cast<std::size_t>(open_count) >= k_most_open)
        std::erase_if(m_readers, [](const auto& entry) { return entry.second.has_value(); });
    if (it == m_readers.end()) it = m_readers.emplace(id, open(id)).first;
    if (!it->second) return std::unexpected(it->second.error());
    return &*it->second;
}

std::int64_t MediaReaders::pts_of(labels::AssetId id, std::int64_t frame) {
    const auto found = reader(id);
    return found ? (*found)->pts_of(frame) : labels::k_no_pts;
}

std::filesystem::path MediaReaders::file_of(labels::AssetId id) const {
    const labels::Asset* asset = m_state.find(id);
    if (asset == nullptr) return {};
    return labels::locate_media(*asset, m_project).value_or(std::filesystem::path{});
}

std::string MediaReaders::frames_manifest(labels::AssetId id) {
    const auto found = reader(id);
    return found ? app::frames_manifest((*found)->info()) : std::string{};
}

base::Result<void> MediaReaders::write_picture(labels::AssetId id, std::int64_t frame,
                                               const std::filesystem::path& png) {
    if (auto safe = refuse_overwriting_sources(png, m_state, m_project); !safe) return safe;
    const auto found = reader(id);
    if (!found) return std::unexpected(found.error());
    const auto picture = (*found)->read(frame);
    if (!picture) return std::unexpected(picture.error());
    return media::write_png(png, media::to_rgba(**picture), (*picture)->shown_width(),
                            (*picture)->shown_height());
}

}  // namespace app
