// limn grid: the inspection grid through the binary.

#include "program.h"

using namespace program;

namespace {

std::string with_raster(const Folder& folder) {
    const std::string project = folder / "p.limn";
    REQUIRE(run({"gdal_create", "-q", "-of", "GTiff", "-outsize", "1000", "600", "-bands", "1", "-burn", "9",
                 folder / "scene.tif"})
                .exit_code == 0);
    limn_ok({"new", project});
    limn_ok({"add", project, folder / "scene.tif"});
    return project;
}

}  // namespace

TEST_CASE("grid cuts a raster, marks tiles and says how far one has got, each as one undo step") {
    const Folder folder;
    const std::string project = with_raster(folder);
    CHECK(limn_ok({"grid", project}) == "scene.tif: no inspection grid; --tile makes one\n");
    CHECK(limn_json({"grid", project})["grid"].IsNull());
    CHECK(limn_ok({"grid", project, "--tile", "200", "--overlap", "16", "--mark", "0:3=done", "--mark",
                   "7=doubtful"}) ==
          "scene.tif: 5 x 3 tiles of 200 px, overlap 16 px; 3 of 15 done, 1 doubtful, 11 to do\n");
    CHECK(limn_json({"log", project}).Size() == 2);
    const auto json = limn_json({"grid", project, "--mark", "1=todo"});
    CHECK(json["asset"].GetString() == std::string{"scene.tif"});
    CHECK(json["grid"]["marks"].GetString() == std::string{"1+1-1+4-1?7-"});
    CHECK(json["grid"]["cells"].GetInt() == 15);
    CHECK(json["grid"]["area"][2].GetInt() == 1000);
    limn_ok({"grid", project, "--overlap", "0"});  // the same tiles keep their marks
    CHECK(limn_json({"grid", project})["grid"]["done"].GetInt() == 2);
    CHECK(limn_json({"grid", project, "--area", "100,100,300,300"})["grid"]["marks"].GetString() ==
          std::string{"4-"});
    limn_ok({"undo", project, "-n", "2"});
    CHECK(limn_json({"grid", project})["grid"]["overlap"].GetInt() == 16);
    CHECK(limn_json({"grid", project, "--mark", "all=done"})["grid"]["todo"].GetInt() == 0);
    limn_ok({"grid", project, "--remove"});
    CHECK(limn_json({"grid", project})["grid"].IsNull());
    limn_ok({"check", project});
}

TEST_CASE("grid goes through Limn's JSON") {
    const Folder folder;
    const std::string project = with_raster(folder);
    limn_ok({"grid", project, "--tile", "200", "--mark", "4=doubtful"});
    limn_ok({"export", project, "--format", "limn", "-o", folder / "out.json"});
    limn_ok({"new", folder / "q.limn"});
    limn_ok({"import", folder / "q.limn", folder / "out.json"});
    CHECK(limn_json({"grid", folder / "q.limn"})["grid"]["marks"].GetString() == std::string{"4-1?10-"});
}

TEST_CASE("grid refuses what it cannot cut or mark and leaves the project as it was") {
    const Folder folder;
    const std::string project = with_raster(folder);
    check_fails({"grid", project, "--mark", "1=done"}, "scene.tif");
    limn_ok({"grid", project, "--tile", "200"});
    check_fails({"grid", project, "--mark", "15=done"}, "scene.tif");
    check_fails({"grid", project, "--area", "0,0,1001,600"}, "scene.tif");
    check_fails({"grid", project, "--area", "0,0,0,600"}, "scene.tif");
    check_fails({"grid", project, "--overlap", "201"}, "scene.tif");
    check_wrong_usage({"grid", project, "--tile", "0"});
    check_wrong_usage({"grid", project, "--mark", "1=seen"});
    check_wrong_usage({"grid", project, "--area", "1,2,3"});
    check_wrong_usage({"grid", project, "--remove", "--tile", "5"});
    CHECK(limn_json({"log", project}).Size() == 2);
    const Folder other;
    const std::string film = labelled_project(other);
    check_fails({"grid", film, "--tile", "8"}, "clip.mp4");
}
