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
                find(context);
                return;
            case Kind::release:
                if (!m_reading) return;
                m_released = true;
                m_takes_away = event.modifiers.alt;
                finish(context);
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
        if (!m_reading || m_found || !m_reading->job->done()) return false;
        find(context);
        if (m_released) finish(context);
        return true;
    }

    void overlay(const ToolContext&, const PointerEvent&, Overlay& out) const override {
        out.cursor = Cursor::cross;
        if (!m_reading) return;
        if (m_found) out.mask_preview = &*m_found;
        const bool is_read = m_reading->job->done();
        out.notes.push_back({m_seed, fmt::format("{}{:.1f} %", is_read ? "± " : "… ", m_tolerance * 100)});
    }
    [[nodiscard]] bool busy() const override { return m_reading != nullptr; }

private:
    void forget() {
        if (m_reading) m_reading->job->cancel();
        m_reading.reset();
        m_found.reset();
        m_released = false;
    }
    void press(ToolContext& context, const PointerEvent& event) {
        if (m_reading || context.document.busy() || !context.read_samples || !context.run) return;
        const base::Rect& seen = context.in_sight;
        if (!seen.contains(event.at)) return;
        m_seed = event.at;
        m_tolerance = m_from_tolerance = context.brush.tolerance;
        const masks::PixelRect area{
            static_cast<std::int64_t>(std::floor(seen.x0)), static_cast<std::int64_t>(std::floor(seen.y0)),
            static_cast<std::int64_t>(std::ceil(seen.x1)), static_cast<std::int64_t>(std::ceil(seen.y1))};
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
    // What is like the seed, as a plane to be shown and painted.
    void find(ToolContext& context) {
        if (!m_reading->job->done()) return;
        if (const auto& result = m_reading->job->result(); !result) {
            if (context.tell) context.tell(result.error().message);
            return forget();
        }
        const auto seed = m_reading->window.sample_at(m_seed);
        const int bands = m_reading->window.samples.bands;
        const auto found =
            seed ? assist::wand(m_reading->window.samples, *seed,
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
        m_found.emplace(static_cast<std::int64_t>(context.picture.width()),
                        static_cast<std::int64_t>(context.picture.height()), masks::Depth::u8);
        masks::paint(*m_found, *assist::region_of(m_reading->window, *found), {.value = 1});
    }
    void finish(ToolContext& context) {
        if (!m_found) {
            if (m_reading && m_reading->job->done()) find(context);
            if (!m_found) return;  // when it is read
        }
        const masks::Plane found = std::move(*m_found);
        const bool takes_away = m_takes_away;
        context.brush.tolerance = m_tolerance;
        forget();
        const auto gesture = MaskGesture::begin(
            context, takes_away ? MaskGesture::Mode::erase : MaskGesture::Mode::paint, "Fill");
        if (!gesture) return;
        gesture->paint(*masks::labelled(found));
        gesture->commit(context);
    }

    std::shared_ptr<Reading> m_reading;
    std::optional<masks::Plane> m_found;
    base::Point m_seed;
    double m_tolerance = 0, m_from_tolerance = 0;
    bool m_released = false, m_takes_away = false;
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
