// Objects of films in the layout of DAVIS (davischallenge.org) and YouTube-VOS (youtube-vos.org):
// Annotations/ with a folder for each film and in it an indexed PNG for each frame, 00000.png and so on,
// whose values are the objects; meta.json as YouTube-VOS has it says what each object is.

#include <rapidjson/document.h>

#include "base/file.h"
#include "formats/drivers.h"
#include "formats/object_frames.h"
#include "formats/text.h"

namespace formats {

namespace {

namespace fs = std::filesystem;
using base::ErrorKind;

constexpr std::string_view k_extensions[] = {".json"};
constexpr std::string_view k_annotations = "Annotations";
constexpr std::string_view k_no_class = "object";

std::optional<std::int64_t> frame_of(const fs::path& png) {
    const std::string stem = png.stem().string();
    if (png.extension() != ".png" || stem.empty() || stem.size() > 9 ||
        stem.find_first_not_of("0123456789") != std::string::npos)
        return std::nullopt;
    return parse_int(stem);
}

// Folders that hold frames; those of the resolutions of DAVIS lie between.
void find_sequences(const fs::path& folder, int depth, std::vector<fs::path>& found) {
    std::error_code error;
    bool has_frames = false;
    std::vector<fs::path> folders;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        if (entry.is_directory(error) && !entry.is_symlink(error)) folders.push_back(entry.path());
        has_frames = has_frames || frame_of(entry.path());
    }
    if (has_frames) found.push_back(folder);
    if (depth == 0) return;
    std::ranges::sort(folders);
    for (const fs::path& each : folders) find_sequences(each, depth - 1, found);
}

Match probe(std::span<const std::byte> first_bytes, const fs::path& path) {
    std::error_code error;
    if (fs::is_directory(path, error)) {
        if (!fs::is_directory(path / k_annotations, error)) return Match::no;
        std::vector<fs::path> found;
        find_sequences(path / k_annotations, 2, found);
        return found.empty() ? Match::no : Match::certain;
    }
    const std::string_view text(reinterpret_cast<const char*>(first_bytes.data()), first_bytes.size());
    return path.extension() == ".json" && text.find("\"videos\"") != std::string_view::npos &&
                   text.find("\"objects\"") != std::string_view::npos
               ? Match::certain
               : Match::no;
}

class DavisReader {
public:
    DavisReader(Importer& import, fs::path root) : m_import{import}, m_root{std::move(root)} {}

    base::Result<void> read() {
        std::error_code error;
        std::vector<fs::path> sequences;
        if (fs::is_regular_file(m_root / "meta.json", error))
            if (auto done = read_meta(); !done) return done;
        find_sequences(fs::is_directory(m_root / k_annotations, error) ? m_root / k_annotations : m_root, 2,
                       sequences);
        if (sequences.empty())
            return m_import.malformed("There is no folder of numbered PNGs, as Annotations/FILM/00000.png");
        if (m_import.context().asset && sequences.size() > 1)
            return base::fail(ErrorKind::refused,
                              "The folder holds {} films; choose that of one, or no medium: {}",
                              sequences.size(), m_import.file().string());
        for (std::size_t i = 0; i < sequences.size(); ++i) {
            m_from = static_cast<double>(i) / static_cast<double>(sequences.size());
            m_share = 1.0 / static_cast<double>(sequences.size());
            if (auto done = read_sequence(sequences[i]); !done) return done;
        }
        return {};
    }

private:
    base::Result<void> read_meta() {
        const auto text = base::read_file(m_root / "meta.json", 1u << 30);
        if (!text) return std::unexpected(text.error());
        rapidjson::Document json;
        json.Parse<rapidjson::kParseIterativeFlag>(text->data(), text->size());
        const auto malformed = [&] { return m_import.malformed("meta.json is not that of YouTube-VOS"); };
        if (json.HasParseError() || !json.IsObject() || !json.HasMember("videos") ||
            !json["videos"].IsObject())
            return malformed();
        for (const auto& [video, about] : json["videos"].GetObject()) {
            if (!about.IsObject() || !about.HasMember("objects") || !about["objects"].IsObject())
                return malformed();
            for (const auto& [number, object] : about["objects"].GetObject()) {
                const auto value = parse_int({number.GetString(), number.GetStringLength()});
                if (!value || !object.IsObject()) return malformed();
                const auto category = object.FindMember("category");
                if (category != object.MemberEnd() && category->value.IsString())
                    m_class_of[{valid_utf8({video.GetString(), video.GetStringLength()}), *value}] =
                        valid_utf8({category->value.GetString(), category->value.GetStringLength()});
            }
        }
        return {};
    }

    base::Result<void> read_sequence(const fs::path& folder) {
        std::map<std::int64_t, fs::path> frames;
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(folder, error))
            if (const auto frame = frame_of(entry.path())) frames.emplace(*frame, entry.path());
        const std::string name = folder.filename().string();
        std::optional<labels::AssetId> asset;
        std::map<std::uint16_t, labels::TrackInfo> tracks;
        std::map<std::uint16_t, labels::Keyframe> present;
        std::int64_t end = 0;  // the frame after the last one that was read
        const auto leave = [&] {
            for (const auto& [value, keyframe] : present)
                m_import.put_outside(tracks.at(value), keyframe, end);
            present.clear();
        };
        std::size_t done = 0;
        for (const auto& [frame, png] : frames) {
            if (m_import.stopped()) return m_import.cancelled();
            if (m_import.context().progress)
                m_import.context().progress(m_from + m_share * static_cast<double>(done++) /
                                                         static_cast<double>(frames.size()));
            auto picture = read_object_png(png);
            if (!picture)
                return base::fail(picture.error().kind, "{} {}", picture.error().message,
                                  m_import.file().string());
            if (!asset) asset = medium_of_sequence(m_import, name, picture->width_px, picture->height_px);
            if (frame > end) leave();  // nobody has labelled the frames between
            end = frame + 1;
            auto objects = picture->objects();
            for (auto it = present.begin(); it != present.end();) {
                const bool gone = !objects.contains(it->first);
                if (gone) m_import.put_outside(tracks.at(it->first), it->second, frame);
                it = gone ? present.erase(it) : std::next(it);
            }
            for (auto& [value, mask] : objects)
                put(name, *asset, frame, value, std::move(mask), tracks, present);
        }
        leave();
        return {};
    }

    void put(const std::string& film, labels::AssetId asset, std::int64_t frame, std::uint16_t value,
             labels::MaskRuns mask, std::map<std::uint16_t, labels::TrackInfo>& tracks,
             std::map<std::uint16_t, labels::Keyframe>& present) {
        auto track = tracks.find(value);
        if (track == tracks.end()) {
            const auto named = m_class_of.find({film, value});
            const auto class_id = m_import.class_of(named != m_class_of.end() ? named->second : k_no_class);
            if (!class_id) return;
            labels::TrackInfo info;
            info.asset = asset;
            info.class_id = *class_id;
            info.shape = labels::ShapeKind::mask;
            info.source = labels::Source::import;
            const bool on_film = m_import.state().find(asset)->kind == labels::MediaKind::video;
            info.extent = on_film ? labels::Extent::track : labels::Extent::picture;
            m_import.put_track(info);
            track = tracks.emplace(value, std::move(info)).first;
        }
        labels::Keyframe keyframe;
        keyframe.frame = frame;
        keyframe.geometry = std::move(mask);
        keyframe.interpolate = false;
        keyframe.source = labels::Source::import;
        m_import.put_keyframe(track->second, keyframe);
        present[value] = std::move(keyframe);
    }

    Importer& m_import;
    const fs::path m_root;
    std::map<std::pair<std::string, std::int64_t>, std::string> m_class_of;
    double m_from = 0, m_share = 1;
};

base::Result<Report> read(const fs::path& file, ReadContext& context) {
    Importer import(context, "davis", file);
    std::error_code error;
    if (!fs::exists(file, error)) return import.malformed("There is nothing here");
    const fs::path root = fs::is_directory(file, error) ? file : file.parent_path();
    if (auto done = DavisReader(import, root).read(); !done) return std::unexpected(done.error());
    return import.finish();
}

class DavisWriter {
public:
    DavisWriter(const labels::State& state, const fs::path& out, const WriteContext& context, Report& report)
        : m_state{state}, m_out{out}, m_context{context}, m_report{report} {}

    base::Result<void> write(const std::vector<const labels::Asset*>& assets) {
        std::string list;
        const std::vector<std::string> stems = unique_stems(assets);
        for (std::size_t i = 0; i < assets.size(); ++i) {
            if (auto done = write_film(*assets[i], stems[i]); !done) return done;
            list += stems[i] + "\n";
        }
        m_meta = "{\"videos\":{" + m_meta + "}}\n";
        if (auto done = put_file(m_out / "ImageSets" / "default.txt", list, m_report); !done) return done;
        return put_file(m_out / "meta.json", m_meta, m_report);
    }

private:
    base::Result<void> write_film(const labels::Asset& asset, const std::string& stem) {
        std::unordered_map<labels::TrackId, std::uint16_t> numbers;
        for (const labels::TrackId id : m_state.tracks_of(asset.id)) {
            const labels::Track& track = *m_state.find(id);
            const bool flat = track.info.shape == labels::ShapeKind::polyline ||
                              track.info.shape == labels::ShapeKind::points;
            if (!flat && m_state.ontology.find(track.info.class_id) != nullptr)
                numbers.emplace(id,
                                static_cast<std::uint16_t>(std::min<std::size_t>(numbers.size() + 1, 65535)));
        }
        if (numbers.size() > 255)
            return base::fail(
                ErrorKind::refused,
                "\"{}\" has {} objects, and an indexed PNG holds 255; export fewer classes, or as mots: {}",
                asset.name, numbers.size(), m_out.string());
        const auto number_of = [&](const labels::Track& track) {
            const auto it = numbers.find(track.info.id);
            return it == numbers.end() ? std::uint16_t{0} : it->second;
        };
        std::map<std::uint16_t, std::string> frames_of;
        std::map<std::uint16_t, std::string> class_of;
        for (const auto& [id, number] : numbers)
            class_of[number] = m_state.ontology.find(m_state.find(id)->info.class_id)->name;
        auto swept = sweep_objects(m_state, asset, m_context, number_of, m_report, [&](const FrameVisit& at) {
            const std::string name = fmt::format("{:05}", at.frame);
            for (const VisibleShape& each : at.shapes)
                if (const std::uint16_t number = number_of(*each.track); number != 0)
                    frames_of[number] += (frames_of[number].empty() ? "\"" : ",\"") + name + "\"";
            return write_frame(asset, stem, at, name);
        });
        if (!swept) return swept;
        std::string objects;
        for (const auto& [number, frames] : frames_of)
            objects += fmt::format("{}\"{}\":{{\"category\":{},\"frames\":[{}]}}", objects.empty() ? "" : ",",
                                   number, json_string(class_of[number]), frames);
        m_meta += fmt::format("{}\n{}:{{\"objects\":{{{}}}}}", m_meta.empty() ? "" : ",", json_string(stem),
                              objects);
        return {};
    }

    base::Result<void> write_frame(const labels::Asset& asset, const std::string& stem, const FrameVisit& at,
                                   const std::string& name) {
        const auto png = indexed_png(at.objects);
        if (!png) return std::unexpected(png.error());
        if (auto done = put_file(m_out / k_annotations / stem / (name + ".png"), *png, m_report); !done)
            return done;
        if (m_context.pictures == Pictures::none || !m_context.write_picture) return {};
        const fs::path picture = m_out / "JPEGImages" / stem / (name + ".png");
        if (auto made = make_parent(picture); !made) return made;
        m_report.files.push_back(picture);
        return m_context.write_picture(asset.id, at.frame, picture);
    }

    const labels::State& m_state;
    const fs::path m_out;
    const WriteContext& m_context;
    Report& m_report;
    std::string m_meta;  // an entry a film and object, and a name a frame of each
};

base::Result<Report> write(const labels::State& state, const fs::path& out, const WriteContext& context) {
    const auto assets = assets_to_write(state, context);
    if (!assets) return std::unexpected(assets.error());
    const Survey all = survey(state, context.assets);
    if (auto any = need_objects(state, context, all, out); !any) return std::unexpected(any.error());
    Report report = report_of(all, *assets);
    if (auto done = DavisWriter(state, out, context, report).write(*assets); !done)
        return std::unexpected(done.error());
    warn_of_common_losses(report, all);
    warn_if(report, all.polylines + all.points, all,
            "Polylines and points were not written: they have no inside");
    warn_if(report, all.boxes + all.ellipses + all.polygons, all,
            "Boxes, ellipses and polygons were written as masks");
    warn_if(report, all.attributes, all, "Attributes were not written");
    if (auto done = write_manifest(out, "davis", state, context, report); !done)
        return std::unexpected(done.error());
    return report;
}

}  // namespace

const FormatDriver davis_driver = {
    .id = "davis",
    .title = "DAVIS and YouTube-VOS masks",
    .extensions = k_extensions,
    .carries =
        "Masks of objects on the frames of films, and as masks boxes, ellipses and polygons: an indexed PNG "
        "for each "
        "labelled frame, up to 255 objects a film, their classes in meta.json.",
    .loses =
        "Pixels of an object under another, which frames are keyframes, attributes, names, occlusion, "
        "confidence, "
        "mask layers; polylines and points are not written.",
    .probe = probe,
    .read = read,
    .write = write,
    .of_masks = true,
    .a_folder = true,
};

}  // namespace formats
