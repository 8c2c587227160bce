#include "app/finder.h"

#include <chrono>

#include <doctest/doctest.h>

#include "app_fixture.h"

using app::Finder;

TEST_CASE("an empty query lists what can be done now") {
    BenchFixture fixture;
    Finder finder;
    const auto& found = finder.find(fixture.bench, "", 12);
    REQUIRE_FALSE(found.empty());
    for (const app::Found& f : found) {
        const auto* action = std::get_if<const app::Action*>(&f.target);
        REQUIRE(action != nullptr);
        CHECK(((*action)->enabled == nullptr || (*action)->enabled(fixture.bench)));
        CHECK((*action)->id != "labels.export");  // no project is open
    }
}

TEST_CASE("actions are found by title and by group") {
    BenchFixture fixture;
    Finder finder;
    CHECK(finder.find(fixture.bench, "shortcuts", 12).at(0).title == "Keyboard shortcuts");
    CHECK(finder.find(fixture.bench, "file quit", 12).at(0).title == "Quit");
    CHECK(finder.find(fixture.bench, "zzzz", 12).empty());
}

TEST_CASE("tracks, classes and assets are found; choosing a track selects it where it is seen") {
    BenchFixture fixture;
    fixture.open_demo();
    Finder finder;
    const auto& found = finder.find(fixture.bench, "ball", 12);
    REQUIRE(found.size() >= 2);
    CHECK(std::holds_alternative<labels::ClassId>(found[0].target));
    CHECK(found[1].title == "ball 1");
    const auto track = std::get<labels::TrackId>(found[1].target);
    app::choose(fixture.bench, found[1].target);
    REQUIRE(fixture.bench.view().selection.size() == 1);
    CHECK(fixture.bench.view().selection[0] == track);
    CHECK(finder.find(fixture.bench, "demo.mp4", 12).at(0).title == "demo.mp4");
}

TEST_CASE("numbers and times go to a frame") {
    BenchFixture fixture;
    fixture.open_demo();
    Finder finder;
    const auto found = finder.find(fixture.bench, "frame 30", 12);
    REQUIRE_FALSE(found.empty());
    CHECK(found[0].title == "Go to frame 30");
    app::choose(fixture.bench, found[0].target);
    CHECK(fixture.bench.frame() == 30);
    CHECK(finder.find(fixture.bench, "+5", 12).at(0).title == "Go to frame 35");
    CHECK(finder.find(fixture.bench, "999999", 12).at(0).title ==
          fmt::format("Go to frame {}", fixture.bench.frame_count() - 1));
}

TEST_CASE("a change of the document is seen by the next search") {
    BenchFixture fixture;
    fixture.open_demo();
    Finder finder;
    CHECK(finder.find(fixture.bench, "unicorn", 12).empty());
    fixture.bench.add_class("unicorn");
    CHECK(finder.find(fixture.bench, "unicorn", 12).size() == 1);
}

TEST_CASE("ten thousand tracks are searched within a frame") {
    BenchFixture fixture;
    fixture.open_demo();
    const labels::ClassId label_class = fixture.bench.document()->state().ontology.classes.front().id;
    const labels::AssetId asset = fixture.bench.asset()->id;
    fixture.bench.edit("Add many", [&](labels::Transaction& edit) {
        for (int i = 0; i < 10'000; ++i)
            edit.put_track(
                {.id = labels::TrackId::make(), .asset = asset, .class_id = label_class, .number = i + 2});
    });
    Finder finder;
    finder.find(fixture.bench, "", 12);
    const auto begin = std::chrono::steady_clock::now();
    const auto found = finder.find(fixture.bench, "ball 7777", 12);
    const double ms =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
    REQUIRE_FALSE(found.empty());
    CHECK(found[0].title == "ball 7777");
    MESSAGE("10,000 tracks: ", ms, " ms a query");
    CHECK(ms < 100);  // a bound that holds on a loaded machine; idle it is a few ms
}
