// Masks of any size: painting, undoing, filling, outlines, run lengths; beside numpy, OpenCV, PIL and GDAL,
// and beside what the memory lets happen.

#include <cmath>
#include <cstring>
#include <fstream>
#include <numbers>
#include <random>
#include <sstream>

#include "bench.h"
#include "labels/document.h"
#include "masks/components.h"
#include "masks/flood.h"
#include "masks/morphology.h"
#include "masks/outlines.h"
#include "masks/paint.h"
#include "masks/pyramid.h"
#include "masks/run_lengths.h"
#include "masks/smooth.h"
#include "masks/value_counts.h"
#include "process.h"

namespace bench {
namespace {

using masks::Depth;
using masks::Plane;
using masks::Slot;
using masks::TileRect;
using masks::Which;

constexpr std::int64_t k_huge_px = 100'000;
constexpr double k_mega = 1e6;

struct Peer {
    double secs = 0;
    std::int64_t came_out = 0;
};
std::optional<Peer> peer(const std::string& job, const fs::path& file, std::int64_t width,
                         std::int64_t height) {
    const fs::path python = "/usr/bin/python3";  // Debian's, which sees Debian's modules
    if (!fs::exists(python)) return std::nullopt;
    Process process{{"timeout", "100", python.string(), LIMN_SOURCE_DIR "/tests/bench/mask_peers.py", job,
                     file.string(), std::to_string(width), std::to_string(height)}};
    std::istringstream out{process.rest()};
    const int code = process.wait();
    for (std::string line; std::getline(out, line);) {
        std::istringstream words{line};
        Peer found;
        std::string first;
        if (words >> first >> found.secs >> found.came_out && first == "secs" && code == 0) return found;
        if (code != 3) fmt::print(stderr, "{}: {}\n", job, line);
    }
    return std::nullopt;
}

template <class Work>
double best_secs(int rounds, const Work& work) {
    double best = 1e9;
    for (int i = 0; i < rounds; ++i) best = std::min(best, secs_of(wall_secs, work));
    return best;
}

std::string per_second(double pixels, double secs) {
    return fmt::format("{:.0f} Mpx/s", pixels / secs / k_mega);
}

struct Tiles {
    std::int64_t all = 0, with_samples = 0;
};
Tiles difference(const Plane& before, const Plane& after) {
    Tiles tiles;
    Plane::each_difference(before, after, [&](const TileRect& at, const Slot&, const Slot& now) {
        tiles.all += std::int64_t{at.columns} * at.rows;
        tiles.with_samples += now.uniform() ? 0 : 1;
    });
    return tiles;
}

// What it takes to get memory for so many tiles, and to write it once.
double secs_to_write(std::int64_t tiles) {
    return best_secs(3, [&] {
        for (std::int64_t i = 0; i < tiles; ++i)
            (void)masks::Block::filled(Depth::u8, static_cast<masks::Value>(i % 256));
    });
}

void bench_discs(Part& part) {
    const Plane empty(k_huge_px, k_huge_px, Depth::u8);
    const base::Point centre{k_huge_px / 2.0, k_huge_px / 2.0};
    for (const auto& [radius, target_ms] :
         {std::pair{100.0, 0.05}, {1000.0, 1.0}, {8000.0, 8.0}, {50000.0, 100.0}}) {
        Plane plane = empty;
        const double secs = best_secs(radius > 8000 ? 5 : 20, [&] {
            plane = empty;
            masks::paint(plane, *masks::stroke(centre, centre, radius), {.value = 7});
        });
        const Tiles tiles = difference(empty, plane);
        const double limit = secs_to_write(tiles.with_samples);
        part.add({fmt::format("masks: disc r={:.0f}", radius),
                  fmt::format("{} ({} tiles, {} with an edge)", in_ms(secs), tiles.all, tiles.with_samples),
                  in_ms(limit) + " to write the tiles with an edge", times(secs / limit),
                  fmt::format("≤ {} ms", target_ms), met_if(secs <= target_ms / 1e3)});
        if (radius != 1000) continue;
        const auto numpy = peer("numpy-disc", "-", 16'384, 16'384);
        part.add({"masks: disc r=1000, beside numpy", in_ms(secs),
                  numpy ? in_ms(numpy->secs) + " numpy" : "not installed",
                  numpy ? times(secs / numpy->secs) : "", "", Verdict::none});
    }
}

void bench_stroke(Part& part) {
    const Plane empty(k_huge_px, k_huge_px, Depth::u8);
    Plane plane = empty;
    const double secs = best_secs(3, [&] {
        plane = empty;
        base::Point last{50'000, 50'000};
        for (int i = 1; i <= 200; ++i) {
            const base::Point next{50'000 + 20.0 * i, 50'000 + 1500 * std::sin(i / 30.0)};
            masks::paint(plane, *masks::stroke(last, next, 1000), {.value = 7});
            last = next;
        }
    });
    const Tiles tiles = difference(empty, plane);
    part.add({"masks: stroke of 200 stamps, r=1000",
              fmt::format("{} ({} tiles, {} with an edge)", in_ms(secs), tiles.all, tiles.with_samples),
              "1 ms a stamp", times(secs / 0.2), "≤ 200 ms", met_if(secs <= 0.2)});
    std::vector<std::pair<TileRect, Slot>> record;
    Plane::each_difference(empty, plane, [&](const TileRect& at, const Slot& before, const Slot&) {
        record.emplace_back(at, before);
    });
    std::vector<double> undone;
    for (int i = 0; i < 20; ++i) {
        Plane now = plane;
        undone.push_back(secs_of(wall_secs, [&] {
            for (const auto& [at, slot] : record) now.put(at, slot);
        }));
        if (difference(now, empty).all != 0) part.does_not_work("Undoing a stroke leaves something behind.");
    }
    part.add(
        {"masks: undo of that", in_ms(median(undone)), "", "", "≤ 1 ms", met_if(median(undone) <= 1e-3)});
    masks::Pyramid pyramid;
    pyramid.follow(empty);
    const masks::Pyramid before = pyramid;
    Plane disc = empty;
    masks::paint(disc, *masks::stroke({50'000, 50'000}, {50'000, 50'000}, 1000), {.value = 7});
    const double follow = best_secs(10, [&] {
        pyramid = before;
        pyramid.follow(disc);
    });
    part.add({"masks: pyramid follows a disc r=1000", in_ms(follow), "one frame, 8 ms", times(follow / 8e-3),
              "≤ 8 ms", met_if(follow <= 8e-3)});
}

// What the window's thread does from a sample of the mouse to what the next frame draws: the stroke into the
// document, the levels seen from afar, the areas.
void bench_brush(Part& part) {
    labels::Document document;
    labels::Asset asset;
    asset.id = labels::AssetId::make();
    asset.kind = labels::MediaKind::raster;
    labels::Ontology ontology;
    ontology.classes.push_back(labels::make_class(ontology, "water"));
    labels::MaskLayerInfo info{.id = labels::MaskLayerId::make(), .asset = asset.id, .name = "mask"};
    info.width_px = info.height_px = k_huge_px;
    labels::add_value(info, {1, ontology.classes[0].id, {}});
    {
        labels::Transaction set_up{document, "Set up"};
        set_up.put_ontology(ontology);
        set_up.put_asset(asset);
        set_up.put_mask_layer(info);
        set_up.commit();
    }
    for (const double radius : {20.0, 100.0, 500.0}) {
        masks::Pyramid pyramid;
        masks::ValueCounts counts;
        std::vector<double> secs;
        labels::Transaction gesture{document, "Paint"};
        base::Point last{50'000, 50'000 + 10 * radius};
        for (int i = 0; i < 400; ++i) {
            const base::Point next{last.x + radius / 4, last.y + radius / 3 * std::sin(i / 10.0)};
            secs.push_back(secs_of(wall_secs, [&] {
                gesture.change_mask(info.id, [&](Plane& plane) {
                    masks::paint(plane, *masks::stroke(last, next, radius), {.value = 1});
                });
                const Plane& plane = document.state().find(info.id)->plane;
                pyramid.follow(plane);
                counts.follow(plane);
            }));
            last = next;
        }
        gesture.commit();
        secs.erase(secs.begin());  // the first one lays the levels out
        std::ranges::sort(secs);
        const double p99 = secs[secs.size() * 99 / 100];
        part.add({fmt::format("masks: a sample of a brush r={:.0f} on 100,000²", radius),
                  fmt::format("p50 {}, p99 {}", in_ms(secs[secs.size() / 2]), in_ms(p99)), "8 ms of a frame",
                  times(p99 / 0.008), "≤ 1.00x", met_if(p99 <= 0.008)});
    }
}

void bench_polygon(Part& part) {
    constexpr std::int64_t side = 10'000;
    std::vector<base::Point> ring;
    std::mt19937 random{5};
    std::uniform_real_distribution<double> radius{1500, 4900};
    std::ofstream file{part.folder() / "polygon.txt"};
    for (int i = 0; i < 1000; ++i) {
        const double angle = 2 * std::numbers::pi * i / 1000, r = radius(random);
        ring.push_back({side / 2.0 + r * std::cos(angle), side / 2.0 + r * std::sin(angle)});
        file << ring.back().x << ' ' << ring.back().y << '\n';
    }
    file.close();
    const double secs = best_secs(5, [&] {
        Plane plane(side, side, Depth::u8);
        masks::paint(plane, *masks::polygon({ring}), {.value = 1});
    });
    for (const auto& [job, name] :
         {std::pair{"opencv-polygon", "OpenCV"}, {"pil-polygon", "PIL"}, {"gdal-rasterize", "GDAL"}}) {
        const auto other = peer(job, part.folder() / "polygon.txt", side, side);
        part.add({"masks: polygon of 1000 corners in 10,000²", in_ms(secs),
                  fmt::format("{} {}", name, other ? in_ms(other->secs) : "not installed"),
                  other ? times(secs / other->secs) : "", "≤ 50 ms", met_if(secs <= 0.05)});
    }
}

// What fills a dense image: whole runs of rows, on a stack.
std::int64_t naive_flood(std::vector<std::uint8_t>& image, std::int64_t side, std::int64_t seed) {
    const std::uint8_t value = image[static_cast<std::size_t>(seed)], filled = 255;
    std::vector<std::int64_t> stack{seed};
    std::int64_t pixels = 0;
    while (!stack.empty()) {
        const std::int64_t at = stack.back();
        stack.pop_back();
        const std::int64_t row = at / side * side;
        if (image[static_cast<std::size_t>(at)] != value) continue;
        std::int64_t x0 = at, x1 = at + 1;
        while (x0 > row && image[static_cast<std::size_t>(x0 - 1)] == value) --x0;
        while (x1 < row + side && image[static_cast<std::size_t>(x1)] == value) ++x1;
        std::fill(image.begin() + x0, image.begin() + x1, filled);
        pixels += x1 - x0;
        for (const std::int64_t next : {-side, side}) {
            if (row + next < 0 || row + next >= side * side) continue;
            for (std::int64_t x = x0; x < x1; ++x) {
                const bool is_in = image[static_cast<std::size_t>(x + next)] == value;
                if (is_in && (x == x0 || image[static_cast<std::size_t>(x + next - 1)] != value))
                    stack.push_back(x + next);
            }
        }
    }
    return pixels;
}

void bench_flood(Part& part) {
    constexpr std::int64_t side = 16'384, seed = 8000;
    constexpr double pixels = static_cast<double>(side) * side;
    Plane plain(side, side, Depth::u8), grained = plain;
    std::mt19937 random{9};
    std::vector<std::uint8_t> image(static_cast<std::size_t>(side * side));
    // Some thirty grains a tile, so that none is of one value.
    for (std::int32_t y = 0; y < grained.rows(); ++y) {
        for (std::int32_t x = 0; x < grained.columns(); ++x) {
            const auto bytes = grained.write({x, y});
            for (int i = 0; i < 30; ++i) bytes[random() % bytes.size()] = std::byte{9};
            for (std::int64_t row = 0; row < masks::k_tile_px; ++row)
                std::memcpy(image.data() + (y * masks::k_tile_px + row) * side + x * masks::k_tile_px,
                            bytes.data() + row * masks::k_tile_px, masks::k_tile_px);
        }
    }
    const auto value = static_cast<masks::Value>(image[seed * side + seed]);
    std::int64_t naive_px = 0, own_px = 0;
    const double naive = secs_of(wall_secs, [&] { naive_px = naive_flood(image, side, seed * side + seed); });
    const masks::FloodRule rule{.width_px = side, .height_px = side, .seed_x = seed, .seed_y = seed};
    const double dense =
        best_secs(3, [&] { own_px = must(masks::flood(rule, masks::same_value(grained, value))).pixels; });
    if (own_px != naive_px) part.does_not_work("Filling tile by tile does not fill what plain filling does.");
    const double whole = best_secs(3, [&] { (void)must(masks::flood(rule, masks::same_value(plain, 0))); });
    const std::string peer_text = per_second(pixels, naive) + " plain scan lines";
    part.add({"masks: flood of 16,384², every tile with grains",
              fmt::format("{} ({})", in_ms(dense), per_second(pixels, dense)), peer_text,
              times(dense / naive), "≤ 0.50x", met_if(dense <= 0.5 * naive)});
    part.add({"masks: flood of 16,384², tiles of one value",
              fmt::format("{} ({})", in_ms(whole), per_second(pixels, whole)), peer_text,
              times(whole / naive), "≤ 0.05x", met_if(whole <= 0.05 * naive)});
}

// Like a land cover: thousands of patches of a few classes over each other.
Plane patches(std::int64_t width, std::int64_t height) {
    Plane plane(width, height, Depth::u8);
    std::mt19937 random{3};
    std::uniform_real_distribution<double> part{0, 1};
    const double count = static_cast<double>(width * height) / 3900;
    for (int i = 0; i < static_cast<int>(count); ++i) {
        const double x = part(random) * static_cast<double>(width),
                     y = part(random) * static_cast<double>(height);
        const double size = 3 + 60 * std::pow(part(random), 3);
        const int corners = 5 + static_cast<int>(random() % 20);
        std::vector<base::Point> ring;
        for (int k = 0; k < corners; ++k) {
            const double angle = 2 * std::numbers::pi * k / corners, r = size * (0.6 + 0.8 * part(random));
            ring.push_back({x + r * std::cos(angle), y + r * std::sin(angle)});
        }
        masks::paint(plane, *masks::polygon({ring}), {.value = static_cast<masks::Value>(random() % 6)});
    }
    return plane;
}

fs::path raw_file(const Plane& plane, const fs::path& file) {
    std::ofstream out{file, std::ios::binary};
    std::vector<masks::Value> row(static_cast<std::size_t>(plane.width_px()));
    for (std::int64_t y = 0; y < plane.height_px(); ++y) {
        plane.read({0, y, plane.width_px(), y + 1}, row);
        std::string bytes;
        for (const masks::Value value : row) bytes.push_back(static_cast<char>(value));
        out << bytes;
    }
    return file;
}

void bench_outlines(Part& part) {
    const Plane plane = patches(8704, 7168);
    const double pixels = static_cast<double>(plane.width_px() * plane.height_px());
    std::int64_t polygons = 0;
    const double secs = best_secs(3, [&] {
        polygons = 0;
        must(masks::outlines(plane, Which::labelled(), [&](masks::Outline&&) { ++polygons; }));
    });
    const auto gdal = peer("gdal-polygonize", raw_file(plane, part.folder() / "patches.raw"),
                           plane.width_px(), plane.height_px());
    if (gdal && gdal->came_out != polygons)
        part.does_not_work("There are not as many outlines as GDAL's polygons.");
    part.add({fmt::format("masks: outlines of 62 Mpx, {} polygons", polygons),
              fmt::format("{} ({})", in_ms(secs), per_second(pixels, secs)),
              gdal
                  ? fmt::format("{} ({}) GDALPolygonize", in_secs(gdal->secs), per_second(pixels, gdal->secs))
                  : "not installed",
              gdal ? times(secs / gdal->secs) : "", "≤ 0.20x",
              gdal ? met_if(secs <= 0.2 * gdal->secs) : Verdict::none});
    const auto add = [&](const std::string& what, const auto& work) {
        const double taken = best_secs(2, work);
        part.add({"masks: " + what, fmt::format("{} ({})", in_ms(taken), per_second(pixels, taken))});
    };
    add("components of all labels in them",
        [&] { (void)must(masks::components(plane, Which::labelled(), masks::Connectivity::eight)); });
    add("islands of one value in them",
        [&] { (void)must(masks::without_islands(plane, Which::of(2), 50, masks::Connectivity::four)); });
    add("one value in them grown by 10 px",
        [&] { (void)must(masks::grown(plane, {.which = Which::of(2), .radius_px = 10})); });
    add("all of them smoothed in 5 × 5", [&] { (void)must(masks::smoothed(plane, 2)); });
}

void bench_run_lengths(Part& part) {
    const Plane plane = patches(3840, 2160);
    std::int64_t counts = 0;
    const double secs = best_secs(10, [&] {
        counts =
            std::ssize(must(masks::run_lengths(plane, Which::of(1), plane.bounds(), masks::Order::columns)));
    });
    const auto numpy =
        peer("numpy-runs", raw_file(plane, part.folder() / "4k.raw"), plane.width_px(), plane.height_px());
    if (numpy && numpy->came_out != counts)
        part.does_not_work("There are not as many run lengths as numpy finds.");
    part.add({fmt::format("masks: COCO run lengths of a 4K mask, {} counts", counts), in_ms(secs),
              numpy ? in_ms(numpy->secs) + " numpy" : "not installed", numpy ? times(secs / numpy->secs) : "",
              "≤ 8 ms", met_if(secs <= 8e-3)});
}

void bench_size(Part& part) {
    const double before = own_memory("VmRSS");
    Plane plane(k_huge_px, k_huge_px, Depth::u8);
    masks::paint(plane, *masks::stroke({50'000, 50'000}, {50'000, 50'000}, 40'000), {.value = 7});
    const double grown = own_memory("VmRSS") - before;
    const Tiles tiles = difference(Plane(k_huge_px, k_huge_px, Depth::u8), plane);
    const double limit = static_cast<double>(tiles.with_samples) * masks::k_tile_samples;
    part.add({"masks: memory of 100,000² with a disc r=40,000", in_mb(grown),
              fmt::format("{} of {} tiles with an edge; 10 GB dense", in_mb(limit), tiles.with_samples),
              times(grown / limit), "≤ 1.20x", met_if(grown <= 1.2 * limit)});
}

}  // namespace

void bench_masks(Part& part) {
    bench_size(part);  // first, while nothing has been freed that could be used again
    bench_discs(part);
    bench_stroke(part);
    bench_brush(part);
    bench_polygon(part);
    bench_flood(part);
    bench_outlines(part);
    bench_run_lengths(part);
}

}  // namespace bench
