// The table of all actions. Defaults follow CVAT for video where it has one; CVAT's Right and Left go to the
// next filtered frame, which here is the next frame. Its step is ten frames.
#include <algorithm>
#include <array>

#include "app/action.h"
#include "app/class_keys.h"
#include "app/workbench.h"
#include "app/zoom.h"

namespace app {

namespace {

using B = Workbench;

// -- when an action is offered
bool has_project(const B& b) { return b.document() != nullptr; }
bool has_asset(const B& b) { return b.asset() != nullptr; }
bool has_video(const B& b) { return b.frame_count() > 1; }
bool has_raster(const B& b) { return b.raster() != nullptr && b.raster()->info().has_value(); }
bool has_layers(const B& b) { return b.layers() != nullptr && !b.layers()->layers().empty(); }
bool has_layer(const B& b) { return has_layers(b) && b.layers()->find(b.layers()->selected) != nullptr; }
bool has_one_channel(const B& b) {
    return has_raster(b) && b.styled_raster()->info() && b.styled_raster()->style().channels.size() == 1;
}
bool has_places(const B& b) { return has_video(b) || has_raster(b); }
bool may_find_shots(const B& b) { return b.survey() && b.survey()->may_find_shots(); }
bool has_loop(const B& b) { return !b.loop_range().empty(); }
bool has_selection(const B& b) { return b.document() && !b.view().selection.empty(); }
bool can_undo(const B& b) {
    return b.document() && !b.document()->busy() && !b.document()->history().undo.empty();
}
bool can_redo(const B& b) {
    return b.document() && !b.document()->busy() && !b.document()->history().redo.empty();
}
bool has_grid(const B& b) { return b.grid() != nullptr; }
bool saving_failed(const B& b) { return b.project() && b.project()->save_status().error.has_value(); }

bool has_masks(const B& b) { return b.mask_layer() != nullptr; }
bool can_have_masks(const B& b) { return b.can_have_masks(); }
bool paints(const B& b) { return has_asset(b) && b.tool_info() != nullptr && b.tool_info()->paints; }
bool paints_objects(const B& b) {
    return paints(b) && has_masks(b) && b.mask_layer()->info.kind == labels::MaskKind::instances;
}
bool has_suggestion(const B& b) { return b.suggestion() != nullptr; }
bool has_expression(const B& b) { return has_raster(b) && !b.view().brush.only_where.empty(); }

// -- what it does
void next_fill(B& b) {
    b.view().masks.fill = static_cast<MaskFill>((static_cast<int>(b.view().masks.fill) + 1) % 3);
}
void square_nib(B& b) {
    masks::Nib& nib = b.view().brush.nib;
    nib = nib == masks::Nib::round ? masks::Nib::square : masks::Nib::round;
}

template <class Change>
void restyle(B& b, Change change) {
    media::RasterStyle style = b.styled_raster()->style();
    change(style);
    b.styled_raster()->set_style(std::move(style));
}

void swipe(B& b) { b.layers()->swipe = b.layers()->swipe ? std::nullopt : std::optional{0.5}; }

void stretch_by_view(B& b) {
    restyle(b, [](media::RasterStyle& style) {
        const bool of_view = style.of == media::StretchOf::view;
        style.of = of_view ? media::StretchOf::whole : media::StretchOf::view;
        const bool has_none =
            style.stretch == media::Stretch::none || style.stretch == media::Stretch::manual;
        if (!of_view && has_none) style.stretch = media::Stretch::percentile;
    });
}

template <Popup which>
void show(B& b) {
    b.popup = b.popup == which ? Popup::none : which;
}

template <int frames>
void step(B& b) {
    b.play(false);
    b.step(frames);
}

void first_frame(B& b) { b.go_to(0); }
void last_frame(B& b) { b.go_to(b.frame_count() - 1); }

template <int direction>
void keyframe(B& b) {
    b.go_to_keyframe(direction);
}

template <int direction>
void shot(B& b) {
    b.play(false);
    b.go_to_shot(direction);
}

template <int direction>
void next_object(B& b) {
    b.select_next(direction);
}

template <int dx, int dy>
void nudge(B& b) {
    b.nudge(dx, dy);
}

template <int number>
bool has_class(const B& b) {
    return class_with_key(b, std::to_string(number)) != nullptr;
}

template <int number>
void use_class(B& b) {
    if (const labels::LabelClass* found = class_with_key(b, std::to_string(number)))
        b.set_active_class(found->id);
}

void faster(B& b) { b.change_speed(1); }
void slower(B& b) { b.change_speed(-1); }

// One edit for the whole selection; all follow the primary one.
void flip_selected(B& b, const char* name, bool labels::TrackInfo::* flag) {
    const labels::Track* primary = b.selected();
    if (!primary) return;
    const bool on = !(primary->info.*flag);
    b.edit(name, [&](labels::Transaction& change) {
        for (const labels::TrackId id : b.view().selection) {
            const labels::Track* track = b.document()->state().find(id);
            if (!track) continue;
            labels::TrackInfo info = track->info;
            info.*flag = on;
            change.put_track(info);
        }
    });
}

void pick_class(B& b) {
    b.picking_class_for.reset();
    if (const labels::Track* track = b.selected()) b.picking_class_for = track->info.id;
    b.popup = Popup::class_picker;
}

// Steps back from the innermost thing: a popup, a gesture, the selection, the tool.
void cancel(B& b) {
    if (b.popup != Popup::none) {
        b.popup = Popup::none;
        b.picking_class_for.reset();
    } else if (b.tool() && b.tool()->busy()) {
        b.pointer({.kind = PointerEvent::Kind::cancel, .at = {}, .media_per_px = 1, .modifiers = {}});
    } else if (b.suggestion() != nullptr) {
        b.dismiss_suggestion();
    } else if (!b.view().selection.empty()) {
        b.clear_selection();
    } else {
        b.set_tool("select");
    }
}

template <labels::Mark mark>
void mark_cell(B& b) {
    b.mark_cell(mark);
}

template <labels::Mark mark>
void next_marked(B& b) {
    b.go_to_marked(mark);
}

void cut_grid(B& b) {
    b.view().bottom_shown = true;
    b.cutting_grid = b.grid() != nullptr;
}

void show_cell(B& b) {
    b.current_cell() ? b.go_to_cell(*b.current_cell()) : b.go_to_marked(labels::Mark::todo);
}

void flip_theme(B& b) {
    b.settings().light_theme = !b.settings().light_theme;
    b.save_settings();
}

constexpr Action k_actions[] = {
    {"project.open", "Open…", "File", "Ctrl+O", "", nullptr, show<Popup::open_prompt>},
    {"labels.import", "Import labels…", "File", "Ctrl+I", "", has_project, show<Popup::import_prompt>},
    {"labels.export", "Export labels…", "File", "Ctrl+E", "", has_project, show<Popup::export_dialog>},
    {"project.retry_saving", "Try to save again", "File", "Ctrl+S", "", saving_failed,
     [](B& b) { b.project()->retry_saving(); }},
    {"project.close", "Close the project", "File", "Ctrl+W", "", has_project,
     [](B& b) {
         if (b.may_leave()) b.close_project();
     }},
    {"app.quit", "Quit", "File", "Ctrl+Q", "", nullptr, [](B& b) { b.quit = b.may_leave(); }},

    {"edit.undo", "Undo", "Edit", "Ctrl+Z", "", can_undo, [](B& b) { b.undo(); }},
    {"edit.redo", "Redo", "Edit", "Ctrl+Shift+Z", "Ctrl+Y", can_redo, [](B& b) { b.redo(); }},
    {"edit.delete", "Delete", "Edit", "Delete", "Backspace", has_selection,
     [](B& b) { b.delete_selected(); }},
    {"select.next", "Next object", "Edit", "Tab", "", has_asset, next_object<1>},
    {"select.previous", "Previous object", "Edit", "Shift+Tab", "", has_asset, next_object<-1>},
    {"edit.cancel", "Cancel, select nothing", "Edit", "Esc", "", nullptr, cancel},
    {"nudge.left", "Move 1 px left", "Edit", "Ctrl+Left", "", has_selection, nudge<-1, 0>},
    {"nudge.right", "Move 1 px right", "Edit", "Ctrl+Right", "", has_selection, nudge<1, 0>},
    {"nudge.up", "Move 1 px up", "Edit", "Ctrl+Up", "", has_selection, nudge<0, -1>},
    {"nudge.down", "Move 1 px down", "Edit", "Ctrl+Down", "", has_selection, nudge<0, 1>},
    {"nudge.left10", "Move 10 px left", "Edit", "Ctrl+Shift+Left", "", has_selection, nudge<-10, 0>},
    {"nudge.right10", "Move 10 px right", "Edit", "Ctrl+Shift+Right", "", has_selection, nudge<10, 0>},
    {"nudge.up10", "Move 10 px up", "Edit", "Ctrl+Shift+Up", "", has_selection, nudge<0, -10>},
    {"nudge.down10", "Move 10 px down", "Edit", "Ctrl+Shift+Down", "", has_selection, nudge<0, 10>},

    {"brush.smaller", "Smaller brush", "Masks", "[", "", paints, [](B& b) { b.change_brush_size(-1); }},
    {"brush.larger", "Larger brush", "Masks", "]", "", paints, [](B& b) { b.change_brush_size(1); }},
    {"mask.pick", "Pick the class under the pointer", "Masks", "Shift+I", "", has_masks,
     [](B& b) { b.pick_class_under_pointer(); }},
    {"mask.show", "Show or hide the masks", "Masks", "Shift+H", "", has_masks,
     [](B& b) { b.view().masks.visible = !b.view().masks.visible; }},
    {"mask.outlines", "Outlines, filled, or both", "Masks", "Shift+O", "", has_masks, next_fill},
    {"mask.preview", "Show where the brush's expression holds", "Masks", "", "", has_expression,
     [](B& b) { b.view().masks.preview_where = !b.view().masks.preview_where; }},
    {"mask.hatch", "Hatch what is unlabelled", "Masks", "Shift+U", "", has_masks,
     [](B& b) { b.view().masks.hatch_unlabelled = !b.view().masks.hatch_unlabelled; }},
    {"mask.blink", "Blink the active class", "Masks", "Shift+B", "", has_masks,
     [](B& b) { b.view().masks.blink = !b.view().masks.blink; }},
    {"mask.only_unlabelled", "Paint only over what is unlabelled", "Masks", "", "", paints,
     [](B& b) { b.view().brush.only_unlabelled = !b.view().brush.only_unlabelled; }},
    {"brush.follows_zoom", "Brush keeps its size on screen", "Masks", "", "", paints,
     [](B& b) { b.view().brush.follows_zoom = !b.view().brush.follows_zoom; }},
    {"mask.contiguous", "Wand and bucket fill only what hangs together", "Masks", "", "", paints,
     [](B& b) { b.view().brush.contiguous = !b.view().brush.contiguous; }},
    {"brush.square", "Square or round brush", "Masks", "", "", paints, square_nib},
    {"mask.add", "Add a mask of classes", "Masks", "", "", can_have_masks,
     [](B& b) { b.add_mask_layer(labels::MaskKind::classes); }},
    {"mask.add_objects", "Add a mask of objects", "Masks", "", "", can_have_masks,
     [](B& b) { b.add_mask_layer(labels::MaskKind::instances); }},
    {"mask.next_object", "Paint a new object", "Masks", "Alt+N", "", paints_objects,
     [](B& b) { b.view().brush.instance = 0; }},
    {"mask.remove", "Remove the painted mask layer", "Masks", "", "", has_masks,
     [](B& b) { b.remove_mask_layer(); }},
    {"mask.paint_selection", "Paint the selected objects into the mask", "Masks", "", "", has_selection,
     [](B& b) { b.paint_selection(); }},
    {"mask.outline", "Outline the active class by polygons", "Masks", "", "", has_masks,
     [](B& b) { b.outline_mask(); }},
    {"mask.between", "Interpolate the mask between keyframes", "Masks", "Shift+K", "", has_selection,
     [](B& b) { b.interpolate_mask(); }},
    {"mask.apply", "Change the mask as the panel says", "Masks", "", "", has_masks,
     [](B& b) {
         b.apply_operation(b.view().brush.operation, b.view().brush.operation_n,
                           b.view().brush.operation_on_all);
     }},
    {"mask.suggest", "Suggest the rest from what is painted", "Masks", "Ctrl+Enter", "", has_masks,
     [](B& b) { b.suggest(); }},
    {"mask.accept", "Accept the suggestion", "Masks", "Ctrl+Shift+Enter", "", has_suggestion,
     [](B& b) { b.accept_suggestion(); }},
    {"mask.dismiss", "Dismiss the suggestion", "Masks", "", "", has_suggestion,
     [](B& b) { b.dismiss_suggestion(); }},
    {"mask.operation_on_all", "Change all classes, or the active one", "Masks", "", "", has_masks,
     [](B& b) { b.view().brush.operation_on_all = !b.view().brush.operation_on_all; }},
    {"mask.fill_view", "Fill where the expression holds, in view", "Masks", "", "", has_expression,
     [](B& b) { b.fill_where(false); }},
    {"mask.fill_all", "Fill where the expression holds, everywhere", "Masks", "", "", has_expression,
     [](B& b) { b.fill_where(true); }},

    {"play", "Play or pause", "Time", "Space", "", has_video, [](B& b) { b.play(!b.playing()); }},
    {"play.backwards", "Play backwards", "Time", "Shift+Space", "", has_video,
     [](B& b) { b.play(!b.playing_backwards(), PlayDirection::backward); }},
    {"frame.next", "Next frame", "Time", "F", "Right", has_video, step<1>},
    {"frame.previous", "Previous frame", "Time", "D", "Left", has_video, step<-1>},
    {"frame.forward10", "10 frames forward", "Time", "V", "Shift+Right", has_video, step<10>},
    {"frame.back10", "10 frames back", "Time", "C", "Shift+Left", has_video, step<-10>},
    {"frame.first", "First frame", "Time", "Home", "", has_video, first_frame},
    {"frame.last", "Last frame", "Time", "End", "", has_video, last_frame},
    {"keyframe.next", "Next keyframe", "Time", "R", "", has_video, keyframe<1>},
    {"keyframe.previous", "Previous keyframe", "Time", "E", "", has_video, keyframe<-1>},
    {"shot.next", "Next shot", "Time", "PageDown", "", has_video, shot<1>},
    {"shot.previous", "Previous shot", "Time", "PageUp", "", has_video, shot<-1>},
    {"shot.find", "Find shots", "Time", "", "", may_find_shots, [](B& b) { b.find_shots(); }},
    {"frame.go_to", "Go to a frame or place…", "Time", "G", "`", has_places, show<Popup::go_to_frame>},
    {"speed.faster", "Play faster", "Time", "]", "", has_video, faster},
    {"speed.slower", "Play slower", "Time", "[", "", has_video, slower},
    {"video.verify", "Verify every frame", "Time", "", "", [](const B& b) { return b.can_verify(); },
     [](B& b) { b.verify_film(); }},
    {"frame.copy_ffmpeg", "Copy the ffmpeg command of this frame", "Time", "Ctrl+Shift+C", "",
     [](const B& b) { return b.can_copy_recipe(); }, [](B& b) { b.copy_recipe(B::Recipe::ffmpeg); }},
    {"frame.copy_opencv", "Copy the OpenCV command of this frame", "Time", "", "",
     [](const B& b) { return b.can_copy_recipe(); }, [](B& b) { b.copy_recipe(B::Recipe::opencv); }},
    {"video.proxy", "Make a preview proxy", "Time", "", "", [](const B& b) { return b.can_make_proxy(); },
     [](B& b) { b.make_proxy(); }},
    {"speed.normal", "Play at normal speed", "Time", "\\", "", has_video, [](B& b) { b.set_speed(1); }},
    {"loop.begin", "Loop from here", "Time", "Alt+[", "", has_video,
     [](B& b) { b.set_loop_begin(b.shown_frame()); }},
    {"loop.end", "Loop up to here", "Time", "Alt+]", "", has_video,
     [](B& b) { b.set_loop_last(b.shown_frame()); }},
    {"loop.flip", "Loop on or off", "Time", "Alt+L", "", has_video,
     [](B& b) { b.set_loop_on(!b.loop_on()); }},
    {"loop.clear", "Forget the loop", "Time", "Alt+\\", "", has_loop, [](B& b) { b.clear_loop(); }},
    {"sound.mute", "Sound on or off", "Time", "M", "", has_video,
     [](B& b) { b.set_muted(!b.settings().muted); }},

    {"zoom.fit", "Fit the picture", "View", "Ctrl+0", "", has_asset, zoom_to_fit},
    {"zoom.one_to_one", "One to one", "View", "Ctrl+1", "", has_asset, [](B& b) { zoom_to(b, 1); }},
    {"zoom.in", "Zoom in", "View", "+", "=", has_asset, [](B& b) { zoom_by(b, k_zoom_step); }},
    {"zoom.out", "Zoom out", "View", "-", "", has_asset, [](B& b) { zoom_by(b, 1 / k_zoom_step); }},
    {"panel.left", "Show or hide the left panel", "View", "Ctrl+B", "", has_project,
     [](B& b) { b.view().left_shown = !b.view().left_shown; }},
    {"panel.right", "Show or hide the right panel", "View", "Ctrl+Alt+B", "", has_project,
     [](B& b) { b.view().right_shown = !b.view().right_shown; }},
    {"panel.bottom", "Show or hide the bottom panel", "View", "Ctrl+J", "", has_project,
     [](B& b) { b.view().bottom_shown = !b.view().bottom_shown; }},
    {"panel.strip", "Show or hide the thumbnails", "View", "Ctrl+Shift+J", "", has_video,
     [](B& b) { b.view().strip_shown = !b.view().strip_shown; }},
    {"theme.flip", "Light or dark", "View", "", "", nullptr, flip_theme},

    {"layer.add", "Add a layer…", "Raster", "Ctrl+L", "", has_raster, show<Popup::layer_prompt>},
    {"layer.remove", "Remove the layer", "Raster", "", "", has_layer,
     [](B& b) { b.layers()->remove(b.layers()->selected); }},
    {"layer.swipe", "Swipe the top layer", "Raster", "Shift+X", "", has_layers, swipe},
    {"layer.side_by_side", "Two linked views", "Raster", "Shift+D", "", has_layers,
     [](B& b) { b.layers()->side_by_side = !b.layers()->side_by_side; }},
    {"raster.bookmark", "Bookmark this view", "Raster", "Ctrl+D", "", has_raster,
     [](B& b) { b.add_bookmark(); }},
    {"layer.flicker", "Flicker the top layer", "Raster", "Shift+F", "", has_layers,
     [](B& b) { b.layers()->set_flicker(!b.layers()->flicker()); }},
    {"layer.next_alone", "Next layer alone", "Raster", ".", "", has_layers,
     [](B& b) { b.layers()->show_alone(1); }},
    {"layer.previous_alone", "Previous layer alone", "Raster", ",", "", has_layers,
     [](B& b) { b.layers()->show_alone(-1); }},
    {"raster.stretch_view", "Contrast follows the view", "Raster", "T", "", has_raster, stretch_by_view},
    {"raster.hillshade", "Hillshade on or off", "Raster", "", "", has_one_channel,
     [](B& b) { restyle(b, [](media::RasterStyle& style) { style.hillshade = !style.hillshade; }); }},
    {"raster.invert", "Invert the colours", "Raster", "", "", has_one_channel,
     [](B& b) { restyle(b, [](media::RasterStyle& style) { style.inverted = !style.inverted; }); }},

    {"track.keyframe", "Keyframe on or off", "Track", "K", "", has_selection,
     [](B& b) { b.toggle_keyframe(); }},
    {"track.outside", "Outside from here", "Track", "O", "", has_selection, [](B& b) { b.toggle_outside(); }},
    {"track.occluded", "Occluded from here", "Track", "Q", "", has_selection,
     [](B& b) { b.toggle_occluded(); }},
    {"track.interpolation", "Interpolation on or off", "Track", "I", "", has_selection,
     [](B& b) { b.toggle_interpolation(); }},
    {"track.lock", "Lock or unlock", "Track", "L", "", has_selection,
     [](B& b) { flip_selected(b, "Lock", &labels::TrackInfo::locked); }},
    {"track.hide", "Hide or show", "Track", "H", "", has_selection,
     [](B& b) { flip_selected(b, "Hide", &labels::TrackInfo::hidden); }},

    // Before the tools: where a raster has a grid, N is the next tile's and the box tool has B.
    {"grid.next_undone", "Next undone tile", "Inspection", "N", "", has_grid,
     next_marked<labels::Mark::todo>},
    {"grid.done", "Mark done and go on", "Inspection", "Enter", "", has_grid, mark_cell<labels::Mark::done>,
     true},
    {"grid.doubtful", "Mark doubtful and go on", "Inspection", "Shift+Enter", "", has_grid,
     mark_cell<labels::Mark::doubtful>, true},
    {"grid.todo", "Mark to do again", "Inspection", "U", "", has_grid, mark_cell<labels::Mark::todo>},
    {"grid.next_doubtful", "Next doubtful tile", "Inspection", "Shift+N", "", has_grid,
     next_marked<labels::Mark::doubtful>},
    {"grid.next", "Next tile", "Inspection", "F", "", has_grid, [](B& b) { b.step_cell(1); }},
    {"grid.previous", "Previous tile", "Inspection", "D", "", has_grid, [](B& b) { b.step_cell(-1); }},
    {"grid.show", "Back to the current tile", "Inspection", "Home", "", has_grid, show_cell},
    {"grid.cut", "Make or change the inspection grid…", "Inspection", "", "", has_raster, cut_grid},
    {"grid.remove", "Remove the inspection grid", "Inspection", "", "", has_grid,
     [](B& b) { b.remove_grid(); }},

    {"class.pick", "Choose class…", "Classes", "Shift+C", "", has_project, pick_class},
    {"class.1", "Class 1", "Classes", "1", "", has_class<1>, use_class<1>},
    {"class.2", "Class 2", "Classes", "2", "", has_class<2>, use_class<2>},
    {"class.3", "Class 3", "Classes", "3", "", has_class<3>, use_class<3>},
    {"class.4", "Class 4", "Classes", "4", "", has_class<4>, use_class<4>},
    {"class.5", "Class 5", "Classes", "5", "", has_class<5>, use_class<5>},
    {"class.6", "Class 6", "Classes", "6", "", has_class<6>, use_class<6>},
    {"class.7", "Class 7", "Classes", "7", "", has_class<7>, use_class<7>},
    {"class.8", "Class 8", "Classes", "8", "", has_class<8>, use_class<8>},
    {"class.9", "Class 9", "Classes", "9", "", has_class<9>, use_class<9>},

    {"tool.select", "Select tool", "Tools", "S", "", has_asset, [](B& b) { b.set_tool("select"); }},
    {"tool.polygon", "Polygon tool", "Tools", "P", "", has_asset, [](B& b) { b.set_tool("polygon"); }},
    {"tool.polyline", "Line tool", "Tools", "W", "", has_asset, [](B& b) { b.set_tool("polyline"); }},
    {"tool.points", "Points tool", "Tools", "Shift+P", "", has_asset, [](B& b) { b.set_tool("points"); }},
    {"tool.measure", "Measure", "Tools", "Shift+M", "", has_asset, [](B& b) { b.set_tool("measure"); }},
    {"tool.brush", "Brush", "Tools", "B", "", has_asset, [](B& b) { b.set_tool("brush"); }},
    {"tool.eraser", "Eraser", "Tools", "Shift+E", "", has_asset, [](B& b) { b.set_tool("eraser"); }},
    {"tool.area", "Fill an area", "Tools", "A", "", has_asset, [](B& b) { b.set_tool("area"); }},
    {"tool.mask_rectangle", "Fill a rectangle", "Tools", "X", "", has_asset,
     [](B& b) { b.set_tool("mask_rectangle"); }},
    {"tool.mask_ellipse", "Fill an ellipse", "Tools", "Z", "", has_asset,
     [](B& b) { b.set_tool("mask_ellipse"); }},
    {"tool.bucket", "Bucket", "Tools", "J", "", has_asset, [](B& b) { b.set_tool("bucket"); }},
    {"tool.wand", "Wand", "Tools", "Y", "", has_asset, [](B& b) { b.set_tool("wand"); }},
    {"tool.pieces", "Paint pieces", "Tools", "Shift+Y", "", has_asset, [](B& b) { b.set_tool("pieces"); }},
    {"tool.scissors", "Scissors", "Tools", "Shift+S", "", has_asset, [](B& b) { b.set_tool("scissors"); }},
    {"tool.move_part", "Move a part of the mask", "Tools", "Shift+J", "", has_masks,
     [](B& b) { b.set_tool("move_part"); }},
    {"tool.cut_out", "Cut out", "Tools", "Shift+A", "", has_asset, [](B& b) { b.set_tool("cut_out"); }},
    {"tool.box", "Box tool", "Tools", "N", "", has_asset, [](B& b) { b.set_tool("box"); }},

    {"palette", "Find anything", "Help", "Ctrl+K", "F1", nullptr, show<Popup::palette>},
    {"help.shortcuts", "Keyboard shortcuts", "Help", "?", "", nullptr, show<Popup::shortcuts>},
};

}  // namespace

std::span<const Action> all_actions() { return k_actions; }

}  // namespace app
