#include "render/picture_atlas.h"

#include <epoxy/gl.h>

#include "gl_test.h"

using namespace render;
using namespace render::testing;

namespace {

std::vector<std::uint8_t> plain(int width, int height, std::uint8_t value) {
    return std::vector<std::uint8_t>(static_cast<std::size_t>(width) * height * 4, value);
}

// The texel in the middle of where a picture was placed.
std::uint8_t texel_at(const PictureAtlas::Place& place, int atlas_width, int atlas_height) {
    std::vector<std::uint8_t> all(static_cast<std::size_t>(atlas_width) * atlas_height * 4);
    glBindTexture(GL_TEXTURE_2D, place.texture);
    glGetTexImage(GL_TEXTURE_2D, 0, GL_RGBA, GL_UNSIGNED_BYTE, all.data());
    const int x = static_cast<int>((place.u0 + place.u1) / 2 * static_cast<float>(atlas_width));
    const int y = static_cast<int>((place.v0 + place.v1) / 2 * static_cast<float>(atlas_height));
    return all[(static_cast<std::size_t>(y) * atlas_width + x) * 4];
}

}  // namespace

TEST_CASE("pictures_are_uploaded_once_and_found_where_they_were_placed") {
    GlTest gl;
    if (!gl) return;
    PictureAtlas atlas{{.cell_width_px = 8, .cell_height_px = 6, .columns = 3, .rows = 2}};
    for (std::uint64_t key = 1; key <= 6; ++key)
        REQUIRE(atlas.place(key, 8, 6, plain(8, 6, static_cast<std::uint8_t>(key * 40)).data()));
    CHECK(atlas.uploads() == 6);
    for (std::uint64_t key = 1; key <= 6; ++key) {
        const auto place = atlas.place(key, 8, 6, nullptr);
        REQUIRE(place);
        CHECK(texel_at(*place, 24, 12) == static_cast<std::uint8_t>(key * 40));
    }
    CHECK(atlas.uploads() == 6);
}

TEST_CASE("a_full_atlas_replaces_the_longest_unused_but_nothing_of_the_same_frame") {
    GlTest gl;
    if (!gl) return;
    PictureAtlas atlas{{.cell_width_px = 4, .cell_height_px = 4, .columns = 2, .rows = 1}};
    const auto picture = plain(4, 4, 9);
    REQUIRE(atlas.place(1, 4, 4, picture.data()));
    REQUIRE(atlas.place(2, 4, 4, picture.data()));
    CHECK_FALSE(atlas.place(3, 4, 4, picture.data()));
    atlas.begin_frame();
    REQUIRE(atlas.place(2, 4, 4, picture.data()));
    REQUIRE(atlas.place(3, 4, 4, plain(4, 4, 77).data()));  // in place of 1
    CHECK(atlas.uploads() == 3);
    CHECK_FALSE(atlas.place(1, 4, 4, picture.data()));
    CHECK(texel_at(*atlas.place(3, 4, 4, nullptr), 8, 4) == 77);
    CHECK(texel_at(*atlas.place(2, 4, 4, nullptr), 8, 4) == 9);
}
