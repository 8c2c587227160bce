#version 330 core
// Corners of fills as they are; lines and dots as one quad an instance; a density as one quad.
uniform int u_kind;        // 0: fill, 1: line, 2: dot, 3: density of a whole tile
uniform vec2 u_target_px;  // size of the framebuffer
uniform vec2 u_origin_px;  // of the tile, on the screen
uniform float u_scale;     // screen pixels a raster pixel
uniform float u_half_px;   // half the width of a line
uniform float u_dot_px;    // side of a dot that stands for small features
uniform float u_point_px;  // side of a point feature
uniform float u_tile_px;   // side of the tile, on the screen

layout(location = 0) in vec2 a_at;       // from the tile's origin, raster pixels
layout(location = 1) in vec2 a_next;     // where the line goes on
layout(location = 2) in float a_weight;  // of a dot; below 0: a point feature

noperspective out float v_across_px;  // from the line's middle
noperspective out vec2 v_in_tile;     // 0 to 1
flat out float v_alpha;

const float k_break = 1.0e29;  // beyond it: not a place, but the end of a line

void main() {
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
    vec2 at = u_origin_px + a_at * u_scale;
    v_across_px = 0.0;
    v_in_tile = corner;
    v_alpha = 1.0;
    if (u_kind == 1) {
        if (a_at.x > k_break || a_next.x > k_break) {
            gl_Position = vec4(0.0, 0.0, 2.0, 1.0);  // all corners at one place beyond the far plane
            return;
        }
        vec2 leg = (a_next - a_at) * u_scale;
        float length_px = length(leg);
        vec2 along = length_px > 0.0 ? leg / length_px : vec2(1.0, 0.0);
        // Square ends, so that legs meet in corners; half a pixel more to the sides for soft edges.
        v_across_px = (corner.y * 2.0 - 1.0) * (u_half_px + 0.5);
        at += along * mix(-u_half_px, length_px + u_half_px, corner.x) + vec2(-along.y, along.x) * v_across_px;
    } else if (u_kind == 2) {
        at += (corner - 0.5) * (a_weight < 0.0 ? u_point_px : u_dot_px);
        v_alpha = a_weight < 0.0 ? 1.0 : clamp(a_weight, 0.35, 1.0);  // as media::dot_alpha
    } else if (u_kind == 3) {
        at = u_origin_px + corner * u_tile_px;
    }
    gl_Position = vec4(at / u_target_px * vec2(2.0, -2.0) + vec2(-1.0, 1.0), 0.0, 1.0);
}
