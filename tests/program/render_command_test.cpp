// limn render: the labelled picture without a display.

#include "program.h"

using namespace program;

namespace {

struct Picture {
    int width = 0, height = 0;
    std::string rgb;
    [[nodiscard]] std::array<int, 3> at(int x, int y) const {
        const std::size_t i = static_cast<std::size_t>(y * width + x) * 3;
        const auto byte = [&](std::size_t k) {
            return static_cast<int>(static_cast<std::uint8_t>(rgb.at(i + k)));
        };
        return {byte(0), byte(1), byte(2)};
    }
};

Picture load(const std::string& png) {
    const Ran size =
        run({"ffprobe", "-v", "error", "-show_entries", "stream=width,height", "-of", "csv=p=0", png});
    Picture picture;
    REQUIRE(std::sscanf(size.out.c_str(), "%d,%d", &picture.width, &picture.height) == 2);
    picture.rgb = run({"ffmpeg", "-v", "error", "-i", png, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"}).out;
    REQUIRE(picture.rgb.size() == static_cast<std::size_t>(picture.width * picture.height * 3));
    return picture;
}

// Without any OpenGL there is a sentence, and nothing more to test.
bool has_opengl() {
    const Folder folder;
    const Ran ran = limn({"render", clip(), "-o", folder / "out.png"});
    if (ran.exit_code == 0) return true;
    CHECK(ran.exit_code == 1);
    CHECK(lines(ran.err).size() == 1);
    MESSAGE("skipped: " << ran.err);
    return false;
}

bool near(std::array<int, 3> a, std::array<int, 3> b, int by) {
    return std::abs(a[0] - b[0]) <= by && std::abs(a[1] - b[1]) <= by && std::abs(a[2] - b[2]) <= by;
}

}  // namespace

TEST_CASE("render of a medium is its frame") {
    if (!has_opengl()) return;
    const Folder folder;
    limn_ok({"render", clip(), "--frame", "12", "-o", folder / "a.png"});
    limn_ok({"frames", clip(), "--at", "12", "-o", folder.path().string()});
    const Picture drawn = load(folder / "a.png"), exact = load(folder / "frame_000012.png");
    CHECK(drawn.width == 64);
    REQUIRE(drawn.rgb.size() == exact.rgb.size());
    int different = 0;
    for (int y = 0; y < 48; ++y) {
        for (int x = 0; x < 64; ++x) different += !near(drawn.at(x, y), exact.at(x, y), 3);
    }
    CHECK(different == 0);
}

TEST_CASE("render shows the labels of the frame where they are") {
    if (!has_opengl()) return;
    const Folder folder;
    const std::string project = labelled_project(folder);
    limn_ok({"render", project, "--frame", "10", "--size", "640x480", "-o", folder / "with.png"});
    limn_ok(
        {"render", folder / "clip.mp4", "--frame", "10", "--size", "640x480", "-o", folder / "without.png"});
    const Picture with = load(folder / "with.png"), without = load(folder / "without.png");
    CHECK(with.width == 640);
    // Half-way on its path ball 1 is at 10,5 to 20,15; its lower edge is free of names.
    const auto changed = [&](int x, int y) { return !near(with.at(x, y), without.at(x, y), 8); };
    int on_edge = 0;
    for (int y = 147; y <= 153; ++y) on_edge += changed(150, y);
    CHECK(on_edge > 0);
    CHECK_FALSE(changed(150, 120));
    CHECK_FALSE(changed(300, 400));
    int in_name = 0;
    for (int x = 400; x < 440; ++x) in_name += changed(x, 190);
    CHECK(in_name > 20);
}

TEST_CASE("render --view shows a part, one pixel for one") {
    if (!has_opengl()) return;
    const Folder folder;
    limn_ok({"render", clip(), "--view", "16,8,20,10", "-o", folder / "part.png"});
    limn_ok({"render", clip(), "-o", folder / "all.png"});
    const Picture part = load(folder / "part.png"), all = load(folder / "all.png");
    CHECK(part.width == 20);
    CHECK(part.height == 10);
    CHECK(part.at(3, 4) == all.at(19, 12));
}

TEST_CASE("render refuses what is not there and what it would destroy") {
    const Folder folder;
    const std::string project = labelled_project(folder);
    const std::string medium = read(folder / "clip.mp4");
    check_fails({"render", project, "--frame", "30", "-o", folder / "out.png"}, folder / "clip.mp4");
    check_fails({"render", project, "--asset", "2", "-o", folder / "out.png"}, project);
    check_fails({"render", project, "-o", folder / "clip.mp4"}, folder / "clip.mp4");
    check_fails({"render", project, "-o", project}, project);
    CHECK(read(folder / "clip.mp4") == medium);
    CHECK(limn_json({"check", project})["clean"].GetBool());
    CHECK_FALSE(fs::exists(folder / "out.png"));
}

TEST_CASE("render draws the pixel masks over what they label, unless told not to") {
    if (!has_opengl()) return;
    const Folder folder;
    REQUIRE(run({"ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=c=blue:size=64x48", "-frames:v", "1",
                 folder / "blue.png"})
                .exit_code == 0);
    REQUIRE(run({"gdal_create", "-q", "-of", "GTiff", "-ot", "Byte", "-outsize", "64", "48", "-bands", "3",
                 "-burn", "40", "-burn", "80", "-burn", "120", folder / "scene.tif"})
                .exit_code == 0);
    for (const char* medium : {"blue.png", "scene.tif"}) {
        CAPTURE(medium);
        const std::string project = folder / (std::string{medium} + ".limn");
        limn_ok({"new", project});
        limn_ok({"ontology", project, "--set",
                 folder.write("c.json", R"({"classes":[{"name":"a","color":"#FF0000"}]})")});
        limn_ok({"add", project, folder / medium});
        limn_ok({"mask", project, "--class", "a", "--rectangle", "0,0,32,48"});
        std::vector<std::string> words = {"render", project, "-o", folder / "with.png"};
        if (medium == std::string_view{"scene.tif"}) words.insert(words.end(), {"--stretch", "none"});
        limn_ok(words);
        words[3] = folder / "without.png";
        words.emplace_back("--no-masks");
        limn_ok(words);
        const Picture with = load(folder / "with.png"), without = load(folder / "without.png");
        const auto below = without.at(16, 24);
        const auto mixed = [&](std::size_t i) {
            return static_cast<int>(std::lround(0.55 * (i == 0 ? 255 : 0) + 0.45 * below.at(i)));
        };
        CHECK(near(with.at(16, 24), {mixed(0), mixed(1), mixed(2)}, 3));
        CHECK(with.at(48, 24) == without.at(48, 24));
        CHECK_FALSE(near(without.at(16, 24), with.at(16, 24), 30));
        // The outline is inside of the class, and stronger.
        CHECK(with.at(31, 24)[0] > with.at(16, 24)[0]);
    }
}
