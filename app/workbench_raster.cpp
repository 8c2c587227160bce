// The raster on screen: opening it, taking what its threads have finished, keeping how it is shown.

#include <algorithm>
#include <cmath>

#include "app/raster_facts.h"
#include "app/workbench.h"
#include "media/pyramid.h"

namespace app {

void Workbench::show_raster(const std::filesystem::path& path, const std::filesystem::path& pyramid) {
    cutting_grid = false;
    m_raster = std::make_unique<RasterDisplay>(
        RasterDisplayDesc{path, pyramid, asset_view().raster, m_wakeup}, m_pool, m_survey_pool);
}

void Workbench::keep_raster_style() {
    if (m_raster && m_raster->info()) asset_view().raster = m_raster->style();
    if (m_layers) asset_view().layers = m_layers->views();
}

bool Workbench::take_raster() {
    if (!m_raster) return false;
    bool changed = m_raster->update();
    m_media_error = m_raster->error();
    changed |= take_pyramid();
    if (!m_layers && m_raster->info()) {
        m_layers = std::make_unique<MapLayers>(*m_raster, m_pool, m_survey_pool, m_wakeup);
        for (const LayerView& view : asset_view().layers) m_layers->add(view);
    }
    if (m_layers) changed |= m_layers->update(m_now_secs);
    return changed;
}

// Begins by itself, once a raster and run of the program; whoever cancels it has the slow view.
bool Workbench::take_pyramid() {
    if (m_pyramid_job && m_pyramid_job->done()) {
        const auto result = m_pyramid_job->result();
        m_pyramid_job.reset();
        if (!result && result.error().kind != base::ErrorKind::cancelled)
            toast(ToastKind::warning, result.error().message);
        if (result && m_raster && m_raster->path() == m_pyramid_of) m_raster->use_pyramid(*result);
        return true;
    }
    const bool wanted =
        m_raster->info() && m_raster->info()->wants_pyramid && m_raster->path() != m_pyramid_of;
    if (m_pyramid_job || !wanted) return false;
    m_pyramid_of = m_raster->path();
    m_pyramid_job = m_pyramid_pool.submit(
        "Making smaller copies of " + m_pyramid_of.filename().string(),
        [raster = m_pyramid_of](base::Job& job) -> base::Result<std::string> {
            auto made = media::make_pyramid(raster, job.stop_token(),
                                            [&job](double done) { job.set_progress(done); });
            if (!made) return std::unexpected(made.error());
            return made->string();
        });
    return true;
}

RasterDisplay* Workbench::styled_raster() const {
    const MapLayer* layer = m_layers ? m_layers->find(m_layers->selected) : nullptr;
    return layer != nullptr && layer->raster ? layer->raster.get() : m_raster.get();
}

void Workbench::add_layer(std::string source) {
    if (m_layers) m_layers->selected = m_layers->add({.source = std::move(source), .style = {}});
}

Measured Workbench::measured(std::vector<base::Point> path, bool closed) const {
    double twice_area_px = 0;
    for (std::size_t i = 0; i < path.size(); ++i) {
        const base::Point a = path[i], b = path[(i + 1) % path.size()];
        twice_area_px += a.x * b.y - b.x * a.y;
    }
    const geo::Placement* placement = m_raster ? m_raster->placement() : nullptr;
    Measured measured;
    if (closed && path.size() >= 3) {
        const auto area = placement != nullptr ? placement->area_m2(path) : std::nullopt;
        measured.area = area ? area_text(*area) : fmt::format("{:.0f} px²", std::abs(twice_area_px) / 2);
        path.push_back(path.front());
    }
    double length_px = 0;
    for (std::size_t i = 1; i < path.size(); ++i)
        length_px += std::hypot(path[i].x - path[i - 1].x, path[i].y - path[i - 1].y);
    const auto length = placement != nullptr ? placement->length_m(path) : std::nullopt;
    measured.length = length ? length_text(*length) : fmt::format("{:.1f} px", length_px);
    return measured;
}

// What the measuring tool says: the way along the clicks, and what closing them would enclose.
std::string Workbench::measured_text(std::span<const base::Point> along) const {
    std::vector<base::Point> path{along.begin(), along.end()};
    path.erase(std::ranges::unique(path).begin(), path.end());
    const std::string length = measured(path, false).length;
    return path.size() < 3 ? length : length + "  ·  " + measured(path, true).area;
}

void Workbench::go_to_pixel(base::Point in_media) {
    const auto size = shown_size_px();
    if (!size) return;
    AssetView& kept = asset_view();
    kept.fitted = false;
    kept.centre = {std::clamp(in_media.x, 0.0, size->x), std::clamp(in_media.y, 0.0, size->y)};
    kept.scale = std::max(kept.scale, 0.25);  // from afar one place looks like another
}

void Workbench::add_bookmark() {
    AssetView& kept = asset_view();
    std::string name = fmt::format("Place {}", kept.bookmarks.size() + 1);
    const geo::Placement* placement = m_raster ? m_raster->placement() : nullptr;
    if (const auto lonlat = placement != nullptr ? placement->lonlat_from_pixel(kept.centre) : std::nullopt)
        name += "  " + lonlat_text(*lonlat);
    kept.bookmarks.push_back({std::move(name), kept.centre, kept.scale});
    toast(ToastKind::good, "Bookmarked; Ctrl+K finds it again");
}

void Workbench::go_to_bookmark(std::size_t index) {
    AssetView& kept = asset_view();
    if (index >= kept.bookmarks.size()) return;
    kept.fitted = false;
    kept.centre = kept.bookmarks[index].centre;
    kept.scale = kept.bookmarks[index].scale;
}

void Workbench::remove_bookmark(std::size_t index) {
    std::vector<Bookmark>& bookmarks = asset_view().bookmarks;
    if (index < bookmarks.size()) bookmarks.erase(bookmarks.begin() + static_cast<std::ptrdiff_t>(index));
}

std::optional<base::Point> Workbench::shown_size_px() const {
    if (m_picture)
        return base::Point{static_cast<double>(m_picture->shown_width()),
                           static_cast<double>(m_picture->shown_height())};
    if (m_raster && m_raster->info())
        return base::Point{static_cast<double>(m_raster->info()->width_px),
                           static_cast<double>(m_raster->info()->height_px)};
    return {};
}

}  // namespace app
