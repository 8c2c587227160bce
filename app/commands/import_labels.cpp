#include "app/commands/import_labels.h"

#include <unordered_set>

#include "app/commands/report_out.h"
#include "assist/thin_keyframes.h"

namespace app {

namespace {

using TrackIds = std::unordered_set<labels::TrackId>;

base::Result<formats::FilesToRead> files_of(const LabelImport& request, const labels::State& state,
                                            MediaReaders& media) {
    if (request.driver && !request.driver->read) {
        return base::fail(base::ErrorKind::unsupported, "The format {} can be written but not read: {}",
                          request.driver->id, request.file.string());
    }
    auto what = formats::files_to_read(request.file, request.driver);
    if (!what || what->files.size() < 2) return what;
    // Rasters and their masks may lie in one folder.
    std::erase_if(what->files, [&](const std::filesystem::path& file) {
        std::error_code error;
        return std::ranges::any_of(state.assets, [&](const labels::Asset& asset) {
            return std::filesystem::equivalent(media.file_of(asset.id), file, error);
        });
    });
    if (!what->files.empty()) return what;
    return base::fail(base::ErrorKind::refused, "The folder holds the media of the project and no labels: {}",
                      request.file.string());
}

TrackIds ids_of(const labels::State& state) {
    TrackIds ids;
    ids.reserve(state.tracks.size());
    for (const auto& [id, track] : state.tracks) ids.insert(id);
    return ids;
}

// The count of keyframes dropped from the tracks that were not there before.
std::int64_t thin_new_tracks(labels::Transaction& transaction, const labels::State& state,
                             const TrackIds& before, double tolerance_px) {
    std::vector<labels::TrackPtr> added;
    for (const auto& [id, track] : state.tracks) {
        if (!before.contains(id)) added.push_back(track);
    }
    std::int64_t dropped = 0;
    for (const labels::TrackPtr& track : added) {
        const std::vector<labels::Keyframe> kept = assist::thin_keyframes(*track, tolerance_px);
        auto next = kept.begin();
        for (const labels::Keyframe& keyframe : track->keyframes) {
            if (next != kept.end() && next->frame == keyframe.frame) {
                ++next;
                continue;
            }
            transaction.erase_keyframe(track->info.id, keyframe.frame);
            ++dropped;
        }
    }
    return dropped;
}

}  // namespace

base::Result<LabelImportResult> import_labels(labels::Document& document, MediaReaders& media,
                                              const LabelImport& request) {
    if (const std::string& why = document.read_only(); !why.empty()) {
        return std::unexpected(base::Error{base::ErrorKind::refused, why});
    }
    const auto what = files_of(request, document.state(), media);
    if (!what) return std::unexpected(what.error());
    const formats::FormatDriver& driver = *what->driver;
    auto options = driver_options(driver, request.options, request.file);
    if (!options) return std::unexpected(options.error());
    const TrackIds before = request.thin_px ? ids_of(document.state()) : TrackIds{};
    labels::Transaction transaction{
        document, fmt::format("Import {} ({})", request.file.filename().string(), driver.id)};
    formats::ReadContext context{transaction,
                                 document,
                                 request.asset,
                                 request.unknown_classes,
                                 [&media](labels::AssetId id, std::int64_t f) { return media.pts_of(id, f); },
                                 request.stop,
                                 request.progress,
                                 std::move(*options)};
    auto report = formats::read_files(*what, context);
    if (!report) return std::unexpected(report.error());
    LabelImportResult result{&driver, std::move(*report), 0, false};
    if (request.thin_px) {
        result.thinned_keyframes = thin_new_tracks(transaction, document.state(), before, *request.thin_px);
    }
    result.changed = transaction.commit();
    return result;
}

}  // namespace app
