#include "app/map_layers.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "media/pyramid.h"
#include "media/warp.h"

namespace app {

constexpr double k_blink_secs = 0.5;
constexpr std::size_t k_layer_cache_bytes = 128u << 20;  // of each

// Written by the worker before its job is done, read after.
struct MapLayer::Preparing {
    std::shared_ptr<base::Job> job;
    std::filesystem::path raster, pyramid;
    std::filesystem::path vectors;
    std::shared_ptr<geo::Placement> placement;  // the reading thread's own
};

LayerId MapLayers::add(LayerView view) {
    auto layer = std::make_unique<MapLayer>();
    layer->id = m_next_id++;
    layer->view = std::move(view);
    const std::string& source = layer->view.source;
    const bool is_map = source.starts_with("http") && source.contains("{z}");
    layer->name = is_map ? source.substr(source.find("//") + 2,
                                         source.find('/', source.find("//") + 2) - source.find("//") - 2)
                         : std::filesystem::path{source}.filename().string();
    layer->m_preparing = std::make_shared<MapLayer::Preparing>();
    layer->m_preparing->job = m_jobs.submit(
        "Preparing " + layer->name,
        [preparing = layer->m_preparing.get(), keep = layer->m_preparing, source, is_map,
         below = *m_base.info()](base::Job&) -> base::Result<std::string> {
            std::filesystem::path file = source;
            if (is_map) {
                auto map = media::tile_map(source);
                if (!map) return std::unexpected(map.error());
                file = *map;
            }
            if (is_map || media::is_raster(file)) {
                auto warped = media::warp_onto(file, below);
                if (!warped) return std::unexpected(warped.error());
                preparing->raster = *warped;
                preparing->pyramid = media::find_pyramid(*warped);
                return "";
            }
            if (auto found = media::vector_layers_in(file); !found) return std::unexpected(found.error());
            if (!below.reference.empty()) {
                auto placement = geo::Placement::create(below.reference, below.width_px, below.height_px);
                if (!placement) return std::unexpected(placement.error());
                preparing->placement = std::make_shared<geo::Placement>(std::move(*placement));
            }
            preparing->vectors = file;
            return "";
        });
    m_layers.push_back(std::move(layer));
    return m_layers.back()->id;
}

void MapLayers::remove(LayerId id) {
    std::erase_if(m_layers, [&](const auto& layer) { return layer->id == id; });
    if (selected == id) selected = 0;
}

MapLayer* MapLayers::find(LayerId id) const {
    const auto found = std::ranges::find_if(m_layers, [&](const auto& layer) { return layer->id == id; });
    return found != m_layers.end() ? found->get() : nullptr;
}

void MapLayers::take_prepared(MapLayer& layer) {
    const std::shared_ptr<MapLayer::Preparing> prepared = std::exchange(layer.m_preparing, nullptr);
    if (!prepared->job->result()) {
        layer.error = prepared->job->result().error().message;
        return;
    }
    if (!prepared->raster.empty()) {
        // Another picture of the same place is looked at in the same way, where its bands allow.
        layer.raster = std::make_unique<RasterDisplay>(
            RasterDisplayDesc{prepared->raster, prepared->pyramid, layer.view.style.value_or(m_base.style()),
                              m_wakeup, k_layer_cache_bytes},
            m_jobs, m_measures);
        return;
    }
    media::VectorLayerOptions options;
    if (prepared->placement) {
        options.raster_crs = prepared->placement->crs_wkt();
        options.pixel_from_crs = [placement = prepared->placement](base::Point in_crs) {
            return placement->pixel_from_crs(in_crs);
        };
    }
    options.wakeup = m_wakeup;
    layer.vectors = std::make_unique<media::VectorLayer>(prepared->vectors, options);
}

bool MapLayers::update(double now_secs) {
    m_now_secs = now_secs;
    bool changed = false;
    for (const auto& layer : m_layers) {
        if (layer->m_preparing && layer->m_preparing->job->done()) {
            take_prepared(*layer);
            changed = true;
        }
        if (layer->raster) {
            changed |= layer->raster->update();
            if (!layer->raster->error().empty()) layer->error = layer->raster->error();
        }
        if (layer->vectors) {
            const media::VectorProgress progress = layer->vectors->progress();
            if (progress.error) layer->error = progress.error->message;
            changed |= !progress.is_done || !layer->m_seen_done;  // the last of it as well
            layer->m_seen_done = progress.is_done;
        }
    }
    const bool off = m_flicker && std::fmod(now_secs, 2 * k_blink_secs) >= k_blink_secs;
    changed |= std::exchange(m_blinked_off, off) != off;
    return changed;
}

bool MapLayers::idle() const {
    return std::ranges::all_of(m_layers, [](const auto& layer) {
        if (layer->m_preparing) return false;
        if (layer->raster && layer->view.visible && !layer->raster->idle()) return false;
        return !layer->vectors || layer->vectors->progress().is_done;
    });
}

double MapLayers::next_deadline_secs(double now_secs) const {
    if (m_flicker) return k_blink_secs - std::fmod(now_secs, k_blink_secs) + 1e-3;
    const bool reading = std::ranges::any_of(
        m_layers, [](const auto& layer) { return layer->vectors && !layer->vectors->progress().is_done; });
    return reading ? 0.2 : std::numeric_limits<double>::infinity();
}

std::vector<LayerView> MapLayers::views() const {
    std::vector<LayerView> out;
    for (const auto& layer : m_layers) {
        out.push_back(layer->view);
        if (layer->raster && layer->raster->info()) out.back().style = layer->raster->style();
    }
    return out;
}

const MapLayer* MapLayers::topmost_raster() const {
    for (auto layer = m_layers.rbegin(); layer != m_layers.rend(); ++layer)
        if ((*layer)->raster && (*layer)->view.visible) return layer->get();
    return nullptr;
}

bool MapLayers::is_blinked_off(const MapLayer& layer) const {
    return m_blinked_off && &layer == topmost_raster();
}

void MapLayers::show_alone(int direction) {
    std::vector<MapLayer*> rasters = {nullptr};  // the base
    for (const auto& layer : m_layers)
        if (layer->raster) rasters.push_back(layer.get());
    const auto count = static_cast<int>(rasters.size());
    if (count < 2) return;
    int shown = 0;
    for (int i = 1; i < count; ++i)
        if (rasters[static_cast<std::size_t>(i)]->view.visible) shown = i;
    const int next = (shown + direction + count) % count;
    for (int i = 1; i < count; ++i) rasters[static_cast<std::size_t>(i)]->view.visible = i == next;
    base_visible = true;  // what the layers do not cover is still seen
    selected = next == 0 ? 0 : rasters[static_cast<std::size_t>(next)]->id;
}

}  // namespace app
