// limn check: damaged, newer and foreign projects; repair.

#include <sqlite3.h>

#include "program.h"

using namespace program;

namespace {

void run_sql(const std::string& project, const std::string& sql) {
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open(project.c_str(), &database) == SQLITE_OK);
    char* message = nullptr;
    const int done = sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &message);
    CAPTURE(message);
    CHECK(done == SQLITE_OK);
    sqlite3_close(database);
}

}  // namespace

TEST_CASE("a sound project checks clean, and there is nothing to repair") {
    const Folder folder;
    const std::string project = labelled_project(folder);
    const auto report = limn_json({"check", project});
    CHECK(report["clean"].GetBool());
    CHECK(report["events"].GetInt() == 2);
    CHECK(report["faults"].Size() == 0);
    limn_ok({"check", project, "--repair"});
    CHECK_FALSE(fs::exists(folder / "p.repaired.limn"));
}

TEST_CASE("check finds a changed label and a changed event") {
    for (const char* sql :
         {"UPDATE event SET author = 'somebody else' WHERE seq = 1", "DELETE FROM event WHERE seq = 1"}) {
        const Folder folder;
        const std::string project = labelled_project(folder);
        run_sql(project, sql);
        const Ran ran = limn({"check", project, "--json"});
        CHECK(ran.exit_code == 1);
        CHECK(lines(ran.err).size() == 1);
        const auto report = json_of(ran.out);
        CHECK_FALSE(report["clean"].GetBool());
        CHECK(report["faults"].Size() > 0);
    }
}

TEST_CASE("check --repair saves what is sound to a new file and leaves the damaged one as it is") {
    const Folder folder;
    const std::string project = labelled_project(folder);
    run_sql(project, "UPDATE event SET author = 'somebody else' WHERE seq = 2");
    const std::string damaged = read(project);
    const Ran ran = limn({"check", project, "--repair"});
    CHECK(ran.exit_code == 0);
    CHECK(read(project) == damaged);
    const std::string repaired = folder / "p.repaired.limn";
    CHECK(limn_json({"check", repaired})["clean"].GetBool());
    CHECK(limn_json({"ls", repaired})["assets"].Size() == 1);
    CHECK(limn_json({"log", repaired}).Size() == 1);
    const Ran again = limn({"check", project, "--repair"});
    CHECK(again.exit_code == 1);
    CHECK(again.err.ends_with(repaired + "\n"));
    CHECK(limn({"check", project, "--repair", "-o", folder / "elsewhere.limn"}).exit_code == 0);
    CHECK(fs::exists(folder / "elsewhere.limn"));
    CHECK(limn({"check", project, "--repair", "-o", project}).exit_code == 1);
    CHECK(read(project) == damaged);
}

TEST_CASE("a truncated project is refused with what to do") {
    const Folder folder;
    const std::string project = labelled_project(folder);
    const std::string whole = read(project);
    const std::string cut = folder.write("cut.limn", whole.substr(0, whole.size() / 2));
    for (const std::vector<std::string>& words : {std::vector<std::string>{"ls", cut},
                                                  {"undo", cut},
                                                  {"export", cut, "--format", "mot", "-o", folder / "out"}}) {
        const Ran ran = limn(words);
        CAPTURE(ran.err);
        CHECK(ran.exit_code == 1);
        CHECK(lines(ran.err).size() == 1);
        CHECK(ran.out == "");
    }
    CHECK(limn({"check", cut}).exit_code == 1);
    CHECK(read(cut) == whole.substr(0, whole.size() / 2));
    CHECK_FALSE(fs::exists(folder / "out"));
}

TEST_CASE("a project of a newer Limn is refused and left alone") {
    const Folder folder;
    const std::string project = labelled_project(folder);
    run_sql(project, "PRAGMA user_version = 9999");
    const std::string before = read(project);
    for (const std::vector<std::string>& words : {std::vector<std::string>{"ls", project},
                                                  {"undo", project},
                                                  {"check", project},
                                                  {"check", project, "--repair"},
                                                  {"log", project},
                                                  {"add", project, clip()}}) {
        check_fails(words, project);
    }
    CHECK(read(project) == before);
    CHECK_FALSE(fs::exists(folder / "p.repaired.limn"));
}

TEST_CASE("a corrupt row is refused, naming the project") {
    const Folder folder;
    const std::string project = labelled_project(folder);
    run_sql(project, "UPDATE keyframe SET geometry = x'00'");
    const Ran ran = limn({"ls", project});
    CAPTURE(ran.err);
    CHECK(ran.exit_code == 1);
    CHECK(lines(ran.err).size() == 1);
    CHECK(ran.err.find(project) != std::string::npos);
    CHECK(limn({"check", project, "--repair"}).exit_code == 0);
    CHECK(limn_json({"info", folder / "p.repaired.limn"})["tracks"].GetInt() == 2);
}
