#version 330 core
// Raw samples of one tile to colours. Compiled for each set of expressions: render/raster_pass.cpp puts before this text
//   BANDS, CHANNELS, HAS_MASK, HILLSHADE, PALETTE, the samplers u_band0 …, FETCH(t, v), which reads all of them at texel
//   t into v[0] …, and CHANNEL0(v) …, the expressions. media::shade() does the same on the CPU.

// Where this fragment lies in the tile; the whole part travels apart from the fraction (32-bit floats).
uniform float u_target_height_px;
uniform vec2 u_origin_px;
uniform ivec2 u_origin_texel;
uniform vec2 u_origin_fraction;
uniform vec2 u_texels_per_px;

uniform ivec2 u_size;  // of the tile; its texture has a border of one texel from the tiles around
uniform int u_smooth;  // 0: the nearest texel, 1: between four of them
uniform int u_hatched;
uniform int u_pixel_grid;
uniform float u_opacity;

uniform vec3 u_decode[BANDS];  // scale, bias, 1 where samples are whole numbers
uniform vec2 u_nodata[BANDS];  // the value, 1 where there is one
uniform vec2 u_range[CHANNELS];
uniform sampler2D u_lut;      // a row a channel
uniform sampler2D u_palette;  // by value, 256 a row
uniform int u_palette_size;
uniform vec3 u_sun;      // hillshade: cosine and sine of the zenith, azimuth
uniform vec2 u_per_cell;  // exaggeration over eight cells, in metres of this level

out vec4 o_color;

// The samples at a texel; what is no data becomes NaN.
void values_at(ivec2 texel, out float v[BANDS]) {
    FETCH(texel + 1, v);
    for (int i = 0; i < BANDS; ++i) {
        float scaled = v[i] * u_decode[i].x;
        v[i] = (u_decode[i].z > 0.5 ? floor(scaled + 0.5) : scaled) + u_decode[i].y;
        if (u_nodata[i].y > 0.5 && v[i] == u_nodata[i].x) v[i] = bm_nan();
    }
}

bool finite(float x) { return (floatBitsToUint(x) & 0x7F800000u) != 0x7F800000u; }

// Between the four texels round `place`; those without a value lend none.
void values_between(vec2 place, out float v[BANDS]) {
    vec2 corner = floor(place - 0.5);
    vec2 part = place - 0.5 - corner;
    float sum[BANDS];
    float weight[BANDS];
    for (int i = 0; i < BANDS; ++i) {
        sum[i] = 0.0;
        weight[i] = 0.0;
    }
    for (int tap = 0; tap < 4; ++tap) {
        ivec2 offset = ivec2(tap & 1, tap >> 1);
        vec2 near = mix(1.0 - part, part, vec2(offset));
        values_at(clamp(ivec2(corner) + offset, ivec2(-1), u_size), v);
        for (int i = 0; i < BANDS; ++i)
            if (finite(v[i])) {
                sum[i] += near.x * near.y * v[i];
                weight[i] += near.x * near.y;
            }
    }
    for (int i = 0; i < BANDS; ++i) v[i] = weight[i] >= 0.499 ? sum[i] / weight[i] : bm_nan();
}

float in_range(float value, vec2 range) { return clamp((value - range.x) / (range.y - range.x), 0.0, 1.0); }

vec4 looked_up(float position, int channel) {
    int last = textureSize(u_lut, 0).x - 1;
    return texelFetch(u_lut, ivec2(int(position * float(last) + 0.5), channel), 0);
}

#if HILLSHADE
// Horn's slope of eight neighbours, lit as gdaldem does.
float lit(ivec2 texel) {
    float z[9];
    float v[BANDS];
    values_at(texel, v);
    float centre = CHANNEL0(v);
    for (int i = 0; i < 9; ++i) {
        values_at(clamp(texel + ivec2(i % 3 - 1, i / 3 - 1), ivec2(-1), u_size), v);
        float value = CHANNEL0(v);
        z[i] = bm_no_value(value) ? centre : value;
    }
    float dx = ((z[2] + 2.0 * z[5] + z[8]) - (z[0] + 2.0 * z[3] + z[6])) * u_per_cell.x;
    float dy = ((z[6] + 2.0 * z[7] + z[8]) - (z[0] + 2.0 * z[1] + z[2])) * u_per_cell.y;
    float slope = atan(length(vec2(dx, dy)));
    float aspect = atan(dy, -dx);
    return max(u_sun.x * cos(slope) + u_sun.y * sin(slope) * cos(u_sun.z - aspect), 0.0);
}
#endif

vec4 colored(float v[BANDS], ivec2 texel) {
    float value = CHANNEL0(v);
    if (bm_no_value(value)) return vec4(0.0);
#if PALETTE
    int index = int(value);
    if (index < 0 || index >= u_palette_size) return vec4(0.0);
    return texelFetch(u_palette, ivec2(index % 256, index / 256), 0);
#elif HILLSHADE
    return vec4(looked_up(lit(texel), 0).rgb, 1.0);
#elif CHANNELS == 3
    float green = CHANNEL1(v);
    float blue = CHANNEL2(v);
    if (bm_no_value(green) || bm_no_value(blue)) return vec4(0.0);
    return vec4(looked_up(in_range(value, u_range[0]), 0).r, looked_up(in_range(green, u_range[1]), 1).r,
                looked_up(in_range(blue, u_range[2]), 2).r, 1.0);
#else
    return vec4(looked_up(in_range(value, u_range[0]), 0).rgb, 1.0);
#endif
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
    if (u_hatched != 0) {  // what could not be read
        float stripe = fract((px.x + px.y) / 12.0);
        o_color = vec4(vec3(stripe < 0.5 ? 0.27 : 0.20), 1.0) * u_opacity;
        return;
    }
    vec2 place = (px - u_origin_px) * u_texels_per_px + u_origin_fraction;
    ivec2 texel = clamp(u_origin_texel + ivec2(floor(place)), ivec2(0), u_size - 1);
    float v[BANDS];
    if (u_smooth != 0)
        values_between(vec2(u_origin_texel) + place, v);
    else
        values_at(texel, v);
    vec4 color = colored(v, texel);
#if HAS_MASK
    color.a *= finite(v[BANDS - 1]) ? clamp(v[BANDS - 1] / 255.0, 0.0, 1.0) : 0.0;
#endif
    if (color.a == 0.0) discard;
    if (u_pixel_grid != 0) color.rgb = with_grid(color.rgb, place - floor(place));
    o_color = vec4(color.rgb, 1.0) * (color.a * u_opacity);  // premultiplied
}
