// limn import, export, formats: labels in and out through the binary.

#include "program.h"

using namespace program;

namespace {

const std::string k_mot = "1,1,10,10,20,20,1,1,1\n2,1,12,10,20,20,1,1,1\n3,1,14,10,20,20,1,1,1\n";

std::string empty_project(const Folder& folder, const std::string& name = "q.limn") {
    limn_ok({"new", folder / name});
    return folder / name;
}

std::string with_clip(const Folder& folder, const std::string& classes) {
    const std::string project = folder / "classes.limn";
    limn_ok({"new", project, "--ontology", folder.write("classes.json", classes)});
    limn_ok({"add", project, fs::exists(folder / "clip.mp4") ? folder / "clip.mp4" : copy_of_clip(folder)});
    return project;
}

std::string mot_file(const Folder& folder, const std::string& rows) {
    folder.write("mot/gt/labels.txt", "ball\n");
    return folder.write("mot/gt/gt.txt", rows);
}

std::int64_t keyframes(const std::string& project) {
    return limn_json({"info", project})["keyframes"].GetInt64();
}

}  // namespace

TEST_CASE("formats lists what each carries and loses") {
    const auto formats = limn_json({"formats"});
    std::vector<std::string> ids;
    for (const auto& format : formats.GetArray()) {
        ids.emplace_back(format["id"].GetString());
        CHECK(format["reads"].IsBool());
        CHECK(format["writes"].IsBool());
        CHECK(format["carries"].GetStringLength() > 10);
        CHECK(format["loses"].GetStringLength() > 0);
    }
    for (const char* id :
         {"limn", "cvat-video", "mot", "coco", "geojson", "gpkg", "shapefile", "flatgeobuf", "kml"})
        CHECK(std::ranges::find(ids, id) != ids.end());
    CHECK(limn_ok({"formats"}).find("cvat-video") != std::string::npos);
}

namespace {

// One raster of 0.5 m pixels in UTM, with a field of 40 by 20 m on it.
std::string placed_project(const Folder& folder) {
    const std::string ids = "00000000-0000-7000-8000-00000000000";
    const std::string crs =
        R"(PROJCS[\"WGS 84 / UTM zone 33N\",GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",)"
        R"(SPHEROID[\"WGS 84\",6378137,298.257223563]],PRIMEM[\"Greenwich\",0],)"
        R"(UNIT[\"degree\",0.0174532925199433]],PROJECTION[\"Transverse_Mercator\"],)"
        R"(PARAMETER[\"latitude_of_origin\",0],PARAMETER[\"central_meridian\",15],)"
        R"(PARAMETER[\"scale_factor\",0.9996],PARAMETER[\"false_easting\",500000],)"
        R"(PARAMETER[\"false_northing\",0],UNIT[\"metre\",1],AUTHORITY[\"EPSG\",\"32633\"]])";
    const std::string json = fmt::format(
        R"({{"limn":1,"ontology":{{"classes":[{{"id":"{0}1","name":"field"}}]}},)"
        R"("assets":[{{"id":"{0}2","name":"scene.tif","kind":"raster","width":1000,"height":800,"frame_count":1,)"
        R"("georeference":{{"crs":"{1}","geotransform":[500000,0.5,0,5200000,0,-0.5]}}}}],)"
        R"("tracks":[{{"id":"{0}3","asset":"{0}2","class":"{0}1","number":1,"shape":"box","extent":"picture",)"
        R"("keyframes":[{{"frame":0,"box":[10,20,90,60]}}]}}]}})",
        ids, crs);
    const std::string project = empty_project(folder);
    limn_ok({"import", project, folder.write("labels.json", json), "--format", "limn"});
    return project;
}

}  // namespace

TEST_CASE("labels of a raster are exported to the ground and measured in hectares") {
    const Folder folder;
    const std::string project = placed_project(folder);
    const auto listed = limn_json({"ls", project, "--areas"});
    const auto& area = listed["assets"][0]["areas"][0];
    CHECK(area["class"].GetString() == std::string{"field"});
    CHECK(area["count"].GetInt() == 1);
    CHECK(area["pixels"].GetDouble() == 3200);
    CHECK(area["hectares"].GetDouble() == doctest::Approx(0.08 / (0.9996 * 0.9996)).epsilon(1e-6));
    CHECK(limn_ok({"ls", project, "--areas"}).find("0.0801") != std::string::npos);

    const auto done = limn_json({"export", project, "--format", "geojson", "-o", folder / "out.geojson"});
    CHECK(done["tracks"].GetInt() == 1);
    const auto json = json_of(read(folder / "out.geojson"));
    const auto& corner = json["features"][0]["geometry"]["coordinates"][0][0];
    CHECK(corner[0].GetDouble() == doctest::Approx(15.00007).epsilon(1e-6));
    limn_ok({"export", project, "--format", "gpkg", "--crs", "EPSG:3035", "-o", folder / "out.gpkg"});
    CHECK(limn_json({"import", project, folder / "out.gpkg"})["imports"][0]["tracks"].GetInt() == 1);
    // What the format loses has been said by then, so this is not check_fails().
    const Ran refused =
        limn({"export", project, "--format", "geojson", "--crs", "EPSG:3035", "-o", folder / "b.geojson"});
    CHECK(refused.exit_code == 1);
    CHECK(refused.err.find("always in WGS 84") != std::string::npos);
    CHECK(refused.err.ends_with(folder / "b.geojson\n"));
    CHECK_FALSE(fs::exists(folder / "b.geojson"));
    CHECK(check_fails({"export", project, "--format", "coco", "--crs", "EPSG:3035", "-o", folder / "b.json"},
                      folder / "b.json")
              .find("leave --crs out") != std::string::npos);
}

TEST_CASE("import recognises the format, makes the classes of an empty project and is one undo step") {
    const Folder folder;
    const std::string project = empty_project(folder);
    limn_ok({"add", project, copy_of_clip(folder)});
    const auto done =
        limn_json({"import", project, mot_file(folder, k_mot), "--format", "mot", "--asset", "clip.mp4"});
    REQUIRE(done["imports"].Size() == 1);
    CHECK(done["imports"][0]["format"].GetString() == std::string{"mot"});
    CHECK(done["imports"][0]["tracks"].GetInt() == 1);
    CHECK(json_of(limn_ok({"ontology", project}))["classes"][0]["name"].GetString() == std::string{"ball"});
    CHECK(limn_json({"log", project}).Size() == 2);
    limn_ok({"undo", project});
    CHECK(json_of(limn_ok({"ontology", project}))["classes"].Size() == 0);
}

TEST_CASE("an imported keyframe carries the pts of its frame") {
    const Folder folder;
    const std::string project = labelled_project(folder);
    const std::string out = folder / "out.json";
    limn_ok({"export", project, "--format", "limn", "-o", out});
    const std::string frame20 = lines(limn_ok({"frames", clip(), "--at", "20"})).front();
    const std::string pts = frame20.substr(frame20.find(' ') + 1);
    const std::string text = read(out);
    CHECK(text.find("\"pts\":" + pts) != std::string::npos);
}

TEST_CASE("unknown classes are refused with their list, unless they may be added") {
    const Folder folder;
    const std::string project = with_clip(folder, R"({"classes": [{"name": "person"}]})");
    const std::string file = mot_file(folder, k_mot);
    const std::string before = limn_ok({"log", project});
    CHECK(check_fails({"import", project, file, "--format", "mot", "--asset", "1"}, file).find("ball") !=
          std::string::npos);
    CHECK(limn_ok({"log", project}) == before);
    limn_ok({"import", project, file, "--format", "mot", "--asset", "1", "--add-classes"});
    CHECK(json_of(limn_ok({"ontology", project}))["classes"].Size() == 2);
}

TEST_CASE("frames the medium does not have are refused and nothing changes") {
    const Folder folder;
    const std::string project = with_clip(folder, R"({"classes": [{"name": "ball"}]})");
    const std::string good = mot_file(folder, k_mot);
    const std::string before = limn_ok({"log", project});
    folder.write("bad/gt/labels.txt", "ball\n");
    const std::string bad = folder.write("bad/gt/gt.txt", "31,1,10,10,20,20,1,1,1\n");
    check_fails({"import", project, bad, "--format", "mot", "--asset", "1"}, bad);
    check_fails({"import", project, good, bad, "--format", "mot", "--asset", "1"}, bad);
    CHECK(limn_ok({"log", project}) == before);
    CHECK(limn_json({"info", project})["tracks"].GetInt() == 0);
}

TEST_CASE("files that are no labels are refused") {
    const Folder folder;
    const std::string project = with_clip(folder, R"({"classes": [{"name": "ball"}]})");
    const std::string before = limn_ok({"log", project});
    for (const std::string& file : {folder / "missing.xml", folder.write("empty.xml", ""),
                                    folder.write("cut.xml", "<annotations><track id=")}) {
        check_fails({"import", project, file}, file);
        for (const char* format : {"limn", "cvat-video", "coco"}) {
            check_fails({"import", project, file, "--format", format}, file);
        }
    }
    CHECK(limn_ok({"log", project}) == before);
}

TEST_CASE("export and import give the same labels") {
    const Folder folder;
    const std::string project = labelled_project(folder);
    const auto boxes_of = [&](const std::string& of, const std::string& name) {
        limn_ok({"export", of, "--format", "cvat-video", "-o", folder / name});
        std::vector<std::string> list = lines(read(folder / name));
        std::erase_if(list, [](const std::string& line) { return line.find("<box") == std::string::npos; });
        return list;
    };
    const std::vector<std::string> boxes = boxes_of(project, "first.xml");
    CHECK(boxes.size() > 20);
    for (const std::string format : {"limn", "cvat-video"}) {
        CAPTURE(format);
        const std::string out = folder / (format == "limn" ? "out.json" : "out.xml");
        limn_ok({"export", project, "--format", format, "-o", out});
        const std::string copy = empty_project(folder, format + ".limn");
        limn_ok({"add", copy, folder / "clip.mp4"});
        limn_ok({"import", copy, out, "--format", format});
        CHECK(limn_json({"info", copy})["tracks"].GetInt() == 2);
        CHECK(limn_json({"info", copy})["assets"].GetInt() == 1);
        CHECK(boxes_of(copy, format + ".again.xml") == boxes);
        CHECK(limn_json({"check", copy})["clean"].GetBool());
    }
}

TEST_CASE("export says what the format loses and what it wrote") {
    const Folder folder;
    const std::string project = labelled_project(folder);
    const std::string text = limn_ok({"export", project, "--format", "mot", "-o", folder / "mot1"});
    CHECK(text.find("loses: ") != std::string::npos);
    CHECK(text.find("2 tracks") != std::string::npos);
    const auto done = limn_json({"export", project, "--format", "mot", "-o", folder / "mot2"});
    CHECK(done["loses"].GetStringLength() > 0);
    CHECK(done["tracks"].GetInt() == 2);
    REQUIRE(done["files"].Size() > 0);
    for (const auto& file : done["files"].GetArray()) CHECK(fs::exists(file.GetString()));
}

TEST_CASE("export filters by frame and class") {
    const Folder folder;
    const std::string project = labelled_project(folder);
    limn_ok({"export", project, "--format", "mot", "-o", folder / "all"});
    limn_ok({"export", project, "--format", "mot", "-o", folder / "some", "--frames", "4:7"});
    const auto rows = [&](const std::string& name) { return lines(read(folder / (name + "/gt/gt.txt"))); };
    std::vector<std::string> expected = rows("all");
    CHECK(expected.size() == 21 + 25);
    std::erase_if(expected, [](const std::string& row) {
        const int frame = std::stoi(row);
        return frame < 5 || frame > 7;  // counted from 1 in the file
    });
    CHECK(expected.size() == 5);
    CHECK(rows("some") == expected);
    check_fails({"export", project, "--format", "mot", "-o", folder / "none", "--frames", "4:31"},
                "clip.mp4");
    check_fails({"export", project, "--format", "mot", "-o", folder / "none", "--class", "car"}, project);
    limn_ok({"export", project, "--format", "mot", "-o", folder / "ball", "--class", "ball"});
    CHECK(rows("ball") == rows("all"));
}

TEST_CASE("export writes the labelled pictures on request") {
    const Folder folder;
    const std::string project = labelled_project(folder);
    limn_ok({"export", project, "--format", "coco", "-o", folder / "coco", "--frames", "0:3", "--pictures"});
    int pictures = 0;
    for (const auto& entry : fs::recursive_directory_iterator{folder / "coco"})
        pictures += entry.path().extension() == ".png";
    CHECK(pictures == 3);
    fs::remove(folder / "clip.mp4");
    const Ran without = limn({"export", project, "--format", "coco", "-o", folder / "none", "--pictures"});
    CHECK(without.exit_code == 1);
    CHECK(lines(without.err).size() == 1);
    CHECK_FALSE(fs::exists(folder / "none"));
}

TEST_CASE("an export that fails leaves nothing behind and never replaces the project or its media") {
    const Folder folder;
    const std::string project = labelled_project(folder);
    const std::string medium = read(folder / "clip.mp4");
    check_fails({"export", project, "--format", "limn", "-o", project}, project);
    check_fails({"export", project, "--format", "limn", "-o", folder / "clip.mp4"}, folder / "clip.mp4");
    CHECK(read(folder / "clip.mp4") == medium);
    CHECK(limn_json({"check", project})["clean"].GetBool());
    const std::string in_file = folder.write("file", "") + "/out.json";
    const Ran ran = limn({"export", project, "--format", "limn", "-o", in_file});
    CHECK(ran.exit_code == 1);
    CHECK(lines(ran.err).size() == 1);
    CHECK(names_in(folder.path()) == std::vector<std::string>{"clip.mp4", "file", "labels.xml", "p.limn"});
}

TEST_CASE("import --thin keeps the keyframes interpolation needs") {
    const Folder folder;
    std::string rows;
    for (int frame = 1; frame <= 30; ++frame)
        rows += std::to_string(frame) + "," + "1," + std::to_string(frame) + ",5,8,8,1,1,1\n";
    const std::string file = mot_file(folder, rows);
    const std::string plain = with_clip(folder, R"({"classes": [{"name": "ball"}]})");
    limn_ok({"import", plain, file, "--format", "mot", "--asset", "1"});
    CHECK(keyframes(plain) == 30);
    const std::string thin = empty_project(folder, "thin.limn");
    limn_ok({"add", thin, folder / "clip.mp4"});
    const auto done = limn_json({"import", thin, file, "--format", "mot", "--asset", "1", "--thin", "0.5"});
    CHECK(done["imports"][0]["thinned_keyframes"].GetInt() == 28);
    CHECK(keyframes(thin) == 2);
    limn_ok({"export", plain, "--format", "mot", "-o", folder / "a"});
    limn_ok({"export", thin, "--format", "mot", "-o", folder / "b"});
    CHECK(read(folder / "a/gt/gt.txt") == read(folder / "b/gt/gt.txt"));
}

TEST_CASE("labels of other tools come in and go out again") {
    const fs::path data = fs::path{LIMN_SOURCE_DIR}.parent_path() / "shared/data/formats";
    if (!fs::exists(data)) {
        MESSAGE("skipped: there is no " << data.string());
        return;
    }
    const Folder folder;
    for (const std::string file :
         {"cvat/for_video/annotations.xml", "mot/mot_seq/gt/gt.txt", "mot/mot_seq_with_seqinfo/gt/gt.txt",
          "coco/coco_instances/annotations/instances_train.json"}) {
        CAPTURE(file);
        const std::string project =
            empty_project(folder, std::to_string(std::hash<std::string>{}(file)) + ".limn");
        limn_ok({"import", project, (data / file).string()});
        CHECK(limn_json({"info", project})["tracks"].GetInt() > 0);
        CHECK(limn_json({"info", project})["assets"].GetInt() > 0);
        limn_ok({"export", project, "--format", "limn", "-o", project + ".json"});
        CHECK(limn_json({"check", project})["clean"].GetBool());
    }
}
