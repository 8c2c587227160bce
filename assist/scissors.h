#pragma once
// Intelligent scissors: a line that runs along edges from an anchor to wherever the pointer is.

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include "assist/bitmap.h"
#include "assist/window_samples.h"
#include "base/geometry.h"
#include "base/result.h"

namespace assist {

// Live wire (Mortensen and Barrett 1995, Intelligent Scissors for Image Composition): the cheapest path of
// neighbouring pixels, where a step is cheap on an edge, along the edge's direction and where the gradient is
// high. All bands count, each scaled to its robust range. What the paper takes for an edge, a zero crossing
// of the Laplacian, is here a maximum of the gradient along its own direction (Canny 1986), which noise
// shifts less. Pixels without data cost most, so that a path exists everywhere, and their rim is no edge.
//
// Not to be used by two threads at once, except for several calls of const functions.
class Scissors {
public:
    // Looks for edges; a copy of the samples is not kept. Refused: an empty window. Cancelled: `stop`.
    [[nodiscard]] static base::Result<Scissors> from(const WindowSamples& window, std::stop_token stop = {});

    // Finds the cheapest path from `anchor` to every pixel. Refused: a pixel outside the window. Cancelled:
    // `stop`; then there is no anchor.
    [[nodiscard]] base::Result<void> set_anchor(Pixel anchor, std::stop_token stop = {});
    [[nodiscard]] std::optional<Pixel> anchor() const { return m_anchor; }

    // The path from the anchor to `target`, both included, through pixel centres, each a neighbour (edge or
    // corner) of the one before; in the window's coordinates, so that the centre of pixel (0, 0) is (0.5,
    // 0.5). Empty without an anchor or when `target` is outside the window. Time: the length of the path.
    [[nodiscard]] std::vector<base::Point> path_to(Pixel target) const;

    // The pixel with the highest gradient at most `radius_px` away in x and in y, for the pointer to snap to;
    // `near` itself where the ground is even. `near` must be inside the window.
    [[nodiscard]] Pixel snapped(Pixel near, int radius_px) const;

private:
    Scissors(int width, int height) : m_width{width}, m_height{height} {}
    [[nodiscard]] std::size_t index(Pixel p) const {
        return static_cast<std::size_t>(p.y) * static_cast<std::size_t>(m_width) +
               static_cast<std::size_t>(p.x);
    }
    [[nodiscard]] bool contains(Pixel p) const {
        return p.x >= 0 && p.x < m_width && p.y >= 0 && p.y < m_height;
    }
    [[nodiscard]] std::uint32_t step_cost(std::size_t from, std::size_t to, int direction) const;

    int m_width, m_height;
    std::vector<std::uint8_t> m_strength;    // gradient, 255 at its robust maximum; 0 without data
    std::vector<std::uint8_t> m_pixel_cost;  // the part of a step's cost that depends on where it leads
    std::vector<std::uint8_t>
        m_edge_angle;                      // along the edge, a turn is 256; brighter ground lies to one side
    std::vector<std::uint8_t> m_has_edge;  // 0 where the angle means nothing
    std::optional<Pixel> m_anchor;
    std::vector<std::uint8_t> m_came_by;  // the direction of the step that leads to each pixel
};

}  // namespace assist
