// limn ls: the media of a project and, on request, the tracks on them or the ground their classes cover.

#include <CLI/CLI.hpp>

#include "app/command.h"
#include "app/commands/json_out.h"
#include "app/commands/support.h"
#include "formats/areas.h"
#include "labels/json.h"

namespace app {

namespace {

using labels::Asset;
using labels::State;
using labels::Track;

struct Options {
    std::string project, asset;
    bool tracks = false, areas = false, json = false;
};

struct Listed {
    std::size_t number = 0;  // from 1
    const Asset* asset = nullptr;
    bool missing = false;
    std::vector<formats::ClassArea> areas;  // on request, of rasters and pictures
};

bool has_areas(const Asset& asset) {
    return asset.kind == labels::MediaKind::raster || asset.kind == labels::MediaKind::image;
}

std::vector<Listed> list_assets(const State& state, const std::filesystem::path& project) {
    std::vector<Listed> list;
    for (const Asset& asset : state.assets) {
        list.push_back({list.size() + 1, &asset, !labels::locate_media(asset, project), {}});
    }
    return list;
}

std::string class_name(const State& state, labels::ClassId id) {
    const labels::LabelClass* found = state.ontology.find(id);
    return found ? found->name : std::string{};
}

// The last frame a track can be seen on, where it is known.
std::optional<std::int64_t> last_frame(const Track& track, const Asset& asset) {
    const std::int64_t end = track.end_frame();
    if (end != INT64_MAX) return end - 1;
    if (asset.frame_count > 0) return asset.frame_count - 1;
    return std::nullopt;
}

void write_track(JsonOut& json, const State& state, const Asset& asset, const Track& track,
                 std::int64_t number) {
    json.begin_object().field("number", number).field("id", base::to_string(track.info.id.uuid));
    json.field("name", labels::display_name(track.info, state.ontology));
    json.field("class", class_name(state, track.info.class_id));
    json.field("shape", labels::name_of(track.info.shape));
    json.field("extent", track.info.extent == labels::Extent::track ? "track" : "picture");
    json.field("keyframes", track.keyframes.size());
    json.field("first_frame", track.first_frame()).field("last_frame", last_frame(track, asset));
    json.field("source", labels::name_of(track.info.source)).end_object();
}

void write_asset(JsonOut& json, const State& state, const Listed& listed, const Options& options) {
    const Asset& asset = *listed.asset;
    json.begin_object().field("number", listed.number).field("id", base::to_string(asset.id.uuid));
    json.field("name", asset.name).field("kind", labels::name_of(asset.kind));
    json.field("width", asset.width_px).field("height", asset.height_px);
    json.field("size_bytes", asset.size_bytes).field("frames", asset.frame_count);
    json.field("path", asset.absolute_path).field("missing", listed.missing);
    const auto& ids = state.tracks_of(asset.id);
    json.field("tracks", ids.size()).field("masks", state.mask_layers_of(asset.id).size());
    if (options.tracks) {
        json.key("track_list").begin_array();
        for (std::int64_t number = 1; const labels::TrackId id : ids) {
            write_track(json, state, asset, *state.find(id), number++);
        }
        json.end_array();
    }
    if (options.areas) {
        json.key("areas").begin_array();
        for (const formats::ClassArea& area : listed.areas) {
            json.begin_object().field("class", area.name).field("count", area.count);
            json.field("pixels", area.pixels).field("hectares", area.hectares).end_object();
        }
        json.end_array();
    }
    json.end_object();
}

void print_areas(const Listed& listed) {
    fmt::print("{}\n", listed.asset->name);
    if (!has_areas(*listed.asset)) return;
    std::size_t width = 5;
    for (const formats::ClassArea& area : listed.areas) width = std::max(width, area.name.size());
    fmt::print("  {:<{}} {:>8} {:>14} {:>14}\n", "class", width, "count", "pixels", "hectares");
    for (const formats::ClassArea& area : listed.areas) {
        fmt::print("  {:<{}} {:>8} {:>14.1f} {:>14}\n", area.name, width, area.count, area.pixels,
                   area.hectares ? fmt::format("{:.4f}", *area.hectares) : "no place");
    }
}

void print_assets(const State& state, const std::vector<Listed>& list) {
    std::size_t width = 4;
    for (const Listed& listed : list) width = std::max(width, listed.asset->name.size());
    fmt::print("{:>3}  {:<{}}  {:<6} {:>13} {:>9} {:>8} {:>6} {:>10}\n", "#", "name", width, "kind",
               "picture", "frames", "tracks", "masks", "size");
    for (const auto& [number, asset, missing, areas] : list) {
        fmt::print("{:>3}  {:<{}}  {:<6} {:>13} {:>9} {:>8} {:>6} {:>10}{}\n", number, asset->name, width,
                   labels::name_of(asset->kind), fmt::format("{}x{}", asset->width_px, asset->height_px),
                   asset->frame_count, state.tracks_of(asset->id).size(),
                   state.mask_layers_of(asset->id).size(),
                   asset->size_bytes > 0 ? bytes_text(static_cast<std::uintmax_t>(asset->size_bytes)) : "",
                   missing ? "  missing" : "");
    }
}

void print_tracks(const State& state, const Asset& asset) {
    fmt::print("{}\n", asset.name);
    for (std::int64_t number = 1; const labels::TrackId id : state.tracks_of(asset.id)) {
        const Track& track = *state.find(id);
        const auto last = last_frame(track, asset);
        fmt::print("{:>5}  {:<24} {:<9} {:>9}-{:<9} {}\n", number++,
                   labels::display_name(track.info, state.ontology), labels::name_of(track.info.shape),
                   track.first_frame(), last ? fmt::to_string(*last) : "",
                   count_text(std::ssize(track.keyframes), "keyframe"));
    }
}

base::Result<void> list(const Options& options) {
    auto project = open_to_read(options.project);
    if (!project) return std::unexpected(project.error());
    const State& state = (*project)->document().state();
    std::vector<Listed> assets = list_assets(state, options.project);
    if (!options.asset.empty()) {
        auto picked = pick_asset(state, options.asset, options.project);
        if (!picked) return std::unexpected(picked.error());
        std::erase_if(assets, [&](const Listed& listed) { return listed.asset != *picked; });
    }
    for (Listed& listed : assets) {
        if (!options.areas || !has_areas(*listed.asset)) continue;
        auto areas = formats::class_areas(state, *listed.asset);
        if (!areas) return std::unexpected(areas.error());
        listed.areas = std::move(*areas);
    }
    if (options.json) {
        JsonOut json;
        json.begin_object().field("project", options.project).key("assets").begin_array();
        for (const Listed& listed : assets) write_asset(json, state, listed, options);
        json.end_array().end_object();
    } else if (options.areas) {
        for (const Listed& listed : assets) print_areas(listed);
    } else if (options.tracks) {
        for (const Listed& listed : assets) print_tracks(state, *listed.asset);
    } else {
        print_assets(state, assets);
    }
    return {};
}

RunCommand setup(CLI::App& cli) {
    auto options = std::make_shared<Options>();
    cli.add_option("PROJECT", options->project, "The project")->required()->type_name("");
    cli.add_option("--asset", options->asset, "Only this asset: its number, name or id")->type_name("A");
    cli.add_flag("--tracks", options->tracks, "List the tracks of each asset");
    cli.add_flag("--areas", options->areas,
                 "The pixels and hectares that the labels of each class cover, on rasters and pictures");
    cli.add_flag("--json", options->json, "As JSON");
    return [options] { return list(*options); };
}

}  // namespace

extern const Command ls_command = {"ls", "List the media of a project, or its tracks", setup};

}  // namespace app
