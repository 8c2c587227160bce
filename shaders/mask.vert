#version 330 core
// Rectangles of the screen, in framebuffer pixels from the top left corner.
layout(location = 0) in vec2 a_px;
layout(location = 1) in uint a_value;
uniform vec2 u_target_px;
flat out uint v_value;

void main() {
    v_value = a_value;
    vec2 unit = a_px / u_target_px;
    gl_Position = vec4(unit.x * 2.0 - 1.0, 1.0 - unit.y * 2.0, 0.0, 1.0);
}
