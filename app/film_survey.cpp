#include "app/film_survey.h"

#include <algorithm>
#include <mutex>

#include "base/log.h"

namespace app {

struct FilmSurvey::Found {
    mutable std::mutex mutex;  // leaf; guards all below
    std::vector<media::Shot> shots;
    bool complete = false;

    void add(media::Shot shot) {
        const std::lock_guard lock{mutex};
        shots.push_back(shot);
    }
};

FilmSurvey::FilmSurvey(SurveyDesc desc, base::JobPool& pool) : m_desc{std::move(desc)}, m_pool{pool} {
    m_pause->set(true);  // the film is being opened
    media::ThumbnailOptions options;
    options.stream_index = m_desc.stream_index;
    options.pause = m_pause;
    options.wakeup = m_desc.wakeup;
    m_thumbnails = std::make_unique<media::Thumbnails>(m_desc.film, options);
}

FilmSurvey::~FilmSurvey() {
    if (m_job) m_job->cancel();
}

bool FilmSurvey::update(const media::VideoSource& video, const media::VideoInfo& info, bool busy) {
    m_pause->set(busy);
    if (!m_index_complete && info.index_complete && !info.is_growing) {
        m_index_complete = true;
        m_frame_count = info.frame_count;
        const bool is_short = video.secs_of(info.frame_count - 1) <= k_shots_unasked_secs;
        if (info.frame_count > 1 && !info.clock_moved) start(is_short ? Search::whole : Search::kept_only);
    }
    bool changed = m_index_complete && take_shots(video, info.frame_count);
    const std::uint64_t revision = m_thumbnails->revision();
    changed |= revision != m_seen_thumbnails;
    m_seen_thumbnails = revision;
    return changed;
}

void FilmSurvey::find_shots() {
    if (may_find_shots()) start(Search::whole);
}

void FilmSurvey::start(Search search) {
    m_found = std::make_shared<Found>();
    m_shots.clear();
    m_frames.clear();
    media::ShotTask task;
    task.film = m_desc.film;
    task.stream_index = m_desc.stream_index;
    task.frame_count = m_frame_count;
    task.pause = m_pause;
    task.found = [found = m_found, wakeup = m_desc.wakeup](media::Shot shot) {
        found->add(shot);
        if (wakeup) wakeup();
    };
    m_job =
        m_pool.submit("Finding shots",
                      [task, search, found = m_found](base::Job& job) mutable -> base::Result<std::string> {
                          base::lower_thread_priority();
                          if (auto kept = media::read_shots(task.film, task.parameters)) {
                              const std::lock_guard lock{found->mutex};
                              found->shots = std::move(*kept);
                              found->complete = true;
                              return "";
                          }
                          if (search == Search::kept_only) return "";
                          job.set_progress(0);
                          task.progressed = [&job](double fraction) { job.set_progress(fraction); };
                          const auto pictures = media::find_shots(task, job.stop_token());
                          if (!pictures) return std::unexpected(pictures.error());
                          std::unique_lock lock{found->mutex};
                          found->complete = true;
                          const std::vector<media::Shot> shots = found->shots;
                          lock.unlock();
                          media::write_shots(task.film, task.parameters, shots);
                          return "";
                      });
}

// The number the index gives the picture the pass has counted; nothing when the index has no such picture.
static std::optional<std::int64_t> frame_of(const media::VideoSource& video, const media::Shot& shot,
                                            std::int64_t frame_count) {
    if (shot.frame < frame_count && video.pts_of(shot.frame) == shot.pts) return shot.frame;
    std::int64_t first = 0, end = frame_count;  // stamps rise with the numbers
    while (first < end) {
        const std::int64_t middle = first + (end - first) / 2;
        if (video.pts_of(middle) < shot.pts)
            first = middle + 1;
        else
            end = middle;
    }
    return first < frame_count && video.pts_of(first) == shot.pts ? std::optional{first} : std::nullopt;
}

bool FilmSurvey::take_shots(const media::VideoSource& video, std::int64_t frame_count) {
    if (frame_count != m_frame_count) {  // the index was put right behind our back
        m_frame_count = frame_count;
        m_shots.clear();
        m_frames.clear();
    }
    bool changed = false;
    if (m_found) {
        const std::lock_guard lock{m_found->mutex};
        changed = m_shots.size() != m_found->shots.size();
        for (std::size_t i = m_shots.size(); i < m_found->shots.size(); ++i) {
            m_shots.push_back(m_found->shots[i]);
            const auto frame = frame_of(video, m_shots.back(), frame_count);
            if (frame && (m_frames.empty() || m_frames.back() < *frame)) m_frames.push_back(*frame);
        }
    }
    if (m_job && m_job->done()) {
        if (const auto& result = m_job->result();
            !result && result.error().kind != base::ErrorKind::cancelled)
            base::log(base::LogLevel::warning, "{}", result.error().message);
        m_job.reset();
        changed = true;
    }
    return changed;
}

bool FilmSurvey::shots_complete() const {
    if (!m_found) return false;
    const std::lock_guard lock{m_found->mutex};
    return m_found->complete && m_shots.size() == m_found->shots.size();
}

std::shared_ptr<base::Job> FilmSurvey::shots_job() const {
    const bool begun = m_job && !m_job->done() && m_job->progress() >= 0;
    return begun ? m_job : nullptr;
}

}  // namespace app
