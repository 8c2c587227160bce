#pragma once
// A film whose picture flashes when it clicks, and SDL's drivers that need no sound card.

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

namespace fs = std::filesystem;

inline double steady_secs() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// A folder with a film of 6 s: its picture is black, white on the frames at 1, 2, 3 … s, when a burst of 20
// ms is heard on the left; on the right is a tone of 440 Hz all the time.
struct Film {
    fs::path folder = fs::temp_directory_path() / fmt::format("limn-sound-test-{}", ::getpid());
    fs::path film = folder / "film.mkv", captured = folder / "captured.raw";

    explicit Film(const char* driver) {
        fs::remove_all(folder);
        fs::create_directories(folder);
        for (const char* name : {"XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"})
            ::setenv(name, (folder / name).c_str(), 1);
        ::setenv("SDL_AUDIODRIVER", driver, 1);
        ::setenv("SDL_DISKAUDIOFILE", captured.c_str(), 1);
        const std::string make = fmt::format(
            "ffmpeg -v error -y -f lavfi -i \"color=black:size=64x48:rate=25:duration=6,"
            "drawbox=t=fill:color=white:enable='eq(mod(n,25),0)*gt(n,0)'\" -f lavfi -i "
            "\"aevalsrc=exprs='if(gte(t,1)*lt(mod(t,1),0.02),0.8*sin(2*PI*1000*t),0)|0.3*sin(2*PI*440*t)'"
            ":s=48000:d=6\" -map 0:v -map 1:a -c:v mpeg4 -g 12 -c:a flac {}",
            film.string());
        REQUIRE(std::system(make.c_str()) == 0);
    }
    ~Film() {
        fs::remove_all(folder);
        for (const char* name :
             {"XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "SDL_AUDIODRIVER", "SDL_DISKAUDIOFILE"})
            ::unsetenv(name);
    }
};

// Waits for what another thread does; bounded, 30 s.
template <class Holds>
bool comes_true(Holds holds) {
    const double end = steady_secs() + 30;
    while (!holds() && steady_secs() < end) std::this_thread::yield();
    return holds();
}
