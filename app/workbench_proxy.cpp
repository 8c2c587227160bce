// A small copy of the film for scrubbing, made in a job and then used by the source itself.

#include "app/commands/support.h"
#include "app/workbench.h"
#include "media/proxy.h"

namespace app {

bool Workbench::has_proxy() const { return m_video && m_video->proxy() == media::ProxyState::ready; }

bool Workbench::can_make_proxy() const {
    return m_video && m_info && m_info->index_complete && m_info->frame_count > 1 && !m_info->is_picture &&
           !m_proxy_job && m_video->proxy() == media::ProxyState::none;
}

bool Workbench::wants_proxy() const { return can_make_proxy() && media::wants_proxy(*m_info); }

void Workbench::make_proxy() {
    if (!can_make_proxy()) return;
    const std::filesystem::path film = m_info->path;
    m_proxy_job =
        m_pool.submit("Preview proxy of " + film.filename().string(),
                      [film, stream = m_info->stream_index](base::Job& job) -> base::Result<std::string> {
                          media::ProxyTask task;
                          task.stream_index = stream;
                          task.progress = [&job](double fraction) { job.set_progress(fraction); };
                          const auto proxy = media::make_proxy(film, task, job.stop_token());
                          if (!proxy) return std::unexpected(proxy.error());
                          return fmt::format("Scrubbing {} now shows a preview at once ({} × {} px, {})",
                                             film.filename().string(), proxy->width_px, proxy->height_px,
                                             bytes_text(proxy->size_bytes));
                      });
    m_watched.push_back(m_proxy_job);
}

bool Workbench::take_proxy() {
    if (m_proxy_job && m_proxy_job->done()) {
        m_proxy_job.reset();
        if (m_video) m_video->look_for_proxy();  // whichever film is shown meanwhile, looking costs little
    }
    const media::ProxyState now = m_video ? m_video->proxy() : media::ProxyState::unknown;
    return std::exchange(m_seen_proxy, now) != now;
}

}  // namespace app
