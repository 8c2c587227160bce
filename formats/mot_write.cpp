#include <cmath>

#include "base/file.h"
#include "base/rational.h"
#include "formats/export_plan.h"
#include "formats/frame_sweep.h"
#include "formats/mot.h"
#include "formats/text.h"

namespace formats {

namespace {

class SequenceWriter {
public:
    SequenceWriter(const labels::State& state, const labels::Asset& asset, std::filesystem::path folder,
                   const WriteContext& context, Report& report)
        : m_state{state}, m_asset{asset}, m_folder{std::move(folder)}, m_context{context}, m_report{report} {}

    base::Result<void> write() {
        for (std::size_t i = 0; i < m_state.ontology.classes.size(); ++i)
            m_class_number.emplace(m_state.ontology.classes[i].id, i + 1);
        const auto gt_path = m_folder / "gt" / "gt.txt";
        if (auto made = make_parent(gt_path); !made) return made;
        base::Result<base::AtomicFile> gt = base::AtomicFile::create(gt_path);
        if (!gt) return std::unexpected(gt.error());
        const auto end = static_cast<double>(std::max<std::int64_t>(frame_end(m_state, m_asset), 1));
        auto swept = sweep_frames(m_state, m_asset, m_context.stop, [&](std::int64_t frame, auto shapes) {
            if (m_context.progress) m_context.progress(static_cast<double>(frame) / end);
            return write_frame(*gt, frame, shapes);
        });
        if (!swept) return swept;
        if (auto done = write_side_files(); !done) return done;
        if (auto done = gt->commit(); !done) return done;
        m_report.files.insert(m_report.files.end(),
                              {gt_path, m_folder / "gt" / "labels.txt", m_folder / "seqinfo.ini"});
        return {};
    }

private:
    base::Result<void> write_frame(base::AtomicFile& gt, std::int64_t frame,
                                   std::span<const VisibleShape> shapes) {
        std::string rows;
        for (const VisibleShape& each : shapes) {
            const auto class_number = m_class_number.find(each.track->info.class_id);
            if (class_number == m_class_number.end()) continue;
            const base::Rect rect = labels::bounds(each.shape.geometry);
            if (rect.empty()) {
                m_report.add_warning(
                    "Shapes without width or height (single points, flat boxes) were not written.");
                continue;
            }
            rows += fmt::format("{},{},{},{},{},{},1,{},{}\n", frame + 1, each.number, decimal(rect.x0),
                                decimal(rect.y0), decimal(rect.width()), decimal(rect.height()),
                                class_number->second, each.shape.occluded ? 0 : 1);
        }
        gt.write(rows);
        if (rows.empty() || m_context.pictures == Pictures::none || !m_context.write_picture) return {};
        const auto png = m_folder / "img1" / fmt::format("{:06}.png", frame + 1);
        if (auto made = make_parent(png); !made) return made;
        return m_context.write_picture(m_asset.id, frame, png);
    }

    base::Result<void> write_side_files() {
        std::string names;
        for (const labels::LabelClass& each : m_state.ontology.classes) {
            // One name a line.
            std::string name = each.name;
            std::replace(name.begin(), name.end(), '\n', ' ');
            names += name + "\n";
        }
        if (auto done = write_file(m_folder / "gt" / "labels.txt", names); !done) return done;
        return write_file(m_folder / "seqinfo.ini", seqinfo());
    }

    // Its readers want every one of these keys, and a whole number for the rate.
    std::string seqinfo() {
        const base::Rational rate = m_asset.frame_rate;
        const double fps = rate.den > 0 ? static_cast<double>(rate.num) / static_cast<double>(rate.den) : 0;
        if (fps != std::round(fps))
            m_report.add_warning(fmt::format(
                "seqinfo.ini holds whole frame rates only: {} was rounded; the manifest holds the "
                "exact time stamps.",
                decimal(fps)));
        std::string name = m_asset.name;
        std::replace(name.begin(), name.end(), '\n', ' ');
        return fmt::format(
            "[Sequence]\nname={}\nimDir=img1\nframeRate={}\nseqLength={}\nimWidth={}\nimHeight={}\nimExt=."
            "png\n",
            name, std::llround(fps), frame_end(m_state, m_asset), m_asset.width_px, m_asset.height_px);
    }

    const labels::State& m_state;
    const labels::Asset& m_asset;
    const std::filesystem::path m_folder;
    const WriteContext& m_context;
    Report& m_report;
    std::unordered_map<labels::ClassId, std::size_t> m_class_number;
};

void warn(Report& report, const Survey& all) {
    warn_of_common_losses(report, all);
    warn_if(report, all.rotated_boxes, all, "Rotated boxes were written as their upright bounding boxes");
    warn_if(report, all.ellipses + all.polygons + all.polylines + all.points + all.masks, all,
            "Shapes that are not boxes were written as their bounding boxes");
    warn_if(report, all.interpolated, all,
            "Which frames are keyframes was not written: every frame has its own box");
    warn_if(report, all.held, all,
            "That some stretches hold still was not written: every frame has its own box");
    warn_if(report, all.pictures, all, "Labels of single pictures were written as tracks of one frame");
    warn_if(report, all.attributes, all, "Attributes were not written");
    warn_if(report, all.confidence, all, "Confidence was not written");
    warn_if(report, all.groups, all, "Groups were not written");
    warn_if(report, all.layers, all, "Layers (z order) were not written");
}

}  // namespace

base::Result<Report> write_mot(const labels::State& state, const std::filesystem::path& out,
                               const WriteContext& context) {
    const auto assets = assets_to_write(state, context);
    if (!assets) return std::unexpected(assets.error());
    if (std::error_code error;
        std::filesystem::exists(out, error) && !std::filesystem::is_directory(out, error))
        return base::fail(base::ErrorKind::refused,
                          "MOT is written as a folder, and a file is here; choose another name: {}",
                          out.string());
    const std::vector<std::string> names = unique_names(*assets);
    const Survey all = survey(state, context.assets);
    Report report = report_of(all, *assets);
    if (context.pictures == Pictures::png && !context.write_picture)
        report.add_warning("The pictures were not written, because the media are not here.");
    for (std::size_t i = 0; i < assets->size(); ++i) {
        const std::filesystem::path folder = assets->size() == 1 ? out : out / names[i];
        SequenceWriter writer(state, *(*assets)[i], folder, context, report);
        if (auto done = writer.write(); !done) return std::unexpected(done.error());
    }
    warn(report, all);
    if (auto done = write_manifest(out, "mot", state, context, report); !done)
        return std::unexpected(done.error());
    return report;
}

}  // namespace formats
