#include "app/ui/thumbnail.h"

#include "render/picture_atlas.h"

namespace app {

bool draw_thumbnail(Ui& u, Area area, const media::Thumbnail& picture, float alpha, float radius) {
    if (!u.atlas || area.width() <= 0 || area.height() <= 0) return false;
    auto at = u.atlas->place(picture.id, picture.width_px, picture.height_px, picture.rgba.data());
    if (!at) return false;
    // The middle of the picture that has the area's shape.
    const float fits = area.width() / area.height() * static_cast<float>(picture.height_px) /
                       static_cast<float>(picture.width_px);
    const float cut_x = fits < 1 ? (1 - fits) / 2 * (at->u1 - at->u0) : 0;
    const float cut_y = fits > 1 ? (1 - 1 / fits) / 2 * (at->v1 - at->v0) : 0;
    const auto texture = reinterpret_cast<ImTextureID>(static_cast<std::uintptr_t>(at->texture));
    const ImU32 tint = ImGui::GetColorU32(ImVec4{1, 1, 1, alpha});
    ImGui::GetWindowDrawList()->AddImageRounded(texture, area.min(), area.max(),
                                                {at->u0 + cut_x, at->v0 + cut_y},
                                                {at->u1 - cut_x, at->v1 - cut_y}, tint, radius);
    return true;
}

void draw_no_thumbnail(Ui& u, Area area) {
    fill(area, mix(u.theme.panel, u.theme.line, 0.35f));
    hatch(area, with_alpha(u.theme.quiet, 0.14f), u.px(8));
}

}  // namespace app
