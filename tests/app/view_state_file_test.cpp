// What is kept of a view between runs, and what a damaged file of it does.

#include "app/view_state_file.h"

#include <filesystem>

#include <doctest/doctest.h>

#include "app_fixture.h"
#include "base/file.h"

namespace {

std::filesystem::path only_file(const std::filesystem::path& folder) {
    std::filesystem::path found;
    for (const auto& each : std::filesystem::recursive_directory_iterator{folder})
        if (each.is_regular_file()) found = each.path();
    return found;
}

}  // namespace

TEST_CASE_FIXTURE(BenchFixture, "the_brush_and_how_masks_are_shown_are_kept_between_runs") {
    app::ViewState view;
    view.asset = labels::AssetId::make();
    view.assets[view.asset].mask_layer = labels::MaskLayerId::make();
    view.brush.size_px = 17;
    view.brush.follows_zoom = false;
    view.brush.nib = masks::Nib::square;
    view.brush.protected_classes = {labels::ClassId::make(), labels::ClassId::make()};
    view.brush.only_where = "b4 > \"60\"";
    view.brush.tolerance = 0.25;
    view.brush.contiguous = false;
    view.brush.operation = "remove-islands";
    view.brush.operation_n = 12;
    view.brush.instance = 9;
    view.masks.opacity = 0.3;
    view.masks.fill = app::MaskFill::outlined;
    view.masks.hidden_classes = {labels::ClassId::make()};
    view.masks.hidden_layers = {view.assets[view.asset].mask_layer};
    app::save_view_state("/p.limn", view);
    const app::ViewState back = app::load_view_state("/p.limn");
    CHECK(back.assets.at(view.asset).mask_layer == view.assets[view.asset].mask_layer);
    CHECK(back.brush.size_px == 17);
    CHECK_FALSE(back.brush.follows_zoom);
    CHECK(back.brush.nib == masks::Nib::square);
    CHECK(back.brush.protected_classes == view.brush.protected_classes);
    CHECK(back.brush.only_where == view.brush.only_where);
    CHECK(back.brush.tolerance == 0.25);
    CHECK_FALSE(back.brush.contiguous);
    CHECK(back.brush.operation == "remove-islands");
    CHECK(back.brush.operation_n == 12);
    CHECK(back.brush.instance == 0);  // each run begins with a new object
    CHECK(back.masks.opacity == 0.3);
    CHECK(back.masks.fill == app::MaskFill::outlined);
    CHECK(back.masks.hidden_classes == view.masks.hidden_classes);
    CHECK(back.masks.hidden_layers == view.masks.hidden_layers);

    // Values out of range, of another kind, or unknown.
    auto out = base::AtomicFile::create(only_file(base::state_dir() / "views"));
    REQUIRE(out);
    out->write(
        R"({"brush":{"size":-5,"tolerance":1e300,"operation":"explode","operation_n":"x","protected":7},
                   "masks":{"opacity":9,"fill":77,"hidden_classes":["no uuid",3]}})");
    REQUIRE(out->commit());
    const app::ViewState mended = app::load_view_state("/p.limn");
    CHECK(mended.brush.size_px == 1);
    CHECK(mended.brush.tolerance == 4);
    CHECK(mended.brush.operation == "grow");
    CHECK(mended.brush.protected_classes.empty());
    CHECK(mended.masks.opacity == 1);
    CHECK(mended.masks.fill == app::MaskFill::both);
    CHECK(mended.masks.hidden_classes.empty());
}
