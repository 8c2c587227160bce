// The shown film's shots, and when its survey may work.
#include <algorithm>

#include "app/panels/strip_layout.h"
#include "app/workbench.h"

namespace app {

bool Workbench::update_survey() {
    const bool busy = m_video && (playing() || !m_video->idle());
    const bool changed = m_posters.update(busy);
    if (!m_survey || !m_video || !m_info) return changed;
    return m_survey->update(*m_video, *m_info, busy) || changed;
}

std::vector<std::shared_ptr<base::Job>> Workbench::jobs() const {
    auto jobs = m_pool.jobs();
    if (auto shots = m_survey ? m_survey->shots_job() : nullptr) jobs.push_back(std::move(shots));
    if (m_pyramid_job) jobs.push_back(m_pyramid_job);
    return jobs;
}

void Workbench::find_shots() {
    if (m_survey) m_survey->find_shots();
}

void Workbench::go_to_shot(int direction) {
    if (!m_survey) return;
    const std::vector<std::int64_t>& shots = m_survey->shots();
    const auto wanted = direction > 0 ? edge_after(shots, frame()) : edge_before(shots, frame());
    if (wanted) return go_to(*wanted);
    if (m_survey->may_find_shots()) return toast(ToastKind::info, "No shots are known yet: Find shots");
    const char* where = direction > 0 ? "after" : "before";
    const char* known = m_survey->shots_complete() ? "begins" : "is found yet";
    toast(ToastKind::info, fmt::format("No shot {} {} this frame", known, where));
}

void Workbench::ask_for_poster(labels::AssetId id) {
    const labels::Asset* asset = m_project ? document()->state().find(id) : nullptr;
    if (asset != nullptr) m_posters.request(*asset, m_project->path());
}

}  // namespace app
