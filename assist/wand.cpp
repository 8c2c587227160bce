#include "assist/wand.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <span>

namespace assist {
namespace {

using base::ErrorKind;

// Says of a pixel whether it is like the seed; from what the caller gave, without copies of the samples.
class Likeness {
public:
    Likeness(const WindowSamples& window, const WandOptions& options)
        : m_valid{window.valid}, m_limit{options.tolerance * options.tolerance} {
        const auto chosen = chosen_bands(window, options.bands);
        assert(options.band_scales.empty() || options.band_scales.size() == chosen.size());
        for (std::size_t k = 0; k < chosen.size(); ++k)
            m_bands.push_back({.plane = window.band(chosen[k]),
                               .scale = options.band_scales.empty() ? 1.0 : options.band_scales[k]});
    }

    void set_mean(const WindowSamples& window, Pixel seed, int radius) {
        std::size_t count = 0;
        for (int y = std::max(seed.y - radius, 0); y <= std::min(seed.y + radius, window.height - 1); ++y)
            for (int x = std::max(seed.x - radius, 0); x <= std::min(seed.x + radius, window.width - 1);
                 ++x) {
                const auto i = window.index({x, y});
                if (!has_data(i)) continue;
                ++count;
                for (Band& band : m_bands)
                    band.mean +=
                        (static_cast<double>(band.plane[i]) - band.mean) / static_cast<double>(count);
            }
    }

    [[nodiscard]] bool has_data(std::size_t i) const {
        if (!m_valid.empty() && m_valid[i] == 0) return false;
        return std::ranges::all_of(m_bands, [i](const Band& band) { return std::isfinite(band.plane[i]); });
    }

    // NaN and infinity are never like anything.
    [[nodiscard]] bool is_like(std::size_t i) const {
        if (!m_valid.empty() && m_valid[i] == 0) return false;
        double sum = 0;
        for (const Band& band : m_bands) {
            const double difference = (static_cast<double>(band.plane[i]) - band.mean) * band.scale;
            sum += difference * difference;
        }
        return sum <= m_limit && std::isfinite(sum);
    }

private:
    struct Band {
        std::span<const float> plane;
        double scale = 1, mean = 0;
    };
    std::vector<Band> m_bands;
    std::span<const std::uint8_t> m_valid;
    double m_limit = 0;
};

class Fill {
public:
    Fill(const WindowSamples& window, const Likeness& like, Connectivity connectivity)
        : m_like{like},
          m_width{window.width},
          m_height{window.height},
          m_reach{connectivity == Connectivity::eight ? 1 : 0},
          m_state(window.pixel_count(), unseen) {}

    // The seed counts as like itself, however its patch came out. False when stopped.
    bool run(Pixel seed, const std::stop_token& stop) {
        m_state[at(seed.x, seed.y)] = fitting;
        m_open.push_back(seed);
        for (std::size_t spans = 0; !m_open.empty(); ++spans) {
            if (spans % 1024 == 0 && stop.stop_requested()) return false;
            const Pixel p = m_open.back();
            m_open.pop_back();
            if (m_state[at(p.x, p.y)] != taken) take_span(p);
        }
        return true;
    }

    [[nodiscard]] Bitmap bitmap() const {
        Bitmap out{m_width, m_height};
        std::ranges::transform(m_state, out.of_pixel.begin(),
                               [](State state) { return static_cast<std::uint8_t>(state == taken); });
        return out;
    }

private:
    enum State : std::uint8_t { unseen, unlike, fitting, taken };

    [[nodiscard]] std::size_t at(int x, int y) const {
        return static_cast<std::size_t>(y) * static_cast<std::size_t>(m_width) + static_cast<std::size_t>(x);
    }
    // Like the seed, whether or not it was taken.
    bool fits(std::size_t i) {
        if (m_state[i] == unseen) m_state[i] = m_like.is_like(i) ? fitting : unlike;
        return m_state[i] != unlike;
    }
    // Takes all of the row that is joined to p, and notes where the rows beside it go on.
    void take_span(Pixel p) {
        int x0 = p.x, x1 = p.x + 1;
        while (x0 > 0 && fits(at(x0 - 1, p.y))) --x0;
        while (x1 < m_width && fits(at(x1, p.y))) ++x1;
        std::fill(m_state.begin() + static_cast<std::ptrdiff_t>(at(x0, p.y)),
                  m_state.begin() + static_cast<std::ptrdiff_t>(at(x0, p.y)) + (x1 - x0), taken);
        for (const int y : {p.y - 1, p.y + 1})
            if (y >= 0 && y < m_height)
                note_row(y, std::max(x0 - m_reach, 0), std::min(x1 + m_reach, m_width));
    }
    void note_row(int y, int x0, int x1) {
        bool in_run = false;
        for (int x = x0; x < x1; ++x) {
            const auto i = at(x, y);
            const bool open = fits(i) && m_state[i] != taken;
            if (open && !in_run) m_open.push_back({x, y});
            in_run = open;
        }
    }

    const Likeness& m_like;
    const int m_width, m_height, m_reach;
    std::vector<State> m_state;
    std::vector<Pixel> m_open;  // one pixel of each span still to be taken
};

base::Result<Bitmap> all_like(const WindowSamples& window, const Likeness& like, Pixel seed,
                              const std::stop_token& stop) {
    Bitmap out{window.width, window.height};
    for (int y = 0; y < window.height; ++y) {
        if (stop.stop_requested()) return base::fail(ErrorKind::cancelled, "The selection was cancelled.");
        for (int x = 0; x < window.width; ++x) {
            const auto i = window.index({x, y});
            out.of_pixel[i] = static_cast<std::uint8_t>(like.is_like(i));
        }
    }
    out.of_pixel[out.index(seed)] = 1;
    return out;
}

}  // namespace

base::Result<Bitmap> wand(const WindowSamples& window, Pixel seed, const WandOptions& options,
                          std::stop_token stop) {
    if (const auto checked = check_window(window, options.bands); !checked)
        return std::unexpected(checked.error());
    if (!(options.tolerance >= 0))
        return base::fail(ErrorKind::refused, "The tolerance may not be negative; set it to 0 or more.");
    if (!window.contains(seed))
        return base::fail(ErrorKind::refused, "The click is outside the raster; click on a pixel of it.");
    Likeness like{window, options};
    if (!like.has_data(window.index(seed)))
        return base::fail(ErrorKind::refused, "There is no data at this pixel; click where there is some.");
    like.set_mean(window, seed, options.patch_radius);
    if (options.spread == Spread::everywhere) return all_like(window, like, seed, stop);
    Fill fill{window, like, options.connectivity};
    if (!fill.run(seed, stop)) return base::fail(ErrorKind::cancelled, "The selection was cancelled.");
    return fill.bitmap();
}

}  // namespace assist
