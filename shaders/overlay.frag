#version 330 core
// Coverage of a pixel by a line (dashed or not), a disc or a fill, from the distance of the pixel's centre.

noperspective in vec2 v_place;  // px across from the line's middle, px along it; in a disc the offset from its centre
flat in vec2 v_style;           // half width or radius, px; dash, px (0: solid, below 0: disc)
flat in vec4 v_color;

out vec4 o_color;

// The part of [at - 1/2, at + 1/2] that lies within `half_width` of 0.
float covered(float at, float half_width) {
    return clamp(min(at + 0.5, half_width) - max(at - 0.5, -half_width), 0.0, 1.0);
}

void main() {
    float half_width = v_style.x, dash = v_style.y;
    float coverage;
    if (dash < 0.0) {
        coverage = clamp(half_width + 0.5 - length(v_place), 0.0, 1.0);
    } else {
        coverage = covered(v_place.x, half_width);
        // Dashes begin at 0; a gap is as long as a dash.
        if (dash > 0.0) coverage *= covered(mod(v_place.y + 0.5 * dash, 2.0 * dash) - dash, 0.5 * dash);
    }
    o_color = vec4(v_color.rgb, v_color.a * coverage);
}
