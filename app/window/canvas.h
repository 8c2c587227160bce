#pragma once
// The medium in the middle of the window: its picture, the labels over it, and the pointer on it.

#include <optional>

#include "app/overlay_scene.h"
#include "app/ui/ui.h"
#include "base/result.h"
#include "render/overlay_pass.h"
#include "render/video_pass.h"

namespace app {

class Canvas {
public:
    [[nodiscard]] static base::Result<Canvas> create();

    // Fits or clamps the camera to the area and writes it back to the asset's view state. Before draw_*,
    // every frame.
    void place(Workbench& bench, Area area);
    // The picture and the labels, into the framebuffer bound now. Before ImGui's own drawing.
    void draw_media(Workbench& bench, render::Size target, float px);
    // Name tags, and what stands in for a picture that is not there. Inside an ImGui frame.
    void draw_text_over(Ui& u);

    // Pointer events over the area, or anywhere during a gesture. True when it was taken.
    bool pointer(Workbench& bench, const InputEvent& event);
    void leave() { m_pointer = {-1e6, -1e6}; }  // the pointer is elsewhere: no cross hair
    [[nodiscard]] bool in_gesture() const { return m_left_down || m_panning; }
    [[nodiscard]] bool contains(base::Point at) const { return m_view.screen.contains(at); }
    [[nodiscard]] const render::View& view() const { return m_view; }
    [[nodiscard]] Cursor cursor(const Workbench& bench) const;
    [[nodiscard]] double upload_ms() const { return m_textures.counters().last_upload_ms; }

private:
    Canvas(render::VideoPass video, render::OverlayPass overlay)
        : m_video{std::move(video)}, m_overlay{std::move(overlay)} {}
    void upload(Workbench& bench);
    void read_under_pointer(Workbench& bench) const;
    [[nodiscard]] PointerEvent to_media(const InputEvent& event, PointerEvent::Kind kind) const;
    [[nodiscard]] render::MediaSize media_size(const Workbench& bench) const;
    void keep_view(Workbench& bench, bool fitted) const;

    render::VideoPass m_video;
    render::OverlayPass m_overlay;
    render::VideoTextures m_textures;
    media::FramePtr m_uploaded;
    render::OverlayBatch m_batch;
    std::vector<NameTag> m_tags;
    render::View m_view;
    base::Point m_pointer{-1e6, -1e6};
    bool m_left_down = false, m_panning = false;
};

}  // namespace app
