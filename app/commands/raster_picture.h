#pragma once
// A raster drawn by the window's own pass for a command, every tile waited for.

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/commands/label_picture.h"
#include "app/raster_display.h"
#include "base/result.h"
#include "render/raster_pass.h"

namespace CLI {
class App;
}

namespace app {

// How it is shown, as the options say; what they leave out is the default of that raster.
struct RasterLook {
    std::string bands, stretch, color_map, preset;
    std::vector<std::string> expressions;
    std::optional<double> gamma;
    bool hillshade = false;
    [[nodiscard]] bool given() const {
        return !bands.empty() || !stretch.empty() || !color_map.empty() || !expressions.empty() || gamma ||
               hillshade || !preset.empty();
    }
};
void add_look_options(CLI::App& cli, RasterLook& look);
// Errors: malformed, naming the option's value.
[[nodiscard]] base::Result<media::RasterStyle> style_of(const RasterLook& look,
                                                        const media::RasterInfo& info);

class RasterPicture {
public:
    // Errors: RasterFile's; malformed (the look).
    [[nodiscard]] static base::Result<std::unique_ptr<RasterPicture>> open(const std::filesystem::path& path,
                                                                           const RasterLook& look);
    [[nodiscard]] render::MediaSize size() const;
    [[nodiscard]] PaintMedium painter();  // used while this lives, on the GL thread, where this then dies

private:
    RasterPicture(std::filesystem::path path);
    base::Result<void> wait_for(const std::function<bool()>& ready);
    base::Result<void> paint(const render::View& view, render::Size target);

    static constexpr std::size_t k_most_bytes = std::size_t{6} << 30;  // of the tiles of one picture
    std::mutex m_mutex;                                                // leaf; guards m_woken
    std::condition_variable m_wake;
    bool m_woken = false;
    base::JobPool m_pool;
    RasterDisplay m_display;
    std::optional<render::RasterPass> m_pass;
    render::RasterTextures m_textures{k_most_bytes, k_most_bytes};
};

}  // namespace app
