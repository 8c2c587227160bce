// Opening, closing, importing and exporting. What reads or writes files runs in jobs.

#include <algorithm>

#include "app/commands/import_labels.h"
#include "app/commands/media_readers.h"
#include "app/commands/support.h"
#include "app/view_state_file.h"
#include "app/workbench.h"
#include "app/workbench_jobs.h"

namespace app {

namespace fs = std::filesystem;

static bool named_as_project(const fs::path& path) { return path.extension() == ".limn"; }

void Workbench::open(std::vector<fs::path> paths) {
    if (paths.empty() || m_opening) return;
    const auto named = std::ranges::find_if(paths, named_as_project);
    fs::path project = named != paths.end() ? *named : fs::path{};
    std::erase_if(paths, named_as_project);
    const bool into_open_project = project.empty() && m_project != nullptr;
    const fs::path current = m_project ? m_project->path() : fs::path{};

    m_opening = std::make_shared<Opened>();
    const std::string name = (project.empty() ? paths.front() : project).filename().string();
    m_opening->job = m_pool.submit(
        "Opening " + name,
        [=, opened = m_opening.get(), keep = m_opening,
         wakeup = m_wakeup](base::Job& job) mutable -> base::Result<std::string> {
            if (!into_open_project) {
                if (project.empty()) project = untitled_project_for(paths.front());
                const bool is_new = !fs::exists(project) && !paths.empty();
                auto result = is_new ? Project::create(project, wakeup)
                                     : Project::open(project, labels::Access::read_write, wakeup);
                if (!result) return std::unexpected(result.error());
                opened->project = std::move(*result);
            }
            for (const fs::path& path : paths) {
                if (job.stop_token().stop_requested())
                    return base::fail(base::ErrorKind::cancelled, "Opening was cancelled");
                auto asset = probe_asset(path, into_open_project ? current : project, Probe::headers);
                if (asset)
                    opened->media.push_back(std::move(*asset));
                else
                    opened->problems.push_back(asset.error().message);
            }
            if (!paths.empty() && opened->media.empty())
                return base::fail(base::ErrorKind::malformed, "{}", opened->problems.front());
            return "";
        });
}

bool Workbench::take_opened() {
    if (!m_opening || !m_opening->job->done()) return false;
    const std::shared_ptr<Opened> opened = std::exchange(m_opening, nullptr);
    if (!opened->job->result()) {
        toast(ToastKind::error, opened->job->result().error().message);
        return true;
    }
    if (opened->project) {
        close_project();
        m_project = std::move(opened->project);
        m_author = current_author();
        document()->set_author(m_author);
        if (!document()->read_only().empty()) toast(ToastKind::warning, document()->read_only());
        remember_recent(m_settings, m_project->path());
        save_settings();
        load_view();
    }
    for (const std::string& problem : opened->problems) toast(ToastKind::error, problem);
    if (!opened->media.empty()) {
        const auto& known = document()->state().assets;
        const bool all_known = std::ranges::all_of(opened->media, [&](const labels::Asset& asset) {
            return std::ranges::any_of(
                known, [&](const labels::Asset& old) { return old.fingerprint == asset.fingerprint; });
        });
        if (!all_known)
            if (const auto added = add_media(*m_project, opened->media); !added)
                toast(ToastKind::error, added.error().message);
        const std::string& wanted = opened->media.front().fingerprint;
        for (const labels::Asset& asset : document()->state().assets)
            if (asset.fingerprint == wanted) show_asset(asset.id);
    } else if (!document()->state().assets.empty()) {
        const labels::Asset* last = document()->state().find(m_view.asset);
        show_asset(last != nullptr ? last->id : document()->state().assets.front().id);
    }
    return true;
}

void Workbench::close_project() {
    if (!m_project) return;
    if (m_tool && m_tool->busy()) pointer({.kind = PointerEvent::Kind::cancel, .at = {}, .modifiers = {}});
    save_view();
    m_video.reset();
    m_picture.reset();
    m_info.reset();
    m_media_error.clear();
    m_locating.reset();
    m_playing.reset();
    m_project.reset();
    m_view = {};
    m_seen_status = {};
}

const labels::Asset* Workbench::asset() const {
    return m_project ? document()->state().find(m_view.asset) : nullptr;
}

void Workbench::show_asset(labels::AssetId id) {
    if (!m_project || (m_tool && m_tool->busy())) return;
    const labels::Asset* wanted = document()->state().find(id);
    if (wanted == nullptr || (id == m_video_asset && (m_video || m_locating))) return;
    m_view.asset = id;
    m_video_asset = id;
    m_view.selection.clear();
    m_video.reset();
    m_picture.reset();
    m_info.reset();
    m_media_error.clear();
    m_playing.reset();
    m_requested = -1;
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
    media::VideoSourceOptions options;
    options.stream_index = asset() != nullptr ? std::optional{asset()->stream_index} : std::nullopt;
    options.wakeup = m_wakeup;
    m_video = std::make_unique<media::VideoSource>(located->path, options);
    want_frame(frame(), 0);
    return true;
}

static base::Result<std::string> run_export(const labels::State& state, const formats::FormatDriver& driver,
                                            const fs::path& out, const fs::path& project,
                                            formats::Pictures pictures, base::Job& job) {
    MediaReaders media{state, project};
    formats::WriteContext context;
    for (const labels::Asset& asset : state.assets) {
        context.assets.push_back(asset.id);
        for (const fs::path& precious : {project, fs::path{asset.absolute_path}})
            if (auto safe = refuse_overwriting(out, precious); !safe) return std::unexpected(safe.error());
    }
    context.pictures = pictures;
    context.write_picture = [&](labels::AssetId id, std::int64_t frame, const fs::path& png) {
        return media.write_picture(id, frame, png);
    };
    context.pts_of_frame = [&](labels::AssetId id, std::int64_t frame) { return media.pts_of(id, frame); };
    context.stop = job.stop_token();
    context.progress = [&job](double fraction) { job.set_progress(fraction); };
    auto report = driver.write(state, out, context);
    if (!report) return std::unexpected(report.error());
    std::string sentence = fmt::format("Exported {} as {} to {}", count_text(report->tracks, "track"),
                                       driver.title, out.string());
    if (!report->warnings.empty()) sentence += fmt::format(" — {}", fmt::join(report->warnings, "; "));
    return sentence;
}

void Workbench::export_to(std::string format_id, fs::path out, bool pictures) {
    const formats::FormatDriver* driver = formats::find_format(format_id);
    if (!m_project || driver == nullptr || driver->write == nullptr) return;
    const auto with = pictures ? formats::Pictures::png : formats::Pictures::none;
    m_watched.push_back(
        m_pool.submit("Exporting " + out.filename().string(),
                      [=, project = m_project->path(), snapshot = document()->snapshot()](base::Job& job) {
                          return run_export(*snapshot, *driver, out, project, with, job);
                      }));
}

// Read into a copy of the labels; what that changed comes back as one edit.
static base::Result<std::string> run_import(const labels::State& state, const fs::path& project,
                                            LabelImport request, base::Job& job,
                                            std::shared_ptr<const labels::Edit>& edit) {
    labels::Document copy{state};
    copy.set_event_sink([&](labels::Event event) { edit = std::move(event.edit); });
    MediaReaders media{copy.state(), project};
    request.stop = job.stop_token();
    request.progress = [&job](double fraction) { job.set_progress(fraction); };
    auto result = import_labels(copy, media, request);
    if (!result) return std::unexpected(result.error());
    std::string sentence =
        fmt::format("Imported {}, {} from {}", count_text(result->report.tracks, "track"),
                    count_text(result->report.keyframes, "keyframe"), request.file.filename().string());
    if (!result->report.warnings.empty())
        sentence += fmt::format(" — {}", fmt::join(result->report.warnings, "; "));
    return sentence;
}

void Workbench::import_from(fs::path file) {
    if (!m_project || m_importing || (m_tool && m_tool->busy())) return;
    LabelImport request{.file = std::move(file), .unknown_classes = formats::UnknownClasses::add};
    if (!m_view.asset.is_nil()) request.asset = m_view.asset;
    m_importing = std::make_shared<Imported>();
    m_importing->job =
        m_pool.submit("Importing " + request.file.filename().string(),
                      [request, imported = m_importing.get(), keep = m_importing, project = m_project->path(),
                       snapshot = document()->snapshot()](base::Job& job) {
                          return run_import(*snapshot, project, request, job, imported->edit);
                      });
}

bool Workbench::take_imported() {
    if (!m_importing || !m_importing->job->done()) return false;
    const std::shared_ptr<Imported> imported = std::exchange(m_importing, nullptr);
    const auto& result = imported->job->result();
    if (!result) {
        toast(ToastKind::error, result.error().message);
    } else if (imported->edit &&
               (document()->busy() || !document()->adopt(imported->job->name(), imported->edit))) {
        toast(ToastKind::error,
              "The labels changed while the file was read, so nothing was imported; import it again");
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
