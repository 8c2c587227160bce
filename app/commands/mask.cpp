// limn mask: the pixel masks of a raster or a picture, painted and changed without a window.

#include <algorithm>

#include <CLI/CLI.hpp>

#include "app/command.h"
#include "app/commands/mask_report.h"
#include "app/commands/mask_steps.h"
#include "app/commands/mask_values.h"
#include "app/commands/support.h"

namespace app {

namespace {

using base::ErrorKind;
using labels::MaskKind;
using labels::MaskLayer;
using labels::MaskLayerInfo;

struct Options {
    std::string project, asset, layer, new_layer, kind = "classes", rename, class_name, where, area, bands;
    std::vector<std::string> only_over, never_over;
    double tolerance = 0;
    masks::Value object = 0;
    bool remove_layer = false, erase = false, add_class = false, stats = false, json = false;
    std::vector<MaskStep> steps;
    [[nodiscard]] bool writes() const {
        return !steps.empty() || !new_layer.empty() || !rename.empty() || remove_layer;
    }
    [[nodiscard]] bool makes_layer_by_painting() const {
        return !erase && std::ranges::any_of(steps, [](const MaskStep& step) {
            return step.kind->does != MaskStepKind::Does::changes;
        });
    }
};

std::string layer_names(const std::vector<const MaskLayer*>& layers) {
    std::vector<std::string_view> names;
    for (const MaskLayer* layer : layers) names.push_back(layer->info.name);
    return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

// The layer that is meant; null: there is none yet.
base::Result<const MaskLayer*> pick_layer(const labels::State& state, const labels::Asset& asset,
                                          const Options& options) {
    const auto layers = state.mask_layers_of(asset.id);
    if (!options.layer.empty()) {
        const MaskLayer* layer = state.find_mask_layer(asset.id, options.layer);
        if (layer != nullptr && layer->info.asset == asset.id) return layer;
        return base::fail(ErrorKind::missing, "There is no single mask {:?}; the masks are {}: {}",
                          options.layer, layer_names(layers), asset.name);
    }
    if (layers.size() > 1)
        return base::fail(ErrorKind::refused, "There are {} masks; say which one with --layer, of {}: {}",
                          layers.size(), layer_names(layers), asset.name);
    return layers.empty() ? nullptr : layers.front();
}

base::Result<void> refuse_same_name(const labels::State& state, const labels::Asset& asset,
                                    const std::string& name, const MaskLayer* itself) {
    for (const MaskLayer* layer : state.mask_layers_of(asset.id)) {
        if (layer != itself && layer->info.name == name)
            return base::fail(ErrorKind::refused, "There is already a mask {:?}; choose another name: {}",
                              name, asset.name);
    }
    return {};
}

base::Result<MaskLayerInfo> new_layer(const labels::State& state, const labels::Asset& asset,
                                      const Options& options) {
    if (asset.width_px <= 0 || asset.height_px <= 0)
        return base::fail(ErrorKind::refused,
                          "The size of this medium is not known; add the medium itself "
                          "with `limn add`: {}",
                          asset.name);
    const std::string name = options.new_layer.empty() ? "mask" : options.new_layer;
    if (auto is_free = refuse_same_name(state, asset, name, nullptr); !is_free)
        return std::unexpected(is_free.error());
    const auto layers = state.mask_layers_of(asset.id);
    const bool is_classes = options.kind == "classes";
    return MaskLayerInfo{.id = labels::MaskLayerId::make(),
                         .asset = asset.id,
                         .name = name,
                         .kind = is_classes ? MaskKind::classes : MaskKind::instances,
                         .position = layers.empty() ? 0 : layers.back()->info.position + 1,
                         .width_px = asset.width_px,
                         .height_px = asset.height_px,
                         .depth = is_classes ? masks::Depth::u8 : masks::Depth::u16};
}

// Of a project without classes the one that is named; else one that there is, the only one unless named.
base::Result<void> choose_class(MaskWork& work, const std::string& name, bool adds) {
    labels::Ontology& ontology = work.ontology;
    if (name.empty()) {
        const bool is_clear = ontology.classes.size() == 1 && work.object == 0 && !work.erase;
        if (is_clear) work.class_id = ontology.classes.front().id;
        return {};
    }
    if (ontology.classes.empty() || (adds && ontology.find(name) == nullptr))
        ontology.classes.push_back(labels::make_class(ontology, name));
    if (const labels::LabelClass* found = ontology.find(name)) {
        work.class_id = found->id;
        return {};
    }
    return base::fail(ErrorKind::missing,
                      "There is no class {:?}; the classes are {}, and --add-class makes it: {}", name,
                      class_names(ontology), work.project.string());
}

base::Result<void> choose_object(MaskWork& work, masks::Value object) {
    if (object == 0) return {};
    if (work.info.kind == MaskKind::classes)
        return base::fail(ErrorKind::refused,
                          "The mask {:?} is one of classes, without objects; leave "
                          "--object out: {}",
                          work.info.name, work.asset.name);
    if (work.info.find(object) == nullptr)
        return base::fail(ErrorKind::missing, "The mask {:?} has no object {}; --json lists them: {}",
                          work.info.name, object, work.asset.name);
    work.object = object;
    return {};
}

base::Result<void> take_steps(MaskWork& work, const Options& options) {
    for (const MaskStep& step : options.steps) {
        if (auto done = step.kind->run(work, step.value); !done) return done;
        if (work.stop.stop_requested())
            return base::fail(ErrorKind::cancelled, "Stopped; nothing was changed: {}",
                              work.project.string());
    }
    return {};
}

struct Changed {
    labels::MaskLayerId layer;
    bool anything = false;
};

base::Result<Changed> remove_layer(Project& project, const labels::Asset& asset, const Options& options) {
    const auto layer = pick_layer(project.document().state(), asset, options);
    if (!layer) return std::unexpected(layer.error());
    if (*layer == nullptr) return base::fail(ErrorKind::missing, "There is no mask: {}", asset.name);
    labels::Transaction transaction(project.document(), "Remove the mask " + (*layer)->info.name);
    transaction.erase_mask_layer((*layer)->info.id);
    return Changed{{}, transaction.commit()};
}

masks::PixelRect area_of(const std::string& text) {
    const auto n = *parse_numbers(text, 4);
    const auto whole = [](double at) { return static_cast<std::int64_t>(std::floor(at)); };
    return {whole(n[0]), whole(n[1]), whole(n[0] + n[2]), whole(n[1] + n[3])};
}

void add_to(std::vector<std::string>& list, std::vector<std::string> more) {
    std::ranges::move(more, std::back_inserter(list));
}

base::Result<void> prepare(MaskWork& work, const Options& options) {
    work.erase = options.erase;
    for (const std::string& each : options.only_over) add_to(work.only_over, split_at_commas(each));
    for (const std::string& each : options.never_over) add_to(work.never_over, split_at_commas(each));
    work.where = options.where;
    work.tolerance = options.tolerance;
    if (!options.area.empty()) work.area = area_of(options.area);
    if (!options.bands.empty()) {
        for (const std::string& band : split_at_commas(options.bands)) work.bands.push_back(std::stoi(band));
    }
    if (auto done = choose_object(work, options.object); !done) return done;
    return choose_class(work, options.class_name, options.add_class);
}

// All steps work on a copy: nothing is changed when one of them fails.
base::Result<Changed> change(Project& project, const labels::Asset& asset, const Options& options,
                             const std::stop_token& stop) {
    labels::Document& document = project.document();
    const labels::State& state = document.state();
    const MaskLayer* old = nullptr;
    if (options.new_layer.empty()) {
        const auto layer = pick_layer(state, asset, options);
        if (!layer) return std::unexpected(layer.error());
        old = *layer;
    }
    const bool makes = old == nullptr && (!options.new_layer.empty() || options.makes_layer_by_painting());
    if (old == nullptr && !makes)
        return base::fail(ErrorKind::missing, "There is no mask yet; --new-layer NAME makes one: {}",
                          asset.name);
    auto info = makes ? new_layer(state, asset, options) : base::Result<MaskLayerInfo>{old->info};
    if (!info) return std::unexpected(info.error());
    if (!options.rename.empty()) {
        if (auto is_free = refuse_same_name(state, asset, options.rename, old); !is_free)
            return std::unexpected(is_free.error());
        info->name = options.rename;
    }
    const masks::Plane blank(info->width_px, info->height_px, info->depth);
    MaskWork work{.state = state,
                  .asset = asset,
                  .project = project.path(),
                  .stop = stop,
                  .ontology = state.ontology,
                  .info = std::move(*info),
                  .plane = old != nullptr ? old->plane : blank};
    if (auto done = prepare(work, options); !done) return std::unexpected(done.error());
    if (auto done = take_steps(work, options); !done) return std::unexpected(done.error());

    const std::string name = !options.steps.empty() ? name_of(options.steps, work)
                             : makes                ? "Add the mask " + work.info.name
                                                    : "Rename the mask " + old->info.name;
    labels::Transaction transaction(document, name);
    if (work.ontology != state.ontology) transaction.put_ontology(work.ontology);
    if (makes || work.info != old->info) transaction.put_mask_layer(work.info);
    if (!options.steps.empty())
        transaction.change_mask(work.info.id, [&](masks::Plane& plane) { plane = work.plane; });
    return Changed{work.info.id, transaction.commit()};
}

base::Result<void> refuse_without_masks(const labels::Asset& asset) {
    const bool is_still = asset.kind == labels::MediaKind::raster || asset.kind == labels::MediaKind::image ||
                          (asset.kind == labels::MediaKind::video && asset.frame_count == 1);
    if (is_still) return {};
    return base::fail(ErrorKind::refused,
                      "Only rasters and pictures have mask layers; in a film each object "
                      "has masks of its own: {}",
                      asset.name);
}

base::Result<void> run(const Options& options) {
    const Interrupt interrupt;
    auto project = options.writes() ? open_to_write(options.project) : open_to_read(options.project);
    if (!project) return std::unexpected(project.error());
    const labels::State& state = (*project)->document().state();
    const auto picked = pick_asset(state, options.asset, options.project);
    if (!picked) return std::unexpected(picked.error());
    const labels::Asset asset = **picked;
    if (auto can_have = refuse_without_masks(asset); !can_have) return can_have;

    MaskReport report{.state = state, .asset = asset, .layers = {}, .changed = {}};
    if (options.writes()) {
        const auto changed = options.remove_layer ? remove_layer(**project, asset, options)
                                                  : change(**project, asset, options, interrupt.stop_token());
        if (!changed) return std::unexpected(changed.error());
        report.changed = changed->anything;
        if (const MaskLayer* layer = state.find(changed->layer)) report.layers = {layer};
    } else if (!options.layer.empty()) {
        const auto layer = pick_layer(state, asset, options);
        if (!layer) return std::unexpected(layer.error());
        report.layers = {*layer};
    }
    if (report.layers.empty()) report.layers = state.mask_layers_of(asset.id);
    if (options.stats) {
        if (auto done = count_pixels(report, interrupt.stop_token()); !done) return done;
    }
    if (options.writes()) {
        if (auto saved = (*project)->flush(); !saved) return saved;
    }
    options.json ? print_json(report) : print(report);
    return {};
}

std::string check_area(const std::string& text) {
    const auto n = parse_numbers(text, 4);
    return n && (*n)[2] > 0 && (*n)[3] > 0 ? "" : "write it as X,Y,WIDTH,HEIGHT, numbers in pixels";
}

std::string check_bands(const std::string& text) {
    for (const std::string& part : split_at_commas(text)) {
        const bool is_number = !part.empty() && part.size() < 8 &&
                               std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
        if (!is_number) return "write it as N,N,…, whole numbers from 1";
    }
    return {};
}

using StepOptions = std::vector<std::pair<CLI::Option*, const MaskStepKind*>>;

// In the order of the command line, whichever options they belong to.
std::vector<MaskStep> steps_of(const CLI::App& cli, const StepOptions& options) {
    std::map<const CLI::Option*, std::size_t> taken;
    std::vector<MaskStep> steps;
    for (const CLI::Option* given : cli.parse_order()) {
        const auto it = std::ranges::find(options, given, [](const auto& each) { return each.first; });
        if (it == options.end()) continue;
        const std::size_t at = taken[given]++;
        const bool has_value = !it->second->type_name.empty();
        steps.push_back({it->second, has_value ? given->results().at(at) : std::string{}});
    }
    return steps;
}

constexpr const char* k_steps = "Steps, taken in the order in which they are given";

CLI::Option* add_step(CLI::App& cli, const MaskStepKind& kind) {
    if (kind.type_name.empty()) return cli.add_flag(kind.option, kind.help)->group(k_steps);
    auto* option = cli.add_option(kind.option, kind.help)->type_name(kind.type_name)->group(k_steps);
    option->type_size(1)->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    return option->check([check = kind.check](const std::string& text) { return check(text); });
}

// What CLI11 cannot say of options: they go with a step.
void check_usage(const CLI::App& cli, const Options& options) {
    const auto given = [&](const char* name) { return cli.count(name) > 0; };
    for (const char* name : {"--class", "--erase", "--object", "--only-over", "--never-over", "--where"}) {
        if (given(name) && options.steps.empty())
            throw CLI::ValidationError(name, "says how steps work; give one, such as --disc 40,30,8");
    }
    if (options.remove_layer && !options.steps.empty())
        throw CLI::ValidationError("--remove-layer", "goes without steps");
    const bool fills = given("--flood") || given("--wand") || given("--threshold");
    const auto is_clear = [](const MaskStep& step) { return step.kind->option == "--clear"; };
    const bool only_clears = std::ranges::all_of(options.steps, is_clear);
    const auto changes = std::ranges::find_if(options.steps, [&](const MaskStep& step) {
        return step.kind->does == MaskStepKind::Does::changes && (only_clears || !is_clear(step));
    });
    if (given("--where") && changes != options.steps.end())
        throw CLI::ValidationError("--where", "bounds what is painted and filled; give " +
                                                  changes->kind->option + " in a call of its own");
    if (given("--clear") && only_clears && (given("--class") || given("--object") || given("--erase")))
        throw CLI::ValidationError("--clear",
                                   "empties the whole mask; to empty a class, name it with --only-over");
    if (given("--new-layer") && options.new_layer.empty())
        throw CLI::ValidationError("--new-layer", "needs a name");
    if (given("--area") && !fills)
        throw CLI::ValidationError("--area", "bounds --flood, --wand and --threshold; give one of them");
}

void add_layer_options(CLI::App& cli, Options& options) {
    cli.add_option("PROJECT", options.project, "The project")->required()->type_name("");
    cli.add_option("--asset", options.asset, "The raster or picture, by number, name or id")->type_name("A");
    auto* layer = cli.add_option("--layer", options.layer, "Which of its masks, by number, name or id");
    layer->type_name("L");
    auto* made = cli.add_option("--new-layer", options.new_layer, "Make a mask, and work on that one");
    made->type_name("NAME")->excludes(layer);
    cli.add_option("--kind", options.kind, "Of a new mask: one value a class, or one an object (classes)")
        ->check(CLI::IsMember({"classes", "instances"}))
        ->type_name("K")
        ->needs(made);
    auto* renamed = cli.add_option("--rename", options.rename, "Give the mask another name");
    renamed->type_name("NAME")->excludes(made);
    cli.add_flag("--remove-layer", options.remove_layer, "Remove the mask")
        ->excludes(made)
        ->excludes(renamed);
    cli.add_flag("--stats", options.stats,
                 "Count the pixels of each value; hectares on the ellipsoid, within a tile of 256 pixels on "
                 "average unless the raster is in longitudes and latitudes");
    cli.add_flag("--json", options.json, "As JSON");
}

void add_painting_options(CLI::App& cli, Options& options) {
    auto* of_class = cli.add_option("--class", options.class_name,
                                    "What is painted, and what grows, shrinks and so on; the only class "
                                    "unless named, made where the project has none");
    of_class->type_name("C");
    cli.add_flag("--add-class", options.add_class, "Make that class where the project has none of the name")
        ->needs(of_class);
    cli.add_flag("--erase", options.erase, "Painting erases")->excludes(of_class);
    cli.add_option("--object", options.object,
                   "In a mask of objects: which is painted on; a new one unless "
                   "named")
        ->type_name("N")
        ->check(CLI::Range(1, 65535));
    cli.add_option("--only-over", options.only_over, "Change these classes alone; \"unlabelled\" is one")
        ->type_name("C,…")
        ->expected(1)
        ->take_all();
    cli.add_option("--never-over", options.never_over, "Never change these classes")
        ->type_name("C,…")
        ->expected(1)
        ->take_all();
    cli.add_option("--where", options.where, "Paint only where an expression over the raster's bands holds")
        ->type_name("EXPR");
    cli.add_option("--area", options.area, "Fill only inside of this rectangle")
        ->type_name("X,Y,W,H")
        ->check(check_area);
}

RunCommand setup(CLI::App& cli) {
    auto options = std::make_shared<Options>();
    add_layer_options(cli, *options);
    add_painting_options(cli, *options);
    StepOptions step_options;
    for (const MaskStepKind& kind : mask_step_kinds()) step_options.emplace_back(add_step(cli, kind), &kind);
    CLI::Option* const wand = cli.get_option("--wand");
    cli.add_option("--tolerance", options->tolerance, "Of the wand: how much each band may differ (0)")
        ->type_name("T")
        ->check(CLI::NonNegativeNumber)
        ->needs(wand);
    cli.add_option("--bands", options->bands, "Of the wand: the bands that it compares (all but alpha)")
        ->type_name("N,…")
        ->check(check_bands)
        ->needs(wand);
    cli.parse_complete_callback([&cli, options, step_options] {
        options->steps = steps_of(cli, step_options);
        check_usage(cli, *options);
    });
    return [options] { return run(*options); };
}

}  // namespace

extern const Command mask_command = {"mask", "Paint and change pixel masks of rasters and pictures", setup};

}  // namespace app
