#pragma once
// Feeds ImGui from InputEvents and a Host: one way in for a person, the script driver and tests alike.

#include <string>

#include "app/window/host.h"

namespace app {

class ImguiPlatform {
public:
    explicit ImguiPlatform(Host& host);  // makes the ImGui context and its OpenGL renderer
    ~ImguiPlatform();
    ImguiPlatform(const ImguiPlatform&) = delete;

    void feed(const InputEvent& event);
    void begin_frame(double now_secs);
    void end_frame();  // draws ImGui's lists to what the host has bound
    [[nodiscard]] bool wants_pointer() const;
    [[nodiscard]] bool wants_text() const;
    [[nodiscard]] bool list_is_open() const;  // a drop-down list: it takes Esc and the arrows
    [[nodiscard]] Cursor cursor() const;      // what the widget under the pointer asks for
    void rebuild_fonts_texture();

private:
    Host& m_host;
    double m_last_secs = 0;
    std::string m_clipboard;
};

}  // namespace app
