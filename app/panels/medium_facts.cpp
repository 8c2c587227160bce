// The right panel when nothing is selected: what the medium is, how far its frames are proven, and the
// commands that give the shown frame elsewhere.
#include <algorithm>
#include <cmath>

#include "app/panels/layer_list.h"
#include "app/panels/mask_fields.h"
#include "app/panels/media_facts.h"
#include "app/panels/properties.h"
#include "app/place.h"
#include "app/raster_facts.h"
#include "app/recipes.h"
#include "app/ui/keys.h"
#include "labels/json.h"
#include "media/proxy.h"

namespace app {
namespace {

std::string frames_text(const Workbench& bench, const std::optional<media::VideoInfo>& info) {
    const std::string count = fmt::format("{}", bench.frame_count());
    if (info && info->is_growing) return count + " so far, being recorded";
    if (!info || info->index_complete) return count;
    return fmt::format("{} so far ({:.0f} %)", count, info->index_progress * 100);
}

std::string shown_rate(const labels::Asset& asset, const std::optional<media::VideoInfo>& info) {
    const std::string rate = rate_text(info ? info->average_rate : asset.frame_rate);
    if (rate.empty()) return "unknown";
    return info && info->variable_rate ? "varying, about " + rate + " fps" : rate + " fps";
}

void draw_picture_facts(Properties& p, const media::VideoInfo& info) {
    p.fact("Codec", codec_title(info.codec) + (info.pixel_format.empty() ? "" : " · " + info.pixel_format));
    if (info.rotation_deg != 0) p.fact("Turned by", fmt::format("{}°", info.rotation_deg));
    if (info.flip_horizontal) p.fact("Mirrored", "left to right");
    const base::Rational aspect = info.sample_aspect;
    if (aspect.num > 0 && aspect.num != aspect.den)
        p.fact("Pixels", fmt::format("{}:{}, shown square", aspect.num, aspect.den));
    if (info.field_order == media::FieldOrder::top_first ||
        info.field_order == media::FieldOrder::bottom_first)
        p.fact("Scan", name_of(info.field_order));
}

void draw_groups(Properties& p, const media::VideoInfo& info) {
    if (!info.index_complete || info.keyframes < 1) return;
    if (info.longest_gop <= 1) return p.fact("Groups", "every picture is a keyframe");
    p.fact("Groups", info.keyframes == 1
                         ? std::string{"one, from the beginning"}
                         : fmt::format("{} to {} pictures", info.shortest_gop, info.longest_gop));
    if (info.edit_list) p.fact("Edit list", fmt::format("hides {} pictures", info.hidden_pictures));
}

void draw_exactness(Properties& p, const media::VideoInfo& info) {
    using media::Exactness;
    const Theme& theme = p.u.theme;
    const bool good = (info.exactness == Exactness::verified || info.exactness == Exactness::indexed) &&
                      info.faults.empty();
    p.fact("Frames are", name_of(info.exactness),
           info.exactness == Exactness::counting ? theme.text
           : good                                ? theme.good
                                                 : theme.doubt);
    if (info.exactness == Exactness::by_linear) p.paragraph(info.exactness_note, theme.quiet);
    for (const std::string& fault : info.faults) p.paragraph(fault, theme.doubt);
    if (p.u.bench.can_verify()) p.buttons({{"Verify every frame", "video.verify"}});
}

// Offered quietly, where far jumps have to wait for decoding.
void draw_proxy(Properties& p, const media::VideoInfo& info) {
    if (p.u.bench.has_proxy()) return p.fact("Scrubbing", "with a preview proxy");
    if (!p.u.bench.wants_proxy()) return;
    const bool long_groups = info.longest_gop > media::k_long_gop;
    p.fact("Scrubbing", long_groups ? fmt::format("slow: groups of {}", info.longest_gop)
                                    : std::string{"slow: large pictures"});
    p.buttons({{"Make a preview proxy", "video.proxy"}});
}

void draw_recipes(Properties& p, const media::VideoInfo& info) {
    if (!info.index_complete) return;
    p.head(info.is_picture ? "This picture elsewhere" : "This frame elsewhere");
    p.buttons({{"Copy for ffmpeg", "frame.copy_ffmpeg"}, {"Copy for OpenCV", "frame.copy_opencv"}});
}

}  // namespace

static void draw_bookmark(Properties& p, const Bookmark& bookmark, std::size_t index) {
    Ui& u = p.u;
    Area row = p.block(30);
    const Area cross = row.cut_right(u.px(24));
    ImGui::PushID(static_cast<int>(index));
    if (icon_button(u, "Remove " + bookmark.name, cross, icon::close))
        u.later([index](Workbench& bench) { bench.remove_bookmark(index); });
    if (list_row(u, bookmark.name, row, false))
        u.later([index](Workbench& bench) { bench.go_to_bookmark(index); });
    row.x0 += u.px(6);
    draw_text(u, row, bookmark.name, u.theme.text);
    ImGui::PopID();
}

static void draw_raster(Properties& p, RasterDisplay& raster, const labels::Asset& asset) {
    if (!raster.info()) return;
    const media::RasterInfo& info = *raster.info();
    draw_brush_fields(p);
    draw_mask_fields(p);
    draw_layer_fields(p);
    const MapLayers* layers = p.u.bench.layers();
    const MapLayer* layer = layers != nullptr ? layers->find(layers->selected) : nullptr;
    RasterDisplay* styled = p.u.bench.styled_raster();
    if ((layer == nullptr || layer->raster) && styled->info()) draw_raster_style(p, *styled);
    if (layer != nullptr) return;
    p.head("Raster");
    p.fact("Size", fmt::format("{} × {} px", grouped(info.width_px), grouped(info.height_px)));
    p.fact("Samples", samples_text(info));
    p.fact("Format", info.compression.empty() ? info.driver : info.driver + " · " + info.compression);
    if (!info.mask.empty()) p.fact("Mask", info.mask);
    if (raster.placement() != nullptr) {
        const geo::CrsFacts& crs = raster.placement()->crs();
        p.fact("CRS", crs.name.empty() ? "not named" : crs.name);
        if (!crs.authority.empty()) p.fact("", crs.authority);
        if (raster.metres_per_px()) p.fact("Pixel", length_text(*raster.metres_per_px()));
    } else {
        p.fact("CRS", info.reference.empty() ? "none" : "…");
    }
    p.fact("Objects", fmt::format("{}", p.u.bench.document()->state().tracks_of(asset.id).size()));
    const auto view = p.u.bench.view().assets.find(asset.id);
    if (view != p.u.bench.view().assets.end() && !view->second.bookmarks.empty()) {
        p.head("Bookmarks");
        for (std::size_t i = 0; i < view->second.bookmarks.size(); ++i)
            draw_bookmark(p, view->second.bookmarks[i], i);
    }
    for (const std::string& fault : info.faults) p.paragraph(fault, p.u.theme.doubt);
    if (raster.sight().broken > 0)
        p.paragraph("Parts of this view cannot be read; they are hatched.", p.u.theme.doubt);
}

void draw_medium(Properties& p) {
    const Workbench& bench = p.u.bench;
    const labels::Asset* asset = bench.asset();
    if (!asset) {
        p.head("Nothing shown");
        return p.paragraph("Open a project or a medium, or choose one on the left.");
    }
    if (bench.raster() != nullptr && bench.media_error().empty())
        return draw_raster(p, *bench.raster(), *asset);
    draw_brush_fields(p);
    draw_mask_fields(p);
    const std::optional<media::VideoInfo> info = bench.video_info();
    p.head(labels::name_of(asset->kind));
    p.fact("Name", asset->name);
    if (!bench.media_error().empty()) p.paragraph(bench.media_error(), p.u.theme.doubt);
    if (asset->width_px > 0) p.fact("Size", fmt::format("{} × {} px", asset->width_px, asset->height_px));
    const bool is_film = !info || !info->is_picture;
    if (is_film) {
        p.fact("Frames", frames_text(bench, info));
        p.fact("Rate", shown_rate(*asset, info));
    }
    if (info) draw_picture_facts(p, *info);
    p.fact("Objects", fmt::format("{}", bench.document()->state().tracks_of(asset->id).size()));
    if (info && is_film) {
        draw_groups(p, *info);
        draw_exactness(p, *info);
        draw_proxy(p, *info);
    }
    if (info) draw_recipes(p, *info);
    p.head("Selection");
    p.paragraph(
        "Nothing is selected. Click an object in the picture, in the list on the left or in a lane; " +
        key_of(p.u, "select.next") + " goes through those on this frame.");
}

}  // namespace app
