#pragma once
// Small pictures for the list of assets, made in the background one at a time. UI thread only; nothing here
// waits.

#include <memory>
#include <optional>
#include <unordered_map>

#include "base/background.h"
#include "base/job_pool.h"
#include "labels/project_file.h"
#include "media/thumbnails.h"

namespace app {

class AssetPosters {
public:
    explicit AssetPosters(std::function<void()> wakeup);

    // The asset's poster; null where there is none; nothing while it has not been made.
    [[nodiscard]] std::optional<media::ThumbnailPtr> find(labels::AssetId asset);
    // Begins to make it, unless it has been made or another one is being made.
    void request(const labels::Asset& asset, const std::filesystem::path& project);
    // Takes what has been made. `busy`: the user waits for a picture, or plays; none is begun then. True when
    // something visible changed.
    bool update(bool busy);
    void clear();  // another project
    [[nodiscard]] bool idle() const { return !m_job; }
    [[nodiscard]] std::size_t size() const { return m_entries.size(); }

    static constexpr std::size_t k_most = 512;  // of about 15 KB each; the longest unseen go first

private:
    struct Made {  // written by the job before it is done
        labels::AssetId asset;
        media::ThumbnailPtr poster;
    };
    struct Entry {
        media::ThumbnailPtr poster;  // null: there is none
        std::uint64_t seen = 0;
    };
    std::unordered_map<labels::AssetId, Entry> m_entries;
    std::uint64_t m_clock = 0;
    const std::shared_ptr<base::Pause> m_pause = std::make_shared<base::Pause>();
    std::shared_ptr<Made> m_made;
    std::shared_ptr<base::Job> m_job;
    base::JobPool m_pool;  // last: its job may still use what is above
};

}  // namespace app
