// Limn's own JSON: the whole of a project, nothing lost. One object
// {"limn":1,"ontology":{…},"assets":[…],"tracks":[…],"grids":[…]}, a track a line, in the spelling of
// labels/json.h; "grids" is left out where no medium has one.

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "base/file.h"
#include "formats/drivers.h"
#include "formats/export_plan.h"
#include "formats/importer.h"
#include "formats/json_stream.h"
#include "formats/text.h"
#include "labels/json.h"

namespace formats {

namespace {

using base::ErrorKind;

constexpr std::string_view k_extensions[] = {".json"};
constexpr std::int64_t k_version = 1;

Match probe(std::span<const std::byte> first_bytes, const std::filesystem::path&) {
    const std::string_view text(reinterpret_cast<const char*>(first_bytes.data()), first_bytes.size());
    const auto brace = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    if (brace == std::string_view::npos || text[brace] != '{') return Match::no;
    return trim(text.substr(brace + 1)).starts_with("\"limn\"") ? Match::certain : Match::no;
}

base::Result<Report> write(const labels::State& state, const std::filesystem::path& out,
                           const WriteContext& context) {
    const auto assets = assets_to_write(state, context);
    if (!assets) return std::unexpected(assets.error());
    std::error_code error;
    const std::filesystem::path path = std::filesystem::is_directory(out, error) ? out / "labels.json" : out;
    if (auto made = make_parent(path); !made) return std::unexpected(made.error());
    base::Result<base::AtomicFile> file = base::AtomicFile::create(path);
    if (!file) return std::unexpected(file.error());
    Report report;
    file->write(fmt::format("{{\"limn\":{},\n\"ontology\":{},\n\"assets\":[", k_version,
                            trim(labels::to_json(state.ontology))));
    for (const labels::Asset* asset : *assets)
        file->write((report.assets++ == 0 ? "\n" : ",\n") + labels::to_json(*asset));
    file->write("],\n\"tracks\":[");
    for (const labels::Asset* asset : *assets) {
        for (const labels::TrackId id : state.tracks_of(asset->id)) {
            if (context.stop.stop_requested())
                return base::fail(ErrorKind::cancelled,
                                  "The export was stopped; no half-written file stays: {}", path.string());
            const labels::Track* track = state.find(id);
            if (track == nullptr) continue;
            file->write((report.tracks++ == 0 ? "\n" : ",\n") + labels::to_json(*track));
            report.keyframes += static_cast<std::int64_t>(track->keyframes.size());
            if (context.progress)
                context.progress(static_cast<double>(report.tracks) /
                                 static_cast<double>(state.tracks.size()));
        }
    }
    file->write("]");
    std::size_t grids = 0;
    for (const labels::Asset* asset : *assets) {
        const labels::InspectionGrid* grid = state.grid_of(asset->id);
        if (grid != nullptr)
            file->write((grids++ == 0 ? ",\n\"grids\":[\n" : ",\n") + labels::to_json(*grid));
    }
    file->write(grids == 0 ? "}\n" : "]}\n");
    if (auto done = file->commit(); !done) return std::unexpected(done.error());
    report.files.push_back(path);
    if (auto done = write_manifest(path, "limn", state, context, report); !done)
        return std::unexpected(done.error());
    return report;
}

// Two passes: the ontology and the media first, then the tracks, so that their order in the file does not
// matter.
class Reader {
public:
    Reader(const std::filesystem::path& file, ReadContext& context) : m_import{context, "limn", file} {
        for (const auto& [id, track] : m_import.state().tracks)
            take_number(track->info.class_id, track->info.number);
    }

    base::Result<Report> read() {
        if (auto ok = scan(Pass::head, [this](const JsonPiece& piece) { return take_head(piece); }); !ok)
            return std::unexpected(ok.error());
        if (!m_has_version)
            return m_import.malformed("There is no \"limn\" member, so this is not Limn's JSON");
        if (!m_has_ontology) return m_import.malformed("There is no ontology; export it again");
        merge_ontology();
        if (auto ok = place_assets(); !ok) return std::unexpected(ok.error());
        const auto take = [this](const JsonPiece& piece) {
            return piece.member == "grids" ? take_grid(piece) : take_track(piece);
        };
        if (auto ok = scan(Pass::tracks, take); !ok) return std::unexpected(ok.error());
        return m_import.finish();
    }

private:
    enum class Pass { head, tracks };

    template <class Visit>
    base::Result<void> scan(Pass pass, Visit visit) {
        JsonScan scan;
        scan.wants = [pass](std::string_view name) {
            return pass == Pass::head ? name == "limn" || name == "ontology" || name == "assets"
                                      : name == "tracks" || name == "grids";
        };
        scan.visit = visit;
        scan.stop = m_import.context().stop;
        if (m_import.context().progress)
            scan.progress = [this, pass](double done) {
                m_import.context().progress((pass == Pass::head ? 0 : 0.5) + done / 2);
            };
        return scan_json(m_import.file(), scan);
    }

    // The reason of another layer's reader, with the file it knows nothing of.
    std::unexpected<base::Error> in_file(const base::Error& error) const {
        std::string_view why = error.message;
        if (why.ends_with('.')) why.remove_suffix(1);
        return base::fail(error.kind, "{}: {}", why, m_import.file().string());
    }

    base::Result<void> take_head(const JsonPiece& piece) {
        if (piece.is_element != (piece.member == "assets"))
            return m_import.malformed("\"{}\" is not what it should be", piece.member);
        if (piece.member == "limn") return take_version(piece.text);
        if (piece.member == "ontology") {
            base::Result<labels::Ontology> ontology = labels::ontology_from_json(piece.text);
            if (!ontology) return in_file(ontology.error());
            m_ontology = std::move(*ontology);
            m_has_ontology = true;
        }
        if (piece.member == "assets") {
            base::Result<labels::Asset> asset = labels::asset_from_json(piece.text);
            if (!asset) return in_file(asset.error());
            m_assets.push_back(std::move(*asset));
        }
        return {};
    }

    base::Result<void> take_version(std::string_view text) {
        const auto version = parse_int(text);
        if (!version) return m_import.malformed("\"limn\" is not a version number");
        if (*version > k_version)
            return base::fail(ErrorKind::unsupported,
                              "The file is of version {}, newer than this Limn reads ({}); update Limn: {}",
                              *version, k_version, m_import.file().string());
        m_has_version = true;
        return {};
    }

    // A class is the same by its id and name, else by its name; new ones keep their id where it is free.
    void merge_ontology() {
        if (!m_import.classes().may_add()) return;  // then only the classes that are used matter
        std::vector<labels::ClassId> made;
        for (const labels::LabelClass& each : m_ontology.classes) {
            const bool is_new = m_import.state().ontology.find(std::string_view(each.name)) == nullptr;
            labels::LabelClass like = each;
            like.parent.reset();
            const auto id = m_import.classes().resolve(like);
            if (!id) continue;
            m_class.emplace(each.id, *id);
            if (is_new && each.parent) made.push_back(each.id);
        }
        if (made.empty()) return;
        labels::Ontology linked = m_import.state().ontology;
        for (const labels::ClassId in_file : made) {
            const auto parent = m_class.find(*m_ontology.find(in_file)->parent);
            if (parent == m_class.end()) continue;
            for (labels::LabelClass& each : linked.classes)
                if (each.id == m_class.at(in_file)) each.parent = parent->second;
        }
        m_import.context().transaction.put_ontology(linked);
    }

    base::Result<void> place_assets() {
        const auto chosen = m_import.context().asset;
        if (chosen && m_assets.size() > 1)
            return base::fail(ErrorKind::refused,
                              "The file holds the labels of {} media; import it without naming one: {}",
                              m_assets.size(), m_import.file().string());
        for (const labels::Asset& each : m_assets) {
            const labels::Asset* known = known_asset(each);
            const labels::AssetId to = chosen             ? *chosen
                                       : known != nullptr ? known->id
                                                          : m_import.put_new_asset(each);
            if (!m_asset.emplace(each.id, to).second)
                return m_import.malformed("Two media have the same id; export it again");
        }
        return {};
    }

    const labels::Asset* known_asset(const labels::Asset& like) const {
        for (const labels::Asset& each : m_import.state().assets) {
            if (!like.fingerprint.empty() && each.fingerprint == like.fingerprint) return &each;
            const bool same_file = like.fingerprint.empty() || each.fingerprint.empty();
            if (same_file && each.name == like.name && each.size_bytes == like.size_bytes) return &each;
        }
        return nullptr;
    }

    std::optional<labels::ClassId> class_of(labels::ClassId in_file) {
        if (const auto it = m_class.find(in_file); it != m_class.end()) return it->second;
        const labels::LabelClass* named = m_ontology.find(in_file);
        const auto id = m_import.class_of(named->name);
        if (id) m_class.emplace(in_file, *id);
        return id;
    }

    // Values by the project's own ids; an attribute it does not know is refused with the classes.
    labels::AttributeValues values_of(const labels::AttributeValues& in_file, const labels::LabelClass& from,
                                      labels::ClassId to) {
        labels::AttributeValues values;
        for (const auto& [id, value] : in_file) {
            const auto it = std::find_if(from.attributes.begin(), from.attributes.end(),
                                         [&](const auto& attr) { return attr.id == id; });
            if (it == from.attributes.end()) {
                m_import.count("Values of attributes that the file's ontology does not list were skipped");
                continue;
            }
            const auto [known, is_new] = m_attribute.try_emplace({to, id});
            if (is_new)
                if (const labels::Attribute* attr = m_import.attribute_of(to, *it)) known->second = attr->id;
            if (!known->second.is_nil()) labels::set_value(values, known->second, value);
        }
        return values;
    }

    base::Result<void> take_track(const JsonPiece& piece) {
        if (!piece.is_element) return m_import.malformed("\"tracks\" is not a list");
        base::Result<labels::Track> track = labels::track_from_json(piece.text);
        if (!track) return in_file(track.error());
        const labels::LabelClass* from = m_ontology.find(track->info.class_id);
        const auto asset = m_asset.find(track->info.asset);
        if (from == nullptr || asset == m_asset.end())
            return m_import.malformed(
                "A track names a class or a medium that the file does not list; export it again");
        for (const labels::Keyframe& keyframe : track->keyframes)
            if (!is_sound(keyframe.geometry, track->info.shape))
                return m_import.malformed(
                    "A track has a shape on frame {} that cannot be used; export it again", keyframe.frame);
        if (const auto class_id = class_of(from->id)) put(*track, *from, *class_id, asset->second);
        return {};
    }

    base::Result<void> take_grid(const JsonPiece& piece) {
        if (!piece.is_element) return m_import.malformed("\"grids\" is not a list");
        base::Result<labels::InspectionGrid> grid = labels::grid_from_json(piece.text);
        if (!grid) return in_file(grid.error());
        const auto asset = m_asset.find(grid->asset);
        if (asset == m_asset.end())
            return m_import.malformed("An inspection grid is of a medium that the file does not list");
        grid->asset = asset->second;
        if (m_import.state().grid_of(asset->second) != nullptr)
            m_import.count("Inspection grids of media that have one already were left out");
        else
            m_import.context().transaction.put_grid(*grid);
        return {};
    }

    void put(labels::Track& track, const labels::LabelClass& from, labels::ClassId class_id,
             labels::AssetId asset) {
        labels::TrackInfo& info = track.info;
        info.asset = asset;
        info.class_id = class_id;
        info.attributes = values_of(info.attributes, from, class_id);
        if (m_import.state().find(info.id) != nullptr) {
            info.id = {};
            m_import.count("Labels that the project has already were added a second time, under new ids");
        }
        // A number that is taken would make two "ball 3".
        if (info.number < 1 || !take_number(class_id, info.number)) {
            info.number = m_highest[class_id] + 1;
            take_number(class_id, info.number);
        }
        m_import.put_track(info);
        for (labels::Keyframe& keyframe : track.keyframes) {
            keyframe.attributes = values_of(keyframe.attributes, from, class_id);
            m_import.put_keyframe(info, std::move(keyframe));
        }
    }

    // False: taken already.
    bool take_number(labels::ClassId class_id, std::int64_t number) {
        std::int64_t& highest = m_highest[class_id];
        highest = std::max(highest, number);
        return m_numbers.emplace(class_id, number).second;
    }

    Importer m_import;
    bool m_has_version = false, m_has_ontology = false;
    labels::Ontology m_ontology;          // the file's
    std::vector<labels::Asset> m_assets;  // the file's
    std::unordered_map<labels::ClassId, labels::ClassId>
        m_class;  // from the file's ids to the project's, as below
    std::unordered_map<labels::AssetId, labels::AssetId> m_asset;
    std::map<std::pair<labels::ClassId, labels::AttributeId>, labels::AttributeId> m_attribute;
    std::set<std::pair<labels::ClassId, std::int64_t>> m_numbers;  // taken
    std::unordered_map<labels::ClassId, std::int64_t> m_highest;
};

base::Result<Report> read(const std::filesystem::path& file, ReadContext& context) {
    return Reader(file, context).read();
}

}  // namespace

const FormatDriver limn_json_driver = {
    .id = "limn",
    .title = "Limn JSON",
    .extensions = k_extensions,
    .carries =
        "Everything: ontology, media and where they are, tracks with keyframes, pts, attributes, source and "
        "author, inspection grids; not the pixels of mask layers.",
    .loses =
        "Mask layers (the masks of objects are carried), and the history of edits, which stays in the "
        "project file.",
    .probe = probe,
    .read = read,
    .write = write,
};

}  // namespace formats
