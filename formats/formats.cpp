// The table of formats. An explicit list: self-registering statics vanish from static libraries.

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
    for (const FormatDriver* driver : k_formats) ids += (ids.empty() ? "" : ", ") + std::string(driver->id);
    return ids;
}

std::string first_bytes_of(const std::filesystem::path& file) {
    std::string bytes(k_probe_bytes, '\0');
    std::ifstream in(file, std::ios::binary);
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
    return bytes;
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
    std::error_code error;
    if (!std::filesystem::exists(file, error))
        return base::fail(base::ErrorKind::missing, "There is nothing here; check the name: {}",
                          file.string());
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

}  // namespace formats
