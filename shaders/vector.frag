#version 330 core
uniform int u_kind;
uniform float u_half_px;
uniform vec4 u_color;
uniform sampler2D u_density;

noperspective in float v_across_px;
noperspective in vec2 v_in_tile;
flat in float v_alpha;

out vec4 o_color;

void main() {
    float coverage = v_alpha;
    // The part of the pixel, seen across the line, that lies in it.
    if (u_kind == 1)
        coverage = clamp(min(v_across_px + 0.5, u_half_px) - max(v_across_px - 0.5, -u_half_px), 0.0, 1.0);
    if (u_kind == 3) coverage = texture(u_density, v_in_tile).r;
    o_color = vec4(u_color.rgb, u_color.a * coverage);
}
