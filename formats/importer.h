#pragma once
// What every reader does alike: finding assets, checking frames against them, giving numbers and pts,
// counting, and refusing at the end, with the whole list, what the project does not know.

#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "formats/format.h"

namespace formats {

constexpr std::int64_t k_max_frame = 0x7FFFFFFF;  // 400 days at 60 frames a second; more is a broken file

// What a file says of a medium; what it does not say stays at its default.
struct AssetGuess {
    std::string name;
    labels::MediaKind kind = labels::MediaKind::video;
    int width_px = 0, height_px = 0;
    std::int64_t frame_count = 0;
    std::filesystem::path file;  // where the medium is; empty: not found, the asset is made as missing
};

class Importer {
public:
    Importer(ReadContext& context, std::string_view format_id, std::filesystem::path file);

    [[nodiscard]] ReadContext& context() { return m_context; }
    [[nodiscard]] const labels::State& state() const { return m_context.document.state(); }
    [[nodiscard]] const std::filesystem::path& file() const { return m_file; }
    [[nodiscard]] ClassResolver& classes() { return m_classes; }
    [[nodiscard]] Report& report() { return m_report; }

    // Null: unknown and noted; the label is skipped and finish() refuses the import.
    [[nodiscard]] std::optional<labels::ClassId> class_of(std::string_view name);
    // The attribute (made if that is allowed); null as above. Valid until the ontology changes.
    [[nodiscard]] const labels::Attribute* attribute_of(labels::ClassId class_id,
                                                        const labels::Attribute& like);

    // The asset of that name and kind (or the same picture by fingerprint), else a new one.
    [[nodiscard]] labels::AssetId find_or_make_asset(const AssetGuess& guess);
    [[nodiscard]] const labels::Asset* asset_by_name(std::string_view name) const;
    labels::AssetId put_new_asset(labels::Asset asset);

    // Gives it a number and, when its id is nil, an id; source_detail becomes the format's id for imported
    // labels.
    labels::TrackId put_track(labels::TrackInfo& info);
    // Fills pts from the medium. A frame outside the asset is counted, not put: finish() refuses the import.
    void put_keyframe(const labels::TrackInfo& info, labels::Keyframe keyframe);
    // Makes the object absent from `frame` on, with the geometry of `last`; nothing at and past the medium's
    // end.
    void put_outside(const labels::TrackInfo& info, const labels::Keyframe& last, std::int64_t frame);
    // For a track given frame by frame: an outside keyframe at the first frame of each gap and after the last
    // frame.
    void close_gaps(const labels::TrackInfo& info);

    // A value that is in force already is not set again.
    void drop_repeated_attributes(const labels::TrackInfo& info);

    // One warning at the end: "sentence (n)." with how often it was counted.
    void count(std::string_view sentence, std::int64_t by = 1) { m_counts[std::string(sentence)] += by; }
    [[nodiscard]] std::int32_t new_group();

    [[nodiscard]] bool stopped() const { return m_context.stop.stop_requested(); }
    [[nodiscard]] std::unexpected<base::Error> cancelled() const;
    template <class... Args>
    [[nodiscard]] std::unexpected<base::Error> malformed(fmt::format_string<Args...> format,
                                                         Args&&... args) const {
        return base::fail(base::ErrorKind::malformed, "{}: {}",
                          fmt::format(format, std::forward<Args>(args)...), m_file.string());
    }
    [[nodiscard]] base::Result<Report> finish();

private:
    [[nodiscard]] const labels::Asset* known_asset(const labels::Asset& like) const;
    void warn_if_not_allowed(const labels::TrackInfo& info);
    [[nodiscard]] std::int64_t next_number(labels::ClassId class_id);

    ReadContext& m_context;
    const std::string m_format_id;
    const std::filesystem::path m_file;
    ClassResolver m_classes;
    Report m_report;
    std::map<std::string, std::int64_t> m_counts;
    std::unordered_multimap<std::string, labels::AssetId> m_asset_by_name, m_asset_by_fingerprint;
    std::unordered_map<labels::ClassId, std::int64_t> m_next_number;
    std::optional<std::int32_t> m_last_group;
    std::int64_t m_out_of_range = 0;
    std::string m_first_out_of_range;
};

// Every vertex finite and within ±1e9, the variant that `shape` wants, mask runs that fill their rectangle.
[[nodiscard]] bool is_sound(const labels::Geometry& geometry, labels::ShapeKind shape);

}  // namespace formats
