// limn mask: pixel masks through the binary, on media whose samples are known.

#include <map>

#include "program.h"

using namespace program;

namespace {

std::string with(const Folder& folder, const std::string& medium) {
    const std::string project = folder / "p.limn";
    limn_ok({"new", project});
    limn_ok({"add", project, medium});
    return project;
}

// 600 x 400 pixels, 3 bands of 10, 20 and 30, in UTM: 10 m a pixel.
std::string with_raster(const Folder& folder) {
    const std::string scene = folder / "scene.tif";
    REQUIRE(run({"gdal_create", "-q",      "-of",    "GTiff",   "-outsize", "600",     "400", "-bands",
                 "3",           "-burn",   "10",     "-burn",   "20",       "-burn",   "30",  "-a_srs",
                 "EPSG:32633",  "-a_ullr", "500000", "5000000", "506000",   "4996000", scene})
                .exit_code == 0);
    return with(folder, scene);
}

// 300 x 200 pixels of one band: the value is 1 + x / 100, and 9 in rows 100 to 109.
std::string stripes(const Folder& folder) {
    std::string grid = "ncols 300\nnrows 200\nxllcorner 0\nyllcorner 0\ncellsize 1\n";
    for (int y = 0; y < 200; ++y) {
        for (int x = 0; x < 300; ++x) grid += y / 10 == 10 ? "9 " : std::to_string(1 + x / 100) + " ";
        grid += "\n";
    }
    const std::string text = folder.write("stripes.asc", grid), scene = folder / "stripes.tif";
    REQUIRE(run({"gdal_translate", "-q", "-ot", "Byte", text, scene}).exit_code == 0);
    return with(folder, scene);
}

struct Counted {
    std::int64_t pixels = 0;
    double percent = 0, hectares = 0;
};
// By class, "" being what nobody has labelled; of the first layer that is told of.
std::map<std::string, Counted> counted(std::vector<std::string> words) {
    words.insert(words.begin(), "mask");
    words.emplace_back("--stats");
    const auto json = limn_json(words);
    std::map<std::string, Counted> found;
    REQUIRE(json["layers"].Size() > 0);
    for (const auto& value : json["layers"][0]["values"].GetArray()) {
        Counted& one = found[value["class"].IsNull() ? "" : value["class"].GetString()];
        one.pixels += value["pixels"].GetInt64();
        one.percent += value["percent"].GetDouble();
        if (value["hectares"].IsNumber()) one.hectares += value["hectares"].GetDouble();
    }
    return found;
}
std::int64_t pixels(std::vector<std::string> words, const std::string& of_class) {
    return counted(std::move(words))[of_class].pixels;
}
std::string name_of_last(const std::string& project) {
    const auto log = limn_json({"log", project});
    return log[log.Size() - 1]["name"].GetString();
}

}  // namespace

TEST_CASE("mask paints shapes pixel by pixel, each call as one undo step") {
    const Folder folder;
    const std::string project = with_raster(folder);
    CHECK(limn_ok({"mask", project}).starts_with("scene.tif: no mask"));
    CHECK(limn_json({"mask", project})["layers"].Size() == 0);
    // The layer and the class are made; centres of pixels within the radius belong to a disc.
    CHECK(pixels({project, "--class", "road", "--disc", "100.5,100.5,2.1"}, "road") == 13);
    CHECK(limn_json({"log", project}).Size() == 2);
    CHECK(name_of_last(project) == "Paint road");
    CHECK(pixels({project, "--rectangle", "10,20,30,40"}, "road") == 13 + 1200);
    CHECK(pixels({project, "--rectangle", "10,20,30,40", "--erase"}, "road") == 13);
    CHECK(name_of_last(project) == "Erase");
    CHECK(pixels({project, "--clear", "--stroke", "100,10.5,199.9,10.5,0.4", "--ellipse", "300,100,4,2"},
                 "road") == 100 + 8);
    CHECK(name_of_last(project) == "Clear, paint road");
    limn_ok({"undo", project, "-n", "3"});
    CHECK(pixels({project}, "road") == 13);
    limn_ok({"redo", project, "-n", "3"});
    CHECK(pixels({project}, "road") == 108);
    const auto json = limn_json({"mask", project, "--rectangle", "0,0,600,256"});
    CHECK(json["changed"].GetBool());
    const auto& layer = json["layers"][0];
    CHECK(layer["name"].GetString() == std::string{"mask"});
    CHECK(layer["kind"].GetString() == std::string{"classes"});
    CHECK(layer["bits"].GetInt() == 8);
    CHECK(layer["width"].GetInt() == 600);
    CHECK(layer["tiles"]["uniform"].GetInt() == 3);
    CHECK(layer["tiles"]["with_samples"].GetInt() == 0);
    CHECK(limn_ok({"mask", project, "--rectangle", "0,0,600,256"}).starts_with("Nothing changed\n"));
    CHECK(limn_json({"check", project})["clean"].GetBool());
}

TEST_CASE("mask takes polygons from lines and from WKT, with holes") {
    const Folder folder;
    const std::string project = with_raster(folder);
    const std::string lines = folder.write(
        "ring.txt", "# a square with a hole\n10 10\n30 10\n30,30\n10, 30\n\n15 15\n20 15\n20 20\n15 20\n");
    const std::string wkt = folder.write(
        "two.wkt",
        "MULTIPOLYGON Z (((0 0 1, 10 0 1, 10 10 1, 0 10 1, 0 0 1), (2 2 1, 4 2 1, 4 4 1, 2 4 1, 2 2 1)), "
        "((100 100 1, 110 100 1, 110 105 1, 100 105 1, 100 100 1)))\n");
    CHECK(pixels({project, "--class", "field", "--polygon", lines}, "field") == 400 - 25);
    CHECK(pixels({project, "--clear", "--polygon", wkt}, "field") == 96 + 50);
    for (const char* wrong : {"1 2\n3 x\n", "", "POINT (3 4)", "POLYGON ((1 2, 3 4", "1 1\n2 2\n",
                              "POLYGON EMPTY", "POLYGON ((1 1, 2 2, nan 4))"}) {
        CAPTURE(wrong);
        check_fails({"mask", project, "--polygon", folder.write("wrong.txt", wrong)}, folder / "wrong.txt");
    }
    check_fails({"mask", project, "--polygon", folder / "none.txt"}, folder / "none.txt");
    CHECK(pixels({project}, "field") == 146);
}

TEST_CASE("mask fills by threshold, wand and what is in the mask, within an area") {
    const Folder folder;
    const std::string project = stripes(folder);
    CHECK(pixels({project, "--class", "a", "--threshold", "b1 > 1 and b1 < 9"}, "a") == 200 * 190);
    CHECK(pixels({project, "--clear", "--threshold", "b1 == 2", "--area", "90,95,20,20"}, "a") == 10 * 10);
    CHECK(name_of_last(project) == "Clear, fill a");
    // The band of nines parts the stripes; a tolerance of one joins two of them.
    CHECK(pixels({project, "--clear", "--wand", "150,20"}, "a") == 100 * 100);
    CHECK(pixels({project, "--clear", "--wand", "50,20", "--tolerance", "1"}, "a") == 200 * 100);
    CHECK(pixels({project, "--clear", "--wand", "150,20", "--area", "140,0,20,50"}, "a") == 20 * 50);
    CHECK(pixels({project, "--clear", "--wand", "150,20", "--bands", "1", "--erase"}, "a") == 0);
}

TEST_CASE("mask binds painting to an expression and to what may be painted over") {
    const Folder folder;
    const std::string project = stripes(folder);
    CHECK(pixels({project, "--class", "a", "--rectangle", "50,90,100,20", "--where", "b1 == 1"}, "a") ==
          50 * 10);
    limn_ok({"mask", project, "--clear"});
    const std::string classes =
        folder.write("classes.json", R"({"classes":[{"name":"a"},{"name":"b"},{"name":"c"}]})");
    limn_ok({"ontology", project, "--set", classes});
    limn_ok({"mask", project, "--class", "a", "--rectangle", "0,0,100,100"});
    limn_ok({"mask", project, "--class", "b", "--rectangle", "100,0,100,100"});
    auto now = counted({project, "--class", "c", "--rectangle", "50,50,200,10", "--never-over", "a"});
    CHECK(now["a"].pixels == 10000);
    CHECK(now["c"].pixels == 1500);
    now = counted({project, "--class", "c", "--rectangle", "50,70,200,10", "--only-over", "a,unlabelled"});
    CHECK(now["b"].pixels == 10000 - 1000);
    CHECK(now["c"].pixels == 1500 + 1000);
    // What hangs together in the mask: the rest of a below its two strips, joined past their ends.
    CHECK(pixels({project, "--class", "b", "--flood", "10,90"}, "a") == 0);
    // Order counts, on the command line alone.
    CHECK(pixels({project, "--clear", "--class", "a", "--rectangle", "0,0,10,10"}, "a") == 100);
    CHECK(pixels({project, "--class", "a", "--rectangle", "0,0,10,10", "--clear"}, "a") == 0);
    CHECK(
        pixels({project, "--class", "a", "--disc", "20.5,20.5,0", "--grow", "3", "--rectangle", "100,0,9,9"},
               "a") == 29 + 81);
}

TEST_CASE("mask changes what is there by every operation") {
    const Folder folder;
    const std::string project = with_raster(folder);
    limn_ok({"mask", project, "--class", "a", "--rectangle", "250,250,20,20", "--disc", "100.5,100.5,0"});
    CHECK(pixels({project, "--remove-islands", "2"}, "a") == 400);
    CHECK(pixels({project, "--shrink", "2"}, "a") == 256);
    CHECK(name_of_last(project) == "Shrink");
    CHECK(pixels({project, "--open", "20"}, "a") == 0);
    limn_ok({"undo", project});
    CHECK(pixels({project, "--erase", "--rectangle", "258,258,2,2"}, "a") == 252);
    CHECK(pixels({project, "--fill-holes", "4"}, "a") == 252);
    CHECK(pixels({project, "--fill-holes", "0"}, "a") == 256);
    CHECK(pixels({project, "--erase", "--disc", "258.5,258.5,0"}, "a") == 255);
    CHECK(pixels({project, "--close", "2"}, "a") == 256);
    CHECK(pixels({project, "--class", "a", "--disc", "20.5,20.5,0", "--smooth", "1"}, "a") == 252);
    check_wrong_usage({"mask", project, "--grow", "257"});
    check_wrong_usage({"mask", project, "--grow", "x"});
    check_wrong_usage({"mask", project, "--fill-holes", "-1"});
    CHECK(limn_json({"check", project})["clean"].GetBool());
}

TEST_CASE("mask recodes, and combines the masks of one medium by their classes") {
    const Folder folder;
    const std::string project = with_raster(folder);
    limn_ok(
        {"ontology", project, "--set", folder.write("c.json", R"({"classes":[{"name":"a"},{"name":"b"}]})")});
    limn_ok({"mask", project, "--class", "a", "--rectangle", "0,0,10,10"});
    limn_ok({"mask", project, "--class", "b", "--rectangle", "20,0,10,20"});
    auto now = counted({project, "--recode", "a=b,b=a"});  // all at once
    CHECK(now["a"].pixels == 200);
    CHECK(now["b"].pixels == 100);
    now = counted({project, "--recode", "b=0,unlabelled=2"});
    CHECK(now["b"].pixels == 600 * 400 - 300);
    CHECK(now[""].pixels == 100);
    limn_ok({"undo", project, "-n", "2"});
    // In the other mask b has the value 1.
    limn_ok({"mask", project, "--new-layer", "other", "--class", "b", "--rectangle", "5,5,100,10"});
    const std::vector<std::string> on_first = {project, "--layer", "mask"};
    const auto first = [&](std::vector<std::string> words) {
        words.insert(words.begin(), on_first.begin(), on_first.end());
        auto found = counted(words);
        limn_ok({"undo", project});
        return found;
    };
    now = first({"--unite", "other"});
    CHECK(now["a"].pixels == 100);
    CHECK(now["b"].pixels == 200 + 1000 - 25 - 100);
    now = first({"--subtract", "2"});
    CHECK(now["a"].pixels == 75);
    CHECK(now["b"].pixels == 100);
    now = first({"--intersect", "other"});
    CHECK(now["a"].pixels == 25);
    CHECK(now["b"].pixels == 100);
    check_fails({"mask", project, "--layer", "1", "--unite", "third"}, "scene.tif");
    check_fails({"mask", project, "--layer", "1", "--recode", "7=a"}, "scene.tif");
    check_wrong_usage({"mask", project, "--layer", "1", "--recode", "a"});
}

TEST_CASE("mask makes, names, lists and removes layers") {
    const Folder folder;
    const std::string project = with_raster(folder);
    limn_ok({"mask", project, "--new-layer", "trees", "--kind", "instances"});
    CHECK(name_of_last(project) == "Add the mask trees");
    limn_ok({"mask", project, "--class", "tree", "--disc", "50.5,50.5,2.1"});
    limn_ok({"mask", project, "--class", "tree", "--disc", "90.5,50.5,2.1", "--disc", "99.5,50.5,2.1"});
    limn_ok({"mask", project, "--object", "1", "--rectangle", "0,0,2,2"});
    const auto trees = limn_json({"mask", project, "--stats"});
    const auto& values = trees["layers"][0]["values"];
    CHECK(trees["layers"][0]["bits"].GetInt() == 16);
    REQUIRE(values.Size() == 3);
    CHECK(values[1]["pixels"].GetInt() == 17);
    CHECK(values[2]["pixels"].GetInt() == 26);
    CHECK(values[2]["class"].GetString() == std::string{"tree"});
    CHECK(limn_ok({"mask", project}) == "  1  trees  instances, 600 x 400 px, 16 bits; 2 objects: tree\n");
    check_fails({"mask", project, "--object", "3", "--disc", "1,1,1"}, "scene.tif");
    limn_ok({"mask", project, "--new-layer", "ground", "--class", "tree", "--disc", "9,9,3"});
    CHECK(lines(limn_ok({"mask", project})).size() == 2);
    CHECK(limn_json({"ls", project})["assets"][0]["masks"].GetInt() == 2);
    check_fails({"mask", project, "--disc", "1,1,1"}, "scene.tif");  // which of them?
    check_fails({"mask", project, "--new-layer", "trees"}, "scene.tif");
    check_fails({"mask", project, "--layer", "2", "--rename", "trees"}, "scene.tif");
    const std::string id = limn_json({"mask", project, "--layer", "ground"})["layers"][0]["id"].GetString();
    limn_ok({"mask", project, "--layer", id, "--rename", "soil"});
    CHECK(name_of_last(project) == "Rename the mask ground");
    limn_ok({"mask", project, "--layer", "soil", "--remove-layer"});
    CHECK(limn_json({"mask", project})["layers"].Size() == 1);
    CHECK(limn_ok({"log", project}).find("[masks -1, masks: 1 tile]") != std::string::npos);
    limn_ok({"undo", project});
    CHECK(limn_json({"mask", project, "--layer", "soil"})["layers"][0]["tiles"]["with_samples"].GetInt() ==
          1);
    CHECK(limn_json({"check", project})["clean"].GetBool());
}

TEST_CASE("mask measures on the ellipsoid, row by row in longitudes and latitudes") {
    const Folder folder;
    const std::string project = with_raster(folder);
    // 10,000 pixels of 100 m², on a UTM zone's middle where lengths are drawn 0.9996 times as long.
    const auto utm = counted({project, "--class", "a", "--rectangle", "0,0,100,100"})["a"];
    CHECK(utm.hectares == doctest::Approx(100 / (0.9996 * 0.9996)).epsilon(1e-5));
    CHECK(utm.percent == doctest::Approx(100.0 * 10000 / 240000));

    const Folder world;
    REQUIRE(run({"gdal_create", "-q", "-of", "GTiff", "-outsize", "360", "180", "-bands", "1", "-burn", "1",
                 "-a_srs", "EPSG:4326", "-a_ullr", "-180", "90", "180", "-90", world / "world.tif"})
                .exit_code == 0);
    const std::string globe = with(world, world / "world.tif");
    // WGS 84: a hemisphere has 255,032,810.857 km².
    auto now = counted({globe, "--class", "north", "--rectangle", "0,0,360,90"});
    CHECK(now["north"].hectares == doctest::Approx(25'503'281'085.7).epsilon(1e-5));
    CHECK(now[""].hectares == doctest::Approx(25'503'281'085.7).epsilon(1e-5));
    // One degree at the equator, and one at 60 degrees, by the formula of Snyder 1987 (3-11).
    now = counted({globe, "--clear", "--rectangle", "10,89,1,1"});
    CHECK(now["north"].hectares == doctest::Approx(1'230'846.389).epsilon(1e-6));
    now = counted({globe, "--clear", "--rectangle", "10,29,1,1"});
    CHECK(now["north"].hectares == doctest::Approx(612'314.088).epsilon(1e-6));
}

TEST_CASE("mask works without its medium as far as no sample is needed") {
    const Folder folder;
    const std::string project = stripes(folder);
    fs::remove(folder / "stripes.tif");
    CHECK(pixels({project, "--class", "a", "--rectangle", "10,10,20,20", "--grow", "1", "--flood", "200,100"},
                 "a") == 300 * 200);
    for (const std::vector<std::string>& step : {std::vector<std::string>{"--threshold", "b1 > 1"},
                                                 {"--wand", "5,5"},
                                                 {"--rectangle", "1,1,5,5", "--where", "b1 > 1"}}) {
        std::vector<std::string> words = {"mask", project, "--clear"};
        words.insert(words.end(), step.begin(), step.end());
        CHECK(check_fails(words, folder.path().string()).find("stripes.tif") != std::string::npos);
    }
    CHECK(pixels({project}, "a") == 300 * 200);  // not cleared either
}

TEST_CASE("mask paints a layer of ten gigapixels without its size in memory or time") {
    const Folder folder;
    REQUIRE(run({"gdal_create", "-q", "-of", "GTiff", "-outsize", "100", "100", "-bands", "1", "-burn", "7",
                 folder / "small.tif"})
                .exit_code == 0);
    REQUIRE(run({"gdal_translate", "-q", "-of", "VRT", "-outsize", "100000", "100000", folder / "small.tif",
                 folder / "huge.vrt"})
                .exit_code == 0);
    const std::string project = with(folder, folder / "huge.vrt");
    auto now = counted({project, "--class", "a", "--rectangle", "0,0,100000,100000", "--clear"});
    CHECK(now[""].pixels == 10'000'000'000);
    now = counted({project, "--class", "a", "--disc", "50000,50000,20000"});
    CHECK(now["a"].pixels == doctest::Approx(3.14159265 * 4e8).epsilon(1e-6));
    const auto json = limn_json({"mask", project, "--threshold", "b1 == 7", "--area", "1000,1000,300,300"});
    CHECK(json["layers"][0]["bytes"].GetInt64() < 64 << 20);
    CHECK(pixels({project, "--flood", "0,0"}, "a") == 10'000'000'000);
    limn_ok({"undo", project});
    CHECK(pixels({project, "--wand", "99999,99999", "--area", "99000,99000,1000,1000", "--clear"}, "a") == 0);
    CHECK(limn_json({"check", project})["clean"].GetBool());
}

TEST_CASE("mask works on pictures and refuses films") {
    const Folder folder;
    REQUIRE(run({"ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=c=red:size=64x48", "-frames:v", "1",
                 folder / "red.png"})
                .exit_code == 0);
    const std::string project = with(folder, folder / "red.png");
    CHECK(pixels({project, "--class", "a", "--rectangle", "0,0,32,48"}, "a") == 32 * 48);
    CHECK(pixels({project, "--clear", "--threshold", "b1 > 200 and b2 < 50"}, "a") == 64 * 48);
    const Folder other;
    const std::string film = labelled_project(other);
    check_fails({"mask", film, "--class", "ball", "--disc", "5,5,2"}, "clip.mp4");
}

TEST_CASE("mask mirrors a class within its bounds and snaps it to its neighbours") {
    const Folder folder;
    const std::string project = with_raster(folder);
    limn_ok({"ontology", project, "--set", folder.write("classes.json", R"({"classes":["a","b"]})")});
    limn_ok({"mask", project, "--class", "b", "--rectangle", "13,0,50,50"});
    // Two of three pixels lie left; mirrored, two lie right.
    limn_ok({"mask", project, "--class", "a", "--rectangle", "10,10,1,2", "--rectangle", "11,11,1,1"});
    CHECK(pixels({project, "--class", "a", "--flip-horizontal"}, "a") == 3);
    CHECK(pixels({project, "--erase", "--rectangle", "11,10,1,2"}, "a") == 1);
    CHECK(pixels({project, "--class", "a", "--flip-vertical", "--flip-horizontal"}, "a") == 1);
    // From x 10 to 12 a gap of two pixels is left to b.
    limn_ok({"mask", project, "--class", "a", "--rectangle", "0,0,11,50"});
    CHECK(pixels({project, "--class", "a", "--snap", "1"}, "a") == 11 * 50);
    CHECK(pixels({project, "--class", "a", "--snap", "3"}, "a") == 13 * 50 - 2);  // round at its open end
    CHECK(pixels({project}, "b") == 50 * 50);
    CHECK(check_fails({"mask", project, "--snap", "3"}, "scene.tif").find("--class") != std::string::npos);
}

TEST_CASE("mask refuses what it cannot do and leaves the project as it was") {
    const Folder folder;
    const std::string project = with_raster(folder);
    check_fails({"mask", project, "--disc", "5,5,2"}, "scene.tif");  // of which class?
    check_fails({"mask", project, "--grow", "2"}, "scene.tif");      // of which mask?
    check_fails({"mask", project, "--class", "a", "--rectangle", "0,0,9,9", "--wand", "600,5"}, "scene.tif");
    check_fails({"mask", project, "--class", "a", "--threshold", "b4 > 1"}, folder / "scene.tif");
    check_fails({"mask", project, "--class", "a", "--threshold", "b1 >"}, folder / "scene.tif");
    check_fails({"mask", project, "--class", "a", "--wand", "5,5", "--bands", "4"}, folder / "scene.tif");
    check_fails({"mask", project, "--class", "a", "--disc", "5,5,2", "--only-over", "b"}, "scene.tif");
    CHECK(limn_json({"log", project}).Size() == 1);
    limn_ok({"mask", project, "--class", "a", "--disc", "5,5,2"});
    CHECK(check_fails({"mask", project, "--class", "b", "--disc", "5,5,2"}, project)
              .find("the classes are a") != std::string::npos);
    check_fails({"mask", project, "--layer", "x", "--disc", "5,5,2"}, "scene.tif");
    CHECK(limn_json({"log", project}).Size() == 2);
    for (const std::vector<std::string>& words : {std::vector<std::string>{"--disc", "5,5"},
                                                  {"--disc", "5,5,-1"},
                                                  {"--disc", "5,5,x"},
                                                  {"--disc", "nan,5,1"},
                                                  {"--rectangle", "1,2,3,-4"},
                                                  {"--flood", "1,2,3"},
                                                  {"--threshold", ""},
                                                  {"--class", "a"},
                                                  {"--erase"},
                                                  {"--class", "a", "--erase", "--disc", "5,5,1"},
                                                  {"--disc", "5,5,1", "--area", "0,0,5,5"},
                                                  {"--wand", "5,5", "--tolerance", "-1"},
                                                  {"--disc", "5,5,1", "--tolerance", "1"},
                                                  {"--wand", "5,5", "--area", "0,0,5,0"},
                                                  {"--disc", "5,5,1", "--kind", "instances"},
                                                  {"--new-layer", "b", "--kind", "other"},
                                                  {"--new-layer", "b", "--layer", "1"},
                                                  {"--remove-layer", "--disc", "5,5,1"},
                                                  {"--remove-layer", "--rename", "b"},
                                                  {"--blur", "3"}}) {
        std::vector<std::string> all = {"mask", project};
        all.insert(all.end(), words.begin(), words.end());
        CAPTURE(words.front());
        check_wrong_usage(all);
    }
    CHECK(limn_json({"log", project}).Size() == 2);
    CHECK(limn_json({"check", project})["clean"].GetBool());
}

TEST_CASE("a class that masks use is not removed unseen, and by force its pixels are unlabelled") {
    const Folder folder;
    const std::string project = with_raster(folder);
    limn_ok({"mask", project, "--class", "water", "--rectangle", "0,0,100,100"});
    const std::string classes = folder.write("classes.json", R"({"classes":["forest"]})");
    const auto refused = limn({"ontology", project, "--set", classes});
    CHECK(refused.exit_code == 1);
    CHECK(refused.err.find("water (1 mask)") != std::string::npos);
    limn_ok({"ontology", project, "--set", classes, "--force"});
    CHECK(pixels({project}, "") == 600 * 400);
    limn_ok({"check", project});
    limn_ok({"undo", project});
    CHECK(pixels({project}, "water") == 10000);
}

TEST_CASE("masks are exported with the options and the classes that the command line names") {
    const Folder folder;
    const std::string project = with_raster(folder);
    const std::string classes = folder.write("classes.json", R"({"classes":["water","road"]})");
    limn_ok({"ontology", project, "--set", classes});
    limn_ok({"mask", project, "--class", "water", "--rectangle", "0,0,200,100"});
    limn_ok({"mask", project, "--class", "road", "--rectangle", "300,100,50,50"});
    const std::string chips = folder / "chips";
    const auto report = limn_json({"export", project, "--format", "chips", "--out", chips, "--option",
                                   "size=100", "--option", "val=0", "--option", "test=0"});
    CHECK(report["mask_layers"].GetInt() == 1);
    CHECK(report["tracks"].GetInt() == 0);
    int images = 0;
    for (const auto& one : std::filesystem::recursive_directory_iterator{chips}) {
        if (one.path().extension() != ".tif") continue;
        ++images;
        const Ran told = run({"gdalinfo", one.path()});
        CHECK(told.out.find("Size is 100, 100") != std::string::npos);
    }
    CHECK(images == 2 * 3);  // of 24 chips two lie in the water and one holds the road: picture and mask each
    check_fails({"export", project, "--format", "chips", "--out", folder / "no", "--option", "size=0"},
                folder / "no");
    check_fails({"export", project, "--format", "chips", "--out", folder / "no", "--option", "sise=8"},
                folder / "no");
    check_wrong_usage({"export", project, "--format", "chips", "--out", folder / "no", "--option", "size"});
    CHECK(!std::filesystem::exists(folder / "no"));

    const std::string roads = folder / "roads.tif";
    limn_ok({"export", project, "--format", "geotiff", "--out", roads, "--class", "road"});
    CHECK(run({"gdallocationinfo", "-valonly", roads, "320", "120"}).out != "0\n");
    CHECK(run({"gdallocationinfo", "-valonly", roads, "20", "20"}).out == "0\n");
}

TEST_CASE("what a call of mask cannot mean is refused, and adds nothing") {
    const Folder folder;
    const std::string project = stripes(folder);
    limn_ok({"mask", project, "--class", "a", "--rectangle", "50,50,10,10"});
    for (const std::vector<std::string>& words : {std::vector<std::string>{"--clear", "--where", "b1 > 1"},
                                                  {"--class", "a", "--clear"},
                                                  {"--class", "a", "--grow", "2", "--where", "b1 > 1"},
                                                  {"--new-layer", "", "--rectangle", "0,0,9,9"}}) {
        std::vector<std::string> call = {"mask", project};
        call.insert(call.end(), words.begin(), words.end());
        CHECK(limn(call).exit_code == 2);
    }
    CHECK(check_fails({"mask", project, "--class", "new", "--rectangle", "0,0,9,9"}, project)
              .find("--add-class") != std::string::npos);
    CHECK(pixels({project, "--class", "new", "--add-class", "--rectangle", "0,0,10,10"}, "new") == 100);
}

TEST_CASE("erasing one object leaves the others under the disc") {
    const Folder folder;
    const std::string project = stripes(folder);
    limn_ok({"mask", project, "--new-layer", "objects", "--kind", "instances", "--class", "a", "--rectangle",
             "0,0,20,20"});
    limn_ok({"mask", project, "--layer", "objects", "--class", "a", "--rectangle", "20,0,20,20"});
    limn_ok({"mask", project, "--layer", "objects", "--erase", "--object", "2", "--rectangle", "0,0,40,20"});
    CHECK(pixels({project, "--layer", "objects"}, "a") == 400);
}
