#include "formats/export_plan.h"

#include <algorithm>
#include <set>

#include "base/file.h"
#include "base/rational.h"
#include "formats/frame_sweep.h"
#include "formats/importer.h"
#include "formats/text.h"
#include "labels/json.h"

namespace formats {

namespace {

void count_shape(Survey& all, const labels::Track& track) {
    using labels::ShapeKind;
    const auto any = [&](auto holds) {
        return std::any_of(track.keyframes.begin(), track.keyframes.end(), holds);
    };
    switch (track.info.shape) {
        case ShapeKind::box:
            ++all.boxes;
            all.rotated_boxes += any([](const labels::Keyframe& k) {
                const auto* box = std::get_if<labels::Box>(&k.geometry);
                return box != nullptr && box->rotation_deg != 0;
            });
            break;
        case ShapeKind::ellipse:
            ++all.ellipses;
            break;
        case ShapeKind::polygon:
            ++all.polygons;
            all.polygons_with_holes += any([](const labels::Keyframe& k) {
                const auto* path = std::get_if<labels::Path>(&k.geometry);
                return path != nullptr && !path->ring_starts.empty();
            });
            break;
        case ShapeKind::polyline:
            ++all.polylines;
            break;
        case ShapeKind::points:
            ++all.points;
            break;
        case ShapeKind::mask:
            ++all.masks;
            all.moving_masks += track.info.extent == labels::Extent::track;
            break;
    }
    all.unsound += any([&](const labels::Keyframe& k) { return !is_sound(k.geometry, track.info.shape); });
}

void count_track(Survey& all, const labels::Track& track, std::int64_t end) {
    const auto any = [&](auto holds) {
        return std::any_of(track.keyframes.begin(), track.keyframes.end(), holds);
    };
    ++all.tracks;
    all.keyframes += static_cast<std::int64_t>(track.keyframes.size());
    all.pictures += track.info.extent == labels::Extent::picture;
    all.held +=
        track.info.extent == labels::Extent::track && any([](const auto& k) { return !k.interpolate; });
    all.interpolated += track.keyframes.size() > 1;
    all.attributes +=
        !track.info.attributes.empty() || any([](const auto& k) { return !k.attributes.empty(); });
    all.confidence += any([](const auto& k) { return k.confidence < 1; });
    all.names += !track.info.name.empty();
    all.groups += track.info.group != 0;
    all.grouped_polygons += track.info.group != 0 && track.info.shape == labels::ShapeKind::polygon &&
                            track.info.extent == labels::Extent::picture;
    all.layers += track.info.z_order != 0;
    all.occluded += any([](const auto& k) { return k.occluded; });
    all.details += !track.info.source_detail.empty() || !track.info.author.empty();
    all.past_end += any([&](const auto& k) { return k.frame >= end; });
    count_shape(all, track);
}

std::string manifest_asset(const labels::State& state, const labels::Asset& asset,
                           const WriteContext& context) {
    const std::int64_t end = frame_end(state, asset);
    const auto pts = [&](std::int64_t frame) {
        const std::int64_t value =
            context.pts_of_frame && frame >= 0 ? context.pts_of_frame(asset.id, frame) : labels::k_no_pts;
        return value == labels::k_no_pts ? std::string("null") : std::to_string(value);
    };
    std::string text =
        "{\"name\":" + json_string(asset.name) + ",\"kind\":" + json_string(labels::name_of(asset.kind));
    text += ",\"fingerprint\":" + json_string(asset.fingerprint);
    text += fmt::format(",\"width\":{},\"height\":{},\"frames\":{},\"first_frame\":0,\"last_frame\":{}",
                        asset.width_px, asset.height_px, asset.frame_count, end - 1);
    text += fmt::format(",\"first_pts\":{},\"last_pts\":{},\"time_base\":[{},{}]", pts(0), pts(end - 1),
                        asset.time_base.num, asset.time_base.den);
    const std::string frames = context.frames_manifest ? context.frames_manifest(asset.id) : std::string{};
    if (!frames.empty()) text += ",\"how_frames_are_numbered\":" + frames;
    return text + "}";
}

// Most formats hold frame numbers only: when each frame is shown goes beside them, one line a frame.
base::Result<void> write_times(const std::filesystem::path& path, const labels::State& state,
                               const WriteContext& context, Report& report) {
    std::optional<base::AtomicFile> file;
    for (const labels::AssetId id : context.assets) {
        const labels::Asset& asset = *state.find(id);
        if (asset.kind != labels::MediaKind::video || !context.pts_of_frame || asset.time_base.num <= 0)
            continue;
        const std::int64_t end = frame_end(state, asset);
        const std::int64_t first = context.pts_of_frame(id, 0);
        if (first == labels::k_no_pts) continue;  // the medium is not here
        if (!file) {
            auto created = base::AtomicFile::create(path);
            if (!created) return std::unexpected(created.error());
            file.emplace(std::move(*created));
            file->write("asset,frame,pts,secs\n");
        }
        const std::string name = csv_cell(asset.name);
        for (std::int64_t frame = 0; frame < end; ++frame) {
            if (frame % 4096 == 0 && context.stop.stop_requested())
                return base::fail(base::ErrorKind::cancelled, "Stopped; this is not written: {}",
                                  path.string());
            const std::int64_t pts = context.pts_of_frame(id, frame);
            if (pts == labels::k_no_pts) continue;
            file->write(fmt::format("{},{},{},{:.6f}\n", name, frame, pts,
                                    base::seconds(pts - first, asset.time_base)));
        }
    }
    if (!file) return {};
    if (auto done = file->commit(); !done) return done;
    report.files.push_back(path);
    return {};
}

std::filesystem::path times_path(const std::filesystem::path& out) {
    std::error_code error;
    if (std::filesystem::is_directory(out, error)) return out / "limn-frames.csv";
    return out.string() + ".frames.csv";
}

std::filesystem::path manifest_path(const std::filesystem::path& out) {
    std::error_code error;
    if (std::filesystem::is_directory(out, error)) return out / "manifest.json";
    return out.string() + ".manifest.json";
}

}  // namespace

Survey survey(const labels::State& state, const std::vector<labels::AssetId>& assets) {
    Survey all;
    for (const labels::AssetId id : assets) {
        const labels::Asset* asset = state.find(id);
        if (asset == nullptr) continue;
        const std::int64_t end = frame_end(state, *asset);
        for (const labels::TrackId track_id : state.tracks_of(id)) {
            const labels::Track* track = state.find(track_id);
            if (track == nullptr) continue;
            count_track(all, *track, end);
            all.without_class += state.ontology.find(track->info.class_id) == nullptr;
        }
    }
    return all;
}

void warn_if(Report& report, std::int64_t n, const Survey& all, std::string_view sentence) {
    if (n > 0) report.add_warning(fmt::format("{} ({} of {} labels).", sentence, n, all.tracks));
}

void warn_of_common_losses(Report& report, const Survey& all) {
    warn_if(report, all.past_end, all, "Keyframes past the last frame of the medium were not written");
    warn_if(report, all.unsound, all, "Shapes that are not sound were not written");
    warn_if(report, all.without_class, all, "Labels whose class is not in the ontology were not written");
    warn_if(report, all.names, all, "Names given to single objects were not written");
    warn_if(report, all.details, all, "Authors and model versions were not written");
}

base::Result<std::vector<const labels::Asset*>> assets_to_write(const labels::State& state,
                                                                const WriteContext& context) {
    std::vector<const labels::Asset*> assets;
    for (const labels::AssetId id : context.assets) {
        const labels::Asset* asset = state.find(id);
        if (asset == nullptr)
            return base::fail(base::ErrorKind::missing, "A medium to export is not in the project: {}",
                              base::to_string(id.uuid));
        assets.push_back(asset);
    }
    if (assets.empty())
        return base::fail(base::ErrorKind::missing,
                          "The project has no media, so there is nothing to export.");
    return assets;
}

Report report_of(const Survey& all, const std::vector<const labels::Asset*>& assets) {
    Report report;
    report.tracks = all.tracks;
    report.keyframes = all.keyframes;
    report.assets = static_cast<std::int64_t>(assets.size());
    return report;
}

std::vector<std::string> unique_names(const std::vector<const labels::Asset*>& assets) {
    std::vector<std::string> names;
    std::set<std::string> taken;
    for (const labels::Asset* asset : assets) {
        const std::string name = file_name_of(asset->name);
        std::string candidate = name;
        for (int n = 2; !taken.insert(candidate).second; ++n) candidate = fmt::format("{} ({})", name, n);
        names.push_back(std::move(candidate));
    }
    return names;
}

std::vector<std::string> unique_stems(const std::vector<const labels::Asset*>& assets,
                                      std::set<std::string> taken) {
    std::vector<std::string> stems;
    for (const std::string& name : unique_names(assets)) {
        std::string stem = std::filesystem::path(name).stem().string();
        if (taken.contains(stem)) stem = name;
        const std::string wanted = stem;
        for (int n = 2; !taken.insert(stem).second; ++n) stem = fmt::format("{} ({})", wanted, n);
        stems.push_back(std::move(stem));
    }
    return stems;
}

base::Result<void> make_parent(const std::filesystem::path& path) {
    const std::filesystem::path parent = path.parent_path();
    std::error_code error;
    if (!parent.empty()) std::filesystem::create_directories(parent, error);
    if (error)
        return base::fail(base::ErrorKind::io, "The folder cannot be made ({}): {}", error.message(),
                          parent.string());
    return {};
}

base::Result<void> write_file(const std::filesystem::path& path, std::string_view bytes) {
    auto file = base::AtomicFile::create(path);
    if (!file) return std::unexpected(file.error());
    file->write(bytes);
    return file->commit();
}

base::Result<void> put_file(const std::filesystem::path& path, std::string_view bytes, Report& report) {
    if (auto made = make_parent(path); !made) return made;
    if (auto done = write_file(path, bytes); !done) return done;
    report.files.push_back(path);
    return {};
}

bool means_directory(const std::filesystem::path& out, std::string_view extension) {
    std::error_code error;
    return std::filesystem::is_directory(out, error) || out.extension() != extension;
}

base::Result<void> write_manifest(const std::filesystem::path& out, std::string_view format_id,
                                  const labels::State& state, const WriteContext& context, Report& report) {
    if (auto times = write_times(times_path(out), state, context, report); !times) return times;
    const std::filesystem::path path = manifest_path(out);
    base::Result<base::AtomicFile> file = base::AtomicFile::create(path);
    if (!file) return std::unexpected(file.error());
    file->write("{\"limn_manifest\":1,\"format\":" + json_string(format_id) + ",\n\"assets\":[");
    for (std::size_t i = 0; i < context.assets.size(); ++i)
        file->write((i == 0 ? "\n" : ",\n") + manifest_asset(state, *state.find(context.assets[i]), context));
    file->write(
        fmt::format("],\n\"tracks\":{},\"keyframes\":{},\n\"lost\":[", report.tracks, report.keyframes));
    for (std::size_t i = 0; i < report.warnings.size(); ++i)
        file->write((i == 0 ? "\n" : ",\n") + json_string(report.warnings[i]));
    file->write(fmt::format("],\"lost_left_out\":{},\n\"files\":[", report.warnings_left_out));
    const std::filesystem::path folder = path.parent_path();
    for (std::size_t i = 0; i < report.files.size(); ++i)
        file->write((i == 0 ? "\n" : ",\n") +
                    json_string(report.files[i].lexically_relative(folder).generic_string()));
    file->write("]}\n");
    if (auto done = file->commit(); !done) return done;
    report.files.push_back(path);
    return {};
}

}  // namespace formats
