#include "app/raster_display.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace app {

constexpr std::size_t k_most_values = 1u << 19;  // that a stretch is worked out from

// Written by the worker before its job is done, read after.
struct RasterDisplay::Measured {
    std::shared_ptr<base::Job> job;
    std::string of;
    std::vector<media::ValueStats> stats;
};
struct RasterDisplay::Placing {
    std::shared_ptr<base::Job> job;
    std::optional<geo::Placement> placement;
    std::optional<double> metres_per_px;
};

// Counts all sources of the program: an address may be that of one that is gone.
static int next_generation() {
    static int count = 0;  // UI thread
    return ++count;
}

RasterDisplay::RasterDisplay(RasterDisplayDesc desc, base::JobPool& jobs, base::JobPool& measures)
    : m_desc{std::move(desc)}, m_jobs{jobs}, m_measures{measures}, m_source{open_source()} {}

RasterDisplay::~RasterDisplay() {
    let_go(std::move(m_source));
    let_go(std::move(m_next_source));
}

// Its workers may be amid a block that takes seconds: a job waits for them.
void RasterDisplay::let_go(std::unique_ptr<media::RasterSource> source) {
    if (!source) return;
    m_jobs.submit("Closing " + m_desc.path.filename().string(),
                  [held = std::shared_ptr<media::RasterSource>{std::move(source)}](
                      base::Job&) mutable -> base::Result<std::string> {
                      held.reset();
                      return "";
                  });
}

std::unique_ptr<media::RasterSource> RasterDisplay::open_source() {
    media::RasterSourceOptions options;
    options.pyramid = m_desc.pyramid;
    options.cache_bytes = m_desc.cache_bytes;
    options.wakeup = m_desc.wakeup;
    m_generation = next_generation();
    return std::make_unique<media::RasterSource>(m_desc.path, options);
}

void RasterDisplay::use_pyramid(const std::filesystem::path& file) {
    m_desc.pyramid = file;
    const int shown = m_generation;
    let_go(std::exchange(m_next_source, open_source()));
    m_generation = shown;  // until it is open, the old one is drawn
}

// True when the source that was opened beside has taken the place of the old one.
bool RasterDisplay::take_next_source() {
    const auto info = m_next_source ? m_next_source->info() : std::nullopt;
    if (!info) return false;
    if (!*info) {
        let_go(std::move(m_next_source));
        return false;
    }
    let_go(std::exchange(m_source, std::move(m_next_source)));
    m_generation = next_generation();
    m_info = **info;
    m_stats_of.clear();  // measured again, from better samples
    m_wishes = {};
    m_asked_values = {-1, -1};
    return true;
}

bool RasterDisplay::update() {
    bool changed = m_source->take_arrived();
    if (!m_info && m_error.empty()) {
        const auto info = m_source->info();
        if (!info) return changed;
        changed = true;
        if (!*info) {
            m_error = info->error().message;
        } else {
            m_info = **info;
            m_presets = media::presets_of(*m_info);
            m_default_style = media::default_style(*m_info);
            set_style(m_desc.style.value_or(m_default_style));
            place();
        }
    }
    if (!m_info) return changed;
    changed |= take_next_source();
    changed |= take_place();
    changed |= take_stats();
    if (!m_measuring && m_wanted_stats != m_stats_of) ask_for_stats();
    if (const auto values = m_source->values(); values && std::pair{values->x, values->y} == m_asked_values) {
        m_asked_values = {-1, -1};
        changed = true;
    }
    return changed;
}

bool RasterDisplay::idle() const {
    if (!m_error.empty()) return true;
    if (!m_info || !m_shading || m_measuring || m_placing || m_next_source) return false;
    return m_wanted_stats == m_stats_of && m_sight.missing == 0 && m_source->counters().waiting == 0;
}

void RasterDisplay::set_style(media::RasterStyle style) {
    if (!m_info) return;
    auto shading = media::make_shading(style, *m_info, m_stats);
    if (!shading) {
        m_style_error = shading.error().message;
        m_refused = style.channels.size() == 1 ? style.channels.front() : std::string{};
        if (m_shading) return;
        style = m_default_style;  // what was kept from another file of that name
        shading = media::make_shading(style, *m_info, m_stats);
        if (!shading) return;
    }
    m_style_error.clear();
    m_refused.clear();
    m_style = std::move(style);
    std::string of = m_style.of == media::StretchOf::view
                         ? fmt::format("{},{},{},{} ", m_sight.plan.seen.x0, m_sight.plan.seen.y0,
                                       m_sight.plan.seen.x1, m_sight.plan.seen.y1)
                         : std::string{"whole "};
    for (const std::string& channel : m_style.channels) of += channel + ";";
    m_wanted_stats = of;
    m_wanted_bands = shading->bands;
    if (m_wanted_stats == m_stats_of) m_shading = std::make_shared<media::RasterShading>(std::move(*shading));
    ask_for(m_wishes);
}

void RasterDisplay::drew(render::RasterDrawn drawn) {
    if (!m_info) return;
    const bool moved = drawn.plan.seen != m_sight.plan.seen;
    ask_for(std::exchange(drawn.plan.wishes, {}));
    m_sight = std::move(drawn);
    if (moved && m_style.of == media::StretchOf::view && m_shading) set_style(m_style);
}

// Besides, what a style that is still being made ready needs.
void RasterDisplay::ask_for(media::RasterWishes wishes) {
    if (wishes.tiles.empty()) wishes.tiles.push_back({static_cast<int>(m_info->levels.size()) - 1, 0, 0});
    for (const std::vector<int>* more : {&m_wanted_bands, &m_also_bands}) {
        for (const int band : *more)
            if (std::ranges::find(wishes.bands, band) == wishes.bands.end()) wishes.bands.push_back(band);
    }
    if (wishes.tiles == m_wishes.tiles && wishes.bands == m_wishes.bands) return;
    m_wishes = wishes;
    m_source->want(std::move(wishes));
}

// From the planes that are here; when some are missing, again at the next update.
void RasterDisplay::ask_for_stats() {
    auto shading = media::make_shading(m_style, *m_info, {});
    if (!shading) return;
    const bool of_view = m_style.of == media::StretchOf::view && !m_sight.plan.in_sight.empty();
    if (of_view && m_sight.missing > 0) return;
    const int last = static_cast<int>(m_info->levels.size()) - 1;
    std::vector<media::TileAddress> tiles =
        of_view ? m_sight.plan.in_sight : std::vector{media::TileAddress{last, 0, 0}};
    std::vector<std::vector<media::PlanePtr>> planes;  // of each tile, a plane a band
    for (const media::TileAddress& tile : tiles) {
        planes.emplace_back();
        for (const int band : shading->bands) {
            planes.back().push_back(m_source->find(tile, band));
            if (!planes.back().back()) return;
        }
    }
    const media::RasterLevel& level = m_info->levels[static_cast<std::size_t>(tiles.front().level)];
    const double x = static_cast<double>(level.width) / m_info->width_px,
                 y = static_cast<double>(level.height) / m_info->height_px;
    base::Rect part{0, 0, static_cast<double>(level.width), static_cast<double>(level.height)};
    if (of_view)
        part = {m_sight.plan.seen.x0 * x, m_sight.plan.seen.y0 * y, m_sight.plan.seen.x1 * x,
                m_sight.plan.seen.y1 * y};
    m_measuring = std::make_shared<Measured>();
    m_measuring->of = m_wanted_stats;
    m_measuring->job = m_measures.submit(
        "Measuring values",
        [measured = m_measuring.get(), keep = m_measuring, shading = std::move(*shading),
         planes = std::move(planes), part,
         tile_px = m_info->tile_px](base::Job&) -> base::Result<std::string> {
            const double pixels = std::max(part.width() * part.height(), 1.0);
            const int step = std::max(1, static_cast<int>(std::sqrt(pixels / k_most_values)));
            std::vector<std::vector<float>> values(shading.bands.size());
            std::vector<float> row;
            for (const auto& tile : planes) {
                const media::RasterPlane& first = *tile.front();
                const int left = first.address.x * tile_px, top = first.address.y * tile_px;
                const int x0 = std::clamp(static_cast<int>(part.x0) - left, 0, first.width);
                const int x1 = std::clamp(static_cast<int>(std::ceil(part.x1)) - left, x0, first.width);
                const int y0 = std::clamp(static_cast<int>(part.y0) - top, 0, first.height);
                const int y1 = std::clamp(static_cast<int>(std::ceil(part.y1)) - top, y0, first.height);
                row.resize(static_cast<std::size_t>(x1 - x0));
                for (int line = y0; line < y1 && x1 > x0; line += step)
                    for (std::size_t band = 0; band < tile.size(); ++band) {
                        tile[band]->row_values(line, x0, x1 - x0, row.data());
                        for (const media::TileRect& hole : tile[band]->broken)
                            if (line >= hole.y0 && line < hole.y1)
                                for (int column = std::max(hole.x0, x0); column < std::min(hole.x1, x1);
                                     ++column)
                                    row[static_cast<std::size_t>(column - x0)] =
                                        std::numeric_limits<float>::quiet_NaN();
                        for (std::size_t i = 0; i < row.size(); i += static_cast<std::size_t>(step))
                            values[band].push_back(row[i]);
                    }
            }
            measured->stats = media::channel_stats(shading, values, values.front().size());
            return "";
        });
}

bool RasterDisplay::take_stats() {
    if (!m_measuring || !m_measuring->job->done()) return false;
    const std::shared_ptr<Measured> measured = std::exchange(m_measuring, nullptr);
    if (measured->of != m_wanted_stats) return false;
    m_stats = std::move(measured->stats);
    m_stats_of = measured->of;
    if (auto shading = media::make_shading(m_style, *m_info, m_stats))
        m_shading = std::make_shared<media::RasterShading>(std::move(*shading));
    return true;
}

void RasterDisplay::place() {
    if (m_info->reference.empty()) return;
    m_placing = std::make_shared<Placing>();
    m_placing->job =
        m_jobs.submit("Finding its place",
                      [placing = m_placing.get(), keep = m_placing, reference = m_info->reference,
                       middle = base::Point{m_info->width_px / 2.0, m_info->height_px / 2.0}](
                          base::Job&) -> base::Result<std::string> {
                          auto placement = geo::Placement::create(reference);
                          if (!placement) return std::unexpected(placement.error());
                          const std::array across = {middle, base::Point{middle.x + 1, middle.y}};
                          placing->metres_per_px = placement->length_m(across);
                          placing->placement.emplace(std::move(*placement));
                          return "";
                      });
}

bool RasterDisplay::take_place() {
    if (!m_placing || !m_placing->job->done()) return false;
    const std::shared_ptr<Placing> placing = std::exchange(m_placing, nullptr);
    m_placement = std::move(placing->placement);
    m_metres_per_px = placing->metres_per_px;
    return true;
}

std::optional<media::PixelValues> RasterDisplay::values_at(int x, int y) {
    const auto values = m_source->values();
    if (values && values->x == x && values->y == y) return values;
    if (m_asked_values != std::pair{x, y}) {
        m_asked_values = {x, y};
        m_source->request_values(x, y);
    }
    return {};
}

}  // namespace app
