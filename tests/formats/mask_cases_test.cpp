// The table of mask formats and what all of them must do.

#include <cstdlib>

#include <doctest/doctest.h>

#include "base/digest.h"
#include "cases.h"
#include "mask_format_test.h"

namespace formats_test {

const std::vector<MaskCase>& mask_cases() {
    using namespace std::string_view_literals;
    static const std::vector<MaskCase> all = {
        {.id = "geotiff",
         .out = "masks",
         .file = "masks/scene.tif.Land cover.tif",
         .lone_file = "in.tif",
         .malformed = {{"a text", "hello", "no TIFF"},
                       {"its first bytes", "II*\0"sv, "no TIFF"},
                       {"a directory beyond the end", "II*\0\xFF\xFF\xFF\x7F"sv, "no TIFF"},
                       {"JSON", "{}", "no TIFF"}}},
        {.id = "cog",
         .out = "masks",
         .file = "masks/scene.tif.Land cover.tif",
         .lone_file = "in.tif",
         .malformed = {{"a text", "hello", "no TIFF"},
                       {"its first bytes", "II*\0"sv, "no TIFF"},
                       {"zeros", "\0\0\0\0"sv, "no TIFF"}}},
        {.id = "png-masks",
         .out = "masks",
         .file = "masks/scene.tif.Land cover.png",
         .lone_file = "in.png",
         .malformed = {{"a text", "hello", "no PNG"},
                       {"its first bytes", "\x89PNG\r\n\x1a\n"sv, "no PNG"},
                       {"JSON", "{}", "no PNG"}}},
        {.id = "voc-masks",
         .out = "voc",
         .file = "voc",
         .lone_file = "SegmentationClass/scene.png",
         .malformed = {{"a text", "hello", "no PNG"},
                       {"its first bytes", "\x89PNG\r\n\x1a\n"sv, "no PNG"},
                       {"JSON", "{}", "no PNG"}}},
        {.id = "davis",
         .out = "davis",
         .file = "davis",
         .lone_file = "meta.json",
         .of_objects = true,
         .malformed = {{"a text", "hello", "meta.json is not"},
                       {"another JSON", "{\"images\":[]}", "meta.json is not"},
                       {"objects that are none", R"({"videos":{"a":{"objects":[]}}})", "meta.json is not"},
                       {"no frames", R"({"videos":{}})", "no folder of numbered PNGs"}}},
        {.id = "mots",
         .out = "mots",
         .file = "mots",
         .lone_file = "0001.txt",
         .of_objects = true,
         .malformed = {{"a text", "hello", "Line 1 of 0001.txt"},
                       {"too few columns", "0 1000 1 6 10\n", "Line 1"},
                       {"a broken RLE", "0 1000 1 6 10 ~~~\n", "does not fill"},
                       {"a short RLE", "0 1000 1 6 10 12\n", "does not fill"},
                       {"no size", "0 1000 1 0 10 12\n", "Line 1"}}},
        {.id = "chips", .out = "chips", .file = "", .lone_file = "", .of_objects = true, .malformed = {}},
        {.id = "npz",
         .out = "masks",
         .file = "masks/scene.tif.Land cover.npz",
         .lone_file = "in.npz",
         .malformed =
             {{"a text", "hello", "neither a zip"},
              {"a zip's first bytes", "PK\3\4"sv, "neither a zip"},
              {"no header", "\x93NUMPY\1\0\x10\0{'descr': 7}    "sv, "neither a zip"},
              {"an array without rows",
               "\x93NUMPY\1\0\x3f\0{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }     \n1234"sv,
               "rows and columns"},
              {"an array cut off",
               "\x93NUMPY\1\0\x3e\0{'descr': '|u1', 'fortran_order': False, 'shape': (530, 700)}\n1234"sv,
               "ends before its last row"},
              {"very long rows",
               "\x93NUMPY\1\0\x40\0{'descr': '|u1', 'fortran_order': False, 'shape': (2,999999999)}"sv,
               "too long"}}},
        {.id = "yolo-seg",
         .out = "yolo",
         .file = "yolo",
         .lone_file = "data.yaml",
         .of_objects = true,
         .malformed = {{"a text", "hello", "no list of \"names\""},
                       {"names that are none", "names: 7\n", "no list of \"names\""},
                       {"names without numbers", "names:\n  a: b\n", "no list of \"names\""},
                       {"no labels", "names: [a, b]\n", "no folder \"labels\""}}},
    };
    return all;
}

labels::Asset mask_asset(int n, std::string name, labels::MediaKind kind, int width_px, int height_px,
                         base::Georeference georeference) {
    labels::Asset asset;
    asset.id = {*base::parse_uuid(fmt::format("00000000-0000-7000-8000-0000000006{:02}", n))};
    asset.name = std::move(name);
    asset.kind = kind;
    asset.width_px = width_px;
    asset.height_px = height_px;
    asset.frame_count = 1;
    asset.position = n;
    asset.georeference = std::move(georeference);
    return asset;
}

labels::State with_assets(const std::vector<labels::Asset>& assets, labels::Ontology ontology) {
    labels::Document document;
    labels::Transaction transaction(document, "test");
    transaction.put_ontology(ontology);
    for (const labels::Asset& each : assets) transaction.put_asset(each);
    transaction.commit();
    return document.state();
}

labels::State with_layer(labels::State state, labels::MaskLayerInfo info,
                         const std::function<masks::Value(int x, int y)>& value) {
    labels::Document document(std::move(state));
    labels::Transaction transaction(document, "test");
    const labels::Asset& asset = *document.state().find(info.asset);
    info.id = labels::MaskLayerId::make();
    info.width_px = asset.width_px;
    info.height_px = asset.height_px;
    info.position = std::ssize(document.state().mask_layers_of(asset.id));
    transaction.put_mask_layer(info);
    transaction.change_mask(info.id, [&](masks::Plane& plane) {
        for (std::int32_t ty = 0; ty < plane.rows(); ++ty)
            for (std::int32_t tx = 0; tx < plane.columns(); ++tx) {
                const masks::PixelRect area = plane.pixels_of({tx, ty});
                const auto bytes = plane.write({tx, ty});
                for (auto y = area.y0; y < area.y1; ++y)
                    for (auto x = area.x0; x < area.x1; ++x) {
                        const auto at =
                            static_cast<std::size_t>((y - area.y0) * masks::k_tile_px + x - area.x0);
                        const masks::Value v = value(static_cast<int>(x), static_cast<int>(y));
                        if (info.depth == masks::Depth::u8)
                            bytes[at] = static_cast<std::byte>(v);
                        else
                            reinterpret_cast<masks::Value*>(bytes.data())[at] = v;
                    }
                plane.tidy({tx, ty});
            }
    });
    transaction.commit();
    return document.state();
}

labels::State mask_project(bool deep, bool with_objects) {
    labels::Ontology ontology;
    for (const char* name : {"field", "tree (1)", "water"})
        ontology.classes.push_back(labels::make_class(ontology, name));
    const base::Georeference place{.crs = geo::crs_from_text("EPSG:32633").value(),
                                   .geotransform = {{500000.25, 0.5, 0, 5200000, 0, -0.5}}};
    labels::State state =
        with_assets({mask_asset(1, "scene.tif", labels::MediaKind::raster, 700, 530, place)}, ontology);
    const labels::AssetId asset = state.assets.front().id;
    labels::MaskLayerInfo cover{.asset = asset, .name = "Land cover"};
    cover.values = {
        {1, ontology.classes[0].id, ""}, {2, ontology.classes[1].id, ""}, {7, ontology.classes[2].id, ""}};
    state = with_layer(std::move(state), cover, [](int x, int y) -> masks::Value {
        if (x < 256 && y < 256) return 1;
        if (y >= 400) return 0;
        if ((x - 400) * (x - 400) + (y - 200) * (y - 200) < 90 * 90) return 7;
        return (x / 3 + y / 5) % 4 == 0 ? 2 : 0;
    });
    if (!with_objects) return state;
    labels::MaskLayerInfo trees{.asset = asset, .name = "Trees", .kind = labels::MaskKind::instances};
    trees.depth = deep ? masks::Depth::u16 : masks::Depth::u8;
    const masks::Value last = deep ? 40000 : 200;
    trees.values = {{1, ontology.classes[1].id, "the old oak"},
                    {2, ontology.classes[1].id, ""},
                    {last, ontology.classes[0].id, "a \"hedge\""}};
    return with_layer(std::move(state), trees, [last](int x, int y) -> masks::Value {
        if (y > 500) return last;
        if (x > 100 && x < 180 && y > 40 && y < 300) return (x + y) % 7 == 0 ? 0 : 1;
        return x > 300 && x < 333 && y > 290 && y < 310 ? 2 : 0;
    });
}

labels::State without_labels(labels::State state, bool keep_classes) {
    state.tracks.clear();
    state.tracks_of_asset.clear();
    state.mask_layers.clear();
    state.mask_layers_of_asset.clear();
    if (!keep_classes) state.ontology = {};
    return state;
}

std::string pixels_text(const labels::State& state, const labels::MaskLayer& layer, bool with_kind) {
    std::map<masks::Value, std::string> names;
    for (const labels::MaskValue& each : layer.info.values) {
        const labels::LabelClass* owner = state.ontology.find(each.class_id);
        names[each.value] = (owner != nullptr ? owner->name : "?") + (with_kind ? "/" + each.name : "");
    }
    std::string text;
    std::vector<masks::Value> row(static_cast<std::size_t>(layer.info.width_px));
    std::map<std::string, std::int64_t> counts;
    std::string last;
    std::int64_t run = 0;
    for (std::int64_t y = 0; y < layer.info.height_px; ++y) {
        layer.plane.read({0, y, layer.info.width_px, y + 1}, row);
        for (const masks::Value value : row) {
            const auto name = names.find(value);
            const std::string& here = name != names.end() ? name->second : value == 0 ? text : last;
            const std::string now = value == 0 ? "" : name == names.end() ? fmt::format("?{}", value) : here;
            if (now == last) {
                ++run;
                continue;
            }
            counts[last] += run;
            counts[fmt::format("{}@", last)] += run * run % 1009 + (y * 31 + run) % 997;
            last = now;
            run = 1;
        }
    }
    counts[last] += run;
    for (const auto& [name, n] : counts) text += fmt::format(" {}:{}", name, n);
    return text;
}

std::vector<std::string> describe_masks(const labels::State& state, bool with_kind) {
    std::vector<std::string> lines;
    for (const labels::Asset& asset : state.assets)
        for (const labels::MaskLayer* layer : state.mask_layers_of(asset.id))
            lines.push_back(fmt::format("{}{}", with_kind ? static_cast<int>(layer->info.kind) : 0,
                                        pixels_text(state, *layer, with_kind)));
    std::ranges::sort(lines);
    return lines;
}

std::string output_of(const std::string& command) {
    FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
    std::string text;
    for (char buffer[4096]; std::fgets(buffer, sizeof buffer, pipe) != nullptr;) text += buffer;
    return ::pclose(pipe) == 0 ? text : "";
}

std::string run_numpy(const std::string& program, const std::vector<std::string>& arguments) {
    for (const char* python : {"python3", "/usr/bin/python3"}) {
        if (std::system(fmt::format("{} -c 'import numpy; from osgeo import gdal' >/dev/null 2>&1", python)
                            .c_str()) != 0)
            continue;
        const TempDir dir;
        std::string command = fmt::format("{} '{}'", python, dir.write("check.py", program).string());
        for (const std::string& each : arguments) command += " '" + each + "'";
        command += " >'" + (dir.path() / "out").string() + "' 2>&1";
        const int status = std::system(command.c_str());
        const std::string text = read_text(dir.path() / "out");
        CHECK_MESSAGE(status == 0, text);
        return text;
    }
    MESSAGE("skipped: no python3 with numpy and osgeo");
    return "no python";
}

}  // namespace formats_test

using namespace formats_test;

TEST_CASE("mask layers come back from every mask format pixel for pixel") {
    for (const MaskCase& each : mask_cases()) {
        if (each.of_objects) continue;
        for (const bool deep : {false, true}) {
            INFO("format ", each.id, " deep ", deep);
            const TempDir dir;
            const labels::State state = mask_project(deep);
            const auto report = export_to(each.id, state, dir.path() / each.out);
            if (deep && !report) {  // 8 bits a pixel, and it says so
                CHECK(report.error().message.find("255") != std::string::npos);
                continue;
            }
            REQUIRE_MESSAGE(report, (report ? "" : report.error().message));
            CHECK(report->layers == 2);
            for (const auto& file : report->files) CHECK(std::filesystem::exists(file));
            for (const auto& entry : std::filesystem::recursive_directory_iterator(dir.path()))
                if (entry.is_regular_file())
                    CHECK_MESSAGE(std::ranges::find(report->files, entry.path()) != report->files.end(),
                                  entry.path().string());
            if (each.file.empty()) continue;
            const auto probed = formats::probe_format(dir.path() / each.file);
            REQUIRE_MESSAGE(probed, (probed ? "" : probed.error().message));
            CHECK((*probed)->id == each.id);
            labels::State back = without_labels(state);
            std::string other(each.file);
            if (const auto at = other.find("Land cover"); at != std::string::npos)
                other.replace(at, 10, "Trees");
            std::vector<std::string> files{std::string(each.file)};
            if (other != each.file) files.push_back(other);
            for (const std::string& file : files) {
                const Imported imported = import_file(each.id, dir.path() / file, back);
                REQUIRE_MESSAGE(imported.report, imported.message());
                back = imported.state();
            }
            const auto was = describe_masks(state, each.keeps_kind),
                       is = describe_masks(back, each.keeps_kind);
            CHECK(was.size() == is.size());
            for (std::size_t i = 0; i < std::min(was.size(), is.size()); ++i) CHECK(was[i] == is[i]);
            for (const auto& [id, layer] : back.mask_layers)
                CHECK((layer->info.name == "Land cover" || layer->info.name == "Trees"));
        }
    }
}

TEST_CASE("a mask makes the classes of an empty ontology, and is refused where they are unknown") {
    for (const MaskCase& each : mask_cases()) {
        if (each.of_objects || each.file.empty()) continue;
        INFO("format ", each.id);
        const TempDir dir;
        const labels::State state = mask_project();
        REQUIRE(export_to(each.id, state, dir.path() / each.out));
        const Imported fresh = import_file(each.id, dir.path() / each.file, without_labels(state, false));
        REQUIRE_MESSAGE(fresh.report, fresh.message());
        for (const char* name : {"field", "tree (1)", "water"}) {
            const labels::LabelClass* made = fresh.state().ontology.find(std::string_view(name));
            REQUIRE(made != nullptr);
            CHECK(made->color_rgb == state.ontology.find(std::string_view(name))->color_rgb);
        }
        labels::State other = without_labels(state, false);
        other.ontology.classes.push_back(labels::make_class({}, "boat"));
        const Imported refused = import_file(each.id, dir.path() / each.file, other);
        REQUIRE(!refused.report);
        CHECK(refused.message().find("\"water\"") != std::string::npos);
        CHECK(import_file(each.id, dir.path() / each.file, other,
                          {.unknown_classes = formats::UnknownClasses::add})
                  .report);
        CHECK(!import_file(each.id, dir.path() / each.file).report);  // no medium to lie on
    }
}

TEST_CASE("malformed mask files give one sentence and change nothing") {
    for (const MaskCase& each : mask_cases()) {
        if (each.file.empty()) continue;
        const labels::State start = without_labels(mask_project());
        std::vector<Malformed> all = each.malformed;
        all.push_back({"empty", "", ""});
        for (const Malformed& bad : all) {
            INFO("format ", each.id, ", file ", bad.name);
            const TempDir dir;
            const Imported refused =
                import_file(each.id, dir.write(std::string(each.lone_file), bad.text), start);
            REQUIRE(!refused.report);
            INFO("message ", refused.message());
            CHECK(refused.message().find(bad.says) != std::string::npos);
        }
    }
}

TEST_CASE("a mask file that is cut off is refused or read, and never breaks anything") {
    for (const MaskCase& each : mask_cases()) {
        if (each.file.empty() || each.of_objects) continue;
        const TempDir dir, cut;
        const labels::State state = mask_project();
        REQUIRE(export_to(each.id, state, dir.path() / each.out));
        if (std::filesystem::is_directory(dir.path() / each.file)) continue;
        const std::string whole = read_text(dir.path() / each.file);
        for (std::size_t size = 1; size < whole.size(); size += 1 + whole.size() / 20) {
            INFO("format ", each.id, " size ", size);
            (void)import_file(each.id, cut.write(std::string(each.lone_file), whole.substr(0, size)),
                              without_labels(state));
        }
    }
}

TEST_CASE("a stopped export of masks leaves nothing behind, a stopped import changes nothing") {
    std::stop_source stop;
    stop.request_stop();
    for (const MaskCase& each : mask_cases()) {
        if (each.of_objects) continue;
        INFO("format ", each.id);
        const TempDir dir;
        const labels::State state = mask_project();
        formats::WriteContext context = write_context(state);
        context.stop = stop.get_token();
        const auto stopped = formats::find_format(each.id)->write(state, dir.path() / each.out, context);
        REQUIRE(!stopped);
        CHECK(stopped.error().kind == base::ErrorKind::cancelled);
        for (const auto& entry : std::filesystem::recursive_directory_iterator(dir.path()))
            CHECK_MESSAGE(!entry.is_regular_file(), entry.path().string());
        if (each.file.empty()) continue;
        REQUIRE(export_to(each.id, state, dir.path() / each.out));
        labels::Document document(without_labels(state));
        labels::Transaction transaction(document, "Import");
        formats::ReadContext read{transaction, document,         {}, formats::UnknownClasses::refuse,
                                  {},          stop.get_token(), {}};
        const auto stopped_read = formats::find_format(each.id)->read(dir.path() / each.file, read);
        REQUIRE(!stopped_read);
        CHECK(stopped_read.error().kind == base::ErrorKind::cancelled);
    }
}

TEST_CASE("options that a format does not have are refused with the ones it has") {
    const labels::State state = mask_project();
    const TempDir dir;
    formats::WriteContext context = write_context(state);
    context.options["colour"] = "red";
    const auto refused = formats::find_format("geotiff")->write(state, dir.path() / "m", context);
    REQUIRE(!refused);
    CHECK(refused.error().message.find("its options are: layer, compress, overviews") != std::string::npos);
    context.options = {{"compress", "jpeg"}};
    const auto wrong = formats::find_format("geotiff")->write(state, dir.path() / "m", context);
    REQUIRE(!wrong);
    CHECK(wrong.error().message.find("is one of deflate, zstd, lzw") != std::string::npos);
}

TEST_CASE("a folder of masks is read as a whole or not at all") {
    const auto read_folder = [](const std::filesystem::path& folder, labels::Document& document,
                                const formats::FormatDriver* driver =
                                    nullptr) -> base::Result<formats::Report> {
        const auto what = formats::files_to_read(folder, driver);
        if (!what) return std::unexpected(what.error());
        labels::Transaction transaction(document, "Import");
        formats::ReadContext read{.transaction = transaction, .document = document};
        read.pts_of_frame = [](labels::AssetId, std::int64_t) { return labels::k_no_pts; };
        auto report = formats::read_files(*what, read);
        if (report) transaction.commit();
        return report;
    };
    const labels::State state = mask_project();
    for (const char* id : {"geotiff", "cog", "png-masks", "npz"}) {
        INFO("format ", id);
        const TempDir dir;
        formats::WriteContext context = write_context(state);
        if (std::string(id) == "png-masks") context.options["colours"] = "yes";
        REQUIRE(formats::find_format(id)->write(state, dir.path() / "m", context));
        for (const bool named : {false, true}) {
            labels::Document document(without_labels(state));
            const auto report =
                read_folder(dir.path() / "m", document, named ? formats::find_format(id) : nullptr);
            REQUIRE_MESSAGE(report, (report ? "" : report.error().message));
            CHECK(report->layers == 2);
            CHECK(describe_masks(document.state()) == describe_masks(state));
        }
        labels::Document document(without_labels(state));
        const auto none = read_folder(dir.path() / "m", document, formats::find_format("flatgeobuf"));
        REQUIRE(!none);
        CHECK(none.error().message.find("This is a folder") != std::string::npos);
        const std::string extension(formats::find_format(id)->extensions.front());
        const std::string whole = read_text(dir.path() / "m" / ("scene.tif.Land cover" + extension));
        dir.write("m/scene.tif.cut off" + extension, whole.substr(0, 30));
        CHECK(!read_folder(dir.path() / "m", document));
        CHECK(document.state().mask_layers.empty());
    }
    for (const auto* driver :
         {static_cast<const formats::FormatDriver*>(nullptr), formats::find_format("geotiff")}) {
        const auto missing = formats::files_to_read("no such file.tif", driver);
        REQUIRE(!missing);
        CHECK(missing.error().message.starts_with("There is no file here; check the name"));
    }
}
