#include "app/asset_posters.h"

#include <algorithm>

namespace app {

AssetPosters::AssetPosters(std::function<void()> wakeup) : m_pool{1, std::move(wakeup)} {}

std::optional<media::ThumbnailPtr> AssetPosters::find(labels::AssetId asset) {
    const auto found = m_entries.find(asset);
    if (found == m_entries.end()) return std::nullopt;
    found->second.seen = ++m_clock;
    return found->second.poster;
}

void AssetPosters::request(const labels::Asset& asset, const std::filesystem::path& project) {
    if (m_job || m_entries.contains(asset.id)) return;
    m_made = std::make_shared<Made>(Made{asset.id, nullptr});
    m_job = m_pool.submit(
        "Thumbnail of " + asset.name,
        [made = m_made, pause = m_pause, asset, project](base::Job& job) -> base::Result<std::string> {
            base::lower_thread_priority();
            if (!pause->pass(job.stop_token()))
                return base::fail(base::ErrorKind::cancelled, "Cancelled: {}", job.name());
            const auto medium = labels::locate_media(asset, project);
            if (!medium) return std::unexpected(medium.error());
            auto poster = media::poster_of(*medium, asset.stream_index, job.stop_token());
            if (!poster) return std::unexpected(poster.error());
            made->poster = std::move(*poster);
            return "";
        });
}

bool AssetPosters::update(bool busy) {
    m_pause->set(busy);
    if (!m_job || !m_job->done()) return false;
    m_job.reset();
    const std::shared_ptr<Made> made = std::exchange(m_made, nullptr);
    if (!made) return false;
    m_entries[made->asset] = {made->poster, ++m_clock};
    if (m_entries.size() > k_most)
        m_entries.erase(
            std::ranges::min_element(m_entries, {}, [](const auto& item) { return item.second.seen; }));
    return true;
}

void AssetPosters::clear() {
    m_entries.clear();
    m_made.reset();
    if (m_job) m_job->cancel();
}

}  // namespace app
