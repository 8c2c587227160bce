#version 330 core
uniform vec2 u_target_px;

layout(location = 0) in vec2 a_position_px;  // y down
layout(location = 1) in vec4 a_line;         // across, along, half width, dash
layout(location = 2) in vec4 a_color;

noperspective out vec2 v_place;
flat out vec2 v_style;
flat out vec4 v_color;

void main() {
    v_place = a_line.xy;
    v_style = a_line.zw;
    v_color = a_color;
    gl_Position = vec4(a_position_px / u_target_px * vec2(2.0, -2.0) + vec2(-1.0, 1.0), 0.0, 1.0);
}
