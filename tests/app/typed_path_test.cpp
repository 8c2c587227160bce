#include "app/panels/typed_path.h"

#include <cstdlib>
#include <fstream>

#include <doctest/doctest.h>

#include "app/panels/folder_listing.h"
#include "base/id.h"

namespace fs = std::filesystem;

TEST_CASE("home is written ~, and other paths are taken from where the project is") {
    const char* home = std::getenv("HOME");
    REQUIRE(home != nullptr);
    CHECK(app::path_from_typed("~/a/b.mp4", "/x") == fs::path{home} / "a/b.mp4");
    CHECK(app::path_from_typed("~", "/x") == fs::path{home});
    CHECK(app::path_from_typed("b.json", "/data/p") == "/data/p/b.json");
    CHECK(app::path_from_typed("../b.json ", "/data/p") == "/data/b.json");
    CHECK(app::path_from_typed("/abs/b.json", "/data/p") == "/abs/b.json");
    CHECK(app::path_from_typed("~x/b", "/data") == "/data/~x/b");
    CHECK(app::path_from_typed(app::typed_from_path(fs::path{home} / "a b/c"), "/x") ==
          fs::path{home} / "a b/c");
}

TEST_CASE("a folder is listed with folders first, then projects, media and the rest") {
    const fs::path dir = fs::temp_directory_path() / ("limn-list-" + base::to_string(base::new_uuid()));
    fs::create_directories(dir / "zoo");
    for (const char* name : {"notes.txt", "b.MP4", "a.mov", "p.limn"}) std::ofstream{dir / name} << "1234";
    const app::FolderListing listing = app::list_folder(dir);
    CHECK(listing.error.empty());
    REQUIRE(listing.entries.size() == 5);
    CHECK(listing.entries[0].name == "zoo");
    CHECK(listing.entries[0].kind == app::EntryKind::folder);
    CHECK(listing.entries[1].name == "p.limn");
    CHECK(listing.entries[2].name == "a.mov");
    CHECK(listing.entries[3].name == "b.MP4");
    CHECK(listing.entries[3].kind == app::EntryKind::media);
    CHECK(listing.entries[4].kind == app::EntryKind::other);
    CHECK(listing.entries[4].size_bytes == 4);
    fs::remove_all(dir);
    CHECK_FALSE(app::list_folder(dir).error.empty());
}

TEST_CASE("sizes are short") {
    CHECK(app::size_text(999) == "999 B");
    CHECK(app::size_text(1'234'567) == "1.2 MB");
    CHECK(app::size_text(56'000'000'000) == "56 GB");
}
