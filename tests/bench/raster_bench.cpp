// Rasters: the first picture, a sharp view anywhere, decoded megabytes a second, and the window's thread
// while panning; beside GDAL alone and QGIS.

#include <algorithm>
#include <fstream>
#include <random>
#include <sstream>
#include <thread>

#include <rapidjson/document.h>
#include <rapidjson/istreamwrapper.h>

#include "app/commands/raster_picture.h"
#include "app/window/host.h"
#include "base/file.h"
#include "bench.h"
#include "fixtures.h"
#include "gdal_reader.h"
#include "media/raster_source.h"
#include "process.h"

namespace bench {

namespace {

constexpr int k_width = 1440, k_height = 900;

struct Subject {
    std::string what;
    fs::path file;
    int width = 0, height = 0;
    double first_picture_target_secs = 0;  // 0: none
};

// Real pixels over and over (or noise where the shared files are not here): a part of 521 samples, which no
// block divides.
fs::path real_part(const fs::path& folder) {
    const fs::path shared =
        fs::path{LIMN_SOURCE_DIR}.parent_path() / "shared/data/raster/landsat_rgb_utm.tif";
    const fs::path part = folder / "part.tif";
    if (fs::exists(part)) return part;
    if (fs::exists(shared))
        run({"gdal_translate", "-q", "-srcwin", "150", "100", "521", "521", shared.string(), part.string()});
    else
        run({"gdal_create", "-q", "-bands", "3", "-outsize", "521", "521", "-burn", "90", part.string()});
    return part;
}

// A mosaic of `across` × `across` copies of a raster of `edge` pixels.
fs::path mosaic_of(const fs::path& part, int edge, int across, const fs::path& to) {
    if (fs::exists(to)) return to;
    std::ofstream out{to};
    const int whole = edge * across;
    out << fmt::format(
        "<VRTDataset rasterXSize=\"{0}\" rasterYSize=\"{0}\"><SRS>EPSG:32618</SRS>"
        "<GeoTransform>100000,10,0,2800000,0,-10</GeoTransform>\n",
        whole);
    for (int band = 1; band <= 3; ++band) {
        constexpr const char* k_colors[] = {"Red", "Green", "Blue"};
        out << fmt::format("<VRTRasterBand dataType=\"Byte\" band=\"{}\"><ColorInterp>{}</ColorInterp>\n",
                           band, k_colors[band - 1]);
        for (int y = 0; y < across; ++y)
            for (int x = 0; x < across; ++x)
                out << fmt::format(
                    "<SimpleSource><SourceFilename>{0}</SourceFilename><SourceBand>{1}</SourceBand>"
                    "<SourceProperties RasterXSize=\"{2}\" RasterYSize=\"{2}\" DataType=\"Byte\" "
                    "BlockXSize=\"512\" BlockYSize=\"512\"/>"
                    "<SrcRect xOff=\"0\" yOff=\"0\" xSize=\"{2}\" ySize=\"{2}\"/>"
                    "<DstRect xOff=\"{3}\" yOff=\"{4}\" xSize=\"{2}\" ySize=\"{2}\"/></SimpleSource>\n",
                    part.string(), band, edge, x * edge, y * edge);
        out << "</VRTRasterBand>\n";
    }
    out << "</VRTDataset>\n";
    return to;
}

constexpr int k_cog_edge = 521 * 20;  // 10,420
constexpr int k_huge_across = 31;     // 323,020 pixels a side: 104 Gpx

fs::path deflate_cog(const fs::path& folder) {
    const fs::path to = folder / "cog.tif";
    if (!fs::exists(to)) {
        const fs::path mosaic = mosaic_of(real_part(folder), 521, 20, folder / "cog.vrt");
        run({"gdal_translate", "-q", "-of", "COG", "-co", "COMPRESS=DEFLATE", "-co", "PREDICTOR=2", "-co",
             "NUM_THREADS=2", mosaic.string(), to.string()});
    }
    return to;
}

fs::path strips(const fs::path& folder) {
    const fs::path to = folder / "strips.tif";
    if (!fs::exists(to))
        run({"gdal_translate", "-q", "-co", "COMPRESS=DEFLATE", "-co", "PREDICTOR=2",
             deflate_cog(folder).string(), to.string()});
    return to;
}

struct View {
    double x, y, w, h;
    [[nodiscard]] std::string text() const { return fmt::format("{},{},{},{}", x, y, w, h); }
};

// In the shape of the window, so that the same pixels are asked of everybody.
View centred(const Subject& subject, double x, double y, double scale) {
    const double w = k_width / scale, h = k_height / scale;
    return {std::clamp(x - w / 2, 0.0, std::max(subject.width - w, 0.0)),
            std::clamp(y - h / 2, 0.0, std::max(subject.height - h, 0.0)), w, h};
}

View all_of(const Subject& subject) {
    const double scale = std::min(double(k_width) / subject.width, double(k_height) / subject.height);
    const double w = k_width / scale, h = k_height / scale;
    return {(subject.width - w) / 2, (subject.height - h) / 2, w, h};
}

render::View camera(const View& view) {
    return {{view.x + view.w / 2, view.y + view.h / 2}, k_width / view.w, {0, 0, k_width, k_height}};
}

// The window's own path: opening, reading, uploading, drawing until every tile of the view is sharp.
double secs_to_first_picture(app::Host& host, const Subject& subject) {
    return secs_of(wall_secs, [&] {
        auto picture = must(app::RasterPicture::open(subject.file, {}));
        host.bind();
        must(picture->painter()(camera(all_of(subject)), host.framebuffer()));
        (void)host.read_rgba();
    });
}

std::vector<double> secs_to_sharp(app::Host& host, const Subject& subject, const std::vector<View>& views) {
    auto picture = must(app::RasterPicture::open(subject.file, {}));
    const auto paint = picture->painter();
    host.bind();
    must(paint(camera(all_of(subject)), host.framebuffer()));
    std::vector<double> secs;
    for (const View& view : views)
        secs.push_back(secs_of(wall_secs, [&] {
            must(paint(camera(view), host.framebuffer()));
            (void)host.read_rgba();
        }));
    return secs;
}

std::optional<std::vector<double>> qgis_secs(const Subject& subject, const std::vector<View>& views) {
    if (!is_installed("python3") || !fs::exists("/usr/lib/python3/dist-packages/qgis")) return {};
    Words words{"/usr/bin/python3", (fs::path{LIMN_SOURCE_DIR} / "tests/bench/raster_peers.py").string(),
                subject.file.string(), std::to_string(k_width), std::to_string(k_height)};
    for (const View& view : views) words.push_back(view.text());
    std::istringstream lines{run(words).out};
    std::vector<double> secs;
    for (std::string line; std::getline(lines, line);)
        if (!line.empty() && (std::isdigit(static_cast<unsigned char>(line[0])) != 0))
            secs.push_back(std::stod(line) / 1e3);
    if (secs.size() != views.size() + 1) return {};
    return secs;
}

void add_first_picture(Part& part, app::Host& host, const Subject& subject) {
    const View whole = all_of(subject);
    std::optional<std::vector<double>> qgis;
    const Duel duel = alternate(
        3, [&] { return secs_to_first_picture(host, subject); },
        [&] {
            return gdal_secs_for_view(subject.file, {0, 0, subject.width, subject.height}, k_width, k_height);
        });
    qgis = qgis_secs(subject, {whole});
    const double own = median(duel.own), gdal = median(duel.peer);
    const bool has_target = subject.first_picture_target_secs > 0;
    part.add({subject.what + ": open to first picture", in_secs(own), in_secs(gdal) + " GDAL alone",
              times(own / gdal),
              has_target ? fmt::format("≤ {:.1f} s", subject.first_picture_target_secs) : "",
              has_target ? met_if(own <= subject.first_picture_target_secs) : Verdict::none});
    if (!qgis) return;
    const double peer = (*qgis)[0] + (*qgis)[1];
    part.add({subject.what + ": open to first picture", in_secs(own), in_secs(peer) + " QGIS",
              times(own / peer), "", Verdict::none});
}

void add_sharp_views(Part& part, app::Host& host, const Subject& subject) {
    std::mt19937 random{7};
    std::uniform_real_distribution<double> at{0.05, 0.95};
    std::vector<View> views;
    for (int i = 0; i < 12; ++i)
        views.push_back(
            centred(subject, at(random) * subject.width, at(random) * subject.height, i % 3 == 0 ? 0.4 : 1));
    const auto own = secs_to_sharp(host, subject, views);
    std::vector<double> gdal;
    for (const View& view : views)
        gdal.push_back(gdal_secs_for_view(subject.file, {int(view.x), int(view.y), int(view.w), int(view.h)},
                                          k_width, k_height));
    part.add({subject.what + ": a view elsewhere until sharp, median", in_ms(median(own)),
              in_ms(median(gdal)) + " GDAL alone, opened anew", times(median(own) / median(gdal)), "",
              Verdict::none});
    auto qgis = qgis_secs(subject, views);
    if (!qgis) return;
    qgis->erase(qgis->begin());
    const double ratio = median(*qgis) / median(own);
    part.add({subject.what + ": a view elsewhere until sharp, median", in_ms(median(own)),
              in_ms(median(*qgis)) + " QGIS", fmt::format("{:.1f}x faster", ratio), "≥ 5x QGIS",
              met_if(ratio >= 5)});
}

void add_decoding(Part& part, const fs::path& file) {
    constexpr int k_edge = k_cog_edge / 512;
    std::vector<media::TileAddress> tiles;
    for (int y = 0; y < k_edge; ++y)
        for (int x = 0; x < k_edge; ++x) tiles.push_back({0, x, y});
    std::ranges::shuffle(tiles, std::mt19937{3});
    constexpr int k_threads = 2;
    const double bytes = static_cast<double>(tiles.size()) * 512 * 512 * 3;
    const auto ours = [&] {
        media::RasterSource source{file, {.cache_bytes = std::size_t{4} << 30, .threads = k_threads}};
        while (!source.info()) std::this_thread::sleep_for(std::chrono::microseconds{100});
        return secs_of(wall_secs, [&] {
            source.want({tiles, {1, 2, 3}});
            while (source.counters().waiting > 0) std::this_thread::sleep_for(std::chrono::microseconds{200});
        });
    };
    for (const Kept kept : {Kept::none, Kept::all}) {
        const Duel duel =
            alternate(3, ours, [&] { return gdal_secs_for_tiles(file, tiles, 512, k_threads, kept); });
        const double own = bytes / median(duel.own), peer = bytes / median(duel.peer);
        const bool judged = kept == Kept::none;
        part.add({"DEFLATE COG, 2 threads: tiles decoded a second", fmt::format("{:.0f} MB/s", own / 1e6),
                  fmt::format("{:.0f} MB/s GDAL alone{}", peer / 1e6, judged ? "" : ", keeping them"),
                  times(own / peer), judged ? "≥ 0.9x" : "",
                  judged ? met_if(own >= 0.9 * peer) : Verdict::none});
    }
}

// Panning and zooming over tiles that nobody has read yet, as the window's own `state` tells it.
void add_panning(Part& part, const Subject& subject) {
    const fs::path steps = part.folder() / "pan.txt", state = part.folder() / "pan.json";
    std::string text = fmt::format("wait idle\nzoom 1:1\nwait idle\nstate {}\n", state.string());
    for (int i = 0; i < 40; ++i) {
        text += "press screen 720,400 middle\n";
        for (int move = 1; move <= 6; ++move)
            text += fmt::format("move screen {},{}\n", 720 - move * 60, 400 - move * 25);
        text += "release screen 360,250 middle\n";
        if (i % 8 == 7) text += "scroll screen 700,400 0,-3\nscroll screen 700,400 0,3\n";
    }
    text += fmt::format("state {}\nwait idle\nquit\n", state.string());
    write_file(steps, text);
    fs::remove(subject.file.string() + ".limn");
    const Ran ran = run(limn({"--script", steps.string(), "--size", "1440x900", subject.file.string()}));
    std::ifstream in{state};
    rapidjson::IStreamWrapper stream{in};
    rapidjson::Document json;
    json.ParseStream(stream);
    if (json.HasParseError() || !json.HasMember("frame_ms"))
        give_up("The window wrote no state: " + state.string());
    const double p99 = json["frame_ms"]["p99"].GetDouble(), p50 = json["frame_ms"]["p50"].GetDouble();
    part.add({subject.what + ": panning over cold tiles, the window's thread",
              fmt::format("p50 {:.1f}, p99 {:.1f} ms", p50, p99), "one frame, 8 ms", times(p99 / 8),
              "p99 ≤ 8 ms", met_if(p99 <= 8)});
    part.add({subject.what + ": memory while panning", in_mb(ran.peak_rss_bytes) + " RSS at most",
              fmt::format("{} of textures", in_mb(json["counters"]["texture_bytes"].GetDouble())), "", "",
              Verdict::none});
}

}  // namespace

void bench_raster(Part& part) {
    auto host = must(app::make_headless_host({.width = k_width, .height = k_height, .scale = 1}));
    std::vector<Subject> subjects;
    const fs::path world =
        fs::path{LIMN_SOURCE_DIR}.parent_path() / "shared/data/raster/world_648mpx_cog.tif";
    if (fs::exists(world)) {
        const fs::path copy = part.folder() / "world.tif";
        if (!fs::exists(copy)) fs::copy_file(world, copy);
        subjects.push_back({"0.6 Gpx COG", copy, 36000, 18000, 0.3});
    }
    const fs::path cog = deflate_cog(part.folder());
    const fs::path huge = mosaic_of(cog, k_cog_edge, k_huge_across, part.folder() / "huge.vrt");
    subjects.push_back({"104 Gpx mosaic", huge, k_cog_edge * k_huge_across, k_cog_edge * k_huge_across, 0});
    subjects.push_back({"109 Mpx in strips, no overviews", strips(part.folder()), k_cog_edge, k_cog_edge, 0});
    for (const Subject& subject : subjects) {
        add_first_picture(part, *host, subject);
        add_sharp_views(part, *host, subject);
    }
    add_decoding(part, cog);
    for (const Subject& subject : subjects) add_panning(part, subject);
}

}  // namespace bench
