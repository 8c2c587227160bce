#include "fuzz_entry.h"

#include <fstream>
#include <sstream>

#include <unistd.h>

#include "formats/format.h"
#include "geo/placement.h"
#include "labels/json.h"
#include "labels/project_file.h"
#include "must.h"

namespace fuzz {

namespace {

struct Scratch {
    std::filesystem::path path;
    Scratch() {
        std::error_code error;
        const std::filesystem::path memory = "/dev/shm";
        const auto base =
            std::filesystem::exists(memory, error) ? memory : std::filesystem::temp_directory_path();
        path = base / ("limn-fuzz-" + std::to_string(::getpid()));
        std::filesystem::create_directories(path, error);
    }
    ~Scratch() {
        std::error_code error;
        std::filesystem::remove_all(path, error);
    }
};

std::filesystem::path put(const std::string& name, std::span<const std::byte> bytes) {
    const std::filesystem::path file = scratch() / name;
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return file;
}

std::string_view text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

struct Start {
    formats::UnknownClasses unknown = formats::UnknownClasses::refuse;
    bool with_video = false;
    bool with_raster = false;  // that lies somewhere on the ground
};

labels::Asset raster() {
    static const std::string crs = geo::crs_from_text("EPSG:32633").value_or("");
    labels::Asset asset;
    asset.id = labels::AssetId::make();
    asset.name = "scene.tif";
    asset.kind = labels::MediaKind::raster;
    asset.width_px = 1000;
    asset.height_px = 800;
    asset.frame_count = 1;
    asset.georeference = {.crs = crs, .geotransform = {{500000, 0.5, 0, 5200000, 0, -0.5}}};
    return asset;
}

labels::State start_state(const Start& start) {
    labels::Document document;
    if (!start.with_video && !start.with_raster) return document.state();
    labels::Transaction transaction(document, "start");
    if (start.with_raster) transaction.put_asset(raster());
    if (!start.with_video) {
        transaction.commit();
        return document.state();
    }
    labels::Ontology ontology;
    ontology.classes.push_back(labels::make_class(ontology, "car"));
    transaction.put_ontology(ontology);
    labels::Asset asset;
    asset.id = labels::AssetId::make();
    asset.name = "clip.mp4";
    asset.frame_count = 50;
    transaction.put_asset(asset);
    transaction.commit();
    return document.state();
}

base::Result<formats::Report> import(const formats::FormatDriver& driver, const std::filesystem::path& file,
                                     labels::Document& document, const Start& start) {
    labels::Transaction transaction(document, "import");
    formats::ReadContext context{transaction, document, {}, start.unknown, {}, {}, {}};
    if (start.with_video && !start.with_raster) context.asset = document.state().assets.front().id;
    context.pts_of_frame = [](labels::AssetId, std::int64_t) { return labels::k_no_pts; };
    base::Result<formats::Report> report = driver.read(file, context);
    if (report) transaction.commit();
    return report;
}

// Frames so few that writing every one of them is quick.
bool is_small(const labels::State& state) {
    for (const labels::Asset& asset : state.assets)
        if (asset.frame_count > 1000 || asset.width_px > 5000 || asset.height_px > 5000) return false;
    for (const auto& [id, track] : state.tracks)
        if (!track->keyframes.empty() && track->keyframes.back().frame > 1000) return false;
    return !state.assets.empty() && state.tracks.size() < 200;
}

void empty_scratch() {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(scratch(), error))
        std::filesystem::remove_all(entry.path(), error);
}

void write_and_read_again(const formats::FormatDriver& driver, const labels::State& state) {
    formats::WriteContext context;
    for (const labels::Asset& asset : state.assets) context.assets.push_back(asset.id);
    if (driver.id == "cvat-video") context.assets.resize(1);  // one file a video
    const std::filesystem::path out =
        scratch() / ("out" + std::string(driver.id == "mot" ? "" : driver.extensions.front()));
    const auto written = driver.write(state, out, context);
    must(written.has_value(), written ? "" : written.error().message.c_str());
    std::error_code error;
    if (std::filesystem::exists(out, error)) {  // else it is several, by kinds of shapes
        const Start start{.with_raster = driver.in_a_crs};
        labels::Document again(start_state(start));
        const auto report = import(driver, out, again, start);
        must(report.has_value(), report ? "" : report.error().message.c_str());
    }
    empty_scratch();
}

// A shapefile is several files: their bytes one after the other, behind a line with their lengths.
std::filesystem::path put_shapefile(std::span<const std::byte> bytes) {
    const std::string_view text = text_of(bytes);
    const std::size_t line = std::min(text.find('\n'), text.size());
    std::istringstream lengths{std::string(text.substr(0, std::min<std::size_t>(line, 100)))};
    std::size_t at = std::min(line + 1, text.size());
    for (const char* name : {"in.shp", "in.shx", "in.dbf", "in.prj"}) {
        std::size_t length = text.size();
        if (!(lengths >> length)) length = text.size();
        length = std::min(length, text.size() - at);
        if (length > 0) (void)put(name, bytes.subspan(at, length));
        at += length;
    }
    return scratch() / "in.shp";
}

// A data set is a folder: what comes before the first line "---", and the labels of one picture after it.
std::filesystem::path put_yolo(std::span<const std::byte> bytes) {
    const std::string_view text = text_of(bytes);
    const std::size_t line = std::min(text.find("\n---\n"), text.size());
    const std::size_t rest = std::min(line + 5, text.size());
    std::error_code error;
    std::filesystem::create_directories(scratch() / "labels", error);
    (void)put("data.yaml", bytes.first(line));
    (void)put("labels/scene.txt", bytes.subspan(rest));
    return scratch() / "data.yaml";
}

// The first frame of a film, and after its end, where there is a '{', the list of what its objects are.
std::filesystem::path put_davis(std::span<const std::byte> bytes) {
    const std::string_view text = text_of(bytes);
    const std::size_t list = std::min(text.rfind("{\"videos"), text.size());
    std::error_code error;
    std::filesystem::create_directories(scratch() / "clip", error);
    std::filesystem::remove(scratch() / "meta.json", error);
    (void)put("clip/00000.png", bytes.first(list));
    if (list < text.size()) (void)put("meta.json", bytes.subspan(list));
    return scratch();
}

std::filesystem::path put_for(const formats::FormatDriver& driver, std::span<const std::byte> bytes) {
    if (driver.id == "shapefile") return put_shapefile(bytes);
    if (driver.id == "yolo-seg") return put_yolo(bytes);
    if (driver.id == "davis") return put_davis(bytes);
    return put("in" + std::string(driver.extensions.front()), bytes);
}

}  // namespace

const std::filesystem::path& scratch() {
    static const Scratch made;
    return made.path;
}

bool read_format(std::string_view format_id, std::span<const std::byte> bytes) {
    const formats::FormatDriver* driver = formats::find_format(format_id);
    must(driver != nullptr, "there is no such format");
    const auto file = put_for(*driver, bytes);
    (void)driver->probe(bytes, file);
    bool accepted = false;
    const bool placed = driver->in_a_crs || driver->of_masks;
    for (const Start& start :
         {Start{.with_raster = placed}, Start{formats::UnknownClasses::add, true, placed}}) {
        labels::Document document(start_state(start));
        const std::string before = labels::state_hash(document.state());
        const auto report = import(*driver, file, document, start);
        accepted |= report.has_value();
        if (!report) {
            must(labels::state_hash(document.state()) == before, "a refused import changed the labels");
            must(!report.error().message.empty(), "an error says nothing");
        } else if (!driver->of_masks && !start.with_video && is_small(document.state())) {
            write_and_read_again(*driver, document.state());
        }
    }
    if (placed) empty_scratch();
    return accepted;
}

bool read_ontology(std::span<const std::byte> bytes) {
    const auto ontology = labels::ontology_from_json(text_of(bytes));
    if (!ontology) return false;
    const auto again = labels::ontology_from_json(labels::to_json(*ontology));
    must(again.has_value(), "an ontology cannot be read again");
    must(again->classes.size() == ontology->classes.size(), "an ontology changed on the way");
    return true;
}

bool read_edit(std::span<const std::byte> bytes) {
    const auto edit = labels::edit_from_json(text_of(bytes));
    if (!edit) return false;
    const auto again = labels::edit_from_json(labels::to_json(*edit));
    must(again.has_value(), "an edit cannot be read again");
    must(*again == *edit, "an edit changed on the way");
    return true;
}

bool open_project(std::span<const std::byte> bytes) {
    const auto file = put("in.limn", bytes);
    bool accepted = false;
    {
        auto project = labels::ProjectFile::open(file, labels::Access::read_only);
        if (project) {
            (void)project->check();
            accepted = project->load().has_value();
            (void)project->log();
        }
    }
    const auto repaired = scratch() / "repaired.limn";
    std::error_code error;
    std::filesystem::remove(repaired, error);
    (void)labels::repair(file, repaired);
    empty_scratch();
    return accepted;
}

bool run(std::string_view target, std::span<const std::byte> bytes) {
    if (target == "ontology") return read_ontology(bytes);
    if (target == "edit") return read_edit(bytes);
    if (target == "project") return open_project(bytes);
    return read_format(target, bytes);
}

}  // namespace fuzz
