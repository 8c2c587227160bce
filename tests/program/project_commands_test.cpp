// limn new, add, ls, ontology, log, undo, redo: a project from the command line.

#include <sys/stat.h>

#include "labels/project_file.h"
#include "program.h"

using namespace program;

namespace {

constexpr const char* k_two_classes = R"({"classes": [
  {"name": "ball", "color": "#ff0000", "attributes": [{"name": "size", "kind": "select", "values": ["s", "l"]}]},
  {"name": "person"}]})";

std::string class_id(const std::string& project, const std::string& name) {
    const auto ontology = json_of(limn_ok({"ontology", project}));
    for (const auto& one : ontology["classes"].GetArray()) {
        if (one["name"].GetString() == name) return one["id"].GetString();
    }
    return {};
}

}  // namespace

TEST_CASE("new makes an empty project that checks clean") {
    const Folder folder;
    const std::string project = folder / "p.limn";
    CHECK(limn_ok({"new", project}) == "");
    CHECK(limn_json({"ls", project})["assets"].Size() == 0);
    CHECK(limn_json({"check", project})["clean"].GetBool());
    CHECK(names_in(folder.path()) == std::vector<std::string>{"p.limn"});
}

TEST_CASE("new takes the classes of a file") {
    const Folder folder;
    const std::string project = folder / "p.limn";
    limn_ok({"new", project, "--ontology", folder.write("classes.json", k_two_classes)});
    const auto ontology = json_of(limn_ok({"ontology", project}));
    REQUIRE(ontology["classes"].Size() == 2);
    CHECK(ontology["classes"][0]["name"].GetString() == std::string{"ball"});
    CHECK(ontology["classes"][0]["attributes"][0]["name"].GetString() == std::string{"size"});
}

TEST_CASE("new refuses what is there, what cannot be written and classes it cannot read") {
    const Folder folder;
    const std::string there = folder.write("there.limn", "precious");
    check_fails({"new", there}, there);
    CHECK(read(there) == "precious");
    check_fails({"new", folder / "no/such/p.limn"}, folder / "no/such");
    const std::string bad = folder.write("bad.json", "{\"classes\": [");
    check_fails({"new", folder / "q.limn", "--ontology", bad}, bad);
    const std::string twice = folder.write("twice.json", R"({"classes": [{"name": "a"}, {"name": "a"}]})");
    check_fails({"new", folder / "q.limn", "--ontology", twice}, twice);
    check_fails({"new", folder / "q.limn", "--ontology", folder / "none.json"}, folder / "none.json");
    CHECK_FALSE(fs::exists(folder / "q.limn"));
}

TEST_CASE("add puts media in once, and ls lists them") {
    const Folder folder;
    const std::string project = folder / "p.limn";
    limn_ok({"new", project});
    CHECK(limn_ok({"add", project, copy_of_clip(folder)}) == "Added clip.mp4.\n");
    CHECK(limn_ok({"add", project, folder / "clip.mp4"}) == "Already had clip.mp4.\n");
    const auto list = limn_json({"ls", project});
    REQUIRE(list["assets"].Size() == 1);
    const auto& asset = list["assets"][0];
    CHECK(asset["number"].GetInt() == 1);
    CHECK(asset["name"].GetString() == std::string{"clip.mp4"});
    CHECK(asset["kind"].GetString() == std::string{"video"});
    CHECK(asset["width"].GetInt() == 64);
    CHECK(asset["frames"].GetInt() == 30);
    CHECK(asset["tracks"].GetInt() == 0);
    CHECK_FALSE(asset["missing"].GetBool());
    CHECK(limn_ok({"ls", project}).find("clip.mp4") != std::string::npos);
}

TEST_CASE("a medium that moved with its project is found, one that is gone is marked") {
    const Folder folder;
    const std::string project = labelled_project(folder);
    fs::create_directories(folder / "moved");
    fs::rename(project, folder / "moved/p.limn");
    fs::rename(folder / "clip.mp4", folder / "moved/other name.mp4");
    CHECK_FALSE(limn_json({"ls", folder / "moved/p.limn"})["assets"][0]["missing"].GetBool());
    fs::remove(folder / "moved/other name.mp4");
    CHECK(limn_json({"ls", folder / "moved/p.limn"})["assets"][0]["missing"].GetBool());
    CHECK(limn_ok({"ls", folder / "moved/p.limn"}).find("missing") != std::string::npos);
}

TEST_CASE("ls --tracks numbers the tracks of each asset") {
    const Folder folder;
    const std::string project = labelled_project(folder);
    const auto list = limn_json({"ls", project, "--tracks", "--asset", "1"});
    const auto& tracks = list["assets"][0]["track_list"];
    REQUIRE(tracks.Size() == 2);
    CHECK(tracks[0]["number"].GetInt() == 1);
    CHECK(tracks[0]["name"].GetString() == std::string{"ball 1"});
    CHECK(tracks[0]["class"].GetString() == std::string{"ball"});
    CHECK(tracks[0]["first_frame"].GetInt() == 0);
    CHECK(tracks[0]["last_frame"].GetInt() == 20);
    CHECK(tracks[1]["first_frame"].GetInt() == 5);
    CHECK(tracks[1]["last_frame"].GetInt() == 29);
    CHECK(limn_ok({"ls", project, "--tracks"}).find("ball 2") != std::string::npos);
    check_fails({"ls", project, "--asset", "7"}, project);
}

TEST_CASE("ontology --set keeps the identity of classes of the same name, in one edit") {
    const Folder folder;
    const std::string project = labelled_project(folder);
    const std::string ball = class_id(project, "ball");
    limn_ok({"ontology", project, "--set", folder.write("two.json", k_two_classes)});
    CHECK(class_id(project, "ball") == ball);
    CHECK(class_id(project, "person") != "");
    CHECK(limn_json({"ls", project, "--tracks"})["assets"][0]["track_list"][0]["class"].GetString() ==
          std::string{"ball"});
    CHECK(limn_json({"log", project}).Size() == 3);
    limn_ok({"undo", project});
    CHECK(class_id(project, "person") == "");
}

TEST_CASE("classes in use may not vanish unless forced, and undo brings them back") {
    const Folder folder;
    const std::string project = labelled_project(folder);
    const std::string other = folder.write("other.json", R"({"classes": [{"name": "person"}]})");
    CHECK(check_fails({"ontology", project, "--set", other}, project).find("ball (2 tracks)") !=
          std::string::npos);
    limn_ok({"ontology", project, "--set", other, "--force"});
    CHECK(limn_json({"info", project})["tracks"].GetInt() == 0);
    limn_ok({"undo", project});
    CHECK(limn_json({"info", project})["tracks"].GetInt() == 2);
    CHECK(limn_json({"check", project})["clean"].GetBool());
}

TEST_CASE("the log says who changed what") {
    const Folder folder;
    const std::string project = labelled_project(folder);
    const auto log = limn_json({"log", project});
    REQUIRE(log.Size() == 2);
    CHECK(log[0]["seq"].GetInt() == 1);
    CHECK(log[0]["author"].GetString() == std::string{"tester"});
    CHECK(log[0]["changes"]["assets"]["added"].GetInt() == 1);
    CHECK(log[1]["name"].GetString() == std::string{"Import labels.xml (cvat-video)"});
    CHECK(log[1]["changes"]["tracks"]["added"].GetInt() == 2);
    CHECK(log[1]["changes"]["keyframes"]["added"].GetInt() == 4);
    const auto newest = limn_json({"log", project, "-n", "1"});
    REQUIRE(newest.Size() == 1);
    CHECK(newest[0]["seq"].GetInt() == 2);
    CHECK(lines(limn_ok({"log", project})).size() == 2);
}

TEST_CASE("undo and redo survive the program's end and return to the same labels") {
    const Folder folder;
    const std::string project = labelled_project(folder);
    const auto hash = [&] { return std::string{limn_json({"info", project})["state_hash"].GetString()}; };
    const std::string labelled = hash();
    CHECK(limn_ok({"undo", project}) == "Undone: Import labels.xml (cvat-video)\n");
    CHECK(limn_json({"info", project})["tracks"].GetInt() == 0);
    CHECK(limn_ok({"redo", project}) == "Redone: Import labels.xml (cvat-video)\n");
    CHECK(hash() == labelled);
    CHECK(lines(limn_ok({"undo", project, "-n", "2"})).size() == 2);
    CHECK(limn_json({"ls", project})["assets"].Size() == 0);
    check_fails({"undo", project}, project);
    check_fails({"redo", project, "-n", "3"}, project);
    limn_ok({"redo", project, "-n", "2"});
    CHECK(hash() == labelled);
    CHECK(limn_json({"check", project})["clean"].GetBool());
}

TEST_CASE("what is no project is refused by every command") {
    const Folder folder;
    const std::vector<std::string> files = {folder / "missing.limn", folder.write("empty.limn", ""),
                                            folder.write("text.limn", "{}"),
                                            copy_of_clip(folder, "clip.limn")};
    const std::string labels = folder.write("labels.json", "{}");
    for (const std::string& file : files) {
        const std::string before = read(file);
        for (const std::vector<std::string>& words :
             {std::vector<std::string>{"ls", file},
              {"log", file},
              {"check", file},
              {"undo", file},
              {"redo", file},
              {"ontology", file},
              {"add", file, clip()},
              {"import", file, labels},
              {"export", file, "--format", "mot", "-o", folder / "out"}}) {
            check_fails(words, file);
        }
        CHECK(read(file) == before);
    }
    CHECK_FALSE(fs::exists(folder / "missing.limn"));
    CHECK_FALSE(fs::exists(folder / "out"));
}

TEST_CASE("while somebody writes a project it can be read but not changed") {
    const Folder folder;
    const std::string project = labelled_project(folder);
    {
        const auto writer = labels::ProjectFile::open(project, labels::Access::read_write);
        REQUIRE(writer);
        CHECK(limn_json({"ls", project})["assets"].Size() == 1);
        CHECK(limn_json({"check", project})["clean"].GetBool());
        check_fails({"undo", project}, project);
        check_fails({"add", project, clip()}, project);
    }
    limn_ok({"undo", project});
}

TEST_CASE("a project that may not be written can be read but not changed") {
    const Folder folder;
    const std::string project = labelled_project(folder);
    chmod(project.c_str(), 0444);
    chmod(folder.path().c_str(), 0555);
    std::vector<std::string> words = {LIMN_BINARY};
    // Root may write everything, so the program runs as somebody else.
    if (geteuid() == 0)
        words = {"setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", LIMN_BINARY};
    const auto as_reader = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), words.begin(), words.end());
        return run(arguments);
    };
    if (as_reader({"--version"}).exit_code != 0) {
        MESSAGE("skipped: nobody else may run the program here");
    } else {
        const std::string before = read(project);
        const Ran listed = as_reader({"ls", project, "--json"});
        CHECK(listed.exit_code == 0);
        CHECK(json_of(listed.out)["assets"].Size() == 1);
        const Ran undone = as_reader({"undo", project});
        CHECK(undone.exit_code == 1);
        CHECK(lines(undone.err).size() == 1);
        CHECK(undone.err.ends_with(project + "\n"));
        CHECK(read(project) == before);
    }
    chmod(folder.path().c_str(), 0700);
}
