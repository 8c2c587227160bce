#pragma once
// What lies over the shown raster: other rasters of the same place, vectors, a map from a network. UI thread
// only; nothing here waits.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/raster_display.h"
#include "media/vector_layer.h"

namespace app {

enum class LayerBlend : std::uint8_t { normal, multiply, screen, difference };

// How one layer is asked for; kept with the view of the asset.
struct LayerView {
    std::string source;  // a file, a name for GDAL, or "https://…/{z}/{x}/{y}.png"
    bool visible = true;
    double opacity = 1;  // 0…1
    LayerBlend blend = LayerBlend::normal;
    std::uint32_t color_rgb = 0xF0E442;  // of vectors
    bool filled = false;                 // vectors
    std::optional<media::RasterStyle> style;
};

using LayerId = int;  // within a run of the program, never reused

class MapLayer {
public:
    LayerId id = 0;
    LayerView view;
    std::string name;
    std::string error;                      // why it cannot be shown
    std::unique_ptr<RasterDisplay> raster;  // one of the two, once it is prepared
    std::unique_ptr<media::VectorLayer> vectors;
    [[nodiscard]] bool preparing() const { return m_preparing != nullptr; }

private:
    friend class MapLayers;
    struct Preparing;
    std::shared_ptr<Preparing> m_preparing;
    bool m_seen_done = false;  // of the vectors: that nothing more will come
};

class MapLayers {
public:
    MapLayers(const RasterDisplay& base, base::JobPool& jobs, base::JobPool& measures,
              std::function<void()> wakeup)
        : m_base{base}, m_jobs{jobs}, m_measures{measures}, m_wakeup{std::move(wakeup)} {}

    // On top of the others. What cannot be shown stays in the list with its error.
    LayerId add(LayerView view);
    void remove(LayerId id);
    // True when something visible changed.
    bool update(double now_secs);
    [[nodiscard]] bool idle() const;
    // Seconds until update() has something to do by itself; infinity when nothing blinks or is read.
    [[nodiscard]] double next_deadline_secs(double now_secs) const;

    [[nodiscard]] const std::vector<std::unique_ptr<MapLayer>>& layers() const {
        return m_layers;
    }  // bottom first
    [[nodiscard]] MapLayer* find(LayerId id) const;      // null when there is none
    [[nodiscard]] std::vector<LayerView> views() const;  // for keeping

    // The base is layer 0.
    LayerId selected = 0;
    bool base_visible = true;
    double base_opacity = 1;
    // Where the topmost visible raster begins, as a part of the screen's width; nothing: everywhere.
    std::optional<double> swipe;
    bool side_by_side =
        false;  // two linked views: the topmost visible raster in the right one, all else in the left
    void set_flicker(bool on) { m_flicker = on; }
    [[nodiscard]] bool flicker() const { return m_flicker; }
    [[nodiscard]] const MapLayer* topmost_raster() const;  // visible; null: none
    [[nodiscard]] bool is_blinked_off(const MapLayer& layer) const;
    // Of the base and the raster layers the next one (1) or the one before (-1), all others hidden: a series
    // in time.
    void show_alone(int direction);

private:
    void take_prepared(MapLayer& layer);
    const RasterDisplay& m_base;
    base::JobPool& m_jobs;
    base::JobPool& m_measures;
    const std::function<void()> m_wakeup;
    std::vector<std::unique_ptr<MapLayer>> m_layers;
    LayerId m_next_id = 1;
    bool m_flicker = false;
    bool m_blinked_off = false;
    double m_now_secs = 0;
};

}  // namespace app
