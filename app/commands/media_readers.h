#pragma once
// The media of a project for commands: opened when first asked for, found again when moved.

#include <filesystem>
#include <map>

#include "base/result.h"
#include "labels/state.h"
#include "media/video_source.h"

namespace app {

class MediaReaders {
public:
    // Both outlive this; the state may change meanwhile.
    MediaReaders(const labels::State& state, const std::filesystem::path& project)
        : m_state{state}, m_project{project} {}

    // Errors: missing (where it looked), and FrameReader's; kept, so that a missing medium is looked for
    // once.
    [[nodiscard]] base::Result<media::FrameReader*> reader(labels::AssetId id);
    // k_no_pts when the medium is not here or has no such frame.
    [[nodiscard]] std::int64_t pts_of(labels::AssetId id, std::int64_t frame);
    // Where it is now; empty when it is not here.
    [[nodiscard]] std::filesystem::path file_of(labels::AssetId id) const;
    // For an export's manifest (WriteContext); empty when the medium is not here.
    [[nodiscard]] std::string frames_manifest(labels::AssetId id);
    // As displayed.
    [[nodiscard]] base::Result<void> write_picture(labels::AssetId id, std::int64_t frame,
                                                   const std::filesystem::path& png);

private:
    [[nodiscard]] base::Result<media::FrameReader> open(labels::AssetId id) const;
    const labels::State& m_state;
    const std::filesystem::path& m_project;
    std::map<labels::AssetId, base::Result<media::FrameReader>> m_readers;
};

}  // namespace app
