// What the shown film can prove and tell: its verification, and the commands that give a frame elsewhere.

#include "app/recipes.h"
#include "app/workbench.h"
#include "media/verify.h"

namespace app {

// Written by the worker before its job is done, read after.
struct Workbench::Verifying {
    std::shared_ptr<base::Job> job;
    labels::AssetId asset;
    std::optional<media::VerifyReport> report;
};

bool Workbench::can_verify() const {
    return m_video && m_info && m_info->index_complete && !m_info->is_picture && !m_info->is_growing &&
           !m_verifying && m_info->exactness != media::Exactness::verified;
}

void Workbench::verify_film() {
    if (!can_verify()) return;
    m_verifying = std::make_shared<Verifying>();
    m_verifying->asset = m_view.asset;
    const auto work = [film = m_info->path, stream = m_info->stream_index, kept = m_verifying.get(),
                       alive = m_verifying](base::Job& job) -> base::Result<std::string> {
        auto report = media::verify_film(film, stream, job.stop_token(),
                                         [&job](double share) { job.set_progress(share); });
        if (!report) return std::unexpected(report.error());
        kept->report = std::move(*report);
        return kept->report->sentence();
    };
    m_verifying->job = m_pool.submit("Verifying " + m_info->path.filename().string(), work);
    m_watched.push_back(m_verifying->job);
}

bool Workbench::take_verified() {
    if (!m_verifying || !m_verifying->job->done()) return false;
    const auto verifying = std::exchange(m_verifying, nullptr);
    if (verifying->report && m_video && m_view.asset == verifying->asset)
        m_video->set_verified(*verifying->report);
    if (verifying->report && !verifying->report->bad_keys.empty() && m_video) {
        m_picture.reset();  // it may have come from a keyframe that is none
        want_frame(frame(), 0);
    }
    return true;
}

bool Workbench::can_copy_recipe() const { return m_video && m_info && picture_is_current(); }

void Workbench::copy_recipe(Recipe which) {
    if (!can_copy_recipe()) return;
    RecipeFrame frame{.frame = m_picture->index, .pts = {}};
    if (m_info->stamps_identify) frame.pts = m_picture->pts;
    const bool ffmpeg = which == Recipe::ffmpeg;
    std::string command = ffmpeg ? ffmpeg_recipe(*m_info, frame) : opencv_recipe(*m_info, frame);
    if (command.empty())
        return toast(ToastKind::warning, "OpenCV opens only a file's first video; copy the ffmpeg command");
    m_clipboard = std::move(command);
    toast(ToastKind::good, fmt::format("Copied the {} command that writes frame {} as OUT.png",
                                       ffmpeg ? "ffmpeg" : "OpenCV", m_picture->index));
}

}  // namespace app
