#include <set>

#include "base/file.h"
#include "formats/drivers.h"
#include "formats/export_plan.h"
#include "formats/frame_sweep.h"
#include "formats/keyhole.h"
#include "formats/text.h"
#include "formats/yolo_seg.h"
#include "masks/outlines.h"

namespace formats {

namespace {

using labels::ShapeKind;

std::uint32_t hash_of(std::string_view text) {  // FNV-1a: alike on every machine
    std::uint32_t hash = 2166136261u;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    return hash;
}

class YoloWriter {
public:
    YoloWriter(const labels::State& state, std::vector<const labels::Asset*> assets,
               std::filesystem::path folder, const WriteContext& context, std::int64_t val, Report& report)
        : m_state{state},
          m_assets{std::move(assets)},
          m_folder{std::move(folder)},
          m_context{context},
          m_val{val},
          m_report{report} {
        for (std::size_t i = 0; i < state.ontology.classes.size(); ++i)
            m_class.emplace(state.ontology.classes[i].id, i);
        name_pictures();
    }

    base::Result<void> write() {
        for (std::size_t i = 0; i < m_assets.size(); ++i)
            if (auto done = write_asset(i); !done) return done;
        return write_yaml();
    }

private:
    // A label file has its picture's name but for the extension, so two pictures must differ in more than
    // that.
    void name_pictures() {
        m_stems = unique_stems(m_assets);
        for (std::size_t i = 0; i < m_assets.size(); ++i)
            if (m_stems[i] != std::filesystem::path(file_name_of(m_assets[i]->name)).stem())
                m_report.add_warning(
                    fmt::format("The labels of \"{}\" are called \"{}\", because another picture has the "
                                "same name.",
                                m_assets[i]->name, m_stems[i]));
    }

    base::Result<void> write_asset(std::size_t i) {
        const labels::Asset& asset = *m_assets[i];
        if (asset.width_px <= 0 || asset.height_px <= 0) {
            m_report.add_warning(fmt::format(
                "\"{}\" was not written: its size is not known, and corners are parts of it.", asset.name));
            return {};
        }
        bool layers_wait = !m_state.mask_layers_of(asset.id).empty();
        const auto end = static_cast<double>(std::max<std::int64_t>(frame_end(m_state, asset), 1));
        auto swept = sweep_frames(m_state, asset, m_context.stop, [&](std::int64_t frame, auto shapes) {
            if (frame == 0) layers_wait = false;
            if (m_context.progress)
                m_context.progress((static_cast<double>(i) + static_cast<double>(frame) / end) /
                                   static_cast<double>(m_assets.size()));
            return write_picture(i, frame, shapes);
        });
        if (!swept || !layers_wait) return swept;
        return write_picture(i, 0, {});
    }

    base::Result<void> write_picture(std::size_t i, std::int64_t frame,
                                     std::span<const VisibleShape> shapes) {
        const labels::Asset& asset = *m_assets[i];
        const bool of_film = asset.kind == labels::MediaKind::video;
        const std::string stem = of_film ? fmt::format("{}_frame_{:06}", m_stems[i], frame) : m_stems[i];
        const std::string split = static_cast<std::int64_t>(hash_of(stem) % 100) < m_val ? "val" : "train";
        const auto path = m_folder / "labels" / split / (stem + ".txt");
        if (auto made = make_parent(path); !made) return made;
        auto file = base::AtomicFile::create(path);
        if (!file) return std::unexpected(file.error());
        m_rows = 0;
        for (const VisibleShape& each : shapes) {
            const auto number = m_class.find(each.track->info.class_id);
            if (number == m_class.end() || !has_inside(each.track->info.shape)) continue;
            for (const Polygon& polygon : polygons_of(each.shape.geometry, each.track->info.shape))
                write_row(*file, asset, number->second, keyhole(polygon.rings, m_context.stop));
        }
        if (frame == 0)
            for (const labels::MaskLayer* layer : m_state.mask_layers_of(asset.id))
                if (auto done = write_layer(*file, asset, *layer); !done) return done;
        if (m_context.stop.stop_requested())
            return base::fail(base::ErrorKind::cancelled, "The export was stopped; this is not written: {}",
                              path.string());
        if (m_rows == 0) return {};
        if (auto done = file->commit(); !done) return done;
        m_splits.insert(split);
        m_report.files.push_back(path);
        if (m_context.pictures == Pictures::none || !m_context.write_picture) return {};
        const auto png = m_folder / "images" / split / (stem + ".png");
        if (auto made = make_parent(png); !made) return made;
        m_report.files.push_back(png);
        return m_context.write_picture(asset.id, frame, png);
    }

    static bool has_inside(ShapeKind kind) {
        return kind != ShapeKind::polyline && kind != ShapeKind::points;
    }

    base::Result<void> write_layer(base::AtomicFile& file, const labels::Asset& asset,
                                   const labels::MaskLayer& layer) {
        return masks::outlines(
            layer.plane, masks::Which::labelled(),
            [&](masks::Outline&& outline) {
                const labels::MaskValue* meaning = layer.info.find(outline.value);
                const auto number = m_class.find(meaning != nullptr ? meaning->class_id : labels::ClassId{});
                if (number == m_class.end())
                    m_report.add_warning(
                        "Pixels of mask layers whose class is not in the ontology were not written.");
                else
                    write_row(file, asset, number->second, keyhole(outline.rings, m_context.stop));
            },
            m_context.stop);
    }

    void write_row(base::AtomicFile& file, const labels::Asset& asset, std::size_t number, const Ring& ring) {
        if (ring.size() < 3) return;
        std::string row = std::to_string(number);
        for (const base::Point p : ring) {
            const double x = std::clamp(p.x / asset.width_px, 0.0, 1.0),
                         y = std::clamp(p.y / asset.height_px, 0.0, 1.0);
            row += fmt::format(" {:.9g} {:.9g}", x, y);
            if (x * asset.width_px != p.x || y * asset.height_px != p.y)
                m_cut |= p.x < 0 || p.y < 0 || p.x > asset.width_px || p.y > asset.height_px;
        }
        file.write(row + "\n");
        ++m_rows;
    }

    base::Result<void> write_yaml() {
        if (m_cut) m_report.add_warning("What lies outside the picture was cut off at its edges.");
        if (m_splits.empty()) m_splits.insert("train");
        const std::string first = *m_splits.begin();
        const auto images = [&](const std::string& split) {
            return "images/" + (m_splits.contains(split) ? split : first);
        };
        std::string yaml =
            fmt::format("path: .\ntrain: {}\nval: {}\nnames:\n", images("train"), images("val"));
        for (std::size_t i = 0; i < m_state.ontology.classes.size(); ++i)
            yaml += fmt::format("  {}: {}\n", i, json_string(m_state.ontology.classes[i].name));
        return put_file(m_folder / "data.yaml", yaml, m_report);
    }

    const labels::State& m_state;
    const std::vector<const labels::Asset*> m_assets;
    const std::filesystem::path m_folder;
    const WriteContext& m_context;
    const std::int64_t m_val;
    Report& m_report;
    std::vector<std::string> m_stems;
    std::unordered_map<labels::ClassId, std::size_t> m_class;
    std::set<std::string> m_splits;
    std::int64_t m_rows = 0;
    bool m_cut = false;
};

}  // namespace

base::Result<Report> write_yolo_seg(const labels::State& state, const std::filesystem::path& out,
                                    const WriteContext& context) {
    const auto chosen = ChosenOptions::of(yolo_seg_driver, context.options);
    if (!chosen) return std::unexpected(chosen.error());
    const auto assets = assets_to_write(state, context);
    if (!assets) return std::unexpected(assets.error());
    const Survey all = survey(state, context.assets);
    Report report = report_of(all, *assets);
    for (const labels::Asset* each : *assets) report.layers += std::ssize(state.mask_layers_of(each->id));
    if (context.pictures == Pictures::png && !context.write_picture)
        report.add_warning("The pictures were not written, because the media are not here.");
    if (auto done = YoloWriter(state, *assets, out, context, chosen->whole("val"), report).write(); !done)
        return std::unexpected(done.error());
    warn_of_common_losses(report, all);
    warn_if(report, all.polylines + all.points, all,
            "Polylines and points were not written: they have no inside");
    warn_if(report, all.boxes + all.ellipses, all, "Boxes and ellipses were written as polygons");
    warn_if(report, all.attributes, all, "Attributes were not written");
    warn_if(report, all.tracks - all.pictures, all,
            "That labels of several frames are one object was not written");
    if (auto done = write_manifest(out, "yolo-seg", state, context, report); !done)
        return std::unexpected(done.error());
    return report;
}

}  // namespace formats
