#include "app/window/map_furniture.h"

#include <array>
#include <cmath>
#include <numbers>

#include "app/raster_facts.h"

namespace app {

constexpr double k_overview_px = 168;  // logical, its longer side

std::optional<render::View> overview_of(const RasterDisplay& raster, const render::View& view, float px) {
    if (!raster.info()) return {};
    const double width = raster.info()->width_px, height = raster.info()->height_px;
    const base::Rect seen = raster.sight().plan.seen;
    const bool most_in_sight = seen.width() > 0.6 * width && seen.height() > 0.6 * height;
    if (most_in_sight || view.screen.width() < 420 * px || view.screen.height() < 300 * px) return {};
    const double scale = k_overview_px * px / std::max(width, height);
    const double margin = 22 * px;
    const double w = std::max(std::round(width * scale), 24.0 * px),
                 h = std::max(std::round(height * scale), 24.0 * px);
    const double x1 = std::floor(view.screen.x1 - margin), y0 = std::floor(view.screen.y0 + margin);
    return render::View{{width / 2, height / 2}, scale, {x1 - w, y0, x1, y0 + h}};
}

void add_overview_ground(const render::View& overview, float px, render::OverlayBatch& batch) {
    batch.add_rect_fill(overview.screen.grown(8 * px), 0x181B20F0);
}

void add_overview_sight(const render::View& overview, const render::View& view, float px,
                        render::OverlayBatch& batch) {
    base::Rect seen = overview.screen_from_media(view.visible_media());
    seen = {std::max(seen.x0, overview.screen.x0), std::max(seen.y0, overview.screen.y0),
            std::min(seen.x1, overview.screen.x1), std::min(seen.y1, overview.screen.y1)};
    // Never smaller than what can be seen and grabbed.
    const double least = 6 * px;
    if (seen.width() < least) seen.x0 = seen.centre().x - least / 2, seen.x1 = seen.x0 + least;
    if (seen.height() < least) seen.y0 = seen.centre().y - least / 2, seen.y1 = seen.y0 + least;
    const float line = std::max(1.0f, std::round(1.5f * px));
    batch.add_rect_fill(seen, 0x4C9EFF28);
    batch.add_rect_outline(render::sharp_outline(seen, line), {.color = 0x4C9EFFFF, .thickness_px = line});
}

std::optional<double> metres_per_px(const RasterDisplay& raster, base::Point in_media) {
    if (raster.placement() == nullptr) return {};
    const std::array across = {in_media, in_media + base::Point{1, 0}};
    return raster.placement()->length_m(across);
}

namespace {

// 1, 2 or 5 times a power of ten, the largest that is not longer than `longest`.
double round_length(double longest) {
    const double power = std::pow(10, std::floor(std::log10(longest)));
    for (const double factor : {5.0, 2.0})
        if (factor * power <= longest) return factor * power;
    return power;
}

std::string round_length_text(double metres) {
    if (metres >= 1000) return fmt::format("{:g} km", metres / 1000);
    if (metres >= 1) return fmt::format("{:g} m", metres);
    return fmt::format("{:g} cm", metres * 100);
}

// Clockwise from up on the screen, where north is.
std::optional<double> north_angle(const geo::Placement& placement, base::Point at) {
    const auto here = placement.lonlat_from_pixel(at);
    if (!here || std::abs(here->y) > 89.5) return {};
    const auto north = placement.pixel_from_lonlat({here->x, here->y + 0.001});
    if (!north) return {};
    return std::atan2(north->x - at.x, -(north->y - at.y));
}

void draw_north(Ui& u, ImDrawList& list, ImVec2 centre, double angle) {
    const auto turned = [&](double x, double y) {
        return ImVec2{centre.x + u.px(static_cast<float>(x * std::cos(angle) - y * std::sin(angle))),
                      centre.y + u.px(static_cast<float>(x * std::sin(angle) + y * std::cos(angle)))};
    };
    const ImU32 ink = color(0xE6E8EB), dim = color(0xE6E8EB, 0.45f);
    list.AddTriangleFilled(turned(0, -10), turned(-5, 7), turned(0, 4), ink);
    list.AddTriangleFilled(turned(0, -10), turned(5, 7), turned(0, 4), dim);
}

}  // namespace

void draw_map_scale(Ui& u, const RasterDisplay& raster, const render::View& view) {
    const auto metres = metres_per_px(raster, view.centre_in_media);
    if (!metres || *metres <= 0 || view.screen.width() < u.px(240)) return;
    const double length = round_length(u.px(120) / view.scale * *metres);
    const auto width = static_cast<float>(length / *metres * view.scale);
    const std::string text = round_length_text(length);
    const auto angle = north_angle(*raster.placement(), view.centre_in_media);
    ImDrawList& list = *ImGui::GetBackgroundDrawList();
    const float pad = u.px(10), gap = u.px(8), height = u.px(26), arrow = angle ? u.px(22) : 0;
    const float text_w = text_width(u.fonts.small, text);
    const Area box{static_cast<float>(view.screen.x0) + u.px(14),
                   static_cast<float>(view.screen.y1) - u.px(14) - height,
                   static_cast<float>(view.screen.x0) + u.px(14) + 2 * pad + width + gap + text_w + arrow,
                   static_cast<float>(view.screen.y1) - u.px(14)};
    list.AddRectFilled(box.min(), box.max(), color(0x181B20, 0.9f), u.px(5));
    const float y = std::floor((box.y0 + box.y1) / 2), x0 = std::floor(box.x0 + pad),
                x1 = std::floor(x0 + width);
    const ImU32 ink = color(0xE6E8EB);
    const float line = std::max(1.0f, std::round(u.px(1.25f)));
    list.AddRectFilled({x0, y}, {x1, y + line}, ink);
    for (const float x : {x0, x1 - line})
        list.AddRectFilled({x, y - u.px(5)}, {x + line, y + u.px(5) + line}, ink);
    ImFont* font = u.fonts.small;
    list.AddText(font, font->FontSize, {std::floor(x1 + gap), std::floor(y - font->FontSize / 2)}, ink,
                 text.c_str());
    if (angle) draw_north(u, list, {box.x1 - u.px(16), y + line / 2}, *angle);
}

}  // namespace app
