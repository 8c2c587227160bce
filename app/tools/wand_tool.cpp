// The wand: fills what is like the pixel that was pressed. Dragging to the right takes in more, to the left
// less; a click takes as much as the last time. Alt takes away.

#include <cmath>

#include "app/tools/mask_gesture.h"
#include "app/tools/tools.h"
#include "assist/wand.h"

namespace app {
namespace {

constexpr std::size_t k_most_samples = 1'500'000;  // about 10 ms to be walked through
constexpr double k_doubling_px = 90;               // of dragging

struct Reading {
    std::shared_ptr<base::Job> job;
    assist::PixelWindow window;
    std::vector<double> scales;  // one over the range of each band
};

class WandTool final : public Tool {
public:
    void pointer(ToolContext& context, const PointerEvent& event) override {
        using Kind = PointerEvent::Kind;
        switch (event.kind) {
            case Kind::press:
                return press(context, event);
            case Kind::drag:
                if (!m_reading || m_released) return;
                m_tolerance = m_from_tolerance *
                              std::exp2((event.at.x - m_seed.x) / event.media_per_px / k_doubling_px);
                m_tolerance = std::clamp(m_tolerance, 0.002, 4.0);
                m_is_stale = true;
                return;
            case Kind::release:
                if (!m_reading) return;
                m_released = true;
                m_takes_away = event.modifiers.alt;
                update(context);
                return;
            case Kind::cancel:
                return forget();
            case Kind::hover:
            case Kind::finish:
            case Kind::back:
                return;
        }
    }

    bool update(ToolContext& context) override {
        if (!m_reading || !m_reading->job->done()) return false;
        const bool looked = m_is_stale;
        if (looked) find(context);
        if (m_reading && m_released) finish(context);
        return looked;
    }

    void overlay(const ToolContext&, const PointerEvent&, Overlay& out) const override {
        out.cursor = Cursor::cross;
        if (!m_reading) return;
        if (m_shown) out.mask_preview = {&*m_shown, m_reading->window.corner(), m_reading->window.step_x};
        const bool is_read = m_reading->job->done();
        out.notes.push_back({m_seed, fmt::format("{}{:.1f} %", is_read ? "± " : "… ", m_tolerance * 100)});
    }
    [[nodiscard]] bool busy() const override { return m_reading != nullptr; }

private:
    void forget() {
        if (m_reading) m_reading->job->cancel();
        m_reading.reset();
        m_shown.reset();
        m_released = false;
    }
    void press(ToolContext& context, const PointerEvent& event) {
        if (m_reading || context.document.busy() || !context.read_samples || !context.run ||
            !context.fill_mask)
            return;
        const base::Rect& seen = context.in_sight;
        if (!seen.contains(event.at)) return;
        m_seed = event.at;
        m_tolerance = m_from_tolerance = context.brush.tolerance;
        const masks::PixelRect area{
            static_cast<std::int64_t>(std::floor(seen.x0)), static_cast<std::int64_t>(std::floor(seen.y0)),
            static_cast<std::int64_t>(std::ceil(seen.x1)), static_cast<std::int64_t>(std::ceil(seen.y1))};
        m_is_stale = true;
        m_reading = std::make_shared<Reading>();
        m_reading->job = context.run(
            "Reading for the wand",
            [reading = m_reading, area,
             read = context.read_samples](base::Job& job) -> base::Result<std::string> {
                auto window = read(area, k_most_samples, job.stop_token());
                if (!window) return std::unexpected(window.error());
                reading->window = std::move(*window);
                const auto has_data = assist::pixels_with_data(reading->window.samples);
                for (int band = 0; band < reading->window.samples.bands; ++band) {
                    const assist::BandRange range =
                        assist::robust_range(reading->window.samples, band, has_data);
                    reading->scales.push_back(range.high > range.low ? 1.0 / (range.high - range.low) : 0);
                }
                return std::string{};
            });
    }
    // What is like the seed; once a frame, however often the pointer moves.
    void find(ToolContext& context) {
        m_is_stale = false;
        if (const auto& result = m_reading->job->result(); !result) {
            if (context.tell) context.tell(result.error().message);
            return forget();
        }
        const auto seed = m_reading->window.sample_at(m_seed);
        const int bands = m_reading->window.samples.bands;
        auto found = seed ? assist::wand(m_reading->window.samples, *seed,
                                         {.tolerance = m_tolerance * std::sqrt(bands),
                                          .band_scales = m_reading->scales,
                                          .patch_radius = 0,
                                          .spread = context.brush.contiguous ? assist::Spread::contiguous
                                                                             : assist::Spread::everywhere})
                          : base::Result<assist::Bitmap>(
                                base::fail(base::ErrorKind::refused, "There is nothing here to be alike"));
        if (!found) {
            if (context.tell) context.tell(found.error().message);
            return forget();
        }
        m_found = std::move(*found);
        m_shown = assist::plane_of_samples(
            m_reading->window, std::vector<std::uint16_t>(m_found.of_pixel.begin(), m_found.of_pixel.end()));
    }
    void finish(ToolContext& context) {
        const auto reading = m_reading;
        const bool takes_away = m_takes_away;
        context.brush.tolerance = m_tolerance;
        forget();
        context.fill_mask("Fill", takes_away ? ToolContext::Fill::erase : ToolContext::Fill::paint,
                          [reading, found = std::move(m_found)](
                              base::Job&, const masks::Plane& mask) -> base::Result<masks::Plane> {
                              return assist::plane_of_medium(reading->window, found, mask.width_px(),
                                                             mask.height_px());
                          });
    }

    std::shared_ptr<Reading> m_reading;
    assist::Bitmap m_found;
    std::optional<masks::Plane> m_shown;  // the same; null: not looked for yet
    base::Point m_seed;
    double m_tolerance = 0, m_from_tolerance = 0;
    bool m_released = false, m_takes_away = false;
    bool m_is_stale = false;  // what was found is of another tolerance
};

std::unique_ptr<Tool> make() { return std::make_unique<WandTool>(); }

}  // namespace

const ToolInfo wand_tool = {"wand",
                            "Wand",
                            "Y",
                            0xF068,
                            "Click to fill what is alike; drag right for more, left for less; Alt takes away",
                            make,
                            true,
                            false,
                            true};

}  // namespace app
