// MOTS (vision.rwth-aachen.de/page/mots): instances_txt/FILM.txt, a row "frame id class height width rle" for
// each object on each frame, the RLE being COCO's compressed one; and instances/FILM/000000.png, 16 bits,
// each pixel class · 1000 + object, which is also the id of the rows. 10000 is a region to be ignored. KITTI
// counts frames from 0, MOTSChallenge from 1: the option "first" says which.

#include <fstream>

#include "base/file.h"
#include "formats/drivers.h"
#include "formats/mask_runs.h"
#include "formats/object_frames.h"
#include "formats/text.h"
#include "masks/run_lengths.h"

namespace formats {

namespace {

namespace fs = std::filesystem;
using base::ErrorKind;

constexpr std::string_view k_extensions[] = {".txt"};
constexpr std::string_view k_kinds[] = {"both", "txt", "png"};
constexpr FormatOption k_options[] = {
    {"first", "0", "the number of a film's first frame: 0 in KITTI MOTS, 1 in MOTSChallenge", {}, 0, 1},
    {"files", "both", "write the texts, the pictures, or both", k_kinds}};
constexpr std::string_view k_texts = "instances_txt", k_pictures = "instances";
constexpr std::int64_t k_ignored = 10000, k_ignored_class = 10;

struct Row {
    std::int64_t frame = 0, id = 0, class_number = 0;
    int width_px = 0, height_px = 0;
    std::string_view rle;
};

std::optional<Row> row_of(std::string_view line) {
    std::array<std::int64_t, 5> numbers{};
    for (std::int64_t& each : numbers) {
        const auto end = line.find(' ');
        if (end == std::string_view::npos) return std::nullopt;
        const auto number = parse_int(line.substr(0, end));
        if (!number || *number < 0) return std::nullopt;
        each = *number;
        line.remove_prefix(end + 1);
    }
    constexpr std::int64_t k_most_px = 1 << 24;
    if (numbers[3] < 1 || numbers[4] < 1 || numbers[3] > k_most_px || numbers[4] > k_most_px)
        return std::nullopt;
    const std::string_view rle = trim(line);
    if (rle.empty() || rle.find(' ') != std::string_view::npos) return std::nullopt;
    return Row{numbers[0], numbers[1], numbers[2], static_cast<int>(numbers[4]), static_cast<int>(numbers[3]),
               rle};
}

Match probe(std::span<const std::byte> first_bytes, const fs::path& path) {
    std::error_code error;
    if (fs::is_directory(path, error))
        return fs::is_directory(path / k_texts, error) || fs::is_directory(path / k_pictures, error)
                   ? Match::certain
                   : Match::no;
    const std::string_view text(reinterpret_cast<const char*>(first_bytes.data()), first_bytes.size());
    const std::string_view line = text.substr(0, text.find('\n'));
    return row_of(line) ? Match::certain : Match::no;
}

class MotsReader {
public:
    MotsReader(Importer& import, fs::path root, std::int64_t first)
        : m_import{import}, m_root{std::move(root)}, m_first{first} {
        if (const auto names = base::read_file(m_root / "labels.txt", 16u << 20)) {
            std::string_view rest = *names;
            for (std::int64_t number = 1; !rest.empty(); ++number) {
                if (number == k_ignored_class) ++number;
                const auto end = std::min(rest.find('\n'), rest.size());
                if (const auto name = trim(rest.substr(0, end)); !name.empty())
                    m_names[number] = valid_utf8(name);
                rest.remove_prefix(std::min(end + 1, rest.size()));
            }
        } else {
            m_names = {{1, "car"}, {2, "pedestrian"}};
        }
    }

    base::Result<void> read_text(const fs::path& file) {
        std::ifstream in(file, std::ios::binary);
        if (!in) return base::fail(ErrorKind::io, "The file cannot be opened: {}", file.string());
        std::string line;
        std::optional<labels::AssetId> asset;
        m_tracks.clear();
        for (std::int64_t number = 1; std::getline(in, line); ++number) {
            if (m_import.stopped()) return m_import.cancelled();
            if (trim(line).empty()) continue;
            const auto row = row_of(line);
            if (!row || row->frame < m_first)
                return m_import.malformed("Line {} of {} is not \"frame id class height width rle\"", number,
                                          file.filename().string());
            const auto counts = masks::counts_of_coco_string(row->rle);
            const std::int64_t pixels = std::int64_t{row->width_px} * row->height_px;
            if (!counts || !counts_fill(*counts, pixels))
                return m_import.malformed("Line {} of {} has an RLE that does not fill the picture", number,
                                          file.filename().string());
            if (row->id == k_ignored || row->class_number == k_ignored_class) {
                m_import.count("Regions to be ignored were skipped");
                continue;
            }
            auto mask = mask_from_counts(*counts, row->width_px, row->height_px);
            if (!mask) {
                m_import.count("Masks too large for the mask of one object were skipped");
                continue;
            }
            if (mask->width == 0) continue;
            if (!asset)
                asset = medium_of_sequence(m_import, file.stem().string(), row->width_px, row->height_px);
            put(*asset, row->frame - m_first, row->id, row->class_number, std::move(*mask));
        }
        if (in.bad()) return base::fail(ErrorKind::io, "The file cannot be read: {}", file.string());
        return end_film();
    }

    base::Result<void> read_pictures(const fs::path& folder) {
        std::map<std::int64_t, fs::path> frames;
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(folder, error))
            if (entry.path().extension() == ".png")
                if (const auto frame = parse_int(entry.path().stem().string()); frame && *frame >= m_first)
                    frames.emplace(*frame, entry.path());
        std::optional<labels::AssetId> asset;
        m_tracks.clear();
        for (const auto& [frame, png] : frames) {
            if (m_import.stopped()) return m_import.cancelled();
            auto picture = read_object_png(png);
            if (!picture)
                return base::fail(picture.error().kind, "{} {}", picture.error().message,
                                  m_import.file().string());
            if (!asset)
                asset = medium_of_sequence(m_import, folder.filename().string(), picture->width_px,
                                           picture->height_px);
            for (auto& [value, mask] : picture->objects()) {
                if (value == k_ignored)
                    m_import.count("Regions to be ignored were skipped");
                else
                    put(*asset, frame - m_first, value, value / 1000, std::move(mask));
            }
        }
        return end_film();
    }

private:
    void put(labels::AssetId asset, std::int64_t frame, std::int64_t id, std::int64_t class_number,
             labels::MaskRuns mask) {
        auto track = m_tracks.find({id, class_number});
        if (track == m_tracks.end()) {
            const auto name = m_names.find(class_number);
            const auto class_id = m_import.class_of(
                name != m_names.end() ? name->second : fmt::format("class {}", class_number));
            if (!class_id) return;
            labels::TrackInfo info;
            info.asset = asset;
            info.class_id = *class_id;
            info.shape = labels::ShapeKind::mask;
            info.source = labels::Source::import;
            const bool on_film = m_import.state().find(asset)->kind == labels::MediaKind::video;
            info.extent = on_film ? labels::Extent::track : labels::Extent::picture;
            m_import.put_track(info);
            track = m_tracks.emplace(std::pair(id, class_number), std::move(info)).first;
        }
        if (m_import.state().find(track->second.id)->keyframe_at(frame) != nullptr) {
            m_import.count("Of several rows of one object on one frame the first was taken");
            return;
        }
        labels::Keyframe keyframe;
        keyframe.frame = frame;
        keyframe.geometry = std::move(mask);
        keyframe.interpolate = false;
        keyframe.source = labels::Source::import;
        m_import.put_keyframe(track->second, std::move(keyframe));
    }

    // Every frame that an object is on has a row.
    base::Result<void> end_film() {
        for (const auto& [id, info] : m_tracks) m_import.close_gaps(info);
        return {};
    }

    Importer& m_import;
    const fs::path m_root;
    const std::int64_t m_first;
    std::map<std::int64_t, std::string> m_names;
    std::map<std::pair<std::int64_t, std::int64_t>, labels::TrackInfo> m_tracks;  // of the film being read
};

base::Result<Report> read(const fs::path& file, ReadContext& context) {
    Importer import(context, "mots", file);
    const auto chosen = ChosenOptions::of(mots_driver, context.options);
    if (!chosen) return std::unexpected(chosen.error());
    std::error_code error;
    if (!fs::exists(file, error)) return import.malformed("There is nothing here");
    if (!fs::is_directory(file, error)) {
        if (fs::file_size(file, error) == 0) return import.malformed("The file is empty");
        const fs::path folder = file.parent_path();
        const fs::path root = folder.filename() == k_texts ? folder.parent_path() : folder;
        if (auto done = MotsReader(import, root, chosen->whole("first")).read_text(file); !done)
            return std::unexpected(done.error());
        return import.finish();
    }
    std::vector<fs::path> films;
    const bool texts = fs::is_directory(file / k_texts, error);
    for (const auto& entry : fs::directory_iterator(file / (texts ? k_texts : k_pictures), error))
        if (texts ? entry.path().extension() == ".txt" : entry.is_directory(error))
            films.push_back(entry.path());
    std::ranges::sort(films);
    if (films.empty())
        return import.malformed("There are no texts in instances_txt and no folders in instances");
    if (context.asset && films.size() > 1)
        return base::fail(ErrorKind::refused,
                          "The folder holds {} films; choose the text of one, or no medium: {}", films.size(),
                          file.string());
    MotsReader reader(import, file, chosen->whole("first"));
    for (const fs::path& each : films)
        if (auto done = texts ? reader.read_text(each) : reader.read_pictures(each); !done)
            return std::unexpected(done.error());
    return import.finish();
}

class MotsWriter {
public:
    MotsWriter(const labels::State& state, const fs::path& out, const WriteContext& context,
               const ChosenOptions& chosen, Report& report)
        : m_state{state},
          m_out{out},
          m_context{context},
          m_first{chosen.whole("first")},
          m_texts{chosen.text("files") != "png"},
          m_pictures{chosen.text("files") != "txt"},
          m_report{report} {
        std::int64_t number = 1;
        for (const labels::LabelClass& each : state.ontology.classes) {
            if (number == k_ignored_class) ++number;
            m_class_number.emplace(each.id, number++);
        }
    }

    base::Result<void> write(const std::vector<const labels::Asset*>& assets) {
        const std::vector<std::string> stems = unique_stems(assets);
        for (std::size_t i = 0; i < assets.size(); ++i)
            if (auto done = write_film(*assets[i], stems[i]); !done) return done;
        std::string classes;
        for (const labels::LabelClass& each : m_state.ontology.classes) {
            std::string name = each.name;
            std::ranges::replace(name, '\n', ' ');
            classes += name + "\n";
        }
        return put_file(m_out / "labels.txt", classes, m_report);
    }

private:
    // The values of frames are places in a list of tracks; ids follow from it.
    struct Object {
        std::int64_t id = 0, class_number = 0;
    };

    base::Result<void> write_film(const labels::Asset& asset, const std::string& stem) {
        std::vector<Object> objects(1);
        std::unordered_map<labels::TrackId, std::uint16_t> place_of;
        std::map<std::int64_t, std::int64_t> count_of_class;
        for (const labels::TrackId id : m_state.tracks_of(asset.id)) {
            const labels::Track& track = *m_state.find(id);
            const auto number = m_class_number.find(track.info.class_id);
            if (number == m_class_number.end() || track.info.shape == labels::ShapeKind::polyline ||
                track.info.shape == labels::ShapeKind::points)
                continue;
            const std::int64_t of_class = count_of_class[number->second]++;
            const std::int64_t object_id = number->second * 1000 + of_class;
            if (of_class > 999 || object_id > 65535 || objects.size() > 65535)
                return base::fail(
                    ErrorKind::refused,
                    "MOTS numbers up to 1000 objects of a class and 64 classes, and \"{}\" has more; export "
                    "fewer classes, or as coco: {}",
                    asset.name, m_out.string());
            place_of.emplace(id, static_cast<std::uint16_t>(objects.size()));
            objects.push_back({object_id, number->second});
        }
        const fs::path path = m_out / k_texts / (stem + ".txt");
        std::optional<base::AtomicFile> text;
        if (m_texts) {
            if (auto made = make_parent(path); !made) return made;
            auto file = base::AtomicFile::create(path);
            if (!file) return std::unexpected(file.error());
            text.emplace(std::move(*file));
        }
        const auto number_of = [&](const labels::Track& track) {
            const auto it = place_of.find(track.info.id);
            return it == place_of.end() ? std::uint16_t{0} : it->second;
        };
        auto swept = sweep_objects(m_state, asset, m_context, number_of, m_report, [&](const FrameVisit& at) {
            if (text)
                for (const auto& [place, mask] : at.objects.objects())
                    text->write(fmt::format("{} {} {} {} {} {}\n", at.frame + m_first, objects[place].id,
                                            objects[place].class_number, at.objects.height_px,
                                            at.objects.width_px,
                                            masks::coco_string(counts_from_mask(mask, at.objects.width_px,
                                                                                at.objects.height_px))));
            return m_pictures ? write_picture(asset, stem, at, objects) : base::Result<void>{};
        });
        if (!swept || !text) return swept;
        if (auto done = text->commit(); !done) return done;
        m_report.files.push_back(path);
        return {};
    }

    base::Result<void> write_picture(const labels::Asset& asset, const std::string& stem,
                                     const FrameVisit& at, const std::vector<Object>& objects) {
        ObjectFrame ids = at.objects;
        for (std::uint16_t& each : ids.samples) each = static_cast<std::uint16_t>(objects[each].id);
        const auto png = grey16_png(ids);
        if (!png) return std::unexpected(png.error());
        const std::string name = fmt::format("{:06}.png", at.frame + m_first);
        if (auto done = put_file(m_out / k_pictures / stem / name, *png, m_report); !done) return done;
        if (m_context.pictures == Pictures::none || !m_context.write_picture) return {};
        const fs::path picture = m_out / "images" / stem / name;
        if (auto made = make_parent(picture); !made) return made;
        m_report.files.push_back(picture);
        return m_context.write_picture(asset.id, at.frame, picture);
    }

    const labels::State& m_state;
    const fs::path m_out;
    const WriteContext& m_context;
    const std::int64_t m_first;
    const bool m_texts, m_pictures;
    Report& m_report;
    std::unordered_map<labels::ClassId, std::int64_t> m_class_number;
};

base::Result<Report> write(const labels::State& state, const fs::path& out, const WriteContext& context) {
    const auto chosen = ChosenOptions::of(mots_driver, context.options);
    if (!chosen) return std::unexpected(chosen.error());
    const auto assets = assets_to_write(state, context);
    if (!assets) return std::unexpected(assets.error());
    const Survey all = survey(state, context.assets);
    if (auto any = need_objects(state, context, all, out); !any) return std::unexpected(any.error());
    Report report = report_of(all, *assets);
    if (auto done = MotsWriter(state, out, context, *chosen, report).write(*assets); !done)
        return std::unexpected(done.error());
    warn_of_common_losses(report, all);
    warn_if(report, all.polylines + all.points, all,
            "Polylines and points were not written: they have no inside");
    warn_if(report, all.boxes + all.ellipses + all.polygons, all,
            "Boxes, ellipses and polygons were written as masks");
    warn_if(report, all.attributes, all, "Attributes were not written");
    if (auto done = write_manifest(out, "mots", state, context, report); !done)
        return std::unexpected(done.error());
    return report;
}

}  // namespace

const FormatDriver mots_driver = {
    .id = "mots",
    .title = "MOTS (KITTI and MOTSChallenge)",
    .extensions = k_extensions,
    .carries =
        "Masks of objects on every frame of films, and as masks boxes, ellipses and polygons, with their "
        "class: rows of "
        "RLE, PNGs of 16 bits, labels.txt with the names of the classes.",
    .loses =
        "Pixels of an object under another, which frames are keyframes, attributes, names, occlusion, "
        "confidence, "
        "mask layers; polylines and points are not written.",
    .probe = probe,
    .read = read,
    .write = write,
    .of_masks = true,
    .a_folder = true,
    .options = k_options,
};

}  // namespace formats
