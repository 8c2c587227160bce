#pragma once
// Everything the window does, without the window: the open project, the shown picture, time, selection, tools
// and jobs. UI thread only; nothing here waits. Panels read it and change it through Ui::later().

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/asset_posters.h"
#include "app/canvas_readout.h"
#include "app/film_survey.h"
#include "app/map_layers.h"
#include "app/mask_display.h"
#include "app/mask_suggestion.h"
#include "app/playback.h"
#include "app/project.h"
#include "app/raster_display.h"
#include "app/settings.h"
#include "app/sound_output.h"
#include "app/tool.h"
#include "app/view_state.h"
#include "base/job_pool.h"
#include "media/video_source.h"

namespace app {

enum class ToastKind : std::uint8_t { info, good, warning, error };
struct Toast {
    ToastKind kind = ToastKind::info;
    std::string text;
    double until_secs = 0;  // monotonic; errors stay until clicked (0)
};

struct Measured {
    std::string length;  // of the way along; closed: all round
    std::string area;    // empty: not closed
};

enum class Popup : std::uint8_t {
    none,
    palette,
    shortcuts,
    class_picker,
    export_dialog,
    go_to_frame,
    open_prompt,
    import_prompt,
    layer_prompt
};

class Workbench {
public:
    using Wakeup = std::function<void()>;
    Workbench(Settings settings, Wakeup wakeup);
    ~Workbench();

    // -- the loop
    // ----------------------------------------------------------------------------------------------------
    // Takes what threads have finished. True when something visible changed.
    bool update(double now_secs);
    // Seconds until update() has something to do by itself (playing, a toast that ends); infinity when idle.
    [[nodiscard]] double next_deadline_secs(double now_secs) const;
    [[nodiscard]] bool idle() const;  // all requested frames shown, all jobs done, all edits saved

    // -- project
    // -----------------------------------------------------------------------------------------------------
    // A project, or media (opened as their untitled project, or added to the open project). In a job; toasts
    // on error.
    void open(std::vector<std::filesystem::path> paths);
    void close_project();
    [[nodiscard]] Project* project() const { return m_project.get(); }
    [[nodiscard]] labels::Document* document() const { return m_project ? &m_project->document() : nullptr; }
    [[nodiscard]] bool opening() const { return m_opening != nullptr; }
    void show_asset(labels::AssetId id);
    [[nodiscard]] const labels::Asset* asset() const;  // shown now; null when there is none
    [[nodiscard]] const std::string& media_error() const { return m_media_error; }  // why there is no picture

    // The raster on screen; null when another kind of medium is, or none.
    [[nodiscard]] RasterDisplay* raster() const { return m_raster.get(); }
    // What lies over it; null where there is no raster, and before it is open.
    [[nodiscard]] MapLayers* layers() const { return m_layers.get(); }
    // Whose display the panel and the keys set: the chosen layer's, else the raster's own.
    [[nodiscard]] RasterDisplay* styled_raster() const;
    void add_layer(std::string source);  // a file, a name for GDAL, an address with {z}, {x} and {y}
    // Size of what is shown, level 0 of a raster; nothing before it is known, and where there is no medium.
    [[nodiscard]] std::optional<base::Point> shown_size_px() const;
    // On the ground where the raster has a place, else in pixels.
    [[nodiscard]] Measured measured(std::vector<base::Point> path, bool closed) const;
    [[nodiscard]] std::string measured_text(std::span<const base::Point> path) const;
    void go_to_pixel(base::Point in_media);  // to the middle of the view
    void add_bookmark();                     // of the view as it is
    void go_to_bookmark(std::size_t index);
    void remove_bookmark(std::size_t index);
    // Smaller copies of the raster, made in the cache folder by itself where it is slow from afar.
    [[nodiscard]] const std::shared_ptr<base::Job>& pyramid_job() const { return m_pyramid_job; }

    // -- the inspection grid of the raster on screen (workbench_grid.cpp)
    // ------------------------------------------------------------------------
    [[nodiscard]] const labels::InspectionGrid* grid() const;  // null where there is none
    [[nodiscard]] labels::MarkCounts grid_counts() const;
    [[nodiscard]] std::optional<std::int64_t> current_cell() const;  // kept with the asset's view
    enum class GridArea : std::uint8_t { whole, view, selection };
    // How that area of the raster would be cut. Errors: refused, with what to change.
    [[nodiscard]] base::Result<labels::GridLayout> grid_layout(GridArea area, int tile_px,
                                                               int overlap_px) const;
    // In place of the one there is, whose marks stay where the cells are the same. Goes to the first tile.
    void make_grid(const labels::GridLayout& layout);  // the layout must be sound
    void remove_grid();
    void go_to_cell(std::int64_t cell);    // shows it whole
    void step_cell(int direction);         // along the walk: a row there, the next one back
    void go_to_marked(labels::Mark mark);  // the next one with that mark along the walk, going round
    void mark_cell(labels::Mark mark);     // the current one; done or doubtful, goes on to the next to do
    bool cutting_grid = false;             // the panel asks how to cut it, though there is one

    // -- the masks of the picture or raster on screen (workbench_masks.cpp)
    // ------------------------------------------------------------------------
    [[nodiscard]] const MaskDisplay& masks() const { return m_masks; }
    [[nodiscard]] const labels::MaskLayer* mask_layer() const;  // painted into; null where there is none yet
    [[nodiscard]] bool can_have_masks() const;                  // in films masks are those of objects
    // What the active class has in a mask, or the object that is painted; null where it has none.
    [[nodiscard]] const labels::MaskValue* active_value(const labels::MaskLayer& layer) const;
    void add_mask_layer(labels::MaskKind kind);  // on top, and painted into
    void remove_mask_layer();                    // the one that is painted into
    void change_brush_size(int direction);       // by a quarter
    [[nodiscard]] std::optional<masks::Value> value_under(base::Point in_media) const;
    void pick_class_under_pointer();
    // What a job finds, where its plane is not 0, is painted with the active class, or erased; in a film, of
    // the object on the frame shown. Begins when the fills before it have landed, and sees the mask as it is
    // then. False, and said why, when there is nothing to paint into.
    bool fill_mask(std::string name, ToolContext::Fill fill, ToolContext::FindRegion find);
    // What a job makes of the whole mask takes its place, unless that was changed meanwhile; `landed` is
    // called when it has.
    using MaskRework = std::function<base::Result<masks::Plane>(base::Job&, masks::Plane mask)>;
    bool rework_mask(std::string name, MaskRework rework, std::function<void()> landed = {});
    [[nodiscard]] masks::PixelRect pixels_in_view() const;
    [[nodiscard]] base::Rect in_sight() const;  // of the medium
    // Reads samples of what is shown, in a job.
    [[nodiscard]] ToolContext::ReadSamples sample_reader() const;
    // Of the selected objects' shapes on this frame, painted with their own class.
    void paint_selection();
    // The outlines of the active class as polygons, simplified by the brush's tolerance; 0 keeps every pixel.
    void outline_mask();
    // On this frame the mask of the selected object that lies between its keyframes before and after.
    void interpolate_mask();
    // Of what mask_operations() lists, by the panel's number; of the active class, or of all.
    void apply_operation(std::string_view id, std::int64_t n, bool all_classes);
    // All pixels of the active class, or of the object that is painted, become of another class.
    void recode_active(labels::ClassId to);
    // What the painted pixels in sight suggest for the others there; null: nothing.
    [[nodiscard]] const MaskSuggestion* suggestion() const { return m_suggestion ? &*m_suggestion : nullptr; }
    void suggest();
    void accept_suggestion();                         // all of it, over what is unlabelled
    bool accept_suggestion_at(base::Point in_media);  // the part under it; false: there is none
    void dismiss_suggestion() { m_suggestion.reset(); }
    void set_suggestion_confidence(double least);
    void fill_where(bool everywhere);  // where the brush's expression holds; else in view alone

    // -- time
    // --------------------------------------------------------------------------------------------------------
    [[nodiscard]] media::VideoSource* video() const { return m_video.get(); }
    [[nodiscard]] std::optional<media::VideoInfo> video_info() const { return m_info; }
    [[nodiscard]] const media::FramePtr& picture() const { return m_picture; }  // what is on screen
    [[nodiscard]] std::int64_t frame() const;        // where the user is; the picture may still be on its way
    [[nodiscard]] std::int64_t shown_frame() const;  // of the picture on screen: what edits are about
    [[nodiscard]] std::int64_t shown_pts() const { return m_picture ? m_picture->pts : labels::k_no_pts; }
    [[nodiscard]] std::int64_t frame_count() const;  // known so far
    // A stand-in is looked at until the exact picture comes: no edit and no reading of values is about it.
    [[nodiscard]] bool picture_is_stand_in() const { return m_picture && m_picture->stand_in; }
    [[nodiscard]] bool picture_is_current() const {
        return m_picture && m_picture->index == frame() && !m_picture->stand_in;
    }
    void go_to(std::int64_t frame);  // clamped
    void step(std::int64_t frames) { go_to(frame() + frames); }
    // -- playing
    // -----------------------------------------------------------------------------------------------------
    // From outside the loop that is on, playing starts at its begin (backwards: its last frame); at the end
    // of the film at its other end. The film's sound leads where it has one, forwards.
    void play(bool on, PlayDirection direction = PlayDirection::forward);
    [[nodiscard]] bool playing() const { return m_playback.running(); }
    [[nodiscard]] bool playing_backwards() const {
        return playing() && m_playback.direction() == PlayDirection::backward;
    }
    [[nodiscard]] const Playback& playback() const { return m_playback; }  // of this run, or the last one
    void set_speed(double factor);                                         // 0.1 … 8
    void change_speed(int direction);  // to the next faster (1) or slower (-1) of k_speeds
    [[nodiscard]] double speed() const { return m_speed; }
    static constexpr std::array k_speeds = {0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0};
    // The range to loop, kept with the asset's view. Setting an end switches it on; whatever end was not set
    // is the film's.
    void set_loop_begin(std::int64_t frame);
    void set_loop_last(std::int64_t frame);  // the last frame of it
    void set_loop_on(bool on);
    void clear_loop();
    [[nodiscard]] FrameSpan loop_range() const;     // on or not; empty when none was set
    [[nodiscard]] FrameSpan loop_in_force() const;  // empty when off
    [[nodiscard]] bool loop_on() const;
    [[nodiscard]] SoundState sound_state() const { return m_sound.state(); }
    [[nodiscard]] std::int64_t late_sound_frames() const { return m_sound.late_frames(); }
    // With the settings, which are saved.
    void set_volume(double volume);  // 0 … 1, as heard
    void set_muted(bool muted);
    void keep_volume() { save_settings(); }

    // -- what the film proves and tells (workbench_film.cpp)
    // ---------------------------------------------------------------------
    [[nodiscard]] bool can_verify() const;  // not verified yet, and not being verified
    void verify_film();                     // in a job
    enum class Recipe : std::uint8_t { ffmpeg, opencv };
    [[nodiscard]] bool can_copy_recipe() const;
    void copy_recipe(Recipe which);  // of the shown frame, for the clipboard
    // What is to go to the clipboard, once.
    [[nodiscard]] std::optional<std::string> take_clipboard() {
        return std::exchange(m_clipboard, std::nullopt);
    }

    // -- preview proxy (workbench_proxy.cpp)
    // -------------------------------------------------------------------------------------
    [[nodiscard]] bool has_proxy() const;
    [[nodiscard]] bool wants_proxy() const;  // scrubbing is slow, there is none and none is being made
    [[nodiscard]] bool can_make_proxy() const;
    void make_proxy();  // in a job

    // -- thumbnails and shots
    // ---------------------------------------------------------------------------------------------------------
    // Of the shown film; null where there is none, and where the film's clock is set back within it:
    // thumbnails and shots are found by time stamp.
    [[nodiscard]] FilmSurvey* survey() const {
        return m_info && m_info->clock_moved ? nullptr : m_survey.get();
    }
    void find_shots();
    void go_to_shot(int direction);  // among those known so far
    // Of any asset, for a list: null where there is none, nothing while nobody has asked for it.
    [[nodiscard]] std::optional<media::ThumbnailPtr> poster_of(labels::AssetId id) {
        return m_posters.find(id);
    }
    void ask_for_poster(labels::AssetId id);

    // -- labels
    // ------------------------------------------------------------------------------------------------------
    ViewState& view() { return m_view; }
    [[nodiscard]] const ViewState& view() const { return m_view; }
    AssetView& asset_view() { return m_view.assets[m_view.asset]; }
    [[nodiscard]] const labels::Track* selected() const;  // primary, or null
    void select(labels::TrackId id, bool add = false);
    void clear_selection() { m_view.selection.clear(); }
    void set_active_class(labels::ClassId id);  // with a selection: also changes its class
    void add_class(std::string name);           // and makes it active
    // Edits of the selection on the picture shown; each is one undo step. No effect (and a toast) when
    // read-only or when a stand-in is shown.
    void delete_selected();
    void toggle_keyframe();  // sets one from the interpolated shape, or removes it
    void toggle_outside();
    void toggle_occluded();
    void toggle_interpolation();  // of the span that begins at or before the frame
    void toggle_locked(labels::TrackId id);
    void toggle_hidden(labels::TrackId id);
    void set_box(labels::TrackId id, const labels::Box& box);  // numeric entry
    void set_attribute(labels::TrackId id, labels::AttributeId attribute, std::string value);
    void set_class(labels::TrackId id, labels::ClassId class_id);
    void nudge(double dx, double dy);
    void go_to_keyframe(int direction);  // of the selection; of all tracks when nothing is selected
    void select_next(int direction);     // through the tracks on this frame
    void undo();
    void redo();
    // One edit in its own transaction; toasts when read-only. For panels that change something not listed
    // here.
    bool edit(std::string name, const std::function<void(labels::Transaction&)>& change);

    // -- tools
    // -------------------------------------------------------------------------------------------------------
    void set_tool(std::string_view id);
    [[nodiscard]] Tool* tool() const { return m_tool.get(); }
    [[nodiscard]] const ToolInfo* tool_info() const;
    void pointer(const PointerEvent& event);  // to the tool, on the picture shown
    [[nodiscard]] Overlay tool_overlay() const;
    // True while a new gesture must wait: the last one is not on disk yet, or the picture is not the wanted
    // one.
    [[nodiscard]] bool must_wait() const;
    [[nodiscard]] bool saving() const;  // the last edit is not on disk yet (and nothing is wrong with saving)

    // -- files
    // -------------------------------------------------------------------------------------------------------
    // `options`: NAME=VALUE each, as the format takes them.
    void export_to(std::string format_id, std::filesystem::path out, bool pictures,
                   std::vector<std::string> options = {});
    void import_from(std::filesystem::path file);

    // -- what is shown besides
    // ---------------------------------------------------------------------------------------
    void toast(ToastKind kind, std::string text);
    [[nodiscard]] const std::deque<Toast>& toasts() const { return m_toasts; }
    void dismiss_toast(std::size_t index);
    Popup popup = Popup::none;
    base::Rect canvas_sight;  // media space: what the canvas shows; filled by it
    CanvasReadout readout;    // filled by the canvas every frame it draws
    std::string rebinding;    // the action that takes the next chord (shortcut sheet); empty: chords run
    std::optional<labels::TrackId> picking_class_for;  // with Popup::class_picker
    bool quit = false;
    // Closing or quitting while saving fails: refused once with a toast, since what is only in memory would
    // be lost.
    [[nodiscard]] bool may_leave();
    [[nodiscard]] std::vector<std::shared_ptr<base::Job>> jobs() const;
    Settings& settings() { return m_settings; }
    [[nodiscard]] const Settings& settings() const { return m_settings; }
    void save_settings();
    [[nodiscard]] double now_secs() const { return m_now_secs; }

private:
    struct Opened;
    struct MaskWork;
    base::Result<std::string> read_opened(Opened& opened, std::filesystem::path project,
                                          const std::vector<std::filesystem::path>& media, base::Job& job);
    bool take_opened();
    void show_opened(const std::vector<labels::Asset>& media);
    bool take_media();
    bool take_imported();
    bool take_mask_work();
    // Of a value that the layer has, over what is unlabelled alone.
    void fill_mask_with(std::string name, labels::MaskLayerId layer, const labels::MaskValue& value,
                        ToolContext::FindRegion find, std::function<void()> landed);
    void queue_fill(std::shared_ptr<MaskWork> work);
    // False when it came too late.
    bool land_fill(const MaskWork& work);
    bool land_object_fill(const MaskWork& work);
    bool land_rework(const MaskWork& work);
    void say_too_late(const MaskWork& work);
    void start_next_fill();
    bool take_suggestion();
    [[nodiscard]] std::string how_good(const assist::ForestReport& report,
                                       const labels::MaskLayer& layer) const;
    void paint_where(const masks::Plane& swath);
    bool take_jobs();
    bool take_proxy();
    bool take_verified();
    bool take_save_status();
    bool advance_playing();
    void start_run(PlayDesc desc);
    void go_on_playing();
    void note_picture();
    [[nodiscard]] double secs_to_next_frame(double now_secs) const;
    void stop_playing();
    [[nodiscard]] double film_begin_secs() const;
    void open_sound();
    void apply_volume();
    bool take_picture();
    bool take_raster();
    void show_raster(const std::filesystem::path& path, const std::filesystem::path& pyramid);
    void keep_raster_style();
    bool take_pyramid();
    bool update_survey();
    void record_frame_count();
    bool drop_renumbered_picture();
    void leave_asset();
    void forget_picture();
    void want_frame(std::int64_t frame, int ahead);
    ToolContext tool_context();
    bool picture_can_be_edited();  // else says why
    bool may_undo();               // else says why
    bool edit_selected(const char* name,
                       const std::function<void(labels::Transaction&, const labels::Track&)>& change);
    void load_view();
    void save_view() const;
    [[nodiscard]] bool cell_is_in_sight(std::int64_t cell) const;
    void follow_marks(const labels::Edit* edit);  // shows what an undo or redo marked

    const Wakeup m_wakeup;
    Settings m_settings;
    std::unique_ptr<Project> m_project;
    std::unique_ptr<media::VideoSource> m_video;
    std::shared_ptr<media::OpenFilm> m_open_film;  // just opened and not shown yet
    base::JobPool m_survey_pool;                   // so that long searches keep nobody waiting
    std::unique_ptr<RasterDisplay> m_raster;
    std::unique_ptr<MapLayers> m_layers;
    std::shared_ptr<base::Job> m_pyramid_job;
    std::filesystem::path m_pyramid_of;  // the raster it is about
    base::JobPool m_pyramid_pool;        // minutes long: kept out of the way of what is waited for
    std::unique_ptr<FilmSurvey> m_survey;
    AssetPosters m_posters;
    labels::AssetId m_video_asset;
    std::string m_author;
    double m_leave_asked_secs = -1e9;
    double m_undo_asked_secs = -1e9;
    std::optional<media::VideoInfo> m_info;
    media::FramePtr m_picture;
    std::string m_media_error;
    std::int64_t m_requested = -1;
    Playback m_playback;
    double m_speed = 1;
    SoundOutput m_sound;
    bool m_sound_asked = false;    // for the film on screen
    bool m_sound_awaited = false;  // playing began before the sound was open
    ViewState m_view;
    std::unique_ptr<Tool> m_tool;
    PointerEvent m_last_pointer;
    std::deque<Toast> m_toasts;
    std::shared_ptr<Opened> m_opening;
    struct Located;  // where a job found the shown asset's medium
    std::shared_ptr<Located> m_locating;
    struct Imported;
    using EditWork = std::function<base::Result<std::string>(base::Job&, labels::Edit&)>;
    void work_out(std::string name, EditWork work);
    struct Suggesting;
    std::shared_ptr<Imported> m_importing;
    std::shared_ptr<MaskWork> m_mask_work;
    std::deque<std::shared_ptr<MaskWork>> m_mask_fills;  // that begin after it
    std::shared_ptr<Suggesting> m_suggesting;
    std::optional<MaskSuggestion> m_suggestion;
    struct Verifying;
    std::shared_ptr<Verifying> m_verifying;
    std::optional<std::string> m_clipboard;
    std::shared_ptr<base::Job> m_proxy_job;
    media::ProxyState m_seen_proxy = media::ProxyState::unknown;
    std::vector<std::shared_ptr<base::Job>> m_watched;  // jobs whose result becomes a toast
    std::uint64_t m_seen_revision = 0;
    struct CountedMarks {
        const Project* of = nullptr;
        labels::AssetId asset;
        std::uint64_t revision = 0;
        labels::MarkCounts counts;
    };
    mutable CountedMarks m_counted;
    labels::StoreStatus m_seen_status;
    double m_now_secs = 0, m_progress_due_secs = 0;
    MaskDisplay m_masks{m_survey_pool};
    base::JobPool m_pool;  // last: its jobs may still use what is above
};

}  // namespace app
