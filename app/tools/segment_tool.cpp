// Superpixels: what is in sight is cut into small pieces of like pixels; a press or a drag paints whole
// pieces.

#include <cmath>

#include "app/tools/mask_gesture.h"
#include "app/tools/tools.h"
#include "assist/superpixels.h"

namespace app {
namespace {

constexpr std::size_t k_most_samples = 1'000'000;
constexpr double k_piece_px = 24;  // a side, on screen

struct Cutting {
    std::shared_ptr<base::Job> job;
    assist::PixelWindow window;
    assist::Segments segments;
    std::optional<masks::Plane> plane;  // of the window: number of the piece + 1, going round
};

class SegmentTool final : public Tool {
public:
    void pointer(ToolContext& context, const PointerEvent& event) override {
        using Kind = PointerEvent::Kind;
        if (event.kind == Kind::press && !m_gesture && is_ready()) {
            m_gesture = MaskGesture::begin(
                context, event.modifiers.alt ? MaskGesture::Mode::erase : MaskGesture::Mode::paint,
                "Paint pieces of");
            m_painted = -1;
        }
        if (event.kind == Kind::hover && !m_gesture) want(context, event.media_per_px);
        if (!m_gesture) return;
        if (event.kind == Kind::press || event.kind == Kind::drag) paint(event.at);
        if (event.kind == Kind::release) m_gesture->commit(context);
        if (event.kind == Kind::release || event.kind == Kind::cancel) m_gesture.reset();
    }
    bool update(ToolContext& context) override {
        if (m_gesture) return m_gesture->show(context);
        if (!m_cutting || m_told || !m_cutting->job->done()) return false;
        m_told = true;
        if (const auto& result = m_cutting->job->result();
            !result && context.tell && result.error().kind != base::ErrorKind::cancelled)
            context.tell(result.error().message);
        return true;
    }
    void overlay(const ToolContext&, const PointerEvent& last, Overlay& out) const override {
        out.cursor = Cursor::cross;
        if (is_ready())
            out.pieces = {&*m_cutting->plane, m_cutting->window.corner(), m_cutting->window.step_x};
        else if (m_cutting && !m_told)
            out.notes.push_back({last.at, "Looking for pieces…"});
    }
    [[nodiscard]] bool busy() const override { return m_gesture != nullptr; }

private:
    [[nodiscard]] bool is_ready() const { return m_cutting && m_cutting->job->done() && m_cutting->plane; }
    // Anew when something else is in sight, once the view rests.
    void want(ToolContext& context, double media_per_px) {
        if (!context.run || !context.read_samples || context.in_sight.empty()) return;
        if (m_cutting && context.in_sight == m_of && context.frame == m_frame) return;
        if (m_cutting) m_cutting->job->cancel();
        m_of = context.in_sight;
        m_frame = context.frame;
        m_told = false;
        m_cutting = std::make_shared<Cutting>();
        const masks::PixelRect area{
            static_cast<std::int64_t>(std::floor(m_of.x0)), static_cast<std::int64_t>(std::floor(m_of.y0)),
            static_cast<std::int64_t>(std::ceil(m_of.x1)), static_cast<std::int64_t>(std::ceil(m_of.y1))};
        m_cutting->job = context.run(
            "Looking for pieces",
            [cutting = m_cutting, area, side = k_piece_px * media_per_px,
             read = context.read_samples](base::Job& job) -> base::Result<std::string> {
                auto window = read(area, k_most_samples, job.stop_token());
                if (!window) return std::unexpected(window.error());
                cutting->window = std::move(*window);
                const double samples = side * side / (cutting->window.step_x * cutting->window.step_y);
                auto segments = assist::superpixels(cutting->window.samples,
                                                    {.area_px = std::max(samples, 16.0)}, job.stop_token());
                if (!segments) return std::unexpected(segments.error());
                cutting->segments = std::move(*segments);
                cutting->plane = numbered(*cutting);
                return std::string{};
            });
    }
    // No data has no piece.
    static masks::Plane numbered(const Cutting& cutting) {
        std::vector<std::uint16_t> numbers(cutting.segments.of_pixel.size());
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            const std::int32_t piece = cutting.segments.of_pixel[i];
            numbers[i] = piece < 0 ? std::uint16_t{0} : static_cast<std::uint16_t>(piece % 65535 + 1);
        }
        return assist::plane_of_samples(cutting.window, numbers);
    }
    void paint(base::Point at) {
        const auto sample = m_cutting->window.sample_at(at);
        if (!sample) return;
        const std::int32_t piece = m_cutting->segments.of_pixel[m_cutting->window.samples.index(*sample)];
        if (piece < 0 || piece == m_painted) return;
        m_painted = piece;
        assist::Bitmap bitmap(m_cutting->segments.width, m_cutting->segments.height);
        for (const assist::RowRun& run : assist::segment_runs(m_cutting->segments, piece))
            for (int x = run.x0; x < run.x1; ++x) bitmap.of_pixel[bitmap.index({x, run.y})] = 1;
        m_gesture->paint(*assist::region_of(m_cutting->window, std::move(bitmap)));
    }

    std::shared_ptr<Cutting> m_cutting;
    base::Rect m_of;
    std::int64_t m_frame = -1;
    bool m_told = false;
    std::unique_ptr<MaskGesture> m_gesture;
    std::int32_t m_painted = -1;
};

std::unique_ptr<Tool> make() { return std::make_unique<SegmentTool>(); }

}  // namespace

const ToolInfo segment_tool = {
    "pieces",
    "Paint pieces",
    "Shift+Y",
    0xF431,
    "What is in sight is cut into pieces of like pixels; press or drag to paint whole ones, Alt takes away",
    make,
    true};

}  // namespace app
