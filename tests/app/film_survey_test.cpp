#include "app/film_survey.h"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>

#include <doctest/doctest.h>

#include "app_fixture.h"

using namespace app;
namespace fs = std::filesystem;

namespace {

// 60 + 45 pictures with one cut between.
fs::path two_shots(const fs::path& folder) {
    const fs::path film = folder / "two_shots.mp4";
    const std::string command =
        "ffmpeg -v error -nostdin -y -f lavfi -i testsrc2=size=320x180:rate=30:duration=2 "
        "-f lavfi -i smptehdbars=size=320x180:rate=30:duration=1.5 -filter_complex "
        "\"[0:v]format=yuv420p,setsar=1[a];[1:v]format=yuv420p,setsar=1[b];[a][b]concat=n=2\" "
        "-c:v libx264 -g 25 -bf 2 -preset veryfast '" +
        film.string() + "'";
    REQUIRE(std::system(command.c_str()) == 0);
    return film;
}

class Survey : public BenchFixture {
public:
    template <class Done>
    void until(Done done) {
        const auto begin = std::chrono::steady_clock::now();
        const auto secs = [&] {
            return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        };
        do bench.update(secs());
        while ((std::this_thread::yield(), !done() && secs() < 60));
        REQUIRE(done());
    }
    void open(const fs::path& film) {
        bench.open({film});
        wait_idle();
        REQUIRE(bench.survey() != nullptr);
    }
};

}  // namespace

TEST_CASE_FIXTURE(Survey, "a_short_film_is_looked_through_for_shots_unasked_and_its_shots_can_be_jumped_to") {
    open(two_shots(folder()));
    until([&] { return bench.survey()->shots_complete() && bench.survey()->shots_settled(); });
    CHECK(bench.survey()->shots() == std::vector<std::int64_t>{0, 60});
    CHECK(bench.jobs().empty());
    bench.go_to_shot(1);
    CHECK(bench.frame() == 60);
    bench.go_to_shot(1);
    CHECK(bench.frame() == 60);
    CHECK(bench.toasts().back().text == "No shot begins after this frame");
    bench.go_to(80);
    bench.go_to_shot(-1);
    CHECK(bench.frame() == 60);
    bench.go_to_shot(-1);
    CHECK(bench.frame() == 0);
}

TEST_CASE_FIXTURE(Survey, "a_second_opening_takes_the_shots_from_the_side_file") {
    const fs::path film = two_shots(folder());
    open(film);
    until([&] { return bench.survey()->shots_complete() && bench.survey()->shots_settled(); });
    bench.close_project();
    CHECK(bench.survey() == nullptr);
    open(film);
    bool searched = false;
    until([&] {
        searched |= bench.survey()->shots_job() != nullptr;
        return bench.survey()->shots_complete();
    });
    CHECK_FALSE(searched);
    CHECK(bench.survey()->shots() == std::vector<std::int64_t>{0, 60});
}

TEST_CASE_FIXTURE(Survey, "a_cancelled_search_is_not_begun_again_unasked_and_can_be_asked_for") {
    const fs::path film = two_shots(folder());
    base::JobPool pool{1};
    FilmSurvey survey{{film, std::nullopt, {}}, pool};
    media::VideoSource video{film, {}};
    const auto until_survey = [&](bool busy, auto done) {
        until([&] {
            const auto info = video.info();
            if (info && *info) survey.update(video, **info, busy);
            return done();
        });
    };
    // While the user waits for a picture the search does not get on, so that there is time to cancel it.
    until_survey(true, [&] { return survey.shots_job() != nullptr; });
    CHECK_FALSE(survey.may_find_shots());
    survey.shots_job()->cancel();
    until_survey(true, [&] { return survey.shots_settled(); });
    CHECK_FALSE(survey.shots_complete());
    CHECK(survey.may_find_shots());
    survey.find_shots();
    CHECK_FALSE(survey.may_find_shots());
    until_survey(false, [&] { return survey.shots_complete() && survey.shots_settled(); });
    CHECK(survey.shots() == std::vector<std::int64_t>{0, 60});
}

TEST_CASE_FIXTURE(Survey, "the_search_for_shots_does_not_keep_the_bench_from_being_idle") {
    open(two_shots(folder()));  // waits for idle
    CHECK(bench.idle());
}

TEST_CASE_FIXTURE(Survey, "an_asset_s_poster_is_made_when_asked_for") {
    open(two_shots(folder()));
    const labels::AssetId id = bench.asset()->id;
    CHECK_FALSE(bench.poster_of(id));
    bench.ask_for_poster(id);
    until([&] { return bench.poster_of(id).has_value(); });
    REQUIRE(*bench.poster_of(id));
    CHECK((*bench.poster_of(id))->width_px == 80);
    bench.close_project();
    CHECK_FALSE(bench.poster_of(id));
}
