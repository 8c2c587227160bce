#include "app/window/canvas.h"

#include <cmath>

#include "app/grid_overlay.h"
#include "app/mask_style.h"
#include "app/window/map_furniture.h"
#include "media/video_source.h"

namespace app {

constexpr double k_margin_px = 16;       // logical, around a fitted picture
constexpr double k_wheel_factor = 1.25;  // per notch

base::Result<Canvas> Canvas::create() {
    auto video = render::VideoPass::create();
    if (!video) return std::unexpected(video.error());
    auto raster = render::RasterPass::create();
    if (!raster) return std::unexpected(raster.error());
    auto vectors = render::VectorPass::create();
    if (!vectors) return std::unexpected(vectors.error());
    auto masks = render::MaskPass::create();
    if (!masks) return std::unexpected(masks.error());
    auto overlay = render::OverlayPass::create();
    if (!overlay) return std::unexpected(overlay.error());
    return Canvas{std::move(*video), std::move(*raster), std::move(*vectors), std::move(*masks),
                  std::move(*overlay)};
}

render::MediaSize Canvas::media_size(const Workbench& bench) const {
    if (const auto size = bench.shown_size_px()) return {size->x, size->y};
    const labels::Asset* asset = bench.asset();
    return asset != nullptr ? render::MediaSize{static_cast<double>(asset->width_px),
                                                static_cast<double>(asset->height_px)}
                            : render::MediaSize{};
}

void Canvas::keep_view(Workbench& bench, bool fitted) const {
    AssetView& kept = bench.asset_view();
    kept.fitted = fitted;
    kept.centre = m_view.centre_in_media;
    kept.scale = m_view.scale;
}

void Canvas::place(Workbench& bench, Area area) {
    m_view.screen = {area.x0, area.y0, std::max(area.x1, area.x0 + 1), std::max(area.y1, area.y0 + 1)};
    const render::MediaSize media = media_size(bench);
    if (media.width <= 0 || bench.view().asset.is_nil()) return;
    const bool two = bench.layers() != nullptr && bench.layers()->side_by_side &&
                     bench.layers()->topmost_raster() != nullptr;
    const double half = std::floor(m_view.screen.width() / 2) - 1;
    if (two) m_view.screen.x1 = m_view.screen.x0 + half;
    AssetView& kept = bench.asset_view();
    const std::optional<base::Rect> show = std::exchange(kept.show, std::nullopt);
    const bool fitted = kept.fitted && !show;
    if (fitted) {
        m_view = render::fit(media, m_view.screen, k_margin_px);
    } else if (show) {
        m_view = render::fit_rect(*show, media, m_view.screen, k_margin_px);
    } else {
        m_view.centre_in_media = kept.centre;
        m_view.scale = render::clamp_scale(kept.scale, media);
        m_view.keep_in_reach(media);
    }
    if (m_view.scale >= 1) m_view.snap_to_pixels();
    keep_view(bench, fitted);
    bench.canvas_sight = m_view.visible_media();
    m_second.reset();
    if (!two) return;
    m_second = m_view;
    m_second->screen.x0 += half + 2;
    m_second->screen.x1 += half + 2;
}

void Canvas::upload(Workbench& bench) {
    if (bench.picture() == m_uploaded) return;
    m_uploaded = bench.picture();
    if (!m_uploaded) return m_textures.clear();
    if (const auto done = m_textures.upload(*m_uploaded); !done) {
        m_textures.clear();
        bench.toast(ToastKind::error, done.error().message);
    }
}

constexpr double k_grid_min_scale = 12;

// False when there is nothing to label yet.
bool Canvas::draw_picture(Workbench& bench, render::Size target) {
    RasterDisplay* raster = bench.raster();
    m_more_to_upload = false;
    ++m_frame;
    upload(bench);
    if (raster != nullptr) {
        draw_raster(bench, *raster, target);
        return raster->info().has_value();
    }
    m_layer_textures.clear();
    if (m_textures.empty()) return false;
    m_video.draw(m_textures, m_view, target,
                 {.pixel_grid = render::PixelGrid::on, .grid_min_scale = k_grid_min_scale});
    return true;
}

void Canvas::draw_tiles(Workbench& bench, RasterDisplay& raster, LayerId id, render::Size target,
                        const render::RasterPassOptions& options) {
    if (!raster.info()) return;
    if (!raster.shading()) return raster.drew({});
    LayerTextures& held = m_layer_textures[id];
    if (held.generation != raster.generation()) held.textures.clear();
    held.generation = raster.generation();
    held.frame = m_frame;
    held.textures.begin_frame();
    render::RasterDrawn drawn = m_raster.draw(raster.source(), *raster.info(), raster.shading(),
                                              held.textures, m_view, target, options);
    if (!m_raster.failure().empty()) bench.toast(ToastKind::error, m_raster.failure());
    m_more_to_upload |= drawn.deferred;
    raster.drew(drawn);
}

void Canvas::draw_raster(Workbench& bench, RasterDisplay& raster, render::Size target) {
    render::RasterPassOptions options{.pixel_grid = render::PixelGrid::on,
                                      .grid_min_scale = k_grid_min_scale};
    // Half a screen ahead of where the last frames went.
    const base::Point moved = m_view.centre_in_media - m_last_centre;
    const double pixels = std::hypot(moved.x, moved.y) * m_view.scale;
    m_last_centre = m_view.centre_in_media;
    if (pixels > 2) options.motion = moved * (m_view.scale / pixels / 2);
    options.opacity = bench.layers() != nullptr ? static_cast<float>(bench.layers()->base_opacity) : 1;
    // Hidden it is drawn all the same, of no opacity: what is in sight of it is measured and read on.
    if (bench.layers() != nullptr && !bench.layers()->base_visible) options.opacity = 0;
    draw_tiles(bench, raster, 0, target, options);
    if (bench.layers() != nullptr) draw_layers(bench, target, options);
    std::erase_if(m_layer_textures, [&](const auto& held) { return held.second.frame + 600 < m_frame; });
}

double Canvas::swipe_x(const MapLayers& layers) const {
    return std::round(m_view.screen.x0 + *layers.swipe * m_view.screen.width());
}

void Canvas::draw_layers(Workbench& bench, render::Size target, const render::RasterPassOptions& options) {
    MapLayers& layers = *bench.layers();
    for (const auto& layer : layers.layers()) {
        if (!layer->view.visible || layers.is_blinked_off(*layer)) continue;
        if (m_second && layer.get() == layers.topmost_raster()) continue;
        if (layer->raster) {
            render::RasterPassOptions own = options;
            own.opacity = static_cast<float>(layer->view.opacity);
            own.pixel_grid = render::PixelGrid::off;
            own.blend = static_cast<render::RasterBlend>(layer->view.blend);
            if (layers.swipe && layer.get() == layers.topmost_raster())
                own.only = {swipe_x(layers), m_view.screen.y0, m_view.screen.x1, m_view.screen.y1};
            draw_tiles(bench, *layer->raster, layer->id, target, own);
        }
        if (layer->vectors) {
            const auto alpha = static_cast<std::uint8_t>(std::lround(layer->view.opacity * 255));
            const auto inside = static_cast<std::uint8_t>(layer->view.filled ? alpha / 4 : 0);
            const auto drawn = m_vectors.draw(*layer->vectors->tiles(), m_view, target,
                                              {.line = render::rgba(layer->view.color_rgb, alpha),
                                               .fill = render::rgba(layer->view.color_rgb, inside)});
            m_more_to_upload |= drawn.waiting > 0;
        }
    }
}

render::RasterTextureCounters Canvas::raster_counters() const {
    render::RasterTextureCounters sum;
    for (const auto& [id, held] : m_layer_textures) {
        const render::RasterTextureCounters& one = held.textures.counters();
        sum.uploads += one.uploads;
        sum.uploaded_bytes += one.uploaded_bytes;
        sum.evictions += one.evictions;
        sum.borders_mended += one.borders_mended;
        sum.bytes += one.bytes;
    }
    return sum;
}

// What is in no mask: painted and not there yet, or the borders of pieces.
void Canvas::draw_loose(const LooseMask& mask, LooseTextures& held, const render::MaskStyle& style,
                        render::Size target) {
    if (mask.plane == nullptr) return;
    held.pyramid.follow(*mask.plane);
    render::View view = m_view;
    view.centre_in_media = (m_view.centre_in_media - mask.corner) * (1 / mask.step);
    view.scale = m_view.scale * mask.step;
    m_masks.draw(held.pyramid, style, held.textures, view, target);
}

// Over the picture of m_view, the bottom one first.
void Canvas::draw_masks(Workbench& bench, render::Size target) {
    draw_expression(bench, target);
    const labels::State& state = bench.document()->state();
    if (bench.view().masks.visible) {
        for (const auto& shown : bench.masks().masks()) {
            const labels::MaskLayer* layer = state.find(shown->id);
            const auto& hidden = bench.view().masks.hidden_layers;
            const bool is_hidden = std::ranges::find(hidden, shown->id) != hidden.end();
            if (layer == nullptr || is_hidden || shown->pyramid.levels().empty()) continue;
            LayerMask& held = m_mask_textures[shown->id];
            held.frame = m_frame;
            m_masks.draw(shown->pyramid, mask_style(*layer, state.ontology, bench, m_px), held.textures,
                         m_view, target);
        }
    }
    if (const MaskSuggestion* suggestion = bench.suggestion()) {
        if (const labels::MaskLayer* layer = state.find(suggestion->layer))
            draw_loose({&suggestion->values, suggestion->window.corner(), suggestion->window.step_x},
                       m_suggested, suggestion_style(*layer, state.ontology, bench, m_px), target);
    }
    const Overlay overlay = bench.tool_overlay();
    draw_loose(overlay.pieces, m_pieces, pieces_style(m_px), target);
    draw_loose(overlay.mask_preview, m_preview, preview_style(bench), target);
    std::erase_if(m_mask_textures, [&](const auto& held) { return held.second.frame + 600 < m_frame; });
}

// Where the expression that the brush is bound to holds: the raster once more, of one colour, see-through
// where it does not. All of it on the GPU, so that it follows typing and zooming at once.
void Canvas::draw_expression(Workbench& bench, render::Size target) {
    RasterDisplay* raster = bench.raster();
    const std::string& expression = bench.view().brush.only_where;
    if (raster == nullptr || !raster->info()) return;
    if (expression.empty() || !bench.view().masks.preview_where) return raster->also_read({});
    const std::string of = fmt::format("{} {}", raster->generation(), expression);
    if (of != m_expression_of) {
        m_expression_of = of;
        m_expression = expression_shading(*raster->info(), expression);
        raster->also_read(m_expression ? m_expression->bands : std::vector<int>{});
        m_more_to_upload = true;
    }
    if (!m_expression) return;
    const render::RasterDrawn drawn =
        m_raster.draw(raster->source(), *raster->info(), m_expression, m_layer_textures[0].textures, m_view,
                      target, {.opacity = 0.6f});
    m_more_to_upload |= drawn.deferred;
}

render::MaskTextureCounters Canvas::mask_counters() const {
    render::MaskTextureCounters sum;
    for (const auto& [id, held] : m_mask_textures) {
        const render::MaskTextureCounters& one = held.textures.counters();
        sum.hits += one.hits;
        sum.uploads += one.uploads;
        sum.uploaded_bytes += one.uploaded_bytes;
        sum.evictions += one.evictions;
        sum.bytes += one.bytes;
    }
    return sum;
}

// Over the picture of m_view, whichever of two linked ones that is at the moment.
void Canvas::draw_labels(Workbench& bench, render::Size target, float px) {
    m_batch.clear();
    const std::int64_t shown = bench.shown_frame();  // labels of the picture on screen, never of another
    const auto tracks = bench.document()->tracks_at(bench.view().asset, shown);
    m_batch.set_bounds(m_view.screen);
    if (const labels::InspectionGrid* grid = bench.grid())
        add_grid(*grid, bench.current_cell(), m_view, px, m_batch);
    add_labels({.state = bench.document()->state(),
                .tracks = tracks,
                .selection = bench.view().selection,
                .frame = shown,
                .view = m_view,
                .style = {.px = px}},
               m_batch, m_tags);
    if (contains(m_pointer)) {
        const Overlay overlay = bench.tool_overlay();
        add_tool_overlay(overlay, m_view, px, m_batch);
        m_notes = overlay.notes;
    }
    if (bench.layers() != nullptr && bench.layers()->swipe) {
        const double x = swipe_x(*bench.layers());
        m_batch.add_line({x, m_view.screen.y0}, {x, m_view.screen.y1},
                         {.color = 0xE6E8EBFF, .thickness_px = 2 * px});
        m_batch.add_handle({x, m_view.screen.centre().y}, 14 * px, 0xE6E8EBFF, 0x101216FF, px);
    }
    m_overlay.draw(m_batch, target, m_view.screen);
}

// The right one of two linked views: the topmost raster alone, and the same labels.
void Canvas::draw_second(Workbench& bench, render::Size target, float px) {
    const render::View first = std::exchange(m_view, *m_second);
    const MapLayer* top = bench.layers()->topmost_raster();
    if (top != nullptr) draw_tiles(bench, *top->raster, top->id, target, {});
    draw_masks(bench, target);
    draw_labels(bench, target, px);
    m_view = first;
}

InputEvent Canvas::in_first_view(InputEvent event) const {
    if (m_second && event.at.x >= m_second->screen.x0 && !m_panning)
        event.at.x -= m_second->screen.x0 - m_view.screen.x0;
    return event;
}

void Canvas::draw_media(Workbench& bench, render::Size target, float px) {
    m_px = px;
    m_tags.clear();
    m_notes.clear();
    read_under_pointer(bench);
    if (!draw_picture(bench, target) || bench.document() == nullptr) return;
    draw_masks(bench, target);
    draw_labels(bench, target, px);
    if (m_second) draw_second(bench, target, px);
    m_overview.reset();
    if (bench.raster() != nullptr) draw_overview(*bench.raster(), target, px);
}

void Canvas::draw_overview(RasterDisplay& raster, render::Size target, float px) {
    m_overview = overview_of(raster, m_view, px);
    if (!m_overview || !raster.shading()) return;
    m_batch.clear();
    m_batch.set_bounds(m_view.screen);
    add_overview_ground(*m_overview, px, m_batch);
    m_overlay.draw(m_batch, target, m_view.screen);
    (void)m_raster.draw(raster.source(), *raster.info(), raster.shading(), m_layer_textures[0].textures,
                        *m_overview, target);
    m_batch.clear();
    add_overview_sight(*m_overview, m_view, px, m_batch);
    m_overlay.draw(m_batch, target, m_overview->screen.grown(2 * px));
}

void Canvas::centre_by_overview(Workbench& bench, base::Point on_screen) {
    m_view.centre_in_media = m_overview->media_from_screen(on_screen);
    m_view.keep_in_reach(media_size(bench));
    keep_view(bench, false);
}

static void draw_note(Ui& u, ImDrawList& list, base::Point on_screen, const std::string& text) {
    ImFont* font = u.fonts.small;
    const float width = text_width(font, text), pad = u.px(7);
    const float x = std::floor(static_cast<float>(on_screen.x) + u.px(14)),
                y = std::floor(static_cast<float>(on_screen.y) + u.px(10));
    list.AddRectFilled({x, y}, {x + width + 2 * pad, y + font->FontSize + u.px(8)}, color(0x181B20, 0.94f),
                       u.px(4));
    list.AddText(font, font->FontSize, {x + pad, std::floor(y + u.px(4))}, color(0xE6E8EB), text.c_str());
}

void Canvas::draw_text_over(Ui& u) {
    ImDrawList& list = *ImGui::GetBackgroundDrawList();
    const ImVec2 low{static_cast<float>(m_view.screen.x0), static_cast<float>(m_view.screen.y0)};
    const double right = m_second ? m_second->screen.x1 : m_view.screen.x1;
    const ImVec2 high{static_cast<float>(right), static_cast<float>(m_view.screen.y1)};
    list.PushClipRect(low, high);
    for (const NameTag& tag : m_tags) {
        ImFont* font = u.fonts.small;
        const ImVec2 size = font->CalcTextSizeA(font->FontSize, FLT_MAX, 0, tag.text.c_str());
        const float pad = u.px(5), height = font->FontSize + u.px(4);
        const float x = std::floor(static_cast<float>(tag.at.x));
        const float y = std::floor(std::max(static_cast<float>(tag.at.y) - height, low.y));
        const float strength = tag.selected ? 1.0f : tag.quiet ? 0.62f : 0.85f;
        list.AddRectFilled({x, y}, {x + size.x + 2 * pad, y + height}, color(tag.color_rgb, strength),
                           u.px(2));
        list.AddText(font, font->FontSize, {x + pad, std::floor(y + u.px(1.5f))}, ink_on(tag.color_rgb),
                     tag.text.c_str());
    }
    for (const Overlay::Note& note : m_notes)
        draw_note(u, list, m_view.screen_from_media(note.at), note.text);
    if (m_second && m_view.screen.contains(m_pointer)) {  // where the pointer is in both
        for (const double shift : {0.0, m_second->screen.x0 - m_view.screen.x0}) {
            const ImVec2 at{static_cast<float>(m_pointer.x + shift), static_cast<float>(m_pointer.y)};
            list.AddCircle(at, u.px(5), color(0x101216, 0.8f), 20, u.px(3));
            list.AddCircle(at, u.px(5), color(0xE6E8EB), 20, u.px(1.25f));
        }
    }
    if (u.bench.raster() != nullptr && u.bench.raster()->info()) draw_map_scale(u, *u.bench.raster(), m_view);
    list.PopClipRect();
    if (u.bench.shown_size_px() || u.bench.asset() == nullptr) return;
    const Area middle{low.x + u.px(40), (low.y + high.y) / 2 - u.px(14), high.x - u.px(40),
                      (low.y + high.y) / 2 + u.px(14)};
    const std::string& why = u.bench.media_error();
    ImFont* font = u.fonts.text;
    const std::string text = why.empty() ? "Reading " + u.bench.asset()->name + "…" : why;
    const float wrap = middle.width();
    const ImVec2 size = font->CalcTextSizeA(font->FontSize, wrap, wrap, text.c_str());
    list.AddText(font, font->FontSize,
                 {std::floor((middle.x0 + middle.x1 - size.x) / 2), std::floor(middle.y0 - size.y / 2)},
                 why.empty() ? u.theme.quiet : u.theme.doubt, text.c_str(), nullptr, wrap);
}

PointerEvent Canvas::to_media(const InputEvent& event, PointerEvent::Kind kind) const {
    // Finer than any hand or display, and short as text: no 200.00000000000003 in anybody's file.
    const auto grid = [](double v) { return std::round(v * 1024) / 1024; };
    const base::Point at = m_view.media_from_screen(event.at);
    return {.kind = kind,
            .at = {grid(at.x), grid(at.y)},
            .media_per_px = 1 / m_view.scale,
            .modifiers = event.modifiers};
}

bool Canvas::key(Workbench& bench, Key pressed) {
    if (bench.tool() == nullptr || !bench.tool()->busy()) return false;
    InputEvent event{.at = m_pointer};
    using Kind = PointerEvent::Kind;
    if (pressed == key::enter) return bench.pointer(to_media(event, Kind::finish)), true;
    if (pressed == key::backspace) return bench.pointer(to_media(event, Kind::back)), true;
    if (pressed == key::escape) return bench.pointer(to_media(event, Kind::cancel)), true;
    return false;
}

bool Canvas::pointer(Workbench& bench, const InputEvent& as_it_came) {
    using Kind = PointerEvent::Kind;
    const InputEvent event = in_first_view(as_it_came);
    const base::Point before = m_pointer;
    const bool on_overview = m_overview && m_overview->screen.contains(event.at);
    if (event.kind == InputKind::press && event.button == 0 && on_overview && !m_left_down)
        m_in_overview = true;
    if (MapLayers* layers = bench.layers(); layers != nullptr && layers->swipe) {
        const bool on_line = std::abs(event.at.x - swipe_x(*layers)) < 7 * m_px;
        if (event.kind == InputKind::press && event.button == 0 && on_line && !m_left_down) m_swiping = true;
        if (m_swiping) {
            if (event.kind == InputKind::release || event.kind == InputKind::focus_lost) m_swiping = false;
            m_pointer = event.at;
            layers->swipe = std::clamp((event.at.x - m_view.screen.x0) / m_view.screen.width(), 0.02, 0.98);
            return true;
        }
    }
    if (m_in_overview) {
        if (event.kind == InputKind::release || event.kind == InputKind::focus_lost) m_in_overview = false;
        m_pointer = event.at;
        if (m_overview && event.kind != InputKind::focus_lost) centre_by_overview(bench, event.at);
        return true;
    }
    switch (event.kind) {
        case InputKind::move:
            m_pointer = event.at;
            if (m_panning) {
                m_view.pan_by_screen(m_pointer - before);
                m_view.keep_in_reach(media_size(bench));
                keep_view(bench, false);
            } else {
                bench.pointer(to_media(event, m_left_down ? Kind::drag : Kind::hover));
            }
            return true;
        case InputKind::press:
            m_pointer = event.at;
            if (event.button == 2 && !m_left_down) return m_panning = true;
            if (event.button != 0) return false;
            m_left_down = true;
            bench.pointer(to_media(event, Kind::press));
            return true;
        case InputKind::release:
            m_pointer = event.at;
            if (event.button == 2) return std::exchange(m_panning, false);
            if (event.button != 0 || !m_left_down) return false;
            m_left_down = false;
            bench.pointer(
                to_media(event, Kind::drag));  // the last sample counts, also when no move came with it
            bench.pointer(to_media(event, Kind::release));
            return true;
        case InputKind::scroll: {
            if (event.scroll.y == 0) return true;
            const double factor = std::pow(k_wheel_factor, event.scroll.y);
            m_view.zoom_about(event.at, factor, media_size(bench));
            m_view.keep_in_reach(media_size(bench));
            keep_view(bench, false);
            return true;
        }
        case InputKind::focus_lost:
            if (m_left_down) bench.pointer(to_media(event, Kind::cancel));
            m_left_down = m_panning = false;
            return false;
        default:
            return false;
    }
}

Cursor Canvas::cursor(const Workbench& bench) const {
    if (m_panning || m_in_overview) return Cursor::hand;
    if (const MapLayers* layers = bench.layers(); layers != nullptr && layers->swipe)
        if (m_swiping || std::abs(m_pointer.x - swipe_x(*layers)) < 7 * m_px) return Cursor::resize_ew;
    if (m_overview && m_overview->screen.contains(m_pointer)) return Cursor::arrow;
    return bench.tool_overlay().cursor;
}

// The displayed 8-bit colour of the pixel under the pointer, for the status line.
void Canvas::read_under_pointer(Workbench& bench) const {
    bench.readout = {};
    if (RasterDisplay* raster = bench.raster();
        raster != nullptr && raster->info() && m_view.screen.contains(m_pointer)) {
        const base::Point at = m_view.media_from_screen(m_pointer);
        const media::RasterInfo& info = *raster->info();
        bench.readout.inside = at.x >= 0 && at.y >= 0 && at.x < info.width_px && at.y < info.height_px;
        bench.readout.at = at;
        return;
    }
    if (!m_uploaded || !m_view.screen.contains(m_pointer)) return;
    const base::Point at = m_view.media_from_screen(m_pointer);
    const int x = static_cast<int>(std::floor(at.x)), y = static_cast<int>(std::floor(at.y));
    if (x < 0 || y < 0 || x >= m_uploaded->shown_width() || y >= m_uploaded->shown_height()) return;
    bench.readout.inside = true;
    bench.readout.at = at;
    bench.readout.exact = !m_uploaded->stand_in;
    if (bench.readout.exact) bench.readout.rgb = media::pixel_rgb(*m_uploaded, x, y);
}

}  // namespace app
