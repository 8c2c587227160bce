#include <fstream>
#include <utility>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include "layers.h"

namespace {

// A source tree of the given files in a folder of its own, removed at the end.
class Tree {
public:
    explicit Tree(const std::vector<std::pair<std::string, std::string>>& files) {
        for (const auto& [name, text] : files) {
            std::filesystem::create_directories((m_root / name).parent_path());
            std::ofstream{m_root / name} << text;
        }
    }
    ~Tree() { std::filesystem::remove_all(m_root); }
    Tree(const Tree&) = delete;
    Tree& operator=(const Tree&) = delete;
    [[nodiscard]] layering::Findings check() const { return layering::check_tree(m_root); }

private:
    std::filesystem::path m_root =
        std::filesystem::temp_directory_path() / fmt::format("limn-layering-{}", ::getpid());
};

}  // namespace

TEST_CASE("every_include_of_limn_points_down") {
    const auto found = layering::check_tree(LIMN_SOURCE_DIR);
    for (const auto& fault : found.faults) MESSAGE(fault);
    CHECK(found.faults.empty());
    CHECK(found.includes_read > 100);  // a check that reads nothing finds nothing
}

TEST_CASE("an_include_that_points_up_is_named_with_its_line") {
    const Tree tree{{{"media/frame.cpp", "#include <vector>\n\n  #  include \"labels/track.h\"\n"}}};
    const auto found = tree.check();
    CHECK(found.includes_read == 2);
    REQUIRE(found.faults.size() == 1);
    CHECK(found.faults[0] == "media/frame.cpp:3 includes labels/track.h (not a layer below)");
}

TEST_CASE("includes_within_and_below_a_layer_pass") {
    const Tree tree{
        {{"app/main.cpp", "#include \"render/view.h\"\n#include \"app/window.h\"\n#include <imgui.h>\n"},
         {"labels/sub/log.cpp", "#include \"base/id.h\"\n#include <sqlite3.h>\n"},
         {"render/pass.cpp", "#include \"embedded_shaders.h\"\n"},
         {"tests/labels/log_test.cpp", "#include <doctest/doctest.h>\n#include \"helper.h\"\n"}}};
    const auto found = tree.check();
    CHECK(found.includes_read == 8);
    CHECK(found.faults.empty());
}

TEST_CASE("libraries_stay_in_the_layers_that_wrap_them") {
    const Tree tree{{{"labels/a.h", "#include <libavcodec/avcodec.h>\n"},
                     {"render/b.cpp", "#include <imgui.h>\n"},
                     {"media/c.cpp", "extern \"C\" {\n#include <libavutil/frame.h>\n}\n"},
                     {"formats/d.cpp", "#include <sqlite3.h>\n"},
                     {"base/e.cpp", "#include <doctest/doctest.h>\n"}}};
    const auto found = tree.check();
    REQUIRE(found.faults.size() == 4);
    CHECK(found.faults[0].starts_with("base/e.cpp:1"));
    CHECK(found.faults[1].starts_with("formats/d.cpp:1"));
    CHECK(found.faults[2].starts_with("labels/a.h:1"));
    CHECK(found.faults[3].starts_with("render/b.cpp:1"));
}

TEST_CASE("paths_that_hide_their_layer_are_refused") {
    const Tree tree{{{"media/a.cpp", "#include \"../labels/track.h\"\n"},
                     {"media/b.cpp", "#include \"track.h\"\n"},
                     {"media/c.cpp", "#include \"shaders/x.h\"\n"}}};
    CHECK(tree.check().faults.size() == 3);
}

TEST_CASE("what_is_not_an_include_is_not_read") {
    const Tree tree{{{"base/a.cpp",
                      "// #include \"app/window.h\"\nconst char* s = \"include\";\n#included\n#include\n#\n"},
                     {"base/notes.txt", "#include \"app/window.h\"\n"}}};
    const auto found = tree.check();
    CHECK(found.includes_read == 0);
    CHECK(found.faults.empty());
}

TEST_CASE("a_test_of_a_layer_may_not_reach_above_it") {
    const Tree tree{{{"tests/media/a_test.cpp", "#include \"app/window.h\"\n"}}};
    CHECK(tree.check().faults.size() == 1);
}
