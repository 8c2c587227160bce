// The open project: saving, falling back to read-only, media found again, where untitled projects go.

#include "app/project.h"

#include <fstream>

#include <doctest/doctest.h>
#include <unistd.h>

#include "base/digest.h"
#include "media/demo_clip.h"

namespace {

namespace fs = std::filesystem;
using app::Project;

struct Folder {
    fs::path path;
    Folder() {
        std::string name = (fs::temp_directory_path() / "limn-project-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
};

labels::Asset medium_at(const fs::path& file, const std::string& content) {
    std::ofstream{file} << content;
    labels::Asset asset;
    asset.id = labels::AssetId::make();
    asset.name = file.filename().string();
    asset.absolute_path = file.string();
    asset.relative_path = asset.name;
    asset.fingerprint = base::fingerprint(file).value();
    asset.size_bytes = static_cast<std::int64_t>(content.size());
    asset.frame_count = 100;
    return asset;
}

void add_class(Project& project, const char* name) {
    labels::Transaction transaction{project.document(), "Add class"};
    labels::Ontology ontology = project.document().state().ontology;
    ontology.classes.push_back(labels::make_class(ontology, name));
    transaction.put_ontology(ontology);
    transaction.commit();
}

std::size_t classes_on_disk(const fs::path& path) {
    const auto project = Project::open(path, labels::Access::read_only);
    REQUIRE(project);
    return (*project)->document().state().ontology.classes.size();
}

// One track on the asset with a keyframe at `frame`, as an import without the medium makes them.
void add_track(Project& project, labels::AssetId asset, std::int64_t frame) {
    labels::Transaction transaction{project.document(), "Add box"};
    labels::TrackInfo info;
    info.id = labels::TrackId::make();
    info.asset = asset;
    transaction.put_track(info);
    labels::Keyframe keyframe;
    keyframe.frame = frame;
    keyframe.geometry = labels::Box{0, 0, 5, 5};
    transaction.put_keyframe(info.id, keyframe);
    transaction.commit();
}

labels::Asset without_medium(Project& project, const std::string& name) {
    labels::Asset asset;
    asset.id = labels::AssetId::make();
    asset.name = name;
    asset.position = 1;
    labels::Transaction transaction{project.document(), "Import"};
    transaction.put_asset(asset);
    transaction.commit();
    return asset;
}

}  // namespace

TEST_CASE("what is committed is on disk after flush, with its author") {
    const Folder folder;
    setenv("LIMN_AUTHOR", "anna", 1);
    auto project = Project::create(folder.path / "p.limn");
    unsetenv("LIMN_AUTHOR");
    REQUIRE(project);
    add_class(**project, "ball");
    REQUIRE((*project)->flush());
    CHECK((*project)->save_status().idle());
    project->reset();
    auto file = labels::ProjectFile::open(folder.path / "p.limn", labels::Access::read_only);
    REQUIRE(file);
    const auto log = file->log();
    REQUIRE(log);
    REQUIRE(log->size() == 1);
    CHECK(log->front().author == "anna");
}

TEST_CASE("undo reaches back over a restart") {
    const Folder folder;
    {
        auto project = Project::create(folder.path / "p.limn");
        REQUIRE(project);
        add_class(**project, "ball");
    }
    auto project = Project::open(folder.path / "p.limn", labels::Access::read_write);
    REQUIRE(project);
    CHECK((*project)->document().undo().value() == "Add class");
    REQUIRE((*project)->flush());
    CHECK(classes_on_disk(folder.path / "p.limn") == 0);
}

TEST_CASE("with save_on_flush nothing is saved without flush") {
    const Folder folder;
    const fs::path path = folder.path / "p.limn";
    REQUIRE(Project::create(path));
    {
        auto project = Project::open(path, labels::Access::read_write);
        REQUIRE(project);
        (*project)->save_on_flush();
        add_class(**project, "ball");
    }
    CHECK(classes_on_disk(path) == 0);
    auto project = Project::open(path, labels::Access::read_write);
    REQUIRE(project);
    (*project)->save_on_flush();
    add_class(**project, "ball");
    add_class(**project, "person");
    REQUIRE((*project)->flush());
    CHECK(classes_on_disk(path) == 2);
}

TEST_CASE("a second writer gets the project read-only and is told why") {
    const Folder folder;
    const fs::path path = folder.path / "p.limn";
    auto first = Project::create(path);
    REQUIRE(first);
    auto second = Project::open(path, labels::Access::read_write);
    REQUIRE(second);
    CHECK((*second)->document().read_only() != "");
    add_class(**second, "ball");
    CHECK((*second)->document().state().ontology.classes.empty());
    CHECK_FALSE(app::add_media(**second, {medium_at(folder.path / "a.mp4", "one")}));
}

TEST_CASE("a medium is added once, whatever its name") {
    const Folder folder;
    auto project = Project::create(folder.path / "p.limn");
    REQUIRE(project);
    const labels::Asset asset = medium_at(folder.path / "a.mp4", "one");
    CHECK(app::add_media(**project, {asset}).value() == "Added a.mp4.");
    CHECK(app::add_media(**project, {medium_at(folder.path / "b.mp4", "one")}).value() ==
          "Already had a.mp4.");
    CHECK((*project)->document().state().assets.size() == 1);
    CHECK((*project)->document().history().undo.size() == 1);
}

TEST_CASE("a medium that moved far away is told where it is now") {
    const Folder folder, far;
    auto project = Project::create(folder.path / "p.limn");
    REQUIRE(project);
    const labels::Asset asset = medium_at(folder.path / "a.mp4", "one");
    REQUIRE(app::add_media(**project, {asset}));
    fs::remove(folder.path / "a.mp4");
    CHECK(app::add_media(**project, {medium_at(far.path / "a.mp4", "one")}).value() == "Found again a.mp4.");
    const labels::Asset& kept = (*project)->document().state().assets.front();
    CHECK(kept.id == asset.id);
    CHECK(kept.absolute_path == (far.path / "a.mp4").string());
}

TEST_CASE("labels imported without their medium take the medium of that name") {
    const Folder folder;
    auto project = Project::create(folder.path / "p.limn");
    REQUIRE(project);
    const labels::Asset waiting = without_medium(**project, "a.mp4");
    add_track(**project, waiting.id, 99);
    REQUIRE(app::add_media(**project, {medium_at(folder.path / "a.mp4", "one")}));
    const labels::State& state = (*project)->document().state();
    REQUIRE(state.assets.size() == 1);
    CHECK(state.assets.front().id == waiting.id);
    CHECK(state.assets.front().frame_count == 100);
}

TEST_CASE("labels that lie beyond a medium's end do not take it") {
    const Folder folder;
    auto project = Project::create(folder.path / "p.limn");
    REQUIRE(project);
    const labels::Asset waiting = without_medium(**project, "a.mp4");
    add_track(**project, waiting.id, 100);
    REQUIRE(app::add_media(**project, {medium_at(folder.path / "a.mp4", "one")}));
    CHECK((*project)->document().state().assets.size() == 2);
}

TEST_CASE("an untitled project lies beside its medium, or with Limn's own files where that cannot be") {
    const Folder folder;
    const fs::path medium = folder.path / "a film.mp4";
    medium_at(medium, "one");
    CHECK(app::untitled_project_for(medium) == folder.path / "a film.mp4.limn");
    const fs::path unwritable = "/proc/version";
    const fs::path aside = app::untitled_project_for(unwritable);
    CHECK(aside.parent_path() != unwritable.parent_path());
    CHECK(aside.extension() == ".limn");
}
