#include "app/commands/raster_picture.h"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <epoxy/gl.h>

#include "app/commands/support.h"
#include "media/color_map.h"
#include "media/pyramid.h"
#include "render/raster_pass.h"

namespace app {

void add_look_options(CLI::App& cli, RasterLook& look) {
    cli.add_option("--bands", look.bands,
                   "Of a raster: the band shown, or those shown as red, green and blue")
        ->type_name("N[,N,N]");
    cli.add_option("--expr", look.expressions,
                   "Of a raster: an expression over its bands, \"(b4-b3)/(b4+b3)\"; three of them are red, "
                   "green and blue")
        ->type_name("EXPR")
        ->expected(1)
        ->take_all();
    cli.add_option("--preset", look.preset,
                   "Of a raster: true-color, false-color, ndvi, ndwi or nbr, where its bands are known")
        ->type_name("P");
    cli.add_option("--stretch", look.stretch, "Of a raster: none, minmax, 2-98 (percent), 2sd, or LOW,HIGH")
        ->type_name("S");
    cli.add_option("--gamma", look.gamma, "Of a raster: above 1 is brighter")
        ->type_name("G")
        ->check(CLI::Range(0.1, 10.0));
    std::vector<std::string> names;
    for (const media::ColorMap& map : media::color_maps()) names.emplace_back(map.name);
    cli.add_option("--color-map", look.color_map, "Of a raster: the colours of a single band or expression")
        ->type_name("MAP")
        ->check(CLI::IsMember(names));
    cli.add_flag("--hillshade", look.hillshade, "Of a raster of heights: lit from the north-west");
}

base::Result<media::RasterStyle> style_of(const RasterLook& look, const media::RasterInfo& info) {
    media::RasterStyle style = media::default_style(info);
    if (!look.bands.empty()) {
        style.channels.clear();
        for (std::size_t at = 0; at <= look.bands.size();) {
            const std::size_t comma = std::min(look.bands.find(',', at), look.bands.size());
            style.channels.push_back("b" + look.bands.substr(at, comma - at));
            at = comma + 1;
        }
    }
    if (!look.preset.empty()) {
        const auto presets = media::presets_of(info);
        const auto found = std::ranges::find(presets, look.preset, &media::BandPreset::id);
        std::vector<std::string> ids;
        for (const media::BandPreset& preset : presets) ids.push_back(preset.id);
        if (found == presets.end())
            return base::fail(base::ErrorKind::missing, "The bands of this raster allow {}, not {}: {}",
                              ids.empty() ? "no preset" : fmt::format("{}", fmt::join(ids, ", ")),
                              look.preset, info.path.string());
        style = media::with_preset(style, *found);
    }
    if (!look.expressions.empty()) style.channels = look.expressions;
    if (style.channels.size() == 1 && look.stretch.empty() && !look.expressions.empty())
        style.stretch = media::Stretch::percentile;
    if (!look.stretch.empty())
        if (auto set = media::set_stretch(style, look.stretch); !set) return std::unexpected(set.error());
    if (look.gamma) style.gamma = {*look.gamma, *look.gamma, *look.gamma};
    if (!look.color_map.empty()) style.color_map = look.color_map;
    if (!look.color_map.empty()) style.palette = false;
    style.hillshade = look.hillshade;
    if (look.hillshade && style.channels.size() != 1) style.channels = {"b1"};
    if (auto shading = media::make_shading(style, info, {}); !shading)
        return std::unexpected(shading.error());
    return style;
}

RasterPicture::RasterPicture(std::filesystem::path path)
    : m_pool{1,
             [this] {
                 const std::lock_guard lock{m_mutex};
                 m_woken = true;
                 m_wake.notify_one();
             }},
      m_display{{.path = path,
                 .pyramid = media::find_pyramid(path),
                 .style = {},
                 .wakeup =
                     [this] {
                         const std::lock_guard lock{m_mutex};
                         m_woken = true;
                         m_wake.notify_one();
                     },
                 .cache_bytes = k_most_bytes},
                m_pool,
                m_pool} {}

base::Result<std::unique_ptr<RasterPicture>> RasterPicture::open(const std::filesystem::path& path,
                                                                 const RasterLook& look) {
    std::unique_ptr<RasterPicture> picture{new RasterPicture{path}};
    if (auto ready = picture->wait_for([&] { return picture->m_display.info().has_value(); }); !ready)
        return std::unexpected(ready.error());
    auto style = style_of(look, *picture->m_display.info());
    if (!style) return std::unexpected(style.error());
    picture->m_display.set_style(std::move(*style));
    return picture;
}

base::Result<void> RasterPicture::wait_for(const std::function<bool()>& ready) {
    for (;;) {
        m_display.update();
        if (!m_display.error().empty())
            return base::fail(base::ErrorKind::malformed, "{}", m_display.error());
        if (ready()) return {};
        std::unique_lock lock{m_mutex};
        m_wake.wait_for(lock, std::chrono::milliseconds{20}, [&] { return m_woken; });
        m_woken = false;
    }
}

render::MediaSize RasterPicture::size() const {
    return {static_cast<double>(m_display.info()->width_px),
            static_cast<double>(m_display.info()->height_px)};
}

PaintMedium RasterPicture::painter() {
    return [this](const render::View& view, render::Size target) { return paint(view, target); };
}

base::Result<void> RasterPicture::paint(const render::View& view, render::Size target) {
    if (!m_pass) {
        auto pass = render::RasterPass::create();
        if (!pass) return std::unexpected(pass.error());
        m_pass.emplace(std::move(*pass));
    }
    m_display.drew({});
    if (auto ready = wait_for([&] { return m_display.shading() && m_display.is_measured(); }); !ready)
        return ready;
    const media::RasterInfo& info = *m_display.info();
    const std::vector<int>& bands = m_display.shading()->bands;
    // Nothing ahead is of use here: what is in sight, and nothing else.
    render::RasterPlan plan = plan_raster(info, bands, view);
    plan.wishes.tiles = plan.in_sight;
    const std::size_t needed = plan.in_sight.size() * bands.size() * static_cast<std::size_t>(info.tile_px) *
                               static_cast<std::size_t>(info.tile_px) * sizeof(float);
    if (needed > k_most_bytes)
        return base::fail(base::ErrorKind::refused,
                          "This picture needs {} of samples at once; make it smaller: {}", bytes_text(needed),
                          info.path.string());
    m_display.drew({.plan = plan});
    const auto all_here = [&] {
        return std::ranges::all_of(plan.in_sight, [&](const media::TileAddress& tile) {
            return std::ranges::all_of(
                bands, [&](int band) { return m_display.source().find(tile, band) != nullptr; });
        });
    };
    if (auto ready = wait_for(all_here); !ready) return ready;
    m_textures.begin_frame();
    (void)m_pass->draw(m_display.source(), info, m_display.shading(), m_textures, view, target);
    if (m_pass->failure().empty()) return {};
    return base::fail(base::ErrorKind::unsupported, "{}: {}", m_pass->failure(), info.path.string());
}

}  // namespace app
