#include <doctest/doctest.h>

#include "fixture.h"
#include "labels/mask_geometry.h"

using namespace labels;
using fixture::make_info;
using fixture::make_keyframe;

namespace {

struct Events {
    explicit Events(Document& document) {
        document.set_event_sink([this](Event event) { all.push_back(std::move(event)); });
    }
    std::vector<Event> all;
};

}  // namespace

TEST_CASE("one_gesture_is_one_event_with_the_first_before_and_the_last_after") {
    Document document;
    fixture::Small small;
    small.fill(document);
    const TrackId id = small.add_track(document, 5);
    const Events events(document);
    {
        Transaction drag(document, "Move box");
        for (int x = 1; x <= 100; ++x) drag.put_keyframe(id, make_keyframe(5, x));
        CHECK(document.busy());
        CHECK(drag.commit());
    }
    CHECK_FALSE(document.busy());
    REQUIRE(events.all.size() == 1);
    const TrackEdit& edit = events.all[0].edit->tracks.at(id);
    CHECK_FALSE(edit.info.has_value());
    REQUIRE(edit.keyframes.size() == 1);
    CHECK(std::get<Box>(edit.keyframes.at(5).before->geometry).x0 == 0);
    CHECK(std::get<Box>(edit.keyframes.at(5).after->geometry).x0 == 100);
    CHECK(events.all[0].seq == 4);
    CHECK(events.all[0].name == "Move box");
    CHECK(events.all[0].time_us > 1'600'000'000'000'000);
}

TEST_CASE("a_transaction_without_commit_puts_everything_back") {
    Document document;
    fixture::Small small;
    small.fill(document);
    const TrackId id = small.add_track(document, 5);
    const std::string before = state_hash(document.state());
    const Events events(document);
    {
        Transaction cancelled(document, "Nothing");
        cancelled.erase_asset(small.asset.id);
        CHECK(document.state().find(id) == nullptr);
        Ontology ontology = document.state().ontology;
        ontology.classes.clear();
        cancelled.put_ontology(ontology);
    }
    CHECK(state_hash(document.state()) == before);
    CHECK(events.all.empty());
    CHECK(document.next_number(small.ball.id) == 2);
    {
        Transaction cancelled(document, "Draw");
        cancelled.put_track(make_info(small.asset.id, small.ball.id, 2));
        CHECK(document.next_number(small.ball.id) == 3);
    }
    CHECK(document.next_number(small.ball.id) == 2);
}

TEST_CASE("a_change_that_ends_as_it_began_is_no_event") {
    Document document;
    fixture::Small small;
    small.fill(document);
    const TrackId id = small.add_track(document, 5);
    const Events events(document);
    Transaction back_and_forth(document, "Move box");
    back_and_forth.put_keyframe(id, make_keyframe(5, 9));
    back_and_forth.put_keyframe(id, make_keyframe(5, 0));
    back_and_forth.put_keyframe(id, make_keyframe(7, 0));
    back_and_forth.erase_keyframe(id, 7);
    back_and_forth.put_ontology(document.state().ontology);
    back_and_forth.put_asset(small.asset);
    back_and_forth.put_track(document.state().find(id)->info);
    const TrackInfo passing = make_info(small.asset.id, small.ball.id, document.next_number(small.ball.id));
    back_and_forth.put_track(passing);
    back_and_forth.put_keyframe(passing.id, make_keyframe(1));
    back_and_forth.erase_track(passing.id);
    CHECK_FALSE(back_and_forth.commit());
    CHECK(events.all.empty());
    CHECK(document.history().undo.size() == 3);
    CHECK(document.next_number(small.ball.id) == 2);
}

TEST_CASE("an_ontology_change_bumps_its_revision_once_and_undo_takes_it_back") {
    Document document;
    fixture::Small small;
    small.fill(document);
    CHECK(document.state().ontology.revision == 1);
    Ontology ontology = document.state().ontology;
    ontology.revision = 77;  // not the caller's to say
    {
        Transaction rename(document, "Rename class");
        for (const char* name : {"b", "ba", "bal", "balloon"}) {
            ontology.classes[0].name = name;
            rename.put_ontology(ontology);
        }
        CHECK(rename.commit());
    }
    CHECK(document.state().ontology.revision == 2);
    REQUIRE(document.undo().has_value());
    CHECK(document.state().ontology.revision == 1);
    CHECK(document.state().ontology.classes[0].name == "ball");
}

TEST_CASE("undo_and_redo_write_events_that_name_their_target") {
    Document document;
    fixture::Small small;
    small.fill(document);
    const TrackId id = small.add_track(document, 5);
    const Events events(document);
    CHECK(document.undo().value() == "Add box");
    CHECK(document.state().find(id) == nullptr);
    CHECK(document.redo().value() == "Add box");
    CHECK(document.state().find(id) != nullptr);
    REQUIRE(events.all.size() == 2);
    CHECK(events.all[0].kind == EventKind::undo);
    CHECK(events.all[0].target == 3);
    CHECK(events.all[0].seq == 4);
    CHECK(events.all[1].kind == EventKind::redo);
    CHECK(events.all[1].target == 3);
    CHECK(document.redo().error().kind == base::ErrorKind::refused);
    for (int i = 0; i < 3; ++i) CHECK(document.undo().has_value());
    CHECK(document.undo().error().message == "There is nothing to undo.");
    CHECK(document.state().assets.empty());
}

TEST_CASE("a_new_edit_clears_redo_and_an_open_gesture_or_read_only_refuses_undo") {
    Document document;
    fixture::Small small;
    small.fill(document);
    small.add_track(document, 5);
    CHECK(document.undo().has_value());
    small.add_track(document, 6);
    CHECK(document.history().redo.empty());
    {
        Transaction open(document, "Draw");
        CHECK(document.undo().error().kind == base::ErrorKind::refused);
    }
    document.set_read_only("Ben has it open.");
    CHECK(document.undo().error().message == "Ben has it open.");
    const std::string before = state_hash(document.state());
    Transaction refused(document, "Draw");
    refused.put_track(make_info(small.asset.id, small.ball.id));
    CHECK_FALSE(refused.commit());
    CHECK(state_hash(document.state()) == before);
}

TEST_CASE("deleting_a_medium_takes_its_tracks_along_and_undo_brings_all_back_in_place") {
    Document document;
    fixture::Small small;
    small.fill(document);
    std::vector<TrackId> ids;
    for (int i = 0; i < 20; ++i) ids.push_back(small.add_track(document, i));
    CHECK(document.state().tracks_of(small.asset.id) == ids);
    {
        Transaction erase_one(document, "Delete");
        erase_one.erase_track(ids[7]);
        CHECK(erase_one.commit());
    }
    CHECK(document.state().tracks_of(small.asset.id).size() == 19);
    CHECK(document.undo().has_value());
    CHECK(document.state().tracks_of(small.asset.id) == ids);
    {
        Transaction erase_all(document, "Remove medium");
        erase_all.erase_asset(small.asset.id);
        CHECK(erase_all.commit());
    }
    CHECK(document.state().tracks.empty());
    CHECK(document.count_of(small.ball.id) == 0);
    CHECK(document.undo().has_value());
    CHECK(document.state().tracks_of(small.asset.id) == ids);
    CHECK(document.count_of(small.ball.id) == 20);
    CHECK(document.state().find(ids[3])->keyframes.size() == 1);
}

TEST_CASE("numbers_are_not_given_again_after_deletion_but_are_after_undo") {
    Document document;
    fixture::Small small;
    small.fill(document);
    small.add_track(document, 1);
    const TrackId second = small.add_track(document, 2);
    CHECK(document.next_number(small.ball.id) == 3);
    {
        Transaction erase(document, "Delete");
        erase.erase_track(second);
        erase.commit();
    }
    CHECK(document.next_number(small.ball.id) == 3);
    CHECK(document.undo().has_value());
    CHECK(document.undo().has_value());
    CHECK(document.next_number(small.ball.id) == 2);
    CHECK(document.redo().has_value());
    CHECK(document.next_number(small.ball.id) == 3);
}

TEST_CASE("a_snapshot_never_changes") {
    Document document;
    fixture::Small small;
    small.fill(document);
    const TrackId id = small.add_track(document, 5);
    const Snapshot snapshot = document.snapshot();
    const std::string before = state_hash(*snapshot);
    {
        Transaction drag(document, "Move");
        for (int x = 0; x < 9; ++x) drag.put_keyframe(id, make_keyframe(5, x));
        drag.commit();
    }
    CHECK(state_hash(*snapshot) == before);
    CHECK(state_hash(document.state()) != before);
    const Track* changed = document.state().find(id);
    {
        Transaction drag(document, "Move");
        drag.put_keyframe(id, make_keyframe(5, 77));
        drag.commit();
    }
    CHECK(document.state().find(id) == changed);  // nobody shares it any more: changed in place
}

TEST_CASE("unsound_values_never_reach_the_log") {
    Document document;
    fixture::Small small;
    small.fill(document);
    const TrackId id = small.add_track(document, 5);
    Transaction odd(document, "Odd");
    Keyframe keyframe = make_keyframe(6);
    keyframe.geometry = Box{std::nan(""), 0, 1, 1, 0};
    odd.put_keyframe(id, keyframe);
    CHECK(document.state().find(id)->keyframes.size() == 1);
    keyframe = make_keyframe(6);
    keyframe.confidence = 7;
    const AttributeId a = AttributeId::make(), b = AttributeId::make();
    keyframe.attributes = {{b, "bad \xff byte"}, {a, "x"}, {b, "last"}};
    odd.put_keyframe(id, keyframe);
    const Keyframe& kept = document.state().find(id)->keyframes[1];
    CHECK(kept.confidence == 1);
    REQUIRE(kept.attributes.size() == 2);
    CHECK(*find_value(kept.attributes, a) == "x");
    CHECK(*find_value(kept.attributes, b) == "last");
    Asset asset = fixture::make_asset("caf\xe9.mp4", 3);
    asset.frame_rate = {1, 0};
    odd.put_asset(asset);
    CHECK(document.state().find(asset.id)->name == "caf\xEF\xBF\xBD.mp4");
    CHECK(document.state().find(asset.id)->frame_rate.den == 1);
    CHECK(odd.commit());
}

TEST_CASE("undo_n_then_redo_n_gives_the_same_hashes") {
    for (unsigned seed = 1; seed <= 40; ++seed) {
        CAPTURE(seed);
        Document document;
        const Events events(document);
        fixture::Editor editor(document, seed);
        std::vector<std::string> hashes{state_hash(document.state())};
        for (int i = 0; i < 60; ++i) {
            const auto steps = document.history().undo.size();
            editor.edit();
            if (document.history().undo.size() > steps) {
                hashes.push_back(state_hash(document.state()));
            } else {
                CHECK(hashes.back() == state_hash(document.state()));  // cancelled or nothing
            }
        }
        CHECK(document.history().undo.size() + 1 == hashes.size());
        for (std::size_t i = hashes.size() - 1; i-- > 0;) {
            REQUIRE(document.undo().has_value());
            CHECK(state_hash(document.state()) == hashes[i]);
        }
        for (std::size_t i = 1; i < hashes.size(); ++i) {
            REQUIRE(document.redo().has_value());
            CHECK(state_hash(document.state()) == hashes[i]);
        }
        State replayed;
        for (const Event& event : events.all) {
            auto edit = edit_from_json(to_json(*event.edit), fixture::blocks_of(*event.edit));
            REQUIRE(edit.has_value());
            CHECK(*edit == *event.edit);
            apply(*edit, replayed);
        }
        CHECK(state_hash(replayed) == hashes.back());
        CHECK(replayed.assets == document.state().assets);
        CHECK(replayed.tracks_of_asset == document.state().tracks_of_asset);
        CHECK(replayed.mask_layers_of_asset == document.state().mask_layers_of_asset);
    }
}

TEST_CASE("tracks_at_agrees_with_looking_at_every_track") {
    for (unsigned seed = 100; seed < 120; ++seed) {
        CAPTURE(seed);
        Document document;
        fixture::Editor editor(document, seed);
        for (int i = 0; i < 150; ++i) {
            editor.edit();
            if (i % 5 != 0) continue;
            for (const Asset& asset : document.state().assets) {
                const std::int64_t frame = (i * 7) % 64;
                std::vector<TrackId> expected, got;
                for (const TrackId id : document.state().tracks_of(asset.id)) {
                    const Track* track = document.state().find(id);
                    if (track->first_frame() <= frame && frame < track->end_frame()) expected.push_back(id);
                }
                std::ranges::stable_sort(expected, {},
                                         [&](TrackId id) { return document.state().find(id)->info.z_order; });
                for (const Track* track : document.tracks_at(asset.id, frame)) got.push_back(track->info.id);
                CHECK(got == expected);
            }
        }
    }
}

TEST_CASE("a_drag_builds_no_time_index") {
    Document document;
    fixture::Small small;
    small.fill(document);
    std::vector<TrackId> ids;
    for (int i = 0; i < 500; ++i) ids.push_back(small.add_track(document, i));
    CHECK(document.tracks_at(small.asset.id, 100).size() == 101);
    const std::int64_t built = document.time_indexes_built();
    Transaction drag(document, "Move box");
    for (int x = 0; x < 300; ++x) {
        drag.put_keyframe(ids[50], make_keyframe(50, x));
        CHECK(document.tracks_at(small.asset.id, 50).size() == 51);
    }
    Transaction* open = &drag;
    for (int frame = 51; frame < 150; ++frame) {  // along the timeline: the track's own extent changes
        open->erase_keyframe(ids[50], frame - 1);
        open->put_keyframe(ids[50], make_keyframe(frame, 1));
        CHECK(document.tracks_at(small.asset.id, 50).size() == 50);
    }
    CHECK(drag.commit());
    CHECK(document.time_indexes_built() == built);
}

TEST_CASE("a_picture_label_is_on_its_frame_only") {
    Document document;
    fixture::Small small;
    small.fill(document);
    Transaction add(document, "Add");
    TrackInfo info = make_info(small.asset.id, small.ball.id);
    info.extent = Extent::picture;
    add.put_track(info);
    add.put_keyframe(info.id, make_keyframe(9));
    add.commit();
    CHECK(document.tracks_at(small.asset.id, 8).empty());
    CHECK(document.tracks_at(small.asset.id, 9).size() == 1);
    CHECK(document.tracks_at(small.asset.id, 10).empty());
}

TEST_CASE("old_edits_come_back_through_the_loader") {
    std::map<std::int64_t, std::shared_ptr<const Edit>> disk;
    Document first;
    first.set_event_sink([&](Event event) { disk[event.seq] = event.edit; });
    fixture::Small small;
    small.fill(first);
    small.add_track(first, 3);
    History history = first.history();
    for (Step& step : history.undo) step.edit.reset();
    Document second(first.state(), history);
    CHECK(second.undo().error().kind == base::ErrorKind::refused);
    second.set_edit_loader([&](std::int64_t seq) -> base::Result<std::shared_ptr<const Edit>> {
        if (!disk.contains(seq)) return base::fail(base::ErrorKind::io, "The disk is gone.");
        return disk[seq];
    });
    CHECK(second.undo().value() == "Add box");
    CHECK(second.state().tracks.empty());
    disk.clear();
    const std::string before = state_hash(second.state());
    CHECK(second.undo().error().kind == base::ErrorKind::io);
    CHECK(state_hash(second.state()) == before);
    CHECK(second.history().undo.size() == 2);
}

TEST_CASE("assets_are_found_by_number_name_and_id") {
    Document document;
    Transaction add(document, "Add");
    std::vector<Asset> assets;
    for (int i = 0; i < 3; ++i) assets.push_back(fixture::make_asset("clip" + std::to_string(i), i));
    assets.push_back(fixture::make_asset("1", 3));
    assets.push_back(fixture::make_asset("clip0", 4));
    for (const Asset& asset : assets) add.put_asset(asset);
    add.commit();
    const State& state = document.state();
    CHECK(state.find_asset("2")->id == assets[1].id);
    CHECK(state.find_asset("clip2")->id == assets[2].id);
    CHECK(state.find_asset(base::to_string(assets[0].id.uuid))->id == assets[0].id);
    CHECK(state.find_asset("clip0") == nullptr);  // two of them
    CHECK(state.find_asset("1") == nullptr);      // the first, and another one's name
    CHECK(state.find_asset("9") == nullptr);
    CHECK(state.find_asset("") == nullptr);
}

TEST_CASE("runs_that_end_early_are_a_mask_whose_rest_is_zeros") {
    const auto pixels = [](const MaskRuns& runs) {
        const masks::Plane plane = plane_of(runs, 100, 100);
        std::vector<std::pair<int, int>> found;
        for (int y = 0; y < 100; ++y) {
            for (int x = 0; x < 100; ++x) {
                if (plane.at(x, y) != 0) found.emplace_back(x, y);
            }
        }
        return found;
    };
    const std::vector<std::pair<int, int>> four = {{11, 10}, {12, 10}, {10, 11}, {11, 11}};
    for (const std::vector<std::uint32_t>& runs :
         {std::vector<std::uint32_t>{1, 2, 0, 2}, {1, 2, 0, 2, 4}, {1, 2, 0, 2, 1}, {1, 2, 0, 2, 0}}) {
        const MaskRuns mask{10, 10, 3, 3, runs};
        CHECK(is_sound(mask));
        CHECK(pixels(mask) == four);
    }
    CHECK(pixels({10, 10, 10, 10, {0, 5}}).size() == 5);
    const int most = std::numeric_limits<int>::max();
    CHECK(pixels({-5, 99, most, most, {0, 7}}).size() == 2);
    for (const MaskRuns& none : {MaskRuns{1, 1, 3, 3, {0, 10}}, MaskRuns{}, MaskRuns{1, 1, 0, 5, {}},
                                 MaskRuns{1, 1, 4, 4, {}}, MaskRuns{1, 1, -1, 4, {}}})
        CHECK(pixels(none).empty());
}
