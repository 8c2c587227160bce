#include "app/window/imgui_platform.h"

#include <algorithm>

#include <imgui.h>
#include <imgui_impl_opengl3.h>

namespace app {

static void map_keys(ImGuiIO& io) {
    const std::pair<ImGuiKey, Key> k_keys[] = {{ImGuiKey_Tab, key::tab},
                                               {ImGuiKey_LeftArrow, key::left},
                                               {ImGuiKey_RightArrow, key::right},
                                               {ImGuiKey_UpArrow, key::up},
                                               {ImGuiKey_DownArrow, key::down},
                                               {ImGuiKey_PageUp, key::page_up},
                                               {ImGuiKey_PageDown, key::page_down},
                                               {ImGuiKey_Home, key::home},
                                               {ImGuiKey_End, key::end},
                                               {ImGuiKey_Insert, key::insert},
                                               {ImGuiKey_Delete, key::del},
                                               {ImGuiKey_Backspace, key::backspace},
                                               {ImGuiKey_Space, key::space},
                                               {ImGuiKey_Enter, key::enter},
                                               {ImGuiKey_Escape, key::escape},
                                               {ImGuiKey_KeyPadEnter, 335},
                                               {ImGuiKey_A, 'A'},
                                               {ImGuiKey_C, 'C'},
                                               {ImGuiKey_V, 'V'},
                                               {ImGuiKey_X, 'X'},
                                               {ImGuiKey_Y, 'Y'},
                                               {ImGuiKey_Z, 'Z'}};
    for (const auto& [imgui_key, code] : k_keys) io.KeyMap[imgui_key] = code;
}

ImguiPlatform::ImguiPlatform(Host& host) : m_host{host} {
    IMGUI_CHECKVERSION();
    ImGui::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.LogFilename = nullptr;
    io.ConfigInputTextCursorBlink = false;  // a blinking cursor would redraw an idle window
    io.BackendFlags |= ImGuiBackendFlags_HasMouseCursors;
    io.MousePos = {-1e6f, -1e6f};
    map_keys(io);
    io.ClipboardUserData = this;
    io.GetClipboardTextFn = [](void* self) {
        auto& platform = *static_cast<ImguiPlatform*>(self);
        platform.m_clipboard = platform.m_host.clipboard();
        return platform.m_clipboard.c_str();
    };
    io.SetClipboardTextFn = [](void* self, const char* text) {
        static_cast<ImguiPlatform*>(self)->m_host.set_clipboard(text);
    };
    ImGui_ImplOpenGL3_Init("#version 330 core");
}

ImguiPlatform::~ImguiPlatform() {
    ImGui_ImplOpenGL3_Shutdown();
    ImGui::DestroyContext();
}

void ImguiPlatform::feed(const InputEvent& event) {
    ImGuiIO& io = ImGui::GetIO();
    io.KeyShift = event.modifiers.shift;
    io.KeyCtrl = event.modifiers.ctrl;
    io.KeyAlt = event.modifiers.alt;
    const auto at = [&] { io.MousePos = {static_cast<float>(event.at.x), static_cast<float>(event.at.y)}; };
    switch (event.kind) {
        case InputKind::move:
            return at();
        case InputKind::press:
        case InputKind::release:
            at();
            if (event.button >= 0 && event.button < 3)
                io.MouseDown[event.button] = event.kind == InputKind::press;
            return;
        case InputKind::scroll:
            at();
            io.MouseWheel += static_cast<float>(event.scroll.y);
            io.MouseWheelH += static_cast<float>(event.scroll.x);
            return;
        case InputKind::key_down:
        case InputKind::key_up:
            if (event.key > 0 && event.key < 512) io.KeysDown[event.key] = event.kind == InputKind::key_down;
            return;
        case InputKind::text:
            return io.AddInputCharacter(static_cast<unsigned>(event.character));
        case InputKind::focus_lost:
            std::ranges::fill(io.KeysDown, false);
            std::ranges::fill(io.MouseDown, false);
            return;
        case InputKind::drop:
        case InputKind::close:
            return;
    }
}

void ImguiPlatform::begin_frame(double now_secs) {
    ImGuiIO& io = ImGui::GetIO();
    const render::Size size = m_host.framebuffer();
    io.DisplaySize = {static_cast<float>(size.width), static_cast<float>(size.height)};
    io.DeltaTime = static_cast<float>(std::clamp(now_secs - m_last_secs, 1e-4, 0.1));
    m_last_secs = now_secs;
    ImGui_ImplOpenGL3_NewFrame();
    ImGui::NewFrame();
}

void ImguiPlatform::end_frame() {
    ImGui::Render();
    ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
}

bool ImguiPlatform::wants_pointer() const { return ImGui::GetIO().WantCaptureMouse; }
bool ImguiPlatform::wants_text() const { return ImGui::GetIO().WantTextInput; }

bool ImguiPlatform::list_is_open() const {
    return ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopupId | ImGuiPopupFlags_AnyPopupLevel);
}

Cursor ImguiPlatform::cursor() const {
    switch (ImGui::GetMouseCursor()) {
        case ImGuiMouseCursor_TextInput:
            return Cursor::text;
        case ImGuiMouseCursor_ResizeAll:
            return Cursor::move;
        case ImGuiMouseCursor_ResizeNS:
            return Cursor::resize_ns;
        case ImGuiMouseCursor_ResizeEW:
            return Cursor::resize_ew;
        case ImGuiMouseCursor_ResizeNESW:
            return Cursor::resize_nesw;
        case ImGuiMouseCursor_ResizeNWSE:
            return Cursor::resize_nwse;
        case ImGuiMouseCursor_Hand:
            return Cursor::hand;
        default:
            return Cursor::arrow;
    }
}

void ImguiPlatform::rebuild_fonts_texture() {
    ImGui_ImplOpenGL3_DestroyFontsTexture();
    ImGui_ImplOpenGL3_CreateFontsTexture();
}

}  // namespace app
