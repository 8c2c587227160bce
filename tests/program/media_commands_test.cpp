// limn info, limn frames: what a medium is, and its exact pictures.

#include "program.h"

using namespace program;

namespace {

// "N pts md5" lines as `limn frames --md5` prints them, by ffmpeg.
std::vector<std::string> framemd5(const std::string& file) {
    const Ran ran = run({"ffmpeg", "-v", "error", "-noautorotate", "-i", file, "-map", "0:v:0", "-fps_mode",
                         "passthrough", "-f", "framemd5", "-"});
    std::vector<std::string> md5s;
    for (const std::string& line : lines(ran.out)) {
        if (!line.starts_with("#")) md5s.push_back(line.substr(line.rfind(' ') + 1));
    }
    return md5s;
}

std::uint32_t big_endian(const std::string& bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes.at(at + i));
    return value;
}

// Every file that is no video, and what it is called.
std::vector<std::string> bad_media(const Folder& folder) {
    const std::string whole = read(clip());
    return {folder / "missing.mp4", folder.write("empty.mp4", ""),
            folder.write("text.mp4", "This is no video.\n"),
            folder.write("truncated.mp4", whole.substr(0, whole.size() / 3)), folder.path().string()};
}

}  // namespace

TEST_CASE("info tells what a video is") {
    const auto info = limn_json({"info", clip()});
    CHECK(info["kind"].GetString() == std::string{"video"});
    CHECK(info["codec"].GetString() == std::string{"h264"});
    CHECK(info["pixel_format"].GetString() == std::string{"yuv420p"});
    CHECK(info["width"].GetInt() == 64);
    CHECK(info["height"].GetInt() == 48);
    CHECK(info["frames"].GetInt() == 30);
    CHECK(info["fps"].GetDouble() == doctest::Approx(10));
    CHECK_FALSE(info["variable_rate"].GetBool());
    CHECK(info["keyframes"].GetInt() == 3);
    CHECK(info["longest_gop"].GetInt() == 10);
    CHECK(info["faults"].Size() == 0);
    CHECK(info["streams"].Size() == 1);
    const std::string text = limn_ok({"info", clip()});
    CHECK(text.find("64 × 48") != std::string::npos);
    CHECK(text.find("h264") != std::string::npos);
}

TEST_CASE("the ffmpeg command of info gives the same picture") {
    std::string recipe = limn_json({"info", clip()})["ffmpeg"].GetString();
    recipe.replace(recipe.find(",N)"), 3, ",17)");
    recipe.replace(recipe.find("OUT.png"), 7, "-v error -f framemd5 -");
    const Ran ran = run({"sh", "-c", recipe});
    REQUIRE(ran.exit_code == 0);
    const std::string line = lines(limn_ok({"frames", clip(), "--at", "17", "--md5"})).front();
    const std::string md5 = line.substr(line.rfind(' ') + 1);
    CHECK(md5.size() == 32);
    CHECK(ran.out.find(md5) != std::string::npos);
}

TEST_CASE("the ffmpeg command of a frame gives that frame of odd films too") {
    const Folder folder;
    const auto film = [&](const char* name, const std::string& arguments) {
        const std::string file = folder / name;
        REQUIRE(run({"sh", "-c",
                     "ffmpeg -v error -nostdin -f lavfi -i testsrc2=size=64x48:rate=25:duration=2 " +
                         arguments + " \"" + file + "\""})
                    .exit_code == 0);
        return file;
    };
    const std::string encode = "-c:v libx264 -preset veryfast -g 12 -bf 3 ";
    const std::string whole = film("whole.mp4", encode);
    const std::string cut = folder / "cut.mp4";
    REQUIRE(run({"ffmpeg", "-v", "error", "-ss", "0.9", "-i", whole, "-c", "copy", cut}).exit_code == 0);
    for (const std::string& file :
         {cut, film("vfr.mkv", "-vf \"select='not(mod(n\\,3))'\" -fps_mode vfr " + encode),
          film("late.ts", encode + "-output_ts_offset 100"), film("b.avi", "-c:v mpeg4 -bf 2 -g 12"),
          film("it's odd.mkv", encode)}) {
        CAPTURE(file);
        for (const char* frame : {"0", "7", "13"}) {
            std::string recipe = limn_json({"info", file, "--frame", frame})["ffmpeg"].GetString();
            recipe.replace(recipe.find("OUT.png"), 7, "-v error -f framemd5 -");
            const Ran ran = run({"sh", "-c", recipe});
            REQUIRE(ran.exit_code == 0);
            const std::string md5 = lines(limn_ok({"frames", file, "--at", frame, "--md5"})).front();
            CHECK(lines(ran.out).back().ends_with(md5.substr(md5.rfind(' ') + 1)));
        }
    }
    CHECK(limn({"info", cut, "--frame", "999"}).exit_code == 1);
}

TEST_CASE("verifying is kept with the film") {
    const Folder folder;
    const std::string file = folder.write("film.mp4", read(clip()));
    CHECK(limn_json({"info", file})["exactness"].GetString() == std::string{"frame-exact by index"});
    CHECK(limn_json({"info", file, "--verify"})["exactness"].GetString() ==
          std::string{"verified frame-exact"});
    CHECK(limn_json({"info", file})["exactness"].GetString() == std::string{"verified frame-exact"});
}

TEST_CASE("a second video stream becomes an asset of its own") {
    const Folder folder;
    const std::string file = folder / "two.mkv", project = folder / "two.limn";
    REQUIRE(
        run({"ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=64x48:duration=1", "-f", "lavfi",
             "-i", "testsrc2=size=32x32:duration=1", "-map", "0", "-map", "1", "-c:v", "ffv1", file})
            .exit_code == 0);
    limn_ok({"new", project});
    limn_ok({"add", project, file});
    limn_ok({"add", project, file, "--stream", "1"});
    const std::string list = limn_ok({"ls", project});
    CHECK(list.find("two.mkv (stream 1)") != std::string::npos);
    CHECK(limn_json({"info", project})["assets"].GetInt() == 2);
}

TEST_CASE("info counts what a project holds") {
    const Folder folder;
    const auto info = limn_json({"info", labelled_project(folder)});
    CHECK(info["kind"].GetString() == std::string{"project"});
    CHECK(info["assets"].GetInt() == 1);
    CHECK(info["classes"].GetInt() == 1);
    CHECK(info["tracks"].GetInt() == 2);
    CHECK(info["keyframes"].GetInt() == 4);
    CHECK(info["events"].GetInt() == 2);
}

TEST_CASE("frames --md5 gives ffmpeg's framemd5 for every frame") {
    const std::vector<std::string> expected = framemd5(clip());
    REQUIRE(expected.size() == 30);
    const std::vector<std::string> given = lines(limn_ok({"frames", clip(), "--md5"}));
    REQUIRE(given.size() == 30);
    for (std::size_t i = 0; i < 30; ++i) {
        CHECK(given[i].starts_with(std::to_string(i) + " "));
        CHECK(given[i].ends_with(" " + expected[i]));
    }
}

TEST_CASE("frames --at keeps the order asked for and gives the same pictures") {
    const std::vector<std::string> all = lines(limn_ok({"frames", clip(), "--md5"}));
    const std::vector<std::string> some = lines(limn_ok({"frames", clip(), "--at", "29,0,13,13", "--md5"}));
    CHECK(some == std::vector{all[29], all[0], all[13], all[13]});
}

TEST_CASE("frames --range leaves its end out") {
    const std::vector<std::string> all = lines(limn_ok({"frames", clip()}));
    REQUIRE(all.size() == 30);
    const std::vector<std::string> some = lines(limn_ok({"frames", clip(), "--range", "8:11"}));
    CHECK(some == std::vector{all[8], all[9], all[10]});
    CHECK(lines(limn_ok({"frames", clip(), "--range", "28:"})).size() == 2);
    CHECK(limn_ok({"frames", clip(), "--range", "4:4"}) == "");
}

TEST_CASE("frames --json carries number, pts, time and md5") {
    const auto answer = limn_json({"frames", clip(), "--range", "10:12", "--md5"});
    CHECK(answer["frame_count"].GetInt() == 30);
    REQUIRE(answer["frames"].Size() == 2);
    const auto& frame = answer["frames"][1];
    CHECK(frame["frame"].GetInt() == 11);
    CHECK(frame["secs"].GetDouble() == doctest::Approx(1.1));
    CHECK(std::string{frame["md5"].GetString()}.size() == 32);
}

TEST_CASE("frames -o writes pictures of the displayed size") {
    const Folder folder;
    limn_ok({"frames", clip(), "--at", "3,12", "-o", folder / "out"});
    CHECK(names_in(folder / "out") == std::vector<std::string>{"frame_000003.png", "frame_000012.png"});
    const std::string png = read(folder / "out/frame_000012.png");
    CHECK(big_endian(png, 16) == 64);
    CHECK(big_endian(png, 20) == 48);
}

TEST_CASE("frames --null decodes and counts") {
    CHECK(limn_ok({"frames", clip(), "--null"}).starts_with("30 frames in "));
    const auto some = limn_json({"frames", clip(), "--null", "--at", "20,4"});
    CHECK(some["frames"].GetInt() == 2);
    CHECK(some["fps"].GetDouble() > 0);
}

TEST_CASE("frames that are not there are refused before anything is printed") {
    for (const std::vector<std::string>& which : {std::vector<std::string>{"--at", "0,30"},
                                                  {"--at", "-1"},
                                                  {"--range", "0:31"},
                                                  {"--range", "-1:4"}}) {
        std::vector<std::string> arguments{"frames", clip(), "--md5"};
        arguments.insert(arguments.end(), which.begin(), which.end());
        CHECK(check_fails(arguments, clip()).find("30 frames") != std::string::npos);
    }
    const Folder folder;
    check_fails({"frames", clip(), "--at", "99", "-o", folder / "out"}, clip());
    CHECK_FALSE(fs::exists(folder / "out"));
}

TEST_CASE("what is no video is refused with one sentence") {
    const Folder folder;
    const std::string project = folder / "p.limn";
    limn_ok({"new", project});
    const std::string before = limn_ok({"log", project});
    for (const std::string& file : bad_media(folder)) {
        check_fails({"info", file}, file);
        check_fails({"frames", file, "--md5"}, file);
        check_fails({"add", project, clip(), file}, file);
        check_fails({"render", file, "-o", folder / "out.png"}, file);
    }
    CHECK(limn_ok({"log", project}) == before);
    CHECK_FALSE(fs::exists(folder / "out.png"));
}

TEST_CASE("another stream of the file can be asked for") {
    const Folder folder;
    const std::string file = folder / "two.mkv";
    const Ran made = run(
        {"ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=1", "-f", "lavfi",
         "-i", "testsrc2=size=32x16:rate=5:duration=1", "-map", "0", "-map", "1", "-c:v", "ffv1", file});
    REQUIRE(made.exit_code == 0);
    CHECK(limn_json({"info", file})["width"].GetInt() == 64);
    const auto info = limn_json({"info", file, "--stream", "1"});
    CHECK(info["width"].GetInt() == 32);
    CHECK(info["frames"].GetInt() == 5);
    CHECK(info["streams"].Size() == 2);
    CHECK(lines(limn_ok({"frames", file, "--stream", "1"})).size() == 5);
    check_fails({"frames", file, "--stream", "7"}, file);
}

TEST_CASE("proxy makes one beside no medium, and says so when it is there") {
    const Folder folder;
    const std::map<std::string, std::string> env = {{"XDG_CACHE_HOME", folder.path().string()}};
    const auto made = json_of(limn({"proxy", clip(), "--json"}, env).out);
    CHECK(made["made"].GetBool());
    CHECK(made["frames"].GetInt() == 30);
    CHECK(made["width"].GetInt() == 64);
    CHECK(made["height"].GetInt() == 48);
    CHECK(fs::file_size(made["proxy"].GetString()) == made["bytes"].GetUint64());
    CHECK(std::string{made["proxy"].GetString()}.starts_with(folder / "limn/proxies/"));
    CHECK_FALSE(json_of(limn({"proxy", clip(), "--json"}, env).out)["made"].GetBool());
    CHECK(json_of(limn({"proxy", clip(), "--force", "--json"}, env).out)["made"].GetBool());
    CHECK(limn({"proxy", clip()}, env).out.starts_with("There is "));
    CHECK(limn({"proxy", clip()}, env).err.empty());
    CHECK(json_of(limn({"cache", "--json"}, env).out)["kinds"]["proxies"]["files"].GetInt() == 1);
}

TEST_CASE("proxy fails in one sentence on what is no video") {
    const Folder folder;
    for (const std::string& file : bad_media(folder)) check_fails({"proxy", file}, file);
}
