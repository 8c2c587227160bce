// One row after another, never the whole file. Rows of one id and class make a track: each row a keyframe, a
// missing frame an outside keyframe. Rows of id -1 or 0 (detections) stand alone.

#include <algorithm>
#include <cctype>
#include <cmath>
#include <fstream>
#include <unordered_map>

#include "base/file.h"
#include "formats/importer.h"
#include "formats/mot.h"
#include "formats/text.h"

namespace formats {

namespace {

constexpr std::size_t k_max_line = 64u << 10;

// The class list of the MOT16 paper (arXiv 1603.00831), for ground truth that comes without labels.txt.
constexpr std::string_view k_challenge_classes[] = {
    "pedestrian", "person on vehicle",      "car",           "bicycle",
    "motorbike",  "non motorized vehicle",  "static person", "distractor",
    "occluder",   "occluder on the ground", "occluder full", "reflection"};

struct Sequence {
    std::filesystem::path rows, folder;  // gt.txt or det.txt; where seqinfo.ini and img1 are
};

struct MotRow {
    std::int64_t frame = 0, id = -1, class_number = -1;
    double x = 0, y = 0, w = 0, h = 0, confidence = 1, visibility = 1;
};

Sequence sequence_of_file(const std::filesystem::path& file) {
    const std::filesystem::path parent = file.parent_path();
    const bool in_place = parent.filename() == "gt" || parent.filename() == "det";
    return {file, in_place ? parent.parent_path() : parent};
}

std::optional<Sequence> sequence_of_folder(const std::filesystem::path& folder) {
    std::error_code error;
    for (const auto& rows : {folder / "gt" / "gt.txt", folder / "det" / "det.txt", folder / "gt.txt"})
        if (std::filesystem::exists(rows, error)) return Sequence{rows, folder};
    return std::nullopt;
}

std::vector<Sequence> sequences_at(const std::filesystem::path& path) {
    std::error_code error;
    if (path.filename() == "seqinfo.ini") {
        const auto one = sequence_of_folder(path.parent_path());
        return one ? std::vector{*one} : std::vector<Sequence>{};
    }
    if (!std::filesystem::is_directory(path, error)) return {sequence_of_file(path)};
    if (const auto one = sequence_of_folder(path)) return {*one};
    std::vector<Sequence> all;
    for (const auto& entry : std::filesystem::directory_iterator(path, error))
        if (entry.is_directory(error))
            if (const auto one = sequence_of_folder(entry.path())) all.push_back(*one);
    std::sort(all.begin(), all.end(),
              [](const Sequence& a, const Sequence& b) { return a.folder < b.folder; });
    return all;
}

// Null: a column is missing or not what it should be.
std::optional<MotRow> parse_row(std::string_view line) {
    std::array<double, 10> columns{};
    std::size_t count = 0;
    for (bool more = true; more; ++count) {
        const auto comma = line.find(',');
        const std::string_view cell = trim(line.substr(0, comma));
        more = comma != std::string_view::npos;
        if (!more && cell.empty() && count >= 7) break;  // a comma at the end
        const auto value = parse_double(cell);
        if (count == columns.size() || !value) return std::nullopt;
        columns[count] = *value;
        if (more) line.remove_prefix(comma + 1);
    }
    if (count < 7 || count == 8) return std::nullopt;
    if (columns[0] != std::floor(columns[0]) || columns[1] != std::floor(columns[1])) return std::nullopt;
    MotRow row{static_cast<std::int64_t>(columns[0]), static_cast<std::int64_t>(columns[1])};
    row.x = columns[2];
    row.y = columns[3];
    row.w = columns[4];
    row.h = columns[5];
    row.confidence = columns[6];
    if (count < 9) return row;
    // Ten columns may be the 3D form, where these are world coordinates and not a class.
    if (columns[7] == std::floor(columns[7])) row.class_number = static_cast<std::int64_t>(columns[7]);
    row.visibility = columns[8];
    return row;
}

using Settings = std::unordered_map<std::string, std::string>;

Settings read_seqinfo(const std::filesystem::path& file) {
    Settings settings;
    const base::Result<std::string> text = base::read_file(file, 1u << 20);
    if (!text) return settings;
    std::string_view rest = *text;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        const auto equals = line.find('=');
        if (equals == std::string_view::npos) continue;
        std::string key(trim(line.substr(0, equals)));
        std::transform(key.begin(), key.end(), key.begin(), [](unsigned char c) { return std::tolower(c); });
        settings[key] = trim(line.substr(equals + 1));
    }
    return settings;
}

class SequenceReader {
public:
    SequenceReader(Importer& import, Sequence sequence) : m_import{import}, m_sequence{std::move(sequence)} {}

    base::Result<void> read() {
        if (auto ok = read_labels(); !ok) return ok;
        find_asset();
        if (auto ok = read_rows(); !ok) return ok;
        for (const auto& [key, info] : m_tracks) m_import.close_gaps(info);
        return {};
    }

private:
    using TrackKey = std::pair<std::int64_t, std::int64_t>;  // id, class number

    std::unexpected<base::Error> malformed(std::string_view what) const {
        return base::fail(base::ErrorKind::malformed, "{}; check the file or export it again: {}", what,
                          m_sequence.rows.string());
    }

    base::Result<void> read_labels() {
        const std::filesystem::path file = m_sequence.rows.parent_path() / "labels.txt";
        std::error_code error;
        if (!std::filesystem::exists(file, error)) return {};
        const base::Result<std::string> text = base::read_file(file, 16u << 20);
        if (!text) return std::unexpected(text.error());
        std::string_view rest = *text;
        while (!rest.empty()) {
            const std::string_view line = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(std::min(line.size() + 1, rest.size()));
            m_names.push_back(valid_utf8(trim(line)));
        }
        while (!m_names.empty() && m_names.back().empty()) m_names.pop_back();
        m_has_names = true;
        if (m_import.classes().may_add())
            for (const std::string& name : m_names)
                if (!name.empty()) (void)m_import.class_of(name);
        return {};
    }

    void find_asset() {
        if (m_import.context().asset) {
            m_asset = *m_import.context().asset;
            return;
        }
        Settings settings = read_seqinfo(m_sequence.folder / "seqinfo.ini");
        const auto whole = [&](const char* key, std::int64_t max) {
            const auto value = parse_int(settings[key]);
            return value && *value > 0 && *value <= max ? *value : 0;
        };
        AssetGuess guess;
        guess.name = settings["name"];
        // A folder named "gt" says nothing; the one above it does.
        if (guess.name.empty())
            guess.name = std::filesystem::absolute(m_sequence.folder).lexically_normal().filename().string();
        if (guess.name.empty()) guess.name = m_sequence.rows.stem().string();
        guess.width_px = static_cast<int>(whole("imwidth", 1 << 30));
        guess.height_px = static_cast<int>(whole("imheight", 1 << 30));
        guess.frame_count = whole("seqlength", k_max_frame);
        m_asset = m_import.find_or_make_asset(guess);
    }

    base::Result<void> read_rows() {
        std::error_code error;
        std::ifstream in(m_sequence.rows, std::ios::binary);
        if (std::filesystem::is_directory(m_sequence.rows, error) || !in)
            return base::fail(base::ErrorKind::missing, "The file is not here or cannot be opened: {}",
                              m_sequence.rows.string());
        std::string buffer(k_max_line, '\0');
        std::int64_t number = 0;
        // Not the free getline: a file without line ends would be read whole.
        while (in.getline(buffer.data(), static_cast<std::streamsize>(buffer.size())) || in.gcount() > 0) {
            ++number;
            const bool too_long = in.fail();
            // What was read, less the line end.
            const auto length = static_cast<std::size_t>(in.gcount()) - (in.eof() || too_long ? 0 : 1);
            const std::string_view line(buffer.data(), length);
            if (number % 1024 == 0 && m_import.stopped()) return m_import.cancelled();
            if (too_long) return malformed(fmt::format("Line {} is not a row of MOT", number));
            if (trim(line).empty()) continue;
            const std::optional<MotRow> row = parse_row(line);
            if (!row)
                return malformed(
                    fmt::format("Line {} is not 7, 9 or 10 numbers separated by commas", number));
            if (auto ok = take(*row, number); !ok) return ok;
        }
        // A sequence without labels has an empty gt.txt; a lone empty file is a mistake.
        if (number == 0 && m_import.file() == m_sequence.rows) return malformed("The file is empty");
        return {};
    }

    base::Result<void> take(const MotRow& row, std::int64_t line) {
        if (row.confidence == 0)
            return m_import.count("Rows marked as not active (column 7 is 0) were skipped"),
                   base::Result<void>{};
        if (row.frame < 1)
            return malformed(fmt::format("Line {} has frame {}, and MOT counts from 1", line, row.frame));
        if (row.w < 0 || row.h < 0)
            return malformed(fmt::format("Line {} has a negative width or height", line));
        const auto name = class_name(row.class_number);
        if (!name)
            return malformed(
                fmt::format("Line {} has class {}, and labels.txt has {} names (MOT counts from 1)", line,
                            row.class_number, m_names.size()));
        labels::Keyframe keyframe;
        keyframe.frame = row.frame - 1;
        keyframe.geometry = labels::Box{row.x, row.y, row.x + row.w, row.y + row.h, 0};
        if (!is_sound(keyframe.geometry, labels::ShapeKind::box))
            return malformed(fmt::format("Line {} has coordinates out of bounds", line));
        keyframe.occluded = row.visibility >= 0 && row.visibility < 0.5;
        keyframe.source = labels::Source::import;
        keyframe.confidence = static_cast<float>(std::clamp(row.confidence, 0.0, 1.0));
        if (row.confidence < 0 || row.confidence > 1)
            m_import.count("Confidences outside 0…1 were set to the nearest of these");
        if (const auto class_id = m_import.class_of(*name)) put(row, *class_id, keyframe);
        return {};
    }

    // Null: labels.txt is there and has no such line.
    std::optional<std::string> class_name(std::int64_t number) const {
        if (number < 1) return number == -1 ? std::optional<std::string>("object") : std::nullopt;
        const auto index = static_cast<std::size_t>(number - 1);
        if (m_has_names)
            return index < m_names.size() && !m_names[index].empty() ? std::optional(m_names[index])
                                                                     : std::nullopt;
        if (index < std::size(k_challenge_classes)) return std::string(k_challenge_classes[index]);
        return fmt::format("class {}", number);
    }

    labels::TrackInfo new_info(labels::ClassId class_id, labels::Extent extent) const {
        labels::TrackInfo info;
        info.asset = m_asset;
        info.class_id = class_id;
        info.extent = extent;
        info.source = labels::Source::import;
        return info;
    }

    void put(const MotRow& row, labels::ClassId class_id, const labels::Keyframe& keyframe) {
        if (row.id < 1) {
            labels::TrackInfo alone = new_info(class_id, labels::Extent::picture);
            m_import.put_track(alone);
            m_import.put_keyframe(alone, keyframe);
            return;
        }
        const auto [it, is_new] = m_tracks.try_emplace(TrackKey{row.id, row.class_number});
        if (is_new) {
            it->second = new_info(class_id, labels::Extent::track);
            m_import.put_track(it->second);
        } else if (m_import.state().find(it->second.id)->keyframe_at(keyframe.frame) != nullptr) {
            m_import.count("Of several rows of one id on one frame, the last was taken");
        }
        m_import.put_keyframe(it->second, keyframe);
    }

    Importer& m_import;
    const Sequence m_sequence;
    std::vector<std::string> m_names;
    bool m_has_names = false;
    labels::AssetId m_asset;
    std::map<TrackKey, labels::TrackInfo> m_tracks;
};

}  // namespace

base::Result<Report> read_mot(const std::filesystem::path& file, ReadContext& context) {
    std::error_code error;
    if (!std::filesystem::exists(file, error))
        return base::fail(base::ErrorKind::missing, "There is nothing here; check the name: {}",
                          file.string());
    const std::vector<Sequence> sequences = sequences_at(file);
    if (sequences.empty())
        return base::fail(base::ErrorKind::missing, "No gt/gt.txt or det/det.txt is in this folder: {}",
                          file.string());
    if (sequences.size() > 1 && context.asset)
        return base::fail(base::ErrorKind::refused,
                          "There are {} sequences here; import them one by one onto their media: {}",
                          sequences.size(), file.string());
    Importer import(context, "mot", file);
    for (const Sequence& sequence : sequences)
        if (auto ok = SequenceReader(import, sequence).read(); !ok) return std::unexpected(ok.error());
    return import.finish();
}

}  // namespace formats
