#include "media/demo_clip.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "media/clip_encoder.h"

namespace media {
namespace {

using base::Point;
using base::Rect;

struct Color {
    double r, g, b;
};

constexpr Color k_sky_top{96, 150, 196}, k_sky_bottom{214, 226, 228}, k_hill{112, 146, 120},
    k_grass{92, 128, 78}, k_path{188, 174, 146}, k_trunk{92, 70, 54}, k_leaves{58, 98, 62},
    k_ball{206, 62, 48}, k_ball_shine{244, 150, 132}, k_coat{58, 74, 128}, k_trousers{44, 46, 56},
    k_skin{224, 182, 150};

constexpr double k_ball_radius = 22, k_ground_y = 250, k_tree_x = 330, k_trunk_half_width = 17;
constexpr double k_person_height = 118, k_person_half_width = 20, k_person_feet_y = 326;
constexpr std::array<Point, 6> k_ball_points = {
    {{70, 300}, {180, 90}, {290, 300}, {400, 100}, {510, 300}, {600, 130}}};

Color mix(Color a, Color b, double t) {
    return {a.r + (b.r - a.r) * t, a.g + (b.g - a.g) * t, a.b + (b.b - a.b) * t};
}

// RGB picture whose shapes have edges one pixel soft.
class Canvas {
public:
    Canvas() : m_rgb(std::size_t(k_demo_width_px) * k_demo_height_px * 3) {}

    // Puts color wherever `inside` (signed distance to the edge, positive within) says so.
    template <class Inside>
    void fill(const Rect& area, Color color, Inside inside) {
        const int x0 = std::max(0, int(area.x0) - 1), x1 = std::min(k_demo_width_px, int(area.x1) + 2);
        const int y0 = std::max(0, int(area.y0) - 1), y1 = std::min(k_demo_height_px, int(area.y1) + 2);
        for (int y = y0; y < y1; ++y)
            for (int x = x0; x < x1; ++x)
                blend(x, y, color, std::clamp(inside(Point{x + 0.5, y + 0.5}) + 0.5, 0.0, 1.0));
    }
    void disc(Point centre, double radius, Color color) {
        fill(Rect{centre.x, centre.y, centre.x, centre.y}.grown(radius), color,
             [&](Point p) { return radius - std::hypot(p.x - centre.x, p.y - centre.y); });
    }
    // A thick line with round ends.
    void stroke(Point a, Point b, double half_width, Color color) {
        fill(base::rect_from_corners(a, b).grown(half_width), color, [&](Point p) {
            const Point along = b - a, from = p - a;
            const double length = along.x * along.x + along.y * along.y;
            const double t = std::clamp((from.x * along.x + from.y * along.y) / length, 0.0, 1.0);
            return half_width - std::hypot(from.x - along.x * t, from.y - along.y * t);
        });
    }
    [[nodiscard]] std::vector<std::uint8_t> take() { return std::move(m_rgb); }

private:
    void blend(int x, int y, Color color, double share) {
        std::uint8_t* rgb = m_rgb.data() + (std::size_t(y) * k_demo_width_px + std::size_t(x)) * 3;
        const Color mixed = mix({double(rgb[0]), double(rgb[1]), double(rgb[2])}, color, share);
        rgb[0] = std::uint8_t(std::lround(mixed.r));
        rgb[1] = std::uint8_t(std::lround(mixed.g));
        rgb[2] = std::uint8_t(std::lround(mixed.b));
    }
    std::vector<std::uint8_t> m_rgb;
};

constexpr Rect k_everything{0, 0, k_demo_width_px, k_demo_height_px};

void draw_land(Canvas& canvas) {
    for (int y = 0; y < k_demo_height_px; ++y) {
        const Rect row{0, double(y), k_demo_width_px, double(y)};
        const Color color = mix(k_sky_top, k_sky_bottom, std::min(1.0, y / k_ground_y));
        canvas.fill(row, color, [&](Point p) { return std::abs(p.y - y - 0.5) < 0.5 ? 1.0 : -1.0; });
    }
    canvas.fill(k_everything, k_hill,
                [](Point p) { return p.y - (214 + 18 * std::sin(p.x / 74) + 9 * std::sin(p.x / 31 + 1)); });
    canvas.fill(k_everything, k_grass, [](Point p) { return p.y - k_ground_y; });
    canvas.fill(k_everything, k_path, [](Point p) { return 17 - std::abs(p.y - k_person_feet_y + 4); });
}

void draw_tree(Canvas& canvas) {
    canvas.stroke({k_tree_x, 150}, {k_tree_x, 344}, k_trunk_half_width, k_trunk);
    canvas.disc({k_tree_x - 34, 128}, 40, k_leaves);
    canvas.disc({k_tree_x + 36, 124}, 42, k_leaves);
    canvas.disc({k_tree_x, 92}, 50, k_leaves);
}

void draw_person(Canvas& canvas, std::int64_t frame) {
    const Rect box = demo_person(frame);
    const double x = box.centre().x, swing = 15 * std::sin(double(frame) * std::numbers::pi / 9);
    const Point hip{x, box.y0 + 70}, shoulder{x, box.y0 + 34};
    canvas.stroke(hip, {x + swing, box.y1 - 4}, 5, k_trousers);
    canvas.stroke(hip, {x - swing, box.y1 - 4}, 5, k_trousers);
    canvas.stroke(shoulder, hip, 11, k_coat);
    canvas.stroke(shoulder, {x - swing * 0.8, box.y0 + 66}, 4, k_coat);
    canvas.disc({x, box.y0 + 12}, 12, k_skin);
}

void draw_ball(Canvas& canvas, std::int64_t frame) {
    const Point centre = demo_ball(frame).centre();
    canvas.disc(centre, k_ball_radius, k_ball);
    canvas.disc(centre + Point{-7, -8}, 6, k_ball_shine);
}

}  // namespace

Rect demo_ball(std::int64_t frame) {
    const auto next = std::ranges::upper_bound(k_demo_ball_turns, frame);
    const auto leg = std::size_t(std::clamp<std::ptrdiff_t>(next - k_demo_ball_turns.begin(), 1, 5));
    const auto first = k_demo_ball_turns[leg - 1], last = k_demo_ball_turns[leg];
    const double t = double(frame - first) / double(last - first);
    const Point centre = k_ball_points[leg - 1] + (k_ball_points[leg] - k_ball_points[leg - 1]) * t;
    return Rect{centre.x, centre.y, centre.x, centre.y}.grown(k_ball_radius);
}

Rect demo_person(std::int64_t frame) {
    const double x = -20 + 5 * double(frame);
    return {x - k_person_half_width, k_person_feet_y - k_person_height, x + k_person_half_width,
            k_person_feet_y};
}

std::vector<std::uint8_t> draw_demo_picture(std::int64_t frame) {
    static const Canvas k_land = [] {
        Canvas canvas;
        draw_land(canvas);
        return canvas;
    }();
    Canvas canvas = k_land;
    draw_person(canvas, frame);
    draw_tree(canvas);
    draw_ball(canvas, frame);
    return canvas.take();
}

base::Result<void> write_demo_clip(const std::filesystem::path& file) {
    const ClipFormat format{k_demo_width_px, k_demo_height_px, k_demo_frame_rate, k_demo_frame_rate};
    auto encoder = ClipEncoder::create(file, format);
    if (!encoder) return std::unexpected(encoder.error());
    for (std::int64_t frame = 0; frame < k_demo_frames; ++frame)
        if (auto added = encoder->add(draw_demo_picture(frame)); !added) return added;
    return encoder->finish();
}

}  // namespace media
