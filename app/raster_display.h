#pragma once
// The raster on screen: its source, how it is shown, and where it lies. UI thread only; nothing here waits.

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/job_pool.h"
#include "geo/placement.h"
#include "media/raster_source.h"
#include "media/raster_style.h"
#include "render/raster_plan.h"

namespace app {

struct RasterDisplayDesc {
    std::filesystem::path path;
    std::filesystem::path pyramid;            // side file; empty: none
    std::optional<media::RasterStyle> style;  // as it was shown last; else the default
    std::function<void()> wakeup;
    std::size_t cache_bytes = 512u << 20;
};

class RasterDisplay {
public:
    // `measures` is for what is waited for, `jobs` for what may take long.
    RasterDisplay(RasterDisplayDesc desc, base::JobPool& jobs, base::JobPool& measures);
    ~RasterDisplay();

    bool update();  // takes what threads have finished; true when something visible changed
    [[nodiscard]] bool idle() const;
    [[nodiscard]] bool is_measured() const {
        return m_wanted_stats == m_stats_of;
    }  // what it is stretched by

    [[nodiscard]] const std::filesystem::path& path() const { return m_desc.path; }
    // Reads on with the side file that was just made; what is shown stays until better is here.
    void use_pyramid(const std::filesystem::path& file);
    // Of no other source in this run of the program: what was kept of another one's tiles is of no use.
    [[nodiscard]] int generation() const { return m_generation; }
    [[nodiscard]] const std::optional<media::RasterInfo>& info() const { return m_info; }
    [[nodiscard]] const std::string& error() const { return m_error; }  // why it cannot be opened
    [[nodiscard]] media::RasterSource& source() { return *m_source; }
    [[nodiscard]] const media::RasterSource& source() const { return *m_source; }
    // Null until something is known of its values.
    [[nodiscard]] const std::shared_ptr<const media::RasterShading>& shading() const { return m_shading; }
    [[nodiscard]] const media::RasterStyle& style() const { return m_style; }
    // What the bands allow, and what is shown when nobody has chosen; once the info is there.
    [[nodiscard]] const std::vector<media::BandPreset>& presets() const { return m_presets; }
    [[nodiscard]] const media::RasterStyle& default_style() const { return m_default_style; }
    // Why an expression cannot be used; then the old one is still shown.
    [[nodiscard]] const std::string& style_error() const { return m_style_error; }
    // What was typed for a single channel then, to be mended; empty: nothing was refused.
    [[nodiscard]] const std::string& refused_expression() const { return m_refused; }
    void set_style(media::RasterStyle style);
    // Of the channels of shading(), in its order; what they are stretched from.
    [[nodiscard]] const std::vector<media::ValueStats>& stats() const { return m_stats; }

    // Bands that somebody needs besides those of the style, of all that is in sight.
    void also_read(std::vector<int> bands) { m_also_bands = std::move(bands); }
    void drew(render::RasterDrawn drawn);  // by the canvas, every frame it draws
    [[nodiscard]] const render::RasterDrawn& sight() const { return m_sight; }

    // Null where it has no place on the ground, and while that is worked out.
    [[nodiscard]] const geo::Placement* placement() const { return m_placement ? &*m_placement : nullptr; }
    // Of a level-0 pixel, near the middle, in metres; nothing where that is unknown.
    [[nodiscard]] std::optional<double> metres_per_px() const { return m_metres_per_px; }
    // All bands at a pixel: asked for by showing it, there a moment later.
    [[nodiscard]] std::optional<media::PixelValues> values_at(int x, int y);

private:
    struct Measured;  // what a job works out
    void ask_for(media::RasterWishes wishes);
    void ask_for_stats();
    bool take_stats();
    void place();
    bool take_place();

    [[nodiscard]] std::unique_ptr<media::RasterSource> open_source();
    void let_go(std::unique_ptr<media::RasterSource> source);
    [[nodiscard]] bool take_next_source();
    RasterDisplayDesc m_desc;
    base::JobPool& m_jobs;
    base::JobPool& m_measures;
    int m_generation = 0;
    std::unique_ptr<media::RasterSource> m_source;
    std::unique_ptr<media::RasterSource> m_next_source;  // with a pyramid, while it opens
    std::optional<media::RasterInfo> m_info;
    std::string m_error, m_style_error, m_refused;
    media::RasterStyle m_style, m_default_style;
    std::vector<media::BandPreset> m_presets;
    std::shared_ptr<const media::RasterShading> m_shading;
    std::vector<media::ValueStats> m_stats;
    std::string m_stats_of,
        m_wanted_stats;  // what they were taken from: expressions, and the part of the raster
    std::vector<int> m_also_bands;
    std::vector<int> m_wanted_bands;  // of a style that is not shown yet
    std::shared_ptr<Measured> m_measuring;
    media::RasterWishes m_wishes;
    render::RasterDrawn m_sight;
    struct Placing;
    std::shared_ptr<Placing> m_placing;
    std::optional<geo::Placement> m_placement;
    std::optional<double> m_metres_per_px;
    std::pair<int, int> m_asked_values{-1, -1};
};

}  // namespace app
