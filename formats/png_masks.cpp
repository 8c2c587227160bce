// Mask layers as indexed PNG: the palette has the classes' colours, a JSON beside says what each value is,
// and a world file where it lies. Read are PNGs of values (8 or 16 bits, with or without a palette) and PNGs
// in classes' colours.

#include "formats/drivers.h"
#include "formats/export_plan.h"
#include "formats/mask_png.h"
#include "formats/staged_files.h"
#include "geo/gdal.h"

namespace formats {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_extensions[] = {".png"};
constexpr FormatOption k_options[] = {
    k_layer_option, {"colours", "no", "also write NAME.color.png, the same in colours (RGB)", k_yes_or_no}};

Match probe(std::span<const std::byte> first_bytes, const fs::path& path) {
    const std::string_view text(reinterpret_cast<const char*>(first_bytes.data()), first_bytes.size());
    const std::string folder = path.parent_path().filename().string();
    // The colours beside an indexed PNG are no mask of their own.
    if (text.starts_with("\x89PNG") && path.stem().extension() == ".color") return Match::maybe;
    return text.starts_with("\x89PNG") && folder != "SegmentationClass" && folder != "SegmentationObject"
               ? Match::certain
               : Match::no;
}

base::Result<Report> read(const fs::path& file, ReadContext& context) {
    Importer import(context, "png-masks", file);
    const geo::GdalMessages messages;
    const Dataset dataset = open_raster(file, {"PNG"});
    if (!dataset) return import.malformed("The file is no PNG that can be read ({})", messages.reason());
    const bool in_colors = dataset->GetRasterCount() >= 3;
    const Legend legend =
        legend_beside(file).value_or(in_colors ? legend_of_ontology(import.state().ontology) : Legend{});
    auto raster = raster_of_png(import, *dataset, legend);
    if (!raster) return std::unexpected(raster.error());
    const auto asset = medium_of_mask(context, file);
    if (!asset) return std::unexpected(asset.error());
    const std::string name = raster->legend.layer.empty() ? layer_name_of(file, *import.state().find(*asset))
                                                          : raster->legend.layer;
    if (auto done = put_mask_layer(import, *asset, *raster, name); !done)
        return std::unexpected(done.error());
    return import.finish();
}

base::Result<Report> write(const labels::State& state, const fs::path& out, const WriteContext& context) {
    const auto chosen = ChosenOptions::of(png_masks_driver, context.options);
    if (!chosen) return std::unexpected(chosen.error());
    const auto layers = layers_to_write(state, out, context, chosen->text("layer"));
    if (!layers) return std::unexpected(layers.error());
    Report report = report_of_layers(state, *layers);
    for (const LayerToWrite& each : *layers)  // before anything is written
        if (auto fits = need_bytes(each, file_of_layer(out, each, layers->size(), ".png")); !fits)
            return std::unexpected(fits.error());
    const auto count = static_cast<double>(layers->size());
    for (std::size_t i = 0; i < layers->size(); ++i) {
        const LayerToWrite& layer = (*layers)[i];
        const fs::path file = file_of_layer(out, layer, layers->size(), ".png");
        if (auto made = make_parent(file); !made) return std::unexpected(made.error());
        auto staged = StagedFiles::create(file);
        if (!staged) return std::unexpected(staged.error());
        const auto at = static_cast<double>(i);
        const GdalProgress progress{context.stop, &context.progress, at / count, (at + 1) / count};
        const fs::path png = staged->path();
        auto done = write_mask_png(layer, png, {}, progress);
        if (done && chosen->yes("colours"))
            done = write_color_png(png, fs::path(png).replace_extension(".color.png"), {context.stop});
        if (done) done = write_file(fs::path(png).replace_extension(".json"), to_json(layer.legend));
        const std::string world = world_file(layer.asset->georeference);
        if (done && !world.empty()) done = write_file(fs::path(png).replace_extension(".pgw"), world);
        if (!done) return std::unexpected(done.error());
        auto files = staged->commit();
        if (!files) return std::unexpected(files.error());
        report.files.insert(report.files.end(), files->begin(), files->end());
    }
    if (auto done = write_manifest(out, "png-masks", state, context, report); !done)
        return std::unexpected(done.error());
    return report;
}

}  // namespace

const FormatDriver png_masks_driver = {
    .id = "png-masks",
    .title = "PNG masks",
    .extensions = k_extensions,
    .carries =
        "Mask layers of values up to 255, every pixel: a palette of the classes' colours, a JSON with the "
        "names of "
        "classes and objects, a world file with the place; a file for each layer. Also reads PNGs in the "
        "colours of "
        "the classes.",
    .loses =
        "Boxes, polygons, object masks and everything else that is no mask layer; layers with values above "
        "255.",
    .probe = probe,
    .read = read,
    .write = write,
    .of_masks = true,
    .options = k_options,
};

}  // namespace formats
