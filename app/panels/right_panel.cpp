// Properties of what is selected; of the medium when nothing is.
#include <algorithm>
#include <cmath>

#include "app/panels/panels.h"
#include "app/panels/properties.h"
#include "app/panels/track_list.h"
#include "app/ui/keys.h"
#include "labels/json.h"
#include "media/proxy.h"

namespace app {
namespace {

using labels::Track;

// -- nothing selected: the medium
// ----------------------------------------------------------------------------------------------

std::string rate_text(const labels::Asset& asset, const std::optional<media::VideoInfo>& info) {
    const base::Rational rate = info ? info->average_rate : asset.frame_rate;
    if (rate.num <= 0) return "unknown";
    const double fps = static_cast<double>(rate.num) / static_cast<double>(rate.den);
    const std::string number = fmt::format("{:.3f}", fps);
    const std::string_view plain = std::string_view{number}.substr(0, number.find_last_not_of("0.") + 1);
    const bool whole = fps == std::floor(fps);
    const std::string shown = whole ? fmt::format("{}", static_cast<int>(fps)) : std::string{plain};
    return shown + (info && info->variable_rate ? " fps, varying" : " fps");
}

std::string frames_text(const Workbench& bench, const std::optional<media::VideoInfo>& info) {
    const std::string count = fmt::format("{}", bench.frame_count());
    if (!info || info->index_complete) return count;
    return fmt::format("{} so far ({:.0f} %)", count, info->index_progress * 100);
}

void draw_exactness(Properties& p, const media::VideoInfo& info) {
    if (!info.index_complete) return p.fact("Frames are", "being counted");
    p.fact("Frames are", info.faults.empty() ? "exact" : "exact, with remarks",
           info.faults.empty() ? p.u.theme.good : p.u.theme.doubt);
    if (info.edit_list) p.fact("Edit list", fmt::format("{} pictures not shown", info.hidden_pictures));
    for (const std::string& fault : info.faults) p.paragraph(fault);
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

void draw_medium(Properties& p) {
    const Workbench& bench = p.u.bench;
    const labels::Asset* asset = bench.asset();
    if (!asset) {
        p.head("Nothing shown");
        return p.paragraph("Open a project or a medium, or choose one on the left.");
    }
    const std::optional<media::VideoInfo> info = bench.video_info();
    p.head(labels::name_of(asset->kind));
    p.fact("Name", asset->name);
    if (!bench.media_error().empty()) p.paragraph(bench.media_error(), p.u.theme.doubt);
    if (asset->width_px > 0) p.fact("Size", fmt::format("{} × {} px", asset->width_px, asset->height_px));
    if (!info || !info->is_picture) {
        p.fact("Frames", frames_text(bench, info));
        p.fact("Rate", rate_text(*asset, info));
    }
    if (info) {
        p.fact("Codec", info->codec + (info->pixel_format.empty() ? "" : " · " + info->pixel_format));
        if (info->rotation_deg != 0) p.fact("Turned by", fmt::format("{}°", info->rotation_deg));
        draw_exactness(p, *info);
        draw_proxy(p, *info);
    }
    p.fact("Objects", fmt::format("{}", bench.document()->state().tracks_of(asset->id).size()));
    p.head("Selection");
    p.paragraph(
        "Nothing is selected. Click an object in the picture, in the list on the left or in a lane; " +
        key_of(p.u, "select.next") + " goes through those on this frame.");
}

// -- several selected
// ----------------------------------------------------------------------------------------------------------

void draw_several(Properties& p, std::size_t count) {
    Ui& u = p.u;
    p.head(fmt::format("{} objects", count));
    p.choose_class();
    p.chips({{"Keyframe", "track.keyframe", false, true},
             {"Occluded", "track.occluded", false, false},
             {"Outside", "track.outside", false, false}});
    p.buttons({{"Lock", "track.lock"}, {"Hide", "track.hide"}, {"Delete", "edit.delete"}});
    p.head("Selected");
    constexpr std::size_t k_most = 12;
    const auto& selection = u.bench.view().selection;
    for (std::size_t i = 0; i < std::min(count, k_most); ++i) {
        const Track* track = u.bench.document()->state().find(selection[count - 1 - i]);
        if (track) p.name_line(*track);
    }
    if (count > k_most) p.paragraph(fmt::format("and {} more", count - k_most));
}

}  // namespace

void draw_right_panel(Ui& u, Area area) {
    begin_panel(u, "right", area, u.theme.panel);
    const float line = std::max(1.0f, std::floor(u.scale));
    Area inside = area;
    fill(inside.cut_left(line), u.theme.line);
    if (u.bench.document()) {
        Properties p{u, inside};
        const Track* track = u.bench.selected();
        const std::size_t count = u.bench.view().selection.size();
        if (!track) {
            draw_medium(p);
        } else if (count > 1) {
            draw_several(p, count);
        } else {
            draw_track_properties(p, *track);
        }
        p.finish();
    }
    end_panel();
}

}  // namespace app
