// The selected track on the shown frame: class, place, flags, source, attributes, guidelines.
#include <algorithm>
#include <cmath>

#include "app/panels/properties.h"
#include "app/tools/box_edit.h"
#include "app/ui/keys.h"
#include "labels/interpolate.h"
#include "labels/json.h"

namespace app {
namespace {

using labels::Track;

std::string confidence_text(float confidence) {
    return confidence < 1 ? fmt::format(" · {:.2f}", confidence) : std::string{};
}

std::string source_text(const Track& track, const labels::ShapeAt* shape) {
    const labels::Source source = shape ? shape->source : track.info.source;
    std::string out{labels::name_of(source)};
    const bool has_detail = source == labels::Source::model || source == labels::Source::import;
    if (has_detail && !track.info.source_detail.empty()) out += " · " + track.info.source_detail;
    return shape ? out + confidence_text(shape->confidence) : out;
}

// Two numbers in one row.
bool number_pair(Properties& p, std::string_view label, std::string_view names, double& a, double& b,
                 bool enabled) {
    Ui& u = p.u;
    const Area field = p.row(label);
    const float gap = std::round(u.px(6)), width = std::floor((field.width() - gap) / 2);
    const Area left{field.x0, field.y0, field.x0 + width, field.y1};
    const Area right{field.x1 - width, field.y0, field.x1, field.y1};
    bool changed = number_field(u, names.substr(0, 1), left, a, 1, enabled);
    changed |= number_field(u, names.substr(1, 1), right, b, 1, enabled);
    return changed;
}

// x and y are the top-left corner, as the field has it; w and h keep it in place.
void draw_box(Properties& p, const Track& track, labels::Box box) {
    const bool enabled = !track.info.locked && p.u.bench.document()->read_only().empty();
    double x = box.x0, y = box.y0, w = box.x1 - box.x0, h = box.y1 - box.y0, turn = box.rotation_deg;
    bool changed = number_pair(p, "x, y", "xy", x, y, enabled);
    changed |= number_pair(p, "w, h", "wh", w, h, enabled);
    if (box.rotation_deg != 0) changed |= number_field(p.u, "rotation", p.row("Turned °"), turn, 1, enabled);
    if (!changed || w <= 0 || h <= 0) return;
    const labels::Box wanted{x, y, x + w, y + h, turn};  // what was not typed keeps its exact value
    p.u.later([id = track.info.id, wanted](Workbench& bench) { bench.set_box(id, wanted); });
}

void draw_geometry(Properties& p, const Track& track, const labels::ShapeAt& shape) {
    if (const auto* box = std::get_if<labels::Box>(&shape.geometry)) return draw_box(p, track, *box);
    const base::Rect around = labels::bounds(shape.geometry);
    if (const auto* path = std::get_if<labels::Path>(&shape.geometry)) {
        p.fact("Points", fmt::format("{}", path->points.size()));
    }
    p.fact("From", fmt::format("{:.1f}, {:.1f}", around.x0, around.y0));
    p.fact("Size", fmt::format("{:.1f} × {:.1f}", around.width(), around.height()));
}

// Length and area as the place of the raster gives them; pixels where it has none.
void draw_on_ground(Properties& p, const Track& track, const labels::ShapeAt& shape) {
    std::vector<base::Point> outline;
    if (const auto* box = std::get_if<labels::Box>(&shape.geometry)) {
        const std::vector<base::Point> points = handle_points(*box);  // the corners are every second one
        for (std::size_t i = 0; i < points.size(); i += 2) outline.push_back(points[i]);
    } else if (const auto* path = std::get_if<labels::Path>(&shape.geometry)) {
        // Holes are not in what is measured here; the areas of classes take them off.
        const std::size_t end = path->ring_starts.empty() ? path->points.size() : path->ring_starts.front();
        outline.assign(path->points.begin(), path->points.begin() + static_cast<std::ptrdiff_t>(end));
    }
    if (outline.size() < 2 || track.info.shape == labels::ShapeKind::points) return;
    const Measured measured = p.u.bench.measured(outline, track.info.shape != labels::ShapeKind::polyline);
    p.fact(measured.area.empty() ? "Length" : "Perimeter", measured.length);
    if (!measured.area.empty()) p.fact("Area", measured.area);
}

void draw_flags(Properties& p, const Track& track, const labels::ShapeAt* shape) {
    const std::int64_t frame = p.u.bench.frame();
    const labels::Keyframe* before = track.keyframe_before(frame);
    const bool here = before && before->frame == frame, open = !track.info.locked;
    if (track.info.extent == labels::Extent::picture || p.u.bench.raster() != nullptr) {
        p.chips({{"Occluded", "track.occluded", shape && shape->occluded, false, "Something hides part of it",
                  open}});
        return;
    }
    p.chips({{"Keyframe", "track.keyframe", here, true,
              here ? "Set on this very frame; click to remove" : "Set what is shown as a keyframe", open},
             {"Occluded", "track.occluded", shape && shape->occluded, false,
              "Something hides it from here to the next keyframe", open},
             {"Outside", "track.outside", before && before->outside, false,
              "It is not in the picture from here to the next keyframe", open},
             {"Interpolate", "track.interpolation", before && before->interpolate, false,
              "From this keyframe it moves evenly to the next; else it holds still", open}});
}

void draw_switches(Properties& p, const Track& track) {
    Ui& u = p.u;
    const labels::TrackInfo& info = track.info;
    Area area = p.head_right(u.px(56));
    area.x1 += u.px(6);
    const auto cell = [&] {
        const Area out = area.cut_right(u.px(26));
        const float middle = (out.y0 + out.y1) / 2;
        return Area{out.x0, middle - u.px(12), out.x1, middle + u.px(12)};
    };
    if (icon_button(u, info.locked ? "Unlock" : "Lock", cell(), info.locked ? icon::lock : icon::unlock,
                    key_of(u, "track.lock"), info.locked)) {
        u.later_action("track.lock");
    }
    if (icon_button(u, info.hidden ? "Show" : "Hide", cell(), info.hidden ? icon::eye_off : icon::eye,
                    key_of(u, "track.hide"), info.hidden)) {
        u.later_action("track.hide");
    }
}

void draw_guidelines(Properties& p, const labels::LabelClass& label_class) {
    if (label_class.guidelines.empty()) return;
    p.head("Guidelines · " + label_class.name);
    p.paragraph(label_class.guidelines, mix(p.u.theme.quiet, p.u.theme.text, 0.75f));
}

}  // namespace

void draw_track_properties(Properties& p, const Track& track) {
    const labels::Ontology& ontology = p.u.bench.document()->state().ontology;
    const std::optional<labels::ShapeAt> shape = labels::shape_at(track, p.u.bench.frame());
    const bool single = track.info.extent == labels::Extent::picture;
    // Fields belong to the track: what is being typed for one must never reach another.
    ImGui::PushID(static_cast<int>(std::hash<labels::TrackId>{}(track.info.id)));
    const RasterDisplay* raster = p.u.bench.raster();
    p.head(display_name(track.info, ontology) + (raster != nullptr ? ""
                                                 : single          ? " · on one frame"
                                                                   : " · track"));
    draw_switches(p, track);
    p.choose_class();
    if (shape) {
        draw_geometry(p, track, *shape);
        if (raster != nullptr) draw_on_ground(p, track, *shape);
    } else {
        p.fact("Here", "not on this frame", p.u.theme.quiet);
    }
    draw_flags(p, track, shape ? &*shape : nullptr);
    p.fact("Source", source_text(track, shape ? &*shape : nullptr),
           shape && shape->source == labels::Source::interpolated ? p.u.theme.quiet : p.u.theme.text);
    if (!single && raster == nullptr) p.fact("Keyframes", fmt::format("{}", track.keyframes.size()));
    if (!track.info.author.empty()) p.fact("Author", track.info.author);
    if (const labels::LabelClass* label_class = ontology.find(track.info.class_id)) {
        draw_attributes(p, track, *label_class);
        draw_guidelines(p, *label_class);
    }
    ImGui::PopID();
}

}  // namespace app
