#pragma once
// What the popups share: a box over the window that owns the keyboard, a search field, wrapped text, and work
// that may wait done aside.

#include <chrono>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <string_view>

#include "app/ui/ui.h"

namespace app {

// Tells the frame on which something appears that was not drawn on the frame before.
class Appearing {
public:
    bool operator()();

private:
    int m_seen = -2;  // frame of ImGui
};

enum class Scrim : std::uint8_t { dim, clear };
// A window over everything with a raised box in it; draw into the box, then call end_popup().
void begin_popup(Ui& u, const char* id, Area window, Area box, Scrim scrim = Scrim::dim);
// Closes the popup on Esc and on a click beside the box.
enum class Escape : std::uint8_t { closes, ignored };
void end_popup(Ui& u, Area box, Escape escape = Escape::closes);
void close_popup(Ui& u);

// A box of that size, centred, its top at a fraction of the window's height; never larger than the window.
[[nodiscard]] Area centred_box(Ui& u, Area window, float logical_width, float logical_height,
                               float top = 0.5f);

enum class PopupKey : std::uint8_t { up, down, page_up, page_down, enter, escape };
[[nodiscard]] bool key_pressed(PopupKey key);
// Moves `index` by Up and Down (which wrap) and Page keys (which do not) in a list. True when it moved.
bool move_by_keys(int& index, int count, int page);

// An editable line that always has the keyboard while it is drawn; `text` is what stands there now.
struct SearchField {
    std::string text;
    std::optional<std::string> replacement;  // set it to change the text under the caret
    bool completed = false;                  // Tab was pressed; cleared by the next call
    bool caret_to_end = false;               // search_field()'s own
};
// True when the text changed.
bool search_field(Ui& u, std::string_view name, Area area, SearchField& field, std::string_view hint,
                  char32_t icon = icon::search);

[[nodiscard]] float wrapped_height(ImFont* font, std::string_view text, float width);
// Returns its height.
float draw_wrapped(Area area, std::string_view text, ImU32 color, ImFont* font);

// One piece of work at a time on a thread of its own, for what the UI thread may not wait for. Lives on the
// UI thread.
template <class T>
class Background {
public:
    template <class Work>
    void start(Work work) {
        if (!m_future.valid()) m_future = std::async(std::launch::async, std::move(work));
    }
    [[nodiscard]] bool running() const { return m_future.valid(); }
    // What it made, once. While it runs, asks for a redraw soon.
    std::optional<T> take(Ui& u) {
        if (!m_future.valid()) return std::nullopt;
        if (m_future.wait_for(std::chrono::seconds{0}) != std::future_status::ready) {
            u.redraw_in(0.03);
            return std::nullopt;
        }
        u.redraw_in(0);
        return m_future.get();
    }

private:
    std::future<T> m_future;
};

}  // namespace app
