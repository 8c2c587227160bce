// The loop: what threads have finished, the shown picture, time. Labels are in workbench_labels.cpp, files in
// workbench_files.cpp.

#include "app/workbench.h"

#include <algorithm>
#include <cmath>

#include "app/tools/tools.h"
#include "app/workbench_jobs.h"

namespace app {

constexpr double k_forever = std::numeric_limits<double>::infinity();
constexpr double k_progress_secs = 0.1;
constexpr double k_slow_progress_secs = 1;  // of what nobody waits for

Workbench::Workbench(Settings settings, Wakeup wakeup)
    : m_wakeup{std::move(wakeup)},
      m_settings{std::move(settings)},
      m_survey_pool{1, m_wakeup},
      m_pyramid_pool{1, m_wakeup},
      m_posters{m_wakeup},
      m_sound{m_wakeup},
      m_pool{2, m_wakeup} {
    set_tool(m_view.tool);
    apply_volume();
}

Workbench::~Workbench() { close_project(); }

bool Workbench::update(double now_secs) {
    m_now_secs = now_secs;
    bool changed = take_opened();
    changed |= take_media();
    changed |= take_imported();
    changed |= take_mask_work();
    changed |= take_suggestion();
    changed |= take_proxy();
    changed |= take_verified();
    changed |= take_jobs();
    changed |= take_save_status();
    changed |= advance_playing();
    changed |= take_picture();
    changed |= take_raster();
    changed |= update_survey();
    if (document() != nullptr && m_tool && asset() != nullptr) {
        ToolContext context = tool_context();
        changed |= m_tool->update(context);
    }
    if (document() != nullptr) changed |= m_masks.update(document()->state(), m_view.asset);
    const std::size_t shown = m_toasts.size();
    std::erase_if(m_toasts,
                  [&](const Toast& toast) { return toast.until_secs > 0 && toast.until_secs <= now_secs; });
    changed |= m_toasts.size() != shown;
    if (document() != nullptr && document()->revision() != m_seen_revision) {
        m_seen_revision = document()->revision();
        std::erase_if(m_view.selection,
                      [&](labels::TrackId id) { return document()->state().find(id) == nullptr; });
        if (!m_view.asset.is_nil() && asset() == nullptr) leave_asset();
        changed = true;
    }
    return changed;
}

// The shown medium is no longer part of the project (its adding was undone): nothing of it may stay on
// screen.
void Workbench::leave_asset() {
    forget_picture();
    m_view.asset = m_video_asset = {};
    if (!document()->state().assets.empty()) show_asset(document()->state().assets.front().id);
}

void Workbench::forget_picture() {
    m_survey.reset();
    m_video.reset();
    keep_raster_style();
    m_layers.reset();
    m_raster.reset();
    m_picture.reset();
    m_info.reset();
    m_media_error.clear();
    m_locating.reset();
    stop_playing();
    m_sound.close();
    m_sound_asked = false;
    m_requested = -1;
}

double Workbench::next_deadline_secs(double now_secs) const {
    double wait = k_forever;
    for (const Toast& toast : m_toasts)
        if (toast.until_secs > 0) wait = std::min(wait, toast.until_secs - now_secs);
    if (playing() && m_video) wait = std::min(wait, secs_to_next_frame(now_secs));
    if (m_info && !m_info->index_complete) wait = std::min(wait, 0.1);  // the index grows in sight
    for (const auto& job : m_watched)
        if (!job->done()) wait = std::min(wait, k_progress_secs);
    if (m_layers) wait = std::min(wait, m_layers->next_deadline_secs(now_secs));
    if (m_pyramid_job) wait = std::min(wait, k_slow_progress_secs);
    if (m_survey && m_survey->shots_job()) wait = std::min(wait, k_slow_progress_secs);
    return std::max(wait, 0.0);
}

bool Workbench::idle() const {
    const bool picture_due = m_video && !playing() && m_media_error.empty() && !picture_is_current();
    const bool indexing = m_video && m_media_error.empty() && !(m_info && m_info->index_complete);
    const bool proxy_due = m_video && m_info && m_info->index_complete && m_media_error.empty() &&
                           m_video->proxy() == media::ProxyState::unknown;
    const bool sound_due = m_sound.state() == SoundState::opening;
    const bool raster_due = (m_raster && !m_raster->idle()) || (m_layers && !m_layers->idle());
    return !raster_due && m_masks.idle() && !m_mask_work && m_mask_fills.empty() && !m_suggesting &&
           !m_opening && !m_locating && !m_importing && !picture_due && !saving() && !indexing &&
           !proxy_due && !m_proxy_job && !m_verifying && !sound_due && m_watched.empty() &&
           m_pool.jobs().empty();
}

bool Workbench::take_jobs() {
    bool changed = false;
    for (const auto& job : std::exchange(m_watched, {})) {
        if (!job->done()) {
            m_watched.push_back(job);
            continue;
        }
        changed = true;
        if (const auto& result = job->result())
            toast(ToastKind::good, *result);
        else if (result.error().kind == base::ErrorKind::cancelled)
            toast(ToastKind::info, result.error().message);
        else
            toast(ToastKind::error, result.error().message);
    }
    // Progress moves ten times a second; drawing it more often would only keep the machine warm.
    const bool waited_for = !m_watched.empty() || m_importing || m_mask_work || m_suggesting;
    const bool surveying = (m_survey && m_survey->shots_job()) || m_pyramid_job;
    const bool progress_due = (waited_for || surveying) && m_now_secs >= m_progress_due_secs;
    if (progress_due)
        m_progress_due_secs = m_now_secs + (waited_for ? k_progress_secs : k_slow_progress_secs);
    return changed || progress_due;
}

bool Workbench::take_save_status() {
    if (!m_project) return false;
    const labels::StoreStatus status = m_project->save_status();
    const bool failed_now = status.error && !m_seen_status.error;
    const bool mended = !status.error && m_seen_status.error;
    const bool changed = failed_now || mended || status.saved_seq != m_seen_status.saved_seq ||
                         status.queued_seq != m_seen_status.queued_seq;
    if (failed_now) toast(ToastKind::error, status.error->message);
    if (mended) toast(ToastKind::good, "Everything is saved again");
    m_seen_status = status;
    return changed;
}

// -- the picture and time
// ------------------------------------------------------------------------------------------------

std::int64_t Workbench::frame() const {
    const auto found = m_view.assets.find(m_view.asset);
    return found != m_view.assets.end() ? found->second.frame : 0;
}

std::int64_t Workbench::frame_count() const {
    if (m_info && m_info->frame_count > 0) return m_info->frame_count;
    const labels::Asset* shown = asset();
    return shown != nullptr ? shown->frame_count : 0;
}

void Workbench::want_frame(std::int64_t wanted, int ahead) {
    asset_view().frame = wanted;
    if (!m_video) return;
    if (auto cached = m_video->cached(wanted)) m_picture = std::move(cached);
    m_requested = wanted;
    m_media_error.clear();
    m_video->request(wanted, ahead);
}

void Workbench::go_to(std::int64_t wanted) {
    if (m_view.asset.is_nil() || (m_tool && m_tool->busy())) return;
    stop_playing();
    const std::int64_t count = frame_count();
    const std::int64_t clamped = std::clamp<std::int64_t>(wanted, 0, std::max<std::int64_t>(count - 1, 0));
    if (clamped == frame() && clamped == m_requested) return;
    const int direction = clamped - frame() == 1 ? 1 : clamped - frame() == -1 ? -1 : 0;
    want_frame(clamped, direction * 4);
}

bool Workbench::take_picture() {
    if (!m_video) return false;
    bool changed = false;
    if (auto info = m_video->info()) {
        if (*info) {
            const bool grew = !m_info || m_info->frame_count != (*info)->frame_count ||
                              m_info->index_complete != (*info)->index_complete;
            m_info = std::move(**info);
            changed |= grew;
        } else if (m_media_error.empty()) {
            m_media_error = info->error().message;
            changed = true;
        }
    }
    changed |= drop_renumbered_picture();
    record_frame_count();
    while (auto arrived = m_video->poll()) {
        changed = true;
        if (!*arrived) {
            if (arrived->error().kind == base::ErrorKind::cancelled) continue;
            m_media_error = arrived->error().message;
            if (!playing()) m_picture.reset();  // the sentence stands in its place, not an older picture
            continue;
        }
        // While playing nothing is shown after what was due later; else whatever is newest, until the wanted
        // one is here.
        const std::int64_t index = (**arrived)->index;
        const bool outdated =
            playing() && m_picture && m_playback.age(index) >= m_playback.age(m_picture->index);
        const bool is_wanted = index == frame() && !(**arrived)->stand_in;
        if (is_wanted || (!outdated && !picture_is_current())) m_picture = std::move(**arrived);
        m_media_error.clear();
    }
    note_picture();
    return changed;
}

// The index may be put right behind the picture's back; a picture that is no longer frame N is not shown as
// frame N.
bool Workbench::drop_renumbered_picture() {
    if (!m_picture) return false;
    const std::int64_t pts = m_video->pts_of(m_picture->index);
    if (pts == labels::k_no_pts || pts == m_picture->pts) return false;
    m_picture.reset();
    want_frame(frame(), 0);
    return true;
}

// A medium without a sample table is added before its length is known; exports need it.
void Workbench::record_frame_count() {
    const labels::Asset* shown = asset();
    if (shown == nullptr || !m_info || !m_info->index_complete || m_info->is_growing) return;
    const bool grown = !m_info->grown_fingerprint.empty() && m_info->grown_fingerprint != shown->fingerprint;
    if (shown->frame_count == m_info->frame_count && !grown) return;
    labels::Asset whole = *shown;
    whole.frame_count = m_info->frame_count;
    if (grown) {
        whole.fingerprint = m_info->grown_fingerprint;
        whole.size_bytes = m_info->grown_bytes;
    }
    whole.frame_rate = m_info->average_rate;
    document()->learn("Length of " + whole.name, whole);
}

// -- toasts
// ------------------------------------------------------------------------------------------------------------

void Workbench::toast(ToastKind kind, std::string text) {
    constexpr double k_shown_secs = 4;
    const bool stays = kind == ToastKind::error;
    std::erase_if(m_toasts, [&](const Toast& toast) { return toast.text == text; });
    m_toasts.push_back({kind, std::move(text), stays ? 0 : m_now_secs + k_shown_secs});
    if (m_toasts.size() > 5) {  // errors are the last to go
        const auto oldest =
            std::ranges::find_if(m_toasts, [](const Toast& t) { return t.kind != ToastKind::error; });
        m_toasts.erase(oldest != m_toasts.end() ? oldest : m_toasts.begin());
    }
}

void Workbench::dismiss_toast(std::size_t index) {
    if (index < m_toasts.size()) m_toasts.erase(m_toasts.begin() + static_cast<std::ptrdiff_t>(index));
}

// -- tools
// ---------------------------------------------------------------------------------------------------------------

void Workbench::set_tool(std::string_view id) {
    const ToolInfo* info = find_tool(id);
    if (info == nullptr || (m_tool && m_tool->busy())) return;
    m_view.tool = std::string{id};
    m_tool = info->make();
}

const ToolInfo* Workbench::tool_info() const { return find_tool(m_view.tool); }

ToolContext Workbench::tool_context() {
    base::Rect picture;
    if (const auto size = shown_size_px()) picture = {0, 0, size->x, size->y};
    return {
        .document = *document(),
        .asset = m_view.asset,
        .frame = m_picture ? m_picture->index : frame(),
        .pts = shown_pts(),
        .author = m_author,
        .picture = picture,
        .active_class = m_view.active_class,
        .selection = m_view.selection,
        .mask_layer = asset_view().mask_layer,
        .brush = m_view.brush,
        .ask_class =
            [this](labels::TrackId id) {
                picking_class_for = id;
                popup = Popup::class_picker;
            },
        .tell = [this](std::string text) { toast(ToastKind::info, std::move(text)); },
        .measure = [this](std::span<const base::Point> path) { return measured_text(path); },
        .paint_where = [this](const masks::Plane& swath) { paint_where(swath); },
        .in_sight = in_sight(),
        .read_samples = sample_reader(),
        .run = [this](std::string name,
                      base::JobPool::Work work) { return m_pool.submit(std::move(name), std::move(work)); },
        .accept_suggestion = [this](base::Point at) { return accept_suggestion_at(at); },
        .fill_mask =
            [this](std::string name, ToolContext::Fill fill, ToolContext::FindRegion find) {
                return fill_mask(std::move(name), fill, std::move(find));
            },
        .rework_mask = [this](std::string name,
                              MaskRework rework) { return rework_mask(std::move(name), std::move(rework)); }};
}

bool Workbench::saving() const {
    if (!m_project) return false;
    const labels::StoreStatus status = m_project->save_status();
    return !status.idle() && !status.error;
}

bool Workbench::must_wait() const {
    return saving() || (m_video && !playing() && m_media_error.empty() && !picture_is_current());
}

void Workbench::pointer(const PointerEvent& event) {
    if (document() == nullptr || !shown_size_px()) return;
    if (event.kind == PointerEvent::Kind::press) {
        play(false);
        if (!document()->read_only().empty() && m_tool)  // still lets the user look and select
            toast(ToastKind::warning, document()->read_only());
        if (picture_is_stand_in()) return;  // the window holds presses back; stopping to play may land on one
    }
    m_last_pointer = event;
    ToolContext context = tool_context();
    m_tool->pointer(context, event);
}

Overlay Workbench::tool_overlay() const {
    Overlay overlay;
    if (document() == nullptr || !shown_size_px()) return overlay;
    const ToolContext context = const_cast<Workbench*>(this)->tool_context();  // overlay() takes it const
    m_tool->overlay(context, m_last_pointer, overlay);
    return overlay;
}

}  // namespace app
