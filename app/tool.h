#pragma once
// A tool is one file in app/tools/ and one row in app/tools/tools.cpp. It turns pointer events in media space
// into one Transaction per gesture, and sees neither ImGui nor GL, so a test drives it with structs.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/input.h"
#include "app/mask_brush.h"
#include "app/overlay.h"
#include "assist/pixel_window.h"
#include "base/geometry.h"
#include "base/job_pool.h"
#include "labels/document.h"
#include "masks/paint.h"

namespace app {

struct PointerEvent {
    enum class Kind : std::uint8_t {
        hover,
        press,
        drag,
        release,
        cancel,  // Esc, or the window lost the pointer
        finish,  // Enter: what is drawn by several presses is complete
        back,    // Backspace: the last of them was wrong
    };
    Kind kind = Kind::hover;
    base::Point at;           // media space
    double media_per_px = 1;  // size of a screen pixel in media space: handles keep their size on screen
    Modifiers modifiers;
};

struct ToolContext {
    labels::Document& document;
    labels::AssetId asset;
    std::int64_t frame = 0;
    std::int64_t pts = labels::k_no_pts;
    std::string author;
    base::Rect picture;             // bounds of the medium
    labels::ClassId& active_class;  // nil: none chosen yet
    std::vector<labels::TrackId>& selection;
    labels::MaskLayerId& mask_layer;  // the one that is painted into; nil: the topmost
    MaskBrush& brush;
    std::function<void(labels::TrackId)> ask_class;  // shows the class picker for a new object; may be null
    std::function<void(std::string)> tell;           // a toast; may be null
    // Length of a path and the area it encloses, as text; may be null.
    std::function<std::string(std::span<const base::Point>)> measure = {};
    // Paints later, off this thread, what of the swath the brush's expression holds for; may be null.
    std::function<void(const masks::Plane& swath)> paint_where = {};
    base::Rect in_sight = {};  // of the medium
    // Reads samples of what is shown; for use in a job, also after the context is gone. May be null.
    using ReadSamples = std::function<base::Result<assist::PixelWindow>(
        const masks::PixelRect& area, std::size_t most_samples, const std::stop_token&)>;
    ReadSamples read_samples = {};
    // Off this thread; its sentence is not shown. May be null.
    std::function<std::shared_ptr<base::Job>(std::string name, base::JobPool::Work)> run = {};
    // Takes over the part of a suggestion that lies there; false: there is none. May be null.
    std::function<bool(base::Point)> accept_suggestion = {};
    // Paints, or takes away, as one undo step what a job finds; as Workbench::fill_mask. May be null.
    enum class Fill : std::uint8_t { paint, erase };
    using FindRegion = std::function<base::Result<masks::Plane>(base::Job&, const masks::Plane& mask)>;
    std::function<bool(std::string name, Fill, FindRegion)> fill_mask = {};
    // What a job makes of the mask that is painted into takes its place. May be null.
    std::function<bool(std::string name, std::function<base::Result<masks::Plane>(base::Job&, masks::Plane)>)>
        rework_mask = {};
};

class Tool {
public:
    virtual ~Tool() = default;
    virtual void pointer(ToolContext& context, const PointerEvent& event) = 0;
    virtual void overlay(const ToolContext& context, const PointerEvent& last, Overlay& overlay) const = 0;
    [[nodiscard]] virtual bool busy() const = 0;  // a gesture is open: undo and frame changes must wait
    // Between events: takes what a job of its own has finished. True when something visible changed.
    virtual bool update(ToolContext&) { return false; }
};

struct ToolInfo {
    std::string_view id, title, shortcut;
    std::uint32_t icon = 0;  // code point in Material Design Icons
    std::string_view hint;   // how it is used, for the status line
    std::unique_ptr<Tool> (*make)();
    bool paints = false;     // masks
    bool has_size = false;   // the brush's
    bool has_reach = false;  // contiguous, or everywhere
};

[[nodiscard]] std::span<const ToolInfo> all_tools();
[[nodiscard]] const ToolInfo* find_tool(std::string_view id);

}  // namespace app
