#version 330 core
// Class numbers of a mask to colours. render/mask_pass.cpp puts before this text
//   SAMPLED  0: a rectangle of one value; 1: looked up in the tiles
//   OUTLINE  0: none; 1: of whole texels; 2: lines narrower than a texel

flat in uint v_value;

uniform vec2 u_target_px;
uniform sampler2D u_palette;  // by value, 256 a row
uniform int u_palette_size;
uniform float u_fill_opacity;
uniform float u_outline_opacity;
uniform int u_highlighted;  // a value; -1: none
uniform float u_phase;      // -1: off, 0: as ever, 1: brightest
uniform int u_hatch_px;     // between the lines on what is unlabelled; 0: none

out vec4 o_color;

#if SAMPLED
// Where this fragment lies, in texels of the level from the corner of the first tile; the whole part travels apart from
// the fraction (32-bit floats), as in raster.frag.
uniform vec2 u_origin_px;
uniform ivec2 u_origin_texel;
uniform vec2 u_origin_fraction;
uniform float u_texels_per_px;
uniform ivec2 u_first_texel, u_last_texel;  // that are shown
uniform ivec2 u_end_texel;                  // beyond the last one of the medium

uniform sampler2D u_tiles;   // values of tiles, side by side
uniform sampler2D u_places;  // a texel a tile in sight: its column and row in u_tiles, or its value and 65535
uniform float u_largest_value;

int value_at(ivec2 texel) {
    if (any(greaterThanEqual(texel, u_end_texel))) return 0;
    ivec2 place = ivec2(texelFetch(u_places, texel >> 8, 0).rg * 65535.0 + 0.5);
    if (place.y == 65535) return place.x;
    return int(texelFetch(u_tiles, (place << 8) + (texel & 255), 0).r * u_largest_value + 0.5);
}

#if OUTLINE
uniform float u_outline_px;

bool differs(int value, ivec2 texel) { return value_at(texel) != value; }

bool is_outline(int value, ivec2 texel, vec2 in_texel) {
#if OUTLINE == 2
    bvec2 low = lessThan(in_texel / u_texels_per_px, vec2(u_outline_px));
    bvec2 high = lessThan((1.0 - in_texel) / u_texels_per_px, vec2(u_outline_px));
    for (int y = -1; y <= 1; ++y)  // corners too, or a line that turns round one would have a gap
        for (int x = -1; x <= 1; ++x) {
            bool near_x = x == 0 || (x < 0 ? low.x : high.x);
            bool near_y = y == 0 || (y < 0 ? low.y : high.y);
            if (near_x && near_y && differs(value, texel + ivec2(x, y))) return true;
        }
    return false;
#else
    return differs(value, texel + ivec2(-1, 0)) || differs(value, texel + ivec2(1, 0)) ||
           differs(value, texel + ivec2(0, -1)) || differs(value, texel + ivec2(0, 1));
#endif
}
#endif
#endif

// All colours are multiplied by their alpha already.
vec4 over(vec4 above, vec4 below) { return above + below * (1.0 - above.a); }

// A light line with a dark one beside it shows on any ground.
vec4 hatch(ivec2 px) {
    int along = (px.x + px.y) % u_hatch_px;
    return along == 0 ? vec4(vec3(0.22), 0.22) : along == 1 ? vec4(vec3(0.0), 0.22) : vec4(0.0);
}

vec4 colored(int value, float opacity) {
    if (value >= u_palette_size) return vec4(0.0);
    vec4 color = texelFetch(u_palette, ivec2(value & 255, value >> 8), 0);
    float alpha = color.a * opacity;
    if (value == u_highlighted) {
        alpha = min(alpha * (1.0 + u_phase), color.a);
        color.rgb = mix(color.rgb, vec3(1.0), 0.45 * max(u_phase, 0.0));
    }
    return vec4(color.rgb, 1.0) * alpha;
}

void main() {
    vec2 px = vec2(gl_FragCoord.x, u_target_px.y - gl_FragCoord.y);
    float opacity = u_fill_opacity;
#if SAMPLED
    vec2 place = (px - u_origin_px) * u_texels_per_px + u_origin_fraction;
    ivec2 texel = clamp(u_origin_texel + ivec2(floor(place)), u_first_texel, u_last_texel);
    int value = value_at(texel);
#if OUTLINE
    if (is_outline(value, texel, place - floor(place))) opacity = u_outline_opacity;
#endif
#else
    int value = int(v_value);
#endif
    vec4 color = colored(value, opacity);
    o_color = value == 0 && u_hatch_px > 0 ? over(hatch(ivec2(px)), color) : color;
}
