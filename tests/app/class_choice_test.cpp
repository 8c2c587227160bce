#include "app/panels/class_choice.h"

#include <doctest/doctest.h>

#include "app_fixture.h"

namespace {

// A box of a class of that name, as the box tool leaves it.
labels::TrackId add_box(app::Workbench& bench, const std::string& class_name, std::int64_t number) {
    const labels::TrackId id = labels::TrackId::make();
    bench.edit("Add box", [&](labels::Transaction& edit) {
        labels::Ontology ontology = bench.document()->state().ontology;
        if (!ontology.find(std::string_view{class_name})) {
            ontology.classes.push_back(labels::make_class(ontology, class_name));
            edit.put_ontology(ontology);
        }
        edit.put_track({.id = id,
                        .asset = bench.asset()->id,
                        .class_id = ontology.find(std::string_view{class_name})->id,
                        .number = number});
        edit.put_keyframe(id, {.frame = 0, .geometry = labels::Box{10, 10, 50, 50}});
    });
    return id;
}

std::string class_of(const app::Workbench& bench, labels::TrackId id) {
    const labels::State& state = bench.document()->state();
    return state.ontology.find(state.find(id)->info.class_id)->name;
}

std::size_t steps(const app::Workbench& bench) { return bench.document()->history().undo.size(); }

}  // namespace

TEST_CASE("a new name for the only object renames the automatic class, in one step") {
    BenchFixture fixture;
    fixture.open_demo();
    app::Workbench& bench = fixture.bench;
    const labels::TrackId id = add_box(bench, "object", 1);
    bench.picking_class_for = id;
    CHECK(app::picks_rename(bench));
    const std::size_t classes = bench.document()->state().ontology.classes.size(), before = steps(bench);
    app::choose_new_class(bench, "cyclist");
    CHECK(class_of(bench, id) == "cyclist");
    CHECK(bench.document()->state().ontology.classes.size() == classes);
    CHECK(bench.document()->state().ontology.find(std::string_view{"object"}) == nullptr);
    CHECK(steps(bench) == before + 1);
    CHECK(bench.view().active_class == bench.document()->state().find(id)->info.class_id);
}

TEST_CASE("where others have the automatic class too, a new one is made, in one step") {
    BenchFixture fixture;
    fixture.open_demo();
    app::Workbench& bench = fixture.bench;
    const labels::TrackId first = add_box(bench, "object", 1), second = add_box(bench, "object", 2);
    bench.picking_class_for = second;
    CHECK_FALSE(app::picks_rename(bench));
    const std::size_t before = steps(bench);
    app::choose_new_class(bench, "cyclist");
    CHECK(class_of(bench, first) == "object");
    CHECK(class_of(bench, second) == "cyclist");
    CHECK(steps(bench) == before + 1);
}

TEST_CASE("choosing a class changes the object it was asked for, and no other") {
    BenchFixture fixture;
    fixture.open_demo();
    app::Workbench& bench = fixture.bench;
    const labels::TrackId asked = add_box(bench, "object", 1), selected = add_box(bench, "object", 2);
    const labels::ClassId person = bench.document()->state().ontology.find(std::string_view{"person"})->id;
    bench.select(selected);
    bench.picking_class_for = asked;
    app::choose_class(bench, person);
    CHECK(class_of(bench, asked) == "person");
    CHECK(class_of(bench, selected) == "object");
    CHECK(bench.view().active_class == person);
}

TEST_CASE("a name that is known is chosen, not made again") {
    BenchFixture fixture;
    fixture.open_demo();
    app::Workbench& bench = fixture.bench;
    const labels::TrackId id = add_box(bench, "object", 1);
    const std::size_t classes = bench.document()->state().ontology.classes.size();
    bench.picking_class_for = id;
    app::choose_new_class(bench, "person");
    CHECK(class_of(bench, id) == "person");
    CHECK(bench.document()->state().ontology.classes.size() == classes);
}
