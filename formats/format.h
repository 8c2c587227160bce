#pragma once
// A format is one file that exports one const FormatDriver, listed once in formats.cpp.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "labels/document.h"

namespace formats {

enum class Match { no, maybe, certain };
enum class UnknownClasses { refuse, add };  // an empty ontology always takes the file's classes
enum class Pictures { none, png };

// What a driver can be told beside the rest, NAME=VALUE. `choices` empty: a whole number from `least` to
// `most`, or any text where `most` is the smaller one.
struct FormatOption {
    std::string_view name, standard, says;
    std::span<const std::string_view> choices = {};
    std::int64_t least = 0, most = -1;
};
using Options = std::map<std::string, std::string, std::less<>>;

// What was done, and every single thing that could not be carried over. Shown to the user.
struct Report {
    std::int64_t tracks = 0, keyframes = 0, assets = 0;
    std::int64_t layers = 0;                   // pixel masks over whole media
    std::vector<std::string> warnings;         // one sentence each; capped by add_warning
    std::int64_t warnings_left_out = 0;        // how many more there were
    std::vector<std::filesystem::path> files;  // written, or read
    void add_warning(std::string sentence);  // equal sentences are kept once; past 100 they are only counted
};

// What a reader may know of the project beyond the transaction it fills.
struct ReadContext {
    labels::Transaction& transaction;
    const labels::Document& document;  // the state as the transaction has changed it so far
    // Labels go to this asset; none: the file says, and missing ones are made.
    std::optional<labels::AssetId> asset;
    UnknownClasses unknown_classes = UnknownClasses::refuse;
    // pts of a frame of an asset, k_no_pts when the medium is not here. Never null.
    std::function<std::int64_t(labels::AssetId, std::int64_t frame)> pts_of_frame;
    std::stop_token stop;
    std::function<void(double)> progress;  // 0…1; may be null
    Options options;
    bool of_several = false;  // one of several files: only its name can say of which medium it is
};

struct WriteContext {
    std::vector<labels::AssetId> assets;  // which to write, in order; never empty
    Pictures pictures = Pictures::none;   // COCO, MOT: also write the labelled frames
    // Writes frame N of an asset as PNG, exactly as displayed. Null when the caller has no media.
    std::function<base::Result<void>(labels::AssetId, std::int64_t frame, const std::filesystem::path& png)>
        write_picture;
    std::function<std::int64_t(labels::AssetId, std::int64_t frame)> pts_of_frame;  // as in ReadContext
    // For the manifest: a JSON object that says how other programs reach the medium's frames; empty when it
    // is not here. May be null.
    std::function<std::string(labels::AssetId)> frames_manifest;
    std::stop_token stop;
    std::function<void(double)> progress;
    std::string crs;  // formats with places on the ground: in which CRS, as geo::crs_from_text takes it;
                      // empty: the format's own choice. Others refuse it.
    Options options;
    // Where the file of a picture or a raster is now; empty when it is not here. Null: as the asset says.
    std::function<std::filesystem::path(labels::AssetId)> file_of_medium;
};

struct FormatDriver {
    std::string_view id, title;
    std::span<const std::string_view> extensions;  // with the dot, lower case
    std::string_view carries, loses;               // one sentence each, shown before an export
    Match (*probe)(std::span<const std::byte> first_bytes, const std::filesystem::path&);
    // Nothing is committed by a reader: on an error the caller lets the transaction roll back.
    base::Result<Report> (*read)(const std::filesystem::path&, ReadContext&);
    // Memory does not grow with the labels. Files appear complete or not at all (base::AtomicFile).
    base::Result<Report> (*write)(const labels::State&, const std::filesystem::path& out,
                                  const WriteContext&);
    bool in_a_crs = false;  // it holds places on the ground: WriteContext::crs may be set
    bool of_masks = false;  // it holds pixels: masks over media, or those of objects
    bool a_folder = false;  // what it writes is a folder, whatever the name
    std::span<const FormatOption> options = {};
};

[[nodiscard]] std::span<const FormatDriver* const> all_formats();  // in the order of probing
[[nodiscard]] const FormatDriver* find_format(std::string_view id);
// Reads the first bytes and asks each driver. Errors: missing, unsupported (none or several fit, with the
// list).
[[nodiscard]] base::Result<const FormatDriver*> probe_format(const std::filesystem::path& file);

// What an import reads: the file or folder itself, or of a folder that is none of a format's own every file
// that one driver recognises, by name.
struct FilesToRead {
    const FormatDriver* driver = nullptr;
    std::vector<std::filesystem::path> files;
};
// `driver` null: recognised by content. Errors: missing, unsupported, as probe_format; malformed.
[[nodiscard]] base::Result<FilesToRead> files_to_read(const std::filesystem::path& path,
                                                      const FormatDriver* driver = nullptr);
// All of them or none. Errors: as the driver's; refused when several were to go to one medium.
[[nodiscard]] base::Result<Report> read_files(const FilesToRead& what, ReadContext& context);

// The options of a driver as they were given, else as they stand.
class ChosenOptions {
public:
    // Errors: refused, for a name that the driver does not have or a value that is none of its choices.
    [[nodiscard]] static base::Result<ChosenOptions> of(const FormatDriver& driver, const Options& given);
    [[nodiscard]] const std::string& text(std::string_view name) const { return m_values.find(name)->second; }
    [[nodiscard]] std::int64_t whole(std::string_view name) const;
    [[nodiscard]] bool yes(std::string_view name) const { return text(name) == "yes"; }

private:
    Options m_values;
};
inline constexpr std::string_view k_yes_or_no[] = {"yes", "no"};

// Finds or makes the class: by name in the ontology; made when the ontology was empty at the start of the
// import or unknown classes may be added. Errors: refused, naming the class.
class ClassResolver {
public:
    explicit ClassResolver(ReadContext& context);
    [[nodiscard]] base::Result<labels::ClassId> resolve(std::string_view name);
    // As above, by the name of `like`; a new class is a copy of it (with its id where that is free).
    [[nodiscard]] base::Result<labels::ClassId> resolve(const labels::LabelClass& like);
    // The attribute of a class by name; made on the same terms.
    [[nodiscard]] base::Result<labels::AttributeId> attribute(labels::ClassId class_id,
                                                              const labels::Attribute& like);
    [[nodiscard]] bool may_add() const { return m_may_add; }
    void note_unknown(std::string_view name);
    // Every unknown name met so far; non-empty means refuse. Readers collect all before refusing, so the list
    // is whole.
    [[nodiscard]] const std::vector<std::string>& unknown() const { return m_unknown; }
    [[nodiscard]] base::Result<void> refuse_unknown(const std::filesystem::path& file) const;

private:
    ReadContext& m_context;
    bool m_may_add;
    std::vector<std::string> m_unknown;
};

}  // namespace formats
