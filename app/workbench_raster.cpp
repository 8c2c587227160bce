// The raster on screen: opening it, taking what its threads have finished, keeping how it is shown.

#include "app/workbench.h"

namespace app {

void Workbench::show_raster(const std::filesystem::path& path, const std::filesystem::path& pyramid) {
    m_raster = std::make_unique<RasterDisplay>(
        RasterDisplayDesc{path, pyramid, asset_view().raster, m_wakeup}, m_survey_pool);
}

void Workbench::keep_raster_style() {
    if (m_raster && m_raster->info()) asset_view().raster = m_raster->style();
}

bool Workbench::take_raster() {
    if (!m_raster) return false;
    const bool changed = m_raster->update();
    m_media_error = m_raster->error();
    return changed;
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
