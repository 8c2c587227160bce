#include "app/project.h"

#include <cassert>
#include <cstdlib>
#include <utility>

#include <pwd.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/file_sequence.h"
#include "media/raster_file.h"
#include "media/video_source.h"

namespace app {

using base::ErrorKind;
namespace fs = std::filesystem;

Project::Project(fs::path path, labels::LoadedProject loaded)
    : m_path{std::move(path)}, m_document{std::move(loaded.state), std::move(loaded.history)} {
    m_document.set_author(current_author());
}

Project::~Project() = default;

void Project::save_with(labels::ProjectFile file, Wakeup wakeup) {
    m_store =
        std::make_unique<labels::Store>(std::move(file), m_document.history().last_seq, std::move(wakeup));
    labels::Store* store = m_store.get();
    m_document.set_event_sink([store](labels::Event event) { store->append(std::move(event)); });
    m_document.set_edit_loader([store](std::int64_t seq) { return store->edit_of(seq); });
}

base::Result<std::unique_ptr<Project>> Project::create(const fs::path& path, Wakeup wakeup) {
    auto file = labels::ProjectFile::create(path);
    if (!file) return std::unexpected(file.error());
    std::unique_ptr<Project> project{new Project{path, labels::LoadedProject{}}};
    project->save_with(std::move(*file), std::move(wakeup));
    return project;
}

base::Result<std::unique_ptr<Project>> Project::open(const fs::path& path, labels::Access access,
                                                     Wakeup wakeup) {
    auto file = labels::ProjectFile::open(path, access);
    std::string read_only = "The project was opened to be read only: " + path.string();
    if (!file && access == labels::Access::read_write &&
        (file.error().kind == ErrorKind::refused || file.error().kind == ErrorKind::io)) {
        // Somebody else writes it, or the disk does not let us: labels can still be looked at and exported.
        auto readable = labels::ProjectFile::open(path, labels::Access::read_only);
        if (readable) {
            read_only = file.error().message;
            file = std::move(readable);
        }
    }
    if (!file) return std::unexpected(file.error());
    auto loaded = file->load();
    if (!loaded) return std::unexpected(loaded.error());
    std::unique_ptr<Project> project{new Project{path, std::move(*loaded)}};
    if (file->access() == labels::Access::read_only)
        project->m_document.set_read_only(read_only);
    else
        project->save_with(std::move(*file), std::move(wakeup));
    return project;
}

labels::StoreStatus Project::save_status() const {
    return m_store ? m_store->status() : labels::StoreStatus{};
}

void Project::retry_saving() {
    if (m_store) m_store->retry();
}

void Project::save_on_flush() {
    if (!m_store) return;
    m_document.set_event_sink([this](labels::Event event) { m_held.push_back(std::move(event)); });
}

base::Result<void> Project::flush() {
    if (!m_store) return {};
    for (labels::Event& event : std::exchange(m_held, {})) m_store->append(std::move(event));
    return m_store->flush();
}

std::string current_author() {
    if (const char* author = std::getenv("LIMN_AUTHOR"); author && *author) return author;
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, 4096> buffer{};
    getpwuid_r(geteuid(), &entry, buffer.data(), buffer.size(), &found);
    return found && found->pw_name ? found->pw_name : fmt::format("user {}", geteuid());
}

// A folder that is read-only by its mode is meant so, also for root, whom the system would let write.
static bool may_write(const fs::path& folder) {
    std::error_code error;
    const fs::perms any_write = fs::perms::owner_write | fs::perms::group_write | fs::perms::others_write;
    const fs::perms mode = fs::status(folder, error).permissions();
    return !error && (mode & any_write) != fs::perms::none && access(folder.c_str(), W_OK) == 0;
}

fs::path untitled_project_for(const fs::path& media) {
    std::error_code ignored;
    const fs::path full = fs::absolute(media, ignored);
    fs::path beside = full;
    beside += ".limn";
    const bool is_name = media::is_gdal_name(media);
    if (!is_name && (fs::exists(beside, ignored) || may_write(full.parent_path()))) return beside;
    // The fingerprint keeps two media of one name apart; a medium that cannot be read has none and fails
    // later.
    const std::string print = is_name ? labels::fingerprint_of_name(media.string()).substr(5)
                                      : base::fingerprint(media).value_or("unread");
    return base::state_dir() / fmt::format("{}.{}.limn", full.filename().string(), print);
}

namespace {

void set_place(labels::Asset& asset, const fs::path& media, const fs::path& project) {
    std::error_code ignored;
    const fs::path full = fs::weakly_canonical(fs::absolute(media, ignored), ignored);
    const fs::path home = fs::weakly_canonical(fs::absolute(project, ignored), ignored).parent_path();
    asset.absolute_path = full.string();
    asset.relative_path = full.lexically_relative(home).generic_string();
}

// What every kind of medium has.
base::Result<labels::Asset> new_asset(const fs::path& media, const fs::path& project) {
    labels::Asset asset;
    asset.id = labels::AssetId::make();
    asset.name = media.filename().string();
    if (media::is_gdal_name(media)) {  // read through GDAL, from wherever it is
        asset.absolute_path = media.string();
        asset.fingerprint = labels::fingerprint_of_name(media.string());
        return asset;
    }
    auto print = base::fingerprint(media);
    if (!print) return std::unexpected(print.error());
    set_place(asset, media, project);
    asset.fingerprint = *print;
    asset.size_bytes = static_cast<std::int64_t>(base::medium_bytes(media).value_or(0));
    return asset;
}

base::Result<labels::Asset> raster_asset(const fs::path& media, const fs::path& project) {
    const auto file = media::RasterFile::open(media);
    if (!file) return std::unexpected(file.error());
    auto asset = new_asset(media, project);
    if (!asset) return asset;
    const media::RasterInfo& info = file->info();
    asset->kind = labels::MediaKind::raster;
    asset->width_px = info.width_px;
    asset->height_px = info.height_px;
    asset->frame_count = 1;
    asset->georeference = info.reference;
    return asset;
}

base::Result<labels::Asset> asset_of(const media::VideoInfo& info, const fs::path& media,
                                     const fs::path& project) {
    auto made = new_asset(media, project);
    if (!made) return made;
    labels::Asset& asset = *made;
    asset.kind = info.is_picture ? labels::MediaKind::image : labels::MediaKind::video;
    asset.width_px = info.width_px;
    asset.height_px = info.height_px;
    asset.frame_count = info.index_complete ? info.frame_count : 0;
    asset.time_base = info.time_base;
    asset.frame_rate = info.average_rate;
    asset.rotation_deg = info.rotation_deg;
    asset.stream_index = info.stream_index;
    return made;
}

}  // namespace

base::Result<labels::Asset> probe_asset(const fs::path& media, const fs::path& project,
                                        std::optional<int> stream_index) {
    if (!stream_index && media::is_raster(media)) return raster_asset(media, project);
    media::VideoSourceOptions options;
    options.stream_index = stream_index;
    const auto reader = media::FrameReader::open(media, options);
    if (!reader) return std::unexpected(reader.error());
    const media::VideoInfo& info = reader->info();
    auto asset = asset_of(info, media, project);
    const auto first = std::ranges::find(info.streams, "video", &media::StreamInfo::type);
    if (asset && stream_index && first != info.streams.end() && first->index != *stream_index)
        asset->name += fmt::format(" (stream {})", *stream_index);
    return asset;
}

base::Result<labels::Asset> probe_asset(const fs::path& media, const fs::path& project,
                                        std::shared_ptr<media::OpenFilm>& opened) {
    if (media::is_raster(media)) return raster_asset(media, project);
    auto headers = media::read_headers(media);
    if (!headers) return std::unexpected(headers.error());
    opened = std::move(headers->film);
    return asset_of(headers->info, media, project);
}

namespace {

struct Added {
    std::vector<std::string> added, found, there;
};

// Labels that came without their medium fit this one: none lies beyond its last frame.
bool labels_fit(const labels::State& state, labels::AssetId id, const labels::Asset& medium) {
    if (medium.frame_count == 0) return true;
    return std::ranges::all_of(state.tracks_of(id), [&](labels::TrackId track_id) {
        return std::ranges::all_of(state.find(track_id)->keyframes, [&](const labels::Keyframe& keyframe) {
            return keyframe.outside || keyframe.frame < medium.frame_count;
        });
    });
}

const labels::Asset* same_medium(const labels::State& state, const labels::Asset& medium) {
    const auto it = std::ranges::find_if(state.assets, [&](const labels::Asset& asset) {
        return asset.fingerprint == medium.fingerprint && asset.stream_index == medium.stream_index;
    });
    return it == state.assets.end() ? nullptr : &*it;
}

const labels::Asset* waiting_for(const labels::State& state, const labels::Asset& medium) {
    const auto it = std::ranges::find_if(state.assets, [&](const labels::Asset& asset) {
        const bool same_name =
            fs::path{asset.name}.filename() == medium.name || asset.name == fs::path{medium.name}.stem();
        return asset.fingerprint.empty() && same_name && labels_fit(state, asset.id, medium);
    });
    return it == state.assets.end() ? nullptr : &*it;
}

void put_medium(labels::Transaction& transaction, const labels::State& state, const fs::path& project,
                labels::Asset medium, Added& report) {
    if (const labels::Asset* known = same_medium(state, medium)) {
        labels::Asset moved = *known;
        moved.relative_path = medium.relative_path;
        moved.absolute_path = medium.absolute_path;
        const bool lost = !labels::locate_media(*known, project);
        if (lost) transaction.put_asset(moved);
        (lost ? report.found : report.there).push_back(known->name);
        return;
    }
    if (const labels::Asset* known = waiting_for(state, medium)) {
        medium.id = known->id;
        medium.name = known->name;
        medium.position = known->position;
        report.found.push_back(medium.name);
    } else {
        medium.position = state.assets.empty() ? 1 : state.assets.back().position + 1;
        report.added.push_back(medium.name);
    }
    transaction.put_asset(medium);
}

std::string sentence(const Added& report) {
    std::vector<std::string> parts;
    const auto part = [&](const std::vector<std::string>& names, std::string_view verb) {
        if (names.size() > 3)
            parts.push_back(fmt::format("{} {} files", verb, names.size()));
        else if (!names.empty())
            parts.push_back(fmt::format("{} {}", verb, fmt::join(names, ", ")));
    };
    part(report.added, "added");
    part(report.found, "found again");
    part(report.there, "already had");
    std::string text = fmt::format("{}.", fmt::join(parts, "; "));
    text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
    return text;
}

}  // namespace

base::Result<std::string> add_media(Project& project, const std::vector<labels::Asset>& probed) {
    labels::Document& document = project.document();
    if (probed.empty()) return "Nothing to add.";
    if (!document.read_only().empty()) {
        return std::unexpected(base::Error{ErrorKind::refused, document.read_only()});
    }
    Added report;
    labels::Transaction transaction{document,
                                    probed.size() == 1 ? "Add " + probed.front().name : "Add media"};
    for (const labels::Asset& medium : probed) {
        put_medium(transaction, document.state(), project.path(), medium, report);
    }
    transaction.commit();
    return sentence(report);
}

}  // namespace app
