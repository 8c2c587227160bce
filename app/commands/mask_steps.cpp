#include "app/commands/mask_steps.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "app/commands/mask_values.h"
#include "app/commands/progress.h"
#include "app/commands/ring_file.h"
#include "app/mask_operations.h"
#include "assist/threshold.h"
#include "labels/project_file.h"
#include "masks/flood.h"
#include "masks/paint.h"
#include "media/band_math.h"
#include "media/raster_file.h"

namespace app {

using base::ErrorKind;
using masks::PixelRect;
using masks::Plane;
using Done = base::Result<void>;

std::optional<std::vector<double>> parse_numbers(std::string_view text, std::size_t count) {
    constexpr double k_farthest = 2147483648.0;
    std::vector<double> numbers;
    for (const char* at = text.data(); numbers.size() < count; ++at) {
        const char* const end = text.data() + text.size();
        double number = 0;
        const auto read = std::from_chars(at, end, number);
        const bool is_last = numbers.size() + 1 == count;
        const bool is_followed = is_last ? read.ptr == end : read.ptr != end && *read.ptr == ',';
        if (read.ec != std::errc{} || !is_followed || !(std::abs(number) <= k_farthest)) return std::nullopt;
        numbers.push_back(number);
        at = read.ptr;
    }
    return numbers;
}

std::vector<std::string> split_at_commas(std::string_view text) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        parts.emplace_back(text.substr(at, comma - at));
        at = comma + 1;
    }
    return parts;
}

namespace {

// Sentences of the layers below say what, and not of what.
std::unexpected<base::Error> about(const base::Error& error, std::string_view path) {
    if (error.message.ends_with(path)) return std::unexpected(error);
    return base::fail(error.kind, "{}: {}", error.message, path);
}

// The medium for what needs its samples. Errors: missing; refused where the mask is not of its size.
struct Raster {
    std::filesystem::path path;
    media::RasterInfo info;
};
base::Result<Raster> raster_of(const MaskWork& work) {
    const labels::Asset& asset = work.asset;
    if (asset.kind != labels::MediaKind::raster && asset.rotation_deg != 0)
        return base::fail(ErrorKind::refused,
                          "Expressions and the wand need a raster, or a picture that is "
                          "not turned: {}",
                          asset.name);
    auto path = labels::locate_media(asset, work.project);
    if (!path) return std::unexpected(path.error());
    const auto file = media::RasterFile::open(*path);
    if (!file) return std::unexpected(file.error());
    const media::RasterInfo& info = file->info();
    if (info.width_px != work.plane.width_px() || info.height_px != work.plane.height_px())
        return base::fail(ErrorKind::refused, "The mask {:?} has {} x {} pixels and the medium {} x {}: {}",
                          work.info.name, work.plane.width_px(), work.plane.height_px(), info.width_px,
                          info.height_px, path->string());
    return Raster{std::move(*path), info};
}

base::Result<assist::ExpressionTiles> tiles_of(const Raster& raster, const std::string& expression) {
    auto tiles = assist::ExpressionTiles::open(raster.path, expression);
    if (!tiles) return about(tiles.error(), raster.path.string());
    return tiles;
}

Done paint(MaskWork& work, masks::Region& region) {
    const auto value = value_to_paint(work);
    if (!value) return std::unexpected(value.error());
    auto over = values_allowed(work);
    if (!over) return std::unexpected(over.error());
    masks::PaintRule rule{.value = *value, .over = std::move(*over)};
    if (work.where.empty()) {
        masks::paint(work.plane, region, rule);
        return {};
    }
    const auto raster = raster_of(work);
    if (!raster) return std::unexpected(raster.error());
    Plane swath(work.plane.width_px(), work.plane.height_px(), masks::Depth::u8);
    masks::paint(swath, region, {.value = 1});
    const auto holds = assist::threshold(raster->path, work.where, swath, work.stop);
    if (!holds) return about(holds.error(), raster->path.string());
    rule.where = &*holds;
    masks::paint(work.plane, *masks::labelled(std::move(swath)), rule);
    return {};
}

Done paint(MaskWork& work, const masks::RegionPtr& region) { return paint(work, *region); }

base::Rect rect_of(const std::vector<double>& n) { return {n[0], n[1], n[0] + n[2], n[1] + n[3]}; }

Done paint_rings(MaskWork& work, const std::string& file) {
    auto polygons = read_rings(file);
    if (!polygons) return std::unexpected(polygons.error());
    for (PixelRings& rings : *polygons) {
        if (auto done = paint(work, masks::polygon(std::move(rings))); !done) return done;
    }
    return {};
}

struct Seed {
    std::int64_t x = 0, y = 0;
};
base::Result<Seed> seed_of(const MaskWork& work, const std::string& text) {
    const auto at = *parse_numbers(text, 2);
    const Seed seed{static_cast<std::int64_t>(std::floor(at[0])),
                    static_cast<std::int64_t>(std::floor(at[1]))};
    if (seed.x >= 0 && seed.y >= 0 && seed.x < work.plane.width_px() && seed.y < work.plane.height_px())
        return seed;
    return base::fail(ErrorKind::refused, "The pixel {} lies outside of the {} x {} pixels: {}", text,
                      work.plane.width_px(), work.plane.height_px(), work.asset.name);
}

Done flood(MaskWork& work, Seed seed, const masks::TilePredicate& passes) {
    masks::FloodRule rule{.width_px = work.plane.width_px(),
                          .height_px = work.plane.height_px(),
                          .seed_x = seed.x,
                          .seed_y = seed.y};
    if (work.area) rule.bounds = *work.area;
    auto flooded = masks::flood(rule, passes, work.stop);
    if (!flooded) return about(flooded.error(), work.asset.name);
    return paint(work, masks::labelled(std::move(flooded->filled)));
}

Done flood_mask(MaskWork& work, const std::string& text) {
    const auto seed = seed_of(work, text);
    if (!seed) return std::unexpected(seed.error());
    return flood(work, *seed, masks::same_value(work.plane, work.plane.at(seed->x, seed->y)));
}

// Alpha says where there is data, and is not compared.
base::Result<std::vector<int>> bands_of(const MaskWork& work, const Raster& raster) {
    std::vector<int> bands = work.bands;
    const int count = static_cast<int>(raster.info.bands.size());
    for (const int band : bands) {
        if (band < 1 || band > count)
            return base::fail(ErrorKind::missing, "There is no band {}, only 1 to {}: {}", band, count,
                              raster.path.string());
    }
    if (bands.empty()) {
        for (const media::RasterBand& band : raster.info.bands) {
            if (band.color != "Alpha") bands.push_back(band.number);
        }
    }
    if (bands.size() > media::k_most_math_bands)
        return base::fail(ErrorKind::refused,
                          "The wand compares at most {} bands; choose some with --bands: "
                          "{}",
                          media::k_most_math_bands, raster.path.string());
    return bands;
}

// "abs(b1-(23))<=4 and …": pixels whose bands are like those of the seed.
base::Result<std::string> likeness(const MaskWork& work, const Raster& raster, Seed seed) {
    const auto bands = bands_of(work, raster);
    if (!bands) return std::unexpected(bands.error());
    std::vector<std::string> terms;
    for (const int band : *bands) {
        auto tiles = tiles_of(raster, fmt::format("b{}", band));
        if (!tiles) return std::unexpected(tiles.error());
        const auto value = tiles->values({seed.x, seed.y, seed.x + 1, seed.y + 1}, work.stop);
        if (!value) return about(value.error(), raster.path.string());
        if (!std::isfinite(value->front()))
            return base::fail(ErrorKind::refused, "There is no data at {},{}; choose another pixel: {}",
                              seed.x, seed.y, raster.path.string());
        terms.push_back(fmt::format("abs(b{}-({:.9g}))<={:.9g}", band, value->front(), work.tolerance));
    }
    return fmt::format("{}", fmt::join(terms, " and "));
}

Done wand(MaskWork& work, const std::string& text) {
    const auto seed = seed_of(work, text);
    if (!seed) return std::unexpected(seed.error());
    const auto raster = raster_of(work);
    if (!raster) return std::unexpected(raster.error());
    const auto expression = likeness(work, *raster, *seed);
    if (!expression) return std::unexpected(expression.error());
    auto tiles = tiles_of(*raster, *expression);
    if (!tiles) return std::unexpected(tiles.error());
    return flood(work, *seed, [&](masks::TileIndex tile) { return tiles->truth(tile, work.stop); });
}

Done paint_threshold(MaskWork& work, const std::string& expression) {
    const auto raster = raster_of(work);
    if (!raster) return std::unexpected(raster.error());
    const PixelRect area = work.area ? *work.area : work.plane.bounds();
    base::Result<Plane> found;
    {
        ProgressLine progress{"Looking where " + expression};
        found = assist::threshold(raster->path, expression, area, work.stop, progress.callback());
    }
    if (!found) return about(found.error(), raster->path.string());
    if (work.area) {  // whole tiles were looked at
        Plane inside(found->width_px(), found->height_px(), masks::Depth::u8);
        const base::Rect rect{static_cast<double>(area.x0), static_cast<double>(area.y0),
                              static_cast<double>(area.x1), static_cast<double>(area.y1)};
        masks::paint(inside, *masks::rectangle(rect), {.value = 1, .where = &*found});
        found = std::move(inside);
    }
    return paint(work, masks::labelled(std::move(*found)));
}

// A class that objects are recoded to is what they become; each stays an object of its own.
base::Result<std::optional<masks::Value>> recoded_to(MaskWork& work, const std::vector<masks::Value>& from,
                                                     const std::string& name) {
    const labels::LabelClass* of_class = work.ontology.find(name);
    const bool is_object = work.info.kind == labels::MaskKind::instances;
    if (of_class != nullptr && is_object && std::ranges::find(from, 0) == from.end()) {
        for (labels::MaskValue& each : work.info.values) {
            if (std::ranges::find(from, each.value) != from.end()) each.class_id = of_class->id;
        }
        return std::optional<masks::Value>{};
    }
    if (of_class != nullptr) {
        const auto value = value_of_class(work, of_class->id);
        if (!value) return std::unexpected(value.error());
        return std::optional{*value};
    }
    const auto values = values_named(work, name);
    if (!values) return std::unexpected(values.error());
    return std::optional{values->front()};
}

Done recode(MaskWork& work, const std::string& text) {
    const auto over = values_allowed(work);
    if (!over) return std::unexpected(over.error());
    std::vector<std::pair<std::vector<masks::Value>, std::string>> wanted;  // all of it as it was before
    for (const std::string& pair : split_at_commas(text)) {
        const std::size_t equals = pair.find('=');
        auto from = values_named(work, pair.substr(0, equals));
        if (!from) return std::unexpected(from.error());
        if (*over) std::erase_if(*from, [&](masks::Value value) { return !(*over)->test(value); });
        wanted.emplace_back(std::move(*from), pair.substr(equals + 1));
    }
    std::vector<std::pair<masks::Value, masks::Value>> table;
    for (const auto& [from, name] : wanted) {
        const auto to = recoded_to(work, from, name);
        if (!to) return std::unexpected(to.error());
        if (!*to) continue;
        for (const masks::Value value : from) table.emplace_back(value, **to);
    }
    auto plane = masks::recoded(std::move(work.plane), table, work.stop);
    if (!plane) return about(plane.error(), work.asset.name);
    work.plane = std::move(*plane);
    return {};
}

// What an operation is about; nothing: the class has no pixel.
base::Result<std::optional<masks::Which>> meant(const MaskWork& work) {
    using Meant = std::optional<masks::Which>;
    if (work.object != 0) return Meant{masks::Which::of(work.object)};
    if (!work.class_id) return Meant{masks::Which::labelled()};
    if (work.info.kind == labels::MaskKind::classes) {
        const labels::MaskValue* known = work.info.first_of(*work.class_id);
        return known != nullptr ? Meant{masks::Which::of(known->value)} : Meant{};
    }
    const bool is_alone = std::ranges::all_of(
        work.info.values, [&](const labels::MaskValue& each) { return each.class_id == *work.class_id; });
    if (is_alone) return Meant{masks::Which::labelled()};
    return base::fail(ErrorKind::refused,
                      "Objects of one class among others cannot be changed at once; name "
                      "one with --object, or leave --class out: {}",
                      work.asset.name);
}

// What holes are filled with.
base::Result<masks::Value> filling(MaskWork& work, const MaskOperation& operation,
                                   const masks::Which& which) {
    if (!operation.fills) return 0;
    if (which.is_it) return which.value;
    if (work.info.values.size() == 1) return work.info.values.front().value;
    return base::fail(ErrorKind::refused,
                      "Say with --class, or --object, whose holes and gaps are filled: {}", work.asset.name);
}

Done operate(MaskWork& work, const MaskOperation& operation, const std::string& text) {
    const auto which = meant(work);
    if (!which) return std::unexpected(which.error());
    if (!*which || work.plane.empty()) return {};
    MaskOperationInput input{.which = **which};
    const auto with = filling(work, operation, input.which);
    if (!with) return std::unexpected(with.error());
    auto over = values_allowed(work);
    if (!over) return std::unexpected(over.error());
    input.with = *with;
    input.over = std::move(*over);
    if (operation.n) std::from_chars(text.data(), text.data() + text.size(), input.n);
    auto plane = operation.run(std::move(work.plane), input, work.stop);
    if (!plane) return about(plane.error(), work.asset.name);
    work.plane = std::move(*plane);
    return {};
}

base::Result<const labels::MaskLayer*> other_layer(const MaskWork& work, const std::string& name) {
    const labels::MaskLayer* layer = work.state.find_mask_layer(work.asset.id, name);
    if (layer != nullptr && layer->info.asset == work.asset.id) return layer;
    return base::fail(ErrorKind::missing,
                      "There is no single mask {:?}; `limn mask` without a step lists "
                      "them: {}",
                      name, work.asset.name);
}

// The other mask with the values that its classes have in this one.
base::Result<Plane> translated(MaskWork& work, const labels::MaskLayer& other) {
    std::vector<std::pair<masks::Value, masks::Value>> table;
    for (const labels::MaskValue& each : other.info.values) {
        const auto value = value_of_class(work, each.class_id);
        if (!value) return std::unexpected(value.error());
        table.emplace_back(each.value, *value);
    }
    Plane plane = other.plane;
    if (plane.depth() < work.plane.depth()) {
        const Plane nothing(plane.width_px(), plane.height_px(), work.plane.depth());
        auto wide = masks::combined(nothing, plane, masks::Combine::unite, {}, work.stop);
        if (!wide) return wide;
        plane = std::move(*wide);
    }
    return masks::recoded(std::move(plane), table, work.stop);
}

Done combine(MaskWork& work, const std::string& name, masks::Combine how) {
    const auto other = other_layer(work, name);
    if (!other) return std::unexpected(other.error());
    const bool is_itself = (*other)->info.id == work.info.id;
    const auto over = values_allowed(work);
    if (!over) return std::unexpected(over.error());
    base::Result<Plane> plane = is_itself ? work.plane : (*other)->plane;
    if (how == masks::Combine::unite && !is_itself) plane = translated(work, **other);
    if (plane) plane = masks::combined(work.plane, *plane, how, *over, work.stop);
    if (!plane) return about(plane.error(), work.asset.name);
    work.plane = std::move(*plane);
    return {};
}

Done clear(MaskWork& work, const std::string&) {
    auto over = values_allowed(work);
    if (!over) return std::unexpected(over.error());
    const base::Rect all{0, 0, static_cast<double>(work.plane.width_px()),
                         static_cast<double>(work.plane.height_px())};
    masks::paint(work.plane, *masks::rectangle(all), {.value = 0, .over = std::move(*over)});
    return {};
}

auto numbers(std::size_t count, std::string_view form, std::optional<std::size_t> size_from = {}) {
    return [=](std::string_view text) {
        const auto found = parse_numbers(text, count);
        if (!found) return fmt::format("write it as {}, numbers in pixels", form);
        const bool is_sound =
            !size_from || std::all_of(found->begin() + static_cast<std::ptrdiff_t>(*size_from), found->end(),
                                      [](double size) { return size >= 0; });
        return std::string{is_sound ? "" : "sizes are not negative"};
    };
}

std::string check_pairs(std::string_view text) {
    for (const std::string& pair : split_at_commas(text)) {
        const std::size_t equals = pair.find('=');
        if (equals == std::string::npos || equals == 0 || equals + 1 == pair.size())
            return "write it as OLD=NEW, more of them after commas";
    }
    return {};
}

std::string check_some(std::string_view text) { return text.empty() ? "nothing is named" : ""; }

std::vector<MaskStepKind> painting_kinds() {
    using enum MaskStepKind::Does;
    return {
        {"--disc", "X,Y,R", "Paint a disc", paints, "Paint", numbers(3, "X,Y,R", 2),
         [](MaskWork& work, const std::string& text) {
             const auto n = *parse_numbers(text, 3);
             return paint(work, masks::stroke({n[0], n[1]}, {n[0], n[1]}, n[2]));
         }},
        {"--stroke", "X,Y,X,Y,R", "Paint the way of a disc from one point to another", paints, "Paint",
         numbers(5, "X0,Y0,X1,Y1,R", 4),
         [](MaskWork& work, const std::string& text) {
             const auto n = *parse_numbers(text, 5);
             return paint(work, masks::stroke({n[0], n[1]}, {n[2], n[3]}, n[4]));
         }},
        {"--rectangle", "X,Y,W,H", "Paint a rectangle", paints, "Paint", numbers(4, "X,Y,WIDTH,HEIGHT", 2),
         [](MaskWork& work, const std::string& text) {
             return paint(work, masks::rectangle(rect_of(*parse_numbers(text, 4))));
         }},
        {"--ellipse", "X,Y,W,H", "Paint the ellipse that fits a rectangle", paints, "Paint",
         numbers(4, "X,Y,WIDTH,HEIGHT", 2),
         [](MaskWork& work, const std::string& text) {
             return paint(work, masks::ellipse(rect_of(*parse_numbers(text, 4))));
         }},
        {"--polygon", "FILE",
         "Paint the polygons of a file, in pixels: lines \"x y\" with a blank line between rings, or WKT",
         paints, "Paint", check_some, paint_rings},
        {"--flood", "X,Y", "Fill what hangs together with a pixel and has its value in the mask", fills,
         "Fill", numbers(2, "X,Y"), flood_mask},
        {"--wand", "X,Y", "Fill what hangs together with a pixel and is like it in all bands", fills, "Fill",
         numbers(2, "X,Y"), wand},
        {"--threshold", "EXPR", "Fill where an expression over the bands holds, such as \"b4 > 60\"", fills,
         "Fill", check_some, paint_threshold},
    };
}

std::vector<MaskStepKind> changing_kinds() {
    using enum MaskStepKind::Does;
    const auto combining = [](masks::Combine how) {
        return [how](MaskWork& work, const std::string& name) { return combine(work, name, how); };
    };
    return {
        {"--recode", "OLD=NEW,…",
         "Give classes, objects (by their numbers) or 0 another class or number, all at once", changes,
         "Recode", check_pairs, recode},
        {"--unite", "L", "Add what another mask has where this one has nothing", changes, "Unite", check_some,
         combining(masks::Combine::unite)},
        {"--subtract", "L", "Take away what another mask has", changes, "Subtract", check_some,
         combining(masks::Combine::subtract)},
        {"--intersect", "L", "Keep what another mask has as well", changes, "Intersect", check_some,
         combining(masks::Combine::intersect)},
        {"--clear", "", "Take all labels away", changes, "Clear", {}, clear},
    };
}

MaskStepKind kind_of(const MaskOperation& operation) {
    const auto check = [&operation](std::string_view text) -> std::string {
        std::int64_t n = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
        if (error == std::errc{} && end == text.data() + text.size() && n >= 0 && n <= operation.most)
            return {};
        if (operation.most < INT64_MAX)
            return fmt::format("write a whole number, at most {}", operation.most);
        return "write a whole number, 0 or more";
    };
    MaskStepKind kind{.option = fmt::format("--{}", operation.id),
                      .type_name = operation.n ? "N" : "",
                      .help = std::string{operation.tip},
                      .title = std::string{operation.title}};
    if (operation.n) kind.check = check;
    kind.run = [&operation](MaskWork& work, const std::string& text) {
        return operate(work, operation, text);
    };
    return kind;
}

std::string lower_first(std::string text) {
    if (!text.empty())
        text.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(text.front())));
    return text;
}

}  // namespace

std::span<const MaskStepKind> mask_step_kinds() {
    static const std::vector<MaskStepKind> k_kinds = [] {
        std::vector<MaskStepKind> kinds = painting_kinds();
        for (const MaskOperation& operation : mask_operations()) kinds.push_back(kind_of(operation));
        for (MaskStepKind& kind : changing_kinds()) kinds.push_back(std::move(kind));
        return kinds;
    }();
    return k_kinds;
}

std::string name_of(std::span<const MaskStep> steps, const MaskWork& work) {
    constexpr std::size_t k_most = 4;
    const labels::LabelClass* of_class = work.class_id ? work.ontology.find(*work.class_id) : nullptr;
    std::vector<std::string> names;
    for (const MaskStep& step : steps) {
        std::string name = step.kind->title;
        if (step.kind->does != MaskStepKind::Does::changes)
            name = work.erase ? "Erase" : of_class != nullptr ? name + " " + of_class->name : name;
        if (!names.empty()) name = lower_first(std::move(name));
        if (std::ranges::find_if(names, [&](const std::string& each) {
                return lower_first(each) == lower_first(name);
            }) == names.end())
            names.push_back(std::move(name));
    }
    if (names.size() > k_most) return fmt::format("Change the mask {}", work.info.name);
    return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace app
