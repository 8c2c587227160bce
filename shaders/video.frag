#version 330 core
// Planes of a decoded picture to RGB. Compiled once for each LAYOUT and MINIFIED (0 or 1), since software renderers run both
// sides of every branch. Three spaces: framebuffer pixels (y down), shown texels (rotation applied) and coded
// texels (as decoded). A quarter turn is clockwise; the flip comes before it.

#define LAYOUT_YUV 0
#define LAYOUT_NV12 1
#define LAYOUT_GRAY 2
#define LAYOUT_RGBA 3

uniform sampler2D u_plane0, u_plane1, u_plane2;

// Where this fragment lies in the picture. The whole part travels apart from the fraction, so that single pixels of the
// largest pictures stay exact in 32-bit floats.
uniform float u_target_height_px;
uniform vec2 u_origin_px;
uniform ivec2 u_origin_texel;
uniform vec2 u_origin_fraction;
uniform float u_texels_per_px;

uniform ivec2 u_shown_size, u_coded_size;
uniform int u_quarter_turns;
uniform int u_flip;
uniform ivec2 u_chroma_shift;

uniform mat3 u_rgb_from_yuv;
uniform vec3 u_yuv_zero;
uniform float u_sample_scale;  // rgba: full code value to 1

// Minified, and where the planes are smaller than the picture (a preview): texels of the first plane for one coded texel.
uniform vec2 u_plane_scale;

// Minified: taps an axis and mip level, for luma (or the only plane) and for chroma.
uniform ivec2 u_luma_taps, u_chroma_taps;
uniform float u_luma_level, u_chroma_level;

uniform int u_pixel_grid;
uniform vec3 u_checker_dark, u_checker_light;

out vec4 o_color;

ivec2 coded_from_shown(ivec2 shown) {
    ivec2 last = u_coded_size - 1;
    ivec2 coded = shown;
    if (u_quarter_turns == 1) coded = ivec2(shown.y, last.y - shown.x);
    if (u_quarter_turns == 2) coded = last - shown;
    if (u_quarter_turns == 3) coded = ivec2(last.x - shown.y, shown.x);
    if (u_flip != 0) coded.x = last.x - coded.x;
    return coded;
}

vec2 coded_from_shown(vec2 shown) {
    vec2 size = vec2(u_coded_size);
    vec2 coded = shown;
    if (u_quarter_turns == 1) coded = vec2(shown.y, size.y - shown.x);
    if (u_quarter_turns == 2) coded = size - shown;
    if (u_quarter_turns == 3) coded = vec2(size.x - shown.y, shown.x);
    if (u_flip != 0) coded.x = size.x - coded.x;
    return coded;
}

// The mean over footprint texels round `at`, both in texels of level 0. One bilinear tap weighs at most two texels an axis and
// the taps lie at most one texel apart, so no texel is passed over.
vec4 mean_of(sampler2D plane, vec2 at, vec2 footprint, ivec2 taps, float level) {
    vec2 to_uv = 1.0 / vec2(textureSize(plane, 0));
    vec2 tap_step = footprint / vec2(taps);
    vec2 first = at - 0.5 * footprint + 0.5 * tap_step;
    vec4 sum = vec4(0.0);
    for (int y = 0; y < taps.y; ++y)
        for (int x = 0; x < taps.x; ++x)
            sum += textureLod(plane, (first + tap_step * vec2(x, y)) * to_uv, level);
    return sum / float(taps.x * taps.y);
}

// Transparent texels must not lend their colour to the mean.
vec4 mean_of_rgba(vec2 at, vec2 footprint) {
    vec2 to_uv = 1.0 / vec2(textureSize(u_plane0, 0));
    vec2 tap_step = footprint / vec2(u_luma_taps);
    vec2 first = at - 0.5 * footprint + 0.5 * tap_step;
    vec4 sum = vec4(0.0);
    for (int y = 0; y < u_luma_taps.y; ++y)
        for (int x = 0; x < u_luma_taps.x; ++x) {
            vec4 tap = textureLod(u_plane0, (first + tap_step * vec2(x, y)) * to_uv, u_luma_level) * u_sample_scale;
            sum += vec4(tap.rgb * tap.a, tap.a);
        }
    return sum.a > 0.0 ? vec4(sum.rgb / sum.a, sum.a / float(u_luma_taps.x * u_luma_taps.y)) : vec4(0.0);
}

vec3 rgb_from_yuv(vec3 yuv) { return u_rgb_from_yuv * (yuv - u_yuv_zero); }

vec4 nearest(ivec2 coded) {
    vec4 plane0 = texelFetch(u_plane0, coded, 0);
#if LAYOUT == LAYOUT_RGBA
    return plane0 * u_sample_scale;
#else
    vec2 chroma = u_yuv_zero.yz;
#if LAYOUT != LAYOUT_GRAY
    ivec2 chroma_at = coded >> u_chroma_shift;
    chroma = texelFetch(u_plane1, chroma_at, 0).rg;
#endif
#if LAYOUT == LAYOUT_YUV
    chroma.g = texelFetch(u_plane2, chroma_at, 0).r;
#endif
    return vec4(rgb_from_yuv(vec3(plane0.r, chroma)), 1.0);
#endif
}

vec4 averaged(vec2 coded) {
    vec2 footprint = vec2(u_texels_per_px) * u_plane_scale;
    coded *= u_plane_scale;
#if LAYOUT == LAYOUT_RGBA
    return mean_of_rgba(coded, footprint);
#else
    float luma = mean_of(u_plane0, coded, footprint, u_luma_taps, u_luma_level).r;
    vec2 chroma = u_yuv_zero.yz;
#if LAYOUT != LAYOUT_GRAY
    vec2 to_chroma = 1.0 / vec2(ivec2(1) << u_chroma_shift);
    chroma = mean_of(u_plane1, coded * to_chroma, footprint * to_chroma, u_chroma_taps, u_chroma_level).rg;
#endif
#if LAYOUT == LAYOUT_YUV
    chroma.g = mean_of(u_plane2, coded * to_chroma, footprint * to_chroma, u_chroma_taps, u_chroma_level).r;
#endif
    return vec4(rgb_from_yuv(vec3(luma, chroma)), 1.0);
#endif
}

vec3 over_checker(vec4 color, vec2 px) {
    ivec2 cell = ivec2(floor(px / 8.0));
    vec3 ground = ((cell.x + cell.y) & 1) == 0 ? u_checker_dark : u_checker_light;
    return mix(ground, color.rgb, color.a);
}

// A line one pixel wide along the left and top edge of every texel, dark, but light on what is nearly black.
vec3 with_grid(vec3 rgb, vec2 in_texel) {
    vec2 from_edge_px = in_texel / u_texels_per_px;
    if (min(from_edge_px.x, from_edge_px.y) >= 1.0) return rgb;
    float brightness = dot(rgb, vec3(0.299, 0.587, 0.114));
    return mix(rgb, vec3(brightness > 0.25 ? 0.0 : 1.0), 0.18);
}

void main() {
    vec2 px = vec2(gl_FragCoord.x, u_target_height_px - gl_FragCoord.y);
    vec2 place = (px - u_origin_px) * u_texels_per_px + u_origin_fraction;
    vec2 whole = floor(place);
    ivec2 shown = u_origin_texel + ivec2(whole);
    if (any(lessThan(shown, ivec2(0))) || any(greaterThanEqual(shown, u_shown_size))) discard;

#if MINIFIED
    vec4 color = averaged(coded_from_shown(vec2(u_origin_texel) + place));
#else
    vec4 color = nearest(coded_from_shown(shown));
#endif
    color = clamp(color, 0.0, 1.0);
#if LAYOUT == LAYOUT_RGBA
    color.rgb = over_checker(color, px);
#endif
    vec3 rgb = color.rgb;
#if !MINIFIED
    if (u_pixel_grid != 0) rgb = with_grid(rgb, place - whole);
#endif
    o_color = vec4(rgb, 1.0);
}
