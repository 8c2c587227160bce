#include "app/window/state_report.h"

#include <charconv>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "app/recipes.h"
#include "labels/interpolate.h"
#include "labels/json.h"

namespace app {

using rapidjson::Value;
using Alloc = rapidjson::Document::AllocatorType;

static Value text(const std::string& s, Alloc& alloc) {
    return Value(s.c_str(), static_cast<rapidjson::SizeType>(s.size()), alloc);
}

static Value shown_shape(const labels::State& state, const labels::Track& track, std::int64_t frame,
                         Alloc& alloc) {
    const auto shape = labels::shape_at(track, frame);
    Value out{rapidjson::kObjectType};
    if (!shape) return out;
    const labels::LabelClass* of_class = state.ontology.find(track.info.class_id);
    out.AddMember("id", text(base::to_string(track.info.id.uuid), alloc), alloc);
    out.AddMember("name", text(labels::display_name(track.info, state.ontology), alloc), alloc);
    out.AddMember("class", text(of_class != nullptr ? of_class->name : "", alloc), alloc);
    out.AddMember("shape", text(std::string{labels::name_of(track.info.shape)}, alloc), alloc);
    out.AddMember("keyframe", shape->is_keyframe, alloc);
    out.AddMember("occluded", shape->occluded, alloc);
    out.AddMember("keyframes", static_cast<std::uint64_t>(track.keyframes.size()), alloc);
    const base::Rect r = labels::bounds(shape->geometry);
    Value box{rapidjson::kArrayType};
    for (const double v : {r.x0, r.y0, r.x1, r.y1}) box.PushBack(v, alloc);
    out.AddMember("box", box, alloc);
    return out;
}

static Value document_report(const Workbench& bench, Alloc& alloc) {
    Value out{rapidjson::kObjectType};
    const labels::Document* document = bench.document();
    if (document == nullptr) return out;
    const labels::State& state = document->state();
    std::uint64_t keyframes = 0;
    for (const auto& [id, track] : state.tracks) keyframes += track->keyframes.size();
    out.AddMember("project", text(bench.project()->path().string(), alloc), alloc);
    out.AddMember("assets", static_cast<std::uint64_t>(state.assets.size()), alloc);
    out.AddMember("classes", static_cast<std::uint64_t>(state.ontology.classes.size()), alloc);
    out.AddMember("tracks", static_cast<std::uint64_t>(state.tracks.size()), alloc);
    out.AddMember("keyframes", keyframes, alloc);
    out.AddMember("events", document->history().last_seq, alloc);
    out.AddMember("undo", static_cast<std::uint64_t>(document->history().undo.size()), alloc);
    out.AddMember("redo", static_cast<std::uint64_t>(document->history().redo.size()), alloc);
    out.AddMember("saved", bench.project()->save_status().saved_seq, alloc);
    out.AddMember("read_only", text(document->read_only(), alloc), alloc);
    out.AddMember("hash", text(labels::state_hash(state), alloc), alloc);
    Value shown{rapidjson::kArrayType};
    if (bench.shown_size_px())
        for (const labels::Track* track : document->tracks_at(bench.view().asset, bench.shown_frame()))
            if (labels::shape_at(*track, bench.shown_frame()))
                shown.PushBack(shown_shape(state, *track, bench.shown_frame(), alloc), alloc);
    out.AddMember("shown", shown, alloc);
    return out;
}

static Value view_report(ScriptWorld& world, Alloc& alloc) {
    const Workbench& bench = world.bench;
    Value out{rapidjson::kObjectType};
    out.AddMember("asset", text(bench.asset() != nullptr ? bench.asset()->name : "", alloc), alloc);
    out.AddMember("frame", bench.frame(), alloc);
    out.AddMember("picture", bench.picture() ? bench.picture()->index : -1, alloc);
    out.AddMember("stand_in", bench.picture_is_stand_in(), alloc);
    out.AddMember("pts", bench.picture() ? bench.picture()->pts : 0, alloc);
    out.AddMember("frames", bench.frame_count(), alloc);
    out.AddMember("playing", bench.playing(), alloc);
    out.AddMember("tool", text(bench.view().tool, alloc), alloc);
    out.AddMember("selected", static_cast<std::uint64_t>(bench.view().selection.size()), alloc);
    out.AddMember("scale", world.frame.canvas().view().scale, alloc);
    out.AddMember("popup", static_cast<int>(bench.popup), alloc);
    out.AddMember("media_error", text(bench.media_error(), alloc), alloc);
    const auto info = bench.video_info();
    out.AddMember("exactness", text(info ? std::string{name_of(info->exactness)} : "", alloc), alloc);
    Value toasts{rapidjson::kArrayType};
    for (const Toast& toast : bench.toasts()) toasts.PushBack(text(toast.text, alloc), alloc);
    out.AddMember("toasts", toasts, alloc);
    Value widgets{rapidjson::kArrayType};
    for (const Ui::Named& widget : world.frame.widgets()) widgets.PushBack(text(widget.name, alloc), alloc);
    out.AddMember("widgets", widgets, alloc);
    return out;
}

static Value raster_report(const Workbench& bench, Alloc& alloc) {
    Value out{rapidjson::kObjectType};
    const RasterDisplay* raster = bench.raster();
    if (raster == nullptr || !raster->info()) return out;
    out.AddMember("width", raster->info()->width_px, alloc);
    out.AddMember("height", raster->info()->height_px, alloc);
    out.AddMember("level", raster->sight().plan.level, alloc);
    out.AddMember("tiles", static_cast<std::uint64_t>(raster->sight().plan.in_sight.size()), alloc);
    out.AddMember("missing", raster->sight().missing, alloc);
    out.AddMember("broken", raster->sight().broken, alloc);
    out.AddMember("channels", text(fmt::format("{}", fmt::join(raster->style().channels, ", ")), alloc),
                  alloc);
    out.AddMember("preset", text(raster->style().preset, alloc), alloc);
    out.AddMember("style_error", text(raster->style_error(), alloc), alloc);
    if (raster->shading() != nullptr) {
        out.AddMember("low", raster->shading()->ranges.front().low, alloc);
        out.AddMember("high", raster->shading()->ranges.front().high, alloc);
    }
    Value layers{rapidjson::kArrayType};
    if (bench.layers() != nullptr)
        for (const auto& layer : bench.layers()->layers()) {
            Value one{rapidjson::kObjectType};
            one.AddMember("name", text(layer->name, alloc), alloc);
            one.AddMember("visible", layer->view.visible, alloc);
            one.AddMember("error", text(layer->error, alloc), alloc);
            one.AddMember("features", layer->vectors ? layer->vectors->progress().features_read : -1, alloc);
            layers.PushBack(one, alloc);
        }
    out.AddMember("layers", layers, alloc);
    const CanvasReadout& under = bench.readout;
    out.AddMember("x", under.at.x, alloc);
    out.AddMember("y", under.at.y, alloc);
    const auto lonlat =
        raster->placement() != nullptr ? raster->placement()->lonlat_from_pixel(under.at) : std::nullopt;
    out.AddMember("lon", lonlat ? lonlat->x : 0, alloc);
    out.AddMember("lat", lonlat ? lonlat->y : 0, alloc);
    return out;
}

static Value shots_report(const Workbench& bench, Alloc& alloc) {
    const FilmSurvey* survey = bench.survey();
    Value out{rapidjson::kObjectType};
    out.AddMember("count", static_cast<std::uint64_t>(survey ? survey->shots().size() : 0), alloc);
    out.AddMember("complete", survey != nullptr && survey->shots_complete(), alloc);
    return out;
}

static Value thumbnails_report(const Workbench& bench, Alloc& alloc) {
    media::ThumbnailCounters counters;
    if (bench.survey()) counters = bench.survey()->thumbnails().counters();
    Value out{rapidjson::kObjectType};
    out.AddMember("wanted", static_cast<std::uint64_t>(counters.wanted), alloc);
    out.AddMember("ready", static_cast<std::uint64_t>(counters.ready), alloc);
    out.AddMember("decoded", counters.decoded, alloc);
    out.AddMember("from_disk", counters.from_disk, alloc);
    out.AddMember("bytes", static_cast<std::uint64_t>(counters.bytes), alloc);
    return out;
}

static Value playback_report(const Workbench& bench, Alloc& alloc) {
    static constexpr const char* k_sound[] = {"none", "opening", "no sound", "no device", "ready"};
    const Playback& playback = bench.playback();
    const PlayStats& stats = playback.stats();
    Value out{rapidjson::kObjectType};
    out.AddMember("playing", bench.playing(), alloc);
    out.AddMember("backwards", bench.playing_backwards(), alloc);
    const bool by_sound = playback.clock() == PlayClock::sound;
    out.AddMember("clock", Value{by_sound ? "sound" : "monotonic", alloc}, alloc);
    out.AddMember("speed", bench.speed(), alloc);
    const FrameSpan range = bench.loop_range();
    Value loop{rapidjson::kObjectType};
    loop.AddMember("on", bench.loop_on(), alloc);
    loop.AddMember("begin", range.begin, alloc);
    loop.AddMember("end", range.end, alloc);
    out.AddMember("loop", loop, alloc);
    out.AddMember("shown", stats.shown, alloc);
    out.AddMember("dropped", stats.dropped, alloc);
    out.AddMember("av_error_ms_p95", stats.error_ms_p95(), alloc);
    out.AddMember("av_error_ms_max", stats.error_ms_max, alloc);
    out.AddMember("sound", Value{k_sound[static_cast<int>(bench.sound_state())], alloc}, alloc);
    out.AddMember("late_sound_frames", bench.late_sound_frames(), alloc);
    out.AddMember("muted", bench.settings().muted, alloc);
    out.AddMember("volume", bench.settings().volume, alloc);
    return out;
}

static Value grid_report(const Workbench& bench, Alloc& alloc) {
    const labels::InspectionGrid* grid = bench.grid();
    const labels::MarkCounts counts = bench.grid_counts();
    Value out{rapidjson::kObjectType};
    out.AddMember("cells", static_cast<std::int64_t>(grid ? grid->layout.cells() : 0), alloc);
    out.AddMember("columns", static_cast<std::int64_t>(grid ? grid->layout.columns() : 0), alloc);
    out.AddMember("rows", static_cast<std::int64_t>(grid ? grid->layout.rows() : 0), alloc);
    out.AddMember("tile", grid ? grid->layout.tile_px : 0, alloc);
    out.AddMember("overlap", grid ? grid->layout.overlap_px : 0, alloc);
    out.AddMember("todo", counts.todo, alloc);
    out.AddMember("done", counts.done, alloc);
    out.AddMember("doubtful", counts.doubtful, alloc);
    out.AddMember("current", bench.current_cell().value_or(-1), alloc);
    return out;
}

// Of the mask that is painted into: pixels by the name of their class.
static Value mask_report(ScriptWorld& world, Alloc& alloc) {
    const Workbench& bench = world.bench;
    Value out{rapidjson::kObjectType};
    const labels::MaskLayer* layer = bench.mask_layer();
    const ShownMask* shown = layer != nullptr ? bench.masks().find(layer->info.id) : nullptr;
    out.AddMember("layers", static_cast<std::uint64_t>(bench.masks().masks().size()), alloc);
    out.AddMember("name", text(layer != nullptr ? layer->info.name : "", alloc), alloc);
    Value pixels{rapidjson::kObjectType};
    if (shown != nullptr) {
        pixels.AddMember("unlabelled", shown->counts.of(0), alloc);
        for (const labels::MaskValue& value : layer->info.values) {
            const labels::LabelClass* of_class = bench.document()->state().ontology.find(value.class_id);
            const std::string name = of_class != nullptr ? of_class->name : "?";
            if (layer->info.kind == labels::MaskKind::classes)
                pixels.AddMember(text(name, alloc), Value(shown->counts.of(value.value)), alloc);
            else
                pixels.AddMember(text(fmt::format("{} {}", name, value.value), alloc),
                                 Value(shown->counts.of(value.value)), alloc);
        }
    }
    out.AddMember("pixels", pixels, alloc);
    out.AddMember("brush_px", bench.view().brush.size_px, alloc);
    out.AddMember("suggested", bench.suggestion() != nullptr, alloc);
    const render::MaskTextureCounters textures = world.frame.canvas().mask_counters();
    out.AddMember("texture_uploads", textures.uploads, alloc);
    out.AddMember("texture_bytes", static_cast<std::uint64_t>(textures.bytes), alloc);
    return out;
}

rapidjson::Document state_report(ScriptWorld& world, const Script::Counts& counts, const FrameTimes& times) {
    rapidjson::Document report{rapidjson::kObjectType};
    Alloc& alloc = report.GetAllocator();
    report.AddMember("document", document_report(world.bench, alloc), alloc);
    report.AddMember("view", view_report(world, alloc), alloc);
    report.AddMember("playback", playback_report(world.bench, alloc), alloc);
    Value counters{rapidjson::kObjectType};
    counters.AddMember("frames_drawn", world.frame.clock().total(), alloc);
    counters.AddMember("keys", counts.keys, alloc);
    counters.AddMember("clicks", counts.clicks, alloc);
    counters.AddMember("drags", counts.drags, alloc);
    if (world.bench.video() != nullptr) {
        const media::VideoCounters video = world.bench.video()->counters();
        counters.AddMember("decoded", video.decoded, alloc);
        counters.AddMember("cache_hits", video.cache_hits, alloc);
        counters.AddMember("stand_ins", video.stand_ins, alloc);
        counters.AddMember("proxy_used", video.proxy_used, alloc);
        counters.AddMember("proxy", world.bench.has_proxy(), alloc);
        counters.AddMember("seeks", video.seeks, alloc);
        counters.AddMember("cached_bytes", static_cast<std::uint64_t>(video.cached_bytes), alloc);
        counters.AddMember("budget_bytes", static_cast<std::uint64_t>(video.budget_bytes), alloc);
    }
    if (const RasterDisplay* raster = world.bench.raster()) {
        const media::RasterCounters tiles = raster->source().counters();
        const render::RasterTextureCounters textures = world.frame.canvas().raster_counters();
        counters.AddMember("planes_read", tiles.planes_read, alloc);
        counters.AddMember("plane_bytes", static_cast<std::uint64_t>(tiles.bytes), alloc);
        counters.AddMember("broken_planes", tiles.broken_planes, alloc);
        counters.AddMember("texture_bytes", static_cast<std::uint64_t>(textures.bytes), alloc);
        counters.AddMember("texture_uploads", textures.uploads, alloc);
    }
    report.AddMember("counters", counters, alloc);
    report.AddMember("raster", raster_report(world.bench, alloc), alloc);
    report.AddMember("grid", grid_report(world.bench, alloc), alloc);
    report.AddMember("mask", mask_report(world, alloc), alloc);
    report.AddMember("shots", shots_report(world.bench, alloc), alloc);
    report.AddMember("thumbnails", thumbnails_report(world.bench, alloc), alloc);
    Value frame_ms{rapidjson::kObjectType};
    frame_ms.AddMember("frames", times.frames, alloc);
    frame_ms.AddMember("p50", times.p50_ms, alloc);
    frame_ms.AddMember("p95", times.p95_ms, alloc);
    frame_ms.AddMember("p99", times.p99_ms, alloc);
    frame_ms.AddMember("worst", times.worst_ms, alloc);
    report.AddMember("frame_ms", frame_ms, alloc);
    return report;
}

std::optional<std::string> value_at(const Value& report, std::string_view path) {
    const Value* at = &report;
    while (!path.empty()) {
        const std::size_t dot = std::min(path.find('.'), path.size());
        const std::string key{path.substr(0, dot)};
        path.remove_prefix(std::min(dot + 1, path.size()));
        if (at->IsArray()) {
            std::size_t index = 0;
            const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
            if (error != std::errc{} || index >= at->Size()) return std::nullopt;
            at = &(*at)[static_cast<rapidjson::SizeType>(index)];
        } else {
            if (!at->IsObject() || !at->HasMember(key.c_str())) return std::nullopt;
            at = &(*at)[key.c_str()];
        }
    }
    if (at->IsString()) return at->GetString();
    rapidjson::StringBuffer buffer;
    rapidjson::Writer writer{buffer};
    at->Accept(writer);
    return buffer.GetString();
}

}  // namespace app
