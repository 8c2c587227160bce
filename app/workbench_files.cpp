// Opening, closing, importing and exporting. What reads or writes files runs in jobs.

#include <algorithm>

#include "app/commands/import_labels.h"
#include "app/commands/media_readers.h"
#include "app/commands/report_out.h"
#include "app/commands/support.h"
#include "app/view_state_file.h"
#include "app/workbench.h"
#include "app/workbench_jobs.h"
#include "media/pyramid.h"

namespace app {

namespace fs = std::filesystem;

static bool named_as_project(const fs::path& path) { return path.extension() == ".limn"; }

// Runs in a job. Opens `project`, or the first medium's own; makes it only when some medium could be read.
base::Result<std::string> Workbench::read_opened(Opened& opened, fs::path project,
                                                 const std::vector<fs::path>& media, base::Job& job) {
    if (!opened.for_project) {
        if (project.empty()) project = untitled_project_for(media.front());
        std::error_code error;
        opened.same_project = !opened.current.empty() && fs::equivalent(project, opened.current, error);
    }
    for (const fs::path& path : media) {
        if (job.stop_token().stop_requested())
            return base::fail(base::ErrorKind::cancelled, "Opening was cancelled");
        std::shared_ptr<media::OpenFilm> film;
        auto asset = probe_asset(path, opened.for_project ? opened.current : project, film);
        if (opened.media.empty()) opened.film = std::move(film);  // the one that is shown
        if (asset)
            opened.media.push_back(std::move(*asset));
        else
            opened.problems.push_back(asset.error().message);
    }
    if (!media.empty() && opened.media.empty())
        return base::fail(base::ErrorKind::malformed, "{}", opened.problems.front());
    if (opened.for_project || opened.same_project) return "";

    std::error_code error;
    const bool is_new = !fs::exists(project, error) && !media.empty();
    if (is_new) fs::create_directories(project.parent_path(), error);
    auto result = is_new ? Project::create(project, m_wakeup)
                         : Project::open(project, labels::Access::read_write, m_wakeup);
    if (!result) return std::unexpected(result.error());
    opened.project = std::move(*result);
    opened.project->document().set_author(current_author());
    if (!opened.media.empty() && opened.project->document().read_only().empty())
        if (auto added = add_media(*opened.project, opened.media); !added)
            return std::unexpected(added.error());
    return "";
}

void Workbench::open(std::vector<fs::path> paths) {
    if (paths.empty() || m_opening) return;
    const auto named = std::ranges::find_if(paths, named_as_project);
    fs::path project = named != paths.end() ? *named : fs::path{};
    std::erase_if(paths, named_as_project);

    m_opening = std::make_shared<Opened>();
    m_opening->for_project = project.empty() && m_project ? m_project.get() : nullptr;
    m_opening->current = m_project ? m_project->path() : fs::path{};
    const std::string name = (project.empty() ? paths.front() : project).filename().string();
    m_opening->job = m_pool.submit("Opening " + name, [=, this, opened = m_opening](base::Job& job) {
        return read_opened(*opened, project, paths, job);
    });
}

bool Workbench::take_opened() {
    if (!m_opening || !m_opening->job->done()) return false;
    if (m_tool && m_tool->busy()) return false;  // a gesture is open; it is taken when that ends
    const std::shared_ptr<Opened> opened = std::exchange(m_opening, nullptr);
    if (!opened->job->result()) {
        toast(ToastKind::error, opened->job->result().error().message);
        return true;
    }
    for (const std::string& problem : opened->problems) toast(ToastKind::error, problem);
    if (opened->project) {
        if (!may_leave()) return true;
        close_project();
        m_project = std::move(opened->project);
        m_author = current_author();
        if (!document()->read_only().empty()) toast(ToastKind::warning, document()->read_only());
        remember_recent(m_settings, m_project->path());
        save_settings();
        load_view();
    } else if (!m_project || (opened->for_project != nullptr && opened->for_project != m_project.get())) {
        return true;  // the project these media were for was closed meanwhile
    } else if (!opened->media.empty()) {
        if (const auto added = add_media(*m_project, opened->media); !added)
            toast(ToastKind::error, added.error().message);
    }
    m_open_film = std::move(opened->film);
    show_opened(opened->media);
    return true;
}

// The first of the media just added, else where the user was.
void Workbench::show_opened(const std::vector<labels::Asset>& media) {
    const auto& assets = document()->state().assets;
    if (assets.empty()) return;
    const labels::Asset* wanted = document()->state().find(m_view.asset);
    for (const labels::Asset& asset : assets)
        if (!media.empty() && asset.fingerprint == media.front().fingerprint) wanted = &asset;
    show_asset(wanted != nullptr ? wanted->id : assets.front().id);
}

bool Workbench::may_leave() {
    if (!m_project || !m_project->save_status().error) return true;
    constexpr double k_second_chance_secs = 15;
    if (m_now_secs - m_leave_asked_secs < k_second_chance_secs) return true;
    m_leave_asked_secs = m_now_secs;
    const labels::StoreStatus status = m_project->save_status();
    toast(ToastKind::error,
          fmt::format("{} edits are only in memory, since saving fails; mend that, or do it again "
                      "within 15 s to leave and lose them",
                      status.queued_seq - status.saved_seq));
    return false;
}

void Workbench::close_project() {
    if (!m_project) return;
    if (m_tool && m_tool->busy()) pointer({.kind = PointerEvent::Kind::cancel, .at = {}, .modifiers = {}});
    keep_raster_style();
    save_view();
    if (m_importing) m_importing->job->cancel();
    m_importing.reset();
    forget_picture();
    m_open_film.reset();
    m_posters.clear();
    m_project.reset();
    m_view = {};
    m_video_asset = {};
    m_seen_status = {};
}

const labels::Asset* Workbench::asset() const {
    return m_project ? document()->state().find(m_view.asset) : nullptr;
}

void Workbench::show_asset(labels::AssetId id) {
    if (!m_project || (m_tool && m_tool->busy())) return;
    const labels::Asset* wanted = document()->state().find(id);
    if (wanted == nullptr || (id == m_video_asset && (m_video || m_raster || m_locating))) return;
    m_view.asset = id;
    m_video_asset = id;
    m_view.selection.clear();
    forget_picture();
    if (m_view.active_class.is_nil() && !document()->state().ontology.classes.empty())
        m_view.active_class = document()->state().ontology.classes.front().id;

    m_locating = std::make_shared<Located>();
    m_locating->asset = id;
    m_locating->job = m_pool.submit("Finding " + wanted->name,
                                    [located = m_locating.get(), keep = m_locating, asset = *wanted,
                                     project = m_project->path()](base::Job&) -> base::Result<std::string> {
                                        auto found = labels::locate_media(asset, project);
                                        if (!found) return std::unexpected(found.error());
                                        located->path = *found;
                                        if (asset.kind == labels::MediaKind::raster)
                                            located->pyramid = media::find_pyramid(*found);
                                        return "";
                                    });
}

bool Workbench::take_media() {
    if (!m_locating || !m_locating->job->done()) return false;
    const std::shared_ptr<Located> located = std::exchange(m_locating, nullptr);
    if (!located->job->result()) {
        m_media_error = located->job->result().error().message;
        return true;
    }
    if (asset() != nullptr && asset()->kind == labels::MediaKind::raster)
        return show_raster(located->path, located->pyramid), true;
    media::VideoSourceOptions options;
    options.stream_index = asset() != nullptr ? std::optional{asset()->stream_index} : std::nullopt;
    options.wakeup = m_wakeup;
    options.opened = std::exchange(m_open_film, nullptr);
    m_video = std::make_unique<media::VideoSource>(located->path, options);
    m_survey = std::make_unique<FilmSurvey>(SurveyDesc{located->path, options.stream_index, m_wakeup},
                                            m_survey_pool);
    want_frame(frame(), 0);
    return true;
}

static base::Result<std::string> run_export(const labels::State& state, const formats::FormatDriver& driver,
                                            const fs::path& out, const fs::path& project,
                                            formats::Pictures pictures, std::span<const std::string> options,
                                            base::Job& job) {
    MediaReaders media{state, project};
    formats::WriteContext context;
    for (const labels::Asset& asset : state.assets) context.assets.push_back(asset.id);
    if (auto safe = refuse_overwriting_sources(out, state, project); !safe)
        return std::unexpected(safe.error());
    context.pictures = pictures;
    context.write_picture = [&](labels::AssetId id, std::int64_t frame, const fs::path& png) {
        return media.write_picture(id, frame, png);
    };
    context.pts_of_frame = [&](labels::AssetId id, std::int64_t frame) { return media.pts_of(id, frame); };
    context.frames_manifest = [&](labels::AssetId id) { return media.frames_manifest(id); };
    context.file_of_medium = [&](labels::AssetId id) { return media.file_of(id); };
    auto told = driver_options(driver, options, out);
    if (!told) return std::unexpected(told.error());
    context.options = std::move(*told);
    context.stop = job.stop_token();
    context.progress = [&job](double fraction) { job.set_progress(fraction); };
    auto report = driver.write(state, out, context);
    if (!report) return std::unexpected(report.error());
    std::string sentence =
        fmt::format("Exported {} as {} to {}", counts_text(*report), driver.title, out.string());
    if (!report->warnings.empty()) sentence += fmt::format(" — {}", fmt::join(report->warnings, "; "));
    return sentence;
}

void Workbench::export_to(std::string format_id, fs::path out, bool pictures,
                          std::vector<std::string> options) {
    const formats::FormatDriver* driver = formats::find_format(format_id);
    if (!m_project || driver == nullptr || driver->write == nullptr) return;
    const auto with = pictures ? formats::Pictures::png : formats::Pictures::none;
    m_watched.push_back(
        m_pool.submit("Exporting " + out.filename().string(),
                      [=, project = m_project->path(), snapshot = document()->snapshot()](base::Job& job) {
                          return run_export(*snapshot, *driver, out, project, with, options, job);
                      }));
}

// Read into a copy of the labels; what that changed comes back as one edit.
static base::Result<std::string> run_import(const labels::State& state, const fs::path& project,
                                            LabelImport request, std::optional<labels::AssetId> otherwise,
                                            base::Job& job, std::shared_ptr<const labels::Edit>& edit) {
    labels::Document copy{state};
    copy.set_event_sink([&](labels::Event event) { edit = std::move(event.edit); });
    MediaReaders media{copy.state(), project};
    request.stop = job.stop_token();
    request.progress = [&job](double fraction) { job.set_progress(fraction); };
    auto result = import_labels(copy, media, request);
    if (!result && otherwise && !request.asset) {  // the file does not say which medium it is about
        request.asset = otherwise;
        result = import_labels(copy, media, request);
    }
    if (!result) return std::unexpected(result.error());
    std::string sentence =
        fmt::format("Imported {} from {}", counts_text(result->report), request.file.filename().string());
    if (!result->report.warnings.empty())
        sentence += fmt::format(" — {}", fmt::join(result->report.warnings, "; "));
    return sentence;
}

void Workbench::import_from(fs::path file) {
    if (!m_project || m_importing || (m_tool && m_tool->busy())) return;
    LabelImport request{.file = std::move(file), .unknown_classes = formats::UnknownClasses::add};
    // With several media the file should say which is meant; only when it does not, the shown one is.
    if (document()->state().assets.size() == 1) request.asset = m_view.asset;
    const std::optional<labels::AssetId> otherwise =
        asset() != nullptr ? std::optional{m_view.asset} : std::nullopt;
    m_importing = std::make_shared<Imported>();
    m_importing->job =
        m_pool.submit("Importing " + request.file.filename().string(),
                      [request, otherwise, imported = m_importing.get(), keep = m_importing,
                       project = m_project->path(), snapshot = document()->snapshot()](base::Job& job) {
                          return run_import(*snapshot, project, request, otherwise, job, imported->edit);
                      });
}

bool Workbench::take_imported() {
    if (!m_importing || !m_importing->job->done() || document()->busy()) return false;
    const std::shared_ptr<Imported> imported = std::exchange(m_importing, nullptr);
    const auto& result = imported->job->result();
    if (!result) {
        toast(ToastKind::error, result.error().message);
    } else if (imported->edit && !document()->adopt(imported->job->name(), imported->edit)) {
        toast(ToastKind::error,
              "The labels changed meanwhile, so nothing was put in; do it again: " + imported->job->name());
    } else {
        toast(ToastKind::good, *result);
    }
    return true;
}

void Workbench::save_settings() {
    if (const auto saved = app::save_settings(m_settings); !saved)
        toast(ToastKind::error, saved.error().message);
}

void Workbench::load_view() {
    m_view = load_view_state(m_project->path());
    m_video_asset = {};
    m_tool.reset();
    set_tool(find_tool(m_view.tool) != nullptr ? std::string{m_view.tool} : "box");
}

void Workbench::save_view() const { save_view_state(m_project->path(), m_view); }

}  // namespace app
