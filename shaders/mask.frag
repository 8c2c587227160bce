#version 330 core
// Class numbers of a mask to colours. render/mask_pass.cpp puts before this text
//   SAMPLED  0: a rectangle of one value; 1: looked up in a tile
//   OUTLINE  0: none; 1: lines of at least half a texel; 2: thinner ones

uniform vec2 u_target_px;
uniform int u_hatch_px;  // between the lines on what is unlabelled; 0: none

out vec4 o_color;

// All colours are multiplied by their alpha already.
vec4 over(vec4 above, vec4 below) { return above + below * (1.0 - above.a); }

// A light line with a dark one beside it shows on any ground.
vec4 hatch(vec2 px) {
    int along = int(px.x + px.y) % u_hatch_px;
    return along == 0 ? vec4(0.2) : along == 1 ? vec4(vec3(0.0), 0.2) : vec4(0.0);
}

#if SAMPLED
flat in ivec2 v_corner;
flat in ivec2 v_origin;
flat in ivec2 v_end;

// Where this fragment lies; the whole part travels apart from the fraction (32-bit floats), as in raster.frag.
uniform vec2 u_origin_px;
uniform vec2 u_origin_fraction;
uniform float u_texels_per_px;

uniform sampler2D u_tiles;    // side by side, each with a border of one texel from the tiles around
uniform float u_largest_value;
uniform sampler2D u_palette;  // by value, 256 a row
uniform int u_palette_size;
uniform float u_fill_opacity;
uniform float u_outline_opacity;
uniform float u_outline_px;
uniform int u_highlighted;  // a value; -1: none
uniform vec4 u_highlighted_fill, u_highlighted_line;

float stored(ivec2 texel) { return texelFetch(u_tiles, v_corner + texel, 0).r; }

// Outside of the medium all is unlabelled; what is stored beyond its end is not to be looked at.
bool differs(float here, ivec2 texel) {
    return here != (texel.x < v_end.x && texel.y < v_end.y ? stored(texel) : 0.0);
}

bool is_outline(float here, ivec2 texel, vec2 in_texel) {
    float width = u_outline_px * u_texels_per_px;
#if OUTLINE == 2
    // Only the nearer sides can matter; and their corner, or a line that turns round it would have a gap.
    bvec2 is_low = lessThan(in_texel, vec2(0.5));
    ivec2 side = ivec2(is_low.x ? -1 : 1, is_low.y ? -1 : 1);
    bvec2 near = lessThan(min(in_texel, 1.0 - in_texel), vec2(width));
    return (near.x && differs(here, texel + ivec2(side.x, 0))) || (near.y && differs(here, texel + ivec2(0, side.y))) ||
           (near.x && near.y && differs(here, texel + side));
#else
    bvec2 low = lessThan(in_texel, vec2(width));
    bvec2 high = lessThan(1.0 - in_texel, vec2(width));
    return (low.x && differs(here, texel + ivec2(-1, 0))) || (high.x && differs(here, texel + ivec2(1, 0))) ||
           (low.y && differs(here, texel + ivec2(0, -1))) || (high.y && differs(here, texel + ivec2(0, 1)));
#endif
}

vec4 colored(int value, bool line) {
    if (value == u_highlighted) return line ? u_highlighted_line : u_highlighted_fill;
    if (value >= u_palette_size) return vec4(0.0);
    vec4 color = texelFetch(u_palette, ivec2(value & 255, value >> 8), 0);
    return vec4(color.rgb, 1.0) * (color.a * (line ? u_outline_opacity : u_fill_opacity));
}

void main() {
    vec2 px = vec2(gl_FragCoord.x, u_target_px.y - gl_FragCoord.y);
    vec2 place = (px - u_origin_px) * u_texels_per_px + u_origin_fraction;
    ivec2 texel = clamp(v_origin + ivec2(floor(place)), ivec2(0), min(v_end, ivec2(256)) - 1);
    float here = stored(texel);
    int value = int(here * u_largest_value + 0.5);
#if OUTLINE
    o_color = colored(value, is_outline(here, texel, place + vec2(v_origin - texel)));
#else
    o_color = colored(value, false);
#endif
    if (u_hatch_px > 0 && value == 0) o_color = over(hatch(px), o_color);
}
#else
flat in vec4 v_color;
flat in int v_value;

void main() {
    o_color = v_color;
    if (u_hatch_px > 0 && v_value == 0) {
        vec2 px = vec2(gl_FragCoord.x, u_target_px.y - gl_FragCoord.y);
        o_color = over(hatch(px), o_color);
    }
}
#endif
