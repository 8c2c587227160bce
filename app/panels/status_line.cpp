// The exact place and value under the cursor on the left; what is being worked on, on the right.
#include <cmath>

#include "app/panels/panels.h"
#include "app/place.h"
#include "app/raster_facts.h"

namespace app {

namespace {

// Text in a column at least as wide as `widest`, so that running numbers do not push their neighbours about.
void column(Ui& u, Area& area, std::string_view text, std::string_view widest) {
    const float width = std::max(text_width(u.fonts.small, text), text_width(u.fonts.small, widest));
    const ImU32 ink = mix(u.theme.quiet, u.theme.text, 0.25f);
    draw_text(u, area.cut_left(std::ceil(width) + 1), text, ink, u.fonts.small);
    area.cut_left(u.px(18));
}

std::string same_width(std::int64_t largest) { return std::string(std::to_string(largest).size(), '0'); }

void draw_frame(Ui& u, Area& area) {
    const Workbench& bench = u.bench;
    const std::string zeros = same_width(std::max<std::int64_t>(bench.frame_count(), 100));
    std::string text = fmt::format("frame {}", bench.picture() ? bench.picture()->index : bench.frame());
    const bool coming = bench.picture() && bench.picture()->index != bench.frame();
    if (coming) text += fmt::format(" → {}", bench.frame());
    if (bench.picture_is_stand_in() && !coming) text += " preview";
    column(u, area, text, "frame " + zeros);
}

void draw_time(Ui& u, Area& area) {
    const Workbench& bench = u.bench;
    const auto info = bench.video_info();
    if (!info || !bench.picture() || info->is_picture) return;
    const base::Rational base = info->time_base;
    const std::string unit =
        base.num == 1 ? fmt::format("/ {}", base.den) : fmt::format("× {}/{}", base.num, base.den);
    column(u, area, fmt::format("pts {} {}", bench.picture()->pts, unit), "pts 00000 " + unit);
    if (bench.video())
        column(u, area, time_text(bench.video()->secs_of(bench.picture()->index)), "00:00:00.000");
}

std::string values_text(const media::PixelValues& values) {
    if (!values.error.empty()) return values.error;
    std::string text;
    for (std::size_t i = 0; i < values.text.size(); ++i)
        text += fmt::format("{}b{} {}", i > 0 ? " · " : "", i + 1, values.text[i]);
    return text;
}

void draw_under_cursor_of_raster(Ui& u, Area& area, RasterDisplay& raster) {
    const base::Point at = u.bench.readout.at;
    column(u, area, fmt::format("x {}  y {}", decimals(at.x, 1), decimals(at.y, 1)), "x 00000.0  y 00000.0");
    if (const geo::Placement* place = raster.placement()) {
        const auto in_crs = place->crs_from_pixel(at);
        const auto lonlat = place->lonlat_from_pixel(at);
        if (in_crs && !place->crs().geographic)
            column(u, area, crs_text(place->crs(), *in_crs), "E 000000.0  N 0000000.0");
        if (lonlat) column(u, area, lonlat_text(*lonlat), "−00.00000, −000.00000");
    }
    const auto values =
        raster.values_at(static_cast<int>(std::floor(at.x)), static_cast<int>(std::floor(at.y)));
    const float room = area.width() * 0.6f;
    const std::string text = values ? values_text(*values) : "…";
    draw_text(u, area.cut_left(std::min(room, text_width(u.fonts.small, text) + 1)), text,
              mix(u.theme.quiet, u.theme.text, 0.25f), u.fonts.small);
    area.cut_left(u.px(18));
}

void draw_under_cursor(Ui& u, Area& area) {
    const CanvasReadout& under = u.bench.readout;
    if (!under.inside) return;
    if (u.bench.raster() != nullptr) return draw_under_cursor_of_raster(u, area, *u.bench.raster());
    column(u, area, fmt::format("x {:.1f}  y {:.1f}", under.at.x, under.at.y), "x 0000.0  y 000.0");
    const std::string rgb = fmt::format("rgb {} {} {}", under.rgb[0], under.rgb[1], under.rgb[2]);
    column(u, area, under.exact ? rgb : "rgb –", "rgb 000 000 000");
}

void link(Ui& u, Area& area, std::string_view name, std::string_view text,
          const std::function<void(Workbench&)>& run) {
    const Area at = area.cut_right(std::ceil(text_width(u.fonts.small, text)) + 1);
    bool hovered = false;
    if (click_area(u, name, at, &hovered)) u.later(run);
    draw_text(u, at, text, hovered ? mix(u.theme.accent, u.theme.text, 0.5f) : u.theme.accent, u.fonts.small);
}

std::string job_text(const base::Job& job, std::size_t count) {
    std::string text = count > 1 ? fmt::format("{} jobs · {}", count, job.name()) : job.name();
    if (job.progress() >= 0) text += fmt::format(" {:.0f} %", job.progress() * 100);
    return text;
}

void draw_jobs(Ui& u, Area& area) {
    const auto jobs = u.bench.jobs();
    if (jobs.empty()) return;
    link(u, area, "Cancel job", "cancel", [job = jobs.front()](Workbench&) { job->cancel(); });
    area.cut_right(u.px(8));
    const std::string text = job_text(*jobs.front(), jobs.size());
    const float width = std::min(std::ceil(text_width(u.fonts.small, text)) + 1, area.width() / 2);
    draw_text(u, area.cut_right(width), text, mix(u.theme.quiet, u.theme.text, 0.25f), u.fonts.small);
    if (jobs.front()->progress() >= 0) {
        area.cut_right(u.px(8));
        const Area well = area.cut_right(u.px(64));
        const float y = std::floor((well.y0 + well.y1) / 2 - u.px(1.5f));
        const float x = well.x0 + well.width() * static_cast<float>(jobs.front()->progress());
        fill({well.x0, y, well.x1, y + u.px(3)}, u.theme.line, u.px(1.5f));
        fill({well.x0, y, x, y + u.px(3)}, u.theme.accent, u.px(1.5f));
    }
    area.cut_right(u.px(18));
}

void draw_counters(Ui& u, Area& area) {
    const auto draw_counter = [&](const std::string& text) {
        draw_text(u, area.cut_right(std::ceil(text_width(u.fonts.small, text)) + 1), text, u.theme.quiet,
                  u.fonts.small);
        area.cut_right(u.px(18));
    };
    if (const RasterDisplay* raster = u.bench.raster(); raster != nullptr && raster->info()) {
        const render::RasterDrawn& sight = raster->sight();
        const auto tiles = static_cast<int>(sight.plan.in_sight.size());
        draw_counter(fmt::format("tiles {} / {} · {} MB", tiles - sight.missing, tiles,
                                 raster->source().counters().bytes >> 20));
        const double scale = u.bench.asset_view().scale;
        // On paper at 96 dots an inch, as map viewers count it.
        if (raster->metres_per_px() && scale > 0)
            draw_counter(fmt::format(
                "1 : {}", grouped(std::llround(*raster->metres_per_px() / scale * u.scale / 0.0254 * 96))));
        else
            draw_counter(scale >= 1 ? fmt::format("{:.3g} : 1", scale)
                                    : fmt::format("1 : {:.3g}", 1 / scale));
        return;
    }
    if (!u.bench.video()) return;
    const media::VideoCounters counters = u.bench.video()->counters();
    const std::string cache = fmt::format("cache {} MB", counters.cached_bytes >> 20);
    const std::string decode = counters.last_decode_ms < 10
                                   ? fmt::format("decode {:.1f} ms", counters.last_decode_ms)
                                   : fmt::format("decode {:.0f} ms", counters.last_decode_ms);
    draw_counter(cache);
    draw_counter(decode);
}

}  // namespace

void draw_status_line(Ui& u, Area area) {
    begin_panel(u, "status line", area, u.theme.panel);
    fill({area.x0, area.y0, area.x1, area.y0 + std::max(1.0f, std::floor(u.scale))}, u.theme.line);
    Area row{area.x0 + u.px(14), area.y0, area.x1 - u.px(14), area.y1};
    if (u.bench.asset()) {
        if (u.bench.raster() == nullptr) draw_frame(u, row);
        draw_time(u, row);
        draw_under_cursor(u, row);
    }
    draw_jobs(u, row);
    draw_counters(u, row);
    if (u.bench.asset() && u.bench.tool_info())
        draw_text(u, row, u.bench.tool_info()->hint, u.theme.faint, u.fonts.small);
    end_panel();
}

}  // namespace app
