#include "app/commands/label_picture.h"

#include <cmath>

#include <epoxy/gl.h>
#include <imgui.h>

#include "app/mask_style.h"
#include "app/overlay_scene.h"
#include "app/ui/fonts.h"
#include "app/window/imgui_platform.h"
#include "app/window/window_frame.h"
#include "render/mask_pass.h"
#include "render/overlay_pass.h"
#include "render/video_pass.h"

namespace app {

namespace {

constexpr float k_black[] = {0, 0, 0, 1};

render::View view_of(const LabelPicture& desc, render::Size target) {
    render::View view;
    view.screen = {0, 0, static_cast<double>(target.width), static_cast<double>(target.height)};
    view.centre_in_media = desc.shown.centre();
    view.scale =
        std::min(view.screen.width() / desc.shown.width(), view.screen.height() / desc.shown.height());
    if (view.scale >= 1) view.snap_to_pixels();
    return view;
}

// As the canvas does: the bottom mask first, the shapes over all of them.
base::Result<void> draw_masks(const LabelPicture& desc, const render::View& view, render::Size target,
                              double px) {
    const labels::State& state = desc.document.state();
    const auto layers = state.mask_layers_of(desc.asset);
    if (layers.empty()) return {};
    auto pass = render::MaskPass::create();
    if (!pass) return std::unexpected(pass.error());
    for (const labels::MaskLayer* layer : layers) {
        masks::Pyramid pyramid;
        pyramid.follow(layer->plane);
        if (pyramid.levels().empty()) continue;
        render::MaskTextures textures;
        const auto style = mask_style(layer->info, state.ontology, MaskShow{}, static_cast<float>(px));
        pass->draw(pyramid, style, textures, view, target);
    }
    return {};
}

base::Result<std::vector<NameTag>> draw_shapes(const LabelPicture& desc, const render::View& view,
                                               render::Size target, double px) {
    auto pass = render::OverlayPass::create();
    if (!pass) return std::unexpected(pass.error());
    const auto tracks = desc.document.tracks_at(desc.asset, desc.frame);
    render::OverlayBatch batch;
    batch.set_bounds(view.screen);
    std::vector<NameTag> tags;
    const SceneInput scene{.state = desc.document.state(),
                           .tracks = tracks,
                           .selection = {},
                           .frame = desc.frame,
                           .view = view,
                           .style = {.px = px}};
    add_labels(scene, batch, tags);
    pass->draw(batch, target);
    return tags;
}

// As Canvas::draw_text_over does in the window.
void draw_tag(ImDrawList& list, const ImFont& font, const NameTag& tag, float px) {
    const ImVec2 size = font.CalcTextSizeA(font.FontSize, FLT_MAX, 0, tag.text.c_str());
    const float pad = 5 * px, height = font.FontSize + 4 * px;
    const float x = std::floor(static_cast<float>(tag.at.x));
    const float y = std::floor(std::max(static_cast<float>(tag.at.y) - height, 0.0f));
    list.AddRectFilled({x, y}, {x + size.x + 2 * pad, y + height},
                       color(tag.color_rgb, tag.quiet ? 0.62f : 0.85f), 2 * px);
    list.AddText(&font, font.FontSize, {x + pad, std::floor(y + 1.5f * px)}, ink_on(tag.color_rgb),
                 tag.text.c_str());
}

void draw_names(Host& host, const std::vector<NameTag>& tags) {
    if (tags.empty()) return;
    ImguiPlatform imgui{host};
    const auto px = static_cast<float>(host.scale());
    const Fonts fonts = load_fonts(font_dir(), px);
    imgui.rebuild_fonts_texture();
    imgui.begin_frame(0);
    for (const NameTag& tag : tags) draw_tag(*ImGui::GetBackgroundDrawList(), *fonts.small, tag, px);
    imgui.end_frame();
}

}  // namespace

PaintMedium paint_frame(const media::VideoFrame& frame) {
    return [&frame](const render::View& view, render::Size target) -> base::Result<void> {
        auto pass = render::VideoPass::create();
        if (!pass) return std::unexpected(pass.error());
        render::VideoTextures textures;
        if (auto uploaded = textures.upload(frame); !uploaded) return uploaded;
        pass->draw(textures, view, target);
        return {};
    };
}

base::Result<std::vector<std::uint8_t>> draw_label_picture(Host& host, const LabelPicture& desc) {
    const render::Size target = host.framebuffer();
    const render::View view = view_of(desc, target);
    host.bind();
    glClearBufferfv(GL_COLOR, 0, k_black);
    if (auto drawn = desc.paint(view, target); !drawn) return std::unexpected(drawn.error());
    if (desc.masks) {
        if (auto drawn = draw_masks(desc, view, target, host.scale()); !drawn)
            return std::unexpected(drawn.error());
    }
    const auto tags = draw_shapes(desc, view, target, host.scale());
    if (!tags) return std::unexpected(tags.error());
    draw_names(host, *tags);
    return host.read_rgba();
}

}  // namespace app
