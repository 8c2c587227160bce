#version 330 core
// Rectangles of the screen, in framebuffer pixels from the top left corner.
layout(location = 0) in vec2 a_px;
layout(location = 1) in vec4 a_color;
layout(location = 2) in int a_value;
layout(location = 3) in ivec2 a_corner;
layout(location = 4) in ivec2 a_texel;

uniform vec2 u_target_px;
uniform ivec2 u_origin_texel;
uniform ivec2 u_end_texel;  // beyond the last one of the medium

flat out vec4 v_color;
flat out int v_value;
flat out ivec2 v_corner;  // of the tile, in u_tiles
flat out ivec2 v_origin;  // u_origin_texel as the tile counts
flat out ivec2 v_end;     // u_end_texel, likewise

void main() {
    v_color = a_color;
    v_value = a_value;
    v_corner = a_corner;
    v_origin = u_origin_texel - a_texel;
    v_end = u_end_texel - a_texel;
    vec2 unit = a_px / u_target_px;
    gl_Position = vec4(unit.x * 2.0 - 1.0, 1.0 - unit.y * 2.0, 0.0, 1.0);
}
