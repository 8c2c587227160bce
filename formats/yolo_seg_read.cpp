#include <algorithm>
#include <map>

#include "base/file.h"
#include "formats/gdal_dataset.h"
#include "formats/importer.h"
#include "formats/text.h"
#include "formats/yolo_seg.h"
#include "geo/gdal.h"

namespace formats {

namespace {

namespace fs = std::filesystem;
using base::ErrorKind;

constexpr std::uint64_t k_most_bytes = 256u << 20;
constexpr std::string_view k_pictures[] = {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp"};

std::string unquoted(std::string_view text) {
    text = trim(text);
    if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front()) {
        const char quote = text.front();
        std::string made;
        text = text.substr(1, text.size() - 2);
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (quote == '"' && text[i] == '\\' && i + 1 < text.size()) ++i;
            made += text[i];
        }
        return valid_utf8(made);
    }
    return valid_utf8(text);
}

// "names:" as a list in brackets, of dashes, or of numbers; the subset of YAML that such files use.
std::map<std::int64_t, std::string> names_of(std::string_view yaml) {
    std::map<std::int64_t, std::string> names;
    bool inside = false;
    while (!yaml.empty()) {
        const auto end = std::min(yaml.find('\n'), yaml.size());
        const std::string_view line = yaml.substr(0, end);
        yaml.remove_prefix(std::min(end + 1, yaml.size()));
        std::string_view rest = trim(line);
        if (rest.empty() || rest.starts_with('#')) continue;
        if (rest.starts_with("names:") && line.front() == 'n') {
            inside = true;
            rest = trim(rest.substr(6));
            if (rest.empty()) continue;
            inside = false;
            if (!rest.starts_with('[') || !rest.ends_with(']')) return {};
            rest = rest.substr(1, rest.size() - 2);
            while (!trim(rest).empty()) {
                const auto comma = std::min(rest.find(','), rest.size());
                names.emplace(std::ssize(names), unquoted(rest.substr(0, comma)));
                rest.remove_prefix(std::min(comma + 1, rest.size()));
            }
            continue;
        }
        if (!inside) continue;
        if (rest.starts_with("- ")) {
            names.emplace(std::ssize(names), unquoted(rest.substr(2)));
        } else if (const auto colon = rest.find(':');
                   line.front() == ' ' && colon != std::string_view::npos) {
            const auto number = parse_int(rest.substr(0, colon));
            if (!number || *number < 0) return {};
            names.emplace(*number, unquoted(rest.substr(colon + 1)));
        } else {
            inside = false;
        }
    }
    return names;
}

class YoloReader {
public:
    YoloReader(Importer& import, fs::path yaml) : m_import{import}, m_yaml{std::move(yaml)} {}

    base::Result<void> read() {
        const auto text = base::read_file(m_yaml, k_most_bytes);
        if (!text) return std::unexpected(text.error());
        m_names = names_of(*text);
        if (m_names.empty()) return m_import.malformed("There is no list of \"names\"");
        if (m_import.classes().may_add())
            for (const auto& [number, name] : m_names) (void)m_import.class_of(name);
        const std::vector<fs::path> files = label_files();
        if (files.empty())
            return m_import.malformed("There is no folder \"labels\" with texts beside data.yaml");
        for (std::size_t i = 0; i < files.size(); ++i) {
            if (m_import.stopped()) return m_import.cancelled();
            if (m_import.context().progress)
                m_import.context().progress(static_cast<double>(i) / static_cast<double>(files.size()));
            if (auto done = read_labels(files[i]); !done) return done;
        }
        return {};
    }

private:
    struct Picture {
        labels::AssetId asset;
        std::int64_t frame = 0;
        int width_px = 0, height_px = 0;
    };

    std::vector<fs::path> label_files() const {
        std::vector<fs::path> files;
        std::error_code error;
        for (auto it = fs::recursive_directory_iterator(
                 m_yaml.parent_path().empty() ? "." : m_yaml.parent_path(), error);
             !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
            if (it.depth() > 6) it.disable_recursion_pending();
            const fs::path& path = it->path();
            const fs::path relative = path.lexically_relative(m_yaml.parent_path());
            if (path.extension() == ".txt" &&
                std::ranges::find(relative, fs::path("labels")) != relative.end())
                files.push_back(path);
        }
        std::ranges::sort(files);
        return files;
    }

    template <class... Args>
    std::unexpected<base::Error> refused(const fs::path& file, fmt::format_string<Args...> format,
                                         Args&&... args) const {
        return base::fail(ErrorKind::refused, "{}: {} of {}",
                          fmt::format(format, std::forward<Args>(args)...),
                          file.lexically_relative(m_yaml.parent_path()).string(), m_import.file().string());
    }

    // images/ in the place of labels/, with whatever extension.
    static fs::path picture_beside(const fs::path& labels) {
        fs::path folder = labels.parent_path(), tail;
        while (!folder.empty() && folder.filename() != "labels") {
            tail = folder.filename() / tail;
            folder = folder.parent_path();
        }
        std::error_code error;
        for (const std::string_view extension : k_pictures) {
            const fs::path file =
                folder.parent_path() / "images" / tail / (labels.stem().string() + std::string(extension));
            if (fs::is_regular_file(file, error)) return file;
        }
        return {};
    }

    base::Result<Picture> picture_of(const fs::path& file) {
        const std::string stem = file.stem().string();
        if (const auto known = known_picture(stem)) return *known;
        const fs::path beside = picture_beside(file);
        if (beside.empty())
            return refused(
                file,
                "The picture of these labels is neither in the project nor in \"images\", and corners are "
                "parts of its size; add it first");
        const geo::GdalMessages messages;
        const Dataset open = open_raster(beside, {"PNG", "JPEG", "GTiff", "BMP", "WEBP"});
        if (!open) return refused(file, "The picture beside cannot be read ({})", messages.reason());
        Picture picture{{}, 0, open->GetRasterXSize(), open->GetRasterYSize()};
        picture.asset = m_import.find_or_make_asset({beside.filename().string(), labels::MediaKind::image,
                                                     picture.width_px, picture.height_px, 1, beside});
        return picture;
    }

    // By the name of a medium, with or without its extension, and of a film the frame after it.
    std::optional<Picture> known_picture(const std::string& stem) {
        std::string name = stem;
        std::int64_t frame = 0;
        bool of_film = false;
        if (const auto at = stem.rfind("_frame_"); at != std::string::npos)
            if (const auto number = parse_int(std::string_view(stem).substr(at + 7));
                number && *number >= 0) {
                name = stem.substr(0, at);
                frame = *number;
                of_film = true;
            }
        if (const auto& chosen = m_import.context().asset) {
            const labels::Asset* asset = m_import.state().find(*chosen);
            const bool film = asset != nullptr && asset->kind == labels::MediaKind::video;
            if (asset != nullptr && film == of_film && asset->width_px > 0 && asset->height_px > 0)
                return Picture{asset->id, frame, asset->width_px, asset->height_px};
        }
        std::optional<Picture> found;
        for (const labels::Asset& each : m_import.state().assets) {
            const bool film = each.kind == labels::MediaKind::video;
            const std::string& wanted = film ? name : stem;
            const std::string called = file_name_of(each.name);
            if ((film && !of_film) || each.width_px <= 0 || each.height_px <= 0) continue;
            if (called != wanted && fs::path(called).stem() != wanted) continue;
            if (found) return std::nullopt;  // two media of the name
            found = Picture{each.id, film ? frame : 0, each.width_px, each.height_px};
        }
        return found;
    }

    base::Result<void> read_labels(const fs::path& file) {
        const auto picture = picture_of(file);
        if (!picture) return std::unexpected(picture.error());
        const auto text = base::read_file(file, k_most_bytes);
        if (!text) return std::unexpected(text.error());
        std::string_view rest = *text;
        for (std::int64_t line = 1; !rest.empty(); ++line) {
            const auto end = std::min(rest.find('\n'), rest.size());
            if (!read_row(trim(rest.substr(0, end)), *picture))
                return base::fail(ErrorKind::malformed,
                                  "Line {} of {} is not a class and corners in parts of the picture: {}",
                                  line, file.lexically_relative(m_yaml.parent_path()).string(),
                                  m_import.file().string());
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
        return {};
    }

    bool read_row(std::string_view row, const Picture& picture) {
        if (row.empty()) return true;
        std::vector<double> numbers;
        while (!row.empty()) {
            const auto end = std::min(row.find_first_of(" \t"), row.size());
            const auto number = parse_double(row.substr(0, end));
            if (!number) return false;
            numbers.push_back(*number);
            row = trim(row.substr(end));
        }
        const bool is_box = numbers.size() == 5;
        if (numbers.size() < 5 || numbers.size() % 2 == 0 || numbers[0] < 0 ||
            numbers[0] != std::floor(numbers[0]))
            return false;
        for (std::size_t i = 1; i < numbers.size(); ++i)
            if (std::abs(numbers[i]) > 10) return false;
        const auto name = m_names.find(static_cast<std::int64_t>(numbers[0]));
        if (name == m_names.end()) return false;
        const auto class_id = m_import.class_of(name->second);
        if (!class_id) return true;  // noted
        const double width = picture.width_px, height = picture.height_px;
        labels::TrackInfo info;
        info.asset = picture.asset;
        info.class_id = *class_id;
        info.source = labels::Source::import;
        info.extent = labels::Extent::picture;
        labels::Keyframe keyframe;
        keyframe.frame = picture.frame;
        keyframe.source = labels::Source::import;
        if (is_box) {
            const double x = numbers[1] * width, y = numbers[2] * height, w = numbers[3] * width,
                         h = numbers[4] * height;
            keyframe.geometry = labels::Box{x - w / 2, y - h / 2, x + w / 2, y + h / 2};
        } else {
            labels::Path path;
            for (std::size_t i = 1; i + 1 < numbers.size(); i += 2)
                path.points.push_back({numbers[i] * width, numbers[i + 1] * height});
            info.shape = labels::ShapeKind::polygon;
            keyframe.geometry = std::move(path);
        }
        m_import.put_track(info);
        m_import.put_keyframe(info, std::move(keyframe));
        return true;
    }

    Importer& m_import;
    const fs::path m_yaml;
    std::map<std::int64_t, std::string> m_names;
};

}  // namespace

base::Result<Report> read_yolo_seg(const fs::path& file, ReadContext& context) {
    Importer import(context, "yolo-seg", file);
    std::error_code error;
    if (auto done = YoloReader(import, fs::is_directory(file, error) ? file / "data.yaml" : file).read();
        !done)
        return std::unexpected(done.error());
    return import.finish();
}

}  // namespace formats
