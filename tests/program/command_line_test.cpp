// Help, version, usage, caches and shell completion.

#include "program.h"

using namespace program;

namespace {

// What bash offers for a command line that ends in the word being typed.
std::vector<std::string> completions(const std::vector<std::string>& words) {
    std::string script = "source <(" LIMN_BINARY " completion bash); COMP_WORDS=(";
    for (const std::string& word : words) script += "'" + word + "' ";
    script +=
        "); COMP_CWORD=" + std::to_string(words.size() - 1) + "; _limn; printf '%s\\n' \"${COMPREPLY[@]}\"";
    const Ran ran = run({"bash", "-c", script});
    CHECK(ran.err == "");
    REQUIRE(ran.exit_code == 0);
    return lines(ran.out);
}

bool offers(const std::vector<std::string>& words, const std::string& completion) {
    const auto list = completions(words);
    return std::ranges::find(list, completion) != list.end();
}

const std::vector<std::string> k_commands = {
    "info", "frames", "new",   "add",    "ls",    "ontology",   "import", "export", "formats", "log",
    "undo", "redo",   "check", "render", "cache", "completion", "proxy",  "grid",   "mask"};

}  // namespace

TEST_CASE("help lists every command and ends well") {
    const std::string help = limn_ok({"--help"});
    for (const std::string& command : k_commands) {
        CHECK(help.find("\n  " + command) != std::string::npos);
        CHECK(limn_ok({command, "--help"}).find("limn " + command) != std::string::npos);
    }
}

TEST_CASE("the version is that of the build") {
    const std::string cmake = read(fs::path{LIMN_SOURCE_DIR} / "CMakeLists.txt");
    const std::string before = "project(limn VERSION ";
    const std::size_t at = cmake.find(before) + before.size();
    CHECK(limn_ok({"--version"}) == "limn " + cmake.substr(at, cmake.find(' ', at) - at) + "\n");
}

TEST_CASE("wrong usage ends with 2 and one line") {
    check_wrong_usage({"info"});
    check_wrong_usage({"info", clip(), "--nonsense"});
    check_wrong_usage({"frames", clip(), "--at", "one"});
    check_wrong_usage({"frames", clip(), "--range", "5"});
    check_wrong_usage({"frames", clip(), "--at", "1", "--range", "0:2"});
    check_wrong_usage({"frames", clip(), "--md5", "--null"});
    check_wrong_usage({"export", "p.limn", "--format", "nonsense", "-o", "out"});
    check_wrong_usage({"export", "p.limn", "--format", "mot"});
    check_wrong_usage({"undo", "p.limn", "-n", "0"});
    check_wrong_usage({"completion", "tcsh"});
    check_wrong_usage({"render", clip(), "--view", "1,2,3", "-o", "out.png"});
    check_wrong_usage({"--size", "big"});
}

TEST_CASE("output that cannot be written is a failure") {
    const Ran ran = run({"sh", "-c", LIMN_BINARY " formats > /dev/full"});
    CHECK(ran.exit_code == 1);
    CHECK(lines(ran.err).size() == 1);
}

TEST_CASE("cache tells what is there and clears nothing else") {
    const Folder folder;
    const std::map<std::string, std::string> env = {{"XDG_CACHE_HOME", folder.path().string()}};
    folder.write("limn/index/a", "12345");
    folder.write("limn/index/b", "123");
    folder.write("precious/c", "keep");
    fs::create_symlink(folder / "precious", folder / "limn/link");
    const auto before = json_of(limn({"cache", "--json"}, env).out);
    CHECK(before["path"].GetString() == folder / "limn");
    CHECK(before["bytes"].GetInt() == 8);
    CHECK(before["kinds"]["index"]["files"].GetInt() == 2);
    CHECK(limn({"cache", "--clear"}, env).exit_code == 0);
    CHECK(json_of(limn({"cache", "--json"}, env).out)["bytes"].GetInt() == 0);
    CHECK(read(folder / "precious/c") == "keep");
    fs::remove(folder / "limn");
    CHECK(limn({"cache", "--clear"}, env).exit_code == 0);
}

TEST_CASE("bash completes commands, options and formats") {
    for (const std::string& command : k_commands) CHECK(offers({"limn", command.substr(0, 2)}, command));
    CHECK(offers({"limn", "--scr"}, "--script"));
    CHECK(offers({"limn", "export", "p.limn", "--pic"}, "--pictures"));
    CHECK(offers({"limn", "frames", "-"}, "-o"));
    CHECK(offers({"limn", "export", "p.limn", "--format", "cv"}, "cvat-video"));
    CHECK(offers({"limn", "completion", "z"}, "zsh"));
    CHECK_FALSE(offers({"limn", "info", "--for"}, "--format"));
    const Folder folder;
    const std::string file = folder.write("a film.mp4", "");
    CHECK(offers({"limn", "info", folder / "a"}, file));
}

TEST_CASE("completion scripts are accepted by their shells") {
    for (const std::string shell : {"bash", "zsh", "fish"}) {
        const Folder folder;
        const std::string script = folder.write("script", limn_ok({"completion", shell}));
        CHECK(read(script).size() > 1000);
        if (run({"sh", "-c", "command -v " + shell}).exit_code != 0) {
            MESSAGE("skipped: there is no " << shell);
            continue;
        }
        const Ran ran = run({shell, "-n", script});
        CAPTURE(ran.err);
        CHECK(ran.exit_code == 0);
    }
}
