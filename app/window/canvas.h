#pragma once
// The medium in the middle of the window: its picture, the labels over it, and the pointer on it.

#include <map>
#include <optional>

#include "app/overlay_scene.h"
#include "app/ui/ui.h"
#include "base/result.h"
#include "render/mask_pass.h"
#include "render/overlay_pass.h"
#include "render/raster_pass.h"
#include "render/vector_pass.h"
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

    // Enter, Backspace and Esc, while a tool draws something by several presses. True when it was taken.
    bool key(Workbench& bench, Key key);
    // Pointer events over the area, or anywhere during a gesture. True when it was taken.
    bool pointer(Workbench& bench, const InputEvent& event);
    void leave() { m_pointer = {-1e6, -1e6}; }  // the pointer is elsewhere: no cross hair
    [[nodiscard]] bool in_gesture() const { return m_left_down || m_panning || m_in_overview || m_swiping; }
    [[nodiscard]] bool contains(base::Point at) const {
        return m_view.screen.contains(at) || (m_second && m_second->screen.contains(at));
    }
    [[nodiscard]] const render::View& view() const { return m_view; }
    [[nodiscard]] Cursor cursor(const Workbench& bench) const;
    [[nodiscard]] render::MaskTextureCounters mask_counters() const;  // of all masks together
    // More tiles are here than one frame may upload: another one is due at once.
    [[nodiscard]] bool wants_another_frame() const { return m_more_to_upload; }
    [[nodiscard]] render::RasterTextureCounters raster_counters() const;  // of all layers together
    [[nodiscard]] double upload_ms() const { return m_textures.counters().last_upload_ms; }

private:
    Canvas(render::VideoPass video, render::RasterPass raster, render::VectorPass vectors,
           render::MaskPass masks, render::OverlayPass overlay)
        : m_video{std::move(video)},
          m_raster{std::move(raster)},
          m_vectors{std::move(vectors)},
          m_masks{std::move(masks)},
          m_overlay{std::move(overlay)} {}
    struct LooseTextures {  // one that is in no layer
        masks::Pyramid pyramid;
        render::MaskTextures textures;
    };
    void upload(Workbench& bench);
    [[nodiscard]] bool draw_picture(Workbench& bench, render::Size target);
    void draw_raster(Workbench& bench, RasterDisplay& raster, render::Size target);
    void draw_tiles(Workbench& bench, RasterDisplay& raster, LayerId id, render::Size target,
                    const render::RasterPassOptions& options);
    void draw_layers(Workbench& bench, render::Size target, const render::RasterPassOptions& options);
    [[nodiscard]] double swipe_x(const MapLayers& layers) const;  // framebuffer pixels
    void draw_masks(Workbench& bench, render::Size target);
    void draw_loose(const LooseMask& mask, LooseTextures& held, const render::MaskStyle& style,
                    render::Size target);
    void draw_expression(Workbench& bench, render::Size target);
    void draw_labels(Workbench& bench, render::Size target, float px);
    void draw_second(Workbench& bench, render::Size target, float px);
    [[nodiscard]] InputEvent in_first_view(InputEvent event) const;
    void draw_overview(RasterDisplay& raster, render::Size target, float px);
    void centre_by_overview(Workbench& bench, base::Point on_screen);
    void read_under_pointer(Workbench& bench) const;
    [[nodiscard]] PointerEvent to_media(const InputEvent& event, PointerEvent::Kind kind) const;
    [[nodiscard]] render::MediaSize media_size(const Workbench& bench) const;
    void keep_view(Workbench& bench, bool fitted) const;

    render::VideoPass m_video;
    render::RasterPass m_raster;
    render::VectorPass m_vectors;
    render::MaskPass m_masks;
    render::OverlayPass m_overlay;
    render::VideoTextures m_textures;
    media::FramePtr m_uploaded;
    struct LayerTextures {
        int generation = 0;       // whose tiles they are
        std::uint64_t frame = 0;  // drawn last
        render::RasterTextures textures;
    };
    std::map<LayerId, LayerTextures> m_layer_textures;  // 0: the raster itself
    struct LayerMask {
        std::uint64_t frame = 0;  // drawn last
        render::MaskTextures textures;
    };
    std::map<labels::MaskLayerId, LayerMask> m_mask_textures;
    LooseTextures m_preview, m_pieces, m_suggested;
    std::shared_ptr<const media::RasterShading> m_expression;  // where the brush's holds
    std::string m_expression_of;
    std::uint64_t m_frame = 0;
    float m_px = 1;          // framebuffer pixels per logical pixel, as drawn last
    bool m_swiping = false;  // the line of the swipe is being dragged
    bool m_more_to_upload = false;
    std::optional<render::View> m_second;    // of two linked views the right one; of the first's size
    std::optional<render::View> m_overview;  // as drawn last
    bool m_in_overview = false;              // the button went down there
    std::vector<Overlay::Note> m_notes;
    base::Point m_last_centre;  // media space: which way the view is going
    render::OverlayBatch m_batch;
    std::vector<NameTag> m_tags;
    render::View m_view;
    base::Point m_pointer{-1e6, -1e6};
    bool m_left_down = false, m_panning = false;
};

}  // namespace app
