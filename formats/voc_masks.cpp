// Segmentation masks in the layout of PASCAL VOC (host.robots.ox.ac.uk/pascal/VOC, devkit) as CVAT writes it:
// SegmentationClass/ with the classes and SegmentationObject/ with the objects as indexed PNGs in VOC's
// colours, ImageSets/Segmentation/ with the list of pictures, labelmap.txt with names and colours. 0 is the
// background, 255
// ("void") what nobody has labelled; both are unlabelled here.

#include "base/file.h"
#include "formats/drivers.h"
#include "formats/export_plan.h"
#include "formats/mask_png.h"
#include "formats/staged_files.h"
#include "formats/text.h"
#include "geo/gdal.h"

namespace formats {

namespace {

namespace fs = std::filesystem;
using base::ErrorKind;

constexpr std::string_view k_extensions[] = {".png"};
constexpr std::string_view k_classes = "SegmentationClass", k_objects = "SegmentationObject";
constexpr std::string_view k_color_choices[] = {"voc", "classes"};
constexpr FormatOption k_options[] = {
    {"colours", "voc", "of the palette: VOC's own by number, or those of the classes", k_color_choices}};
constexpr std::string_view k_voc_names[] = {
    "background", "aeroplane", "bicycle",     "bird",  "boat",        "bottle", "bus",
    "car",        "cat",       "chair",       "cow",   "diningtable", "dog",    "horse",
    "motorbike",  "person",    "pottedplant", "sheep", "sofa",        "train",  "tvmonitor"};

Match probe(std::span<const std::byte> first_bytes, const fs::path& path) {
    std::error_code error;
    if (fs::is_directory(path, error))
        return fs::is_directory(path / k_classes, error) ? Match::certain : Match::no;
    const std::string_view text(reinterpret_cast<const char*>(first_bytes.data()), first_bytes.size());
    const std::string folder = path.parent_path().filename().string();
    return text.starts_with("\x89PNG") && (folder == k_classes || folder == k_objects) ? Match::certain
                                                                                       : Match::no;
}

class VocReader {
public:
    VocReader(Importer& import, ReadContext& context, fs::path root)
        : m_import{import}, m_context{context}, m_root{std::move(root)} {}

    base::Result<void> read(const std::vector<fs::path>& files) {
        if (const auto text = base::read_file(m_root / "labelmap.txt", 16u << 20)) {
            m_map = legend_from_labelmap(*text);
            if (!m_map)
                return m_import.malformed("labelmap.txt has a line that is not \"name:r,g,b:parts:actions\"");
        }
        for (const fs::path& each : files) {
            if (m_import.stopped()) return m_import.cancelled();
            if (auto done = read_classes(each); !done) return done;
            const fs::path objects = m_root / k_objects / each.filename();
            std::error_code error;
            if (!fs::is_regular_file(objects, error)) continue;
            if (auto done = read_objects(objects, each); !done) return done;
        }
        return {};
    }

private:
    base::Result<Dataset> open(const fs::path& png) {
        const geo::GdalMessages messages;
        Dataset dataset = open_raster(png, {"PNG"});
        if (!dataset)
            return m_import.malformed("{} is no PNG that can be read ({})", png.filename().string(),
                                      messages.reason());
        return dataset;
    }

    // Names of the palette's places by their colours, where there is a map of colours; else by number.
    Legend legend_for(GDALDataset& dataset, const fs::path& png) const {
        if (auto own = legend_beside(png)) return *own;
        const GDALColorTable* palette = dataset.GetRasterBand(1)->GetColorTable();
        if (palette == nullptr || dataset.GetRasterCount() > 1)
            return m_map.value_or(legend_of_ontology(m_import.state().ontology));
        Legend legend;
        for (int value = 1; value < std::min(palette->GetColorEntryCount(), 255); ++value) {
            const GDALColorEntry* entry = palette->GetColorEntry(value);
            const auto color = static_cast<std::uint32_t>((entry->c1 & 255) << 16 | (entry->c2 & 255) << 8 |
                                                          (entry->c3 & 255));
            LegendEntry named{static_cast<masks::Value>(value), "", "", color};
            if (m_map) {
                for (const LegendEntry& each : m_map->entries)
                    if (each.color_rgb == color && each.value != 0) named.class_name = each.class_name;
            } else if (value < std::ssize(k_voc_names) && color == voc_color(named.value)) {
                named.class_name = k_voc_names[value];
            }
            legend.entries.push_back(std::move(named));
        }
        return legend;
    }

    base::Result<ValueRaster> raster_of(GDALDataset& dataset, const Legend& legend) {
        auto raster = raster_of_png(m_import, dataset, legend);
        if (!raster) return raster;
        std::erase_if(raster->legend.entries, [](const LegendEntry& each) { return each.value == 0; });
        raster->nodata = 0;
        auto read = raster->read;
        const bool void_is_255 = raster->legend.largest() < 255;
        raster->read = [read, void_is_255](const masks::PixelRect& area, std::span<std::int32_t> into) {
            auto done = read(area, into);
            if (done && void_is_255) std::ranges::replace(into, 255, 0);
            return done;
        };
        return raster;
    }

    base::Result<void> put(const ValueRaster& raster, const fs::path& png, std::string_view name) {
        const auto asset = medium_of_mask(m_context, png);
        if (!asset) return std::unexpected(asset.error());
        return put_mask_layer(m_import, *asset, raster,
                              raster.legend.layer.empty() ? std::string(name) : raster.legend.layer);
    }

    base::Result<void> read_classes(const fs::path& png) {
        auto dataset = open(png);
        if (!dataset) return std::unexpected(dataset.error());
        auto raster = raster_of(**dataset, legend_for(**dataset, png));
        if (!raster) return std::unexpected(raster.error());
        // A list of all classes is not a list of what is in this picture.
        return put(*raster, png, k_classes);
    }

    base::Result<void> read_objects(const fs::path& png, const fs::path& classes_png) {
        auto dataset = open(png), classes = open(classes_png);
        if (!dataset) return std::unexpected(dataset.error());
        if (!classes) return std::unexpected(classes.error());
        Legend legend;
        if (auto own = legend_beside(png)) {
            legend = *own;
        } else {
            auto found = classes_of_objects(**dataset, **classes, classes_png);
            if (!found) return std::unexpected(found.error());
            legend = *found;
        }
        legend.kind = labels::MaskKind::instances;
        auto raster = raster_of(**dataset, legend);
        if (!raster) return std::unexpected(raster.error());
        raster->legend = legend;
        return put(*raster, png, k_objects);
    }

    // The class that an object's first pixel has in the other picture.
    base::Result<Legend> classes_of_objects(GDALDataset& objects, GDALDataset& classes,
                                            const fs::path& classes_png) {
        const int width = objects.GetRasterXSize(), height = objects.GetRasterYSize();
        if (width != classes.GetRasterXSize() || height != classes.GetRasterYSize())
            return m_import.malformed("The objects and the classes of {} are pictures of different sizes",
                                      classes_png.filename().string());
        if (objects.GetRasterCount() != 1)
            return m_import.malformed("The objects of {} have no palette", classes_png.filename().string());
        auto ids = raster_of(objects, {});
        auto named = raster_of(classes, legend_for(classes, classes_png));
        if (!ids) return std::unexpected(ids.error());
        if (!named) return std::unexpected(named.error());
        std::map<std::int32_t, std::int32_t> class_of;
        std::vector<std::int32_t> row(static_cast<std::size_t>(width)), class_row(row.size());
        for (int y = 0; y < height; ++y) {
            if (auto done = ids->read({0, y, width, y + 1}, row); !done) return std::unexpected(done.error());
            if (auto done = named->read({0, y, width, y + 1}, class_row); !done)
                return std::unexpected(done.error());
            for (std::size_t x = 0; x < row.size(); ++x)
                if (row[x] != 0 && class_row[x] != 0) class_of.try_emplace(row[x], class_row[x]);
        }
        Legend legend;
        for (const auto& [object, value] : class_of) {
            const LegendEntry* entry = named->legend.find(value);
            legend.entries.push_back(
                {static_cast<masks::Value>(object),
                 entry != nullptr && !entry->class_name.empty() ? entry->class_name : name_of_value(value),
                 "", entry != nullptr ? entry->color_rgb : std::nullopt});
        }
        return legend;
    }

    Importer& m_import;
    ReadContext& m_context;
    const fs::path m_root;
    std::optional<Legend> m_map;
};

base::Result<Report> read(const fs::path& file, ReadContext& context) {
    Importer import(context, "voc-masks", file);
    std::error_code error;
    std::vector<fs::path> files;
    fs::path root = file.parent_path().parent_path();
    if (!fs::is_directory(file, error)) {
        files.push_back(file);
        if (!fs::exists(file, error)) return import.malformed("There is nothing here");
    } else {
        root = file;
        for (const auto& entry : fs::directory_iterator(file / k_classes, error))
            if (entry.path().extension() == ".png") files.push_back(entry.path());
        std::ranges::sort(files);
        if (files.empty()) return import.malformed("There is no PNG in the folder {}", k_classes);
    }
    if (context.asset && files.size() > 1)
        return base::fail(ErrorKind::refused,
                          "The folder holds the masks of {} pictures; choose that of one, or no medium: {}",
                          files.size(), file.string());
    context.of_several = context.of_several || files.size() > 1;
    if (auto done = VocReader(import, context, root).read(files); !done) return std::unexpected(done.error());
    return import.finish();
}

class VocWriter {
public:
    VocWriter(const labels::State& state, const fs::path& out, const WriteContext& context, bool own_colors,
              Report& report)
        : m_state{state}, m_out{out}, m_context{context}, m_own_colors{own_colors}, m_report{report} {}

    base::Result<void> write(const std::vector<LayerToWrite>& layers) {
        if (m_state.ontology.classes.size() > 254)
            return base::fail(
                ErrorKind::refused,
                "A PNG with a palette holds 254 classes beside background and void (255), and the ontology "
                "has {}; choose geotiff: {}",
                m_state.ontology.classes.size(), m_out.string());
        std::vector<const labels::Asset*> assets;
        for (const LayerToWrite& each : layers)
            if (assets.empty() || assets.back() != each.asset) assets.push_back(each.asset);
        const std::vector<std::string> stems = unique_stems(assets);
        std::vector<Chosen> chosen;
        for (const labels::Asset* each : assets) {
            chosen.push_back(choose(*each, layers));
            if (auto fits = need_room(chosen.back().objects); !fits) return fits;
        }
        std::string list;
        for (std::size_t i = 0; i < assets.size(); ++i) {
            m_from = static_cast<double>(i) / static_cast<double>(assets.size());
            m_to = static_cast<double>(i + 1) / static_cast<double>(assets.size());
            if (auto done = write_asset(chosen[i], stems[i]); !done) return done;
            list += stems[i] + "\n";
        }
        if (auto done = put_file(m_out / "ImageSets" / "Segmentation" / "default.txt", list, m_report); !done)
            return done;
        return put_file(m_out / "labelmap.txt", labelmap_of(class_legend(true)), m_report);
    }

private:
    // Classes are numbered in the order of the ontology, whatever values a layer has.
    Legend class_legend(bool for_palette) const {
        Legend legend = legend_of_ontology(m_state.ontology);
        if (for_palette && !m_own_colors)
            for (LegendEntry& each : legend.entries) each.color_rgb = voc_color(each.value);
        return legend;
    }

    // The layers that are written of a picture.
    struct Chosen {
        const LayerToWrite *classes = nullptr, *objects = nullptr;
    };

    Chosen choose(const labels::Asset& asset, const std::vector<LayerToWrite>& layers) {
        Chosen chosen;
        for (const LayerToWrite& each : layers) {
            if (each.asset != &asset) continue;
            const LayerToWrite*& place =
                each.layer->info.kind == labels::MaskKind::classes ? chosen.classes : chosen.objects;
            if (place == nullptr)
                place = &each;
            else
                m_report.add_warning(
                    fmt::format("The layer \"{}\" of \"{}\" was not written: a picture has one mask of "
                                "classes and one of objects, and the lower layer was taken.",
                                each.layer->info.name, asset.name));
        }
        return chosen;
    }

    base::Result<void> need_room(const LayerToWrite* objects) const {
        if (objects == nullptr || objects->legend.entries.size() <= 254) return {};
        return base::fail(
            ErrorKind::refused,
            "A PNG with a palette holds 254 objects beside background and void (255), and \"{}\" "
            "has {}; choose geotiff or npz: {}",
            objects->layer->info.name, objects->legend.entries.size(), m_out.string());
    }

    base::Result<void> write_asset(const Chosen& chosen, const std::string& stem) {
        const auto& [classes, objects] = chosen;
        m_report.layers += (classes != nullptr) + (objects != nullptr);
        if (auto done = write_classes(classes != nullptr ? *classes : *objects, stem); !done) return done;
        return objects != nullptr ? write_objects(*objects, stem) : base::Result<void>{};
    }

    base::Result<void> write_classes(const LayerToWrite& layer, const std::string& stem) {
        std::vector<masks::Value> recode(65536, 0);
        for (const labels::MaskValue& each : layer.layer->info.values)
            for (std::size_t i = 0; i < m_state.ontology.classes.size(); ++i)
                if (m_state.ontology.classes[i].id == each.class_id)
                    recode[each.value] = static_cast<masks::Value>(i + 1);
        LayerToWrite coded = layer;
        coded.legend = class_legend(true);
        Legend said = class_legend(false);
        said.layer = layer.layer->info.name;
        return write_png(m_out / k_classes / (stem + ".png"), coded, std::move(recode), said);
    }

    base::Result<void> write_objects(const LayerToWrite& layer, const std::string& stem) {
        std::vector<masks::Value> recode(65536, 0);
        LayerToWrite coded = layer;
        coded.legend.entries.clear();
        for (const LegendEntry& each : layer.legend.entries) {
            const std::size_t number = coded.legend.entries.size() + 1;
            recode[each.value] = static_cast<masks::Value>(number);
            coded.legend.entries.push_back(each);
            coded.legend.entries.back().value = static_cast<masks::Value>(number);
        }
        return write_png(m_out / k_objects / (stem + ".png"), coded, std::move(recode), coded.legend);
    }

    base::Result<void> write_png(const fs::path& path, const LayerToWrite& layer,
                                 std::vector<masks::Value> recode, const Legend& said) {
        if (auto made = make_parent(path); !made) return made;
        auto staged = StagedFiles::create(path);
        if (!staged) return std::unexpected(staged.error());
        const GdalProgress progress{m_context.stop, &m_context.progress, m_from, m_to};
        if (auto done = write_mask_png(layer, staged->path(), std::move(recode), progress); !done)
            return done;
        if (auto done = write_file(staged->path().replace_extension(".json"), to_json(said)); !done)
            return done;
        auto files = staged->commit();
        if (!files) return std::unexpected(files.error());
        m_report.files.insert(m_report.files.end(), files->begin(), files->end());
        return {};
    }

    const labels::State& m_state;
    const fs::path m_out;
    const WriteContext& m_context;
    const bool m_own_colors;
    Report& m_report;
    double m_from = 0, m_to = 1;
};

base::Result<Report> write(const labels::State& state, const fs::path& out, const WriteContext& context) {
    const auto chosen = ChosenOptions::of(voc_masks_driver, context.options);
    if (!chosen) return std::unexpected(chosen.error());
    const auto layers = layers_to_write(state, out, context, "");
    if (!layers) return std::unexpected(layers.error());
    Report report = report_of_layers(state, *layers, LostClasses::unlabelled);
    report.layers = 0;
    if (auto done =
            VocWriter(state, out, context, chosen->text("colours") == "classes", report).write(*layers);
        !done)
        return std::unexpected(done.error());
    if (auto done = write_manifest(out, "voc-masks", state, context, report); !done)
        return std::unexpected(done.error());
    return report;
}

}  // namespace

const FormatDriver voc_masks_driver = {
    .id = "voc-masks",
    .title = "PASCAL VOC segmentation masks",
    .extensions = k_extensions,
    .carries =
        "Of each picture or raster its lowest mask layer of classes (SegmentationClass) and its lowest of "
        "objects "
        "(SegmentationObject), as indexed PNG in VOC's colours, with labelmap.txt; up to 254 classes or "
        "objects.",
    .loses =
        "Further layers, shapes, values' own numbers; background and void (0 and 255) are both unlabelled "
        "here.",
    .probe = probe,
    .read = read,
    .write = write,
    .of_masks = true,
    .a_folder = true,
    .options = k_options,
};

}  // namespace formats
