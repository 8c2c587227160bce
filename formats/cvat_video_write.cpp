// How CVAT's own dumper writes: a row for every frame an object is on, keyframe="1" where something was set,
// and outside="1" at the first frame it is gone. Two marks of ours, which CVAT and datumaro skip as unknown
// attributes, let Limn read its own files back exactly: limn_extent="picture" on a track that is one
// picture's label, and limn_held="1" on rows that only repeat a shape that holds still. CVAT rounds to %.2f;
// its readers take any float. We write as many decimals (two at least) as give the same double again, so
// nothing is lost on the way.

#include "base/file.h"
#include "formats/cvat_video.h"
#include "formats/export_plan.h"
#include "formats/frame_sweep.h"
#include "formats/importer.h"
#include "formats/text.h"
#include "labels/interpolate.h"

namespace formats {

namespace {

using labels::ShapeKind;

void attribute(std::string& out, std::string_view name, std::string_view value) {
    out += ' ';
    out += name;
    out += "=\"";
    append_xml(out, value);
    out += '"';
}

void element(std::string& out, int indent, std::string_view name, std::string_view text) {
    out.append(static_cast<std::size_t>(indent), ' ');
    out += fmt::format("<{}>", name);
    append_xml(out, text);
    out += fmt::format("</{}>\n", name);
}

std::string_view element_of(ShapeKind kind) {
    switch (kind) {
        case ShapeKind::box:
            return "box";
        case ShapeKind::ellipse:
            return "ellipse";
        case ShapeKind::polygon:
            return "polygon";
        case ShapeKind::polyline:
            return "polyline";
        case ShapeKind::points:
            return "points";
        case ShapeKind::mask:
            return "mask";
    }
    return "box";
}

std::string_view source_of(labels::Source source) {
    switch (source) {
        case labels::Source::human:
            return "manual";
        case labels::Source::model:
            return "auto";
        case labels::Source::import:
            return "file";
        case labels::Source::interpolated:
            return "auto";
    }
    return "manual";
}

std::string coordinate(double v) { return decimal(v, 2); }

void append_box(std::string& out, const labels::Box& box, ShapeKind kind) {
    if (kind == ShapeKind::box) {
        attribute(out, "xtl", coordinate(box.x0));
        attribute(out, "ytl", coordinate(box.y0));
        attribute(out, "xbr", coordinate(box.x1));
        attribute(out, "ybr", coordinate(box.y1));
    } else {
        const base::Rect rect = box.rect();
        attribute(out, "cx", coordinate(rect.centre().x));
        attribute(out, "cy", coordinate(rect.centre().y));
        attribute(out, "rx", coordinate(rect.width() / 2));
        attribute(out, "ry", coordinate(rect.height() / 2));
    }
    if (box.rotation_deg != 0) attribute(out, "rotation", coordinate(box.rotation_deg));
}

void append_path(std::string& out, const labels::Path& path) {
    // CVAT's polygons have no holes: the outline alone.
    const std::size_t count = path.ring_starts.empty() ? path.points.size() : path.ring_starts.front();
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) text += ';';
        text += coordinate(path.points[i].x) + ',' + coordinate(path.points[i].y);
    }
    attribute(out, "points", text);
}

// CVAT wants runs that fill the rectangle; here they may end before it does.
void append_mask(std::string& out, const labels::MaskRuns& mask) {
    std::vector<std::uint32_t> filled = mask.runs;
    std::int64_t rest = std::int64_t{mask.width} * mask.height;
    for (const std::uint32_t run : filled) rest -= run;
    if (rest > 0) {
        if (filled.size() % 2 == 0) filled.push_back(0);
        filled.back() += static_cast<std::uint32_t>(rest);
    }
    std::string runs;
    for (const std::uint32_t run : filled) runs += (runs.empty() ? "" : ", ") + std::to_string(run);
    attribute(out, "rle", runs);
    attribute(out, "left", std::to_string(mask.left));
    attribute(out, "top", std::to_string(mask.top));
    attribute(out, "width", std::to_string(mask.width));
    attribute(out, "height", std::to_string(mask.height));
}

struct Row {
    std::int64_t frame = 0;
    bool keyframe = false, outside = false, occluded = false, held = false;
};

class TrackWriter {
public:
    TrackWriter(const labels::State& state, const labels::Track& track, std::int64_t medium_end,
                base::AtomicFile& file)
        : m_class{state.ontology.find(track.info.class_id)},
          m_track{track},
          m_end{medium_end},
          m_file{file} {}

    void write(std::int64_t number) {
        open(number);
        set_attributes(m_track.info.attributes);
        const auto& keyframes = m_track.keyframes;
        for (std::size_t i = 0; i < keyframes.size() && keyframes[i].frame < m_end; ++i) {
            const bool picture = m_track.info.extent == labels::Extent::picture;
            const bool last = i + 1 == keyframes.size() || picture;
            const std::int64_t end = picture ? keyframes[i].frame + 1 : last ? m_end : keyframes[i + 1].frame;
            write_span(keyframes[i], std::min(end, m_end), last);
            if (!picture) continue;
            // CVAT's own way to say "on this picture only".
            if (end < m_end)
                write_row({.frame = end, .keyframe = true, .outside = true}, keyframes[i].geometry);
            break;
        }
        m_file.write(m_text + "  </track>\n");
    }

private:
    void open(std::int64_t number) {
        m_text = fmt::format("  <track id=\"{}\"", number);
        attribute(m_text, "label", m_class->name);
        attribute(m_text, "source", source_of(m_track.info.source));
        if (m_track.info.group != 0) attribute(m_text, "group_id", std::to_string(m_track.info.group));
        if (m_track.info.extent == labels::Extent::picture) attribute(m_text, "limn_extent", "picture");
        m_text += ">\n";
    }

    // From a keyframe up to the next one.
    void write_span(const labels::Keyframe& from, std::int64_t end, bool last) {
        set_attributes(from.attributes);
        write_row({.frame = from.frame, .keyframe = true, .outside = from.outside, .occluded = from.occluded},
                  from.geometry);
        if (from.outside) return;  // CVAT writes no rows where there is nothing to see
        // CVAT would interpolate through a stretch that holds still, so its frames are written as keyframes.
        const bool held = !from.interpolate && !last;
        for (std::int64_t frame = from.frame + 1; frame < end; ++frame) {
            const std::optional<labels::ShapeAt> shape = labels::shape_at(m_track, frame);
            if (!shape) continue;
            write_row({.frame = frame, .keyframe = held, .occluded = shape->occluded, .held = held},
                      shape->geometry);
        }
    }

    void write_row(const Row& row, const labels::Geometry& geometry) {
        if (!is_sound(geometry, m_track.info.shape)) return;
        const std::string_view name = element_of(m_track.info.shape);
        m_text += fmt::format("    <{} frame=\"{}\" keyframe=\"{:d}\" outside=\"{:d}\" occluded=\"{:d}\"",
                              name, row.frame, row.keyframe, row.outside, row.occluded);
        if (const auto* box = std::get_if<labels::Box>(&geometry))
            append_box(m_text, *box, m_track.info.shape);
        if (const auto* path = std::get_if<labels::Path>(&geometry)) append_path(m_text, *path);
        if (const auto* mask = std::get_if<labels::MaskRuns>(&geometry)) append_mask(m_text, *mask);
        m_text += fmt::format(" z_order=\"{}\"", m_track.info.z_order);
        if (row.held) attribute(m_text, "limn_held", "1");
        m_text += ">\n";
        m_text += m_attributes;
        m_text += fmt::format("    </{}>\n", name);
        if (m_text.size() > k_flush_bytes) {
            m_file.write(m_text);
            m_text.clear();
        }
    }

    // CVAT repeats in every row what is in force.
    void set_attributes(const labels::AttributeValues& changed) {
        for (const auto& [id, value] : changed) labels::set_value(m_in_force, id, value);
        m_attributes.clear();
        for (const auto& [id, value] : m_in_force) {
            const auto& known = m_class->attributes;
            const auto it =
                std::find_if(known.begin(), known.end(), [&](const auto& each) { return each.id == id; });
            if (it == known.end()) continue;
            m_attributes += "      <attribute name=\"";
            append_xml(m_attributes, it->name);
            m_attributes += "\">";
            append_xml(m_attributes, value);
            m_attributes += "</attribute>\n";
        }
    }

    static constexpr std::size_t k_flush_bytes = 64u << 10;
    const labels::LabelClass* m_class;
    const labels::Track& m_track;
    const std::int64_t m_end;
    base::AtomicFile& m_file;
    labels::AttributeValues m_in_force;
    std::string m_text, m_attributes;  // rows not yet written; the attributes in force as XML
};

void append_attribute_of_class(std::string& out, const labels::Attribute& attr) {
    static constexpr std::string_view k_input_types[] = {"select", "radio", "checkbox", "number", "text"};
    out += "            <attribute>\n";
    element(out, 14, "name", attr.name);
    element(out, 14, "mutable", attr.timing == labels::Timing::changing ? "True" : "False");
    element(out, 14, "input_type", k_input_types[static_cast<std::size_t>(attr.kind)]);
    element(out, 14, "default_value", attr.default_value);
    out += "              <values>";
    for (std::size_t i = 0; i < attr.values.size(); ++i) {
        if (i > 0) out += '\n';
        append_xml(out, attr.values[i]);
    }
    out += "</values>\n            </attribute>\n";
}

std::string meta(const labels::State& state, const labels::Asset& asset, std::int64_t end) {
    std::string out = "  <version>1.1</version>\n  <meta>\n    <task>\n";
    element(out, 6, "name", asset.name);
    element(out, 6, "size", std::to_string(end));
    element(out, 6, "mode", "interpolation");
    element(out, 6, "start_frame", "0");
    element(out, 6, "stop_frame", std::to_string(std::max<std::int64_t>(end - 1, 0)));
    element(out, 6, "frame_filter", "");
    out += "      <labels>\n";
    for (const labels::LabelClass& each : state.ontology.classes) {
        out += "        <label>\n";
        element(out, 10, "name", each.name);
        element(out, 10, "color", fmt::format("#{:06x}", each.color_rgb & 0xFFFFFFu));
        element(out, 10, "type", "any");
        out += "          <attributes>\n";
        for (const labels::Attribute& attr : each.attributes) append_attribute_of_class(out, attr);
        out += "          </attributes>\n        </label>\n";
    }
    out += "      </labels>\n      <original_size>\n";
    element(out, 8, "width", std::to_string(asset.width_px));
    element(out, 8, "height", std::to_string(asset.height_px));
    out += "      </original_size>\n";
    element(out, 6, "source", asset.name);
    out += "    </task>\n";
    element(out, 4, "source", asset.name);
    return out + "  </meta>\n";
}

base::Result<void> write_asset(const labels::State& state, const labels::Asset& asset,
                               const std::filesystem::path& path, const WriteContext& context) {
    if (auto made = make_parent(path); !made) return made;
    base::Result<base::AtomicFile> file = base::AtomicFile::create(path);
    if (!file) return std::unexpected(file.error());
    const std::int64_t end = frame_end(state, asset);
    file->write("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n" + meta(state, asset, end));
    std::int64_t number = 0;
    const auto& tracks = state.tracks_of(asset.id);
    for (const labels::TrackId id : tracks) {
        if (context.stop.stop_requested())
            return base::fail(base::ErrorKind::cancelled,
                              "The export was stopped; no half-written file stays: {}", path.string());
        const labels::Track* track = state.find(id);
        if (track == nullptr || track->keyframes.empty() ||
            state.ontology.find(track->info.class_id) == nullptr)
            continue;
        TrackWriter(state, *track, end, *file).write(number++);
        if (context.progress)
            context.progress(static_cast<double>(number) / static_cast<double>(tracks.size()));
    }
    file->write("</annotations>\n");
    return file->commit();
}

void warn(Report& report, const Survey& all) {
    warn_of_common_losses(report, all);
    warn_if(report, all.polygons_with_holes, all,
            "CVAT's polygons have no holes: only the outlines were written");
    warn_if(report, all.confidence, all, "Confidence was not written");
    warn_if(report, all.held, all,
            "CVAT cannot switch interpolation off for a stretch: every frame of such stretches was written "
            "as a keyframe, "
            "so the shapes are kept");
    warn_if(report, all.moving_masks, all,
            "CVAT keeps only the first shape of a mask that changes over time");
}

}  // namespace

base::Result<Report> write_cvat_video(const labels::State& state, const std::filesystem::path& out,
                                      const WriteContext& context) {
    const auto assets = assets_to_write(state, context);
    if (!assets) return std::unexpected(assets.error());
    const bool one_file = assets->size() == 1 && !means_directory(out, ".xml");
    const std::vector<std::string> names = unique_names(*assets);
    const Survey all = survey(state, context.assets);
    Report report = report_of(all, *assets);
    for (std::size_t i = 0; i < assets->size(); ++i) {
        const std::filesystem::path path = one_file ? out : out / (names[i] + ".xml");
        if (auto done = write_asset(state, *(*assets)[i], path, context); !done)
            return std::unexpected(done.error());
        report.files.push_back(path);
    }
    warn(report, all);
    if (auto done = write_manifest(out, "cvat-video", state, context, report); !done)
        return std::unexpected(done.error());
    return report;
}

}  // namespace formats
