#pragma once
// What is worked out of the shown film while nobody waits: its thumbnails and where its shots begin. UI
// thread only; the work is done on threads of its own, which rest while the user waits for a picture.

#include <filesystem>
#include <memory>
#include <vector>

#include "base/job_pool.h"
#include "media/shots.h"
#include "media/thumbnails.h"
#include "media/video_source.h"

namespace app {

struct SurveyDesc {
    std::filesystem::path film;
    std::optional<int> stream_index;
    std::function<void()> wakeup;
};

// Films up to this length are looked through for shots unasked.
constexpr double k_shots_unasked_secs = 30 * 60;

class FilmSurvey {
public:
    // Shots are looked for in a job of `pool`, which outlives this and should do nothing else.
    FilmSurvey(SurveyDesc desc, base::JobPool& pool);
    ~FilmSurvey();
    FilmSurvey(const FilmSurvey&) = delete;

    // Takes what threads have finished. `busy`: the user waits for a picture, or plays. True when something
    // visible changed.
    bool update(const media::VideoSource& video, const media::VideoInfo& info, bool busy);
    // Looks for shots also where that was not begun unasked, or was cancelled.
    void find_shots();

    [[nodiscard]] media::Thumbnails& thumbnails() { return *m_thumbnails; }
    // The first frames of the shots known so far, ascending; the film's first frame is one.
    [[nodiscard]] const std::vector<std::int64_t>& shots() const { return m_frames; }
    [[nodiscard]] bool shots_complete() const;
    // The search while it runs, for the status line; null before it begins and once it has ended.
    [[nodiscard]] std::shared_ptr<base::Job> shots_job() const;
    // Neither running nor complete: too long to begin unasked, cancelled, or failed.
    [[nodiscard]] bool may_find_shots() const { return m_index_complete && !m_job && !shots_complete(); }
    // No search is under way or about to begin.
    [[nodiscard]] bool shots_settled() const { return m_index_complete && !m_job; }

private:
    struct Found;  // what the job hands over
    enum class Search { kept_only, whole };
    void start(Search search);
    bool take_shots(const media::VideoSource& video, std::int64_t frame_count);

    const SurveyDesc m_desc;
    base::JobPool& m_pool;
    const std::shared_ptr<base::Pause> m_pause = std::make_shared<base::Pause>();
    std::unique_ptr<media::Thumbnails> m_thumbnails;
    std::uint64_t m_seen_thumbnails = 0;
    std::shared_ptr<Found> m_found;
    std::shared_ptr<base::Job> m_job;
    std::vector<media::Shot> m_shots;    // as found
    std::vector<std::int64_t> m_frames;  // the same by the index's numbers
    std::int64_t m_frame_count = 0;      // that m_frames was worked out for
    bool m_index_complete = false;
};

}  // namespace app
