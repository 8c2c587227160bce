// The table of formats. An explicit list: self-registering statics vanish from static libraries.

#include <algorithm>
#include <array>
#include <fstream>

#include "formats/drivers.h"

namespace formats {

namespace {

constexpr auto k_formats = std::to_array<const FormatDriver*>(
    {&limn_json_driver, &cvat_video_driver, &mot_driver, &coco_driver, &geojson_driver, &gpkg_driver,
     &shapefile_driver, &flatgeobuf_driver, &kml_driver, &geotiff_driver, &cog_driver, &yolo_seg_driver,
     &png_masks_driver, &voc_masks_driver, &davis_driver, &mots_driver, &chips_driver, &npz_driver});
constexpr std::size_t k_probe_bytes = 64u << 10;
constexpr std::size_t k_max_warnings = 100;

std::string list_of_ids() {
    std::string ids;
    for (const FormatDriver* driver : k_formats)
        if (driver->read != nullptr) ids += (ids.empty() ? "" : ", ") + std::string(driver->id);
    return ids;
}

std::string first_bytes_of(const std::filesystem::path& file) {
    std::string bytes(k_probe_bytes, '\0');
    std::ifstream in(file, std::ios::binary);
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
    return bytes;
}

base::Result<void> need_file(const std::filesystem::path& file) {
    std::error_code error;
    if (std::filesystem::exists(file, error)) return {};
    return base::fail(base::ErrorKind::missing, "There is no file here; check the name: {}", file.string());
}

// Who knows a file in a folder, by content and name; null: nobody for certain.
const FormatDriver* owner_of(const std::filesystem::path& file) {
    const std::string bytes = first_bytes_of(file);
    std::string extension = file.extension().string();
    for (char& c : extension)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    for (const FormatDriver* driver : k_formats)
        if (driver->read != nullptr &&
            std::ranges::find(driver->extensions, extension) != driver->extensions.end() &&
            driver->probe(std::as_bytes(std::span(bytes)), file) == Match::certain)
            return driver;
    return nullptr;
}

// Drivers that read alike (geotiff and cog) count as one.
base::Result<FilesToRead> files_in(const std::filesystem::path& folder, const FormatDriver* driver) {
    FilesToRead found{driver, {}};
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        if (!entry.is_regular_file(error) || entry.path().filename().string().starts_with('.')) continue;
        const FormatDriver* owner = owner_of(entry.path());
        if (owner == nullptr || (driver != nullptr && owner->read != driver->read)) continue;
        if (found.driver == nullptr) found.driver = owner;
        if (owner->read != found.driver->read)
            return base::fail(base::ErrorKind::unsupported,
                              "The files in this folder are of several formats ({}, {}); name one with "
                              "--format: {}",
                              found.driver->id, owner->id, folder.string());
        found.files.push_back(entry.path());
    }
    std::ranges::sort(found.files);
    return found;
}

void add(Report& all, const Report& more) {
    all.tracks += more.tracks;
    all.keyframes += more.keyframes;
    all.assets += more.assets;
    all.layers += more.layers;
    for (const std::string& each : more.warnings) all.add_warning(each);
    all.warnings_left_out += more.warnings_left_out;
    all.files.insert(all.files.end(), more.files.begin(), more.files.end());
}

}  // namespace

void Report::add_warning(std::string sentence) {
    if (std::find(warnings.begin(), warnings.end(), sentence) != warnings.end()) return;
    if (warnings.size() < k_max_warnings)
        warnings.push_back(std::move(sentence));
    else
        ++warnings_left_out;
}

std::span<const FormatDriver* const> all_formats() { return k_formats; }

const FormatDriver* find_format(std::string_view id) {
    const auto it =
        std::find_if(k_formats.begin(), k_formats.end(), [&](const auto* d) { return d->id == id; });
    return it == k_formats.end() ? nullptr : *it;
}

base::Result<const FormatDriver*> probe_format(const std::filesystem::path& file) {
    if (auto here = need_file(file); !here) return std::unexpected(here.error());
    std::error_code error;
    const std::string bytes =
        std::filesystem::is_directory(file, error) ? std::string{} : first_bytes_of(file);
    if (bytes.empty() && !std::filesystem::is_directory(file, error))
        return base::fail(base::ErrorKind::malformed, "The file is empty or cannot be read: {}",
                          file.string());
    std::vector<const FormatDriver*> certain, maybe;
    for (const FormatDriver* driver : k_formats) {
        const Match match = driver->probe(std::as_bytes(std::span(bytes)), file);
        if (match == Match::certain) certain.push_back(driver);
        if (match == Match::maybe) maybe.push_back(driver);
    }
    const auto& fits = certain.empty() ? maybe : certain;
    if (fits.size() == 1) return fits.front();
    if (fits.empty())
        return base::fail(
            base::ErrorKind::unsupported,
            "None of the formats Limn reads ({}) is recognised here; name one with --format: {}",
            list_of_ids(), file.string());
    std::string ids;
    for (const FormatDriver* driver : fits) ids += (ids.empty() ? "" : ", ") + std::string(driver->id);
    return base::fail(base::ErrorKind::unsupported, "Several formats fit ({}); name one with --format: {}",
                      ids, file.string());
}

base::Result<FilesToRead> files_to_read(const std::filesystem::path& path, const FormatDriver* driver) {
    if (auto here = need_file(path); !here) return std::unexpected(here.error());
    std::error_code error;
    const bool is_folder = std::filesystem::is_directory(path, error);
    if (driver == nullptr) {
        const auto probed = probe_format(path);
        if (probed) return FilesToRead{*probed, {path}};
        auto inside = is_folder ? files_in(path, nullptr) : base::Result<FilesToRead>{};
        if (inside && inside->files.empty()) return std::unexpected(probed.error());
        return inside;
    }
    if (!is_folder || driver->a_folder || driver->probe({}, path) != Match::no)
        return FilesToRead{driver, {path}};
    auto inside = files_in(path, driver);
    if (inside && inside->files.empty())
        return base::fail(base::ErrorKind::malformed, "This is a folder, and no file in it is {}: {}",
                          driver->title, path.string());
    return inside;
}

base::Result<Report> read_files(const FilesToRead& what, ReadContext& context) {
    if (what.files.size() == 1) return what.driver->read(what.files.front(), context);
    if (context.asset)
        return base::fail(base::ErrorKind::refused,
                          "The folder holds {} files; choose the medium of one file, or none: {}",
                          what.files.size(), what.files.front().parent_path().string());
    context.of_several = true;
    const auto progress = context.progress;
    Report all;
    for (std::size_t i = 0; i < what.files.size(); ++i) {
        const auto n = static_cast<double>(what.files.size());
        if (progress)
            context.progress = [&, i](double done) { progress((static_cast<double>(i) + done) / n); };
        const auto report = what.driver->read(what.files[i], context);
        if (!report) return report;
        add(all, *report);
    }
    context.progress = progress;
    return all;
}

}  // namespace formats
