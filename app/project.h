#pragma once
// An open project: the live document, the thread that saves it, and where its media are. What a window and a
// command share.

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "labels/document.h"
#include "labels/store.h"

namespace media {
class OpenFilm;
}

namespace app {

class Project {
public:
    using Wakeup = std::function<void()>;  // from the store thread; may do nothing but unblock the waiter

    // Blocks for reading (about a second per million keyframes): a window calls these from a job. Errors:
    // ProjectFile's.
    [[nodiscard]] static base::Result<std::unique_ptr<Project>> create(const std::filesystem::path& path,
                                                                       Wakeup wakeup = {});
    // read_write falls back to read-only when someone else writes it; document().read_only() then says who.
    [[nodiscard]] static base::Result<std::unique_ptr<Project>> open(const std::filesystem::path& path,
                                                                     labels::Access access,
                                                                     Wakeup wakeup = {});
    ~Project();  // writes what is still queued

    [[nodiscard]] labels::Document& document() { return m_document; }
    [[nodiscard]] const labels::Document& document() const { return m_document; }
    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
    [[nodiscard]] labels::StoreStatus save_status() const;  // idle when read-only
    void retry_saving();
    [[nodiscard]] base::Result<void> flush();  // waits until all is on disk

    // From now on edits are handed to the store by flush() alone; without it they are dropped. For commands,
    // which do all or nothing.
    void save_on_flush();

private:
    Project(std::filesystem::path path, labels::LoadedProject loaded);
    void save_with(labels::ProjectFile file, Wakeup wakeup);
    std::filesystem::path m_path;
    labels::Document m_document;
    std::vector<labels::Event> m_held;       // with save_on_flush(): committed, not handed over yet
    std::unique_ptr<labels::Store> m_store;  // null when read-only
};

// The project a medium belongs to when none is named: MEDIA's name with .limn beside it; where that folder
// may not be written, a file of that name and the medium's fingerprint under base::state_dir().
[[nodiscard]] std::filesystem::path untitled_project_for(const std::filesystem::path& media);

// The medium as a new asset: its fingerprint, and its headers with the whole picture index (blocks: seconds
// to minutes for what has no sample table). A stream other than the file's first video makes an asset of its
// own. Errors: media::FrameReader's.
[[nodiscard]] base::Result<labels::Asset> probe_asset(const std::filesystem::path& media,
                                                      const std::filesystem::path& project,
                                                      std::optional<int> stream_index = {});
// From the headers alone: frame_count stays 0 unless a sample table tells it. `opened` is then the open file,
// for the source that will show it.
[[nodiscard]] base::Result<labels::Asset> probe_asset(const std::filesystem::path& media,
                                                      const std::filesystem::path& project,
                                                      std::shared_ptr<media::OpenFilm>& opened);

// Adds each medium not yet in the project (by fingerprint and stream), in one edit. An asset that an import
// made without its medium is completed by the medium of its name; one whose medium has moved is told where it
// is now. The sentence says what was added and what was there. Errors: refused (read-only).
[[nodiscard]] base::Result<std::string> add_media(Project& project, const std::vector<labels::Asset>& probed);

// $LIMN_AUTHOR, else the login name.
[[nodiscard]] std::string current_author();

}  // namespace app
